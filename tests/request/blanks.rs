//! Texts with nothing to read, messages that are none, and models that take no chats.

use crate::support::{PROXY, ask, prepared, refused, with};
use openrouter_wasm::change::Changes;
use openrouter_wasm::transcript::repair::Repairs;
use serde_json::{Value, json};

const FAMILIES: [&str; 6] = [
    "anthropic/claude-opus-4.8",
    "~anthropic/claude-opus-latest",
    "amazon/nova-pro",
    "google/gemini-3-pro",
    "openai/gpt-5",
    "openrouter/auto",
];

/// The messages without cache markers, a list of one text as that text.
fn sent(model: &str, messages: &Value) -> Value {
    let mut body = ask(&json!({"model": model, "messages": messages, "thinking": "off", "params": {"cacheRetention": "none"}})).body;
    body["messages"].take()
}

#[test]
fn a_last_turn_that_is_blank_is_refused_with_its_place() {
    let system = json!({"role": "system", "content": "S"});
    for content in [
        json!(""),
        json!(" \n"),
        json!("\u{a0}"),
        json!("\u{200b}"),
        json!("\u{feff}"),
        json!("\u{2060} \u{200d}\n\u{ad}\u{202e}"),
        json!([{"type": "text", "text": "\u{200b}"}]),
        json!([]),
        json!(null),
        json!([{"type": "text", "text": " "}, {"type": "text", "text": ""}]),
    ] {
        for more in [json!({}), json!({"transcriptPolicy": "off"}), json!({"transcriptPolicy": "classic"})] {
            let mut request = more.clone();
            request["messages"] = json!([system, {"role": "user", "content": content}]);
            let message = refused(&json!({}), &request);
            assert!(message.starts_with("messages[1].content: "), "{content} {more}: {message}");
        }
    }
    // Nothing but instructions is left of it.
    let only = json!([system, {"role": "user", "content": " "}, {"role": "assistant", "content": ""}]);
    assert!(refused(&json!({}), &json!({"messages": only})).starts_with("messages[2]: "));
    // An earlier one goes, and so it may; instructions that stand alone were meant to.
    let earlier = json!([{"role": "user", "content": " "}, {"role": "assistant", "content": "a"}, {"role": "user", "content": "b"}]);
    assert_eq!(sent("a/b", &earlier).as_array().unwrap().len(), 2);
    assert_eq!(sent("a/b", &json!([system])), json!([system]));
    // What stands in their place is what is sent.
    let extra = json!({"messages": [{"role": "user", "content": ""}], "extraBody": {"messages": [{"role": "user", "content": "x"}]}});
    assert_eq!(ask(&extra).body["messages"][0]["content"], "x");
}

