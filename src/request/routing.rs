//! OpenRouter's provider routing from the params (provider-rules 5.6).

use super::draft::Draft;
use crate::value::Value;

/// Sends the merged `provider` of the params, on the verified route, unless the request brings its own.
pub fn apply(draft: &mut Draft<'_>) {
    let Some(provider) = draft.params.get("provider").cloned() else { return };
    let is_empty = provider.clone().object_mut().is_none_or(|object| object.is_empty());
    if is_empty || draft.body.get("provider").is_some() {
        return;
    }
    if draft.route.is_verified {
        draft.body.set("provider", provider);
    } else {
        draft.warnings.add("routing", "params.provider", "is OpenRouter's own and was not sent to another base URL");
    }
}

/// Keys of a `provider` that would reach an object's prototype go: the request's own is the caller's otherwise.
pub fn is_hostile_key(key: &str) -> bool {
    matches!(key, "__proto__" | "prototype" | "constructor")
}

/// Drops hostile keys at the top of an object.
pub fn drop_hostile_keys(value: &mut Value<'_>) {
    if let Some(object) = value.object_mut() {
        object.retain(|key, _| !is_hostile_key(key));
    }
}
