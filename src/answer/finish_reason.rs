//! The reasons for which an answer ends, OpenRouter's and the providers' own words for them.

use crate::text::find;

/// What a reason says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The provider broke down, or could not write what it was to write.
    Failure,
    /// A limit of length was reached. Routers rewrite the finish reason to `tool_calls` while the native one still says so.
    Length,
    /// The provider keeps an answer back, mostly beside a `finish_reason` of `stop`.
    Block,
    /// The same where there is no answer beside it.
    BlockOfAll,
    /// The model was through, or calls tools.
    Through,
    /// Nobody knows.
    Other,
}

/// By parts of their words, the first that is found: every provider spells its own, and finds new ones.
const WORDS: [(&str, End); 6] = [
    ("ratelimit", End::Failure),
    ("length|max|limit|tokens|window|incomplete", End::Length),
    (
        "filter|policy|moderat|block|safety|recitation|prohibited|spii|guardrail|refusal|sensitive|toxic|jailbreak|language|armor",
        End::Block,
    ),
    ("error|malformed|insufficient|unexpected|toomany|missing|timeout|abort|fail|cancel|unavailable|overload", End::Failure),
    ("other|noimage", End::BlockOfAll),
    ("stop|end|eos|complet|finished|normal|natural|tool|function", End::Through),
];

/// What a reason says, by its letters alone: `content_filter`, `contentFilter`, `FINISH_REASON_CONTENT_FILTER`.
pub fn end_of(reason: &str) -> End {
    let letters: String = reason.chars().filter(char::is_ascii_alphanumeric).map(|char| char.to_ascii_lowercase()).collect();
    let says = |(words, _): &&(&str, End)| words.split('|').any(|word| find(&letters, word).is_some());
    WORDS.iter().find(says).map_or(End::Other, |(_, end)| *end)
}
