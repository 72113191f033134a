//! The catalog of video models, read into the package's own names (media 2.4).

use crate::error::{Code, Error};
use crate::json::{Raw, Reader};
use crate::json_string::{RawString, write_string};

const FRAMES: [&str; 2] = ["first_frame", "last_frame"];

/// The answer of `GET /videos/models` as an array of `VideoModel`. The first row of an id counts; a row without one is none.
pub fn video_models(answer: &[u8]) -> Result<String, Error> {
    let document = Reader::document(answer).ok();
    let Some(rows) = document.and_then(|document| document.field("data")).filter(|rows| rows.is_array()) else {
        return Err(Error::new(Code::BadResponse, "OpenRouter video models: malformed JSON response"));
    };
    let mut seen: Vec<String> = Vec::new();
    let mut out = String::from("[");
    rows.each_item(|row| {
        let Some(id) = text(row, "id").filter(|id| !id.trim_ascii().is_empty() && !seen.contains(id)) else { return };
        if !seen.is_empty() {
            out.push(',');
        }
        write_row(&mut out, row, &id);
        seen.push(id);
    });
    out.push(']');
    Ok(out)
}

fn text(row: Raw<'_>, name: &str) -> Option<String> {
    row.field(name).and_then(Raw::string).map(RawString::decode)
}

fn write_row(out: &mut String, row: Raw<'_>, id: &str) {
    out.push_str("{\"id\":");
    write_string(out, id);
    out.push_str(",\"name\":");
    write_string(out, &text(row, "name").filter(|name| !name.trim_ascii().is_empty()).unwrap_or_else(|| id.to_owned()));
    if let Some(created) = row.field("created").filter(|value| value.string().is_none() && value.number().is_some()) {
        out.push_str(",\"created\":");
        out.push_str(&created.text());
    }
    for (name, field) in [("description", "description"), ("canonicalSlug", "canonical_slug")] {
        if let Some(text) = text(row, field) {
            write_name(out, name);
            write_string(out, &text);
        }
    }
    write_list(out, "durations", row.field("supported_durations"), &|item| {
        (item.string().is_none() && item.number().is_some()).then(|| item.text().into_owned())
    });
    for (name, field, is_upper) in [
        ("resolutions", "supported_resolutions", true),
        ("aspectRatios", "supported_aspect_ratios", false),
        ("sizes", "supported_sizes", false),
        ("frameImages", "supported_frame_images", false),
    ] {
        write_list(out, name, row.field(field), &|item| {
            let text = item.string()?.decode();
            Some(quoted(&if is_upper { text.to_ascii_uppercase() } else { text }))
        });
    }
    let mut frames = [false; 2];
    if let Some(list) = row.field("supported_frame_images") {
        list.each_item(|item| (0..2).for_each(|at| frames[at] |= item.string().is_some_and(|frame| frame.is(FRAMES[at]))));
    }
    out.push_str(match frames {
        [true, true] => ",\"maxInputImages\":2",
        [false, false] => ",\"maxInputImages\":0",
        _ => ",\"maxInputImages\":1",
    });
    if let Some(audio) = row.field("generate_audio").filter(|value| matches!(value.bytes(), b"true" | b"false")) {
        write_name(out, "supportsAudio");
        out.push_str(&audio.text());
    }
    // Prices keep their digits: a decimal string is exact, a number is not.
    out.push_str(",\"pricingSkus\":{");
    let mut is_first = true;
    if let Some(skus) = row.field("pricing_skus").filter(|skus| skus.is_object()) {
        skus.each_field(|name, price| {
            let price = match price.string() {
                Some(text) => text.decode(),
                None if price.number().is_some() => price.text().into_owned(),
                None => return,
            };
            out.push_str(if is_first { "" } else { "," });
            is_first = false;
            write_string(out, &RawString::of(name).decode());
            out.push(':');
            write_string(out, &price);
        });
    }
    out.push('}');
    write_list(out, "allowedPassthroughParameters", row.field("allowed_passthrough_parameters"), &|item| {
        Some(quoted(&item.string()?.decode()))
    });
    write_name(out, "raw");
    out.push_str(&row.json());
    out.push('}');
}

fn write_name(out: &mut String, name: &str) {
    out.push_str(",\"");
    out.push_str(name);
    out.push_str("\":");
}

fn quoted(text: &str) -> String {
    let mut out = String::new();
    write_string(&mut out, text);
    out
}

/// Of the items that are what they should be; nothing or `null` is an empty list.
fn write_list(out: &mut String, name: &str, list: Option<Raw<'_>>, one: &dyn Fn(Raw<'_>) -> Option<String>) {
    write_name(out, name);
    out.push('[');
    let mut is_first = true;
    if let Some(list) = list {
        list.each_item(|item| {
            let Some(written) = one(item) else { return };
            out.push_str(if is_first { "" } else { "," });
            is_first = false;
            out.push_str(&written);
        });
    }
    out.push(']');
}
