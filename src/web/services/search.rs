//! Web search: plans and answers as JSON text.

use wasm_bindgen::prelude::*;

use crate::thrown::thrown;
use openrouter_wasm::search;

/// See [`search::plan_search`]. Throws the fields of an error.
#[wasm_bindgen(js_name = "planSearch")]
pub fn plan_search(config: &str, options: &str) -> Result<String, JsValue> {
    search::plan_search(config, options).map_err(|error| thrown(&error))
}

/// See [`search::read_search`]. Throws the fields of an error.
#[wasm_bindgen(js_name = "readSearch")]
pub fn read_search(transport: &str, count: u32, answer: &str) -> Result<String, JsValue> {
    search::read_search(transport, count, answer).map_err(|error| thrown(&error))
}
