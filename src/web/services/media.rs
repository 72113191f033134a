//! Pictures, speech, transcripts and music: plans out, answers without their files in. What is refused is thrown as an error's fields.

use wasm_bindgen::prelude::*;

use crate::thrown::thrown;
use openrouter_wasm::config::ClientConfig;
use openrouter_wasm::error::Error;
use openrouter_wasm::{image, music, speech, transcription};
use openrouter_web::thrown::wall_clock;

fn given(result: Result<String, Error>) -> Result<String, JsValue> {
    result.map_err(|error| thrown(&error))
}

/// See [`image::plan`], [`music::plan`], [`speech::plan`] (with and without a key of its own) and [`transcription::plan`]. One function for
/// all: the reader of the configuration would be in each.
#[wasm_bindgen(js_name = "mediaPlan")]
pub fn media_plan(kind: &str, config: &str, request: &str) -> Result<String, JsValue> {
    given(ClientConfig::parse(config).and_then(|mut config| match kind {
        "image" => image::plan(&config, request),
        "music" => music::plan(&config, request),
        "speech" => speech::plan(&mut config, request, false),
        "speech with own key" => speech::plan(&mut config, request, true),
        _ => transcription::plan(&config, request),
    }))
}

/// An answer, or one event of a stream, that has marks in place of its files. `key` is masked in errors.
#[wasm_bindgen(js_name = "readMedia")]
pub fn read_media(kind: &str, text: &str, key: &str) -> Result<String, JsValue> {
    given(match kind {
        "images" | "chat" => image::read_answer(kind, text, key, wall_clock()),
        "image event" => image::read_event(text, key, wall_clock()),
        "music event" => music::read_event(text, key, wall_clock()),
        _ => transcription::read_answer(text, key, wall_clock()),
    })
}

/// See [`speech::read_head`].
#[wasm_bindgen(js_name = "readSpeechHead")]
pub fn read_speech_head(format: &str, content_type: &str, head: &[u8]) -> Result<String, JsValue> {
    given(speech::read_head(format, content_type, head))
}
