//! A request: from what the caller says to what is sent.
//!
//! One program for all files of the folder: one each took 53 s of CPU more, of 193 that all native tests take to compile.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod support;

mod blanks;
mod body;
mod cache_markers;
mod conversation;
mod headers;
mod models;
mod names;
mod oddities;
mod reasoning;
mod tools;
