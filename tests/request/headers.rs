//! The headers of a chat: attribution, the caller's own, the response cache.

use crate::support::{PROXY, SUBDOMAIN, header, headers, with};
use openrouter_wasm::config::ClientConfig;
use openrouter_wasm::http::RequestPlan;
use serde_json::{Value, json};

const ATTRIBUTION: [&str; 4] = ["HTTP-Referer", "X-OpenRouter-Title", "X-Title", "X-OpenRouter-Categories"];
/// What OpenClaw's newest release sends of itself.
const ALL_SEVEN: &str = "cli-agent,cloud-agent,programming-app,creative-writing,writing-assistant,general-chat,personal-agent";

fn attribution(config: &Value, call: &[(&str, Option<&str>)]) -> [Option<String>; 4] {
    let headers = headers(config, call);
    ATTRIBUTION.map(|name| header(&headers, name))
}

fn some(texts: [&str; 4]) -> [Option<String>; 4] {
    texts.map(|text| (!text.is_empty()).then(|| text.to_owned()))
}

#[test]
fn the_app_is_named_on_openrouters_own_hosts() {
    let app = json!({"url": "https://a.example", "title": "A", "categories": ["cli-agent", "game"]});
    let named = some(["https://a.example", "A", "A", "cli-agent,game"]);
    for base in ["https://openrouter.ai/api/v1", "https://openrouter.ai/v1/", SUBDOMAIN, "https://EU.OpenRouter.ai:444/other"] {
        assert_eq!(attribution(&json!({"app": app, "baseURL": base}), &[]), named, "{base}");
    }
    assert_eq!(attribution(&json!({"app": app}), &[]), named);
    for base in
        [PROXY, "https://evilopenrouter.ai", "https://openrouter.ai.evil.com", "https://openrouter.ai./api", "http://localhost:8787"]
    {
        assert_eq!(
            attribution(&json!({"app": app, "baseURL": base, "origin": "https://page.example"}), &[]),
            some(["", "", "", ""]),
            "{base}"
        );
    }
}

#[test]
fn without_an_app_a_page_says_where_it_is_and_an_edge_runtime_nothing() {
    assert_eq!(attribution(&json!({"origin": "https://page.example"}), &[]), some(["https://page.example", "", "", ""]));
    assert_eq!(attribution(&json!({}), &[]), some(["", "", "", ""]));
    assert_eq!(attribution(&json!({"app": {}}), &[]), some(["", "", "", ""]));
    assert_eq!(attribution(&json!({"app": {"title": "A"}}), &[]), some(["", "A", "A", ""]));
    let openclaw =
        json!({"app": {"url": "https://openclaw.ai", "title": "OpenClaw", "categories": ALL_SEVEN.split(',').collect::<Vec<_>>()}});
    assert_eq!(attribution(&openclaw, &[]), some(["https://openclaw.ai", "OpenClaw", "OpenClaw", ALL_SEVEN]));
}

#[test]
fn the_callers_headers_win_in_any_case_and_null_takes_one_away() {
    let app = json!({"url": "https://a", "title": "A", "categories": ["game"]});
    let config = |headers: Value| json!({"app": app, "headers": headers});
    let table = [
        (json!({}), vec![], ["https://a", "A", "A", "game"]),
        (json!({"http-referer": "https://mine"}), vec![], ["https://mine", "A", "A", "game"]),
        (json!({"HTTP-Referer": "https://mine"}), vec![("http-referer", Some("https://call"))], ["https://call", "A", "A", "game"]),
        (json!({"HTTP-Referer": "https://mine"}), vec![("http-referer", None)], ["", "A", "A", "game"]),
        (json!({"HTTP-Referer": null}), vec![], ["", "A", "A", "game"]),
        // One title under two names: the caller's does not stand beside the app's.
        (json!({"X-Title": "Mine"}), vec![], ["https://a", "", "Mine", "game"]),
        (json!({}), vec![("x-openrouter-title", Some("Mine"))], ["https://a", "Mine", "", "game"]),
        (json!({"X-Title": "Mine"}), vec![("X-OpenRouter-Title", Some("Other"))], ["https://a", "Other", "Mine", "game"]),
        (json!({"X-Title": null}), vec![], ["https://a", "A", "", "game"]),
        (json!({"X-OpenRouter-Categories": "legal"}), vec![], ["https://a", "A", "A", "legal"]),
    ];
    for (own, call, expected) in table {
        assert_eq!(attribution(&config(own.clone()), &call), some(expected), "{own} {call:?}");
    }
    // Elsewhere they pass too, and hostile names never do.
    let own = headers(
        &json!({"baseURL": PROXY, "headers": [["X-Title", "Mine"], ["__proto__", "x"], ["constructor", "x"]]}),
        &[("Authorization", Some("Bearer own")), ("prototype", Some("x")), ("accept", Some("*/*"))],
    );
    assert_eq!(header(&own, "x-title").as_deref(), Some("Mine"));
    assert_eq!((header(&own, "authorization").as_deref(), header(&own, "Accept").as_deref()), (Some("Bearer own"), Some("*/*")));
    assert!(["__proto__", "constructor", "prototype"].iter().all(|name| header(&own, name).is_none()));
    for (name, value) in &headers(&json!({}), &[]) {
        assert!(["Content-Type", "Accept"].contains(&name.as_str()), "{name}: {value} is not sent unless somebody asks for it");
    }
}

