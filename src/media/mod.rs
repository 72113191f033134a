//! What the media calls share: their options over the configuration's settings, models, limits, and what an answer tells of its bill.
//!
//! No byte of a file is in here: a file that goes along is a placeholder in the plan's body, a file that comes a placeholder in the answer (see
//! `pkg-template/media/placeholders.js`). The engine's memory never shrinks, and files are the largest things that pass.

pub mod address;
pub mod bill;
pub mod media_type;

pub mod image;
pub mod image_parameters;
pub mod music;
pub mod speech;
pub mod transcription;

pub mod video;
pub mod video_job;
pub mod video_models;

use crate::call::{Call, KeyNeed, url_of};
use crate::config::{ClientConfig, read_headers};
use crate::decimal::{MOST_TOKENS, MOST_USD};
use crate::error::{Code, Error};
use crate::http::{CallHeaders, RequestPlan};
use crate::json::{Raw, Reader};
use crate::json_string::write_string;
use crate::media_type::{essence, head_of_base64, sniff};
use crate::model_ref::ModelRef;
use crate::params::is_hostile_key;
use crate::request::resolve;
use crate::upstream_error::{Now, read_stream_error};
use crate::value::{Object, Value};

/// One MiB.
pub const MIB: u64 = 1 << 20;
/// The longest timer there is.
const MAX_TIMEOUT_MS: f64 = 2_147_483_647.0;

/// A call that has settings of its own below the client's `media`.
#[derive(Debug, Clone, Copy)]
pub enum SettingsOf {
    /// `images.generate`.
    Image,
    /// `music.generate`.
    Music,
    /// `speech`.
    Speech,
    /// `transcriptions`.
    Transcription,
    /// `images.describe`.
    Description,
    /// `embeddings`.
    Embedding,
    /// `rerank`.
    Rerank,
    /// `decide`.
    Decision,
}

impl SettingsOf {
    /// The field below `media`.
    fn name(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Music => "music",
            Self::Speech => "speech",
            Self::Transcription => "transcription",
            Self::Description => "description",
            Self::Embedding => "embedding",
            Self::Rerank => "rerank",
            Self::Decision => "decision",
        }
    }
}

/// The options of one call and what is set for its kind.
pub struct MediaOptions<'a> {
    own: Object<'a>,
    settings: Object<'a>,
    /// `media.maxBytes`.
    shared_max_bytes: Option<f64>,
}

impl<'a> MediaOptions<'a> {
    /// The options, and the settings of that call.
    pub fn read(config: &'a ClientConfig, call: SettingsOf, options: &'a str) -> Result<Self, Error> {
        let object = |text: &'a str| Value::parse(text).and_then(|mut value| value.object_mut().map(core::mem::take));
        let own = object(options).ok_or_else(|| Error::invalid("request", "must be an object"))?;
        let mut media = config.media.as_deref().and_then(object).unwrap_or_default();
        let mut settings = media.remove(call.name()).unwrap_or(Value::null());
        let settings = settings.object_mut().map(core::mem::take).unwrap_or_default();
        Ok(Self { own, settings, shared_max_bytes: media.get("maxBytes").and_then(Value::as_number) })
    }

