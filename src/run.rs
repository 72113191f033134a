//! One chat as a state machine: answers and time in, events and the next action out.

use crate::assemble::{Assembler, Stop};
use crate::chunk::read_chunk;
use crate::clock::{Clocks, Expired};
use crate::config::Settings;
use crate::error::{Code, Error};
use crate::event::{Batch, Kind};
use crate::http::{BodyKind, Head, RequestPlan, sniff, without_bom};
use crate::redact::redact;
use crate::retry::{Backoff, MAX_WAIT_MS};
use crate::shapes::Shapes;
use crate::sse::{self, Decoder, Item, is_done};
use crate::upstream_error::{Now, read_http_error, read_stream_error};

/// What the driver has to do next. The numbers are public to `pkg-template/run.js`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Action {
    /// Read the next piece of the body.
    Read = 0,
    /// Wait for [`Run::wait_ms`], then send.
    Wait = 1,
    /// Nothing: the run is over and the batch holds its last record.
    End = 2,
    /// Send the request.
    Send = 3,
}

/// Error bodies are read up to this; what follows is not looked at.
const MAX_ERROR_BODY_BYTES: usize = 64 << 10;
/// Enough to tell what a body without a content type is.
const SNIFF_BYTES: usize = 2048;

#[derive(Debug)]
enum Body {
    None,
    Sniff(Vec<u8>),
    Events(Decoder),
    Json(Vec<u8>),
    Error(Vec<u8>),
}

/// The run of one request and its retries.
#[derive(Debug)]
pub struct Run {
    /// The events since the last [`Batch::clear`].
    pub out: Batch,
    plan: RequestPlan,
    settings: Settings,
    clocks: Clocks,
    backoff: Backoff,
    secret: String,
    attempt: u32,
    wait_ms: u64,
    head: Head,
    body: Body,
    body_bytes: usize,
    assembler: Assembler,
    shapes: Shapes,
    is_over: bool,
}

impl Run {
    /// A run that has not sent anything; its total time runs from now. `seed` is randomness for the jitter.
    pub fn new(plan: RequestPlan, settings: Settings, now: f64, seed: u64) -> Self {
        let assembler = Assembler::new(&settings.limits, None);
        Self {
            out: Batch::default(),
            plan,
            clocks: Clocks::new(settings.timeouts, now),
            settings,
            backoff: Backoff::new(seed),
            secret: String::new(),
            attempt: 0,
            wait_ms: 0,
            head: Head::default(),
            body: Body::None,
            body_bytes: 0,
            assembler,
            shapes: Shapes::default(),
            is_over: false,
        }
    }

    /// The request to send.
    pub fn plan(&self) -> &RequestPlan {
        &self.plan
    }

    /// How long to wait after [`Action::Wait`].
    pub fn wait_ms(&self) -> u64 {
        self.wait_ms
    }

    /// When [`Run::on_timer`] wants to be called.
    pub fn deadline(&self) -> f64 {
        if self.is_over { f64::INFINITY } else { self.clocks.deadline() }
    }

    /// The request is about to be sent with this key.
    pub fn on_send(&mut self, now: f64, key: &str) {
        self.attempt += 1;
        self.clocks.start_attempt(now, self.plan.streaming);
        let secret = if self.plan.needs_key() { key } else { self.plan.own_key() };
        self.secret = secret.to_owned();
    }

    /// The head of an answer.
    pub fn on_head(&mut self, now: f64, head: Head) -> Action {
        self.clocks.on_bytes(now);
        self.body_bytes = 0;
        self.shapes = Shapes::default();
        self.assembler = Assembler::new(&self.settings.limits, head.generation_id.clone());
        // What a shape leaves out, the new assembler has not seen: the id, the model, the calls.
        self.shapes = Shapes::default();
        let kind = head.body_kind();
        self.head = head;
        match kind {
            Ok(kind) => {
                self.set_body(kind);
                Action::Read
            }
            Err(error) => self.fail(error),
        }
    }

