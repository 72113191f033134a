//! One answer while it is read: its head, its body in whatever kind it comes, the message that it adds up to.

pub mod clock;
mod event_stream;
pub mod finished_call;
mod json_body;
pub mod object_text;
pub mod partial_json;

pub mod tool_call;

pub mod chunk;
pub mod finish_reason;
pub mod given;
pub mod heard;
pub mod reasoning;
pub mod think_tags;
pub mod usage;

pub mod assemble;

pub mod shapes;

use crate::assemble::{Assembler, CallOutline};
use crate::body_values::BodyValues;
use crate::clock::Clocks;
use crate::config::Settings;
use crate::error::{Code, Error};
use crate::event::Batch;
use crate::http::{BodyKind, Head, Label, MAX_SNIFFED_BYTES};
use crate::shapes::Shapes;
use crate::sse::Decoder;
use crate::unread_error::{Place, UnreadError};
pub use event_stream::Processing;
use event_stream::write_comment;

/// Error bodies are read up to this; what follows is not looked at.
const MAX_ERROR_BODY_BYTES: usize = 64 << 10;

/// How reading stands.
#[derive(Debug)]
pub enum Reading {
    /// There is more to come.
    More,
    /// The same, of a body that is read once it is whole: see [`Answer::kept`].
    Keep,
    /// The answer is whole.
    Whole,
    /// It failed.
    Failed(Failure),
    /// There is no answer to read.
    Over,
}

/// Why reading failed.
#[derive(Debug)]
pub enum Failure {
    /// Something that is known.
    Known(Error),
    /// The answer tells an error.
    Unread(Box<UnreadError>),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Known(error)
    }
}

impl From<UnreadError> for Failure {
    fn from(error: UnreadError) -> Self {
        Self::Unread(Box::new(error))
    }
}

/// What reading needs from the run.
#[derive(Debug)]
pub struct Desk<'d> {
    /// Options.
    pub settings: &'d Settings,
    /// The clocks to feed.
    pub clocks: &'d mut Clocks,
    /// Where events go.
    pub out: &'d mut Batch,
}

#[derive(Debug)]
enum Body {
    None,
    Sniff(Vec<u8>),
    Events(Decoder),
    Json(Vec<u8>),
    Error(Vec<u8>),
}

/// One answer.
#[derive(Debug)]
pub struct Answer {
    /// The head, empty before it came.
    pub head: Head,
    /// The message so far.
    pub assembler: Assembler,
    body: Body,
    body_bytes: usize,
    /// Bytes of the body that the driver of the run has kept by now: they are pushed before anything else is told of the answer. What is outside
    /// of WebAssembly memory is given back.
    pub kept: usize,
    shapes: Shapes,
    /// The error that the events have told, while its bill may follow.
    told: Option<Box<UnreadError>>,
}

impl Answer {
    /// Nothing has come.
    pub fn new(settings: &Settings) -> Self {
        let assembler = Assembler::new(settings, None);
        Self { head: Head::default(), assembler, body: Body::None, body_bytes: 0, kept: 0, shapes: Shapes::default(), told: None }
    }

    /// Whether a body is being read.
    pub fn is_reading(&self) -> bool {
        !matches!(self.body, Body::None)
    }

    /// Whether the finish reason is there: nothing but the goodbye can be lost.
    pub fn is_finished(&self) -> bool {
        self.assembler.is_finished() && self.told.is_none() && matches!(self.body, Body::Events(_))
    }

    /// Whether a body in one piece is there, of which only the goodbye can be lost.
    pub fn is_whole(&self) -> bool {
        matches!(&self.body, Body::Json(held) if matches!(BodyValues::new(held).next(), Some(Ok(_))))
    }

    /// Stops reading.
    pub fn close(&mut self) {
        self.body = Body::None;
    }

    /// Ends the message; see [`Assembler::finish`].
    pub fn finish(&mut self, desk: &mut Desk<'_>) -> Vec<CallOutline> {
        self.close();
        let runs_tools = desk.settings.tool_loop.as_ref().is_some_and(|tools| !tools.executable.is_empty());
        self.assembler.finish(desk.settings.strict_tool_calls, runs_tools, &self.head.cache, desk.out)
    }

    /// The head of the answer.
    pub fn on_head(&mut self, now: f64, head: Head, desk: &mut Desk<'_>) -> Reading {
        desk.clocks.on_bytes(now);
        (self.body_bytes, self.kept, self.told) = (0, 0, None);
        // The new assembler has not seen the fields that a shape leaves out: the id, the model, the calls.
        self.shapes = Shapes::default();
        self.assembler = Assembler::new(desk.settings, head.generation_id.clone());
        let kind = head.body_kind();
        self.head = head;
        match kind {
            Ok(kind) => {
                self.set_body(kind, desk.settings);
                Reading::More
            }
            Err(error) => Reading::Failed(error.into()),
        }
    }

