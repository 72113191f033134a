//! Records that cross the boundary as JSON: each is declared once, with [`crate::record!`], which gives the writer, the reader and, on the
//! host, what the package's `engine/contract.d.ts` is written from. Of the interfaces no byte is in an engine.

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

/// What is below zero is zero, parts are cut off.
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

/// How long the `r#` is in front of a name that is a word of Rust's.
const fn raw_len(name: &[u8]) -> usize {
    match name {
        [b'r', b'#', ..] => 2,
        _ => 0,
    }
}

/// How long a name in snake case is in camel case.
pub const fn camel_len(snake: &str) -> usize {
    let snake = snake.as_bytes();
    let (mut at, mut length) = (raw_len(snake), 0);
    while at < snake.len() {
        length += (snake[at] != b'_') as usize;
        at += 1;
    }
    length
}

/// A name in snake case, which JavaScript has in camel case: `spent_usd` is `spentUsd`. `baseURL` alone is spelled otherwise in public.
pub const fn camel<const N: usize>(snake: &str) -> [u8; N] {
    let snake = snake.as_bytes();
    let mut out = [0; N];
    let (mut at, mut length, mut is_upper) = (raw_len(snake), 0, false);
    while at < snake.len() {
        if snake[at] == b'_' {
            is_upper = true;
        } else {
            out[length] = if is_upper { snake[at].to_ascii_uppercase() } else { snake[at] };
            length += 1;
            is_upper = false;
        }
        at += 1;
    }
    if let b"base_url" = snake {
        out[5] = b'R';
        out[6] = b'L';
    }
    out
}

/// The name of a field as JavaScript has it, made while the crate is compiled.
#[macro_export]
macro_rules! camel {
    ($field:ident) => {{
        const SNAKE: &str = stringify!($field);
        const BYTES: [u8; $crate::record::camel_len(SNAKE)] = $crate::record::camel(SNAKE);
        const NAME: &str = match ::core::str::from_utf8(&BYTES) {
            Ok(name) => name,
            Err(_) => panic!("the name of a field is ASCII"),
        };
        NAME
    }};
}