    /// A field of the call itself.
    pub fn own(&self, name: &str) -> Option<&Value<'a>> {
        self.own.get(name)
    }

    /// Name and value of every field of the call.
    pub fn own_fields(&self) -> impl Iterator<Item = (std::borrow::Cow<'_, str>, &Value<'a>)> {
        self.own.fields()
    }

    /// A field of the call, else of the settings.
    fn any(&self, name: &str) -> Option<&Value<'a>> {
        self.own.get(name).or_else(|| self.settings.get(name))
    }

    /// A field of the settings alone.
    pub fn setting(&self, name: &str) -> Option<String> {
        self.settings.str(name).map(|text| text.into_owned()).filter(|text| !text.trim_ascii().is_empty())
    }

    /// A field of the settings alone, whatever it holds.
    pub fn setting_value(&self, name: &str) -> Option<&Value<'a>> {
        self.settings.get(name)
    }

    /// A text; a blank one is not set.
    pub fn text(&self, name: &str) -> Result<Option<String>, Error> {
        let Some(value) = self.any(name) else { return Ok(None) };
        let text = value.str().ok_or_else(|| Error::invalid(name, "must be a string"))?;
        Ok(Some(text.into_owned()).filter(|text| !text.trim_ascii().is_empty()))
    }

    /// A text without which there is no call.
    pub fn required(&self, name: &str) -> Result<String, Error> {
        self.text(name)?.ok_or_else(|| Error::invalid(name, "must be a string that is not blank"))
    }

    /// `true` or `false`; not set is `false`.
    pub fn flag(&self, name: &str) -> Result<bool, Error> {
        let Some(value) = self.own(name) else { return Ok(false) };
        value.as_bool().ok_or_else(|| Error::invalid(name, "must be true or false"))
    }

    /// A number between two others, as it was written.
    pub fn number(&self, name: &str, from: f64, to: f64, problem: &str) -> Result<Option<Value<'a>>, Error> {
        let Some(value) = self.any(name) else { return Ok(None) };
        match value.as_number().filter(|number| (from..=to).contains(number)) {
            Some(_) => Ok(Some(value.clone())),
            None => Err(Error::invalid(name, problem)),
        }
    }

    /// An object, call before settings.
    pub fn object(&self, name: &str) -> Result<Option<Value<'a>>, Error> {
        match self.any(name) {
            Some(value) if !value.is_object() => Err(Error::invalid(name, "must be an object")),
            value => Ok(value.cloned()),
        }
    }

    /// The model: reference, alias or id; sent without the prefix.
    pub fn model(&self, config: &ClientConfig, default: &str) -> Result<ModelRef, Error> {
        let wanted = self.text("model")?;
        let models = config.models.as_deref().and_then(Value::parse);
        resolve(wanted.as_deref().unwrap_or(default), models.as_ref(), "model")
    }

    /// Bytes of one file: the call's, the settings', else `default`.
    pub fn max_bytes(&self, default: u64) -> Result<u64, Error> {
        match self.any("maxBytes").map(|value| value.as_number().unwrap_or(f64::NAN)).or(self.shared_max_bytes) {
            None => Ok(default),
            Some(bytes) if (1.0..=4_294_967_295.0).contains(&bytes) => Ok(bytes as u64),
            Some(_) => Err(Error::invalid("maxBytes", "must be a number from 1 to 4294967295")),
        }
    }

    /// Milliseconds of the whole call: the call's, the settings', else `default`; 0: no limit.
    pub fn timeout_ms(&self, default: f64) -> Result<f64, Error> {
        match self.any("timeoutMs").map(|value| value.as_number().unwrap_or(f64::NAN)) {
            None => Ok(default),
            Some(ms) if ms >= 0.0 => Ok(ms.min(MAX_TIMEOUT_MS)),
            Some(_) => Err(Error::invalid("timeoutMs", "must be a number of milliseconds, 0 for no limit")),
        }
    }

    /// The headers of the call, as the facade writes them: pairs.
    pub fn headers(&self) -> Result<CallHeaders, Error> {
        let Some(value) = self.own("headers") else { return Ok(Vec::new()) };
        let text = value.to_json();
        Reader::document(text.as_bytes()).map_or(Ok(Vec::new()), read_headers)
    }

    /// A `POST` of the body with `extraBody` over it, sent once: what is billed by being sent is never sent again.
    pub fn post(&self, config: &ClientConfig, path: &str, accept: &str, mut body: Object<'a>, label: &'static str) -> Result<Call, Error> {
        if let Some(mut extra) = self.object("extraBody")? {
            let fields = extra.object_mut().map(core::mem::take).unwrap_or_default();
            for (name, value) in fields.fields().filter(|(name, _)| !is_hostile_key(name)) {
                if value.is_null() {
                    body.remove(&name);
                } else {
                    body.set(&name, value.clone());
                }
            }
        }
        let target = ("POST", url_of(config, path)?);
        let plan = RequestPlan::new(config, target, (Some("application/json"), accept), &self.headers()?, &[])?;
        let body = Some(Value::Object(body).to_json());
        Ok(Call { plan, body, label, max_bytes: 16 * MIB, timeout_ms: 180_000.0, attempts: 1, key: KeyNeed::of(config) })
    }
}

