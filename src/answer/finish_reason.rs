//! The reasons for which an answer ends, OpenRouter's and the providers' own words for them.

/// Whether a reason is one of these, by its letters alone: `content_filter`, `contentFilter`, `FINISH_REASON_CONTENT_FILTER`.
pub fn is_one_of(reason: &str, words: &str) -> bool {
    let letters: String = reason.chars().filter(char::is_ascii_alphanumeric).map(|char| char.to_ascii_lowercase()).collect();
    let bare = letters.strip_prefix("finishreason").unwrap_or(&letters);
    words.split('|').any(|word| word == bare)
}

/// The finish reasons, OpenRouter's and the providers' own, that tell of a length limit, by their letters alone. Routers rewrite the first one to
/// `tool_calls` while the second still says what happened.
pub const LENGTHS: &str = "length|maxtokens|maxoutputtokens|modellength|maxcompletiontokens|tokenlimit|modelcontextwindowexceeded";

/// Reasons by which a provider says that it keeps an answer back, mostly beside a `finish_reason` of `stop`.
pub const BLOCKS: &str = "contentfilter|contentfiltered|contentpolicyviolation|policyviolation|moderation|blocked|safety|recitation|blocklist|\
    prohibitedcontent|spii|imagesafety|imageprohibitedcontent|imagerecitation|guardrailintervened|guardrailintervention|refusal|sensitive|errortoxic";

/// Reasons that say the same where there is no answer beside them.
pub const BLOCKS_OF_ALL: &str = "other|language|modelarmor|noimage";

/// Reasons by which it says that it broke down, or could not write what it was to write.
pub const FAILURES: &str = "error|networkerror|insufficientsystemresource|malformedfunctioncall|malformedresponse|unexpectedtoolcall|\
    missingthoughtsignature";
