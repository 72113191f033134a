//! Chunks to public events and to the message they add up to.

use crate::chunk::{Choice, Chunk, Delta};
use crate::error::{Code, Error};
use crate::event::{Batch, Kind};
use crate::finished_call::{FinishedCall, calls_json};
use crate::http::CacheHead;
use crate::json::Raw;
use crate::json_string::{RawString, write_string};
use crate::reasoning::Ledger;
use crate::text::GrowingText;
use crate::tool_call::{LimitExceeded, ToolCalls};
use crate::usage::write_usage;
use crate::{limits, tool_call};

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
    ledger: Ledger,
    calls: ToolCalls,
    annotations: Vec<String>,
    /// Length and hash of every image's URL: the last chunk of an answer repeats images.
    images: Vec<(usize, u64)>,
    finish_reason: Option<String>,
    native_finish_reason: Option<String>,
    usage: Option<String>,
    metadata: Option<String>,
    response_started: bool,
    has_output: bool,
    /// The last output was part of a tool call: what a length limit cuts is that call.
    in_tool_call: bool,
}

impl Assembler {
    /// An empty message; `generation_id` is the id that the answer's head tells, used until a chunk has one.
    pub fn new(limits: &limits::Limits, generation_id: Option<String>) -> Self {
        Self {
            id: generation_id,
            model: None,
            provider: None,
            text: GrowingText::default(),
            reasoning: GrowingText::default(),
            refusal: GrowingText::default(),
            ledger: Ledger::default(),
            calls: ToolCalls::new(limits.tool_calls),
            annotations: Vec::new(),
            images: Vec::new(),
            finish_reason: None,
            native_finish_reason: None,
            usage: None,
            metadata: None,
            response_started: false,
            has_output: false,
            in_tool_call: false,
        }
    }

    /// Whether anything came that the consumer has seen; from then on nothing is retried.
    pub fn has_output(&self) -> bool {
        self.has_output
    }

    /// Whether a finish reason came.
    pub fn is_finished(&self) -> bool {
        self.finish_reason.is_some()
    }

    /// Whether the provider says that it failed, in a finish reason and nowhere else.
    pub fn finished_with_error(&self) -> bool {
        self.finish_reason.as_deref() == Some("error")
    }

    /// How long the answer is by now, in bytes of plain text; a picture counts as what models take for one.
    pub fn output_bytes(&self) -> u64 {
        const BYTES_PER_IMAGE: usize = 1290 * 4;
        let texts = self.text.as_str().len() + self.reasoning.as_str().len() + self.refusal.as_str().len();
        (texts + self.calls.argument_bytes() + self.images.len() * BYTES_PER_IMAGE) as u64
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
        self.emit_text(text, Kind::Reasoning, out);
    }

    /// Takes the last `reasoning_details` once more, with this text.
    pub fn apply_details(&mut self, text: RawString<'_>, out: &mut Batch) {
        self.ledger.go_on(text);
        self.emit_text(text, Kind::Reasoning, out);
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

    fn apply_head(&mut self, chunk: &Chunk<'_>) {
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
        if let Some(usage) = chunk.usage.filter(|usage| usage.is_object()) {
            self.usage = Some(usage.json());
        }
        if let Some(metadata) = chunk.metadata {
            self.metadata = Some(metadata.json());
        }
    }

    fn apply_choice(&mut self, choice: &Choice<'_>, out: &mut Batch) -> Result<(), Error> {
        self.apply_delta(&choice.delta, out)?;
        // A finish reason comes twice, and as "" in the middle of some streams, which is none.
        let set = |held: &mut Option<String>, value: Option<Raw<'_>>| {
            if let Some(text) = value.and_then(Raw::string).filter(|text| !text.is_empty()) {
                *held = Some(text.decode());
            }
        };
        set(&mut self.finish_reason, choice.finish_reason);
        set(&mut self.native_finish_reason, choice.native_finish_reason);
        Ok(())
    }

    fn apply_delta(&mut self, delta: &Delta<'_>, out: &mut Batch) -> Result<(), Error> {
        // A whole message behind its own deltas only repeats them.
        if delta.whole && self.has_output {
            return Ok(());
        }
        self.apply_reasoning(delta, out);
        if let Some(content) = delta.content {
            self.apply_content(content, out);
        }
        if let Some(refusal) = delta.refusal.and_then(Raw::string) {
            self.emit_text(refusal, Kind::Refusal, out);
        }
        let calls = |result: Result<(), LimitExceeded>| result.map_err(limit_error);
        if let Some(deltas) = delta.tool_calls.filter(|deltas| !is_empty_array(*deltas)) {
            let before = out.records.len();
            self.start_response(out);
            calls(self.calls.add(deltas, delta.whole, out))?;
            self.after_call_delta(before, out);
        }
        if let Some(function) = delta.function_call.filter(|function| function.is_object()) {
            let before = out.records.len();
            self.start_response(out);
            calls(self.calls.add_legacy(function, out))?;
            self.after_call_delta(before, out);
        }
        self.apply_media(delta, out);
        Ok(())
    }

