//! Videos. What is sent and read goes by [`openrouter_wasm::video`]; the next step of a wait by [`openrouter_wasm::video_job`]. What is
//! refused is thrown as an error's fields.

use wasm_bindgen::prelude::*;

use openrouter_wasm::config::ClientConfig;
use openrouter_wasm::video::{self, JobAnswer};
use openrouter_wasm::{address, video_job, video_models};
use openrouter_web::thrown::{text as given, wall_clock};

/// See [`video::plan_submit`].
#[wasm_bindgen(js_name = "videoSubmit", unchecked_return_type = "contract.Json<contract.VideoSubmitPlan>")]
pub fn video_submit(config: &str, request: &str) -> Result<String, JsValue> {
    given(ClientConfig::parse(config).and_then(|config| video::plan_submit(&config, request)))
}

/// See [`video::plan_reads`].
#[wasm_bindgen(js_name = "videoReads", unchecked_return_type = "contract.Json<contract.VideoReadPlan>")]
pub fn video_reads(config: &str, headers: &str) -> Result<String, JsValue> {
    given(ClientConfig::parse(config).and_then(|config| video::plan_reads(&config, headers)))
}

/// See [`video::read_answer`].
#[wasm_bindgen(js_name = "videoAnswer", unchecked_return_type = "contract.Json<contract.VideoAnswer | contract.VideoProblem>")]
pub fn video_answer(is_submit: bool, body: &str, key: &str) -> Result<String, JsValue> {
    let kind = if is_submit { JobAnswer::Submit } else { JobAnswer::Poll };
    given(video::read_answer(kind, body, key, wall_clock()))
}

/// See [`video_models::video_models`].
#[wasm_bindgen(js_name = "videoModels", unchecked_return_type = "contract.Json<contract.VideoModel[]>")]
pub fn video_models(answer: &str) -> Result<String, JsValue> {
    given(video_models::video_models(answer.as_bytes()))
}

/// See [`address::problem_of`].
#[wasm_bindgen(js_name = "targetProblem")]
pub fn target_problem(scheme: &str, host: &str, base_host: &str) -> Option<String> {
    address::problem_of(scheme, host, base_host).map(str::to_owned)
}

/// See [`video_job::next_step`].
#[wasm_bindgen(js_name = "videoNext", unchecked_return_type = "contract.Json<contract.VideoStep>")]
pub fn video_next(#[wasm_bindgen(unchecked_param_type = "contract.Json<contract.VideoWait>")] wait: &str) -> Result<String, JsValue> {
    given(video_job::next_step(wait))
}
