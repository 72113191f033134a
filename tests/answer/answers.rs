//! What servers really send: bodies under the wrong label, noise, errors in every wrapper, thoughts in the text, usages that say nothing.
//! Every stream is read whole, cut at every byte, and byte by byte.

use std::time::Instant;

use crate::support::bodies::{DONE, JSON, LABELS, SSE, check, delta, event, finish, outcome, read, said};
use crate::support::{answer, events, head, last, run, text_of};
use openrouter_wasm::run::Action;
use serde_json::{Value, json};

#[test]
fn what_a_body_is_its_first_byte_decides_whatever_its_label() {
    let whole = json!({"id": "gen-1", "model": "m/x", "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "OK"}}]});
    let pretty = serde_json::to_string_pretty(&whole).unwrap();
    let chunk = |text: &str, reason: Option<&str>| json!({"id": "gen-1", "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": reason}]});
    let stream = event(chunk("O", None)) + &event(chunk("K", Some("stop")));
    let answers = [
        whole.to_string(),
        format!("{whole}\n\n{DONE}"),
        format!("{whole}{DONE}"),
        format!("{whole}\n[DONE]\n"),
        format!("{pretty}\r\n\r\ndata: [DONE]"),
        format!("\u{feff}{pretty}"),
        format!(": OPENROUTER PROCESSING\n\n: x\n\n \t{whole}\n\n{DONE}"),
        format!("{}\n{}\n", chunk("O", None), chunk("K", Some("stop"))),
        format!("{}\n{}\n[DONE]\n", chunk("O", None), chunk("K", None)),
        stream.clone() + DONE,
        stream.clone(),
        format!("\u{feff}: hello\n\n{stream}{DONE}"),
        format!("\r\n\r\n{}", stream.replace('\n', "\r\n")),
        format!("event: message\nid: 1\n{stream}{DONE}"),
        format!("data:{whole}\n\ndata:[DONE]"),
        // Without the line that ends it, the last event is whole all the same.
        stream.trim_end().to_owned(),
        stream.replace("\n\n", "\n") + "\n",
    ];
    for body in &answers {
        for label in LABELS {
            check(label, &read(label, body), "OK", "", "complete");
        }
    }
    // JSON that breaks off was cut, and so was a stream.
    for body in [&pretty[..pretty.len() - 3], &event(chunk("OK", None)), "", " \n", ": x\n\n"] {
        let events = read(SSE, body);
        let (_, _, ending) = outcome(&events);
        assert!(ending.starts_with("stream-cut null"), "{body:?}: {ending}");
    }
}

#[test]
fn an_error_is_one_in_every_framing_and_under_every_label() {
    let object = json!({"message": "model failed to load", "code": 500});
    let envelope = json!({"error": object});
    let bare = json!({"object": "error", "message": "model failed to load", "code": 500});
    let anthropic = json!({"type": "error", "error": object});
    for body in [
        envelope.to_string(),
        format!("{envelope}\n\n{DONE}"),
        format!(": x\n\n{envelope}"),
        event(envelope.clone()),
        event(envelope.clone()) + DONE,
        format!("data: {envelope}"),
        event(bare.clone()),
        event(anthropic.clone()),
        format!("error: {object}\n\n"),
        format!("error:{envelope}\r\n\r\n"),
        format!("error: {object}"),
        format!("event: error\ndata: {object}\n\n"),
        format!("event: error\ndata: {envelope}\n\n{DONE}"),
        format!("event:error\r\ndata: {anthropic}"),
        format!("data: {envelope}\nevent: error\n\n"),
        format!("error: {object}\ndata: [DONE]\n\n"),
        format!("data: {envelope}\ndata: [DONE]\n\n"),
        format!("[{envelope}]"),
    ] {
        for label in LABELS {
            let (text, _, ending) = outcome(&read(label, &body));
            assert_eq!((text.as_str(), ending), ("", "stream-error 500 model failed to load".to_owned()), "{label}: {body:?}");
        }
    }
    for (body, message) in [
        ("event: error\ndata: the model went away\n\n", "stream-error null the model went away"),
        ("error: the model went away\n\n", "stream-error null the model went away"),
        ("event: error\ndata: \"the model went away\"\n\n", "stream-error null the model went away"),
        ("event: error\n\ndata: [DONE]\n\n", "bad-response null the answer has neithe"),
        ("data: {\"error\": false, \"choices\": [{\"delta\": {}, \"finish_reason\": \"stop\"}]}\n\n", "complete"),
    ] {
        assert_eq!(outcome(&read(SSE, body)).2, message, "{body:?}");
    }
    // What came before it is kept.
    let events = read(SSE, &(delta(json!({"content": "Hi"})) + "event: error\ndata: {\"message\": \"model failed to load\"}\n\n"));
    check("after text", &events, "Hi", "", "stream-error null model failed to load");
    assert_eq!(last(&events)["failure"]["partial"]["message"]["content"], "Hi");
    // A failing status with the body of a stream.
    for body in
        [event(envelope.clone()), format!("event: error\ndata: {object}\n\n"), format!("error: {object}\n\n"), format!("{envelope}\nmore")]
    {
        let events = answer(&mut run(json!({"maxRetries": 0})), head(503, SSE), &[body.as_bytes()]);
        assert_eq!(outcome(&events).2, "overloaded 503 model failed to load", "{body:?}");
    }
}

#[test]
fn data_that_is_no_json_is_noise_and_json_that_breaks_off_is_an_error() {
    for noise in [
        ": OPENROUTER PROCESSING",
        "ping",
        "keep-alive",
        "[PING]",
        "heartbeat 1",
        "<br>",
        "-",
        "5",
        "null",
        "\"text\"",
        "[]",
        "[1,2]",
        "undefined",
        "12 34",
    ] {
        let body = format!("data: {noise}\n\n{}data: {noise}\n\n{}", delta(json!({"content": "Hi"})), finish("stop", "") + DONE);
        check(noise, &read(SSE, &body), "Hi", "", "complete");
        let list = format!(
            "data: [{}, {}]\n\n{DONE}",
            json!({"choices": [{"delta": {"content": "H"}}]}),
            json!({"choices": [{"delta": {"content": "i"}, "finish_reason": "stop"}]})
        );
        check("chunks in a list", &read(SSE, &format!("data: {noise}\n\n{list}")), "Hi", "", "complete");
        let events = read(SSE, &format!("data: {noise}\n\n"));
        assert!(outcome(&events).2.starts_with("stream-cut"), "{noise}: nothing but noise is no answer: {events:?}");
    }
    for broken in ["{", "{\"choices\": [{\"delta\":", "{\"a\":}", "[{\"choices\":", "\"text", "{\"choices\":[]}}", "{'a': 1}"] {
        let body = delta(json!({"content": "Hi"})) + &format!("data: {broken}\n\n") + DONE;
        let (text, _, ending) = outcome(&read(SSE, &body));
        assert_eq!((text.as_str(), &ending[..12]), ("Hi", "bad-response"), "{broken}");
    }
}

