//! OpenRouter's response cache, asked for by headers (provider-rules 4.1).

use super::draft::Draft;

const MAX_TTL_S: f64 = 86_400.0;

/// The headers; none on any other endpoint.
pub fn headers(draft: &Draft<'_>) -> Vec<(&'static str, String)> {
    let params = &draft.params;
    if !draft.route.is_openrouter() {
        return Vec::new();
    }
    let clear = params.flag("response_cache_clear") == Some(true);
    match params.flag("response_cache") {
        Some(false) => vec![("X-OpenRouter-Cache", "false".to_owned())],
        None if !clear => Vec::new(),
        _ => {
            let mut headers = vec![("X-OpenRouter-Cache", "true".to_owned())];
            let ttl = params.get("response_cache_ttl");
            let seconds = ttl.and_then(|ttl| {
                ttl.as_number().or_else(|| ttl.str().and_then(|text| crate::decimal::parse_decimal(text.trim_ascii().as_bytes())))
            });
            if let Some(seconds) = seconds.filter(|seconds| seconds.is_finite()) {
                headers.push(("X-OpenRouter-Cache-TTL", (seconds.clamp(1.0, MAX_TTL_S) as u64).to_string()));
            }
            if clear {
                headers.push(("X-OpenRouter-Cache-Clear", "true".to_owned()));
            }
            headers
        }
    }
}
