//! The body's own fields: params fill in what the request leaves out, old names become today's, OpenAI-only ones go (provider-rules 5.1 to
//! 5.3).

use super::draft::Draft;
use super::reasoning::Level;
use crate::error::Error;
use crate::model_record::Effort;
use crate::names;
use crate::params::{BODY_NAMES, has_strength};
use crate::value::{Object, Value};

const RULE: &str = "openai-only";
/// What native OpenAI shaping would send and a router has no use for. A field of OpenRouter's own schema was asked for, and goes out:
/// `service_tier`, `user`, `metadata`, `verbosity`, `prompt_cache_key`, `prompt_cache_options`.
const OPENAI_ONLY: [&str; 6] = [
    "store",
    "stream_options",
    "prompt_cache_retention",
    "reasoning_summary",
    "text",
    // OpenRouter's own relic: usage comes with every answer.
    "usage",
];

/// Fills in, renames, leaves out.
pub fn apply(draft: &mut Draft<'_>) -> Result<(), Error> {
    rename_max_tokens(draft);
    fold_reasoning(draft);
    if draft.body.get("stop").is_some_and(Value::is_string) {
        draft.changes.add("fields", "stop", "was written as a list");
    }
    // A choice that is set for every request has nothing to say to one without tools.
    let has_tools = draft.tools_mut().is_some_and(|tools| !tools.is_empty());
    for name in BODY_NAMES {
        if draft.body.get(name).is_none()
            && (has_tools || name != "tool_choice")
            && let Some(value) = draft.params.get(name)
        {
            draft.body.set(name, value.clone());
        }
    }
    for name in OPENAI_ONLY {
        if draft.body.remove(name).is_some_and(|value| !value.is_null()) {
            let reason = if name == "store" { "is not sent to OpenRouter" } else { "is not sent to OpenRouter; extraBody can carry it" };
            draft.changes.add(RULE, name, reason);
        }
    }
    // A present null means "not set".
    draft.body.retain(|_, value| !value.is_null());
    if let Some(stop) = draft.body.get("stop").filter(|stop| stop.is_string()).cloned() {
        draft.body.set("stop", Value::Array(vec![stop]));
    }
    if draft.body.get("reasoning").is_some_and(|reasoning| !reasoning.is_object()) {
        return Err(Error::invalid("reasoning", "must be an object; thinking takes a level"));
    }
    let is_tokens = |value: &Value<'_>| value.as_number().is_some_and(|number| number >= 1.0);
    match draft.body.get("max_completion_tokens") {
        Some(value) if !is_tokens(value) => Err(Error::invalid(&draft.limit_name, "must be a number of tokens, at least 1")),
        _ => Ok(()),
    }
}

fn rename_max_tokens(draft: &mut Draft<'_>) {
    let Some(value) = draft.body.remove("max_tokens").filter(|value| !value.is_null()) else { return };
    if draft.body.get("max_completion_tokens").is_some() {
        return draft.warnings.add(names::VALUES, "max_tokens", "counts for nothing beside max_completion_tokens");
    }
    draft.changes.add("fields", "max_tokens", "is max_completion_tokens by now");
    draft.body.set("max_completion_tokens", value);
}

/// `reasoning_effort` and `include_reasoning` are older words for parts of `reasoning`.
fn fold_reasoning(draft: &mut Draft<'_>) {
    if let Some(effort) = draft.body.remove("reasoning_effort").and_then(|effort| effort.str().map(|word| word.into_owned())) {
        draft.changes.add("reasoning", "reasoning_effort", "is reasoning.effort by now");
        // `off` is a level of ours, which the wire does not know.
        let is_off = Level::parse(&effort) == Some(Level::Effort(Effort::None));
        if !effort.is_empty()
            && let Some(reasoning) = reasoning(&mut draft.body).filter(|reasoning| !has_strength(reasoning)).and_then(Value::object_mut)
        {
            reasoning.set("effort", Value::text(if is_off { "none" } else { &effort }));
        }
    }
    let Some(include) = draft.body.remove("include_reasoning").and_then(|flag| flag.as_bool()) else { return };
    draft.changes.add("reasoning", "include_reasoning", "is reasoning.exclude by now");
    if !include
        && let Some(reasoning) = reasoning(&mut draft.body).and_then(Value::object_mut)
        && reasoning.get("exclude").is_none()
    {
        reasoning.set("exclude", Value::bool(true));
    }
}

/// The body's `reasoning`, made where there is none.
fn reasoning<'b, 'a>(body: &'b mut Object<'a>) -> Option<&'b mut Value<'a>> {
    if body.get("reasoning").is_none() {
        body.set("reasoning", Value::Object(Object::default()));
    }
    body.get_mut("reasoning")
}
