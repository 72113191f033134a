//! One answer while it is read: its head, its body in whatever kind it comes, the message that it adds up to.

pub mod clock;
pub mod finished_call;
pub mod object_text;
pub mod partial_json;

pub mod tool_call;

pub mod chunk;
pub mod finish_reason;
pub mod given;
pub mod heard;
pub mod places;
pub mod reasoning;
pub mod think_tags;
pub mod usage;

pub mod assemble;

pub mod shapes;

use crate::assemble::{Assembler, CallOutline, Stop};
use crate::body_values::{BodyValues, close};
use crate::chunk::{read_chunk, read_document};
use crate::clock::Clocks;
use crate::config::Settings;
use crate::error::{Code, Error};
use crate::event::{Batch, Kind};
use crate::http::{BodyKind, Head, Label};
use crate::json::{Malformed, Raw, Reader};
use crate::reasoning::PIECE_BYTES;
use crate::record::Writes;
use crate::shapes::Shapes;
use crate::sse::{self, Decoder, Item, is_done};
use crate::unread_error::{Place, UnreadError};

/// Error bodies are read up to this; what follows is not looked at.
const MAX_ERROR_BODY_BYTES: usize = 64 << 10;

/// How reading stands.
#[derive(Debug)]
pub enum Reading {
    /// There is more to come.
    More,
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
    /// In pieces: what grows by doubling is there three times, in memory that never shrinks.
    Json(Vec<Vec<u8>>),
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
    shapes: Shapes,
}

impl Answer {
    /// Nothing has come.
    pub fn new(settings: &Settings) -> Self {
        let assembler = Assembler::new(settings, None);
        Self { head: Head::default(), assembler, body: Body::None, body_bytes: 0, shapes: Shapes::default() }
    }

    /// Whether a body is being read.
    pub fn is_reading(&self) -> bool {
        !matches!(self.body, Body::None)
    }

    /// Whether the finish reason is there: nothing but the goodbye can be lost.
    pub fn is_finished(&self) -> bool {
        self.assembler.is_finished() && matches!(self.body, Body::Events(_))
    }

