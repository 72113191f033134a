//! An OpenClaw configuration file becomes client options, or an error that names its place.

use openrouter_wasm::openclaw_config::client_options;
use serde_json::{Value, json};

fn options(config: &Value) -> Value {
    read(&config.to_string())
}

fn read(text: &str) -> Value {
    serde_json::from_str(&client_options(text).unwrap()).unwrap()
}

fn error(text: &str) -> String {
    client_options(text).unwrap_err().message.clone()
}

#[test]
fn the_examples_of_the_documentation() {
    let key = json!({"OPENROUTER_API_KEY": "sk-or-..."});
    for model in ["openrouter/auto", "openrouter/anthropic/claude-sonnet-4-5"] {
        let config = json!({"env": key, "agents": {"defaults": {"model": {"primary": model}}}});
        assert_eq!(options(&config), json!({"apiKey": "sk-or-...", "model": model}));
    }
    let image = "openrouter/google/gemini-3.1-flash-image-preview";
    for (choice, settings) in [
        (json!({"primary": image}), json!({"model": image})),
        (json!({"primary": image, "timeoutMs": 180_000}), json!({"model": image, "timeoutMs": 180_000})),
    ] {
        let config = json!({"env": key, "agents": {"defaults": {"imageGenerationModel": choice}}});
        assert_eq!(options(&config), json!({"apiKey": "sk-or-...", "media": {"image": settings}}));
    }
    let choice = json!({"primary": "openrouter/google/veo-3.1-fast"});
    let config = json!({"env": key, "agents": {"defaults": {"videoGenerationModel": choice}}});
    assert_eq!(options(&config), json!({"apiKey": "sk-or-...", "media": {"video": {"model": "openrouter/google/veo-3.1-fast"}}}));
    let voice = json!({"model": "hexgrad/kokoro-82m", "voice": "af_alloy", "responseFormat": "mp3"});
    let config = json!({"messages": {"tts": {"auto": "always", "provider": "openrouter", "providers": {"openrouter": voice}}}});
    assert_eq!(options(&config), json!({"media": {"speech": voice}}));
    let audio = json!({"enabled": true, "models": [{"provider": "openrouter", "model": "openai/whisper-large-v3-turbo"}]});
    let transcription = json!({"model": "openai/whisper-large-v3-turbo"});
    assert_eq!(options(&json!({"tools": {"media": {"audio": audio}}})), json!({"media": {"transcription": transcription}}));
    let params = json!({"responseCache": true, "responseCacheTtlSeconds": 300});
    let config = json!({"agents": {"defaults": {"models": {"openrouter/auto": {"params": params}}}}});
    assert_eq!(options(&config), json!({"models": {"openrouter/auto": {"params": params}}}));
    assert_eq!(options(&json!({"gateway": {"port": 18_789}, "agents": {"list": []}, "models": {"mode": "merge"}})), json!({}));
}

#[test]
fn model_choices_in_every_spelling() {
    let spelled = |model: Value| options(&json!({"agents": {"defaults": {"model": model}}}));
    assert_eq!(spelled(json!("anthropic/claude-opus-5")), json!({"model": "anthropic/claude-opus-5"}));
    assert_eq!(
        spelled(json!({"primary": "openrouter/a/b", "fallbacks": ["openai/gpt-5", "openrouter/auto"]})),
        json!({"model": "openrouter/a/b", "fallbackModels": ["openai/gpt-5", "openrouter/auto"]})
    );
    assert_eq!(spelled(json!({"primary": null, "fallbacks": null})), json!({}));
    assert_eq!(spelled(json!(" ")), json!({}), "blank is not set");
    assert_eq!(options(&json!({"agent": {"model": "openrouter/a/b"}})), json!({"model": "openrouter/a/b"}));
    let both = json!({"agent": {"model": "old/old"}, "agents": {"defaults": {"model": {"primary": "new/new"}}}});
    assert_eq!(options(&both), json!({"model": "new/new"}));
    let media = options(&json!({"agents": {"defaults": {"imageGenerationModel": "openrouter/a/b", "mediaMaxMb": 8.5}}}));
    assert_eq!(media, json!({"media": {"image": {"model": "openrouter/a/b"}, "maxBytes": 8_912_896}}));
}

