//! Turns that go (sanitization 3), texts (11), and what is refused with its place.

use crate::support::{MODEL, auto, by, calls, error_of, lines, result, sanitize, sanitize_text, tool_call, turn, user};
use openrouter_wasm::transcript::images::Placeholders;
use openrouter_wasm::transcript::repair::Repairs;
use serde_json::{Value, json};

const SENTINEL: &str = "[assistant turn failed before producing content]";

fn text(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

#[test]
fn a_turn_that_says_nothing_goes_by_the_rule_that_knows_why() {
    for (blocks, stop_reason, rule) in [
        (json!([text(" ")]), "length", "turns"),
        (json!([text("NO_REPLY")]), "stop", "turns"),
        (json!([text(" ")]), "stop", "message-conversion"),
        (json!([text(" ")]), "other", "message-conversion"),
    ] {
        let answer = sanitize(&json!([user("q"), turn(&blocks, stop_reason)]), &auto(MODEL));
        assert_eq!(lines(&answer), ["user: q"], "{stop_reason}");
        let rules: Vec<_> = answer.changes.iter().filter(|(_, path)| path == "messages[1]").map(|(rule, _)| rule.as_str()).collect();
        assert_eq!(rules.last(), Some(&rule), "{blocks} {stop_reason}: {answer:?}");
    }
}

#[test]
fn where_nothing_is_paired_an_id_that_is_not_there_is_refused_by_its_place() {
    let call = |id: Value| {
        let mut turn = calls(&["a", "b"]);
        turn["tool_calls"][1]["id"] = id;
        turn
    };
    for id in [json!(null), json!(""), json!(7)] {
        for (message, place) in [
            (json!({"role": "tool", "tool_call_id": id, "content": "r"}), "messages[1].tool_call_id:"),
            (call(id.clone()), "messages[1].tool_calls[1].id:"),
        ] {
            let error = error_of(&json!([user("q"), message]), &by(MODEL, &json!("off")));
            assert!(error.starts_with(place), "{message}: {error}");
        }
    }
}

#[test]
fn a_turn_in_front_of_all_others_is_for_the_beginning_alone() {
    let asked = |first: usize, policy: Value| {
        let repair = json!({"model": MODEL, "seesImages": true, "seesVideo": true, "hasTools": true, "policy": policy, "first": first});
        json!({"repair": repair, "messages": [{"role": "assistant", "content": "hi"}, user("q")]}).to_string()
    };
    for (first, policy, is_given) in [
        (0, json!({"assistantFirstBootstrap": true}), true),
        (3, json!({"assistantFirstBootstrap": true}), false),
        (0, json!({"assistantFirstBootstrap": false}), false),
    ] {
        let repaired = Repairs::default().repair(&asked(first, policy.clone()), Placeholders::default());
        assert_eq!(repaired.contains("(session bootstrap)"), is_given, "{first} {policy}: {repaired}");
    }
}

fn outcome(messages: &Value) -> String {
    lines(&sanitize(messages, &auto(MODEL))).join("|")
}

/// As stored by a host whose provider told no usage.
fn free(blocks: &Value, stop_reason: &str) -> Value {
    let mut turn = turn(blocks, stop_reason);
    turn["usage"] = json!({"input": 0, "output": 0, "cacheRead": 0, "cacheWrite": 0, "totalTokens": 0, "cost": {"total": 0}});
    turn
}

#[test]
fn blank_users_go() {
    for content in [json!(""), json!(" \n\t\u{a0}"), json!([]), json!([text(" ")]), json!([text(""), text("\n")]), json!(null)] {
        let answer = sanitize(&json!([user("hi"), {"role": "user", "content": content}]), &auto(MODEL));
        assert_eq!(lines(&answer), ["user: hi"], "{content}");
        assert!(answer.has("turns", "messages[1]"), "{content}");
    }
    let answer = sanitize(&json!([{"role": "user", "content": [text(" "), text("a"), text("")]}]), &auto(MODEL));
    assert_eq!(answer.messages[0]["content"], json!([text("a")]));
    for path in ["messages[0].content[0]", "messages[0].content[2]"] {
        assert!(answer.has("empty-content", path), "{answer:?}");
    }
    assert!(sanitize(&json!([user(" a ")]), &auto(MODEL)).is_untouched());
}

#[test]
fn the_example_of_the_rule() {
    assert_eq!(outcome(&json!([user("h"), turn(&json!([]), "error"), user("r")])), "user: h|user: r");
}

#[test]
fn records_of_the_host_go_in_whatever_form() {
    for model in ["delivery-mirror", "gateway-injected"] {
        let mut stored = turn(&json!([text("said")]), "stop");
        stored["model"] = json!(model);
        for record in [
            stored,
            json!({"role": "assistant", "content": "said", "model": model}),
            json!({"role": "assistant", "content": [text("said")], "model": model, "provider": "openclaw"}),
        ] {
            let answer = sanitize(&json!([user("h"), record]), &auto(MODEL));
            assert_eq!(lines(&answer), ["user: h"], "{record}");
            assert!(answer.has("turns", "messages[1]"));
        }
    }
}

#[test]
fn the_mark_of_a_failed_turn_goes() {
    for stop_reason in ["error", "stop", "aborted"] {
        for content in [json!([text(SENTINEL)]), json!(SENTINEL), json!([text(&format!(" {SENTINEL}\n"))])] {
            assert_eq!(outcome(&json!([user("h"), free(&content, stop_reason), user("r")])), "user: h|user: r", "{stop_reason} {content}");
            assert_eq!(outcome(&json!([user("h"), {"role": "assistant", "content": content}])), "user: h", "{content}");
        }
    }
    assert_eq!(
        outcome(&json!([{"role": "assistant", "content": format!("{SENTINEL} I mean it")}])),
        format!("assistant: {SENTINEL} I mean it")
    );
    let mut called = calls(&["a"]);
    called["content"] = json!(SENTINEL);
    let answer = sanitize(&json!([called, result("a", "1")]), &auto(MODEL));
    assert_eq!(lines(&answer), ["assistant: -> a", "a = 1"]);
    assert!(answer.has("turns", "messages[0].content"));
}

#[test]
fn silent_turns_go_and_the_word_for_it_goes_from_others() {
    let thinking = json!({"type": "thinking", "thinking": "t", "thinkingSignature": "reasoning"});
    let table = [
        (json!([text("NO_REPLY")]), ""),
        (json!([text(" NO_REPLY\n")]), ""),
        (json!("NO_REPLY"), ""),
        (json!([thinking, text("NO_REPLY")]), ""),
        (json!([text("NO_REPLY"), text("after all")]), "|assistant: after all"),
        (json!([text("NO_REPLY"), tool_call("a")]), "|assistant: -> a|a = (missing)"),
        (json!([text("NO_REPLY is what I say")]), "|assistant: NO_REPLY is what I say"),
    ];
    for (content, expected) in &table {
        assert_eq!(outcome(&json!([user("h"), turn(content, "stop")])), format!("user: h{expected}"), "{content}");
    }
    let answer = sanitize(&json!([turn(&table[4].0, "stop")]), &auto(MODEL));
    assert!(answer.has("turns", "messages[0].content[0]"));
    // With thinking dropped nothing must come in its place.
    let dropping = by(MODEL, &json!({"dropThinkingBlocks": true}));
    assert_eq!(
        lines(&sanitize(&json!([turn(&table[3].0, "stop"), user("h"), turn(&json!([text("x")]), "stop")]), &dropping)),
        ["user: h", "assistant: x"]
    );
    // Other people's models may say the word.
    assert!(sanitize(&json!([{"role": "assistant", "content": "NO_REPLY"}]), &auto(MODEL)).is_untouched());
    assert_eq!(lines(&sanitize(&json!([turn(&json!("NO_REPLY"), "stop")]), &by(MODEL, &json!("off")))), ["assistant: NO_REPLY"]);
}

#[test]
fn turns_that_ended_before_they_said_anything_go() {
    let thinking = json!({"type": "thinking", "thinking": "t"});
    for (content, stop_reason) in [
        (json!([]), "error"),
        (json!([thinking]), "length"),
        (json!([text(" ")]), "length"),
        (json!([thinking, text("")]), "length"),
        (json!(null), "stop"),
    ] {
        let answer = sanitize(&json!([user("h"), free(&content, stop_reason)]), &auto(MODEL));
        assert_eq!(lines(&answer), ["user: h"], "{content}");
        assert!(answer.has("turns", "messages[1]"), "{content}: {answer:?}");
    }
    assert_eq!(outcome(&json!([turn(&json!([thinking, text("half")]), "length")])), "assistant: half");
    assert_eq!(outcome(&json!([turn(&json!([thinking, tool_call("a")]), "length")])), "assistant: -> a|a = (missing)");
}

#[test]
fn a_mirror_goes_and_the_same_answer_to_another_question_stays() {
    let said = |blocks: Value| turn(&blocks, "stop");
    let thinking = json!({"type": "thinking", "thinking": "t"});
    let table = [
        ("a mirror", json!([said(json!([text("x")])), free(&json!([text("x")]), "stop")]), "assistant: x"),
        ("two of them", json!([said(json!([text("x")])), free(&json!([text("x")]), "stop"), free(&json!("x"), "stop")]), "assistant: x"),
        (
            "behind a turn of the wire form",
            json!([{"role": "assistant", "content": "x"}, free(&json!([text("x")]), "stop")]),
            "assistant: x",
        ),
        (
            "with the same thinking",
            json!([said(json!([thinking, text("x")])), free(&json!([thinking, text("x")]), "stop")]),
            "assistant: x",
        ),
        ("another thought", json!([said(json!([thinking, text("x")])), free(&json!([text("x")]), "stop")]), "assistant: x|assistant: x"),
        ("another text", json!([said(json!([text("x")])), free(&json!([text("y")]), "stop")]), "assistant: x|assistant: y"),
        ("it was paid for", json!([said(json!([text("x")])), said(json!([text("x")]))]), "assistant: x|assistant: x"),
        ("it was cut", json!([said(json!([text("x")])), free(&json!([text("x")]), "length")]), "assistant: x|assistant: x"),
        (
            "to another question",
            json!([said(json!([text("x")])), user("again"), free(&json!([text("x")]), "stop")]),
            "assistant: x|user: again|assistant: x",
        ),
        (
            "with a call",
            json!([said(json!([text("x"), tool_call("a")])), free(&json!([text("x")]), "stop"), result("a", "1")]),
            "assistant: x -> a|a = 1|assistant: x",
        ),
    ];
    for (name, messages, expected) in table {
        assert_eq!(outcome(&messages), expected, "{name}");
    }
}

#[test]
fn half_a_character_is_taken_out_of_the_message_that_has_it() {
    let messages = r#"[{"role":"user","content":"plain \ud83d\ude00"},{"role":"user","content":"a\ud83db"},
        {"role":"assistant","content":[{"type":"text","text":"\ude00x"}],"reasoning_content":"r\ud800"},{"role":"tool","tool_call_id":"t\udfff","content":"\\ud83d"}]"#;
    let answer = sanitize_text(messages, &by(MODEL, &json!("off"))).unwrap();
    assert_eq!(answer.answer[0], 0, "a whole pair is no half");
    assert_eq!(answer.answer[1]["content"], "ab");
    assert_eq!((&answer.answer[2]["content"][0]["text"], &answer.answer[2]["reasoning_content"]), (&json!("x"), &json!("r")));
    assert_eq!((&answer.answer[3]["tool_call_id"], &answer.answer[3]["content"]), (&json!("t"), &json!("\\ud83d")));
    let paths: Vec<&str> = answer.changes.iter().filter(|(rule, _)| rule == "lone-surrogates").map(|(_, path)| path.as_str()).collect();
    assert_eq!(paths, ["messages[1]", "messages[2]", "messages[3]"]);
}