/// The URLs of the images that go along, a placeholder in place of the bytes: `[{placeholder, head, mediaType?} | {url}]` as the facade tells them.
pub fn image_urls(options: &MediaOptions<'_>, most: usize, too_many: &str) -> Result<Vec<String>, Error> {
    let Some(inputs) = options.own("inputs") else { return Ok(Vec::new()) };
    if !inputs.is_array() {
        return Err(Error::invalid("inputs", "must be an array"));
    }
    let inputs = inputs.to_items();
    if inputs.len() > most {
        return Err(Error::new(Code::InvalidRequest, too_many));
    }
    let url_of = |(number, input): (usize, &Value<'_>)| {
        let place = |field: &str| crate::change::place("inputs", number, field);
        if let Some(url) = input.get_str("url") {
            let is_web = ["https://", "http://", "data:image/"].iter().any(|start| url.to_ascii_lowercase().starts_with(start));
            return if is_web { Ok(url) } else { Err(Error::invalid(&place(".url"), "must be an http, https or data URL of an image")) };
        }
        let declared = input.get_str("mediaType").as_deref().and_then(essence);
        let head = head_of_base64(&input.get_str("head").unwrap_or_default());
        let media_type = match (declared.as_deref(), sniff(&head)) {
            (Some(declared), _) if declared.starts_with("image/") => declared,
            (_, Some(sniffed)) if sniffed.starts_with("image/") => sniffed,
            (None | Some("application/octet-stream"), None) => "image/png",
            (declared, sniffed) => {
                let found = sniffed.or(declared).unwrap_or_default();
                return Err(Error::invalid(&place(".mediaType"), &["must be that of an image, and is ", found].concat()));
            }
        };
        Ok(["data:", media_type, ";base64,", &input.get_str("placeholder").unwrap_or_default()].concat())
    };
    inputs.iter().enumerate().map(url_of).collect()
}

/// The part of a message or of `input_references` that is an image.
pub fn image_part(url: &str) -> Value<'static> {
    let mut part = String::from("{\"type\":\"image_url\",\"image_url\":{\"url\":");
    write_string(&mut part, url);
    part.push_str("}}");
    Value::Json(part)
}

/// The content of a user's message: the text alone, or text and images.
pub fn content_of(text: &str, images: &[String]) -> Value<'static> {
    if images.is_empty() {
        return Value::text(text);
    }
    let mut part = String::from("{\"type\":\"text\",\"text\":");
    write_string(&mut part, text);
    part.push('}');
    let mut parts = vec![Value::Json(part)];
    parts.extend(images.iter().map(|url| image_part(url)));
    Value::Array(parts)
}

