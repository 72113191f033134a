//! The body's own fields: params fill in what the request leaves out, old names become today's, OpenAI-only ones go (provider-rules 5.1 to
//! 5.3).

use super::draft::Draft;
use crate::error::Error;
use crate::params::BODY_NAMES;
use crate::value::{Object, Value};

const RULE: &str = "openai-only";
/// What native OpenAI shaping would send and a router has no use for. `extraBody` takes all of them but `store`.
const OPENAI_ONLY: [&str; 12] = [
    "store",
    "stream_options",
    "service_tier",
    "prompt_cache_key",
    "prompt_cache_retention",
    "prompt_cache_options",
    "reasoning_summary",
    "text",
    "verbosity",
    "metadata",
    "user",
    // OpenRouter's own relic: usage comes with every answer.
    "usage",
];

/// Fills in, renames, leaves out.
pub fn apply(draft: &mut Draft<'_>) -> Result<(), Error> {
    rename_max_tokens(draft);
    fold_reasoning(draft);
    for name in BODY_NAMES {
        if draft.body.get(name).is_none()
            && let Some(value) = draft.params.get(name)
        {
            draft.body.set(name, value.clone());
        }
    }
    for name in OPENAI_ONLY {
        if draft.body.remove(name).is_some_and(|value| !value.is_null()) {
            draft.changes.add(RULE, name, "is not sent to OpenRouter; extraBody can carry it");
        }
    }
    // A present null means "not set".
    draft.body.retain(|_, value| !value.is_null());
    if let Some(stop) = draft.body.get("stop").filter(|stop| stop.is_string()).cloned() {
        draft.body.set("stop", Value::Array(vec![stop]));
    }
    let is_tokens = |value: &Value<'_>| value.as_number().is_some_and(|number| number >= 1.0);
    match draft.body.get("max_completion_tokens") {
        Some(value) if !is_tokens(value) => Err(Error::invalid("max_completion_tokens", "must be a number of tokens, at least 1")),
        _ => Ok(()),
    }
}

fn rename_max_tokens(draft: &mut Draft<'_>) {
    let Some(value) = draft.body.remove("max_tokens").filter(|value| !value.is_null()) else { return };
    draft.changes.add("fields", "max_tokens", "is max_completion_tokens by now");
    if draft.body.get("max_completion_tokens").is_none() {
        draft.body.set("max_completion_tokens", value);
    }
}

/// `reasoning_effort` and `include_reasoning` are older words for parts of `reasoning`.
fn fold_reasoning(draft: &mut Draft<'_>) {
    let effort = draft.body.remove("reasoning_effort").filter(Value::is_string);
    let include = draft.body.remove("include_reasoning").and_then(|flag| flag.as_bool());
    if effort.is_some() {
        draft.changes.add("reasoning", "reasoning_effort", "was written as reasoning.effort");
    }
    if include.is_some() {
        draft.changes.add("reasoning", "include_reasoning", "was written as reasoning");
    }
    if effort.is_none() && include != Some(false) {
        return;
    }
    if draft.body.get("reasoning").is_none() {
        draft.body.set("reasoning", Value::Object(Object::default()));
    }
    let Some(reasoning) = draft.body.get_mut("reasoning").and_then(Value::object_mut) else { return };
    if let Some(effort) = effort.filter(|_| reasoning.get("effort").is_none() && reasoning.get("max_tokens").is_none()) {
        reasoning.set("effort", effort);
    }
    if include == Some(false) && reasoning.get("exclude").is_none() {
        reasoning.set("exclude", Value::bool(true));
    }
}
