//! Token counts and cost of an answer, read as OpenRouter and the providers behind it spell them.

use crate::decimal::{MOST_TOKENS, MOST_USD};
use crate::json::{Raw, Reader};
use crate::json_string::json_of;
use crate::record::{Verbatim, Writes};
use crate::text::without_last;

/// Appends the public usage object: input without cached tokens, cost in USD as billed, `raw` as it came.
///
/// Source: provider-rules 9.5. A cost that is negative, no number or beyond belief is left out.
pub fn write_usage(usage: Raw<'_>, out: &mut String) {
    let [input, output, cache_read, cache_write, reasoning] = tokens(usage);
    let cost = usage.field("cost").filter(is_cost).map(Raw::json).unwrap_or_default();
    // The digits as they came, so that nothing drifts; a numeric string loses its quotes, and must be a number then.
    let cost = without_last(cost.strip_prefix('"').unwrap_or(&cost), b'"').trim_ascii();
    let crossed = CrossedUsage {
        // Token counts are whole and far below 2^53.
        input_tokens: input as u64,
        output_tokens: output as u64,
        cache_read_tokens: cache_read as u64,
        cache_write_tokens: cache_write as u64,
        reasoning_tokens: reasoning as u64,
        total_tokens: (input + output + cache_read + cache_write) as u64,
        cost: if Reader::document(cost.as_bytes()).is_ok() { Some(Verbatim(cost)) } else { None },
        raw: usage,
    };
    crossed.write(out);
}

openrouter_wire::record! {
    /// What an answer used.
    pub struct CrossedUsage<'a>: writes {
        /// Without cached ones.
        input_tokens: u64,
        output_tokens: u64,
        cache_read_tokens: u64,
        cache_write_tokens: u64,
        reasoning_tokens: u64,
        total_tokens: u64,
        /// USD, in the digits in which it came.
        cost: Option<Verbatim<'a>> as "number",
        raw: Raw<'a> as "Record<string, unknown>",
    }
}

/// What counts are called: some servers fill the one and not the other.
const COUNTS: [&str; 5] = [
    "prompt_tokens input_tokens",
    "completion_tokens output_tokens",
    "prompt_tokens_details.cached_tokens prompt_cache_hit_tokens cache_read_input_tokens input_tokens_details.cached_tokens",
    "prompt_tokens_details.cache_write_tokens cache_creation_input_tokens",
    "completion_tokens_details.reasoning_tokens reasoning_tokens output_tokens_details.reasoning_tokens",
];

/// Input without cached tokens, output, read from the cache, written to it, thought.
fn tokens(usage: Raw<'_>) -> [f64; 5] {
    let field = |name: &str| match name.split_once('.') {
        Some((group, name)) => usage.field(group)?.field(name),
        None => usage.field(name),
    };
    let mut counts = COUNTS.map(|names| {
        names.split(' ').filter_map(field).filter_map(Raw::number).find(|count| *count > 0.0 && *count <= MOST_TOKENS).unwrap_or(0.0)
    });
    // Anthropic counts them beside its input.
    let cached = counts[2] + counts[3];
    if cached <= counts[0] || usage.field("prompt_tokens").is_some() {
        counts[0] = (counts[0] - cached).max(0.0);
    }
    counts
}

/// Whether a usage says anything: a number above zero or a cost. Some servers send an empty one, or one of zeros, before or behind the real.
pub fn counts(usage: Raw<'_>) -> bool {
    usage.is_object() && (says_something(usage) || has_cost(usage))
}

/// Whether it says that money was taken, or that there was an answer to take it for.
pub fn is_billed(usage: Raw<'_>) -> bool {
    above_zero(usage.field("cost").filter(is_cost)) || (!has_cost(usage) && tokens(usage)[1] > 0.0)
}

fn above_zero(value: Option<Raw<'_>>) -> bool {
    value.and_then(Raw::number).is_some_and(|number| number > 0.0 && number <= MOST_TOKENS)
}

fn has_cost(usage: Raw<'_>) -> bool {
    usage.field("cost").is_some_and(|cost| is_cost(&cost))
}

fn is_cost(cost: &Raw<'_>) -> bool {
    cost.number().is_some_and(|cost| (0.0..=MOST_USD).contains(&cost))
}

fn says_something(value: Raw<'_>) -> bool {
    let mut says = above_zero(Some(value));
    value.each_field(|_, value| says |= says_something(value));
    says
}

