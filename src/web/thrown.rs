//! Errors and the clock, as JavaScript has them.

use openrouter_wasm::error::Error;
use openrouter_wasm::upstream_error::Now;
use wasm_bindgen::JsValue;

/// The fields of an error as a JavaScript object; what is not known is left out. By the platform's own reader of JSON: a serialiser to
/// JavaScript values is 3 KB of an engine.
pub fn thrown(error: &Error) -> JsValue {
    js_sys::JSON::parse(&error.to_json()).unwrap_or_else(|_| JsValue::from_str(&error.message))
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
