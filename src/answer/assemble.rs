//! Chunks to public events and to the message they add up to.

mod ending;
mod output;

use crate::chunk::{Choice, Chunk, Delta};
use crate::config::Settings;
use crate::error::{Code, Error};
use crate::event::{Batch, Kind};
use crate::finish_reason::{FAILURES, is_one_of};
use crate::heard::{Heard, Way};
use crate::json::Raw;
use crate::json_string::RawString;
use crate::places::Places;
use crate::reasoning::Ledger;
use crate::text::GrowingText;
use crate::think_tags::ThinkTags;
use crate::tool_call;
use crate::tool_call::{LimitExceeded, ToolCalls};
use crate::usage::{counts, is_billed, merged, write_usage};
pub use ending::{AnswerMessage, Finish, Partial};

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
    ledger: Ledger,
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
            ledger: Ledger::default(),
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
        self.has_reason(FAILURES)
    }

    /// Whether one of the two reasons is one of these.
    fn has_reason(&self, words: &str) -> bool {
        [&self.finish_reason, &self.native_finish_reason].into_iter().flatten().any(|reason| is_one_of(reason, words))
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
        self.ledger.go_on(text);
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
            self.flush_text(out);
            let before = out.records.len();
            self.start_response(out);
            calls(self.calls.add(deltas, delta.whole, out))?;
            self.after_call_delta(before, out);
        }
        if let Some(function) = delta.function_call.filter(|function| function.is_object() && delta.tool_calls.is_none()) {
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