/// Declares a record that crosses the boundary: `pub struct Name<'a>: writes { ... }` for one that Rust writes, `reads` for one that it reads,
/// `writes "word"` for one that begins with `"type": "word"`. Fields are snake case here and camel case there; `as "..."` says their type in
/// TypeScript where Rust's says less. An `Option` that is `None` is left out.
#[macro_export]
macro_rules! record {
    ($(#[doc = $doc:literal])* $vis:vis struct $name:ident $(<$life:lifetime>)? : $way:ident $($tag:literal)? {
        $($(#[doc = $field_doc:literal])* $field:ident : $type:ty $(as $typescript:literal)?,)*
    }) => {
        $(#[doc = $doc])*
        #[allow(missing_docs, reason = "a field that its name says everything of has no sentence")]
        $vis struct $name $(<$life>)? {
            $($(#[doc = $field_doc])* $vis $field: $type,)*
        }

        $crate::record!(@$way $name $(<$life>)?, [$($tag)?], [$($field)*]);

        #[cfg(not(target_arch = "wasm32"))]
        impl $(<$life>)? $crate::interface::Typed for $name $(<$life>)? {
            fn typescript() -> String {
                stringify!($name).to_owned()
            }
        }

        #[cfg(not(target_arch = "wasm32"))]
        impl $(<$life>)? $crate::interface::Record for $name $(<$life>)? {
            const INTERFACE: $crate::interface::Interface = $crate::interface::Interface {
                name: stringify!($name),
                docs: &[$($doc),*],
                tag: [$($tag,)? ""][0],
                fields: &[$($crate::interface::Field {
                    name: $crate::camel!($field),
                    docs: &[$($field_doc),*],
                    typescript: <$type as $crate::interface::Typed>::typescript,
                    stated: [$($typescript,)? ""][0],
                    is_optional: <$type as $crate::interface::Typed>::IS_OPTIONAL,
                }),*],
            };
        }
    };
    (@writes $name:ident $(<$life:lifetime>)?, [$($tag:literal)?], [$($field:ident)*]) => {
        impl $(<$life>)? $crate::record::Writes for $name $(<$life>)? {
            fn write(&self, out: &mut String) {
                out.push('{');
                $($crate::record::write_field(out, "type", $tag);)?
                $($crate::record::write_field(out, $crate::camel!($field), &self.$field);)*
                out.push('}');
            }
        }
    };
    (@reads $name:ident, [], [$($field:ident)*]) => {
        impl<'a> $crate::record::Reads<'a> for $name {
            fn read(raw: $crate::json::Raw<'a>) -> Option<Self> {
                Some(Self { $($field: $crate::record::read_field(raw, $crate::camel!($field))?,)* })
            }
        }
    };
    (@reads $name:ident <$life:lifetime>, [], [$($field:ident)*]) => {
        impl<$life> $crate::record::Reads<$life> for $name<$life> {
            fn read(raw: $crate::json::Raw<$life>) -> Option<Self> {
                Some(Self { $($field: $crate::record::read_field(raw, $crate::camel!($field))?,)* })
            }
        }
    };
    (@both $name:ident $(<$life:lifetime>)?, [], [$($field:ident)*]) => {
        $crate::record!(@writes $name $(<$life>)?, [], [$($field)*]);
        $crate::record!(@reads $name $(<$life>)?, [], [$($field)*]);
    };
}

/// Declares an enum whose words cross the boundary, each once.
#[macro_export]
macro_rules! worded {
    ($(#[doc = $doc:literal])* $vis:vis enum $name:ident { $($(#[doc = $variant_doc:literal])* $variant:ident = $word:literal,)* }) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        $vis enum $name {
            $($(#[doc = $variant_doc])* $variant,)*
        }

        impl $name {
            /// The word that crosses.
            $vis fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }

            /// The variant of a word that crossed; `None` for one that stands for nothing.
            $vis fn named(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }

        impl<'a> $crate::record::Reads<'a> for $name {
            fn read(raw: $crate::json::Raw<'a>) -> Option<Self> {
                raw.string().and_then(|word| Self::named(&word.to_text()))
            }
        }

        impl $crate::record::Writes for $name {
            fn write(&self, out: &mut String) {
                $crate::json_string::write_string(out, self.as_str());
            }
        }

        #[cfg(not(target_arch = "wasm32"))]
        impl $crate::interface::Typed for $name {
            fn typescript() -> String {
                stringify!($name).to_owned()
            }
        }

        #[cfg(not(target_arch = "wasm32"))]
        impl $crate::interface::Words for $name {
            const WORDS: $crate::interface::Choice =
                $crate::interface::Choice { name: stringify!($name), docs: &[$($doc),*], words: &[$($word),*] };
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::record! {
        /// One that has everything.
        struct Sample<'a>: writes "sample" {
            /// A text.
            some_text: &'a str,
            a_b_c: Option<u64>,
            is_it: bool,
            pairs: Vec<(String, u32)>,
            as_it_is: Verbatim<'a> as "object",
        }
    }

    crate::record! {
        /// One that is read.
        struct Given<'a>: reads {
            some_text: Cow<'a, str>,
            a_b_c: Option<u64>,
            is_it: bool,
            list: Option<Vec<f64>>,
        }
    }

    #[test]
    fn a_record_is_written_under_the_names_that_javascript_has() {
        let mut sample = Sample { some_text: "a\"", a_b_c: None, is_it: true, pairs: vec![("x".into(), 1)], as_it_is: Verbatim("{}") };
        assert_eq!(sample.to_json(), r#"{"type":"sample","someText":"a\"","isIt":true,"pairs":[["x",1]],"asItIs":{}}"#);
        sample.a_b_c = Some(7);
        assert_eq!(sample.to_json(), r#"{"type":"sample","someText":"a\"","aBC":7,"isIt":true,"pairs":[["x",1]],"asItIs":{}}"#);
    }

    #[test]
    fn a_record_is_read_and_one_that_lacks_a_field_is_none() {
        let read = Given::parse(r#"{"someText":"a\n","aBC":3.7,"isIt":true,"list":[1,2.5],"more":0}"#).unwrap();
        assert_eq!((read.some_text.as_ref(), read.a_b_c, read.is_it, read.list), ("a\n", Some(3), true, Some(vec![1.0, 2.5])));
        let read = Given::parse(r#"{"someText":"","aBC":null,"isIt":null}"#).unwrap();
        assert_eq!((read.some_text.as_ref(), read.a_b_c, read.is_it, read.list), ("", None, false, None));
        for text in [
            "",
            "[]",
            "{}",
            r#"{"someText":1}"#,
            r#"{"someText":"","isIt":1}"#,
            r#"{"someText":"","aBC":"3"}"#,
            r#"{"someText":"","list":[true]}"#,
        ] {
            assert!(Given::parse(text).is_none(), "{text}");
        }
    }
}
