//! Turns that say nothing, failed or repeat another go (sanitization 3).

use crate::change::Changes;
use crate::message::{Message, Role, StopReason, is_blank, part_text};

const RULE: &str = "turns";
/// What OpenClaw writes in place of a turn that failed, and for a turn that was meant to be silent.
const FAILURE_SENTINEL: &str = "[assistant turn failed before producing content]";
const SILENT_REPLY: &str = "NO_REPLY";

/// Drops them; blank text parts of user turns go too.
pub fn apply(messages: &mut Vec<Message<'_>>, changes: &mut Changes) {
    // The content of the last assistant turn that stays, when it has no calls.
    let mut previous: Option<String> = None;
    messages.retain_mut(|message| {
        let verdict = match message.role {
            Role::User => user_turn(message),
            Role::Assistant => assistant_turn(message, &mut previous),
            _ => None,
        };
        if let Some(reason) = verdict {
            changes.add(RULE, message.place(""), reason);
        }
        verdict.is_none()
    });
}

/// Why the turn goes; `None` when it stays.
fn user_turn(message: &mut Message<'_>) -> Option<&'static str> {
    const EMPTY: &str = "a user turn without content was left out";
    if let Some(text) = message.content_text() {
        return is_blank(&text).then_some(EMPTY);
    }
    let Some(parts) = message.parts_mut() else { return Some(EMPTY) };
    let before = parts.len();
    parts.retain(|part| !part_text(part).is_some_and(|text| is_blank(&text)));
    let (after, is_empty) = (parts.len(), parts.is_empty());
    if after < before {
        message.touch();
    }
    is_empty.then_some(EMPTY)
}

fn assistant_turn(message: &mut Message<'_>, previous: &mut Option<String>) -> Option<&'static str> {
    if message.meta.is_record {
        return Some("a record of the host was left out");
    }
    let has_calls = message.has_calls();
    let text = visible_text(message);
    let stop = message.meta.stop_reason;
    let is_free_stop = stop == StopReason::Stop && message.meta.has_zero_usage;
    let is_wire = !message.meta.is_block_form;
    if !has_calls && text.trim_ascii() == FAILURE_SENTINEL && (is_wire || is_free_stop || stop == StopReason::Error) {
        return Some("the mark of a turn that failed was left out");
    }
    if message.meta.is_block_form && !has_calls {
        if text.trim_ascii() == SILENT_REPLY {
            return Some("a turn that was meant to be silent was left out");
        }
        if is_blank(&text) && (is_free_stop || matches!(stop, StopReason::Error | StopReason::Length)) {
            return Some("a turn that ended before it said anything was left out");
        }
        if is_free_stop && previous.as_deref() == Some(text.as_str()) {
            return Some("a turn that repeats the one before it was left out");
        }
    }
    *previous = (!has_calls).then_some(text);
    None
}

fn visible_text(message: &mut Message<'_>) -> String {
    if let Some(text) = message.content_text() {
        return text.into_owned();
    }
    let texts: Vec<String> = message.parts_mut().map(|parts| parts.iter().filter_map(part_text).collect()).unwrap_or_default();
    texts.join("\n")
}
