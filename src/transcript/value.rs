//! A JSON value that is opened only where somebody looks into it: what nobody touches is written as it came, byte for byte.
//!
//! Refused: a tree of owned values, which copies a transcript of 2 MB twice to change a handful of ids.

use std::borrow::Cow;

use openrouter_wire::json::{Malformed, Raw, Reader};
use openrouter_wire::json_string::{push_json, write_string};

use crate::object::MESSAGE_DEPTH;
pub use crate::object::Object;

/// A value: as it came, opened, or made here.
#[derive(Debug, Clone)]
pub enum Value<'a> {
    /// The text as it came.
    Raw(Raw<'a>),
    /// A string made here.
    Text(String),
    /// Any value made here, as JSON text.
    Json(String),
    /// An array that was opened or made.
    Array(Vec<Value<'a>>),
    /// An object that was opened or made.
    Object(Object<'a>),
}

impl<'a> Value<'a> {
    /// The literal `true` or `false`.
    pub fn bool(flag: bool) -> Self {
        Self::Json((if flag { "true" } else { "false" }).to_owned())
    }

    /// `null`.
    pub fn null() -> Self {
        Self::Json("null".to_owned())
    }

    /// A whole number.
    pub fn whole(number: u64) -> Self {
        Self::Json(number.to_string())
    }

    /// A string.
    pub fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    /// The string, decoded; `None` for any other value.
    pub fn str(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Raw(raw) => raw.string().map(|text| text.to_text()),
            Self::Text(text) => Some(Cow::Borrowed(text)),
            Self::Json(json) => match Reader::document(json.as_bytes()) {
                Ok(raw) => raw.string().map(|text| Cow::Owned(text.decode())),
                Err(_) => None,
            },
            _ => None,
        }
    }

    /// As [`Value::str`]; what came with the text and has no escape is not copied.
    pub fn into_text(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Raw(raw) => raw.string().map(|text| text.to_text()),
            Self::Text(text) => Some(Cow::Owned(text)),
            other => other.str().map(|text| Cow::Owned(text.into_owned())),
        }
    }

    /// Whether this is a string that reads `text`.
    pub fn is(&self, text: &str) -> bool {
        match self {
            Self::Raw(raw) => raw.string().is_some_and(|held| held.is(text)),
            _ => self.str().is_some_and(|held| held == text),
        }
    }

    fn first_byte(&self) -> u8 {
        match self {
            Self::Raw(raw) => raw.bytes()[0],
            Self::Text(_) => b'"',
            Self::Json(json) => json.bytes().next().unwrap_or(b'n'),
            Self::Array(_) => b'[',
            Self::Object(_) => b'{',
        }
    }

    /// Whether this is a string.
    pub fn is_string(&self) -> bool {
        self.first_byte() == b'"'
    }

    /// Whether this is an array.
    pub fn is_array(&self) -> bool {
        self.first_byte() == b'['
    }

    /// Whether this is an object.
    pub fn is_object(&self) -> bool {
        self.first_byte() == b'{'
    }

    /// Whether this is `null`.
    pub fn is_null(&self) -> bool {
        self.first_byte() == b'n'
    }

    /// `true` and `false`; `None` for any other value.
    pub fn as_bool(&self) -> Option<bool> {
        match self.first_byte() {
            b't' => Some(true),
            b'f' => Some(false),
            _ => None,
        }
    }

    /// A number that is written as one, not as a string.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Raw(raw) if raw.string().is_none() => raw.number(),
            Self::Json(json) => Reader::document(json.as_bytes()).ok().filter(|raw| raw.string().is_none()).and_then(Raw::number),
            _ => None,
        }
    }

    /// Opens an array; `None` for any other value.
    pub fn array_mut(&mut self) -> Option<&mut Vec<Value<'a>>> {
        if !self.is_array() {
            return None;
        }
        self.open();
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// Opens an object; `None` for any other value.
    pub fn object_mut(&mut self) -> Option<&mut Object<'a>> {
        if !self.is_object() {
            return None;
        }
        self.open();
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The array if it is open; see [`Value::array_mut`].
    pub fn items(&self) -> &[Value<'a>] {
        match self {
            Self::Array(items) => items,
            _ => &[],
        }
    }

    /// The elements of an array, opened or not; nothing for any other value.
    pub fn to_items(&self) -> Vec<Value<'a>> {
        let mut copy = self.clone();
        core::mem::take(copy.array_mut().unwrap_or(&mut Vec::new()))
    }

    /// What stands in the text, unless it was opened or made here.
    pub fn raw(&self) -> Option<Raw<'a>> {
        if let Self::Raw(raw) = self { Some(*raw) } else { None }
    }

    /// The field of an object, opened or not, unless it is missing or `null`.
    pub fn get(&self, name: &str) -> Option<Value<'a>> {
        match self {
            Self::Raw(raw) => raw.field(name).map(Value::Raw),
            Self::Object(object) => object.get(name).cloned(),
            Self::Json(_) => {
                let mut copy = self.clone();
                copy.object_mut().and_then(|object| object.get(name).cloned())
            }
            _ => None,
        }
    }

    /// As [`Value::get_str`], not copied where that can be.
    pub fn get_text(&self, name: &str) -> Option<Cow<'a, str>> {
        self.get(name).and_then(Value::into_text)
    }

    /// The string in a field.
    pub fn get_str(&self, name: &str) -> Option<String> {
        self.get(name).and_then(|value| value.str().map(Cow::into_owned))
    }

    /// One level of brackets becomes a list.
    fn open(&mut self) {
        let opened = match self {
            Self::Raw(raw) => open(*raw),
            Self::Json(json) => match Reader::document(json.as_bytes()) {
                Ok(raw) => own(open(raw)),
                Err(_) => return,
            },
            _ => return,
        };
        *self = opened;
    }

    /// Whether it is what stood in the text. Of an array that was opened nobody can tell.
    pub fn is_untouched(&self) -> bool {
        match self {
            Self::Raw(_) => true,
            Self::Object(object) => object.is_untouched(),
            _ => false,
        }
    }

    /// A copy that borrows nothing.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Self::Raw(raw) => Value::Json(raw.json().into_owned()),
            Self::Text(text) => Value::Text(text),
            Self::Json(json) => Value::Json(json),
            Self::Array(items) => Value::Array(items.into_iter().map(Value::into_owned).collect()),
            Self::Object(object) => Value::Object(object.into_owned()),
        }
    }

    /// Reads a value in the walk that checks it. Objects are opened down to this depth, a list where the value is a field of a message; at 0
    /// the value stays closed.
    pub(crate) fn read(reader: &mut Reader<'a>, depth: u8) -> Result<Self, Malformed> {
        match reader.peek() {
            Some(b'{') if depth > 0 => Object::read(reader, depth - 1).map(|(object, _)| Self::Object(object)),
            Some(b'[') if depth == MESSAGE_DEPTH => {
                let mut items = Vec::new();
                reader.array(|reader| {
                    items.push(Self::read(reader, depth - 1)?);
                    Ok(())
                })?;
                Ok(Self::Array(items))
            }
            _ => reader.value().map(Self::Raw),
        }
    }

    /// Reads a text; `None` when it is no JSON.
    pub fn parse(text: &'a str) -> Option<Self> {
        Reader::document(text.as_bytes()).ok().map(Self::Raw)
    }

    /// Appends the value as JSON.
    pub fn write(&self, out: &mut String) {
        match self {
            Self::Raw(raw) => push_json(out, raw.bytes()),
            Self::Text(text) => write_string(out, text),
            Self::Json(json) => out.push_str(json),
            Self::Array(items) => {
                out.push('[');
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    item.write(out);
                }
                out.push(']');
            }
            Self::Object(object) => object.write(out),
        }
    }

    /// The value as JSON.
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }
}

