//! What was done to a request on its way out, and what is odd about it: `{rule, path, reason}`.

use std::borrow::Cow;

use crate::json_string::write_string;

/// One change or one warning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The rule, by the name of its file.
    pub rule: &'static str,
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
    pub fn add(&mut self, rule: &'static str, path: impl Into<String>, reason: impl Into<Cow<'static, str>>) {
        self.0.push(Change { rule, path: path.into(), reason: reason.into() });
    }

    /// All of them as JSON: `{"kinds": [[rule, reason], ...], "places": [kind, path, kind, path, ...]}`. A repair of a long transcript
    /// says the same few things a thousand times; said once each they are a fourth as long.
    pub fn write(&self, out: &mut String) {
        let mut kinds: Vec<(&str, &str)> = Vec::new();
        let mut places = String::new();
        for change in &self.0 {
            let kind = (change.rule, change.reason.as_ref());
            // From behind: neighbours are alike.
            let number = kinds.iter().rposition(|held| *held == kind).unwrap_or(kinds.len());
            if number == kinds.len() {
                kinds.push(kind);
            }
            places.push_str(if places.is_empty() { "" } else { "," });
            places.push_str(&(number as u64).to_string());
            places.push(',');
            write_string(&mut places, &change.path);
        }
        out.push_str("{\"kinds\":[");
        for (at, (rule, reason)) in kinds.iter().enumerate() {
            out.push_str(if at == 0 { "[" } else { ",[" });
            write_string(out, rule);
            out.push(',');
            write_string(out, reason);
            out.push(']');
        }
        out.push_str("],\"places\":[");
        out.push_str(&places);
        out.push_str("]}");
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
