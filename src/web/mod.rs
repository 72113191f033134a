//! The boundary: the only code that knows JavaScript.
//!
//! What crosses is small. Requests and options come in as JSON text, bytes of an answer through one buffer that the engine owns,
//! and events go out as batches in linear memory (see [`crate::event`]). Nothing here is public API: `pkg-template` is.

#![expect(unreachable_pub, reason = "what wasm-bindgen exports is reached from JavaScript")]

mod exchange;
mod fetch;
mod panic;
mod session;

#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();
