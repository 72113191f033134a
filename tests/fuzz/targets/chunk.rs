//! Chunks, one a line: the same by the shape that chunks share as without it, and beside the plainest reader there is.

use serde_json::{Value, json};

use crate::support::{answer, head, run, text_of};

fn read(pieces: &[Vec<u8>]) -> Vec<Value> {
    let pieces: Vec<&[u8]> = pieces.iter().map(Vec::as_slice).collect();
    answer(&mut run(json!({"maxRetries": 0})), head(200, "text/event-stream"), &pieces)
}

fn event(line: &[u8], blanks: usize) -> Vec<u8> {
    [b"data: ", &b"        "[..blanks], line, b"\n\n"].concat()
}

/// Without the numbers of bytes in an error's words.
fn placeless(events: &[Value]) -> String {
    let text = Value::from(events).to_string();
    let mut parts = text.split("(byte ");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.trim_start_matches(|c: char| c.is_ascii_digit() || " of".contains(c)))
}

/// Text and reasoning of a chunk that holds nothing else; `None` for any other.
fn plain(line: &str) -> Option<(String, String)> {
    let chunk: Value = serde_json::from_str(line).ok()?;
    let [choice] = chunk["choices"].as_array()?.as_slice() else { return None };
    let delta = choice["delta"].as_object()?;
    let is_bare = chunk.as_object()?.len() == 1 && choice.as_object()?.len() == 1;
    let text = |name: &str| delta.get(name).map_or(Some(String::new()), |text| text.as_str().map(str::to_owned));
    let (content, reasoning) = (text("content")?, text("reasoning")?);
    let known = ["content", "reasoning"].iter().filter(|name| delta.contains_key(**name)).count();
    // Tags of thoughts are taken out of a text.
    (is_bare && known == delta.len() && !content.contains('<')).then_some((content, reasoning))
}

pub(crate) fn check(bytes: &[u8]) {
    let lines: Vec<&[u8]> = bytes.split(|byte| matches!(byte, b'\n' | b'\r')).take(40).collect();
    let done = b"data: [DONE]\n\n".to_vec();
    let events = |blanks: fn(usize) -> usize| -> Vec<Vec<u8>> {
        let mut events: Vec<_> = lines.iter().enumerate().map(|(number, line)| event(line, blanks(number))).collect();
        events.push(done.clone());
        events
    };
    let one_by_one = read(&events(|_| 0));
    assert_eq!(one_by_one, read(&[events(|_| 0).concat()]), "in one piece");
    // Blanks in front of a value mean nothing, and no two chunks share a shape then.
    assert_eq!(placeless(&one_by_one), placeless(&read(&events(|number| number % 7))), "without a shape that is shared");
    let text = String::from_utf8_lossy(bytes);
    if std::str::from_utf8(bytes).is_err() {
        return;
    }
    let mut expected = (String::new(), String::new());
    for line in text.split(['\n', '\r']).take(40).filter(|line| !line.is_empty()) {
        let Some((content, reasoning)) = plain(line) else { return };
        expected.0.push_str(&content);
        expected.1.push_str(&reasoning);
    }
    assert_eq!((text_of(&one_by_one, "text-delta"), text_of(&one_by_one, "reasoning-delta")), expected, "beside serde_json");
}
