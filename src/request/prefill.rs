//! Anthropic takes no prefilled answer while it reasons, and none with blanks behind it (provider-rules 6.2).

use super::draft::Draft;
use super::extra_body::field;
use crate::model_ref::ModelRef;
use crate::transcript::prefill::is_prefill;
use crate::value::Value;

/// Whether the repairs have to look at the end of the transcript: it is a prefilled answer, and a model of Anthropic may be asked. Any of the
/// models that OpenRouter may ask gets the same messages.
pub fn is_to_be_trimmed(draft: &mut Draft<'_>) -> bool {
    if !draft.messages.last_mut().is_some_and(is_prefill) {
        return false;
    }
    let is_anthropic =
        |model: Value<'_>| model.str().is_some_and(|model| ModelRef::parse(&model).is_some_and(|model| model.is_anthropic()));
    let any = |name: &str| {
        let listed = field(draft, name).map(|listed| if listed.is_array() { listed.to_items() } else { vec![listed.clone()] });
        listed.into_iter().flatten().any(is_anthropic)
    };
    draft.model.is_anthropic() || any("models") || any("model")
}

/// Drops trailing assistant turns without calls, on the verified route, while the body asks to think.
pub fn apply(draft: &mut Draft<'_>) {
    if !draft.model.is_anthropic() || !draft.route.is_verified || !draft.asks_to_think() {
        return;
    }
    while draft.messages.last_mut().is_some_and(is_prefill) {
        if let Some(message) = draft.messages.pop() {
            draft.changes.add("prefill", message.place(""), "Anthropic models that reason take no prefilled answer: the turn was left out");
        }
    }
}