    /// Whether a body in one piece is there, of which only the goodbye can be lost.
    pub fn is_whole(&self) -> bool {
        matches!(&self.body, Body::Json(held) if matches!(BodyValues::new(&joined(held)).next(), Some(Ok(_))))
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
        self.body_bytes = 0;
        // What a shape leaves out, the new assembler has not seen: the id, the model, the calls.
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
                if self.body_bytes > desk.settings.limits.max_json_bytes {
                    return Reading::Failed(Error::new(Code::Limit, "the JSON answer is larger than limits.maxJsonBytes").into());
                }
                let mut rest = bytes;
                while !rest.is_empty() {
                    match held.last_mut().filter(|piece| piece.len() < piece.capacity()) {
                        Some(piece) => {
                            let (fitting, later) = rest.split_at(rest.len().min(piece.capacity() - piece.len()));
                            piece.extend_from_slice(fitting);
                            rest = later;
                        }
                        None => held.push(Vec::with_capacity(if held.is_empty() { rest.len() } else { PIECE_BYTES })),
                    }
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
                // What has no field of events in it by then has none.
                let is_full = held.len() > MAX_ERROR_BODY_BYTES;
                match self.head.sniff(held, &mut |comment| {
                    if tells {
                        write_comment(out, comment);
                    }
                }) {
                    None if is_full => {
                        let held = core::mem::take(held);
                        Reading::Failed(self.error_body(held).into())
                    }
                    None => Reading::More,
                    Some(Err(error)) => Reading::Failed(error.into()),
                    Some(Ok(kind)) => {
                        let held = core::mem::take(held);
                        self.set_body(kind, desk.settings);
                        self.body_bytes = 0;
                        self.on_bytes(now, &held, desk)
                    }
                }
            }
            Body::None => Reading::Over,
        }
    }

    fn on_events(&mut self, now: f64, bytes: &[u8], desk: &mut Desk<'_>) -> Reading {
        let Body::Events(decoder) = &mut self.body else { return Reading::More };
        if self.body_bytes > desk.settings.limits.max_body_bytes {
            return Reading::Failed(Error::new(Code::Limit, "the answer is larger than limits.maxBodyBytes").into());
        }
        let (assembler, shapes) = (&mut self.assembler, &mut self.shapes);
        let (clocks, out, raw_events) = (&mut *desk.clocks, &mut *desk.out, desk.settings.raw_events);
        let mut end: Option<Result<(), Failure>> = None;
        let tells_comments = desk.settings.processing_events;
        let fed = decoder.feed(bytes, &mut |item| {
            let data = match item {
                Item::Data(data) => data,
                Item::Comment(text) => {
                    if tells_comments {
                        write_comment(out, text);
                    }
                    return true;
                }
                Item::Error(data) => {
                    end = Some(Err(UnreadError::event(data).into()));
                    return false;
                }
            };
            clocks.on_data(now);
            if !raw_events && let Some(result) = shapes.apply(assembler, data, out) {
                end = result.err().map(|error| Err(error.into()));
                return end.is_none();
            }
            end = apply_event(assembler, shapes, out, data, raw_events);
            end.is_none()
        });
        if assembler.has_output() {
            clocks.on_output();
        }
        if let Err(limit) = fed {
            let name = match limit {
                sse::LimitExceeded::Line => "a line of the answer is longer than limits.maxLineBytes",
                sse::LimitExceeded::Event => "an event of the answer is larger than limits.maxEventBytes",
            };
            return Reading::Failed(Error::new(Code::Limit, name).into());
        }
        match end {
            None => Reading::More,
            Some(Ok(())) => Reading::Whole,
            Some(Err(error)) => Reading::Failed(error),
        }
    }

    /// The body ended.
    pub fn on_end(&mut self, desk: &mut Desk<'_>) -> Reading {
        match core::mem::replace(&mut self.body, Body::None) {
            Body::None => Reading::Over,
            Body::Error(held) => Reading::Failed(self.error_body(held).into()),
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
            Body::Json(held) => {
                let body = joined(&held);
                drop(held);
                self.on_json(body, desk)
            }
            Body::Events(decoder) => self.on_last_event(decoder, desk),
        }
    }

    /// The stream may end inside an event: what is whole of it counts.
    fn on_last_event(&mut self, mut decoder: Decoder, desk: &mut Desk<'_>) -> Reading {
        let mut end = None;
        let (assembler, shapes) = (&mut self.assembler, &mut self.shapes);
        let raw_events = desk.settings.raw_events;
        // Past a limit it is no whole one.
        let _ = decoder.end(&mut |item| {
            end = match item {
                Item::Data(data) => match apply_event(assembler, shapes, desk.out, data, raw_events) {
                    Some(Err(Failure::Known(error))) if error.code == Code::BadResponse => None,
                    end => end,
                },
                Item::Error(data) => Some(Err(UnreadError::event(data).into())),
                _ => None,
            };
            true
        });
        match end {
            Some(Err(error)) => Reading::Failed(error),
            None if !self.assembler.is_finished() => Reading::Failed(cut_error().into()),
            _ => Reading::Whole,
        }
    }

    /// One JSON value is the answer or an error; of several, be they in a list, each is a chunk.
    fn on_json(&mut self, mut body: Vec<u8>, desk: &mut Desk<'_>) -> Reading {
        // Its texts and what is said at the end, at once.
        desk.out.text.reserve_exact(body.len() + body.len() / 16 + 1024);
        let mut values = BodyValues::new(&body);
        let mut count = 0;
        let (start, malformed) = loop {
            let value = match values.next() {
                None => return self.end_of_json(count, values.is_done),
                Some(Ok(value)) => value,
                Some(Err(malformed)) => break (values.at, malformed),
            };
            count += if value.is_array() { 1 } else { 2 };
            if let Err(failure) = self.take(value, desk) {
                return Reading::Failed(failure);
            }
        };
        // Nothing says how long it should have been: a body that ends in the middle of a value was cut.
        if malformed.at < body.trim_ascii_end().len() {
            let message = ["the JSON answer is malformed at byte ", &(malformed.at as u64).to_string()].concat();
            return Reading::Failed(Error::new(Code::BadResponse, message).into());
        }
        body.drain(..start);
        close(&mut body);
        let failure = Reader::document(&body).ok().and_then(|value| self.take(value, desk).err());
        Reading::Failed(failure.unwrap_or_else(|| cut_error().into()))
    }

    fn end_of_json(&self, count: u32, is_done: bool) -> Reading {
        match count {
            // One answer, or the lists that it came in.
            _ if count < 3 || is_done || self.assembler.is_finished() => Reading::Whole,
            _ => Reading::Failed(cut_error().into()),
        }
    }

    fn take(&mut self, value: Raw<'_>, desk: &mut Desk<'_>) -> Result<(), Failure> {
        if desk.settings.raw_events {
            desk.out.push(Kind::RawData, 0, |text| text.push_str(&value.text()));
        }
        let mut result = Ok(());
        let mut apply = |value| {
            if result.is_ok()
                && let Some(chunk) = read_document(value)
            {
                if self.shapes.is_sample(value.bytes(), &chunk) {
                    desk.out.push(Kind::Sample, 0, |text| text.push_str(&value.text()));
                }
                result = self.assembler.apply(&chunk, desk.out).map_err(failure_of);
            }
        };
        apply(value);
        value.each_item(apply);
        result
    }

    /// Takes what has arrived of a body in one piece that will not come whole.
    pub fn hear_rest(&mut self, desk: &mut Desk<'_>) {
        if matches!(self.body, Body::Json(_)) {
            let _ = self.on_end(desk);
        }
    }

    /// The error whose body did not arrive whole: its status says enough.
    pub fn http_error(&self) -> Option<Failure> {
        match &self.body {
            Body::Error(held) => Some(self.error_body(held.clone()).into()),
            _ => None,
        }
    }

    fn error_body(&self, bytes: Vec<u8>) -> UnreadError {
        UnreadError { place: Place::Body, status: self.head.status, bytes, hints: self.head.hints.clone() }
    }
}

