//! JSON text that streams elsewhere than in a tool call, as steps of a partial view.

use core::cell::RefCell;

use wasm_bindgen::prelude::*;

use crate::exchange;
use openrouter_wasm::event::Batch;
use openrouter_wasm::partial_json::PartialJson;

/// One text, read as it comes.
#[wasm_bindgen(js_name = "PartialText")]
#[derive(Default)]
pub struct PartialText {
    state: RefCell<(PartialJson, Batch)>,
}

#[wasm_bindgen(js_class = "PartialText")]
impl PartialText {
    /// Nothing has come.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// The first `length` bytes of the input buffer, whole characters, are the next piece; its steps are the next batch. Returns 0 while more
    /// is missing, 1 when the object is whole, 2 when this is none.
    pub fn push(&self, length: u32) -> u32 {
        let mut state = self.state.borrow_mut();
        let (scanner, out) = &mut *state;
        out.clear();
        exchange::with_input(length as usize, |bytes| {
            let piece = core::str::from_utf8(bytes).unwrap_or_default();
            scanner.feed(piece, &mut |op| {
                let (kind, text) = op.record();
                out.push(kind, 0, |out| out.push_str(text));
            });
        });
        exchange::publish(out);
        match () {
            () if scanner.is_complete_object() => 1,
            () if scanner.is_unfinished() => 0,
            () => 2,
        }
    }
}
