//! Ranking documents by a query (additions 1). The documents stay with the facade: a placeholder stands for them.

use crate::bill::{ServiceUsage, UsageNames, usage_of};
use crate::calls::{ServicePlan, identity, model_id, positive, set_routing};
use crate::config::ClientConfig;
use crate::error::{Code, Error};
use crate::json::Raw;
use crate::media::{MediaOptions, SettingsOf, document, read_error, set_text};
use crate::record::Writes;
use crate::upstream_error::Now;
use crate::value::Object;

const LABEL: &str = "OpenRouter rerank failed";
const TIMEOUT_MS: f64 = 60_000.0;
const USAGE: UsageNames =
    UsageNames { seconds: "", input_tokens: "", output_tokens: "", total_tokens: "total_tokens", search_units: "search_units" };

/// A [`ServicePlan`]; `documents` of the request is the placeholder.
pub fn plan(config: &ClientConfig, request: &str) -> Result<String, Error> {
    let options = MediaOptions::read(config, SettingsOf::Rerank, request)?;
    let model = model_id(&options)?;
    let mut body = Object::default();
    set_text(&mut body, "model", &model);
    set_text(&mut body, "query", &options.required("query")?);
    set_text(
        &mut body,
        "documents",
        &options.own("documents").and_then(|placeholder| placeholder.str().map(|placeholder| placeholder.into_owned())).unwrap_or_default(),
    );
    if let Some(top) = positive(&options, "topN")? {
        body.set("top_n", top);
    }
    set_routing(&mut body, &options)?;
    let mut call = options.post(config, "/rerank", "application/json", body, LABEL)?;
    call.timeout_ms = options.timeout_ms(TIMEOUT_MS)?;
    call.attempts = 3;
    Ok(ServicePlan { call, model, key: None }.to_json())
}

openrouter_wire::record! {
    /// One document of a ranking.
    pub struct RankedDocument<'a>: writes {
        /// Among those that were sent.
        index: u64,
        score: Raw<'a> as "number",
    }
}

openrouter_wire::record! {
    /// A ranking, without the documents.
    pub struct RerankAnswer<'a>: writes {
        results: Vec<RankedDocument<'a>>,
        model: Option<String>,
        id: Option<String>,
        provider: Option<String>,
        usage: Option<ServiceUsage<'a>>,
    }
}

/// The [`RerankAnswer`] of an answer whose results have no documents; `documents` is how many were
/// sent.
pub fn read_answer(text: &str, documents: u32, secret: &str, now: Now) -> Result<String, Error> {
    let answer = document(LABEL, text)?;
    let Some(list) = answer.field("results").filter(|list| list.is_array()) else {
        let malformed = || malformed("has no results");
        return Err(answer.field("error").and_then(Raw::present).map_or_else(malformed, |error| read_error(LABEL, error, secret, now)));
    };
    let mut results = Vec::new();
    let mut seen = vec![false; documents as usize];
    let (mut number, mut problem) = (0, None);
    list.each_item(|item| {
        number += 1;
        let is_number = |raw: &Raw<'_>| raw.string().is_none();
        let index = item.field("index").filter(is_number).and_then(Raw::number);
        let score = item.field("relevance_score").filter(is_number).and_then(Raw::number).filter(|score| score.is_finite());
        let slot = index.filter(|index| index.fract() == 0.0 && *index >= 0.0).and_then(|index| seen.get_mut(index as usize));
        match (slot, score, item.field("relevance_score")) {
            (Some(slot), Some(_), Some(score)) if !*slot => {
                *slot = true;
                results.push(RankedDocument { index: index.unwrap_or_default() as u64, score });
            }
            _ => problem = problem.or(Some(number - 1)),
        }
    });
    if let Some(number) = problem {
        let place = crate::change::place("results", number, "");
        return Err(malformed(&["needs the index of a document, once each, and a finite score at ", &place].concat()));
    }
    let [model, id, provider] = identity(answer);
    Ok(RerankAnswer { results, model, id, provider, usage: usage_of(answer.field("usage"), &USAGE) }.to_json())
}

fn malformed(problem: &str) -> Error {
    Error::new(Code::BadResponse, [LABEL, ": the answer ", problem].concat())
}
