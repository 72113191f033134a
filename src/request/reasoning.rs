//! How strongly the model is asked to think, for every kind of model (provider-rules 6).

use super::draft::Draft;
use crate::model_record::{Effort, Reasoning};
use crate::model_ref::ModelRef;
use crate::params::has_strength;
use crate::value::{Object, Value};

const RULE: &str = "reasoning";

/// What the caller asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// One of the efforts; `off` is [`Effort::None`].
    Effort(Effort),
    /// As the model sees fit.
    Adaptive,
}

impl Level {
    /// Reads a level by its name or the way people say it.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word.trim_ascii().to_ascii_lowercase().as_str() {
            "off" | "none" | "false" => Self::Effort(Effort::None),
            "minimal" | "think" => Self::Effort(Effort::Minimal),
            "low" | "on" => Self::Effort(Effort::Low),
            "medium" => Self::Effort(Effort::Medium),
            "high" | "ultrathink" => Self::Effort(Effort::High),
            "xhigh" => Self::Effort(Effort::XHigh),
            "max" | "ultra" => Self::Effort(Effort::Max),
            "adaptive" | "auto" => Self::Adaptive,
            _ => return None,
        })
    }
}

/// The `reasoning` that goes on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wire {
    /// `{effort}`.
    Effort(Effort),
    /// `{enabled}`.
    Enabled(bool),
}

/// The table. `None`: no `reasoning` field at all.
pub fn wire(model: &ModelRef, reasoning: &Reasoning, level: Option<Level>) -> Option<Wire> {
    use Effort::{High, Max, Medium, None as Off, XHigh};
    if model.is_auto() || model.is_hunter_alpha() {
        return None;
    }
    let effort = level.map(|level| match level {
        Level::Effort(effort) => effort,
        // A model of which nothing is known is asked for the middle.
        Level::Adaptive if !reasoning.is_known() && !model.is_deepseek_v4() => Medium,
        Level::Adaptive => High,
    });
    let deepseek = Reasoning::Efforts { supported: vec![High, XHigh], is_mandatory: false };
    let reasoning = if model.is_deepseek_v4() && !matches!(reasoning, Reasoning::Efforts { .. }) { &deepseek } else { reasoning };
    match (reasoning, effort) {
        (Reasoning::No | Reasoning::Binary { .. }, None) => None,
        (Reasoning::No, Some(Off)) => None,
        (Reasoning::No, Some(effort)) => Some(Wire::Effort(if effort == Max { XHigh } else { effort })),
        (Reasoning::Yes, effort) => Some(Wire::Effort(effort.unwrap_or(High).min(High))),
        (Reasoning::Binary { is_mandatory }, Some(effort)) => Some(Wire::Enabled(*is_mandatory || effort != Off)),
        (Reasoning::Efforts { is_mandatory: false, .. }, Some(Off)) => Some(Wire::Effort(Off)),
        (Reasoning::Efforts { supported, .. }, effort) => {
            let wanted = effort.unwrap_or(High);
            let at_or_below = supported.iter().rev().find(|effort| **effort <= wanted);
            at_or_below.or(supported.first()).map(|effort| Wire::Effort(*effort))
        }
    }
}

/// Writes `reasoning`. One that the request brings is kept when it says how strongly to think.
pub fn apply(draft: &mut Draft<'_>, level: Option<Level>) {
    if draft.body.get("reasoning").is_some_and(has_strength) {
        let effort = draft.body.get("reasoning").and_then(|reasoning| reasoning.get_str("effort"));
        let says_the_same = |level| matches!(level, Level::Effort(asked) if effort.as_deref() == Some(asked.as_str()));
        if level.is_some_and(|level| !says_the_same(level)) {
            draft.warnings.add(RULE, "thinking", "counts for nothing beside a reasoning that says how strongly to think");
        }
        fit_deepseek(draft);
        return;
    }
    // V4 does by itself as the catalog lists it: a level is named only when one is asked for.
    if level.is_none() && draft.model.is_deepseek_v4() && draft.record.has_catalog_efforts {
        return;
    }
    let Some(wire) = wire(&draft.model, &draft.record.reasoning, level) else { return };
    if level == Some(Level::Effort(Effort::None)) && draft.record.reasoning.is_mandatory() {
        draft.warnings.add(RULE, "thinking", "this model cannot stop reasoning; its lowest level is asked for");
    }
    if draft.body.get("reasoning").is_none() {
        draft.body.set("reasoning", Value::Object(Object::default()));
    }
    let Some(reasoning) = draft.body.get_mut("reasoning").and_then(Value::object_mut) else { return };
    match wire {
        Wire::Effort(effort) => reasoning.set("effort", Value::text(effort.as_str())),
        Wire::Enabled(flag) => reasoning.set("enabled", Value::bool(flag)),
    }
}

