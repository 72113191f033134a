//! `record!` and `worded!`: what crosses the boundary as JSON is declared by them, once. Fields are snake case here and camel case there.

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
        const BYTES: [u8; $crate::declare::camel_len(SNAKE)] = $crate::declare::camel(SNAKE);
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
    use std::borrow::Cow;

    use crate::record::{Reads, Verbatim, Writes};

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
