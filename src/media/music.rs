//! Music, through a chat that answers with sound (media 3).

use crate::bill::{MediaBill, usage};
use crate::call::Call;
use crate::config::ClientConfig;
use crate::error::Error;
use crate::json::Raw;
use crate::json_string::RawString;
use crate::media::{MIB, MediaOptions, SettingsOf, content_of, document, image_urls, read_error, set_json, set_text, user_message};
use crate::record::Writes;
use crate::upstream_error::Now;
use crate::value::{Object, Value};

const DEFAULT_MODEL: &str = "google/lyria-3-pro-preview";
const LABEL: &str = "OpenRouter music generation failed";
const MAX_BYTES: u64 = 16 * MIB;
const TOO_MANY: &str = "OpenRouter music generation supports at most one reference image.";
const INSTRUMENTAL: &str = "Instrumental only. No vocals, no sung lyrics, no spoken word.";

openrouter_wire::record! {
    /// What is sent for music.
    pub struct MusicPlan: writes {
        call: Call,
        /// Of the sound, and of its transcript.
        max_bytes: u64,
        /// Of one line of the stream.
        max_line_bytes: u64,
        media_type: &'static str,
        /// Of a file that holds it.
        name: String,
    }
}

openrouter_wire::record! {
    /// One event of the stream.
    pub struct MusicEvent<'a>: writes {
        /// Base64, or a placeholder of it.
        data: Option<String>,
        transcript: Option<String>,
        usage: Option<MediaBill<'a>>,
    }
}

/// A [`MusicPlan`].
pub fn plan(config: &ClientConfig, request: &str) -> Result<String, Error> {
    let options = MediaOptions::read(config, SettingsOf::Music, request)?;
    let images = image_urls(&options, 1, TOO_MANY)?;
    let format = options.text("format")?.map_or_else(|| "wav".to_owned(), |format| format.trim_ascii().to_owned());
    let max_bytes = options.max_bytes(MAX_BYTES)?;
    let model = options.model(config, DEFAULT_MODEL)?;
    let mut body = Object::default();
    set_text(&mut body, "model", &model.api_id);
    body.set("messages", user_message(&content_of(&prompt(&options)?, &images)));
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
    let max_line_bytes = max_bytes.div_ceil(3) * 4 + max_bytes + (64 << 10);
    Ok(MusicPlan { call, max_bytes, max_line_bytes, media_type, name: ["track-1.", ending].concat() }.to_json())
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

/// A [`MusicEvent`] with a placeholder in place of the sound.
pub fn read_event(text: &str, secret: &str, now: Now) -> Result<String, Error> {
    let event = document(LABEL, text)?;
    let mut choice = None;
    if let Some(choices) = event.field("choices") {
        choices.each_item(|item| choice = choice.or(Some(item)));
    }
    if let Some(error) = event.field("error").or_else(|| choice?.field("error")) {
        return Err(read_error(LABEL, error, secret, now));
    }
    // An answer without a stream has it in the message.
    let audio = choice.and_then(|choice| choice.field("delta").or_else(|| choice.field("message"))?.field("audio"));
    let text = |name: &str| audio.and_then(|audio| audio.field(name)).and_then(Raw::string).map(RawString::decode);
    Ok(MusicEvent { data: text("data"), transcript: text("transcript"), usage: usage(event.field("usage")) }.to_json())
}
