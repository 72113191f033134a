//! A chunk that is read by the shape of the last one gives what the full reader gives. `rawEvents` switches the shapes off.

use crate::support::{head, run};
use openrouter_wasm::event::Kind;
use openrouter_wasm::json::{Raw, Reader};
use openrouter_wasm::json_string::RawString;
use openrouter_wasm::run::Action;
use openrouter_wasm::template::Template;
use serde_json::{Value, json};

/// What a caller is told: every record with its text, the steps of partial views among them.
fn records(stream: &str, raw_events: bool) -> Vec<(u32, String)> {
    // The shapes decide which chunks are samples.
    all_records(stream, raw_events).into_iter().filter(|(kind, _)| *kind != Kind::Sample as u32).collect()
}

fn all_records(stream: &str, raw_events: bool) -> Vec<(u32, String)> {
    let mut run = run(json!({"rawEvents": raw_events, "maxRetries": 0}));
    run.on_send(0.0, "");
    let mut action = run.on_head(0.0, head(200, "text/event-stream"));
    let mut all = Vec::new();
    let mut take = |run: &mut crate::support::Run| {
        let units: Vec<u16> = run.out.text.encode_utf16().collect();
        let mut at = 0;
        for record in run.out.records.chunks(2) {
            let end = at + record[1] as usize;
            if record[0] != Kind::RawData as u32 {
                all.push((record[0], String::from_utf16(&units[at..end]).unwrap()));
            }
            at = end;
        }
        run.out.clear();
    };
    for piece in stream.split_inclusive("\n\n") {
        if action == Action::Read {
            action = run.on_bytes(1.0, piece.as_bytes());
            take(&mut run);
        }
    }
    if action == Action::Read {
        run.on_end();
        take(&mut run);
    }
    all
}

fn assert_same(name: &str, stream: &str) {
    assert_eq!(records(stream, false), records(stream, true), "{name}");
}

fn stream(deltas: &[Value]) -> String {
    let event = |delta: &Value| {
        let chunk = json!({"id": "gen-1", "model": "m", "choices": [{"index": 0, "delta": delta, "finish_reason": null}], "usage": null});
        format!("data: {chunk}\n\n")
    };
    deltas.iter().map(event).collect::<String>() + "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"
}

