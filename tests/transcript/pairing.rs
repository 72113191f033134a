//! Calls and their results (sanitization 6, 7 and 9), in both forms.

use crate::support::{MISSING, MODEL, auto, by, call, calls, error_of, lines, result, sanitize, tool_call, tool_result, turn, user};
use serde_json::{Value, json};

const OPENCLAW_MISSING: &str = "[openclaw] missing tool result in session history; inserted synthetic error result for transcript repair.";

/// A transcript in shorthand, in the wire form or the block form: `> a b` calls, `a = text` answers, anything else is the user's word.
fn script(text: &str, is_block_form: bool) -> Value {
    let message = |line: &str| {
        let line = line.trim().replace("(missing)", MISSING).replace("(theirs)", OPENCLAW_MISSING);
        if let Some(ids) = line.strip_prefix('>') {
            let ids: Vec<&str> = ids.split_whitespace().collect();
            return if is_block_form { turn(&ids.iter().map(|id| tool_call(id)).collect(), "toolUse") } else { calls(&ids) };
        }
        match line.split_once(" = ") {
            Some((id, text)) if is_block_form => tool_result(id, text),
            Some((id, text)) => result(id, text),
            None => user(&line),
        }
    };
    Value::Array(text.split(';').map(message).collect())
}

/// The same shorthand for what comes out.
fn outcome(text: &str, is_block_form: bool, options: &Value) -> String {
    let answer = sanitize(&script(text, is_block_form), options);
    let lines = lines(&answer)
        .into_iter()
        .map(|line| line.replace("assistant: -> ", "> ").replace("user: ", "").replace(OPENCLAW_MISSING, "(theirs)"));
    lines.collect::<Vec<_>>().join("; ")
}

#[test]
fn results_stand_right_behind_their_turn_in_the_order_of_its_calls() {
    let table = [
        ("nothing to do", "hi; > a b; a = 1; b = 2; bye", "hi; > a b; a = 1; b = 2; bye"),
        ("the example of the rule", "> a b; between; b = ok", "> a b; a = (missing); b = ok; between"),
        ("in another order", "> a b; b = 2; a = 1", "> a b; a = 1; b = 2"),
        ("behind a word of the user", "> a; wait; more; a = 1; bye", "> a; a = 1; wait; more; bye"),
        ("one of two parallel calls", "> a b; a = 1", "> a b; a = 1; b = (missing)"),
        ("no result at all", "> a; bye", "> a; a = (missing); bye"),
        ("before its call", "a = early; > a; bye", "> a; a = (missing); bye"),
        ("before its call, which is answered", "a = early; > a; a = 1", "> a; a = 1"),
        ("a result of nobody", "> a; a = 1; x = 2", "> a; a = 1"),
        ("a result of nobody without any call", "hi; x = 2", "hi"),
        ("a second result", "> a; a = 1; a = 2", "> a; a = 1"),
        ("one id twice in a turn", "> a a; a = 1; a = 2", "> a a_2; a = 1; a_2 = 2"),
        ("one id twice in a turn, one result", "> a a; a = 1", "> a a_2; a = 1; a_2 = (missing)"),
        ("one id twice in a turn, three results", "> a a; a = 1; a = 2; a = 3", "> a a_2; a = 1; a_2 = 2"),
        ("one id in two turns", "> a; a = 1; > a; a = 2", "> a; a = 1; > a_2; a_2 = 2"),
        ("one id in two turns, both results late", "> a; > a; a = 1; a = 2", "> a; a = (missing); > a_2; a_2 = 1"),
        ("late, behind another turn", "> a; > b; b = 2; a = 1", "> a; a = 1; > b; b = 2"),
        ("late, and three turns could be meant", "> a; > a; > b; a = 1; b = 2", "> a; a = (missing); > a_2; a_2 = (missing); > b; b = 2"),
        ("late, and one of two turns is answered", "> a; a = 1; > a; > b; a = 2; b = 3", "> a; a = 1; > a_2; a_2 = 2; > b; b = 3"),
    ];
    for (name, sent, expected) in table {
        for is_block_form in [false, true] {
            assert_eq!(outcome(sent, is_block_form, &auto(MODEL)), expected, "{name}, block form {is_block_form}");
        }
    }
}

