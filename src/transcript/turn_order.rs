//! Turns in the order that the native APIs insist on (sanitization 8 and 10). OpenRouter itself does not; a policy may ask for it.

use super::REASONING_FIELDS;
use crate::change::Changes;
use crate::message::{Message, Role, is_blank, text_part};
use crate::places::Names;
use crate::policy::Policy;
use crate::value::{Object, Value};

const RULE: &str = "turn-order";
const BOOTSTRAP: &str = "(session bootstrap)";
const CALLS_OMITTED: &str = "[tool calls omitted]";
const REASONING_OMITTED: &str = "[assistant reasoning omitted]";

/// Adjacent turns of the model become one, and calls that nobody answers go.
pub fn before_replay(messages: &mut Vec<Message<'_>>, policy: &Policy, changes: &mut Changes) {
    if policy.gemini_turns || policy.anthropic_turns {
        merge(messages, Role::Assistant, changes);
    }
    if policy.anthropic_turns {
        drop_dangling_calls(messages, changes);
    }
}

/// The message rules may have made other turns neighbours, by the messages that they took out or put in.
pub fn after_replay(messages: &mut Vec<Message<'_>>, policy: &Policy, changes: &mut Changes) {
    if policy.gemini_turns || policy.anthropic_turns {
        merge(messages, Role::Assistant, changes);
    }
    if policy.anthropic_turns {
        merge(messages, Role::User, changes);
    }
    let first = messages.iter().position(|message| !matches!(message.role, Role::System | Role::Developer));
    if let Some((at, first)) = first.and_then(|at| Some((at, messages.get(at)?)))
        && policy.assistant_first
        && first.role == Role::Assistant
    {
        changes.add(RULE, first.place(""), "a transcript that begins with the assistant was given a user turn");
        messages.insert(at, Message::text(Role::User, BOOTSTRAP));
    }
}

/// Reasoning of earlier turns goes: all but the latest turn's, or all but the current tool turn's.
pub fn drop_reasoning(messages: &mut [Message<'_>], policy: &Policy, has_tools: bool, changes: &mut Changes) {
    let last_user = messages.iter_mut().rposition(|message| message.role == Role::User && !super::replay::holds_result_images(message));
    let last_turn = messages.iter().rposition(|message| message.role == Role::Assistant);
    for (at, message) in messages.iter_mut().enumerate() {
        let is_current_tool_turn = Some(at) > last_user && has_tools && message.has_calls();
        let goes = (policy.drop_thinking && Some(at) != last_turn) || (policy.drop_reasoning && !is_current_tool_turn);
        if message.role != Role::Assistant || !goes || !REASONING_FIELDS.iter().any(|name| message.fields.has(name)) {
            continue;
        }
        REASONING_FIELDS.iter().for_each(|name| drop(message.fields.remove(name)));
        if !message.has_calls() && !super::tool_inputs::has_content(message) {
            message.fields.set("content", Value::text(REASONING_OMITTED));
        }
        message.touch();
        changes.add("reasoning-history", message.place(""), "reasoning of an earlier turn was left out");
    }
}

/// Adjacent messages of one role become one.
fn merge<'a>(messages: &mut Vec<Message<'a>>, role: Role, changes: &mut Changes) {
    let mut out: Vec<Message<'a>> = Vec::with_capacity(messages.len());
    for mut message in core::mem::take(messages) {
        match out.last_mut().filter(|last| last.role == role && message.role == role) {
            Some(last) => {
                changes.add(RULE, last.place(""), "the turn behind this one was joined to it");
                changes.add(RULE, message.place(""), "a turn was joined to the one before it");
                join(last, &mut message);
            }
            None => out.push(message),
        }
    }
    *messages = out;
}

