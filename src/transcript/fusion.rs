//! What `openrouter/fusion` is told of its own panel (provider-rules 5.8).

use crate::change::Changes;
use crate::message::{Message, Role, text_part};
use crate::value::Value;

const MAX_ID_UNITS: usize = 256;

/// Adds the note on these plugins of the request to the system prompt, behind its cache boundary.
pub fn apply(plugins: &Value<'_>, messages: &mut Vec<Message<'_>>, changes: &mut Changes) {
    let Some(note) = note(plugins).filter(|_| !messages.is_empty()) else { return };
    changes.add("fusion", "messages", "the system prompt was told of the panel");
    match messages.iter_mut().find(|message| message.role == Role::System) {
        Some(system) => {
            match system.parts_mut() {
                Some(parts) => parts.push(text_part(&note)),
                None => {
                    let text = system.content_text().filter(|text| !text.is_empty()).map(|text| [&text, "\n\n", &note].concat());
                    system.fields.set("content", Value::Text(text.unwrap_or(note)));
                }
            }
            system.touch();
        }
        None => messages.insert(0, Message::text(Role::System, &note)),
    }
}

fn note(plugins: &Value<'_>) -> Option<String> {
    let plugins = plugins.to_items();
    let panel = plugins.iter().find(|plugin| plugin.get("id").is_some_and(|id| id.is("fusion")))?;
    if panel.get("enabled").is_some_and(|flag| flag.as_bool() == Some(false)) {
        return None;
    }
    let models = panel.get("analysis_models").map(|models| models.to_items()).unwrap_or_default();
    let models: Vec<String> = models.iter().filter_map(|model| model.str().and_then(|id| shown(&id))).collect();
    let judge = panel.get_str("model").and_then(|id| shown(&id));
    if models.is_empty() && judge.is_none() {
        return None;
    }
    let mut note = String::from("## OpenRouter Fusion Configuration\nThis request is answered by a panel of models.");
    if !models.is_empty() {
        note.push_str("\nAnalysis models: ");
        note.push_str(&models.join(", "));
        note.push('.');
    }
    if let Some(judge) = judge {
        note.push_str("\nFinal Fusion model: ");
        note.push_str(&judge);
        note.push('.');
    }
    Some(note)
}

/// An id as it may be shown: no control characters, no line separators, at most 256 UTF-16 units.
fn shown(id: &str) -> Option<String> {
    let mut units = 0;
    let is_hidden = |c: char| c < ' ' || ('\u{7f}'..='\u{9f}').contains(&c) || c == '\u{2028}' || c == '\u{2029}';
    let clean: String = id.chars().filter(|c| !is_hidden(*c)).collect();
    let cut: String = clean
        .trim_ascii()
        .chars()
        .take_while(|c| {
            units += c.len_utf16();
            units <= MAX_ID_UNITS
        })
        .collect();
    (!cut.is_empty()).then_some(cut)
}
