//! What is odd about a request, told before it is sent.

use super::draft::Draft;
use crate::change::Changes;
use crate::config::ClientConfig;
use crate::text::joined;
use crate::value::Value;

/// What catalogs list as parameters, with other names of the same. Any other field is OpenRouter's own or passed on to the provider.
const PARAMETERS: [(&str, &str); 21] = [
    ("tools", "tools"),
    ("tool_choice", "tool_choice"),
    ("prediction", "prediction"),
    ("temperature", "temperature"),
    ("top_p", "top_p"),
    ("top_k", "top_k"),
    ("min_p", "min_p"),
    ("top_a", "top_a"),
    ("frequency_penalty", "frequency_penalty"),
    ("presence_penalty", "presence_penalty"),
    ("repetition_penalty", "repetition_penalty"),
    ("max_completion_tokens", "max_tokens"),
    ("stop", "stop"),
    ("seed", "seed"),
    ("logprobs", "logprobs"),
    ("top_logprobs", "top_logprobs"),
    ("logit_bias", "logit_bias"),
    ("reasoning", "include_reasoning"),
    ("response_format", "structured_outputs"),
    ("parallel_tool_calls", "parallel_tool_calls"),
    ("verbosity", "verbosity"),
];
/// Anthropic's smallest reasoning budget. Any effort takes a share of the limit, but never less.
const MIN_BUDGET_TOKENS: u64 = 1024;
/// What OpenRouter takes in one request.
const MAX_CATEGORIES: usize = 2;
const CATEGORIES: [&str; 15] = [
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

/// Adds the warnings that need the whole body.
pub fn apply(draft: &mut Draft<'_>) {
    unsupported_parameters(draft);
    if draft.model.is_decider() {
        let reason = "a model of decisions takes no chats: chat/completions refuses it, and client.decide asks it";
        draft.warnings.add("decisions", "model", reason);
    }
    // A name that stands for a model, `~...-latest`, is raised to its lowest level by OpenRouter itself.
    let is_off = draft.body.get("reasoning").is_some() && !draft.asks_to_think();
    if is_off && draft.record.reasoning.is_mandatory() && !draft.model.api_id.starts_with('~') {
        draft.warnings.add("reasoning", "reasoning", "this model cannot stop reasoning: OpenRouter answers 400");
    }
    let Some(limit) = draft.body.get("max_completion_tokens").and_then(Value::as_number).map(|limit| limit as u64) else { return };
    if let Some(budget) = reasoning_budget(draft).filter(|budget| *budget >= limit) {
        let reason =
            ["the answer may have ", &limit.to_string(), " tokens, and reasoning alone takes up to ", &budget.to_string()].concat();
        draft.warnings.add("output-limit", "max_completion_tokens", reason);
    }
}

fn reasoning_budget(draft: &Draft<'_>) -> Option<u64> {
    let budget = draft.body.get("reasoning")?.get("max_tokens").and_then(|budget| budget.as_number());
    let floor = (draft.asks_to_think() && draft.model.is_anthropic()).then_some(MIN_BUDGET_TOKENS);
    budget.map(|budget| budget as u64).max(floor)
}

fn unsupported_parameters(draft: &mut Draft<'_>) {
    let Some(supported) = &draft.record.supported_parameters else { return };
    let lists = |name: &str| supported.iter().any(|held| held == name);
    for (name, other) in PARAMETERS {
        if draft.body.get(name).is_some() && !lists(name) && !lists(other) {
            draft.warnings.add("parameters", name, "the model does not list this parameter; OpenRouter leaves it out");
        }
    }
}

/// Categories of the client that OpenRouter drops. Those in the headers of one call are not looked at.
pub fn categories(config: &ClientConfig, draft: &mut Draft<'_>) {
    let own = config.headers.iter().rev().find(|(name, _)| name.eq_ignore_ascii_case("x-openrouter-categories"));
    let sent = match (own, &config.app) {
        (Some((_, value)), _) => value.clone().unwrap_or_default(),
        (None, Some(app)) if draft.route.is_openrouter() => joined(&app.categories, ","),
        _ => return,
    };
    dropped(&sent, &mut draft.warnings);
}

fn dropped(sent: &str, warnings: &mut Changes) {
    let mut taken = 0;
    let is_dropped = |category: &&str| {
        let is_taken = taken < MAX_CATEGORIES && CATEGORIES.contains(category);
        taken += usize::from(is_taken);
        !is_taken
    };
    let named = sent.split(',').map(str::trim_ascii).filter(|category| !category.is_empty());
    let dropped: Vec<String> = named.filter(is_dropped).map(str::to_owned).collect();
    if !dropped.is_empty() {
        let reason = ["OpenRouter takes two of the categories it knows and drops ", &joined(&dropped, ", ")].concat();
        warnings.add("categories", "app.categories", reason);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_known_categories_are_taken_and_the_rest_is_told() {
        for (sent, told) in [
            ("", None),
            ("cli-agent, game", None),
            ("cli-agent,game,legal", Some("legal")),
            ("nonsense,game,CLI-Agent,legal,roleplay", Some("nonsense, CLI-Agent, roleplay")),
        ] {
            let mut warnings = Changes::default();
            dropped(sent, &mut warnings);
            let expected = told.map(|told| ["OpenRouter takes two of the categories it knows and drops ", told].concat());
            assert_eq!(warnings.0.first().map(|warning| warning.reason.to_string()), expected, "{sent}");
        }
    }
}
