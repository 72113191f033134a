//! Whether a transcript plainly needs no repair, so that the repairs themselves need not be loaded.
//!
//! `true` is a promise: [`crate::sanitize`] would change nothing (`tests/transcript/clean.rs` holds it to that). `false` promises nothing.
//! Refused: running the repairs to find out, which is what an ordinary conversation is to be spared.

use crate::Context;
use crate::json::{Raw, Reader};
use crate::message::{Message, Role, call_name, function_field, is_blank_text};
use crate::places::Places;
use crate::policy::Policy;
use crate::turns::FAILURE_SENTINEL;
use crate::value::{Object, Value};

/// Fields of a message that no repair looks for.
const PLAIN_FIELDS: [&str; 4] = ["role", "content", "name", "cache_control"];

/// Whether every message is as each repair of the policy would leave it.
pub fn is_clean(messages: &mut [Message<'_>], context: &Context<'_>) -> bool {
    let policy = &context.policy;
    // These look at neighbours and at what was said before; whoever asks for them has the repairs loaded.
    if asks_for_order(policy) {
        return false;
    }
    let mut at = 0;
    let mut ids = Places::default();
    while let Some(message) = messages.get_mut(at) {
        at += 1;
        let role = message.role;
        if role == Role::Assistant && message.fields.has("tool_calls") {
            let (head, rest) = messages.split_at_mut(at);
            match head.last_mut().and_then(|turn| answered_calls(turn, rest, context, &mut ids)) {
                Some(results) => at += results,
                None => return false,
            }
            continue;
        }
        let is_spoken = matches!(role, Role::System | Role::User | Role::Assistant) && is_plain(message);
        if !is_spoken || (role == Role::Assistant && is_failure_mark(message)) {
            return false;
        }
    }
    true
}

fn asks_for_order(policy: &Policy) -> bool {
    policy.gemini_turns || policy.anthropic_turns || policy.assistant_first
}

/// Whether nothing but known fields and text that can be read is in it.
fn is_plain(message: &mut Message<'_>) -> bool {
    has_only(&message.fields, &PLAIN_FIELDS) && has_plain_content(message)
}

fn has_only(object: &Object<'_>, names: &[&str]) -> bool {
    object.fields().all(|(name, _)| names.contains(&name.as_ref()))
}

fn has_plain_content(message: &mut Message<'_>) -> bool {
    match message.fields.get("content") {
        Some(content) if content.is_string() => !is_blank_text(content),
        _ => message.parts_mut().is_some_and(|parts| !parts.is_empty() && parts.iter_mut().all(is_text)),
    }
}

fn is_text(part: &mut Value<'_>) -> bool {
    let Some(part) = part.object_mut() else { return false };
    has_only(part, &["type", "text", "cache_control"])
        && part.get("type").is_some_and(|kind| kind.is("text"))
        && part.get("text").is_some_and(|text| text.is_string() && !is_blank_text(text))
}

/// The mark of a turn that failed; whether it stands in parts need not be told apart.
fn is_failure_mark(message: &mut Message<'_>) -> bool {
    let is_mark = |text: &Value<'_>| text.str().is_some_and(|text| text.trim_ascii() == FAILURE_SENTINEL);
    match message.parts_mut() {
        Some(parts) => parts.iter().any(|part| part.get("text").is_some_and(|text| is_mark(&text))),
        None => message.fields.get("content").is_some_and(is_mark),
    }
}

/// A turn with calls that are whole, each with its own result right behind it, in order: how many results there are. `taken` has the ids of the turns
/// before.
fn answered_calls(turn: &mut Message<'_>, rest: &mut [Message<'_>], context: &Context<'_>, taken: &mut Places) -> Option<usize> {
    let is_known = turn.fields.fields().all(|(name, _)| name == "tool_calls" || PLAIN_FIELDS.contains(&name.as_ref()));
    let is_silent = turn.fields.get("content").is_none_or(Value::is_null);
    if context.policy.tool_ids.is_some()
        || context.allowed_tool_names.is_some()
        || !context.target.has_tools
        || !is_known
        || !(is_silent || (has_plain_content(turn) && !is_failure_mark(turn)))
    {
        return None;
    }
    let calls = turn.calls_mut()?;
    let mut ids: Vec<String> = Vec::with_capacity(calls.len());
    for call in calls.iter_mut() {
        let id = whole_call(call)?;
        if taken.set(id.as_bytes(), 0).is_some() {
            return None;
        }
        ids.push(id);
    }
    let results = rest.get_mut(..ids.len()).filter(|results| !results.is_empty())?;
    let fits = |(result, id): (&mut Message<'_>, &String)| {
        // The block form's own word for the role has to be written in the wire's.
        result.fields.get("role").is_some_and(|role| role.is("tool"))
            && result.fields.fields().all(|(name, _)| name == "tool_call_id" || PLAIN_FIELDS.contains(&name.as_ref()))
            && result.fields.get("tool_call_id").is_some_and(|held| held.is(id))
            && has_plain_content(result)
    };
    results.iter_mut().zip(&ids).all(fits).then_some(ids.len())
}

/// The id of a call that no repair would touch.
fn whole_call(call: &mut Value<'_>) -> Option<String> {
    let is_name =
        |name: &str| !name.is_empty() && name.len() <= 64 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    if !call_name(call).is_some_and(|name| is_name(&name)) {
        return None;
    }
    let arguments = function_field(call, "arguments")?;
    let is_object = arguments.str().is_some_and(|text| Reader::document(text.as_bytes()).is_ok_and(Raw::is_object));
    let object = call.object_mut()?;
    let is_plain = has_only(object, &["id", "type", "function", "index"]) && object.get("type").is_some_and(|kind| kind.is("function"));
    let id = object.str("id").filter(|id| is_object && is_plain && !id.is_empty())?.into_owned();
    let function = object.get_mut("function").and_then(Value::object_mut)?;
    has_only(function, &["name", "arguments"]).then_some(id)
}
