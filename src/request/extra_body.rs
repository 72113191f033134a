//! `extraBody`: copied over everything, but for `store` (provider-rules 5.7).

use super::draft::Draft;
use crate::value::Value;

/// The last word: plain assignment. `messages` it brings replace the prepared ones.
pub fn apply(draft: &mut Draft<'_>) {
    if let Some(arguments) = draft.params.get("chat_template_kwargs").cloned() {
        draft.body.set("chat_template_kwargs", arguments);
    }
    let extra = draft.params.get("extra_body").cloned();
    let own = ["extra_body", "extraBody"].iter().find_map(|name| draft.body.remove(name));
    ["extra_body", "extraBody"].iter().for_each(|name| drop(draft.body.remove(name)));
    for layer in [extra, own].into_iter().flatten() {
        let mut layer = layer;
        let Some(fields) = layer.object_mut() else { continue };
        for (name, value) in fields.fields() {
            if matches!(name.as_ref(), "model" | "messages" | "stream") {
                draft.warnings.add("extra-body", ["extraBody.", &name].concat(), "overrides what was prepared");
            }
            if !matches!(name.as_ref(), "__proto__" | "prototype" | "constructor") {
                draft.body.set(&name, value.clone());
            }
        }
    }
    draft.body.remove("store");
    draft.body.retain(|_, value| !matches!(value, Value::Json(json) if json == "null"));
}
