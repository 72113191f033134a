//! Speech to text (media 5, openrouter-api 4.4).

use crate::bill::{ServiceUsage, UsageNames, usage_of};
use crate::call::Call;
use crate::config::ClientConfig;
use crate::error::{Code, Error};
use crate::json::Raw;
use crate::json_string::RawString;
use crate::media::{MIB, MediaOptions, SettingsOf, bad_answer, document, number_of, read_error, set_text};
use crate::media_type::{essence, head_of_base64, sniff};
use crate::record::Writes;
use crate::upstream_error::Now;
use crate::value::{Object, Value};

const DEFAULT_MODEL: &str = "openai/whisper-large-v3-turbo";
const LABEL: &str = "OpenRouter transcription failed";
const MAX_BYTES: u64 = 25 * MIB;
const FORMATS: [&str; 7] = ["wav", "mp3", "flac", "m4a", "ogg", "webm", "aac"];

/// The format of a sound by its media type, else by its file's ending.
pub fn format_of(media_type: &str, file_name: &str) -> Option<&'static str> {
    let media_type = essence(media_type).unwrap_or_default();
    let by_type = match media_type.strip_prefix("audio/").unwrap_or("") {
        "wav" | "x-wav" | "wave" | "vnd.wave" => Some("wav"),
        "mpeg" | "mp3" => Some("mp3"),
        "flac" | "x-flac" => Some("flac"),
        "mp4" | "m4a" | "x-m4a" => Some("m4a"),
        "ogg" | "oga" | "opus" => Some("ogg"),
        "webm" => Some("webm"),
        "aac" => Some("aac"),
        _ => None,
    };
    by_type.or_else(|| {
        let (_, ending) = file_name.trim_ascii().rsplit_once('.')?;
        match ending.to_ascii_lowercase().as_str() {
            "mpeg" => Some("mp3"),
            "mp4" => Some("m4a"),
            "oga" | "opus" => Some("ogg"),
            ending => FORMATS.iter().find(|format| **format == ending).copied(),
        }
    })
}

const USAGE: UsageNames = UsageNames {
    seconds: "seconds",
    input_tokens: "input_tokens",
    output_tokens: "output_tokens",
    total_tokens: "total_tokens",
    search_units: "",
};

openrouter_wire::record! {
    /// What is sent for a transcription.
    pub struct TranscriptionPlan: writes {
        call: Call,
    }
}

openrouter_wire::record! {
    /// What a sound says.
    pub struct TranscriptionAnswer<'a>: writes {
        text: &'a str,
        language: Option<String>,
        duration_seconds: Option<Value<'static>> as "number",
        usage: Option<ServiceUsage<'a>>,
    }
}

/// A [`TranscriptionPlan`]; `audio` of the request is `{placeholder, head, bytes, mediaType?, fileName?}` as the facade tells it.
pub fn plan(config: &ClientConfig, request: &str) -> Result<String, Error> {
    let options = MediaOptions::read(config, SettingsOf::Transcription, request)?;
    let audio = options.own("audio").filter(|audio| audio.is_object()).ok_or_else(|| Error::invalid("audio", "must be given"))?;
    let bytes = audio.get("bytes").and_then(|bytes| bytes.as_number()).unwrap_or(0.0);
    let max_bytes = options.max_bytes(MAX_BYTES)?;
    if bytes < 1.0 {
        return Err(Error::invalid("audio", "has no bytes"));
    }
    if bytes > max_bytes as f64 {
        let problem = ["has ", &(bytes as u64).to_string(), " bytes, ", &max_bytes.to_string(), " are allowed (maxBytes)"].concat();
        return Err(Error::invalid("audio", &problem));
    }
    let [media_type, file_name] = ["mediaType", "fileName"].map(|name| audio.get_str(name).unwrap_or_default());
    // Where neither the type nor the name says it, the sound itself may: recorders and downloads often know no better than "some bytes".
    let sniffed = || sniff(&head_of_base64(&audio.get_str("head").unwrap_or_default())).and_then(|sniffed| format_of(sniffed, ""));
    let format = format_of(&media_type, &file_name).or_else(sniffed);
    let Some(format) = format else {
        let parts = ["OpenRouter STT could not resolve audio format from mime \"", &media_type, "\" and file \"", &file_name, "\""];
        return Err(Error::new(Code::InvalidRequest, parts.concat()));
    };
    let mut input = Object::default();
    set_text(&mut input, "data", &audio.get_str("placeholder").unwrap_or_default());
    set_text(&mut input, "format", format);
    let model = options.model(config, DEFAULT_MODEL)?;
    let mut body = Object::default();
    set_text(&mut body, "model", &model.api_id);
    body.set("input_audio", Value::Object(input));
    if let Some(language) = options.text("language")? {
        set_text(&mut body, "language", language.trim_ascii());
    }
    if let Some(temperature) = options.number("temperature", 0.0, 1.0, "must be a number from 0 to 1")? {
        body.set("temperature", temperature);
    }
    let mut call = options.post(config, "/audio/transcriptions", "application/json", body, LABEL)?;
    call.timeout_ms = options.timeout_ms(120_000.0)?;
    Ok(TranscriptionPlan { call }.to_json())
}

/// A [`TranscriptionAnswer`]; the facade adds the answer itself.
pub fn read_answer(text: &str, secret: &str, now: Now) -> Result<String, Error> {
    let answer = document(LABEL, text)?;
    let string = |name: &str| answer.field(name).and_then(Raw::string).map(RawString::decode);
    let spoken = string("text").unwrap_or_default();
    let spoken = spoken.trim_ascii();
    if spoken.is_empty() {
        let missing = || bad_answer("OpenRouter transcription response missing text");
        return Err(answer.field("error").map_or_else(missing, |error| read_error(LABEL, error, secret, now)));
    }
    let usage = usage_of(answer.field("usage"), &USAGE);
    let duration_seconds = number_of(answer, "duration");
    Ok(TranscriptionAnswer { text: spoken, language: string("language"), duration_seconds, usage }.to_json())
}
