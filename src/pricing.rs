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

/// USD a unit, overrides and discount applied.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Prices {
    /// A token of the prompt.
    pub prompt: Usd,
    /// A token of the answer.
    pub completion: Usd,
    /// A token that was thought, where it has a price of its own.
    pub reasoning: Usd,
    /// A token read from the cache.
    pub cache_read: Usd,
    /// A token written to the cache for five minutes.
    pub cache_write: Usd,
    /// A token written to the cache for an hour.
    pub cache_write_1h: Usd,
    /// A token of sound in the prompt.
    pub audio: Usd,
    /// A token of sound in the answer.
    pub audio_output: Usd,
    /// A token of a picture in the answer.
    pub image_output: Usd,
    /// A request, whatever is in it.
    pub request: Usd,
    /// A search.
    pub web_search: Usd,
}

impl Prices {
    /// The prices of a model. `None`: they are not known, as a router's, which are those of whatever model it takes.
    pub fn of(pricing: &Value<'_>, model: &str, moment: Moment) -> Option<Self> {
        if pricing.get("isUnknown").and_then(|flag| flag.as_bool()) == Some(true) {
            return None;
        }
        let overrides: Vec<_> = pricing.get("overrides").map(|list| list.to_items()).unwrap_or_default();
        let overrides: Vec<_> = overrides.into_iter().filter(|entry| applies(entry, moment)).collect();
        // Later entries win key by key; what none has is the base's.
        let stated = |name: &str| {
            let rows = overrides.iter().rev().chain(core::iter::once(pricing));
            rows.filter_map(|row| unit(row, name)).find_map(|value| Usd::of(&value))
        };
        let [prompt, completion] = ["prompt", "completion"].map(stated);
        if (prompt.is_none() && completion.is_none()) || [prompt, completion].iter().flatten().any(|price| price.is_negative()) {
            return None;
        }
        let full = Usd::ONE;
        let left = unit(pricing, "discount").and_then(|value| Usd::of(&value)).map(|discount| full.minus(discount));
        let left = left.filter(|left| !left.is_negative() && *left <= full);
        let or = |name: &str, fallback: Usd| stated(name).filter(|price| !price.is_negative()).unwrap_or(fallback);
        let (prompt, completion) = (prompt.unwrap_or_default(), completion.unwrap_or_default());
        let shares = cache_shares(model);
        let [read, write, write_1h] = shares.map(|percent| hundredths(prompt, percent));
        let mut prices = Self {
            prompt,
            completion,
            reasoning: or("internal_reasoning", completion),
            cache_read: or("input_cache_read", read),
            cache_write: or("input_cache_write", write),
            cache_write_1h: or("input_cache_write_1h", or("input_cache_write", write).max(write_1h)),
            audio: or("audio", prompt),
            audio_output: or("audio_output", completion),
            image_output: or("image_output", completion),
            request: or("request", Usd::default()),
            web_search: or("web_search", Usd::default()),
        };
        // A row says 0 for kinds that it has no price for; thinking is not free where writing is not.
        for (price, usual) in [
            (&mut prices.reasoning, completion),
            (&mut prices.image_output, completion),
            (&mut prices.audio_output, completion),
            (&mut prices.audio, prompt),
        ] {
            if price.is_zero() {
                *price = usual;
            }
        }
        if let Some(left) = left {
            prices.discount(left);
        }
        Some(prices)
    }

    /// What the kinds of prompt tokens cost beside one another, where no price is known.
    pub fn relative(model: &str) -> Self {
        let [cache_read, cache_write, cache_write_1h] = cache_shares(model).map(|percent| hundredths(Usd::ONE, percent));
        Self { prompt: Usd::ONE, audio: Usd::ONE, cache_read, cache_write, cache_write_1h, ..Self::default() }
    }

    /// The dearest token of an answer: what an estimate goes by while nobody knows which kind comes next.
    pub fn output(&self) -> Usd {
        self.completion.max(self.reasoning)
    }

    fn discount(&mut self, left: Usd) {
        for price in [
            &mut self.prompt,
            &mut self.completion,
            &mut self.reasoning,
            &mut self.cache_read,
            &mut self.cache_write,
            &mut self.cache_write_1h,
            &mut self.audio,
            &mut self.audio_output,
            &mut self.image_output,
            &mut self.request,
            &mut self.web_search,
        ] {
            *price = price.share(left, Usd::ONE);
        }
    }
}

/// So many hundredths of an amount.
fn hundredths(amount: Usd, percent: u64) -> Usd {
    amount.times(percent).share(Usd::ONE, Usd::whole(100))
}

/// Read, write, and write for an hour in hundredths of the prompt's price, where a row has none of its own (openrouter-api 9). Where a
/// family has several the dearest: too low a bill is the worse mistake.
fn cache_shares(model: &str) -> [u64; 3] {
    match model.trim_start_matches('~').split('/').next().unwrap_or_default() {
        "anthropic" => [10, 125, 200],
        "openai" => [50, 125, 125],
        "google" | "x-ai" | "moonshotai" => [25, 100, 100],
        "deepseek" => [10, 100, 100],
        "qwen" | "alibaba" => [10, 125, 125],
        "z-ai" => [20, 100, 100],
        _ => [100, 100, 100],
    }
}

/// A field in the wire's spelling or in camel case.
fn unit<'a>(row: &Value<'a>, name: &str) -> Option<Value<'a>> {
    row.get(name).or_else(|| {
        let mut camel = String::new();
        for (number, word) in name.split('_').enumerate() {
            let mut letters = word.chars();
            camel.extend(letters.next().map(|first| if number > 0 { first.to_ascii_uppercase() } else { first }));
            camel.push_str(letters.as_str());
        }
        row.get(&camel)
    })
}

/// Whether all conditions of an override hold.
fn applies(entry: &Value<'_>, moment: Moment) -> bool {
    let number = |name: &str| unit(entry, name).and_then(|value| Usd::of(&value));
    // Strictly greater.
    if number("min_prompt_tokens").is_some_and(|least| Usd::whole(moment.prompt_tokens) <= least) {
        return false;
    }
    let minutes = (moment.epoch_ms / 60_000.0) as i64;
    let minute = minutes.rem_euclid(1440) as u64;
    let clock = Usd::whole(minute / 60 * 100 + minute % 60);
    let [start, end] = ["utc_start", "utc_end"].map(number);
    if start.is_some() || end.is_some() {
        let (start, end) = (start.unwrap_or_default(), end.unwrap_or(Usd::whole(2400)));
        let is_inside = if start <= end { start <= clock && clock < end } else { start <= clock || clock < end };
        if !is_inside {
            return false;
        }
    }
    let Some(days) = unit(entry, "utc_days").filter(Value::is_array) else { return true };
    // The first of January 1970 was a Thursday.
    let today = (minutes.div_euclid(1440) + 4).rem_euclid(7) as u64;
    const NAMES: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
    days.to_items().iter().any(|day| match day.str() {
        Some(name) => name.get(..3).is_some_and(|start| start.eq_ignore_ascii_case(NAMES[today as usize])),
        None => day.as_number().is_some_and(|number| number as u64 % 7 == today),
    })
}
