//! Chunks to public events and to the message they add up to.

mod ending;
mod output;

use crate::chunk::{Choice, Chunk, Delta, Field, says_something};
use crate::config::Settings;
use crate::error::{Code, Error};
use crate::event::{Batch, Kind};
use crate::finish_reason::{End, end_of};
use crate::heard::{Heard, Place, Way};
use crate::json::Raw;
use crate::json_string::RawString;
use crate::places::Places;
use crate::reasoning::ReasoningEntries;
use crate::text::{GrowingText, find};
use crate::think_tags::ThinkTags;
use crate::tool_call::{LimitExceeded, ToolCalls, is_signature, wrapped_signature};
use crate::usage::{counts, is_billed, merged, write_usage};
pub use ending::{AnswerMessage, Finish, Partial};
use output::Known;

/// A longer usage is no longer merged with the next one, which takes its place.
const MAX_USAGE_BYTES: usize = 4096;

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
    reasoning_entries: ReasoningEntries,
    /// Signed blocks as details, and the text of the one at hand, as JSON.
    blocks: Vec<String>,
    /// Whether they came as `thinking_blocks`: a server that says so (LiteLLM) takes them back by that name alone.
    has_thinking_blocks: bool,
    block: String,
    /// `extra_content` and `provider_specific_fields` of the message with a thought's signature, as they came last.
    signed: [String; 2],
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
    /// A cap that was passed.
    over: Option<LimitExceeded>,
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
            reasoning_entries: ReasoningEntries::default(),
            blocks: Vec::new(),
            has_thinking_blocks: false,
            block: String::new(),
            signed: Default::default(),
            calls: ToolCalls::new(settings.limits.tool_calls, &settings.offered, &settings.taken),
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
            over: None,
        }
    }

    /// Whether anything came that the consumer has seen; from then on nothing is retried.
    pub fn has_output(&self) -> bool {
        self.has_output
    }

    /// Whether a cap was passed, which ends the run.
    pub fn is_over_limit(&self) -> bool {
        self.over.is_some()
    }

    /// Which one.
    pub fn over_limit(&self) -> Option<Error> {
        self.over.map(|limit| {
            let message = match limit {
                LimitExceeded::Arguments => "the arguments of a tool call are larger than limits.maxToolArgumentBytes",
                LimitExceeded::Calls => "the message has more tool calls than limits.maxToolCalls",
            };
            Error::new(Code::Limit, message)
        })
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

    /// Takes one chunk, and gives the error that it tells. The rest of the chunk is kept.
    pub fn apply<'a>(&mut self, chunk: &Chunk<'a>, out: &mut Batch) -> Option<Raw<'a>> {
        self.apply_head(chunk);
        if let Some(choice) = &chunk.choice {
            self.has_choice = true;
            self.apply_choice(choice, out);
        }
        chunk.error.or_else(|| chunk.choice.as_ref()?.error)
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
        if !self.reasoning_entries.go_on(text, self.is_last) {
            return;
        }
        self.heard.level();
        self.emit_reasoning(text, Way::Details, out);
        self.heard.level();
    }

    /// The text in the `reasoning_details` that came last, if [`Assembler::apply_details`] can take the next ones.
    pub fn repeatable_details<'a>(&self, details: Raw<'a>) -> Option<RawString<'a>> {
        self.reasoning_entries.repeatable(details)
    }

    /// Takes the last `tool_calls` once more, with these arguments.
    pub fn apply_arguments(&mut self, piece: RawString<'_>, out: &mut Batch) {
        let before = out.records.len();
        self.over = self.over.or(self.calls.go_on(piece, out).err());
        self.after_call_delta(before, out);
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
            // To merge what has grown so long each time would be quadratic.
            (Some(usage), Some(held)) if counts(usage) && held.len() < MAX_USAGE_BYTES => self.usage = Some(merged(held, usage)),
            (Some(usage), Some(_)) if !counts(usage) => {}
            // One that says nothing is better than none, and takes nothing back.
            (Some(usage), _) if usage.bytes() != b"{}" => self.usage = Some(usage.json().into_owned()),
            _ => {}
        }
        if let Some(metadata) = chunk.metadata {
            self.metadata = Some(metadata.json().into_owned());
        }
    }

    fn apply_choice(&mut self, choice: &Choice<'_>, out: &mut Batch) {
        self.is_last = choice.finish_reason.is_some();
        self.apply_delta(&choice.delta, out);
        // A finish reason comes twice, and as "" or "null" in the middle of some streams, which is none.
        let set = |held: &mut Option<String>, value: Option<Raw<'_>>| {
            if let Some(text) = value.and_then(Raw::string).filter(|text| !matches!(text.bytes(), b"" | b"null")) {
                *held = Some(text.decode());
            }
        };
        set(&mut self.finish_reason, choice.finish_reason);
        set(&mut self.native_finish_reason, choice.native_finish_reason);
    }

    fn apply_delta(&mut self, delta: &Delta<'_>, out: &mut Batch) {
        // A whole message behind its own deltas, or behind another one, repeats them, and may have more than they had.
        let is_again = delta.whole && self.has_output;
        let had_text = !self.text.is_empty();
        self.apply_reasoning(delta, out);
        let in_provider = || delta.get(Field::ProviderFields)?.field("thinking_blocks");
        if let Some(blocks) = delta.get(Field::ThinkingBlocks).or_else(in_provider) {
            self.has_thinking_blocks = true;
            blocks.each(|block| self.apply_part(block, is_again && had_text, out));
        }
        match delta.get(Field::Content).map(|content| (content, content.string())) {
            Some((_, Some(text))) => {
                let from = if delta.whole { self.last_content.new_from(text.bytes(), !had_text) } else { 0 };
                self.emit_text(RawString::of(text.bytes().get(from..).unwrap_or_default()), Kind::Text, out);
            }
            Some((content, None)) => content.each(|part| self.apply_part(part, is_again && had_text, out)),
            None => {}
        }
        if let Some(refusal) = delta.get(Field::Refusal).and_then(Raw::string).filter(|_| !is_again || self.refusal.is_empty()) {
            self.emit_text(refusal, Kind::Refusal, out);
        }
        self.sign(delta.get(Field::Signature).or(delta.get(Field::GoogleSignature)));
        for (signed, field) in self.signed.iter_mut().zip([Field::ExtraContent, Field::ProviderFields]) {
            if let Some(json) = delta.get(field).map(Raw::json).filter(|json| find(json, "ought_signature").is_some()) {
                *signed = json.into_owned();
            }
        }
        // One of the time before there were several comes alone.
        let calls = delta.get(Field::ToolCalls).filter(says_something);
        if let Some(deltas) = calls.or(delta.get(Field::FunctionCall)) {
            self.apply_calls(deltas, delta.whole, out);
        }
        self.apply_media(delta, is_again, out);
    }

    fn apply_calls(&mut self, deltas: Raw<'_>, is_whole: bool, out: &mut Batch) {
        self.flush_text(out);
        let before = out.records.len();
        self.start_response(out);
        self.over = self.over.or(self.calls.add(deltas, is_whole, out).err());
        self.after_call_delta(before, out);
    }

    /// A signature that stands alone goes back in the form that is taken.
    fn sign(&mut self, signature: Option<Raw<'_>>) {
        if let Some(signature) = signature.filter(is_signature) {
            self.signed[0] = wrapped_signature(signature);
        }
    }

    /// Where the chunk at hand stands.
    fn place(&self) -> Place {
        match self.is_last {
            true => Place::Last,
            false if self.text.is_empty() => Place::Before,
            false => Place::BehindText,
        }
    }

    fn after_call_delta(&mut self, records_before: usize, out: &Batch) {
        if out.records.len() > records_before {
            self.in_tool_call = true;
        }
    }
}