/// One message of a user's.
pub fn user_message(content: &Value<'static>) -> Value<'static> {
    let mut message = String::from("[{\"role\":\"user\",\"content\":");
    content.write(&mut message);
    message.push_str("}]");
    Value::Json(message)
}

/// Sets a field to a text. Not inlined: two dozen fields are set so, and each would be three times as long.
#[inline(never)]
pub fn set_text(object: &mut Object<'_>, name: &str, text: &str) {
    object.set(name, Value::text(text));
}

/// Sets a field to JSON.
#[inline(never)]
pub fn set_json(object: &mut Object<'_>, name: &str, json: &str) {
    object.set(name, Value::Json(json.to_owned()));
}

/// A field with a whole number of bytes.
#[inline(never)]
pub fn set_whole(object: &mut Object<'_>, name: &str, number: u64) {
    object.set(name, Value::whole(number));
}

openrouter_wire::worded! {
    /// Whose key a call takes that may have one of its own.
    pub enum KeyOwner {
        /// That of the call's settings.
        Own = "own",
        /// The client's.
        Client = "client",
        /// Nobody's: the target is not the client's.
        None = "none",
    }
}

/// Bytes of a JSON answer that holds files of at most `max_bytes` each as base64 (media 1.1).
pub fn json_cap(max_bytes: u64, count: u64) -> u64 {
    (max_bytes * count * 4).div_ceil(3) + MIB
}

/// The digits as they came, so that nothing drifts.
pub fn cost_of(usage: Raw<'_>) -> Option<Value<'static>> {
    number_up_to(usage, "cost", MOST_USD)
}

/// A number, 0 or more, in the digits in which it came; none that nobody believes.
pub fn number_of(object: Raw<'_>, name: &str) -> Option<Value<'static>> {
    number_up_to(object, name, MOST_TOKENS)
}

fn number_up_to(object: Raw<'_>, name: &str, most: f64) -> Option<Value<'static>> {
    let value = object.field(name).filter(|value| value.number().is_some_and(|number| (0.0..=most).contains(&number)))?;
    let text = value.json();
    let digits = text.trim_matches('"').trim_ascii();
    Reader::document(digits.as_bytes()).ok().map(|_| Value::Json(digits.to_owned()))
}

/// An answer that is not what it should be; the words are the spec's.
pub fn bad_answer(message: &str) -> Error {
    Error::new(Code::BadResponse, message)
}

/// The answer as JSON.
pub fn document<'a>(label: &str, text: &'a str) -> Result<Raw<'a>, Error> {
    Reader::document(text.as_bytes()).map_err(|_| bad_answer(&[label, ": malformed JSON response"].concat()))
}

/// What an `error` object inside an answer or stream says, in front of it what failed.
pub fn read_error(label: &str, error: Raw<'_>, secret: &str, now: Now) -> Error {
    let mut error = read_stream_error(error, secret, now);
    error.message = [label, ": ", &error.message].concat();
    error
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::bill::usage;
    use crate::record::Writes;

    #[test]
    fn the_call_wins_over_the_settings_and_those_over_the_default() {
        let config = ClientConfig::parse(r#"{"media":{"maxBytes":5,"image":{"model":"a/b","timeoutMs":7},"music":5}}"#).unwrap();
        let read = |call, text| MediaOptions::read(&config, call, text).unwrap();
        for (call, options, expected) in [
            (SettingsOf::Image, "{}", ("a/b", 7.0, 5)),
            (SettingsOf::Image, r#"{"model":"openrouter/C/d","timeoutMs":1,"maxBytes":2}"#, ("c/d", 1.0, 2)),
            (SettingsOf::Image, r#"{"model":null,"timeoutMs":null,"maxBytes":null}"#, ("a/b", 7.0, 5)),
            (SettingsOf::Music, r#"{"timeoutMs":1e12}"#, ("x/y", 2_147_483_647.0, 5)),
            (SettingsOf::Speech, "{}", ("x/y", 9.0, 5)),
        ] {
            let options = read(call, options);
            let model = options.model(&config, "x/y").unwrap().api_id;
            assert_eq!((model.as_str(), options.timeout_ms(9.0).unwrap(), options.max_bytes(1).unwrap()), expected);
        }
        for (text, place) in [(r#"{"timeoutMs":-1}"#, "timeoutMs"), (r#"{"timeoutMs":"1"}"#, "timeoutMs"), (r#"{"model":5}"#, "model")] {
            let options = read(SettingsOf::Image, text);
            let error = options.timeout_ms(1.0).err().or(options.model(&config, "x/y").err()).unwrap();
            assert!(error.message.starts_with(place), "{}", error.message);
        }
        for text in [r#"{"maxBytes":0}"#, r#"{"maxBytes":1e20}"#, r#"{"maxBytes":"9"}"#] {
            assert!(read(SettingsOf::Image, text).max_bytes(1).unwrap_err().message.starts_with("maxBytes: "), "{text}");
        }
    }

    #[test]
    fn extra_fields_are_laid_over_the_body_and_a_null_takes_one_out() {
        let config = ClientConfig::parse("{}").unwrap();
        let options =
            MediaOptions::read(&config, SettingsOf::Image, r#"{"extraBody":{"seed":1,"n":null,"__proto__":{},"model":"z"}}"#).unwrap();
        let body = Object::of([("model", Value::text("a")), ("n", Value::whole(1))]);
        let call = options.post(&config, "/images", "application/json", body, "It failed").unwrap();
        assert_eq!((call.body.as_deref(), call.attempts), (Some(r#"{"model":"z","seed":1}"#), 1));
    }

    #[test]
    fn bills_keep_their_digits() {
        let read = |text: &str| usage(Some(Reader::document(text.as_bytes()).unwrap())).map(|bill| bill.to_json());
        assert_eq!(read(r#"{"cost":3.3e-05}"#).as_deref(), Some(r#"{"cost":3.3e-05,"raw":{"cost":3.3e-05}}"#));
        assert_eq!(read(r#"{"cost":-1}"#).as_deref(), Some(r#"{"raw":{"cost":-1}}"#));
        assert_eq!(read("5"), None);
        assert_eq!((json_cap(6 * MIB, 1), json_cap(1, 1)), (8 * MIB + MIB, 2 + MIB));
    }
}
