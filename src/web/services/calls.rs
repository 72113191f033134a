//! Embeddings, ranking, decisions, descriptions, lists: plans out, answers in. A refusal is thrown as an error's fields.

use wasm_bindgen::prelude::*;

use openrouter_wasm::config::ClientConfig;
use openrouter_wasm::describe::Medium;
use openrouter_wasm::endpoints::List;
use openrouter_wasm::error::Error;
use openrouter_wasm::record::Writes;
use openrouter_wasm::{call_budget, catalog, decide, describe, embeddings, endpoints, rerank};
use openrouter_web::thrown::text as given;
use openrouter_web::thrown::wall_clock;

/// See [`embeddings::plan`].
#[wasm_bindgen(js_name = "embeddingsPlan", unchecked_return_type = "contract.Json<contract.ServicePlan>")]
pub fn embeddings_plan(config: &str, request: &str, has_own_key: bool) -> Result<String, JsValue> {
    given(ClientConfig::parse(config).and_then(|mut config| embeddings::plan(&mut config, request, has_own_key)))
}

/// See [`embeddings::read_answer`]. `key` is masked in errors, here and below.
#[wasm_bindgen(js_name = "readEmbeddings", unchecked_return_type = "contract.Json<contract.EmbeddingsAnswer>")]
pub fn read_embeddings(text: &str, key: &str) -> Result<String, JsValue> {
    given(embeddings::read_answer(text, key, wall_clock()))
}

/// See [`rerank::plan`].
#[wasm_bindgen(js_name = "rerankPlan", unchecked_return_type = "contract.Json<contract.ServicePlan>")]
pub fn rerank_plan(config: &str, request: &str) -> Result<String, JsValue> {
    given(ClientConfig::parse(config).and_then(|config| rerank::plan(&config, request)))
}

/// See [`rerank::read_answer`].
#[wasm_bindgen(js_name = "readRerank", unchecked_return_type = "contract.Json<contract.RerankAnswer>")]
pub fn read_rerank(text: &str, documents: u32, key: &str) -> Result<String, JsValue> {
    given(rerank::read_answer(text, documents, key, wall_clock()))
}

/// See [`decide::plan`].
#[wasm_bindgen(js_name = "decisionPlan", unchecked_return_type = "contract.Json<contract.DecisionPlan>")]
pub fn decision_plan(config: &str, request: &str) -> Result<String, JsValue> {
    given(ClientConfig::parse(config).and_then(|config| decide::plan(&config, request)))
}

/// See [`decide::read_answer`]; `shapes` is the plan's, as JSON.
#[wasm_bindgen(js_name = "readDecision", unchecked_return_type = "contract.Json<contract.DecisionAnswer>")]
pub fn read_decision(text: &str, shapes: &str, key: &str) -> Result<String, JsValue> {
    given(decide::read_answer(text, shapes, key, wall_clock()))
}

/// See [`describe::plan`].
#[wasm_bindgen(js_name = "descriptionPlan", unchecked_return_type = "contract.Json<contract.ServicePlan>")]
pub fn description_plan(
    #[wasm_bindgen(unchecked_param_type = "contract.Medium")] medium: &str,
    config: &str,
    request: &str,
) -> Result<String, JsValue> {
    given(medium_of(medium).and_then(|medium| describe::plan(&ClientConfig::parse(config)?, medium, request)))
}

/// See [`describe::read_answer`].
#[wasm_bindgen(js_name = "readDescription", unchecked_return_type = "contract.Json<contract.DescriptionAnswer>")]
pub fn read_description(
    #[wasm_bindgen(unchecked_param_type = "contract.Medium")] medium: &str,
    text: &str,
    key: &str,
) -> Result<String, JsValue> {
    given(medium_of(medium).and_then(|medium| describe::read_answer(medium, text, key, wall_clock())))
}

fn medium_of(word: &str) -> Result<Medium, Error> {
    Medium::named(word).ok_or_else(|| Error::invalid("medium", "is none"))
}

/// See [`endpoints::plan`].
#[wasm_bindgen(js_name = "listPlan", unchecked_return_type = "contract.Json<contract.CallPlan>")]
pub fn list_plan(
    #[wasm_bindgen(unchecked_param_type = "contract.List")] list: u32,
    config: &str,
    settings: &str,
) -> Result<String, JsValue> {
    given(list_of(list).and_then(|list| endpoints::plan(&ClientConfig::parse(config)?, list, settings)).map(|call| call.to_json()))
}

/// See [`endpoints::read`].
#[wasm_bindgen(js_name = "readList", unchecked_return_type = "contract.Json<contract.ListAnswer>")]
pub fn read_list(#[wasm_bindgen(unchecked_param_type = "contract.List")] list: u32, text: &str, key: &str) -> Result<String, JsValue> {
    given(list_of(list).and_then(|list| endpoints::read(list, text, key, wall_clock())))
}

/// The rows of [`List::EmbeddingModels`]: see [`catalog::plain_list`].
#[wasm_bindgen(js_name = "readModelList", unchecked_return_type = "contract.Json<contract.CatalogList>")]
pub fn read_model_list(text: &str) -> Result<String, JsValue> {
    given(catalog::plain_list(text.as_bytes()))
}

fn list_of(number: u32) -> Result<List, Error> {
    List::of(number).ok_or_else(|| Error::invalid("list", "is none"))
}

/// See [`call_budget::admit`].
#[wasm_bindgen(js_name = "admitCall", unchecked_return_type = "contract.Json<contract.CallAdmission>")]
pub fn admit_call(#[wasm_bindgen(unchecked_param_type = "contract.Json<contract.GuardedCall>")] call: &str) -> Result<String, JsValue> {
    given(call_budget::admit(call))
}
