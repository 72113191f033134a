//! The client's budget before a call that is no chat: what it may come to, and whether that is still there.

use crate::budget::{over, over_limit};
use crate::error::Error;
use crate::pricing::{Moment, Prices, Unit};
use crate::record::Writes;
use crate::usd::Usd;
use crate::value::Value;

/// What is counted before a call, by its public name.
const UNITS: [(&str, Unit); 6] = [
    ("prompt", Unit::Prompt),
    ("completion", Unit::Completion),
    ("audio", Unit::Audio),
    ("audioOutput", Unit::AudioOutput),
    ("imageOutput", Unit::ImageOutput),
    ("request", Unit::Request),
];

openrouter_wire::record! {
    /// A call that is no chat and may be sent.
    pub struct CallAdmission: writes {
        /// What it may come to, in 10^-12 USD.
        estimate_pico: Option<u64>,
        warning: Option<String>,
    }
}

/// A [`CallAdmission`], or the refusal. `call` is `{clientUsd?, requirePrice?, spentPico, model, pricing?, fault?, atMs, units, usd?}`: so many of
/// each unit, or an amount that is known already; `fault`: why no price is known.
pub fn admit(call: &str) -> Result<String, Error> {
    let call = Value::parse(call).unwrap_or_else(Value::null);
    let model = call.get_str("model").unwrap_or_default();
    let limit = Usd::in_field(&call, "clientUsd");
    let spent = Usd::from_pico(call.get("spentPico").and_then(|pico| pico.as_number()).unwrap_or(0.0));
    let needs_price = call.get("requirePrice").and_then(|flag| flag.as_bool()) == Some(true);
    let estimate = Usd::in_field(&call, "usd").or_else(|| estimate_of(&call, &model));
    let why = call.get_str("fault").map_or_else(String::new, |fault| [" (", &fault, ")"].concat());
    if estimate.is_none() && needs_price {
        return Err(over(["the price of ", &model, " is not known", &why, ", and budget.requirePrice refuses such models"].concat()));
    }
    if let Some(limit) = limit {
        let at = (limit, spent, "the client");
        match estimate {
            Some(estimate) if spent.plus(estimate) > limit => {
                return Err(over_limit(at, &[" is spent, and the next call, to ", &model, ", costs about "].concat(), Some(estimate)));
            }
            None if spent >= limit => {
                return Err(over_limit(
                    at,
                    &[" is spent, and the price of ", &model, ", which is next, is not known", &why].concat(),
                    None,
                ));
            }
            _ => {}
        }
    }
    let unknown = || ["budget: the price of ", &model, " is not known", &why, ": only what OpenRouter reports counts"].concat();
    let warning = if estimate.is_none() { Some(unknown()) } else { None };
    Ok(CallAdmission { estimate_pico: estimate.map(|estimate| estimate.to_pico() as u64), warning }.to_json())
}

fn estimate_of(call: &Value<'_>, model: &str) -> Option<Usd> {
    let units = call.get("units")?;
    let count = |name: &str| units.get(name).and_then(|count| count.as_number()).filter(|count| *count > 0.0).unwrap_or(0.0) as u64;
    let moment = Moment { prompt_tokens: count("prompt"), epoch_ms: call.get("atMs").and_then(|at| at.as_number()).unwrap_or(0.0) };
    let prices = Prices::of(&call.get("pricing")?, model, moment)?;
    let sum = UNITS.iter().fold(Usd::default(), |sum, (name, unit)| sum.plus(prices.unit(*unit).times(count(name))));
    // Nothing at all is what a row says whose price stands elsewhere, unless the model is free by its name.
    (!sum.is_zero() || model.ends_with(":free")).then_some(sum)
}