#[test]
fn every_row_of_the_response_cache() {
    let cache = |config: &Value, params: &Value| {
        let sent = with(config, &json!({"params": params}));
        let short = |name: &str| name.replace("X-OpenRouter-Cache", "");
        sent.cache.iter().map(|(name, value)| format!("{}={value}", short(name))).collect::<Vec<_>>().join(" ")
    };
    let none = json!({});
    // The switch, by every word for it.
    for on in [json!(true), json!("1"), json!("true"), json!(" Yes "), json!("ON"), json!("enable"), json!("enabled")] {
        for name in ["responseCache", "response_cache"] {
            assert_eq!(cache(&none, &json!({name: on})), "=true", "{on}");
        }
    }
    for off in [json!(false), json!("0"), json!("FALSE"), json!("no"), json!("off"), json!("disable"), json!("disabled")] {
        let params = json!({"responseCache": off, "responseCacheTtl": 5, "responseCacheClear": true});
        assert_eq!(cache(&none, &params), "=false", "{off}: nothing beside it");
    }
    for odd in [json!(1), json!(0), json!("maybe"), json!(""), json!(null), json!({}), json!([true])] {
        assert_eq!(cache(&none, &json!({"responseCache": odd})), "", "{odd}");
    }
    // How long, by every name, in the order of the names.
    for name in ["responseCacheTtlSeconds", "response_cache_ttl_seconds", "responseCacheTtl", "response_cache_ttl"] {
        for (ttl, expected) in [
            (json!(300), "=true -TTL=300"),
            (json!(12.9), "=true -TTL=12"),
            (json!(0.5), "=true -TTL=1"),
            (json!(-5), "=true -TTL=1"),
            (json!(999_999), "=true -TTL=86400"),
            (json!(" 60 "), "=true -TTL=60"),
            (json!("12.9"), "=true -TTL=12"),
            (json!("soon"), "=true"),
            (json!(""), "=true"),
            (json!(true), "=true"),
        ] {
            assert_eq!(cache(&none, &json!({"responseCache": true, name: ttl})), expected, "{name} {ttl}");
        }
    }
    let both = json!({"responseCache": true, "response_cache_ttl": 1, "responseCacheTtl": 2, "response_cache_ttl_seconds": 3, "responseCacheTtlSeconds": 4});
    assert_eq!(cache(&none, &both), "=true -TTL=4");
    // Clearing asks for the cache; a ttl alone does not.
    let table = [
        (json!({"responseCacheClear": true}), "=true -Clear=true"),
        (json!({"response_cache_clear": "on", "responseCacheTtl": 9}), "=true -TTL=9 -Clear=true"),
        (json!({"responseCache": true, "responseCacheClear": false}), "=true"),
        (json!({"responseCacheClear": false}), ""),
        (json!({"responseCacheTtl": 9}), ""),
        (json!({"responseCache": "maybe", "responseCacheClear": true}), "=true -Clear=true"),
        (json!({"responseCache": "maybe", "response_cache": true}), ""),
    ];
    for (params, expected) in table {
        assert_eq!(cache(&none, &params), expected, "{params}");
    }
    // Later layers win, whatever spelling they use.
    let layers = json!({"params": {"response_cache": false, "response_cache_ttl": 5}, "models": {"openrouter/auto": {"params": {"responseCache": true}}}});
    assert_eq!(cache(&layers, &none), "=true -TTL=5");
    assert_eq!(cache(&layers, &json!({"response_cache": "off"})), "=false");
    assert_eq!(cache(&layers, &json!({"responseCacheTtlSeconds": 7})), "=true -TTL=7");
    // On OpenRouter's hosts alone.
    for (base, expected) in [(SUBDOMAIN, "=true"), ("https://openrouter.ai/v1", "=true"), (PROXY, ""), ("http://localhost:1", "")] {
        assert_eq!(cache(&json!({"baseURL": base}), &json!({"responseCache": true})), expected, "{base}");
    }
    // The caller's own header wins here too.
    let all = headers(&json!({"params": {"responseCache": true}, "headers": {"x-openrouter-cache": "false"}}), &[]);
    assert_eq!(header(&all, "X-OpenRouter-Cache").as_deref(), Some("false"));
}

#[test]
fn categories_that_openrouter_drops_are_told() {
    let warned = |config: Value| with(&config, &json!({})).has_warning("categories", "app.categories");
    let app = |categories: &[&str]| json!({"url": "https://a", "categories": categories});
    for (config, expected) in [
        (json!({"app": app(&["cli-agent", "game"])}), false),
        (json!({"app": app(&["cli-agent", "game", "legal"])}), true),
        (json!({"app": app(&["nonsense"])}), true),
        (json!({"app": app(&["nonsense"]), "baseURL": PROXY}), false),
        (json!({"app": app(&["nonsense"]), "headers": {"x-openrouter-categories": "game"}}), false),
        (json!({"app": app(&["nonsense"]), "headers": {"x-openrouter-categories": null}}), false),
        (json!({"headers": {"X-OpenRouter-Categories": "a, b"}}), true),
        (json!({"app": app(&ALL_SEVEN.split(',').collect::<Vec<_>>())}), true),
        (json!({}), false),
    ] {
        assert_eq!(warned(config.clone()), expected, "{config}");
    }
}

#[test]
fn more_headers_than_any_server_takes_are_refused_at_once() {
    let many: Vec<(String, String)> = (0..501).map(|at| (format!("x-{at}"), "1".to_owned())).collect();
    let call: Vec<(&str, Option<&str>)> = many.iter().map(|(name, value)| (name.as_str(), Some(value.as_str()))).collect();
    assert_eq!(headers(&json!({}), &call[..500]).len(), 500 + headers(&json!({}), &[]).len());
    let config = ClientConfig::parse("{}").unwrap();
    let owned: Vec<(String, Option<String>)> = many.iter().map(|(name, value)| (name.clone(), Some(value.clone()))).collect();
    let error = RequestPlan::chat(&config, &owned, &[], true).unwrap_err();
    assert_eq!(error.message, "headers: are more than 500: no server takes as many");
}
