//! Token counts and cost of an answer, read as OpenRouter and the providers behind it spell them.

use crate::json::{Raw, Reader};

/// Appends the public usage object: input without cached tokens, cost in USD as billed, `raw` as it came.
///
/// Source: provider-rules 9.5. A cost that is negative or no number is left out.
pub fn write_usage(usage: Raw<'_>, out: &mut String) {
    let count = |value: Option<Raw<'_>>| value.and_then(Raw::number).filter(|count| *count >= 0.0).unwrap_or(0.0);
    let detail = |group: &str, name: &str| usage.field(group).and_then(|group| group.field(name));
    let cache_read = count(detail("prompt_tokens_details", "cached_tokens").or_else(|| usage.field("prompt_cache_hit_tokens")));
    let cache_write = count(detail("prompt_tokens_details", "cache_write_tokens").or_else(|| usage.field("cache_creation_input_tokens")));
    let input = (count(usage.field("prompt_tokens")) - cache_read - cache_write).max(0.0);
    let output = count(usage.field("completion_tokens"));
    let reasoning = count(detail("completion_tokens_details", "reasoning_tokens"));
    let counts = [
        ("{\"inputTokens\":", input),
        (",\"outputTokens\":", output),
        (",\"cacheReadTokens\":", cache_read),
        (",\"cacheWriteTokens\":", cache_write),
        (",\"reasoningTokens\":", reasoning),
        (",\"totalTokens\":", input + output + cache_read + cache_write),
    ];
    for (label, value) in counts {
        out.push_str(label);
        // Token counts are whole and far below 2^53.
        out.push_str(&(value as u64).to_string());
    }
    let cost = usage.field("cost").filter(|cost| cost.number().is_some_and(|cost| cost >= 0.0)).map(Raw::json).unwrap_or_default();
    // The digits as they came, so that nothing drifts; a numeric string loses its quotes, and must be a number then.
    let cost = cost.trim_matches('"').trim_ascii();
    if Reader::document(cost.as_bytes()).is_ok() {
        out.push_str(",\"cost\":");
        out.push_str(cost);
    }
    out.push_str(",\"raw\":");
    out.push_str(&usage.json());
    out.push('}');
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
        ];
        for (raw, expected) in table {
            assert_eq!(read(raw.clone()), expected, "{raw}");
        }
    }
}
