//! Bodies of answers, and what is read of them in every way in which they can come.

use serde_json::{Value, json};

use super::{answer, answer_kept, head, last, run, text_of};

pub(crate) const SSE: &str = "text/event-stream";
pub(crate) const JSON: &str = "application/json";
pub(crate) const LABELS: [&str; 6] = [SSE, JSON, "application/x-ndjson", "text/plain", "", "text/html"];

pub(crate) fn event(value: Value) -> String {
    format!("data: {value}\n\n")
}

pub(crate) fn delta(delta: Value) -> String {
    event(json!({"id": "gen-1", "model": "m/x", "choices": [{"index": 0, "delta": delta, "finish_reason": null}]}))
}

pub(crate) fn finish(reason: &str, native: &str) -> String {
    let native = if native.is_empty() { Value::Null } else { native.into() };
    event(json!({"id": "gen-1", "choices": [{"index": 0, "delta": {}, "finish_reason": reason, "native_finish_reason": native}]}))
}

pub(crate) const DONE: &str = "data: [DONE]\n\n";

pub(crate) fn said(deltas: &[Value]) -> String {
    deltas.iter().map(|value| delta(value.clone())).chain([finish("stop", ""), DONE.into()]).collect()
}

/// Reads a body under a label in every way there is and returns the events, which must not depend on it.
pub(crate) fn read(label: &str, body: &str) -> Vec<Value> {
    let options = || json!({"maxRetries": 0});
    let bytes = body.as_bytes();
    let whole = answer(&mut run(options()), head(200, label), &[bytes]);
    for cut in 0..=bytes.len() {
        let parts = answer(&mut run(options()), head(200, label), &[&bytes[..cut], &bytes[cut..]]);
        assert_eq!(parts, whole, "{label}: {body:?} cut at {cut}");
    }
    let single: Vec<&[u8]> = bytes.chunks(1).collect();
    assert_eq!(answer_kept(&mut run(options()), head(200, label), &single), whole, "{label}: {body:?} kept byte by byte");
    assert_eq!(answer(&mut run(options()), head(200, label), &single), whole, "{label}: {body:?} byte by byte");
    whole
}

/// Text, reasoning, and how it ended: a verdict, or the code and status of an error with the beginning of its message.
pub(crate) fn outcome(events: &[Value]) -> (String, String, String) {
    let end = last(events);
    let ending = match end["failure"]["error"].as_object() {
        Some(error) => {
            let message: String = error["message"].as_str().unwrap().chars().take(21).collect();
            format!("{} {} {message}", error["code"].as_str().unwrap(), error.get("status").unwrap_or(&Value::Null))
        }
        None => end["step"]["verdict"].as_str().unwrap_or_default().to_owned(),
    };
    (text_of(events, "text-delta"), text_of(events, "reasoning-delta"), ending)
}

pub(crate) fn check(name: &str, events: &[Value], text: &str, reasoning: &str, ending: &str) {
    assert_eq!(outcome(events), (text.to_owned(), reasoning.to_owned(), ending.to_owned()), "{name}: {events:?}");
}
