//! The hot path: network chunks to the data of events ([`sse`]), JSON read in place ([`json`], [`json_string`], [`decimal`]), texts that grow by deltas
//! ([`text`]), the shape that chunks share ([`template`]), the rows of a
//! catalog ([`catalog_rows`]), and the batch that crosses to JavaScript ([`event`]).
#![forbid(unsafe_code)]

#[macro_use]
mod numbered;

pub mod catalog_rows;
pub mod decimal;
pub mod event;
pub mod image_scan;
pub mod json;
pub mod json_string;
pub mod sse;
pub mod template;
pub mod text;
