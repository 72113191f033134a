//! The boundary, from the JavaScript side of it: run by wasm-bindgen's own test runner in Node and in a browser.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use js_sys::{Function, Object, Promise, Reflect, Uint8Array};
use openrouter_chat::exchange::{header_pointer, input_capacity, input_pointer};
use openrouter_chat::parse_model_ref;
use openrouter_chat::session::ChatSession;
use openrouter_repairs::{ImageScan, TranscriptRepairs, read_error, sanitize_transcript};
use openrouter_services::budget::BudgetGuard;
use openrouter_services::config_file::client_options;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen(inline_js = "
export function responding(status, type, body) { return async () => new Response(body, { status, headers: { 'content-type': type } }) }
export function echoing() { return async (url, init) => ({ url, init, status: 200, headers: new Headers() }) }
export function throwing(what) { return () => { throw what } }
export function rejecting(what) { return () => Promise.reject(what) }
export function returning(what) { return () => what }
export function signal() { return new AbortController().signal }
")]
extern "C" {
    fn responding(status: u16, content_type: &str, body: &str) -> Function;
    fn echoing() -> Function;
    fn throwing(what: &JsValue) -> Function;
    fn rejecting(what: &JsValue) -> Function;
    fn returning(what: &JsValue) -> Function;
    fn signal() -> web_sys::AbortSignal;
}

const REQUEST: &str = r#"{"messages":[{"role":"user","content":"hi"}]}"#;
const READ: u32 = 0;
const END: u32 = 2;

fn session() -> ChatSession {
    ChatSession::new("{}", "[]", REQUEST.into(), "", 0.0, 0.5).map_err(|error| format!("{error:?}")).unwrap()
}

const SEND: u32 = 3;

/// What is sent next: the record of it, and the body.
fn next_send(session: &ChatSession) -> (String, String) {
    assert_eq!(session.next_send(), SEND);
    let pieces = batch_pieces();
    assert_eq!(pieces.len(), 5, "{pieces:?}");
    (pieces[0].clone(), pieces[1..].concat())
}

async fn send(session: &ChatSession, fetch: Function) -> Result<JsValue, JsValue> {
    let (_, body) = next_send(session);
    JsFuture::from(Promise::resolve(&session.send(fetch, &body.into(), signal(), "sk-or-v1-key\n", 0.0)?)).await
}

fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap()
}

fn memory() -> Uint8Array {
    Uint8Array::new(&get(&wasm_bindgen::memory(), "buffer"))
}

/// Writes a piece of an answer where JavaScript writes it.
fn push(session: &ChatSession, bytes: &[u8]) -> u32 {
    // The pointer first: asking for it makes the buffer, and memory that grows leaves its old views empty.
    let start = input_pointer();
    memory().subarray(start, start + bytes.len() as u32).copy_from(bytes);
    session.push(bytes.len() as u32, 0.0, 0)
}

fn word(address: u32) -> u32 {
    let mut bytes = [0; 4];
    memory().subarray(address, address + 4).copy_to(&mut bytes);
    u32::from_le_bytes(bytes)
}

/// When the last call wants to be called again, read where JavaScript reads it.
fn deadline() -> f64 {
    let mut bytes = [0; 8];
    memory().subarray(header_pointer(), header_pointer() + 8).copy_to(&mut bytes);
    f64::from_le_bytes(bytes)
}

/// The text of the last batch.
fn batch_text() -> String {
    let (start, length) = (word(header_pointer() + 16), word(header_pointer() + 20));
    String::from_utf8(memory().subarray(start, start + length).to_vec()).unwrap()
}

/// The same cut into its records.
fn batch_pieces() -> Vec<String> {
    let (records, words) = (word(header_pointer() + 8), word(header_pointer() + 12));
    let units: Vec<u16> = batch_text().encode_utf16().collect();
    let mut rest = units.as_slice();
    let lengths = (0..words / 2).map(|record| word(records + record * 8 + 4) as usize);
    lengths
        .map(|length| {
            let (piece, after) = rest.split_at(length);
            rest = after;
            String::from_utf16(piece).unwrap()
        })
        .collect()
}

#[wasm_bindgen_test]
fn a_refused_request_throws_the_fields_of_an_error() {
    let error = ChatSession::new("{}", "[]", "{\"messages\":[]}".into(), "", 0.0, 0.5).err().unwrap();
    assert_eq!(get(&error, "code").as_string().unwrap(), "invalid-request");
    assert!(get(&error, "message").as_string().unwrap().starts_with("messages"));
    assert_eq!(get(&error, "isRetryable"), JsValue::FALSE);
    assert!(get(&error, "status").is_undefined(), "what is not known is left out");
}

