//! A run as a state machine: answers, results of tools and time in, events and the next action out.

pub mod chat;
mod failing;
pub mod records;
pub mod tool_loop;

use crate::answer::{Answer, Desk, Failure, Reading};
use crate::body_values::first_object;
use crate::chat::Chat;
use crate::chunk::read_document;
use crate::clock::{Clocks, Expired};
use crate::config::Settings;
use crate::error::{Code, Error};
use crate::event::{Batch, Kind};
use crate::failover::{Reason, is_certificate};
use crate::http::{Head, RequestPlan};
use crate::object_text::ObjectText;
use crate::record::{Verbatim, Writes};
use crate::records::{CallTools, NextSend};
use crate::redact::redact;
use crate::retry::Backoff;
use crate::route::{authority_of, scheme_and_rest};
use crate::text::split_last;
use crate::tool_loop::Verdict;
use crate::unread_error::{Place, UnreadError};

openrouter_wire::numbered! {
    /// What the driver has to do next. `engine/contract.js` of the package has the same numbers.
    pub enum Action {
        /// Read the next piece of the body.
        Read = 0,
        /// Wait for [`Run::wait_ms`], then send.
        Wait = 1,
        /// Nothing: the run is over and the batch holds its last record.
        End = 2,
        /// Send the request.
        Send = 3,
        /// Run the tools of the `call-tools` record, then [`Run::resume`].
        Tools = 4,
        /// Have the transcript repaired ([`Chat::repair`]), then [`Run::repaired`].
        Repair = 5,
        /// Have the error read ([`Run::unread_error`]), then [`Run::error_read`].
        ReadError = 6,
        /// Read on, and keep what comes ([`Run::keep`]) until it is whole; or push it now, and ask again.
        Keep = 7,
    }
}

/// The run of one chat: its steps, and their retries and fallbacks.
#[derive(Debug)]
pub struct Run {
    /// The events since the last [`Batch::clear`].
    pub out: Batch,
    chat: Chat,
    settings: Settings,
    clocks: Clocks,
    backoff: Backoff,
    secret: String,
    /// Sends to this model in this step.
    attempt: u32,
    waited_ms: u64,
    wait_ms: u64,
    step: u32,
    answer: Answer,
    attempts: String,
    models_tried: u32,
    has_afforded: bool,
    /// Of the answer at hand, where its text is to be an object.
    object: Option<Box<ObjectText>>,
    /// What the answer tells and nobody has read yet.
    unread: Option<Box<UnreadError>>,
    /// The failure at hand is among the attempts already.
    is_noted: bool,
    is_over: bool,
}

impl Run {
    /// A run that has not sent anything; its total time runs from now. `seed` is randomness for the jitter.
    pub fn new(chat: Chat, now: f64, seed: u64) -> Self {
        let settings = chat.settings().clone();
        let step = settings.first_step;
        Self {
            out: Batch::default(),
            clocks: Clocks::new(settings.timeouts, now),
            answer: Answer::new(&settings),
            object: settings.shows_object.then(Box::default),
            chat,
            settings,
            backoff: Backoff::new(seed),
            secret: String::new(),
            attempt: 0,
            waited_ms: 0,
            wait_ms: 0,
            step,
            attempts: String::new(),
            models_tried: 1,
            has_afforded: false,
            unread: None,
            is_noted: false,
            is_over: false,
        }
    }

    /// Writes what is sent next into the batch: a [`NextSend`], and the pieces of the body. Nothing while a repair is due.
    pub fn next_send(&mut self) -> Action {
        let action = self.send_or_repair();
        if action == Action::Repair {
            return action;
        }
        let is_fresh = self.chat.take_fresh();
        let chat = &self.chat;
        let next = NextSend {
            model: &chat.model().api_id,
            pricing: chat.pricing().map(Verbatim),
            output_limit: chat.output_limit(),
            needs_key: chat.plan().needs_key(),
            is_fresh,
        };
        self.out.push(Kind::Json, 0, |text| next.write(text));
        let conversation = self.chat.conversation();
        let stable = conversation.take_stable();
        for piece in [conversation.head.as_str(), &stable, conversation.volatile(), &conversation.tail] {
            self.out.push(Kind::Json, 0, |text| text.push_str(piece));
        }
        action
    }

    /// The answer to [`Action::Repair`]. A transcript that cannot be repaired ends the run.
    pub fn repaired(&mut self, answer: &str) -> Action {
        let result = self.chat.repaired(answer);
        self.settings.offered = self.chat.settings().offered.clone();
        self.go_on(result)
    }

    fn go_on(&mut self, result: Result<(), Error>) -> Action {
        match result {
            Ok(()) => self.send_or_repair(),
            Err(error) => {
                self.end_with(error);
                Action::End
            }
        }
    }

    fn send_or_repair(&self) -> Action {
        if self.chat.repair().is_some() { Action::Repair } else { Action::Send }
    }

    /// The request to send.
    pub fn plan(&self) -> &RequestPlan {
        self.chat.plan()
    }