/// The later of two usages, as JSON, without what it takes back of the earlier one: fields that say something where its own say nothing.
pub fn merged(earlier: &str, later: Raw<'_>) -> String {
    let Ok(earlier) = Reader::document(earlier.as_bytes()) else { return later.json().into_owned() };
    let mut out = String::new();
    let mut put = |key: &[u8], value: Raw<'_>| {
        out.push_str(if out.is_empty() { "{\"" } else { ",\"" });
        out.push_str(&json_of(key));
        out.push_str("\":");
        out.push_str(&value.json());
    };
    fn of<'a>(usage: Raw<'a>, name: &[u8]) -> Option<Raw<'a>> {
        core::str::from_utf8(name).ok().and_then(|name| usage.field(name))
    }
    later.each_field(|key, value| {
        if value.present().is_none() {
            return;
        }
        let kept = of(earlier, key).filter(|earlier| says_something(*earlier) && !says_something(value));
        put(key, kept.unwrap_or(value));
    });
    earlier.each_field(|key, value| {
        if value.present().is_some() && of(later, key).is_none() {
            put(key, value);
        }
    });
    out.push('}');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read(usage: Value) -> Value {
        let mut out = String::new();
        write_usage(Reader::document(usage.to_string().as_bytes()).unwrap(), &mut out);
        let mut read: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(read.as_object_mut().unwrap().remove("raw"), Some(usage));
        read
    }

    #[test]
    fn counts_and_cost_in_every_spelling() {
        let usage = |input: u64, output: u64, read: u64, write: u64, reasoning: u64, cost: Value| {
            let mut all = json!({"inputTokens":input,"outputTokens":output,"cacheReadTokens":read,"cacheWriteTokens":write,"reasoningTokens":reasoning,"totalTokens":input+output+read+write});
            if !cost.is_null() {
                all["cost"] = cost;
            }
            all
        };
        let table = [
            (json!({"prompt_tokens":20,"completion_tokens":16,"cost":3.36e-05}), usage(20, 16, 0, 0, 0, json!(3.36e-05))),
            (
                json!({"prompt_tokens":100,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":60,"cache_write_tokens":30},"completion_tokens_details":{"reasoning_tokens":4},"cost":0}),
                usage(10, 5, 60, 30, 4, json!(0)),
            ),
            (
                json!({"prompt_tokens":10,"prompt_cache_hit_tokens":4,"cache_creation_input_tokens":3,"prompt_tokens_details":null}),
                usage(3, 0, 4, 3, 0, json!(null)),
            ),
            (json!({"prompt_tokens":1,"prompt_tokens_details":{"cached_tokens":9},"cost":-1}), usage(0, 0, 9, 0, 0, json!(null))),
            (json!({"prompt_tokens":"7","cost":"0.5"}), usage(7, 0, 0, 0, 0, json!(0.5))),
            (json!({"prompt_tokens":1,"cost":"00.5"}), usage(1, 0, 0, 0, 0, json!(null))),
            (json!({"prompt_tokens":null,"cost":"free"}), usage(0, 0, 0, 0, 0, json!(null))),
            (json!({"prompt_tokens":5,"completion_tokens":9,"reasoning_tokens":7}), usage(5, 9, 0, 0, 7, json!(null))),
            (
                json!({"completion_tokens":9,"reasoning_tokens":7,"completion_tokens_details":{"reasoning_tokens":0}}),
                usage(0, 9, 0, 0, 7, json!(null)),
            ),
            (
                json!({"completion_tokens":9,"reasoning_tokens":7,"completion_tokens_details":{"reasoning_tokens":3}}),
                usage(0, 9, 0, 0, 3, json!(null)),
            ),
            (json!({"input_tokens":5,"output_tokens":2}), usage(5, 2, 0, 0, 0, json!(null))),
            (json!({"prompt_tokens":0,"completion_tokens":0}), usage(0, 0, 0, 0, 0, json!(null))),
        ];
        for (raw, expected) in table {
            assert_eq!(read(raw.clone()), expected, "{raw}");
        }
    }

    #[test]
    fn a_usage_that_says_nothing_takes_nothing_back() {
        let raw = |value: &Value| value.to_string();
        let full = json!({"prompt_tokens":7,"completion_tokens":2,"cost":0.5,"prompt_tokens_details":{"cached_tokens":3}});
        // (usage, says anything, was paid for)
        for (usage, says, paid) in [
            (json!({}), false, false),
            (json!({"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}), false, false),
            (json!({"prompt_tokens":null,"cost":null,"prompt_tokens_details":{"cached_tokens":0}}), false, false),
            (json!({"cost":-1,"x":"free","y":[0,false]}), false, false),
            (json!({"total_tokens":9}), true, false),
            (json!({"cost":0}), true, false),
            (json!({"completion_tokens_details":{"reasoning_tokens":12}}), true, false),
            (json!({"cost":"0.5"}), true, true),
            (json!({"prompt_tokens":5}), true, false),
            (json!({"prompt_tokens":5,"completion_tokens":2}), true, true),
            (json!({"prompt_tokens":5,"completion_tokens":2,"cost":0}), true, false),
            (json!({"prompt_tokens_details":{"cached_tokens":5}}), true, false),
            (full.clone(), true, true),
        ] {
            let text = raw(&usage);
            let usage = Reader::document(text.as_bytes()).unwrap();
            assert_eq!((counts(usage), is_billed(usage)), (says, paid), "{text}");
        }
        for (later, expected) in [
            (
                json!({"prompt_tokens":8,"completion_tokens":3}),
                json!({"prompt_tokens":8,"completion_tokens":3,"cost":0.5,"prompt_tokens_details":{"cached_tokens":3}}),
            ),
            (
                json!({"prompt_tokens":0,"cost":0.7,"completion_tokens":null}),
                json!({"prompt_tokens":7,"cost":0.7,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":3}}),
            ),
            (json!({"cost":0,"prompt_tokens_details":{}}), full.clone()),
            (json!({}), full.clone()),
        ] {
            let text = raw(&later);
            let both = merged(&raw(&full), Reader::document(text.as_bytes()).unwrap());
            assert_eq!(serde_json::from_str::<Value>(&both).unwrap(), expected, "{text}");
        }
    }
}
