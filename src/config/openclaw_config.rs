//! An OpenClaw configuration file, as this package's client options.
//!
//! Plain JSON only. OpenClaw writes JSON5, which the facade turns into JSON first: the `json5` crate is 26 KB of the package (brotli)
//! before it writes a single fraction, the parser of the `json5` npm package is 5.

mod file;

use crate::error::Error;
use crate::json::Reader;
use crate::json_string::write_string;
use crate::message::MOST_FIELDS;
use crate::model_ref::ModelRef;
use crate::params::is_hostile_key;
use crate::places::Places;
use crate::route::checked_base;
use crate::text::{between, tail};
use crate::value::{Object, Value};
use file::{Fields, File, Kind, Node};

const CHOICE: &[Fields] = &[(Kind::Text, &["primary"]), (Kind::Texts, &["fallbacks"]), (Kind::Number, &["timeoutMs"])];
const ENTRY: &[Fields] = &[(Kind::Text, &["alias"]), (Kind::Object, &["params"])];
const ROW: &[Fields] = &[(Kind::FlagOrObject, &["reasoning"]), (Kind::Texts, &["input"]), (Kind::Number, &["contextWindow", "maxTokens"])];
const COMPAT: &[Fields] = &[(Kind::Flag, &["supportsTools"])];
const SPEECH: &[Fields] = &[
    (Kind::Text, &["model", "voice", "responseFormat", "baseURL"]),
    (Kind::Number, &["speed"]),
    (Kind::Object, &["provider"]),
    (Kind::Secret, &["apiKey"]),
];
const EMBEDDING: &[Fields] =
    &[(Kind::Text, &["model", "inputType", "queryInputType", "documentInputType"]), (Kind::Number, &["dimensions", "timeoutMs"])];
const REMOTE: &[Fields] = &[(Kind::Text, &["baseUrl"]), (Kind::Secret, &["apiKey"])];
const AUDIO: &[Fields] =
    &[(Kind::Flag, &["enabled"]), (Kind::Text, &["language", "prompt"]), (Kind::Number, &["timeoutSeconds", "maxBytes"])];
const AUDIO_MODEL: &[Fields] = &[(Kind::Text, &["provider", "model", "language", "prompt"])];
const SEARCH: &[Fields] =
    &[(Kind::Flag, &["enabled"]), (Kind::Text, &["provider"]), (Kind::Number, &["maxResults", "timeoutSeconds", "cacheTtlMinutes"])];
const PERPLEXITY: &[Fields] = &[(Kind::Secret, &["apiKey"]), (Kind::Text, &["baseUrl", "model"])];
/// OpenClaw's names of a price, in USD a million tokens, and OpenRouter's.
const PRICES: [(&str, &str); 4] =
    [("input", "prompt"), ("output", "completion"), ("cacheRead", "input_cache_read"), ("cacheWrite", "input_cache_write")];

/// Reads an OpenClaw configuration, given as JSON, and returns the client options it states as JSON text:
/// `{apiKey, baseURL, headers, model, fallbackModels, params, models, media, search, warnings}`.
///
/// Unknown keys are passed over, since such a file holds much more than this, and `null` is not set. A known key of a wrong type is
/// an error that names its place in the file. What cannot be known here, such as a `${NAME}` that the file's own `env` does not hold,
/// is left out and stands in `warnings`.
pub fn client_options(text: &str) -> Result<String, Error> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let document = Reader::document(text.as_bytes()).map_err(|malformed| syntax_error(text, malformed.at))?;
    // Parts of it are handed on as they are written, so it has to be JSON by every parser's rules.
    let strict = document.json();
    let raw = Reader::document(strict.as_bytes()).map_err(|malformed| syntax_error(text, malformed.at))?;
    let file = File::new(raw);
    let mut options = options(&file.root());
    let warnings = file.verdict()?;
    if let Some(Err(error)) = options.str("baseURL").map(|base| checked_base(&base)) {
        // Not left to the first request: who reads this has the file at hand.
        let problem = error.message.strip_prefix("baseURL: ").unwrap_or(&error.message);
        return Err(Error::invalid("models.providers.openrouter.baseUrl", problem));
    }
    if !warnings.is_empty() {
        options.set("warnings", Value::Array(warnings.into_iter().map(Value::Text).collect()));
    }
    Ok(Value::Object(options).to_json())
}

