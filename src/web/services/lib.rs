//! The engine of all that is no chat: plans out, answers in. Loaded by the first call that needs it.
#![cfg(target_arch = "wasm32")]

pub mod account;
pub mod budget;
pub mod call;
pub mod calls;
pub mod catalog;
pub mod config_file;
pub mod media;
pub mod search;
pub mod sign_in;
pub mod video;
