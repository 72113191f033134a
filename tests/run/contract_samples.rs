//! What crosses to JavaScript, a sample of each record: the native half. `tests/package/contract-samples.test.js` reads the same file.

use crate::support::{Run, chat, head};
use openrouter_wasm::config::ClientConfig;
use openrouter_wasm::contract::{RECORDS, WORDS};
use openrouter_wasm::describe::Medium;
use openrouter_wasm::endpoints::List;
use openrouter_wasm::event::{Batch, Kind};
use openrouter_wasm::model_ref::ModelRef;
use openrouter_wasm::run::Action;
use openrouter_wasm::search::SearchTransport;
use openrouter_wasm::transcript::images::OutsideMedia;
use openrouter_wasm::transcript::transcript_text::sanitize_transcript;
use openrouter_wasm::upstream_error::Now;
use openrouter_wasm::video::JobAnswer;
use openrouter_wasm::{
    account, call_budget, catalog, cost, decide, describe, embeddings, endpoints, image, music, rerank, scan, search, speech,
    transcription, video, video_job, video_models,
};
use serde_json::{Value, json};

/// `{batches: [{name, options?, request?, status?, body, words, text, events}], sends: [{name, options?, request?, texts}], changes: [..]}`.
/// and `records: [{record, call, arguments, takes?, text}]`: what the engine's function of that name gives, and the records that it takes, by the
/// number of the argument.
/// Words are those of the records: kind and number in one, the length of the text in UTF-16 units in the next.
fn samples(kind: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(include_str!("../contract-samples.json")).unwrap();
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
        for (kind, text) in records(&run.out) {
            let name = match kind {
                kind if kind == Kind::Json as u32 => {
                    let record: Value = serde_json::from_str(&text).unwrap();
                    RECORDS.iter().find(|declared| record["type"] == declared.tag).map(|declared| declared.name).unwrap()
                }
                kind if kind == Kind::Finish as u32 => "Finish",
                kind if kind == Kind::Failure as u32 => "RunFailure",
                _ => continue,
            };
            is_declared(&text, name);
        }
    }
}

/// The records of a batch: each its kind, and its text.
fn records(batch: &Batch) -> Vec<(u32, String)> {
    let text: Vec<u16> = batch.text.encode_utf16().collect();
    let mut at = 0;
    let record = |words: &[u32]| {
        let from = at;
        at += words[1] as usize;
        (words[0] & 0xff, String::from_utf16(&text[from..at]).unwrap())
    };
    batch.records.chunks(2).map(record).collect()
}

fn is_declared(text: &str, record: &str) {
    fits(&serde_json::from_str(text).unwrap(), record, record, &mut Vec::new());
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
        is_declared(&records(&run.out)[0].1, "NextSend");
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
        is_declared(&changes, "CrossedChanges");
        is_declared(&warnings, "CrossedChanges");
    }
}

const NOW: Now = Now { epoch_ms: || 0.0, parse_date: |_| None };

