//! The names that a request may have: camelCase of the wire's own becomes the wire's, anything else is told with the name it is near to.
//!
//! A wrong name costs money in silence: OpenRouter passes it over, or on to a provider that does. It is sent all the same, since providers
//! have parameters of their own.

use crate::change::Changes;
use crate::text::joined;
use crate::value::{Object, Value};

/// The rule of what is told here.
pub const RULE: &str = "names";
/// The rule of values that no field takes, or that contradict each other.
pub const VALUES: &str = "values";

/// OpenRouter's chat schema, what its documentation has beside it, and what is ours.
const CHAT: &str = "audio cache_control chat_template_kwargs debug deferred_tools extraBody extra_body fallbackModels frequency_penalty \
    image_config include_reasoning logit_bias logprobs max_completion_tokens max_tokens max_tool_calls messages metadata min_p modalities \
    model models parallel_tool_calls params plugins prediction presence_penalty preset prompt_cache_key prompt_cache_options \
    prompt_cache_retention provider reasoning reasoning_effort reasoning_summary repetition_penalty response_format route seed \
    service_tier sessionId session_id simulator stop stop_server_tools_when store stream stream_options structured_outputs temperature text thinking \
    tool_choice tools top_a top_k top_logprobs top_p trace transcriptPolicy transforms usage user verbosity web_search_options \
    x_search_filter";
/// What the facade takes out of a request before it comes here: only to be near to.
const FACADE: &str = "approve budget headers maxRetries maxSteps signal stopWhen timeoutMs";
/// Objects in a request whose names are known: the field, what is below it, the names.
const BELOW: [(&str, &str, &str); 6] = [
    (
        "provider",
        "",
        "order allow_fallbacks require_parameters data_collection zdr enforce_distillable_text only ignore quantizations sort max_price \
         preferred_min_throughput preferred_max_latency options",
    ),
    ("provider", "sort", "by partition"),
    ("provider", "max_price", "prompt completion request image audio"),
    ("reasoning", "", "effort max_tokens enabled exclude summary context mode"),
    ("response_format", "", "type json_schema grammar"),
    ("response_format", "json_schema", "name description schema strict"),
];
/// Whatever has no capital letter: which plugin has which is theirs to say.
const ANY: &str = "";
/// What is set for one model, and what is known of it.
const MODEL_SETTINGS: &str = "alias params reasoning supportsTools supports_tools input input_modalities contextWindow context_window \
    maxTokens max_tokens supportedParameters supported_parameters pricing";
/// Other people's words, as letters and digits alone, each with what it is here behind it.
const OTHER_WORDS: &str = "maxoutputtokens max_completion_tokens stopsequences stop system messages instructions messages input messages \
    prompt messages functions tools functioncall tool_choice fallbacks fallbackModels avoid ignore exclude ignore block ignore allow only \
    prefer order level effort url baseURL inputschema parameters schema parameters arguments parameters handler execute run execute \
    callback execute content text value text text content parts content src url uri url href url image image_url mimetype format \
    mediatype format filedata file_data fileid file_id toolcallid tool_call_id toolname name callid tool_call_id input arguments args arguments";

/// Brings the names of a request into the wire's spelling, and tells of those that are none.
pub fn apply(body: &mut Object<'_>, warnings: &mut Changes) {
    fit(body, CHAT, "", warnings);
    for name in ["provider", "reasoning", "response_format"] {
        if let Some(value) = body.get_mut(name) {
            apply_below(name, value, name, warnings);
        }
    }
    for plugin in body.get_mut("plugins").and_then(Value::array_mut).into_iter().flatten().filter_map(Value::object_mut) {
        fit(plugin, ANY, "plugins", warnings);
    }
}

/// The same below one field, wherever it stands: `place`.
#[inline(never)]
pub fn apply_below(name: &str, value: &mut Value<'_>, place: &str, warnings: &mut Changes) {
    for (field, below, names) in BELOW {
        let Some(object) = value.object_mut().filter(|_| field == name) else { continue };
        if below.is_empty() {
            fit(object, names, place, warnings);
        } else if let Some(object) = object.get_mut(below).and_then(Value::object_mut) {
            fit(object, names, &at(place, below), warnings);
        }
    }
}

/// Tells of what is set for a model and means nothing here.
pub fn model_settings(entry: &Value<'_>, place: &str, warnings: &mut Changes) {
    if let Some(entry) = entry.clone().object_mut() {
        fit(entry, MODEL_SETTINGS, place, warnings);
    }
}

/// Reports names that the facade knows to be none: lines of place, name, and the names that it could be; of an odd value no name, and why.
pub fn reported_by_facade(strange: &str, warnings: &mut Changes) {
    for line in strange.split('\n') {
        let Some((place, (name, names))) = line.split_once('|').and_then(|(place, rest)| Some((place, rest.split_once('|')?))) else {
            continue;
        };
        if name.is_empty() {
            warnings.add(VALUES, place, names.to_owned());
        } else {
            report_at(place, name, names, false, warnings);
        }
    }
}

/// Brings what the repairs say of names in messages (see [`crate::transcript::field_names`]) where it belongs.
pub fn in_messages(changes: &mut Changes, warnings: &mut Changes) {
    changes.0.retain(|told| {
        let names = (told.rule == RULE).then(|| told.reason.split_once('|')).flatten();
        if let Some((name, names)) = names {
            report(name, names, &told.path, warnings);
        }
        names.is_none()
    });
}

