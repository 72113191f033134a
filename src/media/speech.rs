//! Text to speech (media 4, openrouter-api 4.3).

use crate::call::{Call, KeyNeed};
use crate::config::{ClientConfig, DEFAULT_BASE_URL};
use crate::error::Error;
use crate::media::{KeyOwner, MIB, MediaOptions, SettingsOf, set_text};
use crate::media_type::essence;
use crate::record::Writes;
use crate::route::{Route, checked_base, origin_of};
use crate::value::{Object, Value};

const DEFAULT_MODEL: &str = "hexgrad/kokoro-82m";
const DEFAULT_VOICE: &str = "af_alloy";
const LABEL: &str = "OpenRouter TTS API error";
const MAX_BYTES: u64 = 16 * MIB;

openrouter_wire::record! {
    /// What is sent for speech.
    pub struct SpeechPlan: writes {
        call: Call,
        key: KeyOwner,
        format: String,
        idle_timeout_ms: u64,
    }
}

openrouter_wire::record! {
    /// What the sound is.
    pub struct SpeechHead<'a>: writes {
        media_type: &'a str,
        /// Of a file that holds it.
        name: String,
    }
}

/// A [`SpeechPlan`].
pub fn plan(config: &mut ClientConfig, request: &str, has_own_key: bool) -> Result<String, Error> {
    let idle_ms = config.idle_timeout_ms();
    let client_base = config.base_url.clone();
    // A base of its own: the key of the client is for the client's origin alone.
    let own_base = MediaOptions::read(config, SettingsOf::Speech, request)?.setting("baseURL");
    if own_base.is_some() {
        config.base_url = own_base;
    }
    let config = &*config;
    let options = MediaOptions::read(config, SettingsOf::Speech, request)?;
    let format = options.text("responseFormat")?.unwrap_or_else(|| "mp3".to_owned());
    if format != "mp3" && format != "pcm" {
        let message = ["Invalid OpenRouter speech responseFormat: ", &format].concat();
        return Err(Error::new(crate::error::Code::InvalidRequest, message));
    }
    let model = options.model(config, DEFAULT_MODEL)?;
    let mut body = Object::default();
    set_text(&mut body, "model", &model.api_id);
    body.set("input", input(&options)?);
    set_text(&mut body, "voice", options.text("voice")?.as_deref().unwrap_or(DEFAULT_VOICE));
    set_text(&mut body, "response_format", &format);
    if let Some(speed) = options.number("speed", f64::MIN_POSITIVE, f64::MAX, "must be a number over 0")? {
        body.set("speed", speed);
    }
    if let Some(instructions) = options.text("instructions")? {
        set_text(&mut body, "instructions", &instructions);
    }
    if let Some(provider) = options.object("provider")? {
        body.set("provider", provider);
    }
    let mut call = options.post(config, "/audio/speech", "audio/*, application/octet-stream, application/json", body, LABEL)?;
    call.max_bytes = options.max_bytes(MAX_BYTES)?;
    call.timeout_ms = options.timeout_ms(120_000.0)?;
    let origin = |base: &Option<String>| {
        let base = checked_base(base.as_deref().unwrap_or(DEFAULT_BASE_URL)).unwrap_or_default();
        origin_of(&base)
    };
    let key = if has_own_key {
        KeyOwner::Own
    } else if origin(&client_base) == origin(&config.base_url) {
        KeyOwner::Client
    } else {
        call.key = KeyNeed::Never;
        KeyOwner::None
    };
    if key == KeyOwner::Own && Route::of(config.base_url.as_deref()).is_openrouter() {
        call.key = KeyNeed::Required;
    }
    Ok(SpeechPlan { call, key, format, idle_timeout_ms: idle_ms as u64 }.to_json())
}

/// A text, or turns of several voices.
fn input<'a>(options: &MediaOptions<'a>) -> Result<Value<'a>, Error> {
    let Some(input) = options.own("input") else { return Err(Error::invalid("input", "must be a text or an array of turns")) };
    if !input.is_array() {
        return options.required("input").map(Value::Text);
    }
    let mut turns = Vec::new();
    for (number, turn) in input.to_items().iter().enumerate() {
        let mut out = Object::default();
        for name in ["text", "voice", "instructions"] {
            let place = crate::change::place("input", number, &[".", name].concat());
            match turn.get(name) {
                Some(value) if value.str().is_some_and(|text| !text.trim_ascii().is_empty()) => out.set(name, value),
                Some(_) => return Err(Error::invalid(&place, "must be a string that is not blank")),
                None if name == "text" => return Err(Error::invalid(&place, "must be a string that is not blank")),
                None => {}
            }
        }
        turns.push(Value::Object(out));
    }
    if turns.is_empty() { Err(Error::invalid("input", "must have a turn")) } else { Ok(Value::Array(turns)) }
}

/// What the answer is, by its head and first bytes, as a [`SpeechHead`]. JSON, a page, words or nothing at all is no sound, whatever its
/// content type says.
pub fn read_head(format: &str, content_type: &str, head: &[u8]) -> Result<String, Error> {
    let declared = essence(content_type).unwrap_or_default();
    let is_wrong = declared.starts_with("text/") || declared.ends_with("json") || declared.ends_with("html") || declared.ends_with("xml");
    if is_wrong || head.is_empty() || is_text(head) {
        return Err(crate::media::bad_answer("OpenRouter TTS API error: malformed audio response"));
    }
    let by_format = if format == "pcm" { "audio/pcm" } else { "audio/mpeg" };
    let media_type = if declared.starts_with("audio/") { &declared } else { by_format };
    Ok(SpeechHead { media_type, name: ["speech.", format].concat() }.to_json())
}

/// Words that begin as JSON or a page does. The first byte alone would not do: samples may be any bytes.
fn is_text(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let begins = head.trim_ascii_start().first().is_some_and(|byte| matches!(byte, b'{' | b'[' | b'<'));
    begins
        && head.iter().all(|byte| *byte >= b' ' || byte.is_ascii_whitespace())
        && head.iter().filter(|byte| byte.is_ascii()).count() * 2 > head.len()
}
