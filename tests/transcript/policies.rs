//! Which repairs a transcript gets (sanitization 1, 4, 8 and 10; provider-rules 0).

use crate::support::{MODEL, auto, by, call, calls, lines, result, sanitize, turn, user};
use openrouter_wasm::transcript::images::Placeholders;
use openrouter_wasm::transcript::transcript_text::sanitize_transcript;
use serde_json::{Value, json};

const GEMINI: &str = "google/gemini-3-pro";
const MISTRAL: &str = "mistralai/mistral-small";

fn text(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

/// One of everything that a policy may or may not do something about.
fn everything() -> Value {
    let mut signed = calls(&["call_1", "call_2"]);
    signed["tool_calls"][0]["thought_signature"] = json!("{}");
    json!([
        user(" "),
        {"role": "user", "content": [text("look"), {"type": "image_url", "image_url": {"url": "data:image/png;base64,!"}}]},
        signed,
        user("between"),
        result("call_2", "2"),
    ])
}

/// A patch is `[number, {fields}, [names that went], {lists}]`; an item of a list that stayed is a 0.
#[test]
fn what_changed_crosses_as_a_patch_of_what_the_caller_wrote() {
    let mut turn = calls(&["abcdefghi", "b"]);
    turn["refusal"] = json!("no");
    let messages = json!([user("hi"), turn, result("abcdefghi", "1"), result("b", "2")]).to_string();
    let answer = sanitize_transcript(&messages, &by(MISTRAL, &json!("auto")).to_string(), Placeholders::default()).unwrap();
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let id = answer["messages"][3][1]["tool_call_id"].clone();
    assert_eq!(id.as_str().unwrap().len(), 9);
    assert_eq!(answer["messages"], json!([0, [1, {}, [], {"tool_calls": [0, [{"id": id}, []]]}], 2, [3, {"tool_call_id": id}, []]]));
    // What was done is said once, and all its places.
    let blank = json!({"role": "system", "content": " "});
    let blanks = json!([blank, user("hi"), blank, blank]).to_string();
    let answer = sanitize_transcript(&blanks, &auto(MODEL).to_string(), Placeholders::default()).unwrap();
    let changes = &serde_json::from_str::<Value>(&answer).unwrap()["changes"];
    assert_eq!(changes["kinds"].as_array().map(Vec::len), Some(1));
    assert_eq!(changes["runs"], json!([{"kind": 0, "places": ["messages[0]", "messages[2]", "messages[3]"]}]));
    // One that was made anew takes the place of all there was.
    let failed = json!([{"role": "assistant", "content": [text("half")], "stopReason": "error", "x": 1}]).to_string();
    let answer = sanitize_transcript(&failed, &auto(MODEL).to_string(), Placeholders::default()).unwrap();
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!((&answer["messages"][0][0], &answer["messages"][0][2]), (&json!(0), &json!(["stopReason", "x"])), "{answer}");
}

#[test]
fn auto_and_classic_do_what_their_tables_say() {
    let paired = |a: &str, b: &str| format!("-> {a} {b}|{a} = (missing)|{b} = 2|user: between");
    let unpaired = "-> call_1 call_2|call_1 = No result provided|user: between|call_2 = 2".to_owned();
    let table = [
        // model, policy, blank user goes, image is checked, the calls and results, signature stays
        (GEMINI, json!("auto"), true, true, paired("call1", "call2"), false),
        (GEMINI, json!("classic"), true, true, paired("call1", "call2"), false),
        (GEMINI, json!("off"), false, false, unpaired.clone(), true),
        ("x/my-GEMINI-tune:free", json!("auto"), true, true, paired("call1", "call2"), false),
        (MISTRAL, json!("auto"), true, true, paired("78d66c1f7", "f5f00b756"), true),
        (MISTRAL, json!("classic"), false, true, unpaired.clone(), true),
        (MODEL, json!("auto"), true, true, paired("call_1", "call_2"), true),
        (MODEL, json!(null), true, true, paired("call_1", "call_2"), true),
        (MODEL, json!({}), true, true, paired("call_1", "call_2"), true),
        (MODEL, json!("classic"), false, true, unpaired.clone(), true),
        (MODEL, json!("off"), false, false, unpaired.clone(), true),
        (MODEL, json!({"sanitizeMode": "images-only"}), false, true, paired("call_1", "call_2"), true),
        (MODEL, json!({"sanitizeMode": "full"}), true, true, paired("call_1", "call_2"), true),
        (MODEL, json!({"sanitizeToolCallIds": true}), true, true, paired("call1", "call2"), true),
        (MODEL, json!({"sanitizeToolCallIds": "strict"}), true, true, paired("call1", "call2"), true),
        (MODEL, json!({"sanitizeThoughtSignatures": true}), true, true, paired("call_1", "call_2"), false),
        (
            MODEL,
            json!({"sanitizeThoughtSignatures": {"allowBase64Only": true, "includeCamelCase": true}}),
            true,
            true,
            paired("call_1", "call_2"),
            false,
        ),
        (MODEL, json!({"repairToolUseResultPairing": false}), true, true, unpaired.clone(), true),
        (MODEL, json!({"allowSyntheticToolResults": false}), true, true, "-> call_2|call_2 = 2|user: between".to_owned(), true),
        (GEMINI, json!({"sanitizeToolCallIds": false, "sanitizeThoughtSignatures": false}), true, true, paired("call_1", "call_2"), true),
        (MISTRAL, json!({"sanitizeToolCallIds": false}), true, true, paired("call_1", "call_2"), true),
    ];
    for (model, policy, drops_blank, checks_images, expected, keeps_signature) in table {
        let answer = sanitize(&everything(), &by(model, &policy));
        let all = lines(&answer).join("|");
        let name = format!("{model} {policy}: {all}");
        assert_eq!(all.contains("user:  |"), !drops_blank, "{name}");
        assert_eq!(all.contains("omitted image payload"), checks_images, "{name}");
        let from = all.find("-> ").unwrap();
        assert_eq!(all[from..], *expected, "{name}");
        let turn = answer.messages.iter().find(|message| message.get("tool_calls").is_some()).unwrap();
        let stays = turn["tool_calls"][0].get("thought_signature").is_some();
        assert_eq!(stays, keeps_signature && turn["tool_calls"].as_array().unwrap().len() == 2, "{name}");
    }
}

#[test]
fn signatures_stay_or_go_by_every_row_of_the_table() {
    let json_signature = |data: &str| json!({"type": "reasoning.encrypted", "id": "a", "data": data}).to_string();
    let rows = [
        // signature, stays for most models, stays for Gemini
        (json!("msg_abc123"), false, false),
        (json!("c2ln"), true, true),
        (json!("AQID_-8"), true, true),
        (json!(" c2 ln "), true, true),
        (json!("A"), true, false),
        (json!(12), true, false),
        (json!("{\"id\":1}"), true, false),
        (json!(json_signature("AAAA")), true, true),
        (json!(json_signature("no base64!")), true, false),
    ];
    for (signature, for_most, for_gemini) in rows {
        for (model, stays) in [(MODEL, for_most), (MISTRAL, for_most), (GEMINI, for_gemini)] {
            for field in ["content", "tool_calls"] {
                let mut message = calls(&["aaaaaaaaa"]);
                message["content"] = json!([text("x")]);
                let sent = |name: &str| {
                    let mut message = message.clone();
                    message[field][0][name] = signature.clone();
                    sanitize(&json!([message, result("aaaaaaaaa", "1")]), &auto(model))
                };
                let answer = sent("thought_signature");
                assert_eq!(answer.messages[0][field][0].get("thought_signature").is_some(), stays, "{model} {field} {signature}");
                assert_eq!(answer.is_untouched(), stays);
                assert_eq!(answer.has("thought-signatures", &format!("messages[0].{field}[0].thought_signature")), !stays);
                // The other spelling is Gemini's matter alone.
                let answer = sent("thoughtSignature");
                assert_eq!(answer.is_untouched(), stays || model != GEMINI, "{model} {field} {signature}");
            }
        }
    }
}

#[test]
fn signatures_in_google_s_own_place_and_in_details() {
    let mut message = calls(&["a"]);
    message["tool_calls"][0]["extra_content"] = json!({"google": {"thought_signature": "msg_1"}});
    let answer = sanitize(&json!([message, result("a", "1")]), &auto(MODEL));
    assert_eq!(answer.messages[0], calls(&["a"]));
    assert!(answer.has("thought-signatures", "messages[0].tool_calls[0].extra_content"));
    message["tool_calls"][0]["extra_content"]["google"]["thought_signature"] = json!("c2ln");
    assert!(sanitize(&json!([message, result("a", "1")]), &auto(GEMINI)).is_untouched());

    let details = json!([
        {"type": "reasoning.text", "text": "t", "signature": "c2ln"},
        {"type": "reasoning.encrypted", "data": "no base64!"},
        {"type": "reasoning.text", "text": "u", "signature": "no base64!"},
        {"type": "reasoning.encrypted", "data": "AAAA"},
    ]);
    let message = json!([{"role": "assistant", "content": "x", "reasoning_details": details}]);
    let answer = sanitize(&message, &auto(GEMINI));
    let expected = json!([details[0], {"type": "reasoning.text", "text": "u"}, details[3]]);
    assert_eq!(answer.messages[0]["reasoning_details"], expected);
    for path in ["[1]", "[2].signature"] {
        assert!(answer.has("thought-signatures", &format!("messages[0].reasoning_details{path}")), "{answer:?}");
    }
    assert!(sanitize(&message, &auto(MODEL)).is_untouched(), "whole and in order for anybody else");
}

#[test]
fn thinking_of_earlier_turns_goes_where_that_is_asked() {
    let options = by(MODEL, &json!({"dropThinkingBlocks": true}));
    let thinking = json!({"type": "thinking", "thinking": "t", "thinkingSignature": "reasoning"});
    let messages = json!([
        turn(&json!([thinking, text("1")]), "stop"),
        {"role": "assistant", "content": null, "reasoning_details": [{"type": "reasoning.text", "text": "t"}]},
        {"role": "assistant", "content": "2", "reasoning": "t", "reasoning_content": "t", "reasoning_text": "t"},
        user("u"),
        {"role": "assistant", "content": "3", "reasoning": "t"},
        user("v"),
    ]);
    let answer = sanitize(&messages, &options);
    let expected = json!([
        {"role": "assistant", "content": "1"},
        {"role": "assistant", "content": "[assistant reasoning omitted]"},
        {"role": "assistant", "content": "2"},
        user("u"),
        {"role": "assistant", "content": "3", "reasoning": "t"},
        user("v"),
    ]);
    assert_eq!(json!(answer.messages), expected);
    assert_eq!(answer.answer[4], 4, "the latest turn keeps its own");
    assert!(answer.has("reasoning-history", "messages[2]"));
}

#[test]
fn reasoning_goes_but_for_the_current_tool_turn_s_where_that_is_asked() {
    let options = by(MODEL, &json!({"dropReasoningFromHistory": true}));
    let thinking = |ids: &[&str]| {
        let mut message = calls(ids);
        message["reasoning"] = json!("t");
        message
    };
    let image = json!({"type": "image_url", "image_url": {"url": "https://example.com/a.png"}});
    let shown = json!({"role": "tool", "tool_call_id": "b", "content": [image]});
    let messages =
        json!([user("1"), thinking(&["a"]), result("a", "1"), user("2"), thinking(&["b"]), shown, thinking(&["c"]), result("c", "3")]);
    let answer = sanitize(&messages, &options);
    let kept: Vec<&str> = answer
        .messages
        .iter()
        .filter(|message| message["reasoning"] == "t")
        .map(|message| message["tool_calls"][0]["id"].as_str().unwrap())
        .collect();
    assert_eq!(kept, ["b", "c"]);
    let again = sanitize(&json!(answer.messages), &options);
    assert!(again.is_untouched(), "images of a result, now a user's message, are no word of the user's: {again:?}");
    let last = json!([user("1"), {"role": "assistant", "content": "x", "reasoning": "t"}]);
    assert_eq!(sanitize(&last, &options).messages[1], json!({"role": "assistant", "content": "x"}));
}

fn said(text: &str) -> Value {
    json!({"role": "assistant", "content": text})
}

#[test]
fn only_what_gemini_can_read_of_a_models_own_turn_goes_back() {
    let options = auto(GEMINI);
    let theirs = json!([{"role": "user", "content": [{"type": "text", "text": "a", "thought_signature": "!"}]}]);
    assert!(sanitize(&theirs, &options).is_untouched(), "a user has no signatures");
    let details = |details: Value| {
        // With something else to change in it, or an untouched message would go out as it came.
        let mut turn = said("x");
        turn["content"] = json!([text("x"), text(" ")]);
        turn["reasoning_details"] = details;
        sanitize(&json!([user("u"), turn]), &options).messages[1].get("reasoning_details").cloned()
    };
    let kept = json!({"type": "reasoning.text", "text": "t"});
    let (bare, broken) = (json!({"type": "reasoning.encrypted", "id": "x"}), json!({"type": "reasoning.summary", "data": "!!"}));
    assert_eq!(details(json!([bare, broken, kept])), Some(json!([kept])));
    assert_eq!(details(json!([bare, broken])), None, "an empty list would say that there were none");
    assert_eq!(details(json!([])), Some(json!([])));
}

#[test]
fn gemini_validation_joins_adjacent_turns_of_the_model() {
    let options = by(MODEL, &json!({"validateGeminiTurns": true}));
    let mut second = calls(&["a"]);
    for (name, value) in [("content", json!([text("2")])), ("reasoning", json!("r2")), ("name", json!("second")), ("refusal", json!("no"))]
    {
        second[name] = value;
    }
    let mut first = said("1");
    first["reasoning"] = json!("r1");
    first["name"] = json!("first");
    let answer = sanitize(&json!([user("u"), user("v"), first, second, result("a", "1")]), &options);
    let joined = json!({"role": "assistant", "content": [text("1"), text("2")], "reasoning": "r1\nr2", "name": "first", "refusal": "no", "tool_calls": [call("a", "f")]});
    assert_eq!(json!(answer.messages), json!([user("u"), user("v"), joined, result("a", "1")]));
    assert!(answer.has("turn-order", "messages[2]") && answer.has("turn-order", "messages[3]"));
    // Lists are put together, whichever turn each item is of.
    let detail = |text: &str| json!({"type": "reasoning.text", "text": text, "signature": "c2ln", "format": "openai-responses-v1"});
    let [one, other] = ["1", "2"].map(|text| {
        let mut turn = said(text);
        turn["reasoning_details"] = json!([detail(text)]);
        turn["annotations"] = json!([{"type": text}]);
        turn
    });
    let answer = sanitize(&json!([user("u"), one, other]), &options);
    assert_eq!(answer.messages[1]["reasoning_details"], json!([detail("1"), detail("2")]));
    assert_eq!(answer.messages[1]["annotations"], json!([{"type": "1"}, {"type": "2"}]));
    // A turn between them that is left out makes them neighbours.
    let answer =
        sanitize(&json!([said("1"), turn(&json!([text("lost")]), "stop"), {"role": "assistant", "content": null}, said("3")]), &options);
    assert_eq!(answer.messages, [json!({"role": "assistant", "content": [text("1"), text("lost"), text("3")]})]);
    let blank = json!({"role": "system", "content": " "});
    let answer = sanitize(&json!([user("u"), said("1"), blank, said("3")]), &options);
    assert_eq!(
        answer.messages,
        [user("u"), json!({"role": "assistant", "content": [text("1"), text("3")]})],
        "instructions that say nothing"
    );
    // A turn that failed brings its notice and takes nothing of the others along.
    let answer = sanitize(&json!([said("1"), turn(&json!([text("half")]), "error"), said("3")]), &options);
    let parts = answer.messages[0]["content"].as_array().unwrap();
    assert_eq!((&parts[0], &parts[2], parts.len()), (&text("1"), &text("3"), 3));
    assert!(sanitize(&json!([said("1"), said("2")]), &auto(GEMINI)).is_untouched(), "only where it is asked");
}

#[test]
fn anthropic_validation_joins_users_and_leaves_no_call_dangling() {
    let options = by(MODEL, &json!({"validateAnthropicTurns": true, "repairToolUseResultPairing": false}));
    let named = json!({"role": "user", "content": [text("2")], "name": "second"});
    let answer = sanitize(&json!([{"role": "user", "content": "1", "name": "first"}, named]), &options);
    assert_eq!(answer.messages, [json!({"role": "user", "content": [text("1"), text("2")], "name": "second"})]);

    let mut thinking = calls(&["a", "b"]);
    thinking["reasoning"] = json!("t");
    thinking["content"] = json!("words");
    let mut spoken = calls(&["a"]);
    spoken["content"] = json!("words");
    let table = [
        ("answered", json!([calls(&["a"]), result("a", "1")]), "assistant: -> a|a = 1"),
        ("one of two", json!([calls(&["a", "b"]), result("a", "1")]), "assistant: -> a|a = 1"),
        ("none", json!([calls(&["a"]), user("u")]), "assistant: [tool calls omitted]|user: u"),
        ("none, with words", json!([spoken, user("u")]), "assistant: words|user: u"),
        ("one of two, with thinking", json!([thinking, result("a", "1"), user("u")]), "assistant: [tool calls omitted]|user: u"),
        (
            "made again",
            json!([calls(&["a"]), user("u"), calls(&["a"]), result("a", "1")]),
            "assistant: [tool calls omitted]|user: u|assistant: -> a|a = 1",
        ),
        (
            "too late",
            json!([calls(&["a"]), user("u"), said("x"), result("a", "1")]),
            "assistant: [tool calls omitted]|user: u|assistant: x",
        ),
    ];
    for (name, messages, expected) in table {
        assert_eq!(lines(&sanitize(&messages, &options)).join("|"), expected, "{name}");
    }
    let beside = json!([user("u"), calls(&["a"]), said("x"), result("a", "1")]);
    let joined = sanitize(&beside, &options).messages;
    assert_eq!(
        (joined.len(), &joined[1]["tool_calls"], &joined[2]),
        (3, &json!([call("a", "f")]), &result("a", "1")),
        "two turns are one first"
    );
    let images =
        json!({"role": "tool", "tool_call_id": "a", "content": [{"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}]});
    let answer = sanitize(&json!([calls(&["a"]), images, user("and?")]), &options);
    assert_eq!(answer.messages.len(), 3, "the images of a result and the user's next word are one turn");
    assert_eq!(answer.messages[2]["content"][2], text("and?"));
}

#[test]
fn a_transcript_that_begins_with_the_model_gets_a_user_once() {
    let options = by(MODEL, &json!({"assistantFirstBootstrap": true}));
    let system = json!({"role": "system", "content": "s"});
    let answer = sanitize(&json!([system, said("hi")]), &options);
    assert_eq!(json!(answer.messages), json!([system, user("(session bootstrap)"), said("hi")]));
    assert!(answer.has("turn-order", "messages[1]"));
    for messages in [json!(answer.messages), json!([user("u"), said("hi")]), json!([])] {
        assert!(sanitize(&messages, &options).is_untouched());
    }
    assert!(sanitize(&json!([said("hi")]), &auto(MODEL)).is_untouched(), "only where it is asked");
}

#[test]
fn what_was_sent_once_stays_where_the_cache_ends_with_the_last_message() {
    let messages = json!([user("1"), {"role": "assistant", "content": "x", "reasoning": "t"}, user("2"), {"role": "assistant", "content": "y", "reasoning": "u"}]);
    for (model, policy, stays) in [
        ("openai/gpt-5.6", json!({"dropReasoningFromHistory": true}), true),
        ("~openai/gpt-5.6-mini:nitro", json!({"dropThinkingBlocks": true}), true),
        ("openrouter/openai/gpt-6-astra:online", json!({"dropReasoningFromHistory": true}), true),
        ("openai/gpt-6", json!({"dropReasoningFromHistory": true, "appendOnlyRuntimeContext": false}), false),
        ("openai/gpt-5.5", json!({"dropReasoningFromHistory": true}), false),
        ("openai/gpt-5.5", json!({"dropReasoningFromHistory": true, "appendOnlyRuntimeContext": true}), true),
        ("z-ai/gpt-6", json!({"dropThinkingBlocks": true}), false),
    ] {
        let answer = sanitize(&messages, &by(model, &policy));
        assert_eq!(answer.messages[1].get("reasoning").is_some(), stays, "{model} {policy}");
    }
}
