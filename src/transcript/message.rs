//! The transcript's vocabulary: messages in the wire form, and what only OpenClaw's block form tells about a turn.

use std::borrow::Cow;

use crate::change::{Changes, place, push_place};
use crate::error::Error;
use crate::json::{Malformed, Raw, Reader};
use crate::json_string::push_json;
pub use crate::object::MESSAGE_DEPTH;
use crate::value::{Object, Value};
use openrouter_wire::record::write_name;

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The instructions.
    System,
    /// The instructions, in OpenAI's newer word.
    Developer,
    /// The user.
    User,
    /// The model.
    Assistant,
    /// The result of a tool call; `toolResult` in the block form.
    Tool,
}

/// How a turn of the block form ended; the wire form does not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StopReason {
    /// Nothing is known.
    #[default]
    Unknown,
    /// `stop`.
    Stop,
    /// `length`.
    Length,
    /// `error`.
    Error,
    /// `aborted`.
    Aborted,
}

/// What stands beside the wire form of a message.
#[derive(Debug, Clone, Default)]
pub struct Meta {
    /// It came in the block form.
    pub is_block_form: bool,
    /// How the turn ended.
    pub stop_reason: StopReason,
    /// It says that it cost nothing.
    pub has_zero_usage: bool,
    /// Another model made it: its signatures and reasoning fields mean nothing to the one that is asked now.
    pub is_foreign: bool,
    /// The tool whose result it is.
    pub tool_name: Option<String>,
    /// A record of the host, never part of the conversation.
    pub is_record: bool,
    /// A result that was made up, and may give way to a real one.
    pub is_synthetic: bool,
    /// A turn whose text said that it was to be silent.
    pub is_silent: bool,
    /// Where each call stood below the message as the caller wrote it; empty while that is `.tool_calls[n]`.
    pub call_places: Vec<String>,
}

/// What becomes of a call, and why: whether it stays. `None` leaves it as it is.
pub type CallEdit = Option<(&'static str, bool)>;

/// One message.
#[derive(Debug, Clone)]
pub struct Message<'a> {
    /// Who speaks.
    pub role: Role,
    /// The message's own fields, one level opened.
    pub fields: Object<'a>,
    /// What stands beside them.
    pub meta: Meta,
    /// Its number among the caller's messages; `None` when it was made here.
    pub source: Option<usize>,
    raw: Option<Raw<'a>>,
    /// What the caller wrote, touched or not.
    original: Option<Raw<'a>>,
    /// How many items [`LISTS`] had there.
    lengths: [Option<usize>; 2],
}

/// The lists of a message whose items are changed one by one. An item never moves: one that goes makes the list shorter.
const LISTS: [&str; 2] = ["tool_calls", "reasoning_details"];

impl<'a> Message<'a> {
    /// Reads one message. Unknown roles and contents of a wrong type are refused by their place.
    pub fn read(number: usize, mut fields: Object<'a>, raw: Raw<'a>) -> Result<Self, Error> {
        let wrong = |below: &str, problem: &str| Err(Error::invalid(&place("messages", number, below), problem));
        let Some(role) = fields.get("role").filter(|role| role.is_string()) else {
            return wrong(".role", "must be a string");
        };
        let role = match () {
            () if role.is("user") => Role::User,
            () if role.is("assistant") => Role::Assistant,
            () if role.is("tool") || role.is("toolResult") => Role::Tool,
            () if role.is("system") => Role::System,
            () if role.is("developer") => Role::Developer,
            () => return wrong(".role", "must be system, developer, user, assistant or tool (toolResult in the block form)"),
        };
        if let Some(content) = fields.get_mut("content") {
            // A single block is the block form's older spelling of a list of one.
            let is_block = role == Role::Assistant && content.is_object();
            if !is_block && !content.is_string() && !content.is_array() {
                return wrong(".content", "must be a string, an array of parts or null");
            }
            for (part, value) in content.array_mut().into_iter().flatten().enumerate() {
                let is_part = match value.object_mut() {
                    Some(value) => value.get("type").is_some_and(Value::is_string),
                    None => role == Role::Assistant && value.is_null(),
                };
                if !is_part {
                    return wrong(&place(".content", part, ""), "must be an object with a type");
                }
            }
        }
        for (name, is_right, problem) in FIELD_KINDS {
            if fields.get(name).is_some_and(|value| !is_right(value)) {
                return wrong(&[".", name].concat(), problem);
            }
        }
        if fields.get("tool_calls").is_some_and(|calls| !calls.is_array()) {
            return wrong(".tool_calls", "must be an array");
        }
        let lengths = LISTS.map(|name| {
            let items = fields.get_mut(name).and_then(Value::array_mut)?;
            for item in items.iter_mut() {
                item.object_mut();
            }
            Some(items.len())
        });
        Ok(Self { role, fields, meta: Meta::default(), source: Some(number), raw: Some(raw), original: Some(raw), lengths })
    }

