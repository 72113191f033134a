//! How many tokens the answer may have (provider-rules 5.4).

use super::draft::Draft;
use crate::message::Message;
use crate::value::Value;

const RULE: &str = "output-limit";
const CHARS_PER_IMAGE: u64 = 8000;
/// Below this some providers refuse.
const SMALL: u64 = 16;

/// Keeps the limit within what the model and its context allow; without one asked for, the model's own is sent when it is known.
pub fn apply(draft: &mut Draft<'_>) {
    let asked = draft.body.get("max_completion_tokens").and_then(Value::as_number);
    let Some(wanted) = asked.map(|number| number as u64).or(draft.record.max_tokens) else { return };
    let mut limit = wanted.min(draft.record.max_tokens.unwrap_or(u64::MAX));
    if let Some(window) = draft.record.context_window {
        limit = limit.min(window.saturating_sub(estimated_input(draft) + 1));
    }
    let limit = limit.max(1);
    if limit < SMALL {
        draft.warnings.add(RULE, "max_completion_tokens", "the answer may have fewer than 16 tokens, which some providers refuse");
    }
    if limit < wanted && asked.is_some() {
        draft.changes.add(RULE, "max_completion_tokens", "was lowered to what the model and its context leave");
    }
    // A fraction of a token is cut off.
    if asked != Some(limit as f64) {
        draft.body.set("max_completion_tokens", Value::whole(limit));
    }
}

/// A rough count, on the high side: a token for four characters, and a quarter more. Tools are part of the prompt.
fn estimated_input(draft: &Draft<'_>) -> u64 {
    let chars: u64 = draft.messages.iter().map(message_chars).sum();
    let tools = draft.body.get("tools").map_or(0, |tools| tools.to_json().len() as u64);
    ((chars + tools) * 5).div_ceil(16)
}

fn message_chars(message: &Message<'_>) -> u64 {
    let mut chars = 0;
    if let Some(content) = message.fields.get("content") {
        chars += text_chars(content);
        let raw = if matches!(content, Value::Raw(_)) { content.to_items() } else { Vec::new() };
        chars += content.items().iter().chain(&raw).map(part_chars).sum::<u64>();
    }
    for name in ["tool_calls", "reasoning", "reasoning_content"] {
        chars += message.fields.get(name).map_or(0, json_chars);
    }
    chars
}

fn part_chars(part: &Value<'_>) -> u64 {
    if part.get("type").is_some_and(|kind| kind.is("image_url")) {
        return CHARS_PER_IMAGE;
    }
    match part {
        Value::Object(part) => part.get("text").map_or(0, text_chars),
        _ => part.get("text").as_ref().map_or(0, text_chars),
    }
}

/// The characters of a string: not copied, and an escape counts as it is written.
fn text_chars(value: &Value<'_>) -> u64 {
    let chars_in = |bytes: &[u8]| bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count() as u64;
    match value {
        Value::Raw(raw) => raw.string().map_or(0, |text| chars_in(text.bytes())),
        Value::Text(text) => chars_in(text.as_bytes()),
        _ => 0,
    }
}

fn json_chars(value: &Value<'_>) -> u64 {
    match value {
        Value::Raw(raw) => raw.bytes().len() as u64,
        _ => value.to_json().len() as u64,
    }
}
