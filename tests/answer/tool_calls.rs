//! Which call a delta belongs to, and which calls came out whole.

use std::rc::Rc;

use openrouter_wasm::event::Batch;
use openrouter_wasm::json::Reader;
use openrouter_wasm::limits::ToolCallLimits;
use openrouter_wasm::tool_call::{LimitExceeded, ToolCalls};
use serde_json::{Value, json};

const LIMITS: ToolCallLimits = ToolCallLimits { max_argument_bytes: 1000, max_calls: 8 };

fn assemble(deltas: &[Value], cut_last: bool, strict: bool) -> Vec<(String, String, String, Option<String>)> {
    let mut calls = ToolCalls::new(LIMITS, &Rc::default(), &Rc::default());
    let mut out = Batch::default();
    for delta in deltas {
        calls.add(Reader::document(delta.to_string().as_bytes()).unwrap(), false, &mut out).unwrap();
    }
    calls
        .finish(cut_last, cut_last, strict, &mut out)
        .into_iter()
        .map(|call| {
            let input = call.is_whole.then(|| call.input.unwrap_or_else(|| call.arguments.clone().into_owned()));
            (call.id.to_owned(), call.name.to_owned(), call.arguments.into_owned(), input)
        })
        .collect()
}

fn call(id: &str, name: &str, arguments: &str, runs: bool) -> (String, String, String, Option<String>) {
    let object = if arguments.trim_ascii().is_empty() { "{}" } else { arguments.trim_ascii() };
    (id.into(), name.into(), if runs { object } else { arguments }.into(), runs.then(|| object.into()))
}

#[test]
fn every_delta_finds_its_call() {
    let function = |name: &str, arguments: &str| json!({"name":name,"arguments":arguments});
    let piece = |arguments: &str| json!({"arguments":arguments});
    let table = [
        (
            "by index",
            vec![
                json!([{"index":0,"id":"a","function":function("f","")}]),
                json!([{"index":1,"id":"b","function":function("g","{\"x\":")}]),
                json!([{"index":0,"function":piece("{}")},{"index":1,"function":piece("1}")}]),
            ],
            vec![call("a", "f", "{}", true), call("b", "g", "{\"x\":1}", true)],
        ),
        (
            "a name among blanks",
            vec![
                json!([{"index":0,"id":"a","function":function(" f\n","{")}]),
                json!([{"index":0,"function":{"name":" ","arguments":"}"}}]),
            ],
            vec![call("a", "f", "{}", true)],
        ),
        (
            "by id where no index comes",
            vec![
                json!([{"id":"a","function":function("f","{")}]),
                json!([{"id":"b","function":function("g","{}")}]),
                json!([{"id":"a","function":piece("}")}]),
            ],
            vec![call("a", "f", "{}", true), call("b", "g", "{}", true)],
        ),
        (
            "neither: the current call goes on, a name begins the next once it is whole",
            vec![json!([{"function":function("f","{")}]), json!([{"function":piece("}")}]), json!([{"function":function("f","{}")}])],
            vec![call("call_0", "f", "{}", true), call("call_1", "f", "{}", true)],
        ),
        (
            "id repeated on every delta",
            vec![json!([{"index":0,"id":"a","function":function("f","{")}]), json!([{"index":0,"id":"a","function":function("f","}")}])],
            vec![call("a", "f", "{}", true)],
        ),
        (
            "id late",
            vec![json!([{"index":0,"function":function("f","{")}]), json!([{"index":0,"id":"a","function":piece("}")}])],
            vec![call("a", "f", "{}", true)],
        ),
        (
            "a new id on a used index begins a call, and its tail may come under the next index",
            vec![
                json!([{"index":0,"id":"a","function":function("f","{}")}]),
                json!([{"index":0,"id":"b","function":function("g","{")}]),
                json!([{"index":1,"function":piece("}")}]),
            ],
            vec![call("a", "f", "{}", true), call("b", "g", "{}", true)],
        ),
        (
            "one id for two calls",
            vec![json!([{"index":0,"id":"a","function":function("f","{}")},{"index":1,"id":"a","function":function("g","{}")}])],
            vec![call("a", "f", "{}", true), call("a_1", "g", "{}", true)],
        ),
        (
            "an index as text, and one that is no number",
            vec![
                json!([{"index":"1","id":"a","function":function("f","{")}]),
                json!([{"index":1,"function":piece("}")}]),
                json!([{"index":"x","id":"b","function":function("g","{}")}]),
            ],
            vec![call("a", "f", "{}", true), call("b", "g", "{}", true)],
        ),
        (
            "white space after a whole call is nothing",
            vec![json!([{"index":0,"id":"a","function":function("f","{}")}]), json!([{"index":0,"function":piece(" \n")}])],
            vec![call("a", "f", "{} \n", true)],
        ),
        (
            "arguments null, missing or an object",
            vec![
                json!([{"index":0,"id":"a","function":{"name":"f","arguments":null}},{"index":1,"id":"b","function":{"name":"g"}},{"index":2,"id":"c","function":{"name":"h","arguments":{"x":1}}}]),
            ],
            vec![call("a", "f", "", true), call("b", "g", "", true), call("c", "h", "{\"x\":1}", true)],
        ),
        (
            "cut, malformed or no object never runs",
            vec![
                json!([{"index":0,"id":"a","function":function("f","{\"path\":\"/tm")},{"index":1,"id":"b","function":function("g","[1]")},{"index":2,"id":"c","function":function("h","{'a':1}")}]),
            ],
            vec![call("a", "f", "{\"path\":\"/tm", false), call("b", "g", "[1]", false), call("c", "h", "{'a':1}", false)],
        ),
        ("a call without a name never runs", vec![json!([{"index":0,"id":"a","function":piece("{}")}])], vec![call("a", "", "{}", false)]),
    ];
    for (name, deltas, expected) in table {
        assert_eq!(assemble(&deltas, false, false), expected, "{name}");
    }
}

