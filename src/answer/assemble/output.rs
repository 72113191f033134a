//! What of a delta goes out: texts, thoughts, images, sounds and sources, each as an event and as a part of the message.

use super::Assembler;
use crate::chunk::Delta;
use crate::event::{Batch, Kind};
use crate::given::{AudioDelta, Citation, GivenImage, ResponseStart, is_followable, is_image_address};
use crate::heard::Way;
use crate::json::Raw;
use crate::json_string::RawString;
use crate::reasoning::{detail_text, text_of_details};
use crate::record::Writes;
use crate::text::tail;

impl Assembler {
    /// Reasoning of one chunk: from the details, else from the first plain field that has any.
    pub(super) fn apply_reasoning(&mut self, delta: &Delta<'_>, out: &mut Batch) {
        let plain = [delta.reasoning_content, delta.reasoning, delta.reasoning_text];
        let plain = plain.into_iter().flatten().filter_map(Raw::string).find(|text| !text.is_empty());
        let mut from_details = false;
        if let Some(details) = delta.reasoning_details {
            self.ledger.add(details);
            let is_told =
                plain.is_none() && self.heard.is_ahead_of(Way::Details) && self.heard.repeats(Way::Details, &text_of_details(details));
            // What stands in the same chunk twice is said once, and neither repeats what was before.
            if plain.is_some() {
                self.heard.level();
            }
            details.each_item(|item| match detail_text(item) {
                Some((text, true)) => from_details |= is_told || self.emit_reasoning(text, Way::Details, out),
                Some((text, false)) => _ = self.emit_text(text, Kind::Text, out),
                None => {}
            });
        }
        if let Some(text) = plain {
            match from_details {
                true => self.heard.level(),
                false => _ = self.emit_reasoning(text, Way::Field, out),
            }
        }
    }

    pub(super) fn emit_reasoning(&mut self, text: RawString<'_>, way: Way, out: &mut Batch) -> bool {
        if text.is_empty() {
            return false;
        }
        self.start_response(out);
        self.in_tool_call = false;
        let start = out.text.len();
        self.reasoning.decode(text, out);
        self.keep_reasoning(start, way, out)
    }

    /// Of the batch's text from `start` on, unless it was told already.
    fn keep_reasoning(&mut self, start: usize, way: Way, out: &mut Batch) -> bool {
        let piece = tail(&out.text, start);
        if self.heard.repeats(way, piece) {
            out.text.truncate(start);
            return false;
        }
        let held = self.heard.taken_back(way);
        if !held.is_empty() {
            let piece = out.text.split_off(start);
            out.text.push_str(&held);
            out.text.push_str(&piece);
        }
        self.heard.add(way, tail(&out.text, start));
        self.reasoning.keep(start, Kind::Reasoning, out)
    }

    /// Content is a string, an array of parts, or one part.
    pub(super) fn apply_content(&mut self, content: Raw<'_>, out: &mut Batch) {
        if let Some(text) = content.string() {
            self.emit_text(text, Kind::Text, out);
        } else if content.is_array() {
            content.each_item(|part| self.apply_part(part, out));
        } else {
            self.apply_part(content, out);
        }
    }

    fn apply_part(&mut self, part: Raw<'_>, out: &mut Batch) {
        if let Some(text) = part.string() {
            self.emit_text(text, Kind::Text, out);
            return;
        }
        let kind = part.field("type").and_then(Raw::string).map(RawString::decode).unwrap_or_default();
        let kind_of_text = match kind.as_str() {
            "refusal" => Kind::Refusal,
            "image_url" | "output_image" => return self.emit_image(part, out),
            kind if kind.starts_with("thinking") || kind.starts_with("reasoning") => Kind::Reasoning,
            _ => Kind::Text,
        };
        self.emit_part(part, kind_of_text, out);
    }

