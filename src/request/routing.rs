//! OpenRouter's provider routing from the params (provider-rules 5.6).

use super::draft::Draft;
use crate::params::cleaned;
use crate::value::Value;

const RULE: &str = "routing";

/// Sends the merged `provider` of the params, on the verified route. The request's own is laid over it field by field, or what keeps a
/// client's prompts private (`data_collection`, `zdr`) would be lost with the first request that sorts by price; its `null` takes a field
/// out, and all of it when it stands in place of the object.
pub fn apply(draft: &mut Draft<'_>) {
    let is_empty = |provider: &Value<'_>| provider.clone().object_mut().is_some_and(|object| object.is_empty());
    let common = draft.params.get("provider").filter(|provider| !is_empty(provider)).cloned();
    if draft.is_routing_cleared {
        if common.is_some() {
            draft.changes.add(RULE, "provider", "null: the routing of the params was left out");
        }
        return;
    }
    let mut own = draft.body.remove("provider");
    if own.as_ref().is_some_and(|own| !own.is_object()) {
        // Not ours to judge: it is sent as it came.
        own.into_iter().for_each(|own| draft.body.set("provider", own));
        return;
    }
    if common.is_some() && !draft.route.is_verified {
        draft.warnings.add(RULE, "params.provider", "is OpenRouter's own and was not sent to another base URL");
    }
    let Some(mut common) = common.filter(|_| draft.route.is_verified) else {
        let own = own.filter(|own| !is_empty(own));
        own.into_iter().for_each(|own| draft.body.set("provider", own));
        return;
    };
    if let (Some(own), Some(common)) = (own.as_mut().and_then(Value::object_mut), common.object_mut()) {
        for (name, value) in own.fields() {
            match value.is_null() {
                true => drop(common.remove(&name)),
                false => common.set(&name, value.clone()),
            }
        }
    }
    let merged = cleaned(common);
    if !merged.is_empty() {
        draft.body.set("provider", Value::Object(merged));
    }
}
