//! The names of a request: the wire's own, their camelCase, and those that are none.

use crate::support::{PROXY, SUBDOMAIN, ask, prepared, refused, with};
use serde_json::{Value, json};

/// What is said of each name, by its place.
fn told(config: &Value, request: &Value) -> Vec<(String, String)> {
    let prepared = prepared(config, request, false).unwrap();
    prepared
        .warnings
        .0
        .iter()
        .filter(|warning| warning.rule == "names")
        .map(|warning| (warning.path.clone(), warning.reason.to_string()))
        .collect()
}

#[test]
fn camel_case_of_a_name_on_the_wire_is_that_name() {
    let request = json!({
        "maxTokens": 100, "topP": 0.5, "topK": 3, "frequencyPenalty": 1, "serviceTier": "flex", "promptCacheKey": "k",
        "responseFormat": {"type": "json_schema", "jsonSchema": {"name": "n", "schema": {"maxTokens": 1}}},
        "parallelToolCalls": true, "toolChoice": "required", "tools": [{"name": "f", "parameters": {"type": "object", "properties": {}}}],
        "provider": {"dataCollection": "deny", "requireParameters": true, "maxPrice": {"prompt": 1}, "preferredMaxLatency": {"p90": 3}},
        "reasoning": {"maxTokens": 2000}, "cacheControl": {"type": "ephemeral"}, "stopServerToolsWhen": [], "imageConfig": {"aspectRatio": "1:1"},
        "plugins": [{"id": "web", "maxResults": 3}], "logitBias": {"1": 2}, "chatTemplateKwargs": {"enableThinking": true},
    });
    let sent = ask(&request);
    let expected = json!({
        "model": "openrouter/auto", "messages": [{"role": "user", "content": "hi"}], "stream": true,
        "max_completion_tokens": 100, "top_p": 0.5, "top_k": 3, "frequency_penalty": 1, "service_tier": "flex", "prompt_cache_key": "k",
        "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": {"maxTokens": 1}}},
        "parallel_tool_calls": true, "tool_choice": "required", "tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}],
        "provider": {"data_collection": "deny", "require_parameters": true, "max_price": {"prompt": 1}, "preferred_max_latency": {"p90": 3}},
        "reasoning": {"max_tokens": 2000}, "cache_control": {"type": "ephemeral"}, "stop_server_tools_when": [], "image_config": {"aspectRatio": "1:1"},
        "plugins": [{"id": "web", "max_results": 3}], "logit_bias": {"1": 2}, "chat_template_kwargs": {"enableThinking": true},
    });
    assert_eq!(sent.body, expected);
    assert!(sent.warnings.iter().all(|(rule, _)| *rule != "names"), "{:?}", sent.warnings);
    // The same in what stands for every request.
    let params = json!({"params": {"provider": {"dataCollection": "deny", "sort": {"by": "price"}}, "reasoning": {"maxTokens": 9}}});
    let sent = with(&params, &json!({}));
    assert_eq!(
        (&sent.body["provider"], &sent.body["reasoning"]),
        (&json!({"data_collection": "deny", "sort": {"by": "price"}}), &json!({"max_tokens": 9}))
    );
    // The wire's own spelling counts, and the other is told.
    let sent = ask(&json!({"top_p": 0.1, "topP": 0.2}));
    assert_eq!((&sent.body["top_p"], sent.body.get("topP"), sent.has_warning("names", "topP")), (&json!(0.1), None, true));
    assert_eq!(ask(&json!({"top_p": null, "topP": 0.2})).body["top_p"], 0.2);
    let sent = ask(&json!({"top_p": 0.1, "topP": null, "provider": {"sort": "price", "maxPrice": null}}));
    assert_eq!(
        (&sent.body["top_p"], &sent.body["provider"], sent.warnings.len()),
        (&json!(0.1), &json!({"sort": "price", "max_price": null}), 0)
    );
}

