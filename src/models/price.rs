//! Prices: decimal digits that no float touches.

use crate::decimal::parse_decimal;
use crate::json::Raw;
use crate::text::{between, tail};

/// More zeros than this are no price.
const MAX_SHIFT: f64 = 60.0;

/// A price as OpenRouter writes it, exact: a decimal string as it came, a number turned into one. An exponent is written out.
pub fn decimal_text(value: Raw<'_>) -> Option<String> {
    let text = match value.string() {
        Some(text) => text.decode(),
        None => value.text().into_owned(),
    };
    plain(text.trim_ascii())
}

fn plain(text: &str) -> Option<String> {
    let (sign, number) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text),
    };
    let (digits, exponent) = match number.split_once(['e', 'E']) {
        Some((_, exponent)) if exponent.contains(['e', 'E', '.']) => return None,
        Some((digits, exponent)) => (
            digits,
            parse_decimal(exponent.strip_prefix('+').unwrap_or(exponent).as_bytes())
                .filter(|shift| shift.abs() <= MAX_SHIFT && shift.fract() == 0.0)? as i64,
        ),
        None => (number, 0),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let are_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !are_digits(whole) || !are_digits(fraction) {
        return None;
    }
    if exponent == 0 {
        return Some([sign, digits].concat());
    }
    let all = [whole, fraction].concat();
    let point = whole.len() as i64 + exponent;
    let zeros = |count: i64| "0".repeat(count.max(0) as usize);
    let padded = [zeros(1 - point), all, zeros(point - (whole.len() + fraction.len()) as i64)].concat();
    let point = point.max(1) as usize;
    let front = between(&padded, 0, point).trim_start_matches('0');
    let back = tail(&padded, point).trim_end_matches('0');
    Some([sign, if front.is_empty() { "0" } else { front }, if back.is_empty() { "" } else { "." }, back].concat())
}

/// Whether every digit is 0.
pub fn is_zero(decimal: &str) -> bool {
    decimal.bytes().all(|byte| matches!(byte, b'0' | b'.' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_keep_their_digits_and_exponents_are_written_out() {
        for (text, expected) in [
            ("\"0.00000025\"", "0.00000025"),
            ("\"0\"", "0"),
            ("\"-1\"", "-1"),
            ("0.00000025", "0.00000025"),
            ("2.5e-7", "0.00000025"),
            ("2.5E-07", "0.00000025"),
            ("25e-8", "0.00000025"),
            ("1e0", "1"),
            ("1.5e3", "1500"),
            ("1.50e1", "15"),
            ("-1e-2", "-0.01"),
            ("12.345e1", "123.45"),
            ("1e-20", "0.00000000000000000001"),
            ("0e5", "0"),
            ("0.1234567890123456789", "0.1234567890123456789"),
            ("\" 3.0 \"", "3.0"),
        ] {
            let raw = crate::json::Reader::document(text.as_bytes()).unwrap();
            assert_eq!(decimal_text(raw).as_deref(), Some(expected), "{text}");
        }
        for text in [
            "\"\"",
            "\"free\"",
            "\"1e999\"",
            "\".5\"",
            "\"1.2.3\"",
            "\"1e\"",
            "\"1e1e1\"",
            "\"1e1.0\"",
            "null",
            "true",
            "{}",
            "\"--1\"",
            "\"NaN\"",
        ] {
            let raw = crate::json::Reader::document(text.as_bytes()).unwrap();
            assert_eq!(decimal_text(raw), None, "{text}");
        }
        for (text, zero) in [("0", true), ("0.000", true), ("0.0001", false), ("-0", true)] {
            assert_eq!(is_zero(text), zero, "{text}");
        }
    }
}
