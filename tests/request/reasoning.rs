//! `reasoning` in the body, and what hangs on it: DeepSeek's replay and Anthropic's prefill.

use crate::support::{PROXY, SUBDOMAIN, ask, refused, with};
use serde_json::{Value, json};

/// The table's way to write a `reasoning`.
fn cell(body: &Value) -> String {
    match body.get("reasoning") {
        None => "-".to_owned(),
        Some(reasoning) if reasoning.get("enabled").is_some() => {
            assert_eq!(reasoning.as_object().unwrap().len(), 1);
            if reasoning["enabled"] == true { "on".to_owned() } else { "off".to_owned() }
        }
        Some(reasoning) => {
            assert_eq!(reasoning.as_object().unwrap().len(), 1);
            reasoning["effort"].as_str().unwrap().to_owned()
        }
    }
}

#[test]
fn every_cell_of_the_table_in_the_body() {
    let all = json!({"supported_efforts": null});
    let table = [
        ("a/b", json!(true), ["high", "none", "minimal", "low", "medium", "high", "high", "high"]),
        ("x-ai/grok-4", json!(true), ["high", "none", "minimal", "low", "medium", "high", "high", "high"]),
        ("a/b", json!(false), ["-", "-", "minimal", "low", "medium", "high", "xhigh", "xhigh"]),
        ("a/b", Value::Null, ["-", "-", "minimal", "low", "medium", "high", "xhigh", "xhigh"]),
        ("openrouter/auto", json!(false), ["-"; 8]),
        ("openrouter:auto", json!(true), ["-"; 8]),
        ("openrouter/hunter-alpha", json!(true), ["-"; 8]),
        ("openrouter/hunter-alpha:free", json!(true), ["-"; 8]),
        (
            "a/b",
            json!({"supported_efforts": ["none", "low", "medium", "high"]}),
            ["high", "none", "low", "low", "medium", "high", "high", "high"],
        ),
        (
            "a/b",
            json!({"supported_efforts": ["low", "high"], "mandatory": true}),
            ["high", "low", "low", "low", "low", "high", "high", "high"],
        ),
        ("a/b", all, ["high", "none", "minimal", "low", "medium", "high", "xhigh", "max"]),
        ("a/b", json!({"supported_efforts": []}), ["-", "off", "on", "on", "on", "on", "on", "on"]),
        ("a/b", json!({"supported_efforts": [], "mandatory": true}), ["-", "on", "on", "on", "on", "on", "on", "on"]),
        ("a/b", json!({"supported_efforts": ["huge"]}), ["-", "-", "minimal", "low", "medium", "high", "xhigh", "xhigh"]),
        ("deepseek/deepseek-v4-pro", Value::Null, ["high", "none", "high", "high", "high", "high", "xhigh", "xhigh"]),
        (
            "openrouter/deepseek-v4-flash",
            json!({"supported_efforts": ["none", "high", "xhigh"]}),
            ["high", "none", "high", "high", "high", "high", "xhigh", "xhigh"],
        ),
    ];
    for (model, reasoning, cells) in table {
        let config = json!({"models": {model: {"reasoning": reasoning}}});
        for (level, expected) in ["", "off", "minimal", "low", "medium", "high", "xhigh", "max"].iter().zip(cells) {
            let mut request = json!({"model": model});
            if !level.is_empty() {
                request["thinking"] = json!(level);
            }
            let sent = with(&config, &request);
            let row = format!("{model} {reasoning} {level}");
            assert_eq!(cell(&sent.body), expected, "{row}");
            assert!(sent.body.get("thinking").is_none() && sent.changes.is_empty(), "{row}");
            let is_refused_wish = *level == "off" && reasoning["mandatory"] == true;
            assert_eq!(sent.has_warning("reasoning", "thinking"), is_refused_wish, "{row}");
        }
    }
}

#[test]
fn a_level_may_be_said_in_many_ways_and_places() {
    let config = json!({"models": {"a/b": {"reasoning": {"supported_efforts": null}}}});
    let table = [
        (json!("on"), "low"),
        (json!("think"), "minimal"),
        (json!("ultrathink"), "high"),
        (json!("ultra"), "max"),
        (json!("auto"), "high"),
        (json!("adaptive"), "high"),
        (json!(" HIGH "), "high"),
        (json!("none"), "none"),
        (json!("false"), "none"),
        (json!(false), "none"),
        (json!(true), "low"),
        (json!(null), "high"),
    ];
    for (level, expected) in table {
        assert_eq!(cell(&with(&config, &json!({"model": "a/b", "thinking": level})).body), expected, "{level}");
        for name in ["thinking", "thinkingLevel", "thinking_level"] {
            assert_eq!(cell(&with(&config, &json!({"model": "a/b", "params": {name: level}})).body), expected, "{name} {level}");
        }
    }
    assert_eq!(cell(&ask(&json!({"model": "a/b", "thinking": "adaptive"})).body), "medium", "of a model of which nothing is known");
}

