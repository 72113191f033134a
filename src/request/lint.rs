//! What is odd about a request, told before it is sent.

use super::draft::Draft;
use super::reasoning::Level;
use crate::model_record::Effort;
use crate::value::Value;

/// Fields that are OpenRouter's own and no model's parameter.
const ROUTER_FIELDS: [&str; 16] = [
    "model",
    "models",
    "messages",
    "stream",
    "provider",
    "plugins",
    "route",
    "preset",
    "session_id",
    "trace",
    "debug",
    "modalities",
    "tool_choice",
    "cache_control",
    "transforms",
    "chat_template_kwargs",
];
/// Anthropic's smallest reasoning budget, and what OpenRouter takes an effort for, in percent of the limit.
const MIN_BUDGET_TOKENS: u64 = 1024;

/// Adds the warnings that need the whole draft.
pub fn apply(draft: &mut Draft<'_>, level: Option<Level>) {
    unsupported_parameters(draft);
    let is_off = draft.body.get("reasoning").is_some_and(|reasoning| {
        reasoning.get("effort").is_some_and(|effort| effort.is("none"))
            || reasoning.get("enabled").is_some_and(|flag| flag.as_bool() == Some(false))
    });
    if is_off && draft.record.reasoning.is_mandatory() && level != Some(Level::Effort(Effort::None)) {
        draft.warnings.add("reasoning", "reasoning", "this model cannot stop reasoning: OpenRouter answers 400");
    }
    let Some(limit) = draft.body.get("max_completion_tokens").and_then(Value::as_number).map(|limit| limit as u64) else { return };
    if let Some(budget) = reasoning_budget(draft, limit).filter(|budget| *budget >= limit) {
        let reason =
            ["the answer may have ", &limit.to_string(), " tokens, and reasoning alone takes up to ", &budget.to_string()].concat();
        draft.warnings.add("output-limit", "max_completion_tokens", reason);
    }
}

fn reasoning_budget(draft: &Draft<'_>, limit: u64) -> Option<u64> {
    let reasoning = draft.body.get("reasoning")?;
    if let Some(budget) = reasoning.get("max_tokens").and_then(|budget| budget.as_number()) {
        return Some(budget as u64);
    }
    // A share of the limit is below the limit but for Anthropic's floor.
    let asks = draft.asks_to_think() && draft.model.is_anthropic();
    asks.then(|| limit.min(MIN_BUDGET_TOKENS).max(if limit <= MIN_BUDGET_TOKENS { MIN_BUDGET_TOKENS } else { 0 }))
}

fn unsupported_parameters(draft: &mut Draft<'_>) {
    let Some(supported) = draft.record.supported_parameters.clone() else { return };
    let is_known = |name: &str| {
        let other = match name {
            "max_completion_tokens" => "max_tokens",
            "reasoning" => "include_reasoning",
            other => other,
        };
        supported.iter().any(|held| held == name || held == other)
    };
    let odd: Vec<String> = draft
        .body
        .fields()
        .map(|(name, _)| name.into_owned())
        .filter(|name| !ROUTER_FIELDS.contains(&name.as_str()) && !is_known(name))
        .collect();
    for name in odd {
        draft.warnings.add("parameters", name, "the model does not list this parameter; OpenRouter ignores it");
    }
}

/// Categories that OpenRouter drops: it takes two a request, of the ones it knows.
pub fn categories(categories: &str, warnings: &mut crate::change::Changes) {
    const KNOWN: [&str; 15] = [
        "cli-agent",
        "ide-extension",
        "cloud-agent",
        "programming-app",
        "native-app-builder",
        "creative-writing",
        "video-gen",
        "image-gen",
        "audio-gen",
        "writing-assistant",
        "general-chat",
        "personal-agent",
        "legal",
        "roleplay",
        "game",
    ];
    let mut taken = 0;
    for category in categories.split(',').map(str::trim_ascii).filter(|category| !category.is_empty()) {
        let reason = match () {
            () if category.len() > 30 || !KNOWN.contains(&category) => "OpenRouter does not know this category and drops it",
            () if taken == 2 => "OpenRouter takes two categories a request and drops this one",
            () => {
                taken += 1;
                continue;
            }
        };
        warnings.add("categories", ["app.categories: ", category].concat(), reason);
    }
}