#[cold]
fn syntax_error(text: &str, at: usize) -> Error {
    let before = text.as_bytes().get(..at).unwrap_or(text.as_bytes());
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let last = before.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    // Characters, not bytes: a byte that continues one does not count.
    let column = last.iter().filter(|byte| **byte & 0xc0 != 0x80).count() + 1;
    let problem = if before.len() == text.len() { ": the text ends too early" } else { ": this is no JSON" };
    Error::invalid("config", &["line ", &(line as u64).to_string(), ", column ", &(column as u64).to_string(), problem].concat())
}

fn options<'a>(root: &Node<'a>) -> Object<'a> {
    let provider = root.at("models.providers.openrouter");
    let of_provider = |key: &str| provider.as_ref().and_then(|node| node.get(key));
    let mut options = Object::default();

    let env_key = env_key(root, "OPENROUTER_API_KEY");
    let config_key = of_provider("apiKey").and_then(|node| node.secret());
    put_text(&mut options, "apiKey", env_key.as_ref().or(config_key.as_ref()));
    if let Some(provider) = &provider {
        provider.read(&[(Kind::Text, &["baseURL"])], &mut options);
    }
    let mut headers = Object::default();
    for (name, node) in of_provider("headers").map_or(Vec::new(), |node| node.fields()) {
        put_text(&mut headers, &name, node.secret().as_ref());
    }
    put(&mut options, "headers", headers);
    let mut choice = choice(root, "model");
    for (from, to) in [("primary", "model"), ("fallbacks", "fallbackModels")] {
        choice.remove(from).into_iter().for_each(|value| options.set(to, value));
    }
    let common = default_of(root, "params");
    let mut params = Object::default();
    merge_params(&mut params, of_provider("params"));
    merge_params(&mut params, common.clone());
    put(&mut options, "params", params);
    put(&mut options, "models", models(root, of_provider("models"), common));
    // Speech takes the provider's own key first (provider-rules 2.1): said where the client uses another.
    put(&mut options, "media", media(root, config_key.filter(|key| env_key.as_ref().is_some_and(|used| used != key))));
    put(&mut options, "search", search(root));
    options
}

/// A key from the file's `env`, where it may stand in either of two places.
fn env_key(root: &Node<'_>, name: &str) -> Option<String> {
    let env = root.get("env")?;
    env.get(name).and_then(|node| node.secret()).or_else(|| env.get("vars")?.get(name)?.secret())
}

/// A key in `agents.defaults`, or in `agent` as old files have it.
fn default_of<'a>(root: &Node<'a>, key: &str) -> Option<Node<'a>> {
    root.at("agents.defaults").and_then(|node| node.get(key)).or_else(|| root.get("agent")?.get(key))
}

/// A model with its fallbacks: a reference, or `{primary, fallbacks, timeoutMs}`.
fn choice<'a>(root: &Node<'a>, key: &str) -> Object<'a> {
    let mut choice = Object::default();
    match default_of(root, key) {
        Some(node) if node.is_object() => node.read(CHOICE, &mut choice),
        Some(node) if node.written().is_string() => put_text(&mut choice, "primary", node.text().as_ref()),
        Some(node) => node.wrong("must be a string or an object"),
        None => {}
    }
    choice
}

/// The table of models: what is set for a reference, and what the provider's own list knows of it.
fn models<'a>(root: &Node<'a>, rows: Option<Node<'a>>, common: Option<Node<'a>>) -> Object<'a> {
    // Beside each key the id on the wire, by which a row finds it: with or without the prefix.
    let mut table: Vec<(String, Option<String>, Object<'a>)> = Vec::new();
    let mut by_id = Places::default();
    for (key, node) in default_of(root, "models").map_or(Vec::new(), |node| node.fields()) {
        let mut entry = Object::default();
        node.read(ENTRY, &mut entry);
        let api_id = ModelRef::parse(&key).map(|model| model.api_id);
        if let Some(id) = &api_id {
            let is_prefixed = |key: &str| key.starts_with("openrouter/");
            let held = by_id.get(id.as_bytes()).and_then(|at| table.get(at));
            if held.is_none_or(|(held, ..)| is_prefixed(&key) && !is_prefixed(held)) {
                by_id.set(id.as_bytes(), table.len());
            }
        }
        table.push((key, api_id, entry));
    }
    for row in rows.map_or(Vec::new(), |rows| rows.items()) {
        let Some(model) = row.get("id").and_then(|id| id.text()).as_deref().and_then(ModelRef::parse) else {
            row.wrong("must have an id");
            continue;
        };
        let at = by_id.get(model.api_id.as_bytes());
        let held = at.filter(|at| table.get(*at).is_some_and(|(_, api_id, _)| api_id.as_ref() == Some(&model.api_id)));
        let at = held.unwrap_or_else(|| {
            by_id.set(model.api_id.as_bytes(), table.len());
            table.push((escaped(&model.reference), Some(model.api_id), Object::default()));
            table.len() - 1
        });
        if let Some((_, _, entry)) = table.get_mut(at) {
            add_row(&row, common.clone(), entry);
        }
    }
    let mut models = Object::default();
    // Each key is there once: what has one's id has its entry.
    table.into_iter().for_each(|(key, _, entry)| models.push(&key, Value::Object(entry)));
    models
}