#[test]
fn the_environment_comes_before_the_provider_and_speech_has_it_the_other_way() {
    let provider = json!({"providers": {"openrouter": {"apiKey": "sk-provider"}}});
    for (env, key, speech) in [
        (json!({"OPENROUTER_API_KEY": "sk-env", "vars": {"OPENROUTER_API_KEY": "sk-vars"}}), "sk-env", json!("sk-provider")),
        (json!({"OPENROUTER_API_KEY": " \n", "vars": {"OPENROUTER_API_KEY": "sk-vars\n"}}), "sk-vars", json!("sk-provider")),
        (json!({"OPENROUTER_API_KEY": "sk-provider"}), "sk-provider", Value::Null),
        (json!({}), "sk-provider", Value::Null),
    ] {
        let read = options(&json!({"env": env, "models": provider}));
        assert_eq!((&read["apiKey"], &read["media"]["speech"]["apiKey"]), (&json!(key), &speech), "{env}");
    }
    let own =
        json!({"env": {"OPENROUTER_API_KEY": "sk-env"}, "models": provider, "tts": {"providers": {"openrouter": {"apiKey": "sk-tts"}}}});
    assert_eq!(options(&own)["media"]["speech"]["apiKey"], "sk-tts");
}

#[test]
fn the_providers_own_settings() {
    for spelling in ["baseUrl", "baseURL"] {
        let headers = json!({"X-A": "1", "X-None": null, "__proto__": "x", "X-\"q\"": "2"});
        let read = options(&json!({"models": {"providers": {"openrouter": {spelling: "https://proxy.example/v1", "headers": headers}}}}));
        assert_eq!(read, json!({"baseURL": "https://proxy.example/v1", "headers": {"X-A": "1", "X-\"q\"": "2"}}));
    }
}

#[test]
fn params_merge_by_layer_whatever_the_spelling() {
    let merged = |provider: Value, defaults: Value| {
        let config = json!({"models": {"providers": {"openrouter": {"params": provider}}}, "agents": {"defaults": {"params": defaults}}});
        options(&config)["params"].clone()
    };
    assert_eq!(merged(json!({"temperature": 1, "topP": 0.5}), json!({"temperature": 0.10})), json!({"temperature": 0.1, "topP": 0.5}));
    assert_eq!(merged(json!({"temperature": 1}), json!({"temperature": null})), json!({"temperature": 1}));
    assert_eq!(
        merged(json!({"responseCache": false, "maxTokens": 5, "x": 1}), json!({"response_cache": true, "max_completion_tokens": 6})),
        json!({"response_cache": true, "max_completion_tokens": 6, "x": 1})
    );
    assert_eq!(
        merged(json!({"response_cache_ttl_seconds": 1}), json!({"responseCacheTtl": 2, "response_cache_ttl": 3})),
        json!({"responseCacheTtl": 2, "response_cache_ttl": 3}),
        "a layer's own spellings stay"
    );
    assert_eq!(
        merged(
            json!({"provider": {"sort": "price", "data_collection": "deny"}}),
            json!({"provider": {"sort": "latency", "order": ["openai"], "__proto__": {}}})
        ),
        json!({"provider": {"sort": "latency", "data_collection": "deny", "order": ["openai"]}})
    );
}

#[test]
fn models_are_what_is_set_and_what_is_known_of_them() {
    let row = json!({
        "id": "moonshotai/kimi-k2.6", "name": "Kimi", "reasoning": true, "input": ["text", "image"], "contextWindow": 262_144,
        "maxTokens": 8192, "cost": {"input": 0.8, "output": 3.5, "cacheRead": 0, "cacheWrite": 1_250_000}, "compat": {"supportsTools": true}
    });
    let known = json!({
        "reasoning": true, "input": ["text", "image"], "contextWindow": 262_144, "maxTokens": 8192, "supportsTools": true,
        "pricing": {"prompt": "0.0000008", "completion": "0.0000035", "input_cache_read": "0", "input_cache_write": "1.25"}
    });
    let with = |models: Value, rows: Value| {
        options(&json!({"agents": {"defaults": {"models": models}}, "models": {"providers": {"openrouter": {"models": rows}}}}))["models"]
            .clone()
    };
    assert_eq!(with(Value::Null, json!([row])), json!({"openrouter/moonshotai/kimi-k2.6": known}));
    let mut entry = known.clone();
    entry["alias"] = json!("Kimi");
    for key in ["openrouter/moonshotai/kimi-k2.6", "moonshotai/kimi-k2.6", "openrouter/openrouter/Moonshotai/kimi-k2.6"] {
        assert_eq!(with(json!({key: {"alias": "Kimi", "agentRuntime": {}}}), json!([row])), json!({key: entry}));
    }
    let both = json!({"a/b": {"alias": "direct"}, "openrouter/a/b": {}, "openrouter/c": null});
    assert_eq!(with(both, json!([{"id": "a/b", "maxTokens": 1}])), json!({"a/b": {"alias": "direct"}, "openrouter/a/b": {"maxTokens": 1}}));
    assert_eq!(with(Value::Null, json!([{"id": "auto"}, {"id": "a/\"b"}])), json!({"openrouter/auto": {}, "openrouter/a/\"b": {}}));
    let layers = json!({
        "agents": {"defaults": {
            "params": {"topP": 0.2, "provider": {"sort": "price"}},
            "models": {"openrouter/a/b": {"params": {"provider": {"only": ["x"]}}}},
        }},
        "models": {"providers": {"openrouter": {"models": [{"id": "a/b", "params": {"topP": 0.1, "seed": 1, "provider": {"sort": "latency"}}}]}}},
    });
    assert_eq!(
        options(&layers)["models"]["openrouter/a/b"],
        json!({"params": {"topP": 0.2, "seed": 1, "provider": {"sort": "price", "only": ["x"]}}}),
        "a row stands below the common params"
    );
}

