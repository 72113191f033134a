//! Images: one way of asking on OpenRouter itself, an older one through chats elsewhere (media 1, openrouter-api 4.1).

use crate::bill::{MediaBill, usage};
use crate::call::Call;
use crate::config::ClientConfig;
use crate::error::Error;
use crate::image_parameters::{MAX_INPUTS, Parameters};
use crate::json::Raw;
use crate::json_string::RawString;
use crate::media::{
    MediaOptions, SettingsOf, bad_answer, content_of, document, image_part, image_urls, json_cap, read_error, set_json, set_text,
    set_whole, user_message,
};
use crate::media_type::{essence, head_of_base64, image_extension, sniff, split_data_url};
use crate::record::Writes;
use crate::route::Route;
use crate::text::{between, find, tail};
use crate::upstream_error::Now;
use crate::value::{Object, Value};

const DEFAULT_MODEL: &str = "google/gemini-3.1-flash-image-preview";
const LABEL: &str = "OpenRouter image generation failed";
const MALFORMED: &str = "OpenRouter image generation response malformed";
const MISSING: &str = "OpenRouter image generation response missing image data";
const MAX_BYTES: u64 = 6 << 20;
const MAX_COUNT: f64 = 10.0;
/// Families whose models give images and no text; asked for both, they refuse.
const IMAGES_ONLY: [&str; 5] = ["black-forest-labs/", "bytedance-seed/seedream", "recraft/", "sourceful/", "microsoft/mai-image"];
const MARKDOWN_IMAGE: &str = "](";

openrouter_wire::record! {
    /// What is sent for images.
    pub struct ImagePlan: writes {
        call: Call,
        /// So often the call is sent, all at once.
        requests: u64,
        /// Whether its answers are those of a chat.
        is_chat: bool,
        model: String,
        /// Of one file.
        max_bytes: u64,
        /// Whether the model's row would say more: with its `supported_parameters` as `parameters` of the request the plan goes by them.
        wants_row: bool,
        warnings: Vec<Value<'static>> as "string[]",
    }
}

/// An [`ImagePlan`].
pub fn plan(config: &ClientConfig, request: &str) -> Result<String, Error> {
    let options = MediaOptions::read(config, SettingsOf::Image, request)?;
    let prompt = options.required("prompt")?;
    let model = options.model(config, DEFAULT_MODEL)?;
    let images = image_urls(&options, MAX_INPUTS, "inputs: must be at most 16 images")?;
    let count = options.number("n", f64::MIN, f64::MAX, "must be a number")?.and_then(|count| count.as_number()).unwrap_or(1.0);
    let count = count.clamp(1.0, MAX_COUNT) as u64;
    let max_bytes = options.max_bytes(MAX_BYTES)?;
    let is_stream = options.flag("stream")?;
    let mut parameters = Parameters::new(&options, &model.api_id);
    let is_canonical = Route::of(config.base_url.as_deref()).is_openrouter();
    let mut body = Object::default();
    set_text(&mut body, "model", &model.api_id);
    let (path, requests) = if is_canonical {
        set_text(&mut body, "prompt", &prompt);
        set_whole(&mut body, "n", 1);
        parameters.set_all(&mut body, &options)?;
        parameters.check_inputs(images.len())?;
        if !images.is_empty() {
            body.set("input_references", Value::Array(images.iter().map(|url| image_part(url)).collect()));
        }
        if is_stream {
            set_json(&mut body, "stream", "true");
        }
        ("/images", count)
    } else {
        body.set("messages", user_message(&content_of(&prompt, &images)));
        let is_images_only = IMAGES_ONLY.iter().any(|family| model.family.starts_with(family));
        set_json(&mut body, "modalities", if is_images_only { "[\"image\"]" } else { "[\"image\",\"text\"]" });
        set_whole(&mut body, "n", count);
        let mut config = Object::default();
        set_hint(&mut config, "aspect_ratio", &parameters.hint(&options, "aspectRatio")?);
        set_hint(&mut config, "image_size", &parameters.hint(&options, "resolution")?);
        if !config.is_empty() {
            body.set("image_config", Value::Object(config));
        }
        parameters.warn_of_others(&options);
        if is_stream {
            parameters.warn_too("stream: not sent, partial images are for OpenRouter's own base URL alone");
        }
        ("/chat/completions", 1)
    };
    let is_stream = is_stream && is_canonical;
    let accept = if is_stream { "text/event-stream, application/json" } else { "application/json" };
    let mut call = options.post(config, path, accept, body, LABEL)?;
    call.max_bytes = json_cap(max_bytes, if is_canonical { 1 } else { count });
    call.timeout_ms = options.timeout_ms(180_000.0)?;
    let (wants_row, warnings) = parameters.finish();
    let is_chat = !is_canonical;
    Ok(ImagePlan { call, requests, is_chat, model: model.api_id, max_bytes, wants_row, warnings }.to_json())
}

