//! Numbers that an error tells in words: how long to wait, how many tokens the credits are enough for.

use crate::decimal::parse_decimal;
use crate::text::{find, tail, without_last};

/// The bytes of a message that are looked at.
const MESSAGE_MAX_BYTES: usize = 4096;

/// What stands in front of a wait.
const WAITS: [&str; 10] = [
    "try again in",
    "try again after",
    "retry in",
    "retry after",
    "retry again in",
    "retrydelay",
    "resets in",
    "reset in",
    "available in",
    "please wait",
];

/// Milliseconds to wait, where a message says so: `try again in 1m30s`, `retry after 12 seconds`.
pub fn wait_ms(message: &str) -> Option<f64> {
    let plain = plain(message);
    WAITS.iter().find_map(|words| behind_each(&plain, words, &mut |_, rest| duration_ms(without(rest, FILLERS))))
}

/// A duration as servers write it, in milliseconds: `500ms`, `1m30s`, `12 seconds`, and seconds where no unit stands behind the number.
pub fn duration_ms(text: &str) -> Option<f64> {
    let (mut rest, mut sum) = (text.trim_ascii_start(), None);
    loop {
        let number = word(rest, |byte| byte.is_ascii_digit() || byte == b'.');
        let Some(value) = parse_decimal(without_last(number, b'.').as_bytes()) else { return sum };
        let behind = tail(rest, number.len());
        let unit = word(behind.trim_ascii_start(), |byte| byte.is_ascii_alphabetic());
        let factor = match unit.to_ascii_lowercase().as_str() {
            "ms" | "millis" | "millisecond" | "milliseconds" => 1.0,
            "s" | "sec" | "secs" | "second" | "seconds" => 1e3,
            "m" | "min" | "mins" | "minute" | "minutes" => 6e4,
            "h" | "hr" | "hrs" | "hour" | "hours" => 36e5,
            "d" | "day" | "days" => 864e5,
            // A date has more behind its first number.
            _ if sum.is_none() && !number.ends_with('.') && behind.starts_with(['-', '/', ':']) => return None,
            "" if sum.is_none() => return Some(value * 1e3),
            _ => return sum,
        };
        sum = Some(sum.unwrap_or(0.0) + value * factor);
        rest = tail(behind.trim_ascii_start(), unit.len()).trim_ascii_start();
        rest = rest.strip_prefix("and ").unwrap_or(rest);
    }
}

/// What stands in front of the tokens.
const AFFORDED: [&str; 12] = [
    "afford",
    "credits for",
    "credits cover",
    "balance covers",
    "enough for",
    "can generate",
    "balance allow",
    "credits allow",
    "only allow",
    "lower max_tokens to",
    "reduce max_tokens to",
    "set max_tokens to",
];

const REFUSALS: [&str; 6] = ["not", "n't", "n’t", "unable to", "never", "insufficient"];

/// Words between those and the number.
const FILLERS: &[&str] = &[
    "able ",
    "able",
    "s ",
    "only ",
    "up to ",
    "at most ",
    "at least ",
    "about ",
    "around ",
    "approximately ",
    "roughly ",
    "just ",
    "a maximum of ",
    "a max of ",
    "a total of ",
    "no more than ",
    "another ",
    "for ",
    "output ",
    "completion ",
    "max tokens",
    "max_tokens",
    "tokens",
    "is ",
    "are ",
    "be ",
    ":",
    "=",
    "(",
    "\"",
    "\\",
    " ",
];

/// The tokens that the credits are enough for, where a message says so.
pub fn affordable_tokens(message: &str) -> Option<u64> {
    let plain = plain(message);
    let tokens = AFFORDED.iter().find_map(|words| {
        behind_each(&plain, words, &mut |before, rest| {
            let is_refused = REFUSALS.iter().any(|refusal| before.trim_ascii_end().ends_with(refusal));
            if is_refused { None } else { count(without(rest, FILLERS)) }
        })
    });
    tokens.filter(|tokens| *tokens > 0)
}

/// A whole number, its thousands parted as anybody does it; `1.2k` is one, too.
fn count(text: &str) -> Option<u64> {
    let mut digits = String::new();
    let mut rest = text;
    loop {
        let group = word(rest, |byte| byte.is_ascii_digit());
        digits.push_str(group);
        rest = tail(rest, group.len());
        let next = rest.strip_prefix([',', '.', '\'', '_', ' ']).filter(|_| !digits.is_empty());
        match next.filter(|next| word(next, |byte| byte.is_ascii_digit()).len() == 3) {
            Some(next) => rest = next,
            None => break,
        }
    }
    let decimals = rest.strip_prefix('.').map(|behind| word(behind, |byte| byte.is_ascii_digit())).filter(|decimals| !decimals.is_empty());
    let unit = decimals.map_or(rest, |decimals| tail(rest, decimals.len() + 1));
    let factor = match word(unit, |byte| byte.is_ascii_alphabetic()) {
        "k" => 1e3,
        "m" => 1e6,
        _ => 1.0,
    };
    let value = parse_decimal([&digits, ".", decimals.unwrap_or("0")].concat().as_bytes()).filter(|_| !digits.is_empty())?;
    Some((value * factor) as u64)
}