#[wasm_bindgen_test]
async fn the_request_goes_out_as_planned_with_a_clean_key() {
    let sent = send(&session(), echoing()).await.unwrap();
    assert_eq!(get(&sent, "url").as_string().unwrap(), "https://openrouter.ai/api/v1/chat/completions");
    let init = get(&sent, "init");
    assert_eq!(get(&init, "method").as_string().unwrap(), "POST");
    assert_eq!(get(&init, "redirect").as_string().unwrap(), "manual");
    assert!(get(&init, "body").as_string().unwrap().contains("\"stream\":true"));
    let headers: web_sys::Headers = get(&init, "headers").unchecked_into();
    assert_eq!(headers.get("authorization").unwrap().unwrap(), "Bearer sk-or-v1-key");
    assert!(get(&init, "signal").is_object());
}

#[wasm_bindgen_test]
async fn what_fetch_throws_comes_back_as_the_very_same_value() {
    let error = js_sys::Error::new("no network");
    for what in [error.into(), JsValue::from_str("user left"), JsValue::UNDEFINED, JsValue::NULL, Object::new().into()] {
        assert_eq!(send(&session(), throwing(&what)).await.err(), Some(what.clone()));
        assert_eq!(send(&session(), rejecting(&what)).await.err(), Some(what));
    }
}

#[wasm_bindgen_test]
async fn an_answer_that_is_none_is_refused_and_panics_nowhere() {
    let none = [JsValue::UNDEFINED, JsValue::NULL, JsValue::from(5), JsValue::from_str("text"), Promise::resolve(&JsValue::NULL).into()];
    let empty = [Object::new(), Object::from_entries(&js_sys::Array::of1(&js_sys::Array::of2(&"headers".into(), &Object::new()))).unwrap()];
    for what in none.into_iter().chain(empty.map(Into::into)) {
        let session = session();
        let answer = send(&session, returning(&what)).await.unwrap();
        assert!(session.on_head(answer.unchecked_into(), 0.0).is_err());
    }
}

#[wasm_bindgen_test]
async fn bytes_go_in_and_batches_come_out_through_the_buffers() {
    let session = session();
    let answer = send(&session, responding(200, "text/event-stream", "")).await.unwrap();
    assert_eq!(session.on_head(answer.unchecked_into(), 0.0).ok(), Some(READ));
    assert_eq!(push(&session, "data: {\"choices\":[{\"delta\":{\"content\":\"hé\"}}]}\n\n".as_bytes()), READ);
    assert!(batch_text().ends_with("hé"));
    assert!(deadline().is_finite(), "as the head left it");
    assert!(
        session.partial().contains("\"role\":\"assistant\"") && !session.partial().contains("hé"),
        "its texts are kept by who reads the batches"
    );
    assert_eq!(push(&session, b"data: [DONE]\n\n"), END);
    assert!(batch_text().contains("\"verdict\":\"complete\""));
    session.abort();
    assert_eq!(deadline(), f64::INFINITY);
}

#[wasm_bindgen_test]
async fn a_retry_reads_dates_as_the_platform_does() {
    let session = session();
    let body = r#"{"error":{"message":"m","metadata":{"resets_at":"2000-01-01T00:00:00Z"}}}"#;
    let answer = send(&session, responding(429, "application/json", body)).await.unwrap();
    assert_eq!(session.on_head(answer.unchecked_into(), 0.0).ok(), Some(READ));
    assert_eq!(push(&session, body.as_bytes()), READ);
    assert_eq!(session.end(), 6, "have the error read");
    assert_eq!(session.error_read(&read_error(&session.unread_error())), 1, "wait, then send again");
    let retry = batch_text();
    assert!(retry.contains("\"delayMs\":") && !retry.contains("\"delayMs\":0,"), "a moment that has passed is no reason to hurry: {retry}");
}

const TOOL_REQUEST: &str =
    r#"{"messages":[{"role":"user","content":"hi"}],"tools":[{"name":"f","parameters":{"type":"object","properties":{}}}]}"#;
const CALL: &str = r#"data: {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}"#;

