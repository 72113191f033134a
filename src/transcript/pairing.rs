//! Calls and their results, brought together (sanitization 7).

use crate::change::{Changes, place};
use crate::error::Error;
use crate::message::{Message, Role, StopReason, call_name};
use crate::value::{Object, Value};

const RULE: &str = "pairing";
/// Stands in for a result that nobody recorded. By this text a later repair knows it, and lets a real result take its place.
pub const MISSING_RESULT: &str = "[openrouter-wasm] The result of this tool call was never recorded; take it as failed.";

/// The calls of one turn and what follows up to the next such turn.
struct Frame<'a> {
    turn: Message<'a>,
    calls: Vec<Call<'a>>,
    rest: Vec<Message<'a>>,
    /// A turn that failed goes, and its results with it.
    is_failed: bool,
}

struct Call<'a> {
    id: String,
    name: Option<String>,
    answer: Option<Message<'a>>,
}

/// Pairs every call with its result. A result without an id that fits no call is refused by its place: it may be the one that matters.
pub fn apply(messages: &mut Vec<Message<'_>>, synthetic_results: bool, changes: &mut Changes) -> Result<(), Error> {
    let mut head = Vec::new();
    let mut frames: Vec<Frame<'_>> = Vec::new();
    for mut message in core::mem::take(messages) {
        if message.has_calls() {
            frames.push(Frame::new(message));
        } else if message.role == Role::Tool {
            take_result(&mut frames, message, changes)?;
        } else {
            frames.last_mut().map_or(&mut head, |frame| &mut frame.rest).push(message);
        }
    }
    for frame in frames {
        frame.write(synthetic_results, &mut head, changes);
    }
    note_moves(&head, changes);
    *messages = head;
    Ok(())
}

impl<'a> Frame<'a> {
    fn new(mut turn: Message<'a>) -> Self {
        let is_failed = matches!(turn.meta.stop_reason, StopReason::Error | StopReason::Aborted);
        let read = |call: &Value<'_>| Call { id: call.get_str("id").unwrap_or_default(), name: call_name(call), answer: None };
        let calls = turn.calls_mut().map(|calls| calls.iter().map(read).collect()).unwrap_or_default();
        Self { turn, calls, rest: Vec::new(), is_failed }
    }

    fn write(self, synthetic_results: bool, out: &mut Vec<Message<'a>>, changes: &mut Changes) {
        let Self { mut turn, calls, rest, is_failed } = self;
        if is_failed {
            changes.add(RULE, turn.place(""), "a turn that failed was left out with its calls and their results");
            out.extend(rest);
            return;
        }
        let mut results = Vec::with_capacity(calls.len());
        let mut unanswered = Vec::new();
        for (number, call) in calls.into_iter().enumerate() {
            match call.answer {
                Some(mut answer) => {
                    answer.meta.tool_name = call.name.or(answer.meta.tool_name);
                    results.push(answer);
                }
                None if synthetic_results => {
                    changes.add(RULE, turn.place(&place(".tool_calls", number, "")), "a call without a result was given an error result");
                    let mut result = missing_result(&call.id);
                    result.source = turn.source;
                    result.meta.tool_name = call.name;
                    results.push(result);
                }
                None => unanswered.push(number),
            }
        }
        if !unanswered.is_empty() {
            remove_calls(&mut turn, &unanswered, changes);
        }
        if turn.has_calls() || super::tool_inputs::has_content(&mut turn) {
            out.push(turn);
        }
        out.extend(results);
        out.extend(rest);
    }
}

/// The result that stands in for one that never came.
pub fn missing_result<'a>(id: &str) -> Message<'a> {
    let fields = [("role", Value::text("tool")), ("tool_call_id", Value::text(id)), ("content", Value::text(MISSING_RESULT))];
    let mut message = Message::made(Role::Tool, Object::of(fields));
    message.meta.is_synthetic = true;
    message
}

fn remove_calls(turn: &mut Message<'_>, unanswered: &[usize], changes: &mut Changes) {
    for number in unanswered {
        changes.add(RULE, turn.place(&place(".tool_calls", *number, "")), "a call without a result was left out");
    }
    let mut number = 0;
    let mut is_empty = true;
    if let Some(calls) = turn.calls_mut() {
        calls.retain(|_| {
            number += 1;
            !unanswered.contains(&(number - 1))
        });
        is_empty = calls.is_empty();
    }
    if is_empty {
        turn.fields.remove("tool_calls");
    }
    turn.touch();
}

fn take_result<'a>(frames: &mut [Frame<'a>], mut result: Message<'a>, changes: &mut Changes) -> Result<(), Error> {
    result.meta.is_synthetic = result.content_text().is_some_and(|text| text == MISSING_RESULT);
    let id = result.fields.str("tool_call_id").filter(|id| !id.is_empty()).map(|id| id.into_owned());
    let Some(id) = id else { return adopt(frames, result, changes) };
    let Some((current, earlier)) = frames.split_last_mut() else {
        changes.add(RULE, result.place(""), "a result that comes before any call was left out");
        return Ok(());
    };
    if let Some(call) = current.calls.iter_mut().find(|call| call.id == id && call.answer.is_none()) {
        call.answer = Some(result);
        return Ok(());
    }
    if let Some(call) = current.calls.iter_mut().find(|call| call.id == id) {
        let gives_way = call.answer.as_ref().is_some_and(|answer| answer.meta.is_synthetic) && !result.meta.is_synthetic;
        changes.add(
            RULE,
            result.place(""),
            if gives_way { "a real result took the place of a made-up one" } else { "a second result of one call was left out" },
        );
        if gives_way {
            call.answer = Some(result);
        }
        return Ok(());
    }
    let mut open = earlier.iter_mut().flat_map(|frame| frame.calls.iter_mut()).filter(|call| call.id == id && call.answer.is_none());
    match (open.next(), open.next()) {
        (Some(call), None) => call.answer = Some(result),
        _ => changes.add(RULE, result.place(""), "a result that belongs to no call was left out"),
    }
    Ok(())
}

/// A result without an id, where one call alone can be meant.
fn adopt<'a>(frames: &mut [Frame<'a>], mut result: Message<'a>, changes: &mut Changes) -> Result<(), Error> {
    let name = result.meta.tool_name.clone();
    let call = frames.last_mut().and_then(|frame| match frame.calls.as_mut_slice() {
        [call] if call.answer.is_none() && (name.is_none() || name == call.name) => Some(call),
        _ => None,
    });
    let Some(call) = call else {
        return Err(Error::invalid(&result.place(".tool_call_id"), "must be the id of the call that is answered"));
    };
    changes.add(RULE, result.place(".tool_call_id"), "a result without an id was given that of the one open call");
    result.fields.set("tool_call_id", Value::text(&call.id));
    result.touch();
    call.answer = Some(result);
    Ok(())
}

/// Results that now stand elsewhere among the messages that stayed.
fn note_moves(after: &[Message<'_>], changes: &mut Changes) {
    let mut latest = None;
    for message in after.iter().filter(|message| !message.meta.is_synthetic) {
        if message.source < latest && message.role != Role::Tool {
            changes.add(RULE, message.place(""), "results were moved up to the calls that they answer");
        }
        latest = latest.max(message.source);
    }
}
