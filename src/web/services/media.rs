//! Images, speech, transcripts and music: plans out, answers without their files in. A refusal is thrown as an error's fields.

use wasm_bindgen::prelude::*;

use openrouter_wasm::config::ClientConfig;
use openrouter_wasm::{image, music, speech, transcription};
use openrouter_web::thrown::text as given;
use openrouter_web::thrown::wall_clock;

/// See [`image::plan`].
#[wasm_bindgen(js_name = "imagePlan", unchecked_return_type = "contract.Json<contract.ImagePlan>")]
pub fn image_plan(config: &str, request: &str) -> Result<String, JsValue> {
    given(ClientConfig::parse(config).and_then(|config| image::plan(&config, request)))
}

/// See [`image::read_answer`]. `key` is masked in errors, here and below.
#[wasm_bindgen(js_name = "readImages", unchecked_return_type = "contract.Json<contract.ImageAnswer>")]
pub fn read_images(is_chat: bool, text: &str, key: &str) -> Result<String, JsValue> {
    given(image::read_answer(is_chat, text, key, wall_clock()))
}

/// See [`image::read_event`].
#[wasm_bindgen(js_name = "readImageEvent", unchecked_return_type = "contract.Json<contract.ImageEvent>")]
pub fn read_image_event(text: &str, key: &str) -> Result<String, JsValue> {
    given(image::read_event(text, key, wall_clock()))
}

/// See [`music::plan`].
#[wasm_bindgen(js_name = "musicPlan", unchecked_return_type = "contract.Json<contract.MusicPlan>")]
pub fn music_plan(config: &str, request: &str) -> Result<String, JsValue> {
    given(ClientConfig::parse(config).and_then(|config| music::plan(&config, request)))
}

/// See [`music::read_event`].
#[wasm_bindgen(js_name = "readMusicEvent", unchecked_return_type = "contract.Json<contract.MusicEvent>")]
pub fn read_music_event(text: &str, key: &str) -> Result<String, JsValue> {
    given(music::read_event(text, key, wall_clock()))
}

/// See [`speech::plan`].
#[wasm_bindgen(js_name = "speechPlan", unchecked_return_type = "contract.Json<contract.SpeechPlan>")]
pub fn speech_plan(config: &str, request: &str, has_own_key: bool) -> Result<String, JsValue> {
    given(ClientConfig::parse(config).and_then(|mut config| speech::plan(&mut config, request, has_own_key)))
}

/// See [`speech::read_head`].
#[wasm_bindgen(js_name = "readSpeechHead", unchecked_return_type = "contract.Json<contract.SpeechHead>")]
pub fn read_speech_head(format: &str, content_type: &str, head: &[u8]) -> Result<String, JsValue> {
    given(speech::read_head(format, content_type, head))
}

/// See [`transcription::plan`].
#[wasm_bindgen(js_name = "transcriptionPlan", unchecked_return_type = "contract.Json<contract.TranscriptionPlan>")]
pub fn transcription_plan(config: &str, request: &str) -> Result<String, JsValue> {
    given(ClientConfig::parse(config).and_then(|config| transcription::plan(&config, request)))
}

/// See [`transcription::read_answer`].
#[wasm_bindgen(js_name = "readTranscription", unchecked_return_type = "contract.Json<contract.TranscriptionAnswer>")]
pub fn read_transcription(text: &str, key: &str) -> Result<String, JsValue> {
    given(transcription::read_answer(text, key, wall_clock()))
}
