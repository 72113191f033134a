//! Calls and their results, brought together (sanitization 7).

use std::borrow::Cow;

use super::tool_inputs::{Weakness, has_content, weakness};
use crate::change::Changes;
use crate::error::Error;
use crate::message::{CallEdit, Message, Role, StopReason, call_name};
use crate::places::Places;
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
            take_result(&mut frames, &mut known, message, changes)?;
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
        Self { turn, calls, rest: Vec::new(), is_failed }
    }

    fn write(self, synthetic_results: bool, out: &mut Vec<Message<'a>>, changes: &mut Changes) {
        let Self { mut turn, calls, rest, is_failed } = self;
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

fn take_result<'a>(frames: &mut [Frame<'a>], known: &mut Known<'a>, mut result: Message<'a>, changes: &mut Changes) -> Result<(), Error> {
    result.meta.is_synthetic = is_synthetic(&mut result);
    let id = match result.fields.text("tool_call_id").filter(|id| !id.is_empty()) {
        Some(id) => id,
        None => adopt(frames, &mut result, changes)?,
    };
    if frames.is_empty() {
        changes.add(RULE, result.place(""), "a result that comes before any call was left out");
        return Ok(());
    }
    let mut is_here = false;
    let place = known.number(&id).and_then(|number| known.all.get_mut(number)).and_then(|same| {
        is_here = same.frame + 1 == frames.len();
        same.take(is_here, result.meta.is_synthetic)
    });
    match place.and_then(|(frame, call)| frames.get_mut(frame)?.calls.get_mut(call)) {
        Some(call) => {
            if let Some(made_up) = call.answer.replace(result) {
                changes.add(RULE, made_up.place(""), "a made-up result gave way to the real one");
            }
        }
        None if is_here => changes.add(RULE, result.place(""), "a second result of one call was left out"),
        None => changes.add(RULE, result.place(""), "a result that belongs to no call was left out"),
    }
    Ok(())
}

/// Every call by its id: thousands of results, in whatever order, are each found at once.
#[derive(Default)]
struct Known<'a> {
    by_id: Places,
    all: Vec<Same<'a>>,
}

impl<'a> Known<'a> {
    fn add(&mut self, frame: usize, calls: &[Call<'a>]) {
        for (number, call) in calls.iter().enumerate() {
            let held = self.number(&call.id).unwrap_or(self.all.len());
            if held == self.all.len() {
                self.by_id.set(call.id.as_bytes(), held);
                self.all.push(Same { id: call.id.clone(), frame, waiting: Default::default() });
            }
            let Some(same) = self.all.get_mut(held) else { continue };
            if same.frame != frame {
                same.frame = frame;
                same.waiting.iter_mut().for_each(Waiting::grow_old);
            }
            same.waiting[0].list.push((frame, number));
        }
    }

    fn number(&self, id: &str) -> Option<usize> {
        self.by_id.get(id.as_bytes()).filter(|number| self.all.get(*number).is_some_and(|same| same.id == id))
    }
}

/// The calls of one id that a result may still come for.
struct Same<'a> {
    id: Cow<'a, str>,
    /// The last that has such calls.
    frame: usize,
    /// Those without an answer, and those whose answer was made up: it gives way to a real one.
    waiting: [Waiting; 2],
}

impl Same<'_> {
    /// The call that the next result is for, by its frame and number: in the last frame the first that waits, in those before one that waits alone.
    fn take(&mut self, is_here: bool, is_synthetic: bool) -> Option<(usize, usize)> {
        let may_replace = if is_synthetic { 1 } else { 2 };
        let lists = || self.waiting.iter().take(may_replace);
        if !is_here && lists().map(Waiting::count).sum::<usize>() != 1 {
            return None;
        }
        let place = self.waiting.iter_mut().take(may_replace).find_map(|waiting| waiting.take(is_here))?;
        if is_synthetic {
            self.waiting[1].list.push(place);
        }
        Some(place)
    }
}

#[derive(Default)]
struct Waiting {
    /// In frames before the last one.
    old: Vec<(usize, usize)>,
    /// In the last one; those in front of the next wait no more.
    list: Vec<(usize, usize)>,
    next: usize,
}

impl Waiting {
    fn count(&self) -> usize {
        self.old.len() + self.list.len() - self.next
    }

    fn grow_old(&mut self) {
        self.old.extend(self.list.drain(..).skip(core::mem::take(&mut self.next)));
    }

    fn take(&mut self, is_here: bool) -> Option<(usize, usize)> {
        if !is_here {
            self.grow_old();
            return self.old.pop();
        }
        let place = self.list.get(self.next).copied()?;
        self.next += 1;
        Some(place)
    }
}

/// A result without an id gets that of the call that alone can be meant.
fn adopt<'a>(frames: &[Frame<'a>], result: &mut Message<'a>, changes: &mut Changes) -> Result<Cow<'a, str>, Error> {
    let name = result.meta.tool_name.as_deref();
    let call = frames.last().and_then(|frame| match frame.calls.as_slice() {
        [call] if call.is_open_to(result) && (name.is_none() || name == call.name.as_deref()) => Some(call),
        _ => None,
    });
    let Some(call) = call else {
        return Err(Error::invalid(&result.place(".tool_call_id"), "must be the id of the call that is answered"));
    };
    changes.add(RULE, result.place(".tool_call_id"), "a result without an id was given that of the one open call");
    result.fields.set("tool_call_id", Value::text(&call.id));
    result.touch();
    Ok(call.id.clone())
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