#[test]
fn repeated_chunks_of_every_kind_read_the_same() {
    let text = |text: &str| json!({"role": "assistant", "content": text});
    let unthought = |text: &str| json!({"role": "assistant", "content": text, "reasoning": null, "reasoning_details": []});
    let thought = |text: &str| json!({"content": "", "reasoning": text});
    let detail = |plain: &str, text: &str, index: u32| json!({"content": "", "reasoning": plain, "reasoning_details": [{"type": "reasoning.text", "text": text, "index": index}]});
    let summary =
        |text: &str| json!({"reasoning": text, "reasoning_details": [{"type": "reasoning.summary", "summary": text, "format": "f"}]});
    let signed = || json!({"reasoning_details": [{"type": "reasoning.text", "signature": "s", "index": 0}]});
    let untyped = |plain: &str, text: &str| json!({"reasoning": plain, "reasoning_details": [{"text": text, "index": 0}]});
    let visible = |text: &str| json!({"reasoning": "r", "reasoning_details": [{"type": "response.output_text", "text": text, "index": 0}]});
    let sealed = |data: &str| json!({"reasoning": "x", "reasoning_details": [{"type": "reasoning.encrypted", "data": data}]});
    let start = |index: u32, id: &str| json!({"tool_calls": [{"index": index, "id": id, "function": {"name": "f", "arguments": ""}}]});
    let piece = |index: u32, text: &str| json!({"content": null, "tool_calls": [{"index": index, "function": {"arguments": text}}]});
    let with_id = |id: &str, text: &str| json!({"tool_calls": [{"index": 0, "id": id, "function": {"name": "f", "arguments": text}}]});
    let without_index = |text: &str| json!({"tool_calls": [{"function": {"name": "f", "arguments": text}}]});
    let two = |one: &str, other: &str| json!({"tool_calls": [{"index": 0, "function": {"arguments": one}}, {"index": 1, "function": {"arguments": other}}]});
    let table = [
        ("text", vec![text(""), text("a"), text("b\n\"\\"), text("é😀"), text(""), text("c")]),
        (
            "text and others in turn",
            vec![text("a"), thought("t"), text("b"), thought("u"), text("c"), text("d"), thought("v"), thought("w")],
        ),
        (
            "an empty list of details beside each text",
            vec![
                unthought(""),
                unthought("a"),
                unthought("b"),
                thought("t"),
                thought(" "),
                unthought("c"),
                unthought("d"),
                unthought(""),
                unthought("e"),
                detail("u", "u", 0),
                unthought("f"),
                unthought("g"),
                text("h"),
                text("i"),
                unthought("j"),
                unthought("k"),
            ],
        ),
        ("reasoning", vec![thought("a"), thought("b"), thought(""), thought("c")]),
        (
            "details",
            vec![detail("a", "a", 0), detail("b", "b", 0), detail("c", "c", 0), signed(), detail("d", "d", 0), detail("e", "e", 0)],
        ),
        (
            "details that differ from the plain field",
            vec![detail("a", "A", 0), detail("b", "B", 0), detail("c", "", 0), detail("", "D", 0), detail("", "", 0), detail("e", "E", 0)],
        ),
        (
            "details of two entries",
            vec![detail("a", "a", 0), detail("b", "b", 1), detail("c", "c", 1), detail("d", "d", 0), detail("e", "e", 0)],
        ),
        ("summaries", vec![summary("a"), summary("b"), signed(), summary("c"), summary("d")]),
        ("details without a type are kept, not shown", vec![detail("a", "a", 0), untyped("b", "B"), untyped("c", "C"), untyped("d", "D")]),
        ("visible text among the details", vec![visible("a"), visible("b"), visible("c")]),
        ("sealed details never join", vec![sealed("a"), sealed("b"), sealed("b")]),
        (
            "calls",
            vec![start(0, "a"), piece(0, "{\"x\":"), piece(0, "\"é\\n"), piece(0, "y\""), piece(0, "}"), piece(0, " "), piece(0, "x")],
        ),
        ("calls in turn", vec![start(0, "a"), piece(0, "{"), start(1, "b"), piece(1, "{"), piece(0, "}"), piece(1, "}"), piece(1, "")]),
        (
            "the id on every delta, and another one",
            vec![with_id("a", "{"), with_id("a", ""), with_id("a", "}"), with_id("b", "{"), with_id("b", "}"), with_id("a", " ")],
        ),
        (
            "no index: a name begins a call",
            vec![without_index("{"), without_index("}"), without_index("{}"), without_index("{}"), without_index("{}")],
        ),
        ("two calls in one delta", vec![start(0, "a"), start(1, "b"), two("{", "{"), two("}", "}"), two(" ", " ")]),
        ("an index that nobody announced", vec![start(0, "a"), piece(5, "{"), piece(5, "}"), piece(5, " ")]),
        ("no name yet", vec![piece(0, "{"), piece(0, "}"), start(0, "a"), piece(0, " "), piece(0, " ")]),
    ];
    for (name, deltas) in table {
        assert_same(name, &stream(&deltas));
    }
}

#[test]
fn recorded_streams_read_the_same() {
    let Some(folder) = crate::shared::shared("recordings") else { return };
    for path in std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "sse"))
    {
        assert_same(&path.display().to_string(), &std::fs::read_to_string(&path).unwrap());
    }
}

#[test]
fn the_second_attempt_learns_anew() {
    let answer = |content: &str, more: &str| {
        format!("data: {{\"id\":\"gen\",\"model\":\"m\",\"choices\":[{{\"delta\":{{\"content\":\"{content}\"}}}}]{more}}}\n\n")
    };
    let mut run = run(json!({}));
    run.on_send(0.0, "");
    run.on_head(0.0, head(200, "text/event-stream"));
    let failing = answer("", "") + &answer("", ",\"error\":{\"code\":502,\"message\":\"busy\"}") + "data: [DONE]\n\n";
    assert_eq!(run.on_bytes(0.0, failing.as_bytes()), Action::Wait);
    run.out.clear();
    run.on_send(1.0, "");
    run.on_head(1.0, head(200, "text/event-stream"));
    run.on_bytes(1.0, answer("hello", "").as_bytes());
    assert!(run.out.text.contains("\"response-start\",\"id\":\"gen\",\"model\":\"m\""), "{}", run.out.text);
}

