//! Money at the boundary: account, bills and the meter of a run.

use wasm_bindgen::prelude::*;

use crate::thrown::text;
use openrouter_wasm::account;
use openrouter_wasm::config::ClientConfig;

/// The calls of `/credits` and `/key`, or the call of `/generation` for an id.
#[wasm_bindgen(js_name = "accountCalls")]
pub fn account_calls(config: &str, id: Option<String>) -> Result<String, JsValue> {
    text(ClientConfig::parse(config).and_then(|config| match id {
        Some(id) => account::generation_call(&config, &id),
        None => account::usage_calls(&config),
    }))
}

/// What their answers say together; one that did not come is left out and told in `warnings`.
#[wasm_bindgen(js_name = "accountUsage")]
pub fn account_usage(credits: Option<String>, key: Option<String>, warnings: &str) -> Result<String, JsValue> {
    text(account::usage(credits.as_deref(), key.as_deref(), warnings))
}

/// What its answer says.
#[wasm_bindgen(js_name = "readGeneration")]
pub fn read_generation(answer: &str) -> Result<String, JsValue> {
    text(account::generation(answer))
}