/// Of the model's turns the first has its fields, of the user's the second.
fn join<'a>(first: &mut Message<'a>, second: &mut Message<'a>) {
    let mut parts = content_parts(first);
    parts.extend(content_parts(second));
    first.fields.set("content", if parts.is_empty() { Value::null() } else { Value::Array(parts) });
    first.touch();
    let names: Vec<String> = second.fields.fields().map(|(name, _)| name.into_owned()).collect();
    for name in names.iter().filter(|name| !matches!(name.as_str(), "role" | "content")) {
        let Some(mut more) = second.fields.remove(name) else { continue };
        match first.fields.get_mut(name) {
            None => first.fields.set(name, more),
            Some(_) if first.role == Role::User => first.fields.set(name, more),
            Some(held) => match (held.array_mut(), more.array_mut()) {
                (Some(held), Some(more)) => held.append(more),
                _ if REASONING_FIELDS.contains(&name.as_str()) => {
                    let both = [held.str().unwrap_or_default(), more.str().unwrap_or_default()].join("\n");
                    *held = Value::Text(both);
                }
                _ => {}
            },
        }
    }
    first.mix_lists();
    // Calls of two messages have no common place but the first.
    first.meta.call_places = vec![String::new(); first.calls_mut().map_or(0, |calls| calls.len())];
}

fn content_parts<'a>(message: &mut Message<'a>) -> Vec<Value<'a>> {
    match message.content_text() {
        Some(text) if is_blank(&text) => Vec::new(),
        Some(text) => vec![text_part(&text)],
        None => message.parts_mut().map(core::mem::take).unwrap_or_default(),
    }
}

/// A call needs its result before the next turn of the model. Beside reasoning, which is signed with the calls, all go or none.
fn drop_dangling_calls(messages: &mut Vec<Message<'_>>, changes: &mut Changes) {
    // Calls that went, and of each whether no later turn has made it again.
    let (mut gone, mut is_gone) = (Names::default(), Vec::<bool>::new());
    // A message that goes stays in its place until all were looked at: each that is taken out moves all behind it.
    let mut goes = vec![false; messages.len()];
    for at in 0..messages.len() {
        let (head, after) = messages.split_at_mut(at + 1);
        let message = &mut head[at];
        if message.role == Role::Tool
            && message.fields.str("tool_call_id").and_then(|id| gone.place(&id)).is_some_and(|place| is_gone[place])
        {
            changes.add(RULE, message.place(""), "the result of a call that was left out went with it");
            goes[at] = true;
            continue;
        }
        if !message.has_calls() {
            continue;
        }
        if let Some(calls) = message.calls_mut().filter(|_| !is_gone.is_empty()) {
            let again = calls.iter().filter_map(|call| gone.place(&call.get_str("id")?));
            again.for_each(|place| is_gone[place] = false);
        }
        let answers = after.iter().take_while(|later| later.role != Role::Assistant).filter(|later| later.role == Role::Tool);
        let mut answers = answers.filter_map(|later| later.fields.str("tool_call_id").map(|id| id.into_owned()));
        let answered = Names::of(&mut answers);
        let is_dangling = |call: &Value<'_>| !call.get_str("id").is_some_and(|id| answered.has(&id));
        if !message.calls_mut().is_some_and(|calls| calls.iter().any(is_dangling)) {
            continue;
        }
        let has_thinking = REASONING_FIELDS.iter().any(|name| message.fields.get(name).is_some());
        message.edit_calls(RULE, changes, &mut |_, call| {
            let goes = has_thinking || is_dangling(call);
            if let Some(id) = call.get_str("id").filter(|_| goes) {
                match gone.place(&id) {
                    Some(place) => is_gone[place] = true,
                    None => is_gone.extend(gone.add(&id).map(|_| true)),
                }
            }
            goes.then_some(("calls without a result before the next turn were left out", false))
        });
        if has_thinking || (!message.has_calls() && !super::tool_inputs::has_content(message)) {
            message.fields = Object::of([("role", Value::text("assistant")), ("content", Value::text(CALLS_OMITTED))]);
        }
    }
    let mut gone = goes.into_iter();
    messages.retain(|_| gone.next() != Some(true));
}
