//! Which model a request asks, and what is warned of about it.

use crate::support::{PROXY, SOURCE, SUBDOMAIN, ask, prepared, prepared_of, refused, text_of, with};
use openrouter_wasm::config::ClientConfig;
use openrouter_wasm::request::Source;
use serde_json::{Value, json};

#[test]
fn references_aliases_and_special_names() {
    let config = json!({"models": {
        "openrouter/auto": {"alias": "OpenRouter"},
        "anthropic/claude-opus-5": {"alias": " Opus "},
        "openai/gpt-5": {"alias": "twice"},
        "a/first:free": {},
        "google/gemini-3-pro": {"alias": "twice"},
        "b/second:free": {"alias": "Größe"},
        "": {"alias": "nothing"},
    }});
    for (model, api_id) in [
        ("openrouter/auto", "openrouter/auto"),
        ("openrouter/openrouter/auto", "openrouter/auto"),
        ("auto", "openrouter/auto"),
        ("openrouter:auto", "openrouter/auto"),
        ("OpenRouter/Anthropic/Claude-Sonnet-4.5", "anthropic/claude-sonnet-4.5"),
        ("openrouter/moonshotai/kimi-k2.6:free", "moonshotai/kimi-k2.6:free"),
        ("openrouter/deepseek-v4-pro", "deepseek/deepseek-v4-pro"),
        ("openrouter/~anthropic/claude-opus-latest", "~anthropic/claude-opus-latest"),
        ("openrouter/openrouter/fusion", "openrouter/fusion"),
        ("openrouter/free", "openrouter/free"),
        ("openai/gpt-5:nitro", "openai/gpt-5:nitro"),
        ("openai/gpt-5:free:online", "openai/gpt-5:free:online"),
        ("@preset/mine", "@preset/mine"),
        ("openai/gpt-5@preset/Mine", "openai/gpt-5@preset/Mine"),
        ("openrouter", "openrouter/auto"),
        ("OPENROUTER", "openrouter/auto"),
        ("opus", "anthropic/claude-opus-5"),
        (" OPUS", "anthropic/claude-opus-5"),
        ("twice", "openai/gpt-5"),
        ("Größe", "b/second:free"),
        ("openrouter:free", "a/first:free"),
        ("OpenRouter:Free", "a/first:free"),
    ] {
        let sent = with(&config, &json!({"model": model}));
        assert_eq!(sent.body["model"], api_id, "{model}");
        assert!(sent.changes.is_empty(), "{model}");
    }
    for model in [json!(""), json!("openrouter/"), json!("/x"), json!(5), json!({}), json!([])] {
        assert!(refused(&config, &json!({"model": model})).starts_with("model:"), "{model}");
    }
    assert!(refused(&json!({}), &json!({"model": "openrouter:free"})).starts_with("model:"), "no model ends with :free");
    // Of two models with one alias the later has it, in the order they are written.
    for (models, api_id) in
        [(r#"{"a/b":{"alias":"x"},"c/d":{"alias":"X"}}"#, "c/d"), (r#"{"c/d":{"alias":"X"},"a/b":{"alias":"x"}}"#, "a/b")]
    {
        let config = ClientConfig::parse(&format!(r#"{{"models":{models}}}"#)).unwrap();
        let request = text_of(&json!({"model": "x"}));
        let prepared = prepared_of(&config, &Source { request: &request, model: None, is_foreign: false, ..SOURCE }).unwrap();
        assert_eq!(prepared.model.api_id, api_id);
    }
}

#[test]
fn who_names_the_model() {
    let client = json!({"model": "c/client"});
    let models = |config: &Value, request: Value| {
        let sent = with(config, &request);
        (sent.body.get("model").cloned(), sent.body.get("models").cloned())
    };
    let table = [
        (json!({}), json!({}), Some("openrouter/auto"), None),
        (client.clone(), json!({}), Some("c/client"), None),
        (client.clone(), json!({"model": null}), Some("c/client"), None),
        (client.clone(), json!({"model": "a/b"}), Some("a/b"), None),
        // The list stands for itself.
        (client.clone(), json!({"models": ["openrouter/a/B", "c/d"]}), None, Some(json!(["a/b", "c/d"]))),
        (client.clone(), json!({"models": ["c/d"], "model": "a/b"}), Some("a/b"), Some(json!(["c/d"]))),
        (client.clone(), json!({"models": []}), Some("c/client"), None),
        (client.clone(), json!({"models": null}), Some("c/client"), None),
        // A preset brings its model.
        (client.clone(), json!({"preset": "mine"}), None, None),
        (client.clone(), json!({"preset": "mine", "model": "a/b"}), Some("a/b"), None),
    ];
    for (config, request, model, list) in table {
        assert_eq!(models(&config, request.clone()), (model.map(|model| json!(model)), list), "{config} {request}");
    }
    for (list, place) in [(json!("a/b"), "models:"), (json!(["a/b", 5]), "models[1]:"), (json!(["a/b", ""]), "models[1]:")] {
        assert!(refused(&json!({}), &json!({"models": list})).starts_with(place), "{list}");
    }
    // The first of the list tells the rules.
    let sent = ask(&json!({"models": ["anthropic/claude-opus-5", "a/b"]}));
    assert!(sent.text.contains("cache_control"));
}

#[test]
fn another_model_may_be_asked_in_its_place() {
    let config = ClientConfig::parse(&json!({"models": {"deepseek/deepseek-v4-pro": {"alias": "ds"}}}).to_string()).unwrap();
    let request = text_of(&json!({"model": "anthropic/claude-opus-5", "fallbackModels": ["ds"]}));
    let of = |model: Option<&str>| {
        let prepared = prepared_of(&config, &Source { request: &request, model, is_foreign: false, ..SOURCE }).unwrap();
        (prepared.model.api_id.clone(), prepared.conversation.text())
    };
    let (id, text) = of(None);
    assert!(id == "anthropic/claude-opus-5" && text.contains("cache_control") && !text.contains("fallbackModels"));
    let (id, text) = of(Some("ds"));
    assert!(
        id == "deepseek/deepseek-v4-pro" && !text.contains("cache_control") && text.contains(r#""reasoning":{"effort":"high"}"#),
        "{text}"
    );
}

#[test]
fn the_two_tests_of_a_route_are_kept_apart() {
    let messages = json!([{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]);
    let request = |model: &str| {
        json!({"model": model, "messages": messages, "thinking": "high", "transcriptPolicy": "off",
               "params": {"provider": {"sort": "price"}, "responseCache": true}})
    };
    // What follows the host, and what follows the whole URL.
    for (base, by_host, by_url) in [
        ("https://openrouter.ai/api/v1", true, true),
        (" https://openrouter.ai/api/v1/ ", true, true),
        ("https://openrouter.ai/v1", true, true),
        (SUBDOMAIN, true, false),
        ("https://openrouter.ai/api", true, false),
        (PROXY, false, false),
        ("http://localhost:1/api/v1", false, false),
    ] {
        let config = json!({"baseURL": base});
        let opus = with(&config, &request("anthropic/claude-opus-5"));
        assert_eq!(opus.text.contains("cache_control"), by_host, "{base}: markers");
        assert_eq!(!opus.cache.is_empty(), by_host, "{base}: response cache");
        assert_eq!(opus.body.get("provider").is_some(), by_url, "{base}: routing");
        assert_eq!(opus.body["messages"].as_array().unwrap().len(), if by_url { 1 } else { 2 }, "{base}: prefill");
        let deepseek = with(&config, &request("deepseek/deepseek-v4-pro"));
        assert_eq!(deepseek.body["messages"][1].get("reasoning_content").is_some(), by_url, "{base}: replay");
        assert_eq!(deepseek.body["reasoning"]["effort"], "high", "{base}: reasoning is asked for everywhere");
    }
}

#[test]
fn what_the_catalog_says_is_warned_of() {
    let config = |entry: Value| json!({"models": {"a/b": entry, "anthropic/claude-opus-5": entry, "~anthropic/claude-opus-latest": entry}});
    let warnings = |entry: Value, mut request: Value| {
        if request.get("model").is_none() {
            request["model"] = json!("a/b");
        }
        with(&config(entry), &request).warnings.into_iter().map(|(rule, path)| format!("{rule} {path}")).collect::<Vec<_>>()
    };
    let lists = json!({"supportedParameters": ["max_tokens", "tools", "reasoning", "structured_outputs"]});
    let tools = json!([{"type": "function", "function": {"name": "f"}}]);
    let listed =
        json!({"max_completion_tokens": 5000, "tools": tools, "response_format": {"type": "json_object"}, "reasoning": {"effort": "low"}});
    assert_eq!(warnings(lists.clone(), listed), Vec::<String>::new());
    let odd = json!({"temperature": 1, "params": {"seed": 1}, "extraBody": {"top_k": 1}, "x_new": 1, "plugins": [], "safe_prompt": true});
    let strange = ["names safe_prompt", "names x_new"];
    assert_eq!(warnings(lists, odd.clone()), [&strange[..], &["parameters temperature", "parameters top_k", "parameters seed"]].concat());
    assert_eq!(warnings(json!({}), odd), strange, "no list, no warning of parameters");

    let mandatory = json!({"reasoning": {"supported_efforts": ["low", "high"], "mandatory": true}});
    for (request, expected) in [
        (json!({"thinking": "off"}), vec!["reasoning thinking"]),
        (json!({"reasoning": {"effort": "none"}}), vec!["reasoning reasoning"]),
        (json!({"reasoning": {"enabled": false}}), vec!["reasoning reasoning"]),
        (json!({"reasoning": {"effort": "none"}, "thinking": "off"}), vec!["reasoning reasoning"]),
        (json!({"reasoning": {"effort": "none"}, "model": "~anthropic/claude-opus-latest"}), vec![]),
        (json!({"reasoning": {"effort": "low"}}), vec![]),
        (json!({}), vec![]),
    ] {
        assert_eq!(warnings(mandatory.clone(), request.clone()), expected, "{request}");
    }
    let opus =
        |limit: u64, reasoning: Value| json!({"model": "anthropic/claude-opus-5", "max_completion_tokens": limit, "reasoning": reasoning});
    for (request, expected) in [
        (opus(1024, json!({"effort": "low"})), 1),
        (opus(1025, json!({"effort": "max"})), 0),
        (opus(1024, json!({"effort": "none"})), 0),
        (opus(3000, json!({"max_tokens": 3000})), 1),
        (opus(3001, json!({"max_tokens": 3000})), 0),
        (json!({"max_completion_tokens": 100, "reasoning": {"effort": "low"}}), 0),
        (json!({"max_completion_tokens": 100, "reasoning": {"max_tokens": 200}}), 1),
        (json!({"model": "anthropic/claude-opus-5", "reasoning": {"max_tokens": 3000}}), 0),
    ] {
        let told = warnings(json!({}), request.clone());
        assert_eq!(told, vec!["output-limit max_completion_tokens"; expected], "{request}");
    }
}

#[test]
fn half_characters_are_removed_and_noted() {
    let config = ClientConfig::parse("{}").unwrap();
    let request = r#"{"model":"a/b","messages":[{"role":"user","content":"a\ud83d \ud83d\ude00"}]}"#;
    let prepared = prepared_of(&config, &Source { request, model: None, is_foreign: false, ..SOURCE }).unwrap();
    assert!(prepared.conversation.text().contains(r#""a \ud83d\ude00""#));
    assert_eq!(prepared.changes.0.iter().map(|change| change.rule.as_ref()).collect::<Vec<_>>(), ["lone-surrogates"]);
}

/// Messages of a kilobyte: every rule looks at each of them a fixed number of times.
#[test]
fn preparing_costs_the_same_for_every_message() {
    let config = |model: &str| json!({"models": {model: {"contextWindow": 1_000_000, "maxTokens": 8000}}});
    let text = "All work and no play makes \"Jack\" a dull boy, and all play and no work makes him a mere toy.\n".repeat(11);
    let call = |id: usize| json!([{"id": format!("call_{id}"), "type": "function", "function": {"name": "f", "arguments": "{\"a\":1}"}}]);
    let transcript = |count: usize| {
        let message = |number: usize| match number % 4 {
            0 => json!({"role": "user", "content": text}),
            1 => json!({"role": "assistant", "content": text, "tool_calls": call(number)}),
            2 => json!({"role": "tool", "tool_call_id": format!("call_{}", number - 1), "content": text}),
            _ => json!({"role": "assistant", "content": [{"type": "text", "text": text}]}),
        };
        (0..count).map(message).collect::<Vec<_>>()
    };
    for model in ["anthropic/claude-opus-5", "google/gemini-3-pro", "deepseek/deepseek-v4-pro", "mistralai/mistral-large", "openai/gpt-5"] {
        let time = |count: usize| {
            let request = json!({"model": model, "messages": transcript(count), "params": {"cacheRetention": "long"}});
            let text = text_of(&request);
            let config = ClientConfig::parse(&config(model).to_string()).unwrap();
            let source = Source { request: &text, model: None, is_foreign: false, ..SOURCE };
            let run = || {
                let start = std::time::Instant::now();
                let prepared = prepared_of(&config, &source).unwrap();
                assert!(prepared.conversation.text().len() > count * 900);
                start.elapsed()
            };
            (0..3).map(|_| run()).min().unwrap()
        };
        let (small, large) = (time(300), time(1200));
        println!("{model}: {small:?} for 300 messages, {large:?} for 1200");
        assert!(large < small * 12, "{model}: {small:?} for 300 messages, {large:?} for 1200");
    }
}

#[test]
fn the_reference_that_was_asked_is_told() {
    let prepared = prepared(&json!({}), &json!({"model": "openrouter/moonshotai/kimi-k2.6:free@preset/p"}), false).unwrap();
    let model = &prepared.model;
    assert_eq!(
        (model.api_id.as_str(), model.variant.as_deref(), model.preset.as_deref()),
        ("moonshotai/kimi-k2.6:free@preset/p", Some("free"), Some("p"))
    );
}
