//! Scripts for the run machine: what it asks its driver to do, attempt by attempt.

use crate::support::{Run, answer, events, head, last, run, run_of};
use openrouter_wasm::run::Action;
use serde_json::{Value, json};

const SSE: &str = "text/event-stream";
const OK: &str = "data: {\"id\":\"gen-1\",\"choices\":[{\"delta\":{\"content\":\"hi\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

/// Sends, gives one whole answer, and returns the action after it.
fn attempt(run: &mut Run, status: u16, content_type: &str, body: &str) -> Action {
    run.on_send(0.0, "key");
    match run.on_head(0.0, head(status, content_type)) {
        Action::Read => match run.on_bytes(0.0, body.as_bytes()) {
            Action::Read => run.on_end(),
            action => action,
        },
        action => action,
    }
}

fn failure(run: &mut Run) -> Value {
    last(&events(&mut run.out))["failure"].clone()
}

#[test]
fn a_rate_limit_is_waited_out_as_long_as_the_body_says_and_then_answered() {
    let mut run = run(json!({}));
    let body = r#"{"error":{"code":429,"message":"slow down","metadata":{"retry_after_seconds":7}}}"#;
    assert_eq!(attempt(&mut run, 429, "application/json", body), Action::Wait);
    assert_eq!(run.wait_ms(), 7000);
    let all = events(&mut run.out);
    assert_eq!(all.len(), 1);
    assert_eq!(
        (&all[0]["type"], &all[0]["attempt"], &all[0]["delayMs"], &all[0]["error"]["code"]),
        (&json!("retry"), &json!(1), &json!(7000), &json!("rate-limit"))
    );
    assert_eq!(attempt(&mut run, 200, SSE, OK), Action::End);
    assert_eq!(last(&events(&mut run.out))["step"]["message"]["content"], "hi");
}

