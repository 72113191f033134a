//! Images of a transcript, and content that is empty without them (sanitization 5).

use crate::change::{Changes, place};
use crate::image_scan::{AVIF, HEIF, ImageFacts, ImageScan};
use crate::message::{Message, Role, is_blank, is_blank_part, text_part};
use crate::text::{between, tail};
use crate::value::Value;
use openrouter_wire::record::Reads;

const RULE: &str = "images";
const EMPTY_RULE: &str = "empty-content";
const LABEL: &str = "[session:history] ";
const EMPTY_CONTENT: &str = "[empty content omitted]";
const MISSING: &str = "omitted image payload: missing data or mimeType";
const EMPTY: &str = "omitted empty image payload";
const INVALID: &str = "omitted image payload: invalid base64";
const UNSUPPORTED: &str = "omitted image payload: unsupported image format";
const MIB: u64 = 1024 * 1024;

/// How large an image may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImageLimits {
    /// The longer side.
    pub max_side_px: u32,
    /// What is sent.
    pub max_bytes: u64,
    /// What is looked at: above this nobody tries to make it smaller.
    pub max_input_bytes: u64,
}

impl Default for ImageLimits {
    fn default() -> Self {
        Self { max_side_px: 1200, max_bytes: 5 * MIB, max_input_bytes: 10 * MIB }
    }
}

impl ImageLimits {
    /// Whether an image would do better smaller. The engine cannot resize: the facade asks this, and whoever it has for that does it
    /// before the engine sees the image. Too large a side alone is no reason here to withhold one.
    pub fn ask_for_resizing(&self, facts: &ImageFacts) -> bool {
        facts.decoded_bytes > self.max_bytes || facts.width.max(facts.height) > self.max_side_px
    }

    /// What is said in place of an image that cannot be sent.
    fn refusal(&self, facts: &ImageFacts) -> Option<String> {
        match () {
            () if facts.decoded_bytes > self.max_input_bytes => Some(self.too_large()),
            () if facts.is_blank => Some(EMPTY.to_owned()),
            () if !facts.is_base64 => Some(INVALID.to_owned()),
            () if facts.width == 0 || matches!(facts.media_type, None | Some(HEIF | AVIF)) => Some(UNSUPPORTED.to_owned()),
            () if facts.decoded_bytes > self.max_bytes => Some(
                [
                    "omitted image payload: Image could not be reduced below ",
                    &megabytes(self.max_bytes),
                    " (got ",
                    &megabytes(facts.decoded_bytes),
                    ")",
                ]
                .concat(),
            ),
            () => None,
        }
    }

    fn too_large(&self) -> String {
        ["omitted image payload: image exceeds input size limit (", &megabytes(self.max_input_bytes), ")"].concat()
    }
}

/// Media that the facade keeps outside of the engine. A placeholder stands in their place: `<prefix><number>.`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Placeholders<'a> {
    /// How a placeholder begins; when this is empty there are none.
    pub prefix: &'a str,
    /// What each is, by its number.
    pub facts: &'a [ImageFacts],
}

openrouter_wire::record! {
    /// The media that the facade keeps outside, as it describes them.
    pub struct OutsideMedia: reads {
        /// How a placeholder begins.
        prefix: String,
        /// What each is, by its number; of one without any nothing is known.
        facts: Vec<ImageFacts>,
    }
}

impl OutsideMedia {
    /// Of the description; nothing where there is none.
    pub fn described(text: &str) -> Self {
        Self::parse(text).unwrap_or(Self { prefix: String::new(), facts: Vec::new() })
    }

    /// The placeholders that stand in their place.
    pub fn placeholders(&self) -> Placeholders<'_> {
        Placeholders { prefix: &self.prefix, facts: &self.facts }
    }
}

impl<'a> Placeholders<'a> {
    fn find(&self, text: &str) -> Option<&'a ImageFacts> {
        let number = text.strip_prefix(self.prefix).filter(|_| !self.prefix.is_empty())?.strip_suffix('.')?;
        // `parse` would take a plus sign.
        let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
        self.facts.get(number.parse::<usize>().ok().filter(|_| is_number)?)
    }
}

