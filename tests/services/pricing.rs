//! Prices and costs: tables, and every row of the catalog.

use openrouter_wasm::cost::{self, Counts, Part};
use openrouter_wasm::pricing::{Moment, Prices, Unit};
use openrouter_wasm::usd::Usd;
use openrouter_wasm::value::Value as Json;
use serde_json::{Value, json};

/// Saturday, 22 August 2026, at this hour and minute UTC.
fn at(hour: u64, minute: u64) -> f64 {
    (1_787_356_800_000 + hour * 3_600_000 + minute * 60_000) as f64
}

fn prices(pricing: &Value, model: &str, prompt_tokens: u64, epoch_ms: f64) -> Option<Prices> {
    let text = pricing.to_string();
    Prices::of(&Json::parse(&text).unwrap(), model, Moment { prompt_tokens, epoch_ms })
}

fn usd(text: &str) -> Usd {
    Usd::parse(text).unwrap()
}

#[test]
fn prices_are_read_in_both_spellings_and_as_the_numbers_of_older_catalogs() {
    for pricing in [
        json!({"prompt":"0.000003","completion":"0.000015","input_cache_read":"0.0000003","input_cache_write_1h":"0.000006","web_search":"0.01"}),
        json!({"prompt":"0.000003","completion":"0.000015","inputCacheRead":"0.0000003","inputCacheWrite1h":"0.000006","webSearch":"0.01"}),
        json!({"prompt":0.000003,"completion":0.000015,"input_cache_read":3e-7,"input_cache_write_1h":6e-6,"web_search":0.01}),
    ] {
        let prices = prices(&pricing, "anthropic/x", 1, at(0, 0)).unwrap();
        for (unit, expected) in [
            (Unit::Prompt, "0.000003"),
            (Unit::Completion, "0.000015"),
            (Unit::Reasoning, "0.000015"),
            (Unit::CacheRead, "0.0000003"),
            (Unit::CacheWrite, "0.00000375"),
            (Unit::CacheWrite1h, "0.000006"),
            (Unit::WebSearch, "0.01"),
            (Unit::Request, "0"),
        ] {
            assert_eq!(prices.unit(unit), usd(expected), "{unit:?} of {pricing}");
        }
    }
}

#[test]
fn a_router_a_row_without_prices_and_words_are_no_price() {
    for pricing in [
        json!({"prompt":"-1","completion":"-1"}),
        json!({"prompt":"0.1","completion":"-1"}),
        json!({"isUnknown":true,"prompt":"0","completion":"0"}),
        json!({}),
        json!({"request":"0.1"}),
        json!({"prompt":"cheap","completion":null}),
        json!("0.1"),
        json!(null),
    ] {
        assert_eq!(prices(&pricing, "a/b", 1, at(0, 0)), None, "{pricing}");
    }
    assert!(prices(&json!({"prompt":"0","completion":"0"}), "a/b:free", 1, 0.0).is_some(), "free is a price");
}

#[test]
fn what_a_row_leaves_out_costs_as_its_family_has_it() {
    for (model, read, write, hour) in [
        ("anthropic/claude", "0.1", "1.25", "2"),
        ("~anthropic/claude-latest", "0.1", "1.25", "2"),
        ("openai/gpt", "0.5", "1.25", "1.25"),
        ("google/gemini", "0.25", "1", "1"),
        ("deepseek/v4", "0.1", "1", "1"),
        ("z-ai/glm", "0.2", "1", "1"),
        ("qwen/qwen3", "0.1", "1.25", "1.25"),
        ("alibaba/qwen3", "0.1", "1.25", "1.25"),
        ("nobody/knows", "1", "1", "1"),
    ] {
        let prices = prices(&json!({"prompt":"1","completion":"2"}), model, 1, at(0, 0)).unwrap();
        let found = [Unit::CacheRead, Unit::CacheWrite, Unit::CacheWrite1h].map(|unit| prices.unit(unit));
        assert_eq!(found, [usd(read), usd(write), usd(hour)], "{model}");
    }
    let stated = prices(&json!({"prompt":"1","completion":"2","input_cache_write":"3"}), "a/b", 1, 0.0).unwrap();
    assert_eq!(stated.unit(Unit::CacheWrite1h), usd("3"), "an hour is no cheaper than five minutes");
    let zeros = prices(&json!({"prompt":"1","completion":"2","internal_reasoning":"0","image_output":"0"}), "a/b", 1, 0.0).unwrap();
    assert_eq!([zeros.unit(Unit::Reasoning), zeros.unit(Unit::ImageOutput)], [usd("2"), usd("2")]);
}

