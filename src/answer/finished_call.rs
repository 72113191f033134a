//! A tool call at the end of its message, as an event and as a part of the message.

use crate::json_string::write_string;
use crate::record::{Verbatim, Writes};

/// One call at the end of the message.
#[derive(Debug)]
pub struct FinishedCall<'a> {
    /// The call's id; made up when the provider sent none, made unique when it sent one for two calls.
    pub id: &'a str,
    /// The tool's name.
    pub name: &'a str,
    /// The arguments as they came.
    pub arguments: &'a str,
    /// `extra_content` as JSON, or nothing.
    pub extra: &'a str,
    /// The arguments as a JSON object, or `None`: cut off or no JSON object, so it must never run.
    pub input: Option<std::borrow::Cow<'a, str>>,
    /// The arguments end in the middle of a value, so the message was cut whatever its finish reason says.
    pub is_cut: bool,
}

impl FinishedCall<'_> {
    /// Appends the `tool-call` event. A call that must not run has no `input` there is to run it with.
    pub fn write_event(&self, out: &mut String) {
        let Self { id, name, arguments, .. } = *self;
        let input = self.input.as_deref().map(Verbatim);
        let (truncated, arguments) = if input.is_none() { (Some(true), Some(arguments)) } else { (None, None) };
        ToolCallEvent { id, name, input, truncated, arguments }.write(out);
    }
}

openrouter_wire::record! {
    /// A call at the end of its message.
    pub struct ToolCallEvent<'a>: writes "tool-call" {
        id: &'a str,
        name: &'a str,
        /// An object; left out of a call that must not run.
        input: Option<Verbatim<'a>> as "Record<string, unknown>",
        /// Of a call that must not run.
        truncated: Option<bool>,
        /// Of a call that must not run, as they came.
        arguments: Option<&'a str>,
    }
}

/// The calls that may run, as a message carries them; nothing when there is none.
pub fn calls_json(calls: &[FinishedCall<'_>]) -> String {
    // At once, with room for some escapes: what grows by doubling is there three times, in memory that never shrinks.
    let bytes: usize = calls.iter().map(|call| call.arguments.len()).sum();
    let mut out = String::with_capacity(bytes + bytes / 8);
    for call in calls.iter().filter(|call| call.input.is_some()) {
        out.push_str(if out.is_empty() { "[" } else { "," });
        out.push_str("{\"id\":");
        write_string(&mut out, call.id);
        out.push_str(",\"type\":\"function\",\"function\":{\"name\":");
        write_string(&mut out, call.name);
        out.push_str(",\"arguments\":");
        let arguments = call.arguments.trim_ascii();
        write_string(&mut out, if arguments.is_empty() { "{}" } else { arguments });
        out.push('}');
        if !call.extra.is_empty() {
            out.push_str(",\"extra_content\":");
            out.push_str(call.extra);
        }
        out.push('}');
    }
    if !out.is_empty() {
        out.push(']');
    }
    out
}
