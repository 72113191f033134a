//! Numbers, without the tables of the standard library.

/// More tokens are in no answer: twice the longest context there is. A count beyond it is not believed, or the bill would be made up.
pub const MOST_TOKENS: f64 = 2e7;
/// Nor is one answer billed more dollars than this.
pub const MOST_USD: f64 = 1e4;

/// A decimal number, exact for integers up to 2^53 and near enough for counts and waits. `f64::from_str` brings 15 KB of tables.
/// Nothing that is money is read by it: prices keep their digits.
pub fn parse_decimal(text: &[u8]) -> Option<f64> {
    let (negative, digits) = match text.strip_prefix(b"-") {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (mut value, mut scale, mut exponent) = (0.0f64, 0i32, 0i32);
    let (mut any, mut after_point) = (false, false);
    let mut rest = digits;
    while let Some((&byte, tail)) = rest.split_first() {
        match byte {
            b'0'..=b'9' => {
                value = value * 10.0 + f64::from(byte - b'0');
                scale -= i32::from(after_point);
                any = true;
            }
            b'.' if !after_point => after_point = true,
            b'e' | b'E' if any => {
                let (sign, digits) = match tail.split_first() {
                    Some((b'-', digits)) => (-1, digits),
                    Some((b'+', digits)) => (1, digits),
                    _ => (1, tail),
                };
                if digits.is_empty() || digits.len() > 4 || !digits.iter().all(u8::is_ascii_digit) {
                    return None;
                }
                exponent = sign * digits.iter().fold(0, |sum, digit| sum * 10 + i32::from(digit - b'0'));
                break;
            }
            _ => return None,
        }
        rest = tail;
    }
    let value = value * 10f64.powi((scale + exponent).clamp(-400, 400));
    (any && value.is_finite()).then_some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_read_as_the_standard_library_reads_them() {
        for text in ["0", "-0", "1", "42", "9007199254740991", "-12.5", "3.36e-05", "1e3", "1E+3", "0.25", "1790000001500", "5."] {
            let (ours, theirs) = (parse_decimal(text.as_bytes()).unwrap(), text.parse::<f64>().unwrap());
            assert!((ours - theirs).abs() <= theirs.abs() * 1e-15, "{text}: {ours}");
        }
        for text in ["", "-", ".", "e5", "1e", "1e+", "1x", "0x10", "1.2.3", "NaN", "inf", "1e99999", "--1"] {
            assert_eq!(parse_decimal(text.as_bytes()), None, "{text}");
        }
    }
}
