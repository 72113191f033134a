//! `params`: the seeds' names in both spellings, merged from the client, the model and the call (provider-rules 4.1, 5.3, 5.6).

use crate::change::Changes;
use crate::error::Error;
use crate::value::{Object, Value};

/// The name on the wire, or ours, and the spellings it is read from; of several in one layer the first counts.
const NAMES: [(&str, &[&str]); 19] = [
    ("max_completion_tokens", &["maxTokens", "max_completion_tokens", "max_tokens", "maxCompletionTokens"]),
    ("temperature", &["temperature"]),
    ("top_p", &["topP", "top_p"]),
    ("frequency_penalty", &["frequencyPenalty", "frequency_penalty"]),
    ("presence_penalty", &["presencePenalty", "presence_penalty"]),
    ("seed", &["seed"]),
    ("stop", &["stop"]),
    ("response_format", &["response_format", "responseFormat"]),
    ("parallel_tool_calls", &["parallel_tool_calls", "parallelToolCalls"]),
    ("tool_choice", &["tool_choice", "toolChoice"]),
    ("reasoning", &["reasoning"]),
    ("provider", &["provider"]),
    ("extra_body", &["extra_body", "extraBody"]),
    ("chat_template_kwargs", &["chat_template_kwargs", "chatTemplateKwargs"]),
    ("response_cache", &["responseCache", "response_cache"]),
    ("response_cache_ttl", &["responseCacheTtlSeconds", "response_cache_ttl_seconds", "responseCacheTtl", "response_cache_ttl"]),
    ("response_cache_clear", &["responseCacheClear", "response_cache_clear"]),
    ("cache_retention", &["cacheRetention", "cache_retention"]),
    ("thinking", &["thinking", "thinkingLevel", "thinking_level"]),
];

/// Params that name themselves on the wire; the rest has a rule of its own.
pub const BODY_NAMES: [&str; 11] = [
    "max_completion_tokens",
    "temperature",
    "top_p",
    "frequency_penalty",
    "presence_penalty",
    "seed",
    "stop",
    "response_format",
    "parallel_tool_calls",
    "tool_choice",
    "reasoning",
];
const NUMBERS: [&str; 6] = ["max_completion_tokens", "temperature", "top_p", "frequency_penalty", "presence_penalty", "seed"];
const OBJECTS: [&str; 3] = ["provider", "extra_body", "chat_template_kwargs"];

/// The merged params under their names of [`NAMES`].
#[derive(Debug, Clone, Default)]
pub struct Params<'a> {
    fields: Object<'a>,
}

impl<'a> Params<'a> {
    /// Lays one more layer over the ones before: it wins key by key, whatever spelling it uses; `provider` is merged one level deeper.
    /// `place` names the layer in errors.
    pub fn add_layer(&mut self, layer: &Value<'a>, place: &str, warnings: &mut Changes) -> Result<(), Error> {
        let mut layer = layer.clone();
        let Some(object) = layer.object_mut() else { return Err(Error::invalid(place, "must be an object")) };
        for (name, spellings) in NAMES {
            let Some(spelling) = spellings.iter().find(|spelling| object.get(spelling).is_some()) else { continue };
            let Some(value) = object.get(spelling).cloned() else { continue };
            let at = || [place, ".", spelling].concat();
            if NUMBERS.contains(&name) && value.as_number().is_none() {
                return Err(Error::invalid(&at(), "must be a number"));
            }
            if OBJECTS.contains(&name) && !value.is_object() {
                return Err(Error::invalid(&at(), "must be an object"));
            }
            match self.fields.get_mut("provider").and_then(Value::object_mut).filter(|_| name == "provider") {
                Some(held) => cleaned(value).fields().for_each(|(key, value)| held.set(&key, value.clone())),
                None if name == "provider" => self.fields.set(name, Value::Object(cleaned(value))),
                None => self.fields.set(name, value),
            }
        }
        for (key, _) in object.fields() {
            if !NAMES.iter().any(|(_, spellings)| spellings.contains(&key.as_ref())) {
                warnings.add("params", [place, ".", &key].concat(), "is no name of params and was not sent; extraBody takes any field");
            }
        }
        Ok(())
    }

    /// A param by its first name.
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.fields.get(name)
    }

    /// `true`, `false`, and the words for them; numbers are no answer.
    pub fn flag(&self, name: &str) -> Option<bool> {
        let value = self.get(name)?;
        if let Some(flag) = value.as_bool() {
            return Some(flag);
        }
        match value.str()?.trim_ascii().to_ascii_lowercase().as_str() {
            "1" | "true" | "yes" | "on" | "enable" | "enabled" => Some(true),
            "0" | "false" | "no" | "off" | "disable" | "disabled" => Some(false),
            _ => None,
        }
    }
}

/// Keys that would reach an object's prototype are dropped, at every depth.
fn cleaned(mut value: Value<'_>) -> Object<'_> {
    let Some(object) = value.object_mut() else { return Object::default() };
    object.retain(|key, value| !matches!(key, "__proto__" | "prototype" | "constructor") && !value.is_null());
    for (_, value) in object.fields_mut() {
        if value.is_object() {
            let inner = core::mem::replace(value, Value::bool(false));
            *value = Value::Object(cleaned(inner));
        }
    }
    core::mem::take(object)
}