#[test]
fn a_name_that_is_none_is_told_with_the_one_that_was_meant() {
    for (request, place, meant) in [
        (json!({"temprature": 1}), "temprature", "temperature"),
        (json!({"Temperature": 1}), "Temperature", "temperature"),
        (json!({"stopSequences": ["x"]}), "stopSequences", "stop"),
        (json!({"maxOutputTokens": 5}), "maxOutputTokens", "max_completion_tokens"),
        (json!({"response_fromat": {}}), "response_fromat", "response_format"),
        (json!({"abortSignal": {}}), "abortSignal", "signal"),
        (json!({"maxStep": 5}), "maxStep", "maxSteps"),
        (json!({"provider": {"avoid": ["azure"]}}), "provider.avoid", "ignore"),
        (json!({"provider": {"data_colection": "deny"}}), "provider.data_colection", "data_collection"),
        (json!({"provider": {"sort": {"byy": "price"}}}), "provider.sort.byy", "by"),
        (json!({"provider": {"sort": {"kind": "price"}}}), "provider.sort.kind", "partition"),
        (json!({"provider": {"max_price": {"promt": 1}}}), "provider.max_price.promt", "prompt"),
        (json!({"provider": {"whatever": 1}}), "provider.whatever", "allow_fallbacks"),
        (json!({"reasoning": {"efort": "low"}}), "reasoning.efort", "effort"),
        (json!({"reasoning": {"level": "low"}}), "reasoning.level", "effort"),
        (json!({"response_format": {"type": "json_schema", "json_schema": {"nam": "x"}}}), "response_format.json_schema.nam", "name"),
        (json!({"params": {"provider": {"avoid": ["x"]}}}), "params.provider.avoid", "ignore"),
        (json!({"params": {"reasoning": {"efort": "low"}}}), "params.reasoning.efort", "effort"),
    ] {
        let said = told(&json!({}), &request);
        assert_eq!(said.len(), 1, "{request}: {said:?}");
        assert_eq!(said[0].0, place);
        assert!(said[0].1.contains(meant), "{place}: {}", said[0].1);
        let message = refused(&json!({"strict": true}), &request);
        assert!(message.starts_with(&format!("{place}: ")) && message.contains(meant), "{message}");
    }
    // It goes out all the same: providers have parameters of their own.
    let sent = ask(&json!({"safe_prompt": true, "provider": {"avoid": ["azure"]}}));
    assert_eq!((&sent.body["safe_prompt"], &sent.body["provider"]), (&json!(true), &json!({"avoid": ["azure"]})));
    assert!(told(&json!({}), &json!({"safe_prompt": true}))[0].1.contains("extraBody"));
    // What extraBody carries, what is free, and a null are nobody's business here.
    for request in [
        json!({"extraBody": {"safe_prompt": true, "temprature": 1}}),
        json!({"metadata": {"any": "x"}, "trace": {"any": 1}, "image_config": {"any": 1}, "provider": {"options": {"azure": {"any": 1}}}}),
        json!({"temprature": null}),
    ] {
        assert_eq!(told(&json!({"strict": true}), &request), [], "{request}");
    }
    assert!(refused(&json!({"strict": true}), &json!({"params": {"temprature": 1}})).starts_with("params.temprature: "));
}

#[test]
fn settings_and_options_that_say_nothing_are_told() {
    let config = json!({"models": {"a/b": {"maxToken": 5, "context_window": 1000, "contextLength": 5, "pricing": {}, "alias": "x"}, "c/d": {"odd": 1}}});
    let said = told(&config, &json!({"model": "x"}));
    let places: Vec<&str> = said.iter().map(|(place, _)| place.as_str()).collect();
    assert_eq!(places, ["models[\"a/b\"].contextLength", "models[\"a/b\"].maxToken"]);
    assert!(said[0].1.contains("contextWindow") && said[1].1.contains("maxTokens"), "{said:?}");
    let said = told(&json!({"strangeNames": "key|key|apiKey baseURL timeoutMs\nzz|zz|apiKey baseURL timeoutMs"}), &json!({}));
    assert_eq!(said[0], ("key".to_owned(), "is no name that is known here: did you mean apiKey?".to_owned()));
    assert!(said[1].0 == "zz" && said[1].1.contains("baseURL"), "{said:?}");
}

#[test]
fn the_limit_of_the_answer_is_named_as_it_was_written() {
    for (request, place) in [
        (json!({"max_tokens": 0}), "max_tokens:"),
        (json!({"maxTokens": "100"}), "maxTokens:"),
        (json!({"maxCompletionTokens": -1}), "maxCompletionTokens:"),
        (json!({"max_completion_tokens": 0.5, "max_tokens": 5}), "max_completion_tokens:"),
        (json!({"params": {"maxTokens": 0}}), "params.maxTokens:"),
        (json!({"params": {"max_tokens": 0}}), "params.max_tokens:"),
    ] {
        let message = refused(&json!({}), &request);
        assert!(message.starts_with(place), "{request}: {message}");
    }
}