#[inline(never)]
fn joined(pieces: &[Vec<u8>]) -> Vec<u8> {
    let mut all = Vec::with_capacity(pieces.iter().map(Vec::len).sum());
    pieces.iter().for_each(|piece| all.extend_from_slice(piece));
    all
}

fn cut_error() -> Error {
    let mut error = Error::new(Code::StreamCut, "the answer ended without [DONE], finish reason or error: the connection was cut");
    error.is_retryable = true;
    error
}

openrouter_wire::record! {
    /// A sign of life.
    pub struct Processing<'a>: writes "processing" {
        /// The comment.
        text: &'a str,
    }
}

/// A sign of life, as it is written.
#[cold]
fn write_comment(out: &mut Batch, text: &[u8]) {
    let text = String::from_utf8_lossy(text);
    out.push(Kind::Json, 0, |json| Processing { text: text.trim_ascii() }.write(json));
}

/// One event of the stream. `None`: go on; `Some`: the end, good or bad.
#[inline(never)]
fn apply_event(
    assembler: &mut Assembler,
    shapes: &mut Shapes,
    out: &mut Batch,
    data: &[u8],
    raw_events: bool,
) -> Option<Result<(), Failure>> {
    if is_done(data) {
        return Some(Ok(()));
    }
    if raw_events {
        out.push(Kind::RawData, 0, |text| text.push_str(&String::from_utf8_lossy(data)));
    }
    match read_chunk(data) {
        Ok(Some(chunk)) => {
            if shapes.is_sample(data, &chunk) {
                out.push(Kind::Sample, 0, |text| text.push_str(&String::from_utf8_lossy(data)));
            }
            let applied = assembler.apply(&chunk, out);
            shapes.learn(data, &chunk, assembler);
            applied.err().map(|stop| Err(failure_of(stop)))
        }
        Ok(None) if data.trim_ascii_start().starts_with(b"[") => apply_values(assembler, out, data).unwrap_or_default(),
        Ok(None) => None,
        // Somebody has framed it twice.
        Err(malformed) if is_noise(data, malformed) => {
            let inner = data.trim_ascii_start().strip_prefix(b"data:")?;
            apply_event(assembler, shapes, out, inner, false)
        }
        Err(malformed) => apply_values(assembler, out, data).unwrap_or_else(|| {
            let message = [
                "an event of the answer is no JSON (byte ",
                &(malformed.at as u64).to_string(),
                " of ",
                &(data.len() as u64).to_string(),
                ")",
            ];
            Some(Err(Error::new(Code::BadResponse, message.concat()).into()))
        }),
    }
}

/// Several values in one event: somebody has left out the lines between them. `None`: there are not several.
#[cold]
fn apply_values(assembler: &mut Assembler, out: &mut Batch, data: &[u8]) -> Option<Option<Result<(), Failure>>> {
    let mut values = BodyValues::new(data);
    let count = values.by_ref().take_while(Result::is_ok).count();
    // A list alone is a list of chunks.
    if count == 0 || (count == 1 && values.is_whole && !values.is_done && !data.trim_ascii_start().starts_with(b"[")) {
        return None;
    }
    let mut failure = None;
    for value in BodyValues::new(data).take(count).flatten() {
        let mut apply = |value| {
            if failure.is_none()
                && let Some(chunk) = read_document(value)
            {
                failure = assembler.apply(&chunk, out).err();
            }
        };
        apply(value);
        value.each_item(apply);
    }
    if let Some(stop) = failure {
        return Some(Some(Err(failure_of(stop))));
    }
    values.is_whole.then(|| values.is_done.then_some(Ok(())))
}

/// Whether data is no JSON at all, as a keep-alive that a proxy wrapped: what breaks off in the middle is.
fn is_noise(data: &[u8], malformed: Malformed) -> bool {
    match data.trim_ascii_start().first() {
        Some(b'{') => false,
        Some(b'[' | b'"') => malformed.at < data.trim_ascii_end().len(),
        _ => true,
    }
}

fn failure_of(stop: Stop<'_>) -> Failure {
    match stop {
        Stop::Upstream(error) => UnreadError::chunk(error).into(),
        Stop::Limit(error) => error.into(),
    }
}