fn set_hint(body: &mut Object<'_>, name: &str, hint: &Option<String>) {
    if let Some(hint) = hint {
        set_text(body, name, hint);
    }
}

/// What came, so far: images without those that came before, and the text beside them.
#[derive(Default)]
struct Found {
    images: Vec<FoundImage>,
    text: String,
}

struct FoundImage {
    /// Base64, or the beginning of it and a placeholder.
    data: String,
    media_type: String,
    /// In a text that only looks like one; what cannot be decoded is passed over.
    is_loose: bool,
}

impl Found {
    fn add(&mut self, data: &str, media_type: &str, is_loose: bool) {
        // Gemini's images come as `images` and once more in the content.
        if self.images.iter().any(|image| image.data == data) {
            return;
        }
        let media_type = essence(media_type).or_else(|| sniff(&head_of_base64(data)).map(str::to_owned));
        self.images.push(FoundImage { data: data.to_owned(), media_type: media_type.unwrap_or_else(|| "image/png".to_owned()), is_loose });
    }

    fn add_url(&mut self, url: &str) -> Result<(), Error> {
        let (media_type, data) = split_data_url(url).ok_or_else(|| bad_answer(MALFORMED))?;
        self.add(data, &media_type, false);
        Ok(())
    }

    /// Every `data:image/...;base64,...` of a text; the rest of it is text.
    fn add_text(&mut self, mut text: &str) {
        while let Some(at) = find(text, "data:image/") {
            let rest = tail(text, at);
            let comma = near(rest, b',').unwrap_or(rest.len());
            let mut end = comma + 1 + tail(rest, comma + 1).bytes().take_while(|byte| is_of_base64(*byte)).count();
            // A placeholder begins with @ and ends with a dot (see pkg-template/media/placeholders.js).
            if tail(rest, end).starts_with("@media") {
                end += near(tail(rest, end), b'.').map_or(0, |at| at + 1);
            }
            let Some((media_type, data)) = split_data_url(between(rest, 0, end)).filter(|(_, data)| !data.is_empty()) else {
                self.text.push_str(between(text, 0, at + 5));
                text = tail(text, at + 5);
                continue;
            };
            self.add(data, &media_type, true);
            let (mut before, mut after) = (between(text, 0, at), tail(rest, end));
            // The Markdown around an image goes with it.
            if let (Some(written), Some(closed)) = (before.strip_suffix(MARKDOWN_IMAGE), after.strip_prefix(')'))
                && let Some(start) = written.as_bytes().windows(2).rposition(|pair| pair == b"![")
            {
                (before, after) = (between(written, 0, start), closed);
            }
            self.text.push_str(before);
            text = after;
        }
        self.text.push_str(text);
    }