#[wasm_bindgen_test]
async fn a_step_with_tools_waits_for_their_results_and_goes_on_with_them() {
    let session = ChatSession::new(r#"{"executableTools":["f"]}"#, "[]", TOOL_REQUEST.into(), "", 0.0, 0.5).ok().unwrap();
    assert!(next_send(&session).0.ends_with("\"needsKey\":true,\"isFresh\":true}"));
    assert!(next_send(&session).0.ends_with("\"needsKey\":true,\"isFresh\":false}"), "the body begins once");
    let answer = send(&session, responding(200, "text/event-stream", "")).await.unwrap();
    assert_eq!(session.on_head(answer.unchecked_into(), 0.0).ok(), Some(READ));
    assert_eq!(push(&session, format!("{CALL}\n\ndata: [DONE]\n\n").as_bytes()), 4, "run the tools");
    assert!(batch_text().contains(r#"{"type":"call-tools","calls":[{"id":"c","name":"f","verdict":"run"}]}"#));
    let results = r#"[{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":"ok"}]"#;
    assert_eq!(session.resume(results, "", false), 3, "send");
    assert_eq!(session.next_send(), SEND);
    assert!(batch_pieces()[2].ends_with(r#"{"role":"tool","tool_call_id":"c","content":"ok"}"#), "only what is new is written");
    assert!(session.notes().contains(r#""changes":{"kinds":[],"runs":[]}"#));
}

#[wasm_bindgen_test]
async fn a_held_answer_goes_on_with_another_request_or_ends() {
    let session = ChatSession::new(r#"{"holdAnswers":true}"#, "[]", TOOL_REQUEST.into(), "", 0.0, 0.5).ok().unwrap();
    let answer = send(&session, responding(200, "text/event-stream", "")).await.unwrap();
    assert_eq!(session.on_head(answer.unchecked_into(), 0.0).ok(), Some(READ));
    assert_eq!(push(&session, b"data: {\"choices\":[{\"delta\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"), 4);
    assert!(batch_text().ends_with(r#"{"type":"call-tools","calls":[]}"#));
    let wrong = session.go_on_with("{}", "[]", "{\"messages\":5}".into(), "").err().unwrap();
    assert!(get(&wrong, "message").as_string().unwrap().starts_with("messages: "));
    assert_eq!(session.go_on_with("{}", "[]", r#"{"messages":[{"role":"user","content":"again"}]}"#.into(), "").unwrap(), 3, "send");
    let (record, body) = next_send(&session);
    assert!(
        record.contains("\"isFresh\":true") && body.contains("again") && !body.contains("tools"),
        "the body begins anew: {record} {body}"
    );
    assert_eq!(session.resume("[]", "", true), END);
}

#[wasm_bindgen_test]
fn a_transcript_that_needs_it_is_repaired_by_the_other_engine_before_it_is_sent() {
    let request = r#"{"messages":[{"role":"user","content":"hi"},{"role":"tool","tool_call_id":"x","content":"ok"}]}"#;
    let session = ChatSession::new("{}", "[]", request.into(), "", 0.0, 0.5).ok().unwrap();
    assert_eq!(session.next_send(), 5, "repair");
    let repaired = TranscriptRepairs::new().repair(&session.repair_request(), "");
    assert_eq!(session.repaired(&repaired), 3, "send");
    let (_, body) = next_send(&session);
    assert!(!body.contains("tool_call_id"), "{body}");
    assert!(session.notes().contains("messages[1]"), "{}", session.notes());
}

#[wasm_bindgen_test]
fn rules_answer_on_the_spot_and_throw_the_fields_of_an_error() {
    let answer = sanitize_transcript(r#"[{"role":"user","content":"hi"},{"role":"user","content":" "}]"#, "{}", "").unwrap();
    assert!(
        answer.starts_with(r#"{"messages":[0],"changes":{"kinds":[{"rule":"turns","#)
            && answer.ends_with(r#""runs":[{"kind":0,"places":["messages[1]"]}]}}"#),
        "{answer}"
    );
    let error = sanitize_transcript(r#"[{"role":"robot"}]"#, "{}", "").err().unwrap();
    assert!(get(&error, "message").as_string().unwrap().starts_with("messages[0].role"));
    assert!(parse_model_ref("auto").unwrap().contains("\"apiId\":\"openrouter/auto\""));
    assert_eq!(parse_model_ref("openrouter/"), None);
    let error = client_options(r#"{"agents":{"defaults":{"model":{"primary":5}}}}"#).err().unwrap();
    assert!(get(&error, "message").as_string().unwrap().starts_with("agents.defaults.model.primary"));
}

#[wasm_bindgen_test]
fn a_guard_that_cannot_read_its_budget_or_what_it_is_asked_refuses() {
    const SEND: &str = r#"{"model":"a/b","pricing":{"prompt":"0.01","completion":"0.1"},"atMs":0,"promptChars":4,"media":0}"#;
    assert_eq!(BudgetGuard::new(r#"{"runUsd":1}"#).admit(SEND), "{}");
    for (budget, send) in [(r#"{"runUsd":1}"#, ""), (r#"{"runUsd":1}"#, "{"), (r#"{"runUsd":1}"#, "{}"), ("no", SEND), ("", SEND)] {
        let answer = BudgetGuard::new(budget).admit(send);
        assert!(answer.starts_with(r#"{"error":{"code":"budget""#), "{budget} {send}: {answer}");
    }
}

#[wasm_bindgen_test]
fn an_image_is_scanned_in_pieces() {
    let scan = ImageScan::new();
    for piece in ["iVBORw0KGgoAAAANSUhE", "UgAAAAEAAAABCAYAAAAf", "FcSJ"] {
        scan.push(piece.as_bytes());
    }
    let facts = scan.finish();
    assert!(facts.contains("\"mediaType\":\"image/png\"") && facts.contains("\"width\":1,\"height\":1"), "{facts}");
}

#[wasm_bindgen_test]
fn a_session_can_be_made_and_dropped_many_times_without_growing() {
    let before = memory().length();
    for _ in 0..2000 {
        let session = session();
        session.abort();
    }
    assert!(memory().length() <= before + (1 << 20), "memory grew from {before} to {}", memory().length());
    assert_eq!(input_capacity(), 64 << 10);
}
