//! What the engine *services* does: catalog, prices, configuration, media, search, account.
//!
//! One program for all files of the folder: one each took 53 s of CPU more, of 193 that all native tests take to compile.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "../support/shared.rs"]
mod shared;

mod account;
mod catalog;
mod media;
mod openclaw_config;
mod pricing;
mod search;
mod services;
mod video;
mod video_job;
