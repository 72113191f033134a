//! Anthropic takes no prefilled answer while it reasons (provider-rules 6.2).

use super::draft::Draft;
use crate::message::{Message, Role};

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

fn is_prefill(message: &mut Message<'_>) -> bool {
    if message.role != Role::Assistant || message.has_calls() {
        return false;
    }
    let is_call = |kind: Option<String>| matches!(kind.as_deref(), Some("tool_use" | "toolCall"));
    !message.parts_mut().is_some_and(|parts| parts.iter().any(|part| is_call(part.get_str("type"))))
}
