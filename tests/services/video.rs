//! Ordering a video and reading what is said about it, by tables.

use openrouter_wasm::config::ClientConfig;
use openrouter_wasm::error::Code;
use openrouter_wasm::upstream_error::Now;
use openrouter_wasm::video::{JobAnswer, plan_reads, plan_submit, read_answer};
use openrouter_wasm::video_models::video_models;
use serde_json::{Value, json};

const NOW: Now = Now { epoch_ms: || 0.0, parse_date: |_| None };

fn plan(options: &Value) -> Value {
    serde_json::from_str(&plan_submit(&ClientConfig::parse("{}").unwrap(), &options.to_string()).unwrap()).unwrap()
}

fn body(options: &Value) -> Value {
    serde_json::from_str(plan(options)["call"]["body"].as_str().unwrap()).unwrap()
}

fn refusal(options: &Value) -> String {
    let error = plan_submit(&ClientConfig::parse("{}").unwrap(), &options.to_string()).unwrap_err();
    assert_eq!(error.code, Code::InvalidRequest);
    error.message.clone()
}

fn read(kind: JobAnswer, text: &str) -> Value {
    serde_json::from_str(&read_answer(kind, text, "", NOW).unwrap()).unwrap()
}

#[test]
fn an_error_in_place_of_a_job_has_its_status_and_a_job_that_failed_is_none() {
    let told = |kind, text: &str| {
        let error = read_answer(kind, text, "sk-or-v1-secret", NOW).unwrap_err();
        (error.code, error.status, error.retry_after_ms, error.message.clone())
    };
    for (kind, label) in
        [(JobAnswer::Submit, "OpenRouter video generation failed: "), (JobAnswer::Poll, "OpenRouter video status request failed: ")]
    {
        let message = |words: &str| [label, words].concat();
        let limited = r#"{"error":{"code":429,"message":"slow down","metadata":{"retry_after_seconds":7}}}"#;
        assert_eq!(told(kind, limited), (Code::StreamError, Some(429), Some(7000), message("slow down")));
        let words = r#"{"error":{"code":"rate_limit_exceeded","message":"slow"},"data":{}}"#;
        assert_eq!(told(kind, words), (Code::StreamError, Some(429), None, message("slow")));
        assert_eq!(told(kind, r#"{"error":"no credits","id":""}"#), (Code::StreamError, None, None, message("no credits")));
        assert_eq!(
            told(kind, r#"{"error":{"code":"402","message":"no"},"status":402}"#),
            (Code::StreamError, Some(402), None, message("no"))
        );
    }
    assert_eq!(read(JobAnswer::Poll, r#"{"error":"unsafe","status":"failed"}"#)["phase"], json!("failed"));
    assert_eq!(read(JobAnswer::Submit, r#"{"error":{"code":429},"id":"j"}"#)["id"], json!("j"), "its job may be paid for");
    assert!(read(JobAnswer::Submit, r#"{"error":null}"#)["problem"].is_string());
}

#[test]
fn an_order_is_sent_once_and_holds_only_what_was_set() {
    let plan = plan(&json!({"prompt": "a cat"}));
    let call = &plan["call"];
    assert_eq!((&call["method"], &call["url"]), (&json!("POST"), &json!("https://openrouter.ai/api/v1/videos")));
    assert_eq!((&call["attempts"], &call["timeoutMs"], &call["key"]), (&json!(1), &json!(60_000), &json!("required")));
    assert_eq!(call["body"], json!(r#"{"model":"google/veo-3.1-fast","prompt":"a cat"}"#));
    assert_eq!(
        plan["ticket"],
        json!({"baseURL": "https://openrouter.ai/api/v1", "model": "google/veo-3.1-fast", "request": {"prompt": "a cat"}})
    );
}

#[test]
fn every_key_of_the_body_follows_its_rule() {
    let p = |more: Value| {
        let mut options = json!({"prompt": "p"});
        options.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let mut body = body(&options);
        body.as_object_mut().unwrap().remove("prompt");
        body
    };
    let veo = |more: Value| {
        let mut body = json!({"model": "google/veo-3.1-fast"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let table = [
        (json!({"model": "openrouter/openai/sora-2-pro"}), json!({"model": "openai/sora-2-pro"})),
        (json!({"model": "openrouter/auto"}), json!({"model": "openrouter/auto"})),
        (json!({"defaultModel": "a/b"}), json!({"model": "a/b"})),
        (json!({"model": "c/d", "defaultModel": "a/b"}), json!({"model": "c/d"})),
        (json!({"resolution": "720P"}), veo(json!({"resolution": "720p"}))),
        (json!({"resolution": " 4k "}), veo(json!({"resolution": "4K"}))),
        (json!({"aspectRatio": " 16:9 ", "size": " 1280x720\n"}), veo(json!({"aspect_ratio": "16:9", "size": "1280x720"}))),
        (json!({"aspectRatio": " ", "size": "", "resolution": " "}), veo(json!({}))),
        (json!({"generateAudio": false}), veo(json!({"generate_audio": false}))),
        (json!({"generateAudio": true}), veo(json!({"generate_audio": true}))),
        (json!({"generateAudio": "yes"}), veo(json!({}))),
        (json!({"seed": -42}), veo(json!({"seed": -42}))),
        (json!({"seed": 9_007_199_254_740_991_i64}), veo(json!({"seed": 9_007_199_254_740_991_i64}))),
        (json!({"callbackUrl": " https://a.example/hook "}), veo(json!({"callback_url": "https://a.example/hook"}))),
        (json!({"callbackUrl": "  "}), veo(json!({}))),
        (json!({"extraBody": {"creativity": 2, "a\"b": 1, "__proto__": 1}}), veo(json!({"creativity": 2, "a\"b": 1}))),
        (json!({"seed": 1, "extraBody": {"seed": null, "model": "x/y"}}), json!({"model": "x/y"})),
    ];
    for (options, expected) in table {
        assert_eq!(p(options.clone()), expected, "{options}");
    }
}

#[test]
fn seconds_go_to_the_nearest_that_the_model_has_and_ties_upward() {
    let table = [
        (json!(null), 5.0, 6),
        (json!(null), 7.0, 8),
        (json!(null), 1.0, 4),
        (json!(null), 5.4, 6),
        (json!(null), 4.4, 4),
        (json!(null), -3.0, 4),
        (json!(null), 0.0, 4),
        (json!(null), 600.0, 8),
        (json!([]), 5.0, 6),
        (json!([null, "5", 0]), 5.0, 6),
        (json!([5, 10]), 7.4, 5),
        (json!([5, 10]), 7.5, 10),
        (json!([10, 5]), 8.0, 10),
        (json!([8, 4, 6]), 5.0, 6),
        (json!([3]), 99.0, 3),
        (json!([4, 8, 12, 16, 20]), 14.0, 16),
    ];
    for (durations, wanted, sent) in table {
        let options = json!({"prompt": "p", "durationSeconds": wanted, "durations": durations});
        assert_eq!(body(&options)["duration"], json!(sent), "{options}");
        assert_eq!(plan(&options)["ticket"]["request"]["durationSeconds"], json!(sent));
    }
}

#[test]
fn images_find_their_places_and_what_finds_none_is_a_reference() {
    let frame = |url: &str, kind: &str| json!({"type": "image_url", "image_url": {"url": url}, "frame_type": kind});
    let reference = |url: &str| json!({"type": "image_url", "image_url": {"url": url}});
    let (first, last) = ("first_frame", "last_frame");
    let table = [
        (json!([{"url": "a"}]), json!([frame("a", first)]), json!(null)),
        (json!([{"url": "a"}, {"url": "b"}, {"url": "c"}]), json!([frame("a", first), frame("b", last)]), json!([reference("c")])),
        (json!([{"url": "a", "role": last}]), json!([frame("a", last)]), json!(null)),
        (json!([{"url": "a", "role": last}, {"url": "b", "role": first}]), json!([frame("a", last), frame("b", first)]), json!(null)),
        (json!([{"url": "a", "role": first}, {"url": "b", "role": first}]), json!([frame("a", first)]), json!([reference("b")])),
        (json!([{"url": "a", "role": first}, {"url": "b"}]), json!([frame("a", first)]), json!([reference("b")])),
        (json!([{"url": "a", "role": last}, {"url": "b"}]), json!([frame("a", last), frame("b", first)]), json!(null)),
        (json!([{"url": "a", "role": "reference_image"}, {"url": "b"}]), json!([frame("b", first)]), json!([reference("a")])),
        (json!([{"url": "a", "role": ""}]), json!([frame("a", first)]), json!(null)),
    ];
    for (inputs, frames, references) in table {
        // Images alone are enough of a request.
        let body = body(&json!({"inputs": inputs}));
        assert_eq!((&body["frame_images"], &body["input_references"]), (&frames, &references), "{inputs}");
        assert_eq!(body.as_object().unwrap().contains_key("input_references"), !references.is_null());
    }
}

#[test]
fn an_order_that_cannot_be_is_refused_by_the_name_of_what_is_wrong() {
    let table = [
        (json!({"prompt": "p", "seed": 1.5}), "seed: OpenRouter video seed must be an integer"),
        (json!({"prompt": "p", "seed": 9_007_199_254_740_992_i64}), "seed: OpenRouter video seed must be an integer"),
        (json!({"prompt": "p", "seed": "7"}), "seed: OpenRouter video seed must be an integer"),
        (json!({"prompt": "p", "callbackUrl": "http://a.example"}), "callbackUrl: must be an https URL"),
        (json!({"prompt": "p", "callbackUrl": "https://"}), "callbackUrl: must be an https URL"),
        (json!({"prompt": "p", "callbackUrl": "ünsicher"}), "callbackUrl: must be an https URL"),
        (
            json!({"inputs": [{"url": "a"}, {"role": "first_frame"}]}),
            "inputs[1]: OpenRouter video generation requires image references to include a URL or buffer.",
        ),
        (json!({"inputs": [{"url": "a", "role": "middle"}]}), "inputs[0].role: must be first_frame, last_frame or reference_image"),
        (json!({"prompt": " "}), "prompt: must say what the video shows: there is no image either"),
        (json!({}), "prompt: must say what the video shows: there is no image either"),
    ];
    for (options, message) in table {
        assert_eq!(refusal(&options), message, "{options}");
    }
    let error = plan_submit(&ClientConfig::parse(r#"{"baseURL":"http://openrouter.ai"}"#).unwrap(), r#"{"prompt":"p"}"#).unwrap_err();
    assert!(error.message.starts_with("baseURL"), "{}", error.message);
}

#[test]
fn a_poll_says_who_asks_without_a_content_type() {
    let config = ClientConfig::parse(r#"{"app":{"url":"https://a.example"}}"#).unwrap();
    let reads: Value = serde_json::from_str(&plan_reads(&config, r#"{"X-Mine":"1"}"#).unwrap()).unwrap();
    assert_eq!(reads["headers"], json!({"Accept": "*/*", "HTTP-Referer": "https://a.example", "X-Mine": "1"}));
    assert_eq!((&reads["baseURL"], &reads["key"]), (&json!("https://openrouter.ai/api/v1"), &json!("required")));
    assert_eq!((&reads["models"]["key"], &reads["models"]["attempts"]), (&json!("optional"), &json!(2)));
    let own = ClientConfig::parse(r#"{"baseURL":"https://p.example/v1/","headers":{"Authorization":"Bearer x"}}"#).unwrap();
    let reads: Value = serde_json::from_str(&plan_reads(&own, "[]").unwrap()).unwrap();
    assert_eq!((&reads["baseURL"], &reads["key"]), (&json!("https://p.example/v1"), &json!("never")));
    assert!(plan_reads(&config, r#"{"a b":"1"}"#).unwrap_err().message.starts_with("headers"));
}

#[test]
fn what_an_order_is_answered_with() {
    let table = [
        (
            r#"{"id":"j","polling_url":"/p","status":"pending"}"#,
            json!({"phase": "active", "status": "pending", "id": "j", "pollingUrl": "/p"}),
        ),
        (r#"{"id":"j","polling_url":"p"}"#, json!({"phase": "active", "status": "pending", "id": "j", "pollingUrl": "p"})),
        (
            "\u{feff}{\"id\":\"j\",\"polling_url\":\"p\",\"status\":null}",
            json!({"phase": "active", "status": "pending", "id": "j", "pollingUrl": "p"}),
        ),
        (
            r#"{"id":"j","polling_url":"p","status":"completed","unsigned_urls":["u"],"urls":["s"],"usage":{"cost":0.10,"is_byok":true},"generation_id":"g"}"#,
            json!({"phase": "completed", "status": "completed", "id": "j", "pollingUrl": "p", "generationId": "g", "urls": ["u"], "signedUrls": ["s"], "usage": {"cost": 0.10, "isByok": true}}),
        ),
        (
            r#"{"id":"j","polling_url":"p","status":"failed"}"#,
            json!({"phase": "failed", "status": "failed", "id": "j", "pollingUrl": "p", "error": "OpenRouter video generation failed"}),
        ),
    ];
    for (text, expected) in table {
        assert_eq!(read(JobAnswer::Submit, text), expected, "{text}");
    }
    let (missing, malformed) =
        ("OpenRouter video generation response missing job details", "OpenRouter video generation response malformed");
    let table = [
        ("{}", json!({"problem": missing})),
        (r#"{"id":"j"}"#, json!({"problem": missing, "id": "j"})),
        (r#"{"id":" ","polling_url":"p"}"#, json!({"problem": missing, "pollingUrl": "p"})),
        (r#"{"id":5,"polling_url":"p"}"#, json!({"problem": missing, "pollingUrl": "p"})),
        ("[]", json!({"problem": malformed})),
        ("null", json!({"problem": malformed})),
        (r#"{"id":"j","polling_url":"p","status":"dreaming"}"#, json!({"problem": malformed, "id": "j", "pollingUrl": "p"})),
        (r#"{"id":"j","polling_url":"p","status":7}"#, json!({"problem": malformed, "id": "j", "pollingUrl": "p"})),
        (r#"{"id":"j","polling_url":"p","unsigned_urls":"u"}"#, json!({"problem": malformed, "id": "j", "pollingUrl": "p"})),
        (r#"{"id":"j","polling_url":"p","unsigned_urls":["u"," "]}"#, json!({"problem": malformed, "id": "j", "pollingUrl": "p"})),
        (r#"{"id":"j","polling_url":"p","unsigned_urls":[5]}"#, json!({"problem": malformed, "id": "j", "pollingUrl": "p"})),
        (r#"{"id":"j","polling_url":"p","usage":"free"}"#, json!({"problem": malformed, "id": "j", "pollingUrl": "p"})),
        ("<html>", json!({"problem": "OpenRouter video generation: malformed JSON response"})),
        ("", json!({"problem": "OpenRouter video generation: malformed JSON response"})),
        (r#"{"id":"gen-vid-1","polling_u"#, json!({"problem": "OpenRouter video generation: malformed JSON response", "id": "gen-vid-1"})),
        (r#"{"status":"pending","id":"gen-v"#, json!({"problem": "OpenRouter video generation: malformed JSON response"})),
    ];
    for (text, expected) in table {
        assert_eq!(read(JobAnswer::Submit, text), expected, "{text}");
    }
}

#[test]
fn a_poll_reads_every_status_and_outlives_those_that_nobody_knows() {
    for (status, phase) in [
        ("queued", "active"),
        ("pending", "active"),
        ("in_progress", "active"),
        ("processing", "active"),
        ("running", "active"),
        ("moderating", "active"),
        ("Moderating", "active"),
        ("completed", "completed"),
        ("failed", "failed"),
        ("cancelled", "failed"),
        ("expired", "failed"),
    ] {
        let state = read(JobAnswer::Poll, &json!({"status": status}).to_string());
        assert_eq!((&state["phase"], &state["status"]), (&json!(phase), &json!(status)));
        let error = (phase == "failed").then(|| json!(format!("OpenRouter video generation {status}")));
        assert_eq!(state.get("error"), error.as_ref(), "{status}");
    }
    // Providers' own words and spellings come through; what is told is OpenRouter's.
    for (status, spelled, phase) in [
        ("COMPLETED", "completed", "completed"),
        ("succeeded", "completed", "completed"),
        (" Success ", "completed", "completed"),
        ("done", "completed", "completed"),
        ("FAILED", "failed", "failed"),
        ("Failure", "failed", "failed"),
        ("error", "failed", "failed"),
        ("canceled", "cancelled", "failed"),
        ("CANCELLED", "cancelled", "failed"),
        ("Expired", "expired", "failed"),
        ("In-Progress", "in_progress", "active"),
        ("IN PROGRESS", "in_progress", "active"),
        ("PENDING", "pending", "active"),
    ] {
        let state = read(JobAnswer::Poll, &json!({"status": status}).to_string());
        assert_eq!((&state["phase"], &state["status"]), (&json!(phase), &json!(spelled)), "{status}");
    }
    let wrapped = read(JobAnswer::Poll, r#"{"code":0,"data":{"id":"v","status":"failed","error":{"message":"m"}}}"#);
    assert_eq!((&wrapped["phase"], &wrapped["id"], &wrapped["error"]), (&json!("failed"), &json!("v"), &json!("m")), "in an envelope");
    for (error, expected) in [
        (json!("no such actor"), "no such actor"),
        (json!(" "), "OpenRouter video generation failed"),
        (json!({}), "OpenRouter video generation failed"),
        (Value::Null, "OpenRouter video generation failed"),
        (json!({"message": "m"}), "m"),
        (json!({"error": {"message": "m"}}), "m"),
        (json!({"code": "x", "detail": "m"}), "m"),
        (json!(["m"]), "m"),
        (json!([{"message": "m"}]), "m"),
        (json!({"code": "x", "message": " "}), r#"{"code":"x","message":" "}"#),
    ] {
        assert_eq!(read(JobAnswer::Poll, &json!({"status": "failed", "error": error}).to_string())["error"], json!(expected), "{error}");
    }
    assert_eq!(read(JobAnswer::Poll, r#"{"status":"failed","message":"m"}"#)["error"], json!("m"));
    for text in [
        "{}",
        "[]",
        "5",
        r#"{"status":""}"#,
        r#"{"status":null}"#,
        r#"{"status":"completed","unsigned_urls":{}}"#,
        r#"{"status":"completed","usage":[]}"#,
    ] {
        assert_eq!(read(JobAnswer::Poll, text)["problem"], json!("OpenRouter video generation response malformed"), "{text}");
    }
    assert_eq!(read(JobAnswer::Poll, "{")["problem"], json!("OpenRouter video status: malformed JSON response"));
    // Signed URLs are an extra: odd ones are left out, and the video is still there.
    let state = read(JobAnswer::Poll, r#"{"status":"completed","unsigned_urls":null,"urls":[5],"usage":{"cost":null}}"#);
    assert_eq!(state, json!({"phase": "completed", "status": "completed", "usage": {}}));
}

#[test]
fn rows_of_the_catalog_become_models_the_first_of_an_id_counts() {
    let rows = json!({"data": [
        {"id": "a/b", "name": "A", "created": 5, "description": "d", "canonical_slug": "a/b-1", "supported_durations": [4, 6.5, "8", null],
         "supported_resolutions": ["720p", "4K"], "supported_aspect_ratios": ["16:9"], "supported_sizes": null, "supported_frame_images": ["first_frame", "last_frame", "x"],
         "generate_audio": false, "pricing_skus": {"seconds": "0.10", "cents\"": 17, "odd": null}, "allowed_passthrough_parameters": ["p"], "new": {"x": 1}},
        {"id": "a/b", "name": "again"},
        {"id": "c/d", "supported_frame_images": ["last_frame"]}, {"name": "none"}, {"id": " "}, 5,
    ]});
    let models: Value = serde_json::from_str(&video_models(rows.to_string().as_bytes()).unwrap()).unwrap();
    assert_eq!(models.as_array().unwrap().len(), 2);
    let mut first = models[0].clone();
    assert_eq!(first.as_object_mut().unwrap().remove("raw"), Some(rows["data"][0].clone()));
    assert_eq!(
        first,
        json!({"id": "a/b", "name": "A", "created": 5, "description": "d", "canonicalSlug": "a/b-1", "durations": [4, 6.5], "resolutions": ["720P", "4K"],
            "aspectRatios": ["16:9"], "sizes": [], "frameImages": ["first_frame", "last_frame", "x"], "maxInputImages": 2, "supportsAudio": false,
            "pricingSkus": {"seconds": "0.10", "cents\"": "17"}, "allowedPassthroughParameters": ["p"]})
    );
    assert_eq!((&models[1]["name"], &models[1]["maxInputImages"], &models[1]["durations"]), (&json!("c/d"), &json!(1), &json!([])));
    for text in ["", "[]", "{}", r#"{"data":{}}"#, "<html>"] {
        assert_eq!(video_models(text.as_bytes()).unwrap_err().code, Code::BadResponse, "{text}");
    }
}

#[test]
fn the_real_catalog_is_read_whole() {
    let Some(path) = crate::shared::shared("data/video-models-2026-08-22.json") else { return };
    let text = std::fs::read_to_string(path).unwrap();
    let rows: Value = serde_json::from_str(&text).unwrap();
    let rows = if rows.is_array() { rows } else { rows["data"].clone() };
    let models: Vec<Value> = serde_json::from_str(&video_models(json!({"data": rows}).to_string().as_bytes()).unwrap()).unwrap();
    assert_eq!(models.len(), 24);
    let of = |id: &str| models.iter().find(|model| model["id"] == id).unwrap();
    let veo = of("google/veo-3.1-fast");
    assert_eq!(
        (&veo["durations"], &veo["maxInputImages"], &veo["pricingSkus"]["duration_seconds_with_audio"]),
        (&json!([4, 6, 8]), &json!(2), &json!("0.12"))
    );
    // Five seconds of a model that has 5 and 10: not the default's 4, 6, 8.
    let wan = of("alibaba/wan-2.6");
    assert_eq!(
        body(&json!({"prompt": "p", "model": "alibaba/wan-2.6", "durationSeconds": 6, "durations": wan["durations"]}))["duration"],
        json!(5)
    );
    for (model, row) in models.iter().zip(rows.as_array().unwrap()) {
        assert_eq!(
            (&model["raw"], &model["created"], &model["pricingSkus"]),
            (row, &row["created"], &row["pricing_skus"]),
            "{}",
            row["id"]
        );
    }
}

#[test]
fn wherever_an_answer_is_cut_the_id_is_there_as_soon_as_it_has_come() {
    for text in [
        r#"{"id":"gen-vid-1","polling_url":"/p","status":"pending","usage":{"cost":[1,{"a":null}]}}"#,
        r#"{"polling_url":"\u002fp","nested":{"id":"another"},"id":"gen-vid-1","status":"pending"}"#,
        r#" {"id":"gen-vid-0","id":"gen-vid-1","polling_url":"p"} "#,
    ] {
        let known = text.find("gen-vid-1").unwrap() + "gen-vid-1\"".len();
        for cut in 0..text.trim_end().len() {
            let answer = read(JobAnswer::Submit, &text[..cut]);
            assert!(answer["problem"].as_str().is_some(), "{cut} of {text}");
            if cut >= known {
                assert_eq!(answer["id"], json!("gen-vid-1"), "{cut} of {text}");
            } else {
                assert_ne!(answer["id"], json!("gen-vid-1"), "{cut} of {text}");
            }
            assert_ne!(answer["id"], json!("another"), "{cut} of {text}");
        }
        assert_eq!(read(JobAnswer::Submit, text)["id"], json!("gen-vid-1"));
    }
}
