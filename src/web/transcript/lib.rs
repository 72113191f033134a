//! The engine of what goes wrong: it repairs transcripts and reads the errors of answers. A plain conversation that is answered never loads it
//! (see [`openrouter_wasm::transcript::clean`] and [`openrouter_wasm::unread_error`]).
#![cfg(target_arch = "wasm32")]

use core::cell::RefCell;

use openrouter_wasm::image_scan;
use openrouter_wasm::record::Writes;
use openrouter_wasm::transcript::images::{ImageLimits, OutsideMedia};
use openrouter_wasm::transcript::repair::Repairs;
use openrouter_wasm::transcript::transcript_text;
use openrouter_wasm::upstream_error::read_unread;
use openrouter_web::thrown;
use wasm_bindgen::prelude::*;

/// Sanitizes a transcript: see [`transcript_text::sanitize_transcript`]. Throws the fields of an error.
#[wasm_bindgen(js_name = "sanitizeTranscript", unchecked_return_type = "contract.Json<contract.SanitizedTranscript>")]
pub fn sanitize_transcript(
    messages: &str,
    options: &str,
    #[wasm_bindgen(unchecked_param_type = "contract.Json<contract.OutsideMedia> | \"\"")] media: &str,
) -> Result<String, JsValue> {
    let media = OutsideMedia::described(media);
    thrown::text(transcript_text::sanitize_transcript(messages, options, media.placeholders()))
}

/// Reads the error that an answer told: what a session's `unreadError` gives, as the fields of an error. Providers' words for what went wrong
/// are read here and not in the engine of a chat, which goes well without them.
#[wasm_bindgen(js_name = "readError")]
pub fn read_error(unread: &str) -> String {
    read_unread(unread, thrown::wall_clock()).to_json()
}

/// The repairs of one run: see [`Repairs`].
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct TranscriptRepairs {
    repairs: RefCell<Repairs>,
}

#[wasm_bindgen]
impl TranscriptRepairs {
    /// Nothing has been repaired.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers what a session asks, both as the bytes of a text; `media` describes what is kept outside: an [`OutsideMedia`].
    pub fn repair(
        &self,
        request: &[u8],
        #[wasm_bindgen(unchecked_param_type = "contract.Json<contract.OutsideMedia> | \"\"")] media: &str,
    ) -> Vec<u8> {
        let media = OutsideMedia::described(media);
        let request = core::str::from_utf8(request).unwrap_or_default();
        self.repairs.borrow_mut().repair(request, media.placeholders()).into_bytes()
    }
}

/// Reads base64 piece by piece: what passes leaves nothing behind in the engine's memory.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct ImageScan {
    scan: RefCell<image_scan::ImageScan>,
}

#[wasm_bindgen]
impl ImageScan {
    /// Nothing has been read.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// The next piece of the text; a short one, as it is copied.
    pub fn push(&self, piece: &[u8]) {
        self.scan.borrow_mut().push(piece);
    }

    /// The facts as JSON, and whether the image would do better smaller (`isLarge`).
    #[wasm_bindgen(unchecked_return_type = "contract.Json<contract.CrossedImageFacts>")]
    pub fn finish(&self) -> String {
        let facts = self.scan.borrow().finish();
        facts.crossed(ImageLimits::default().ask_for_resizing(&facts)).to_json()
    }
}