#[test]
fn prices_keep_their_digits() {
    for (million, one) in [
        ("0", "0"),
        ("0.0", "0"),
        ("1", "0.000001"),
        ("0.075", "0.000000075"),
        ("15.00", "0.000015"),
        ("1000000", "1"),
        ("12345678.5", "12.3456785"),
        ("1e-7", "0.0000000000001"),
        ("2.5E+6", "2.5"),
        ("3e7", "30"),
    ] {
        let text =
            ["{\"models\":{\"providers\":{\"openrouter\":{\"models\":[{\"id\":\"a/b\",\"cost\":{\"input\":", million, "}}]}}}}"].concat();
        assert_eq!(read(&text)["models"]["openrouter/a/b"]["pricing"], json!({"prompt": one}), "{million}");
    }
}

#[test]
fn media_and_search_in_both_spellings() {
    let config = json!({
        "messages": {"tts": {"providers": {"openrouter": {"model": "old"}}}},
        "tts": {"providers": {"openrouter": {
            "modelId": "m", "voiceId": "v1", "speakerVoice": "v2", "speed": 1.5, "baseURL": "https://p.example", "provider": {"order": ["x"]}
        }}},
        "tools": {"media": {"audio": {"language": "de", "prompt": "names", "maxBytes": 5, "timeoutSeconds": 60, "attachments": {}}}},
    });
    let speech = json!({"model": "m", "voice": "v2", "speed": 1.5, "baseURL": "https://p.example", "provider": {"order": ["x"]}});
    let transcription = json!({"language": "de", "maxBytes": 5, "timeoutMs": 60_000});
    assert_eq!(options(&config), json!({"media": {"speech": speech, "transcription": transcription}}));
    let web = json!({"provider": "perplexity", "maxResults": 5, "perplexity": {"apiKey": "sk-or-x", "baseUrl": "https://p.example", "model": "m"}});
    let plugin = json!({"entries": {"perplexity": {"config": {"webSearch": {"apiKey": "pplx-y"}}}}});
    let config = json!({"tools": {"web": {"search": web}}, "plugins": plugin, "env": {"vars": {"PERPLEXITY_API_KEY": "pplx-z"}}});
    assert_eq!(
        options(&config)["search"],
        json!({
            "provider": "perplexity", "maxResults": 5, "apiKey": "pplx-y", "baseUrl": "https://p.example", "model": "m", "perplexityApiKey": "pplx-z"
        })
    );
}

#[test]
fn media_settings_are_those_of_the_client() {
    let choice = json!({"primary": "openrouter/a/b", "fallbacks": ["c/d"], "timeoutMs": 5});
    let read = options(&json!({"agents": {"defaults": {"musicGenerationModel": choice, "mediaMaxMb": 0}}}));
    let warning = "agents.defaults.musicGenerationModel: other models are not tried; left out";
    assert_eq!(read, json!({"media": {"music": {"model": "openrouter/a/b", "timeoutMs": 5}}, "warnings": [warning]}));
    let list =
        json!([{"provider": "deepgram", "model": "nova"}, {"provider": "openrouter", "model": "m", "language": "fr"}, {"model": "later"}]);
    let read = options(&json!({"tools": {"media": {"audio": {"models": list, "language": "de", "timeoutSeconds": 0.5}}}}));
    assert_eq!(read, json!({"media": {"transcription": {"model": "m", "language": "fr", "timeoutMs": 500}}}));
    let small = options(&json!({"agents": {"defaults": {"mediaMaxMb": 0.000_002}}}));
    assert_eq!(small, json!({"media": {"maxBytes": 2}}), "floored");
}

