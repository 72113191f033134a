//! What a model charges: a catalog's `pricing` object, at a length of prompt and a moment, as exact amounts.

use crate::usd::Usd;
use crate::value::Value;

/// When and for what a price is asked.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// Tokens of the whole prompt, cached ones too.
    pub prompt_tokens: u64,
    /// The time of day that prices may hang on, as milliseconds since 1970 UTC.
    pub epoch_ms: f64,
}

/// What is charged for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub enum Unit {
    /// A token of the prompt.
    Prompt,
    /// A token of the answer.
    Completion,
    /// A token read from the cache.
    CacheRead,
    /// A token written to the cache for five minutes.
    CacheWrite,
    /// A token written to the cache for an hour.
    CacheWrite1h,
    /// A token of sound in the prompt.
    Audio,
    /// A token that was thought.
    Reasoning,
    /// A token of sound in the answer.
    AudioOutput,
    /// A token of an image in the answer.
    ImageOutput,
    /// A request, whatever is in it.
    Request,
    /// A search of the web.
    WebSearch,
}

/// How many units there are.
pub const UNITS: usize = 11;

/// The names on the wire, in the order of [`Unit`], and what a row that does not name the unit means.
const NAMES: [(&str, Missing); UNITS] = [
    ("prompt", Missing::Free),
    ("completion", Missing::Free),
    ("input_cache_read", Missing::Cached(0)),
    ("input_cache_write", Missing::Cached(1)),
    ("input_cache_write_1h", Missing::Cached(2)),
    ("audio", Missing::As(Unit::Prompt)),
    ("internal_reasoning", Missing::As(Unit::Completion)),
    ("audio_output", Missing::As(Unit::Completion)),
    ("image_output", Missing::As(Unit::Completion)),
    ("request", Missing::Free),
    ("web_search", Missing::Free),
];

enum Missing {
    Free,
    /// As another unit. So does a price of 0: rows have it for units that they do not tell apart.
    As(Unit),
    /// A share of the prompt's, by the family.
    Cached(usize),
}

/// USD by unit, overrides and discount applied.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Prices([Usd; UNITS]);

impl Prices {
    /// The prices of a model. `None`: they are not known, as a router's, which are those of whatever model it takes.
    pub fn of(pricing: &Value<'_>, model: &str, moment: Moment) -> Option<Self> {
        if pricing.get("isUnknown").and_then(|flag| flag.as_bool()) == Some(true) {
            return None;
        }
        // Later entries win key by key; what none has is the base's.
        let mut rows = vec![pricing.clone()];
        rows.extend(pricing.get("overrides").map(|list| list.to_items()).unwrap_or_default());
        let mut stated = [None; UNITS];
        for row in &rows {
            if applies(row, moment) {
                for (price, (name, _)) in stated.iter_mut().zip(&NAMES) {
                    *price = amount(row, name).or(*price);
                }
            }
        }
        let [prompt, completion, ..] = stated;
        if prompt.or(completion).is_none() || [prompt, completion].into_iter().flatten().any(Usd::is_negative) {
            return None;
        }
        let discount = amount(pricing, "discount").filter(|discount| !discount.is_negative()).unwrap_or_default();
        let left = Usd::ONE.minus(discount.min(Usd::ONE));
        let mut prices = Self::default();
        for (at, (_, missing)) in NAMES.iter().enumerate() {
            let stated = stated[at].filter(|price| !price.is_negative());
            prices.0[at] = match missing {
                Missing::As(other) => stated.filter(|price| !price.is_zero()).unwrap_or(prices.0[*other as usize]),
                Missing::Cached(which) => stated.unwrap_or_else(|| prices.cached(model, *which)),
                Missing::Free => stated.unwrap_or_default(),
            };
        }
        prices.0.iter_mut().for_each(|price| *price = price.share(left, Usd::ONE));
        Some(prices)
    }