    fn add_part(&mut self, part: Raw<'_>) -> Result<(), Error> {
        let string = |name: &str| part.field(name).and_then(Raw::string).map(RawString::decode);
        if string("type").as_deref() == Some("text") {
            self.text.push_str(&string("text").unwrap_or_default());
            return Ok(());
        }
        if let Some(image_url) = part.field("image_url").or_else(|| part.field("imageUrl")) {
            return self.add_image_url(image_url);
        }
        if let Some(data) = part.field("b64_json") {
            let data = data.string().ok_or_else(|| bad_answer(MALFORMED))?.decode();
            self.add(&data, &string("media_type").or_else(|| string("mime_type")).unwrap_or_default(), false);
        }
        if let Some(inline) = part.field("inlineData").or_else(|| part.field("inline_data")) {
            let string = |name: &str| inline.field(name).and_then(Raw::string).map(RawString::decode);
            let data = string("data").ok_or_else(|| bad_answer(MALFORMED))?;
            let media_type = string("mimeType").or_else(|| string("mime_type"));
            self.add(&data, media_type.as_deref().unwrap_or("image/png"), false);
        }
        Ok(())
    }

    /// `{url}`, or the URL itself.
    fn add_image_url(&mut self, image_url: Raw<'_>) -> Result<(), Error> {
        let url = image_url.field("url").unwrap_or(image_url).string().ok_or_else(|| bad_answer(MALFORMED))?;
        self.add_url(&url.decode())
    }

    fn add_message(&mut self, message: Raw<'_>) -> Result<(), Error> {
        let mut result = Ok(());
        if let Some(images) = message.field("images") {
            images.each_item(|image| {
                let image_url = image.field("image_url").or_else(|| image.field("imageUrl"));
                if result.is_ok() {
                    result = image_url.map_or_else(|| Err(bad_answer(MALFORMED)), |image_url| self.add_image_url(image_url));
                }
            });
        }
        result?;
        let mut result = Ok(());
        if let Some(content) = message.field("content") {
            if let Some(text) = content.string() {
                self.add_text(&text.decode());
            }
            content.each_item(|part| {
                if result.is_ok() {
                    result = self.add_part(part);
                }
            });
        }
        result
    }

    fn to_json(&self, usage: Option<MediaBill<'_>>) -> String {
        let images: Vec<ReadImage<'_>> = self.images.iter().map(FoundImage::record).collect();
        let text = Some(self.text.trim_ascii()).filter(|text| !text.is_empty());
        ImageAnswer { images: &images, text, usage }.to_json()
    }
}

impl FoundImage {
    fn record(&self) -> ReadImage<'_> {
        let Self { data, media_type, is_loose } = self;
        ReadImage { data, media_type, extension: image_extension(media_type), is_loose: is_loose.then_some(true) }
    }
}

openrouter_wire::record! {
    /// One image of an answer.
    pub struct ReadImage<'a>: writes {
        /// Base64, or the beginning of it and a placeholder.
        data: &'a str,
        media_type: &'a str,
        /// Of a file that holds it.
        extension: &'a str,
        /// In a text that only looks like one: what cannot be decoded is passed over.
        is_loose: Option<bool>,
    }
}

openrouter_wire::record! {
    /// An answer of images, with placeholders in place of the files.
    pub struct ImageAnswer<'a>: writes {
        images: &'a [ReadImage<'a>],
        /// Beside the images.
        text: Option<&'a str>,
        usage: Option<MediaBill<'a>>,
    }
}

openrouter_wire::worded! {
    /// What an event of a stream of images is.
    pub enum ImageEventKind {
        /// A draft of the image.
        Partial = "partial",
        /// The image.
        Completed = "completed",
        /// Text beside it.
        Text = "text",
        /// Nothing that is handed on.
        Other = "other",
    }
}

openrouter_wire::record! {
    /// An event of a stream of images, with a placeholder in place of the file.
    pub struct ImageEvent<'a>: writes {
        kind: ImageEventKind,
        /// Of `partial` and `completed`.
        image: Option<ReadImage<'a>>,
        /// The number of the draft.
        partial_index: Option<u64>,
        text: Option<String>,
        usage: Option<MediaBill<'a>>,
    }
}