    /// What is asked, and of whom.
    pub fn chat(&mut self) -> &mut Chat {
        &mut self.chat
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
        let plan = self.chat.plan();
        self.clocks.start_attempt(now, plan.streaming);
        let secret = if plan.needs_key() { key } else { plan.own_key() };
        self.secret = secret.to_owned();
    }

    /// Lets the answer read, and does what comes of it.
    #[inline]
    fn read(&mut self, step: impl FnOnce(&mut Answer, &mut Desk<'_>) -> Reading) -> Action {
        let (record, start) = (self.out.records.len(), self.out.text.len());
        let mut desk = Desk { settings: &self.settings, clocks: &mut self.clocks, out: &mut self.out };
        let reading = step(&mut self.answer, &mut desk);
        self.after(reading, record, start)
    }

    /// What comes of a reading whose records and text begin there.
    #[inline(never)]
    fn after(&mut self, reading: Reading, record: usize, start: usize) -> Action {
        if let Some(object) = &mut self.object {
            object.read(record, start, &mut self.out);
        }
        if let Some(error) = self.answer.assembler.over_limit() {
            return self.fail(error);
        }
        match reading {
            Reading::More => Action::Read,
            Reading::Keep => Action::Keep,
            Reading::Whole if self.answer.assembler.has_choice() => self.finish(),
            Reading::Whole => self.fail(Error::new(Code::BadResponse, "the answer has neither choices nor an error")),
            Reading::Failed(failure) => self.on_failed(failure),
            Reading::Over if self.is_over => Action::End,
            Reading::Over => self.fail(Error::new(Code::BadResponse, "the answer has no body")),
        }
    }

    /// The budget does not allow what is next: the run ends with this error, as JSON.
    pub fn refuse(&mut self, error: &str) -> Action {
        if !self.is_over {
            self.end_with(Error::read(error).unwrap_or_else(|| Error::new(Code::Budget, "the budget was not to be asked")));
        }
        Action::End
    }

    /// How long the answer is by now.
    pub fn output_bytes(&self) -> u64 {
        self.answer.assembler.output_bytes()
    }

    /// The head of an answer.
    pub fn on_head(&mut self, now: f64, mut head: Head) -> Action {
        head.mask_ids(&self.secret);
        self.read(|answer, desk| answer.on_head(now, head, desk))
    }

    /// A piece of the body.
    pub fn on_bytes(&mut self, now: f64, bytes: &[u8]) -> Action {
        if self.is_over {
            return Action::End;
        }
        self.read(|answer, desk| answer.on_bytes(now, bytes, desk))
    }

    /// So many bytes of a body in one piece are kept by now (see [`Action::Keep`]): said before [`Run::on_bytes`] is told of none.
    pub fn keep(&mut self, bytes: usize) {
        self.answer.kept = bytes;
    }

    /// The body ended.
    pub fn on_end(&mut self) -> Action {
        self.read(|answer, desk| answer.on_end(desk))
    }

    /// No answer came, or reading it failed; `message` is the platform's.
    pub fn on_failure(&mut self, message: &str) -> Action {
        if self.is_over {
            return Action::End;
        }
        if self.answer.is_finished() {
            return self.finish();
        }
        if self.answer.is_whole() {
            return self.on_end();
        }
        if let Some(failure) = self.answer.told_error() {
            return self.on_failed(failure);
        }
        let message = redact(message, &self.secret);
        let mut error = if self.answer.is_reading() {
            Error::new(Code::StreamCut, ["the connection broke in the middle of the answer: ", &message].concat())
        } else {
            let words = ["the request to ", host_of(&self.plan().url), " could not be sent or got no answer: ", &message];
            Error::new(Code::Network, words.concat())
        };
        self.hear_rest();
        // The facade puts the code of the platform's error behind its words: `fetch failed (ECONNRESET)`.
        let code = split_last(&message, b'(').and_then(|(_, code)| code.strip_suffix(')'));
        let is_certificate = is_certificate(&message, code);
        error.reason = Some(if is_certificate { Reason::Tls } else { Reason::Timeout });
        // A bad certificate is the same one a second later.
        error.is_retryable = !is_certificate;
        self.fail(error)
    }

    /// The pieces that came of an answer in one piece are read, however it ends.
    fn hear_rest(&mut self) {
        self.answer.hear_rest(&mut Desk { settings: &self.settings, clocks: &mut self.clocks, out: &mut self.out });
    }

    /// A known error fails at once, a told one is read first: no more of the answer is.
    fn on_failed(&mut self, failure: Failure) -> Action {
        match failure {
            Failure::Known(error) => self.fail(error),
            Failure::Unread(unread) => {
                self.answer.close();
                self.clocks.end_attempt();
                // Its cost stands beside it: an attempt that was paid for is not repeated.
                if let Some(chunk) = first_object(&unread.bytes).and_then(read_document).filter(|_| unread.place != Place::Chunk) {
                    self.answer.assembler.apply_head(&chunk);
                }
                self.unread = Some(unread);
                Action::ReadError
            }
        }
    }

    /// What has to be read after [`Action::ReadError`]: JSON for [`crate::upstream_error::read_unread`], by whoever has the words. The key is
    /// in it, to be masked.
    pub fn unread_error(&self) -> String {
        self.unread.as_ref().map(|unread| unread.to_json(&self.secret)).unwrap_or_default()
    }

    /// The answer to [`Action::ReadError`]: the error as JSON, or nothing where nobody can read it.
    pub fn error_read(&mut self, error: &str) -> Action {
        let Some(unread) = self.unread.take().filter(|_| !self.is_over) else { return Action::End };
        self.fail(Error::read(error).unwrap_or_else(|| unread.by_status()))
    }

    /// Time has passed. An answer whose finish reason has come does not fail by silence.
    pub fn on_timer(&mut self, now: f64) -> Action {
        if self.is_over {
            return Action::End;
        }
        let Some((which, limit_ms)) = self.clocks.expired(now) else { return Action::Read };
        if self.answer.kept > 0 {
            return Action::Keep;
        }
        if self.answer.is_finished() {
            return self.finish();
        }
        if self.answer.is_whole() {
            return self.on_end();
        }
        if let Some(failure) = self.answer.told_error().filter(|_| which != Expired::Total) {
            return self.on_failed(failure);
        }
        self.hear_rest();
        let what = match which {
            Expired::Total => "the whole run took longer than timeoutMs",
            Expired::FirstToken => "no output came within firstTokenTimeoutMs",
            Expired::Progress => "no data, only keep-alive comments or silence, came within progressTimeoutMs",
            Expired::Idle => "no byte came within idleTimeoutMs",
        };
        let mut error = Error::new(Code::Timeout, [what, " (", &(limit_ms as u64).to_string(), " ms)"].concat());
        error.is_retryable = true;
        error.reason = Some(Reason::Timeout);
        // A limit is the caller's word on how long this may take: no retry behind its back. Another model is its word too.
        if which != Expired::Total
            && !self.is_spent()
            && let Some(action) = self.fall_back(&error)
        {
            return action;
        }
        self.end_with(error);
        Action::End
    }

    /// The caller gave up.
    pub fn on_abort(&mut self) {
        if !self.is_over {
            self.hear_rest();
            self.is_over = true;
            self.push_failure(None);
        }
    }

    /// What has arrived so far, as JSON.
    pub fn partial(&self) -> String {
        let mut text = String::new();
        self.answer.assembler.write_partial(&mut text);
        text
    }

    /// The results of the tools are there: goes on with the answer and them, as JSON. `stop` ends the run here.
    pub fn resume(&mut self, messages: &str, stop: bool) -> Action {
        if self.is_over || stop {
            self.is_over = true;
            return Action::End;
        }
        self.begin_step();
        let result = self.chat.append(messages);
        self.go_on(result)
    }

    /// Goes on with another request in place of the one that grew: clocks, budget and the count of steps stay.
    pub fn go_on_with(&mut self, chat: Chat) -> Action {
        self.settings.tool_loop.clone_from(&chat.settings().tool_loop);
        self.settings.offered = chat.settings().offered.clone();
        self.chat = chat;
        self.begin_step();
        self.send_or_repair()
    }

    fn begin_step(&mut self) {
        self.answer = Answer::new(&self.settings);
        self.object = self.settings.shows_object.then(Box::default);
        self.step += 1;
        self.attempt = 0;
        self.waited_ms = 0;
    }

    fn finish(&mut self) -> Action {
        if self.answer.assembler.finished_with_error() {
            let native = self.answer.assembler.native_finish_reason().filter(|reason| *reason != "error");
            let native = native.map(|reason| [" (", &redact(reason, &self.secret), ")"].concat()).unwrap_or_default();
            let message = ["the provider ended the answer with a failure and no error object", &native].concat();
            let mut error = Error::new(Code::StreamError, message);
            error.is_retryable = true;
            error.reason = Some(Reason::ServerError);
            return self.fail(error);
        }
        self.chat.note_success(&mut self.out);
        let mut desk = Desk { settings: &self.settings, clocks: &mut self.clocks, out: &mut self.out };
        let calls = self.answer.finish(&mut desk);
        match tool_loop::decide(&self.settings, &calls, self.step) {
            Verdict::Done if self.settings.holds_answers => self.hand_over(&CallTools { calls: Vec::new() }),
            Verdict::Done => {
                self.is_over = true;
                Action::End
            }
            Verdict::Run(record) => self.hand_over(&record),
            Verdict::TooManySteps(error) => {
                self.end_with(error);
                Action::End
            }
        }
    }

    fn hand_over(&mut self, record: &CallTools<'_>) -> Action {
        self.clocks.end_attempt();
        self.out.push(Kind::Json, 0, |text| record.write(text));
        Action::Tools
    }
}

/// Whom an address is of, without what may stand before it: a refused connection is one host's.
fn host_of(url: &str) -> &str {
    let authority = authority_of(scheme_and_rest(url).map_or(url, |(_, rest)| rest));
    split_last(authority, b'@').map_or(authority, |(_, host)| host)
}
