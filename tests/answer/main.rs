//! Answers: what a server says, in any form and any pieces.
//!
//! One program for all files of the folder: one each took 53 s of CPU more, of 193 that all native tests take to compile.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "../support/arguments_view.rs"]
mod arguments_view;
#[path = "../support/shared.rs"]
mod shared;
#[path = "../support/mod.rs"]
mod support;

mod answers;
mod odd_answers;
mod partial_json;
mod recordings;
mod robustness;
mod streams;
mod template;
mod told_errors;
mod tool_calls;
mod upstream_error;
