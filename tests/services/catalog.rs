//! The catalog's rows, on real catalogs where they are there, and on broken ones.

use openrouter_wasm::catalog::{get, list, next_page, plan};
use openrouter_wasm::config::ClientConfig;
use openrouter_wasm::error::Code;
use openrouter_wasm::record::Writes;
use openrouter_wasm::scan::{candidates, rank, settings};
use serde_json::{Value, json};

/// A file of the folder beside the project.
fn shared(name: &str) -> Option<Vec<u8>> {
    Some(std::fs::read(crate::shared::shared(&["data/", name].concat())?).unwrap())
}

fn models(bytes: &[u8], query: Value) -> Vec<Value> {
    let read: Value = serde_json::from_str(&list(bytes, &query.to_string()).unwrap()).unwrap();
    assert_eq!(read["warnings"], json!({"kinds": [], "runs": []}));
    read["models"].as_array().unwrap().clone()
}

fn count(models: &[Value], test: impl Fn(&Value) -> bool) -> usize {
    models.iter().filter(|model| test(model)).count()
}

#[test]
fn a_catalog_of_today_is_read_whole() {
    let Some(bytes) = shared("models-2026-08-22.json") else { return };
    let rows: Vec<Value> = serde_json::from_slice(&bytes).unwrap();
    let all = models(&bytes, json!({"all": true}));
    let live: Vec<Value> = all.iter().filter(|model| model["raw"]["bundled"].is_null()).cloned().collect();
    assert_eq!((rows.len(), live.len(), all.len()), (415, 415, 416), "openrouter/auto is missing there, the Kimi models are not");
    let is_suffixed = |model: &Value| model["id"].as_str().unwrap().ends_with(":free");
    assert_eq!(count(&live, |model| model["isFree"] == true && is_suffixed(model)), 18);
    assert_eq!(count(&live, |model| model["isFree"] == true && !is_suffixed(model)), 3);
    assert_eq!(count(&live, |model| model["pricing"]["overrides"].is_array()), 60);
    assert_eq!(count(&live, |model| model["aliasTarget"].is_string()), 12);
    assert_eq!(count(&live, |model| model["supportsTools"] == true), 349);
    assert_eq!(count(&live, |model| model["reasoning"] == true), 289);
    assert_eq!(count(&live, |model| model["thinking"]["mandatory"] == true), 90);
    assert_eq!(count(&live, |model| model["expirationDate"].is_string()), 13);
    assert_eq!(count(&live, |model| model["supportedVoices"].is_array()), 2);
    for model in &live {
        let row = rows.iter().find(|row| row["id"] == model["id"]).unwrap();
        assert_eq!(&model["raw"], row, "as it came");
        for (name, price) in row["pricing"].as_object().unwrap() {
            let Some(price) = price.as_str() else { continue };
            let camel: String = name
                .split('_')
                .enumerate()
                .map(|(at, part)| if at == 0 { part.to_owned() } else { part[..1].to_uppercase() + &part[1..] })
                .collect();
            if !price.starts_with('-') {
                assert_eq!(model["pricing"][&camel], price, "{} {name}", row["id"]);
            }
        }
        assert_eq!(model["created"], row["created"]);
        // An alias has the abilities of its target, which may be other than it says itself.
        if model["aliasTarget"].is_string() {
            continue;
        }
        assert_eq!(
            model["contextWindow"],
            if row["top_provider"]["context_length"].is_null() {
                row["context_length"].clone()
            } else {
                row["top_provider"]["context_length"].clone()
            }
        );
    }
    let ids: Vec<&str> = all.iter().map(|model| model["id"].as_str().unwrap()).collect();
    assert!(ids.is_sorted());
}

#[test]
fn a_catalog_of_the_older_shape_is_read_whole() {
    let Some(bytes) = shared("models-2025-05-28-old-shape.json") else { return };
    let rows: Value = serde_json::from_slice(&bytes).unwrap();
    let rows = rows["data"].as_array().unwrap();
    let live: Vec<Value> = models(&bytes, json!({})).into_iter().filter(|model| model["raw"]["bundled"].is_null()).collect();
    assert_eq!((rows.len(), live.len()), (316, 316));
    for model in &live {
        let row = rows.iter().find(|row| row["id"] == model["id"]).unwrap();
        let lists = |name: &str| row["supported_parameters"].as_array().unwrap().iter().any(|held| held == name);
        assert_eq!(
            (&model["raw"], &model["supportsTools"], &model["reasoning"]),
            (row, &json!(lists("tools")), &json!(lists("reasoning") || lists("include_reasoning")))
        );
    }
}

