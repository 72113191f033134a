//! What to do next about a video that is being made: as data, without a clock and without a connection.
//!
//! A job is paid for when it is accepted. So nothing that goes wrong on the way to its state is taken for its end: polls that fail and
//! statuses that nobody knows are waited on, up to the caller's own limit.

/// No single poll is waited for longer (media 2.2).
pub const POLL_TIMEOUT_MS: f64 = 60_000.0;
/// Between polls that fail; a longer `interval_ms` is kept.
pub const LONGEST_PAUSE_MS: f64 = 60_000.0;
/// A timer takes no more: it would fire at once.
const LONGEST_TIMER_MS: f64 = 2_147_483_647.0;
/// A key that is being replaced, a job that a replica does not know yet: so many refusals in a row are an answer.
const DENIALS: u32 = 3;

use crate::error::Error;
use crate::record::{Reads, Writes};

openrouter_wire::numbered! {
    /// What happened to a job, as it crosses: an [`Event`].
    pub enum VideoEvent {
        /// [`Event::Woken`].
        Woken = 0,
        /// [`Event::Active`].
        Active = 1,
        /// [`Event::Completed`].
        Completed = 2,
        /// [`Event::Failed`].
        Failed = 3,
        /// [`Event::Broken`].
        Broken = 4,
    }
}

openrouter_wire::numbered! {
    /// What is to be done about a job, as it crosses: an [`NextStep`].
    pub enum VideoAction {
        /// [`NextStep::Poll`].
        Poll = 0,
        /// [`NextStep::Wait`].
        Wait = 1,
        /// [`NextStep::Done`].
        Done = 2,
        /// [`NextStep::Failed`].
        Failed = 3,
        /// [`NextStep::GiveUp`].
        GiveUp = 4,
        /// [`NextStep::Refused`].
        Refused = 5,
    }
}

openrouter_wire::record! {
    /// A wait, and what happened.
    pub struct VideoWait: reads {
        /// When waiting ends, on the clock of `nowMs`; left out for never.
        deadline_ms: Option<f64>,
        /// Between two polls.
        interval_ms: f64,
        /// Polls that failed in a row.
        failures: u32,
        /// Of these, how many in a row were refused.
        denials: u32,
        event: VideoEvent,
        /// HTTP status of a poll that failed.
        status: Option<u32>,
        /// The wait that it told.
        retry_after_ms: Option<f64>,
        now_ms: f64,
        /// From 0 to 1: spreads clients apart.
        jitter: f64,
    }
}

openrouter_wire::record! {
    /// The next step of a wait.
    pub struct VideoStep: writes {
        action: VideoAction,
        /// Of a poll, how long it may take; of a pause, how long it is. Whole: a timer takes no parts.
        ms: u64,
        failures: u32,
        denials: u32,
    }
}

/// The [`VideoStep`] behind a [`VideoWait`].
pub fn next_step(wait: &str) -> Result<String, Error> {
    let wait = VideoWait::parse(wait).ok_or_else(|| Error::invalid("wait", "cannot be read"))?;
    let VideoWait { interval_ms, failures, denials, .. } = wait;
    let mut job = VideoJob { deadline_ms: wait.deadline_ms.unwrap_or(f64::INFINITY), interval_ms, failures, denials };
    let event = match wait.event {
        VideoEvent::Woken => Event::Woken,
        VideoEvent::Active => Event::Active,
        VideoEvent::Completed => Event::Completed,
        VideoEvent::Failed => Event::Failed,
        VideoEvent::Broken => Event::Broken { status: wait.status.unwrap_or(0) as u16, retry_after_ms: wait.retry_after_ms },
    };
    let (action, ms) = match job.next(event, wait.now_ms, wait.jitter) {
        NextStep::Poll(ms) => (VideoAction::Poll, ms),
        NextStep::Wait(ms) => (VideoAction::Wait, ms),
        NextStep::Done => (VideoAction::Done, 0.0),
        NextStep::Failed => (VideoAction::Failed, 0.0),
        NextStep::GiveUp => (VideoAction::GiveUp, 0.0),
        NextStep::Refused => (VideoAction::Refused, 0.0),
    };
    Ok(VideoStep { action, ms: ms.ceil() as u64, failures: job.failures, denials: job.denials }.to_json())
}

