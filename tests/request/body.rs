//! The fields of a chat body: where they come from, what becomes of them, in which order they stand.

use crate::support::{PROXY, SUBDOMAIN, ask, outcome, prepared, refused, with};
use serde_json::{Value, json};

#[test]
fn the_plainest_request_gets_a_model_and_a_stream_and_nothing_is_noted() {
    let plain = ask(&json!({}));
    assert_eq!(plain.text, r#"{"model":"openrouter/auto","messages":[{"content":"hi","role":"user"}],"stream":true}"#);
    assert!(plain.changes.is_empty() && plain.warnings.is_empty() && plain.cache.is_empty() && plain.streaming);
    // The default body of a model that reasons and whose limits are known.
    let models = json!({"models": {"a/b": {"reasoning": true, "maxTokens": 100, "contextWindow": 1000}}});
    let reasons = with(&models, &json!({"model": "a/b"}));
    let messages = json!([{"role": "user", "content": "hi"}]);
    assert_eq!(
        reasons.body,
        json!({"model": "a/b", "messages": messages, "stream": true, "max_completion_tokens": 100, "reasoning": {"effort": "high"}})
    );
    assert!(reasons.changes.is_empty(), "additions that options ask for are no changes");
}

#[test]
fn the_order_of_the_fields_is_always_the_same() {
    let tools = json!([{"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}]);
    let fields = [
        ("zeta", json!(1)),
        ("tools", tools),
        ("temperature", json!(0.5)),
        ("stream", json!(false)),
        ("messages", json!([{"role": "user", "content": "hi"}])),
        ("models", json!(["a/b"])),
        ("alpha", json!({"y": 1, "x": 2})),
        ("model", json!("a/b")),
    ];
    let text_in = |order: &mut dyn Iterator<Item = &(&str, Value)>| {
        let pairs: Vec<String> = order.map(|(name, value)| format!("\"{name}\":{value}")).collect();
        let request = format!("{{{}}}", pairs.join(","));
        let config = openrouter_wasm::config::ClientConfig::parse("{}").unwrap();
        let source = openrouter_wasm::request::Source { request: &request, model: None, is_foreign: false, ..crate::support::SOURCE };
        crate::support::prepared_of(&config, &source).unwrap().conversation.text()
    };
    let forth = text_in(&mut fields.iter());
    assert_eq!(forth, text_in(&mut fields.iter().rev()));
    assert_eq!(
        forth,
        concat!(
            r#"{"model":"a/b","models":["a/b"],"messages":[{"content":"hi","role":"user"}],"stream":false,"#,
            r#""tools":[{"function":{"name":"f","parameters":{"properties":{},"type":"object"}},"type":"function"}],"tool_choice":"auto","alpha":{"x":2,"y":1},"temperature":0.5,"zeta":1}"#
        )
    );
}

#[test]
fn params_of_client_model_call_and_the_requests_own_field_win_in_this_order() {
    let layers = |name: &str, own: &str| {
        let config = |client: bool, model: bool| {
            let mut config = json!({});
            if client {
                config["params"] = json!({name: 1});
            }
            if model {
                config["models"] = json!({"a/b": {"params": {name: 2}}});
            }
            config
        };
        let sent = |config: &Value, call: bool, request: bool| {
            let mut asked = json!({"model": "a/b"});
            if call {
                asked["params"] = json!({name: 3});
            }
            if request {
                asked[own] = json!(4);
            }
            with(config, &asked).body[own].clone()
        };
        assert_eq!(sent(&config(false, false), false, false), Value::Null, "{name}");
        assert_eq!(sent(&config(true, false), false, false), 1, "{name}");
        assert_eq!(sent(&config(true, true), false, false), 2, "{name}");
        assert_eq!(sent(&config(true, true), true, false), 3, "{name}");
        assert_eq!(sent(&config(true, true), true, true), 4, "{name}");
        assert_eq!(sent(&config(false, true), false, true), 4, "{name}");
    };
    for (name, own) in [
        ("maxTokens", "max_completion_tokens"),
        ("max_completion_tokens", "max_completion_tokens"),
        ("max_tokens", "max_completion_tokens"),
        ("temperature", "temperature"),
        ("topP", "top_p"),
        ("top_p", "top_p"),
        ("frequencyPenalty", "frequency_penalty"),
        ("frequency_penalty", "frequency_penalty"),
        ("presencePenalty", "presence_penalty"),
        ("presence_penalty", "presence_penalty"),
        ("seed", "seed"),
    ] {
        layers(name, own);
    }
}

#[test]
fn every_spelling_of_every_name_arrives() {
    let tools = json!([{"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}]);
    let table = [
        (json!({"stop": "x"}), "stop", json!(["x"])),
        (json!({"stop": ["x", "y"]}), "stop", json!(["x", "y"])),
        (json!({"responseFormat": {"type": "json_object"}}), "response_format", json!({"type": "json_object"})),
        (
            json!({"response_format": {"type": "text"}, "responseFormat": {"type": "json_object"}}),
            "response_format",
            json!({"type": "text"}),
        ),
        (json!({"parallelToolCalls": false}), "parallel_tool_calls", json!(false)),
        (json!({"parallel_tool_calls": true, "parallelToolCalls": false}), "parallel_tool_calls", json!(true)),
        (json!({"toolChoice": "required"}), "tool_choice", json!("required")),
        (json!({"tool_choice": "none"}), "tool_choice", json!("none")),
        (json!({"extraBody": {"top_k": 5}}), "top_k", json!(5)),
        (json!({"extra_body": {"top_k": 6}, "extraBody": {"top_k": 5}}), "top_k", json!(6)),
        (json!({"chat_template_kwargs": {"a": 1}}), "chat_template_kwargs", json!({"a": 1})),
        (json!({"chatTemplateKwargs": {"a": 1}}), "chat_template_kwargs", json!({"a": 1})),
        (json!({"reasoning": {"max_tokens": 2000}}), "reasoning", json!({"max_tokens": 2000})),
        (json!({"maxTokens": 1, "max_tokens": 2}), "max_completion_tokens", json!(1)),
        (json!({"max_completion_tokens": 3, "max_tokens": 2}), "max_completion_tokens", json!(3)),
    ];
    for (params, name, expected) in table {
        let sent = ask(&json!({"tools": tools, "params": params}));
        assert_eq!(sent.body[name], expected, "{params}");
        assert!(sent.changes.is_empty(), "{params}: {:?}", sent.changes);
        assert_eq!(with(&json!({"params": params}), &json!({"tools": tools})).body[name], expected, "{params}");
    }
    // A later layer wins whatever spelling it uses.
    let sent = with(&json!({"params": {"max_completion_tokens": 1}}), &json!({"params": {"maxTokens": 2}}));
    assert_eq!(sent.body["max_completion_tokens"], 2);
    // A null says nothing.
    let sent = with(&json!({"params": {"temperature": 0.1}}), &json!({"params": {"temperature": null}, "temperature": null, "seed": null}));
    assert_eq!((&sent.body["temperature"], sent.body.get("seed")), (&json!(0.1), None));
    let odd = ask(&json!({"params": {"maxtokens": 5}}));
    assert!(odd.has_warning("params", "params.maxtokens") && odd.body.get("maxtokens").is_none());
}

#[test]
fn model_settings_are_found_by_every_way_to_write_the_model() {
    for key in ["a/b", "openrouter/a/b", "openrouter/openrouter/a/b", "A/B", " a/b "] {
        for model in ["a/b", "openrouter/a/b", "OpenRouter/A/b"] {
            let sent = with(&json!({"models": {key: {"params": {"seed": 1}}}}), &json!({"model": model}));
            assert_eq!(sent.body["seed"], 1, "{key} for {model}");
        }
    }
    let by_api_id = json!({"models": {"deepseek/deepseek-v4-pro": {"params": {"seed": 1}}}});
    assert_eq!(with(&by_api_id, &json!({"model": "openrouter/deepseek-v4-pro"})).body["seed"], 1);
    assert_eq!(with(&by_api_id, &json!({"model": "deepseek/deepseek-v4-flash"})).body.get("seed"), None);
}

#[test]
fn fields_of_openai_alone_go_and_are_noted() {
    for name in ["store", "stream_options", "prompt_cache_retention", "reasoning_summary", "text", "usage"] {
        let sent = ask(&json!({name: {"a": 1}}));
        assert_eq!((sent.body.get(name), sent.has_change("openai-only", name)), (None, true), "{name}");
        let null = ask(&json!({name: null}));
        assert!(null.body.get(name).is_none() && null.changes.is_empty(), "{name}");
        // extraBody carries all of them but one.
        let carried = ask(&json!({"extraBody": {name: "x"}}));
        let expected = if name == "store" { Value::Null } else { json!("x") };
        assert_eq!((&carried.body[name], carried.has_change("openai-only", "extraBody.store")), (&expected, name == "store"), "{name}");
    }
    let sent = ask(&json!({"max_tokens": 50}));
    assert_eq!((&sent.body["max_completion_tokens"], sent.body.get("max_tokens")), (&json!(50), None));
    assert!(sent.has_change("fields", "max_tokens"));
    let sent = ask(&json!({"stop": "x"}));
    assert_eq!((&sent.body["stop"], sent.has_change("fields", "stop")), (&json!(["x"]), true));
    assert_eq!(ask(&json!({"max_tokens": 50, "max_completion_tokens": 60})).body["max_completion_tokens"], 60);
    let sent = ask(&json!({"messages": [{"role": "developer", "content": "x"}, {"role": "user", "content": "hi"}]}));
    assert_eq!((&sent.body["messages"][0]["role"], sent.changes.len()), (&json!("system"), 1));
    // What OpenRouter's own schema has was asked for.
    for name in ["service_tier", "prompt_cache_key", "prompt_cache_options", "verbosity", "metadata", "user"] {
        let sent = ask(&json!({name: {"mode": "x"}}));
        assert_eq!((&sent.body[name], sent.changes.len(), sent.warnings.len()), (&json!({"mode": "x"}), 0, 0), "{name}");
        let params = ask(&json!({"params": {name: "x"}}));
        assert_eq!((params.body.get(name), params.has_warning("params", &format!("params.{name}"))), (None, true), "{name} of the params");
    }
    // Fields that nobody knows are OpenRouter's business.
    let sent = ask(&json!({"top_k": 3, "plugins": [{"id": "web"}], "session_id": "s", "new_in_2030": [1]}));
    assert_eq!((&sent.body["top_k"], &sent.body["new_in_2030"], sent.changes.len()), (&json!(3), &json!([1]), 0));
}

/// Asked, the model's limit, its window, what is sent, whether a change is noted.
type LimitRow = (Option<f64>, Option<u64>, Option<u64>, Option<u64>, bool);

#[test]
fn the_limit_of_the_answer() {
    let table: [LimitRow; 12] = [
        (None, None, None, None, false),
        (None, None, Some(1000), None, false),
        (None, Some(500), None, Some(500), false),
        (Some(50.0), None, None, Some(50), false),
        (Some(50.0), Some(500), None, Some(50), false),
        (Some(600.0), Some(500), None, Some(500), true),
        // 800 characters are 250 tokens.
        (None, Some(5000), Some(1000), Some(749), false),
        (Some(900.0), None, Some(1000), Some(749), true),
        (Some(749.0), None, Some(1000), Some(749), false),
        (Some(900.0), None, Some(200), Some(1), true),
        (Some(5.0), None, None, Some(5), false),
        (Some(12.9), None, None, Some(12), false),
    ];
    for (asked, max, window, expected, is_noted) in table {
        let config = json!({"models": {"a/b": {"maxTokens": max, "contextWindow": window}}});
        let mut request = json!({"model": "a/b", "messages": [{"role": "user", "content": "ä".repeat(800)}]});
        if let Some(asked) = asked {
            request["max_completion_tokens"] = json!(asked);
        }
        let sent = with(&config, &request);
        let row = format!("{asked:?} {max:?} {window:?}");
        let limit = sent.body.get("max_completion_tokens").and_then(Value::as_f64);
        assert_eq!(limit, expected.map(|limit| limit as f64), "{row}");
        assert_eq!(sent.has_change("output-limit", "max_completion_tokens"), is_noted, "{row}");
        assert_eq!(sent.has_warning("output-limit", "max_completion_tokens"), expected.is_some_and(|limit| limit < 16), "{row}");
    }
    // What counts as input: an image as 8000 characters, however long its data; texts of parts, calls, reasoning and tools.
    let limit = |messages: Value, tools: Value| {
        let config = json!({"models": {"a/b": {"contextWindow": 100_000}}});
        let sent = with(&config, &json!({"model": "a/b", "messages": messages, "tools": tools, "max_completion_tokens": 1_000_000}));
        99_999 - sent.body["max_completion_tokens"].as_u64().unwrap()
    };
    let image = json!({"type": "image_url", "image_url": {"url": format!("https://x/{}", "A".repeat(50_000))}});
    assert_eq!(limit(json!([{"role": "user", "content": [image]}]), json!(null)), 2500);
    assert_eq!(limit(json!([{"role": "user", "content": [{"type": "text", "text": "x".repeat(80)}]}]), json!(null)), 25);
    let mut tool =
        json!({"type": "function", "function": {"name": "f", "description": "", "parameters": {"type": "object", "properties": {}}}});
    let spare = 160 - json!([tool]).to_string().len();
    tool["function"]["description"] = json!("d".repeat(spare));
    assert_eq!(limit(json!([{"role": "user", "content": "x".repeat(80)}]), json!([tool])), 75);
    for value in [json!(0), json!(-5), json!("100"), json!({})] {
        assert!(refused(&json!({}), &json!({"max_completion_tokens": value})).starts_with("max_completion_tokens:"), "{value}");
    }
}

#[test]
fn provider_routing_is_merged_and_goes_to_the_verified_route_alone() {
    let config = json!({
        "params": {"provider": {"sort": "price", "data_collection": "deny"}},
        "models": {"a/b": {"params": {"provider": {"order": ["openai"]}}}},
    });
    let call = json!({"model": "a/b", "params": {"provider": {"sort": "latency", "require_parameters": true}}});
    let merged = json!({"sort": "latency", "data_collection": "deny", "order": ["openai"], "require_parameters": true});
    assert_eq!(with(&config, &call).body["provider"], merged);
    // The request's own is laid over them, name by name; a null takes one out, or all.
    let mut own = call.clone();
    for (provider, expected) in [
        (
            json!({"only": ["x"]}),
            json!({"sort": "latency", "data_collection": "deny", "order": ["openai"], "require_parameters": true, "only": ["x"]}),
        ),
        (json!({"sort": "price", "order": null}), json!({"sort": "price", "data_collection": "deny", "require_parameters": true})),
        (json!({}), merged.clone()),
        (
            json!({"dataCollection": "allow"}),
            json!({"sort": "latency", "data_collection": "allow", "order": ["openai"], "require_parameters": true}),
        ),
        (json!(null), Value::Null),
    ] {
        own["provider"] = provider.clone();
        let sent = with(&config, &own);
        assert_eq!(sent.body["provider"], expected, "{provider}");
        assert_eq!(sent.has_change("routing", "provider"), provider.is_null());
    }
    own["provider"] = json!({});
    assert_eq!(ask(&json!({"provider": {}})).body.get("provider"), None);
    for (base, is_verified) in [("https://openrouter.ai/v1/", true), (SUBDOMAIN, false), (PROXY, false)] {
        let mut config = config.clone();
        config["baseURL"] = json!(base);
        let sent = with(&config, &call);
        assert_eq!(sent.body.get("provider").is_some(), is_verified, "{base}");
        assert_eq!(sent.has_warning("routing", "params.provider"), !is_verified, "{base}");
        assert_eq!(with(&config, &own.as_object().map(|_| json!({"provider": {"only": ["x"]}})).unwrap()).body["provider"]["only"][0], "x");
    }
    // Hostile keys, nulls and what is empty say nothing.
    let odd = r#"{"params":{"provider":{"__proto__":{"a":1},"sort":null,"max_price":{"constructor":1},"options":{"x":{"prototype":1,"y":2}},"order":[{"__proto__":1,"z":1}]}}}"#;
    let sent = with(&serde_json::from_str(odd).unwrap(), &json!({}));
    assert_eq!(sent.body["provider"], json!({"options": {"x": {"y": 2}}, "order": [{"z": 1}]}));
    let nothing = with(&json!({"params": {"provider": {"max_price": {}}}}), &json!({}));
    assert_eq!((nothing.body.get("provider"), nothing.warnings.len()), (None, 0));
}

#[test]
fn extra_body_has_the_last_word() {
    let sent = ask(&json!({
        "model": "a/b",
        "temperature": 1,
        "max_completion_tokens": 50,
        "extraBody": {"model": "c/d", "messages": [{"role": "user", "content": "other"}], "stream": false, "temperature": 0, "max_completion_tokens": null, "__proto__": 1, "store": true}
    }));
    assert_eq!(sent.text, r#"{"model":"c/d","messages":[{"content":"other","role":"user"}],"stream":false,"temperature":0}"#);
    assert!(!sent.streaming);
    for name in ["model", "messages", "stream"] {
        assert!(sent.has_warning("extra-body", &format!("extraBody.{name}")), "{name}");
    }
    // The request's over the params', name by name; extra_body before extraBody.
    let config = json!({"params": {"extraBody": {"a": 1, "b": 1}}});
    let sent = with(&config, &json!({"extra_body": {"b": 2}, "extraBody": {"b": 3, "c": 3}}));
    assert_eq!((&sent.body["a"], &sent.body["b"], sent.body.get("c")), (&json!(1), &json!(2), None));
    assert_eq!((sent.body.get("extraBody"), sent.body.get("extra_body")), (None, None));
    // Of the params the later layer's whole.
    let config = json!({"params": {"extraBody": {"a": 1}}, "models": {"openrouter/auto": {"params": {"extra_body": {"b": 1}}}}});
    assert_eq!((with(&config, &json!({})).body.get("a"), &with(&config, &json!({})).body["b"]), (None, &json!(1)));
    for (config, request) in [(json!({}), json!({"extraBody": [1]})), (json!({"params": {"extraBody": "x"}}), json!({}))] {
        assert!(refused(&config, &request).contains("must be an object"));
    }
    assert!(refused(&json!({}), &json!({"extraBody": {"stream": "yes"}})).starts_with("stream:"));
    assert!(refused(&json!({}), &json!({"extraBody": {"messages": "x"}})).starts_with("extraBody.messages:"));
    let kwargs = with(&json!({"params": {"chatTemplateKwargs": {"a": 1}}}), &json!({"chat_template_kwargs": {"b": 2}}));
    assert_eq!(kwargs.body["chat_template_kwargs"], json!({"b": 2}), "the request's own field wins");
}

#[test]
fn what_was_left_out_of_a_foreign_body_stays_out() {
    let sent = |request: Value, is_foreign| outcome(&prepared(&json!({}), &request, is_foreign).unwrap());
    for (stream, foreign, own) in
        [(json!(null), (None, false), true), (json!(false), (Some(false), false), false), (json!(true), (Some(true), true), true)]
    {
        let request = json!({"stream": stream});
        let (as_foreign, as_own) = (sent(request.clone(), true), sent(request, false));
        assert_eq!((as_foreign.body.get("stream").and_then(Value::as_bool), as_foreign.streaming), foreign);
        assert_eq!((as_own.body["stream"].as_bool(), as_own.streaming), (Some(own), own));
    }
    assert!(refused(&json!({}), &json!({"stream": "yes"})).starts_with("stream:"));
}

#[test]
fn what_cannot_be_sent_is_refused_by_its_place() {
    let table = [
        (json!({}), json!({"messages": []}), "messages: must hold at least one message"),
        (json!({}), json!({"messages": "x"}), "messages:"),
        (json!({}), json!({"messages": [{"role": "robot", "content": "x"}]}), "messages[0].role:"),
        (json!({}), json!({"reasoning": "high"}), "reasoning:"),
        (json!({}), json!({"thinking": "loud"}), "thinking:"),
        (json!({}), json!({"params": {"temperature": "hot"}}), "params.temperature:"),
        (json!({}), json!({"params": {"provider": ["x"]}}), "params.provider:"),
        (json!({}), json!({"params": {"reasoning": "high"}}), "params.reasoning:"),
        (json!({}), json!({"params": 5}), "params:"),
        (json!({"models": {"a/b": {"params": {"maxTokens": "x"}}}}), json!({"model": "a/b"}), "models[\"a/b\"].params.maxTokens:"),
        (json!({"models": {"a/b": {"contextWindow": 0}}}), json!({"model": "a/b"}), "models[\"a/b\"].contextWindow:"),
        (json!({"models": ["a/b"]}), json!({}), "models:"),
        (json!({}), json!({"transcriptPolicy": "none"}), "transcriptPolicy:"),
    ];
    for (config, request, place) in table {
        let message = refused(&config, &request);
        assert!(message.starts_with(place), "{request}: {message}");
    }
    let config = openrouter_wasm::config::ClientConfig::parse("{}").unwrap();
    for (request, place) in [("[]", "request:"), ("{\"messages\"", "request:"), ("{}", "messages:")] {
        let source = openrouter_wasm::request::Source { request, model: None, is_foreign: false, ..crate::support::SOURCE };
        let message = crate::support::prepared_of(&config, &source).unwrap_err().message.clone();
        assert!(message.starts_with(place), "{request}: {message}");
    }
}