#[test]
fn thoughts_in_the_text_are_reasoning_once() {
    let text = |text: &str| json!({"content": text});
    let part = |kind: &str, value: Value| json!({"type": kind, kind: value});
    let table: Vec<(&str, String, &str, &str)> = vec![
        ("cut between deltas", said(&[text("<thi"), text("nk>secret</th"), text("ink>\n\nHello")]), "Hello", "secret"),
        ("in one delta", said(&[text("<think>\nsecret\n</think>\n\nHello\n")]), "Hello\n", "secret"),
        ("never closed", said(&[text("<think>sec"), text("ret")]), "", "secret"),
        ("closed by halves", said(&[text("<think>secret</think")]), "", "secret</think"),
        ("a tag that is none", said(&[text("a <b"), text("> <thin")]), "a <b> <thin", ""),
        (
            "in a span",
            said(&[text("Write `<think>` like this:\n```\n<think>a</think>\n```\n")]),
            "Write `<think>` like this:\n```\n<think>a</think>\n```\n",
            "",
        ),
        (
            "in a fence that is cut",
            said(&[text("``"), text("`\n<think>"), text("</think>\n``"), text("`\n<think>x</think>y")]),
            "```\n<think></think>\n```\ny",
            "x",
        ),
        (
            "escaped",
            said(&[]).replacen(
                "data",
                "data: {\"choices\":[{\"delta\":{\"content\":\"\\u003cthink\\u003es\\u003c/think\\u003eA\"}}]}\n\ndata",
                1,
            ),
            "A",
            "s",
        ),
        (
            "as a whole message",
            event(json!({"choices": [{"message": {"content": "<think>s</think>\n\nA"}, "finish_reason": "stop"}]})),
            "A",
            "s",
        ),
        (
            "mirrored beside",
            said(&[
                json!({"content": "<think>sec", "reasoning": "sec"}),
                json!({"content": "ret</think>", "reasoning": "ret"}),
                text("Hello"),
            ]),
            "Hello",
            "secret",
        ),
        (
            "mirrored before, by another name",
            said(&[json!({"reasoning_content": "secret"}), text("<think>secret</think>Hello")]),
            "Hello",
            "secret",
        ),
        ("mirrored behind", said(&[text("<think>secret</think>"), json!({"reasoning": "secret"}), text("Hello")]), "Hello", "secret"),
        (
            "mirrored in details",
            said(&[json!({"reasoning_details": [{"type": "reasoning.text", "text": "secret"}]}), text("<think>secret</think>Hello")]),
            "Hello",
            "secret",
        ),
        (
            "before a call",
            delta(text("see <thi"))
                + &said(&[json!({"tool_calls": [{"index": 0, "id": "c", "function": {"name": "f", "arguments": "{}"}}]})]),
            "see <thi",
            "",
        ),
        (
            "parts",
            said(&[json!({"content": [part("thinking", json!([{"type": "text", "text": "Let me see."}])), part("text", json!("42"))]})]),
            "42",
            "Let me see.",
        ),
        ("a part by itself", said(&[json!({"content": part("thinking", json!("Let me see."))}), text("42")]), "42", "Let me see."),
        (
            "parts in parts",
            said(&[
                json!({"content": [part("reasoning", json!(["Let ", {"type": "text", "text": "me"}, {"type": "thinking", "thinking": [{"text": " see."}]}])), "42"]}),
            ]),
            "42",
            "Let me see.",
        ),
        (
            "parts that mirror",
            said(&[
                json!({"reasoning": "Let me see.", "content": [part("thinking", json!([{"type": "text", "text": "Let me see."}]))]}),
                text("42"),
            ]),
            "42",
            "Let me see.",
        ),
        (
            "parts by their other names",
            said(&[
                json!({"content": [{"type": "reasoning_text", "text": "Let "}, part("reasoning_content", json!("me")), {"type": "reasoning.text", "text": " see."}]}),
                json!({"content": [{"type": "text", "content": "4"}, {"type": "output_text", "text": "2"}]}),
            ]),
            "42",
            "Let me see.",
        ),
        ("parts with a tag", said(&[json!({"content": [part("text", json!("<think>s</th")), part("text", json!("ink>A"))]})]), "A", "s"),
    ];
    for (name, body, text, reasoning) in table {
        let events = read(SSE, &body);
        check(name, &events, text, reasoning, "complete");
        let message = &last(&events)["step"]["message"];
        assert_eq!(
            (message["content"].as_str().unwrap_or_default(), message["reasoning"].as_str().unwrap_or_default()),
            (text, reasoning),
            "{name}"
        );
    }
}

#[test]
fn reasoning_that_comes_again_by_another_way_is_said_once_and_its_details_are_kept() {
    let detail = |text: &str| json!({"type": "reasoning.text", "text": text, "index": 0});
    let details = |text: &str| json!({"reasoning_details": [detail(text)]});
    let field = |text: &str| json!({"reasoning": text});
    let both = |text: &str| json!({"reasoning": text, "reasoning_details": [detail(text)]});
    let table: Vec<(&str, Vec<Value>, &str)> = vec![
        ("details behind", vec![field("The cat"), details("The cat")], "The cat"),
        ("details behind, in pieces", vec![field("The"), field(" cat"), details("The cat")], "The cat"),
        ("by turns", vec![field("The"), details("The"), field(" cat"), details(" cat")], "The cat"),
        ("details first", vec![details("The cat"), field("The cat")], "The cat"),
        ("two entries", vec![field("The cat"), json!({"reasoning_details": [detail("The"), detail(" cat")]})], "The cat"),
        (
            "a long one in pieces",
            vec![field("The cat sat on the mat"), details("The cat sat on"), details(" the mat")],
            "The cat sat on the mat",
        ),
        (
            "a summary",
            vec![field("The cat"), json!({"reasoning_details": [{"type": "reasoning.summary", "summary": "The cat"}]})],
            "The cat",
        ),
        ("both at once, the same word twice", vec![both("ha "), both("ha "), both("ha")], "ha ha ha"),
        ("the same word twice, one way", vec![field("ha "), field("ha ")], "ha ha "),
        ("details alone, the same word twice", vec![details("ha "), details("ha ")], "ha ha "),
        ("another thought", vec![field("The cat"), details(" sat")], "The cat sat"),
        ("details behind, in pieces of their own", vec![field("The cat"), details("The "), details("cat")], "The cat"),
        ("a word like the beginning", vec![field("The cat"), details("The"), details(" dog")], "The catThe dog"),
        (
            "two words like the beginning",
            vec![field("The cat sat."), details("The"), details(" cat"), details(" ran")],
            "The cat sat.The cat ran",
        ),
        (
            "half of a long one again",
            vec![field("The cat sat on the mat"), details("The cat "), details("sat on "), details("that")],
            "The cat sat on the matthat",
        ),
        ("one way and then both", vec![field("ha"), both("ha")], "haha"),
        (
            "all of it at the end",
            vec![field("The cat sat "), field("on the mat"), field("The cat sat on the mat")],
            "The cat sat on the mat",
        ),
        (
            "all of it at the end under another name",
            vec![json!({"reasoning_content": "The cat sat "}), json!({"reasoning_content": "on the mat"}), field("The cat sat on the mat")],
            "The cat sat on the mat",
        ),
        (
            "all of it at the end, with a line's end",
            vec![field("The cat sat "), field("on the mat"), field("The cat sat\non the mat\n")],
            "The cat sat on the mat",
        ),
        (
            "all of it at the end in details",
            vec![details("The cat sat "), details("on the mat"), details("The cat sat on the mat")],
            "The cat sat on the mat",
        ),
        (
            "all of it at the end both ways",
            vec![both("The cat sat "), both("on the mat"), both("The cat sat on the mat")],
            "The cat sat on the mat",
        ),
        (
            "the same piece over and over",
            vec![field("again and again "), field("again and again "), field("again and again ")],
            "again and again again and again again and again ",
        ),
        (
            "the same details over and over",
            vec![details("again and again "), details("again and again "), details("again and again ")],
            "again and again again and again again and again ",
        ),
        ("a short word once more is another", vec![field("ha "), field("ha "), field("ha ha ")], "ha ha ha ha "),
    ];
    for (name, deltas, expected) in table {
        let events = read(SSE, &said(&[&deltas[..], &[json!({"content": "x"})]].concat()));
        check(name, &events, "x", expected, "complete");
        let kept = &last(&events)["step"]["message"]["reasoning_details"];
        let has_details = deltas.iter().any(|delta| delta.get("reasoning_details").is_some());
        assert_eq!(kept.is_array(), has_details, "{name}: {kept}");
        if name.starts_with("all of it") && has_details {
            assert_eq!(kept, &json!([detail("The cat sat on the mat")]), "{name}");
        }
    }
    for (deltas, details) in [
        ([field("in one piece"), json!({"content": "x"}), field("in one piece")], Value::Null),
        ([both("in one piece"), json!({"content": "x"}), both("in one piece")], json!([detail("in one piece")])),
        ([details("in one piece"), json!({"content": "x"}), details("in one piece")], json!([detail("in one piece")])),
    ] {
        let [first, text, end] = deltas.map(delta);
        let events = read(SSE, &(first + &text + &end.replace("\"finish_reason\":null", "\"finish_reason\":\"stop\"") + DONE));
        check("behind the text", &events, "x", "in one piece", "complete");
        assert_eq!(last(&events)["step"]["message"]["reasoning_details"], details);
    }
    // Two blocks, what only the provider reads, and a signature that comes with the repetition.
    let entries = |sign: bool| {
        let mut first = json!({"type": "reasoning.text", "text": "One thing first. ", "index": 0});
        if sign {
            first["signature"] = json!("c2ln");
        }
        json!([first, {"type": "reasoning.summary", "summary": "And another one.", "index": 1}, {"type": "reasoning.encrypted", "data": "ZQ==", "id": "r", "index": 2}])
    };
    for pieces in [vec![entries(false)], entries(false).as_array().unwrap().iter().map(|entry| json!([entry])).collect()] {
        let deltas = pieces.into_iter().chain([entries(true)]).map(|details| json!({"reasoning_details": details}));
        let events = read(SSE, &said(&deltas.chain([json!({"content": "x"})]).collect::<Vec<_>>()));
        check("two blocks again", &events, "x", "One thing first. And another one.", "complete");
        assert_eq!(last(&events)["step"]["message"]["reasoning_details"], entries(true));
    }
    let long = "a long thought, again and again. ".repeat(20_000);
    let events = answer(&mut run(json!({})), head(200, SSE), &[said(&[field(&long), field("x"), details(&long)]).as_bytes()]);
    assert!(text_of(&events, "reasoning-delta").len() >= long.len(), "what is too long to be compared is said");
}

