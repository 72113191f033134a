//! Amounts of US dollars, exact: whole numbers of 10^-18 dollars, read from decimal text and written as it.
//!
//! Refused: floats, which turn 0.1 + 0.2 into more than a budget of 0.3; a crate for decimals, the smallest of which is 9 KB of the engine.

use crate::value::Value;

/// Decimal places that are kept; catalogs have prices of up to 22, the last of them noise.
const PLACES: i32 = 18;
const ONE: i128 = 1_000_000_000_000_000_000;
const PICO: i128 = 1_000_000;
/// 10^15 dollars; no price and no bill is larger.
const MOST: i128 = ONE * 1_000_000_000_000_000;

/// An amount.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Usd(i128);

impl Usd {
    /// One dollar.
    pub const ONE: Self = Self(ONE);

    /// Reads a decimal number, with an exponent or without; `None` for anything else. What is finer than 10^-18 is rounded.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim_ascii();
        let (is_negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = match digits.find(['e', 'E']) {
            Some(at) => (digits.get(..at)?, read_exponent(digits.get(at + 1..)?)?),
            None => (digits, 0),
        };
        let (mut value, mut scale, mut has_digit, mut has_point) = (0i128, PLACES.saturating_add(exponent), false, false);
        for byte in mantissa.bytes() {
            match byte {
                b'0'..=b'9' => {
                    has_digit = true;
                    if value < MOST {
                        value = value * 10 + i128::from(byte - b'0');
                        scale -= i32::from(has_point);
                    } else {
                        scale += i32::from(!has_point);
                    }
                }
                b'.' if !has_point => has_point = true,
                _ => return None,
            }
        }
        if !has_digit {
            return None;
        }
        while scale > 0 && value != 0 {
            value *= 10;
            scale -= 1;
            if value > MOST {
                return None;
            }
        }
        // Half up, once: the digits behind the first that goes do not count.
        while scale < 0 && value != 0 {
            value = if scale == -1 { (value + 5) / 10 } else { value / 10 };
            scale += 1;
        }
        Some(Self(if is_negative { -value } else { value }))
    }

    /// A JSON number, or a string that holds one.
    pub fn of(value: &Value<'_>) -> Option<Self> {
        match value.str() {
            Some(text) => Self::parse(&text),
            None => Self::parse(&value.to_json()),
        }
    }

    /// The amount in a field, unless it is missing, no number, or negative.
    pub fn in_field(object: &Value<'_>, name: &str) -> Option<Self> {
        object.get(name).and_then(|value| Self::of(&value)).filter(|amount| !amount.is_negative())
    }

    /// Whole dollars.
    pub fn whole(dollars: u64) -> Self {
        Self(i128::from(dollars).saturating_mul(ONE))
    }

    /// From 10^-12 dollars, the unit in which the facade keeps its ledger: as floats they are whole up to $9,007.
    pub fn from_pico(pico: f64) -> Self {
        Self(i128::from(pico as i64) * PICO)
    }

    /// In 10^-12 dollars, rounded up: what is held must not be less than what may be spent.
    pub fn to_pico(self) -> f64 {
        ((self.0 + PICO - 1) / PICO) as i64 as f64
    }

    /// Below zero.
    pub fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// Nothing.
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The sum.
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The difference, which may be negative.
    pub fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// The price of so many.
    pub fn times(self, count: u64) -> Self {
        Self(self.0.saturating_mul(i128::from(count)))
    }

    /// As much of this as `part` is of `whole`; nothing of nothing.
    pub fn share(self, part: Self, whole: Self) -> Self {
        // As coarse as the product needs to fit; the share of a large amount is as good by fifteen digits.
        let (mut part, mut whole) = (part.0, whole.0);
        while self.0.checked_mul(part).is_none() {
            (part, whole) = (part / 1000, whole / 1000);
        }
        if whole == 0 { Self(0) } else { Self(self.0.saturating_mul(part) / whole) }
    }

    /// Appends the amount as a JSON number, every digit of it.
    pub fn write(self, out: &mut String) {
        self.write_places(0, out);
    }

    /// `$0.0025`: at least two places, as many as there are.
    pub fn shown(self) -> String {
        let mut out = String::from(if self.is_negative() { "-$" } else { "$" });
        Self(self.0.abs()).write_places(2, &mut out);
        out
    }

    /// `$1.50`: two places, rounded.
    pub fn in_cents(self) -> String {
        const CENT: i128 = ONE / 100;
        Self((self.0 + CENT / 2) / CENT * CENT).shown()
    }