    /// What the kinds of prompt tokens cost beside one another, where no price is known.
    pub fn relative(model: &str) -> Self {
        let mut prices = Self::default();
        prices.0[Unit::Prompt as usize] = Usd::ONE;
        prices.0[Unit::Audio as usize] = Usd::ONE;
        for which in 0..3 {
            prices.0[Unit::CacheRead as usize + which] = prices.cached(model, which);
        }
        prices
    }

    /// The price of one.
    pub fn unit(&self, unit: Unit) -> Usd {
        self.0[unit as usize]
    }

    /// What so many of each cost.
    pub fn times(&self, counts: &[u64; UNITS]) -> [Usd; UNITS] {
        core::array::from_fn(|at| self.0[at].times(counts[at]))
    }

    /// A request of so many tokens of plain text, on the dear side.
    pub fn text(&self, prompt: u64, output: u64) -> Usd {
        self.unit(Unit::Prompt).times(prompt).plus(self.unit(Unit::Request)).plus(self.output().times(output))
    }

    /// The dearest token of an answer: what an estimate goes by while nobody knows which kind comes next.
    pub fn output(&self) -> Usd {
        self.unit(Unit::Completion).max(self.unit(Unit::Reasoning))
    }

    /// Read, write, and write for an hour: shares of the prompt's price, where a row has none of its own (openrouter-api 9). Where a
    /// family has several the dearest: too low a bill is the worse mistake.
    fn cached(&self, model: &str, which: usize) -> Usd {
        let percents: [u8; 3] = match model.trim_start_matches('~').split('/').next().unwrap_or_default() {
            "anthropic" => [10, 125, 200],
            "openai" => [50, 125, 125],
            "google" | "x-ai" | "moonshotai" => [25, 100, 100],
            "deepseek" => [10, 100, 100],
            "qwen" | "alibaba" => [10, 125, 125],
            "z-ai" => [20, 100, 100],
            _ => [100, 100, 100],
        };
        let price = self.unit(Unit::Prompt).share(Usd::whole(u64::from(percents[which])), Usd::whole(100));
        // An hour is no cheaper than five minutes.
        if which == 2 { price.max(self.unit(Unit::CacheWrite)) } else { price }
    }
}

/// The number in a field, in the wire's spelling or in camel case.
fn amount(row: &Value<'_>, name: &str) -> Option<Usd> {
    field(row, name).and_then(|value| Usd::of(&value))
}

fn field<'a>(row: &Value<'a>, name: &str) -> Option<Value<'a>> {
    row.get(name).or_else(|| {
        let mut camel = String::new();
        let mut is_first = false;
        for letter in name.chars() {
            if letter != '_' {
                camel.push(if is_first { letter.to_ascii_uppercase() } else { letter });
            }
            is_first = letter == '_';
        }
        row.get(&camel)
    })
}

/// Whether all conditions of an override hold; a base row has none.
fn applies(entry: &Value<'_>, moment: Moment) -> bool {
    // Strictly greater.
    if amount(entry, "min_prompt_tokens").is_some_and(|least| Usd::whole(moment.prompt_tokens) <= least) {
        return false;
    }
    let minutes = (moment.epoch_ms / 60_000.0) as u64;
    let minute = minutes % 1440;
    let clock = Usd::whole(minute / 60 * 100 + minute % 60);
    let [start, end] = ["utc_start", "utc_end"].map(|name| amount(entry, name));
    if start.or(end).is_some() {
        let (start, end) = (start.unwrap_or_default(), end.unwrap_or(Usd::whole(2400)));
        let is_inside = if start <= end { start <= clock && clock < end } else { start <= clock || clock < end };
        if !is_inside {
            return false;
        }
    }
    let Some(days) = field(entry, "utc_days").filter(Value::is_array) else { return true };
    // The first of January 1970 was a Thursday.
    let today = ((minutes / 1440 + 4) % 7) as usize;
    days.to_items().iter().any(|day| match day.str() {
        Some(name) => {
            name.get(..3).is_some_and(|start| start.eq_ignore_ascii_case(["sun", "mon", "tue", "wed", "thu", "fri", "sat"][today]))
        }
        None => day.as_number().is_some_and(|number| number as usize % 7 == today),
    })
}