/// The place of a mark in the beginning of a text: a text of many that have none is not gone through for each.
fn near(text: &str, mark: u8) -> Option<usize> {
    text.bytes().take(512).position(|byte| byte == mark)
}

fn is_of_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/=-_".contains(&byte)
}

/// An [`ImageAnswer`] of an answer that has placeholders in place of the files; `is_chat`: by the route of chats.
pub fn read_answer(is_chat: bool, text: &str, secret: &str, now: Now) -> Result<String, Error> {
    let answer = document(LABEL, text)?;
    let mut found = Found::default();
    let field = if is_chat { "choices" } else { "data" };
    let list = answer.field(field).filter(|list| list.is_array());
    if let Some(error) = answer.field("error").filter(|_| list.is_none()) {
        return Err(read_error(LABEL, error, secret, now));
    }
    let mut result = list.map(|_| ()).ok_or_else(|| bad_answer(MALFORMED));
    let mut inner_error = None;
    if let Some(list) = list {
        list.each_item(|item| {
            if result.is_err() {
                return;
            }
            result = if is_chat {
                inner_error = inner_error.or(item.field("error"));
                item.field("message").map_or(Ok(()), |message| found.add_message(message))
            } else {
                add_datum(&mut found, item)
            };
        });
    }
    result?;
    if found.images.is_empty() {
        return Err(inner_error
            .or(answer.field("error"))
            .map_or_else(|| bad_answer(MISSING), |error| read_error(LABEL, error, secret, now)));
    }
    Ok(found.to_json(usage(answer.field("usage"))))
}

fn add_datum(found: &mut Found, item: Raw<'_>) -> Result<(), Error> {
    let Some(data) = item.field("b64_json") else { return if item.is_object() { Ok(()) } else { Err(bad_answer(MALFORMED)) } };
    let data = data.string().map(RawString::decode).filter(|data| !data.is_empty()).ok_or_else(|| bad_answer(MALFORMED))?;
    found.add(&data, &declared_type(item), false);
    Ok(())
}

fn declared_type(item: Raw<'_>) -> String {
    let string = |name: &str| item.field(name).and_then(Raw::string).map(RawString::decode).filter(|text| !text.trim_ascii().is_empty());
    string("mime_type").or_else(|| string("media_type")).unwrap_or_default()
}

/// One [`ImageEvent`] of a stream.
pub fn read_event(text: &str, secret: &str, now: Now) -> Result<String, Error> {
    let event = document(LABEL, text)?;
    let kind = event.field("type").and_then(Raw::string).map(RawString::decode).unwrap_or_default();
    if kind == "error" || event.field("error").is_some() {
        return Err(read_error(LABEL, event.field("error").unwrap_or(event), secret, now));
    }
    let mut found = Found::default();
    let mut out = ImageEvent { kind: ImageEventKind::Other, image: None, partial_index: None, text: None, usage: None };
    match kind.as_str() {
        "image_generation.partial_image" | "image_generation.completed" => {
            add_datum(&mut found, event)?;
            let is_whole = kind == "image_generation.completed";
            let Some(image) = found.images.first() else {
                return Err(bad_answer(if is_whole { MISSING } else { MALFORMED }));
            };
            let number = event.field("partial_image_index").and_then(Raw::number).filter(|number| *number >= 0.0).unwrap_or(0.0);
            out.kind = if is_whole { ImageEventKind::Completed } else { ImageEventKind::Partial };
            out.image = Some(image.record());
            out.partial_index = Some(number as u64);
            out.usage = usage(event.field("usage"));
        }
        // The model's thoughts and drafts are no text of the answer.
        "image_generation.text_chunk" if event.field("phase").and_then(Raw::string).is_none_or(|phase| phase.is("content")) => {
            out.kind = ImageEventKind::Text;
            out.text = Some(event.field("text").and_then(Raw::string).map(RawString::decode).unwrap_or_default());
        }
        _ => {}
    }
    Ok(out.to_json())
}
