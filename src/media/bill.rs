//! What an answer tells of its bill.

use crate::json::Raw;
use crate::media::{cost_of, number_of};
use crate::value::Value;

openrouter_wire::record! {
    /// The bill of a media call.
    pub struct MediaBill<'a>: writes {
        /// USD, in the digits in which it came.
        cost: Option<Value<'static>> as "number",
        raw: Raw<'a> as "Record<string, unknown>",
    }
}

/// The bill in an answer; a cost that is negative or no number is left out.
pub fn usage(usage: Option<Raw<'_>>) -> Option<MediaBill<'_>> {
    let raw = usage.filter(|usage| usage.is_object())?;
    Some(MediaBill { cost: cost_of(raw), raw })
}

openrouter_wire::record! {
    /// What a call of a service used.
    pub struct ServiceUsage<'a>: writes {
        /// Of sound.
        seconds: Option<Value<'static>> as "number",
        input_tokens: Option<Value<'static>> as "number",
        output_tokens: Option<Value<'static>> as "number",
        total_tokens: Option<Value<'static>> as "number",
        search_units: Option<Value<'static>> as "number",
        /// USD, in the digits in which it came.
        cost: Option<Value<'static>> as "number",
        raw: Raw<'a> as "Record<string, unknown>",
    }
}

/// What a usage on the wire calls what is handed on; empty for what it does not have.
#[derive(Debug, Default)]
pub struct UsageNames {
    /// Of sound.
    pub seconds: &'static str,
    /// Of the prompt.
    pub input_tokens: &'static str,
    /// Of the answer.
    pub output_tokens: &'static str,
    /// Of both.
    pub total_tokens: &'static str,
    /// Of a ranking.
    pub search_units: &'static str,
}

/// The public usage: what `names` say, as far as it is a number from 0.
pub fn usage_of<'a>(usage: Option<Raw<'a>>, names: &UsageNames) -> Option<ServiceUsage<'a>> {
    let raw = usage.filter(|usage| usage.is_object())?;
    let number = |name: &str| if name.is_empty() { None } else { number_of(raw, name) };
    Some(ServiceUsage {
        seconds: number(names.seconds),
        input_tokens: number(names.input_tokens),
        output_tokens: number(names.output_tokens),
        total_tokens: number(names.total_tokens),
        search_units: number(names.search_units),
        cost: cost_of(raw),
        raw,
    })
}
