//! Scripts for the run machine with more than one model.

use crate::support::{Run, chat, events, head, last};
use openrouter_wasm::run::Action;
use serde_json::{Value, json};

const SSE: &str = "text/event-stream";
const OK: &str = "data: {\"choices\":[{\"delta\":{\"content\":\"hi\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

fn run(options: Value, request: Value) -> Run {
    let mut body = json!({"messages": [{"role": "user", "content": "hi"}]});
    body.as_object_mut().unwrap().extend(request.as_object().unwrap().clone());
    Run::new(chat(&options, &body), 0.0, 42)
}

/// The model that the body asks now.
fn model(run: &mut Run) -> String {
    let conversation = run.chat().conversation();
    let stable = conversation.take_stable();
    let text = [conversation.head.as_str(), &stable, conversation.volatile(), &conversation.tail].concat();
    serde_json::from_str::<Value>(&text).unwrap()["model"].as_str().unwrap().to_owned()
}

fn attempt(run: &mut Run, status: u16, body: &str) -> Action {
    run.on_send(0.0, "key");
    match run.on_head(0.0, head(status, if status == 200 { SSE } else { "application/json" })) {
        Action::Read => match run.on_bytes(0.0, body.as_bytes()) {
            Action::Read => run.on_end(),
            action => action,
        },
        action => action,
    }
}

fn failure(run: &mut Run) -> Value {
    last(&events(&mut run.out))["failure"]["error"].clone()
}

/// Crosses as JSON text.
fn attempts(failure: &Value) -> Vec<Value> {
    serde_json::from_str(failure["attempts"].as_str().unwrap()).unwrap()
}

fn error(status: u16, message: &str) -> String {
    json!({"error": {"code": status, "message": message}}).to_string()
}

#[test]
fn the_chain_is_the_list_behind_the_requested_model_and_at_last_the_clients_own() {
    let client = json!({"model": "p/primary", "fallbackModels": ["a/one", "openrouter/b/two", "C/Three", "a/one"], "maxRetries": 0});
    let table = [
        (json!({}), vec!["p/primary", "a/one", "b/two", "c/three"]),
        (json!({"model": "x/other"}), vec!["x/other", "a/one", "b/two", "c/three", "p/primary"]),
        (json!({"model": "b/two"}), vec!["b/two", "c/three", "p/primary"]),
        (json!({"model": "x/other", "fallbackModels": ["y/own"]}), vec!["x/other", "y/own"]),
        (json!({"model": "x/other", "fallbackModels": []}), vec!["x/other"]),
    ];
    for (request, expected) in table {
        let mut run = run(client.clone(), request);
        let mut asked = vec![model(&mut run)];
        while attempt(&mut run, 503, &error(503, "busy")) == Action::Send {
            asked.push(model(&mut run));
        }
        assert_eq!(asked, expected);
        let failure = failure(&mut run);
        let attempts = attempts(&failure);
        let named: Vec<&str> = attempts.iter().map(|attempt| attempt["model"].as_str().unwrap()).collect();
        assert_eq!(named.len(), expected.len(), "{named:?}");
        assert!(named.iter().zip(&expected).all(|(named, id)| named.to_ascii_lowercase().ends_with(id)), "{named:?} {expected:?}");
    }
    let alone = &mut run(json!({"model": "p/primary", "maxRetries": 0}), json!({"model": "x/other"}));
    assert_eq!(attempt(alone, 503, &error(503, "busy")), Action::End, "without a list the client's model is no fallback");
    assert_eq!(failure(alone)["message"], "busy", "the original error, unchanged");
}

#[test]
fn what_is_retried_what_falls_back_and_what_stops_at_once() {
    let table = [
        (503, "busy", Action::Wait),
        (429, "slow down", Action::Wait),
        (400, "Provider returned error", Action::Wait),
        (402, "Insufficient credits. Add more credits", Action::Send),
        (403, "Key limit exceeded", Action::Send),
        (404, "No endpoints found for a/b", Action::Send),
        (400, "tools: unknown field", Action::Send),
        (401, "invalid api key", Action::Send),
        (418, "teapot", Action::Send),
        (400, "This endpoint's maximum context length is 10 tokens. However, you requested about 20 tokens", Action::End),
        (413, "prompt is too long", Action::End),
    ];
    for (status, message, expected) in table {
        let mut run = run(json!({"model": "a/b", "fallbackModels": ["c/d"], "maxRetries": 1}), json!({}));
        assert_eq!(attempt(&mut run, status, &error(status, message)), expected, "{status} {message}");
    }
    let mut tls = run(json!({"model": "a/b", "fallbackModels": ["c/d"]}), json!({}));
    tls.on_send(0.0, "key");
    assert_eq!(tls.on_failure("fetch failed (CERT_HAS_EXPIRED)"), Action::End, "every model is behind the same certificate");
    let failure = failure(&mut tls);
    assert_eq!((&failure["reason"], &failure["isRetryable"]), (&json!("tls"), &json!(false)));
}

