//! Music, through a chat that answers with sound (media 3).

use crate::config::ClientConfig;
use crate::error::Error;
use crate::json::Raw;
use crate::json_string::{RawString, write_string};
use crate::media::{
    MIB, MediaOptions, content_of, document, picture_urls, plan_json, read_error, set_json, set_text, set_whole, usage, user_message,
};
use crate::upstream_error::Now;
use crate::value::{Object, Value};

const DEFAULT_MODEL: &str = "google/lyria-3-pro-preview";
const LABEL: &str = "OpenRouter music generation failed";
const MAX_BYTES: u64 = 16 * MIB;
const TOO_MANY: &str = "OpenRouter music generation supports at most one reference image.";
const INSTRUMENTAL: &str = "Instrumental only. No vocals, no sung lyrics, no spoken word.";

/// `{call, maxBytes, maxLineBytes, mediaType, name}`.
pub fn plan(config: &ClientConfig, request: &str) -> Result<String, Error> {
    let options = MediaOptions::read(config, "music", request)?;
    let pictures = picture_urls(&options, 1, TOO_MANY)?;
    let format = options.text("format")?.map_or_else(|| "wav".to_owned(), |format| format.trim_ascii().to_owned());
    let max_bytes = options.max_bytes(MAX_BYTES)?;
    let model = options.model(config, DEFAULT_MODEL)?;
    let mut body = Object::default();
    set_text(&mut body, "model", &model.api_id);
    body.set("messages", user_message(&content_of(&prompt(&options)?, &pictures)));
    set_json(&mut body, "modalities", "[\"text\",\"audio\"]");
    let mut audio = Object::default();
    set_text(&mut audio, "format", &format);
    body.set("audio", Value::Object(audio));
    set_json(&mut body, "stream", "true");
    let mut call = options.post(config, "/chat/completions", "text/event-stream, application/json", body, LABEL)?;
    call.timeout_ms = options.timeout_ms(180_000.0)?;
    let media_type = if format == "mp3" { "audio/mpeg" } else { "audio/wav" };
    // A name, not a path: the format is the caller's.
    let ending = if format.bytes().all(|byte| byte.is_ascii_alphanumeric()) { format.as_str() } else { "wav" };
    let mut more = Object::default();
    set_whole(&mut more, "maxBytes", max_bytes);
    set_whole(&mut more, "maxLineBytes", max_bytes.div_ceil(3) * 4 + max_bytes + (64 << 10));
    set_text(&mut more, "mediaType", media_type);
    set_text(&mut more, "name", &["track-1.", ending].concat());
    Ok(plan_json(&call, more))
}

fn prompt(options: &MediaOptions<'_>) -> Result<String, Error> {
    let mut parts = vec![options.required("prompt")?.trim_ascii().to_owned()];
    if options.flag("instrumental")? {
        parts.push(INSTRUMENTAL.to_owned());
    }
    if let Some(lyrics) = options.text("lyrics")? {
        parts.push(["Lyrics:\n", lyrics.trim_ascii()].concat());
    }
    if let Some(seconds) = options.number("durationSeconds", f64::MIN_POSITIVE, f64::MAX, "must be a number of seconds over 0")? {
        parts.push(["Target duration: about ", &seconds.to_json(), " seconds."].concat());
    }
    Ok(parts.join("\n\n"))
}

/// One event of the stream: `{data?, transcript?, usage?}`, a mark in place of the sound.
pub fn read_event(text: &str, secret: &str, now: Now) -> Result<String, Error> {
    let event = document(LABEL, text)?;
    let mut choice = None;
    if let Some(choices) = event.field("choices") {
        choices.each_item(|item| choice = choice.or(Some(item)));
    }
    if let Some(error) = event.field("error").or_else(|| choice?.field("error")) {
        return Err(read_error(LABEL, error, secret, now));
    }
    // Who answers without a stream has it in the message.
    let audio = choice.and_then(|choice| choice.field("delta").or_else(|| choice.field("message"))?.field("audio"));
    let mut out = String::from("{");
    for name in ["data", "transcript"] {
        if let Some(text) = audio.and_then(|audio| audio.field(name)).and_then(Raw::string).map(RawString::decode) {
            out.push_str(if out.len() > 1 { ",\"" } else { "\"" });
            out.push_str(name);
            out.push_str("\":");
            write_string(&mut out, &text);
        }
    }
    if let Some(usage) = usage(event.field("usage")) {
        out.push_str(if out.len() > 1 { ",\"usage\":" } else { "\"usage\":" });
        usage.write(&mut out);
    }
    out.push('}');
    Ok(out)
}
