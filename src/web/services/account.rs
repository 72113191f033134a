//! Money at the boundary: account, bills and the meter of a run.

use wasm_bindgen::prelude::*;

use openrouter_wasm::account;
use openrouter_wasm::config::ClientConfig;
use openrouter_web::thrown::text;

/// The calls of `/credits` and `/key`.
#[wasm_bindgen(js_name = "usageCalls", unchecked_return_type = "contract.Json<contract.UsageCalls>")]
pub fn usage_calls(config: &str) -> Result<String, JsValue> {
    text(ClientConfig::parse(config).and_then(|config| account::usage_calls(&config)))
}

/// The call of `/generation` for an id.
#[wasm_bindgen(js_name = "generationCall", unchecked_return_type = "contract.Json<contract.CallPlan>")]
pub fn generation_call(config: &str, id: &str) -> Result<String, JsValue> {
    text(ClientConfig::parse(config).and_then(|config| account::generation_call(&config, id)))
}

/// What their answers say together; one that did not come is left out and told in `warnings`.
#[wasm_bindgen(js_name = "accountUsage", unchecked_return_type = "contract.Json<contract.AccountUsage>")]
pub fn account_usage(credits: Option<String>, key: Option<String>, warnings: &str) -> Result<String, JsValue> {
    text(account::usage(credits.as_deref(), key.as_deref(), warnings))
}

/// What its answer says.
#[wasm_bindgen(js_name = "readGeneration", unchecked_return_type = "contract.Json<contract.GenerationBill>")]
pub fn read_generation(answer: &str) -> Result<String, JsValue> {
    text(account::generation(answer))
}
