//! Keys never reach an error message.

/// Masks every occurrence of `secret` and of anything that looks like an OpenRouter key.
pub fn redact(text: &str, secret: &str) -> String {
    let without_secret = if secret.len() >= 4 { text.replace(secret, "[redacted]") } else { text.to_owned() };
    let Some(mut at) = without_secret.find("sk-or-") else { return without_secret };
    let mut out = String::with_capacity(without_secret.len());
    let mut rest = without_secret.as_str();
    loop {
        out.push_str(&rest[..at]);
        out.push_str("[redacted]");
        rest = rest[at..].trim_start_matches(|c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
        match rest.find("sk-or-") {
            Some(next) => at = next,
            None => break,
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_the_key_and_what_looks_like_one() {
        let table = [
            ("nothing here", "k-secret", "nothing here"),
            ("bad key k-secret!", "k-secret", "bad key [redacted]!"),
            ("sk-or-v1-abc_9, then sk-or-v1-def", "", "[redacted], then [redacted]"),
            ("sk-or-v1-abc", "sk-or-v1-abc", "[redacted]"),
            ("abc", "abc", "abc"),
        ];
        for (text, secret, expected) in table {
            assert_eq!(redact(text, secret), expected);
        }
    }
}