#[test]
fn of_a_level_and_an_effort_the_later_counts() {
    let effort = |effort: &str| json!({"reasoning": {"effort": effort, "exclude": true}});
    let level = |level: &str| json!({"thinking": level});
    let table = [
        (effort("high"), Value::Null, level("low"), "low", true),
        (effort("high"), level("low"), json!({}), "low", true),
        (level("low"), effort("high"), json!({}), "high", true),
        (level("low"), Value::Null, effort("high"), "high", true),
        (level("low"), level("medium"), json!({}), "medium", false),
        (effort("high"), level("low"), effort("minimal"), "minimal", true),
        // Both in one place: the object is the more exact word.
        (json!({"thinking": "low", "reasoning": {"effort": "high"}}), Value::Null, json!({}), "high", false),
        (json!({}), Value::Null, json!({"thinking": "low", "reasoning": {"effort": "high"}}), "high", false),
        (json!({"reasoning": {"max_tokens": 2000}}), Value::Null, level("off"), "-", false),
        // An object without a word about it takes the level in.
        (level("low"), Value::Null, json!({"reasoning": {"exclude": true}}), "low", true),
        (level("low"), json!({"reasoning": {"exclude": true}}), json!({}), "low", true),
    ];
    for (client, call, request, expected, excludes) in table {
        let mut asked = request.clone();
        asked["model"] = json!("a/b");
        asked["params"] = call.clone();
        let sent = with(&json!({"params": client}), &asked);
        let row = format!("{client} {call} {request}");
        assert_eq!(sent.body["reasoning"].get("effort").and_then(Value::as_str).unwrap_or("-"), expected, "{row}");
        assert_eq!(sent.body["reasoning"].get("exclude").is_some(), excludes, "{row}");
        assert!(sent.body["reasoning"].get("max_tokens").is_none(), "{row}");
    }
}

#[test]
fn a_reasoning_of_the_request_is_kept_and_older_words_become_part_of_it() {
    let config = json!({"models": {"a/b": {"reasoning": true}}});
    for own in
        [json!({"effort": "xhigh"}), json!({"max_tokens": 2000}), json!({"enabled": false}), json!({"effort": "none", "summary": "auto"})]
    {
        let sent = with(&config, &json!({"model": "a/b", "reasoning": own, "thinking": "low"}));
        assert_eq!((&sent.body["reasoning"], sent.changes.len()), (&own, 0), "{own}");
    }
    let sent = with(&config, &json!({"model": "a/b", "reasoning": {"exclude": true}}));
    assert_eq!(sent.body["reasoning"], json!({"exclude": true, "effort": "high"}));
    // Off the router's list too, when it is the request's own word.
    assert_eq!(ask(&json!({"reasoning": {"effort": "low"}})).body["reasoning"], json!({"effort": "low"}));
    let table = [
        (json!({"reasoning_effort": "low"}), json!({"effort": "low"})),
        (json!({"reasoning_effort": "off"}), json!({"effort": "none"})),
        (json!({"reasoning_effort": "none"}), json!({"effort": "none"})),
        (json!({"reasoning_effort": "low", "reasoning": {"effort": "high"}}), json!({"effort": "high"})),
        (json!({"reasoning_effort": "low", "reasoning": {"max_tokens": 5000}}), json!({"max_tokens": 5000})),
        (json!({"reasoning_effort": "low", "reasoning": {"summary": "auto"}}), json!({"summary": "auto", "effort": "low"})),
        (json!({"reasoning_effort": ""}), json!({"effort": "high"})),
        (json!({"reasoning_effort": null}), json!({"effort": "high"})),
        (json!({"include_reasoning": false}), json!({"exclude": true, "effort": "high"})),
        (json!({"include_reasoning": true}), json!({"effort": "high"})),
        (json!({"include_reasoning": false, "reasoning_effort": "low"}), json!({"effort": "low", "exclude": true})),
        (json!({"include_reasoning": false, "reasoning": {"exclude": false}}), json!({"exclude": false, "effort": "high"})),
    ];
    for (mut request, expected) in table {
        let names: Vec<&str> = ["reasoning_effort", "include_reasoning"].into_iter().filter(|name| !request[name].is_null()).collect();
        request["model"] = json!("a/b");
        let sent = with(&config, &request);
        assert_eq!(sent.body["reasoning"], expected, "{request}");
        assert!(sent.body.get("reasoning_effort").is_none() && sent.body.get("include_reasoning").is_none());
        assert_eq!(sent.changes.iter().map(|(_, path)| path.as_str()).collect::<Vec<_>>(), names, "{request}");
    }
    // An older word of the request wins over the params.
    let sent = with(&json!({"params": {"reasoning": {"effort": "high"}}}), &json!({"model": "a/b", "reasoning_effort": "low"}));
    assert_eq!(sent.body["reasoning"], json!({"effort": "low"}));
}