    fn set_body(&mut self, kind: BodyKind) {
        self.body = match kind {
            BodyKind::Events => Body::Events(Decoder::new(self.settings.limits.sse)),
            BodyKind::Json => Body::Json(Vec::new()),
            BodyKind::Sniff => Body::Sniff(Vec::new()),
            BodyKind::Error => Body::Error(Vec::new()),
        };
    }

    /// A piece of the body.
    pub fn on_bytes(&mut self, now: f64, epoch: Now, bytes: &[u8]) -> Action {
        self.clocks.on_bytes(now);
        self.body_bytes += bytes.len();
        match &mut self.body {
            Body::Events(_) => self.on_events(now, epoch, bytes),
            Body::Json(held) => {
                self.clocks.on_data(now);
                if held.len() + bytes.len() > self.settings.limits.max_json_bytes {
                    return self.fail(Error::new(Code::Limit, "the JSON answer is larger than limits.maxJsonBytes"));
                }
                held.extend_from_slice(bytes);
                Action::Read
            }
            Body::Error(held) => {
                self.clocks.on_data(now);
                let room = MAX_ERROR_BODY_BYTES - held.len();
                held.extend_from_slice(&bytes[..bytes.len().min(room)]);
                if held.len() == MAX_ERROR_BODY_BYTES { self.on_end(now, epoch) } else { Action::Read }
            }
            Body::Sniff(held) => {
                held.extend_from_slice(bytes);
                match sniff(held) {
                    None if held.len() < SNIFF_BYTES => Action::Read,
                    Some(Err(error)) => self.fail(error),
                    kind => {
                        let held = core::mem::take(held);
                        self.set_body(kind.and_then(Result::ok).unwrap_or(BodyKind::Events));
                        self.body_bytes -= held.len();
                        self.on_bytes(now, epoch, &held)
                    }
                }
            }
            Body::None => Action::End,
        }
    }

    fn on_events(&mut self, now: f64, epoch: Now, bytes: &[u8]) -> Action {
        let Body::Events(decoder) = &mut self.body else { return Action::Read };
        if self.body_bytes > self.settings.limits.max_body_bytes {
            return self.fail(Error::new(Code::Limit, "the answer is larger than limits.maxBodyBytes"));
        }
        let (assembler, clocks, out) = (&mut self.assembler, &mut self.clocks, &mut self.out);
        let (shapes, secret, raw_events) = (&mut self.shapes, &self.secret, self.settings.raw_events);
        let mut end: Option<Result<(), Error>> = None;
        let fed = decoder.feed(bytes, &mut |item| {
            let Item::Data(data) = item else { return true };
            clocks.on_data(now);
            if !raw_events && let Some(result) = shapes.apply(assembler, data, out) {
                end = result.err().map(Err);
                return end.is_none();
            }
            end = apply_event(assembler, shapes, out, data, secret, raw_events, epoch);
            end.is_none()
        });
        if self.assembler.has_output() {
            self.clocks.on_output();
        }
        if let Err(limit) = fed {
            let name = match limit {
                sse::LimitExceeded::Line => "a line of the answer is longer than limits.maxLineBytes",
                sse::LimitExceeded::Event => "an event of the answer is larger than limits.maxEventBytes",
            };
            return self.fail(Error::new(Code::Limit, name));
        }
        match end {
            None => Action::Read,
            Some(Ok(())) => self.finish(),
            Some(Err(error)) => self.fail(error),
        }
    }

    /// The body ended.
    pub fn on_end(&mut self, now: f64, epoch: Now) -> Action {
        match core::mem::replace(&mut self.body, Body::None) {
            Body::None if self.is_over => Action::End,
            Body::None => self.fail(Error::new(Code::BadResponse, "the answer has no body")),
            Body::Error(held) => {
                let error = read_http_error(self.head.status, &held, &self.secret, epoch, &self.head.hints);
                self.fail(error)
            }
            Body::Sniff(held) if held.trim_ascii().is_empty() => self.fail(self.cut_error()),
            Body::Sniff(held) => {
                self.set_body(BodyKind::Events);
                self.body_bytes = 0;
                match self.on_bytes(now, epoch, &held) {
                    Action::Read => self.on_end(now, epoch),
                    action => action,
                }
            }
            Body::Json(held) => self.on_json(&held, epoch),
            Body::Events(decoder) => {
                if self.assembler.is_finished() || decoder.ends_with_done() {
                    self.finish()
                } else {
                    self.fail(self.cut_error())
                }
            }
        }
    }

