//! `fetch`, as it was handed in, and the head of what it answers.

use gloo_net::http::Headers;
use wasm_bindgen::prelude::*;
use web_sys::{AbortSignal, RequestInit, RequestRedirect, Response};

use openrouter_wasm::http::{CacheHead, Head, RequestPlan};
use openrouter_wasm::unread_error::HeaderHints;

/// Sends a plan; gives the promise of `fetch`, or throws what it threw: both untouched, so that no `cause` is lost.
///
/// Not `gloo_net::http::Request::send`: it knows the global `fetch` only and panics on rejections that are no `Error`, on answers
/// of another realm and on a `fetch` that throws. Not awaited here either: a future of Rust's own is 3 KB of each engine, and whoever sends
/// awaits the promise as it is.
pub fn send(fetch: &js_sys::Function, plan: &RequestPlan, body: &JsValue, key: &str, signal: &AbortSignal) -> Result<JsValue, JsValue> {
    // The core has checked every name and value, so setting them cannot throw.
    let headers = Headers::new();
    for (name, value) in &plan.headers {
        headers.set(name, value);
    }
    if plan.needs_key() && !key.is_empty() {
        headers.set("Authorization", &format!("Bearer {key}"));
    }
    let init = RequestInit::new();
    init.set_method(plan.method);
    init.set_headers(&headers.into_raw());
    if !body.is_undefined() {
        init.set_body(body);
    }
    init.set_signal(Some(signal));
    // Not "error", which workerd refuses; a redirect is an error by its status.
    init.set_redirect(RequestRedirect::Manual);
    fetch.call2(&JsValue::UNDEFINED, &JsValue::from_str(&plan.url), &init)
}

/// Reads what is needed of an answer's head. An injected `fetch` may give anything.
pub fn head_of(response: &Response) -> Result<Head, JsValue> {
    if !response.is_object() {
        return Err(js_sys::TypeError::new("fetch resolved to something that is no Response").into());
    }
    let raw = js_sys::Reflect::get(response, &JsValue::from_str("headers"))?;
    let get = js_sys::Reflect::get(&raw, &JsValue::from_str("get"))?;
    if !get.is_function() {
        return Err(js_sys::TypeError::new("fetch resolved to something without headers").into());
    }
    let headers = Headers::from_raw(raw.unchecked_into());
    let header = |name: &str| headers.get(name).filter(|value| !value.is_empty());
    Ok(Head {
        status: response.status(),
        content_type: header("content-type"),
        generation_id: header("x-generation-id"),
        request_id: header("x-request-id").or_else(|| header("cf-ray")),
        hints: HeaderHints {
            retry_after: header("retry-after-ms").map(|ms| ms + "ms").or_else(|| header("retry-after")),
            rate_limit_reset: header("x-ratelimit-reset"),
        },
        cache: CacheHead {
            status: header("x-openrouter-cache-status"),
            age: header("x-openrouter-cache-age"),
            ttl: header("x-openrouter-cache-ttl"),
            source_id: header("x-openrouter-cache-source-id"),
        },
    })
}
