//! Turns in the order that the native APIs insist on (sanitization 8 and 10). OpenRouter itself does not; a policy may ask for it.

use crate::change::Changes;
use crate::message::{Message, Role, text_part};
use crate::policy::Policy;
use crate::value::{Object, Value};

const RULE: &str = "turn-order";
const BOOTSTRAP: &str = "(session bootstrap)";
const CALLS_OMITTED: &str = "[tool calls omitted]";
const REASONING_OMITTED: &str = "[assistant reasoning omitted]";
const REASONING_FIELDS: [&str; 4] = ["reasoning", "reasoning_content", "reasoning_text", "reasoning_details"];

/// What the policy asks of reasoning and order.
pub fn apply(messages: &mut Vec<Message<'_>>, policy: &Policy, changes: &mut Changes) {
    if policy.gemini_turns || policy.anthropic_turns {
        merge(messages, Role::Assistant, changes);
    }
    if policy.anthropic_turns {
        drop_dangling_calls(messages, changes);
        merge(messages, Role::User, changes);
    }
    let first = messages.iter().find(|message| !matches!(message.role, Role::System | Role::Developer));
    if policy.assistant_first && first.is_some_and(|message| message.role == Role::Assistant) {
        let at = messages.iter().position(|message| message.role == Role::Assistant).unwrap_or(0);
        messages.insert(at, Message::text(Role::User, BOOTSTRAP));
        changes.add(RULE, "messages[0]", "a transcript that begins with the assistant was given a user turn");
    }
}

/// Reasoning of earlier turns goes: all but the latest turn's, or all but the current tool turn's.
pub fn drop_reasoning(messages: &mut [Message<'_>], policy: &Policy, changes: &mut Changes) {
    let last_user = messages.iter().rposition(|message| message.role == Role::User);
    let last_turn = messages.iter().rposition(|message| message.role == Role::Assistant);
    for (at, message) in messages.iter_mut().enumerate() {
        let is_current_tool_turn = Some(at) > last_user && message.has_calls();
        let goes = (policy.drop_thinking && Some(at) != last_turn) || (policy.drop_reasoning && !is_current_tool_turn);
        if message.role != Role::Assistant || !goes || !REASONING_FIELDS.iter().any(|name| message.fields.has(name)) {
            continue;
        }
        REASONING_FIELDS.iter().for_each(|name| drop(message.fields.remove(name)));
        if !message.has_calls() && !super::tool_inputs::has_content(message) {
            message.fields.set("content", Value::text(REASONING_OMITTED));
        }
        message.touch();
        changes.add("reasoning-history", message.place(".reasoning"), "reasoning of an earlier turn was left out");
    }
}

/// Adjacent messages of one role become one.
fn merge<'a>(messages: &mut Vec<Message<'a>>, role: Role, changes: &mut Changes) {
    let mut out: Vec<Message<'a>> = Vec::with_capacity(messages.len());
    for mut message in core::mem::take(messages) {
        match out.last_mut().filter(|last| last.role == role && message.role == role) {
            Some(last) => {
                changes.add(RULE, message.place(""), "a turn was joined to the one before it");
                join(last, &mut message);
            }
            None => out.push(message),
        }
    }
    *messages = out;
}

fn join<'a>(first: &mut Message<'a>, second: &mut Message<'a>) {
    let mut parts = content_parts(first);
    parts.extend(content_parts(second));
    if first.role == Role::Assistant {
        for name in ["tool_calls", "reasoning_details"] {
            let more = second.fields.get_mut(name).and_then(Value::array_mut).map(core::mem::take).unwrap_or_default();
            if more.is_empty() {
                continue;
            }
            match first.fields.get_mut(name).and_then(Value::array_mut) {
                Some(list) => list.extend(more),
                None => first.fields.set(name, Value::Array(more)),
            }
        }
    }
    first.fields.set("content", if parts.is_empty() { Value::null() } else { Value::Array(parts) });
    first.touch();
}

fn content_parts<'a>(message: &mut Message<'a>) -> Vec<Value<'a>> {
    match message.content_text() {
        Some(text) if text.is_empty() => Vec::new(),
        Some(text) => vec![text_part(&text)],
        None => message.parts_mut().map(core::mem::take).unwrap_or_default(),
    }
}

/// A call needs its result before the next assistant turn.
fn drop_dangling_calls(messages: &mut [Message<'_>], changes: &mut Changes) {
    let mut at = 0;
    while at < messages.len() {
        let (head, after) = messages.split_at_mut(at + 1);
        let message = &mut head[at];
        at += 1;
        if !message.has_calls() {
            continue;
        }
        let answers = after.iter().take_while(|later| later.role != Role::Assistant).filter(|later| later.role == Role::Tool);
        let answered: Vec<String> = answers.filter_map(|later| later.fields.str("tool_call_id").map(|id| id.into_owned())).collect();
        let has_thinking = REASONING_FIELDS.iter().any(|name| message.fields.get(name).is_some());
        let Some(calls) = message.calls_mut() else { continue };
        let is_answered = |call: &Value<'_>| call.get_str("id").is_some_and(|id| answered.contains(&id));
        if calls.iter().all(is_answered) {
            continue;
        }
        if has_thinking {
            calls.clear();
        } else {
            calls.retain(is_answered);
        }
        let is_empty = calls.is_empty();
        if is_empty {
            message.fields.remove("tool_calls");
            if has_thinking || !super::tool_inputs::has_content(message) {
                message.fields = Object::of([("role", Value::text("assistant")), ("content", Value::text(CALLS_OMITTED))]);
            }
        }
        message.touch();
        changes.add(RULE, message.place(".tool_calls"), "calls without a result before the next turn were left out");
    }
}
