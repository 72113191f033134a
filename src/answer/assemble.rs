//! Chunks to public events and to the message they add up to.

use crate::chunk::{Choice, Chunk, Delta};
use crate::config::Settings;
use crate::error::{Code, Error};
use crate::event::{Batch, Kind};
use crate::finish_reason::{End, end_of};
use crate::finished_call::FinishedCall;
use crate::given::{AudioDelta, Citation, GivenImage, ResponseStart, is_followable, is_image_address};
use crate::heard::{Heard, Way};
use crate::http::{CacheHead, CacheNote};
use crate::json::Raw;
use crate::json_string::{RawString, escaped_len};
use crate::places::{Places, hash_of};
use crate::reasoning::{Ledger, detail_text, text_of_details};
use crate::record::{Verbatim, Writes, write_field, write_name};
use crate::text::{GrowingText, find, joined, tail};
use crate::think_tags::ThinkTags;
use crate::tool_call;
use crate::tool_call::{LimitExceeded, ToolCalls, UnfinishedCalls};
use crate::usage::{counts, is_billed, merged, write_usage};

/// What ends the reading of chunks.
#[derive(Debug)]
pub enum Stop<'a> {
    /// The chunk or its choice carries an error object.
    Upstream(Raw<'a>),
    /// A limit was passed.
    Limit(Error),
}

/// A call that a message ended with, as far as it decides what happens next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallOutline {
    /// The call's id.
    pub id: String,
    /// The tool's name.
    pub name: String,
    /// Whether its arguments are a JSON object.
    pub is_whole: bool,
}

/// The message so far.
#[derive(Debug)]
pub struct Assembler {
    /// `id` of the first chunk that has one.
    id: Option<String>,
    model: Option<String>,
    provider: Option<String>,
    text: GrowingText,
    reasoning: GrowingText,
    refusal: GrowingText,
    tags: ThinkTags,
    heard: Heard,
    /// What the last whole message said, where more than one comes.
    last_content: Known,
    last_reasoning: Known,
    ledger: Ledger,
    /// Fields of the message with a thought's signature, as they came.
    signed: String,
    calls: ToolCalls,
    annotations: Vec<String>,
    /// The annotations and images that came: the last chunk of an answer repeats them.
    seen: Places,
    images: usize,
    finish_reason: Option<String>,
    native_finish_reason: Option<String>,
    usage: Option<String>,
    metadata: Option<String>,
    /// Whether any choice came: without one there was no answer.
    has_choice: bool,
    response_started: bool,
    has_output: bool,
    /// The last output was part of a tool call: what a length limit cuts is that call.
    in_tool_call: bool,
    /// The chunk at hand has a finish reason.
    is_last: bool,
}

impl Assembler {
    /// An empty message; `generation_id` is the id that the answer's head tells, used until a chunk has one.
    pub fn new(settings: &Settings, generation_id: Option<String>) -> Self {
        Self {
            id: generation_id,
            model: None,
            provider: None,
            text: GrowingText::default(),
            reasoning: GrowingText::default(),
            refusal: GrowingText::default(),
            tags: ThinkTags::default(),
            heard: Heard::default(),
            last_content: Known::default(),
            last_reasoning: Known::default(),
            ledger: Ledger::default(),
            signed: String::new(),
            calls: ToolCalls::new(settings.limits.tool_calls, &settings.offered),
            annotations: Vec::new(),
            seen: Places::default(),
            images: 0,
            finish_reason: None,
            native_finish_reason: None,
            usage: None,
            metadata: None,
            has_choice: false,
            response_started: false,
            has_output: false,
            in_tool_call: false,
            is_last: false,
        }
    }

    /// Whether anything came that the consumer has seen; from then on nothing is retried.
    pub fn has_output(&self) -> bool {
        self.has_output
    }

    /// Whether anything of an answer came, be it empty.
    pub fn has_choice(&self) -> bool {
        self.has_choice
    }

    /// Whether a finish reason came.
    pub fn is_finished(&self) -> bool {
        self.finish_reason.is_some()
    }

    /// Whether the provider says that it failed, in a finish reason, its own or OpenRouter's, and nowhere else.
    pub fn finished_with_error(&self) -> bool {
        self.ends_by(End::Failure)
    }

    /// Whether one of the two reasons says this.
    fn ends_by(&self, end: End) -> bool {
        [&self.finish_reason, &self.native_finish_reason].into_iter().flatten().any(|reason| end_of(reason) == end)
    }

