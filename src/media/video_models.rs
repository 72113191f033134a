//! The catalog of video models, read into the package's own names (media 2.4).

use crate::error::{Code, Error};
use crate::json::{Raw, Reader};
use crate::json_string::RawString;
use crate::places::Names;
use crate::record::Writes;
use crate::value::{Object, Value};

const FRAMES: [&str; 2] = ["first_frame", "last_frame"];

/// The answer of `GET /videos/models` as an array of `VideoModel`. The first row of an id counts; a row without one is none.
pub fn video_models(answer: &[u8]) -> Result<String, Error> {
    let document = Reader::document(answer).ok();
    let Some(rows) = document.and_then(|document| document.field("data")).filter(|rows| rows.is_array()) else {
        return Err(Error::new(Code::BadResponse, "OpenRouter video models: malformed JSON response"));
    };
    let mut seen = Names::default();
    let mut out = String::from("[");
    rows.each_item(|row| {
        let Some(id) = text(row, "id").filter(|id| !id.trim_ascii().is_empty()) else { return };
        let Some(place) = seen.add(&id) else { return };
        out.push_str(if place == 0 { "" } else { "," });
        model(row, &id).write(&mut out);
    });
    out.push(']');
    Ok(out)
}

fn text(row: Raw<'_>, name: &str) -> Option<String> {
    row.field(name).and_then(Raw::string).map(RawString::decode)
}

openrouter_wire::record! {
    /// One model.
    pub struct VideoModel<'a>: writes {
        id: &'a str,
        name: String,
        created: Option<Raw<'a>> as "number",
        description: Option<String>,
        canonical_slug: Option<String>,
        durations: Vec<Raw<'a>> as "number[]",
        resolutions: Vec<String>,
        aspect_ratios: Vec<String>,
        sizes: Vec<String>,
        frame_images: Vec<String>,
        max_input_images: u64,
        supports_audio: Option<Raw<'a>> as "boolean",
        /// Decimal strings: a price keeps its digits, which a number does not.
        pricing_skus: Object<'static> as "Record<string, string>",
        allowed_passthrough_parameters: Vec<String>,
        raw: Raw<'a> as "Record<string, unknown>",
    }
}

fn model<'a>(row: Raw<'a>, id: &'a str) -> VideoModel<'a> {
    let texts = |field: &str| {
        let mut texts = Vec::new();
        list(row, field, &mut |item| texts.extend(item.string().map(RawString::decode)));
        texts
    };
    let mut durations = Vec::new();
    list(row, "supported_durations", &mut |item| durations.extend(is_number(item).then_some(item)));
    let frame_images = texts("supported_frame_images");
    let resolutions = texts("supported_resolutions").into_iter().map(|resolution| resolution.to_ascii_uppercase()).collect();
    let mut pricing_skus = Object::default();
    if let Some(skus) = row.field("pricing_skus").filter(|skus| skus.is_object()) {
        skus.each_field(|name, price| {
            let price = match price.string() {
                Some(text) => text.decode(),
                None if price.number().is_some() => price.text().into_owned(),
                None => return,
            };
            // The name as it stands between its quotes. Of one that comes again the last counts, in JSON as it came, too.
            pricing_skus.push(&String::from_utf8_lossy(name), Value::Text(price));
        });
    }
    VideoModel {
        id,
        name: text(row, "name").filter(|name| !name.trim_ascii().is_empty()).unwrap_or_else(|| id.to_owned()),
        created: row.field("created").filter(|value| is_number(*value)),
        description: text(row, "description"),
        canonical_slug: text(row, "canonical_slug"),
        durations,
        resolutions,
        aspect_ratios: texts("supported_aspect_ratios"),
        sizes: texts("supported_sizes"),
        max_input_images: FRAMES.iter().filter(|frame| frame_images.iter().any(|held| held == *frame)).count() as u64,
        frame_images,
        supports_audio: row.field("generate_audio").filter(|value| matches!(value.bytes(), b"true" | b"false")),
        pricing_skus,
        allowed_passthrough_parameters: texts("allowed_passthrough_parameters"),
        raw: row,
    }
}

fn is_number(value: Raw<'_>) -> bool {
    value.string().is_none() && value.number().is_some()
}

/// The items of a list; of nothing or `null` there are none.
fn list<'a>(row: Raw<'a>, field: &str, each: &mut dyn FnMut(Raw<'a>)) {
    if let Some(list) = row.field(field) {
        list.each_item(each);
    }
}
