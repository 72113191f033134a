//! The rules that need no request: transcripts, model references, configuration files.

use wasm_bindgen::prelude::*;

use super::media::Media;
use super::session::thrown;
use crate::model_ref::ModelRef;
use crate::sanitize;

/// Sanitizes a transcript: see [`sanitize::sanitize_transcript`]. Throws the fields of an error.
#[wasm_bindgen(js_name = "sanitizeTranscript")]
pub fn sanitize_transcript(messages: &str, options: &str, media: &str) -> Result<String, JsValue> {
    let media = Media::parse(media);
    sanitize::sanitize_transcript(messages, options, media.carried()).map_err(|error| thrown(&error))
}

/// Reads a model reference; `undefined` when it names no model.
#[wasm_bindgen(js_name = "parseModelRef")]
pub fn parse_model_ref(text: &str) -> Option<String> {
    ModelRef::parse(text).map(|model| model.to_json())
}

/// Reads an OpenClaw configuration file into client options. Throws the fields of an error.
#[wasm_bindgen(js_name = "clientOptions")]
pub fn client_options(text: &str) -> Result<String, JsValue> {
    crate::openclaw_config::client_options(text).map_err(|error| thrown(&error))
}