    fn write_places(self, least: usize, out: &mut String) {
        let mut digits = [b'0'; 40];
        let mut rest = self.0.unsigned_abs();
        let mut start = digits.len();
        while rest > 0 || digits.len() - start <= PLACES as usize {
            start -= 1;
            digits[start] = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        let (whole, fraction) = digits[start..].split_at(digits.len() - start - PLACES as usize);
        let length = fraction.iter().rposition(|digit| *digit != b'0').map_or(0, |at| at + 1).max(least);
        if self.is_negative() {
            out.push('-');
        }
        out.extend(whole.iter().map(|digit| char::from(*digit)));
        if length > 0 {
            out.push('.');
            out.extend(fraction.iter().take(length).map(|digit| char::from(*digit)));
        }
    }
}

/// The exponent of a number; one that is out of all bounds is as good as its bound.
fn read_exponent(text: &str) -> Option<i32> {
    let (sign, digits) = match text.as_bytes() {
        [b'-', digits @ ..] => (-1, digits),
        [b'+', digits @ ..] => (1, digits),
        digits => (1, digits),
    };
    let mut value = 0i32;
    for byte in digits {
        value = (value * 10 + i32::from(byte.is_ascii_digit().then_some(byte - b'0')?)).min(1000);
    }
    (!digits.is_empty()).then_some(sign * value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(amount: Usd) -> String {
        let mut out = String::new();
        amount.write(&mut out);
        out
    }

    #[test]
    fn amounts_are_read_and_written_digit_by_digit() {
        for (text, expected) in [
            ("0", "0"),
            ("0.000003", "0.000003"),
            ("3.36e-05", "0.0000336"),
            ("1E+2", "100"),
            ("-1", "-1"),
            ("-0.25", "-0.25"),
            ("12.50", "12.5"),
            (" 7 ", "7"),
            (".5", "0.5"),
            ("5.", "5"),
            ("0.0000000000000000014", "0.000000000000000001"),
            ("0.0000000000000000016", "0.000000000000000002"),
            ("0.0000000000000000009999", "0.000000000000000001"),
            ("0.1234567890123456785999999999999999999999999999999999", "0.123456789012345679"),
            ("1e-400", "0"),
            ("0e999", "0"),
            ("999999999999999", "999999999999999"),
        ] {
            assert_eq!(written(Usd::parse(text).unwrap()), expected, "{text}");
        }
        for text in ["", "-", ".", "1.2.3", "free", "1e", "1e-", "1ex", "0x1", "NaN", "Infinity", "1e400", "1,5", "--1", "1e16"] {
            assert_eq!(Usd::parse(text), None, "{text}");
        }
    }

    #[test]
    fn sums_do_not_drift() {
        let [a, b] = ["0.1", "0.2"].map(|text| Usd::parse(text).unwrap());
        assert_eq!(Some(a.plus(b)), Usd::parse("0.3"));
        let price = Usd::parse("0.000003").unwrap();
        assert_eq!(written((0..1_000_000).fold(Usd::default(), |sum, _| sum.plus(price))), "3");
        assert_eq!(price.times(1_000_000), Usd::whole(3));
        assert_eq!(written(price.times(u64::MAX).plus(price)), "55340232221128.654848");
    }

    #[test]
    fn shares_stay_within_the_amount_however_large_it_is() {
        let one = |text: &str| Usd::parse(text).unwrap();
        assert_eq!(one("0.9").share(one("1"), one("3")), one("0.3"));
        assert_eq!(one("5").share(one("0"), one("0")), Usd::default());
        let large = one("500000000").share(one("250000000"), one("1000000000"));
        assert_eq!(large, one("125000000"));
    }

    #[test]
    fn amounts_are_shown_as_people_read_them_and_held_on_the_safe_side() {
        let one = |text: &str| Usd::parse(text).unwrap();
        assert_eq!([one("0").shown(), one("0.00025").shown(), one("-3.5").shown()], ["$0.00", "$0.00025", "-$3.50"]);
        assert_eq!([one("0.1").in_cents(), one("2.005").in_cents(), one("1234.994").in_cents()], ["$0.10", "$2.01", "$1234.99"]);
        assert_eq!([one("0.0000000000001").to_pico(), one("1").to_pico()], [1.0, 1e12]);
        assert_eq!(Usd::from_pico(2.5e11), one("0.25"));
    }
}