#[test]
fn overrides_apply_when_all_their_conditions_hold_and_later_ones_win_key_by_key() {
    let long = json!({"prompt":"1","completion":"5","overrides":[
        {"min_prompt_tokens":100,"prompt":"2"},
        {"min_prompt_tokens":200,"prompt":"3","completion":"6"},
        {"min_prompt_tokens":300,"completion":"7"},
    ]});
    for (tokens, prompt, completion) in [(100, "1", "5"), (101, "2", "5"), (200, "2", "5"), (201, "3", "6"), (301, "3", "7")] {
        let found = prices(&long, "a/b", tokens, 0.0).unwrap();
        assert_eq!([found.unit(Unit::Prompt), found.unit(Unit::Completion)], [usd(prompt), usd(completion)], "{tokens}");
    }
    let camel = json!({"prompt":"1","completion":"1","overrides":[{"minPromptTokens":10,"inputCacheRead":"9"}]});
    assert_eq!(prices(&camel, "a/b", 11, 0.0).unwrap().unit(Unit::CacheRead), usd("9"));

    // From, until, the days, and whether it holds at the time (a Saturday).
    for (start, end, days, hour, minute, holds) in [
        (json!(100), json!(400), json!(null), 1, 0, true),
        (json!(100), json!(400), json!(null), 3, 59, true),
        (json!(100), json!(400), json!(null), 4, 0, false),
        (json!(100), json!(400), json!(null), 0, 59, false),
        (json!("0100"), json!("0400"), json!(null), 2, 0, true),
        (json!(1240), json!(1300), json!(null), 12, 45, true),
        (json!(1240), json!(1300), json!(null), 12, 39, false),
        (json!(1000), json!(100), json!(null), 23, 59, true),
        (json!(1000), json!(100), json!(null), 0, 59, true),
        (json!(1000), json!(100), json!(null), 1, 0, false),
        (json!(1000), json!(100), json!(null), 9, 59, false),
        (json!(null), json!(400), json!(null), 0, 0, true),
        (json!(2300), json!(null), json!(null), 23, 30, true),
        (json!(null), json!(null), json!(["saturday"]), 5, 0, true),
        (json!(null), json!(null), json!(["sunday", "Monday"]), 5, 0, false),
        (json!(null), json!(null), json!([6]), 5, 0, true),
        (json!(null), json!(null), json!([7]), 5, 0, false),
        (json!(100), json!(400), json!(["saturday"]), 5, 0, false),
        (json!(100), json!(400), json!(["saturday"]), 2, 0, true),
    ] {
        let pricing = json!({"prompt":"1","completion":"1","overrides":[{"utc_start":start,"utc_end":end,"utc_days":days,"prompt":"2"}]});
        let found = prices(&pricing, "a/b", 1, at(hour, minute)).unwrap().unit(Unit::Prompt);
        assert_eq!(found == usd("2"), holds, "{pricing} at {hour}:{minute}");
    }
}

#[test]
fn a_discount_is_taken_off_everything() {
    for (discount, left) in [
        (json!(0.25), "0.75"),
        (json!("0.25"), "0.75"),
        (json!(0), "1"),
        (json!(1), "0"),
        (json!(-1), "1"),
        (json!(3), "0"),
        (json!("half"), "1"),
    ] {
        let pricing = json!({"prompt":"1","completion":"1","request":"1","discount":discount});
        let found = prices(&pricing, "a/b", 1, 0.0).unwrap();
        assert_eq!([Unit::Prompt, Unit::CacheRead, Unit::Request].map(|unit| found.unit(unit)), [usd(left); 3], "{discount}");
    }
}

fn meter(steps: Value) -> Value {
    serde_json::from_str(&cost::meter(&json!({"steps":steps}).to_string())).unwrap()
}

#[test]
fn every_kind_of_a_usage_is_charged_once() {
    let pricing = json!({"prompt":"1","completion":"10","input_cache_read":"0.5","input_cache_write":"2","input_cache_write_1h":"3",
        "audio":"4","internal_reasoning":"20","audio_output":"30","image_output":"40","request":"1000","web_search":"10000"});
    let usage = json!({"inputTokens":10,"outputTokens":10,"cacheReadTokens":4,"cacheWriteTokens":3,"reasoningTokens":2,"totalTokens":27,"raw":{
        "prompt_tokens_details":{"audio_tokens":1},"cache_creation":{"ephemeral_1h_input_tokens":1},
        "completion_tokens_details":{"audio_tokens":3,"image_tokens":1},"server_tool_use_details":{"web_search_requests":2}}});
    let found = meter(json!([{"model":"a/b","pricing":pricing,"usage":usage}]));
    // 9 + 4; 4 words, 2 thoughts, 3 of sound, an image; the cache; a request and two searches.
    let expected = json!({"total":13 + 40 + 40 + 90 + 40 + 2 + 7 + 1000 + 20000,"input":13,"output":210,"cacheRead":2,"cacheWrite":7,"reasoning":40,"source":"computed"});
    assert_eq!(found["steps"][0], expected);
    let text =
        json!({"inputTokens":10,"outputTokens":10,"cacheReadTokens":4,"cacheWriteTokens":3,"reasoningTokens":2,"totalTokens":27,"raw":{}})
            .to_string();
    assert_eq!(Counts::read(&Json::parse(&text).unwrap(), &Counts::default()).prompt(), 17);
    let free =
        meter(json!([{"model":"a/b","pricing":{"prompt":"1","completion":"1","request":"1"},"usage":{"inputTokens":0,"outputTokens":0}}]));
    assert_eq!((&free["total"], &free["source"]), (&json!(0), &json!("computed")), "an answer out of the cache");
}