fn string_of<'a>(text: &'a str, name: &str) -> RawString<'a> {
    Reader::document(text.as_bytes()).unwrap().field(name).and_then(Raw::string).unwrap()
}

#[test]
fn only_what_differs_in_its_texts_alone_is_of_the_shape() {
    let shape = "{\"long before\":1234567890,\"a\":\"A\",\"between\":[true],\"b\":\"B\",\"long behind\":1234567890}";
    let with = |a: &str, b: &str| shape.replace("\"A\"", &format!("\"{a}\"")).replace("\"B\"", &format!("\"{b}\""));
    let mut template = Template::default();
    let fits = |template: &Template, data: &str| template.texts_of(data.as_bytes()).map(|texts| texts.map(|text| text.bytes().to_vec()));
    assert_eq!(fits(&template, ""), None);
    template.learn(shape.as_bytes(), string_of(shape, "a"), Some(string_of(shape, "b")));
    for (a, b) in [("A", "B"), ("", ""), ("x\\\"\\\\", "\\u00e9"), ("a longer one, é😀", "\\\"b\\\":")] {
        assert_eq!(fits(&template, &with(a, b)), Some([a.as_bytes().to_vec(), b.as_bytes().to_vec()]));
    }
    for other in [
        String::new(),
        "{".to_owned(),
        shape[1..].to_owned(),
        shape[..shape.len() - 1].to_owned(),
        shape.to_owned() + " ",
        shape.replace("before\":1", "before\":2"),
        shape.replace("behind\":1", "behind\":2"),
        shape.replace("true", "null"),
        with("\\", "B"),
        with("\\x", "B"),
        with("\",\"c\":\"", "B"),
        with("A", "\",\"c\":\""),
    ] {
        assert_eq!(fits(&template, &other), None, "{other}");
    }
    template.learn(shape.as_bytes(), string_of(shape, "b"), Some(string_of(shape, "a")));
    assert_eq!(fits(&template, shape), None, "not in their order");
    template.learn(shape.as_bytes(), string_of(shape, "b"), None);
    assert_eq!(fits(&template, &with("A", "new")), Some([b"new".to_vec(), vec![]]));
    assert_eq!(fits(&template, &with("new", "B")), None);
    template.forget();
    assert_eq!(fits(&template, shape), None);
}

/// The chunks that are shown to whoever looks for unknown fields.
fn samples(stream: &str) -> Vec<String> {
    let is_sample = |(kind, text): (u32, String)| (kind == Kind::Sample as u32).then_some(text);
    all_records(stream, false).into_iter().filter_map(is_sample).collect()
}

#[test]
fn samples_are_the_chunks_of_new_shape_and_the_end() {
    let text = |text: &str| json!({"role": "assistant", "content": text});
    let alike: Vec<Value> = (0..200).map(|number| text(&format!("word {number}"))).collect();
    let found = samples(&stream(&alike));
    assert!((2..=3).contains(&found.len()), "{found:?}");
    assert!(found[0].contains("word 0") && found.last().unwrap().contains("\"stop\""), "{found:?}");
    let beside_no_details: Vec<Value> =
        (0..200).map(|number| json!({"content": format!("word {number}"), "reasoning": null, "reasoning_details": []})).collect();
    assert!((2..=3).contains(&samples(&stream(&beside_no_details)).len()));
    let mut odd = alike.clone();
    odd[120] = json!({"role": "assistant", "content": "x", "mood": "calm"});
    assert!(samples(&stream(&odd)).iter().any(|text| text.contains("mood")));
    // However many shapes there are, and however long a chunk is.
    let strange: Vec<Value> = (0..200).map(|number| json!({"content": "x", (format!("f{number}")): 1})).collect();
    let found = samples(&stream(&strange));
    assert!(found.len() == 17 && found[16].contains("\"stop\""), "{}", found.len());
    assert!(samples(&stream(&[text(&"long ".repeat(4000))])).iter().all(|text| text.len() <= 16 << 10));
}
