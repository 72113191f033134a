//! The engine that a chat loads: a run from its request to its last event, and what answers on the spot.
#![cfg(target_arch = "wasm32")]

use openrouter_wasm::cost;
use openrouter_wasm::model_ref::ModelRef;
use wasm_bindgen::prelude::*;

pub mod exchange;
pub mod session;

/// Reads a model reference; `undefined` when it names no model.
#[wasm_bindgen(js_name = "parseModelRef", unchecked_return_type = "contract.Json<contract.ParsedModelRef> | undefined")]
pub fn parse_model_ref(text: &str) -> Option<String> {
    ModelRef::parse(text).map(|model| model.to_json())
}

/// The meter of a run: see [`cost::meter`].
#[wasm_bindgen(js_name = "costMeter", unchecked_return_type = "contract.Json<contract.RunCost>")]
pub fn cost_meter(steps: &str) -> String {
    cost::meter(steps)
}
