//! The boundary: the only code that knows JavaScript.
//!
//! What crosses is small. Requests and options come in as JSON text, bytes of an answer through one buffer that the engine owns,
//! and events go out as batches in linear memory (see [`crate::event`]). Nothing here is public API: `pkg-template` is.

mod exchange;
mod fetch;
mod panic;
mod session;
