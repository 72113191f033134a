//! What a file shows or says, told by a chat model (additions 3). The file's bytes stay with the facade.

use crate::calls::{UsageNames, set_identity, usage_of};
use crate::config::ClientConfig;
use crate::error::{Code, Error};
use crate::json::Raw;
use crate::json_string::{RawString, write_string};
use crate::media::{MIB, MediaOptions, document, plan_json, read_error, set_text, user_message};
use crate::media_type::{essence, head_of_base64, sniff};
use crate::request::resolve;
use crate::transcription::format_of;
use crate::upstream_error::Now;
use crate::value::{Object, Value};

const DEFAULT_MODEL: &str = "google/gemini-3.8-flash";
const MAX_BYTES: u64 = 16 * MIB;
const TIMEOUT_MS: f64 = 120_000.0;
const USAGE: UsageNames =
    &[("prompt_tokens", "inputTokens"), ("completion_tokens", "outputTokens"), ("total_tokens", "totalTokens"), ("cost", "cost")];

fn label(kind: &str) -> &'static str {
    match kind {
        "video" => "OpenRouter video description failed",
        "image" => "OpenRouter image description failed",
        _ => "OpenRouter audio description failed",
    }
}

/// `{call, model}`. `file` of the request is `{mark, head, bytes, mediaType?, fileName?}` or `{url}`; `kind` is `video`, `image` or `audio`.
pub fn plan(config: &ClientConfig, kind: &str, request: &str) -> Result<String, Error> {
    let options = MediaOptions::read(config, "description", request)?;
    let file = options.own("file").filter(|file| file.is_object()).ok_or_else(|| Error::invalid(kind, "must be given"))?;
    let max_bytes = options.max_bytes(MAX_BYTES)?;
    let bytes = file.get("bytes").and_then(|bytes| bytes.as_number()).unwrap_or(0.0);
    if bytes > max_bytes as f64 {
        let problem = ["has ", &(bytes as u64).to_string(), " bytes, ", &max_bytes.to_string(), " are allowed (maxBytes)"].concat();
        return Err(Error::invalid(kind, &problem));
    }
    let media_type = media_type(&options, file, kind)?;
    let mut part = String::from("{\"type\":");
    if kind == "audio" {
        let file_name = file.get_str("fileName").unwrap_or_default();
        let Some(format) = format_of(&media_type, &file_name) else {
            return Err(Error::invalid("mediaType", "must be that of a sound that OpenRouter takes: wav, mp3, flac, m4a, ogg, webm, aac"));
        };
        let data = file.get_str("mark").ok_or_else(|| Error::invalid("audio", "must be bytes: a model takes no address of a sound"))?;
        part.push_str("\"input_audio\",\"input_audio\":{\"data\":");
        write_string(&mut part, &data);
        part.push_str(",\"format\":");
        write_string(&mut part, format);
    } else {
        let url = match file.get_str("url") {
            Some(url) => url,
            None => ["data:", &media_type, ";base64,", &file.get_str("mark").unwrap_or_default()].concat(),
        };
        let name = if kind == "video" { "video_url" } else { "image_url" };
        part.push_str(&["\"", name, "\",\"", name, "\":{\"url\":"].concat());
        write_string(&mut part, &url);
    }
    part.push_str("}}");
    let prompt = options.text("prompt")?.unwrap_or_else(|| ["Describe the ", kind, "."].concat());
    let mut text = String::from("{\"type\":\"text\",\"text\":");
    write_string(&mut text, &prompt);
    text.push('}');
    let models = config.models.as_deref().and_then(Value::parse);
    let model = resolve(options.text("model")?.as_deref().unwrap_or(DEFAULT_MODEL), models.as_ref(), "model")?;
    let mut body = Object::default();
    set_text(&mut body, "model", &model.api_id);
    body.set("messages", user_message(&Value::Array(vec![Value::Json(text), Value::Json(part)])));
    let mut call = options.post(config, "/chat/completions", "application/json", body, label(kind))?;
    call.timeout_ms = options.timeout_ms(TIMEOUT_MS)?;
    let mut more = Object::default();
    set_text(&mut more, "model", &model.api_id);
    Ok(plan_json(&call, more))
}

