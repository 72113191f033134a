//! How many tokens the answer may have (provider-rules 5.4).

use super::draft::Draft;
use crate::message::Message;
use crate::value::Value;

const RULE: &str = "output-limit";
const CHARS_PER_IMAGE: u64 = 8000;
/// Below this some providers refuse.
const SMALL: u64 = 16;

/// What a context leaves for the answer, while the transcript grows.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    /// Tokens of the answer where there is room for them.
    wanted: u64,
    /// Tokens of prompt and answer together.
    window: u64,
    /// Characters of the prompt so far.
    chars: u64,
}

impl Room {
    /// Makes the prompt longer.
    pub fn add(&mut self, messages: &[Message<'_>]) {
        self.chars += messages.iter().map(message_chars).sum::<u64>();
    }

    /// Makes it longer by texts that lie elsewhere.
    pub fn add_chars(&mut self, chars: u64) {
        self.chars += chars;
    }

    /// Wants no more than this.
    pub fn lower(&mut self, tokens: u64) {
        self.wanted = self.wanted.min(tokens);
    }

    /// Tokens that the answer may have now. The prompt is counted on the high side: a token for four characters, and a quarter more.
    pub fn limit(&self) -> u64 {
        let input = (self.chars * 5).div_ceil(16);
        self.wanted.min(self.window.saturating_sub(input + 1)).max(1)
    }
}

/// Keeps the limit within what the model and its context allow; without one asked for, the model's own is sent when somebody set it. The
/// catalog's is not: a limit that nobody asked for cuts answers, and OpenRouter reserves money for all of it.
pub fn apply(draft: &mut Draft<'_>) {
    let asked = draft.body.get("max_completion_tokens").and_then(Value::as_number);
    let Some(wanted) = asked.map(|number| number as u64).or(draft.record.max_tokens.filter(|_| draft.record.sends_max_tokens)) else {
        return;
    };
    let mut limit = wanted.min(draft.record.max_tokens.unwrap_or(u64::MAX)).max(1);
    if let Some(window) = draft.record.context_window {
        // Tools are part of the prompt.
        let mut room = Room { wanted: limit, window, chars: draft.body.get("tools").map_or(0, json_chars) };
        room.add(&draft.messages);
        limit = room.limit();
        draft.room = Some(room);
    }
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