fn open(raw: Raw<'_>) -> Value<'_> {
    if raw.is_array() {
        let mut items = Vec::new();
        raw.each_item(|item| items.push(Value::Raw(item)));
        Value::Array(items)
    } else {
        Value::Object(Object::opened(raw))
    }
}

fn own(value: Value<'_>) -> Value<'static> {
    value.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_touches_is_written_as_it_came() {
        for text in [r#"{"a": [1, {"b":"\u00e9"}],"c":null}"#, "[1,2]", "\"x\"", "true", "1.50"] {
            assert_eq!(Value::parse(text).unwrap().to_json(), text);
        }
        let mut opened = Value::parse(r#"{"a": [1, {"b":"\u00e9"}],"c":null}"#).unwrap();
        opened.object_mut().unwrap().get_mut("a").unwrap().array_mut().unwrap().push(Value::bool(true));
        assert_eq!(opened.to_json(), r#"{"a":[1,{"b":"\u00e9"},true],"c":null}"#);
    }

    #[test]
    fn fields_are_read_set_removed_and_ordered() {
        let mut value = Value::parse(r#"{"b":1,"a":"x\ny","b":2,"n":null}"#).unwrap();
        let object = value.object_mut().unwrap();
        assert_eq!((object.len(), object.get("b").unwrap().as_number(), object.str("a").as_deref()), (3, Some(2.0), Some("x\ny")));
        assert!(object.get("n").is_none() && object.has("n"));
        object.set("c", Value::text("q\""));
        object.remove("b");
        object.sort_by_rank(|name| usize::from(name != b"n"));
        assert_eq!(value.to_json(), r#"{"n":null,"a":"x\ny","c":"q\""}"#);
        assert_eq!(value.get_str("c").as_deref(), Some("q\""));
    }

    #[test]
    fn values_made_as_json_open_like_any_other() {
        let mut value = Value::Json(r#"{"a":[{"b":"c"}]}"#.to_owned());
        assert!(value.get("a").unwrap().to_items()[0].get("b").unwrap().is("c"));
        value.object_mut().unwrap().get_mut("a").unwrap().array_mut().unwrap().clear();
        assert_eq!(value.to_json(), r#"{"a":[]}"#);
        assert!(Value::parse(r#""\u0061""#).unwrap().is("a"));
    }
}