#[test]
fn deepseek_v4_knows_three_efforts() {
    for (asked, sent_effort) in
        [("max", "xhigh"), ("xhigh", "xhigh"), ("high", "high"), ("medium", "high"), ("minimal", "high"), ("none", "none")]
    {
        for base in ["", SUBDOMAIN] {
            let config = if base.is_empty() { json!({}) } else { json!({"baseURL": base}) };
            let sent = with(&config, &json!({"model": "deepseek/deepseek-v4-pro", "reasoning": {"effort": asked}}));
            assert_eq!(sent.body["reasoning"], json!({"effort": sent_effort}), "{asked}");
            assert_eq!(sent.has_change("reasoning", "reasoning.effort"), asked != sent_effort, "{asked}");
        }
    }
    assert_eq!(ask(&json!({"model": "deepseek/deepseek-v3.2", "reasoning": {"effort": "max"}})).body["reasoning"]["effort"], "max");
}

#[test]
fn deepseek_v4_gets_its_earlier_turns_as_it_wants_them() {
    let call = json!([{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]);
    let messages = json!([
        {"role": "user", "content": "1"},
        {"role": "assistant", "content": "plain"},
        {"role": "user", "content": "2"},
        {"role": "assistant", "content": "thought", "reasoning_content": "why"},
        {"role": "user", "content": "3"},
        {"role": "assistant", "content": null, "tool_calls": call},
        {"role": "tool", "tool_call_id": "1", "content": "r"},
        {"role": "assistant", "content": "named", "reasoning": "other name"},
        {"role": "user", "content": "4"},
    ]);
    let tools = json!([{"type": "function", "function": {"name": "f"}}]);
    let contents = |config: &Value, more: Value| {
        let mut request = json!({"model": "deepseek/deepseek-v4-pro", "messages": messages, "tools": tools});
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let sent = with(config, &request);
        let of = |at: usize| sent.body["messages"][at].get("reasoning_content").and_then(Value::as_str).map(str::to_owned);
        let paths: Vec<String> = sent.changes.iter().filter(|(rule, _)| *rule == "deepseek-replay").map(|(_, path)| path.clone()).collect();
        ([1, 3, 5, 7].map(of), paths, sent)
    };
    let some = |text: &str| Some(text.to_owned());
    let fitted = ([some(""), some("why"), None, None], vec!["messages[1].reasoning_content".to_owned()]);
    let without = ([None, None, None, None], vec!["messages[3].reasoning_content".to_owned()]);
    let untouched = ([None, some("why"), None, None], vec![]);
    for (config, more, expected) in [
        (json!({}), json!({}), &fitted),
        (json!({}), json!({"thinking": "max"}), &fitted),
        (json!({"baseURL": "https://openrouter.ai/v1"}), json!({}), &fitted),
        (json!({}), json!({"thinking": "off"}), &without),
        (json!({}), json!({"reasoning": {"enabled": false}}), &without),
        (json!({}), json!({"reasoning_effort": "none"}), &without),
        (json!({"baseURL": SUBDOMAIN}), json!({}), &untouched),
        (json!({"baseURL": PROXY}), json!({"thinking": "off"}), &untouched),
        (json!({}), json!({"model": "deepseek/deepseek-v4-mini"}), &untouched),
        (json!({}), json!({"model": "deepseek/deepseek-v4-flash-20260101:free"}), &fitted),
    ] {
        let (fields, paths, _) = contents(&config, more.clone());
        assert_eq!((fields, paths), expected.clone(), "{config} {more}");
    }
    let (.., sent) = contents(&json!({}), json!({"thinking": {"type": "enabled"}}));
    assert!(sent.body.get("thinking").is_none() && sent.has_change("deepseek-replay", "thinking"));
}

#[test]
fn anthropic_models_that_think_take_no_prefill() {
    let messages = json!([{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}, {"role": "assistant", "content": "b"}]);
    let kept = |config: &Value, model: &str, more: Value| {
        let mut request = json!({"model": model, "messages": messages, "transcriptPolicy": "off"});
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let sent = with(config, &request);
        let count = sent.body["messages"].as_array().unwrap().len();
        let noted = sent.changes.iter().filter(|(rule, _)| *rule == "prefill").count();
        assert_eq!(count + noted, messages.as_array().unwrap().len());
        count
    };
    let (none, opus) = (json!({}), "anthropic/claude-opus-5");
    // Every form of "enabled", and every form of not.
    for more in [
        json!({"reasoning": {}}),
        json!({"reasoning": {"enabled": true}}),
        json!({"reasoning": {"effort": "low"}}),
        json!({"reasoning": {"max_tokens": 2000}}),
        json!({"reasoning": {"exclude": true}}),
        json!({"reasoning_effort": "high"}),
        json!({"thinking": "low"}),
        json!({"params": {"reasoning": {"effort": "low"}}}),
    ] {
        assert_eq!(kept(&none, opus, more.clone()), 1, "{more}");
        assert_eq!(kept(&none, "~anthropic/claude-opus-latest", more.clone()), 1, "{more}");
        assert_eq!(kept(&json!({"baseURL": "https://openrouter.ai/v1"}), opus, more.clone()), 1);
        for (config, model) in
            [(json!({"baseURL": SUBDOMAIN}), opus), (json!({"baseURL": PROXY}), opus), (none.clone(), "google/gemini-3-pro")]
        {
            assert_eq!(kept(&config, model, more.clone()), 3, "{config} {model} {more}");
        }
    }
    for more in [
        json!({}),
        json!({"reasoning": null}),
        json!({"reasoning": {"enabled": false}}),
        json!({"reasoning": {"effort": ""}}),
        json!({"reasoning": {"effort": "off"}}),
        json!({"reasoning": {"effort": "none"}}),
        json!({"reasoning_effort": "none"}),
        json!({"reasoning_effort": "off"}),
        json!({"reasoning_effort": ""}),
        json!({"reasoning_effort": false}),
        json!({"reasoning_effort": null}),
        json!({"thinking": "off"}),
    ] {
        assert_eq!(kept(&none, opus, more.clone()), 3, "{more}");
    }
    let reasons = json!({"models": {opus: {"reasoning": true}}});
    assert_eq!(kept(&reasons, opus, json!({})), 1, "it thinks unless it is told not to");
    // A turn with calls stays, and so does all before it.
    let call = json!([{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]);
    let messages = json!([{"role": "user", "content": "q"}, {"role": "assistant", "content": "a", "tool_calls": call}, {"role": "assistant", "content": "b"}]);
    let request = json!({"model": opus, "messages": messages, "transcriptPolicy": "off", "thinking": "low"});
    let sent = with(&none, &request);
    assert!(sent.has_change("prefill", "messages[2]") && !sent.has_change("prefill", "messages[1]"));
    // Nothing but prefill is nothing to ask.
    let only = json!({"model": opus, "messages": [{"role": "assistant", "content": "a"}], "thinking": "low"});
    assert!(refused(&none, &only).starts_with("messages: holds nothing"));
}

#[test]
fn efforts_of_the_catalog_are_borrowed_where_the_settings_have_none() {
    let catalog = |model: &str| json!({model: {"reasoning": {"supported_efforts": ["low", "medium"]}}});
    let effort = |own: Value, base: &str| {
        let config = json!({"baseURL": base, "models": {"a/b": {"reasoning": own}}, "catalogModels": catalog("a/b")});
        with(&config, &json!({"model": "a/b", "thinking": "xhigh"})).body["reasoning"]["effort"].clone()
    };
    let verified = "https://openrouter.ai/api/v1";
    for (own, base, expected) in [
        (json!(true), verified, json!("medium")),
        (json!(null), verified, json!("medium")),
        // Elsewhere the catalog is another one's.
        (json!(true), SUBDOMAIN, json!("high")),
        // What the operator lists is never replaced, nor what he switches off.
        (json!({"supported_efforts": ["high", "xhigh"]}), verified, json!("xhigh")),
        (json!({"supported_efforts": null}), verified, json!("xhigh")),
        (json!(false), verified, json!("xhigh")),
    ] {
        assert_eq!(effort(own.clone(), base), expected, "{own} at {base}");
    }
}

#[test]
fn deepseek_v4_is_asked_for_no_level_that_nobody_named() {
    let efforts = json!({"supported_efforts": ["high", "xhigh"]});
    let catalog = json!({"catalogModels": {"deepseek/deepseek-v4-pro": {"reasoning": efforts}}});
    let own = json!({"models": {"deepseek/deepseek-v4-pro": {"reasoning": efforts}}});
    let messages = json!([{"role": "user", "content": "a"}, {"role": "assistant", "content": "b", "reasoning_content": "why"}, {"role": "user", "content": "c"}]);
    let sent = |config: &Value, more: Value| {
        let mut request = json!({"model": "deepseek/deepseek-v4-pro", "messages": messages});
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        with(config, &request).body
    };
    let body = sent(&catalog, json!({}));
    assert_eq!((body.get("reasoning"), &body["messages"][1]["reasoning_content"]), (None, &json!("why")));
    assert_eq!(sent(&catalog, json!({"thinking": "low"}))["reasoning"]["effort"], "high");
    assert_eq!(sent(&own, json!({}))["reasoning"]["effort"], "high", "what the operator lists is his word");
    assert_eq!(sent(&json!({}), json!({}))["reasoning"]["effort"], "high");
}