#[test]
fn a_session_goes_out_to_openrouter_alone() {
    let hash = "87874620d78de4ace143db1748b6b20addebf9fa62d8822bb887ef2d14bc48d2";
    let sent = ask(&json!({"sessionId": hash}));
    assert_eq!((&sent.body["session_id"], sent.body.get("sessionId"), sent.warnings.len()), (&json!(hash), None, 0));
    let own = ask(&json!({"sessionId": hash, "session_id": "mine"}));
    assert_eq!((&own.body["session_id"], own.has_warning("session", "sessionId")), (&json!("mine"), true));
    for base in [SUBDOMAIN, PROXY] {
        let sent = with(&json!({"baseURL": base}), &json!({"sessionId": hash}));
        assert_eq!(
            (sent.body.get("session_id"), sent.body.get("sessionId"), sent.has_warning("session", "sessionId")),
            (None, None, true),
            "{base}"
        );
        assert_eq!(with(&json!({"baseURL": base}), &json!({"session_id": "mine"})).body["session_id"], "mine");
    }
    assert_eq!(ask(&json!({})).body.get("session_id"), None, "off unless it is given");
    // The facade hashes: a name that came past it does not go out.
    for odd in [json!("conversation 7"), json!(5), json!({})] {
        assert!(refused(&json!({}), &json!({"sessionId": odd})).starts_with("sessionId:"));
    }
}

