//! A run as a state machine: answers, results of tools and time in, events and the next action out.

pub mod chat;
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
use crate::json_string::write_string;
use crate::object_text::ObjectText;
use crate::redact::redact;
use crate::retry::{Backoff, MAX_RETRYING_MS, MAX_WAIT_MS};
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

    /// Writes what is sent next into the batch: `{model, pricing?, outputLimit?, needsKey, isFresh}`, and the pieces of the body. Nothing while a repair is due.
    pub fn next_send(&mut self) -> Action {
        let action = self.send_or_repair();
        if action == Action::Repair {
            return action;
        }
        let is_fresh = self.chat.take_fresh();
        self.out.push(Kind::Json, 0, |text| {
            text.push_str("{\"model\":");
            write_string(text, &self.chat.model().api_id);
            if let Some(pricing) = self.chat.pricing() {
                text.push_str(",\"pricing\":");
                text.push_str(pricing);
            }
            if let Some(tokens) = self.chat.output_limit() {
                text.push_str(",\"outputLimit\":");
                text.push_str(&tokens.to_string());
            }
            text.push_str(if self.chat.plan().needs_key() { ",\"needsKey\":true" } else { ",\"needsKey\":false" });
            text.push_str(if is_fresh { ",\"isFresh\":true}" } else { ",\"isFresh\":false}" });
        });
        let conversation = self.chat.conversation();
        let stable = conversation.take_stable();
        for piece in [conversation.head.as_str(), &stable, conversation.volatile(), &conversation.tail] {
            self.out.push(Kind::Json, 0, |text| text.push_str(piece));
        }
        action
    }

    /// The answer to [`Action::Repair`]. What cannot be repaired ends the run.
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
        if let Some(object) = &mut self.object {
            object.read(record, start, &mut self.out);
        }
        match reading {
            Reading::More => Action::Read,
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
        if let Some(failure) = self.answer.http_error() {
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
        let code = message.rsplit_once('(').and_then(|(_, code)| code.strip_suffix(')'));
        let is_certificate = is_certificate(&message, code);
        error.reason = Some(if is_certificate { Reason::Tls } else { Reason::Timeout });
        // A bad certificate is the same one a second later.
        error.is_retryable = !is_certificate;
        self.fail(error)
    }

    /// What came of an answer in one piece is read, however it ends.
    fn hear_rest(&mut self) {
        self.answer.hear_rest(&mut Desk { settings: &self.settings, clocks: &mut self.clocks, out: &mut self.out });
    }

    /// What is known fails at once, what is told is read first: no more of the answer is.
    fn on_failed(&mut self, failure: Failure) -> Action {
        match failure {
            Failure::Known(error) => self.fail(error),
            Failure::Unread(unread) => {
                self.answer.close();
                self.clocks.end_attempt();
                // What it cost stands beside it: an attempt that was paid for is not repeated.
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
        if self.answer.is_finished() {
            return self.finish();
        }
        if self.answer.is_whole() {
            return self.on_end();
        }
        if let Some(failure) = self.answer.http_error().filter(|_| which != Expired::Total) {
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
            Verdict::Done if self.settings.holds_answers => self.hand_over("{\"type\":\"call-tools\",\"calls\":[]}"),
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

    fn hand_over(&mut self, record: &str) -> Action {
        self.clocks.end_attempt();
        self.out.push(Kind::Json, 0, |text| text.push_str(record));
        Action::Tools
    }

    /// Tries again where that is allowed, else the next model, else ends the run. Nothing is sent twice once the consumer has seen output.
    fn fail(&mut self, mut error: Error) -> Action {
        let head = &self.answer.head;
        error.request_id = error.request_id.take().or_else(|| head.generation_id.clone()).or_else(|| head.request_id.clone());
        error.reason = error.reason.or(match error.code {
            Code::StreamCut => Some(Reason::Timeout),
            _ => Some(Reason::Unknown),
        });
        self.answer.close();
        if self.is_spent() {
            self.end_with(error);
            return Action::End;
        }
        if let Some(tokens) = error.affordable_tokens
            && let Some(action) = self.afford(tokens, &error)
        {
            return action;
        }
        // Who says "at once" is asked no sooner than one who says nothing.
        let reported_ms = error.retry_after_ms.filter(|ms| *ms > 0);
        let delay_ms = reported_ms.unwrap_or_else(|| self.backoff.delay_ms(self.attempt));
        let may_wait = delay_ms <= MAX_WAIT_MS && self.waited_ms + delay_ms <= MAX_RETRYING_MS;
        // A window of a day will not open in a minute, and another model may be free.
        let is_long = self.chat.has_next() && error.retry_after_ms.is_none() && error.is_of_days;
        if !error.is_retryable || self.attempt > self.settings.max_retries || !may_wait || is_long {
            if let Some(action) = self.fall_back(&error) {
                return action;
            }
            self.end_with(error);
            return Action::End;
        }
        self.note_attempt(&error);
        self.wait_ms = delay_ms;
        self.waited_ms += delay_ms;
        self.clocks.end_attempt();
        self.answer.head = Head::default();
        self.push_retry(delay_ms, &error);
        Action::Wait
    }

    fn push_retry(&mut self, delay_ms: u64, error: &Error) {
        let attempt = u64::from(self.attempt);
        self.out.push(Kind::Json, 0, |text| {
            let (attempt, delay_ms) = (attempt.to_string(), delay_ms.to_string());
            for part in ["{\"type\":\"retry\",\"attempt\":", &attempt, ",\"delayMs\":", &delay_ms, ",\"error\":"] {
                text.push_str(part);
            }
            error.write(text);
            text.push('}');
        });
    }

    /// Whether the attempt was paid for, or the consumer has seen of it: nothing is sent again by itself.
    fn is_spent(&self) -> bool {
        self.answer.assembler.has_output() || self.answer.assembler.is_billed()
    }

    /// Sends once more with what the credits are enough for, where the caller wants that.
    fn afford(&mut self, tokens: u64, error: &Error) -> Option<Action> {
        if !self.settings.affords_retry || core::mem::replace(&mut self.has_afforded, true) || !self.chat.limit_output(tokens) {
            return None;
        }
        self.note_attempt(error);
        self.clocks.end_attempt();
        self.answer = Answer::new(&self.settings);
        self.push_retry(0, error);
        Some(Action::Send)
    }

    /// The next model, if there is one and the error lets it be asked.
    fn fall_back(&mut self, error: &Error) -> Option<Action> {
        let reason = error.reason.unwrap_or(Reason::Unknown);
        self.chat.note_failure(reason, &mut self.out);
        if !reason.allows_fallback() || error.code == Code::Limit {
            return None;
        }
        let from = self.chat.model().reference.clone();
        if !self.chat.has_next() {
            return None;
        }
        self.note_attempt_of(&from, error);
        self.is_noted = true;
        // A model that the request cannot even be written for is passed over.
        while let (model, Err(error)) = self.chat.next_model()? {
            self.note_attempt_of(&model, &error);
        }
        self.is_noted = false;
        self.models_tried += 1;
        let to = self.chat.next_reference();
        self.attempt = 0;
        self.waited_ms = 0;
        self.clocks.end_attempt();
        self.answer = Answer::new(&self.settings);
        self.out.push(Kind::Json, 0, |text| {
            text.push_str("{\"type\":\"fallback\",\"from\":");
            write_string(text, &from);
            text.push_str(",\"to\":");
            write_string(text, &to);
            text.push_str(",\"error\":");
            error.write(text);
            text.push('}');
        });
        Some(self.send_or_repair())
    }

    fn note_attempt(&mut self, error: &Error) {
        let model = self.chat.model().reference.clone();
        self.note_attempt_of(&model, error);
    }

    fn note_attempt_of(&mut self, model: &str, error: &Error) {
        let out = &mut self.attempts;
        out.push_str(if out.is_empty() { "{\"provider\":\"openrouter\",\"model\":" } else { ",{\"provider\":\"openrouter\",\"model\":" });
        write_string(out, model);
        if let Some(status) = error.status {
            out.push_str(",\"status\":");
            out.push_str(&u64::from(status).to_string());
        }
        for (name, value) in
            [("code", error.code.as_str()), ("reason", error.reason.unwrap_or(Reason::Unknown).as_str()), ("message", &error.message)]
        {
            out.push_str(",\"");
            out.push_str(name);
            out.push_str("\":");
            write_string(out, value);
        }
        out.push('}');
    }

    fn end_with(&mut self, mut error: Error) {
        self.is_over = true;
        if self.attempt > 0 {
            if !self.is_noted {
                self.note_attempt(&error);
            }
            error.attempts = Some(["[", &self.attempts, "]"].concat());
        }
        if self.models_tried > 1 && error.code != Code::Budget {
            error.message = ["every model failed; the last one: ", &error.message].concat();
        }
        self.push_failure(Some(&error));
    }

    fn push_failure(&mut self, error: Option<&Error>) {
        let verdict = match error.map(|error| error.code) {
            None => "aborted",
            Some(Code::Timeout) => "timeout",
            Some(Code::StreamCut) => "cut",
            Some(_) => "error",
        };
        self.answer.close();
        let assembler = &self.answer.assembler;
        self.out.push(Kind::Failure, 0, |text| {
            text.push_str("{\"verdict\":\"");
            text.push_str(verdict);
            text.push_str("\",\"partial\":");
            assembler.write_partial(text);
            if let Some(error) = error {
                text.push_str(",\"error\":");
                error.write(text);
            }
            text.push('}');
        });
    }
}

/// Whom an address is of, without what may stand before it: a refused connection is one host's.
fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    authority.rsplit_once('@').map_or(authority, |(_, host)| host)
}
