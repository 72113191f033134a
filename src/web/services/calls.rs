//! Embeddings, ranking, decisions, descriptions, lists: plans out, answers in. What is refused is thrown as an error's fields.

use wasm_bindgen::prelude::*;

use crate::thrown::text as given;
use openrouter_wasm::config::ClientConfig;
use openrouter_wasm::{call_budget, catalog, decide, describe, embeddings, endpoints, rerank};
use openrouter_web::thrown::wall_clock;

/// What is sent: see the `plan` of the module of that name. One function for all: the reader of the configuration would be in each.
#[wasm_bindgen(js_name = "servicePlan")]
pub fn service_plan(kind: &str, config: &str, request: &str) -> Result<String, JsValue> {
    given(ClientConfig::parse(config).and_then(|mut config| match kind {
        "embeddings" => embeddings::plan(&mut config, request, false),
        "embeddings with own key" => embeddings::plan(&mut config, request, true),
        "rerank" => rerank::plan(&config, request),
        "decision" => decide::plan(&config, request),
        "video" | "image" | "audio" => describe::plan(&config, kind, request),
        _ => endpoints::plan(&config, kind, request),
    }))
}

/// What an answer says, without what the facade keeps to itself. `more` is what the plan said that the reader needs. `key` is masked in errors.
#[wasm_bindgen(js_name = "readService")]
pub fn read_service(kind: &str, text: &str, more: &str, key: &str) -> Result<String, JsValue> {
    given(match kind {
        "embeddings" => embeddings::read_answer(text, key, wall_clock()),
        "rerank" => rerank::read_answer(text, more.parse().unwrap_or(0), key, wall_clock()),
        "decision" => decide::read_answer(text, more, key, wall_clock()),
        "video" | "image" | "audio" => describe::read_answer(kind, text, key, wall_clock()),
        "embedding models" => catalog::plain_list(text.as_bytes()),
        _ => endpoints::read(kind, text, key, wall_clock()),
    })
}

/// See [`call_budget::admit`].
#[wasm_bindgen(js_name = "admitCall")]
pub fn admit_call(call: &str) -> Result<String, JsValue> {
    given(call_budget::admit(call))
}
