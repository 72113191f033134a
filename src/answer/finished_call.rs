//! A tool call at the end of its message, as an event. The reader of the batches makes the message's part of it: the arguments are written once, or
//! they would be in memory three times.

use std::borrow::Cow;

use crate::json::{Raw, Reader};
use crate::json_string::write_escaped;
use crate::record::{Verbatim, Writes};
use crate::text::{between, tail};

/// One call at the end of the message.
#[derive(Debug)]
pub struct FinishedCall<'a> {
    /// The call's id; made up when the provider sent none, made unique when it sent one for two calls.
    pub id: &'a str,
    /// The tool's name.
    pub name: &'a str,
    /// The arguments: as they came, or, of a call that may run, the JSON object that they are.
    pub arguments: Cow<'a, str>,
    /// `extra_content` as JSON, or nothing.
    pub extra: &'a str,
    /// Whether they are a JSON object: if not, they were cut off or are none, and the call must never run.
    pub is_whole: bool,
    /// The same object as JavaScript may read it, where a number of it is too long.
    pub input: Option<String>,
    /// The arguments end in the middle of a value, so the message was cut whatever its finish reason says.
    pub is_cut: bool,
}

impl FinishedCall<'_> {
    /// Appends the `tool-call` event.
    pub fn write_event(&self, out: &mut String) {
        let Self { id, name, extra, arguments, .. } = self;
        let extra = Some(Verbatim(extra)).filter(|extra| !extra.0.is_empty());
        let (input, truncated) = (self.input.as_deref().map(Verbatim), (!self.is_whole).then_some(true));
        ToolCallEvent { id, name, truncated, input, extra, arguments }.write(out);
    }
}

openrouter_wire::record! {
    /// A call at the end of its message.
    pub struct ToolCallEvent<'a>: writes "tool-call" {
        id: &'a str,
        name: &'a str,
        /// Of a call that must not run.
        truncated: Option<bool>,
        /// Where it is another object than the arguments say.
        input: Option<Verbatim<'a>> as "Record<string, unknown>",
        /// `extra_content` as it came.
        extra: Option<Verbatim<'a>> as "object",
        arguments: &'a str,
    }
}

/// The object that arguments are which are none as they stand: nothing by another name, an object in a string, an empty one in front of the real.
pub fn meant(arguments: &str) -> Option<Cow<'_, str>> {
    match arguments {
        "" | "null" | "\"\"" => return Some("{}".into()),
        _ => {}
    }
    let text = match Reader::document(arguments.as_bytes()).ok().and_then(Raw::string) {
        Some(text) => text.decode().into(),
        None => Cow::from(arguments.strip_prefix("{}")?),
    };
    Reader::document(text.as_bytes()).is_ok_and(Raw::is_object).then_some(text)
}

/// JSON with the control characters in its strings escaped, as every parser wants them; `None` where there are none. Models write line ends and
/// tabs as they are, and what they mean is plain.
pub fn with_escapes(json: &str) -> Option<String> {
    let (mut out, mut start) = (String::new(), 0);
    let (mut is_text, mut is_escaped) = (false, false);
    for (at, byte) in json.bytes().enumerate() {
        // Behind a backslash it is no escape, and none is to become of it.
        if is_text && !is_escaped && byte < b' ' {
            out.push_str(between(json, start, at));
            write_escaped(&mut out, between(json, at, at + 1));
            start = at + 1;
        }
        is_text ^= byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
    }
    out.push_str(tail(json, start));
    (start > 0).then_some(out)
}
