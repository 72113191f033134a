//! Calls and their results, brought together (sanitization 7).

use std::borrow::Cow;

use super::tool_ids::spread;
use super::tool_inputs::{Weakness, has_content, weakness};
use crate::change::Changes;
use crate::error::Error;
use crate::message::{CallEdit, Message, Role, StopReason, call_name};
use crate::value::{Object, Value};

const RULE: &str = "pairing";
/// Stands in for a result that nobody recorded. By this text a later repair knows it, and lets a real result take its place.
pub const MISSING_RESULT: &str = "[openrouter-wasm] The result of this tool call was never recorded; take it as failed.";
/// What OpenClaw's own repair writes in that place.
const OPENCLAW_MISSING_RESULT: &str =
    "[openclaw] missing tool result in session history; inserted synthetic error result for transcript repair.";

/// The calls of one turn and what follows up to the next such turn.
struct Frame<'a> {
    turn: Message<'a>,
    calls: Vec<Call<'a>>,
    /// The calls in front of this one have answers: thousands of results in the order of their calls are found at once.
    next: usize,
    rest: Vec<Message<'a>>,
    /// A turn that failed goes, and its results with it.
    is_failed: bool,
}

struct Call<'a> {
    id: Cow<'a, str>,
    name: Option<Cow<'a, str>>,
    weakness: Option<Weakness>,
    answer: Option<Message<'a>>,
}

impl Call<'_> {
    /// Whether a result may become the answer: nothing has, or only what was made up in its place.
    fn is_open_to(&self, result: &Message<'_>) -> bool {
        self.answer.as_ref().is_none_or(|answer| answer.meta.is_synthetic && !result.meta.is_synthetic)
    }
}

/// Pairs every call with its result. A result without an id that fits no call is refused by its place: it may be the one that matters.
/// With `allowed` names, calls of other tools go unless they were answered.
pub fn apply(
    messages: &mut Vec<Message<'_>>,
    synthetic_results: bool,
    allowed: Option<&[String]>,
    changes: &mut Changes,
) -> Result<(), Error> {
    let mut out = Vec::with_capacity(messages.len());
    let mut frames: Vec<Frame<'_>> = Vec::new();
    let mut known = Known::default();
    for mut message in core::mem::take(messages) {
        if message.has_calls() {
            let frame = Frame::new(message, allowed);
            known.add(frames.len(), &frame.calls);
            frames.push(frame);
        } else if message.role == Role::Tool {
            take_result(&mut frames, &known, message, changes)?;
        } else {
            frames.last_mut().map_or(&mut out, |frame| &mut frame.rest).push(message);
        }
    }
    for frame in frames {
        frame.write(synthetic_results, &mut out, changes);
    }
    note_moves(&out, changes);
    *messages = out;
    Ok(())
}