#[test]
fn blank_texts_go_out_to_nobody() {
    let call = json!({"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}});
    let user = json!({"role": "user", "content": "a"});
    for model in FAMILIES {
        for blank in [json!(""), json!("  \n"), json!([{"type": "text", "text": " "}]), json!([])] {
            let system = json!([{"role": "system", "content": blank}, {"role": "developer", "content": blank}, user]);
            assert_eq!(sent(model, &system), json!([user]), "{model} {blank}");
            let beside = json!([user, {"role": "assistant", "content": blank, "tool_calls": [call]}, {"role": "tool", "tool_call_id": "c1", "content": blank}]);
            for policy in ["auto", "off"] {
                let body =
                    ask(&json!({"model": model, "messages": beside, "transcriptPolicy": policy, "params": {"cacheRetention": "none"}}))
                        .body;
                let text = body["messages"].to_string();
                assert_eq!(body["messages"][1]["content"], Value::Null, "{model} {policy} {blank}: {text}");
                let result = &body["messages"][2]["content"];
                let said = result.as_str().or(result[0]["text"].as_str()).unwrap();
                assert!(!said.trim().is_empty(), "{model} {policy} {blank}: {text}");
            }
        }
        let spoken =
            json!({"role": "assistant", "content": [{"type": "text", "text": "S"}, {"type": "text", "text": " "}], "tool_calls": [call]});
        let beside = json!([user, spoken, {"role": "tool", "tool_call_id": "c1", "content": "r"}]);
        for policy in ["auto", "off"] {
            let params = json!({"cacheRetention": "none"});
            let body = ask(&json!({"model": model, "messages": beside, "transcriptPolicy": policy, "params": params})).body;
            assert_eq!(body["messages"][1]["content"], json!([{"type": "text", "text": "S"}]), "{model} {policy}");
        }
        let mixed = json!([{"role": "system", "content": [{"type": "text", "text": " "}, {"type": "text", "text": "S"}]}, user]);
        assert_eq!(sent(model, &mixed)[0]["content"], json!([{"type": "text", "text": "S"}]), "{model}");
    }
    // Messages that a tool loop adds are no exception.
    let request = json!({"model": "anthropic/claude-opus-4.8", "messages": [user]});
    let mut conversation = prepared(&json!({}), &request, false).unwrap().conversation;
    let mut changes = Changes::default();
    let added =
        json!([{"role": "assistant", "content": " ", "tool_calls": [call]}, {"role": "tool", "tool_call_id": "c1", "content": "\n"}]);
    let repair = conversation.append(&added.to_string(), None, &mut changes).unwrap().expect("is to be repaired");
    let repaired = Repairs::default().repair(&repair, crate::support::NOTHING);
    assert_eq!(conversation.append(&added.to_string(), Some(&repaired), &mut changes).unwrap(), None);
    let body: Value = serde_json::from_str(&conversation.text()).unwrap();
    assert_eq!((&body["messages"][1]["content"], &body["messages"][2]["content"][0]["text"]), (&Value::Null, &json!("(no output)")));
}

#[test]
fn a_prefill_of_anthropic_ends_with_something_to_read() {
    let prefill =
        |model: &str, content: Value| sent(model, &json!([{"role": "user", "content": "a"}, {"role": "assistant", "content": content}]));
    for model in ["anthropic/claude-haiku-4.5", "~anthropic/claude-haiku-latest"] {
        for (content, expected) in [
            (json!("Sure: "), json!("Sure:")),
            (json!("Sure:\n\t "), json!("Sure:")),
            (json!(" Sure"), json!(" Sure")),
            (
                json!([{"type": "text", "text": "a "}, {"type": "text", "text": "b "}]),
                json!([{"type": "text", "text": "a "}, {"type": "text", "text": "b"}]),
            ),
        ] {
            assert_eq!(prefill(model, content.clone())[1]["content"], expected, "{model} {content}");
        }
        assert_eq!(prefill(model, json!(" ")).as_array().unwrap().len(), 1, "{model}");
    }
    // Where no other rule takes blank parts out: all of them go, and what is left ends with something to read.
    let unrepaired = |turn: Value| {
        let messages = json!([{"role": "user", "content": "a"}, turn]);
        let params = json!({"cacheRetention": "none"});
        ask(&json!({"model": "anthropic/claude-haiku-4.5", "messages": messages, "transcriptPolicy": "off", "params": params})).body["messages"]
            .clone()
    };
    let parts = |texts: &[&str]| Value::Array(texts.iter().map(|text| json!({"type": "text", "text": text})).collect());
    for (sent, kept) in [(&["a", ""][..], &["a"][..]), (&["a ", " ", "\n"], &["a"]), (&["", "a "], &["", "a"])] {
        let turn = unrepaired(json!({"role": "assistant", "content": parts(sent)}));
        assert_eq!(turn[1]["content"], parts(kept), "{sent:?}");
    }
    assert_eq!(unrepaired(json!({"role": "assistant", "content": parts(&[" ", ""])})).as_array().unwrap().len(), 1);
    let refused = unrepaired(json!({"role": "assistant", "content": " ", "refusal": "no"}));
    assert_eq!((&refused[1]["content"], &refused[1]["refusal"]), (&json!(""), &json!("no")));
    assert_eq!(prefill("openai/gpt-5", json!("Sure: "))[1]["content"], "Sure: ");
    // Whichever of the models may be asked, all get the same messages.
    let turns = json!([{"role": "user", "content": "a"}, {"role": "assistant", "content": "b \u{a0}"}]);
    for (more, expected) in [
        (json!({"models": ["google/gemini-3-pro", "anthropic/claude-haiku-4.5"]}), "b"),
        (json!({"models": ["google/gemini-3-pro"]}), "b \u{a0}"),
        (json!({"extraBody": {"models": ["~anthropic/claude-haiku-latest"]}}), "b"),
        (json!({"extraBody": {"model": "anthropic/claude-haiku-4.5"}}), "b"),
    ] {
        let mut request = json!({"model": "openai/gpt-5", "messages": turns});
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        assert_eq!(ask(&request).body["messages"][1]["content"], expected, "{more}");
    }
    let request = json!({"model": "anthropic/claude-haiku-4.5", "messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b "}]});
    assert_eq!(with(&json!({"baseURL": PROXY}), &request).body["messages"][1]["content"], "b", "by whatever way it goes there");
}

