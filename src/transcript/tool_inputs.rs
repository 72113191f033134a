//! Tool calls that no provider would take go (sanitization 6).

use crate::change::{Changes, place};
use crate::json::Reader;
use crate::message::{Message, Role, is_blank};
use crate::value::Value;

const RULE: &str = "tool-inputs";
const MAX_NAME_CHARS: usize = 64;

/// Goes over every call. With `allowed` names, calls of other tools go unless they were answered. A turn left empty goes too.
pub fn apply(messages: &mut Vec<Message<'_>>, allowed: Option<&[String]>, changes: &mut Changes) {
    let answered = allowed.map(|_| answered_ids(messages));
    messages.retain_mut(|message| {
        if !message.has_calls() {
            return true;
        }
        let mut calls = message.calls_mut().map(core::mem::take).unwrap_or_default();
        let mut number = 0;
        let mut notes: Vec<(usize, &str)> = Vec::new();
        calls.retain_mut(|call| {
            let verdict = repair(call, allowed, answered.as_deref().unwrap_or(&[]));
            let keep = !matches!(verdict, Some((_, false)));
            notes.extend(verdict.map(|(reason, _)| (number, reason)));
            number += 1;
            keep
        });
        let is_empty = calls.is_empty();
        if is_empty {
            message.fields.remove("tool_calls");
        } else {
            message.fields.set("tool_calls", Value::Array(calls));
        }
        if !notes.is_empty() {
            message.touch();
        }
        for (number, reason) in notes {
            changes.add(RULE, message.place(&place(".tool_calls", number, "")), reason);
        }
        let keep = !is_empty || has_content(message);
        if !keep {
            changes.add(RULE, message.place(""), "nothing but broken calls was in this turn");
        }
        keep
    });
}

/// What is wrong with a call, and whether it stays.
fn repair(call: &mut Value<'_>, allowed: Option<&[String]>, answered: &[String]) -> Option<(&'static str, bool)> {
    let id = call.get_str("id").filter(|id| !id.is_empty());
    let Some(object) = call.object_mut() else { return Some(("a call that is no object was left out", false)) };
    let Some(id) = id else { return Some(("a call without an id was left out", false)) };
    let mut repaired = None;
    if !object.has("type") {
        object.set("type", Value::text("function"));
        repaired = Some(("the type of a call was filled in", true));
    } else if !object.get("type").is_some_and(|kind| kind.is("function")) {
        return None;
    }
    let Some(function) = object.get_mut("function").and_then(Value::object_mut) else {
        return Some(("a call without a function was left out", false));
    };
    let name = function.str("name").map(|name| name.into_owned()).unwrap_or_default();
    let trimmed = name.trim_ascii();
    let is_name = !trimmed.is_empty()
        && trimmed.len() <= MAX_NAME_CHARS
        && trimmed.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_:.-".contains(&byte));
    if !is_name {
        return Some(("a call whose name no tool can have was left out", false));
    }
    let lower = trimmed.to_ascii_lowercase();
    let is_allowed = allowed.is_none_or(|names| names.iter().any(|name| name.trim_ascii().eq_ignore_ascii_case(&lower)));
    if !is_allowed && answered.binary_search(&id).is_err() {
        return Some(("an unanswered call of a tool that is not offered was left out", false));
    }
    if trimmed != name {
        let trimmed = Value::text(trimmed);
        function.set("name", trimmed);
        repaired = Some(("the name of a call was trimmed", true));
    }
    match function.get("arguments") {
        None => Some(("a call without arguments was left out", false)),
        Some(arguments) if arguments.is_string() => {
            let text = arguments.str().unwrap_or_default();
            if is_blank(&text) {
                function.set("arguments", Value::text("{}"));
                return Some(("empty arguments were written as {}", true));
            }
            match Reader::document(text.as_bytes()) {
                Ok(_) => repaired,
                Err(_) => Some(("a call whose arguments are no whole JSON was left out", false)),
            }
        }
        Some(arguments) => {
            let text = arguments.to_json();
            function.set("arguments", Value::Text(text));
            Some(("arguments were written as JSON text", true))
        }
    }
}

fn answered_ids(messages: &[Message<'_>]) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for message in messages.iter().filter(|message| message.role == Role::Tool) {
        if let Some(id) = message.fields.str("tool_call_id") {
            let at = ids.binary_search_by(|held| held.as_str().cmp(&id)).unwrap_or_else(|at| at);
            ids.insert(at, id.into_owned());
        }
    }
    ids
}

/// Whether there is anything in a turn beside its calls.
pub fn has_content(message: &mut Message<'_>) -> bool {
    if ["refusal", "images", "audio"].iter().any(|name| message.fields.get(name).is_some()) {
        return true;
    }
    match message.content_text() {
        Some(text) => !is_blank(&text),
        None => message.parts_mut().is_some_and(|parts| !parts.is_empty()),
    }
}