/// What the caller says of the file, else what the file says of itself; a film is one of `video/mp4` unless anybody knows better.
fn media_type(options: &MediaOptions<'_>, file: &Value<'_>, kind: &str) -> Result<String, Error> {
    let stated = options.text("mediaType")?.and_then(|stated| essence(&stated));
    let own = file.get_str("mediaType").and_then(|own| essence(&own)).filter(|own| own != "application/octet-stream");
    let sniffed = sniff(&head_of_base64(&file.get_str("head").unwrap_or_default())).map(str::to_owned);
    let usual = match kind {
        "video" => "video/mp4",
        "image" => "image/png",
        _ => "",
    };
    let is_stated = stated.is_some();
    let found = stated.or(own).or(sniffed).unwrap_or_else(|| usual.to_owned());
    let is_of_kind = found.split('/').next() == Some(kind) || (kind == "audio" && found.is_empty());
    // An Ogg or WebM file may hold either; what it was called counts.
    let is_container = matches!(found.as_str(), "video/webm" | "video/mp4" | "video/ogg" | "audio/ogg" | "audio/mp4" | "application/ogg");
    match is_of_kind || (is_container && kind != "image") {
        true if kind == "audio" => Ok(found.replacen("video/", "audio/", 1)),
        true if kind == "video" => Ok(found.replacen("audio/", "video/", 1)),
        true => Ok(found),
        false => {
            let place = if is_stated { "mediaType" } else { kind };
            let article = if kind == "image" || kind == "audio" { "an " } else { "a " };
            Err(Error::invalid(place, &["must be that of ", article, kind, ", and is ", &found].concat()))
        }
    }
}

/// `{text, model?, id?, provider?, usage?}`: the content, its text parts a line each, else what was thought (additions 3).
pub fn read_answer(kind: &str, text: &str, secret: &str, now: Now) -> Result<String, Error> {
    let label = label(kind);
    let answer = document(label, text)?;
    let mut first = None;
    if let Some(choices) = answer.field("choices") {
        choices.each_item(|choice| first = first.or(Some(choice)));
    }
    let inner = first.and_then(|choice| choice.field("error")).or(answer.field("error")).and_then(Raw::present);
    let message = first.and_then(|choice| choice.field("message"));
    let said = message.and_then(said);
    let Some(said) = said else {
        let missing = || Error::new(Code::BadResponse, [label, ": the answer has no text"].concat());
        return Err(inner.map_or_else(missing, |error| read_error(label, error, secret, now)));
    };
    let mut out = Object::default();
    set_text(&mut out, "text", &said);
    set_identity(&mut out, answer);
    if let Some(usage) = usage_of(answer.field("usage"), USAGE) {
        out.set("usage", usage);
    }
    Ok(Value::Object(out).to_json())
}

fn said(message: Raw<'_>) -> Option<String> {
    let full = |text: String| Some(text.trim_ascii().to_owned()).filter(|text| !text.is_empty());
    let content = message.field("content");
    let mut lines: Vec<String> = Vec::new();
    if let Some(content) = content {
        content.each_item(|part| {
            let is_text = part.field("type").and_then(Raw::string).is_none_or(|kind| kind.is("text"));
            lines.extend(part.field("text").filter(|_| is_text).and_then(Raw::string).map(RawString::decode).and_then(full));
        });
    }
    let whole = content.and_then(Raw::string).map(RawString::decode).and_then(full);
    let thought = || message.field("reasoning_content").and_then(Raw::string).map(RawString::decode).and_then(full);
    whole.or_else(|| full(lines.join("\n"))).or_else(thought)
}