fn add_row<'a>(row: &Node<'a>, common: Option<Node<'a>>, entry: &mut Object<'a>) {
    row.read(ROW, entry);
    if let Some(compat) = row.get("compat") {
        compat.read(COMPAT, entry);
    }
    if let Some(cost) = row.get("cost") {
        let mut pricing = Object::default();
        for (from, to) in PRICES {
            if let Some(Value::Raw(price)) = cost.get(from).and_then(|node| node.value(Kind::Number)) {
                pricing.set(to, Value::Text(a_millionth(&price.text())));
            }
        }
        put(entry, "pricing", pricing);
    }
    if let Some(own) = row.get("params") {
        // A row stands below the common params, which the client puts below this entry: so they are said once more in between.
        let mut params = Object::default();
        merge_params(&mut params, Some(own));
        merge_params(&mut params, common);
        lay_over(&mut params, entry.remove("params"));
        put(entry, "params", params);
    }
}

/// As the client option `media` has it: `{image, video, music, speech, transcription, maxBytes}`.
fn media<'a>(root: &Node<'a>, provider_key: Option<String>) -> Object<'a> {
    let mut media = Object::default();
    for (from, to) in [("imageGenerationModel", "image"), ("videoGenerationModel", "video"), ("musicGenerationModel", "music")] {
        let mut choice = choice(root, from);
        // A call that is paid for by being sent is not sent to another model by itself.
        if choice.remove("fallbacks").is_some_and(|list| !list.to_items().is_empty())
            && let Some(node) = default_of(root, from)
        {
            node.warn("other models are not tried", "");
        }
        let mut settings = Object::default();
        for (from, to) in [("primary", "model"), ("timeoutMs", "timeoutMs")] {
            choice.remove(from).into_iter().for_each(|value| settings.set(to, value));
        }
        put(&mut media, to, settings);
    }
    // Of no size at all there is no file: 0 is not set.
    let most = default_of(root, "mediaMaxMb").and_then(|node| node.value(Kind::Number)).and_then(|most| most.as_number());
    if let Some(most) = most.map(|most| (most * 1_048_576.0) as u64).filter(|most| *most > 0) {
        media.set("maxBytes", Value::whole(most));
    }
    let mut speech = Object::default();
    if let Some(node) = root.at("tts.providers.openrouter").or_else(|| root.at("messages.tts.providers.openrouter")) {
        node.read(SPEECH, &mut speech);
    }
    if !speech.has("apiKey") {
        put_text(&mut speech, "apiKey", provider_key.as_ref());
    }
    put(&mut media, "speech", speech);
    put(&mut media, "embedding", root.at("memory.search").map(|node| embedding(&node)).unwrap_or_default());
    put(&mut media, "transcription", root.at("tools.media.audio").map(|node| transcription(&node)).unwrap_or_default());
    media
}

/// What makes vectors for the memory, where that is OpenRouter or speaks like it (additions 1).
fn embedding<'a>(node: &Node<'a>) -> Object<'a> {
    let mut settings = Object::default();
    let provider = node.get("provider").and_then(|provider| provider.text());
    if !matches!(provider.as_deref(), Some("openrouter" | "openai-compatible")) {
        return settings;
    }
    node.read(EMBEDDING, &mut settings);
    if let Some(remote) = node.get("remote") {
        remote.read(REMOTE, &mut settings);
        if let Some(base) = settings.remove("baseUrl") {
            settings.set("baseURL", base);
        }
        let mut headers = Object::default();
        for (name, node) in remote.get("headers").map_or(Vec::new(), |node| node.fields()) {
            put_text(&mut headers, &name, node.secret().as_ref());
        }
        put(&mut settings, "headers", headers);
    }
    settings
}