#[test]
fn what_cannot_be_repaired_is_refused_by_its_place() {
    let filler = [user("0"), user("1"), user("2")];
    let table = [
        (json!(5), ""),
        (json!(null), ""),
        (json!([]), ""),
        (json!({}), ".role"),
        (json!({"role": 5}), ".role"),
        (json!({"role": "robot", "content": "x"}), ".role"),
        (json!({"role": "User", "content": "x"}), ".role"),
        (json!({"role": "user", "content": 5}), ".content"),
        (json!({"role": "user", "content": true}), ".content"),
        (json!({"role": "user", "content": {"type": "text", "text": "x"}}), ".content"),
        (json!({"role": "tool", "tool_call_id": "a", "content": {}}), ".content"),
        (json!({"role": "user", "content": [text("a"), "b"]}), ".content[1]"),
        (json!({"role": "user", "content": [text("a"), null]}), ".content[1]"),
        (json!({"role": "assistant", "content": [text("a"), 5]}), ".content[1]"),
        (json!({"role": "system", "content": [{"text": "a"}]}), ".content[0]"),
        (json!({"role": "user", "content": [text("a"), {"type": null}, {"type": 5}]}), ".content[1]"),
        (json!({"role": "assistant", "tool_calls": "f"}), ".tool_calls"),
        (json!({"role": "tool", "content": "x"}), ".tool_call_id"),
        (json!({"role": "toolResult", "content": "x"}), ".tool_call_id"),
    ];
    for (message, place) in table {
        let mut messages = filler.to_vec();
        messages.push(message.clone());
        let error = error_of(&json!(messages), &auto(MODEL));
        assert!(error.starts_with(&format!("messages[3]{place}: ")), "{message}: {error}");
    }
    for (messages, options, start) in [
        ("{}", json!({}), "messages: "),
        ("[", json!({}), "messages: "),
        ("[]", json!({"model": "/x"}), "model: "),
        ("[]", json!({"model": 5}), "model: "),
        ("[]", json!({"policy": "strict"}), "transcriptPolicy: "),
        ("[]", json!({"policy": {"unheardOf": true}}), "transcriptPolicy.unheardOf: "),
    ] {
        let error = sanitize_text(messages, &options).unwrap_err();
        assert!(error.starts_with(start), "{messages} {options}: {error}");
    }
    assert!(sanitize(&json!([]), &json!({})).is_untouched());
}
