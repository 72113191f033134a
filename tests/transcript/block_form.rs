//! OpenClaw's block form, written in the wire form (provider-rules 8).

use crate::support::{Answer, MODEL, auto, by, call, calls, lines, result, sanitize, tool_call, tool_result, turn, user};
use serde_json::{Value, json};

const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAACCAYAAAA=";

fn url() -> String {
    format!("data:image/png;base64,{PNG}")
}

fn image() -> Value {
    json!({"type": "image", "data": PNG, "mimeType": "image/png"})
}

fn image_url() -> Value {
    json!({"type": "image_url", "image_url": {"url": url()}})
}

fn text(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

/// One turn, by the model that is asked.
fn one(blocks: &Value) -> Value {
    by_model(MODEL, blocks)
}

fn by_model(model: &str, blocks: &Value) -> Value {
    let mut turn = turn(blocks, "stop");
    turn["model"] = json!(model);
    let answer = sanitize(&json!([turn]), &by(model, &json!("off")));
    assert!(answer.has("block-form", "messages[0]"));
    answer.messages.first().cloned().unwrap_or_default()
}

#[test]
fn texts_are_joined_by_line_breaks_and_blank_ones_are_not() {
    let table = [
        (json!([text("a"), text("b")]), json!("a\nb")),
        (json!([text(""), text("a"), text(" \n")]), json!("a")),
        (json!("a"), json!("a")),
        (text("a"), json!("a")),
        (json!([null, text("a")]), json!("a")),
        (json!([text("a"), image(), {"type": "audio"}, {"type": "video"}, {"type": "attachment_error"}]), json!("a")),
    ];
    for (blocks, expected) in table {
        assert_eq!(one(&blocks), json!({"role": "assistant", "content": expected}), "{blocks}");
    }
    let mut nothing = turn(&json!(null), "stop");
    nothing["model"] = json!(MODEL);
    assert!(!sanitize(&json!([nothing]), &by(MODEL, &json!("off"))).has("block-form", "messages[0].content"), "nothing was left out");
    for blocks in [json!([]), json!(null), json!([text(" ")]), json!([image()]), json!([{"type": "thinking", "thinking": "t"}])] {
        assert_eq!(one(&blocks), Value::Null, "{blocks}: nothing to say and nothing to call");
    }
}

#[test]
fn thinking_goes_into_the_field_that_its_signature_names() {
    let thinking = |signature: &str| json!({"type": "thinking", "thinking": "t", "thinkingSignature": signature});
    let table = [
        ("reasoning", "reasoning"),
        ("reasoning_content", "reasoning_content"),
        ("reasoning_text", "reasoning"),
        ("reasoning_details", "reasoning"),
        ("c2ln", "reasoning"),
        ("", "reasoning"),
    ];
    for (signature, field) in table {
        assert_eq!(one(&json!([thinking(signature), text("a")])), json!({"role": "assistant", "content": "a", field: "t"}), "{signature}");
    }
    let turn = one(
        &json!([thinking("reasoning"), text("a"), thinking("reasoning"), thinking("reasoning_content"), {"type": "thinking", "thinking": " "}]),
    );
    assert_eq!(turn, json!({"role": "assistant", "content": "a", "reasoning": "t\nt", "reasoning_content": "t"}));
    assert_eq!(one(&json!([{"type": "redacted_thinking", "data": "x"}, text("a")])), json!({"role": "assistant", "content": "a"}));
    for model in ["anthropic/claude-opus-5", "~anthropic/claude-opus-latest", "x-ai/grok-5"] {
        for signature in ["reasoning", "reasoning_content", "reasoning_text"] {
            assert_eq!(by_model(model, &json!([thinking(signature), text("a")])), json!({"role": "assistant", "content": "a"}), "{model}");
        }
    }
}

#[test]
fn signed_blocks_of_anthropic_go_back_to_its_models_alone() {
    const FORMAT: &str = "anthropic-claude-v1";
    let signed = json!({"type": "thinking", "thinking": "deep", "signature": "c2ln"});
    let hidden = json!({"type": "redacted_thinking", "data": "AAAA"});
    let details = json!([
        {"type": "reasoning.text", "text": "deep", "signature": "c2ln", "format": FORMAT},
        {"type": "reasoning.encrypted", "data": "AAAA", "format": FORMAT},
    ]);
    let blocks = json!([signed, hidden, text("said")]);
    for message in [json!({"role": "assistant", "content": blocks}), turn(&blocks, "stop")] {
        let claude = "anthropic/claude-opus-5";
        let mut message = message;
        if message.get("model").is_some() {
            message["model"] = json!(claude);
        }
        let once = sanitize(&json!([message]), &auto(claude));
        assert_eq!(once.messages, [json!({"role": "assistant", "content": "said", "reasoning_details": details})]);
        assert!(sanitize(&json!(once.messages), &auto(claude)).is_untouched());
        for other in [MODEL, "google/gemini-3-pro", "mistralai/mistral-small"] {
            if message.get("model").is_some() {
                message["model"] = json!(other);
            }
            let sent = &sanitize(&json!([message]), &auto(other)).messages[0];
            assert_eq!(sent, &json!({"role": "assistant", "content": "said", "reasoning": "deep"}), "{other}");
        }
    }
    // What is not signed is a text, and nobody's own details are written twice.
    let claude = auto("anthropic/claude-opus-5");
    let unsigned = json!([{"role": "assistant", "content": [{"type": "thinking", "thinking": "deep", "signature": ""}, text("said")]}]);
    assert_eq!(sanitize(&unsigned, &claude).messages, [json!({"role": "assistant", "content": "said"})]);
    let own = json!([{"type": "reasoning.text", "text": "deep", "signature": "b3du", "format": FORMAT, "index": 0}]);
    let both = json!([{"role": "assistant", "content": blocks, "reasoning_details": own}]);
    assert_eq!(sanitize(&both, &claude).messages[0]["reasoning_details"], own);
}

#[test]
fn calls_of_every_name_become_tool_calls() {
    for kind in ["toolCall", "toolUse", "functionCall", "tool_call", "tool_use", "function_call"] {
        for (field, arguments, expected) in [
            ("arguments", json!({"b": [1], "a": 2}), "{\"a\":2,\"b\":[1]}"),
            ("input", json!({}), "{}"),
            ("arguments", json!("{\"a\":1}"), "{\"a\":1}"),
        ] {
            let answer = sanitize(
                &json!([turn(&json!([text("x"), {"type": kind, "id": "c", "name": "f", field: arguments}]), "toolUse")]),
                &auto(MODEL),
            );
            let mut call = call("c", "f");
            call["function"]["arguments"] = json!(expected);
            assert_eq!(answer.messages[0], json!({"role": "assistant", "content": "x", "tool_calls": [call]}));
        }
    }
    let both = json!({"role": "assistant", "content": [text("x"), tool_call("a")], "tool_calls": [call("b", "g")]});
    assert_eq!(lines(&sanitize(&json!([both]), &auto(MODEL))), ["assistant: x -> a b", "a = (missing)", "b = (missing)"]);
}

#[test]
fn calls_that_lack_what_they_need_go() {
    let cases = [
        ("no arguments", json!({"type": "toolCall", "id": "c", "name": "f"})),
        ("arguments of null", json!({"type": "toolCall", "id": "c", "name": "f", "arguments": null})),
        ("no id", json!({"type": "toolCall", "name": "f", "arguments": {}})),
        ("no name", json!({"type": "toolCall", "id": "c", "arguments": {}})),
        ("a blank name", json!({"type": "toolCall", "id": "c", "name": " ", "arguments": {}})),
        ("a stream that never ended", json!({"type": "toolCall", "id": "p", "name": "read", "arguments": {}, "partialJson": "{\"a\":"})),
        ("as that, though it looks whole", json!({"type": "toolCall", "id": "p", "name": "read", "arguments": {}, "partialJson": "{}"})),
    ];
    for (name, call) in cases {
        let answer = sanitize(&json!([turn(&json!([text("t"), call]), "toolUse")]), &auto(MODEL));
        assert_eq!(answer.messages, [json!({"role": "assistant", "content": "t"})], "{name}");
        assert!(answer.has("tool-inputs", "messages[0].content[1]"), "{name}: {answer:?}");
        let answer = sanitize(&json!([user("hi"), turn(&json!([call]), "toolUse")]), &auto(MODEL));
        assert_eq!(lines(&answer), ["user: hi"], "{name}");
    }
    // The Responses API's parser leaves its text behind.
    let mut done = turn(&json!([{"type": "toolCall", "id": "p", "name": "read", "arguments": {}, "partialJson": "{}"}]), "toolUse");
    done["api"] = json!("openai-responses");
    assert_eq!(lines(&sanitize(&json!([done]), &auto(MODEL))), ["assistant: -> p", "p = (missing)"]);
    done["content"][0]["partialJson"] = json!("{\"a\":");
    assert_eq!(lines(&sanitize(&json!([user("hi"), done]), &auto(MODEL))), ["user: hi"]);
}

#[test]
fn a_signature_that_is_json_becomes_a_detail_of_reasoning() {
    let detail = |id: &str| json!({"type": "reasoning.encrypted", "id": id, "data": "AAAA"});
    let signed =
        |id: &str, signature: &str| json!({"type": "toolCall", "id": id, "name": "f", "arguments": {}, "thoughtSignature": signature});
    let blocks = json!([
        signed("a", &detail("a").to_string()),
        signed("b", "c2ln"),
        signed("c", "{\"id\":1}"),
        signed("d", &detail("d").to_string())
    ]);
    let answer = sanitize(&json!([turn(&blocks, "toolUse")]), &auto(MODEL));
    assert_eq!(answer.messages[0]["reasoning_details"], json!([detail("a"), detail("d")]));
    for path in ["messages[0].content[1]", "messages[0].content[2]"] {
        assert!(answer.has("thought-signatures", path), "{answer:?}");
    }
    // With the ids of the calls, for those who rename them; and only what Gemini can read again.
    let gemini = "google/gemini-3-pro";
    let broken = json!({"type": "reasoning.encrypted", "id": "b_", "data": "{}"}).to_string();
    let mut message = turn(&json!([signed("a_", &detail("a_").to_string()), signed("b_", &broken)]), "toolUse");
    message["model"] = json!(gemini);
    let answer = sanitize(&json!([message]), &auto(gemini));
    assert_eq!(answer.messages[0]["reasoning_details"], json!([detail("a")]));
    assert!(answer.has("thought-signatures", "messages[0]"));
}

#[test]
fn what_the_wire_form_has_and_the_blocks_have_not_stays() {
    let details = json!([{"type": "reasoning.text", "text": "t", "signature": "c2ln", "format": "openai-responses-v1"}]);
    let mut message = turn(&json!([text("x"), {"type": "thinking", "thinking": "again"}]), "stop");
    for (name, value) in [
        ("reasoning_details", details.clone()),
        ("reasoning", json!("t")),
        ("name", json!("n")),
        ("annotations", json!([])),
        ("timestamp", json!(5)),
    ] {
        message[name] = value;
    }
    let expected =
        json!({"role": "assistant", "content": "x", "name": "n", "reasoning": "t", "reasoning_details": details, "annotations": []});
    assert_eq!(sanitize(&json!([message]), &auto(MODEL)).messages, [expected]);
}

fn foreign(blocks: &Value, field: &str, value: &str) -> Value {
    let mut turn = turn(blocks, "toolUse");
    turn[field] = json!(value);
    turn
}

#[test]
fn the_turn_of_another_model_keeps_its_words_and_loses_what_only_that_model_reads() {
    let blocks = json!([
        {"type": "thinking", "thinking": "deep", "thinkingSignature": "reasoning"},
        {"type": "redacted_thinking", "data": "x"},
        text("said"),
        {"type": "toolCall", "id": "a", "name": "f", "arguments": {}, "thoughtSignature": "{\"type\":\"reasoning.encrypted\",\"id\":\"a\",\"data\":\"AAAA\"}"},
    ]);
    for (field, value) in [("model", "other/model"), ("provider", "anthropic"), ("api", "anthropic-messages")] {
        let answer = sanitize(&json!([foreign(&blocks, field, value)]), &auto(MODEL));
        assert_eq!(answer.messages[0], json!({"role": "assistant", "content": "deep\nsaid", "tool_calls": [call("a", "f")]}), "{field}");
        assert!(answer.has("thought-signatures", "messages[0].content[3]"));
    }
    // What one of Anthropic's models hid the next one cannot read either.
    let hidden = json!([{"type": "redacted_thinking", "data": "x"}, {"type": "redacted_thinking", "data": ""}, text("said")]);
    for (model, data) in [("anthropic/claude-opus-4", Value::Null), ("anthropic/claude-opus-5", json!("x"))] {
        let answer = sanitize(&json!([foreign(&hidden, "model", model)]), &auto("anthropic/claude-opus-5"));
        assert_eq!(answer.messages[0]["reasoning_details"][0]["data"], data, "{model}");
        assert_eq!(answer.messages[0]["reasoning_details"][1], Value::Null, "{model}");
        assert_eq!(answer.messages[0]["content"], "said");
        assert!(answer.has("block-form", "messages[0].content[1]"), "{answer:?}");
    }
    // The same model by another spelling is no other model.
    for spelling in ["openrouter/openai/gpt-5", "OpenAI/GPT-5"] {
        let answer = sanitize(&json!([foreign(&blocks, "model", spelling)]), &auto(MODEL));
        assert_eq!((&answer.messages[0]["content"], &answer.messages[0]["reasoning"]), (&json!("said"), &json!("deep")), "{spelling}");
    }
}

#[test]
fn ids_of_another_model_and_their_results_are_renamed_together() {
    let long = "x".repeat(50);
    let table = [
        ("call_1|fc_2", "call_1"),
        ("a.b:c d", "a_b_c_d"),
        ("é😀", "__"),
        ("|fc_2", "_fc_2"),
        ("toolu_01-A", "toolu_01-A"),
        (&long, &long[..40]),
    ];
    for (raw, clean) in table {
        for answered in [result(raw, "1"), tool_result(raw, "1"), json!({"role": "tool", "toolCallId": raw, "content": "1"})] {
            let answer = sanitize(&json!([foreign(&json!([tool_call(raw)]), "model", "o/m"), answered]), &auto(MODEL));
            assert_eq!(lines(&answer), [format!("assistant: -> {clean}"), format!("{clean} = 1")], "{raw}");
            assert_eq!(answer.has("block-form", "messages[0].content[0]"), raw != clean, "{raw}");
        }
    }
}

#[test]
fn ids_of_another_model_that_look_the_same_by_now_are_told_apart() {
    let (long, longer, own) = ("x".repeat(50), "x".repeat(60), "x".repeat(38) + "_2");
    for (raw, clean) in [
        (["a.b", "a:b", "a;b"], ["a_b", "a_b_2", "a_b_3"]),
        ([&long, &longer, "y"], [&long[..40], &own, "y"]),
        (["a|1", "a|2", "a"], ["a", "a_2", "a_3"]),
    ] {
        let mut messages: Vec<Value> = Vec::new();
        let mut expected: Vec<String> = Vec::new();
        for (raw, clean) in raw.iter().zip(clean) {
            messages.extend([foreign(&json!([tool_call(raw)]), "model", "o/m"), tool_result(raw, raw)]);
            expected.extend([format!("assistant: -> {clean}"), format!("{clean} = {raw}")]);
        }
        assert_eq!(lines(&sanitize(&json!(messages), &auto(MODEL))), expected);
    }
}

#[test]
fn a_later_turn_that_kept_its_id_keeps_its_result() {
    let theirs = foreign(&json!([tool_call("a|b")]), "model", "other/model");
    for own in [turn(&json!([tool_call("a|b")]), "toolUse"), calls(&["a|b"])] {
        let answer = sanitize(
            &json!([theirs, tool_result("a|b", "1"), own, tool_result("a|b", "2"), theirs, tool_result("a|b", "3")]),
            &auto(MODEL),
        );
        assert_eq!(lines(&answer), ["assistant: -> a", "a = 1", "assistant: -> a|b", "a|b = 2", "assistant: -> a_2", "a_2 = 3"]);
    }
}

#[test]
fn media_of_the_user_become_data_urls() {
    let anthropic = json!({"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG}});
    let remote = json!({"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}});
    let messages = json!([{"role": "user", "content": [text("look"), image(), anthropic, remote, {"type": "video", "data": "AAAA", "mimeType": "video/mp4"}]}]);
    let answer = sanitize(&messages, &auto(MODEL));
    let expected = json!([text("look"), image_url(), image_url(), {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
        {"type": "video_url", "video_url": {"url": "data:video/mp4;base64,AAAA"}}]);
    assert_eq!(answer.messages[0]["content"], expected);
    for (name, image, says) in [
        ("no data", json!({"type": "image", "mimeType": "image/png"}), "missing data or mimeType"),
        ("no type", json!({"type": "image", "data": PNG}), "missing data or mimeType"),
        ("blank data", json!({"type": "image", "data": " ", "mimeType": "image/png"}), "empty image payload"),
        ("junk", json!({"type": "image", "data": "!!!!", "mimeType": "image/png"}), "invalid base64"),
    ] {
        let answer = sanitize(&json!([{"role": "user", "content": [text("look"), image]}]), &auto(MODEL));
        let said = answer.messages[0]["content"][1]["text"].as_str().unwrap();
        assert!(said.starts_with("[session:history] omitted") && said.ends_with(says), "{name}: {said}");
        assert!(answer.has("images", "messages[0].content[1]"));
    }
}

fn results(content: &Value, options: &Value) -> Answer {
    let result =
        json!({"role": "toolResult", "toolCallId": "a", "toolName": "f", "content": content, "isError": true, "details": {"x": 1}});
    sanitize(&json!([turn(&json!([tool_call("a")]), "toolUse"), result]), options)
}

#[test]
fn results_are_text_with_anything_odd_as_json() {
    let off = by(MODEL, &json!("off"));
    let payload = json!({"type": "table", "rows": [1]});
    let table = [
        (json!([text("1"), text("2")]), json!("1\n2")),
        (json!("plain"), json!("plain")),
        (json!([text("1"), payload]), json!(format!("1\n{payload}"))),
        (json!([]), json!("(no output)")),
        (json!(null), json!("(no output)")),
        (json!([text("")]), json!("(no output)")),
        (json!([{"type": "text"}]), json!("(no output)")),
        (json!([{"type": "text", "text": null}, text(" "), {"type": "text", "tex": "t"}]), json!("(no output)")),
        (json!([{"type": "text"}, text("1")]), json!("1")),
    ];
    for (content, expected) in table {
        assert_eq!(results(&content, &off).messages[1], json!({"role": "tool", "tool_call_id": "a", "content": expected}), "{content}");
    }
    for content in [json!([]), json!(null), json!(" "), json!([text("\n")])] {
        assert_eq!(results(&content, &auto(MODEL)).messages[1]["content"], "[empty content omitted]", "{content}");
    }
    let large = json!([{"type": "blob", "data": "é".repeat(9000)}]);
    let cut = results(&large, &off).messages[1]["content"].as_str().unwrap().to_owned();
    assert!((7990..=8000).contains(&cut.len()) && cut.starts_with("{\"data\":\"é"), "{}", cut.len());
}

#[test]
fn a_bad_image_of_a_result_is_named_where_it_stood() {
    let answer = results(&json!([{"type": "image", "data": 5}, text("1")]), &auto(MODEL));
    assert_eq!(answer.messages[1]["content"], "[session:history] omitted image payload: missing data or mimeType\n1");
    assert!(answer.has("images", "messages[1].content[0]"), "{answer:?}");
    let wire = json!({"role": "tool", "tool_call_id": "a", "content": [text("1"), image()]});
    let answer = sanitize(&json!([calls(&["a"]), wire]), &auto(MODEL));
    assert_eq!(answer.messages[2]["content"][1], image_url(), "blocks in a message of the wire form");
}
