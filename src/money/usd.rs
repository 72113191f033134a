//! Amounts of US dollars, exact: whole numbers of 10^-12 dollars, read from decimal text and written as it.
//!
//! Refused: floats, which turn 0.1 + 0.2 into more than a budget of 0.3; finer units, whose 128-bit arithmetic is 3 KB of the engine and
//! which of the catalog's 1,100 prices 13 would use, for digits behind the eighth.

use crate::json::Raw;
use crate::record::{Reads, Writes};
use crate::value::Value;

/// Decimal places that are kept.
const PLACES: i32 = 12;
const ONE: i64 = 1_000_000_000_000;
/// About nine million dollars; what is more is not read, as a wrong amount is worse than none.
const MOST: i64 = i64::MAX / ONE * ONE;

/// An amount.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Usd(i64);

impl Writes for Usd {
    fn write(&self, out: &mut String) {
        Usd::write(*self, out);
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl openrouter_wire::interface::Typed for Usd {
    fn typescript() -> String {
        "number".to_owned()
    }
}

/// An amount below zero is none.
impl<'a> Reads<'a> for Usd {
    fn read(raw: Raw<'a>) -> Option<Self> {
        Self::of(&Value::Raw(raw)).filter(|amount| !amount.is_negative())
    }
}

impl Usd {
    /// One dollar.
    pub const ONE: Self = Self(ONE);

    /// Reads a decimal number, with an exponent or without; `None` for anything else. Digits finer than 10^-12 are rounded.
    pub fn parse(text: &str) -> Option<Self> {
        let (mut value, mut places, mut exponent) = (0i64, 0i32, 0i32);
        let (mut has_digit, mut has_point, mut rest) = (false, false, text.trim_ascii().as_bytes());
        let is_negative = rest.first() == Some(&b'-');
        if is_negative {
            rest = rest.get(1..)?;
        }
        while let Some((&byte, tail)) = rest.split_first() {
            rest = tail;
            match byte {
                b'0'..=b'9' => {
                    has_digit = true;
                    // Eighteen digits fit; what is behind them counts for the size alone.
                    if value < i64::MAX / 100 {
                        value = value * 10 + i64::from(byte - b'0');
                        places += i32::from(has_point);
                    } else {
                        places -= i32::from(!has_point);
                    }
                }
                b'.' if !has_point => has_point = true,
                b'e' | b'E' => {
                    exponent = read_exponent(tail)?;
                    break;
                }
                _ => return None,
            }
        }
        if !has_digit {
            return None;
        }
        let mut scale = PLACES - places + exponent;
        while scale > 0 && value != 0 {
            value = value.checked_mul(10)?;
            scale -= 1;
        }
        // Half up, once: the digits behind the first that goes do not count.
        while scale < 0 && value != 0 {
            value = (value + if scale == -1 { 5 } else { 0 }) / 10;
            scale += 1;
        }
        (value <= MOST).then_some(Self(if is_negative { -value } else { value }))
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
        Self::ONE.times(dollars)
    }

    /// From 10^-12 dollars, as the facade keeps its ledger: as floats they are whole up to $9,007.
    pub fn from_pico(pico: f64) -> Self {
        Self(pico as i64)
    }

    /// In 10^-12 dollars.
    pub fn to_pico(self) -> f64 {
        self.0 as f64
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
    #[inline(never)]
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The difference, which may be negative.
    pub fn minus(self, other: Self) -> Self {
        self.plus(Self(-other.0))
    }

    /// The price of so many.
    #[inline(never)]
    pub fn times(self, count: u64) -> Self {
        Self(i64::try_from(count).ok().and_then(|count| self.0.checked_mul(count)).unwrap_or(MOST))
    }

    /// As much of this as `part` is of `whole`; nothing of nothing. By floats: a share is rounded however it is reckoned.
    #[inline(never)]
    pub fn share(self, part: Self, whole: Self) -> Self {
        if whole.0 == 0 { Self(0) } else { Self((self.0 as f64 * part.0 as f64 / whole.0 as f64 + 0.5) as i64) }
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
        const CENT: i64 = ONE / 100;
        Self((self.0 + CENT / 2) / CENT * CENT).shown()
    }

    fn write_places(self, least: usize, out: &mut String) {
        if self.is_negative() {
            out.push('-');
        }
        let amount = self.0.unsigned_abs();
        out.push_str(&(amount / ONE as u64).to_string());
        let mut fraction = [b'0'; PLACES as usize];
        let (mut rest, mut length) = (amount % ONE as u64, least);
        for (at, digit) in fraction.iter_mut().enumerate().rev() {
            *digit += (rest % 10) as u8;
            rest /= 10;
            if *digit != b'0' {
                length = length.max(at + 1);
            }
        }
        if length > 0 {
            out.push('.');
            out.push_str(core::str::from_utf8(&fraction[..length]).unwrap_or_default());
        }
    }
}

/// The exponent of a number; one that is out of all bounds is as good as its bound.
fn read_exponent(text: &[u8]) -> Option<i32> {
    let (sign, digits) = match text {
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
            ("0.0000000833333333333333", "0.000000083333"),
            ("0.0000000000014", "0.000000000001"),
            ("0.0000000000016", "0.000000000002"),
            ("0.12345678901265999999999999999999999999999999999999", "0.123456789013"),
            ("0.00014568000000000001", "0.00014568"),
            ("1e-400", "0"),
            ("0e999", "0"),
            ("9000000", "9000000"),
            ("0000000000000000000000000.5", "0.5"),
            ("1234567890123456789012345e-20", "12345.678901234568"),
        ] {
            assert_eq!(written(Usd::parse(text).unwrap()), expected, "{text}");
        }
        for text in [
            "",
            "-",
            ".",
            "1.2.3",
            "free",
            "1e",
            "1e-",
            "1ex",
            "0x1",
            "NaN",
            "Infinity",
            "1e400",
            "1,5",
            "--1",
            "1e16",
            "9300000",
            "1000000000000000000000",
        ] {
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
        assert_eq!(written(price.times(u64::MAX).plus(price)), "9223372.000003", "more than there can be stays more");
    }

    #[test]
    fn shares_stay_within_the_amount_however_large_it_is() {
        let one = |text: &str| Usd::parse(text).unwrap();
        assert_eq!(one("0.9").share(one("1"), one("3")), one("0.3"));
        assert_eq!(one("5").share(one("0"), one("0")), Usd::default());
        assert_eq!(one("5000000").share(one("2500000"), one("9000000")), Usd(1_388_888_888_888_888_832), "a float has sixteen digits");
    }

    #[test]
    fn amounts_are_shown_as_people_read_them_and_held_on_the_safe_side() {
        let one = |text: &str| Usd::parse(text).unwrap();
        assert_eq!([one("0").shown(), one("0.00025").shown(), one("-3.5").shown()], ["$0.00", "$0.00025", "-$3.50"]);
        assert_eq!([one("0.1").in_cents(), one("2.005").in_cents(), one("1234.994").in_cents()], ["$0.10", "$2.01", "$1234.99"]);
        assert_eq!([one("0.0000000000006").to_pico(), one("1").to_pico()], [1.0, 1e12]);
        assert_eq!(Usd::from_pico(2.5e11), one("0.25"));
    }
}