#[test]
fn references_are_put_in_from_the_file_or_reported() {
    let provider = |key: Value| json!({"env": {"MINE": "sk-mine", "vars": {"HOST": "p.example"}}, "models": {"providers": {"openrouter": {"apiKey": key}}}});
    for key in [json!("${MINE}"), json!({"source": "env", "provider": "default", "id": "MINE"})] {
        assert_eq!(options(&provider(key)), json!({"apiKey": "sk-mine"}));
    }
    for (key, warning) in [
        (json!("${OPENROUTER_API_KEY}"), "the file's env does not hold ${OPENROUTER_API_KEY}; left out"),
        (json!({"source": "env", "id": "OTHER"}), "refers to a secret that the file does not hold; left out"),
        (json!({"source": "file", "id": "MINE"}), "refers to a secret that the file does not hold; left out"),
    ] {
        let read = options(&provider(key));
        let warning = ["models.providers.openrouter.apiKey: ", warning].concat();
        assert_eq!(read, json!({"warnings": [warning]}));
    }
    for (written, read) in [
        ("https://${HOST}/v1", "https://p.example/v1"),
        ("https://x/$${HOST}/${host}/${1}/${}", "https://x/${HOST}/${host}/${1}/${}"),
        ("https://${HOST}${HOST}", "https://p.examplep.example"),
        ("https://x/${", "https://x/${"),
    ] {
        let config = json!({"env": {"HOST": "p.example"}, "models": {"providers": {"openrouter": {"baseUrl": written}}}});
        assert_eq!(options(&config), json!({"baseURL": read}));
    }
    let itself = json!({"env": {"OPENROUTER_API_KEY": "${OPENROUTER_API_KEY}"}});
    assert_eq!(options(&itself)["warnings"].as_array().unwrap().len(), 1);
}

#[test]
fn a_known_key_of_a_wrong_type_is_named_by_its_place() {
    let table = [
        (json!([]), "config: must be an object"),
        (json!({"env": "x"}), "env: must be an object"),
        (json!({"env": {"OPENROUTER_API_KEY": 5}}), "env.OPENROUTER_API_KEY: must be a string"),
        (json!({"env": {"vars": []}}), "env.vars: must be an object"),
        (json!({"agents": []}), "agents: must be an object"),
        (json!({"agents": {"defaults": 1}}), "agents.defaults: must be an object"),
        (json!({"agents": {"defaults": {"model": 5}}}), "agents.defaults.model: must be a string or an object"),
        (json!({"agents": {"defaults": {"model": {"primary": 5}}}}), "agents.defaults.model.primary: must be a string"),
        (json!({"agents": {"defaults": {"model": {"fallbacks": "x"}}}}), "agents.defaults.model.fallbacks: must be an array"),
        (json!({"agents": {"defaults": {"model": {"fallbacks": ["x", {}]}}}}), "agents.defaults.model.fallbacks[1]: must be a string"),
        (json!({"agent": {"model": []}}), "agent.model: must be a string or an object"),
        (json!({"agents": {"defaults": {"params": []}}}), "agents.defaults.params: must be an object"),
        (json!({"agents": {"defaults": {"models": []}}}), "agents.defaults.models: must be an object"),
        (
            json!({"agents": {"defaults": {"models": {"openrouter/auto": 5}}}}),
            "agents.defaults.models[\"openrouter/auto\"]: must be an object",
        ),
        (
            json!({"agents": {"defaults": {"models": {"openrouter/auto": {"params": 5}}}}}),
            "agents.defaults.models[\"openrouter/auto\"].params: must be an object",
        ),
        (
            json!({"agents": {"defaults": {"imageGenerationModel": {"timeoutMs": "1"}}}}),
            "agents.defaults.imageGenerationModel.timeoutMs: must be a number, 0 or more",
        ),
        (
            json!({"agents": {"defaults": {"videoGenerationModel": {"timeoutMs": -1}}}}),
            "agents.defaults.videoGenerationModel.timeoutMs: must be a number, 0 or more",
        ),
        (
            json!({"messages": {"tts": {"providers": {"openrouter": {"voice": 1}}}}}),
            "messages.tts.providers.openrouter.voice: must be a string",
        ),
        (json!({"tools": {"media": {"audio": {"enabled": "yes"}}}}), "tools.media.audio.enabled: must be true or false"),
        (json!({"tools": {"media": {"audio": {"models": ["x"]}}}}), "tools.media.audio.models[0]: must be an object"),
        (json!({"tools": {"web": {"search": {"maxResults": "5"}}}}), "tools.web.search.maxResults: must be a number, 0 or more"),
    ];
    for (config, message) in table {
        assert_eq!(error(&config.to_string()), message);
    }
    let provider = [
        (json!({"apiKey": 5}), ".apiKey: must be a string"),
        (json!({"apiKey": {"id": "X"}}), ".apiKey: must be a string"),
        (json!({"baseUrl": {}}), ".baseUrl: must be a string"),
        (json!({"baseUrl": "ftp://x.example"}), ".baseUrl: must be an https URL"),
        (json!({"baseURL": "not a URL"}), ".baseUrl: must be an absolute https URL"),
        (json!({"baseUrl": "https://user:word@x.example/v1"}), ".baseUrl: must not hold a user name or password"),
        (json!({"headers": "x"}), ".headers: must be an object"),
        (json!({"headers": {"X-A": 1}}), ".headers[\"X-A\"]: must be a string"),
        (json!({"params": "x"}), ".params: must be an object"),
        (json!({"models": {}}), ".models: must be an array"),
        (json!({"models": [{}]}), ".models[0]: must have an id"),
        (json!({"models": [{"id": 5}]}), ".models[0].id: must be a string"),
        (json!({"models": [{"id": "a/b", "reasoning": "yes"}]}), ".models[0].reasoning: must be true, false or an object"),
        (json!({"models": [{"id": "a/b", "input": "text"}]}), ".models[0].input: must be an array"),
        (json!({"models": [{"id": "a/b", "cost": {"input": "1"}}]}), ".models[0].cost.input: must be a number, 0 or more"),
        (json!({"models": [{"id": "a/b", "compat": {"supportsTools": 1}}]}), ".models[0].compat.supportsTools: must be true or false"),
    ];
    for (settings, message) in provider {
        let config = json!({"models": {"providers": {"openrouter": settings}}});
        assert_eq!(error(&config.to_string()), ["models.providers.openrouter", message].concat());
    }
}

