//! Every recorded exchange, whole, byte by byte and in random pieces, against what a correct client must get.

use crate::support::{answer, events, head, last, run, run_of, text_of};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The recordings are not part of the project: they lie beside it or they do not. Where they do, each of them is read.
fn recordings() -> Option<(PathBuf, Vec<Value>)> {
    let folder = crate::shared::shared("recordings")?;
    let index = std::fs::read_to_string(folder.join("index.json")).unwrap();
    Some((folder, serde_json::from_str(&index).unwrap()))
}

fn read(folder: &Path, row: &Value, field: &str) -> Vec<u8> {
    let name = row[field].as_str().unwrap();
    std::fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Pieces of pseudo-random length, the same ones at every run.
fn random_pieces(bytes: &[u8], seed: u64) -> Vec<&[u8]> {
    let mut state = seed | 1;
    let mut pieces = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let (piece, after) = rest.split_at((state % 97 + 1).min(rest.len() as u64) as usize);
        pieces.push(piece);
        rest = after;
    }
    pieces
}

fn message_of(events: &[Value]) -> &Value {
    let last = last(events);
    if last["type"] == "finish" { &last["step"] } else { &last["failure"]["partial"] }
}

fn check(name: &str, events: &[Value], expected: &Value, streamed: bool) {
    let end = last(events);
    let state = message_of(events);
    let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
    assert_eq!(text_of(events, "text-delta"), text(&expected["text"]), "{name}: text");
    assert_eq!(text(&state["message"]["content"]), text(&expected["text"]), "{name}: message content");
    assert_eq!(text_of(events, "reasoning-delta"), text(&expected["reasoning"]), "{name}: reasoning");
    assert_eq!(text_of(events, "refusal-delta"), text(&expected["refusal"]), "{name}: refusal");
    let images = events.iter().filter(|event| event["type"] == "image").count();
    assert_eq!(images as u64, expected["images"].as_u64().unwrap_or(0), "{name}: images");
    if !expected["usage"].is_null() {
        assert_eq!(state["usage"]["raw"], expected["usage"], "{name}: usage");
        assert_eq!(state["usage"]["cost"].as_f64(), expected["usage"]["cost"].as_f64(), "{name}: cost");
    }
    if streamed {
        let merged = expected["reasoning_details_merged"].as_array().unwrap();
        let details = state["message"]["reasoning_details"].as_array().cloned().unwrap_or_default();
        assert_eq!(&details, merged, "{name}: reasoning details");
        let audio: usize = events.iter().filter_map(|event| event["audio"]["data"].as_str()).map(str::len).sum();
        assert_eq!(audio as u64, expected["audio_b64_chars"].as_u64().unwrap(), "{name}: audio");
        let ends = events.iter().filter(|event| event["type"] == "finish" || event["type"] == "failure").count();
        assert_eq!(ends, 1, "{name}: one verdict");
    }
    check_calls(name, events, expected, end);
    let upstream_error = if streamed { &expected["error"] } else { &expected["choice_error"] };
    if !upstream_error.is_null() {
        assert_eq!(end["failure"]["verdict"], "error", "{name}: an error fails the run");
        let error = &end["failure"]["error"];
        assert!(text(&error["message"]).starts_with(&text(&upstream_error["message"])), "{name}: {error}");
    } else if expected["cut"] == true {
        assert_eq!(end["failure"]["verdict"], "cut", "{name}");
    } else {
        assert_eq!(end["type"], "finish", "{name}: {end}");
        let native = &expected["native_finish_reason"];
        if !native.is_null() {
            assert_eq!(&end["step"]["nativeReason"], native, "{name}: native reason");
        }
    }
}

