//! Tool calls that no provider would take go (sanitization 6).

use crate::change::Changes;
use crate::json::{Raw, Reader};
use crate::message::{CallEdit, Message, call_name, function_field, is_blank_text};
use crate::value::Value;

const RULE: &str = "tool-inputs";
const MAX_NAME_CHARS: usize = 64;

/// Goes over every call. A turn left empty goes too.
pub fn apply(messages: &mut Vec<Message<'_>>, changes: &mut Changes) {
    messages.retain_mut(|message| {
        if message.calls_mut().is_none() {
            return true;
        }
        if !message.has_calls() {
            message.fields.remove("tool_calls");
            message.touch();
            changes.add(RULE, message.place(".tool_calls"), "an empty list of calls was left out");
            return true;
        }
        message.edit_calls(RULE, changes, &mut |_, call| repair(call));
        let keep = message.has_calls() || has_content(message);
        if !keep {
            changes.add(RULE, message.place(""), "nothing but broken calls was in this turn");
        }
        keep
    });
}

fn repair(call: &mut Value<'_>) -> CallEdit {
    let has_id = call.get("id").is_some_and(|id| id.str().is_some_and(|id| !id.is_empty()));
    let Some(object) = call.object_mut() else { return Some(("a call that is no object was left out", false)) };
    if !has_id {
        return Some(("a call without an id was left out", false));
    }
    let mut repaired = None;
    match object.get("type") {
        None => {
            object.set("type", Value::text("function"));
            repaired = Some(("the type of a call was filled in", true));
        }
        Some(kind) if !kind.is("function") => return None,
        Some(_) => {}
    }
    let Some(function) = object.get_mut("function").and_then(Value::object_mut) else {
        return Some(("a call without a function was left out", false));
    };
    let name = function.text("name").unwrap_or_default();
    let trimmed = name.trim();
    let is_name = !trimmed.is_empty()
        && trimmed.len() <= MAX_NAME_CHARS
        && trimmed.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_:.-".contains(&byte));
    if !is_name {
        return Some(("a call whose name no tool can have was left out", false));
    }
    if trimmed != name {
        let trimmed = Value::text(trimmed);
        function.set("name", trimmed);
        repaired = Some(("the name of a call was trimmed", true));
    }
    match function.get("arguments") {
        None => Some(("a call without arguments was left out", false)),
        Some(arguments) if is_blank_text(arguments) => {
            function.set("arguments", Value::text("{}"));
            Some(("empty arguments were written as {}", true))
        }
        Some(arguments) if arguments.is_string() => repaired,
        Some(arguments) => {
            let text = arguments.to_json();
            function.set("arguments", Value::Text(text));
            Some(("arguments were written as JSON text", true))
        }
    }
}

/// Why a call stays only if it was answered; pairing knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weakness {
    /// Its arguments are no JSON object: it was cut off, or the model was told of it.
    Broken,
    /// Nobody offers its tool any more.
    NotOffered,
}

/// What is wrong with a call that [`apply`] let through.
pub fn weakness(call: &Value<'_>, allowed: Option<&[String]>) -> Option<Weakness> {
    if !call.get("type").is_some_and(|kind| kind.is("function")) {
        return None;
    }
    let is_allowed = allowed.is_none_or(|names| {
        let name = call_name(call).unwrap_or_default();
        names.iter().any(|allowed| allowed.trim_ascii().eq_ignore_ascii_case(&name))
    });
    let arguments = function_field(call, "arguments");
    let is_object = arguments.and_then(|text| is_object(&text));
    match () {
        () if is_object != Some(true) => Some(Weakness::Broken),
        () if !is_allowed => Some(Weakness::NotOffered),
        () => None,
    }
}

/// Whether a string holds a whole JSON object; `None` for any other value.
fn is_object(arguments: &Value<'_>) -> Option<bool> {
    let is_object = |text: &[u8]| Reader::document(text).is_ok_and(Raw::is_object);
    match arguments {
        Value::Raw(raw) => raw.string().map(|text| is_object(&text.to_bytes())),
        _ => arguments.str().map(|text| is_object(text.as_bytes())),
    }
}

/// Whether there is anything in a turn beside its calls.
pub fn has_content(message: &mut Message<'_>) -> bool {
    if ["refusal", "images", "audio"].iter().any(|name| message.fields.get(name).is_some()) {
        return true;
    }
    match message.fields.get("content") {
        Some(content) if content.is_string() => !is_blank_text(content),
        _ => message.parts_mut().is_some_and(|parts| !parts.is_empty()),
    }
}