enum Treatment {
    Keep,
    /// Another URL for the same image.
    Correct(String),
    /// What is said instead of it.
    Omit(String),
}

/// Checks the images in the content of users, tools and the model.
pub fn apply(messages: &mut [Message<'_>], limits: &ImageLimits, placeholders: &Placeholders<'_>, changes: &mut Changes) {
    for message in messages {
        let Some(parts) = spoken_parts(message) else { continue };
        let mut notes: Vec<(usize, String)> = Vec::new();
        for (number, part) in parts.iter_mut().enumerate() {
            if !part.get("type").is_some_and(|kind| kind.is("image_url")) {
                continue;
            }
            match judge(part, limits, placeholders) {
                Treatment::Keep => {}
                Treatment::Correct(url) => {
                    set_url(part, url);
                    notes.push((
                        number,
                        "the data URL of an image was brought into its plain form, with the type that the image has".to_owned(),
                    ));
                }
                Treatment::Omit(words) => {
                    *part = text_part(&[LABEL, &words].concat());
                    notes.push((number, words));
                }
            }
        }
        if !notes.is_empty() {
            message.touch();
        }
        for (number, reason) in notes {
            changes.add(RULE, message.place(&place(".content", number, "")), reason);
        }
    }
}

fn spoken_parts<'m, 'a>(message: &'m mut Message<'a>) -> Option<&'m mut Vec<Value<'a>>> {
    matches!(message.role, Role::User | Role::Tool | Role::Assistant).then(|| message.parts_mut()).flatten()
}

fn judge(part: &Value<'_>, limits: &ImageLimits, placeholders: &Placeholders<'_>) -> Treatment {
    let omit = |words: &str| Treatment::Omit(words.to_owned());
    let held = part.get("image_url");
    let held = held.as_ref().filter(|url| url.is_string()).cloned().or_else(|| held?.get("url").filter(Value::is_string));
    let Some(held) = held else { return omit(MISSING) };
    // Before it is decoded, let alone scanned. White space and escapes, which do not count, are less than an eighth of any real text.
    let length = match &held {
        Value::Raw(raw) => raw.bytes().len(),
        Value::Text(text) | Value::Json(text) => text.len(),
        _ => 0,
    };
    if length as u64 / 4 * 3 > limits.max_input_bytes + limits.max_input_bytes / 8 {
        return Treatment::Omit(limits.too_large());
    }
    let url = held.str().unwrap_or_default();
    if let Some(facts) = placeholders.find(&url) {
        return limits.refusal(facts).map_or(Treatment::Keep, Treatment::Omit);
    }
    let starts_with = |start: &str| url.as_bytes().get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start.as_bytes()));
    if starts_with("https://") || starts_with("http://") {
        return Treatment::Keep;
    }
    let comma = url.bytes().position(|byte| byte == b',').filter(|_| starts_with("data:"));
    let Some(comma) = comma else { return omit(MISSING) };
    let (head, data) = (between(&url, "data:".len(), comma), tail(&url, comma + 1));
    let declared = head.split(';').next().unwrap_or_default().trim_ascii();
    let is_base64 = head.rsplit(';').next().is_some_and(|last| last.trim_ascii().eq_ignore_ascii_case("base64"));
    match () {
        () if declared.is_empty() => return omit(MISSING),
        () if is_blank(data) => return omit(EMPTY),
        // Text, percent-encoded: what SVG comes in.
        () if !is_base64 => return omit(UNSUPPORTED),
        () => {}
    }
    let (facts, is_inline) = match placeholders.find(data) {
        Some(facts) => (*facts, false),
        None => {
            let mut scan = ImageScan::new();
            scan.push(data.as_bytes());
            (scan.finish(), true)
        }
    };
    if let Some(words) = limits.refusal(&facts) {
        return Treatment::Omit(words);
    }
    let media_type = facts.media_type.unwrap_or(declared);
    let has_white_space = is_inline && facts.has_white_space;
    if declared.eq_ignore_ascii_case(media_type) && !has_white_space {
        return Treatment::Keep;
    }
    let mut corrected = ["data:", media_type, ";base64,"].concat();
    if has_white_space {
        corrected.reserve(data.len());
        corrected.extend(data.chars().filter(|c| !c.is_whitespace()));
    } else {
        corrected.push_str(data);
    }
    Treatment::Correct(corrected)
}