fn check_calls(name: &str, events: &[Value], expected: &Value, end: &Value) {
    if end["type"] != "finish" {
        return;
    }
    let calls: Vec<&Value> = events.iter().filter(|event| event["type"] == "tool-call").collect();
    let wanted = expected["tool_calls"].as_array().unwrap();
    assert_eq!(calls.len(), wanted.len(), "{name}: each call once");
    for (call, wanted) in calls.iter().zip(wanted) {
        assert_eq!((&call["id"], &call["name"]), (&wanted["id"], &wanted["name"]), "{name}: call");
        let raw = wanted["arguments"].as_str().unwrap_or("");
        let raw = if raw.trim().is_empty() { "{}" } else { raw };
        let whole = serde_json::from_str::<Value>(raw).ok().filter(Value::is_object);
        if whole.is_none() || expected["truncated"] == true {
            assert!(call["truncated"] == true && call["input"].is_null(), "{name}: a truncated call must not run: {call}");
            assert_eq!(call["arguments"].as_str().unwrap(), raw, "{name}");
            assert_eq!((&end["step"]["reason"], &end["step"]["verdict"]), (&"length".into(), &"length".into()), "{name}");
        } else {
            assert_eq!(Some(call["input"].clone()), whole, "{name}: input");
        }
    }
}

#[test]
fn recorded_streams_read_the_same_however_they_are_cut() {
    let Some((folder, rows)) = recordings() else {
        return;
    };
    let mut count = 0;
    for row in rows.iter().filter(|row| row["kind"] == "chat-stream") {
        let name = row["file"].as_str().unwrap();
        let bytes = read(&folder, row, "file");
        let expected: Value = serde_json::from_slice(&read(&folder, row, "expected_file")).unwrap();
        let stream = |pieces: &[&[u8]]| answer(&mut run(serde_json::json!({})), head(200, "text/event-stream"), pieces);
        let whole = stream(&[&bytes]);
        check(name, &whole, &expected, true);
        assert_eq!(whole, stream(&bytes.chunks(1).collect::<Vec<_>>()), "{name}: byte by byte");
        for seed in 1..=20 {
            assert_eq!(whole, stream(&random_pieces(&bytes, seed * 7919)), "{name}: pieces of seed {seed}");
        }
        count += 1;
    }
    println!("{count} recorded streams");
    assert!(count > 50, "{count}");
}

#[test]
fn recorded_json_answers_give_the_same_events_as_streams() {
    let Some((folder, rows)) = recordings() else {
        return;
    };
    let rows: Vec<_> = rows.iter().filter(|row| row["kind"] == "chat-json" && row["expected_file"].is_string()).collect();
    assert!(rows.len() > 100, "{}", rows.len());
    for row in rows {
        let name = row["file"].as_str().unwrap();
        let bytes = read(&folder, row, "file");
        let expected: Value = serde_json::from_slice(&read(&folder, row, "expected_file")).unwrap();
        for streaming in [true, false] {
            let json = |pieces: &[&[u8]]| answer(&mut run_of(serde_json::json!({}), streaming), head(200, "application/json"), pieces);
            let whole = json(&[&bytes]);
            check(name, &whole, &expected, false);
            assert_eq!(whole, json(&random_pieces(&bytes, 31)), "{name}: in pieces");
        }
    }
}

#[test]
fn recorded_errors_become_one_error_with_the_upstream_words() {
    let Some((folder, rows)) = recordings() else {
        return;
    };
    let rows: Vec<_> = rows.iter().filter(|row| row["kind"] == "error" && row["expected_file"].is_string()).collect();
    assert!(rows.len() > 10, "{}", rows.len());
    for row in rows {
        let name = row["file"].as_str().unwrap();
        let status = row["status"].as_u64().unwrap() as u16;
        let bytes = read(&folder, row, "file");
        let expected: Value = serde_json::from_slice(&read(&folder, row, "expected_file")).unwrap();
        let mut run = run(serde_json::json!({"maxRetries": 0}));
        let all = answer(&mut run, head(status, row["content_type"].as_str().unwrap_or("application/json")), &[&bytes]);
        let error = &last(&all)["failure"]["error"];
        assert!(error["message"].as_str().unwrap().starts_with(expected["message"].as_str().unwrap()), "{name}: {error}");
        if let Some(code) = expected["code"].as_u64() {
            assert_eq!(error["status"].as_u64(), Some(if status == 200 { code } else { u64::from(status) }), "{name}: {error}");
        }
        if let Some(retryable) = expected["retryable_in_body"].as_bool() {
            assert_eq!(error["isRetryable"], retryable, "{name}");
        }
        if let Some(seconds) = expected["retry_after_in_body"].as_f64() {
            assert_eq!(error["retryAfterMs"].as_f64(), Some(seconds * 1000.0), "{name}");
        }
        assert!(events(&mut run.out).is_empty());
    }
}
