//! OpenClaw's configuration file.

use crate::thrown;
use openrouter_wasm::openclaw_config;
use wasm_bindgen::prelude::*;

/// Reads an OpenClaw configuration file into client options. Throws the fields of an error.
#[wasm_bindgen(js_name = "clientOptions")]
pub fn client_options(text: &str) -> Result<String, JsValue> {
    thrown::text(openclaw_config::client_options(text))
}
