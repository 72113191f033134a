//! The names that messages, their parts and their calls have in the wire form: a name that is none of them is told, since nobody reads it.
//!
//! Not in the engine of a chat: a message with another than the plainest names is looked at here anyway (see [`crate::clean`]). Which name was
//! meant is said there, where the names of a request are known.

use crate::change::{Changes, place};
use crate::message::{Message, Role};
use crate::value::{Object, Value};

/// The rule of what is told here: where the object stands; as its reason the name, a bar, and the names that it could have.
pub const RULE: &str = "names";

const MESSAGE: &str = "role content name cache_control tool_calls tool_call_id function_call reasoning reasoning_content reasoning_text \
    reasoning_details thinking_blocks refusal annotations images audio extra_content provider_specific_fields model prefix configuration_update";
/// Of who asks.
const SPOKEN: &str = "role content name cache_control extra_content provider_specific_fields model configuration_update";
const CALL: &str = "id type function index extra_content";
const FUNCTION: &str = "name arguments";
/// What a record of the host has, in which anything may stand.
const RECORD: [&str; 9] = ["api", "stopReason", "timestamp", "usage", "provider", "errorMessage", "toolName", "isError", "openclaw"];
/// By the type of a part: its own names, the field with more in it, and what that holds.
const PARTS: [(&str, &str, &str, &str); 7] = [
    ("text", "type text cache_control prompt_cache_breakpoint", "", ""),
    ("image_url", "type image_url cache_control prompt_cache_breakpoint index", "image_url", "url detail"),
    ("input_audio", "type input_audio cache_control", "input_audio", "data format"),
    ("video_url", "type video_url cache_control", "video_url", "url processing"),
    ("input_video", "type video_url cache_control", "video_url", "url processing"),
    ("file", "type file cache_control", "file", "filename file_data file_id"),
    ("refusal", "type refusal", "", ""),
];

/// Tells of every name that is none. To be asked before anything is repaired: a name in JavaScript's spelling is the wire's.
pub fn report(messages: &mut [Message<'_>], told: &mut Changes) {
    for message in messages {
        let is_record =
            RECORD.iter().any(|name| message.fields.has(name)) || message.fields.get("role").is_some_and(|role| role.is("toolResult"));
        if is_record {
            continue;
        }
        let at = message.place("");
        let is_spoken = matches!(message.role, Role::User | Role::System | Role::Developer);
        report_fields(&message.fields, if is_spoken { SPOKEN } else { MESSAGE }, &at, told);
        for (number, part) in message.parts_mut().into_iter().flatten().enumerate() {
            if let Some(part) = part.object_mut() {
                report_part(part, &[&at, &*place(".content", number, "")].concat(), told);
            }
        }
        for (number, call) in message.calls_mut().into_iter().flatten().enumerate() {
            let Some(call) = call.object_mut() else { continue };
            let at = [&at, &*place(".tool_calls", number, "")].concat();
            report_fields(call, CALL, &at, told);
            if let Some(function) = call.get_mut("function").and_then(Value::object_mut) {
                report_fields(function, FUNCTION, &[&at, ".function"].concat(), told);
            }
        }
    }
}

fn report_part(part: &mut Object<'_>, at: &str, told: &mut Changes) {
    let Some(kind) = part.str("type").map(|kind| kind.into_owned()) else { return };
    let Some((_, names, inner, below)) = PARTS.iter().find(|(held, ..)| *held == kind) else { return };
    // A block of the host's may have a signature.
    if part.has("thoughtSignature") || part.has("thought_signature") {
        return;
    }
    report_fields(part, names, at, told);
    if let Some(object) = part.get_mut(inner).filter(|_| !inner.is_empty()).and_then(Value::object_mut) {
        report_fields(object, below, &[at, ".", inner].concat(), told);
    }
}

fn report_fields(object: &Object<'_>, names: &str, at: &str, told: &mut Changes) {
    for (name, value) in object.fields() {
        let is_known = |name: &str| names.split(' ').any(|held| held == name);
        // A null means "not set".
        if !is_known(&name) && !value.is_null() && !is_known(&wire_name(&name)) {
            told.add(RULE, at, [&*name, "|", names].concat());
        }
    }
}

/// Names in JavaScript's spelling become the wire's where that is not there. Whether any was.
pub fn rename(object: &mut Object<'_>, names: &str) -> bool {
    let is_camel = |name: &str| name.bytes().any(|byte| byte.is_ascii_uppercase());
    let camel: Vec<String> = object.fields().map(|(name, _)| name).filter(|name| is_camel(name)).map(|name| name.into_owned()).collect();
    let mut is_renamed = false;
    for name in camel {
        let wire = wire_name(&name);
        // That of a result is the block form's, which says what it does with it.
        if wire != "tool_call_id"
            && names.split(' ').any(|held| held == wire)
            && !object.has(&wire)
            && let Some(value) = object.remove(&name)
        {
            object.set(&wire, value);
            is_renamed = true;
        }
    }
    is_renamed
}

/// The same in a message and in all that [`report`] looks into.
pub fn rename_all(message: &mut Message<'_>) -> bool {
    let mut is_renamed = rename(&mut message.fields, MESSAGE);
    for part in message.parts_mut().into_iter().flatten().filter_map(Value::object_mut) {
        // Of another type or none: the names that any part has.
        let any = ("", "image_url input_audio video_url cache_control", "", "");
        let kind = part.str("type").map(|kind| kind.into_owned()).unwrap_or_default();
        let (_, names, inner, below) = PARTS.iter().find(|(held, ..)| *held == kind).unwrap_or(&any);
        is_renamed |= rename(part, names);
        if kind == "image_url"
            && let Some(url) = part.get("image_url").filter(|url| url.is_string()).cloned()
        {
            // The older form.
            part.set("image_url", Value::Object(Object::of([("url", url)])));
            is_renamed = true;
        }
        if let Some(object) = part.get_mut(inner).filter(|_| !inner.is_empty()).and_then(Value::object_mut) {
            is_renamed |= rename(object, below);
        }
    }
    is_renamed
}

/// `tool_calls` of `toolCalls`.
fn wire_name(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 2);
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}
