//! Anthropic's cache markers: at most three places, always the same ones for the same conversation (provider-rules 7).

use super::draft::Draft;
use crate::message::{Message, Role, part_text, text_part};
use crate::text::{between, find, tail};
use crate::value::{Object, Value};

const RULE: &str = "cache-markers";
/// A line of the system prompt; what stands before it stays the same from request to request.
pub const BOUNDARY: &str = "<!-- OPENCLAW_CACHE_BOUNDARY -->";

/// How long the provider keeps what it cached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Retention {
    /// No markers.
    None,
    /// Five minutes.
    #[default]
    Short,
    /// An hour.
    Long,
}

impl Retention {
    /// Reads `cacheRetention`; `None` for a word nobody knows.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "none" => Some(Self::None),
            "short" => Some(Self::Short),
            "long" => Some(Self::Long),
            _ => None,
        }
    }

    fn marker<'a>(self) -> Value<'a> {
        Value::Json(if self == Self::Long { r#"{"type":"ephemeral","ttl":"1h"}"# } else { r#"{"type":"ephemeral"}"# }.to_owned())
    }
}

/// Which retention the draft asks for; `None` where the rule does not apply.
pub fn retention(draft: &mut Draft<'_>) -> Option<Retention> {
    if !draft.model.is_anthropic() || !draft.route.is_openrouter() {
        return None;
    }
    let word = draft.params.get("cache_retention").and_then(|value| value.str().map(|word| word.into_owned()));
    let read = word.as_deref().map(Retention::parse);
    if read == Some(None) {
        draft.warnings.add(RULE, "params.cacheRetention", "must be none, short or long; the default was taken");
    }
    Some(read.flatten().unwrap_or_default())
}

/// Removes every marker, then sets those of the retention. Where the rule does not apply the boundary line gives way to a line break.
pub fn apply(draft: &mut Draft<'_>) {
    let Some(retention) = retention(draft) else {
        join_at_boundary(draft);
        return;
    };
    let mut removed = remove_markers(&mut draft.messages);
    for tool in draft.tools_mut().into_iter().flatten() {
        removed += usize::from(drop_marker(tool));
    }
    if removed > 4 {
        draft.warnings.add(RULE, "messages", "more than the four markers that Anthropic takes were set; they were replaced");
    } else if removed > 0 {
        draft.changes.add(RULE, "messages", "cache markers were replaced by those of the rule");
    }
    if retention == Retention::None {
        join_at_boundary(draft);
        return;
    }
    if let Some(tool) = draft.tools_mut().and_then(|tools| tools.last_mut()).and_then(Value::object_mut) {
        tool.set("cache_control", retention.marker());
    }
    if let Some(system) = draft.messages.iter_mut().find(|message| message.role == Role::System) {
        mark_system(system, retention);
    }
    if let Some(at) = last_place(&mut draft.messages) {
        mark_last_text(&mut draft.messages[at], retention);
    }
}

/// Where the moving marker goes: the last user or tool message with a text to mark.
pub fn last_place(messages: &mut [Message<'_>]) -> Option<usize> {
    let at = messages.iter().rposition(|message| matches!(message.role, Role::User | Role::Tool))?;
    has_text(&mut messages[at]).then_some(at)
}

fn has_text(message: &mut Message<'_>) -> bool {
    match message.content_text() {
        Some(text) => !text.is_empty(),
        None => message.parts_mut().is_some_and(|parts| parts.iter().any(|part| part_text(part).is_some_and(|text| !text.is_empty()))),
    }
}

/// Marks the last text of a message.
pub fn mark_last_text(message: &mut Message<'_>, retention: Retention) {
    if let Some(text) = message.content_text().map(|text| text.into_owned()) {
        message.fields.set("content", Value::Array(vec![text_part(&text)]));
    }
    let Some(parts) = message.parts_mut() else { return };
    let last = parts.iter_mut().rev().find(|part| part_text(part).is_some_and(|text| !text.is_empty()));
    if let Some(part) = last.and_then(Value::object_mut) {
        part.set("cache_control", retention.marker());
        message.touch();
    }
}

fn mark_system(system: &mut Message<'_>, retention: Retention) {
    let marked = |text: &str| {
        let mut part = Object::of([("type", Value::text("text")), ("text", Value::text(text))]);
        part.set("cache_control", retention.marker());
        Value::Object(part)
    };
    if let Some(text) = system.content_text().map(|text| text.into_owned()) {
        let mut parts = Vec::new();
        match split_at_boundary(&text) {
            Some((before, after)) => {
                if !before.is_empty() {
                    parts.push(marked(before));
                }
                if !after.is_empty() {
                    parts.push(text_part(after));
                }
            }
            None if text.is_empty() => return,
            None => parts.push(marked(&text)),
        }
        system.fields.set("content", Value::Array(parts));
        system.touch();
        return;
    }
    let Some(parts) = system.parts_mut() else { return };
    let Some(last) = parts.last_mut() else { return };
    if matches!(last.get_str("type").as_deref(), Some("thinking" | "redacted_thinking")) {
        return;
    }
    if let Some(part) = last.object_mut() {
        part.set("cache_control", retention.marker());
        system.touch();
    }
}

/// What stands before and behind the boundary line, without the line breaks around it.
fn split_at_boundary(text: &str) -> Option<(&str, &str)> {
    let at = find(text, BOUNDARY)?;
    Some((between(text, 0, at).trim_end_matches('\n'), tail(text, at + BOUNDARY.len()).trim_start_matches('\n')))
}

fn join_at_boundary(draft: &mut Draft<'_>) {
    for message in draft.messages.iter_mut().filter(|message| message.role == Role::System) {
        let joined = message.content_text().and_then(|text| {
            let (before, after) = split_at_boundary(&text)?;
            Some([before, "\n", after].concat())
        });
        if let Some(joined) = joined {
            message.fields.set("content", Value::Text(joined));
            message.touch();
        }
    }
}

/// Takes every marker off the messages; how many there were.
fn remove_markers(messages: &mut [Message<'_>]) -> usize {
    let mut removed = 0;
    for message in messages {
        let on_message = message.fields.remove("cache_control").is_some();
        let on_parts = message
            .parts_mut()
            .map_or(0, |parts| parts.iter_mut().filter(|part| part.get("cache_control").is_some()).map(drop_marker).count());
        if on_message || on_parts > 0 {
            message.touch();
        }
        removed += usize::from(on_message) + on_parts;
    }
    removed
}

fn drop_marker(holder: &mut Value<'_>) -> bool {
    holder.get("cache_control").is_some() && holder.object_mut().is_some_and(|object| object.remove("cache_control").is_some())
}
