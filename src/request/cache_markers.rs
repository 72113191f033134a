//! Anthropic's cache markers: at most three places, always the same ones for the same conversation (provider-rules 7).

use super::draft::Draft;
use crate::message::{Message, Role, part_text, text_part};
use crate::text::{between, tail};
use crate::value::Value;

const RULE: &str = "cache-markers";
const MAX_MARKERS: usize = 4;
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
pub fn retention(draft: &Draft<'_>) -> Option<Retention> {
    if !draft.model.is_anthropic() || !draft.route.is_openrouter() {
        return None;
    }
    Some(asked(draft).flatten().unwrap_or_default())
}

/// What the params say; the inner `None` is what nobody knows.
fn asked(draft: &Draft<'_>) -> Option<Option<Retention>> {
    draft.params.get("cache_retention").map(|value| value.str().and_then(|word| Retention::parse(&word)))
}

/// Removes every marker, then sets those of the retention. Where the rule does not apply they stay, and everywhere the boundary line
/// gives way.
pub fn apply(draft: &mut Draft<'_>) {
    if asked(draft) == Some(None) {
        draft.warnings.add(RULE, "params.cacheRetention", "must be none, short or long; the default was taken");
    }
    if asked(draft).is_some() && !draft.model.has_cache_ttl() {
        draft.warnings.add(
            RULE,
            "params.cacheRetention",
            "says nothing to this model: how long its cache lives is not for a request to say",
        );
    }
    match retention(draft) {
        Some(retention) => {
            remove_markers(draft);
            if retention != Retention::None {
                mark(draft, retention);
            }
        }
        None => count_markers(draft),
    }
    draft.messages.iter_mut().filter(|message| message.role == Role::System).for_each(join_at_boundary);
}

fn mark(draft: &mut Draft<'_>, retention: Retention) {
    // Tools that OpenRouter runs are not part of Anthropic's prompt.
    let is_function = |tool: &&mut Value<'_>| tool.get("type").is_some_and(|kind| kind.is("function"));
    let last = draft.tools_mut().and_then(|tools| tools.iter_mut().rfind(is_function));
    if let Some(tool) = last.and_then(Value::object_mut) {
        tool.set("cache_control", retention.marker());
    }
    if let Some(system) = draft.messages.iter_mut().find(|message| message.role == Role::System) {
        mark_system(system, retention);
    }
    // The third place moves with every turn: `conversation` marks it.
}

/// Where the moving marker goes: the last user or tool message that has a text to mark.
pub fn last_place(messages: &mut [Message<'_>]) -> Option<usize> {
    let has_place = |message: &mut Message<'_>| matches!(message.role, Role::User | Role::Tool) && has_text(message);
    messages.iter_mut().rposition(has_place)
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
    if let Some(text) = system.content_text() {
        let mut parts = Vec::new();
        let (before, after) = split_at_boundary(&text).unwrap_or((&text, ""));
        if !before.is_empty() {
            let mut part = text_part(before);
            if let Some(part) = part.object_mut() {
                part.set("cache_control", retention.marker());
            }
            parts.push(part);
        }
        if !after.is_empty() {
            parts.push(text_part(after));
        }
        if !parts.is_empty() {
            system.fields.set("content", Value::Array(parts));
            system.touch();
        }
        return;
    }
    if let Some(parts) = system.parts_mut() {
        // Behind the boundary everything may change: the part before it is the last one worth keeping.
        let split = parts.iter().enumerate().find_map(|(at, part)| {
            let text = part_text(part)?;
            let (before, after) = split_at_boundary(&text)?;
            Some((at, before.to_owned(), after.to_owned()))
        });
        if let Some((at, before, after)) = split {
            if !after.is_empty() {
                parts.insert(at + 1, text_part(&after));
            }
            parts[at] = text_part(&before);
            let marked = if before.is_empty() { at.checked_sub(1) } else { Some(at) };
            if let Some(part) = marked.and_then(|at| parts[at].object_mut()) {
                part.set("cache_control", retention.marker());
            }
            if before.is_empty() {
                parts.remove(at);
            }
            system.touch();
            return;
        }
    }
    let Some(last) = system.parts_mut().and_then(|parts| parts.last_mut()) else { return };
    let is_refused = matches!(last.get_str("type").as_deref(), Some("thinking" | "redacted_thinking"))
        || part_text(last).is_some_and(|text| text.is_empty());
    if let Some(part) = last.object_mut().filter(|_| !is_refused) {
        part.set("cache_control", retention.marker());
        system.touch();
    }
}

/// Where the boundary is, when it has a line for itself.
fn boundary(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'<', bytes).find(|at| {
        let behind = bytes.get(at + BOUNDARY.len());
        bytes[*at..].starts_with(BOUNDARY.as_bytes())
            && (*at == 0 || bytes[at - 1] == b'\n')
            && (behind.is_none() || matches!(behind, Some(b'\n' | b'\r')))
    })
}

