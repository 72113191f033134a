//! Ranking documents by a query (additions 1). The documents stay with the facade: a mark stands for them.

use crate::calls::{UsageNames, model_id, positive, set_identity, set_routing, usage_of};
use crate::config::ClientConfig;
use crate::error::{Code, Error};
use crate::json::Raw;
use crate::media::{MediaOptions, document, plan_json, read_error, set_text};
use crate::upstream_error::Now;
use crate::value::{Object, Value};

const LABEL: &str = "OpenRouter rerank failed";
const TIMEOUT_MS: f64 = 60_000.0;
const USAGE: UsageNames = &[("total_tokens", "totalTokens"), ("search_units", "searchUnits"), ("cost", "cost")];

/// `{call, model}`; `documents` of the request is the mark.
pub fn plan(config: &ClientConfig, request: &str) -> Result<String, Error> {
    let options = MediaOptions::read(config, "rerank", request)?;
    let model = model_id(&options)?;
    let mut body = Object::default();
    set_text(&mut body, "model", &model);
    set_text(&mut body, "query", &options.required("query")?);
    set_text(
        &mut body,
        "documents",
        &options.own("documents").and_then(|mark| mark.str().map(|mark| mark.into_owned())).unwrap_or_default(),
    );
    if let Some(top) = positive(&options, "topN")? {
        body.set("top_n", top);
    }
    set_routing(&mut body, &options)?;
    let mut call = options.post(config, "/rerank", "application/json", body, LABEL)?;
    call.timeout_ms = options.timeout_ms(TIMEOUT_MS)?;
    call.attempts = 3;
    let mut more = Object::default();
    set_text(&mut more, "model", &model);
    Ok(plan_json(&call, more))
}

/// `{results: [{index, score}], model?, id?, provider?, usage?}` of an answer whose results have no documents; `documents` is how many were
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
                let mut out = Object::default();
                out.set("index", Value::whole(index.unwrap_or_default() as u64));
                out.set("score", Value::Json(score.json().into_owned()));
                results.push(Value::Object(out));
            }
            _ => problem = problem.or(Some(number - 1)),
        }
    });
    if let Some(number) = problem {
        let place = crate::change::place("results", number, "");
        return Err(malformed(&["needs the index of a document, once each, and a finite score at ", &place].concat()));
    }
    let mut out = Object::default();
    out.set("results", Value::Array(results));
    set_identity(&mut out, answer);
    if let Some(usage) = usage_of(answer.field("usage"), USAGE) {
        out.set("usage", usage);
    }
    Ok(Value::Object(out).to_json())
}

fn malformed(problem: &str) -> Error {
    Error::new(Code::BadResponse, [LABEL, ": the answer ", problem].concat())
}
