//! The wait that a failed answer tells, in its body or in its headers.

use crate::decimal::parse_decimal;
use crate::http::error_words::words;
use crate::json::Raw;
use crate::reported_amounts::duration_ms;
use crate::unread_error::HeaderHints;

/// Reads a date as the platform does; the core has no calendar. Milliseconds since 1970, `None` when it is no date.
pub type ParseDate = fn(&str) -> Option<f64>;

/// What is needed to read a wait.
#[derive(Debug, Clone, Copy)]
pub struct Now {
    /// Milliseconds since 1970; asked for when an answer names a moment and not before.
    pub epoch_ms: fn() -> f64,
    /// The platform's date parser.
    pub parse_date: ParseDate,
}

/// A wait as the body spells it, best source first.
pub(crate) enum Wait {
    Seconds(f64),
    HeaderText(String),
    EpochMs(f64),
    Date(String),
}

/// Every wait in the body, in the order of the contract (openrouter-api 1.2).
pub(crate) fn waits(error: Raw<'_>, metadata: Option<Raw<'_>>, availability: Option<Raw<'_>>) -> Vec<Wait> {
    let mut waits = Vec::new();
    let mut add = |wait: Option<Wait>| waits.extend(wait);
    let named = |group: Option<Raw<'_>>, name: &str| group.and_then(|group| group.field(name)).and_then(Raw::number);
    add(named(availability, "retry_after").map(Wait::Seconds));
    for group in [metadata, Some(error)] {
        for name in ["retry_after_seconds", "retry_after_seconds_raw", "retry_after"] {
            add(named(group, name).map(Wait::Seconds));
        }
        add(named(group, "retry_after_ms").map(|ms| Wait::Seconds(ms / 1000.0)));
    }
    let Some(metadata) = metadata else { return waits };
    let (mut retry_after, mut reset) = (None, None);
    if let Some(headers) = metadata.field("headers") {
        headers.each_field(|key, value| {
            let text = words(value);
            if key.eq_ignore_ascii_case(b"retry-after") {
                retry_after = Some(Wait::HeaderText(text));
            } else if key.eq_ignore_ascii_case(b"x-ratelimit-reset") {
                reset = parse_decimal(text.trim_ascii().as_bytes()).map(Wait::EpochMs);
            }
        });
    }
    add(retry_after);
    add(reset);
    add(metadata.field("resets_at").and_then(|value| match value.string() {
        Some(text) => Some(Wait::Date(text.decode())),
        None => value.number().map(Wait::EpochMs),
    }));
    waits
}

impl Wait {
    pub(crate) fn ms(&self, now: Now) -> Option<u64> {
        let ms = match self {
            Self::Seconds(seconds) => seconds * 1000.0,
            Self::HeaderText(text) => return retry_after_ms(text, now),
            // Seconds since 1970 pass 10^11 in the year 5138.
            Self::EpochMs(value) if *value < 1e11 => value * 1000.0 - (now.epoch_ms)(),
            Self::EpochMs(value) => value - (now.epoch_ms)(),
            Self::Date(text) => (now.parse_date)(text)? - (now.epoch_ms)(),
        };
        ms.is_finite().then_some(ms.max(0.0).ceil() as u64)
    }
}

impl HeaderHints {
    pub(crate) fn ms(&self, now: Now) -> Option<u64> {
        let reset = || {
            self.rate_limit_reset
                .as_deref()
                .and_then(|text| parse_decimal(text.trim_ascii().as_bytes()))
                .and_then(|value| Wait::EpochMs(value).ms(now))
        };
        self.retry_after.as_deref().and_then(|text| retry_after_ms(text, now)).or_else(reset)
    }
}

/// `Retry-After`: seconds, a date, or what is neither by the standard: `5s`, `250ms`.
fn retry_after_ms(text: &str, now: Now) -> Option<u64> {
    match parse_decimal(text.trim_ascii().as_bytes()) {
        Some(seconds) => Wait::Seconds(seconds).ms(now).filter(|_| seconds >= 0.0),
        None => duration_ms(text).map_or_else(|| Wait::Date(text.to_owned()), |ms| Wait::Seconds(ms / 1000.0)).ms(now),
    }
}
