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
    let asked = draft.body.get("max_completion_tokens").and_then(Value::as_number).map(|number| number as u64);
    let Some(wanted) = asked.or(draft.record.max_tokens) else { return };
    let mut limit = wanted.min(draft.record.max_tokens.unwrap_or(u64::MAX));
    if let Some(window) = draft.record.context_window {
        limit = limit.min(window.saturating_sub(estimated_input(&draft.messages) + 1));
    }
    let limit = limit.max(1);
    if limit < SMALL {
        draft.warnings.add(RULE, "max_completion_tokens", "fewer than 16 tokens are left for the answer");
    }
    if asked.is_some_and(|asked| asked != limit) {
        draft.changes.add(RULE, "max_completion_tokens", "was lowered to what the model and its context leave");
    }
    if asked != Some(limit) {
        draft.body.set("max_completion_tokens", Value::whole(limit));
    }
}

/// A rough count, on the high side: a token for four characters, and a quarter more.
fn estimated_input(messages: &[Message<'_>]) -> u64 {
    let chars: u64 = messages.iter().map(message_chars).sum();
    (chars * 5).div_ceil(16)
}

fn message_chars(message: &Message<'_>) -> u64 {
    let mut copy = message.clone();
    let mut chars = 0;
    if let Some(parts) = copy.parts_mut() {
        for part in parts.iter() {
            chars += match part.get_str("type").as_deref() {
                Some("image_url") => CHARS_PER_IMAGE,
                _ => part.get_str("text").map_or(0, |text| text.chars().count() as u64),
            };
        }
    } else if let Some(text) = copy.content_text() {
        chars += text.chars().count() as u64;
    }
    for name in ["tool_calls", "reasoning", "reasoning_content"] {
        chars += copy.fields.get(name).map_or(0, |value| value.to_json().len() as u64);
    }
    chars
}