    /// The model that answers, once a chunk tells.
    pub fn model(&self) -> Option<&str> {
        self.model.as_deref()
    }

    /// The provider's own word for how it ended.
    pub fn native_finish_reason(&self) -> Option<&str> {
        self.native_finish_reason.as_deref()
    }

    /// Whether the attempt was paid for, whatever became of it.
    pub fn is_billed(&self) -> bool {
        let usage = self.usage.as_deref().map(|usage| crate::json::Reader::document(usage.as_bytes()));
        matches!(usage, Some(Ok(usage)) if is_billed(usage))
    }

    /// How long the answer is by now, in bytes of plain text; an image counts as what models take for one.
    pub fn output_bytes(&self) -> u64 {
        const BYTES_PER_IMAGE: usize = 1290 * 4;
        let texts = self.text.len() + self.reasoning.len() + self.refusal.len();
        (texts + self.calls.argument_bytes() + self.images * BYTES_PER_IMAGE) as u64
    }

    /// The public usage object, when a usage came.
    pub fn usage(&self) -> Option<String> {
        let usage = crate::json::Reader::document(self.usage.as_ref()?.as_bytes()).ok()?;
        let mut out = String::new();
        write_usage(usage, &mut out);
        Some(out)
    }

    /// Takes one chunk. What stands beside an error object is kept.
    pub fn apply<'a>(&mut self, chunk: &Chunk<'a>, out: &mut Batch) -> Result<(), Stop<'a>> {
        self.apply_head(chunk);
        if let Some(choice) = &chunk.choice {
            self.has_choice = true;
            self.apply_choice(choice, out).map_err(Stop::Limit)?;
        }
        let error = chunk.error.or_else(|| chunk.choice.as_ref().and_then(|choice| choice.error));
        error.map_or(Ok(()), |error| Err(Stop::Upstream(error)))
    }

    /// Takes the text of a chunk that is nothing but a text delta of the message.
    #[inline]
    pub fn apply_text(&mut self, text: RawString<'_>, out: &mut Batch) {
        self.emit_text(text, Kind::Text, out);
    }

    /// Takes a plain reasoning field that comes without details.
    pub fn apply_plain_reasoning(&mut self, text: RawString<'_>, out: &mut Batch) {
        self.emit_reasoning(text, Way::Field, out);
    }

    /// Takes the last `reasoning_details` once more, with this text.
    pub fn apply_details(&mut self, text: RawString<'_>, out: &mut Batch) {
        if !self.ledger.go_on(text, self.is_last) {
            return;
        }
        self.heard.level();
        self.emit_reasoning(text, Way::Details, out);
        self.heard.level();
    }

    /// The text in the `reasoning_details` that came last, if [`Assembler::apply_details`] can take the next ones.
    pub fn repeatable_details<'a>(&self, details: Raw<'a>) -> Option<RawString<'a>> {
        self.ledger.repeatable(details)
    }

    /// Takes the last `tool_calls` once more, with these arguments.
    pub fn apply_arguments(&mut self, piece: RawString<'_>, out: &mut Batch) -> Result<(), Error> {
        let before = out.records.len();
        let result = self.calls.go_on(piece, out);
        self.after_call_delta(before, out);
        result.map_err(limit_error)
    }

    /// The arguments in the `tool_calls` that came last, if [`Assembler::apply_arguments`] can take the next ones.
    pub fn repeatable_arguments<'a>(&self, deltas: Raw<'a>) -> Option<RawString<'a>> {
        self.calls.repeatable(deltas)
    }

    /// Takes what stands beside the choices: who answers, and the usage.
    pub fn apply_head(&mut self, chunk: &Chunk<'_>) {
        let set = |held: &mut Option<String>, value: Option<Raw<'_>>| {
            if held.is_none()
                && let Some(text) = value.and_then(Raw::string).filter(|text| !text.is_empty())
            {
                *held = Some(text.decode());
            }
        };
        set(&mut self.id, chunk.id);
        set(&mut self.model, chunk.model);
        set(&mut self.provider, chunk.provider);
        match (chunk.usage.filter(|usage| usage.is_object()), &self.usage) {
            (Some(usage), Some(held)) if counts(usage) => self.usage = Some(merged(held, usage)),
            // One that says nothing is better than none, and takes nothing back.
            (Some(usage), None) if usage.bytes() != b"{}" => self.usage = Some(usage.json().into_owned()),
            _ => {}
        }
        if let Some(metadata) = chunk.metadata {
            self.metadata = Some(metadata.json().into_owned());
        }
    }

    fn apply_choice(&mut self, choice: &Choice<'_>, out: &mut Batch) -> Result<(), Error> {
        self.is_last = choice.finish_reason.is_some();
        self.apply_delta(&choice.delta, out)?;
        // A finish reason comes twice, and as "" or "null" in the middle of some streams, which is none.
        let set = |held: &mut Option<String>, value: Option<Raw<'_>>| {
            if let Some(text) = value.and_then(Raw::string).filter(|text| !matches!(text.bytes(), b"" | b"null")) {
                *held = Some(text.decode());
            }
        };
        set(&mut self.finish_reason, choice.finish_reason);
        set(&mut self.native_finish_reason, choice.native_finish_reason);
        Ok(())
    }

    fn apply_delta(&mut self, delta: &Delta<'_>, out: &mut Batch) -> Result<(), Error> {
        // A whole message behind its own deltas, or behind another one, repeats them, and may have more than they had.
        let is_again = delta.whole && self.has_output;
        let had_text = !self.text.is_empty();
        self.apply_reasoning(delta, out);
        match delta.content.map(|content| (content, content.string())) {
            Some((_, Some(text))) => {
                let from = if delta.whole { self.last_content.new_from(text.bytes(), !had_text) } else { 0 };
                self.emit_text(RawString::of(text.bytes().get(from..).unwrap_or_default()), Kind::Text, out);
            }
            Some((content, None)) if !(is_again && had_text) => content.each(|part| self.apply_part(part, out)),
            _ => {}
        }
        if let Some(refusal) = delta.refusal.and_then(Raw::string).filter(|_| !is_again || self.refusal.is_empty()) {
            self.emit_text(refusal, Kind::Refusal, out);
        }
        for (name, value) in [("extra_content", delta.extra_content), ("provider_specific_fields", delta.provider_fields)] {
            if let Some(json) = value.map(Raw::json).filter(|json| find(json, "ignature").is_some()) {
                // Of several of one name the last counts, for whoever reads JSON.
                write_name(&mut self.signed, name);
                self.signed.push_str(&json);
            }
        }
        let calls = |result: Result<(), LimitExceeded>| result.map_err(limit_error);
        // One of the time before there were several comes alone.
        if let Some(deltas) = delta.tool_calls.or(delta.function_call).filter(|deltas| !is_empty_array(*deltas)) {
            self.flush_text(out);
            let before = out.records.len();
            self.start_response(out);
            calls(self.calls.add(deltas, delta.whole, out))?;
            self.after_call_delta(before, out);
        }
        self.apply_media(delta, is_again, out);
        Ok(())
    }

    fn after_call_delta(&mut self, records_before: usize, out: &Batch) {
        if out.records.len() > records_before {
            self.in_tool_call = true;
        }
    }

    /// Reasoning of one chunk: from the details, else from the first plain field that has any.
    fn apply_reasoning(&mut self, delta: &Delta<'_>, out: &mut Batch) {
        let plain = [delta.reasoning_content, delta.reasoning, delta.reasoning_text];
        let plain = plain.into_iter().flatten().filter_map(Raw::string).find(|text| !text.is_empty());
        let mut from_details = false;
        if delta.whole {
            return self.apply_message_reasoning(delta.reasoning_details, plain, out);
        }
        if let Some(details) = delta.reasoning_details {
            let is_told = plain.is_none() && self.heard.repeats(Way::Details, &text_of_details(details), self.is_last);
            let mut told = self.ledger.add(details, is_told || self.is_last);
            // What stands in the same chunk twice is said once, and neither repeats what was before.
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
        let mut text = details.map(text_of_details).unwrap_or_default();
        let has_text = !self.text.is_empty();
        if let Some(details) = details {
            // Its details are those of the whole message.
            if text.len() >= self.reasoning.len() {
                self.ledger = Ledger::default();
            }
            self.ledger.add(details, false);
        }
        if let Some(plain) = plain.filter(|_| text.is_empty()) {
            text = plain.decode();
        }
        let from = self.last_reasoning.new_from(text.as_bytes(), self.reasoning.is_empty());
        let text = tail(&text, from);
        if !text.is_empty() {
            self.start_response(out);
            self.in_tool_call = false;
            let start = out.text.len();
            out.text.push_str(text);
            self.keep_reasoning(start, Way::Field, out);
        }
        if let Some(details) = details.filter(|_| !has_text) {
            details.each(|item| {
                if let Some((text, false)) = detail_text(item) {
                    self.emit_text(text, Kind::Text, out);
                }
            });
        }
    }

    fn emit_reasoning(&mut self, text: RawString<'_>, way: Way, out: &mut Batch) -> bool {
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
        if self.heard.repeats(way, tail(&out.text, start), self.is_last) {
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
                let names = ["text", "thinking", "reasoning", "refusal", "summary", "reasoning_content", "content", "value"];
                if let Some(inner) = names.iter().find_map(|name| part.field(name)) {
                    self.emit_part(inner, kind, out);
                }
            }
        }
    }

    #[inline]
    fn emit_text(&mut self, text: RawString<'_>, kind: Kind, out: &mut Batch) -> bool {
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

    /// What was held back goes out before anything of another kind does.
    fn flush_text(&mut self, out: &mut Batch) {
        let start = out.text.len();
        self.text.flush(out);
        self.take_apart(start, true, out);
    }

    fn apply_media(&mut self, delta: &Delta<'_>, is_again: bool, out: &mut Batch) {
        if let Some(images) = delta.images {
            images.each(|image| self.emit_image(image, out));
        }
        if let Some(audio) = delta.audio.filter(|audio| audio.is_object() && !is_again) {
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
    fn start_response(&mut self, out: &mut Batch) {
        self.has_output = true;
        if !core::mem::replace(&mut self.response_started, true) {
            let Self { id, model, provider, .. } = self;
            out.push(Kind::Json, 0, |text| ResponseStart { id, model, provider }.write(text));
        }
    }

    /// Ends a message that arrived whole: the calls, each once, and the finish record. `strict`: empty arguments are no call. Returns the
    /// calls when they are what the message ends with. Where tools are run here, a call whose arguments break off although nothing tells of a
    /// limit is the model's slip, which it can mend; elsewhere it is taken for a cut.
    pub fn finish(&mut self, strict: bool, runs_tools: bool, cache: &CacheHead, out: &mut Batch) -> Vec<CallOutline> {
        self.start_response(out);
        self.flush_text(out);
        let start = out.text.len();
        self.reasoning.flush(out);
        self.reasoning.keep(start, Kind::Reasoning, out);
        let start = out.text.len();
        self.refusal.flush(out);
        self.refusal.keep(start, Kind::Refusal, out);
        let hit_limit = self.ends_by(End::Length);
        let is_empty = self.text.is_empty() && self.calls.is_empty() && self.images == 0;
        let is_blocked = self.ends_by(End::Block) || (is_empty && self.ends_by(End::BlockOfAll));
        let finish_reason = self.finish_reason.clone();
        // OpenClaw takes calls beside a text that ended by itself for a slip of the model; most people want them run.
        let is_slip = strict && matches!(finish_reason.as_deref(), Some("stop" | "end")) && !self.text.is_empty();
        let mut calls = self.calls.finish(hit_limit, hit_limit && self.in_tool_call, strict, out);
        if is_slip {
            calls.clear();
        }
        // At once: what grows by doubling is there three times, in memory that never shrinks.
        let bytes: usize = calls.iter().map(|call| escaped_len(&call.arguments) + call.extra.len() + 128).sum();
        out.text.reserve_exact(bytes + bytes / 64);
        for call in &calls {
            out.push(Kind::Json, 0, |text| call.write_event(text));
        }
        let reason = match finish_reason.as_deref() {
            _ if is_blocked => "content-filter",
            _ if hit_limit || (!runs_tools && calls.iter().any(|call| call.is_cut)) => "length",
            _ if !calls.is_empty() => "tool-calls",
            Some(other) if end_of(other) != End::Through => other,
            _ => "stop",
        };
        let verdict = match reason {
            "length" | "content-filter" => reason,
            _ => "complete",
        };
        let has_calls = calls.iter().any(|call| call.is_whole);
        let outline = |call: &FinishedCall<'_>| CallOutline { id: call.id.to_owned(), name: call.name.to_owned(), is_whole: call.is_whole };
        let outlines = if reason == "tool-calls" { calls.iter().map(outline).collect() } else { Vec::new() };
        let start = out.text.len();
        drop(calls);
        let Self { id, model, provider, native_finish_reason: native_reason, .. } = &*self;
        let usage = self.usage();
        let finish = Finish {
            reason,
            verdict,
            message: AnswerMessage { assembler: self, has_calls },
            id,
            model,
            provider,
            native_reason,
            usage: usage.as_deref().map(Verbatim),
            metadata: self.metadata.as_deref().map(Verbatim),
            cache: cache.note(),
        };
        finish.write(&mut out.text);
        out.close_record(Kind::Finish, 0, start);
        outlines
    }

    /// What there is of the message and its usage, for a failure or for whoever asks in the middle: a [`Partial`].
    pub fn write_partial(&self, out: &mut String) {
        let Self { id, model, provider, native_finish_reason: native_reason, .. } = self;
        let usage = self.usage();
        let partial = Partial {
            message: AnswerMessage { assembler: self, has_calls: false },
            id,
            model,
            provider,
            native_reason,
            usage: usage.as_deref().map(Verbatim),
            metadata: self.metadata.as_deref().map(Verbatim),
            tool_calls: self.calls.unfinished(),
        };
        partial.write(out);
    }
}

/// The text of the last whole message of a stream that has one in each chunk: all of the text each time, or a piece.
#[derive(Debug, Default)]
struct Known {
    bytes: usize,
    hash: u64,
    has_grown: bool,
}

/// What tells whether one text begins with another.
const HASHED_BYTES: usize = 64 << 10;

impl Known {
    /// From where on this text is new; `is_first`: no deltas were before it.
    fn new_from(&mut self, all: &[u8], is_first: bool) -> usize {
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

/// The message so far, as it stands in a transcript. Whoever reads the batches puts the texts and the calls in.
pub struct AnswerMessage<'a> {
    assembler: &'a Assembler,
    /// Whether it ends with calls that may run.
    has_calls: bool,
}

impl Writes for AnswerMessage<'_> {
    fn write(&self, out: &mut String) {
        let Self { assembler, has_calls } = *self;
        out.push_str("{\"role\":\"assistant\",\"content\":");
        out.push_str(if assembler.text.is_empty() && has_calls { "null" } else { "\"\"" });
        if !assembler.reasoning.is_empty() {
            write_field(out, "reasoning", "");
        }
        if assembler.ledger.seen() {
            write_name(out, "reasoning_details");
            assembler.ledger.write(out);
        }
        if !assembler.refusal.is_empty() {
            write_field(out, "refusal", "");
        }
        out.push_str(&assembler.signed);
        if !assembler.annotations.is_empty() {
            write_name(out, "annotations");
            out.push('[');
            out.push_str(&joined(&assembler.annotations, ","));
            out.push(']');
        }
        out.push('}');
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl openrouter_wire::interface::Typed for AnswerMessage<'_> {
    fn typescript() -> String {
        "api.AssistantMessage".to_owned()
    }
}

openrouter_wire::record! {
    /// The end of a step; `step-finish` and `finish` are made of it.
    pub struct Finish<'a>: writes {
        reason: &'a str,
        verdict: &'a str as "api.Verdict",
        message: AnswerMessage<'a>,
        id: &'a Option<String>,
        model: &'a Option<String>,
        provider: &'a Option<String>,
        native_reason: &'a Option<String>,
        usage: Option<Verbatim<'a>> as "CrossedUsage",
        metadata: Option<Verbatim<'a>> as "Record<string, unknown>",
        cache: Option<CacheNote<'a>>,
    }
}

openrouter_wire::record! {
    /// What there is of an answer that did not come whole. Calls stand beside the message, not in it: a transcript with half a call is
    /// refused by every provider.
    pub struct Partial<'a>: writes {
        message: AnswerMessage<'a>,
        id: &'a Option<String>,
        model: &'a Option<String>,
        provider: &'a Option<String>,
        native_reason: &'a Option<String>,
        usage: Option<Verbatim<'a>> as "CrossedUsage",
        metadata: Option<Verbatim<'a>> as "Record<string, unknown>",
        tool_calls: Option<UnfinishedCalls<'a>>,
    }
}

/// `tool_calls: []`, which says nothing and is no output.
fn is_empty_array(value: Raw<'_>) -> bool {
    let mut empty = value.is_array();
    value.each_item(|_| empty = false);
    empty
}

/// What stands from `start` on, which goes. The library's own has words for why it panics.
fn cut_off(text: &mut String, start: usize) -> String {
    let piece = tail(text, start).to_owned();
    text.truncate(start);
    piece
}

fn limit_error(limit: LimitExceeded) -> Error {
    let message = match limit {
        tool_call::LimitExceeded::Arguments => "the arguments of a tool call are larger than limits.maxToolArgumentBytes",
        tool_call::LimitExceeded::Calls => "the message has more tool calls than limits.maxToolCalls",
    };
    Error::new(Code::Limit, message)
}
