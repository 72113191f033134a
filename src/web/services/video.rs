//! Films. What is sent and read goes by [`openrouter_wasm::video`]; the next step of a wait by [`openrouter_wasm::video_job`].

use wasm_bindgen::prelude::*;

use crate::thrown::thrown;
use openrouter_wasm::config::ClientConfig;
use openrouter_wasm::video::{self, Answer};
use openrouter_wasm::video_job::{Action, Event, VideoJob};
use openrouter_wasm::{address, video_models};

/// See [`video::plan_submit`]. Throws the fields of an error.
#[wasm_bindgen(js_name = "videoSubmit")]
pub fn video_submit(config: &str, request: &str) -> Result<String, JsValue> {
    ClientConfig::parse(config).and_then(|config| video::plan_submit(&config, request)).map_err(|error| thrown(&error))
}

/// See [`video::plan_reads`]. Throws the fields of an error.
#[wasm_bindgen(js_name = "videoReads")]
pub fn video_reads(config: &str, headers: &str) -> Result<String, JsValue> {
    ClientConfig::parse(config).and_then(|config| video::plan_reads(&config, headers)).map_err(|error| thrown(&error))
}

/// See [`video::read_answer`].
#[wasm_bindgen(js_name = "videoAnswer")]
pub fn video_answer(is_submit: bool, body: &str) -> String {
    video::read_answer(if is_submit { Answer::Submit } else { Answer::Poll }, body)
}

/// See [`video_models::video_models`]. Throws the fields of an error.
#[wasm_bindgen(js_name = "videoModels")]
pub fn video_models(answer: &str) -> Result<String, JsValue> {
    video_models::video_models(answer.as_bytes()).map_err(|error| thrown(&error))
}

/// See [`address::problem_of`].
#[wasm_bindgen(js_name = "targetProblem")]
pub fn target_problem(scheme: &str, host: &str, base_host: &str) -> Option<String> {
    address::problem_of(scheme, host, base_host).map(str::to_owned)
}

/// See [`VideoJob::next`]. `job` is `[deadlineMs, intervalMs, failures, denials]`; `event` 0 woken, 1 active, 2 completed, 3 failed, 4 broken.
/// Gives the job as it is now and behind it the action (0 poll, 1 wait, 2 done, 3 failed, 4 give up, 5 refused) and its milliseconds.
#[wasm_bindgen(js_name = "videoNext")]
pub fn video_next(job: &[f64], event: u32, status: u32, retry_after_ms: Option<f64>, now_ms: f64, jitter: f64) -> Vec<f64> {
    let at = |index: usize| job.get(index).copied().unwrap_or(0.0);
    let mut job = VideoJob { deadline_ms: at(0), interval_ms: at(1), failures: at(2) as u32, denials: at(3) as u32 };
    let event = match event {
        0 => Event::Woken,
        1 => Event::Active,
        2 => Event::Completed,
        3 => Event::Failed,
        _ => Event::Broken { status: status as u16, retry_after_ms },
    };
    let (action, ms) = match job.next(event, now_ms, jitter) {
        Action::Poll(ms) => (0.0, ms),
        Action::Wait(ms) => (1.0, ms),
        Action::Done => (2.0, 0.0),
        Action::Failed => (3.0, 0.0),
        Action::GiveUp => (4.0, 0.0),
        Action::Refused => (5.0, 0.0),
    };
    vec![job.deadline_ms, job.interval_ms, f64::from(job.failures), f64::from(job.denials), action, ms]
}