#[test]
fn what_is_no_json_is_named_by_line_and_column() {
    for (text, place) in [
        ("", "line 1, column 1"),
        ("{\n  \"a\": 1,\n  b: 2}", "line 3, column 3"),
        ("{\"é\": x}", "line 1, column 7"),
        ("{\r\n\"a\": }", "line 2, column 6"),
        ("{} x", "line 1, column 4"),
        ("{\"a\": [1", "line 1, column 9"),
    ] {
        let message = error(text);
        assert!(message.starts_with(&["config: ", place, ": "].concat()), "{text:?}: {message}");
    }
    assert_eq!(read("\u{feff} {\"env\":null}\n"), json!({}));
    assert_eq!(
        read("{\"agents\":{\"defaults\":{\"params\":{\"x\":\"a\nb\"}}}}"),
        json!({"params": {"x": "a b"}}),
        "what is written is JSON"
    );
}

#[test]
fn a_deep_file_is_refused_and_does_not_overflow_the_stack() {
    for bracket in ["[", "{\"a\":"] {
        assert!(error(&bracket.repeat(100_000)).starts_with("config: line 1, column "));
    }
}

#[test]
fn the_memory_s_search_says_how_texts_become_vectors() {
    let search = |memory: Value| options(&json!({"memory": {"search": memory}}))["media"]["embedding"].clone();
    assert_eq!(
        search(json!({"provider": "openrouter", "model": "openai/e", "queryInputType": "query", "dimensions": 256})),
        json!({"model": "openai/e", "queryInputType": "query", "dimensions": 256})
    );
    assert_eq!(
        search(
            json!({"provider": "openai-compatible", "model": "e", "remote": {"baseUrl": "https://own.example/v1", "apiKey": "k", "headers": {"X-A": "1"}}})
        ),
        json!({"model": "e", "baseURL": "https://own.example/v1", "apiKey": "k", "headers": {"X-A": "1"}})
    );
    assert_eq!(search(json!({"provider": "ollama", "model": "e"})), Value::Null);
    let error = error(r#"{"memory":{"search":{"provider":"openrouter","dimensions":"many"}}}"#);
    assert!(error.starts_with("memory.search.dimensions: "), "{error}");
}
