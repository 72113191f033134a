//! A JSON value that is opened only where somebody looks into it: what nobody touches is written as it came, byte for byte.
//!
//! Refused: a tree of owned values, which copies a transcript of 2 MB twice to change a handful of ids.

use std::borrow::Cow;

use openrouter_wire::json::{Malformed, Raw, Reader};
use openrouter_wire::json_string::{push_json, write_string};

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

/// Fields in their order; of a repeated one the last counts, as `JSON.parse` has it.
#[derive(Debug, Clone, Default)]
pub struct Object<'a> {
    fields: Vec<(Cow<'a, [u8]>, Value<'a>)>,
    behind: Behind<'a>,
}

/// What an object came from. Where it is an object of the text, a field that still is [`Value::Raw`] is one that nobody touched.
#[derive(Debug, Clone, Default)]
enum Behind<'a> {
    /// Nothing, or nothing that can be told any more.
    #[default]
    Nothing,
    /// An object of the text, without these fields.
    #[expect(clippy::box_collection, reason = "hardly any loses a field, and every value is as large as the largest")]
    Text(Option<Box<Vec<Cow<'a, [u8]>>>>),
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
        let mut object = Object::with_room();
        raw.each_field(|key, value| object.add_raw(key, value));
        object.behind = Behind::Text(None);
        Value::Object(object)
    }
}

