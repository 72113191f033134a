//! Errors as JavaScript has them: by serde, since this engine writes other values than texts, too.

use openrouter_wasm::error::Error;
use serde::Serialize;
use wasm_bindgen::JsValue;

/// The fields of an error as a JavaScript object. JSON-compatible: `None` is left out, maps are objects.
pub(crate) fn thrown(error: &Error) -> JsValue {
    error.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).unwrap_or_else(|_| JsValue::from_str(&error.message))
}

/// A text, or the fields of the error thrown.
pub(crate) fn text(result: Result<String, Error>) -> Result<String, JsValue> {
    result.map_err(|error| thrown(&error))
}