#[test]
fn a_long_wait_goes_to_the_next_model_instead_of_being_sat_out() {
    let mut run = run(json!({"model": "a/b", "fallbackModels": ["c/d"]}), json!({}));
    let tomorrow = r#"{"error":{"code":429,"message":"daily limit","metadata":{"retry_after_seconds":3600}}}"#;
    assert_eq!(attempt(&mut run, 429, tomorrow), Action::Send);
    let all = events(&mut run.out);
    let fallback = all.iter().find(|event| event["type"] == "fallback").unwrap();
    assert_eq!((&fallback["from"], &fallback["to"]), (&json!("openrouter/a/b"), &json!("openrouter/c/d")));
    assert_eq!(attempt(&mut run, 200, OK), Action::End);
    assert_eq!(last(&events(&mut run.out))["step"]["message"]["content"], "hi");
}

#[test]
fn waits_for_one_model_end_after_ninety_seconds_together() {
    let mut run = run(json!({"maxRetries": 20}), json!({}));
    let body = r#"{"error":{"code":429,"message":"m","metadata":{"retry_after_seconds":40}}}"#;
    assert_eq!(attempt(&mut run, 429, body), Action::Wait);
    assert_eq!(attempt(&mut run, 429, body), Action::Wait);
    assert_eq!(attempt(&mut run, 429, body), Action::End, "120 s would be too long");
}

#[test]
fn output_ends_both_retries_and_fallbacks() {
    let mut run = run(json!({"model": "a/b", "fallbackModels": ["c/d"]}), json!({}));
    let text = "data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\ndata: {\"error\":{\"code\":502,\"message\":\"m\"}}\n\n";
    assert_eq!(attempt(&mut run, 200, text), Action::End);
    assert_eq!(failure(&mut run)["code"], "stream-error");
}

#[test]
fn a_resting_model_is_passed_over_probed_now_and_then_and_asked_when_all_rest() {
    let cooling = |model: &str, ms: u64, since: u64| json!({"model": model, "ms": ms, "sinceProbeMs": since, "failures": 1});
    let table = [
        (vec![cooling("a/b", 50_000, 1000)], "c/d"),
        (vec![cooling("a/b", 50_000, 31_000)], "a/b"),
        (vec![cooling("a/b", 500_000, 31_000)], "c/d"),
        (vec![cooling("a/b", 50_000, 1000), cooling("c/d", 50_000, 1000)], "e/f"),
        (vec![cooling("a/b", 50_000, 1000), cooling("c/d", 1, 0), cooling("e/f", 9, 0)], "a/b"),
        (vec![cooling("a/b", 0, 99_000)], "a/b"),
    ];
    for (cool_downs, expected) in table {
        let options = json!({"model": "a/b", "fallbackModels": ["c/d", "e/f"], "coolDowns": cool_downs, "maxRetries": 0});
        let mut run = run(options, json!({}));
        assert_eq!(model(&mut run), expected, "{cool_downs:?}");
    }
}

#[test]
fn a_failure_tells_how_long_its_model_rests_and_a_success_that_it_is_well() {
    for (failures, status, message, ms) in
        [(0, 503, "busy", 30_000), (1, 503, "busy", 60_000), (7, 429, "slow", 300_000), (0, 402, "Insufficient credits", 600_000)]
    {
        let cool_downs = json!([{"model": "a/b", "ms": 0, "sinceProbeMs": 0, "failures": failures}]);
        let mut run = run(json!({"model": "a/b", "fallbackModels": ["c/d"], "coolDowns": cool_downs, "maxRetries": 0}), json!({}));
        attempt(&mut run, status, &error(status, message));
        let all = events(&mut run.out);
        assert_eq!(all[0], json!({"type": "cool-down", "model": "a/b", "ms": ms}), "{failures} {message}");
        attempt(&mut run, 200, OK);
        let all = events(&mut run.out);
        assert!(all.contains(&json!({"type": "cool-down", "model": "c/d", "ms": 0})), "{all:?}");
    }
}

#[test]
fn a_model_the_request_cannot_be_written_for_is_passed_over() {
    let options = json!({
        "model": "a/b", "fallbackModels": ["c/d", "e/f"], "maxRetries": 0,
        "models": {"c/d": {"maxTokens": "many"}}
    });
    let mut run = run(options, json!({}));
    assert_eq!(attempt(&mut run, 503, &error(503, "busy")), Action::Send);
    assert_eq!(model(&mut run), "e/f");
    attempt(&mut run, 503, &error(503, "busy"));
    let attempts = attempts(&failure(&mut run));
    let reasons: Vec<&str> = attempts.iter().map(|attempt| attempt["code"].as_str().unwrap()).collect();
    assert_eq!(reasons, ["overloaded", "invalid-request", "overloaded"]);
}