#[test]
fn a_message_in_each_chunk_is_told_as_it_grows_and_one_behind_deltas_brings_what_they_had_not() {
    let message = |value: Value| event(json!({"id": "gen-1", "choices": [{"index": 0, "message": value, "finish_reason": null}]}));
    let call = |id: &str, arguments: Value| json!({"id": id, "type": "function", "function": {"name": "read", "arguments": arguments}});
    let grown = |content: &str, reasoning: &str| message(json!({"role": "assistant", "content": content, "reasoning_content": reasoning}));
    let detailed = |content: &str, text: &str| {
        message(json!({"content": content, "reasoning": text, "reasoning_details": [{"type": "reasoning.text", "text": text, "index": 0}]}))
    };
    let calling = |calls: Value| message(json!({"content": null, "tool_calls": calls}));
    let table: Vec<(&str, Vec<String>, &str, &str, Value)> = vec![
        (
            "a text",
            vec![grown("He", ""), grown("Hello", ""), grown("Hello", ""), grown("Hello \"you\"\n", "")],
            "Hello \"you\"\n",
            "",
            json!([]),
        ),
        ("characters of four bytes", vec![grown("a😀", ""), grown("a😀é", ""), grown("a😀é.", "")], "a😀é.", "", json!([])),
        (
            "thoughts, then a text",
            vec![grown("", "Th"), grown("", "Think"), grown("A", "Think"), grown("A b", "Think")],
            "A b",
            "Think",
            json!([]),
        ),
        (
            "thoughts in tags",
            vec![grown("<think>a", ""), grown("<think>a b</think>", ""), grown("<think>a b</think>Hi", "")],
            "Hi",
            "a b",
            json!([]),
        ),
        (
            "details",
            vec![detailed("", "The long"), detailed("", "The long thought"), detailed("A", "The long thought")],
            "A",
            "The long thought",
            json!([]),
        ),
        (
            "a call",
            vec![
                calling(json!([call("c", json!(""))])),
                calling(json!([call("c", json!("{\"p\""))])),
                calling(json!([call("c", json!("{\"p\":1}"))])),
            ],
            "",
            "",
            json!([["c", {"p": 1}]]),
        ),
        (
            "two calls, one after another",
            vec![calling(json!([call("c", json!("{}"))])), calling(json!([call("c", json!("{}")), call("d", json!({"q": 1}))]))],
            "",
            "",
            json!([["c", {}], ["d", {"q": 1}]]),
        ),
        ("pieces", vec![grown("He", ""), grown("llo", ""), grown(" you", ""), grown("", "")], "Hello you", "", json!([])),
        ("a text behind empty deltas", vec![delta(json!({"content": ""})), grown("all of it", "")], "all of it", "", json!([])),
        (
            "a text behind thoughts",
            vec![delta(json!({"reasoning": "hm hm"})), grown("all of it", "hm hm")],
            "all of it",
            "hm hm",
            json!([]),
        ),
        (
            "calls behind a text",
            vec![delta(json!({"content": "x"})), message(json!({"content": "x", "tool_calls": [call("c", json!("{}"))]}))],
            "x",
            "",
            json!([["c", {}]]),
        ),
        (
            "calls once more",
            vec![
                delta(
                    json!({"content": "x", "tool_calls": [{"index": 1, "id": "c", "function": {"name": "read", "arguments": "{\"p\":1}"}}]}),
                ),
                message(json!({"content": "x", "tool_calls": [call("c", json!("{\"p\": 1}"))]})),
            ],
            "x",
            "",
            json!([["c", {"p": 1}]]),
        ),
        (
            "calls without an id once more",
            vec![
                delta(json!({"tool_calls": [{"index": 1, "function": {"name": "read", "arguments": "{\"p\":1}"}}]})),
                message(json!({"tool_calls": [{"function": {"name": "read", "arguments": "{\"p\":1}"}}]})),
            ],
            "",
            "",
            json!([["call_0", {"p": 1}]]),
        ),
        (
            "thoughts once more",
            vec![
                delta(json!({"reasoning": "The cat "})),
                delta(json!({"reasoning": "sat."})),
                delta(json!({"content": "x"})),
                detailed("x", "The cat sat."),
            ],
            "x",
            "The cat sat.",
            json!([]),
        ),
    ];
    for (name, chunks, text, reasoning, calls) in table {
        let events = read(SSE, &(chunks.concat() + &finish("stop", "") + DONE));
        check(name, &events, text, reasoning, "complete");
        let found: Value =
            events.iter().filter(|event| event["type"] == "tool-call").map(|call| json!([call["id"], call["input"]])).collect();
        assert_eq!(found, calls, "{name}");
        let details = &last(&events)["step"]["message"]["reasoning_details"];
        let has_details = chunks.concat().contains("reasoning_details");
        assert_eq!(details.get(0).is_some_and(|detail| detail["text"] == reasoning), has_details, "{name}: {details}");
    }
}

#[test]
fn a_signature_of_the_message_or_in_the_fields_of_a_proxy_is_kept() {
    let (google, proxy) = (json!({"google": {"thought_signature": "c2ln"}}), json!({"thought_signatures": ["c2ln"], "citations": null}));
    let whole = |fields: Value| {
        let mut message = json!({"role": "assistant", "content": "x"});
        message.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        json!({"id": "gen-1", "choices": [{"message": message, "finish_reason": "stop"}]}).to_string()
    };
    let x = json!({"content": "x"});
    for (body, name, expected) in [
        (said(&[x.clone(), json!({"content": "", "extra_content": google})]), "extra_content", &google),
        (
            said(&[json!({"extra_content": {"google": {"thought_signature": "b2xk"}}}), x.clone(), json!({"extra_content": google})]),
            "extra_content",
            &google,
        ),
        (said(&[x.clone(), json!({"provider_specific_fields": proxy})]), "provider_specific_fields", &proxy),
        (whole(json!({"extra_content": google})), "extra_content", &google),
        (whole(json!({"provider_specific_fields": proxy})), "provider_specific_fields", &proxy),
    ] {
        assert_eq!(&last(&read(SSE, &body))["step"]["message"][name], expected, "{body}");
    }
    // What says nothing of a thought is nobody's business.
    let events = read(SSE, &said(&[x, json!({"provider_specific_fields": {"stop_sequence": null}, "extra_content": null})]));
    assert_eq!(last(&events)["step"]["message"], json!({"role": "assistant", "content": "x"}));
    let fields = json!({"thought_signature": "c2ln"});
    for call in [
        json!({"index": 0, "id": "c", "function": {"name": "f", "arguments": "{}"}, "provider_specific_fields": fields}),
        json!({"index": 0, "id": "c", "function": {"name": "f", "arguments": "{}", "provider_specific_fields": fields}}),
    ] {
        let events = read(SSE, &said(&[json!({"tool_calls": [call]})]));
        assert_eq!(last(&events)["step"]["message"]["tool_calls"][0]["extra_content"], google, "{call}");
    }
}

