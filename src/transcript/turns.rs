//! Turns that say nothing, failed or repeat another go (sanitization 3).

use crate::change::Changes;
use crate::message::{Message, Role, StopReason, is_blank_part, is_blank_text, part_text};
use crate::value::Value;

const RULE: &str = "turns";
/// What OpenClaw writes in place of a turn that failed.
pub(crate) const FAILURE_SENTINEL: &str = "[assistant turn failed before producing content]";

/// Drops them.
pub fn apply(messages: &mut Vec<Message<'_>>, changes: &mut Changes) {
    let mut kept: Vec<Message<'_>> = Vec::with_capacity(messages.len());
    for mut message in core::mem::take(messages) {
        let verdict = match message.role {
            Role::User => user_turn(&mut message),
            Role::Assistant => assistant_turn(&mut message, kept.last_mut(), changes),
            _ => None,
        };
        match verdict {
            Some(reason) => changes.add(RULE, message.place(""), reason),
            None => kept.push(message),
        }
    }
    *messages = kept;
}

/// Why the turn goes; `None` when it stays. Of one that stays the next rule takes the blank parts out.
fn user_turn(message: &mut Message<'_>) -> Option<&'static str> {
    let is_empty = match message.fields.get("content") {
        Some(content) if content.is_string() => is_blank_text(content),
        _ => message.parts_mut().is_none_or(|parts| parts.iter().all(is_blank_part)),
    };
    is_empty.then_some("a user turn without content was left out")
}

fn assistant_turn(message: &mut Message<'_>, previous: Option<&mut Message<'_>>, changes: &mut Changes) -> Option<&'static str> {
    if message.meta.is_record {
        return Some("a record of the host was left out");
    }
    let has_calls = message.has_calls();
    // Without a look at how the turn ended: only the block form tells, and the mark says nothing else anywhere.
    if is_short(message) && visible_text(message).trim_ascii() == FAILURE_SENTINEL {
        const MARK: &str = "the mark of a turn that failed was left out";
        if !has_calls {
            return Some(MARK);
        }
        message.fields.set("content", Value::null());
        message.touch();
        changes.add(RULE, message.place(".content"), MARK);
    }
    if has_calls || !message.meta.is_block_form {
        return None;
    }
    let stop = message.meta.stop_reason;
    let is_free_stop = stop == StopReason::Stop && message.meta.has_zero_usage;
    // The blocks of a turn were joined on the way here.
    if message.fields.get("content").is_none_or(is_blank_text) {
        return match () {
            () if message.meta.is_silent => Some("a turn that was meant to be silent was left out"),
            () if is_free_stop || matches!(stop, StopReason::Error | StopReason::Length) => {
                Some("a turn that ended before it said anything was left out")
            }
            () => None,
        };
    }
    let is_mirror = is_free_stop && previous.is_some_and(|previous| repeats(message, previous));
    is_mirror.then_some("a turn that repeats the one before it was left out")
}

/// Whether a content may be the mark: most are longer, and need not be decoded.
fn is_short(message: &mut Message<'_>) -> bool {
    const MOST: usize = 200;
    let length = |value: &Value<'_>| match value {
        Value::Raw(raw) => raw.bytes().len(),
        Value::Text(text) | Value::Json(text) => text.len(),
        _ => 0,
    };
    match message.fields.get("content") {
        Some(content) if content.is_string() => length(content) < MOST,
        _ => message.parts_mut().is_some_and(|parts| parts.iter().all(|part| part.get("text").is_none_or(|text| length(&text) < MOST))),
    }
}

/// Whether two turns next to each other say and think the same. An answer that is the same after another question is no repetition.
fn repeats(message: &mut Message<'_>, previous: &mut Message<'_>) -> bool {
    let json = |message: &Message<'_>, name: &str| message.fields.get(name).map(|value| value.to_json());
    previous.role == Role::Assistant
        && !previous.has_calls()
        && visible_text(previous) == visible_text(message)
        && super::REASONING_FIELDS.iter().all(|name| json(message, name) == json(previous, name))
}

fn visible_text(message: &mut Message<'_>) -> String {
    if let Some(text) = message.content_text() {
        return text.into_owned();
    }
    let texts: Vec<String> = message.parts_mut().map(|parts| parts.iter().filter_map(part_text).collect()).unwrap_or_default();
    texts.join("\n")
}
