//! The hot path: network chunks to the data of events ([`sse`]), JSON read in place ([`json`], [`json_string`], [`decimal`]), texts that grow by deltas
//! ([`text`]), the shape that chunks share ([`template`]), the rows of a
//! catalog ([`catalog_rows`]), and what crosses to JavaScript: batches ([`event`]) and records
//! ([`mod@record`], declared by the macros of [`declare`]).
#![forbid(unsafe_code)]

#[macro_use]
mod numbered;

pub mod catalog_rows;
pub mod decimal;
#[macro_use]
pub mod declare;
pub mod event;
pub mod image_scan;
#[cfg(not(target_arch = "wasm32"))]
pub mod interface;
pub mod json;
pub mod json_string;
pub mod record;
pub mod sse;
pub mod template;
pub mod text;
