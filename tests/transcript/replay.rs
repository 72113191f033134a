//! What the wire form asks for under every policy: reasoning, images of results, failed turns, models without tools (provider-rules 8).

use crate::support::{Answer, MODEL, auto, by, calls, lines, result, sanitize, tool_call, tool_result, turn, user};
use serde_json::{Value, json};

const URL: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAACCAYAAAA=";
const POLICIES: [&str; 3] = ["auto", "classic", "off"];

fn text(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

fn image() -> Value {
    json!({"type": "image_url", "image_url": {"url": URL}})
}

/// One assistant turn of the wire form with these fields, by every policy; what becomes of it.
fn replayed(model: &str, fields: &Value) -> Value {
    let mut message = json!({"role": "assistant", "content": "hi"});
    message.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    let answers = POLICIES.map(|policy| sanitize(&json!([message]), &by(model, &json!(policy))).messages[0].clone());
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    let mut left = answers[0].as_object().unwrap().clone();
    left.retain(|name, _| name != "role" && name != "content");
    Value::Object(left)
}

const PLAIN: [&str; 3] = ["reasoning", "reasoning_content", "reasoning_text"];

#[test]
fn texts_of_reasoning_go_back_as_reasoning() {
    let table = [
        (json!({"reasoning": "t"}), json!({"reasoning": "t"})),
        (json!({"reasoning_content": "t"}), json!({"reasoning_content": "t"})),
        (json!({"reasoning_text": "t"}), json!({"reasoning": "t"})),
        (json!({"reasoning_details": "t"}), json!({"reasoning": "t"})),
        (json!({"reasoning_details": "t", "reasoning": ""}), json!({"reasoning": "t"})),
        (json!({"reasoning_details": "t", "reasoning": "own"}), json!({"reasoning": "own"})),
        (json!({"reasoning_details": ""}), json!({})),
        (json!({"reasoning": "", "reasoning_content": "", "reasoning_text": ""}), json!({})),
        (json!({"reasoning_details": []}), json!({"reasoning_details": []})),
        (json!({"reasoning": null, "refusal": null, "audio": null, "name": null, "tool_calls": null, "function_call": null}), json!({})),
    ];
    for (sent, expected) in table {
        assert_eq!(replayed(MODEL, &sent), expected, "{sent}");
    }
    // DeepSeek wants its empty field back.
    assert_eq!(replayed("deepseek/deepseek-v4-pro", &json!({"reasoning_content": ""})), json!({"reasoning_content": ""}));
    assert_eq!(replayed("deepseek/deepseek-v4-flash:free", &json!({"reasoning_details": []})), json!({"reasoning_details": []}));
    assert_eq!(replayed("deepseek/deepseek-v3.2", &json!({"reasoning_content": ""})), json!({}));
}

fn detail(format: &str) -> Value {
    json!({"type": "reasoning.text", "text": "t", "signature": "c2ln", "format": format, "index": 0})
}

fn encrypted(format: &str) -> Value {
    json!({"type": "reasoning.encrypted", "data": "AAAA", "id": "rs_1", "format": format, "index": 1})
}

#[test]
fn anthropic_and_xai_take_signed_details_whole_and_no_plain_reasoning() {
    for (model, format) in [
        ("anthropic/claude-opus-5", "anthropic-claude-v1"),
        ("~anthropic/claude-opus-latest", "anthropic-claude-v1"),
        ("x-ai/grok-5", "xai-responses-v1"),
        ("x-ai/grok-5", "bedrock-xai-responses-v1"),
    ] {
        let details =
            json!([detail(format), encrypted(format), {"type": "reasoning.summary", "summary": "s", "format": format, "index": 2}]);
        for name in PLAIN {
            assert_eq!(replayed(model, &json!({name: "t"})), json!({}), "{model} {name}");
            assert_eq!(replayed(model, &json!({name: "t", "reasoning_details": details})), json!({"reasoning_details": details}));
        }
        assert_eq!(replayed(model, &json!({"reasoning_details": "t"})), json!({}), "{model}");
        assert_eq!(replayed(model, &json!({"reasoning_details": []})), json!({"reasoning_details": []}), "{model}");
    }
    let unsigned = json!([{"type": "reasoning.text", "text": "t", "format": "anthropic-claude-v1", "index": 0}]);
    assert_eq!(replayed("anthropic/claude-opus-5", &json!({"reasoning_details": unsigned})), json!({}), "Anthropic refuses it unsigned");
    assert_eq!(replayed("x-ai/grok-5", &json!({"reasoning_details": unsigned})), json!({}), "another family's");
}

#[test]
fn details_of_another_family_become_text_and_those_of_the_own_stay_as_they_are() {
    let own = [
        ("openai/gpt-5", "openai-responses-v1"),
        ("openai/gpt-5", "azure-openai-responses-v1"),
        ("openai/gpt-5", "bedrock-openai-responses-v1"),
        ("google/gemini-3-pro", "google-gemini-v1"),
        ("anthropic/claude-opus-5", "anthropic-claude-v1"),
        ("meta-llama/llama-5", "meta-responses-v1"),
        ("moonshotai/kimi-k3", "unknown"),
        ("deepseek/deepseek-v4-pro", "unknown"),
        ("openai/gpt-5", "unknown"),
        // A router may ask the very model that made them.
        ("openrouter/auto", "anthropic-claude-v1"),
        ("openrouter/fusion", "google-gemini-v1"),
    ];
    for (model, format) in own {
        let details = json!([encrypted(format), detail(format)]);
        assert_eq!(replayed(model, &json!({"reasoning_details": details})), json!({"reasoning_details": details}), "{model} {format}");
    }
    for (model, format) in [
        ("openai/gpt-5", "anthropic-claude-v1"),
        ("google/gemini-3-pro", "openai-responses-v1"),
        ("mistralai/mistral-small", "google-gemini-v1"),
        ("deepseek/deepseek-v4-pro", "anthropic-claude-v1"),
        ("moonshotai/kimi-k3", "xai-responses-v1"),
    ] {
        let details = json!([detail("unknown"), {"type": "reasoning.summary", "summary": "s", "format": format}, encrypted(format)]);
        assert_eq!(replayed(model, &json!({"reasoning_details": details})), json!({"reasoning": "t\ns"}), "{model} {format}");
        let beside = json!({"reasoning_details": details, "reasoning": "own"});
        assert_eq!(replayed(model, &beside), json!({"reasoning": "own"}), "{model} {format}");
        assert_eq!(replayed(model, &json!({"reasoning_details": [encrypted(format)]})), json!({}), "{model}: nothing to read in it");
    }
    let answer = sanitize(&json!([{"role": "assistant", "content": "x", "reasoning_details": [detail("google-gemini-v1")]}]), &auto(MODEL));
    assert!(answer.has("message-conversion", "messages[0].reasoning_details"));
}

#[test]
fn blocks_that_litellm_takes_back_go_to_the_family_that_signed_them() {
    let blocks = json!({"thinking_blocks": [{"type": "thinking", "thinking": "t", "signature": "c2ln"}]});
    for model in ["anthropic/claude-opus-5", "openrouter/auto"] {
        assert_eq!(replayed(model, &blocks), blocks, "{model}");
    }
    for model in [MODEL, "google/gemini-3-pro", "a/b"] {
        assert_eq!(replayed(model, &blocks), json!({}), "{model}");
    }
}

#[test]
fn developers_are_systems() {
    for policy in POLICIES {
        let answer = sanitize(&json!([{"role": "developer", "content": "be brief", "name": "n"}, user("hi")]), &by(MODEL, &json!(policy)));
        assert_eq!(answer.messages[0], json!({"role": "system", "content": "be brief", "name": "n"}));
        assert!(answer.has("roles", "messages[0].role"));
    }
}

fn without_images(messages: &Value) -> Answer {
    let mut options = auto(MODEL);
    options["input"] = json!(["text"]);
    sanitize(messages, &options)
}

#[test]
fn a_model_that_sees_nothing_is_told_of_every_run_of_images() {
    let omitted = text("(image omitted: model does not support images)");
    let message = json!([{"role": "user", "content": [image(), image(), text("a"), image()]}]);
    let answer = without_images(&message);
    assert_eq!(answer.messages[0]["content"], json!([omitted, text("a"), omitted]));
    assert!(answer.has("message-conversion", "messages[0].content"));
    let block = json!({"type": "image", "data": URL.rsplit(',').next(), "mimeType": "image/png"});
    assert_eq!(without_images(&json!([{"role": "user", "content": [block]}])).messages[0]["content"], json!([omitted]));

    let said = "(tool image omitted: model does not support images)";
    let wire = json!({"role": "tool", "tool_call_id": "a", "content": [text("1"), image(), image()]});
    let blocks = json!({"role": "toolResult", "toolCallId": "a", "content": [text("1"), block, block]});
    assert_eq!(without_images(&json!([calls(&["a"]), wire])).messages[1]["content"], json!([text("1"), text(said)]));
    assert_eq!(without_images(&json!([calls(&["a"]), blocks])).messages[1]["content"], json!(format!("1\n{said}")));
    assert!(without_images(&json!([user("hi")])).is_untouched());
}

#[test]
fn images_of_results_follow_their_run_under_the_number_of_the_result() {
    let block = json!({"type": "image", "data": URL.rsplit(',').next(), "mimeType": "image/png"});
    let mut first = calls(&["a", "b", "c"]);
    first["tool_calls"][1]["function"]["name"] = json!("g");
    let messages = json!([
        first,
        {"role": "tool", "tool_call_id": "a", "content": [text("1"), image()]},
        {"role": "toolResult", "toolCallId": "b", "toolName": " ", "content": [block, block]},
        {"role": "toolResult", "toolCallId": "c", "toolName": "own name", "content": [text("3"), image(), text("4")]},
        user("and now?"),
        calls(&["d", "e"]),
        result("d", "plain"),
        {"role": "tool", "tool_call_id": "e", "content": [image()]},
    ]);
    let intro = |number: usize, name: &str| text(&format!("Image(s) from tool result #{number} ({name}):"));
    for policy in POLICIES {
        let answer = sanitize(&messages, &by(MODEL, &json!(policy)));
        let contents: Vec<&Value> = answer.messages.iter().map(|message| &message["content"]).collect();
        assert_eq!(contents[1..4], [&json!([text("1")]), &json!("(see attached image)"), &json!("3\n4")], "{policy}");
        let images =
            json!({"role": "user", "content": [intro(1, "f"), image(), intro(2, "g"), image(), image(), intro(3, "own name"), image()]});
        assert_eq!(answer.messages[4], images, "{policy}");
        assert_eq!(answer.messages[5], user("and now?"));
        assert_eq!(contents[8], "(see attached image)");
        assert_eq!(answer.messages[9], json!({"role": "user", "content": [intro(2, "f"), image()]}), "a new run counts from 1");
        assert_eq!(answer.messages.len(), 10);
        for path in ["messages[1].content", "messages[2].content", "messages[3].content", "messages[7].content"] {
            assert!(answer.has("message-conversion", path), "{path}");
        }
    }
    let nobody = sanitize(&json!([{"role": "tool", "tool_call_id": "x", "content": [image()]}]), &by(MODEL, &json!("off")));
    assert_eq!(nobody.messages[1]["content"][0], intro(1, "unknown"));
    let file = json!({"type": "file", "file": {"file_id": "x"}});
    let beside = sanitize(&json!([calls(&["a"]), {"role": "tool", "tool_call_id": "a", "content": [image(), file]}]), &auto(MODEL));
    assert_eq!(beside.messages[1]["content"], json!([file]), "what is no image stays where it is");
}

#[test]
fn empty_results_say_so() {
    for content in [json!(""), json!([]), json!(null), json!([text(""), text("")])] {
        let answer =
            sanitize(&json!([calls(&["a"]), {"role": "tool", "tool_call_id": "a", "content": content}]), &by(MODEL, &json!("off")));
        assert_eq!(answer.messages[1], result("a", "(no output)"), "{content}");
        assert!(answer.has("message-conversion", "messages[1].content"));
    }
}

#[test]
fn without_pairing_a_call_whose_result_never_comes_is_answered_and_no_other() {
    let off = by(MODEL, &json!("off"));
    let table = [
        (json!([calls(&["a", "b"]), result("a", "1"), user("x")]), "assistant: -> a b|a = 1|b = No result provided|user: x"),
        (json!([calls(&["a"]), user("x"), result("a", "late")]), "assistant: -> a|user: x|a = late"),
        (
            json!([calls(&["a"]), user("x"), calls(&["b"]), result("b", "1")]),
            "assistant: -> a|a = No result provided|user: x|assistant: -> b|b = 1",
        ),
        (json!([turn(&json!([tool_call("a")]), "toolUse")]), "assistant: -> a|a = No result provided"),
        (json!([result("x", "nobody's"), user("x")]), "x = nobody's|user: x"),
        // Behind a turn with calls of its own, a result is a call's too; and no result is two calls'.
        (json!([calls(&["a"]), calls(&["b"]), result("a", "late"), result("b", "1")]), "assistant: -> a|assistant: -> b|a = late|b = 1"),
        (
            json!([calls(&["a"]), calls(&["b"]), user("x"), calls(&["c"]), result("b", "late")]),
            "assistant: -> a|a = No result provided|assistant: -> b|user: x|assistant: -> c|b = late|c = No result provided",
        ),
        (
            json!([calls(&["a"]), user("x"), calls(&["a"]), result("a", "1"), result("a", "2")]),
            "assistant: -> a|user: x|assistant: -> a|a = 1|a = 2",
        ),
        (
            json!([calls(&["a"]), user("x"), calls(&["a"]), result("a", "1")]),
            "assistant: -> a|a = No result provided|user: x|assistant: -> a|a = 1",
        ),
        (json!([calls(&["a", "a"]), result("a", "1"), user("x")]), "assistant: -> a a|a = 1|a = No result provided|user: x"),
        (json!([calls(&["a", "a"]), result("a", "1"), user("x"), result("a", "2")]), "assistant: -> a a|a = 1|user: x|a = 2"),
        (
            json!([calls(&["a"]), user("x"), result("a", "1"), calls(&["a"])]),
            "assistant: -> a|user: x|a = 1|assistant: -> a|a = No result provided",
        ),
    ];
    for (messages, expected) in table {
        let once = sanitize(&messages, &off);
        assert_eq!(lines(&once).join("|"), expected);
        assert!(sanitize(&json!(once.messages), &off).is_untouched(), "{messages}");
    }
    // An id that two calls have, renamed: the late result stays the second one's.
    let strict = by(MODEL, &json!({"sanitizeToolCallIds": "strict", "repairToolUseResultPairing": false}));
    let once =
        sanitize(&json!([calls(&["b"]), result("b", "1"), calls(&["b"]), calls(&["c"]), result("b", "2"), result("b", "3")]), &strict);
    assert_eq!(
        lines(&once).join("|"),
        "assistant: -> b|b = 1|assistant: -> b2|assistant: -> c|b2 = 2|btoolresult1 = 3|c = No result provided"
    );
    assert!(sanitize(&json!(once.messages), &strict).is_untouched());
}

#[test]
fn only_a_turn_of_the_model_calls_anything() {
    for role in ["user", "system", "tool"] {
        let mut message = json!({"role": role, "content": "hi", "tool_calls": [{"id": "b", "type": "function", "function": {"name": "f", "arguments": "{}"}}]});
        let mut messages = vec![user("hi"), calls(&["a"]), result("a", "1")];
        if role == "tool" {
            message["tool_call_id"] = json!("a");
            messages.pop();
        }
        messages.push(message);
        for policy in POLICIES {
            let answer = sanitize(&json!(messages), &by(MODEL, &json!(policy)));
            assert!(answer.is_untouched(), "{role} {policy}: {answer:?}");
        }
    }
    // Where no rule moves results, one behind such a message is still the call's.
    for id in ["a", "b"] {
        let odd = json!({"role": "user", "content": "hi", "tool_calls": [{"id": id}]});
        let answer = sanitize(&json!([calls(&["a"]), user("hi"), odd, result("a", "1")]), &by(MODEL, &json!("off")));
        assert!(answer.is_untouched(), "{answer:?}");
    }
}

#[test]
fn the_text_of_a_turn_that_failed_gives_way_to_a_notice() {
    let notice = "[This turn broke off before it was complete. Ask the user before any of its work is done again.]";
    for stop_reason in ["error", "aborted"] {
        for policy in POLICIES {
            let options = by(MODEL, &json!(policy));
            let outcome = |blocks: Value| lines(&sanitize(&json!([user("1"), turn(&blocks, stop_reason), user("2")]), &options)).join("|");
            let thinking = json!({"type": "thinking", "thinking": "t", "thinkingSignature": "reasoning"});
            assert_eq!(outcome(json!([thinking, text("half a sen")])), format!("user: 1|assistant: {notice}|user: 2"));
            assert_eq!(outcome(json!([thinking])), "user: 1|user: 2");
            assert_eq!(outcome(json!([])), "user: 1|user: 2");
        }
        let answer = sanitize(&json!([turn(&json!([text("half")]), stop_reason)]), &auto(MODEL));
        assert_eq!(answer.messages, [json!({"role": "assistant", "content": notice})], "nothing of it is left");
        assert!(answer.has("message-conversion", "messages[0]"));
    }
}

#[test]
fn refusals_among_the_parts_stand_in_their_own_field() {
    let refusal = |words: &str| json!({"type": "refusal", "refusal": words});
    for (sent, expected) in [
        (json!({"content": [text("I"), refusal("no"), refusal("never")]}), json!({"content": [text("I")], "refusal": "no\nnever"})),
        (json!({"content": [refusal("no")]}), json!({"content": null, "refusal": "no"})),
        (json!({"content": [refusal("no"), text("I")], "refusal": "own"}), json!({"content": [text("I")], "refusal": "own"})),
    ] {
        let with_role = |fields: &Value| {
            let mut message = json!({"role": "assistant"});
            message.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
            message
        };
        for policy in POLICIES {
            let answer = sanitize(&json!([with_role(&sent)]), &by(MODEL, &json!(policy)));
            assert_eq!(answer.messages, [with_role(&expected)], "{policy} {sent}");
            assert!(answer.has("message-conversion", "messages[0].content"), "{answer:?}");
        }
    }
}

#[test]
fn the_results_of_a_turn_that_failed_go_with_it_and_no_others() {
    for policy in POLICIES {
        let failed = turn(&json!([tool_call("a")]), "error");
        let messages = json!([user("1"), failed, tool_result("a", "1"), user("2"), calls(&["b"]), result("b", "2")]);
        let answer = sanitize(&messages, &by(MODEL, &json!(policy)));
        assert_eq!(lines(&answer), ["user: 1", "user: 2", "assistant: -> b", "b = 2"], "{policy}");
    }
}

#[test]
fn turns_that_say_nothing_and_call_nothing_are_left_out() {
    for policy in POLICIES {
        for message in [
            json!({"role": "assistant", "content": null}),
            json!({"role": "assistant"}),
            json!({"role": "assistant", "content": " "}),
            json!({"role": "assistant", "content": [], "reasoning": "t"}),
            json!({"role": "assistant", "content": [null]}),
        ] {
            let answer = sanitize(&json!([user("1"), message]), &by(MODEL, &json!(policy)));
            assert_eq!(lines(&answer), ["user: 1"], "{policy} {message}");
        }
        for beside in ["refusal", "images", "audio"] {
            let message = json!([{"role": "assistant", "content": null, beside: "x"}]);
            assert!(sanitize(&message, &by(MODEL, &json!(policy))).is_untouched(), "{beside}");
        }
    }
}

#[test]
fn a_model_without_tools_reads_calls_and_results_as_text() {
    let mut options = auto(MODEL);
    options["supportsTools"] = json!(false);
    let mut spoken = calls(&["a", "b"]);
    spoken["content"] = json!("I look");
    let blocks = turn(&json!([text("more"), tool_call("c")]), "toolUse");
    let messages = json!([user("hi"), spoken, result("a", "1"), {"role": "tool", "tool_call_id": "b", "content": [text("2"), image()]}, blocks, tool_result("c", "3")]);
    let answer = sanitize(&messages, &options);
    assert_eq!(
        lines(&answer)[..4],
        [
            "user: hi",
            "assistant: I look\n[called the tool \"f\" with {}]\n[called the tool \"f\" with {}]",
            "user: [result of the tool call]\n1",
            "user: [result of the tool call]\n2"
        ]
    );
    assert_eq!(answer.messages[4]["content"][1], image());
    assert_eq!(lines(&answer)[5..], ["assistant: more\n[called the tool \"f\" with {\"a\":1}]", "user: [result of the tool call]\n3"]);
    assert!(answer.messages.iter().all(|message| message["role"] != "tool" && message.get("tool_calls").is_none()));
    assert!(sanitize(&json!([user("hi")]), &options).is_untouched());
}