impl<'a> Frame<'a> {
    fn new(mut turn: Message<'a>, allowed: Option<&[String]>) -> Self {
        let is_failed = matches!(turn.meta.stop_reason, StopReason::Error | StopReason::Aborted);
        let read = |call: &Value<'a>| Call {
            id: call.get_text("id").unwrap_or_default(),
            name: call_name(call),
            weakness: weakness(call, allowed),
            answer: None,
        };
        let calls = turn.calls_mut().map(|calls| calls.iter().map(read).collect()).unwrap_or_default();
        Self { turn, calls, next: 0, rest: Vec::new(), is_failed }
    }

    fn write(self, synthetic_results: bool, out: &mut Vec<Message<'a>>, changes: &mut Changes) {
        let Self { mut turn, calls, rest, is_failed, .. } = self;
        let mut results = Vec::with_capacity(calls.len());
        let mut verdicts: Vec<CallEdit> = Vec::with_capacity(calls.len());
        for (number, call) in calls.into_iter().enumerate() {
            let is_answered = call.answer.as_ref().is_some_and(|answer| !answer.meta.is_synthetic);
            let goes = match call.weakness {
                _ if is_failed => Some(""),
                Some(_) if is_answered => None,
                Some(Weakness::Broken) => Some("an unanswered call whose arguments are no whole JSON was left out"),
                Some(Weakness::NotOffered) => Some("an unanswered call of a tool that is not offered was left out"),
                None if call.answer.is_none() && !synthetic_results => Some("a call without a result was left out"),
                None => None,
            };
            verdicts.push(match goes {
                Some(reason) => Some((reason, false)),
                // The result tells the model what was wrong with it; what was wrong no provider takes.
                None if call.weakness == Some(Weakness::Broken) => Some(("arguments that are no JSON object gave way to {}", true)),
                None => None,
            });
            match (goes, call.answer) {
                (Some(_), Some(answer)) => {
                    changes.add(RULE, answer.place(""), "the result of a call that was left out went with it");
                }
                (Some(_), None) => {}
                (None, Some(mut answer)) => {
                    answer.meta.tool_name = answer.meta.tool_name.or_else(|| call.name.map(Cow::into_owned));
                    results.push(answer);
                }
                (None, None) => {
                    changes.add(RULE, turn.call_place(number, ""), "a call without a result was given an error result");
                    let mut result = missing_result(&call.id);
                    result.meta.tool_name = call.name.map(Cow::into_owned);
                    results.push(result);
                }
            }
        }
        if is_failed {
            changes.add(RULE, turn.place(""), "a turn that failed was left out with its calls");
            out.extend(rest);
            return;
        }
        if verdicts.iter().any(Option::is_some) {
            turn.edit_calls(RULE, changes, &mut |number, call| {
                let verdict = verdicts.get(number).copied().flatten();
                let function = call.object_mut().filter(|_| verdict.is_some()).and_then(|call| call.get_mut("function"));
                if let Some(function) = function.and_then(Value::object_mut) {
                    function.set("arguments", Value::text("{}"));
                }
                verdict
            });
        }
        if turn.has_calls() || has_content(&mut turn) {
            out.push(turn);
        } else {
            changes.add(RULE, turn.place(""), "nothing but calls that were left out was in this turn");
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

fn is_synthetic(result: &mut Message<'_>) -> bool {
    let is_mark = |text: &Value<'_>| text.is(MISSING_RESULT) || text.is(OPENCLAW_MISSING_RESULT);
    match result.parts_mut().map(|parts| parts.as_slice()) {
        Some([part]) => part.get("text").is_some_and(|text| is_mark(&text)),
        Some(_) => false,
        None => result.fields.get("content").is_some_and(is_mark),
    }
}

fn take_result<'a>(frames: &mut [Frame<'a>], known: &Known, mut result: Message<'a>, changes: &mut Changes) -> Result<(), Error> {
    result.meta.is_synthetic = is_synthetic(&mut result);
    let id = result.fields.text("tool_call_id").filter(|id| !id.is_empty());
    let Some(id) = id else { return adopt(frames, result, changes) };
    let Some(current) = frames.last_mut() else {
        changes.add(RULE, result.place(""), "a result that comes before any call was left out");
        return Ok(());
    };
    while current.calls.get(current.next).is_some_and(|call| call.answer.is_some()) {
        current.next += 1;
    }
    let is_unanswered = |at: &usize| current.calls.get(*at).is_some_and(|call| call.id == id && call.answer.is_none());
    let unanswered = (current.next..current.calls.len()).find(is_unanswered);
    let open = unanswered.or_else(|| current.calls.iter().position(|call| call.id == id && call.is_open_to(&result)));
    if let Some(call) = open.and_then(|at| current.calls.get_mut(at)) {
        answer(call, result, changes);
        return Ok(());
    }
    if current.calls.iter().any(|call| call.id == id) {
        changes.add(RULE, result.place(""), "a second result of one call was left out");
        return Ok(());
    }
    let is_open = |place: &(usize, usize)| {
        let call = frames.get(place.0).and_then(|frame| frame.calls.get(place.1));
        call.is_some_and(|call| call.id == id && call.is_open_to(&result))
    };
    let mut open = known.find(&id).filter(is_open);
    let only = open.next().filter(|_| open.next().is_none());
    match only.and_then(|(frame, call)| frames.get_mut(frame)?.calls.get_mut(call)) {
        Some(call) => answer(call, result, changes),
        None => changes.add(RULE, result.place(""), "a result that belongs to no call was left out"),
    }
    Ok(())
}

/// Every call by a short mark of its id: of a transcript whose results all stand at its end each id would be compared with each.
#[derive(Default)]
struct Known(Vec<(u32, u32, u32)>);

impl Known {
    fn add(&mut self, frame: usize, calls: &[Call<'_>]) {
        self.0.extend(calls.iter().enumerate().map(|(number, call)| (spread(&call.id) as u32, frame as u32, number as u32)));
    }

    fn find(&self, id: &str) -> impl Iterator<Item = (usize, usize)> {
        let mark = spread(id) as u32;
        self.0.iter().filter(move |known| known.0 == mark).map(|known| (known.1 as usize, known.2 as usize))
    }
}

fn answer<'a>(call: &mut Call<'a>, result: Message<'a>, changes: &mut Changes) {
    if let Some(made_up) = call.answer.replace(result) {
        changes.add(RULE, made_up.place(""), "a made-up result gave way to the real one");
    }
}

/// A result without an id, where one call alone can be meant.
fn adopt<'a>(frames: &mut [Frame<'a>], mut result: Message<'a>, changes: &mut Changes) -> Result<(), Error> {
    let name = result.meta.tool_name.clone();
    let call = frames.last_mut().and_then(|frame| match frame.calls.as_mut_slice() {
        [call] if call.is_open_to(&result) && (name.is_none() || name.as_deref() == call.name.as_deref()) => Some(call),
        _ => None,
    });
    let Some(call) = call else {
        return Err(Error::invalid(&result.place(".tool_call_id"), "must be the id of the call that is answered"));
    };
    changes.add(RULE, result.place(".tool_call_id"), "a result without an id was given that of the one open call");
    result.fields.set("tool_call_id", Value::text(&call.id));
    result.touch();
    answer(call, result, changes);
    Ok(())
}

/// Results that now stand in front of what they came after.
fn note_moves(after: &[Message<'_>], changes: &mut Changes) {
    let mut first_later = None;
    let mut moved = Vec::new();
    for message in after.iter().rev().filter(|message| message.source.is_some()) {
        if message.role == Role::Tool && first_later.is_some_and(|later| message.source > later) {
            moved.push(message);
        }
        first_later = Some(first_later.map_or(message.source, |later: Option<usize>| later.min(message.source)));
    }
    for message in moved.into_iter().rev() {
        changes.add(RULE, message.place(""), "a result was moved up to the call that it answers");
    }
}
