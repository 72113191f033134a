//! Drives a run as the web layer does and reads its batches as JavaScript does.
#![allow(dead_code, reason = "each test file uses its part")]

pub(crate) mod bodies;

use core::ops::{Deref, DerefMut};

use openrouter_wasm::chat::{Chat, Request};
use openrouter_wasm::config::ClientConfig;
use openrouter_wasm::event::{Batch, Kind};
use openrouter_wasm::http::Head;
use openrouter_wasm::run::{Action, Run as Machine};
use openrouter_wasm::transcript::images::Placeholders;
use openrouter_wasm::transcript::repair::Repairs;
use openrouter_wasm::upstream_error::{Now, read_unread};
use serde_json::{Value, json};

/// 2026-09-21, whatever day the test runs.
pub(crate) const NOW: Now = Now { epoch_ms: || 1_790_000_000_000.0, parse_date: |_| None };

/// A run with what the web layer does at once: the error that an answer tells is read.
pub(crate) struct Run(pub(crate) Machine);

impl Run {
    pub(crate) fn new(chat: Chat, now: f64, seed: u64) -> Self {
        Self(Machine::new(chat, now, seed))
    }

    fn read_error(&mut self, action: Action) -> Action {
        if action != Action::ReadError {
            return action;
        }
        let error = read_unread(&self.0.unread_error(), NOW);
        self.0.error_read(&error.to_json())
    }

    pub(crate) fn on_head(&mut self, now: f64, head: Head) -> Action {
        let action = self.0.on_head(now, head);
        self.read_error(action)
    }

    /// What comes in one piece of JSON may be pushed as it comes, too.
    pub(crate) fn on_bytes(&mut self, now: f64, bytes: &[u8]) -> Action {
        match self.0.on_bytes(now, bytes) {
            Action::Keep => Action::Read,
            action => self.read_error(action),
        }
    }

    pub(crate) fn on_end(&mut self) -> Action {
        let action = self.0.on_end();
        self.read_error(action)
    }

    pub(crate) fn on_failure(&mut self, message: &str) -> Action {
        let action = self.0.on_failure(message);
        self.read_error(action)
    }

    pub(crate) fn on_timer(&mut self, now: f64) -> Action {
        let action = self.0.on_timer(now);
        self.read_error(action)
    }
}

impl Deref for Run {
    type Target = Machine;

    fn deref(&self) -> &Machine {
        &self.0
    }
}

impl DerefMut for Run {
    fn deref_mut(&mut self) -> &mut Machine {
        &mut self.0
    }
}

pub(crate) fn run(options: Value) -> Run {
    run_of(options, true)
}

pub(crate) fn run_of(options: Value, streaming: bool) -> Run {
    let request = json!({"messages": [{"role": "user", "content": "hi"}], "stream": streaming});
    Run::new(chat(&options, &request), 0.0, 42)
}

pub(crate) fn chat(options: &Value, request: &Value) -> Chat {
    let config = ClientConfig::parse(&options.to_string()).unwrap();
    let mut chat = Chat::new(config, Request { text: request.to_string(), ..Request::default() }).unwrap();
    if let Some(request) = chat.repair() {
        let repaired = Repairs::default().repair(request, Placeholders::default());
        chat.repaired(&repaired).unwrap();
    }
    chat
}

pub(crate) fn head(status: u16, content_type: &str) -> Head {
    Head { status, content_type: Some(content_type.into()), ..Head::default() }
}

