//! OpenRouter's provider routing from the params (provider-rules 5.6).

use super::draft::Draft;
use crate::value::Value;

/// Sends the merged `provider` of the params, on the verified route, unless the request brings its own.
pub fn apply(draft: &mut Draft<'_>) {
    let is_empty = |provider: &Value<'_>| provider.clone().object_mut().is_some_and(|object| object.is_empty());
    if draft.body.get("provider").is_some_and(is_empty) {
        draft.body.remove("provider");
    }
    let Some(provider) = draft.params.get("provider").filter(|provider| !is_empty(provider)).cloned() else { return };
    if draft.body.has("provider") {
        return;
    }
    if draft.route.is_verified {
        draft.body.set("provider", provider);
    } else {
        draft.warnings.add("routing", "params.provider", "is OpenRouter's own and was not sent to another base URL");
    }
}
