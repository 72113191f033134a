//! The parts of a delta that go out: texts, thoughts, images, sounds and sources, each as an event and as a part of the message.

use super::Assembler;
use crate::chunk::{Delta, Field, is_one_of};
use crate::event::{Batch, Kind};
use crate::given::{AudioDelta, Citation, GivenImage, ResponseStart, is_followable, is_image_address};
use crate::heard::Way;
use crate::json::Raw;
use crate::json_string::RawString;
use crate::places::hash_of;
use crate::reasoning::{ReasoningEntries, detail_text, text_of_details};
use crate::record::Writes;
use crate::text::{between, tail};
use crate::tool_call::is_signature;

/// How each signed block begins, as a detail.
const DETAIL_START: &str = "{\"format\":\"anthropic-claude-v1\",\"type\":\"reasoning.";

/// A signed block in Anthropic's own form, of the detail that was made of it.
pub(super) fn thinking_block(detail: &str) -> String {
    let rest = detail.get(DETAIL_START.len()..).unwrap_or_default();
    match rest.strip_prefix("text\",\"text") {
        Some(text) => ["{\"type\":\"thinking\",\"thinking", text].concat(),
        None => ["{\"type\":\"redacted_thinking", rest.get("encrypted".len()..).unwrap_or_default()].concat(),
    }
}

impl Assembler {
    /// Reasoning of one chunk: from the details, else from the first plain field that has any.
    pub(super) fn apply_reasoning(&mut self, delta: &Delta<'_>, out: &mut Batch) {
        let plain = [Field::ReasoningContent, Field::Reasoning, Field::ReasoningText, Field::Thinking];
        let plain = plain.into_iter().filter_map(|field| delta.get(field)?.string()).find(|text| !text.is_empty());
        let mut from_details = false;
        if delta.whole {
            return self.apply_message_reasoning(delta.get(Field::ReasoningDetails), plain, out);
        }
        if let Some(details) = delta.get(Field::ReasoningDetails) {
            let (text, place) = (text_of_details(details), self.place());
            let is_again = self.is_last || self.heard.is_again(&text, place);
            let is_told = plain.is_none() && self.heard.repeats(Way::Details, &text, place);
            let mut told = self.reasoning_entries.add(details, is_told || is_again);
            // A part that stands in the same chunk twice is said once, and neither repeats an earlier one.
            if plain.is_some() {
                self.heard.level();
            }
            details.each(|item| {
                match detail_text(item) {
                    Some((text, true)) => from_details |= is_told || told & 1 == 1 || self.emit_reasoning(text, Way::Details, out),
                    Some((text, false)) => _ = self.emit_text(text, Kind::Text, out),
                    None => {}
                }
                told >>= 1;
            });
        }
        if let Some(text) = plain {
            match from_details {
                true => self.heard.level(),
                false => _ = self.emit_reasoning(text, Way::Field, out),
            }
        }
    }

