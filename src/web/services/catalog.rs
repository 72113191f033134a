//! The catalog and the scan: bytes in, JSON out. The rules are the core's.

use wasm_bindgen::prelude::*;

use openrouter_wasm::catalog;
use openrouter_wasm::config::ClientConfig;
use openrouter_wasm::record::Writes;
use openrouter_wasm::scan;
use openrouter_web::thrown::thrown;

/// The plan of one page: see [`catalog::plan`].
#[wasm_bindgen(js_name = "catalogPlan", unchecked_return_type = "contract.Json<contract.CallPlan>")]
pub fn catalog_plan(config: &str, settings: &str) -> Result<String, JsValue> {
    ClientConfig::parse(config)
        .and_then(|config| catalog::plan(&config, settings))
        .map(|call| call.to_json())
        .map_err(|error| thrown(&error))
}

/// Checks a page; gives `links.next`.
#[wasm_bindgen(js_name = "catalogNext")]
pub fn catalog_next(page: &[u8]) -> Result<Option<String>, JsValue> {
    catalog::next_page(page).map_err(|error| thrown(&error))
}

/// The models that pass: see [`catalog::list`].
#[wasm_bindgen(js_name = "catalogModels", unchecked_return_type = "contract.Json<contract.CatalogList>")]
pub fn catalog_models(bytes: &[u8], query: &str) -> Result<String, JsValue> {
    catalog::list(bytes, query).map_err(|error| thrown(&error))
}

/// One model: see [`catalog::get`].
#[wasm_bindgen(js_name = "catalogModel", unchecked_return_type = "contract.Json<contract.CatalogModel> | undefined")]
pub fn catalog_model(bytes: &[u8], name: &str, config: &str) -> Result<Option<String>, JsValue> {
    let found = ClientConfig::parse(config).and_then(|config| catalog::get(bytes, name, config.models.as_deref()));
    found.map_err(|error| thrown(&error))
}

/// The options of a scan, checked: see [`scan::settings`].
#[wasm_bindgen(js_name = "scanSettings", unchecked_return_type = "contract.Json<contract.ScanSettings>")]
pub fn scan_settings(options: &str) -> Result<String, JsValue> {
    scan::settings(options).map_err(|error| thrown(&error))
}

/// What a scan looks at: see [`scan::candidates`].
#[wasm_bindgen(js_name = "scanCandidates", unchecked_return_type = "contract.Json<contract.ScanCandidates>")]
pub fn scan_candidates(bytes: &[u8], options: &str) -> Result<String, JsValue> {
    scan::candidates(bytes, options).map_err(|error| thrown(&error))
}

/// What a scan says in the end: see [`scan::rank`].
#[wasm_bindgen(js_name = "scanResult", unchecked_return_type = "contract.Json<contract.ScanRanking>")]
pub fn scan_result(rows: &str, options: &str) -> Result<String, JsValue> {
    scan::rank(rows, options).map_err(|error| thrown(&error))
}