/// The state of one wait. Plain numbers: it lives with the caller, so that an engine that is replaced takes no job with it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VideoJob {
    /// When waiting ends; infinite for never. On the clock of `now_ms`.
    pub deadline_ms: f64,
    /// Between two polls.
    pub interval_ms: f64,
    /// Polls that failed in a row.
    pub failures: u32,
    /// Of these, how many in a row were refused.
    pub denials: u32,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Event {
    /// Waiting begins, or a pause is over.
    Woken,
    /// A poll says that it goes on, or says something that nobody knows.
    Active,
    /// A poll says that the video is there.
    Completed,
    /// A poll says that there will be none.
    Failed,
    /// A poll failed: by its HTTP status, or without one, and the wait that it told.
    Broken {
        /// HTTP status; 0 for none.
        status: u16,
        /// Milliseconds.
        retry_after_ms: Option<f64>,
    },
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum NextStep {
    /// Poll, for so many milliseconds at most.
    Poll(f64),
    /// Nothing for so many milliseconds.
    Wait(f64),
    /// The video is there.
    Done,
    /// There will be none.
    Failed,
    /// The deadline passed.
    GiveUp,
    /// The poll's own error is the answer: asking again gives the same.
    Refused,
}

impl VideoJob {
    /// A wait that begins now. `timeout_ms` 0: no limit.
    pub fn new(now_ms: f64, timeout_ms: f64, interval_ms: f64) -> Self {
        let deadline_ms = if timeout_ms > 0.0 { now_ms + timeout_ms } else { f64::INFINITY };
        Self { deadline_ms, interval_ms: interval_ms.max(0.0), failures: 0, denials: 0 }
    }

    /// The next step; `jitter` from 0 to 1 spreads clients apart.
    pub fn next(&mut self, event: Event, now_ms: f64, jitter: f64) -> NextStep {
        let left_ms = self.deadline_ms - now_ms;
        match event {
            Event::Completed => NextStep::Done,
            Event::Failed => NextStep::Failed,
            _ if left_ms <= 0.0 => NextStep::GiveUp,
            Event::Woken => NextStep::Poll(left_ms.min(POLL_TIMEOUT_MS)),
            Event::Active => {
                (self.failures, self.denials) = (0, 0);
                self.pause(self.interval_ms * (0.9 + 0.2 * jitter), left_ms, 0.0)
            }
            Event::Broken { status, retry_after_ms } => self.broken(status, retry_after_ms, left_ms, jitter),
        }
    }

    fn broken(&mut self, status: u16, retry_after_ms: Option<f64>, left_ms: f64, jitter: f64) -> NextStep {
        self.failures = self.failures.saturating_add(1);
        // 408, 409, 425, 429 say "later"; 410 says "never again"; any other 4xx is about the request, and may be about this moment.
        self.denials = if matches!(status, 400..=499) && !matches!(status, 408 | 409 | 425 | 429) { self.denials + 1 } else { 0 };
        if status == 410 || self.denials >= DENIALS {
            return NextStep::Refused;
        }
        let base = self.interval_ms.max(1.0) * f64::from(1u32 << self.failures.min(16));
        let own = base.min(LONGEST_PAUSE_MS.max(self.interval_ms)) * (0.75 + 0.5 * jitter);
        let told = retry_after_ms.unwrap_or(0.0);
        self.pause(own.max(told), left_ms, told)
    }

    /// A pause that would end behind the deadline ends a little before it, once: a video that was ready by then is not missed. A wait that
    /// was told is not cut short: to ask sooner is to be refused again.
    fn pause(&self, pause_ms: f64, left_ms: f64, reported_ms: f64) -> NextStep {
        let last_ms = (self.interval_ms / 2.0).min(1000.0);
        let pause_ms = if pause_ms < left_ms {
            pause_ms
        } else if left_ms > 2.0 * last_ms && left_ms - last_ms >= reported_ms {
            left_ms - last_ms
        } else {
            left_ms
        };
        NextStep::Wait(pause_ms.min(LONGEST_TIMER_MS))
    }
}