/// DeepSeek V4 knows three efforts: any other word is brought to one of them.
fn fit_deepseek(draft: &mut Draft<'_>) {
    if !draft.model.is_deepseek_v4() {
        return;
    }
    let Some(reasoning) = draft.body.get_mut("reasoning").and_then(Value::object_mut) else { return };
    let asked = reasoning.str("effort").and_then(|effort| Effort::parse(&effort));
    if let Some(asked) = asked
        && let Some(Wire::Effort(effort)) = wire(&draft.model, &draft.record.reasoning, Some(Level::Effort(asked)))
        && effort != asked
    {
        reasoning.set("effort", Value::text(effort.as_str()));
        draft.changes.add(RULE, "reasoning.effort", "was brought to an effort that DeepSeek V4 knows");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One row: the model, what is known, and the cells for none given, off, minimal, low, medium, high, xhigh, max.
    type Row<'r> = (&'r str, Reasoning, [&'r str; 8]);

    #[test]
    fn every_cell_of_the_table() {
        use Effort::*;
        let efforts = |supported: &[Effort], is_mandatory| Reasoning::Efforts { supported: supported.to_vec(), is_mandatory };
        let all = [Minimal, Low, Medium, High, XHigh, Max];
        let table: [Row<'_>; 13] = [
            ("a/b", Reasoning::Yes, ["high", "none", "minimal", "low", "medium", "high", "high", "high"]),
            ("a/b", Reasoning::No, ["-", "-", "minimal", "low", "medium", "high", "xhigh", "xhigh"]),
            ("openrouter/auto", Reasoning::No, ["-"; 8]),
            ("openrouter/hunter-alpha", Reasoning::Yes, ["-"; 8]),
            ("a/b", efforts(&[Low, Medium, High], false), ["high", "none", "low", "low", "medium", "high", "high", "high"]),
            ("a/b", efforts(&[Low, High], true), ["high", "low", "low", "low", "low", "high", "high", "high"]),
            ("a/b", efforts(&all, false), ["high", "none", "minimal", "low", "medium", "high", "xhigh", "max"]),
            ("a/b", Reasoning::Binary { is_mandatory: false }, ["-", "off", "on", "on", "on", "on", "on", "on"]),
            ("a/b", Reasoning::Binary { is_mandatory: true }, ["-", "on", "on", "on", "on", "on", "on", "on"]),
            ("deepseek/deepseek-v4-pro", Reasoning::No, ["high", "none", "high", "high", "high", "high", "xhigh", "xhigh"]),
            ("deepseek/deepseek-v4-flash", Reasoning::Yes, ["high", "none", "high", "high", "high", "high", "xhigh", "xhigh"]),
            (
                "deepseek/deepseek-v4-pro:free",
                efforts(&[High, XHigh], false),
                ["high", "none", "high", "high", "high", "high", "xhigh", "xhigh"],
            ),
            ("x-ai/grok-4", Reasoning::Yes, ["high", "none", "minimal", "low", "medium", "high", "high", "high"]),
        ];
        let levels = ["", "off", "minimal", "low", "medium", "high", "xhigh", "max"];
        for (model, reasoning, cells) in table {
            for (level, cell) in levels.iter().zip(cells) {
                let got = match wire(&ModelRef::parse(model).unwrap(), &reasoning, Level::parse(level)) {
                    Option::None => "-",
                    Some(Wire::Effort(effort)) => effort.as_str(),
                    Some(Wire::Enabled(true)) => "on",
                    Some(Wire::Enabled(false)) => "off",
                };
                assert_eq!(got, cell, "{model} {reasoning:?} {level}");
            }
        }
    }

    #[test]
    fn levels_are_read_as_people_say_them() {
        for (word, level) in [
            ("on", Level::Effort(Effort::Low)),
            ("think", Level::Effort(Effort::Minimal)),
            (" UltraThink ", Level::Effort(Effort::High)),
            ("ultra", Level::Effort(Effort::Max)),
            ("auto", Level::Adaptive),
            ("none", Level::Effort(Effort::None)),
        ] {
            assert_eq!(Level::parse(word), Some(level), "{word}");
        }
        assert_eq!(Level::parse("loud"), None);
        let adaptive = |reasoning| wire(&ModelRef::parse("a/b").unwrap(), &reasoning, Some(Level::Adaptive));
        assert_eq!(adaptive(Reasoning::No), Some(Wire::Effort(Effort::Medium)));
        assert_eq!(adaptive(Reasoning::Yes), Some(Wire::Effort(Effort::High)));
    }
}
