//! Calls that are no chat: the sending, and what their failures mean. The plans come from the core.

use wasm_bindgen::prelude::*;
use web_sys::{AbortSignal, Response};

use openrouter_wasm::call::read_call_error;
use openrouter_wasm::config::read_headers;
use openrouter_wasm::credentials::clean_key;
use openrouter_wasm::http::{RequestPlan, check_header};
use openrouter_wasm::json::Reader;
use openrouter_web::fetch;
use openrouter_web::thrown::thrown;
use openrouter_web::thrown::wall_clock;

/// Sends a plan that the core has made; gives or throws what `fetch` does. An empty key is not sent.
#[wasm_bindgen(js_name = "sendCall")]
pub fn send_call(
    fetch: js_sys::Function,
    method: &str,
    url: String,
    headers: &str,
    body: JsValue,
    key: &str,
    signal: AbortSignal,
) -> Result<JsValue, JsValue> {
    let headers = Reader::document(headers.as_bytes()).map_or(Ok(Vec::new()), read_headers).map_err(|error| thrown(&error))?;
    let headers: Vec<_> = headers.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    for (name, value) in &headers {
        check_header(name, value).map_err(|error| thrown(&error))?;
    }
    let method = if method == "GET" { "GET" } else { "POST" };
    let plan = RequestPlan { method, url, headers, streaming: false };
    let key = clean_key(key);
    fetch::send(&fetch, &plan, &body, &key, &signal)
}

/// The fields of the error that an answer with a failing status stands for. `body` is the beginning of its body.
#[wasm_bindgen(js_name = "callError")]
pub fn call_error(label: &str, response: Response, body: &[u8], key: &str) -> Result<JsValue, JsValue> {
    let key = clean_key(key);
    let mut head = fetch::head_of(&response)?;
    head.mask_ids(&key);
    let mut error = read_call_error(label, head.status, body, &key, wall_clock(), &head.hints);
    error.request_id = head.generation_id.or(head.request_id);
    Ok(thrown(&error))
}
