//! What was done to a request on its way out, and what is odd about it: `{rule, path, reason}`.

use std::borrow::Cow;

use openrouter_wire::json_string::write_string;
use openrouter_wire::record::{Verbatim, Writes};

use crate::value::Value;

/// One change or one warning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The rule, by the name of its file.
    pub rule: Cow<'static, str>,
    /// The place in what the caller wrote: `messages[3].content[1]`.
    pub path: String,
    /// What was done, and why.
    pub reason: Cow<'static, str>,
}

/// What was changed, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes(pub Vec<Change>);

impl Changes {
    /// Notes one.
    #[cold]
    pub fn add(&mut self, rule: impl Into<Cow<'static, str>>, path: impl Into<String>, reason: impl Into<Cow<'static, str>>) {
        self.0.push(Change { rule: rule.into(), path: path.into(), reason: reason.into() });
    }

    /// Adds those of a text that [`Changes::write`] wrote.
    pub fn add_written(&mut self, written: &Value<'_>) {
        let mut kinds: Vec<[Cow<'static, str>; 2]> = Vec::new();
        let text = |value: &Value<'_>| Cow::Owned(value.str().unwrap_or_default().into_owned());
        for kind in written.get("kinds").map(|list| list.to_items()).unwrap_or_default() {
            if let [rule, reason] = kind.to_items().as_slice() {
                kinds.push([text(rule), text(reason)]);
            }
        }
        for place in written.get("places").map(|list| list.to_items()).unwrap_or_default().chunks(2) {
            if let [kind, path] = place
                && let Some([rule, reason]) = kind.as_number().and_then(|kind| kinds.get(kind as usize))
            {
                self.add(rule.clone(), text(path), reason.clone());
            }
        }
    }

    /// All of them as [`CrossedChanges`]. A repair of a long transcript
    /// says the same few things a thousand times; said once each they are a fourth as long.
    pub fn write(&self, out: &mut String) {
        let mut kinds: Vec<(&str, &str)> = Vec::new();
        let mut places = String::from("[");
        for change in &self.0 {
            let kind = (change.rule.as_ref(), change.reason.as_ref());
            // From behind: neighbours are alike.
            let number = kinds.iter().rposition(|held| *held == kind).unwrap_or(kinds.len());
            if number == kinds.len() {
                kinds.push(kind);
            }
            places.push_str(if places.len() == 1 { "" } else { "," });
            places.push_str(&(number as u64).to_string());
            places.push(',');
            write_string(&mut places, &change.path);
        }
        places.push(']');
        CrossedChanges { kinds, places: Verbatim(&places) }.write(out);
    }
}

openrouter_wire::record! {
    /// What was changed: each kind once, and of every change its kind by number and its place.
    pub struct CrossedChanges<'a>: writes {
        /// The rule, and what was done and why.
        kinds: Vec<(&'a str, &'a str)>,
        /// A kind, a place, a kind, a place, and so on.
        places: Verbatim<'a> as "(number | string)[]",
    }
}

/// `messages[3]` and what is below it, without the machinery of `format!`.
pub fn place(list: &str, number: usize, below: &str) -> String {
    // With room for a number of seven digits.
    let mut out = String::with_capacity(list.len() + below.len() + 9);
    out.push_str(list);
    out.push('[');
    out.push_str(&(number as u64).to_string());
    out.push(']');
    out.push_str(below);
    out
}
