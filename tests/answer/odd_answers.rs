//! Oddities of servers, each a kind: streams and whole answers, read whole, cut at every byte, and byte by byte.

use crate::support::bodies::{DONE, JSON, SSE, check, delta, event, finish, read, said};
use crate::support::last;
use serde_json::{Value, json};

fn whole(message: Value, reason: &str) -> String {
    json!({"id": "gen-1", "model": "m/x", "choices": [{"index": 0, "message": message, "finish_reason": reason}]}).to_string()
}

/// The calls that may run: id, name, input.
fn calls(events: &[Value]) -> Value {
    events
        .iter()
        .filter(|event| event["type"] == "tool-call" && event.get("truncated").is_none())
        .map(|call| json!([call["id"], call["name"], call["input"]]))
        .collect()
}

fn message(events: &[Value]) -> &Value {
    &last(events)["step"]["message"]
}

#[test]
fn a_byte_order_mark_in_front_of_a_later_event_hides_nothing() {
    const BOM: &str = "\u{feff}";
    let (first, second, end) = (delta(json!({"content": "a"})), delta(json!({"content": "b"})), finish("stop", ""));
    for body in [
        format!("{first}{BOM}{second}{end}{DONE}"),
        format!("{BOM}{first}{BOM}{second}{BOM}{end}{BOM}{DONE}"),
        format!("{first}{BOM}{BOM}{second}{end}{DONE}"),
        format!("{first}{BOM}: a comment\n\n{BOM}event: message\n{BOM}{second}{BOM}\n\n{end}{DONE}"),
        format!("{first}{BOM}\n{BOM}{second}{end}{DONE}"),
        format!("{first}{second}{end}{DONE}").replace('\n', "\r\n").replace("data", "\u{feff}data"),
    ] {
        check("bom", &read(SSE, &body), "ab", "", "complete");
    }
    let error = format!("{first}{BOM}event: error\n{BOM}data: {{\"message\":\"model failed to load\",\"code\":500}}\n\n");
    check("an error", &read(SSE, &error), "a", "", "stream-error 500 model failed to load");
    // In a text it is a character.
    check("in a text", &read(SSE, &said(&[json!({"content": BOM}), json!({"content": "\u{feff}x"})])), "\u{feff}\u{feff}x", "", "complete");
}

#[test]
fn a_bare_signature_goes_back_in_the_form_that_is_taken() {
    let google = json!({"google": {"thought_signature": "c2ln"}});
    for name in ["thought_signature", "thoughtSignature"] {
        let signed = |text: &str| json!({"content": text, name: "c2ln"});
        let mut choice = json!({"index": 0, "delta": {"content": "x"}, "finish_reason": "stop"});
        choice[name] = json!("c2ln");
        for body in [
            said(&[json!({"content": "x"}), signed("")]),
            said(&[signed("x")]),
            said(&[json!({"content": "x", name: "b2xk"}), signed("")]),
            said(&[signed("x"), json!({"content": "", name: ""}), json!({"content": "", name: null})]),
            said(&[json!({"content": [{"type": "text", "text": "x", name: "c2ln"}]})]),
            whole(signed("x"), "stop"),
            whole(json!({"content": [{"type": "text", "text": "x", name: "c2ln"}]}), "stop"),
            event(json!({"id": "gen-1", "choices": [choice]})) + DONE,
        ] {
            let events = read(SSE, &body);
            check(name, &events, "x", "", "complete");
            assert_eq!(message(&events)["extra_content"], google, "{body}");
        }
        // The wrapped form counts where both are there.
        let both = json!({"content": "x", name: "b2xk", "extra_content": google});
        assert_eq!(message(&read(SSE, &said(std::slice::from_ref(&both))))["extra_content"], google);
        assert_eq!(message(&read(JSON, &whole(both, "stop")))["extra_content"], google);
    }
    let events = read(SSE, &said(&[json!({"content": "x", "thought_signature": 5})]));
    assert_eq!(message(&events), &json!({"role": "assistant", "content": "x"}));
}