/// The events of a batch in their public form, the step number left out.
pub(crate) fn events(batch: &mut Batch) -> Vec<Value> {
    let units: Vec<u16> = batch.text.encode_utf16().collect();
    let mut at = 0;
    let mut events = Vec::new();
    for record in batch.records.chunks(2) {
        let (kind, number, length) = ((record[0] & 0xff) as u8, record[0] >> 8, record[1] as usize);
        let text = String::from_utf16(&units[at..at + length]).unwrap();
        at += length;
        let is = |other: Kind| kind == other as u8;
        let parsed = || serde_json::from_str::<Value>(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        if is(Kind::Text) {
            events.push(json!({"type": "text-delta", "text": text}));
        } else if is(Kind::Reasoning) {
            events.push(json!({"type": "reasoning-delta", "text": text}));
        } else if is(Kind::Refusal) {
            events.push(json!({"type": "refusal-delta", "text": text}));
        } else if is(Kind::ToolCallDelta) {
            events.push(json!({"type": "tool-call-delta", "call": number, "text": text}));
        } else if is(Kind::Json) {
            events.push(parsed());
        } else if is(Kind::Finish) {
            events.push(json!({"type": "finish", "step": parsed()}));
        } else if is(Kind::Failure) {
            events.push(json!({"type": "failure", "failure": parsed()}));
        } else if is(Kind::RawData) {
            events.push(json!({"type": "raw", "text": text}));
        }
    }
    assert_eq!(at, units.len(), "every unit of the text belongs to a record");
    batch.clear();
    put_calls_in(&mut events);
    put_texts_in(&mut events);
    events
}

/// The calls that may run into the message, as whoever reads the batches does: the engine writes their arguments once.
fn put_calls_in(events: &mut [Value]) {
    let mut calls = Vec::new();
    for event in events {
        if event["type"] == "tool-call" && event.get("truncated").is_none() {
            let text = event["arguments"].as_str().unwrap().to_owned();
            let mut call = json!({"id": event["id"], "type": "function", "function": {"name": event["name"], "arguments": text}});
            if let Some(extra) = event.get("extra") {
                call["extra_content"] = extra.clone();
            }
            calls.push(call);
            if event.get("input").is_none() {
                event["input"] = serde_json::from_str(&text).unwrap();
            }
        } else if event["type"] == "finish" && !calls.is_empty() {
            event["step"]["message"]["tool_calls"] = core::mem::take(&mut calls).into();
        }
    }
}

/// The texts of the events before it into the message that they add up to: the engine does not keep them.
pub(crate) fn put_texts_in(events: &mut [Value]) {
    let of = |kind: &str| Value::from(text_of(events, kind));
    let texts = [("content", of("text-delta")), ("reasoning", of("reasoning-delta")), ("refusal", of("refusal-delta"))];
    let Some(last) = events.last_mut() else { return };
    for place in ["/step/message", "/failure/partial/message"] {
        let Some(message) = last.pointer_mut(place) else { continue };
        for (name, text) in texts.iter().filter(|(_, text)| text != "") {
            if let Some(held) = message.get_mut(*name) {
                *held = text.clone();
            }
        }
    }
}

/// Feeds an answer in the given pieces and returns all events.
pub(crate) fn answer(run: &mut Run, head: Head, pieces: &[&[u8]]) -> Vec<Value> {
    run.on_send(0.0, "");
    let mut action = run.on_head(0.0, head);
    let mut all = events(&mut run.out);
    for piece in pieces {
        if action != Action::Read {
            break;
        }
        action = run.on_bytes(1.0, piece);
        all.extend(events(&mut run.out));
    }
    ended(run, action, all)
}

/// The same as the driver does it, who keeps a body in one piece of JSON until it is whole.
pub(crate) fn answer_kept(run: &mut Run, head: Head, pieces: &[&[u8]]) -> Vec<Value> {
    run.on_send(0.0, "");
    let mut action = run.on_head(0.0, head);
    let mut all = events(&mut run.out);
    let mut kept: Option<Vec<u8>> = None;
    for piece in pieces {
        action = match &mut kept {
            Some(kept) => {
                kept.extend_from_slice(piece);
                run.0.keep(kept.len());
                run.0.on_bytes(1.0, &[])
            }
            None => run.0.on_bytes(1.0, piece),
        };
        if action == Action::Keep {
            kept = Some(Vec::new());
            action = Action::Read;
        }
        action = run.read_error(action);
        all.extend(events(&mut run.out));
        if action != Action::Read {
            break;
        }
    }
    if let Some(kept) = kept.filter(|_| action == Action::Read) {
        action = run.on_bytes(1.0, &kept);
        all.extend(events(&mut run.out));
    }
    ended(run, action, all)
}

/// The events of an answer that is over, where it has not failed before.
fn ended(run: &mut Run, action: Action, mut all: Vec<Value>) -> Vec<Value> {
    if action == Action::Read {
        run.on_end();
        all.extend(events(&mut run.out));
    }
    put_texts_in(&mut all);
    all
}

/// All text of one kind of delta.
pub(crate) fn text_of(events: &[Value], kind: &str) -> String {
    events.iter().filter(|event| event["type"] == kind).filter_map(|event| event["text"].as_str()).collect()
}

/// The events with neighbouring deltas of one kind joined, since where a network chunk ends must not matter to anybody.
pub(crate) fn last(events: &[Value]) -> &Value {
    events.last().expect("a run that is over has a last event")
}
