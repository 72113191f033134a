//! DeepSeek V4's replay of earlier turns (provider-rules 6.1).

use super::draft::Draft;
use crate::message::{Message, Role};
use crate::model_ref::ModelRef;
use crate::value::Value;

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
        draft.changes.add("deepseek-replay", "thinking", "DeepSeek V4 takes reasoning.effort instead");
    }
    let thinks = draft.body.get("reasoning").is_none() || draft.asks_to_think();
    for message in &mut draft.messages {
        fit(message, thinks);
    }
}

/// One turn: while it thinks, one without calls has the field, empty where nothing is known; when it does not, no turn has it.
pub fn fit(message: &mut Message<'_>, thinks: bool) {
    if !thinks {
        if message.fields.remove("reasoning_content").is_some() {
            message.touch();
        }
    } else if message.role == Role::Assistant
        && !message.has_calls()
        && !["reasoning_content", "reasoning"].iter().any(|name| message.fields.slot(name).is_some_and(Value::is_string))
    {
        message.fields.set("reasoning_content", Value::text(""));
        message.touch();
    }
}

/// Whether a model's turns are to be fitted when they are added later.
pub fn is_for(model: &ModelRef) -> bool {
    model.is_deepseek_v4()
}