/// What the function gives that the engine has under this name.
fn answer(call: &str, arguments: &[Value]) -> String {
    let text = |at: usize| arguments[at].as_str().unwrap();
    let flag = |at: usize| arguments[at].as_bool().unwrap();
    let number = |at: usize| arguments[at].as_u64().unwrap() as u32;
    let config = |at: usize| ClientConfig::parse(text(at)).unwrap();
    let given = match call {
        "costMeter" => Ok(cost::meter(text(0))),
        "usageCalls" => account::usage_calls(&config(0)),
        "generationCall" => account::generation_call(&config(0), text(1)),
        "accountUsage" => account::usage(Some(text(0)), Some(text(1)), text(2)),
        "readGeneration" => account::generation(text(0)),
        "embeddingsPlan" => embeddings::plan(&mut config(0), text(1), flag(2)),
        "readEmbeddings" => embeddings::read_answer(text(0), text(1), NOW),
        "readRerank" => rerank::read_answer(text(0), number(1), text(2), NOW),
        "decisionPlan" => decide::plan(&config(0), text(1)),
        "readDecision" => decide::read_answer(text(0), text(1), text(2), NOW),
        "readDescription" => describe::read_answer(Medium::named(text(0)).unwrap(), text(1), text(2), NOW),
        "readList" => endpoints::read(List::of(number(0)).unwrap(), text(1), text(2), NOW),
        "sanitizeTranscript" => sanitize_transcript(text(0), text(1), OutsideMedia::described(text(2)).placeholders()),
        "admitCall" => call_budget::admit(text(0)),
        "catalogModels" => catalog::list(text(0).as_bytes(), text(1)),
        "catalogModel" => catalog::get(text(0).as_bytes(), text(1), config(2).models.as_deref()).map(Option::unwrap),
        "scanSettings" => scan::settings(text(0)),
        "scanCandidates" => scan::candidates(text(0).as_bytes(), text(1)),
        "scanResult" => scan::rank(text(0), text(1)),
        "imagePlan" => image::plan(&config(0), text(1)),
        "readImages" => image::read_answer(flag(0), text(1), text(2), NOW),
        "readImageEvent" => image::read_event(text(0), text(1), NOW),
        "musicPlan" => music::plan(&config(0), text(1)),
        "readMusicEvent" => music::read_event(text(0), text(1), NOW),
        "speechPlan" => speech::plan(&mut config(0), text(1), flag(2)),
        "readSpeechHead" => speech::read_head(text(0), text(1), text(2).as_bytes()),
        "transcriptionPlan" => transcription::plan(&config(0), text(1)),
        "readTranscription" => transcription::read_answer(text(0), text(1), NOW),
        "planSearch" => search::plan_search(text(0), text(1)),
        "readSearch" => search::read_search(SearchTransport::of(number(0)).unwrap(), number(1), text(2)),
        "videoSubmit" => video::plan_submit(&config(0), text(1)),
        "videoReads" => video::plan_reads(&config(0), text(1)),
        "videoAnswer" => video::read_answer(if flag(0) { JobAnswer::Submit } else { JobAnswer::Poll }, text(1), text(2), NOW),
        "videoModels" => video_models::video_models(text(0).as_bytes()),
        "videoNext" => video_job::next_step(text(0)),
        "parseModelRef" => Ok(ModelRef::parse(text(0)).unwrap().to_json()),
        _ => panic!("{call}: the engine has nothing of that name, or this table lacks it"),
    };
    given.unwrap()
}

/// Whether a value is of this type of TypeScript, as far as that is declared here; what is seen on the way is noted.
fn fits(value: &Value, type_text: &str, place: &str, seen: &mut Vec<String>) {
    if let Some(item) = type_text.strip_suffix("[]") {
        let items = value.as_array().unwrap_or_else(|| panic!("{place}: {value} is no {type_text}"));
        items.iter().for_each(|value| fits(value, item, place, seen));
    } else if let Some(record) = RECORDS.iter().find(|record| record.name == type_text) {
        let fields = value.as_object().unwrap_or_else(|| panic!("{place}: {value} is no {type_text}"));
        seen.push(record.name.to_owned());
        assert_eq!(fields.get("type").and_then(Value::as_str).unwrap_or_default(), record.tag, "{place}");
        for name in fields.keys().filter(|name| *name != "type") {
            assert!(record.fields.iter().any(|field| field.name == name), "{place}.{name}: is not declared");
        }
        for field in record.fields {
            let place = format!("{place}.{}", field.name);
            match fields.get(field.name) {
                Some(value) => fits(value, &field.type_text(), &place, seen),
                None => assert!(field.is_optional, "{place}: is missing"),
            }
        }
    } else if let Some(words) = WORDS.iter().find(|words| words.name == type_text) {
        assert!(words.words.contains(&value.as_str().unwrap_or_default()), "{place}: {value} is no {type_text}");
    } else {
        let fits = match type_text {
            "string" => value.is_string(),
            "number" => value.is_number(),
            "boolean" => value.is_boolean(),
            _ => true,
        };
        assert!(fits, "{place}: {value} is no {type_text}");
    }
}

#[test]
fn a_record_is_written_as_it_is_drawn_and_declared() {
    for sample in samples("records") {
        let (record, call) = (sample["record"].as_str().unwrap(), sample["call"].as_str().unwrap());
        let text = answer(call, sample["arguments"].as_array().unwrap());
        compare(&sample, &json!({"text": text}));
        fits(&serde_json::from_str(&text).unwrap(), record, record, &mut Vec::new());
        for (at, taken) in sample["takes"].as_object().into_iter().flatten() {
            let argument = sample["arguments"][at.parse::<usize>().unwrap()].as_str().unwrap();
            is_declared(argument, taken.as_str().unwrap());
        }
    }
}