    /// A message made here.
    pub fn made(role: Role, fields: Object<'a>) -> Self {
        Self { role, fields, meta: Meta::default(), source: None, raw: None, original: None, lengths: [None; 2] }
    }

    /// A message of one text.
    pub fn text(role: Role, text: &str) -> Self {
        let name = match role {
            Role::System | Role::Developer => "system",
            Role::User => "user",
            Role::Assistant => "assistant",
            Role::Tool => "tool",
        };
        Self::made(role, Object::of([("role", Value::text(name)), ("content", Value::text(text))]))
    }

    /// To be called with every change: from now on the message is written from its fields and not as it came.
    pub fn touch(&mut self) {
        self.raw = None;
    }

    /// Whether it is what the caller wrote.
    pub fn is_untouched(&self) -> bool {
        self.raw.is_some()
    }

    /// Where it stands among the caller's messages, and what is below it.
    pub fn place(&self, below: &str) -> String {
        match self.source {
            Some(number) => place("messages", number, below),
            None => ["messages", below].concat(),
        }
    }

    /// The parts of the content when it is an array, opened. A change of one asks for [`Message::touch`].
    pub fn parts_mut(&mut self) -> Option<&mut Vec<Value<'a>>> {
        self.fields.get_mut("content").and_then(Value::array_mut)
    }

    /// The content when it is a string.
    pub fn content_text(&self) -> Option<Cow<'_, str>> {
        self.fields.str("content")
    }

    /// The tool calls of a turn of the model, opened; in any other message such a field is no call. A change of one asks for
    /// [`Message::touch`].
    pub fn calls_mut(&mut self) -> Option<&mut Vec<Value<'a>>> {
        if self.role != Role::Assistant {
            return None;
        }
        self.fields.get_mut("tool_calls").and_then(Value::array_mut)
    }

    /// Whether it has at least one tool call.
    pub fn has_calls(&mut self) -> bool {
        self.calls_mut().is_some_and(|calls| !calls.is_empty())
    }

    /// Where a call stands in what the caller wrote.
    pub fn call_place(&self, number: usize, below: &str) -> String {
        let mut out = self.place("");
        match self.meta.call_places.get(number) {
            Some(path) => out.push_str(path),
            None => push_place(&mut out, ".tool_calls", number, ""),
        }
        out.push_str(below);
        out
    }

    /// Changes the calls or takes them out, and notes each; the list goes with the last one.
    pub fn edit_calls(&mut self, rule: &'static str, changes: &mut Changes, edit: &mut dyn FnMut(usize, &mut Value<'a>) -> CallEdit) {
        let Some(mut calls) = self.calls_mut().map(core::mem::take) else { return };
        let (mut number, mut is_changed, mut left) = (0, false, Vec::new());
        calls.retain_mut(|call| {
            let verdict = edit(number, call);
            let stays = !matches!(verdict, Some((_, false)));
            if let Some((reason, _)) = verdict {
                changes.add(rule, self.call_place(number, ""), reason);
                is_changed = true;
            }
            if stays {
                left.push(number);
            }
            number += 1;
            stays
        });
        if left.len() < number {
            self.meta.call_places = left.into_iter().map(|number| self.call_path(number)).collect();
        }
        if is_changed {
            self.touch();
        }
        match self.fields.get_mut("tool_calls") {
            Some(held) if !calls.is_empty() => *held = Value::Array(calls),
            _ => drop(self.fields.remove("tool_calls")),
        }
    }

    fn call_path(&self, number: usize) -> String {
        self.meta.call_places.get(number).cloned().unwrap_or_else(|| place(".tool_calls", number, ""))
    }

    /// Appends what sets the message apart from what the caller wrote: `[number, {fields}, [names of fields that went], {lists}]`, where a
    /// list has a 0 for every item that stayed and `[{fields}, [names]]` for one that did not. `None`: nothing of the caller's is behind it.
    pub fn write_patch(&self, out: &mut String) -> Option<()> {
        let (original, number) = (self.original?, self.source?);
        out.push('[');
        out.push_str(&(number as u64).to_string());
        out.push(',');
        let lists = [0, 1].map(|at| self.kept_list(at));
        if !self.fields.write_patch(out, |name| [0, 1].iter().any(|at| lists[*at].is_some() && LISTS[*at].as_bytes() == name)) {
            // Made anew: all of it, in place of all there was.
            self.fields.write(out);
            out.push_str(",[");
            let mut is_first = true;
            original.each_field(|name, _| {
                let name = String::from_utf8_lossy(name);
                if !self.fields.has(&name) {
                    out.push_str(if core::mem::replace(&mut is_first, false) { "\"" } else { ",\"" });
                    out.push_str(&name);
                    out.push('"');
                }
            });
            out.push(']');
        }
        let mut is_first = true;
        for (name, items) in LISTS.iter().zip(lists) {
            let Some(items) = items.filter(|items| !items.iter().all(Value::is_untouched)) else { continue };
            out.push_str(if core::mem::replace(&mut is_first, false) { ",{" } else { "" });
            write_name(out, name);
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { "," });
                match item {
                    Value::Object(item) if !item.is_untouched() => {
                        out.push('[');
                        item.write_patch(out, |_| false);
                        out.push(']');
                    }
                    _ => out.push('0'),
                }
            }
            out.push(']');
        }
        out.push_str(if is_first { "]" } else { "}]" });
        Some(())
    }

    /// A list whose items are those that the caller wrote, each in its place, changed or not.
    fn kept_list(&self, at: usize) -> Option<&[Value<'a>]> {
        let items = self.fields.get(LISTS[at]).map(Value::items).filter(|items| Some(items.len()) == self.lengths[at])?;
        items.iter().all(|item| matches!(item, Value::Raw(_)) || matches!(item, Value::Object(item) if item.is_of_text())).then_some(items)
    }

    /// To be called when items of its lists may be none of the caller's, or not in their places.
    pub fn mix_lists(&mut self) {
        self.lengths = [None; 2];
    }

    /// Appends the message as JSON.
    pub fn write(&self, out: &mut String) {
        match self.raw {
            Some(raw) => push_json(out, raw.bytes()),
            None => self.fields.write(out),
        }
    }
}

