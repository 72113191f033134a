//! Prepares a request as the facade does, without one being sent.
#![allow(dead_code, reason = "each test file uses its part")]

use openrouter_wasm::change::{Change, Changes};
use openrouter_wasm::config::ClientConfig;
use openrouter_wasm::error::Error;
use openrouter_wasm::http::RequestPlan;
use openrouter_wasm::request::{Preparation, Prepared, Source, prepare};
use openrouter_wasm::transcript::images::Placeholders;
use openrouter_wasm::transcript::repair::Repairs;
use serde_json::{Value, json};

pub(crate) const NOTHING: Placeholders<'static> = Placeholders { prefix: "", facts: &[] };
pub(crate) const SUBDOMAIN: &str = "https://eu.openrouter.ai/api/v1";
pub(crate) const PROXY: &str = "https://proxy.example/api/v1";

/// What a request came to.
pub(crate) struct Outcome {
    pub(crate) text: String,
    pub(crate) body: Value,
    pub(crate) streaming: bool,
    /// OpenRouter's response-cache headers.
    pub(crate) cache: Vec<(&'static str, String)>,
    /// Rule and path of every change.
    pub(crate) changes: Vec<(&'static str, String)>,
    pub(crate) warnings: Vec<(&'static str, String)>,
}

impl Outcome {
    pub(crate) fn has_change(&self, rule: &str, path: &str) -> bool {
        self.changes.iter().any(|(held, at)| *held == rule && at == path)
    }

    pub(crate) fn has_warning(&self, rule: &str, path: &str) -> bool {
        self.warnings.iter().any(|(held, at)| *held == rule && at == path)
    }
}

/// The text with one message where the request brings none.
pub(crate) fn text_of(request: &Value) -> String {
    let mut request = request.clone();
    if request.get("messages").is_none() {
        request["messages"] = json!([{"role": "user", "content": "hi"}]);
    }
    request.to_string()
}

/// A request of nothing yet.
pub(crate) const SOURCE: Source<'static> = Source { request: "", model: None, added: &[], repaired: None, is_foreign: false };

/// Prepares to the end, with the messages repaired between where they have to be.
pub(crate) fn prepared_of(config: &ClientConfig, source: &Source<'_>) -> Result<Prepared, Error> {
    prepared_with(&mut Repairs::default(), config, source)
}

/// The same with repairs that go on.
pub(crate) fn prepared_with(repairs: &mut Repairs, config: &ClientConfig, source: &Source<'_>) -> Result<Prepared, Error> {
    let (request, turns) = match prepare(config, source)? {
        Preparation::Ready(prepared) => return Ok(*prepared),
        Preparation::Repair(request, turns) => (request, turns),
    };
    let repaired = repairs.repair(&request, NOTHING);
    match prepare(config, &Source { repaired: Some((&repaired, turns)), ..*source })? {
        Preparation::Ready(prepared) => Ok(*prepared),
        Preparation::Repair(..) => panic!("what is repaired is not repaired again"),
    }
}

pub(crate) fn prepared(config: &Value, request: &Value, is_foreign: bool) -> Result<Prepared, Error> {
    let config = ClientConfig::parse(&config.to_string()).unwrap();
    prepared_of(&config, &Source { request: &text_of(request), is_foreign, ..SOURCE })
}

pub(crate) fn outcome(prepared: &Prepared) -> Outcome {
    let text = prepared.conversation.text();
    let notes = |changes: &Changes| changes.0.iter().map(|change| (rule_of(change), change.path.clone())).collect();
    Outcome {
        body: serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}")),
        text,
        streaming: prepared.streaming,
        cache: prepared.headers.clone(),
        changes: notes(&prepared.changes),
        warnings: notes(&prepared.warnings),
    }
}

/// Prepares with the client's options.
pub(crate) fn with(config: &Value, request: &Value) -> Outcome {
    outcome(&prepared(config, request, false).unwrap_or_else(|error| panic!("{error:?}: {request}")))
}

/// Prepares with no options at all.
pub(crate) fn ask(request: &Value) -> Outcome {
    with(&json!({}), request)
}

pub(crate) fn refused(config: &Value, request: &Value) -> String {
    prepared(config, request, false).expect_err("is to be refused").message.clone()
}

/// The headers of the whole request, sorted out by `null`.
pub(crate) fn headers(config: &Value, call: &[(&str, Option<&str>)]) -> Vec<(String, String)> {
    let cache = with(config, &json!({})).cache;
    let config = ClientConfig::parse(&config.to_string()).unwrap();
    let call: Vec<_> = call.iter().map(|(name, value)| ((*name).to_owned(), value.map(str::to_owned))).collect();
    RequestPlan::chat(&config, &call, &cache, true).unwrap().headers
}

pub(crate) fn header(headers: &[(String, String)], name: &str) -> Option<String> {
    let mut found = headers.iter().filter(|(held, _)| held.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone());
    let first = found.next();
    assert_eq!(found.next(), None, "{name} is there once");
    first
}

/// Leaked, so that a table can hold it as it holds its own literals.
fn rule_of(change: &Change) -> &'static str {
    Box::leak(change.rule.clone().into_owned().into_boxed_str())
}