#[inline(never)]
fn fit(object: &mut Object<'_>, names: &str, place: &str, warnings: &mut Changes) {
    // With what is said of each by the same walk: to find them again one by one would be quadratic.
    let strange: Vec<(String, bool)> =
        object.fields().filter(|(name, _)| !has(names, name)).map(|(name, value)| (name.into_owned(), value.is_null())).collect();
    for (name, says_nothing) in strange {
        let wire = snake(&name);
        if !has(names, &wire) {
            // A null means "not set".
            if !says_nothing {
                report(&name, names, place, warnings);
            }
            continue;
        }
        let Some(value) = object.remove(&name) else { continue };
        if object.get(&wire).is_none() {
            object.set(&wire, value);
        } else if !says_nothing {
            warnings.add(RULE, at(place, &name), ["counts for nothing beside ", &wire].concat());
        }
    }
}

fn report(name: &str, names: &str, place: &str, warnings: &mut Changes) {
    report_at(&at(place, name), name, names, place.is_empty(), warnings);
}

#[cold]
fn report_at(place: &str, name: &str, names: &str, is_field: bool, warnings: &mut Changes) {
    let near = meant(name, names).or_else(|| meant(name, FACADE).filter(|_| is_field));
    let reason = match near {
        Some(near) => ["is no name that is known here: did you mean ", near, "?"].concat(),
        None if is_field => "is no field that OpenRouter documents; what a provider alone knows goes into extraBody".to_owned(),
        None => {
            ["is no name that is known here; these are: ", &joined(&names.split(' ').map(str::to_owned).collect::<Vec<_>>(), ", ")].concat()
        }
    };
    warnings.add(RULE, place, reason);
}

fn at(place: &str, name: &str) -> String {
    if place.is_empty() { name.to_owned() } else { [place, ".", name].concat() }
}

#[inline(never)]
fn has(names: &str, name: &str) -> bool {
    let mut held = names.split(' ');
    if names == ANY { !name.bytes().any(|byte| byte.is_ascii_uppercase()) } else { held.any(|held| held == name) }
}

/// `max_tokens` of `maxTokens`.
fn snake(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// The name that was meant, as far as that can be told: the one that differs least in one place.
fn meant<'n>(name: &str, names: &'n str) -> Option<&'n str> {
    let letters = letters(name);
    let mut words = OTHER_WORDS.split(' ');
    while let (Some(other), Some(here)) = (words.next(), words.next()) {
        if other == letters
            && let Some(held) = names.split(' ').find(|held| *held == here)
        {
            return Some(held);
        }
    }
    let near = names.split(' ').filter_map(|held| Some((difference(letters.as_bytes(), self::letters(held).as_bytes())?, held)));
    near.min_by_key(|(difference, _)| *difference).map(|(_, held)| held)
}

/// Letters and digits: the rest of a name is a matter of style.
#[inline(never)]
fn letters(name: &str) -> String {
    let mut letters = String::new();
    name.chars().filter(char::is_ascii_alphanumeric).for_each(|c| letters.push(c.to_ascii_lowercase()));
    letters
}

/// How many letters stand between the beginning and the end that two names have in common; `None` where these are too few. A name that is
/// a part of the other is near to it, if not as near as a slip of the hand.
fn difference(left: &[u8], right: &[u8]) -> Option<usize> {
    let short = left.len().min(right.len());
    let start = (0..short).take_while(|at| left[*at] == right[*at]).count();
    let end = (1..=short - start).take_while(|at| left[left.len() - at] == right[right.len() - at]).count();
    let between = left.len().max(right.len()) - start - end;
    let is_swapped = || between == 2 && left.len() == right.len() && left[start] == right[start + 1] && left[start + 1] == right[start];
    match () {
        () if short > 2 && is_swapped() => Some(1),
        () if between * 3 <= short && between <= 3 => Some(between),
        () if short >= 3 && start + end == short && (start == 0 || end == 0) => Some(between + 4),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_near_to_the_one_that_was_meant() {
        for (name, names, expected) in [
            ("temprature", CHAT, Some("temperature")),
            ("temperatrue", CHAT, Some("temperature")),
            ("Temperature", CHAT, Some("temperature")),
            ("temp", CHAT, Some("temperature")),
            ("sotp", CHAT, Some("stop")),
            ("sede", CHAT, Some("seed")),
            ("modle", CHAT, Some("model")),
            ("olny", "order only ignore", Some("only")),
            ("max-tokens", CHAT, Some("max_tokens")),
            ("maxOutputTokens", CHAT, Some("max_completion_tokens")),
            ("toolchoise", CHAT, Some("tool_choice")),
            ("tool", CHAT, Some("tools")),
            ("providers", CHAT, Some("provider")),
            ("response_fromat", CHAT, Some("response_format")),
            ("stopSequences", CHAT, Some("stop")),
            ("abortSignal", FACADE, Some("signal")),
            ("key", "apiKey baseURL", Some("apiKey")),
            ("baseUrl", "apiKey baseURL", Some("baseURL")),
            ("timeout", "apiKey timeoutMs", Some("timeoutMs")),
            ("safe_prompt", CHAT, None),
            ("n", CHAT, None),
            ("", CHAT, None),
            ("zzz", CHAT, None),
        ] {
            assert_eq!(meant(name, names), expected, "{name}");
        }
    }
}
