//! What was done to a request on its way out, and what is odd about it: `{rule, path, reason}`.

use crate::json_string::write_string;

/// One change or one warning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The rule, by the name of its file.
    pub rule: &'static str,
    /// The place in what the caller wrote: `messages[3].content[1]`.
    pub path: String,
    /// What was done, and why.
    pub reason: String,
}

/// What was changed, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes(pub Vec<Change>);

impl Changes {
    /// Notes one.
    #[cold]
    pub fn add(&mut self, rule: &'static str, path: impl Into<String>, reason: impl Into<String>) {
        self.0.push(Change { rule, path: path.into(), reason: reason.into() });
    }

    /// All of them as a JSON array.
    pub fn write(&self, out: &mut String) {
        out.push('[');
        for (at, change) in self.0.iter().enumerate() {
            out.push_str(if at == 0 { "{\"rule\":" } else { ",{\"rule\":" });
            write_string(out, change.rule);
            out.push_str(",\"path\":");
            write_string(out, &change.path);
            out.push_str(",\"reason\":");
            write_string(out, &change.reason);
            out.push('}');
        }
        out.push(']');
    }
}

/// `messages[3]` and what is below it, without the machinery of `format!`.
pub fn place(list: &str, number: usize, below: &str) -> String {
    let mut out = String::from(list);
    out.push('[');
    out.push_str(&(number as u64).to_string());
    out.push(']');
    out.push_str(below);
    out
}
