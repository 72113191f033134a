//! The boundary: the only code that knows JavaScript.
//!
//! What crosses is small. Requests and options come in as JSON text, bytes of an answer through one buffer that the engine owns,
//! and events go out as batches in linear memory (see [`crate::event`]). Nothing here is public API: `pkg-template` is.

pub mod account;
pub mod call;
pub mod catalog;
pub mod exchange;
mod fetch;
pub mod media;
pub mod media_calls;
pub mod panic;
pub mod partial_view;
pub mod rules;
pub mod search;
pub mod session;
pub mod sign_in;
pub mod video;

#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();