#[test]
fn a_name_in_a_message_that_is_none_is_told_with_its_place() {
    let call = json!({"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}});
    let answered = |call: Value| json!([{"role": "user", "content": "x"}, {"role": "assistant", "content": null, "tool_calls": [call]}, {"role": "tool", "tool_call_id": "c1", "content": "y"}]);
    let mut odd_call = call.clone();
    odd_call["nmae"] = json!("f");
    let mut odd_function = call.clone();
    odd_function["function"]["description"] = json!("d");
    let part = |part: Value| json!([{"role": "user", "content": [{"type": "text", "text": "look"}, part]}]);
    for (messages, place, meant) in [
        (
            json!([{"role": "user", "content": "x"}, {"role": "assistant", "content": "y", "reasonning": "y"}, {"role": "user", "content": "x"}]),
            "messages[1].reasonning",
            "reasoning",
        ),
        (json!([{"role": "user", "content": "x", "tool_calls": [call]}]), "messages[0].tool_calls", "content"),
        (json!([{"role": "user", "content": "x", "images": ["data:image/png;base64,AAAA"]}]), "messages[0].images", "content"),
        (
            json!([{"role": "system", "content": "s", "tool_call_id": "c1"}, {"role": "user", "content": "x"}]),
            "messages[0].tool_call_id",
            "content",
        ),
        (
            json!([{"role": "developer", "content": "s", "reasoning": "r"}, {"role": "user", "content": "x"}]),
            "messages[0].reasoning",
            "content",
        ),
        (json!([{"role": "user", "content": "x", "cache_contol": {}}]), "messages[0].cache_contol", "cache_control"),
        (json!([{"role": "user", "content": "x", "providerOptions": {}}]), "messages[0].providerOptions", "cache_control"),
        (json!([{"role": "system", "content": "s"}, {"role": "user", "content": "x", "id": "1"}]), "messages[1].id", "content"),
        (
            json!([{"role": "user", "content": [{"type": "text", "text": "x", "cache_contol": {}}]}]),
            "messages[0].content[0].cache_contol",
            "cache_control",
        ),
        (
            json!([{"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "value": "x"}]}]),
            "messages[0].content[1].value",
            "text",
        ),
        (
            part(json!({"type": "image_url", "image_url": {"url": "https://a.example/b.png", "detial": "low"}})),
            "messages[0].content[1].image_url.detial",
            "detail",
        ),
        (
            part(json!({"type": "image_url", "image_url": {"uri": "https://a.example/b.png"}})),
            "messages[0].content[1].image_url.uri",
            "url",
        ),
        (
            part(json!({"type": "image_url", "image_url": {"url": "https://a.example/b.png"}, "alt": "a"})),
            "messages[0].content[1].alt",
            "image_url",
        ),
        (
            part(json!({"type": "video_url", "video_url": {"src": "https://a.example/b.mp4"}})),
            "messages[0].content[1].video_url.src",
            "url",
        ),
        (
            part(json!({"type": "input_audio", "input_audio": {"data": "AAAA", "mimeType": "audio/wav"}})),
            "messages[0].content[1].input_audio.mimeType",
            "format",
        ),
        (
            part(json!({"type": "file", "file": {"name": "a.pdf", "file_data": "data:application/pdf;base64,AAAA"}})),
            "messages[0].content[1].file.name",
            "filename",
        ),
        (answered(odd_call), "messages[1].tool_calls[0].nmae", "id"),
        (answered(odd_function), "messages[1].tool_calls[0].function.description", "name"),
    ] {
        let request = json!({"messages": messages});
        let said = told(&json!({}), &request);
        assert_eq!(said.len(), 1, "{request}: {said:?}");
        assert_eq!(said[0].0, place);
        assert!(said[0].1.contains(meant), "{place}: {}", said[0].1);
        let message = refused(&json!({"strict": true}), &request);
        assert!(message.starts_with(&format!("{place}: ")) && message.contains(meant), "{message}");
        assert!(with(&json!({"transcriptPolicy": "off"}), &request).has_warning("names", place), "{place}: whatever is repaired");
    }
    // Every answer of ours, the spelling of OpenRouter's SDK, and records of OpenClaw's.
    for messages in [
        json!([{"role": "user", "content": "x", "name": "n"}, {"role": "assistant", "content": "a", "reasoning": "r", "reasoning_details": [{"type": "reasoning.text", "text": "r", "new": 1}],
            "annotations": [{"any": 1}], "images": [{"type": "image_url", "image_url": {"url": "https://a.example/b.png"}}], "refusal": null, "audio": null, "model": "m"}, {"role": "user", "content": "y"}]),
        json!([{"role": "user", "content": "x"}, {"role": "assistant", "content": null, "toolCalls": [call], "reasoningContent": "r"}, {"role": "tool", "toolCallId": "c1", "content": "y"}]),
        json!([{"role": "user", "content": [{"type": "text", "text": "x", "cacheControl": {"type": "ephemeral"}, "promptCacheBreakpoint": {"mode": "explicit"}}, {"type": "image_url", "imageUrl": {"url": "https://a.example/b.png"}},
            {"type": "file", "file": {"filename": "a.pdf", "fileData": "data:application/pdf;base64,AAAA"}}]}]),
        json!([{"role": "user", "content": "x", "timestamp": 5, "senderId": 7}, {"role": "assistant", "content": [{"type": "text", "text": "a", "thoughtSignature": "s"}], "api": "openai-completions", "stopReason": "stop", "custom": 1},
            {"role": "user", "content": "y", "nmae": null}]),
        json!([{"role": "user", "content": [{"type": "text", "text": "a", "thought_signature": "c2ln", "block": 1}]}]),
        json!([{"role": "user", "content": [{"type": "text", "text": "a", "thoughtSignature": "c2ln", "block": 1}]}]),
    ] {
        let request = json!({"messages": messages});
        assert_eq!(told(&json!({"strict": true}), &request), [], "{request}");
    }
    let sent = ask(
        &json!({"messages": [{"role": "user", "content": [{"type": "text", "text": "x", "cacheControl": {"type": "ephemeral"}}, {"type": "file", "file": {"fileData": "data:application/pdf;base64,AAAA"}}]}]}),
    );
    assert_eq!(
        sent.body["messages"][0]["content"],
        json!([{"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}}, {"type": "file", "file": {"file_data": "data:application/pdf;base64,AAAA"}}])
    );
}

#[test]
fn a_request_of_more_fields_than_any_has_is_refused_at_once() {
    let of = |count: usize| {
        let mut request = json!({"model": "a/b", "messages": [{"role": "user", "content": "hi"}]});
        request.as_object_mut().unwrap().extend((0..count).map(|at| (format!("zz{at}"), json!(1))));
        request
    };
    assert_eq!(ask(&of(900)).body["zz899"], 1);
    assert_eq!(refused(&json!({}), &of(50_000)), "request: has more than 1000 fields");
}

#[test]
fn what_the_facade_finds_odd_is_told_as_it_says_it_and_refused_by_a_strict_client() {
    let config =
        json!({"strangeNames": "temperature||is 99: OpenRouter takes numbers from 0 to 2\ntemprature|temprature|temperature top_p"});
    let warnings = prepared(&config, &json!({}), false).unwrap().warnings;
    let told: Vec<_> = warnings.0.iter().map(|warning| (warning.rule.as_ref(), warning.path.as_str(), warning.reason.as_ref())).collect();
    assert_eq!(
        told,
        [
            ("values", "temperature", "is 99: OpenRouter takes numbers from 0 to 2"),
            ("names", "temprature", "is no name that is known here: did you mean temperature?"),
        ]
    );
    let strict = json!({"strict": true, "strangeNames": "temperature||is 99: OpenRouter takes numbers from 0 to 2"});
    assert_eq!(refused(&strict, &json!({})), "temperature: is 99: OpenRouter takes numbers from 0 to 2");
    let two = json!({"max_tokens": 20, "max_completion_tokens": 30});
    assert_eq!(refused(&json!({"strict": true}), &two), "max_tokens: counts for nothing beside max_completion_tokens");
    let sent = ask(&two);
    assert_eq!((&sent.body["max_completion_tokens"], sent.has_warning("values", "max_tokens")), (&json!(30), true));
}