#[test]
fn what_is_no_message_is_refused_with_its_place_and_a_way_out() {
    let user = |content: Value| json!({"role": "user", "content": content});
    for (message, place, said) in [
        (user(json!([{"type": "imag_url", "image_url": {"url": "https://x/1.png"}}])), "messages[0].content[0].type:", "image_url"),
        (user(json!([{"type": "text", "text": "a"}, {"type": "txt", "text": "b"}])), "messages[0].content[1].type:", "text"),
        (user(json!([{"type": "input_text", "text": "a"}])), "messages[0].content[0].type:", "text"),
        (user(json!([{"type": "input_image", "image_url": "https://x/1.png"}])), "messages[0].content[0].type:", "image_url"),
        (user(json!([{"type": "Image_URL", "image_url": {}}])), "messages[0].content[0].type:", "image_url"),
        (user(json!([{"type": "image", "image": "https://x/1.png"}])), "messages[0].content[0].type:", "fromModelMessages"),
        (user(json!([{"type": "file", "data": "x", "mediaType": "application/pdf"}])), "messages[0].content[0].type:", "fromModelMessages"),
        (user(json!([{"type": "file", "data": "x"}])), "messages[0].content[0].type:", "fromModelMessages"),
        (user(json!([{"type": "file", "mediaType": "application/pdf"}])), "messages[0].content[0].type:", "fromModelMessages"),
        (user(json!([{"type": "text", "text": 5}])), "messages[0].content[0].text:", "must be a string"),
        (user(json!([{"type": "image_url", "image_url": 5}])), "messages[0].content[0].image_url:", "must be an object with a url"),
        (
            json!({"role": "assistant", "content": [{"type": "tool-call", "toolCallId": "1", "toolName": "f", "input": {}}]}),
            "messages[0].content[0].type:",
            "fromModelMessages",
        ),
        (
            json!({"role": "assistant", "content": [{"type": "reasoning", "text": "hm"}]}),
            "messages[0].content[0].type:",
            "fromModelMessages",
        ),
        (
            json!({"role": "tool", "content": [{"type": "tool-result", "toolCallId": "1", "toolName": "f", "output": {}}]}),
            "messages[0].content[0].type:",
            "fromModelMessages",
        ),
        (json!({"id": "1", "role": "user", "parts": [{"type": "text", "text": "hi"}]}), "messages[0].parts:", "fromUIMessages"),
        (json!({"id": "1", "role": "assistant", "parts": []}), "messages[0].parts:", "fromUIMessages"),
        (json!({"role": "user", "contents": "hi"}), "messages[0].content:", "must be a string"),
        (json!({"role": "user", "text": "hi"}), "messages[0].content:", "must be a string"),
        (json!({"role": "usr", "content": "hi"}), "messages[0].role:", "user"),
        (json!({"content": "hi"}), "messages[0].role:", "must be a string"),
        (json!("hi"), "messages[0]:", "must be an object"),
        (user(json!([{"type": "input_audio", "audio": {}}])), "messages[0].content[0].input_audio:", "must be an object"),
        (user(json!([{"type": "file", "filename": "x"}])), "messages[0].content[0].file:", "must be an object"),
        (user(json!([{"type": "video_url", "url": "x"}])), "messages[0].content[0].video_url:", "must be an object"),
        (user(json!(["hi"])), "messages[0].content[0]:", "must be an object with a type"),
        (user(json!([{"type": "input_audio", "input_audio": {"format": "wav"}}])), "messages[0].content[0].input_audio.data:", "base64"),
        (user(json!([{"type": "input_audio", "input_audio": {"data": "AAAA"}}])), "messages[0].content[0].input_audio.format:", "wav"),
        (
            user(json!([{"type": "video_url", "video_url": {"processing": "static"}}])),
            "messages[0].content[0].video_url.url:",
            "must be a string",
        ),
        (user(json!([{"type": "file", "file": {"filename": "a.pdf"}}])), "messages[0].content[0].file:", "file_data or file_id"),
        (json!({"role": "user", "parts": [{"text": "hi"}]}), "messages[0].parts:", "Gemini"),
        (user(json!(["hi", "ho"])), "messages[0].content[0]:", "must be an object with a type"),
    ] {
        let error = refused(&json!({}), &json!({"messages": [message]}));
        assert!(error.starts_with(place) && error.contains(said), "{message}: {error}");
    }
    let media = json!([
        {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
        {"type": "video_url", "video_url": {"url": "https://x/1.mp4", "processing": "static"}},
        {"type": "file", "file": {"filename": "a.pdf", "file_data": "https://x/a.pdf"}},
        {"type": "file", "file": {"file_id": "f"}},
    ]);
    assert_eq!(ask(&json!({"messages": [user(media.clone())]})).body["messages"][0]["content"], media, "whole media pass");
    let bare =
        json!({"messages": [user(json!([{"type": "text", "text": "look"}, {"type": "image_url", "image_url": "https://x/1.png"}]))]});
    assert_eq!(ask(&bare).body["messages"][0]["content"][1]["image_url"], json!({"url": "https://x/1.png"}), "the older form of an image");
    for (messages, place) in [
        (json!(["hi", "ho"]), "messages[0]: "),
        (json!([{"role": "usr"}, "hi"]), "messages[0].role: "),
        (json!(["hi", {"role": "usr"}]), "messages[0]: "),
    ] {
        let error = refused(&json!({}), &json!({"messages": messages}));
        assert!(error.starts_with(place), "the first of two: {messages}: {error}");
    }
    // The spelling of OpenRouter's SDK is the same message.
    let camel = json!([
        {"role": "user", "content": [{"type": "text", "text": "a", "cacheControl": {"type": "ephemeral"}}, {"type": "image_url", "imageUrl": {"url": "https://x/1.png"}}, {"type": "input_audio", "inputAudio": {"data": "x", "format": "wav"}}]},
        {"role": "assistant", "content": null, "reasoningDetails": [], "toolCalls": [{"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
        {"role": "tool", "toolCallId": "c1", "content": "r"},
    ]);
    let wire = json!([
        {"role": "user", "content": [{"type": "text", "text": "a", "cache_control": {"type": "ephemeral"}}, {"type": "image_url", "image_url": {"url": "https://x/1.png"}}, {"type": "input_audio", "input_audio": {"data": "x", "format": "wav"}}]},
        {"role": "assistant", "content": null, "reasoning_details": [], "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
        {"role": "tool", "tool_call_id": "c1", "content": "r"},
    ]);
    assert_eq!(sent("openai/gpt-5", &camel), wire);
}

#[test]
fn empty_parameters_are_a_schema_of_no_properties() {
    let none = json!({"type": "object", "properties": {}});
    for (parameters, expected) in [
        (json!({}), none.clone()),
        (json!(null), none.clone()),
        (json!({"type": "object"}), none.clone()),
        (json!({"type": "object", "properties": null}), none.clone()),
        (none.clone(), none),
        (
            json!({"type": "object", "additionalProperties": false}),
            json!({"type": "object", "additionalProperties": false, "properties": {}}),
        ),
        (json!({"$ref": "#/$defs/a"}), json!({"$ref": "#/$defs/a"})),
    ] {
        for tool in [
            json!({"name": "f", "parameters": parameters}),
            json!({"type": "function", "function": {"name": "f", "parameters": parameters}}),
        ] {
            let body = ask(&json!({"tools": [tool]})).body;
            assert_eq!(body["tools"][0]["function"]["parameters"], expected, "{tool}");
        }
    }
}

#[test]
fn a_choice_of_tools_goes_where_it_is_taken() {
    let tools = json!([{"name": "f"}]);
    let config = |listed: Value| json!({"models": {"a/b": {"supportedParameters": listed}}});
    let (with_choice, without) = (config(json!(["tools", "tool_choice"])), config(json!(["tools"])));
    let request = json!({"model": "a/b", "tools": tools});
    assert_eq!(with(&with_choice, &request).body["tool_choice"], "auto");
    assert_eq!(with(&without, &request).body.get("tool_choice"), None);
    let mut chosen = request.clone();
    chosen["tool_choice"] = json!("required");
    let sent = with(&without, &chosen);
    assert_eq!((&sent.body["tool_choice"], sent.has_warning("parameters", "tool_choice")), (&json!("required"), true));
    assert!(with(&with_choice, &chosen).warnings.is_empty());
}

#[test]
fn a_model_of_decisions_is_warned_of() {
    for (model, is_told) in [
        ("typesafe/jev-1.13", true),
        ("~typesafe/jev-latest", true),
        ("cloudflare/clef-2", true),
        ("google/gemini-decision-1", true),
        ("openai/gpt-6-luna-decisions", true),
        ("perplexity/pplx-decider-v1.3:free", true),
        ("openai/gpt-6-luna", false),
        ("openrouter/auto", false),
    ] {
        assert_eq!(ask(&json!({"model": model})).has_warning("decisions", "model"), is_told, "{model}");
    }
}
