//! The end of a message: its calls, its reason, its verdict; and what there is of one that did not come whole.

use super::output::thinking_block;
use super::{Assembler, CallOutline};
use crate::event::{Batch, Kind};
use crate::finish_reason::{End, end_of};
use crate::finished_call::FinishedCall;
use crate::http::{CacheHead, CacheNote};
use crate::json_string::escaped_len;
use crate::record::{Verbatim, Writes, write_field, write_name};
use crate::text::joined;
use crate::tool_call::UnfinishedCalls;

impl Assembler {
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

/// The message so far, as it stands in a transcript. The reader of the batches puts the texts and the calls in.
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
        let list = |out: &mut String, name: &str, items: &[String]| {
            if !items.is_empty() {
                write_name(out, name);
                out.push('[');
                out.push_str(&joined(items, ","));
                out.push(']');
            }
        };
        // Details are nobody's to add to.
        match assembler.reasoning_entries.seen() {
            true => {
                write_name(out, "reasoning_details");
                assembler.reasoning_entries.write(out);
            }
            false => list(out, "reasoning_details", &assembler.blocks),
        }
        if assembler.has_thinking_blocks {
            let blocks: Vec<String> = assembler.blocks.iter().map(|detail| thinking_block(detail)).collect();
            list(out, "thinking_blocks", &blocks);
        }
        if !assembler.refusal.is_empty() {
            write_field(out, "refusal", "");
        }
        for (name, json) in ["extra_content", "provider_specific_fields"].iter().zip(&assembler.signed).filter(|(_, json)| !json.is_empty())
        {
            write_name(out, name);
            out.push_str(json);
        }
        list(out, "annotations", &assembler.annotations);
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