/// Fields of a message that have one kind, and what to say of any other.
type FieldKind = (&'static str, fn(&Value<'_>) -> bool, &'static str);
const FIELD_KINDS: [FieldKind; 4] = [
    ("name", |value| value.is_string(), "must be a string"),
    ("reasoning", |value| value.is_string(), "must be a string"),
    ("reasoning_content", |value| value.is_string(), "must be a string"),
    ("reasoning_details", |value| value.is_array() || value.is_string(), "must be an array"),
];

/// Reads messages in the walk that checks their JSON; `first` is the number of the first one. With [`MESSAGE_DEPTH`] the walk opens what nearly
/// every repair looks into; with 0 a message stays closed but for its lists.
pub fn messages_in<'a>(reader: &mut Reader<'a>, first: usize, depth: u8) -> Result<Result<Vec<Message<'a>>, Error>, Malformed> {
    if reader.peek() != Some(b'[') {
        reader.value()?;
        return Ok(Err(Error::invalid("messages", "must be an array of messages")));
    }
    let mut read = Vec::new();
    let mut result = Ok(());
    reader.array(|reader| {
        let number = first + read.len();
        let message = if reader.peek() == Some(b'{') {
            let (fields, raw) = Object::read(reader, depth)?;
            if result.is_err() {
                return Ok(());
            }
            Message::read(number, fields, raw)
        } else {
            reader.value()?;
            Err(Error::invalid(&place("messages", number, ""), "must be an object"))
        };
        match message {
            Ok(message) => read.push(message),
            Err(error) if result.is_ok() => result = Err(error),
            Err(_) => {}
        }
        Ok(())
    })?;
    Ok(result.map(|()| read))
}