    fn set_body(&mut self, kind: BodyKind, settings: &Settings) {
        self.body = match kind {
            BodyKind::Events => Body::Events(Decoder::new(settings.limits.sse)),
            BodyKind::Json => Body::Json(Vec::new()),
            BodyKind::Sniff => Body::Sniff(Vec::new()),
            BodyKind::Error => Body::Error(Vec::new()),
        };
    }

    /// A piece of the body.
    pub fn on_bytes(&mut self, now: f64, bytes: &[u8], desk: &mut Desk<'_>) -> Reading {
        desk.clocks.on_bytes(now);
        self.body_bytes += bytes.len();
        match &mut self.body {
            Body::Events(_) => self.on_events(now, bytes, desk),
            Body::Json(held) => {
                desk.clocks.on_data(now);
                if !bytes.is_empty() {
                    // All that is coming, at once: what grows by doubling is there three times, in memory that never shrinks.
                    held.reserve_exact(core::mem::take(&mut self.kept));
                    held.extend_from_slice(bytes);
                }
                if self.body_bytes + self.kept > desk.settings.limits.max_json_bytes {
                    return Reading::Failed(Error::new(Code::Limit, "the JSON answer is larger than limits.maxJsonBytes").into());
                }
                Reading::More
            }
            Body::Error(held) => {
                desk.clocks.on_data(now);
                let room = MAX_ERROR_BODY_BYTES - held.len();
                held.extend_from_slice(&bytes[..bytes.len().min(room)]);
                if held.len() == MAX_ERROR_BODY_BYTES { self.on_end(desk) } else { Reading::More }
            }
            Body::Sniff(held) => {
                held.extend_from_slice(bytes);
                let tells = desk.settings.processing_events;
                let out = &mut *desk.out;
                match self.head.sniff(held, &mut |comment| {
                    if tells {
                        write_comment(out, comment);
                    }
                }) {
                    // A body without a field of events by then has none.
                    None if held.len() > MAX_SNIFFED_BYTES => {
                        held.truncate(MAX_ERROR_BODY_BYTES);
                        let held = core::mem::take(held);
                        Reading::Failed(self.error_body(held).into())
                    }
                    None => Reading::More,
                    Some(Err(error)) => Reading::Failed(error.into()),
                    Some(Ok(kind)) => {
                        let held = core::mem::take(held);
                        self.set_body(kind, desk.settings);
                        self.body_bytes = 0;
                        match self.on_bytes(now, &held, desk) {
                            Reading::More if kind == BodyKind::Json => Reading::Keep,
                            reading => reading,
                        }
                    }
                }
            }
            Body::None => Reading::Over,
        }
    }

    /// The body ended.
    pub fn on_end(&mut self, desk: &mut Desk<'_>) -> Reading {
        match core::mem::replace(&mut self.body, Body::None) {
            Body::None => Reading::Over,
            Body::Error(held) => Reading::Failed(self.error_body(held).into()),
            // The beginning of a list, or of `[DONE]`.
            Body::Sniff(held) if held.first() == Some(&b'[') && held.len() < 6 => self.on_json(held, desk),
            Body::Sniff(held) => {
                let label = self.head.label();
                let error = match label {
                    Label::Other(_) => Error::new(Code::BadResponse, label.refusal()),
                    // Words that somebody in between wrote.
                    _ if held != b":" && held.iter().any(u8::is_ascii_graphic) => return Reading::Failed(self.error_body(held).into()),
                    Label::Events | Label::Any => cut_error(),
                    Label::Json => {
                        Error::new(Code::BadResponse, ["HTTP ", &u64::from(self.head.status).to_string(), " with an empty body"].concat())
                    }
                };
                Reading::Failed(error.into())
            }
            Body::Json(held) => self.on_json(held, desk),
            Body::Events(decoder) => self.on_last_event(decoder, desk),
        }
    }

    /// Takes what has arrived of a body in one piece that will not come whole.
    pub fn hear_rest(&mut self, desk: &mut Desk<'_>) {
        if matches!(self.body, Body::Json(_)) {
            let _ = self.on_end(desk);
        }
    }

    /// The error of an answer that goes no further: its body did not arrive whole, and its status says enough, or no bill has followed.
    pub fn told_error(&mut self) -> Option<Failure> {
        match &self.body {
            Body::Error(held) => Some(self.error_body(held.clone()).into()),
            _ => self.told.take().map(Failure::Unread),
        }
    }

    fn error_body(&self, bytes: Vec<u8>) -> UnreadError {
        UnreadError { place: Place::Body, status: self.head.status, bytes, hints: self.head.hints.clone() }
    }
}

fn cut_error() -> Error {
    let mut error = Error::new(Code::StreamCut, "the answer ended without [DONE], finish reason or error: the connection was cut");
    error.is_retryable = true;
    error
}
