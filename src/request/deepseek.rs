//! DeepSeek V4's replay of earlier turns (provider-rules 6.1).

use super::draft::Draft;
use crate::change::Changes;
use crate::message::{Message, Role};
use crate::value::Value;

const RULE: &str = "deepseek-replay";

/// Whether the rule applies.
pub fn applies(draft: &Draft<'_>) -> bool {
    draft.model.is_deepseek_v4() && draft.route.is_verified
}

/// Leaves out what V4 does not know, and sees to `reasoning_content` of every turn.
pub fn apply(draft: &mut Draft<'_>) {
    if !applies(draft) {
        return;
    }
    if draft.body.remove("thinking").is_some() {
        draft.changes.add(RULE, "thinking", "DeepSeek V4 takes reasoning.effort instead");
    }
    draft.thinks = draft.body.get("reasoning").is_none() || draft.asks_to_think();
    for message in &mut draft.messages {
        fit(message, draft.thinks, &mut draft.changes);
    }
}

/// One turn: while it thinks, one without calls has the field, empty where nothing is known; when it does not, no turn has it.
/// `reasoning` is another name of the field, which OpenRouter takes as well.
pub fn fit(message: &mut Message<'_>, thinks: bool, changes: &mut Changes) {
    if !thinks {
        if message.fields.remove("reasoning_content").is_some() {
            message.touch();
            changes.add(RULE, message.place(".reasoning_content"), "the model is not to think: earlier thoughts were left out");
        }
    } else if message.role == Role::Assistant
        && !message.has_calls()
        && !["reasoning_content", "reasoning"].iter().any(|name| message.fields.slot(name).is_some_and(Value::is_string))
    {
        message.fields.set("reasoning_content", Value::text(""));
        message.touch();
        changes.add(RULE, message.place(".reasoning_content"), "DeepSeek V4 wants the field in every turn without calls");
    }
}
