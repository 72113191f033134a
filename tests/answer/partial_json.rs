//! The arguments of a call while they stream, cut anywhere, beside a parser that nobody here wrote.

use crate::arguments_view::View;
use openrouter_wasm::finished_call::with_escapes;
use openrouter_wasm::partial_json::{PartialJson, quote_unsafe_integers};
use serde_json::Value;

fn read(pieces: &[&str]) -> (bool, Option<Value>) {
    let mut json = PartialJson::default();
    let mut view = View::default();
    for piece in pieces {
        json.feed(piece, &mut |op| view.apply(op));
    }
    let complete = json.is_complete_object();
    (complete, complete.then(|| serde_json::from_str(&view.text).unwrap_or_else(|error| panic!("{error}: {}", view.text))))
}

const TEXTS: &[&str] = &[
    "{}",
    " { } ",
    "{\"a\":1}",
    "{\"a\": -1.5e+3, \"b\" : [ ] , \"c\":{}}\n",
    "{\"path\":\"/tmp/é😀\\n\\u00e9\\ud83d\\ude00\\\"\\\\\\/\"}",
    "{\"a\":[1,[2,{\"b\":[true,false,null]}],\"x\"],\"a\":2}",
    "{\"k\\u0041\\n\":\"\"}",
    "{\"big\":12345678901234567890,\"ok\":9007199254740991}",
    "{\"a\":\"\\ud83d\"}",
    "",
    "{",
    "{\"a\"",
    "{\"a\":\"/tm",
    "{\"a\":1",
    "{\"a\":1,}",
    "{,}",
    "{\"a\" 1}",
    "[1]",
    "\"text\"",
    "1",
    "{\"a\":01}",
    "{\"a\":1.}",
    "{\"a\":tru}",
    "{\"a\":truex}",
    "{\"a\":nul}",
    "{\"a\":\"\\x\"}",
    "{\"a\":\"\\u12g4\"}",
    "{\"a\":\"\t\"}",
    "{\"a\":1}}",
    "{\"a\":1} x",
    "{\"a\":[1}",
    "{\"a\":[1,]}",
    "{\"a\":+1}",
    "{\"a\":-}",
    "{'a':1}",
];

#[test]
fn says_complete_exactly_where_the_text_is_one_json_object_however_it_is_cut() {
    for text in TEXTS {
        let lossy = text.replace("\\ud83d\"", "\\ufffd\"");
        // Control characters in strings are taken for their escapes.
        let escaped = with_escapes(&lossy).unwrap_or(lossy);
        let expected = serde_json::from_str::<Value>(&escaped).ok().filter(Value::is_object);
        let (complete, value) = read(&[text]);
        assert_eq!(complete, expected.is_some(), "{text:?} whole");
        assert_eq!(value, expected, "{text:?} whole");
        for cut in (0..=text.len()).filter(|cut| text.is_char_boundary(*cut)) {
            assert_eq!(read(&[&text[..cut], &text[cut..]]), (complete, expected.clone()), "{text:?} cut at {cut}");
        }
    }
}

#[test]
fn integers_a_double_would_change_are_quoted() {
    let text = r#"{"a":12345678901234567890,"b":[-9007199254740993,9007199254740991,1e300,0.12345678901234567890],"c":"12345678901234567890\\\" 5"}"#;
    let quoted: Value = serde_json::from_str(&quote_unsafe_integers(text)).unwrap();
    assert_eq!(quoted["a"], "12345678901234567890");
    assert_eq!(quoted["b"][0], "-9007199254740993");
    assert!(quoted["b"][1].is_u64() && quoted["b"][2].is_f64() && quoted["b"][3].is_f64());
    assert_eq!(quoted["c"], "12345678901234567890\\\" 5");
}

#[test]
fn a_very_deep_nest_is_invalid_and_never_a_call() {
    let text = format!("{{\"a\":{}", "[".repeat(100_000));
    assert_eq!(read(&[&text]), (false, None));
}
