//! Arguments while they stream, beside `serde_json` over the whole.

use openrouter_wasm::finished_call::with_escapes;
use openrouter_wasm::json::{Raw, Reader};
use openrouter_wasm::partial_json::{PartialJson, quote_unsafe_integers};
use serde_json::Value;

use crate::arguments_view::View;
use crate::{DEEP, depth, is_json, parsed, text_pieces};

struct Read {
    view: View,
    is_complete: bool,
    is_unfinished: bool,
    has_unsafe_integer: bool,
}

fn read(pieces: &[&str]) -> Read {
    let mut json = PartialJson::default();
    let mut view = View::default();
    for piece in pieces {
        json.feed(piece, &mut |op| view.apply(op));
    }
    Read {
        view,
        is_complete: json.is_complete_object(),
        is_unfinished: json.is_unfinished(),
        has_unsafe_integer: json.has_unsafe_integer(),
    }
}

pub(crate) fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let whole = read(&[text]);
    let letters: Vec<&str> = text.split("").collect();
    for pieces in [letters, text_pieces(text)] {
        let cut = read(&pieces);
        assert_eq!(cut.view.text, whole.view.text, "what is shown");
        assert_eq!((cut.is_complete, cut.is_unfinished), (whole.is_complete, whole.is_unfinished), "where it stands");
    }
    assert!(!(whole.is_complete && whole.is_unfinished));
    if depth(bytes) >= DEEP {
        return;
    }
    // A number or word of more than 1,024 bytes is refused: what is held while it streams has a bound.
    if text.split(|c: char| !c.is_ascii_alphanumeric() && !"+-.".contains(c)).any(|word| word.len() > 1024) {
        return;
    }
    let is_object = text.trim_start_matches([' ', '\t', '\r', '\n']).starts_with('{');
    // Control characters in strings are taken for their escapes.
    let escaped = with_escapes(text);
    let text = escaped.as_deref().unwrap_or(text);
    assert_eq!(whole.is_complete, is_object && is_json(text), "whole");
    if !whole.is_complete {
        return;
    }
    // Whatever it begins with was never called wrong.
    for (end, _) in text.char_indices() {
        let beginning = read(&[&text[..end]]);
        assert!(beginning.is_unfinished || beginning.is_complete, "{:?}", &text[..end]);
    }
    // Half a character is shown as one that is missing, which serde refuses.
    let shown = parsed(&whole.view.text);
    let Ok(expected) = serde_json::from_str::<Value>(text) else { return };
    assert_eq!(shown, expected, "what is shown");
    let quoted = parsed(&quote_unsafe_integers(text));
    // Of one beyond 2^64 serde no longer says how it was written, and nothing of one whose name came again.
    let names = Reader::document(text.as_bytes()).map_or(0, names_in);
    if !has_huge(&expected) && names == names_of(&expected) {
        assert_eq!(has_unsafe(&expected), whole.has_unsafe_integer, "integers");
    }
    assert!(whole.has_unsafe_integer || has_huge(&expected) || !has_unsafe(&expected), "integers");
    assert!(!has_unsafe(&quoted), "{quoted}");
    if !whole.has_unsafe_integer {
        assert_eq!(quoted, expected);
    }
}

fn names_in(raw: Raw<'_>) -> usize {
    let mut names = 0;
    raw.each_field(|_, value| names += 1 + names_in(value));
    raw.each_item(|item| names += names_in(item));
    names
}

fn names_of(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(names_of).sum(),
        Value::Object(fields) => fields.values().map(|value| 1 + names_of(value)).sum(),
        _ => 0,
    }
}

/// Whether an integer is in it that a double would change. Only what is written as an integer is one.
fn has_unsafe(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(has_unsafe),
        Value::Object(fields) => fields.values().any(has_unsafe),
        Value::Number(number) => {
            let text = number.to_string();
            let digits = text.trim_start_matches('-');
            digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.parse::<u128>().is_ok_and(|number| number > (1 << 53) - 1)
        }
        _ => false,
    }
}

fn has_huge(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(has_huge),
        Value::Object(fields) => fields.values().any(has_huge),
        Value::Number(number) => number.is_f64() && number.as_f64().is_some_and(|number| number.abs() >= 9e18),
        _ => false,
    }
}