#[test]
fn an_answer_is_found_in_what_somebody_wrapped_it_in_and_an_error_that_says_nothing_is_none() {
    let whole = json!({"id": "gen-1", "choices": [{"message": {"content": "Hi"}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 7, "cost": 0.5}});
    for body in [
        json!({"data": whole}),
        json!({"success": true, "errors": [], "result": whole}),
        json!({"code": 0, "message": "ok", "response": whole}),
        json!({"id": "gen-1", "choices": whole["choices"][0]}),
    ] {
        check("wrapped", &read(JSON, &body.to_string()), "Hi", "", "complete");
    }
    for error in [json!({}), json!({"code": 0, "message": ""}), json!({"message": null, "metadata": {}}), json!(false), json!(0)] {
        let chunk = json!({"choices": [{"delta": {"content": "Hi"}, "finish_reason": "stop", "error": error}], "error": error});
        check("no error", &read(SSE, &(event(chunk) + DONE)), "Hi", "", "complete");
    }
    let events = read(SSE, &(event(json!({"choices": [{"delta": {"error": {"message": "boom", "code": 500}}}]})) + DONE));
    check("an error in the delta", &events, "", "", "stream-error 500 boom");
}

#[test]
fn the_usage_that_says_something_counts() {
    let usage = |usage: Value| event(json!({"choices": [], "usage": usage}));
    let full = json!({"prompt_tokens": 7, "completion_tokens": 2, "total_tokens": 9, "cost": 0.5});
    let hi = said(&[json!({"content": "Hi"})]).replace(DONE, "");
    let nothing = [
        json!({}),
        Value::Null,
        json!({"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}),
        json!({"cost": null}),
        json!({"prompt_tokens": 0, "cost": 0}),
        json!([]),
        json!("x"),
    ];
    for empty in &nothing {
        for body in [
            hi.clone() + &usage(full.clone()) + &usage(empty.clone()) + DONE,
            hi.clone() + &usage(empty.clone()) + &usage(full.clone()) + DONE,
            usage(full.clone()) + &hi + &usage(empty.clone()) + DONE,
        ] {
            let events = read(SSE, &body);
            let read = &last(&events)["step"]["usage"];
            assert_eq!((&read["totalTokens"], &read["cost"]), (&json!(9), &json!(0.5)), "{empty}: {body}");
        }
    }
    let events = read(SSE, &(hi.clone() + &usage(full.clone()) + &usage(json!({"prompt_tokens": 8, "completion_tokens": 3})) + DONE));
    let later = &last(&events)["step"]["usage"];
    assert_eq!((&later["totalTokens"], &later["cost"]), (&json!(11), &json!(0.5)), "the last counts, and takes no cost back");
    let events = read(SSE, &(hi.clone() + &usage(json!({})) + DONE));
    assert!(last(&events)["step"].get("usage").is_none(), "an empty one is none");
    // Wherever it stands.
    let last_chunk = |fields: Value, choice: Value| {
        let (mut chunk, mut ending) = (json!({"id": "gen-1"}), json!({"delta": {"content": "Hi"}, "finish_reason": "stop"}));
        chunk.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        ending.as_object_mut().unwrap().extend(choice.as_object().unwrap().clone());
        chunk["choices"] = json!([ending]);
        event(chunk) + DONE
    };
    for body in [
        last_chunk(json!({"x_groq": {"id": "r", "usage": full}}), json!({})),
        last_chunk(json!({"usage": null, "x_groq": {"usage": full}}), json!({})),
        last_chunk(json!({}), json!({"usage": full})),
        last_chunk(json!({}), json!({"delta": {"content": "Hi", "usage": full}})),
        last_chunk(json!({}), json!({"delta": null, "message": {"content": "Hi", "usage": full}})),
        hi.clone() + &event(json!({"type": "response.completed", "response": {"usage": full}})) + DONE,
        event(json!({"type": "message_start", "message": {"usage": {"input_tokens": 7}}}))
            + &hi
            + &event(json!({"type": "message_delta", "usage": {"output_tokens": 2, "cost": 0.5}}))
            + DONE,
    ] {
        let read = last(&read(SSE, &body))["step"]["usage"].clone();
        assert_eq!((&read["totalTokens"], &read["cost"]), (&json!(9), &json!(0.5)), "{body}");
    }
}

#[test]
fn a_block_that_only_the_native_reason_tells_is_one_and_a_malformed_call_is_no_success() {
    for (reason, native, expected) in [
        ("stop", "SAFETY", "content-filter"),
        ("stop", "RECITATION", "content-filter"),
        ("stop", "IMAGE_PROHIBITED_CONTENT", "content-filter"),
        ("stop", "BLOCKLIST", "content-filter"),
        ("stop", "PROHIBITED_CONTENT", "content-filter"),
        ("stop", "SPII", "content-filter"),
        ("stop", "IMAGE_SAFETY", "content-filter"),
        ("stop", "refusal", "content-filter"),
        ("stop", "content_filtered", "content-filter"),
        ("content_filter", "", "content-filter"),
        ("stop", "ContentFilter", "content-filter"),
        ("stop", "FinishReason.SAFETY", "content-filter"),
        ("stop", "FINISH_REASON_RECITATION", "content-filter"),
        ("stop", "moderation", "content-filter"),
        ("stop", "content_policy_violation", "content-filter"),
        ("stop", "FINISH_REASON_MAX_TOKENS", "length"),
        ("stop", "FINISH_REASON_STOP", "complete"),
        ("SAFETY", "", "content-filter"),
        ("tool_calls", "SAFETY", "content-filter"),
        ("stop", "STOP", "complete"),
        ("stop", "end_turn", "complete"),
        ("stop", "MAX_TOKENS", "length"),
        ("stop", "MALFORMED_FUNCTION_CALL", "stream-error null the provider ended the"),
        ("tool_calls", "malformed_function_call", "stream-error null the provider ended the"),
        ("malformed_function_call", "", "stream-error null the provider ended the"),
        ("stop", "UNEXPECTED_TOOL_CALL", "stream-error null the provider ended the"),
        ("error", "OTHER", "stream-error null the provider ended the"),
        ("stop", "TOO_MANY_TOOL_CALLS", "stream-error null the provider ended the"),
        ("TOO_MANY_TOOL_CALLS", "", "stream-error null the provider ended the"),
        ("stop", "malformed_model_output", "stream-error null the provider ended the"),
        ("malformed_tool_use", "", "stream-error null the provider ended the"),
        ("stop", "MISSING_THOUGHT_SIGNATURE", "stream-error null the provider ended the"),
        ("stop", "ERROR", "stream-error null the provider ended the"),
        ("abort", "", "stream-error null the provider ended the"),
        ("stop", "failed", "stream-error null the provider ended the"),
        ("USER_CANCEL", "", "stream-error null the provider ended the"),
        ("TIMEOUT", "", "stream-error null the provider ended the"),
        ("rate_limit", "", "stream-error null the provider ended the"),
        ("insufficient_system_resource", "", "stream-error null the provider ended the"),
        ("stop", "RAI_FILTER", "content-filter"),
        ("stop", "RAI_FILTERED", "content-filter"),
        ("stop", "guardrail_intervened", "content-filter"),
        ("stop", "ERROR_TOXIC", "content-filter"),
        ("stop", "JAILBREAK", "content-filter"),
        ("stop", "MODEL_ARMOR_BLOCKED", "content-filter"),
        ("stop", "MODEL_ARMOR", "content-filter"),
        ("stop", "LANGUAGE", "content-filter"),
        ("sensitive", "", "content-filter"),
        ("stop", "model_context_window_exceeded", "length"),
        ("stop", "ERROR_LIMIT", "length"),
        ("model_length", "", "length"),
        ("stop", "incomplete", "length"),
        ("max_new_tokens", "", "length"),
        ("stop", "REASON_MAX_CONTEXT", "length"),
        ("stop", "REASON_TIME_LIMIT", "length"),
        ("eos_token", "", "complete"),
        ("COMPLETE", "STOP_SEQUENCE", "complete"),
        ("pause_turn", "", "complete"),
    ] {
        for text in ["", "Hi"] {
            let ending = expected.chars().take(if expected.starts_with("stream-error") { 39 } else { 99 }).collect::<String>();
            let events = read(SSE, &(delta(json!({"content": text})) + &finish(reason, native) + DONE));
            let (said, _, found) = outcome(&events);
            assert_eq!((said.as_str(), found.as_str()), (text, ending.as_str()), "{reason} {native}");
        }
    }
    // What says that nothing came of it does so where nothing did.
    for native in ["OTHER", "NO_IMAGE", "IMAGE_OTHER"] {
        for (text, ending) in [("", "content-filter"), ("Hi", "complete")] {
            check(native, &read(SSE, &(delta(json!({"content": text})) + &finish("stop", native) + DONE)), text, "", ending);
        }
    }
    // Whatever the word: whole calls are to be run, and a model that was through has stopped.
    let call = json!({"tool_calls": [{"index": 0, "id": "c", "function": {"name": "f", "arguments": "{}"}}]});
    for word in ["tool_calls", "tool_use", "TOOL_CALL", "toolUse", "function_call", "stop", "end_turn", "eos", "null", ""] {
        let events = read(SSE, &(delta(call.clone()) + &finish(word, "") + DONE));
        assert_eq!(last(&events)["step"]["reason"], "tool-calls", "{word}");
        let events = read(SSE, &(delta(json!({"content": "Hi"})) + &finish(word, "") + DONE));
        assert_eq!(last(&events)["step"]["reason"], "stop", "{word}");
    }
    let (text, _, ending) = outcome(&read(SSE, &(delta(json!({"content": "Hi"})).replace(":null", ":\"null\""))));
    assert_eq!((text.as_str(), &ending[..10]), ("Hi", "stream-cut"), "the word for none is none");
    let events =
        answer(&mut run(json!({"maxRetries": 0})), head(200, SSE), &[(finish("stop", "MALFORMED_FUNCTION_CALL") + DONE).as_bytes()]);
    let error = &last(&events)["failure"]["error"];
    assert!(error["message"].as_str().unwrap().contains("MALFORMED_FUNCTION_CALL") && error["isRetryable"] == true, "{error}");
}

#[test]
fn only_the_first_choice_is_read() {
    let choice =
        |index: u32, text: &str, reason: Option<&str>| json!({"index": index, "delta": {"content": text}, "finish_reason": reason});
    let stream =
        |chunks: &[Value]| chunks.iter().map(|choices| event(json!({"choices": choices}))).chain([DONE.into()]).collect::<String>();
    for body in [
        stream(&[json!([choice(0, "A", None)]), json!([choice(1, "B", None)]), json!([choice(1, "B", Some("length"))]), json!([choice(0, "a", Some("stop"))])]),
        stream(&[json!([choice(1, "B", None)]), json!([choice(0, "Aa", Some("stop"))]), json!([choice(1, "B", Some("length"))])]),
        stream(&[json!([choice(1, "B", None), choice(0, "A", None)]), json!([choice(0, "a", Some("stop")), choice(1, "b", Some("length"))])]),
        json!({"choices": [{"index": 1, "message": {"content": "B"}, "finish_reason": "length"}, {"index": 0, "message": {"content": "Aa"}, "finish_reason": "stop"}]}).to_string(),
    ] {
        check("two choices", &read(SSE, &body), "Aa", "", "complete");
    }
}

#[test]
fn a_call_whose_id_comes_late_is_one_and_keeps_what_goes_back_with_it() {
    let call = |value: Value| json!({"tool_calls": [value]});
    let ends = |deltas: &[Value]| said(deltas).replace("\"stop\"", "\"tool_calls\"");
    let late = |id: &str| call(json!({"id": id, "function": {"arguments": ":2}"}}));
    let begin = call(json!({"function": {"name": "read", "arguments": "{\"p\""}}));
    let table: Vec<(&str, Vec<Value>, Value)> = vec![
        ("no index, the id late", vec![begin.clone(), late("c7")], json!([["c7", "read", {"p": 2}]])),
        (
            "no index, the id and the name again late",
            vec![begin.clone(), call(json!({"id": "c7", "function": {"name": "read", "arguments": ":2}"}}))],
            json!([["c7", "read", {"p": 2}]]),
        ),
        (
            "the id very late",
            vec![
                begin.clone(),
                call(json!({"function": {"arguments": ":"}})),
                call(json!({"function": {"arguments": "2"}})),
                call(json!({"id": "c7", "function": {"arguments": "}"}})),
            ],
            json!([["call_0", "read", {"p": 2}]]),
        ),
        (
            "two of them",
            vec![begin.clone(), late("c7"), begin.clone(), late("c8")],
            json!([["c7", "read", {"p": 2}], ["c8", "read", {"p": 2}]]),
        ),
        (
            "another id is another call",
            vec![
                call(json!({"id": "a", "function": {"name": "f", "arguments": "{}"}})),
                call(json!({"id": "b", "function": {"name": "g", "arguments": "{}"}})),
            ],
            json!([["a", "f", {}], ["b", "g", {}]]),
        ),
        (
            "without the inner object",
            vec![call(json!({"index": 0, "id": "a", "name": "f", "arguments": "{\"p\":2}"}))],
            json!([["a", "f", {"p": 2}]]),
        ),
        (
            "the old form beside the new one",
            vec![json!({
                "function_call": {"name": "f", "arguments": "{\"p\":2}"},
                "tool_calls": [{"index": 0, "id": "a", "function": {"name": "f", "arguments": "{\"p\":2}"}}],
            })],
            json!([["a", "f", {"p": 2}]]),
        ),
    ];
    for (name, deltas, expected) in table {
        let events = read(SSE, &ends(&deltas));
        let calls: Vec<Value> = events
            .iter()
            .filter(|event| event["type"] == "tool-call")
            .map(|call| json!([call["id"], call["name"], call["input"]]))
            .collect();
        assert_eq!(Value::from(calls), expected, "{name}: {events:?}");
    }
    let extra = json!({"google": {"thought_signature": "c2ln"}});
    for deltas in [
        vec![call(json!({"index": 0, "id": "c", "thought_signature": "c2ln", "function": {"name": "f", "arguments": "{}"}}))],
        vec![call(json!({"index": 0, "id": "c", "function": {"name": "f", "arguments": "{}", "thoughtSignature": "c2ln"}}))],
        vec![call(json!({"index": 0, "id": "c", "extra_content": extra, "function": {"name": "f", "arguments": "{}"}}))],
        vec![
            call(json!({"index": 0, "id": "c", "function": {"name": "f", "arguments": "{"}})),
            call(json!({"index": 0, "function": {"arguments": "}"}, "extra_content": extra})),
        ],
        vec![
            call(json!({"index": 0, "id": "c", "extra_content": extra, "function": {"name": "f", "arguments": "{}"}})),
            call(json!({"index": 0, "extra_content": null})),
        ],
    ] {
        let events = read(SSE, &ends(&deltas));
        assert_eq!(last(&events)["step"]["message"]["tool_calls"][0]["extra_content"], extra, "{deltas:?}");
    }
}

#[test]
fn arguments_that_are_an_object_by_another_name_are_that_object() {
    let begin = |arguments: Value| json!({"tool_calls": [{"index": 0, "id": "c", "function": {"name": "f", "arguments": arguments}}]});
    let more = |arguments: &str| json!({"tool_calls": [{"index": 0, "function": {"arguments": arguments}}]});
    let object = json!({"p": 2});
    for (name, deltas, input) in [
        ("null in words", vec![begin(json!("null"))], Some(json!({}))),
        ("null", vec![begin(Value::Null)], Some(json!({}))),
        ("an empty string in a string", vec![begin(json!("\"\""))], Some(json!({}))),
        ("blanks", vec![begin(json!(" \n"))], Some(json!({}))),
        ("a string of an object", vec![begin(json!(object.to_string().to_owned())), more(" ")], Some(object.clone())),
        ("an object in a string in a string", vec![begin(json!(json!(object.to_string()).to_string()))], Some(object.clone())),
        ("an empty object, then pieces", vec![begin(json!({})), more("{\"p\""), more(":2}")], Some(object.clone())),
        ("an empty object in words, then pieces", vec![begin(json!("{}")), more("{\"p\":2}")], Some(object.clone())),
        ("a line's end and a tab as they are", vec![begin(json!("{\"p\":\"a\nb\tc\"}"))], Some(json!({"p": "a\nb\tc"}))),
        (
            "the same in pieces",
            vec![begin(json!("{\n\"p\":\"a")), more("\n"), more("b\\\"\u{1}\"\r\n}")],
            Some(json!({"p": "a\nb\"\u{1}"})),
        ),
        ("in a name", vec![begin(json!("{\"p\n\":2}"))], Some(json!({"p\n": 2}))),
        ("in a string of an object", vec![begin(json!("\"{\\\"p\\\":\\\"a\\nb\\\"}\""))], Some(json!({"p": "a\nb"}))),
        ("behind an empty object", vec![begin(json!({})), more("{\"p\":\"a\nb\"}")], Some(json!({"p": "a\nb"}))),
        ("outside of strings they are none", vec![begin(json!("{\u{b}\"p\":2}"))], None),
        ("behind a backslash neither", vec![begin(json!("{\"p\":\"a\\\nb\"}"))], None),
        ("under another name", vec![json!({"tool_calls": [{"id": "c", "name": "f", "input": {"p": 2}}]})], Some(object.clone())),
        (
            "under another one",
            vec![json!({"tool_calls": [{"id": "c", "function": {"name": "f", "parameters": {"p": 2}}}]})],
            Some(object.clone()),
        ),
        ("a list", vec![begin(json!("[2]"))], None),
        ("two objects", vec![begin(json!("{\"p\":1}")), more("{\"p\":2}")], None),
        ("a word", vec![begin(json!("\"p\""))], None),
        ("a string of half an object", vec![begin(json!("\"{\\\"p\\\":\""))], None),
    ] {
        let events = read(SSE, &said(&deltas).replace("\"stop\"", "\"tool_calls\""));
        let call = events.iter().find(|event| event["type"] == "tool-call").unwrap();
        assert_eq!(call.get("input"), input.as_ref(), "{name}: {call}");
        let kept = &last(&events)["step"]["message"]["tool_calls"][0]["function"]["arguments"];
        let kept = kept.as_str().map(|kept| serde_json::from_str::<Value>(kept).unwrap());
        assert_eq!(kept, input, "{name}: what goes back to the model is what ran");
    }
    // As an object of the chunk, in which a server wrote them as they are.
    let raw = delta(begin(json!({"p": "a|b"}))).replace('|', "\t");
    let call = read(SSE, &(raw + &finish("tool_calls", "") + DONE)).into_iter().find(|event| event["type"] == "tool-call").unwrap();
    assert_eq!(call["input"], json!({"p": "a\tb"}));
    // Who wants JSON as it is written gets no other.
    let body = said(&[begin(json!("{\"p\":\"a\nb\"}"))]);
    let strict = answer(&mut run(json!({"strictToolCalls": true})), head(200, SSE), &[body.as_bytes()]);
    assert!(strict.iter().any(|event| event["type"] == "tool-call" && event["truncated"] == true), "{strict:?}");
}

#[test]
fn half_a_character_behind_a_whole_call_is_nothing_and_inside_of_one_breaks_nothing() {
    let stream = |arguments: &str| {
        format!(
            "data: {{\"choices\":[{{\"delta\":{{\"tool_calls\":[{{\"index\":0,\"id\":\"c\",\"function\":{{\"name\":\"f\",\"arguments\":\"{arguments}\"}}}}]}}}}]}}\n\n{}",
            finish("tool_calls", "") + DONE
        )
    };
    for (arguments, input) in [
        (r#"{\"a\":1}\ud83d"#, Some(json!({"a": 1}))),
        (r#"{\"a\":1} \ud83d"#, Some(json!({"a": 1}))),
        (r#"\ud83d"#, None),
        (r#"{\"a\":1\ud83d"#, None),
        (r#"{\"a\":1}\ud83dx"#, None),
        (r#"{\"a\":\"\ud83d\ude00\"}"#, Some(json!({"a": "😀"}))),
        (r#"{\"a\":\"\ud83d\"}"#, Some(json!({"a": "\u{fffd}"}))),
    ] {
        let events = read(SSE, &stream(arguments));
        let call = events.iter().find(|event| event["type"] == "tool-call").unwrap();
        assert_eq!(call.get("input"), input.as_ref(), "{arguments}: {call}");
    }
    // The object itself, with a control character in it: none of it is lost.
    let body = "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":{\"a\":\"x\ty\"}}}]}}]}\n\n".to_owned() + &finish("tool_calls", "") + DONE;
    let events = read(SSE, &body);
    assert_eq!(events.iter().find(|event| event["type"] == "tool-call").unwrap()["input"], json!({"a": "x\ty"}));
}

/// Sends once and gives one answer; the action after it.
fn attempt(run: &mut crate::support::Run, status: u16, label: &str, body: &str) -> Action {
    run.on_send(0.0, "key");
    match run.on_head(0.0, head(status, label)) {
        Action::Read => match run.on_bytes(0.0, body.as_bytes()) {
            Action::Read => run.on_end(),
            action => action,
        },
        action => action,
    }
}

#[test]
fn an_attempt_that_was_paid_for_is_not_sent_again_by_itself() {
    let error = json!({"code": 502, "message": "m"});
    let paid = json!({"prompt_tokens": 7, "completion_tokens": 2, "cost": 0.5});
    let unpaid = json!({"prompt_tokens": 7, "completion_tokens": 0, "cost": 0});
    for (name, usage, is_sent_again) in [("paid", &paid, false), ("unpaid", &unpaid, true), ("nothing", &json!({}), true)] {
        for body in [
            event(json!({"choices": [], "usage": usage})) + &event(json!({"error": error})),
            event(json!({"error": error, "usage": usage})),
            event(json!({"choices": [{"delta": {}, "finish_reason": "error"}], "usage": usage})),
            event(json!({"choices": [], "usage": usage})),
        ] {
            for fallbacks in [json!([]), json!(["b/c"])] {
                let mut run = run(json!({"maxRetries": 1, "fallbackModels": fallbacks}));
                let action = attempt(&mut run, 200, SSE, &body);
                assert_eq!(action != Action::End, is_sent_again, "{name}: {body}");
                if !is_sent_again {
                    let failure = last(&events(&mut run.out))["failure"].clone();
                    assert_eq!(failure["error"]["isRetryable"], true, "{name}: the caller decides");
                    assert_eq!(failure["partial"]["usage"]["cost"], 0.5, "{name}: it is in the partial");
                    assert_eq!(
                        failure["error"]["attempts"].as_str().map(|list| serde_json::from_str::<Vec<Value>>(list).unwrap().len()),
                        Some(1),
                        "{name}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_bill_behind_the_error_is_heard_however_the_stream_is_cut_and_nobody_waits_for_it_long() {
    let error = [
        event(json!({"error": {"code": 503, "message": "busy"}})),
        event(json!({"error": {"code": 503, "message": "busy"}, "choices": [{"delta": {"content": ""}, "finish_reason": "error"}]})),
        "event: error\ndata: {\"code\":503,\"message\":\"busy\"}\n\n".to_owned(),
    ];
    let bill = event(json!({"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 0, "cost": 0.5}}));
    let late = event(json!({"choices": [{"delta": {"content": "late"}}]}));
    let done = "data: [DONE]\n\n".to_owned();
    for error in &error {
        for (behind, is_paid, ends_itself) in [
            (vec![&bill, &done], true, true),
            (vec![&bill], true, true),
            (vec![&late, &bill], true, true),
            (vec![&done, &bill], false, true),
            (vec![&done], false, true),
            (vec![], false, false),
            (vec![&late], false, false),
        ] {
            let body = error.clone() + &behind.into_iter().cloned().collect::<String>();
            for size in [1, 7, error.len(), body.len()] {
                for end in ["its own", "the body's", "a break", "the clock"] {
                    let mut run = run(json!({"maxRetries": 1}));
                    run.on_send(0.0, "");
                    run.on_head(0.0, head(200, SSE));
                    let mut action = Action::Read;
                    for piece in body.as_bytes().chunks(size) {
                        if action == Action::Read {
                            action = run.on_bytes(0.0, piece);
                        }
                    }
                    assert_eq!(action != Action::Read, ends_itself, "{size}: {body}");
                    if action == Action::Read {
                        assert_eq!(run.deadline(), 1000.0, "nobody waits longer: {body}");
                        action = match end {
                            "its own" => continue,
                            "the body's" => run.on_end(),
                            "a break" => run.on_failure("reset"),
                            _ => run.on_timer(1000.0),
                        };
                    }
                    assert_eq!(action, if is_paid { Action::End } else { Action::Wait }, "{end}, {size}: {body}");
                    let told = events(&mut run.out);
                    assert_eq!(text_of(&told, "text-delta"), "", "nothing of an answer stands behind its error");
                    let words = if is_paid { &last(&told)["failure"]["error"] } else { &last(&told)["error"] };
                    assert_eq!(words["status"], 503, "{end}: {told:?}");
                    if is_paid {
                        assert_eq!(last(&told)["failure"]["partial"]["usage"]["cost"], 0.5, "{body}");
                    }
                }
            }
        }
    }
}

#[test]
fn comments_of_any_length_may_stand_in_front_of_an_answer() {
    let text = event(json!({"choices": [{"delta": {"content": "ok"}, "finish_reason": "stop"}]})) + "data: [DONE]\n\n";
    let body = ": OPENROUTER PROCESSING\n\n".repeat(12_000) + &text;
    let junk = "words\n".repeat(20_000) + &text;
    for size in [997, 65_536, 70_000, 131_072, body.len()] {
        let mut one = run(json!({"maxRetries": 0}));
        let pieces: Vec<&[u8]> = body.as_bytes().chunks(size).collect();
        let told = answer(&mut one, head(200, SSE), &pieces);
        assert_eq!((text_of(&told, "text-delta").as_str(), last(&told)["type"].as_str()), ("ok", Some("finish")), "{size}");
        let mut one = run(json!({"maxRetries": 0}));
        let pieces: Vec<&[u8]> = junk.as_bytes().chunks(size).collect();
        let told = answer(&mut one, head(200, SSE), &pieces);
        assert_eq!(last(&told)["failure"]["error"]["code"], "bad-response", "words for the length of 64 KiB are no stream: {size}");
    }
}

#[test]
fn a_wait_of_nothing_is_no_reason_to_hurry() {
    for wait in ["0", "-5", "0.0"] {
        for body in [
            json!({"error": {"code": 429, "message": "m", "metadata": {"retry_after_seconds": wait}}}),
            json!({"error": {"code": 429, "message": "m", "metadata": {"headers": {"Retry-After": wait}}}}),
            json!({"error": {"code": 503, "message": "m", "availability": {"retry_after": wait}}}),
            json!({"error": {"code": 429, "message": "m", "metadata": {"headers": {"X-RateLimit-Reset": "1000"}}}}),
        ] {
            let mut run = run(json!({}));
            assert_eq!(attempt(&mut run, 429, JSON, &body.to_string()), Action::Wait, "{body}");
            assert!(run.wait_ms() >= 500, "{body}: {}", run.wait_ms());
        }
    }
    let body = json!({"error": {"code": 429, "message": "m", "metadata": {"retry_after_seconds": 0, "headers": {"Retry-After": "9"}}}});
    let mut run = run(json!({}));
    attempt(&mut run, 429, JSON, &body.to_string());
    assert_eq!(run.wait_ms(), 9000, "who knows a wait is believed");
}

#[test]
fn a_wrapped_error_is_read_to_the_bottom() {
    let wrapper = |code: u16, metadata: Value| json!({"error": {"message": "Provider returned error", "code": code, "metadata": metadata}});
    let raw = |raw: Value| wrapper(400, json!({"raw": raw, "provider_name": "Crucible"}));
    let text = |value: Value| Value::from(value.to_string());
    let invalid = json!({"error": {"type": "invalid_request_error", "message": "this model takes one image"}});
    // (body, status, code, reason, is retried)
    let table: Vec<(&str, Value, u16, &str, &str, bool)> = vec![
        ("a string", raw(text(invalid.clone())), 400, "invalid-request", "format", false),
        ("an object", raw(invalid.clone()), 400, "invalid-request", "format", false),
        (
            "a string in a string",
            raw(text(json!({"error": {"message": invalid.to_string(), "code": 502}}))),
            400,
            "invalid-request",
            "format",
            false,
        ),
        ("a list", raw(text(json!([invalid]))), 400, "invalid-request", "format", false),
        ("an event", raw(format!("event: error\ndata: {invalid}\n\n").into()), 400, "invalid-request", "format", false),
        ("the message itself", json!({"error": {"message": format!("{}", invalid), "code": 400}}), 400, "invalid-request", "format", false),
        ("below 502", wrapper(502, json!({"raw": invalid.to_string()})), 502, "server", "format", false),
        (
            "Google's word",
            raw(text(json!({"error": {"code": 400, "message": "x", "status": "INVALID_ARGUMENT"}}))),
            400,
            "invalid-request",
            "format",
            false,
        ),
        (
            "a number below",
            raw(text(json!({"error": {"code": 400, "message": "temperature is odd"}}))),
            400,
            "invalid-request",
            "format",
            false,
        ),
        ("error_type", wrapper(400, json!({"error_type": "invalid_request"})), 400, "invalid-request", "format", false),
        ("a word", raw("ERROR".into()), 400, "invalid-request", "timeout", true),
        ("nothing", wrapper(400, json!({"provider_name": "Crucible"})), 400, "invalid-request", "timeout", true),
        ("an empty object", raw("{}".into()), 400, "invalid-request", "timeout", true),
        ("unmapped", wrapper(400, json!({"error_type": "unmapped"})), 400, "invalid-request", "timeout", true),
        ("a hiccup below", raw(text(json!({"error": {"type": "server_error", "message": "x"}}))), 400, "invalid-request", "timeout", true),
        ("503 below", raw(text(json!({"error": {"code": 503, "message": "x"}}))), 400, "invalid-request", "timeout", true),
        (
            "overloaded below",
            raw(text(json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}))),
            400,
            "invalid-request",
            "overloaded",
            true,
        ),
        (
            "a rate limit below",
            raw(text(json!({"error": {"status": "RESOURCE_EXHAUSTED", "code": 429, "message": "x"}}))),
            400,
            "invalid-request",
            "rate_limit",
            true,
        ),
        (
            "too long below",
            raw(text(json!({"error": {"code": "context_length_exceeded", "message": "x"}}))),
            400,
            "context-overflow",
            "context_overflow",
            false,
        ),
        (
            "too many bytes below",
            raw(text(json!({"error": {"message": "Request payload size exceeds the limit: 20971520 bytes."}}))),
            400,
            "context-overflow",
            "context_overflow",
            false,
        ),
        (
            "a wrong key below",
            raw(text(json!({"error": {"message": "Incorrect API key provided", "code": "invalid_api_key"}}))),
            400,
            "invalid-request",
            "auth",
            false,
        ),
        (
            "no money below",
            wrapper(402, json!({"raw": json!({"error": {"message": "can only afford 2666"}}).to_string()})),
            402,
            "payment-required",
            "billing",
            false,
        ),
    ];
    for (name, body, status, code, reason, is_retried) in table {
        let mut run = run(json!({"maxRetries": 1}));
        let action = attempt(&mut run, status, JSON, &body.to_string());
        assert_eq!(action == Action::Wait, is_retried, "{name}: {:?}", events(&mut run.out));
        let mut single = crate::support::run(json!({"maxRetries": 0}));
        attempt(&mut single, status, JSON, &body.to_string());
        let error = last(&events(&mut single.out))["failure"]["error"].clone();
        assert_eq!(
            (&error["code"], &error["reason"], &error["isRetryable"]),
            (&json!(code), &json!(reason), &json!(is_retried)),
            "{name}: {error}"
        );
        // Inside a stream it is the same.
        let mut streamed = crate::support::run(json!({"maxRetries": 0}));
        attempt(&mut streamed, 200, SSE, &event(body.clone()));
        let error = last(&events(&mut streamed.out))["failure"]["error"].clone();
        assert_eq!((&error["reason"], &error["isRetryable"]), (&json!(reason), &json!(is_retried)), "{name} in a stream: {error}");
    }
    let mut deep = String::from("{\"error\":{\"type\":\"invalid_request_error\",\"message\":\"deep\"}}");
    for _ in 0..12 {
        deep = json!({"error": {"message": "Provider returned error", "metadata": {"raw": deep}}}).to_string();
    }
    let mut bounded = run(json!({"maxRetries": 0}));
    attempt(&mut bounded, 400, JSON, &deep);
    assert!(last(&events(&mut bounded.out))["failure"]["error"]["message"].as_str().unwrap().len() < 5000);
}

#[test]
fn refusals_by_size_are_overflows() {
    for (status, message) in [
        (400, "total message size 10176584 exceeds limit 2097152"),
        (400, "Request payload size exceeds the limit: 20971520 bytes."),
        (400, "request size 5000000 exceeds the maximum of 4194304 bytes"),
        (400, "The request body is too large"),
        (400, "input exceeds 1048576 bytes"),
        (400, "Exceeded limit on max bytes to request body : 6291456"),
        (400, "Total message token length exceed model limit"),
        (500, "Received message larger than max (12345678 vs. 4194304)"),
        (400, "The request is larger than 32 MB"),
        (413, "Request Entity Too Large"),
        (413, "x"),
        (413, ""),
    ] {
        let body = if message.is_empty() { String::new() } else { json!({"error": {"message": message, "code": status}}).to_string() };
        let mut run = run(json!({}));
        assert_eq!(attempt(&mut run, status, JSON, &body), Action::End, "{message}");
        assert_eq!(last(&events(&mut run.out))["failure"]["error"]["code"], "context-overflow", "{message}");
    }
    for message in
        ["image exceeds 5 MB maximum: 6291456 bytes > 5242880 bytes", "tool name exceeds 64 characters", "max_tokens exceeds the limit"]
    {
        let mut run = run(json!({}));
        attempt(&mut run, 400, JSON, &json!({"error": {"message": message, "code": 400}}).to_string());
        assert_eq!(last(&events(&mut run.out))["failure"]["error"]["code"], "invalid-request", "{message}");
    }
}

#[test]
fn what_the_credits_are_enough_for_is_told_and_asked_for_once_where_that_is_wanted() {
    let refusal = |tokens: &str| {
        json!({"error": {"code": 402, "message": format!("This request requires more credits, or fewer max_tokens. You requested up to 32000 tokens, but can only afford {tokens}. To increase, visit https://openrouter.ai/credits")}}).to_string()
    };
    for (tokens, expected) in [("2666", json!(2666)), ("1,234", json!(1234)), ("0", Value::Null)] {
        let mut run = run(json!({}));
        assert_eq!(attempt(&mut run, 402, JSON, &refusal(tokens)), Action::End);
        let error = last(&events(&mut run.out))["failure"]["error"].clone();
        assert_eq!((error.get("affordableTokens").unwrap_or(&Value::Null), &error["isRetryable"]), (&expected, &json!(false)), "{error}");
    }
    for request in [json!({}), json!({"max_tokens": 32000}), json!({"max_completion_tokens": 4000, "tools": []})] {
        let mut fields = json!({"messages": [{"role": "user", "content": "hi"}]});
        fields.as_object_mut().unwrap().extend(request.as_object().unwrap().clone());
        let mut run = crate::support::Run::new(crate::support::chat(&json!({"affordRetry": true}), &fields), 0.0, 1);
        assert_eq!(attempt(&mut run, 402, JSON, &refusal("2666")), Action::Send, "{request}");
        let all = events(&mut run.out);
        assert_eq!(
            (&last(&all)["type"], &last(&all)["delayMs"], &last(&all)["error"]["affordableTokens"]),
            (&json!("retry"), &json!(0), &json!(2666))
        );
        let body: Value = serde_json::from_str(&run.chat().conversation().text()).unwrap();
        assert_eq!((&body["max_completion_tokens"], &body["messages"][0]["content"]), (&json!(2666), &json!("hi")), "{body}");
        // Once.
        assert_eq!(attempt(&mut run, 402, JSON, &refusal("1000")), Action::End);
        let error = last(&events(&mut run.out))["failure"]["error"].clone();
        assert_eq!(serde_json::from_str::<Vec<Value>>(error["attempts"].as_str().unwrap()).unwrap().len(), 2);
    }
    // Less was asked for already.
    let fields = json!({"messages": [{"role": "user", "content": "hi"}], "max_tokens": 100});
    let mut run = crate::support::Run::new(crate::support::chat(&json!({"affordRetry": true}), &fields), 0.0, 1);
    assert_eq!(attempt(&mut run, 402, JSON, &refusal("2666")), Action::End);
}

#[test]
fn a_body_in_one_piece_that_is_whole_outlives_its_connection() {
    let body = json!({"id": "gen-1", "choices": [{"message": {"content": "OK"}, "finish_reason": "stop"}]}).to_string();
    let begin = |body: &str| {
        let mut run = run(json!({"maxRetries": 0}));
        run.on_send(0.0, "");
        run.on_head(0.0, head(200, JSON));
        assert_eq!(run.on_bytes(0.0, body.as_bytes()), Action::Read);
        run
    };
    let mut broken = begin(&body);
    assert_eq!(broken.on_failure("terminated"), Action::End);
    check("broken", &events(&mut broken.out), "OK", "", "complete");
    let mut late = begin(&body);
    let due = late.deadline();
    assert_eq!(late.on_timer(due), Action::End);
    check("late", &events(&mut late.out), "OK", "", "complete");
    let mut cut = begin(&body[..body.len() - 1]);
    assert_eq!(cut.on_failure("terminated"), Action::End);
    assert!(outcome(&events(&mut cut.out)).2.starts_with("stream-cut"));
}

#[test]
fn thousands_of_anything_are_read_in_the_time_that_they_take() {
    let details: String =
        (0..20_000).map(|index| delta(json!({"reasoning_details": [{"type": "reasoning.text", "text": "x", "index": index}]}))).collect();
    let same: String = (0..20_000)
        .map(|id| delta(json!({"reasoning_details": [{"type": "reasoning.text", "text": "x", "index": 0, "id": id.to_string()}]})))
        .collect();
    let citations: String = (0..20_000)
        .map(|at| delta(json!({"annotations": [{"type": "url_citation", "url_citation": {"url": format!("https://e.com/{at}")}}]})))
        .collect();
    let images: String = (0..20_000).map(|at| delta(json!({"images": [{"image_url": {"url": format!("https://e.com/{at}")}}]}))).collect();
    let calls: String = (0..16_000)
        .map(|at| delta(json!({"tool_calls": [{"index": at, "id": format!("c{at}"), "function": {"name": "f", "arguments": "{}"}}]})))
        .collect();
    let one: Value = (0..16_000).map(|at| json!({"id": format!("c{at}"), "function": {"name": "f", "arguments": "{}"}})).collect();
    let tags = delta(json!({"content": "x"})) + &(0..20_000).map(|_| delta(json!({"content": "<"}))).collect::<String>();
    for (name, body) in [
        ("details", details),
        ("details of one index", same),
        ("citations", citations),
        ("images", images),
        ("calls", calls),
        ("calls in one message", event(json!({"choices": [{"message": {"tool_calls": one}}]}))),
        ("brackets", tags),
    ] {
        let start = Instant::now();
        let mut run = run(json!({"limits": {"maxToolCalls": 20000}, "maxRetries": 0}));
        let pieces: Vec<&[u8]> = body.as_bytes().chunks(64 << 10).collect();
        run.on_send(0.0, "");
        run.on_head(0.0, head(200, SSE));
        for piece in pieces {
            run.on_bytes(0.0, piece);
            run.out.clear();
        }
        run.on_bytes(0.0, (finish("stop", "") + DONE).as_bytes());
        // Not optimised, on a machine that others use: what was quadratic took minutes here.
        assert!(start.elapsed().as_secs() < 40, "{name}: {:?}", start.elapsed());
    }
}

#[test]
fn what_is_cited_is_an_address_of_the_web() {
    let cited = |url: Value| json!({"type": "url_citation", "url_citation": {"url": url, "title": "t"}});
    for (url, is_told) in [
        (json!("https://e.com/a"), true),
        (json!("HTTP://e.com"), true),
        (json!(" https://e.com "), true),
        (json!("javascript:alert(1)"), false),
        (json!("JavaScript://e.com/%0aalert(1)"), false),
        (json!(" javascript:alert(1)"), false),
        (json!("java\nscript:alert(1)"), false),
        (json!("\u{1}javascript:alert(1)"), false),
        (json!("data:text/html,x"), false),
        (json!("vbscript:x"), false),
        (json!("file:///etc/passwd"), false),
        (json!("blob:https://e.com/1"), false),
        (json!("ht\ttps://e.com"), false),
        (json!("https:e.com"), false),
        (json!("https://"), false),
        (json!("//e.com"), false),
        (json!("e.com"), false),
        (json!(""), false),
        (Value::Null, false),
        (json!(5), false),
        (json!({}), false),
    ] {
        for annotation in [cited(url.clone()), json!({"type": "url_citation", "url": url}), json!({"url_citation": {"url": url}})] {
            let events = read(
                SSE,
                &said(&[json!({"content": "x"}), json!({"content": "", "annotations": [annotation, cited(json!("https://other.com"))]})]),
            );
            let told: Vec<&Value> =
                events.iter().filter(|event| event["type"] == "citation").map(|event| &event["citation"]["url"]).collect();
            let has_event = is_told && annotation.get("url_citation").is_some();
            assert_eq!(told.len(), usize::from(has_event) + 1, "{annotation}: {told:?}");
            let kept = last(&events)["step"]["message"]["annotations"].as_array().unwrap().len();
            assert_eq!(kept, usize::from(is_told) + 1, "{annotation}");
        }
    }
    // What cites nothing is kept as it came: the text of a file, for the next request.
    let file = json!({"type": "file", "file": {"hash": "h", "content": [{"type": "text", "text": "x"}]}});
    let events = read(SSE, &said(&[json!({"content": "x", "annotations": [file]})]));
    assert_eq!(last(&events)["step"]["message"]["annotations"], json!([file]));
}

#[test]
fn an_image_is_in_its_address_or_behind_https() {
    for (url, is_told) in [
        ("https://e.com/a.png", true),
        ("HTTPS://e.com/a.png", true),
        ("data:image/png;base64,AAAA", true),
        ("DATA:image/png;base64,AAAA", true),
        ("http://e.com/a.png", false),
        ("javascript:alert(1)", false),
        ("data:text/html,<script>", false),
        ("data:imagex,", false),
        ("file:///a.png", false),
        ("", false),
    ] {
        let events = read(SSE, &said(&[json!({"content": "x", "images": [{"type": "image_url", "image_url": {"url": url}}]})]));
        assert_eq!(events.iter().any(|event| event["type"] == "image"), is_told, "{url}");
    }
    let escaped =
        said(&[json!({"images": [{"image_url": {"url": "data:image/png;base64,AAAA"}}]})]).replace("data:image/png", "data:image\\/png");
    assert!(read(SSE, &escaped).iter().any(|event| event["type"] == "image"), "{escaped}");
}