    fn on_json(&mut self, body: &[u8], epoch: Now) -> Action {
        let body = without_bom(body);
        if body.trim_ascii().is_empty() {
            return self.fail(Error::new(Code::BadResponse, format!("HTTP {} with an empty body", u64::from(self.head.status))));
        }
        let chunk = match read_chunk(body) {
            Ok(Some(chunk)) => chunk,
            Ok(None) => return self.fail(Error::new(Code::BadResponse, "the JSON answer is no object")),
            // Nothing says how long it should have been: a body that ends in the middle of a value was cut.
            Err(malformed) if malformed.at >= body.trim_ascii_end().len() => return self.fail(self.cut_error()),
            Err(malformed) => {
                return self.fail(Error::new(Code::BadResponse, format!("the JSON answer is malformed at byte {}", malformed.at as u64)));
            }
        };
        if chunk.choice.is_none() {
            let error = if chunk.error.is_some() {
                read_http_error(self.head.status, body, &self.secret, epoch, &self.head.hints)
            } else {
                Error::new(Code::BadResponse, "the JSON answer has neither choices nor an error")
            };
            return self.fail(error);
        }
        if self.settings.raw_events {
            self.out.push(Kind::RawData, 0, |text| text.push_str(&String::from_utf8_lossy(body)));
        }
        match self.assembler.apply(&chunk, &mut self.out) {
            Ok(()) => self.finish(),
            Err(stop) => self.fail(stop_error(stop, &self.secret, epoch)),
        }
    }

    /// No answer came, or reading it failed; `message` is the platform's.
    pub fn on_failure(&mut self, message: &str, epoch: Now) -> Action {
        if self.is_over {
            return Action::End;
        }
        // The finish reason is there: nothing but the goodbye was lost.
        if self.assembler.is_finished() && matches!(self.body, Body::Events(_)) {
            return self.finish();
        }
        if let Some(error) = self.http_error(epoch) {
            return self.fail(error);
        }
        let reading = !matches!(self.body, Body::None);
        let message = redact(message, &self.secret);
        let mut error = if reading {
            Error::new(Code::StreamCut, format!("the connection broke in the middle of the answer: {message}"))
        } else {
            Error::new(Code::Network, format!("the request could not be sent or got no answer: {message}"))
        };
        error.is_retryable = true;
        self.fail(error)
    }

    /// Time has passed. An answer whose finish reason has come does not fail by silence.
    pub fn on_timer(&mut self, now: f64, epoch: Now) -> Action {
        if self.is_over {
            return Action::End;
        }
        let Some((which, limit_ms)) = self.clocks.expired(now) else { return Action::Read };
        if self.assembler.is_finished() && matches!(self.body, Body::Events(_)) {
            return self.finish();
        }
        if let Some(error) = self.http_error(epoch).filter(|_| which != Expired::Total) {
            return self.fail(error);
        }
        let what = match which {
            Expired::Total => "the whole run took longer than timeoutMs",
            Expired::FirstToken => "no output came within firstTokenTimeoutMs",
            Expired::Progress => "no data, only keep-alive comments or silence, came within progressTimeoutMs",
            Expired::Idle => "no byte came within idleTimeoutMs",
        };
        let mut error = Error::new(Code::Timeout, format!("{what} ({} ms)", limit_ms as u64));
        error.is_retryable = true;
        // A limit is the caller's word on how long this may take: no retry behind its back.
        self.end_with(error);
        Action::End
    }

    /// The caller gave up. The batch then ends with a failure record that has no error: the caller's own reason is the error.
    pub fn on_abort(&mut self) {
        if !self.is_over {
            self.is_over = true;
            self.push_failure(None);
        }
    }

    /// What has arrived so far, as JSON.
    pub fn partial(&self) -> String {
        let mut out = String::new();
        self.assembler.write_partial(&mut out);
        out
    }

