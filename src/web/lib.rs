//! The boundary: the only code that knows JavaScript.
//!
//! Little crosses. Requests and options come in as JSON text, bytes of an answer through one buffer that the engine owns,
//! and events go out as batches in linear memory (see [`openrouter_wasm::event`]). Nothing here is public API: `pkg-template` is.
//!
//! An engine is a crate of its own below this one: `chat`, `transcript` and `services`. Each is an instance of its own with a life of its
//! own; this crate is what all of them have.
#![cfg(target_arch = "wasm32")]

pub mod fetch;
pub mod panic;
pub mod thrown;

#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();
