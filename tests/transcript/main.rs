//! Transcripts, repaired for the model behind the route.
//!
//! One program for all files of the folder: one each took 53 s of CPU more, of 193 that all native tests take to compile.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod support;

mod block_form;
mod clean;
mod image_scan;
mod images;
mod pairing;
mod policies;
mod properties;
mod replay;
mod tool_ids;
mod turns;