#[test]
fn every_call_of_one_index_or_one_id_is_found() {
    let function = |name: &str, arguments: &str| json!({"name":name,"arguments":arguments});
    let table = [
        (
            "one index, no id",
            vec![json!([{"index":0,"function":function("f","{}")}]), json!([{"index":0,"function":function("g","{}")}])],
            vec![call("call_0", "f", "{}", true), call("call_1", "g", "{}", true)],
        ),
        (
            "one index and one id",
            vec![json!([{"index":0,"id":"a","function":function("f","{}")}]), json!([{"index":0,"id":"a","function":function("g","{}")}])],
            vec![call("a", "f", "{}", true), call("a_1", "g", "{}", true)],
        ),
        (
            "one id, no index",
            vec![json!([{"id":"a","function":function("f","{}")}]), json!([{"id":"a","function":function("f","{\"x\":1}")}])],
            vec![call("a", "f", "{}", true), call("a_1", "f", "{\"x\":1}", true)],
        ),
        (
            "the whole call again, without an index",
            vec![json!([{"id":"a","function":function("f","{}")}]), json!([{"id":"a","function":function("f","{}")}])],
            vec![call("a", "f", "{}", true)],
        ),
        (
            "the whole call again behind its pieces, by other blanks, and once more",
            vec![
                json!([{"index":0,"id":"a","function":function("f","{\"x\":")}]),
                json!([{"index":0,"function":{"arguments":" 1}"}}]),
                json!([{"index":0,"id":"a","function":function("f","{\"x\":1}")}]),
                json!([{"index":0,"id":"a","function":{"name":"f","arguments":{"x":1}}}]),
            ],
            vec![call("a", "f", "{\"x\": 1}", true)],
        ),
        (
            "the whole call again, no id",
            vec![json!([{"index":0,"function":function("f","{\"x\":1}")}]), json!([{"index":0,"function":function("f","{\"x\":1}")}])],
            vec![call("call_0", "f", "{\"x\":1}", true)],
        ),
        (
            "the same call under another id is another",
            vec![json!([{"index":0,"id":"a","function":function("f","{}")}]), json!([{"index":1,"id":"b","function":function("f","{}")}])],
            vec![call("a", "f", "{}", true), call("b", "f", "{}", true)],
        ),
        (
            "an id for every piece",
            vec![
                json!([{"index":0,"id":"a","function":function("f","")}]),
                json!([{"index":0,"id":"b","function":{"arguments":"{\"x\":"}}]),
                json!([{"index":0,"id":"c","function":{"arguments":"1}"}}]),
                json!([{"index":0,"id":"d","function":{"arguments":""}}]),
            ],
            vec![call("a", "f", "{\"x\":1}", true)],
        ),
        ("one without its list", vec![json!({"index":0,"id":"a","function":function("f","{}")})], vec![call("a", "f", "{}", true)]),
        (
            "the name repeated at the end is no call",
            vec![json!([{"index":0,"id":"a","function":function("f","{}")}]), json!([{"index":0,"id":"a","function":function("f","")}])],
            vec![call("a", "f", "{}", true)],
        ),
    ];
    for (name, deltas, expected) in table {
        assert_eq!(assemble(&deltas, false, false), expected, "{name}");
    }
}