fn transcription<'a>(node: &Node<'a>) -> Object<'a> {
    let (mut audio, mut settings) = (Object::default(), Object::default());
    node.read(AUDIO, &mut audio);
    let mut own = Object::default();
    for entry in node.get("models").map_or(Vec::new(), |list| list.items()) {
        let mut model = Object::default();
        entry.read(AUDIO_MODEL, &mut model);
        // The first that is OpenRouter's: the list may name other providers too.
        if own.is_empty() && model.get("provider").is_none_or(|provider| provider.is("openrouter")) {
            own = model;
        }
    }
    for (name, value) in [("model", own.remove("model")), ("language", own.remove("language").or_else(|| audio.remove("language")))] {
        value.into_iter().for_each(|value| settings.set(name, value));
    }
    if let Some(seconds) = audio.get("timeoutSeconds").and_then(Value::as_number) {
        settings.set("timeoutMs", Value::whole((seconds * 1000.0) as u64));
    }
    audio.remove("maxBytes").into_iter().for_each(|value| settings.set("maxBytes", value));
    settings
}

fn search<'a>(root: &Node<'a>) -> Object<'a> {
    let mut search = Object::default();
    // The plugin's place is the newer one, so it is read last and wins.
    for (path, table) in [
        ("tools.web.search", SEARCH),
        ("tools.web.search.perplexity", PERPLEXITY),
        ("plugins.entries.perplexity.config.webSearch", PERPLEXITY),
    ] {
        if let Some(node) = root.at(path) {
            node.read(table, &mut search);
        }
    }
    // Under a name of its own: where a key came from decides whom it is sent to (models-scan 5).
    put_text(&mut search, "perplexityApiKey", env_key(root, "PERPLEXITY_API_KEY").as_ref());
    search
}

fn put<'a>(out: &mut Object<'a>, name: &str, object: Object<'a>) {
    if !object.is_empty() {
        out.set(name, Value::Object(object));
    }
}

fn put_text(out: &mut Object<'_>, name: &str, text: Option<&String>) {
    if let Some(text) = text {
        out.set(name, Value::text(text));
    }
}

/// A text as it stands between the quotes of a key.
fn escaped(text: &str) -> String {
    let mut quoted = String::new();
    write_string(&mut quoted, text);
    between(&quoted, 1, quoted.len() - 1).to_owned()
}

/// One name for all the spellings of a param (see [`crate::params`]).
fn plain_name(key: &str) -> String {
    let mut name = String::new();
    for c in key.chars() {
        if c.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(c.to_ascii_lowercase());
    }
    match name.as_str() {
        "max_tokens" => "max_completion_tokens".to_owned(),
        "response_cache_ttl_seconds" => "response_cache_ttl".to_owned(),
        "thinking_level" => "thinking".to_owned(),
        _ => name,
    }
}

fn merge_params<'a>(base: &mut Object<'a>, layer: Option<Node<'a>>) {
    let Some(layer) = layer else { return };
    let value = layer.value(Kind::Object);
    if value.clone().is_some_and(|mut value| value.object_mut().is_some_and(|object| object.len() > MOST_FIELDS)) {
        return layer.wrong("has more than 1000 fields");
    }
    lay_over(base, value);
}

/// Lays `layer` over `base`, key by key; of `provider`, the routing, the keys one level down (provider-rules 5.6). The layer wins
/// whatever spelling it uses (4.1), so it takes the others out; its own stay as they are written. `null` says nothing.
fn lay_over<'a>(base: &mut Object<'a>, layer: Option<Value<'a>>) {
    let mut layer = layer.unwrap_or(Value::null());
    let Some(layer) = layer.object_mut() else { return };
    layer.retain(|key, value| !value.is_null() && !is_hostile_key(key));
    let names: Vec<String> = layer.fields().map(|(key, _)| plain_name(&key)).collect();
    base.retain(|held, _| held == "provider" || !names.contains(&plain_name(held)));
    for (key, value) in layer.fields() {
        match base.get_mut(&key).and_then(Value::object_mut) {
            Some(routing) if key == "provider" && value.is_object() => lay_over(routing, Some(value.clone())),
            _ => base.set(&key, value.clone()),
        }
    }
}

/// A price of a million tokens as that of one: the point moves by six places, and no digit is lost.
fn a_millionth(number: &str) -> String {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = [whole, fraction].concat();
    // No price has an exponent that the limit cuts off.
    let point = whole.len() as i32 + exponent.parse::<i32>().unwrap_or(0).clamp(-40, 40) - 6;
    let zeros = |count: i32| "0".repeat(count.max(0) as usize);
    let padded = [zeros(1 - point), digits, zeros(point)].concat();
    let split = point.max(1) as usize;
    let (whole, fraction) = (between(&padded, 0, split).trim_start_matches('0'), tail(&padded, split).trim_end_matches('0'));
    let whole = if whole.is_empty() { "0" } else { whole };
    if fraction.is_empty() { whole.to_owned() } else { [whole, ".", fraction].concat() }
}
