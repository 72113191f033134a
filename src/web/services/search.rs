//! Web search: plans and answers as JSON text.

use wasm_bindgen::prelude::*;

use openrouter_wasm::error::Error;
use openrouter_wasm::search::{self, SearchTransport};
use openrouter_web::thrown::thrown;

/// See [`search::plan_search`]. Throws the fields of an error.
#[wasm_bindgen(js_name = "planSearch", unchecked_return_type = "contract.Json<contract.SearchPlan | contract.SearchRefusal>")]
pub fn plan_search(config: &str, options: &str) -> Result<String, JsValue> {
    search::plan_search(config, options).map_err(|error| thrown(&error))
}

/// See [`search::read_search`]. Throws the fields of an error.
#[wasm_bindgen(js_name = "readSearch", unchecked_return_type = "contract.Json<contract.SearchAnswer>")]
pub fn read_search(
    #[wasm_bindgen(unchecked_param_type = "contract.SearchTransport")] transport: u32,
    count: u32,
    answer: &str,
) -> Result<String, JsValue> {
    let transport = SearchTransport::of(transport).ok_or_else(|| Error::invalid("transport", "is none"));
    transport.and_then(|transport| search::read_search(transport, count, answer)).map_err(|error| thrown(&error))
}