#[test]
fn the_filter_finds_what_a_filter_written_out_finds() {
    let Some(bytes) = shared("models-2026-08-22.json") else { return };
    let rows: Vec<Value> = serde_json::from_slice(&bytes).unwrap();
    let is_free = |row: &Value| {
        let zero = |name: &str| row["pricing"][name].as_str().is_some_and(|price| price.parse::<f64>() == Ok(0.0));
        row["id"].as_str().unwrap().ends_with(":free") || (zero("prompt") && zero("completion"))
    };
    let lists = |row: &Value, name: &str| row["supported_parameters"].as_array().unwrap().iter().any(|held| held == name);
    let expected: Vec<&Value> = rows.iter().filter(|row| is_free(row) && lists(row, "tools")).map(|row| &row["id"]).collect();
    let found: Value = serde_json::from_str(&candidates(&bytes, r#"{"capabilities":["tools"]}"#).unwrap()).unwrap();
    let found: Vec<&Value> = found["rows"].as_array().unwrap().iter().map(|row| &row["model"]).collect();
    assert_eq!(found, expected);
    assert!(found.len() > 10);
}

#[test]
fn an_override_whose_condition_cannot_be_read_is_left_out_and_told() {
    for (condition, is_kept) in [
        (r#""min_prompt_tokens":5"#, true),
        (r#""min_prompt_tokens":"5""#, true),
        (r#""min_prompt_tokens":null"#, true),
        (r#""utc_start":930,"utc_end":"1000","utc_days":["monday"]"#, true),
        (r#""min_prompt_tokens":"many""#, false),
        (r#""min_prompt_tokens":{}"#, false),
        (r#""utc_start":"noon""#, false),
        (r#""utc_end":[]"#, false),
        (r#""utc_days":"monday""#, false),
    ] {
        let text = format!(r#"[{{"id":"a/b","pricing":{{"prompt":"1","overrides":[{{{condition},"prompt":"2"}}]}}}}]"#);
        let read: Value = serde_json::from_str(&list(text.as_bytes(), "{}").unwrap()).unwrap();
        let model = read["models"].as_array().unwrap().iter().find(|model| model["id"] == "a/b").unwrap();
        assert_eq!(model["pricing"]["overrides"].as_array().unwrap().len(), usize::from(is_kept), "{condition}");
        assert_eq!(read["warnings"]["runs"].as_array().unwrap().is_empty(), is_kept, "{condition}");
    }
}

#[test]
fn whatever_is_broken_neither_panics_nor_hides() {
    let text = r#"{"data":[{"id":"a/b","pricing":{"prompt":"0","completion":1e-7,"overrides":[{"min_prompt_tokens":5,"prompt":"1"}]},"reasoning":{"supported_efforts":["high"]},"architecture":{"modality":"text->text"},"top_provider":{"context_length":5},"supported_parameters":["tools"]},{"id":"c"}],"links":{"next":"/x?y=1"}}"#;
    // Every cut is an error with a name; every byte changed is an error, or a list that says JSON.
    for cut in 0..text.len() {
        let error = list(&text.as_bytes()[..cut], "{}").unwrap_err();
        assert_eq!(error.code, Code::BadResponse, "{cut}");
        assert!(error.message.starts_with("OpenRouter /models failed: "), "{}", error.message);
    }
    for at in 0..text.len() {
        for byte in [b'"', b'{', b'0', b'\\', b'n', 0, 0xff, b'-', b'[', b' '] {
            let mut bytes = text.as_bytes().to_vec();
            bytes[at] = byte;
            for read in [list(&bytes, r#"{"all":true}"#), candidates(&bytes, r#"{"free":false}"#)].into_iter().flatten() {
                assert!(serde_json::from_str::<Value>(&read).is_ok(), "{at} {byte}: {read}");
            }
            if let Ok(Some(read)) = get(&bytes, "a/b", None) {
                assert!(serde_json::from_str::<Value>(&read).is_ok(), "{at} {byte}: {read}");
            }
            let _ = next_page(&bytes);
        }
    }
    // Every field of every kind.
    for field in [
        "id",
        "name",
        "created",
        "architecture",
        "pricing",
        "top_provider",
        "supported_parameters",
        "reasoning",
        "alias_target",
        "supported_voices",
        "context_length",
    ] {
        for value in [
            "null",
            "true",
            "5",
            "-1",
            "1e300",
            "\"x\"",
            "[]",
            "{}",
            "[[1]]",
            "{\"prompt\":{}}",
            "{\"modality\":5}",
            "[null,\"a\"]",
            "{\"overrides\":[5,{}]}",
        ] {
            let text = if field == "id" { format!("[{{\"id\":{value}}}]") } else { format!("[{{\"id\":\"a/b\",\"{field}\":{value}}}]") };
            let read = list(text.as_bytes(), r#"{"all":true}"#).unwrap();
            let read: Value = serde_json::from_str(&read).unwrap_or_else(|error| panic!("{error}: {text} {read}"));
            let is_kept = read["models"].as_array().unwrap().iter().any(|model| model["raw"]["bundled"].is_null());
            assert_eq!(is_kept, field != "id" || value.contains('x'), "{text}");
            assert_eq!(
                read["warnings"]["runs"].as_array().unwrap().is_empty(),
                is_kept && !read["warnings"]["runs"][0]["places"][0].is_string(),
                "{text}"
            );
            candidates(text.as_bytes(), r#"{"free":false,"capabilities":["tools"],"minParams":1,"maxAgeDays":1,"nowMs":1800000000000}"#)
                .unwrap();
        }
    }
}

#[test]
fn the_menu_of_levels_follows_what_the_catalog_says() {
    for (row, expected) in [
        (r#"{"id":"a/b"}"#, json!({"levels": ["off"]})),
        (r#"{"id":"a/b","supported_parameters":["reasoning"]}"#, json!({"levels": ["off", "minimal", "low", "medium", "high"]})),
        (r#"{"id":"a/b","reasoning":{"supported_efforts":["high","low"]}}"#, json!({"levels": ["off", "low", "high"], "default": "high"})),
        (
            r#"{"id":"a/b","reasoning":{"supported_efforts":["high","medium"],"default_effort":"high"}}"#,
            json!({"levels": ["off", "medium", "high"], "default": "high"}),
        ),
        (r#"{"id":"a/b","reasoning":{"supported_efforts":["xhigh"]}}"#, json!({"levels": ["off", "xhigh"], "default": "off"})),
        (
            r#"{"id":"a/b","reasoning":{"supported_efforts":["low","none"],"mandatory":true}}"#,
            json!({"levels": ["low"], "default": "low", "mandatory": true}),
        ),
        (r#"{"id":"a/b","reasoning":{"supported_efforts":[]}}"#, json!({"levels": ["off", "low"], "binary": true})),
        (
            r#"{"id":"a/b","reasoning":{"supported_efforts":[],"mandatory":true}}"#,
            json!({"levels": ["low"], "binary": true, "mandatory": true}),
        ),
        (
            r#"{"id":"a/b","reasoning":{"supported_efforts":null}}"#,
            json!({"levels": ["off", "minimal", "low", "medium", "high", "xhigh", "max"], "default": "medium"}),
        ),
        (
            r#"{"id":"deepseek/deepseek-v4-pro"}"#,
            json!({"levels": ["off", "minimal", "low", "medium", "high", "xhigh"], "default": "high"}),
        ),
        (r#"{"id":"openrouter/auto","reasoning":true}"#, json!({"levels": ["off"]})),
    ] {
        let read = models(format!("[{row}]").as_bytes(), json!({}));
        let id = serde_json::from_str::<Value>(row).unwrap()["id"].clone();
        assert_eq!(read.iter().find(|model| model["id"] == id).unwrap()["thinking"], expected, "{row}");
    }
}

#[test]
fn a_page_is_asked_for_at_the_base_alone() {
    let config = |text: &str| ClientConfig::parse(text).unwrap();
    for (options, settings, url) in [
        ("{}", "{}", "https://openrouter.ai/api/v1/models"),
        ("{}", r#"{"all":true}"#, "https://openrouter.ai/api/v1/models?output_modalities=all"),
        (
            "{}",
            r#"{"all":true,"next":"https://evil.test/x?offset=5&output_modalities=all"}"#,
            "https://openrouter.ai/api/v1/models?offset=5&output_modalities=all",
        ),
        (r#"{"baseURL":"https://proxy.test/or/v1/"}"#, r#"{"next":"/api/v1/models?offset=5"}"#, "https://proxy.test/or/v1/models?offset=5"),
    ] {
        let call = plan(&config(options), settings).unwrap();
        assert_eq!((call.plan.url.as_str(), call.max_bytes, call.timeout_ms), (url, 16 << 20, 12_000.0), "{settings}");
        assert!(call.to_json().contains("\"key\":\"optional\""));
    }
    assert_eq!(plan(&config("{}"), r#"{"next":"/elsewhere"}"#).unwrap_err().code, Code::BadResponse);
    let own = plan(&config(r#"{"limits":{"maxJsonBytes":1000}}"#), r#"{"timeoutMs":5}"#).unwrap();
    assert_eq!((own.max_bytes, own.timeout_ms), (1000, 5.0));
    assert_eq!(next_page(br#"{"data":[],"links":{"next":"/x?y"}}"#).unwrap().as_deref(), Some("/x?y"));
    assert_eq!(next_page(br#"{"data":[],"links":{"next":null}}"#).unwrap(), None);
}

#[test]
fn the_rank_is_that_of_the_rules() {
    let probe = |ok: bool, ms: u64| json!({"ok": ok, "latencyMs": ms, "error": if ok { Value::Null } else { json!("why") }});
    let skipped = json!({"ok": false, "latencyMs": null, "skipped": true});
    let row = |model: &str, tool: &Value, image: &Value, context: Value, params: Value| json!({"model": model, "tool": tool, "image": image, "json": skipped, "reasoning": skipped, "contextWindow": context, "paramsB": params, "supportsTools": true});
    let (fast, slow, failed) = (probe(true, 100), probe(true, 900), probe(false, 50));
    let rows = json!([
        row("f/failed", &failed, &skipped, json!(9), json!(9)),
        row("e/small", &slow, &skipped, json!(1000), json!(0.5)),
        row("d/large", &slow, &skipped, json!(1000), json!(70)),
        row("c/fast", &fast, &skipped, json!(1), Value::Null),
        row("b/sees", &slow, &slow, Value::Null, Value::Null),
        row("a/only-sees", &failed, &fast, json!(1), json!(1)),
        row("a/twin", &slow, &skipped, json!(1000), json!(70)),
    ]);
    let result: Value = serde_json::from_str(&rank(&rows.to_string(), r#"{"maxCandidates":3}"#).unwrap()).unwrap();
    let order: Vec<&str> =
        result["order"].as_array().unwrap().iter().map(|at| rows[at.as_u64().unwrap() as usize]["model"].as_str().unwrap()).collect();
    assert_eq!(order, ["b/sees", "a/only-sees", "c/fast", "a/twin", "d/large", "e/small", "f/failed"]);
    assert_eq!(result["selected"], json!(["b/sees", "c/fast", "a/twin"]));
    assert_eq!(result["selectedImages"], json!(["a/only-sees", "b/sees"]));
    assert_eq!(result["counts"], json!({"tested": 7, "toolOk": 5, "imageOk": 2, "toolAndImageOk": 1, "imageOnly": 1}));
    assert_eq!(result["reasons"][5], json!(["calls tools: 900 ms", "1000 tokens of context", "0.5 billion parameters"]));
    assert_eq!(result["reasons"][6][0], "did not call a tool: why");
}

#[test]
fn the_settings_of_a_scan_have_defaults() {
    let of = |text: &str| serde_json::from_str::<Value>(&settings(text).unwrap()).unwrap();
    assert_eq!(of("{}"), json!({"timeoutMs": 12000, "concurrency": 3, "maxCandidates": 6, "probes": ["tool", "image"], "isAsked": false}));
    assert_eq!(of(r#"{"probe":["reasoning","tool","tool"]}"#)["probes"], json!(["tool", "reasoning"]));
    assert_eq!((of(r#"{"probe":false}"#)["probes"].clone(), of(r#"{"probe":true}"#)["isAsked"].clone()), (json!([]), json!(true)));
}