#[test]
fn a_call_that_comes_again_with_its_keys_in_another_order_is_one() {
    let call = |fields: Value, arguments: Value| {
        let mut call = json!({"type": "function", "function": {"name": "f", "arguments": arguments}});
        call.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        json!({"tool_calls": [call]})
    };
    let once = json!("{\"a\":1,\"b\":{\"c\":[1,2],\"d\":\"x y\"}}");
    let again = ["{\"b\":{\"d\":\"x y\",\"c\":[1, 2]},\"a\":1}", "{\"b\": {\"d\": \"x\\u0020y\", \"c\": [1,2]}, \"a\": 1.0}"];
    let other = [
        "{\"b\":{\"d\":\"xy\",\"c\":[1,2]},\"a\":1}",
        "{\"b\":{\"d\":\"x y\",\"c\":[2,1]},\"a\":1}",
        "{\"a\":1}",
        "{\"b\":1,\"a\":{\"d\":\"x y\",\"c\":[1,2]}}",
    ];
    let input = json!({"a": 1, "b": {"c": [1, 2], "d": "x y"}});
    for fields in [json!({"index": 0, "id": "c"}), json!({"id": "c"}), json!({"index": 0})] {
        let id = fields.get("id").map_or("call_0", |_| "c");
        for text in again {
            for second in [json!(text), serde_json::from_str(text).unwrap()] {
                for repeats in [1, 2] {
                    let deltas = core::iter::once(call(fields.clone(), once.clone()))
                        .chain((0..repeats).map(|_| call(fields.clone(), second.clone())));
                    let body = said(&deltas.collect::<Vec<_>>()).replace("\"stop\"", "\"tool_calls\"");
                    let found = calls(&read(SSE, &body));
                    assert_eq!(found.as_array().unwrap().len(), 1, "{body}");
                    assert_eq!((&found[0][0], &found[0][2]), (&json!(id), &input), "{body}");
                }
            }
        }
        for text in other {
            let body = said(&[call(fields.clone(), once.clone()), call(fields.clone(), json!(text))]).replace("\"stop\"", "\"tool_calls\"");
            assert_eq!(calls(&read(SSE, &body)).as_array().unwrap().len(), 2, "{body}");
        }
    }
    // Behind its pieces, in a whole message.
    let pieces = [
        call(json!({"index": 0, "id": "c"}), json!("{\"a\":1,\"b\":")),
        json!({"tool_calls": [{"index": 0, "function": {"arguments": "2}"}}]}),
    ];
    let message = json!({"content": null, "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{\"b\":2,\"a\":1}"}}]});
    let end = event(json!({"id": "gen-1", "choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}]}));
    let body = pieces.map(delta).concat() + &end + DONE;
    assert_eq!(calls(&read(SSE, &body)), json!([["c", "f", {"a": 1, "b": 2}]]));
}

#[test]
fn a_call_that_nothing_tells_apart_is_one_in_another_list_and_two_in_one() {
    let call = |name: &str, arguments: &str| json!({"type": "function", "function": {"name": name, "arguments": arguments}});
    let list = |calls: &[Value]| json!({"tool_calls": calls});
    let (a, b, c) = (call("f", "{\"a\":1,\"b\":2}"), call("f", "{\"a\":2}"), call("g", "{\"a\":2}"));
    let again = call("f", "{ \"b\": 2, \"a\": 1 }");
    let one = |call: &Value| list(std::slice::from_ref(call));
    let table = [
        (vec![one(&a), one(&a)], 1),
        (vec![one(&a), one(&again), one(&a)], 1),
        (vec![one(&a), one(&b), one(&a), one(&b)], 2),
        (vec![list(&[a.clone(), b.clone()]), list(&[a.clone(), b.clone()])], 2),
        (vec![list(&[b.clone(), a.clone()]), list(&[a.clone(), b.clone()])], 2),
        // What differs in its name or in what it says is another one.
        (vec![one(&a), one(&b), one(&c)], 3),
        // Two in one list are two, and two again.
        (vec![list(&[a.clone(), a.clone()])], 2),
        (vec![list(&[a.clone(), a.clone()]), list(&[a.clone(), a.clone()])], 2),
        (vec![list(&[a.clone(), b.clone(), a.clone()]), one(&a)], 3),
        // An old function call is one.
        (vec![json!({"function_call": {"name": "f", "arguments": "{}"}}), json!({"function_call": {"name": "f", "arguments": "{}"}})], 1),
    ];
    for (deltas, expected) in table {
        let body = said(&deltas).replace("\"stop\"", "\"tool_calls\"");
        assert_eq!(calls(&read(SSE, &body)).as_array().unwrap().len(), expected, "{body}");
    }
    // Ids, and indices, tell them apart.
    for field in ["id", "index"] {
        let told = |value: Value| {
            let mut call = a.clone();
            call[field] = value;
            one(&call)
        };
        let values = if field == "id" { [json!("c"), json!("d")] } else { [json!(0), json!(1)] };
        let body = said(&values.map(told)).replace("\"stop\"", "\"tool_calls\"");
        assert_eq!(calls(&read(SSE, &body)).as_array().unwrap().len(), 2, "{body}");
    }
    // The message behind them says how many there were.
    let message = json!({"content": null, "tool_calls": [a, a]});
    let end = event(json!({"id": "gen-1", "choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}]}));
    let body = [one(&a), one(&a)].map(delta).concat() + &end + DONE;
    assert_eq!(calls(&read(SSE, &body)).as_array().unwrap().len(), 2, "{body}");
}

#[test]
fn the_end_is_known_in_every_spelling() {
    let text = delta(json!({"content": "Hi"}));
    for end in [
        "[DONE]",
        "[done]",
        "[Done]",
        "\"[DONE]\"",
        "'[DONE]'",
        "[DONE];",
        "[DONE].",
        "DONE",
        "done",
        "[ DONE ]",
        "[\"DONE\"]",
        "<DONE>",
        "[DONE]\u{feff}",
        "\u{feff}[DONE]",
        " [DONE]\t",
        "[[DONE]]",
        "[END]",
        "\"done\"",
        "data: [DONE]",
        "data:[done]",
        "<|DONE|>",
        "*DONE*",
    ] {
        for body in [
            format!("{text}data: {end}\n\n"),
            format!("{text}data:{end}\n\n{}", delta(json!({"content": " nothing behind"}))),
            format!("{text}data: {end}"),
            format!("{text}event: done\r\ndata: {end}\r\n\r\n"),
        ] {
            check(end, &read(SSE, &body), "Hi", "", "complete");
        }
        // Behind answers in one piece, several of which are chunks.
        let chunk = |text: &str| json!({"id": "gen-1", "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": null}]});
        check(end, &read(JSON, &format!("{}\n{}\n{end}\n", chunk("H"), chunk("i"))), "Hi", "", "complete");
    }
    // What only holds the word is none.
    for data in ["[DONE] and more", "undone", "[DON", "{\"done\":true}", "not done", "[1,\"DONE\"]"] {
        let (text, _, ending) = crate::support::bodies::outcome(&read(SSE, &format!("{text}data: {data}\n\n")));
        assert_eq!(text, "Hi");
        assert!(ending.starts_with("stream-cut") || ending.starts_with("bad-response"), "{data}: {ending}");
    }
}

#[test]
fn calls_are_found_wherever_they_stand() {
    let (f, g) = (json!({"name": "f", "arguments": "{\"p\":2}"}), json!({"name": "g", "arguments": "{}"}));
    let function = |id: &str, function: &Value| json!({"id": id, "type": "function", "function": function});
    let used = |id: &str, name: &str, input: Value| json!({"type": "tool_use", "id": id, "name": name, "input": input});
    let one = json!([["c", "f", {"p": 2}]]);
    let two = json!([["c", "f", {"p": 2}], ["d", "g", {}]]);
    let unnamed = json!([["call_0", "f", {"p": 2}]]);
    let text = json!({"type": "text", "text": "x"});
    let at_choice = |fields: Value, reason: &str| {
        let mut choice = json!({"index": 0, "finish_reason": reason});
        choice.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        json!({"id": "gen-1", "choices": [choice]})
    };
    let messages = [
        (json!({"content": [text, used("c", "f", json!({"p": 2}))]}), "x", &one),
        (json!({"content": [text, used("c", "f", json!({"p": 2})), used("d", "g", json!({}))]}), "x", &two),
        (json!({"content": used("c", "f", json!("{\"p\":2}"))}), "", &one),
        (json!({"content": [used("c", "f", json!({"p": 2}))], "tool_calls": [function("c", &f)]}), "", &one),
        (json!({"content": [{"type": "tool_call", "id": "c", "name": "f", "arguments": {"p": 2}}]}), "", &one),
        (json!({"content": [{"type": "function_call", "id": "c", "name": "f", "arguments": "{\"p\":2}"}]}), "", &one),
        (json!({"content": [{"type": "function", "id": "c", "function": f}]}), "", &one),
        (json!({"content": [{"functionCall": {"id": "c", "name": "f", "args": {"p": 2}}}]}), "", &one),
        (json!({"content": null, "function_call": f}), "", &unnamed),
        (json!({"content": "x", "tool_calls": [], "function_call": f}), "x", &unnamed),
        (json!({"content": "x", "tool_calls": null, "function_call": f}), "x", &unnamed),
        (json!({"content": null, "tool_calls": function("c", &f)}), "", &one),
        (json!({"content": null, "tool_calls": [function("c", &f), function("d", &g)]}), "", &two),
        (
            json!({"content": [used("", "f", json!({"p": 2})), {"type": "tool_use", "name": "g", "input": {}}]}),
            "",
            &json!([["call_0", "f", {"p": 2}], ["call_1", "g", {}]]),
        ),
    ];
    for (message, said_text, expected) in messages {
        for reason in ["tool_calls", "tool_use", "function_call", "stop"] {
            for body in [whole(message.clone(), reason), delta(message.clone()) + &finish(reason, "") + DONE] {
                let events = read(SSE, &body);
                check("calls", &events, said_text, "", "complete");
                assert_eq!(&calls(&events), expected, "{body}");
                assert_eq!(last(&events)["step"]["reason"], "tool-calls", "{body}");
            }
        }
    }
    for choice in [
        at_choice(json!({"tool_calls": [function("c", &f)], "message": {"role": "assistant", "content": "x"}}), "tool_calls"),
        at_choice(json!({"tool_calls": [function("c", &f)], "delta": {"content": "x"}}), "tool_calls"),
        at_choice(json!({"tool_calls": [function("c", &f)], "delta": {"content": "x", "tool_calls": null}}), "tool_calls"),
        at_choice(json!({"tool_calls": [function("c", &f)], "text": "x"}), "tool_calls"),
    ] {
        for body in [choice.to_string(), event(choice.clone()) + DONE] {
            let events = read(SSE, &body);
            check("at the choice", &events, "x", "", "complete");
            assert_eq!(calls(&events), one, "{body}");
        }
    }
    // In pieces.
    for deltas in [
        vec![
            json!({"function_call": {"name": "f"}}),
            json!({"function_call": {"arguments": "{\"p\""}}),
            json!({"function_call": {"arguments": ":2}"}}),
        ],
        vec![
            json!({"function_call": {"name": "f", "arguments": ""}, "tool_calls": []}),
            json!({"tool_calls": [], "function_call": {"arguments": "{\"p\":2}"}}),
        ],
    ] {
        let body = deltas.into_iter().map(delta).collect::<String>() + &finish("function_call", "") + DONE;
        assert_eq!(calls(&read(SSE, &body)), unnamed, "{body}");
    }
    // A result of a tool in the content is no call.
    let events = read(SSE, &said(&[json!({"content": [text, {"type": "tool_result", "tool_use_id": "c", "content": "r"}]})]));
    assert_eq!(calls(&events), json!([]));
}

#[test]
fn a_delta_that_says_nothing_hides_no_message() {
    for empty in [json!({}), json!({"content": ""}), json!({"role": "assistant", "content": null, "tool_calls": []}), json!(null)] {
        let choice = json!({"index": 0, "delta": empty, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"});
        let body = event(json!({"id": "gen-1", "choices": [choice]})) + DONE;
        check("alone", &read(SSE, &body), "Hi", "", "complete");
        check(
            "behind its deltas",
            &read(SSE, &(delta(json!({"content": "H"})) + &delta(json!({"content": "i"})) + &body)),
            "Hi",
            "",
            "complete",
        );
    }
}

#[test]
fn counts_that_nobody_can_have_are_none() {
    let full = json!({"prompt_tokens": 7, "completion_tokens": 2, "total_tokens": 9});
    for absurd in [
        json!(1e308),
        json!(1e15),
        json!(-1e308),
        json!(-5),
        json!("1e308"),
        json!("NaN"),
        json!("Infinity"),
        json!("-7"),
        json!(true),
        json!([7]),
        json!({"n": 7}),
    ] {
        for name in ["prompt_tokens", "completion_tokens"] {
            let mut usage = full.clone();
            usage[name] = absurd.clone();
            for body in [said(&[json!({"content": "Hi"})]).replace(DONE, "") + &event(json!({"choices": [], "usage": usage})) + DONE, {
                let mut whole: Value = serde_json::from_str(&whole(json!({"content": "Hi"}), "stop")).unwrap();
                whole["usage"] = usage.clone();
                whole.to_string()
            }] {
                let events = read(SSE, &body);
                let read = &last(&events)["step"]["usage"];
                let (own, other) =
                    if name == "prompt_tokens" { ("inputTokens", ("outputTokens", 2)) } else { ("outputTokens", ("inputTokens", 7)) };
                assert_eq!((&read[own], &read[other.0]), (&json!(0), &json!(other.1)), "{body}");
                assert_eq!(read["totalTokens"], json!(other.1), "{body}");
            }
        }
        // One of nothing else is no usage: what was said is estimated.
        let body = said(&[json!({"content": "Hi"})]).replace(DONE, "")
            + &event(json!({"choices": [], "usage": {"prompt_tokens": absurd, "completion_tokens": absurd}}))
            + DONE;
        let events = read(SSE, &body);
        let usage = last(&events)["step"].get("usage").cloned().unwrap_or_default();
        assert!(usage.is_null() || usage["totalTokens"] == 0, "{usage}");
    }
    // A cost that nobody is billed neither.
    for cost in [json!(1e308), json!("1e308"), json!(1e12), json!(-1), json!("NaN")] {
        let mut usage = full.clone();
        usage["cost"] = cost;
        let events =
            read(SSE, &(said(&[json!({"content": "Hi"})]).replace(DONE, "") + &event(json!({"choices": [], "usage": usage})) + DONE));
        let read = &last(&events)["step"]["usage"];
        assert_eq!((read.get("cost"), &read["totalTokens"]), (None, &json!(9)), "{usage}");
    }
}

#[test]
fn a_usage_counts_by_every_name() {
    let of = |usage: Value| {
        let body = said(&[json!({"content": "Hi"})]).replace(DONE, "") + &event(json!({"choices": [], "usage": usage})) + DONE;
        let read = last(&read(SSE, &body))["step"]["usage"].clone();
        ["inputTokens", "outputTokens", "cacheReadTokens", "cacheWriteTokens", "reasoningTokens", "totalTokens"]
            .map(|name| read[name].as_u64().unwrap())
    };
    for (usage, expected) in [
        (
            json!({"input_tokens": 100, "output_tokens": 5, "input_tokens_details": {"cached_tokens": 60}, "output_tokens_details": {"reasoning_tokens": 3}}),
            [40, 5, 60, 0, 3, 105],
        ),
        (
            json!({"prompt_tokens": 100, "completion_tokens": 5, "cache_read_input_tokens": 60, "cache_creation_input_tokens": 10}),
            [30, 5, 60, 10, 0, 105],
        ),
        // Beside the prompt, as Anthropic itself counts.
        (
            json!({"input_tokens": 10, "output_tokens": 5, "cache_read_input_tokens": 900, "cache_creation_input_tokens": 50}),
            [10, 5, 900, 50, 0, 965],
        ),
        (json!({"prompt_tokens": 100, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": 100}}), [0, 5, 100, 0, 0, 105]),
        // Told twice it counts once.
        (
            json!({"prompt_tokens": 100, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": 60}, "cache_read_input_tokens": 60}),
            [40, 5, 60, 0, 0, 105],
        ),
    ] {
        assert_eq!(of(usage.clone()), expected, "{usage}");
    }
}

#[test]
fn a_thought_by_the_name_of_ollama_is_one() {
    let events = read(SSE, &said(&[json!({"thinking": "Let me "}), json!({"thinking": "see."}), json!({"content": "x"})]));
    check("thinking", &events, "x", "Let me see.", "complete");
    check("whole", &read(JSON, &whole(json!({"thinking": "Let me see.", "content": "x"}), "stop")), "x", "Let me see.", "complete");
    check(
        "twice",
        &read(SSE, &said(&[json!({"thinking": "deep", "reasoning": "deep"}), json!({"content": "x"})])),
        "x",
        "deep",
        "complete",
    );
}

#[test]
fn a_thought_that_comes_again_behind_the_text_is_said_once() {
    let detail = |text: &str| json!({"type": "reasoning.text", "text": text, "index": 0});
    let field = |text: &str| json!({"reasoning": text});
    let details = |text: &str| json!({"reasoning_details": [detail(text)]});
    let both = |text: &str| json!({"reasoning": text, "reasoning_details": [detail(text)]});
    let text = json!({"content": "x"});
    for (first, again) in [
        (field("in one piece"), field("in one piece")),
        (field("in one piece"), json!({"reasoning_content": "in one piece\n"})),
        (both("in one piece"), both("in one piece")),
        (details("in one piece"), details("in one piece")),
        (json!({"content": "<think>in one piece</think>"}), json!({"content": "<think>in one piece</think>"})),
    ] {
        let events = read(SSE, &said(&[first.clone(), text.clone(), again]));
        check("again", &events, "x", "in one piece", "complete");
        let kept = message(&events).get("reasoning_details").cloned();
        assert_eq!(kept, first.get("reasoning_details").cloned(), "{first}");
    }
    // What goes on with its thoughts repeats itself.
    let many = [field("in one piece"), text.clone(), field("in one piece"), json!({"content": "y"}), field("in one piece")];
    check("three times", &read(SSE, &said(&many)), "xy", "in one piecein one piecein one piece", "complete");
    let more = [field("in one piece"), text.clone(), field("in one piece"), field(" and on")];
    check("and on", &read(SSE, &said(&more)), "x", "in one piecein one piece and on", "complete");
    for (again, expected) in [("in one piece and more", "in one piecein one piece and more"), ("another one", "in one pieceanother one")] {
        check("another", &read(SSE, &said(&[field("in one piece"), text.clone(), field(again)])), "x", expected, "complete");
    }
}

/// How blocks, and the text that they hold, stand in a message.
type Form<'a> = &'a dyn Fn(Value, &str) -> Value;

#[test]
fn blocks_of_anthropic_keep_their_signatures() {
    const FORMAT: &str = "anthropic-claude-v1";
    let block = |text: &str, signature: Value| json!({"type": "thinking", "thinking": text, "signature": signature});
    let detail = |text: &str, signature: &str| json!({"type": "reasoning.text", "format": FORMAT, "text": text, "signature": signature});
    let hidden = json!({"type": "redacted_thinking", "data": "AAAA"});
    let encrypted = json!({"type": "reasoning.encrypted", "format": FORMAT, "data": "AAAA"});
    let text = json!({"content": "x"});
    let of_field = |blocks: Value, plain: &str| json!({"reasoning_content": plain, "thinking_blocks": blocks});
    let in_provider =
        |blocks: Value, plain: &str| json!({"reasoning_content": plain, "provider_specific_fields": {"thinking_blocks": blocks}});
    let of_parts = |blocks: Value, _: &str| json!({"content": blocks});
    let alone = |blocks: Value, _: &str| json!({"thinking_blocks": blocks});
    let forms: [Form<'_>; 4] = [&of_field, &in_provider, &of_parts, &alone];
    let thought = json!([block("Let me see.", json!("c2ln")), hidden, block(" And on.", json!("c2lnMg=="))]);
    for (number, form) in forms.into_iter().enumerate() {
        // LiteLLM reads its own name alone; parts of the content have none.
        let own = |blocks: Value| if number == 2 { Value::Null } else { blocks };
        // In pieces, the signature behind them, another block and one that nobody reads.
        let deltas = [
            form(json!([block("Let me ", json!(""))]), "Let me "),
            form(json!([block("see.", json!(null))]), "see."),
            form(json!([block("", json!("c2ln"))]), ""),
            form(json!([hidden]), ""),
            form(json!([block(" And on.", json!("c2lnMg=="))]), " And on."),
            text.clone(),
        ];
        let events = read(SSE, &said(&deltas));
        check("pieces", &events, "x", "Let me see. And on.", "complete");
        let expected = json!([detail("Let me see.", "c2ln"), encrypted, detail(" And on.", "c2lnMg==")]);
        assert_eq!(message(&events)["reasoning_details"], expected, "form {number}");
        assert!(message(&events).get("provider_specific_fields").is_none(), "form {number}");
        assert_eq!(message(&events)["thinking_blocks"], own(thought.clone()), "form {number}");
        // Whole, in a stream and as an answer of one piece.
        let blocks = json!([block("Let me see.", json!("c2ln")), hidden]);
        let mut all = form(blocks.clone(), "Let me see.");
        match all.get_mut("content").and_then(Value::as_array_mut) {
            Some(parts) => parts.push(json!({"type": "text", "text": "x"})),
            None => all["content"] = json!("x"),
        }
        for body in [said(std::slice::from_ref(&all)), whole(all, "stop")] {
            let events = read(if body.starts_with('{') { JSON } else { SSE }, &body);
            check("whole", &events, "x", "Let me see.", "complete");
            assert_eq!(message(&events)["reasoning_details"], json!([detail("Let me see.", "c2ln"), encrypted]), "form {number}: {body}");
            assert_eq!(message(&events)["thinking_blocks"], own(blocks.clone()), "form {number}: {body}");
        }
        // Without a signature there is nothing to send back.
        let events = read(SSE, &said(&[form(json!([block("Let me see.", json!(""))]), "Let me see."), text.clone()]));
        check("unsigned", &events, "x", "Let me see.", "complete");
        assert!(message(&events).get("reasoning_details").is_none(), "form {number}");
        assert!(message(&events).get("thinking_blocks").is_none(), "form {number}");
    }
    // Where OpenRouter's own are there they count.
    let own = json!([{"type": "reasoning.text", "text": "t", "signature": "s", "format": FORMAT, "index": 0}]);
    let events =
        read(SSE, &said(&[json!({"reasoning": "t", "reasoning_details": own, "thinking_blocks": [block("t", json!("s"))]}), text]));
    check("both", &events, "x", "t", "complete");
    assert_eq!(message(&events)["reasoning_details"], own);
}
