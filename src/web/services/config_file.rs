//! OpenClaw's configuration file.

use openrouter_wasm::openclaw_config;
use openrouter_web::thrown;
use wasm_bindgen::prelude::*;

/// Reads an OpenClaw configuration file into client options. Throws the fields of an error.
#[wasm_bindgen(js_name = "clientOptions", unchecked_return_type = "contract.Json<any>")]
pub fn client_options(text: &str) -> Result<String, JsValue> {
    thrown::text(openclaw_config::client_options(text))
}