#[test]
fn a_bill_is_split_by_what_it_says_of_itself_else_by_the_prices() {
    let usage = |cost: Value, raw: Value| json!({"inputTokens":60,"outputTokens":10,"cacheReadTokens":40,"cacheWriteTokens":0,"reasoningTokens":5,"cost":cost,"raw":raw});
    let details = |prompt: Value, output: Value| json!({"cost_details":{"upstream_inference_prompt_cost":prompt,"upstream_inference_completions_cost":output}});
    let pricing = json!({"prompt":"1","completion":"2","input_cache_read":"0.5"});
    let dear_thoughts = json!({"prompt":"1","completion":"2","internal_reasoning":"6","input_cache_read":"0.5"});
    let table = [
        // Thoughts have their part of the answer by their own price, 30 of 40, else by their number.
        (usage(json!(120), details(json!(80), json!(20))), dear_thoughts, [120.0, 60.0, 20.0, 20.0, 15.0]),
        // What the bill says of itself; the half that is over is a fee beside the kinds.
        (usage(json!(120), details(json!(80), json!(20))), json!(pricing), [120.0, 60.0, 20.0, 20.0, 10.0]),
        // More than the bill: only how it is split is taken from it.
        (usage(json!(50), details(json!(80), json!(20))), json!(pricing), [50.0, 30.0, 10.0, 10.0, 5.0]),
        // By the prices: 60 + 20 + 20.
        (usage(json!(10), json!({})), json!(pricing), [10.0, 6.0, 2.0, 2.0, 1.0]),
        (usage(json!(10), json!({"cost_details":null})), json!(pricing), [10.0, 6.0, 2.0, 2.0, 1.0]),
        // Without prices the family's shares split the prompt: 60 and 4.
        (usage(json!(84), details(json!(64), json!(20))), json!(null), [84.0, 60.0, 20.0, 4.0, 10.0]),
        (usage(json!(10), json!({})), json!(null), [10.0, 0.0, 0.0, 0.0, 0.0]),
        (usage(json!(0), json!({})), json!(pricing), [0.0; 5]),
    ];
    for (usage, pricing, [total, input, output, read, reasoning]) in table {
        let step = &meter(json!([{"model":"anthropic/x","pricing":pricing,"usage":usage}]))["steps"][0];
        let found = ["total", "input", "output", "cacheRead", "reasoning"].map(|name| step[name].as_f64().unwrap());
        assert_eq!(found, [total, input, output, read, reasoning], "{usage} at {pricing}");
        assert_eq!(step["source"], "reported", "{usage}");
    }
    // The caller's own key: the bill is the fee, however dear the provider was.
    let byok = json!({"is_byok":true,"cost_details":{"upstream_inference_cost":100,"upstream_inference_prompt_cost":75,"upstream_inference_completions_cost":25}});
    let step = &meter(json!([{"model":"a/b","usage":{"inputTokens":1,"outputTokens":1,"cost":4,"raw":byok}}]))["steps"][0];
    assert_eq!(["total", "input", "output"].map(|name| step[name].as_f64().unwrap()), [4.0, 3.0, 1.0]);
}

