//! The OpenRouter engine: bytes and answers in, events and the next action out.
//!
//! Data flows one way, and a folder uses only what stands before it:
//!
//! [`wire`] -> [`transcript`] -> [`config`] -> [`request`], [`http`] -> [`answer`], [`money`], [`models`], [`media`], [`search`], [`calls`] -> [`run`] ->
//! `src/web`, the engines: the only code that knows JavaScript. The core has no clock, no randomness and no `async`.
//! `tests/direction.rs` holds the imports to it.
#![forbid(unsafe_code)]

pub use openrouter_transcript as transcript;
pub use openrouter_wire as wire;

pub mod config;

pub mod http;
pub mod request;

pub mod answer;
pub mod calls;
pub mod media;
pub mod models;
pub mod money;
pub mod search;

pub mod run;

#[cfg(not(target_arch = "wasm32"))]
pub mod contract;

// One name a module, wherever its folder stands: a file that moves changes no import.
pub use answer::{
    assemble, chunk, clock, finish_reason, finished_call, given, heard, object_text, partial_json, reasoning, shapes, think_tags,
    tool_call, usage,
};
pub use calls::{decide, describe, embeddings, endpoints, rerank};
pub use config::{credentials, limits, model_record, names, openclaw_config, params, pkce, redact, route};
pub use http::{body_values, call, failover, reported_amounts, retry, unread_error, upstream_error};
pub use media::{address, bill, image, image_parameters, media_type, music, speech, transcription, video, video_job, video_models};
pub use models::{catalog, catalog_filter, catalog_model, model_size, price, scan};
pub use money::{account, budget, call_budget, cost, pricing, usd};
pub use openrouter_transcript::{change, error, message, model_ref, places, policy, value};
pub use openrouter_wire::{catalog_rows, decimal, event, image_scan, json, json_string, record, sse, template, text};
pub use run::{chat, records, tool_loop};