/// In small letters, every blank one of ASCII's, without what only decorates.
fn plain(message: &str) -> String {
    let message = message.get(..MESSAGE_MAX_BYTES).unwrap_or(message);
    let kept = message.chars().filter(|char| !matches!(char, '*' | '`' | '~' | '≈' | '<' | '>'));
    kept.map(|char| if char.is_whitespace() { ' ' } else { char.to_ascii_lowercase() }).collect()
}

/// The first answer for what stands before and behind the words.
fn behind_each<T>(text: &str, words: &str, read: &mut dyn FnMut(&str, &str) -> Option<T>) -> Option<T> {
    let mut at = 0;
    loop {
        let start = at + find(tail(text, at), words)?;
        at = start + words.len();
        if let Some(found) = read(text.get(..start).unwrap_or_default(), tail(text, at)) {
            return Some(found);
        }
    }
}

fn without<'a>(text: &'a str, words: &[&str]) -> &'a str {
    let mut rest = text;
    while let Some(behind) = words.iter().find_map(|word| rest.strip_prefix(word)) {
        rest = behind;
    }
    rest
}

/// The bytes at the beginning that are of a kind.
fn word(text: &str, is_part: impl Fn(u8) -> bool) -> &str {
    let end = text.bytes().position(|byte| !is_part(byte)).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_read_in_every_way_it_is_written() {
        for (message, expected) in [
            ("Rate limit reached. Please try again in 5s.", Some(5e3)),
            ("Please try again in 1m30s. Visit x", Some(9e4)),
            ("try again in 6m0.5s", Some(360_500.0)),
            ("Please try again in 500ms", Some(500.0)),
            ("please retry after 12 seconds.", Some(12e3)),
            ("Please retry in 35.93s.", Some(35_930.0)),
            ("retry after: 7", Some(7e3)),
            ("Retry-After 7", None),
            ("try again in about 2 minutes and 3 seconds", Some(123e3)),
            ("Please wait for 20 sec before", Some(2e4)),
            ("{\"retryDelay\": \"17s\"}", Some(17e3)),
            ("limit resets in 3h 5m", Some(11_100_000.0)),
            ("try again in 1 day", Some(864e5)),
            ("try again in 2 minutes 429", Some(12e4)),
            ("try again in 2 fortnights", None),
            ("retry after 2026-12-01", None),
            ("retry after 12:30", None),
            ("try again later", None),
            ("", None),
        ] {
            assert_eq!(wait_ms(message), expected, "{message}");
        }
        for (text, expected) in [("5s", Some(5e3)), ("250ms", Some(250.0)), ("5", Some(5e3)), ("x", None), ("-5s", None), ("", None)] {
            assert_eq!(duration_ms(text), expected, "{text}");
        }
    }

    #[test]
    fn what_can_be_afforded_is_read_in_every_way_it_is_written_and_what_cannot_is_not() {
        for (words, expected) in [
            ("You requested up to 64000 tokens, but can only afford 1234. To increase, visit", 1234),
            ("can only afford 1,234", 1234),
            ("can only afford 1.234 tokens", 1234),
            ("can only afford 1 234 tokens", 1234),
            ("can only afford 1\u{a0}234 tokens", 1234),
            ("can only afford 1\u{202f}234 tokens", 1234),
            ("can only afford 12'345'678", 12_345_678),
            ("can only afford 1_234", 1234),
            ("can only afford ~1234", 1234),
            ("can only afford about `1234` tokens", 1234),
            ("CAN ONLY AFFORD **1234**", 1234),
            ("can only afford 1.2k tokens", 1200),
            ("can only afford 1.2m tokens", 1_200_000),
            ("can only afford 1234.5 tokens", 1234),
            ("your balance affords 1234 tokens", 1234),
            ("your credits cover 1234 tokens", 1234),
            ("credits are enough for 1234", 1234),
            ("maximum affordable tokens: 1234", 1234),
            ("affordable max_tokens is 1234", 1234),
            ("you can't afford 64000 tokens, you can afford 1234", 1234),
            ("max affordable output tokens = 1234 (requested 64000)", 1234),
            ("with what is left you can generate at most 1234 tokens (64000 requested)", 1234),
            ("your balance only allows 1234 tokens, you asked for 64000", 1234),
            ("lower max_tokens to 1234, or add credits", 1234),
        ] {
            assert_eq!(affordable_tokens(words), Some(expected), "{words}");
        }
        for words in [
            "you cannot afford 64000 tokens",
            "you can’t afford 64000",
            "can only afford 0",
            "can only afford -5",
            "afford none",
            "64000 tokens",
        ] {
            assert_eq!(affordable_tokens(words), None, "{words}");
        }
    }
}
