//! Any body under any head: one verdict, whatever pieces it comes in, and every text that crosses is JSON (`support` reads it).

use serde_json::{Value, json};

use crate::support::{answer, head, run_of};

const HEADS: [(u16, &str); 8] = [
    (200, "text/event-stream"),
    (200, "application/json"),
    (200, ""),
    (200, "text/html"),
    (204, "text/event-stream"),
    (400, "application/json"),
    (429, "text/plain"),
    (502, "text/event-stream"),
];

fn read(choice: usize, pieces: &[&[u8]]) -> Vec<Value> {
    let (status, content_type) = HEADS[choice % HEADS.len()];
    let options = json!({"maxRetries": 0, "fallbackModels": if choice & 16 == 0 { json!([]) } else { json!(["a/b"]) }});
    answer(&mut run_of(options, choice & 8 == 0), head(status, content_type), pieces)
}

pub(crate) fn check(bytes: &[u8]) {
    let Some((first, body)) = bytes.split_first() else { return };
    let choice = usize::from(*first);
    let whole = read(choice, &[body]);
    assert_eq!(whole, read(choice, &body.chunks(1).collect::<Vec<_>>()), "byte by byte");
    assert_eq!(whole, read(choice, &crate::pieces(body)), "in pieces");
    let ends = whole.iter().filter(|event| event["type"] == "finish" || event["type"] == "failure").count();
    let falls_back = whole.iter().any(|event| event["type"] == "fallback");
    assert!(ends == 1 || (ends == 0 && falls_back), "{ends} verdicts: {whole:?}");
    let Some(last) = whole.last() else { return };
    if last["type"] == "failure" && !last["failure"]["error"].is_null() {
        let error = &last["failure"]["error"];
        assert!(error["code"].is_string() && error["message"].as_str().is_some_and(|message| !message.trim().is_empty()), "{error}");
        assert!(last["failure"]["verdict"].is_string(), "{last}");
    }
    // A call runs when its arguments are one whole object, and then it runs once.
    let mut ids: Vec<_> =
        whole.iter().filter(|event| event["type"] == "tool-call").map(|event| event["id"].as_str().unwrap_or("")).collect();
    assert!(
        whole.iter().filter(|event| event["type"] == "tool-call").all(|event| event["input"].is_object() || event["truncated"] == true),
        "{whole:?}"
    );
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "an id twice: {whole:?}");
}
