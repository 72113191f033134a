//! The clocks of one attempt. Time comes in from outside; the core has none.

use crate::limits::Timeouts;

/// Which limit passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expired {
    /// [`Timeouts::total_ms`]
    Total,
    /// [`Timeouts::first_token_ms`]
    FirstToken,
    /// [`Timeouts::progress_ms`]
    Progress,
    /// [`Timeouts::idle_ms`]
    Idle,
}

/// The running clocks.
#[derive(Debug)]
pub struct Clocks {
    limits: Timeouts,
    started: f64,
    attempt_started: f64,
    last_byte: f64,
    last_data: f64,
    has_output: bool,
    /// Before the answer's head nothing can arrive, and an answer that is not streamed sends it only when it is whole.
    reading: bool,
    /// Between two attempts only the total runs.
    between_attempts: bool,
    /// When nothing more is waited for; infinite while the answer goes on.
    goodbye: f64,
}

/// How long is waited for the bill of an answer that has told its error, in milliseconds.
const GOODBYE_MS: f64 = 1000.0;

impl Clocks {
    /// Starts the total; the others start with the first attempt.
    pub fn new(limits: Timeouts, now: f64) -> Self {
        Self {
            limits,
            started: now,
            attempt_started: now,
            last_byte: now,
            last_data: now,
            has_output: false,
            reading: false,
            between_attempts: true,
            goodbye: f64::INFINITY,
        }
    }

    /// Ends an attempt: nothing is expected before the next one.
    pub fn end_attempt(&mut self) {
        self.between_attempts = true;
    }

    /// Starts the clocks of the next attempt; the total one goes on. `streaming`: silence before the head counts as silence.
    pub fn start_attempt(&mut self, now: f64, streaming: bool) {
        (self.attempt_started, self.last_byte, self.last_data) = (now, now, now);
        self.has_output = false;
        self.reading = streaming;
        self.between_attempts = false;
        self.goodbye = f64::INFINITY;
    }

    /// The answer has said how it ends; what may follow comes soon.
    pub fn on_goodbye(&mut self, now: f64) {
        self.goodbye = self.goodbye.min(now + GOODBYE_MS);
    }

    /// The head of an answer, or any bytes.
    #[inline]
    pub fn on_bytes(&mut self, now: f64) {
        self.last_byte = now;
        self.reading = true;
    }

    /// Data: an event that is no comment.
    #[inline]
    pub fn on_data(&mut self, now: f64) {
        self.last_data = now;
    }

    /// The first output ends the first-token clock.
    #[inline]
    pub fn on_output(&mut self) {
        self.has_output = true;
    }

    /// What is left of the total since the last byte, or the send; infinite without a limit.
    pub fn left_ms(&self) -> f64 {
        self.limits.total_ms.map_or(f64::INFINITY, |total| self.started + total - self.last_byte)
    }

    /// The earliest moment at which a limit passes; infinite when there is none.
    pub fn deadline(&self) -> f64 {
        self.limits().iter().map(|(at, _)| *at).fold(f64::INFINITY, f64::min)
    }

    /// The limit that has passed, with its length in milliseconds.
    pub fn expired(&self, now: f64) -> Option<(Expired, f64)> {
        let limit = |which| match which {
            Expired::Total => self.limits.total_ms,
            Expired::FirstToken => self.limits.first_token_ms,
            Expired::Progress => self.limits.progress_ms,
            Expired::Idle => self.limits.idle_ms,
        };
        self.limits().into_iter().find(|(at, _)| now >= *at).map(|(_, which)| (which, limit(which).unwrap_or(0.0)))
    }

    fn limits(&self) -> [(f64, Expired); 4] {
        let at = |start: f64, limit: Option<f64>| limit.map_or(f64::INFINITY, |limit| start + limit);
        let unless = |off: bool, at: f64| if off { f64::INFINITY } else { at };
        [
            (at(self.started, self.limits.total_ms), Expired::Total),
            (unless(self.between_attempts || !self.reading, at(self.last_byte, self.limits.idle_ms).min(self.goodbye)), Expired::Idle),
            (unless(self.between_attempts || self.has_output, at(self.attempt_started, self.limits.first_token_ms)), Expired::FirstToken),
            (unless(self.between_attempts, at(self.last_data, self.limits.progress_ms)), Expired::Progress),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Timeouts = Timeouts { total_ms: Some(1000.0), first_token_ms: Some(500.0), progress_ms: Some(300.0), idle_ms: Some(100.0) };

    #[test]
    fn a_comment_feeds_the_first_clock_only() {
        let mut clocks = Clocks::new(ALL, 0.0);
        clocks.start_attempt(0.0, true);
        for now in [90.0, 180.0, 270.0] {
            assert_eq!(clocks.expired(now), None);
            clocks.on_bytes(now);
        }
        assert_eq!(clocks.deadline(), 300.0);
        assert_eq!(clocks.expired(300.0), Some((Expired::Progress, 300.0)));
    }

    #[test]
    fn each_limit_passes_at_its_time() {
        let mut clocks = Clocks::new(ALL, 0.0);
        clocks.start_attempt(0.0, true);
        assert_eq!(clocks.expired(100.0), Some((Expired::Idle, 100.0)));
        for now in [99.0, 198.0, 297.0, 396.0, 495.0] {
            clocks.on_bytes(now);
            clocks.on_data(now);
        }
        assert_eq!(clocks.expired(500.0), Some((Expired::FirstToken, 500.0)));
        clocks.on_output();
        assert_eq!(clocks.expired(500.0), None);
        clocks.start_attempt(950.0, true);
        assert_eq!(clocks.expired(1000.0), Some((Expired::Total, 1000.0)), "attempts share the total");
    }

    #[test]
    fn an_answer_that_is_not_streamed_may_be_silent_before_its_head() {
        let mut clocks = Clocks::new(ALL, 0.0);
        clocks.start_attempt(0.0, false);
        assert_eq!(clocks.deadline(), 300.0);
        clocks.end_attempt();
        assert_eq!(clocks.deadline(), 1000.0, "between two attempts only the total runs");
        let off = Timeouts { total_ms: None, first_token_ms: None, progress_ms: None, idle_ms: None };
        assert_eq!(Clocks::new(off, 0.0).deadline(), f64::INFINITY);
    }
}
