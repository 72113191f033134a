//! Records as TypeScript has them, for the build and the tests: nothing of it is in an engine.

use std::borrow::Cow;

use crate::json::Raw;
use crate::record::Verbatim;

/// What has a type in TypeScript.
pub trait Typed {
    /// Whether a field of it may be left out.
    const IS_OPTIONAL: bool = false;

    /// The type.
    fn typescript() -> String;
}

/// What `engine/contract.d.ts` is written from.
pub trait Record {
    /// The record as it is declared.
    const INTERFACE: Interface;
}

/// What has its words in `engine/contract.d.ts`.
pub trait Words {
    /// The words as they are declared.
    const WORDS: Choice;
}

/// One of several words.
#[derive(Debug, Clone, Copy)]
pub struct Choice {
    /// The name of the type, the same in both languages.
    pub name: &'static str,
    /// The lines of its comment.
    pub docs: &'static [&'static str],
    /// The words.
    pub words: &'static [&'static str],
}

impl Choice {
    /// The type as TypeScript.
    pub fn to_typescript(&self) -> String {
        let words: Vec<String> = self.words.iter().map(|word| format!("\"{word}\"")).collect();
        format!("{}export type {} = {};\n", comment("", self.docs), self.name, words.join(" | "))
    }
}

/// One field of a record.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its name in JavaScript.
    pub name: &'static str,
    /// The lines of its comment.
    pub docs: &'static [&'static str],
    /// Its type, as Rust's says.
    pub typescript: fn() -> String,
    /// Its type, as the record says; empty where it does not.
    pub stated: &'static str,
    /// Whether it may be left out.
    pub is_optional: bool,
}

/// One record.
#[derive(Debug, Clone, Copy)]
pub struct Interface {
    /// Its name, the same in both languages.
    pub name: &'static str,
    /// The lines of its comment.
    pub docs: &'static [&'static str],
    /// The word in `type`; empty for a record that has none.
    pub tag: &'static str,
    /// Its fields, in the order in which they are written.
    pub fields: &'static [Field],
}

impl Field {
    /// The type of the field.
    pub fn type_text(&self) -> String {
        if self.stated.is_empty() { (self.typescript)() } else { self.stated.to_owned() }
    }
}

impl Interface {
    /// The interface as TypeScript.
    pub fn to_typescript(&self) -> String {
        let mut out = comment("", self.docs);
        out.push_str(&format!("export interface {} {{\n", self.name));
        if !self.tag.is_empty() {
            out.push_str(&format!("  type: \"{}\";\n", self.tag));
        }
        for field in self.fields {
            out.push_str(&comment("  ", field.docs));
            out.push_str(&format!("  {}{}: {};\n", field.name, if field.is_optional { "?" } else { "" }, field.type_text()));
        }
        out.push_str("}\n");
        out
    }
}

/// The lines of a comment as one of TypeScript's; links to Rust's names become those names.
pub fn comment(indent: &str, docs: &[&str]) -> String {
    let lines: Vec<String> = docs.iter().map(|line| line.trim().replace("[`", "`").replace("`]", "`")).collect();
    match lines.as_slice() {
        [] => String::new(),
        [line] => format!("{indent}/** {line} */\n"),
        lines => {
            let lines: String = lines.iter().map(|line| format!("{indent} * {line}\n")).collect();
            format!("{indent}/**\n{lines}{indent} */\n")
        }
    }
}

macro_rules! typed {
    ($($type:ty as $typescript:literal),* $(,)?) => {
        $(impl Typed for $type {
            fn typescript() -> String {
                $typescript.to_owned()
            }
        })*
    };
}

typed! {
    str as "string", String as "string", Cow<'_, str> as "string", bool as "boolean", u8 as "number", u16 as "number", u32 as "number",
    u64 as "number", f64 as "number", Verbatim<'_> as "unknown", Raw<'_> as "unknown",
}

impl<T: Typed + ?Sized> Typed for &T {
    const IS_OPTIONAL: bool = T::IS_OPTIONAL;

    fn typescript() -> String {
        T::typescript()
    }
}

impl<T: Typed> Typed for Option<T> {
    const IS_OPTIONAL: bool = true;

    fn typescript() -> String {
        T::typescript()
    }
}

impl<T: Typed> Typed for [T] {
    fn typescript() -> String {
        let inner = T::typescript();
        if inner.contains('|') { format!("({inner})[]") } else { format!("{inner}[]") }
    }
}

impl<T: Typed> Typed for Vec<T> {
    fn typescript() -> String {
        <[T]>::typescript()
    }
}

impl<A: Typed, B: Typed> Typed for (A, B) {
    fn typescript() -> String {
        format!("[{}, {}]", A::typescript(), B::typescript())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::record! {
        /// What it is.
        struct Sample<'a>: writes "sample" {
            /// A text,
            /// of [`two`] lines.
            some_text: &'a str,
            pairs: Option<Vec<(String, u32)>>,
            stated: Option<bool> as "\"a\" | \"b\"",
        }
    }

    #[test]
    fn a_record_is_an_interface() {
        let _ = Sample { some_text: "", pairs: None, stated: None };
        let expected = r#"/** What it is. */
export interface Sample {
  type: "sample";
  /**
   * A text,
   * of `two` lines.
   */
  someText: string;
  pairs?: [string, number][];
  stated?: "a" | "b";
}
"#;
        assert_eq!(Sample::INTERFACE.to_typescript(), expected);
    }
}
