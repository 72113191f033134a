//! What an answer gives beside its text: images, sound, sources; who gives it. What of it may be handed on.

use crate::json::Raw;
use crate::json_string::RawString;
use crate::route::is_web_address;

/// Whether an annotation may be handed on: the source that it cites is an address of the web. One that cites none, such as a file's text, may.
pub fn is_followable(annotation: Raw<'_>) -> bool {
    let cited = annotation.field("url_citation").filter(|citation| citation.is_object());
    let is_citation =
        cited.is_some() || annotation.field("type").and_then(|kind| kind.string()).is_some_and(|kind| kind.is("url_citation"));
    let url = cited.unwrap_or(annotation).field("url");
    match url.and_then(|url| url.string()) {
        Some(url) => is_web_address(&url.to_text()),
        None => !is_citation && url.is_none(),
    }
}

/// Whether an image is where one may be looked at: in the address itself or behind https. Of a long one only the beginning is read.
pub fn is_image_address(url: RawString<'_>) -> bool {
    let bytes = url.bytes();
    let head = bytes.get(..16).unwrap_or(bytes);
    let starts = |head: &[u8]| {
        let starts_with = |start: &str| head.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start.as_bytes()));
        starts_with("https://") || starts_with("data:image/")
    };
    if head.contains(&b'\\') { starts(url.to_text().as_bytes()) } else { starts(head) }
}

openrouter_wire::record! {
    /// The first output is there.
    pub struct ResponseStart<'a>: writes "response-start" {
        id: &'a Option<String>,
        model: &'a Option<String>,
        provider: &'a Option<String>,
    }
}

openrouter_wire::record! {
    /// An image came.
    pub struct GivenImage<'a>: writes "image" {
        url: Raw<'a> as "string",
    }
}

openrouter_wire::record! {
    /// A piece of sound came.
    pub struct AudioDelta<'a>: writes "audio-delta" {
        audio: Raw<'a> as "{ id?: string, data?: string, transcript?: string, expires_at?: number }",
    }
}

openrouter_wire::record! {
    /// A source came.
    pub struct Citation<'a>: writes "citation" {
        citation: Raw<'a> as "{ url: string, title?: string, content?: string, start_index?: number, end_index?: number }",
    }
}