    /// Of a whole message, which may go on with what was said before.
    fn apply_message_reasoning(&mut self, details: Option<Raw<'_>>, plain: Option<RawString<'_>>, out: &mut Batch) {
        let text = details.map(text_of_details).unwrap_or_default();
        let has_text = !self.text.is_empty();
        if let Some(details) = details {
            // Its details are those of the whole message.
            if text.len() >= self.reasoning.len() {
                self.reasoning_entries = ReasoningEntries::default();
            }
            self.reasoning_entries.add(details, false);
        }
        let is_first = self.reasoning.is_empty();
        if text.is_empty() {
            // As it lies there: a copy of a long one would be in memory that never shrinks.
            let plain = plain.map(RawString::bytes).unwrap_or_default();
            let from = self.last_reasoning.new_from(plain, is_first);
            self.emit_reasoning(RawString::of(plain.get(from..).unwrap_or_default()), Way::Field, out);
        } else {
            let piece = tail(&text, self.last_reasoning.new_from(text.as_bytes(), is_first));
            if !piece.is_empty() {
                self.start_response(out);
                self.in_tool_call = false;
                let start = out.text.len();
                out.text.push_str(piece);
                self.keep_reasoning(start, Way::Field, out);
            }
        }
        if let Some(details) = details.filter(|_| !has_text) {
            details.each(|item| {
                if let Some((text, false)) = detail_text(item) {
                    self.emit_text(text, Kind::Text, out);
                }
            });
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
        if self.heard.repeats(way, tail(&out.text, start), self.place()) {
            out.text.truncate(start);
            return false;
        }
        let held = self.heard.taken_back(way);
        if !held.is_empty() {
            let piece = cut_off(&mut out.text, start);
            out.text.push_str(&held);
            out.text.push_str(&piece);
        }
        self.heard.add(way, tail(&out.text, start));
        self.reasoning.keep(start, Kind::Reasoning, out)
    }

    /// `is_told`: its text was there before.
    pub(super) fn apply_part(&mut self, part: Raw<'_>, is_told: bool, out: &mut Batch) {
        let kind = part.field("type").and_then(Raw::string).map(RawString::decode).unwrap_or_default();
        // A call that the server makes by itself has other names.
        if is_one_of("tool_use|tool_call|function_call|function", kind.as_bytes()) || part.field("functionCall").is_some() {
            return self.apply_calls(part, false, out);
        }
        let kind_of_text = match kind.as_str() {
            _ if is_told => return,
            "refusal" => Kind::Refusal,
            "image_url" | "output_image" => return self.emit_image(part, out),
            "redacted_thinking" => return self.keep_block(part),
            kind if kind.starts_with("thinking") || kind.starts_with("reasoning") => Kind::Reasoning,
            _ => Kind::Text,
        };
        if kind_of_text == Kind::Reasoning {
            self.keep_block(part);
        }
        self.emit_part(part, kind_of_text, out);
        self.sign(part.field("thought_signature").or_else(|| part.field("thoughtSignature")));
    }

    /// A block of Anthropic's, which others hand on: once it is signed it is a detail that goes back. The same one may come again.
    fn keep_block(&mut self, part: Raw<'_>) {
        let text = |name: &str| part.field(name).filter(is_signature).map(Raw::json).unwrap_or_default();
        let (thinking, signature, data) = (text("thinking"), text("signature"), text("data"));
        // Nobody signs more.
        if self.block.len() > MAX_BLOCK_BYTES {
            return;
        }
        self.block.push_str(between(&thinking, 1, thinking.len().saturating_sub(1)));
        let fields = match (&*signature, &*data) {
            ("", "") => return,
            ("", data) => ["encrypted\",\"data\":", data],
            (signature, _) => {
                self.block.push_str("\",\"signature\":");
                self.block.push_str(signature);
                ["text\",\"text\":\"", &core::mem::take(&mut self.block)]
            }
        };
        let detail = [DETAIL_START, fields[0], fields[1], "}"].concat();
        if self.seen.set(detail.as_bytes(), 0).is_none() {
            self.blocks.push(detail);
        }
    }

    /// The text of a part, which may have parts in it.
    fn emit_part(&mut self, part: Raw<'_>, kind: Kind, out: &mut Batch) {
        match part.string() {
            Some(text) if kind == Kind::Reasoning => _ = self.emit_reasoning(text, Way::Content, out),
            Some(text) => _ = self.emit_text(text, kind, out),
            None if part.is_array() => part.each_item(|part| self.emit_part(part, kind, out)),
            None => {
                let names = ["text", "thinking", "reasoning", "refusal", "summary", "reasoning_content", "content", "value"];
                if let Some(inner) = names.iter().find_map(|name| part.field(name)) {
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
        let piece = cut_off(&mut out.text, start);
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

    /// Text that was held back goes out before anything of another kind does.
    pub(super) fn flush_text(&mut self, out: &mut Batch) {
        let start = out.text.len();
        self.text.flush(out);
        self.take_apart(start, true, out);
    }

    pub(super) fn apply_media(&mut self, delta: &Delta<'_>, is_again: bool, out: &mut Batch) {
        if let Some(images) = delta.get(Field::Images) {
            images.each(|image| self.emit_image(image, out));
        }
        if let Some(audio) = delta.get(Field::Audio).filter(|audio| audio.is_object() && !is_again) {
            self.emit(&AudioDelta { audio }, out);
        }
        if let Some(annotations) = delta.get(Field::Annotations) {
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

/// The text of the last whole message of a stream that has one in each chunk: all of the text each time, or a piece.
#[derive(Debug, Default)]
pub(super) struct Known {
    bytes: usize,
    hash: u64,
    has_grown: bool,
}

/// Of one signed block: more of its text is not kept.
const MAX_BLOCK_BYTES: usize = 4 << 20;

/// What tells whether one text begins with another.
const HASHED_BYTES: usize = 64 << 10;

impl Known {
    /// From where on this text is new; `is_first`: no deltas were before it.
    pub(super) fn new_from(&mut self, all: &[u8], is_first: bool) -> usize {
        let hash = |bytes: usize| all.get(..bytes).map(|head| hash_of(head.get(..HASHED_BYTES).unwrap_or(head)));
        let from = match self.bytes {
            0 if !is_first => return all.len(),
            0 => 0,
            known if hash(known) == Some(self.hash) => known,
            _ if self.has_grown => return all.len(),
            // Pieces, of which no two begin with each other.
            _ => {
                self.bytes = usize::MAX;
                return 0;
            }
        };
        self.has_grown |= from > 0 && from < all.len();
        (self.bytes, self.hash) = (all.len(), hash(all.len()).unwrap_or_default());
        from
    }
}

/// The text from `start` on, which is cut off. The library's own has words for why it panics.
fn cut_off(text: &mut String, start: usize) -> String {
    let piece = tail(text, start).to_owned();
    text.truncate(start);
    piece
}