    fn after_call_delta(&mut self, records_before: usize, out: &Batch) {
        if out.records.len() > records_before {
            self.in_tool_call = true;
        }
    }

    /// Reasoning of one chunk: from the details, else from the first plain field that has any.
    fn apply_reasoning(&mut self, delta: &Delta<'_>, out: &mut Batch) {
        let mut from_details = false;
        if let Some(details) = delta.reasoning_details {
            self.ledger.add(details);
            details.each_item(|item| {
                let field = |name| item.field(name).and_then(Raw::string);
                let kind = field("type").map(RawString::decode).unwrap_or_default();
                match kind.as_str() {
                    "reasoning.text" => {
                        if let Some(text) = field("text") {
                            from_details |= self.emit_text(text, Kind::Reasoning, out);
                        }
                    }
                    "reasoning.summary" => {
                        if let Some(text) = field("summary") {
                            from_details |= self.emit_text(text, Kind::Reasoning, out);
                        }
                    }
                    // Some routes put visible text among the details (provider-rules 9.2).
                    "response.output_text" | "response.text" => {
                        if let Some(text) = field("text") {
                            self.emit_text(text, Kind::Text, out);
                        }
                    }
                    _ => {}
                }
            });
        }
        if !from_details {
            let plain = [delta.reasoning_content, delta.reasoning, delta.reasoning_text];
            if let Some(text) = plain.into_iter().flatten().filter_map(Raw::string).find(|text| !text.is_empty()) {
                self.emit_text(text, Kind::Reasoning, out);
            }
        }
    }

    /// Content is a string, an array of parts, or one part.
    fn apply_content(&mut self, content: Raw<'_>, out: &mut Batch) {
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
            "thinking" | "reasoning" => Kind::Reasoning,
            "refusal" => Kind::Refusal,
            "image_url" => return self.emit_image(part, out),
            _ => Kind::Text,
        };
        if let Some(text) = ["text", "thinking", "reasoning", "refusal"].iter().find_map(|name| part.field(name).and_then(Raw::string)) {
            self.emit_text(text, kind_of_text, out);
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
        match kind {
            Kind::Reasoning => self.reasoning.add(text, kind, out),
            Kind::Refusal => self.refusal.add(text, kind, out),
            _ => self.text.add(text, Kind::Text, out),
        }
    }

    fn apply_media(&mut self, delta: &Delta<'_>, out: &mut Batch) {
        if let Some(images) = delta.images {
            images.each_item(|image| self.emit_image(image, out));
        }
        if let Some(audio) = delta.audio.filter(|audio| audio.is_object()) {
            self.emit_json("audio-delta", "audio", audio, out);
        }
        if let Some(annotations) = delta.annotations {
            annotations.each_item(|annotation| {
                let text = annotation.json();
                if self.annotations.contains(&text) {
                    return;
                }
                self.annotations.push(text);
                if let Some(citation) = annotation.field("url_citation").filter(|citation| citation.is_object()) {
                    self.emit_json("citation", "citation", citation, out);
                }
            });
        }
    }

    fn emit_image(&mut self, image: Raw<'_>, out: &mut Batch) {
        let Some(url) = image.field("image_url").map(|url| url.field("url").unwrap_or(url)).filter(|url| url.string().is_some()) else {
            return;
        };
        let print = (url.bytes().len(), fnv1a(url.bytes()));
        if !self.images.contains(&print) {
            self.images.push(print);
            self.emit_json("image", "url", url, out);
        }
    }

    fn emit_json(&mut self, kind: &str, field: &str, value: Raw<'_>, out: &mut Batch) {
        self.start_response(out);
        self.in_tool_call = false;
        out.push(Kind::Json, 0, |text| {
            text.push_str("{\"type\":\"");
            text.push_str(kind);
            text.push_str("\",\"");
            text.push_str(field);
            text.push_str("\":");
            text.push_str(&value.json());
            text.push('}');
        });
    }

    /// `response-start` comes right before the first output, so that a retry never shows two of them.
    fn start_response(&mut self, out: &mut Batch) {
        self.has_output = true;
        if !core::mem::replace(&mut self.response_started, true) {
            out.push(Kind::Json, 0, |text| {
                text.push_str("{\"type\":\"response-start\"");
                self.write_identity(text);
                text.push('}');
            });
        }
    }

    fn write_identity(&self, text: &mut String) {
        for (name, value) in [("id", &self.id), ("model", &self.model), ("provider", &self.provider)] {
            if let Some(value) = value {
                text.push_str(",\"");
                text.push_str(name);
                text.push_str("\":");
                write_string(text, value);
            }
        }
    }

