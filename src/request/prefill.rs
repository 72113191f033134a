//! Anthropic takes no prefilled answer while it reasons (provider-rules 6.2).

use super::draft::Draft;
use super::extra_body::field;
use crate::message::{Message, Role, is_blank, part_text};
use crate::model_ref::ModelRef;
use crate::transcript::tool_inputs::has_content;
use crate::value::Value;

/// Anthropic refuses an answer that begins with blanks behind it. Nothing is left of one that is blank: the turn before it is what is answered.
#[inline(never)]
fn trim_end(draft: &mut Draft<'_>) {
    while let Some(last) = draft.messages.last_mut() {
        if !is_prefill(last) {
            return;
        }
        let of_parts = last.parts_mut().and_then(|parts| parts.last_mut());
        let text = match &of_parts {
            Some(part) => part_text(part),
            None => last.content_text().map(|text| text.into_owned()),
        };
        let Some(mut text) = text else { return };
        let length = text.len();
        while text.chars().next_back().is_some_and(|letter| is_blank(letter.encode_utf8(&mut [0; 4]))) {
            text.pop();
        }
        if text.len() == length && length > 0 {
            return;
        }
        match last.parts_mut() {
            Some(parts) if text.is_empty() => drop(parts.pop()),
            Some(parts) => {
                if let Some(part) = parts.last_mut().and_then(Value::object_mut) {
                    part.set("text", Value::text(&text));
                }
            }
            None => last.fields.set("content", Value::text(&text)),
        }
        last.touch();
        let is_kept = has_content(last);
        let reason = match is_kept {
            true => "blanks behind a prefilled answer were left out: Anthropic refuses them",
            false => "a prefilled answer that is blank was left out: Anthropic refuses it, and the turn before it is answered anew",
        };
        draft.changes.add("prefill", last.place(".content"), reason);
        if is_kept {
            return;
        }
        draft.messages.pop();
    }
}

/// Drops trailing assistant turns without calls, on the verified route, while the body asks to think.
pub fn apply(draft: &mut Draft<'_>) {
    let is_anthropic = draft.model.is_anthropic();
    // Any of the models that OpenRouter may ask gets the same messages.
    let any = |name: &str| {
        let listed = field(draft, name).map(|listed| if listed.is_array() { listed.to_items() } else { vec![listed.clone()] });
        listed
            .into_iter()
            .flatten()
            .any(|model| model.str().is_some_and(|model| ModelRef::parse(&model).is_some_and(|model| model.is_anthropic())))
    };
    if is_anthropic || any("models") || any("model") {
        trim_end(draft);
    }
    if !is_anthropic || !draft.route.is_verified || !draft.asks_to_think() {
        return;
    }
    while draft.messages.last_mut().is_some_and(is_prefill) {
        if let Some(message) = draft.messages.pop() {
            draft.changes.add("prefill", message.place(""), "Anthropic models that reason take no prefilled answer: the turn was left out");
        }
    }
}

fn is_prefill(message: &mut Message<'_>) -> bool {
    if message.role != Role::Assistant || message.has_calls() {
        return false;
    }
    let is_call = |kind: Option<String>| matches!(kind.as_deref(), Some("tool_use" | "toolCall"));
    !message.parts_mut().is_some_and(|parts| parts.iter().any(|part| is_call(part.get_str("type"))))
}