    /// The error whose body did not arrive whole: its status says enough.
    fn http_error(&self, epoch: Now) -> Option<Error> {
        match &self.body {
            Body::Error(held) => Some(read_http_error(self.head.status, held, &self.secret, epoch, &self.head.hints)),
            _ => None,
        }
    }

    fn cut_error(&self) -> Error {
        let mut error = Error::new(Code::StreamCut, "the answer ended without [DONE], finish reason or error: the connection was cut");
        error.is_retryable = true;
        error
    }

    fn finish(&mut self) -> Action {
        if self.assembler.finished_with_error() {
            let mut error = Error::new(Code::StreamError, "the provider ended the answer with finish_reason \"error\" and no error object");
            error.is_retryable = true;
            return self.fail(error);
        }
        self.is_over = true;
        self.body = Body::None;
        self.assembler.finish(self.settings.strict_tool_calls, &mut self.out);
        Action::End
    }

    /// Tries again where that is allowed, else ends the run. Nothing is sent twice once the consumer has seen output.
    fn fail(&mut self, mut error: Error) -> Action {
        error.request_id = error.request_id.or_else(|| self.head.generation_id.clone()).or_else(|| self.head.request_id.clone());
        self.body = Body::None;
        let delay_ms = error.retry_after_ms.unwrap_or_else(|| self.backoff.delay_ms(self.attempt));
        if !error.is_retryable || self.assembler.has_output() || self.attempt > self.settings.max_retries || delay_ms > MAX_WAIT_MS {
            self.end_with(error);
            return Action::End;
        }
        self.wait_ms = delay_ms;
        self.clocks.end_attempt();
        self.head = Head::default();
        let attempt = u64::from(self.attempt);
        self.out.push(Kind::Json, 0, |text| {
            text.push_str(&format!("{{\"type\":\"retry\",\"attempt\":{attempt},\"delayMs\":{delay_ms},\"error\":"));
            write_error(&error, text);
            text.push('}');
        });
        Action::Wait
    }

    fn end_with(&mut self, error: Error) {
        self.is_over = true;
        self.push_failure(Some(&error));
    }

    fn push_failure(&mut self, error: Option<&Error>) {
        let verdict = match error.map(|error| error.code) {
            None => "aborted",
            Some(Code::Timeout) => "timeout",
            Some(Code::StreamCut) => "cut",
            Some(_) => "error",
        };
        let assembler = &self.assembler;
        self.body = Body::None;
        self.out.push(Kind::Failure, 0, |text| {
            text.push_str("{\"verdict\":\"");
            text.push_str(verdict);
            text.push_str("\",\"partial\":");
            assembler.write_partial(text);
            if let Some(error) = error {
                text.push_str(",\"error\":");
                write_error(error, text);
            }
            text.push('}');
        });
    }
}

/// One event of the stream. `None`: go on; `Some`: the end, good or bad.
#[inline(never)]
fn apply_event(
    assembler: &mut Assembler,
    shapes: &mut Shapes,
    out: &mut Batch,
    data: &[u8],
    secret: &str,
    raw_events: bool,
    epoch: Now,
) -> Option<Result<(), Error>> {
    if is_done(data) {
        return Some(Ok(()));
    }
    if raw_events {
        out.push(Kind::RawData, 0, |text| text.push_str(&String::from_utf8_lossy(data)));
    }
    match read_chunk(data) {
        Ok(Some(chunk)) => {
            let applied = assembler.apply(&chunk, out);
            shapes.learn(data, &chunk, assembler);
            applied.err().map(|stop| Err(stop_error(stop, secret, epoch)))
        }
        Ok(None) => None,
        Err(malformed) => Some(Err(Error::new(
            Code::BadResponse,
            format!("an event of the answer is no JSON (byte {} of {})", malformed.at as u64, data.len() as u64),
        ))),
    }
}

fn stop_error(stop: Stop<'_>, secret: &str, epoch: Now) -> Error {
    match stop {
        Stop::Upstream(error) => read_stream_error(error, secret, epoch),
        Stop::Limit(error) => error,
    }
}

fn write_error(error: &Error, out: &mut String) {
    // A struct of strings, numbers and booleans always serialises.
    out.push_str(&serde_json::to_string(error).unwrap_or_default());
}
