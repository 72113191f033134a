//! `params`: the seeds' names in both spellings, merged from the client, the model and the call (provider-rules 4.1, 5.3, 5.6).
//!
//! A `null` says nothing, here as on the wire: the layer below it counts.

use crate::change::Changes;
use crate::error::Error;
use crate::names;
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
pub const BODY_NAMES: [&str; 10] = [
    "max_completion_tokens",
    "temperature",
    "top_p",
    "frequency_penalty",
    "presence_penalty",
    "seed",
    "stop",
    "response_format",
    "tool_choice",
    "reasoning",
];
const NUMBERS: [&str; 6] = ["max_completion_tokens", "temperature", "top_p", "frequency_penalty", "presence_penalty", "seed"];
const OBJECTS: [&str; 4] = ["reasoning", "provider", "extra_body", "chat_template_kwargs"];
/// The fields of `reasoning` that say how strongly to think, as `thinking` does.
pub const STRENGTHS: [&str; 3] = ["effort", "max_tokens", "enabled"];

/// The merged params under their names of `NAMES`.
#[derive(Debug, Clone, Default)]
pub struct Params<'a> {
    fields: Object<'a>,
    /// Where the limit of the answer was written.
    limit_place: Option<String>,
}

impl<'a> Params<'a> {
    /// Lays one more layer over the ones before: it wins key by key, whatever spelling it uses; `provider` is merged one level deeper.
    /// `place` names the layer in errors.
    pub fn add_layer(&mut self, layer: &Value<'a>, place: &str, warnings: &mut Changes) -> Result<(), Error> {
        let mut layer = layer.clone();
        let Some(object) = layer.object_mut() else { return Err(Error::invalid(place, "must be an object")) };
        for (name, spellings) in NAMES {
            let Some(spelling) = spellings.iter().find(|spelling| object.get(spelling).is_some()) else { continue };
            let Some(mut value) = object.get(spelling).cloned() else { continue };
            let at = || [place, ".", spelling].concat();
            if NUMBERS.contains(&name) && value.as_number().is_none() {
                return Err(Error::invalid(&at(), "must be a number"));
            }
            if OBJECTS.contains(&name) && !value.is_object() {
                return Err(Error::invalid(&at(), "must be an object"));
            }
            names::apply_below(name, &mut value, &at(), warnings);
            if name == "max_completion_tokens" {
                self.limit_place = Some(at());
            }
            // Two words for one thing: the later layer's counts, whichever it is.
            match name {
                "reasoning" if has_strength(&value) => drop(self.fields.remove("thinking")),
                "thinking" if object.get("reasoning").is_none() => self.drop_strength(),
                _ => {}
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

    /// Takes the strength out of `reasoning`, and leaves what else it says.
    pub fn drop_strength(&mut self) {
        if let Some(reasoning) = self.fields.get_mut("reasoning").and_then(Value::object_mut) {
            reasoning.retain(|name, _| !STRENGTHS.contains(&name));
            if reasoning.is_empty() {
                self.fields.remove("reasoning");
            }
        }
    }

    /// Where the limit of the answer that counts was written.
    pub fn limit_place(&self) -> Option<&str> {
        self.limit_place.as_deref()
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

/// Whether a `reasoning` says how strongly to think.
pub fn has_strength(reasoning: &Value<'_>) -> bool {
    STRENGTHS.iter().any(|name| reasoning.get(name).is_some())
}

/// Whether a key would reach an object's prototype in code that copies objects carelessly.
pub fn is_hostile_key(key: &str) -> bool {
    matches!(key, "__proto__" | "prototype" | "constructor")
}

/// Without hostile keys, and without what says nothing: `null` and objects that are empty, at every depth.
pub fn cleaned(mut value: Value<'_>) -> Object<'_> {
    let Some(object) = value.object_mut() else { return Object::default() };
    for (_, value) in object.fields_mut() {
        clean(value);
    }
    object.retain(|key, value| !is_hostile_key(key) && !value.is_null() && !matches!(value, Value::Object(object) if object.is_empty()));
    core::mem::take(object)
}

fn clean(value: &mut Value<'_>) {
    if value.is_object() {
        let inner = core::mem::replace(value, Value::Array(Vec::new()));
        *value = Value::Object(cleaned(inner));
    } else if let Some(items) = value.array_mut() {
        items.iter_mut().for_each(clean);
    }
}
