//! Media that the facade keeps to itself: what the engine is told of them, and the scan of their base64.

use core::cell::RefCell;

use wasm_bindgen::prelude::*;

use super::exchange;
use crate::image_scan::{self, ImageFacts};
use crate::transcript::images::{Carried, ImageLimits};
use crate::value::Value;

/// `{prefix, facts, textChars, isForeign?}` of a request.
#[derive(Debug, Default)]
pub(super) struct Media {
    pub(super) prefix: String,
    pub(super) facts: Vec<ImageFacts>,
    pub(super) is_foreign: bool,
    /// How much longer the carried texts are than their marks, in all.
    pub(super) text_chars: u64,
}

impl Media {
    pub(super) fn parse(text: &str) -> Self {
        let Some(value) = Value::parse(text) else { return Self::default() };
        let facts = value.get("facts").map(|facts| facts.to_items()).unwrap_or_default();
        Self {
            prefix: value.get_str("prefix").unwrap_or_default(),
            facts: facts.iter().map(ImageFacts::read).collect(),
            text_chars: value.get("textChars").and_then(|chars| chars.as_number()).unwrap_or(0.0) as u64,
            is_foreign: value.get("isForeign").is_some_and(|flag| flag.as_bool() == Some(true)),
        }
    }

    pub(super) fn carried(&self) -> Carried<'_> {
        Carried { prefix: &self.prefix, facts: &self.facts }
    }
}

/// Reads base64 piece by piece: what passes leaves nothing behind in the engine's memory.
#[wasm_bindgen(js_name = "ImageScan")]
#[derive(Debug, Default)]
pub struct ImageScan {
    scan: RefCell<image_scan::ImageScan>,
}

#[wasm_bindgen(js_class = "ImageScan")]
impl ImageScan {
    /// Nothing has been read.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// The first `length` bytes of the input buffer are the next piece of the text.
    pub fn push(&self, length: u32) {
        exchange::with_input(length as usize, |bytes| self.scan.borrow_mut().push(bytes));
    }

    /// The facts as JSON, and whether the picture would do better smaller (`isLarge`).
    pub fn finish(&self) -> String {
        let facts = self.scan.borrow().finish();
        let mut json = image_scan::facts_json(&facts);
        if ImageLimits::default().ask_for_resizing(&facts) {
            json.pop();
            json.push_str(",\"isLarge\":true}");
        }
        json
    }
}
