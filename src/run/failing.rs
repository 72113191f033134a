//! A send that failed: another try, another model, or the end of the run with every attempt.

use super::{Action, Run};
use crate::answer::Answer;
use crate::error::{Code, Error};
use crate::event::Kind;
use crate::failover::Reason;
use crate::http::Head;
use crate::record::Writes;
use crate::records::{Attempt, Fallback, PartialAnswer, Retry, RunFailure};
use crate::retry::{MAX_RETRYING_MS, MAX_WAIT_MS};

impl Run {
    /// Tries again where that is allowed, else the next model, else ends the run. Nothing is sent twice once the consumer has seen output.
    pub(super) fn fail(&mut self, mut error: Error) -> Action {
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
        // A server that says "at once" is asked no sooner than one that says nothing.
        let reported_ms = error.retry_after_ms.filter(|ms| *ms > 0);
        let delay_ms = reported_ms.unwrap_or_else(|| self.backoff.delay_ms(self.attempt));
        // A wait behind which no time is left would hide what was said by a timeout.
        let may_wait = delay_ms <= MAX_WAIT_MS && self.waited_ms + delay_ms <= MAX_RETRYING_MS && (delay_ms as f64) < self.clocks.left_ms();
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
        let retry = Retry { attempt: self.attempt, delay_ms, error };
        self.out.push(Kind::Json, 0, |text| retry.write(text));
    }

    /// Whether the attempt was paid for, or the consumer has seen of it: nothing is sent again by itself.
    pub(super) fn is_spent(&self) -> bool {
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
    pub(super) fn fall_back(&mut self, error: &Error) -> Option<Action> {
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
        let fallback = Fallback { from: &from, to: &to, error };
        self.out.push(Kind::Json, 0, |text| fallback.write(text));
        Some(self.send_or_repair())
    }

    fn note_attempt(&mut self, error: &Error) {
        let model = self.chat.model().reference.clone();
        self.note_attempt_of(&model, error);
    }

    fn note_attempt_of(&mut self, model: &str, error: &Error) {
        let reason = error.reason.unwrap_or(Reason::Unknown).as_str();
        let attempt =
            Attempt { provider: "openrouter", model, status: error.status, code: error.code.as_str(), reason, message: &error.message };
        self.attempts.push_str(if self.attempts.is_empty() { "" } else { "," });
        attempt.write(&mut self.attempts);
    }

    pub(super) fn end_with(&mut self, mut error: Error) {
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

    pub(super) fn push_failure(&mut self, error: Option<&Error>) {
        let verdict = match error.map(|error| error.code) {
            None => "aborted",
            Some(Code::Timeout) => "timeout",
            Some(Code::StreamCut) => "cut",
            Some(_) => "error",
        };
        self.answer.close();
        let failure = RunFailure { verdict, partial: PartialAnswer(&self.answer.assembler), error };
        self.out.push(Kind::Failure, 0, |text| failure.write(text));
    }
}
