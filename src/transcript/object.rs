//! A JSON object whose fields stay closed until somebody looks into them, and what of it was changed.

use std::borrow::Cow;

use openrouter_wire::json::{Malformed, Raw, Reader};
use openrouter_wire::json_string::push_json;

use crate::value::Value;

/// Fields in their order; of a repeated one the last counts, as `JSON.parse` has it.
#[derive(Debug, Clone, Default)]
pub struct Object<'a> {
    fields: Vec<(Cow<'a, [u8]>, Value<'a>)>,
    behind: Behind<'a>,
}

/// Among how many fields one that comes again takes the place of the first; of those behind them both stay.
const FEW_FIELDS: usize = 32;

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

    /// The fields of an object of the text.
    pub(crate) fn opened(raw: Raw<'a>) -> Self {
        let mut object = Self::with_room();
        raw.each_field(|key, value| object.add_raw(key, value));
        object.behind = Behind::Text(None);
        object
    }

    /// Reads an object and its text in the walk that checks it. Objects are opened `depth` levels down, and the lists of a message; at 0 all stays closed.
    pub fn read(reader: &mut Reader<'a>, depth: u8) -> Result<(Self, Raw<'a>), Malformed> {
        let mut object = Self::with_room();
        let raw = reader.object_of(&mut |key, reader| {
            object.add(key, Value::read(reader, depth)?);
            Ok(())
        })?;
        object.behind = Behind::Text(None);
        Ok((object, raw))
    }

    /// Adds a field as it came; of a repeated one the last counts. Among thousands none is looked for: whoever asks begins with the last.
    pub fn add_raw(&mut self, key: &'a [u8], value: Raw<'a>) {
        self.add(key, Value::Raw(value));
    }

    fn add(&mut self, key: &'a [u8], value: Value<'a>) {
        match self.fields.iter_mut().take(FEW_FIELDS).find(|(held, _)| is_same(held, key)) {
            Some((_, held)) => *held = value,
            None => self.fields.push((Cow::Borrowed(key), value)),
        }
    }

    /// A field, unless it is missing or `null`.
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.slot(name).filter(|value| !value.is_null())
    }

    /// A field, `null` or not.
    pub fn slot(&self, name: &str) -> Option<&Value<'a>> {
        self.fields.iter().rfind(|(held, _)| is_same(held, name.as_bytes())).map(|(_, value)| value)
    }

    /// A field to change, unless it is missing or `null`.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value<'a>> {
        self.slot_mut(name).filter(|value| !value.is_null())
    }

    fn slot_mut(&mut self, name: &str) -> Option<&mut Value<'a>> {
        self.fields.iter_mut().rfind(|(held, _)| is_same(held, name.as_bytes())).map(|(_, value)| value)
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
        match self.slot_mut(name) {
            Some(held) => *held = value,
            None => self.push(name, value),
        }
    }

    /// Sets a field in front of all others.
    pub fn put_first(&mut self, name: &'static str, value: Value<'a>) {
        self.remove(name);
        self.fields.insert(0, (Cow::Borrowed(name.as_bytes()), value));
    }

    /// Adds a field that is not there yet: to look for each of thousands among those before it would be quadratic.
    pub fn push(&mut self, name: &str, value: Value<'a>) {
        self.fields.push((Cow::Owned(name.as_bytes().to_vec()), value));
    }

    /// Takes a field out, however often it came.
    pub fn remove(&mut self, name: &str) -> Option<Value<'a>> {
        let mut last = None;
        while let Some(at) = self.fields.iter().rposition(|(held, _)| is_same(held, name.as_bytes())) {
            let (name, value) = self.fields.remove(at);
            if let Behind::Text(gone) = &mut self.behind {
                gone.get_or_insert_default().push(name);
            }
            last = last.or(Some(value));
        }
        last
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

/// How deep a message is opened where it is read: nearly every rule looks into its lists, and each would read through them again.
pub const MESSAGE_DEPTH: u8 = 3;

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
