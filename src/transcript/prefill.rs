//! The end of a transcript that is the beginning of the answer (provider-rules 6.2).

use crate::change::Changes;
use crate::message::{Message, Role, is_blank, part_text};
use crate::tool_inputs::has_content;
use crate::value::Value;

/// Anthropic refuses an answer that begins with blanks behind it. Nothing is left of one that is blank: the turn before it is what is answered.
pub fn trim_end(messages: &mut Vec<Message<'_>>, changes: &mut Changes) {
    while let Some(last) = messages.last_mut() {
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
        changes.add("prefill", last.place(".content"), reason);
        if !is_kept {
            messages.pop();
        } else if !text.is_empty() || last.parts_mut().is_none() {
            return;
        }
    }
}

/// Whether a turn is the beginning of an answer.
pub fn is_prefill(message: &mut Message<'_>) -> bool {
    if message.role != Role::Assistant || message.has_calls() {
        return false;
    }
    let is_call = |kind: Option<String>| matches!(kind.as_deref(), Some("tool_use" | "toolCall"));
    !message.parts_mut().is_some_and(|parts| parts.iter().any(|part| is_call(part.get_str("type"))))
}