fn set_url(part: &mut Value<'_>, url: String) {
    let Some(part) = part.object_mut() else { return };
    match part.get_mut("image_url").and_then(Value::object_mut) {
        Some(image) => image.set("url", Value::Text(url)),
        None => part.set("image_url", Value::Text(url)),
    }
}

/// Two digits behind the point, without the tables of floating point.
fn megabytes(bytes: u64) -> String {
    let hundredths = (bytes.saturating_mul(100).saturating_add(MIB / 2)) / MIB;
    let point = if hundredths % 100 < 10 { ".0" } else { "." };
    [&(hundredths / 100).to_string(), point, &(hundredths % 100).to_string(), "MB"].concat()
}

/// Removes text parts without text. A user or a tool that is left without content says that it is; a turn of the model goes, unless
/// it has something beside its content.
pub fn blank_parts(messages: &mut Vec<Message<'_>>, changes: &mut Changes) {
    messages.retain_mut(|message| {
        // A result of the block form had its blocks joined on the way here.
        if message.role == Role::Tool && message.meta.is_block_form && message.content_text().is_some_and(|text| is_blank(&text)) {
            message.fields.set("content", Value::text(EMPTY_CONTENT));
            message.touch();
            changes.add(EMPTY_RULE, message.place(".content"), "a result without content says so");
            return true;
        }
        let Some(parts) = spoken_parts(message) else { return true };
        let mut number = 0;
        let mut gone: Vec<usize> = Vec::new();
        parts.retain(|part| {
            let goes = is_blank_part(part);
            if goes {
                gone.push(number);
            }
            number += 1;
            !goes
        });
        let is_empty = parts.is_empty();
        if gone.is_empty() && !is_empty {
            return true;
        }
        message.touch();
        for number in gone {
            changes.add(EMPTY_RULE, message.place(&place(".content", number, "")), "a text part without text was left out");
        }
        if !is_empty {
            return true;
        }
        if message.role != Role::Assistant {
            message.fields.set("content", Value::Array(vec![text_part(EMPTY_CONTENT)]));
            changes.add(EMPTY_RULE, message.place(".content"), "a message without content says so");
            return true;
        }
        let beside = ["reasoning_details", "refusal", "images", "audio"];
        if message.has_calls() || beside.iter().any(|name| message.fields.get(name).is_some()) {
            message.fields.set("content", Value::null());
            changes.add(EMPTY_RULE, message.place(".content"), "a list without parts was left out");
            return true;
        }
        changes.add(EMPTY_RULE, message.place(""), "an assistant turn without content was left out");
        false
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn megabytes_are_rounded() {
        for (bytes, text) in [(0, "0.00MB"), (MIB, "1.00MB"), (MIB * 5 / 4, "1.25MB"), (MIB + 5243, "1.01MB"), (11 * MIB - 1, "11.00MB")] {
            assert_eq!(megabytes(bytes), text);
        }
    }

    #[test]
    fn the_limits_are_named() {
        let facts = |hundredths: u64| ImageFacts { is_base64: true, decoded_bytes: MIB * hundredths / 100, ..ImageFacts::default() };
        let png = |hundredths| ImageFacts { media_type: Some("image/png"), width: 1, height: 1, ..facts(hundredths) };
        let words = |facts: ImageFacts| ImageLimits::default().refusal(&facts);
        assert_eq!(words(png(500)), None);
        assert_eq!(words(png(731)).as_deref(), Some("omitted image payload: Image could not be reduced below 5.00MB (got 7.31MB)"));
        assert_eq!(words(facts(1001)).as_deref(), Some("omitted image payload: image exceeds input size limit (10.00MB)"));
        assert_eq!(words(facts(731)).as_deref(), Some(UNSUPPORTED));
    }
}
