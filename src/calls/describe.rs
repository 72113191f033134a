//! What a file shows or says, told by a chat model (additions 3). The file's bytes stay with the facade.

use crate::bill::{ServiceUsage, UsageNames, usage_of};
use crate::calls::{ServicePlan, identity};
use crate::config::ClientConfig;
use crate::error::{Code, Error};
use crate::json::Raw;
use crate::json_string::RawString;
use crate::media::{MIB, MediaOptions, SettingsOf, document, read_error, set_text, user_message};
use crate::media_type::{essence, head_of_base64, sniff};
use crate::message::text_part;
use crate::record::Writes;
use crate::request::resolve;
use crate::transcription::format_of;
use crate::upstream_error::Now;
use crate::value::{Object, Value};

const DEFAULT_MODEL: &str = "google/gemini-3.8-flash";
const MAX_BYTES: u64 = 16 * MIB;
const TIMEOUT_MS: f64 = 120_000.0;
const USAGE: UsageNames = UsageNames {
    seconds: "",
    input_tokens: "prompt_tokens",
    output_tokens: "completion_tokens",
    total_tokens: "total_tokens",
    search_units: "",
};

openrouter_wire::worded! {
    /// What is described.
    pub enum Medium {
        /// By a model that sees.
        Image = "image",
        /// By a model that hears.
        Audio = "audio",
        /// By a model that does both.
        Video = "video",
    }
}

openrouter_wire::record! {
    /// What a file shows or says.
    pub struct DescriptionAnswer<'a>: writes {
        text: String,
        model: Option<String>,
        id: Option<String>,
        provider: Option<String>,
        usage: Option<ServiceUsage<'a>>,
    }
}

fn label(medium: Medium) -> &'static str {
    match medium {
        Medium::Video => "OpenRouter video description failed",
        Medium::Image => "OpenRouter image description failed",
        Medium::Audio => "OpenRouter audio description failed",
    }
}

/// A [`ServicePlan`]. `file` of the request is `{placeholder, head, bytes, mediaType?, fileName?}` or `{url}`.
pub fn plan(config: &ClientConfig, medium: Medium, request: &str) -> Result<String, Error> {
    let kind = medium.as_str();
    let options = MediaOptions::read(config, SettingsOf::Description, request)?;
    let file = options.own("file").filter(|file| file.is_object()).ok_or_else(|| Error::invalid(kind, "must be given"))?;
    let max_bytes = options.max_bytes(MAX_BYTES)?;
    let bytes = file.get("bytes").and_then(|bytes| bytes.as_number()).unwrap_or(0.0);
    if bytes > max_bytes as f64 {
        let problem = ["has ", &(bytes as u64).to_string(), " bytes, ", &max_bytes.to_string(), " are allowed (maxBytes)"].concat();
        return Err(Error::invalid(kind, &problem));
    }
    let media_type = media_type(&options, file, medium)?;
    let part = if medium == Medium::Audio {
        let file_name = file.get_str("fileName").unwrap_or_default();
        let Some(format) = format_of(&media_type, &file_name) else {
            return Err(Error::invalid("mediaType", "must be that of a sound that OpenRouter takes: wav, mp3, flac, m4a, ogg, webm, aac"));
        };
        let data =
            file.get_str("placeholder").ok_or_else(|| Error::invalid("audio", "must be bytes: a model takes no address of a sound"))?;
        media_part("input_audio", [("data", Value::Text(data)), ("format", Value::text(format))])
    } else {
        let url = match file.get_str("url") {
            Some(url) => url,
            None => ["data:", &media_type, ";base64,", &file.get_str("placeholder").unwrap_or_default()].concat(),
        };
        let name = if medium == Medium::Video { "video_url" } else { "image_url" };
        media_part(name, [("url", Value::Text(url))])
    };
    let prompt = options.text("prompt")?.unwrap_or_else(|| ["Describe the ", kind, "."].concat());
    let models = config.models.as_deref().and_then(Value::parse);
    let model = resolve(options.text("model")?.as_deref().unwrap_or(DEFAULT_MODEL), models.as_ref(), "model")?;
    let mut body = Object::default();
    set_text(&mut body, "model", &model.api_id);
    body.set("messages", user_message(&Value::Array(vec![text_part(&prompt), part])));
    let mut call = options.post(config, "/chat/completions", "application/json", body, label(medium))?;
    call.timeout_ms = options.timeout_ms(TIMEOUT_MS)?;
    Ok(ServicePlan { call, model: model.api_id, key: None }.to_json())
}

fn media_part<const N: usize>(kind: &'static str, fields: [(&'static str, Value<'static>); N]) -> Value<'static> {
    Value::Object(Object::of([("type", Value::text(kind)), (kind, Value::Object(Object::of(fields)))]))
}

/// What the caller says of the file, else what the file says of itself; a video is one of `video/mp4` unless anybody knows better.
fn media_type(options: &MediaOptions<'_>, file: &Value<'_>, medium: Medium) -> Result<String, Error> {
    let kind = medium.as_str();
    let stated = options.text("mediaType")?.and_then(|stated| essence(&stated));
    let own = file.get_str("mediaType").and_then(|own| essence(&own)).filter(|own| own != "application/octet-stream");
    let sniffed = sniff(&head_of_base64(&file.get_str("head").unwrap_or_default())).map(str::to_owned);
    let usual = match medium {
        Medium::Video => "video/mp4",
        Medium::Image => "image/png",
        Medium::Audio => "",
    };
    let is_stated = stated.is_some();
    let found = stated.or(own).or(sniffed).unwrap_or_else(|| usual.to_owned());
    let is_of_kind = found.split('/').next() == Some(kind) || (medium == Medium::Audio && found.is_empty());
    // An Ogg or WebM file may hold either; what it was called counts.
    let is_container = matches!(found.as_str(), "video/webm" | "video/mp4" | "video/ogg" | "audio/ogg" | "audio/mp4" | "application/ogg");
    match (is_of_kind || (is_container && medium != Medium::Image), medium) {
        (true, Medium::Audio) => Ok(found.replacen("video/", "audio/", 1)),
        (true, Medium::Video) => Ok(found.replacen("audio/", "video/", 1)),
        (true, Medium::Image) => Ok(found),
        (false, _) => {
            let place = if is_stated { "mediaType" } else { kind };
            let article = if medium == Medium::Video { "a " } else { "an " };
            Err(Error::invalid(place, &["must be that of ", article, kind, ", and is ", &found].concat()))
        }
    }
}

/// A [`DescriptionAnswer`]: the content, its text parts a line each, else what was thought (additions 3).
pub fn read_answer(medium: Medium, text: &str, secret: &str, now: Now) -> Result<String, Error> {
    let label = label(medium);
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
    let [model, id, provider] = identity(answer);
    Ok(DescriptionAnswer { text: said, model, id, provider, usage: usage_of(answer.field("usage"), &USAGE) }.to_json())
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