#[test]
fn the_meter_says_how_each_cost_is_known_and_never_gives_what_is_no_number() {
    let pricing = json!({"prompt":"0.1","completion":"0.2"});
    let usage = json!({"inputTokens":1,"outputTokens":1});
    let billed = json!({"inputTokens":1,"outputTokens":1,"cost":0.1});
    let table = [
        (json!([]), 0.0, "computed"),
        (json!([{"usage":usage}]), 0.0, "unknown"),
        (json!([{"pricing":pricing,"usage":usage}]), 0.3, "computed"),
        (json!([{"usage":billed},{"usage":billed},{"usage":billed}]), 0.3, "reported"),
        (json!([{"usage":billed,"isRecovered":true}]), 0.1, "recovered"),
        (json!([{"usage":billed},{"pricing":pricing,"usage":usage}]), 0.4, "mixed"),
        (json!([{"usage":{"inputTokens":"x","cost":"NaN"}}]), 0.0, "unknown"),
        (json!([{"usage":{"cost":-1},"pricing":{"prompt":"-1"}}]), 0.0, "unknown"),
        (json!([{}]), 0.0, "unknown"),
        // 400 characters and an image before, 40 after the tokens that were reported; 9 bytes of an answer.
        (json!([{"pricing":pricing,"estimate":{"promptChars":400,"media":1,"outputBytes":9}}]), 110.0 + 0.6, "computed"),
        (
            json!([{"pricing":pricing,"estimate":{"promptChars":440,"media":1,"knownChars":400,"knownTokens":7,"outputBytes":0}}]),
            1.7,
            "computed",
        ),
        // A prompt that all came out of the cache, or went into it, is counted.
        (
            json!([{"pricing":{"prompt":"1","completion":"1","input_cache_read":"0.5","input_cache_write":"2"},
                "usage":{"inputTokens":0,"outputTokens":1,"cacheReadTokens":40},"estimate":{"promptChars":4000}}]),
            21.0,
            "computed",
        ),
        (
            json!([{"pricing":{"prompt":"1","completion":"1","input_cache_read":"0.5","input_cache_write":"2"},
                "usage":{"inputTokens":0,"outputTokens":1,"cacheWriteTokens":40},"estimate":{"promptChars":4000}}]),
            81.0,
            "computed",
        ),
        // What is shorter than the prompt before it is another conversation.
        (json!([{"pricing":pricing,"estimate":{"promptChars":40,"media":1,"knownChars":400,"knownTokens":7}}]), 101.0, "computed"),
        (json!([{"estimate":{"promptChars":440,"media":0,"outputBytes":0}}]), 0.0, "unknown"),
    ];
    for (steps, total, source) in table {
        let found = meter(steps.clone());
        assert_eq!((found["total"].as_f64(), found["source"].as_str()), (Some(total), Some(source)), "{steps}");
        assert_eq!(found["steps"].as_array().map(Vec::len), steps.as_array().map(Vec::len));
    }
    for text in ["", "[]", "{\"steps\":5}", "null"] {
        assert!(cost::meter(text).starts_with("{\"total\":0"), "{text}");
    }
}

#[test]
fn every_row_of_the_catalogs_has_a_price_or_says_that_it_has_none() {
    for (name, expected_overrides) in [("models-2026-08-22.json", 60), ("models-2025-05-28-old-shape.json", 0)] {
        let Some(path) = crate::shared::shared(&["data/", name].concat()) else { return };
        let text = std::fs::read_to_string(&path).unwrap();
        let catalog: Value = serde_json::from_str(&text).unwrap();
        let rows = catalog.get("data").unwrap_or(&catalog).as_array().unwrap().clone();
        let mut overridden = 0;
        for row in rows {
            let (id, pricing) = (row["id"].as_str().unwrap(), &row["pricing"]);
            let has_overrides = pricing.get("overrides").is_some();
            overridden += usize::from(has_overrides);
            let is_unknown = pricing["prompt"] == "-1";
            // Only overrides hang on the hour.
            for hour in 0..if has_overrides { 24 } else { 1 } {
                let mut last = Usd::default();
                for tokens in [0, 1, 1000, 32_000, 32_001, 128_000, 128_001, 200_001, 256_001, 272_001, 1_000_000] {
                    let found = prices(pricing, id, tokens, at(hour, 30));
                    assert_eq!(found.is_none(), is_unknown, "{id}");
                    let Some(found) = found else { continue };
                    let cost = Counts::of_text(tokens, 1000).at(&found);
                    assert!(cost.part(Part::Total) >= last, "{id}: {tokens} tokens cost less than fewer");
                    assert!(
                        found.unit(Unit::CacheRead) <= found.unit(Unit::Prompt),
                        "{id}: reading the cache is no dearer than not having it"
                    );
                    last = cost.part(Part::Total);
                }
            }
            if has_overrides {
                let spread: std::collections::BTreeSet<Usd> = (0..24)
                    .flat_map(|hour| [0, 2_000_000].map(|tokens| (hour, tokens)))
                    .filter_map(|(hour, tokens)| Some(prices(pricing, id, tokens, at(hour, 30))?.unit(Unit::Prompt)))
                    .collect();
                let base = usd(pricing["prompt"].as_str().unwrap());
                assert!(
                    spread.len() > 1
                        || spread.iter().any(|price| *price != base)
                        || pricing["overrides"]
                            .as_array()
                            .unwrap()
                            .iter()
                            .all(|entry| entry.get("prompt").is_none_or(|price| usd(price.as_str().unwrap()) == base)),
                    "{id}: its overrides change something"
                );
            }
        }
        assert_eq!(overridden, expected_overrides, "{name}");
    }
}