#[test]
fn a_name_in_pieces_is_that_of_a_tool_on_offer() {
    let offered = ["read", "read_file", "write", "re"].map(str::to_owned);
    for (offered, names, expected) in [
        (&offered[..3], &["re", "ad"][..], "read"),
        (&offered[..3], &["wr", "", "ite"], "write"),
        (&offered[..3], &["read", "read"], "read"),
        (&offered[..3], &["re", "re", "ad"], "read"),
        (&offered[..3], &["rea", "read"], "read"),
        (&offered[..3], &["wri"], "wri"),
        (&offered[..3], &["x", "ad"], "x"),
        (&offered[..], &["re", "re"], "re"),
        (&[], &["read", "read"], "read"),
    ] {
        let mut calls = ToolCalls::new(LIMITS, &Rc::new(offered.to_vec()), &Rc::default());
        let mut out = Batch::default();
        let mut pieces: Vec<Value> =
            names.iter().map(|name| json!([{"index":0,"id":"a","function":{"name":name,"arguments":""}}])).collect();
        pieces.push(json!([{"index":0,"function":{"arguments":"{}"}}]));
        for piece in pieces {
            let text = piece.to_string();
            calls.add(Reader::document(text.as_bytes()).unwrap(), false, &mut out).unwrap();
        }
        let calls = calls.finish(false, false, false, &mut out);
        assert_eq!((calls.len(), calls[0].name, &*calls[0].arguments), (1, expected, "{}"), "{names:?}");
    }
}

#[test]
fn at_a_length_limit_the_last_call_never_runs_however_whole_it_looks() {
    let deltas = [
        json!([{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}},{"index":1,"id":"b","function":{"name":"g","arguments":"{}"}}]),
    ];
    assert_eq!(assemble(&deltas, true, false), vec![call("a", "f", "{}", true), call("b", "g", "{}", false)]);
}

#[test]
fn strict_refuses_empty_arguments() {
    let deltas = [json!([{"index":0,"id":"a","function":{"name":"f","arguments":""}}])];
    assert_eq!(assemble(&deltas, false, true), vec![call("a", "f", "", false)]);
}

#[test]
fn arguments_and_calls_are_bounded() {
    let mut calls = ToolCalls::new(LIMITS, &Rc::default(), &Rc::default());
    let mut out = Batch::default();
    let mut add = |value: Value| calls.add(Reader::document(value.to_string().as_bytes()).unwrap(), false, &mut out);
    let long = "x".repeat(600);
    assert_eq!(add(json!([{"index":0,"id":"a","function":{"name":"f","arguments":long}}])), Ok(()));
    assert_eq!(add(json!([{"index":0,"function":{"arguments":long}}])), Err(LimitExceeded::Arguments));
    for index in 1..8 {
        assert_eq!(add(json!([{"index":index,"id":index.to_string(),"function":{"name":"f"}}])), Ok(()));
    }
    assert_eq!(add(json!([{"index":9,"id":"z","function":{"name":"f"}}])), Err(LimitExceeded::Calls));
}
