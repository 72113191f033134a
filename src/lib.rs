//! The OpenRouter engine: bytes and answers in, events and the next action out.
//!
//! Data flows one way, and a module uses only what stands before it:
//!
//! [`config`] and [`request`] -> [`http`] -> [`sse`] -> [`json`], [`chunk`], [`template`] -> [`reasoning`], [`tool_call`], [`usage`] ->
//! [`assemble`] -> [`run`]. What it costs: [`usd`] -> [`pricing`] -> [`cost`] -> [`budget`], which the run asks. Failures are [`error`], read
//! from answers by [`upstream_error`]. The core has no clock, no randomness and no `async`; `web` (on wasm32) is the only module that knows JavaScript.
#![forbid(unsafe_code)]

pub use openrouter_transcript as transcript;
pub use openrouter_transcript::{change, error, message, model_ref, policy};
pub use openrouter_wire::{catalog_rows, decimal, event, image_scan, json, json_string, sse, template, text, value};

pub mod credentials;
pub mod failover;
pub mod pkce;
pub mod redact;

pub mod clock;
pub mod finished_call;
pub mod partial_json;
pub mod tool_call;

pub mod config;
pub mod model_record;
pub mod params;
pub mod request;
pub mod route;

pub mod openclaw_config;

pub mod http;
pub mod retry;
pub mod upstream_error;

pub mod call;
pub mod search;

pub mod address;
pub mod image;
pub mod media;
pub mod media_type;
pub mod music;
pub mod speech;
pub mod transcription;
pub mod video;
pub mod video_job;
pub mod video_models;

pub mod usd;

pub mod account;
pub mod budget;
pub mod cost;
pub mod pricing;

pub mod catalog;
pub mod catalog_filter;
pub mod catalog_model;
pub mod model_size;
pub mod price;
pub mod scan;

pub mod body_values;
pub mod chunk;
pub mod heard;
pub mod places;
pub mod reasoning;
pub mod think_tags;
pub mod usage;

pub mod assemble;
pub mod shapes;

pub mod answer;
pub mod chat;
pub mod run;
pub mod sanitize;
pub mod tool_loop;

#[cfg(target_arch = "wasm32")]
pub mod web;