fn own(value: Value<'_>) -> Value<'static> {
    value.into_owned()
}

impl<'a> Object<'a> {
    /// An object of fields made here.
    pub fn of<const N: usize>(fields: [(&'static str, Value<'a>); N]) -> Self {
        let fields = fields.into_iter().map(|(name, value)| (Cow::Borrowed(name.as_bytes()), value)).collect();
        Self { fields, behind: Behind::Nothing }
    }

    /// For what messages, calls and details have; a list that grows starts with four and is moved then.
    fn with_room() -> Self {
        Self { fields: Vec::with_capacity(6), behind: Behind::Nothing }
    }

    /// Reads an object whose values stay closed, and its text, in the walk that checks it.
    pub fn read(reader: &mut Reader<'a>) -> Result<(Self, Raw<'a>), Malformed> {
        let mut object = Self::with_room();
        let raw = reader.object_of(&mut |key, reader| {
            object.add_raw(key, reader.value()?);
            Ok(())
        })?;
        object.behind = Behind::Text(None);
        Ok((object, raw))
    }

    /// Adds a field as it came; of a repeated one the last counts.
    pub fn add_raw(&mut self, key: &'a [u8], value: Raw<'a>) {
        match self.fields.iter_mut().find(|(held, _)| is_same(held, key)) {
            Some((_, held)) => *held = Value::Raw(value),
            None => self.fields.push((Cow::Borrowed(key), Value::Raw(value))),
        }
    }

    /// A field, unless it is missing or `null`.
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.slot(name).filter(|value| !value.is_null())
    }

    /// A field, `null` or not.
    pub fn slot(&self, name: &str) -> Option<&Value<'a>> {
        self.fields.iter().find(|(held, _)| is_same(held, name.as_bytes())).map(|(_, value)| value)
    }

    /// A field to change, unless it is missing or `null`.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value<'a>> {
        let slot = self.fields.iter_mut().find(|(held, _)| is_same(held, name.as_bytes()));
        slot.map(|(_, value)| value).filter(|value| !value.is_null())
    }

    /// The string in a field.
    pub fn str(&self, name: &str) -> Option<Cow<'_, str>> {
        self.get(name).and_then(Value::str)
    }

    /// As [`Object::str`], of the text and not of the object where that can be.
    pub fn text(&self, name: &str) -> Option<Cow<'a, str>> {
        self.get(name).cloned().and_then(Value::into_text)
    }

    /// Sets a field in its place, or at the end.
    pub fn set(&mut self, name: &str, value: Value<'a>) {
        let value = match (value, &self.behind) {
            // It stood somewhere else in the text.
            (Value::Raw(raw), Behind::Text(_)) => Value::Json(raw.json().into_owned()),
            (value, _) => value,
        };
        match self.fields.iter_mut().find(|(held, _)| is_same(held, name.as_bytes())) {
            Some((_, held)) => *held = value,
            None => self.fields.push((Cow::Owned(name.as_bytes().to_vec()), value)),
        }
    }

    /// Takes a field out.
    pub fn remove(&mut self, name: &str) -> Option<Value<'a>> {
        let at = self.fields.iter().position(|(held, _)| is_same(held, name.as_bytes()))?;
        let (name, value) = self.fields.remove(at);
        if let Behind::Text(gone) = &mut self.behind {
            gone.get_or_insert_default().push(name);
        }
        Some(value)
    }

    /// Whether a field is there, `null` or not.
    pub fn has(&self, name: &str) -> bool {
        self.slot(name).is_some()
    }

    /// Name and value of every field. A name with an escape stays as it is written in JSON.
    pub fn fields(&self) -> impl Iterator<Item = (Cow<'_, str>, &Value<'a>)> {
        self.fields.iter().map(|(name, value)| (String::from_utf8_lossy(name), value))
    }

    /// Every field, to change its value.
    pub fn fields_mut(&mut self) -> impl Iterator<Item = (Cow<'_, str>, &mut Value<'a>)> {
        self.behind = Behind::Nothing;
        self.fields.iter_mut().map(|(name, value)| (String::from_utf8_lossy(name), value))
    }

    /// Keeps the fields that `keep` says.
    pub fn retain(&mut self, mut keep: impl FnMut(&str, &Value<'a>) -> bool) {
        self.behind = Behind::Nothing;
        self.fields.retain(|(name, value)| keep(&String::from_utf8_lossy(name), value));
    }

    /// How many fields there are.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether there is no field.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Puts the fields in order of `rank`, then of their names.
    pub fn sort_by_rank(&mut self, rank: impl Fn(&[u8]) -> usize) {
        // By insertion: two dozen fields, and the library's sort is 3 KB.
        let mut order: Vec<(Cow<'a, [u8]>, Value<'a>)> = Vec::with_capacity(self.fields.len());
        for field in self.fields.drain(..) {
            let key = (rank(&field.0), &field.0);
            let after = order.iter().position(|other| key < (rank(&other.0), &other.0));
            order.insert(after.unwrap_or(order.len()), field);
        }
        self.fields = order;
    }

    /// A copy that borrows nothing.
    pub fn into_owned(self) -> Object<'static> {
        let own = |(name, value): (Cow<'a, [u8]>, Value<'a>)| (Cow::Owned(name.into_owned()), value.into_owned());
        Object { fields: self.fields.into_iter().map(own).collect(), behind: Behind::Nothing }
    }

    /// Whether it came from the text, whatever became of it.
    pub fn is_of_text(&self) -> bool {
        matches!(self.behind, Behind::Text(_))
    }

    /// Whether it came from the text and nothing in it was touched.
    pub fn is_untouched(&self) -> bool {
        matches!(self.behind, Behind::Text(None)) && self.fields.iter().all(|(_, value)| value.is_untouched())
    }

    /// Appends what sets it apart from the object of the text that it came from, but for the fields that `skips` says:
    /// `{changed fields},[names of those that went]`. `false`, and nothing, when none is behind it.
    pub fn write_patch(&self, out: &mut String, skips: impl Fn(&[u8]) -> bool) -> bool {
        let Behind::Text(gone) = &self.behind else { return false };
        let changed = self.fields.iter().filter(|(name, value)| !value.is_untouched() && !skips(name));
        write_fields(out, changed.map(|(name, value)| (name, value)));
        out.push_str(",[");
        let mut is_first = true;
        // What was set anew after it went is among the changed ones.
        for name in gone.iter().flat_map(|gone| gone.iter()).filter(|name| self.fields.iter().all(|(held, _)| held != *name)) {
            out.push_str(if core::mem::replace(&mut is_first, false) { "\"" } else { ",\"" });
            push_json(out, name);
            out.push('"');
        }
        out.push(']');
        true
    }

    /// Appends the object as JSON.
    pub fn write(&self, out: &mut String) {
        write_fields(out, self.fields.iter().map(|(name, value)| (name, value)));
    }
}

/// Here and not by `==`, which calls a function for a dozen bytes: every rule asks every message for some names.
fn is_same(held: &[u8], name: &[u8]) -> bool {
    held.len() == name.len() && held.iter().zip(name).all(|(held, byte)| held == byte)
}

fn write_fields<'f, 'a: 'f>(out: &mut String, fields: impl Iterator<Item = (&'f Cow<'a, [u8]>, &'f Value<'a>)>) {
    out.push('{');
    for (at, (name, value)) in fields.enumerate() {
        out.push_str(if at == 0 { "\"" } else { ",\"" });
        // As it stood between quotes; names made here have nothing to escape.
        push_json(out, name);
        out.push_str("\":");
        value.write(out);
    }
    out.push('}');
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