#[test]
fn twenty_thousand_calls_of_one_turn_find_their_results() {
    const CALLS: usize = 20_000;
    let ids: Vec<String> = (0..CALLS).map(|number| format!("call_{number}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let results = ids.iter().map(|id| result(id, "r"));
    let sent = Value::Array([user("hi"), calls(&ids)].into_iter().chain(results).collect());
    // What the support checks beside it compares each message with each.
    let placeholders = openrouter_wasm::transcript::images::Placeholders { prefix: "", facts: &[] };
    let answer =
        openrouter_wasm::transcript::transcript_text::sanitize_transcript(&sent.to_string(), &auto(MODEL).to_string(), placeholders);
    let answer: Value = serde_json::from_str(&answer.unwrap()).unwrap();
    assert_eq!(answer["messages"], Value::Array((0..CALLS + 2).map(Value::from).collect()));
    assert_eq!(answer["changes"]["runs"], json!([]));
}

/// How long it takes to repair a transcript, in seconds; without what the support checks beside it, which compares each message with each.
fn seconds_for(messages: impl IntoIterator<Item = Value>) -> f64 {
    let sent = Value::Array(messages.into_iter().collect()).to_string();
    let placeholders = openrouter_wasm::transcript::images::Placeholders { prefix: "", facts: &[] };
    let start = std::time::Instant::now();
    openrouter_wasm::transcript::transcript_text::sanitize_transcript(&sent, &auto(MODEL).to_string(), placeholders).unwrap();
    start.elapsed().as_secs_f64()
}

#[test]
fn in_no_order_do_thousands_of_results_or_fields_take_ten_times_as_long() {
    const CALLS: usize = 20_000;
    let ids: Vec<String> = (0..CALLS).map(|number| format!("call_{number}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let turn = |ids: &[&str]| [user("hi"), calls(ids)].into_iter();
    let results = |ids: &[&str]| ids.iter().map(|id| result(id, "r")).collect::<Vec<_>>();
    let in_order = seconds_for(turn(&ids).chain(results(&ids)));
    let backwards: Vec<&str> = ids.iter().rev().copied().collect();
    // Neither halves nor neighbours stay together.
    let mixed: Vec<&str> = (0..CALLS).map(|at| ids[at * 7919 % CALLS]).collect();
    let same = vec!["c"; CALLS];
    let halves = [&ids[CALLS / 2..], &ids[..CALLS / 2]].concat();
    let made_up = ids[..CALLS / 2].iter().map(|id| result(id, MISSING));
    let each_in_a_turn = ids[..CALLS / 2].iter().map(|id| calls(&[id]));
    let fields = (0..CALLS).map(|number| (format!("field_{number}"), json!(1)));
    let many_fields =
        Value::Object([("role".to_owned(), json!("user")), ("content".to_owned(), json!("hi"))].into_iter().chain(fields).collect());
    let strangers: Vec<String> = (0..CALLS).map(|number| format!("other_{number}")).collect();
    for (name, seconds) in [
        ("backwards", seconds_for(turn(&ids).chain(results(&backwards)))),
        ("mixed", seconds_for(turn(&ids).chain(results(&mixed)))),
        ("the later half first", seconds_for(turn(&ids).chain(results(&halves)))),
        ("without the first", seconds_for(turn(&ids).chain(results(&ids[1..])))),
        ("one id", seconds_for(turn(&same).chain(results(&same)))),
        ("one id, too many results", seconds_for(turn(&same[CALLS / 2..]).chain(results(&same)))),
        ("each twice", seconds_for(turn(&ids[..CALLS / 2]).chain(results(&ids[..CALLS / 2])).chain(results(&ids[..CALLS / 2])))),
        ("of no call", seconds_for(turn(&ids).chain(strangers.iter().map(|id| result(id, "r"))))),
        ("made up, then real", seconds_for(turn(&ids[..CALLS / 2]).chain(made_up).chain(results(&backwards[CALLS / 2..])))),
        ("behind all turns, backwards", seconds_for(each_in_a_turn.chain(results(&backwards[CALLS / 2..])))),
        ("behind all turns, one id", seconds_for((0..CALLS / 2).map(|_| calls(&["c"])).chain(results(&same[..CALLS / 2])))),
        ("fields of a message", seconds_for([many_fields])),
    ] {
        assert!(seconds < in_order * 10.0, "{name}: {seconds} s, in order {in_order} s");
    }
}

#[test]
fn a_field_that_comes_again_counts_by_its_last_value_among_hundreds_too() {
    let others = |from: usize| (from..from + 40).map(|number| format!("\"field_{number}\":1,")).collect::<String>();
    for (before, between) in [(0, 0), (0, 40), (40, 40)] {
        let many = |count: usize, from: usize| if count == 0 { String::new() } else { others(from) };
        let text = format!(
            "[{{\"role\":\"assistant\",{}\"content\":[],{}\"content\":\"NO_REPLY\",\"content\":\"hi\"}},{{\"role\":\"user\",\"content\":\"go\"}}]",
            many(before, 0),
            many(between, 100)
        );
        let answer = crate::support::sanitize_text(&text, &auto(MODEL)).unwrap();
        assert_eq!(
            answer.messages.iter().map(|message| message["content"].clone()).collect::<Vec<_>>(),
            [json!("hi"), json!("go")],
            "{before} {between}"
        );
    }
}

#[test]
fn without_synthetic_results_the_unanswered_call_goes_and_so_does_a_turn_of_nothing_else() {
    let options = by(MODEL, &json!({"allowSyntheticToolResults": false}));
    let table = [("> a b; b = 2; bye", "> b; b = 2; bye"), ("hi; > a; bye", "hi; bye"), ("> a; a = 1", "> a; a = 1")];
    for (sent, expected) in table {
        for is_block_form in [false, true] {
            assert_eq!(outcome(sent, is_block_form, &options), expected);
        }
    }
    let mut spoken = calls(&["a"]);
    spoken["content"] = json!("I look");
    let answer = sanitize(&json!([spoken, user("bye")]), &options);
    assert_eq!(answer.messages[0], json!({"role": "assistant", "content": "I look"}));
    assert!(answer.has("pairing", "messages[0].tool_calls[0]"));
}

#[test]
fn a_result_that_goes_is_told_with_the_reason_of_it() {
    let first = [calls(&["a"]), result("a", "1")];
    let later = [calls(&["b"]), result("b", "2")];
    for (rest, reason) in [
        (vec![result("a", "2")], "a second result of one call was left out"),
        (vec![result("x", "2")], "a result that belongs to no call was left out"),
        (later.iter().cloned().chain([result("a", "3")]).collect(), "a result that belongs to no call was left out"),
        (later.iter().cloned().chain([result("b", "3")]).collect(), "a second result of one call was left out"),
    ] {
        let sent = Value::Array(first.iter().cloned().chain(rest).collect());
        let placeholders = openrouter_wasm::transcript::images::Placeholders::default();
        let answer =
            openrouter_wasm::transcript::transcript_text::sanitize_transcript(&sent.to_string(), &auto(MODEL).to_string(), placeholders);
        let answer: Value = serde_json::from_str(&answer.unwrap()).unwrap();
        assert_eq!(answer["changes"]["kinds"], json!([{"rule": "pairing", "reason": reason}]), "{sent}");
    }
}

#[test]
fn a_made_up_result_gives_way_to_the_real_one_wherever_that_comes() {
    for (mark, made_up) in [("(missing)", MISSING), ("(theirs)", OPENCLAW_MISSING)] {
        let table = [
            ("> a; a = M; a = 1", "> a; a = 1"),
            ("> a; a = M; go; > b; b = 2; a = 1", "> a; a = 1; go; > b; b = 2"),
            ("> a a; a = 1; a = M; a = 2", "> a a_2; a = 1; a_2 = 2"),
            ("> a a; a = M; a = 1", "> a a_2; a = M; a_2 = 1"),
            ("> a; a = 1; a = M", "> a; a = 1"),
            ("> a; a = M; a = M", "> a; a = M"),
            ("> a; a = M; go", "> a; a = M; go"),
        ];
        for (sent, expected) in table {
            for is_block_form in [false, true] {
                let outcome = outcome(&sent.replace('M', mark), is_block_form, &auto(MODEL));
                assert_eq!(outcome, expected.replace('M', mark), "{sent}, block form {is_block_form}");
            }
        }
        let in_parts = json!({"role": "tool", "tool_call_id": "a", "content": [{"type": "text", "text": made_up}]});
        for made_up in [result("a", made_up), tool_result("a", made_up), in_parts] {
            let answer = sanitize(&json!([calls(&["a"]), made_up, result("a", "1")]), &auto(MODEL));
            assert_eq!(lines(&answer), ["assistant: -> a", "a = 1"]);
            assert!(answer.has("pairing", "messages[1]"));
        }
    }
}

#[test]
fn a_result_without_an_id_is_adopted_where_one_open_call_alone_can_be_meant() {
    let adopted = [
        json!([calls(&["a"]), {"role": "tool", "content": "1"}]),
        json!([calls(&["a"]), {"role": "tool", "tool_call_id": "", "content": "1", "name": "f"}]),
        json!([calls(&["a"]), {"role": "toolResult", "toolName": "f", "content": [{"type": "text", "text": "1"}]}]),
        json!([turn(&json!([tool_call("a")]), "toolUse"), {"role": "toolResult", "toolName": " ", "content": "1"}]),
    ];
    for messages in adopted {
        let answer = sanitize(&messages, &auto(MODEL));
        assert_eq!(lines(&answer), ["assistant: -> a", "a = 1"], "{messages}");
        assert!(answer.has("pairing", "messages[1].tool_call_id"), "{answer:?}");
    }
    let nameless = json!({"role": "tool", "content": "1"});
    let answer = sanitize(&json!([calls(&["a"]), result("a", MISSING), nameless]), &auto(MODEL));
    assert_eq!(lines(&answer), ["assistant: -> a", "a = 1"], "what was made up holds no place");
    let refused = [
        ("messages[1].tool_call_id", json!([calls(&["a", "b"]), nameless])),
        ("messages[1].tool_call_id", json!([calls(&["a"]), {"role": "tool", "content": "1", "name": "g"}])),
        ("messages[2].tool_call_id", json!([calls(&["a"]), result("a", "1"), nameless])),
        ("messages[2].tool_call_id", json!([calls(&["a"]), result("a", MISSING), {"role": "tool", "content": MISSING}])),
        ("messages[0].tool_call_id", json!([nameless])),
    ];
    for (place, messages) in refused {
        let error = error_of(&messages, &auto(MODEL));
        assert!(error.starts_with(place), "{error}");
    }
}

#[test]
fn ids_are_read_from_every_name_that_a_client_may_use() {
    for name in ["tool_call_id", "toolCallId", "toolUseId", "tool_use_id", "callId", "call_id"] {
        for role in ["tool", "toolResult"] {
            let answer = sanitize(&json!([calls(&["a"]), {"role": role, name: "a", "content": "1"}]), &auto(MODEL));
            assert_eq!(answer.messages[1], result("a", "1"), "{role} {name}");
            assert_eq!(answer.is_untouched(), role == "tool" && name == "tool_call_id");
        }
    }
    for name in ["id", "call_id", "tool_call_id", "toolCallId", "tool_use_id", "toolUseId"] {
        for kind in ["toolCall", "toolUse", "functionCall", "tool_call", "tool_use", "function_call"] {
            let block = json!({"type": kind, name: "a", "name": "f", "input": {"x": 1}});
            let answer = sanitize(&json!([turn(&json!([block]), "toolUse"), result("a", "1")]), &auto(MODEL));
            assert_eq!(lines(&answer), ["assistant: -> a", "a = 1"], "{kind} {name}");
        }
    }
    // Of a Responses item the second id is the one that its output names.
    let item = json!({"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "f", "arguments": "{}"});
    let answer = sanitize(&json!([turn(&json!([item]), "toolUse"), tool_result("call_1", "1")]), &auto(MODEL));
    assert_eq!(lines(&answer), ["assistant: -> call_1", "call_1 = 1"]);
}

#[test]
fn a_turn_that_failed_goes_with_its_calls_and_their_results_and_nothing_else() {
    for stop_reason in ["error", "aborted"] {
        let failed = turn(&json!([{"type": "text", "text": "I look"}, tool_call("a"), tool_call("b")]), stop_reason);
        let messages =
            json!([user("1"), failed, user("2"), tool_result("a", "r"), result("b", "late"), user("3"), calls(&["c"]), result("c", "x")]);
        let answer = sanitize(&messages, &auto(MODEL));
        assert_eq!(lines(&answer), ["user: 1", "user: 2", "user: 3", "assistant: -> c", "c = x"], "{stop_reason}");
        for path in ["messages[1]", "messages[3]", "messages[4]"] {
            assert!(answer.has("pairing", path), "{path}: {answer:?}");
        }
        // Without the repair the message rules do the same, for what follows the turn.
        let answer = sanitize(&messages, &by(MODEL, &json!("off")));
        assert_eq!(lines(&answer), ["user: 1", "user: 2", "user: 3", "assistant: -> c", "c = x"], "{stop_reason}, off");
    }
}

#[test]
fn calls_that_no_provider_would_take_go() {
    let broken = |name: &str, value: Value| {
        let mut call = call("bad", "f");
        *call.pointer_mut(name).unwrap() = value;
        call
    };
    let long = "n".repeat(65);
    let table = [
        ("no id", broken("/id", json!(null))),
        ("an empty id", broken("/id", json!(""))),
        ("a number for an id", broken("/id", json!(7))),
        ("no function", broken("/function", json!(null))),
        ("no name", broken("/function/name", json!(null))),
        ("a number for a name", broken("/function/name", json!(7))),
        ("a blank name", broken("/function/name", json!(" "))),
        ("a name with a space", broken("/function/name", json!("a b"))),
        ("a name with a slash", broken("/function/name", json!("a/b"))),
        ("a name that is too long", broken("/function/name", json!(long))),
        ("arguments that are null", broken("/function/arguments", json!(null))),
        ("arguments that were cut off", broken("/function/arguments", json!("{\"a\":"))),
        ("no object", json!("call")),
    ];
    for (name, call) in &table {
        let mut message = calls(&["good"]);
        message["tool_calls"].as_array_mut().unwrap().insert(0, call.clone());
        let answer = sanitize(&json!([message, result("good", "1")]), &auto(MODEL));
        assert_eq!(lines(&answer), ["assistant: -> good", "good = 1"], "{name}");
        let rules: Vec<&str> = answer.changes.iter().map(|(_, path)| path.as_str()).collect();
        assert_eq!(rules, ["messages[0].tool_calls[0]"], "{name}");

        message["tool_calls"] = json!([call]);
        let answer = sanitize(&json!([user("hi"), message]), &auto(MODEL));
        assert_eq!(lines(&answer), ["user: hi"], "{name}: a turn of nothing else goes");
        message["content"] = json!("I look");
        let answer = sanitize(&json!([user("hi"), message]), &auto(MODEL));
        assert_eq!(answer.messages[1], json!({"role": "assistant", "content": "I look"}), "{name}: its text stays");
    }
    let answer = sanitize(&json!([{"role": "assistant", "content": "hi", "tool_calls": []}]), &auto(MODEL));
    assert_eq!(answer.messages, [json!({"role": "assistant", "content": "hi"})]);
}

#[test]
fn a_call_without_arguments_needs_none() {
    let mut message = calls(&["a"]);
    message["tool_calls"][0]["function"]["arguments"] = json!(" ");
    let answer = sanitize(&json!([message]), &auto(MODEL));
    assert_eq!(lines(&answer), ["assistant: -> a", "a = (missing)"]);
    assert_eq!(answer.messages[0], calls(&["a"]));
}

#[test]
fn calls_that_can_be_mended_are() {
    let (whole, name) = ("{\"a\": 1}", "a:b.c-D_9");
    let fixed = |function: Value| {
        let sent = json!([{"role": "assistant", "tool_calls": [{"id": "a", "function": function}]}, result("a", "1")]);
        let answer = sanitize(&sent, &auto(MODEL));
        assert!(answer.has("tool-inputs", "messages[0].tool_calls[0]"));
        assert_eq!(answer.messages[0]["tool_calls"][0]["type"], "function");
        answer.messages[0]["tool_calls"][0]["function"].clone()
    };
    let table = [
        (json!({"name": format!("  {name}\u{a0}"), "arguments": whole}), json!({"name": name, "arguments": whole})),
        (json!({"name": "f", "arguments": ""}), json!({"name": "f", "arguments": "{}"})),
        (json!({"name": "f", "arguments": " \n"}), json!({"name": "f", "arguments": "{}"})),
        (json!({"name": "f", "arguments": {"b": 1, "a": 2}}), json!({"name": "f", "arguments": "{\"a\":2,\"b\":1}"})),
        (json!({"name": "n".repeat(64), "arguments": whole}), json!({"name": "n".repeat(64), "arguments": whole})),
    ];
    for (sent, expected) in table {
        assert_eq!(fixed(sent), expected);
    }
    let custom =
        json!({"role": "assistant", "content": null, "tool_calls": [{"id": "a", "type": "custom", "custom": {"name": "g", "input": "x"}}]});
    assert!(sanitize(&json!([custom, result("a", "1")]), &auto(MODEL)).is_untouched());
}

/// What the tool loop sends: the model is told that its arguments were no JSON, and must see it.
#[test]
fn a_call_with_broken_arguments_that_was_answered_stays_with_its_answer() {
    for arguments in ["{\"a\":", "[]", "5", "null"] {
        let mut message = calls(&["a"]);
        message["tool_calls"][0]["function"]["arguments"] = json!(arguments);
        let told = result("a", "Error: the arguments were no JSON object");
        let answer = sanitize(&json!([message, told]), &auto(MODEL));
        assert_eq!(answer.messages, [calls(&["a"]), told], "{arguments}");
        assert!(answer.has("pairing", "messages[0].tool_calls[0]"));
    }
}

#[test]
fn with_a_list_of_tools_only_answered_calls_of_others_stay() {
    let mut options = auto(MODEL);
    options["allowedToolNames"] = json!([" READ "]);
    let turn = |id: &str, name: &str| json!({"role": "assistant", "content": null, "tool_calls": [call(id, name)]});
    let table = [
        ("offered", json!([turn("a", "Read"), result("a", "1")]), "assistant: -> a|a = 1"),
        ("offered and unanswered", json!([turn("a", "read")]), "assistant: -> a|a = (missing)"),
        ("gone and answered", json!([turn("a", "old"), result("a", "1")]), "assistant: -> a|a = 1"),
        ("gone and unanswered", json!([user("hi"), turn("a", "old")]), "user: hi"),
        ("gone and answered by nobody", json!([turn("a", "old"), result("a", MISSING), user("hi")]), "user: hi"),
        ("gone, and the answer came first", json!([result("a", "1"), turn("a", "old"), user("hi")]), "user: hi"),
        (
            "gone, and another of that id is answered",
            json!([turn("a", "old"), turn("a", "old"), result("a", "1")]),
            "assistant: -> a|a = 1",
        ),
    ];
    for (name, messages, expected) in table {
        assert_eq!(lines(&sanitize(&messages, &options)).join("|"), expected, "{name}");
    }
}

/// The forms of the ids have tests of their own; here results and encrypted reasoning go along, and pairing comes first.
#[test]
fn ids_are_renamed_with_their_results_and_inside_of_reasoning() {
    let detail = |id: &str| json!({"type": "reasoning.encrypted", "id": id, "data": "AAAA", "format": "unknown"});
    let mut message = calls(&["call_a|b", "call_a:b", "___"]);
    message["reasoning_details"] = json!([detail("call_a:b"), detail("elsewhere")]);
    let messages = json!([message, result("call_a:b", "2"), {"role": "tool", "call_id": "call_a|b", "content": "1"}]);
    let table = [
        ("google/gemini-3-pro", ["callab", "callab164e5cbf", "sanitizedtoolid"]),
        ("mistralai/mistral-small", ["a4b42f05f", "1f565f6b4", "44d8b78be"]),
        (MODEL, ["call_a|b", "call_a:b", "___"]),
    ];
    for (model, [a, b, c]) in table {
        let answer = sanitize(&messages, &auto(model));
        let expected = [format!("assistant: -> {a} {b} {c}"), format!("{a} = 1"), format!("{b} = 2"), format!("{c} = (missing)")];
        assert_eq!(lines(&answer), expected);
        assert_eq!(answer.messages[0]["reasoning_details"], json!([detail(b), detail("elsewhere")]), "{model}");
        assert_eq!(answer.has("tool-ids", "messages[0].tool_calls[1].id"), a != "call_a|b");
    }
}

#[test]
fn a_change_names_the_call_where_the_caller_has_it() {
    let mut wire = calls(&["", "a_", "b_"]);
    wire["content"] = json!("x");
    let answer = sanitize(&json!([wire, result("b_", "1")]), &auto("google/gemini-3-pro"));
    let paths: Vec<&str> = answer.changes.iter().map(|(_, path)| path.as_str()).collect();
    let expected = ["[0].tool_calls[0]", "[0].tool_calls[1]", "[0].tool_calls[1].id", "[0].tool_calls[2].id", "[1].tool_call_id"];
    assert_eq!(paths, expected.map(|path| format!("messages{path}")));
    let blocks = json!([{"type": "text", "text": "x"}, {"type": "toolCall", "id": "p", "name": "f", "arguments": {}, "partialJson": "{"}, tool_call("a_")]);
    let answer = sanitize(&json!([turn(&blocks, "toolUse")]), &auto("google/gemini-3-pro"));
    for (rule, path) in [("tool-inputs", "[1]"), ("pairing", "[2]"), ("tool-ids", "[2].id")] {
        assert!(answer.has(rule, &format!("messages[0].content{path}")), "{answer:?}");
    }
}
