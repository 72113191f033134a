//! What crosses to JavaScript, a sample of each record: the native half. `tests/package/contract-samples.test.js` reads the same file.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod support;

use openrouter_wasm::event::{Batch, Kind};
use openrouter_wasm::run::Action;
use serde_json::{Value, json};
use support::{Run, chat, head};

/// `{batches: [{name, options?, request?, status?, body, words, text, events}], sends: [{name, options?, request?, texts}], changes: [..]}`.
/// Words are those of the records: kind and number in one, the length of the text in UTF-16 units in the next.
fn samples(kind: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(include_str!("contract-samples.json")).unwrap();
    all[kind].as_array().unwrap().clone()
}

fn run(sample: &Value) -> Run {
    let mut request = json!({"messages": [{"role": "user", "content": "hi"}]});
    let mut options = json!({"maxRetries": 0});
    for (whole, part) in [(&mut request, "request"), (&mut options, "options")] {
        for (name, value) in sample[part].as_object().into_iter().flatten() {
            whole[name] = value.clone();
        }
    }
    Run::new(chat(&options, &request), 0.0, 42)
}

fn crossed(batch: &Batch) -> (Value, Value) {
    (json!(batch.records), json!(batch.text))
}

fn compare(sample: &Value, actual: &Value) {
    for (name, value) in actual.as_object().unwrap() {
        assert_eq!(&sample[name], value, "{}: all of it: {actual}", sample["name"]);
    }
}

#[test]
fn a_batch_is_written_as_it_is_drawn() {
    for sample in samples("batches") {
        let mut run = run(&sample);
        run.on_send(0.0, "");
        let status = sample["status"].as_u64().unwrap_or(200) as u16;
        let content_type = if status == 200 { "text/event-stream" } else { "application/json" };
        let mut action = run.on_head(0.0, head(status, content_type));
        run.out.clear();
        action = if action == Action::Read { run.on_bytes(1.0, sample["body"].as_str().unwrap().as_bytes()) } else { action };
        match (action, status) {
            (Action::Read, 200) if sample["isAborted"] == true => run.on_abort(),
            (Action::Read, 200) => {}
            (Action::Read, _) => drop(run.on_end()),
            _ => {}
        }
        let (words, text) = crossed(&run.out);
        compare(&sample, &json!({"words": words, "text": text}));
    }
}

#[test]
fn there_is_a_sample_of_every_record() {
    let words: Vec<u64> = samples("batches")
        .iter()
        .flat_map(|sample| sample["words"].as_array().unwrap().clone())
        .map(|word| word.as_u64().unwrap())
        .collect();
    let kinds: Vec<u8> = words.chunks(2).map(|record| record[0] as u8).collect();
    for (name, number) in Kind::NAMES {
        assert!(kinds.contains(number), "no sample has the record {name}");
    }
}

#[test]
fn what_is_sent_next_is_written_as_it_is_drawn() {
    for sample in samples("sends") {
        let mut run = run(&sample);
        assert_eq!(run.next_send(), Action::Send);
        let (words, text) = crossed(&run.out);
        compare(&sample, &json!({"words": words, "text": text}));
        run.out.clear();
        run.next_send();
        assert!(run.out.text.contains("\"isFresh\":false"), "the body begins once: {}", run.out.text);
    }
}

#[test]
fn changes_are_written_as_they_are_drawn() {
    for sample in samples("changes") {
        let mut run = run(&sample);
        let (mut changes, mut warnings) = (String::new(), String::new());
        let notes = run.chat().notes();
        notes.0.write(&mut changes);
        notes.1.write(&mut warnings);
        compare(&sample, &json!({"changes": changes, "warnings": warnings}));
    }
}