#[test]
fn what_is_retried_and_what_is_not() {
    let retryable = r#"{"error":{"code":503,"message":"m"}}"#;
    let output = "data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\n";
    let reasoning = "data: {\"choices\":[{\"delta\":{\"reasoning\":\"x\"}}]}\n\n";
    let stream_error = "data: {\"error\":{\"code\":502,\"message\":\"m\"}}\n\n";
    let table = [
        ("503", 503, "application/json", retryable.to_owned(), true),
        ("500 without a body", 500, "text/html", String::new(), true),
        ("429 as HTML", 429, "text/html", "<html>".into(), true),
        ("400", 400, "application/json", r#"{"error":{"code":400,"message":"m"}}"#.into(), false),
        ("401", 401, "application/json", r#"{"error":{"code":401,"message":"m"}}"#.into(), false),
        ("402", 402, "application/json", r#"{"error":{"code":402,"message":"m"}}"#.into(), false),
        ("context overflow", 400, "application/json", r#"{"error":{"message":"maximum context length is 5 tokens"}}"#.into(), false),
        (
            "429 until tomorrow",
            429,
            "application/json",
            r#"{"error":{"message":"m","metadata":{"retry_after_seconds":3600}}}"#.into(),
            false,
        ),
        ("cut before any output", 200, SSE, ": OPENROUTER PROCESSING\n\n".into(), true),
        ("an error before any output", 200, SSE, stream_error.into(), true),
        ("an error after text", 200, SSE, output.to_owned() + stream_error, false),
        ("an error after reasoning", 200, SSE, reasoning.to_owned() + stream_error, false),
        ("cut after text", 200, SSE, output.into(), false),
        ("HTML with 200", 200, "text/html", "<html>".into(), false),
        ("HTML with 200 and no content type", 200, "", "<html>".into(), false),
        ("200 with an error as JSON", 200, "application/json", r#"{"error":{"code":502,"message":"m"}}"#.into(), true),
        ("200 with JSON cut in the middle", 200, "application/json", "{\"choices\":[{\"mess".into(), true),
        ("200 with an empty JSON body", 200, "application/json", " ".into(), false),
        ("200 with JSON of something else", 200, "application/json", "{\"data\":[]}".into(), false),
        ("a redirect", 302, "", String::new(), false),
    ];
    for (name, status, content_type, body, retried) in table {
        let mut run = run(json!({"maxRetries": 1}));
        let action = attempt(&mut run, status, content_type, &body);
        assert_eq!(action == Action::Wait, retried, "{name}: {:?}", events(&mut run.out));
        if retried {
            // The last attempt fails for good, by the same error.
            run.out.clear();
            assert_eq!(attempt(&mut run, status, content_type, &body), Action::End, "{name}");
        }
        let mut single = crate::support::run(json!({"maxRetries": 0}));
        assert_eq!(attempt(&mut single, status, content_type, &body), Action::End, "{name}: no retries wanted");
        assert!(failure(&mut single)["error"]["message"].is_string(), "{name}");
    }
}

#[test]
fn a_wait_that_is_too_long_is_told_instead() {
    let mut run = run(json!({}));
    assert_eq!(
        attempt(&mut run, 429, "application/json", r#"{"error":{"message":"m","metadata":{"retry_after_seconds":3600}}}"#),
        Action::End
    );
    let error = &failure(&mut run)["error"];
    assert_eq!((&error["retryAfterMs"], &error["isRetryable"]), (&json!(3_600_000), &json!(true)));
}

#[test]
fn a_network_failure_is_retried_before_output_and_a_broken_body_is_a_cut_after_it() {
    let mut run = run(json!({"maxRetries": 1}));
    run.on_send(0.0, "secret-key");
    assert_eq!(run.on_failure("fetch failed with secret-key"), Action::Wait);
    run.out.clear();
    run.on_send(0.0, "secret-key");
    run.on_head(0.0, head(200, SSE));
    run.on_bytes(0.0, b"data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\n");
    assert_eq!(run.on_failure("terminated, secret-key"), Action::End);
    let failure = failure(&mut run);
    assert_eq!(
        (&failure["verdict"], &failure["error"]["code"], &failure["partial"]["message"]["content"]),
        (&json!("cut"), &json!("stream-cut"), &json!("x"))
    );
    assert!(!failure.to_string().contains("secret-key"));
}

#[test]
fn after_the_finish_reason_neither_silence_nor_a_broken_connection_is_a_failure() {
    let finished = b"data: {\"choices\":[{\"delta\":{\"content\":\"hi\"},\"finish_reason\":\"stop\"}]}\n\n";
    for end in ["silence", "break"] {
        let mut run = run(json!({"idleTimeoutMs": 100}));
        run.on_send(0.0, "");
        run.on_head(0.0, head(200, SSE));
        assert_eq!(run.on_bytes(0.0, finished), Action::Read);
        let action = if end == "silence" { run.on_timer(100.0) } else { run.on_failure("reset") };
        assert_eq!(action, Action::End);
        assert_eq!(last(&events(&mut run.out))["step"]["verdict"], "complete", "{end}");
    }
}

#[test]
fn time_limits_end_the_run_with_what_there_is() {
    let table = [
        (json!({"idleTimeoutMs": 100}), 100.0, "idleTimeoutMs"),
        (json!({"progressTimeoutMs": 100}), 100.0, "progressTimeoutMs"),
        (json!({"timeoutMs": 100}), 100.0, "timeoutMs"),
    ];
    for (options, at, name) in table {
        let mut run = run(options);
        run.on_send(0.0, "");
        run.on_head(0.0, head(200, SSE));
        run.on_bytes(0.0, b"data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\n");
        assert_eq!(run.deadline(), at, "{name}");
        assert_eq!(run.on_timer(at - 1.0), Action::Read, "{name}: not yet");
        assert_eq!(run.on_timer(at), Action::End, "{name}");
        let failure = failure(&mut run);
        assert_eq!((&failure["verdict"], &failure["partial"]["message"]["content"]), (&json!("timeout"), &json!("x")));
        assert!(failure["error"]["message"].as_str().unwrap().contains(name), "{failure}");
        assert_eq!(run.deadline(), f64::INFINITY);
    }
    let mut first = run(json!({"firstTokenTimeoutMs": 50}));
    first.on_send(0.0, "");
    assert_eq!(first.on_timer(50.0), Action::End);
    assert!(failure(&mut first)["error"]["message"].as_str().unwrap().contains("firstTokenTimeoutMs"));
}

#[test]
fn between_two_attempts_only_the_total_time_runs() {
    let mut run = run(json!({"idleTimeoutMs": 10, "timeoutMs": 5000}));
    assert_eq!(
        attempt(&mut run, 429, "application/json", r#"{"error":{"message":"m","metadata":{"retry_after_seconds":3}}}"#),
        Action::Wait
    );
    assert_eq!(run.deadline(), 5000.0);
    assert_eq!(run.on_timer(2999.0), Action::Read, "the silence is ours");
    run.on_send(3000.0, "");
    assert_eq!(run.deadline(), 3010.0);
    assert_eq!(run.on_timer(3010.0), Action::End);
}

#[test]
fn a_wait_that_does_not_fit_into_what_is_left_of_the_total_time_is_not_begun() {
    let table = [
        (1000, 429, r#"{"error":{"message":"m","metadata":{"retry_after_seconds":3}}}"#, "rate-limit", Some(3000)),
        (3000, 429, r#"{"error":{"message":"m","metadata":{"retry_after_seconds":3}}}"#, "rate-limit", Some(3000)),
        (200, 503, r#"{"error":{"message":"m"}}"#, "overloaded", None),
    ];
    for (timeout, status, body, code, wait) in table {
        let mut run = run(json!({"timeoutMs": timeout, "maxRetries": 3}));
        assert_eq!(attempt(&mut run, status, "application/json", body), Action::End, "{timeout}");
        let error = last(&events(&mut run.out))["failure"]["error"].clone();
        assert_eq!(
            (&error["code"], error["retryAfterMs"].as_u64(), &error["isRetryable"]),
            (&json!(code), wait, &json!(true)),
            "{timeout}"
        );
    }
    // The second one no longer fits.
    let mut run = run(json!({"timeoutMs": 5000, "maxRetries": 3}));
    let busy = r#"{"error":{"message":"m","metadata":{"retry_after_seconds":3}}}"#;
    assert_eq!(attempt(&mut run, 429, "application/json", busy), Action::Wait);
    run.out.clear();
    run.on_send(3000.0, "");
    run.on_head(3000.0, head(429, "application/json"));
    run.on_bytes(3000.0, busy.as_bytes());
    assert_eq!(run.on_end(), Action::End);
    assert_eq!(failure(&mut run)["error"]["code"], "rate-limit");
}

#[test]
fn the_total_time_runs_before_the_first_send_too() {
    let mut run = run(json!({"timeoutMs": 100}));
    assert_eq!(run.deadline(), 100.0);
    assert_eq!(run.on_timer(100.0), Action::End);
    assert_eq!(failure(&mut run)["error"]["code"], "timeout");
}

#[test]
fn keep_alive_comments_hold_the_first_clock_and_not_the_second() {
    let mut run = run(json!({"idleTimeoutMs": 100, "progressTimeoutMs": 250, "firstTokenTimeoutMs": 1000}));
    run.on_send(0.0, "");
    run.on_head(0.0, head(200, SSE));
    for now in [90.0, 180.0, 240.0] {
        assert_eq!(run.on_bytes(now, b": OPENROUTER PROCESSING\n\n"), Action::Read);
        assert_eq!(run.on_timer(now), Action::Read);
    }
    assert_eq!(run.on_timer(250.0), Action::End);
    assert!(failure(&mut run)["error"]["message"].as_str().unwrap().contains("progressTimeoutMs"));
}

#[test]
fn an_abort_leaves_the_partial_and_ends_everything() {
    let mut run = run(json!({}));
    run.on_send(0.0, "");
    run.on_head(0.0, head(200, SSE));
    run.on_bytes(0.0, b"data: {\"id\":\"gen-1\",\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\n");
    let mut all = events(&mut run.out);
    run.on_abort();
    all.extend(events(&mut run.out));
    crate::support::put_texts_in(&mut all);
    let failure = last(&all)["failure"].clone();
    assert_eq!(
        (&failure["verdict"], &failure["error"], &failure["partial"]["message"]["content"], &failure["partial"]["id"]),
        (&json!("aborted"), &Value::Null, &json!("x"), &json!("gen-1"))
    );
    run.on_abort();
    assert!(run.out.is_empty());
    assert_eq!(run.on_failure("late"), Action::End);
    assert!(run.out.is_empty());
}

#[test]
fn every_memory_limit_is_an_error_that_names_it() {
    let long = "x".repeat(500);
    let content = format!("data: {{\"choices\":[{{\"delta\":{{\"content\":\"{long}\"}}}}]}}\n\n");
    let call = json!({"choices": [{"delta": {"tool_calls": [{"index": 0, "id": "a", "function": {"name": "f", "arguments": long}}]}}]});
    let calls = json!({"choices": [{"delta": {"tool_calls": [{"index": 0, "id": "a", "function": {"name": "f"}}, {"index": 1, "id": "b", "function": {"name": "f"}}]}}]});
    let table = [
        ("maxLineBytes", json!(100), SSE, content.clone()),
        ("maxEventBytes", json!(100), SSE, content.clone()),
        ("maxBodyBytes", json!(100), SSE, content),
        ("maxJsonBytes", json!(100), "application/json", format!("{{\"choices\":[{{\"message\":{{\"content\":\"{long}\"}}}}]}}")),
        ("maxToolArgumentBytes", json!(100), SSE, format!("data: {call}\n\n")),
        ("maxToolCalls", json!(1), SSE, format!("data: {calls}\n\n")),
    ];
    for (name, limit, content_type, body) in table {
        for size in [1, 50, 100_000] {
            let mut run = run(json!({"limits": {name: limit}}));
            let pieces: Vec<&[u8]> = body.as_bytes().chunks(size).collect();
            let all = answer(&mut run, head(200, content_type), &pieces);
            let error = &last(&all)["failure"]["error"];
            assert_eq!(error["code"], "limit", "{name} by {size}: {error}");
            assert!(error["message"].as_str().unwrap().contains(name), "{error}");
        }
    }
}

#[test]
fn an_error_body_without_end_is_read_up_to_its_cap() {
    let mut run = run(json!({"maxRetries": 0}));
    run.on_send(0.0, "");
    run.on_head(0.0, head(500, "text/plain"));
    let piece = vec![b'x'; 40_000];
    assert_eq!(run.on_bytes(0.0, &piece), Action::Read);
    assert_eq!(run.on_bytes(0.0, &piece), Action::End);
    assert!(failure(&mut run)["error"]["message"].as_str().unwrap().len() < 1000);
}

#[test]
fn a_json_answer_gives_the_events_of_the_same_streamed_answer() {
    let message = json!({"role": "assistant", "content": "hi", "reasoning": "r", "tool_calls": [
        {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}, {"id": "b", "type": "function", "function": {"name": "g", "arguments": null}}]});
    let body = json!({"id": "gen-1", "model": "a/b", "provider": "P", "choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}], "usage": {"prompt_tokens": 1}}).to_string();
    let streamed = format!("data: {}\n\ndata: [DONE]\n\n", body.replace("\"message\"", "\"delta\""));
    let events_of = |streaming: bool, content_type: &str, body: &str| {
        answer(&mut run_of(json!({}), streaming), head(200, content_type), &[body.as_bytes()])
    };
    let by_stream = events_of(
        true,
        SSE,
        &streamed
            .replace("{\"function\":{\"arguments\":\"{}\"", "{\"index\":0,\"function\":{\"arguments\":\"{}\"")
            .replace("{\"function\":{\"arguments\":null", "{\"index\":1,\"function\":{\"arguments\":null"),
    );
    assert_eq!(events_of(true, "application/json", &body), by_stream);
    assert_eq!(events_of(false, "application/json; charset=utf-8", &body), by_stream);
    assert_eq!(events_of(true, "text/plain", &body), by_stream, "found out by its first byte");
}

#[test]
fn raw_events_are_the_data_as_it_came() {
    let mut run = run(json!({"rawEvents": true}));
    let all = answer(&mut run, head(200, SSE), &[OK.as_bytes()]);
    let raw: Vec<&Value> = all.iter().filter(|event| event["type"] == "raw").collect();
    assert_eq!(raw.len(), 1);
    assert!(OK.contains(raw[0]["text"].as_str().unwrap()));
}

#[test]
fn an_error_whose_body_breaks_or_stalls_keeps_its_status() {
    for how in ["breaks", "stalls"] {
        let mut run = run(json!({"maxRetries": 0, "idleTimeoutMs": 10}));
        run.on_send(0.0, "");
        run.on_head(0.0, head(401, "application/json"));
        run.on_bytes(0.0, b"{\"error\":{");
        let action = if how == "breaks" { run.on_failure("reset") } else { run.on_timer(10.0) };
        assert_eq!(action, Action::End);
        assert_eq!(failure(&mut run)["error"]["code"], "auth", "{how}");
    }
}

#[test]
fn silence_after_a_failed_finish_is_retried_like_the_failure() {
    let mut run = run(json!({"idleTimeoutMs": 10}));
    run.on_send(0.0, "");
    run.on_head(0.0, head(200, SSE));
    run.on_bytes(0.0, b"data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"error\"}]}\n\n");
    assert_eq!(run.on_timer(10.0), Action::Wait);
}

#[test]
fn an_empty_list_of_calls_is_no_output() {
    let mut run = run(json!({}));
    let body =
        "data: {\"choices\":[{\"delta\":{\"content\":\"\",\"tool_calls\":[]}}]}\n\ndata: {\"error\":{\"code\":502,\"message\":\"m\"}}\n\n";
    assert_eq!(attempt(&mut run, 200, SSE, body), Action::Wait);
}

#[test]
fn each_attempt_tells_who_answered_it() {
    let mut run = run(json!({}));
    let chunk = |text: &str| format!("data: {{\"id\":\"gen-1\",\"choices\":[{{\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n");
    assert_eq!(attempt(&mut run, 200, SSE, &(chunk("") + "data: {\"error\":{\"code\":502,\"message\":\"m\"}}\n\n")), Action::Wait);
    run.out.clear();
    assert_eq!(attempt(&mut run, 200, SSE, &(chunk("hi") + "data: [DONE]\n\n")), Action::End);
    assert_eq!(events(&mut run.out)[0]["id"], "gen-1");
}

#[test]
fn a_byte_order_mark_before_json_is_nothing_however_it_is_cut() {
    let body = "\u{feff}{\"choices\":[{\"message\":{\"content\":\"hi\"}}]}";
    for content_type in ["application/json", ""] {
        let pieces: Vec<&[u8]> = body.as_bytes().chunks(1).collect();
        let all = answer(&mut run(json!({})), head(200, content_type), &pieces);
        assert_eq!(last(&all)["step"]["message"]["content"], "hi");
    }
    let all =
        answer(&mut run(json!({"maxRetries": 0})), head(400, "application/json"), &["\u{feff}{\"error\":{\"message\":\"m\"}}".as_bytes()]);
    assert_eq!(last(&all)["failure"]["error"]["message"], "m");
}

#[test]
fn a_key_in_the_callers_own_header_and_behind_an_escape_is_masked() {
    let mut run = run(json!({"headers": {"Authorization": "Bearer gw/secret+1"}, "maxRetries": 0}));
    let body =
        r#"{"error":{"message":"bad gw/secret+1 and gw%2Fsecret%2B1","metadata":{"error_type":"gw/secret+1","raw":"gw\/secret+1"}}}"#;
    assert_eq!(attempt(&mut run, 401, "application/json", body), Action::End);
    let failure = failure(&mut run).to_string();
    assert!(!failure.contains("secret"), "{failure}");
}

#[test]
fn what_the_budget_refuses_ends_the_run_with_its_words_and_what_had_arrived() {
    let mut stopped = run(json!({}));
    stopped.on_send(0.0, "key");
    stopped.on_head(0.0, head(200, "text/event-stream"));
    stopped.on_bytes(1.0, b"data: {\"choices\":[{\"delta\":{\"content\":\"dear\"}}]}\n\n");
    assert_eq!(stopped.refuse(r#"{"code":"budget","message":"it is used up","reason":"billing","isRetryable":false}"#), Action::End);
    let all = events(&mut stopped.out);
    let told = &last(&all)["failure"];
    assert_eq!((&told["error"]["code"], &told["error"]["message"]), (&json!("budget"), &json!("it is used up")));
    assert_eq!(told["partial"]["message"]["content"], "dear");
    assert_eq!(stopped.refuse("{}"), Action::End, "it is over");
    assert!(events(&mut stopped.out).is_empty(), "and said once");
    let mut unread = run(json!({}));
    assert_eq!(unread.refuse("no error"), Action::End);
    assert_eq!(failure(&mut unread)["error"]["code"], "budget", "who cannot be understood allows nothing");
}

#[test]
fn where_nobody_can_read_the_words_the_status_decides() {
    let table = [
        (400, "invalid-request", "unknown", false),
        (401, "auth", "auth", false),
        (402, "payment-required", "billing", false),
        (403, "forbidden", "auth", false),
        (404, "not-found", "model_not_found", false),
        (410, "not-found", "model_not_found", false),
        (413, "invalid-request", "unknown", false),
        (429, "rate-limit", "rate_limit", true),
        (500, "server", "server_error", true),
        (501, "server", "server_error", false),
        (503, "overloaded", "overloaded", true),
        (504, "timeout", "timeout", true),
        (505, "server", "server_error", false),
    ];
    for (status, code, reason, is_retryable) in table {
        let Run(mut run) = run(json!({"maxRetries": 0}));
        run.on_send(0.0, "key");
        assert_eq!(run.on_head(0.0, head(status, "text/html")), Action::Read);
        run.on_bytes(0.0, b"words");
        assert_eq!(run.on_end(), Action::ReadError, "{status}");
        assert_eq!(run.error_read("{\"error\""), Action::End, "{status}");
        let error = last(&events(&mut run.out))["failure"]["error"].clone();
        let expected = json!([code, reason, is_retryable, status]);
        assert_eq!(json!([error["code"], error["reason"], error["isRetryable"], error["status"]]), expected);
        assert!(error["message"].as_str().unwrap().ends_with(&format!("(HTTP {status})")), "{error}");
    }
    for (label, body) in [
        (SSE, "data: {\"error\":{\"code\":429,\"message\":\"m\"}}\n\n"),
        (SSE, "event: error\ndata: words\n\n"),
        ("application/json", r#"{"error":{"code":429,"message":"m"}}"#),
    ] {
        let Run(mut run) = run(json!({"maxRetries": 0}));
        run.on_send(0.0, "key");
        assert_eq!(run.on_head(0.0, head(200, label)), Action::Read);
        let action = match run.on_bytes(0.0, body.as_bytes()) {
            Action::Read | Action::Keep => run.on_end(),
            action => action,
        };
        assert_eq!(action, Action::ReadError, "{body}");
        assert_eq!(run.error_read(""), Action::End, "{body}");
        let error = last(&events(&mut run.out))["failure"]["error"].clone();
        let found = json!([error["code"], error["reason"], error["isRetryable"], error["status"]]);
        assert_eq!(found, json!(["stream-error", "unknown", false, null]), "{body}");
    }
}
