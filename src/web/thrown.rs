//! Errors and the clock, as JavaScript has them.

use openrouter_wasm::error::Error;
use openrouter_wasm::upstream_error::Now;
use serde::Serialize;
use wasm_bindgen::JsValue;

/// The fields of an error as a JavaScript object. JSON-compatible: `None` is left out, maps are objects.
pub fn thrown(error: &Error) -> JsValue {
    error.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).unwrap_or_else(|_| JsValue::from_str(&error.message))
}

/// A text, or the fields of the error thrown.
pub fn text(result: Result<String, Error>) -> Result<String, JsValue> {
    result.map_err(|error| thrown(&error))
}

/// The platform's clock and its reader of dates.
pub fn wall_clock() -> Now {
    Now {
        epoch_ms: js_sys::Date::now,
        parse_date: |text| {
            let epoch_ms = js_sys::Date::parse(text);
            epoch_ms.is_finite().then_some(epoch_ms)
        },
    }
}
