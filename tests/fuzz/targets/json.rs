//! The reader in place, the values that are changed and the writer, beside `serde_json`.

use openrouter_wasm::json::{Raw, Reader};
use openrouter_wasm::json_string::{RawString, json_of, without_lone_surrogates, write_string};
use openrouter_wasm::value::Value as Own;
use serde_json::Value;

use crate::{DEEP, depth, is_json, parsed};

pub(crate) fn check(bytes: &[u8]) {
    let read = Reader::document(bytes);
    if let Ok(raw) = read {
        assert!(is_json(&raw.json()), "handed on as JSON: {}", raw.json());
    } else {
        assert!(Own::parse(&String::from_utf8_lossy(bytes)).is_none() || std::str::from_utf8(bytes).is_err(), "two readers, two answers");
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let is_deep = depth(bytes) >= DEEP;
    if !is_deep {
        let has_controls = text.bytes().any(|byte| byte < b' ');
        assert!(read.is_ok() || !is_json(text), "refused: {text:?}");
        assert!(read.is_err() || has_controls || is_json(text), "taken: {text:?}");
    }
    let mut written = String::new();
    write_string(&mut written, text);
    assert_eq!(serde_json::from_str::<String>(&written).unwrap(), text, "a text as a string");
    assert_eq!(RawString::of(&written.as_bytes()[1..written.len() - 1]).decode(), text, "and back");
    let Ok(raw) = read else { return };
    let own = Own::parse(text).unwrap();
    parsed(&own.to_json());
    let cleaned = without_lone_surrogates(text);
    if is_json(text)
        && !is_deep
        && let Err(error) = serde_json::from_str::<Value>(&cleaned)
    {
        assert!(error.to_string().contains("number out of range"), "{error}: {cleaned}");
    }
    let Ok(expected) = serde_json::from_str::<Value>(text) else { return };
    assert_eq!(cleaned, text, "nothing to clean");
    assert_eq!(parsed(&json_of(bytes)), expected, "nothing to mend");
    compare(raw, &expected);
    assert_eq!(parsed(&own.to_json()), expected, "as it came");
    change(own, expected, text);
}

fn compare(raw: Raw<'_>, expected: &Value) {
    match expected {
        Value::String(expected) => {
            let string = raw.string().unwrap();
            assert_eq!(&string.decode(), expected);
            assert_eq!(string.to_text(), expected.as_str());
            assert_eq!(string.to_bytes(), expected.as_bytes());
            assert!(string.is(expected));
            assert_eq!(string.is_empty(), expected.is_empty());
        }
        Value::Number(_) => {
            // Exact as far as a count goes, near behind that: `decimal.rs` says why.
            let text = std::str::from_utf8(raw.bytes()).unwrap();
            let Some(expected) = text.parse::<f64>().ok().filter(|number| number.abs() < 1e290 && text.len() < 40) else { return };
            let own = raw.number();
            let is_count = expected.fract() == 0.0 && expected.abs() < 9e15 && !text.contains(['e', 'E', '.']);
            let off = if is_count { 0.0 } else { expected.abs() * 1e-12 + 1e-290 };
            assert!(own.is_some_and(|own| (own - expected).abs() <= off) || text.contains(['e', 'E']) && own.is_none(), "{text}: {own:?}");
        }
        Value::Array(items) => {
            let mut own = Vec::new();
            raw.each_item(|item| own.push(item));
            assert_eq!(own.len(), items.len());
            own.into_iter().zip(items).for_each(|(own, item)| compare(own, item));
        }
        Value::Object(fields) => {
            let mut last = std::collections::BTreeMap::new();
            raw.each_field(|key, value| {
                last.insert(RawString::of(key).decode(), value);
            });
            assert_eq!(last.len(), fields.len());
            for (name, value) in fields {
                compare(last[name], value);
            }
        }
        Value::Null => assert_eq!((raw.bytes(), raw.present()), (&b"null"[..], None)),
        Value::Bool(flag) => assert_eq!(raw.bytes(), flag.to_string().as_bytes()),
    }
}

/// Fields set, taken out and found again.
fn change(mut own: Own<'_>, mut expected: Value, text: &str) {
    // A key with an escape in it matches no name: that is said, and nobody sends one.
    if text.contains('\\') {
        return;
    }
    if let (Some(object), Some(fields)) = (own.object_mut(), expected.as_object_mut()) {
        for (name, value) in fields.iter().filter(|(_, value)| !value.is_null()) {
            assert_eq!(parsed(&object.get(name).unwrap_or_else(|| panic!("{name:?}")).to_json()), *value, "{name:?}");
        }
        let first = fields.keys().next().cloned();
        object.set("set", Own::whole(7));
        fields.insert("set".to_owned(), Value::from(7));
        if let Some(name) = first {
            object.remove(&name);
            fields.remove(&name);
        }
    } else if let (Some(items), Some(expected)) = (own.array_mut(), expected.as_array_mut()) {
        items.reverse();
        expected.reverse();
        items.push(Own::text(text));
        expected.push(Value::from(text));
    }
    assert_eq!(parsed(&own.to_json()), expected, "changed");
    assert_eq!(parsed(&own.into_owned().to_json()), expected, "on its own");
}
