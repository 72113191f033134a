//! The two buffers through which bytes and batches cross without an allocation a chunk.

use core::cell::RefCell;

use wasm_bindgen::prelude::*;

use openrouter_wasm::event::Batch;

/// What one push takes at most; larger chunks are pushed in pieces.
const INPUT_BYTES: usize = 64 << 10;

thread_local! {
    static INPUT: RefCell<Vec<u8>> = RefCell::new(vec![0; INPUT_BYTES]);
    static HEADER: RefCell<Header> = const { RefCell::new(Header { deadline: f64::INFINITY, batch: [0; 4] }) };
}

/// What JavaScript reads after a call: 24 bytes.
#[repr(C)]
struct Header {
    /// When the session that was called wants its next tick, on the clock of `now`; infinite when never.
    deadline: f64,
    /// Where the last batch lies: records, words of records, text, bytes of text.
    batch: [u32; 4],
}

/// Where JavaScript writes the bytes of an answer.
#[wasm_bindgen(js_name = "inputPointer")]
pub fn input_pointer() -> u32 {
    INPUT.with_borrow_mut(|input| input.as_mut_ptr() as u32)
}

/// How many bytes fit there.
#[wasm_bindgen(js_name = "inputCapacity")]
pub fn input_capacity() -> u32 {
    INPUT_BYTES as u32
}

/// Where JavaScript finds the deadline, and behind it the four words that say where the last batch lies.
#[wasm_bindgen(js_name = "headerPointer")]
pub fn header_pointer() -> u32 {
    HEADER.with_borrow(|header| core::ptr::from_ref(header) as u32)
}

/// Runs `f` over the bytes that JavaScript wrote.
pub(super) fn with_input<T>(length: usize, f: impl FnOnce(&[u8]) -> T) -> T {
    INPUT.with_borrow(|input| f(&input[..length]))
}

/// Says where a batch lies; it stays there until the session is called again.
pub(super) fn publish(batch: &Batch) {
    HEADER.with_borrow_mut(|header| {
        header.batch = [batch.records.as_ptr() as u32, batch.records.len() as u32, batch.text.as_ptr() as u32, batch.text.len() as u32];
    });
}

/// Says when a session wants to be called at the latest.
pub(super) fn publish_deadline(deadline: f64) {
    HEADER.with_borrow_mut(|header| header.deadline = deadline);
}