/// What stands before and behind the boundary line, without the empty lines around it.
fn split_at_boundary(text: &str) -> Option<(&str, &str)> {
    let at = boundary(text)?;
    Some((between(text, 0, at).trim_ascii_end(), tail(text, at + BOUNDARY.len()).trim_ascii_start()))
}

/// Every boundary line gives way to a line break.
fn join_at_boundary(system: &mut Message<'_>) {
    let joined = |text: &str| {
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = boundary(rest) {
            out.push_str(between(rest, 0, at));
            let behind = tail(rest, at + BOUNDARY.len());
            rest = behind.strip_prefix('\n').or_else(|| behind.strip_prefix("\r\n")).unwrap_or(behind);
        }
        (rest.len() < text.len()).then(|| out + rest)
    };
    if let Some(text) = system.content_text() {
        if let Some(joined) = joined(&text) {
            system.fields.set("content", Value::Text(joined));
            system.touch();
        }
        return;
    }
    let mut is_changed = false;
    for part in system.parts_mut().into_iter().flatten() {
        if let Some(joined) = part_text(part).and_then(|text| joined(&text))
            && let Some(part) = part.object_mut()
        {
            part.set("text", Value::Text(joined));
            is_changed = true;
        }
    }
    if is_changed {
        system.touch();
    }
}

/// Markers that nobody replaces: Anthropic refuses a fifth.
fn count_markers(draft: &mut Draft<'_>) {
    if !draft.model.is_anthropic() {
        return;
    }
    let is_marked = |holder: &Value<'_>| holder.get("cache_control").is_some();
    let mut count = usize::from(draft.body.get("cache_control").is_some());
    count += draft.body.get("tools").map_or(0, |tools| tools.items().iter().filter(|tool| is_marked(tool)).count());
    for message in &mut draft.messages {
        count += message.parts_mut().map_or(0, |parts| parts.iter().filter(|part| is_marked(part)).count());
    }
    if count > MAX_MARKERS {
        draft.warnings.add(RULE, "messages", "more than four cache markers: Anthropic answers 400");
    }
}

/// Takes every marker off messages and tools.
fn remove_markers(draft: &mut Draft<'_>) {
    let mut is_changed = false;
    for tool in draft.tools_mut().into_iter().flatten() {
        is_changed |= drop_marker(tool);
    }
    for message in &mut draft.messages {
        let mut is_marked = message.fields.remove("cache_control").is_some();
        for part in message.parts_mut().into_iter().flatten() {
            is_marked |= drop_marker(part);
        }
        if is_marked {
            message.touch();
            is_changed = true;
        }
    }
    if is_changed {
        draft.changes.add(RULE, "messages", "cache markers gave way to those of cacheRetention");
    }
}

fn drop_marker(holder: &mut Value<'_>) -> bool {
    holder.get("cache_control").is_some() && holder.object_mut().is_some_and(|object| object.remove("cache_control").is_some())
}