    /// The text of a part, which may have parts in it.
    fn emit_part(&mut self, part: Raw<'_>, kind: Kind, out: &mut Batch) {
        match part.string() {
            Some(text) if kind == Kind::Reasoning => _ = self.emit_reasoning(text, Way::Content, out),
            Some(text) => _ = self.emit_text(text, kind, out),
            None if part.is_array() => part.each_item(|part| self.emit_part(part, kind, out)),
            None => {
                let names = ["text", "thinking", "reasoning", "refusal", "summary", "reasoning_content", "content"];
                if let Some(inner) =
                    names.iter().find_map(|name| part.field(name).filter(|inner| inner.string().is_some() || inner.is_array()))
                {
                    self.emit_part(inner, kind, out);
                }
            }
        }
    }

    #[inline]
    pub(super) fn emit_text(&mut self, text: RawString<'_>, kind: Kind, out: &mut Batch) -> bool {
        if text.is_empty() {
            return false;
        }
        if !self.response_started {
            self.start_response(out);
        }
        self.in_tool_call = false;
        let start = out.text.len();
        if kind == Kind::Refusal {
            self.refusal.decode(text, out);
            return self.refusal.keep(start, kind, out);
        }
        self.text.decode(text, out);
        if self.tags.pass(tail(&out.text, start)) {
            return self.text.keep(start, kind, out);
        }
        self.take_apart(start, false, out);
        true
    }

    /// Of a text that may have tags for its thoughts, the text and the thoughts.
    #[inline(never)]
    fn take_apart(&mut self, start: usize, is_last: bool, out: &mut Batch) {
        let piece = out.text.split_off(start);
        let mut parts = Vec::new();
        self.tags.take(&piece, &mut parts);
        if is_last {
            self.tags.flush(&mut parts);
        }
        for (is_thought, part) in parts {
            let start = out.text.len();
            out.text.push_str(&part);
            match is_thought {
                true => self.keep_reasoning(start, Way::Content, out),
                false => self.text.keep(start, Kind::Text, out),
            };
        }
    }

    /// What was held back goes out before anything of another kind does.
    pub(super) fn flush_text(&mut self, out: &mut Batch) {
        let start = out.text.len();
        self.text.flush(out);
        self.take_apart(start, true, out);
    }

    pub(super) fn apply_media(&mut self, delta: &Delta<'_>, out: &mut Batch) {
        if let Some(images) = delta.images {
            images.each_item(|image| self.emit_image(image, out));
        }
        if let Some(audio) = delta.audio.filter(|audio| audio.is_object()) {
            self.emit(&AudioDelta { audio }, out);
        }
        if let Some(annotations) = delta.annotations {
            annotations.each_item(|annotation| {
                if !is_followable(annotation) {
                    return;
                }
                let text = annotation.json();
                let at = self.annotations.len();
                let before = self.seen.set(text.as_bytes(), at);
                if before.is_some_and(|before| self.annotations.get(before).is_some_and(|held| *held == text)) {
                    return;
                }
                self.annotations.push(text.into_owned());
                if let Some(citation) = annotation.field("url_citation").filter(|citation| citation.is_object()) {
                    self.emit(&Citation { citation }, out);
                }
            });
        }
    }

    fn emit_image(&mut self, image: Raw<'_>, out: &mut Batch) {
        let url = image.field("image_url").map(|url| url.field("url").unwrap_or(url));
        let Some(url) = url.filter(|url| url.string().is_some_and(is_image_address)) else { return };
        if self.seen.set(url.bytes(), self.images).is_none() {
            self.images += 1;
            self.emit(&GivenImage { url }, out);
        }
    }

    fn emit(&mut self, record: &dyn Writes, out: &mut Batch) {
        self.start_response(out);
        self.in_tool_call = false;
        out.push(Kind::Json, 0, |text| record.write(text));
    }

    /// `response-start` comes right before the first output, so that a retry never shows two of them.
    pub(super) fn start_response(&mut self, out: &mut Batch) {
        self.has_output = true;
        if !core::mem::replace(&mut self.response_started, true) {
            let Self { id, model, provider, .. } = self;
            out.push(Kind::Json, 0, |text| ResponseStart { id, model, provider }.write(text));
        }
    }
}
