//! The machine behind `wait`: by scripts, and by whatever polls may come to.

use openrouter_wasm::video_job::{Event, NextStep, POLL_TIMEOUT_MS, VideoJob};

const BROKEN: Event = Event::Broken { status: 0, retry_after_ms: None };
const fn status(status: u16) -> Event {
    Event::Broken { status, retry_after_ms: None }
}

#[test]
fn it_looks_at_once_then_every_interval_and_once_more_before_the_end() {
    let mut job = VideoJob::new(1000.0, 12_000.0, 5000.0);
    assert_eq!(job.next(Event::Woken, 1000.0, 0.5), NextStep::Poll(12_000.0));
    assert_eq!(job.next(Event::Active, 1100.0, 0.5), NextStep::Wait(5000.0));
    assert_eq!(job.next(Event::Woken, 6100.0, 0.5), NextStep::Poll(6900.0));
    assert_eq!(job.next(Event::Active, 6200.0, 0.5), NextStep::Wait(5000.0));
    assert_eq!(job.next(Event::Woken, 11_200.0, 0.5), NextStep::Poll(1800.0));
    // The next one would come too late: what is left is used but for a second.
    assert_eq!(job.next(Event::Active, 11_300.0, 0.5), NextStep::Wait(1700.0));
    assert_eq!(job.next(Event::Woken, 13_000.0, 0.5), NextStep::GiveUp);
    let mut job = VideoJob::new(0.0, 8000.0, 5000.0);
    assert_eq!(job.next(Event::Active, 4000.0, 0.5), NextStep::Wait(3000.0), "a second before the end, not five behind now");
}

#[test]
fn without_a_limit_it_never_gives_up_and_a_poll_has_its_own() {
    let mut job = VideoJob::new(0.0, 0.0, 5000.0);
    assert_eq!(job.next(Event::Woken, 1e12, 0.0), NextStep::Poll(POLL_TIMEOUT_MS));
    assert_eq!(job.next(BROKEN, 1e15, 0.5), NextStep::Wait(10_000.0));
}

#[test]
fn the_jitter_spreads_clients_a_tenth_to_both_sides() {
    let mut job = VideoJob::new(0.0, 0.0, 1000.0);
    for (jitter, wait) in [(0.0, 900.0), (0.5, 1000.0), (1.0, 1100.0)] {
        assert_eq!(job.next(Event::Active, 0.0, jitter), NextStep::Wait(wait));
    }
}

#[test]
fn polls_that_fail_make_the_pauses_longer_up_to_a_minute_and_one_that_works_makes_them_short_again() {
    let mut job = VideoJob::new(0.0, 0.0, 5000.0);
    for wait in [10_000.0, 20_000.0, 40_000.0, 60_000.0, 60_000.0] {
        assert_eq!(job.next(status(502), 0.0, 0.5), NextStep::Wait(wait));
    }
    assert_eq!(job.next(Event::Active, 0.0, 0.5), NextStep::Wait(5000.0));
    assert_eq!(job.next(BROKEN, 0.0, 0.5), NextStep::Wait(10_000.0));
    let mut slow = VideoJob::new(0.0, 0.0, 300_000.0);
    assert_eq!(slow.next(BROKEN, 0.0, 0.5), NextStep::Wait(300_000.0), "an interval longer than a minute stays");
    for _ in 0..200 {
        job.next(BROKEN, 0.0, 0.5);
    }
    assert_eq!(job.next(BROKEN, 0.0, 0.5), NextStep::Wait(60_000.0));
}

#[test]
fn a_wait_that_was_told_is_kept_and_the_deadline_too() {
    let told = |ms: f64| Event::Broken { status: 429, retry_after_ms: Some(ms) };
    let mut job = VideoJob::new(0.0, 200_000.0, 5000.0);
    assert_eq!(job.next(told(90_000.0), 0.0, 0.5), NextStep::Wait(90_000.0));
    assert_eq!(job.next(told(1.0), 90_000.0, 0.5), NextStep::Wait(20_000.0), "a shorter one changes nothing");
    assert_eq!(
        job.next(told(500_000.0), 110_000.0, 0.5),
        NextStep::Wait(90_000.0),
        "not asked again before its time, nor behind the deadline"
    );
    assert_eq!(job.next(Event::Woken, 200_000.0, 0.5), NextStep::GiveUp);
}

