//! Where an error stands in what was sent, and its words below all wrappers.

use crate::body_values::first_object;
use crate::failover::is_vague;
use crate::http::other_words::Plainly;
use crate::json::{Raw, Reader};

/// Where servers write what went wrong, the most telling first.
const WORDS: [&str; 11] = [
    "message",
    "msg",
    "detail",
    "error_message",
    "error_msg",
    "errorMessage",
    "error_description",
    "Message",
    "status_msg",
    "errors",
    "title",
];

/// The error in the body or chunk that it came in: in `error`, in the first choice, or bare. Where it is a word or two the rest stands beside
/// it.
pub(crate) fn error_in(document: Raw<'_>) -> Raw<'_> {
    let object = |name: &str| document.field(name).map(first_of).filter(|value| value.is_object());
    let choice = || object("choices").filter(|choice| choice.field("error").is_some()).map(error_in);
    object("error")
        .or_else(choice)
        .or_else(|| object("errors"))
        .or_else(|| object("base_resp"))
        .or_else(|| object("detail"))
        .unwrap_or(document)
}

/// What stands in a list, or what is none.
fn first_of(value: Raw<'_>) -> Raw<'_> {
    let mut first = None;
    value.each_item(|item| first = first.or(Some(item)));
    first.unwrap_or(value)
}

/// The words of an error, be they in a list or deeper.
pub(crate) fn message_of(error: Raw<'_>) -> Option<String> {
    message_in(error, 6)
}

fn message_in(error: Raw<'_>, left: u32) -> Option<String> {
    if let Some(text) = error.string() {
        return Some(text.decode()).filter(|text| !text.trim_ascii().is_empty());
    }
    if left == 0 {
        return None;
    }
    WORDS.iter().find_map(|name| message_in(first_of(error.field(name)?), left - 1))
}

/// Whether a provider's own words say what is wrong with the request, as nobody else does: a word or two says nothing, and neither does an
/// apology.
pub(crate) fn says_more(words: &str, plainly: Option<Plainly>) -> bool {
    // Chinese has no blanks between its words.
    let is_long = words.split_ascii_whitespace().count() > 2 || words.chars().filter(|char| !char.is_ascii()).count() > 4;
    is_long && !words.trim_ascii_start().starts_with('<') && !is_vague(plainly.map(|plainly| plainly(words)).as_deref().unwrap_or(words))
}

/// Wrappers of wrappers of wrappers are not looked through for ever: each takes up to five of these, as an object, its error, the metadata, the
/// text in it and what that holds.
pub(crate) const MAX_WRAPPERS: u32 = 24;

/// What stands below all wrappers: a provider's own error comes as JSON in a string in JSON.
#[derive(Default)]
pub(crate) struct Wrapped {
    /// The innermost message.
    pub(crate) message: String,
    pub(crate) inner: Vec<String>,
}

impl Wrapped {
    pub(crate) fn dig(&mut self, value: Raw<'_>, left: u32) {
        if left == 0 {
            return;
        }
        if let Some(text) = value.string() {
            let text = text.decode();
            // A text may be written as JSON twice.
            let again = || Reader::document(text.trim_ascii().as_bytes()).ok().filter(|value| value.string().is_some());
            match first_object(text.as_bytes()).or_else(again) {
                Some(value) => self.dig(value, left - 1),
                None if !text.trim_ascii().is_empty() => self.message = text,
                None => {}
            }
            return;
        }
        if value.is_array() {
            let mut first = None;
            value.each_item(|item| first = first.or(Some(item)));
            return first.into_iter().for_each(|first| self.dig(first, left - 1));
        }
        // A wrapper's own status is its invention.
        let names = if value.field("metadata").is_some() { &["type", "error_type"][..] } else { &["type", "error_type", "code", "status"] };
        for name in names {
            self.inner.extend(words_in(Some(value), name).filter(|word| word != "error"));
        }
        for name in WORDS.iter().rev().chain(&["metadata", "raw", "error"]) {
            let deeper = value.field(name).filter(holds_words);
            // A short word beside the message.
            let deeper = deeper.filter(|deeper| *name != "error" || deeper.string().is_none() || self.message.is_empty());
            deeper.into_iter().for_each(|deeper| self.dig(deeper, left - 1));
        }
    }
}

/// Whether words may stand in it, as a number or a flag has none.
pub(crate) fn holds_words(value: &Raw<'_>) -> bool {
    value.string().is_some() || value.is_object() || value.is_array()
}

/// A string, or anything else as it is written.
pub(crate) fn words(value: Raw<'_>) -> String {
    value.string().map_or_else(|| value.text().into_owned(), |text| text.decode())
}

#[inline(never)]
pub(crate) fn words_in(object: Option<Raw<'_>>, name: &str) -> Option<String> {
    object.and_then(|object| object.field(name)).map(words)
}
