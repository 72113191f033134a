//! The client's budget before a call that is no chat: what it may come to, and whether that is still there.

use std::borrow::Cow;

use crate::budget::{over, over_limit};
use crate::error::Error;
use crate::json::Raw;
use crate::pricing::{Moment, Prices, Unit};
use crate::record::{Reads, Writes};
use crate::usd::Usd;
use crate::value::Value;

openrouter_wire::record! {
    /// How much of each unit a call is about to use.
    pub struct CallUnits: reads {
        prompt: Option<f64>,
        completion: Option<f64>,
        audio: Option<f64>,
        audio_output: Option<f64>,
        image_output: Option<f64>,
        request: Option<f64>,
    }
}

openrouter_wire::record! {
    /// A call that is no chat and is about to be sent.
    pub struct GuardedCall<'a>: reads {
        model: Cow<'a, str>,
        client_usd: Option<Usd>,
        /// Whether a model without a known price is refused.
        require_price: bool,
        /// What the client has spent or holds, in 10^-12 USD.
        spent_pico: f64,
        pricing: Option<Raw<'a>> as "api.Pricing",
        /// Why no price is known.
        fault: Option<Cow<'a, str>>,
        /// Milliseconds since 1970 UTC.
        at_ms: Option<f64>,
        units: Option<CallUnits>,
        /// In place of units: an amount that is known already.
        usd: Option<Usd> as "string",
    }
}

openrouter_wire::record! {
    /// A call that is no chat and may be sent.
    pub struct CallAdmission: writes {
        /// What it may come to, in 10^-12 USD.
        estimate_pico: Option<u64>,
        warning: Option<String>,
    }
}

/// A [`CallAdmission`], or the refusal, for a [`GuardedCall`]. A call that cannot be read is refused.
pub fn admit(call: &str) -> Result<String, Error> {
    let call = GuardedCall::parse(call).ok_or_else(|| over("the call that the budget is asked for cannot be read".to_owned()))?;
    let (model, limit, spent) = (call.model.as_ref(), call.client_usd, Usd::from_pico(call.spent_pico));
    let estimate = call.usd.or_else(|| estimate_of(&call));
    let why = call.fault.as_deref().map_or_else(String::new, |fault| [" (", fault, ")"].concat());
    if estimate.is_none() && call.require_price {
        return Err(over(["the price of ", model, " is not known", &why, ", and budget.requirePrice refuses such models"].concat()));
    }
    if let Some(limit) = limit {
        let at = (limit, spent, "the client");
        match estimate {
            Some(estimate) if spent.plus(estimate) > limit => {
                return Err(over_limit(at, &[" is spent, and the next call, to ", model, ", costs about "].concat(), Some(estimate)));
            }
            None if spent >= limit => {
                return Err(over_limit(at, &[" is spent, and the price of ", model, ", which is next, is not known", &why].concat(), None));
            }
            _ => {}
        }
    }
    let unknown = || ["budget: the price of ", model, " is not known", &why, ": only what OpenRouter reports counts"].concat();
    let warning = if estimate.is_none() { Some(unknown()) } else { None };
    Ok(CallAdmission { estimate_pico: estimate.map(|estimate| estimate.to_pico() as u64), warning }.to_json())
}

fn estimate_of(call: &GuardedCall<'_>) -> Option<Usd> {
    let units = call.units.as_ref()?;
    let count = |count: Option<f64>| count.filter(|count| *count > 0.0).unwrap_or(0.0) as u64;
    let moment = Moment { prompt_tokens: count(units.prompt), epoch_ms: call.at_ms.unwrap_or(0.0) };
    let prices = Prices::of(&Value::Raw(call.pricing?), &call.model, moment)?;
    let counted = [
        (units.prompt, Unit::Prompt),
        (units.completion, Unit::Completion),
        (units.audio, Unit::Audio),
        (units.audio_output, Unit::AudioOutput),
        (units.image_output, Unit::ImageOutput),
        (units.request, Unit::Request),
    ];
    let sum = counted.iter().fold(Usd::default(), |sum, (held, unit)| sum.plus(prices.unit(*unit).times(count(*held))));
    // Nothing at all is what a row says whose price stands elsewhere, unless the model is free by its name.
    (!sum.is_zero() || call.model.ends_with(":free")).then_some(sum)
}
