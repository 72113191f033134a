//! `extraBody`: copied over everything, but for `store` (provider-rules 5.7).

use super::draft::Draft;
use crate::error::Error;
use crate::message::MOST_FIELDS;
use crate::params::{Params, is_hostile_key};
use crate::value::{Object, Value};

/// Takes it out of the request: its own fields over those of the params, name by name.
pub fn take<'a>(body: &mut Object<'a>, params: &Params<'a>) -> Result<Object<'a>, Error> {
    let own = ["extra_body", "extraBody"].map(|name| body.remove(name).filter(|value| !value.is_null()));
    let mut extra = Object::default();
    for layer in [params.get("extra_body").cloned(), own.into_iter().flatten().next()] {
        let Some(mut layer) = layer else { continue };
        let Some(fields) = layer.object_mut() else { return Err(Error::invalid("extraBody", "must be an object")) };
        if fields.len() > MOST_FIELDS {
            return Err(Error::invalid("extraBody", "has more than 1000 fields"));
        }
        for (name, value) in fields.fields().filter(|(name, _)| !is_hostile_key(name)) {
            extra.set(&name, value.clone());
        }
    }
    Ok(extra)
}

/// The last word: plain assignment, where `null` takes a field out. `messages` it brings replace the prepared ones. Only
/// `parallel_tool_calls` of the request and of the params come after it.
pub fn apply(draft: &mut Draft<'_>) {
    if draft.body.get("chat_template_kwargs").is_none()
        && let Some(arguments) = draft.params.get("chat_template_kwargs")
    {
        draft.body.set("chat_template_kwargs", arguments.clone());
    }
    let parallel = draft.body.remove("parallel_tool_calls");
    for (name, value) in core::mem::take(&mut draft.extra).fields() {
        match name.as_ref() {
            "store" => {
                if !value.is_null() {
                    draft.changes.add("openai-only", "extraBody.store", "is not sent to OpenRouter");
                }
                continue;
            }
            // The settings that keep a client's prompts private go with it.
            "provider" if draft.body.get("provider").is_none() => {}
            "model" | "messages" | "stream" | "provider" => {
                draft.warnings.add("extra-body", ["extraBody.", &name].concat(), "overrides what was prepared");
            }
            _ => {}
        }
        if value.is_null() {
            draft.body.remove(&name);
        } else {
            draft.body.set(&name, value.clone());
        }
    }
    if draft.body.get("tools").is_none() {
        if parallel.is_some() {
            draft.changes.add("tools", "parallel_tool_calls", "there is no tool to call");
        }
    } else if let Some(parallel) = parallel.or_else(|| draft.params.get("parallel_tool_calls").cloned()) {
        draft.body.set("parallel_tool_calls", parallel);
    }
}

/// The value of a field that is going to be copied, else the body's.
pub fn field<'d, 'a>(draft: &'d Draft<'a>, name: &str) -> Option<&'d Value<'a>> {
    draft.extra.get(name).or_else(|| draft.body.get(name))
}