    /// Ends a message that arrived whole: the calls, each once, and the finish record. `strict`: empty arguments are no call. Returns the
    /// calls when they are what the message ends with. Where tools are run here, a call whose arguments break off although nothing tells of a
    /// limit is the model's slip, which it can mend; elsewhere it is taken for a cut.
    pub fn finish(&mut self, strict: bool, runs_tools: bool, cache: &CacheHead, out: &mut Batch) -> Vec<CallOutline> {
        self.start_response(out);
        self.text.flush(Kind::Text, out);
        self.reasoning.flush(Kind::Reasoning, out);
        self.refusal.flush(Kind::Refusal, out);
        let is_length = |reason: &Option<String>| reason.as_deref().is_some_and(is_length_limit);
        let hit_limit = is_length(&self.finish_reason) || is_length(&self.native_finish_reason);
        let finish_reason = self.finish_reason.clone();
        // OpenClaw takes calls beside a text that ended by itself for a slip of the model; most people want them run.
        let is_slip = strict && matches!(finish_reason.as_deref(), Some("stop" | "end")) && !self.text.as_str().is_empty();
        let mut calls = self.calls.finish(hit_limit, hit_limit && self.in_tool_call, strict, out);
        if is_slip {
            calls.clear();
        }
        for call in &calls {
            out.push(Kind::Json, 0, |text| call.write_event(text));
        }
        let reason = match finish_reason.as_deref() {
            _ if hit_limit || (!runs_tools && calls.iter().any(|call| call.is_cut)) => "length",
            None | Some("stop" | "end" | "tool_calls" | "function_call" | "tool_call") => {
                if calls.is_empty() {
                    "stop"
                } else {
                    "tool-calls"
                }
            }
            Some("content_filter") => "content-filter",
            Some(other) => other,
        };
        let verdict = match reason {
            "length" | "content-filter" => reason,
            _ => "complete",
        };
        let tool_calls = calls_json(&calls);
        let outline =
            |call: &FinishedCall<'_>| CallOutline { id: call.id.to_owned(), name: call.name.to_owned(), is_whole: call.input.is_some() };
        let outlines = if reason == "tool-calls" { calls.iter().map(outline).collect() } else { Vec::new() };
        let start = out.text.len();
        out.text.push_str("{\"reason\":");
        write_string(&mut out.text, reason);
        out.text.push_str(",\"verdict\":");
        write_string(&mut out.text, verdict);
        drop(calls);
        out.text.push(',');
        self.write_state(&tool_calls, &mut out.text);
        cache.write(&mut out.text);
        out.text.push('}');
        out.close_record(Kind::Finish, 0, start);
        outlines
    }

    /// What there is of the message and its usage, for a failure or for whoever asks in the middle: `{message, usage?, id?, toolCalls?, ...}`.
    /// Calls stand beside the message, not in it: a transcript with half a call is refused by every provider.
    pub fn write_partial(&self, out: &mut String) {
        out.push('{');
        self.write_state("", out);
        if !self.calls.is_empty() {
            out.push_str(",\"toolCalls\":");
            self.calls.write_unfinished(out);
        }
        out.push('}');
    }

    fn write_state(&self, tool_calls: &str, out: &mut String) {
        out.push_str("\"message\":{\"role\":\"assistant\",\"content\":");
        if self.text.as_str().is_empty() && !tool_calls.is_empty() {
            out.push_str("null");
        } else {
            write_string(out, self.text.as_str());
        }
        if !self.reasoning.as_str().is_empty() {
            out.push_str(",\"reasoning\":");
            write_string(out, self.reasoning.as_str());
        }
        if self.ledger.seen() {
            out.push_str(",\"reasoning_details\":");
            self.ledger.write(out);
        }
        if !tool_calls.is_empty() {
            out.push_str(",\"tool_calls\":");
            out.push_str(tool_calls);
        }
        if !self.refusal.as_str().is_empty() {
            out.push_str(",\"refusal\":");
            write_string(out, self.refusal.as_str());
        }
        if !self.annotations.is_empty() {
            out.push_str(",\"annotations\":[");
            out.push_str(&self.annotations.join(","));
            out.push(']');
        }
        out.push('}');
        self.write_identity(out);
        if let Some(native) = &self.native_finish_reason {
            out.push_str(",\"nativeReason\":");
            write_string(out, native);
        }
        if let Some(usage) = self.usage() {
            out.push_str(",\"usage\":");
            out.push_str(&usage);
        }
        if let Some(metadata) = &self.metadata {
            out.push_str(",\"metadata\":");
            out.push_str(metadata);
        }
    }
}

/// The finish reasons, OpenRouter's and the providers' own, that tell of a length limit. Routers rewrite the first one to
/// `tool_calls` while the second still says what happened.
fn is_length_limit(reason: &str) -> bool {
    matches!(
        reason.to_ascii_lowercase().as_str(),
        "length"
            | "max_tokens"
            | "max_output_tokens"
            | "model_length"
            | "max_completion_tokens"
            | "token_limit"
            | "model_context_window_exceeded"
    )
}

/// `tool_calls: []`, which says nothing and is no output.
fn is_empty_array(value: Raw<'_>) -> bool {
    let mut empty = value.is_array();
    value.each_item(|_| empty = false);
    empty
}

fn limit_error(limit: LimitExceeded) -> Error {
    let message = match limit {
        tool_call::LimitExceeded::Arguments => "the arguments of a tool call are larger than limits.maxToolArgumentBytes",
        tool_call::LimitExceeded::Calls => "the message has more tool calls than limits.maxToolCalls",
    };
    Error::new(Code::Limit, message)
}

/// FNV-1a, 64 bits: to tell repeated images apart, not against anybody's ill will.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}
