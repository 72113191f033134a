//! One run, as the facade drives it.

use core::cell::RefCell;
use std::rc::Rc;

use serde::Serialize;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;
use web_sys::AbortSignal;

use super::{exchange, fetch};
use crate::config::{ClientConfig, read_headers};
use crate::credentials::clean_key;
use crate::error::Error;
use crate::http::RequestPlan;
use crate::json::Reader;
use crate::request::chat_body;
use crate::run::{Action, Run};
use crate::upstream_error::Now;

/// The handle that the facade holds. Every method takes `&self` and none calls back while the run is borrowed.
#[wasm_bindgen(js_name = "ChatSession")]
pub struct ChatSession {
    run: Rc<RefCell<Run>>,
}

#[wasm_bindgen(js_class = "ChatSession")]
impl ChatSession {
    /// Checks everything that can be checked before a request. Throws the fields of an error.
    #[wasm_bindgen(constructor)]
    pub fn new(config: &str, headers: &str, body: &str, now: f64) -> Result<ChatSession, JsValue> {
        let run = create(config, headers, body, now).map_err(|error| thrown(&error))?;
        Ok(Self { run: Rc::new(RefCell::new(run)) })
    }

    /// Whether the plan lacks an `Authorization` header.
    #[wasm_bindgen(js_name = "needsKey")]
    pub fn needs_key(&self) -> bool {
        self.run.borrow().plan().needs_key()
    }

    /// The body to send, into which the facade puts back the media that it kept to itself.
    pub fn body(&self) -> String {
        self.run.borrow().plan().body.clone()
    }

    /// Sends the request with this body. Resolves to the answer once its head is judged (then [`ChatSession::take_action`] says how it goes on);
    /// rejects with what `fetch` rejected with.
    pub fn send(&self, fetch: js_sys::Function, body: js_sys::JsString, signal: AbortSignal, key: &str, now: f64) -> js_sys::Promise {
        let key = clean_key(key);
        let run = Rc::clone(&self.run);
        let plan = {
            let mut run = run.borrow_mut();
            run.out.clear();
            run.on_send(now, &key);
            run.plan().without_body()
        };
        future_to_promise(async move {
            let response = fetch::send(&fetch, &plan, &body, &key, &signal).await?;
            Ok(response.into())
        })
    }

    /// The head of an answer; returns the [`Action`].
    #[wasm_bindgen(js_name = "onHead")]
    pub fn on_head(&self, response: web_sys::Response, now: f64) -> Result<u32, JsValue> {
        let head = fetch::head_of(&response)?;
        Ok(self.with(|run| run.on_head(now, head)))
    }

    /// The first `length` bytes of the input buffer are the next piece of the body.
    pub fn push(&self, length: u32, now: f64) -> u32 {
        self.with(|run| exchange::with_input(length as usize, |bytes| run.on_bytes(now, wall_clock(), bytes)))
    }

    /// The body ended.
    pub fn end(&self, now: f64) -> u32 {
        self.with(|run| run.on_end(now, wall_clock()))
    }

    /// No answer, or the body broke.
    pub fn fail(&self, message: &str) -> u32 {
        self.with(|run| run.on_failure(message, wall_clock()))
    }

    /// A deadline may have passed.
    pub fn tick(&self, now: f64) -> u32 {
        self.with(|run| run.on_timer(now, wall_clock()))
    }

    /// The caller gave up.
    pub fn abort(&self) -> u32 {
        self.with(|run| {
            run.on_abort();
            Action::End
        })
    }

    /// When [`ChatSession::tick`] is due, on the clock of `now`; infinite when never.
    pub fn deadline(&self) -> f64 {
        self.run.borrow().deadline()
    }

    /// The wait that [`Action::Wait`] asks for.
    #[wasm_bindgen(js_name = "waitMs")]
    pub fn wait_ms(&self) -> f64 {
        self.run.borrow().wait_ms() as f64
    }

    /// What has arrived so far, as JSON.
    pub fn partial(&self) -> String {
        self.run.borrow().partial()
    }

    fn with(&self, f: impl FnOnce(&mut Run) -> Action) -> u32 {
        let mut run = self.run.borrow_mut();
        run.out.clear();
        let action = f(&mut run);
        exchange::publish(&run.out);
        action as u32
    }
}

fn create(config: &str, headers: &str, body: &str, now: f64) -> Result<Run, Error> {
    let config = ClientConfig::parse(config)?;
    let headers = Reader::document(headers.as_bytes()).map_or(Ok(Vec::new()), read_headers)?;
    let settings = config.settings()?;
    let body = chat_body(body, config.model.as_deref())?;
    let plan = RequestPlan::chat(&config, &headers, body.text, body.streaming)?;
    let mut seed = [0; 8];
    // Jitter only; without randomness the waits are the same and nothing breaks.
    let _ = getrandom::fill(&mut seed);
    Ok(Run::new(plan, settings, now, u64::from_le_bytes(seed)))
}

/// The fields of an error as a JavaScript object. JSON-compatible: `None` is left out, maps are objects.
fn thrown(error: &Error) -> JsValue {
    error.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).unwrap_or_else(|_| JsValue::from_str(&error.message))
}

fn wall_clock() -> Now {
    Now {
        epoch_ms: js_sys::Date::now,
        parse_date: |text| {
            let epoch_ms = js_sys::Date::parse(text);
            epoch_ms.is_finite().then_some(epoch_ms)
        },
    }
}
