//! What can stand in a record that crosses the boundary as JSON: each is declared once, with [`crate::record!`], which gives the writer, the
//! reader and, on the host, what the package's `engine/contract.d.ts` is written from. Of the interfaces no byte is in an engine.

use std::borrow::Cow;

use crate::json::{Raw, Reader};
use crate::json_string::write_string;

/// What can stand in a record that is written.
pub trait Writes {
    /// Appends it as JSON.
    fn write(&self, out: &mut String);

    /// Whether a field that holds it is left out.
    fn is_left_out(&self) -> bool {
        false
    }

    /// As JSON.
    fn to_json(&self) -> String
    where
        Self: Sized,
    {
        let mut out = String::new();
        self.write(&mut out);
        out
    }
}

/// What can stand in a record that is read.
pub trait Reads<'a>: Sized {
    /// Reads a value; `None` for one of another type.
    fn read(raw: Raw<'a>) -> Option<Self>;

    /// What stands for a field that is missing or `null`; `None` where there has to be one.
    fn missing() -> Option<Self> {
        None
    }

    /// Reads a text; `None` also for one that is no JSON.
    fn parse(text: &'a str) -> Option<Self> {
        Self::read(Reader::document(text.as_bytes()).ok()?)
    }
}

/// JSON text that is written as it is.
#[derive(Debug, Clone, Copy)]
pub struct Verbatim<'a>(pub &'a str);

/// Begins a field: the brace or the comma in front of it, its name, the colon.
#[inline(never)]
pub fn write_name(out: &mut String, name: &str) {
    // No value ends with a brace that opens.
    out.push_str(if out.ends_with('{') { "\"" } else { ",\"" });
    out.push_str(name);
    out.push_str("\":");
}

/// Writes one field, unless it is left out.
#[inline(never)]
pub fn write_field<T: Writes + ?Sized>(out: &mut String, name: &str, value: &T) {
    if !value.is_left_out() {
        write_name(out, name);
        value.write(out);
    }
}

/// Reads one field.
#[inline(never)]
pub fn read_field<'a, T: Reads<'a>>(record: Raw<'a>, name: &str) -> Option<T> {
    match record.field(name) {
        Some(value) => T::read(value),
        None => T::missing(),
    }
}

impl<T: Writes + ?Sized> Writes for &T {
    fn write(&self, out: &mut String) {
        (**self).write(out);
    }

    fn is_left_out(&self) -> bool {
        (**self).is_left_out()
    }
}

impl<T: Writes> Writes for Option<T> {
    fn write(&self, out: &mut String) {
        match self {
            Some(value) => value.write(out),
            None => out.push_str("null"),
        }
    }

    fn is_left_out(&self) -> bool {
        self.is_none()
    }
}

impl Writes for str {
    fn write(&self, out: &mut String) {
        write_string(out, self);
    }
}

impl Writes for String {
    fn write(&self, out: &mut String) {
        write_string(out, self);
    }
}

impl Writes for Cow<'_, str> {
    fn write(&self, out: &mut String) {
        write_string(out, self);
    }
}

impl Writes for bool {
    fn write(&self, out: &mut String) {
        out.push_str(if *self { "true" } else { "false" });
    }
}

impl Writes for u64 {
    fn write(&self, out: &mut String) {
        out.push_str(&self.to_string());
    }
}

macro_rules! small_numbers {
    ($($number:ty),*) => {
        $(impl Writes for $number {
            fn write(&self, out: &mut String) {
                u64::from(*self).write(out);
            }
        })*
    };
}

small_numbers!(u8, u16, u32);

impl Writes for Verbatim<'_> {
    fn write(&self, out: &mut String) {
        out.push_str(self.0);
    }
}

impl Writes for Raw<'_> {
    fn write(&self, out: &mut String) {
        out.push_str(&self.json());
    }
}

impl<T: Writes> Writes for [T] {
    fn write(&self, out: &mut String) {
        out.push('[');
        for (number, item) in self.iter().enumerate() {
            if number > 0 {
                out.push(',');
            }
            item.write(out);
        }
        out.push(']');
    }
}

impl<T: Writes> Writes for Vec<T> {
    fn write(&self, out: &mut String) {
        self.as_slice().write(out);
    }
}

impl<A: Writes, B: Writes> Writes for (A, B) {
    fn write(&self, out: &mut String) {
        out.push('[');
        self.0.write(out);
        out.push(',');
        self.1.write(out);
        out.push(']');
    }
}

impl<'a, T: Reads<'a>> Reads<'a> for Option<T> {
    fn read(raw: Raw<'a>) -> Option<Self> {
        T::read(raw).map(Some)
    }

    fn missing() -> Option<Self> {
        Some(None)
    }
}

impl<'a> Reads<'a> for Raw<'a> {
    fn read(raw: Raw<'a>) -> Option<Self> {
        Some(raw)
    }
}

impl<'a> Reads<'a> for Cow<'a, str> {
    fn read(raw: Raw<'a>) -> Option<Self> {
        raw.string().map(|text| text.to_text())
    }
}

impl<'a> Reads<'a> for String {
    fn read(raw: Raw<'a>) -> Option<Self> {
        raw.string().map(|text| text.decode())
    }
}

/// A number that is written as one.
impl<'a> Reads<'a> for f64 {
    fn read(raw: Raw<'a>) -> Option<Self> {
        if raw.string().is_some() { None } else { raw.number() }
    }
}

/// A number below zero is zero, parts are cut off.
impl<'a> Reads<'a> for u64 {
    fn read(raw: Raw<'a>) -> Option<Self> {
        f64::read(raw).map(|number| number as u64)
    }
}

impl<'a> Reads<'a> for u32 {
    fn read(raw: Raw<'a>) -> Option<Self> {
        f64::read(raw).map(|number| number as u32)
    }
}

/// A flag that is missing is not set.
impl<'a> Reads<'a> for bool {
    fn read(raw: Raw<'a>) -> Option<Self> {
        match raw.bytes() {
            b"true" => Some(true),
            b"false" => Some(false),
            _ => None,
        }
    }

    fn missing() -> Option<Self> {
        Some(false)
    }
}

impl<'a, T: Reads<'a>> Reads<'a> for Vec<T> {
    fn read(raw: Raw<'a>) -> Option<Self> {
        let mut items = raw.is_array().then(Vec::new)?;
        let mut fits = true;
        raw.each_item(|item| match T::read(item) {
            Some(item) => items.push(item),
            None => fits = false,
        });
        fits.then_some(items)
    }
}