#[test]
fn refusals_are_an_answer_when_they_are_repeated_and_gone_is_one_at_once() {
    assert_eq!(VideoJob::new(0.0, 0.0, 5.0).next(status(410), 0.0, 0.5), NextStep::Refused);
    for refused in [401, 403, 404, 400, 422] {
        let mut job = VideoJob::new(0.0, 0.0, 5.0);
        assert!(matches!(job.next(status(refused), 0.0, 0.5), NextStep::Wait(_)), "{refused}");
        assert!(matches!(job.next(status(refused), 0.0, 0.5), NextStep::Wait(_)));
        assert_eq!(job.next(status(refused), 0.0, 0.5), NextStep::Refused);
        // One that works in between, or a failure of another kind, begins anew.
        for between in [Event::Active, status(503), BROKEN, status(429)] {
            let mut job = VideoJob::new(0.0, 0.0, 5.0);
            for event in [status(refused), status(refused), between, status(refused), status(refused)] {
                assert!(matches!(job.next(event, 0.0, 0.5), NextStep::Wait(_)));
            }
        }
    }
    let mut job = VideoJob::new(0.0, 0.0, 5.0);
    for later in [408, 409, 425, 429, 500, 502, 503, 504, 529, 0, 200, 302] {
        assert!(matches!(job.next(status(later), 0.0, 0.5), NextStep::Wait(_)), "{later}");
    }
}

#[test]
fn what_a_poll_found_counts_behind_the_deadline_too() {
    let mut job = VideoJob::new(0.0, 10.0, 5.0);
    assert_eq!(job.next(Event::Completed, 11.0, 0.5), NextStep::Done);
    assert_eq!(job.next(Event::Failed, 11.0, 0.5), NextStep::Failed);
    assert_eq!(job.next(Event::Active, 10.0, 0.5), NextStep::GiveUp);
    assert_eq!(job.next(BROKEN, 10.0, 0.5), NextStep::GiveUp);
}

/// Small, and the same everywhere.
struct Dice(u64);

impl Dice {
    /// From 0 to 1.
    fn part(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    fn outcome(&mut self) -> Event {
        let retry_after_ms = (self.part() < 0.3).then(|| self.part() * 400_000.0);
        match self.part() {
            part if part < 0.45 => Event::Active,
            part if part < 0.47 => Event::Completed,
            part if part < 0.49 => Event::Failed,
            part if part < 0.7 => Event::Broken { status: 0, retry_after_ms },
            _ => Event::Broken { status: 200 + (self.part() * 400.0) as u16, retry_after_ms },
        }
    }
}

/// Whatever polls come to, and however long they take: it ends by the deadline, polls only before it, and gives up only behind it.
#[test]
fn it_never_gives_up_early_and_never_polls_late() {
    let mut ends = [0; 4];
    for seed in 1..20_000u64 {
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let timeout = if seed % 10 == 0 { 0.0 } else { 1.0 + dice.part() * 700_000.0 };
        let interval = 1.0 + dice.part() * if seed % 3 == 0 { 120_000.0 } else { 9000.0 };
        let mut job = VideoJob::new(500.0, timeout, interval);
        let (deadline, mut now, mut polls) = (job.deadline_ms, 500.0, 0);
        let end = loop {
            match job.next(Event::Woken, now, dice.part()) {
                NextStep::Poll(limit) => {
                    assert!(
                        now < deadline && limit > 0.0 && limit <= POLL_TIMEOUT_MS && now + limit <= deadline + 1e-6,
                        "{seed}: {limit} at {now}"
                    );
                    now += limit * dice.part();
                    polls += 1;
                }
                NextStep::GiveUp => {
                    assert!(now >= deadline && polls > 0, "{seed}: at {now} of {deadline}");
                    break 0;
                }
                other => panic!("{seed}: {other:?} on waking"),
            }
            let outcome = dice.outcome();
            match job.next(outcome, now, dice.part()) {
                NextStep::Wait(ms) => {
                    assert!(ms >= 0.0 && ms.is_finite() && now + ms <= deadline + 1e-6, "{seed}: {ms} at {now} of {deadline}");
                    assert!(!matches!(outcome, Event::Completed | Event::Failed), "{seed}");
                    if let Event::Broken { retry_after_ms: Some(told), .. } = outcome {
                        assert!(ms >= told.min(deadline - now) - 1e-6, "{seed}: asked after {ms}, told {told}");
                    }
                    now = if ms >= deadline - now { deadline } else { now + ms };
                }
                NextStep::Done => {
                    assert_eq!(outcome, Event::Completed, "{seed}");
                    break 1;
                }
                NextStep::Failed => {
                    assert_eq!(outcome, Event::Failed, "{seed}");
                    break 2;
                }
                NextStep::Refused => {
                    assert!(matches!(outcome, Event::Broken { status: 400..=499, .. }), "{seed}: {outcome:?}");
                    break 3;
                }
                NextStep::GiveUp => {
                    assert!(now >= deadline, "{seed}");
                    break 0;
                }
                NextStep::Poll(_) => panic!("{seed}: a poll without a pause"),
            }
        };
        ends[end] += 1;
    }
    assert!(ends.iter().all(|count| *count > 100), "every end is met: {ends:?}");
}