/// Each field is looked for among those before it.
pub const MOST_FIELDS: usize = 1000;

/// Reads a record with messages in one walk: they may be megabytes long. `first` gives the number of the first one, from the fields before them;
/// without it the messages are passed over. Of more than [`MOST_FIELDS`] fields one more is kept.
#[expect(clippy::type_complexity, reason = "the fields, and the messages if there are any")]
pub fn read_with_messages<'a>(
    text: &'a str,
    first: Option<fn(&Object<'a>) -> usize>,
    depth: u8,
) -> Result<(Object<'a>, Option<Result<Vec<Message<'a>>, Error>>), Malformed> {
    let (mut fields, mut messages) = (Object::default(), None);
    let mut reader = Reader::new(text.as_bytes());
    reader.object_of(&mut |key, reader| {
        let first = first.filter(|_| key == b"messages");
        if let Some(first) = first {
            messages = Some(messages_in(reader, first(&fields), depth)?);
        } else {
            let value = reader.value()?;
            if fields.len() <= MOST_FIELDS {
                fields.add_raw(key, value);
            }
        }
        Ok(())
    })?;
    reader.finish()?;
    Ok((fields, messages))
}

/// The text in a part of type `text`; `None` for any other part.
pub fn part_text(part: &Value<'_>) -> Option<String> {
    part.get("type").filter(|kind| kind.is("text")).and_then(|_| part.get_str("text"))
}

/// A part of type `text`.
pub fn text_part<'a>(text: &str) -> Value<'a> {
    Value::Object(Object::of([("type", Value::text("text")), ("text", Value::text(text))]))
}

/// The name of a function call in the wire form.
pub fn call_name<'a>(call: &Value<'a>) -> Option<Cow<'a, str>> {
    function_field(call, "name").and_then(Value::into_text)
}

/// A field of a call's function, without a copy of what is open.
pub fn function_field<'a>(call: &Value<'a>, name: &str) -> Option<Value<'a>> {
    match call {
        Value::Object(call) => call.get("function")?.get(name),
        _ => call.get("function")?.get(name),
    }
}

/// Whether a text has nothing to read in it: blanks, and what a font shows nothing of (zero-width spaces and joiners, marks of direction and of byte order).
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| {
        c.is_whitespace()
            || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    })
}

/// Whether a value is a string with nothing to read in it.
pub fn is_blank_text(value: &Value<'_>) -> bool {
    // The first letter tells of most texts, and decoding one copies it.
    if let Value::Raw(raw) = value
        && raw.string().and_then(|text| text.bytes().first()).is_some_and(|first| first.is_ascii_graphic() && *first != b'\\')
    {
        return false;
    }
    value.str().is_some_and(|text| is_blank(&text))
}

/// Whether a part is of type `text` and there is nothing to read in it.
pub fn is_blank_part(part: &Value<'_>) -> bool {
    part.get("type").is_some_and(|kind| kind.is("text")) && part.get("text").is_some_and(|text| is_blank_text(&text))
}
