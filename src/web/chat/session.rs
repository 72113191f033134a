//! One run, as the facade drives it.

use core::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use crate::exchange;
use openrouter_wasm::chat::{Chat, Request};
use openrouter_wasm::config::{ClientConfig, read_headers};
use openrouter_wasm::credentials::clean_key;
use openrouter_wasm::error::Error;
use openrouter_wasm::event::Batch;
use openrouter_wasm::http::HeaderFields;
use openrouter_wasm::http::described::{DescribedRequest, Outside, RequestNotes};
use openrouter_wasm::json::Reader;
use openrouter_wasm::record::{Reads, Writes};
use openrouter_wasm::redact::redact;
use openrouter_wasm::run::{Action, Run};
use openrouter_web::fetch;
use openrouter_web::thrown::thrown;

/// The handle that the facade holds. Every method takes `&self` and none calls back while the run is borrowed.
#[wasm_bindgen(js_name = "ChatSession")]
pub struct ChatSession {
    run: Rc<RefCell<Run>>,
}

#[wasm_bindgen(js_class = "ChatSession")]
impl ChatSession {
    /// Checks everything that can be checked before a request. Throws the fields of an error. `outside` tells what
    /// is kept outside (`{textChars, isForeign?}`); `seed`, from 0 to 1, spreads the waits of clients apart, and nothing else is drawn from it.
    #[wasm_bindgen(constructor)]
    pub fn new(config: &str, headers: &str, body: String, outside: &str, now: f64, seed: f64) -> Result<ChatSession, JsValue> {
        let chat = chat_of(config, headers, body, outside).map_err(|error| thrown(&error))?;
        let run = Run::new(chat, now, seed.to_bits());
        exchange::publish_deadline(run.deadline());
        Ok(Self { run: Rc::new(RefCell::new(run)) })
    }

    /// What is sent next, as a batch of five texts: `{model, pricing?, outputLimit?, needsKey, isFresh}`, the head of the body, the messages that were
    /// prepared since the last call and will not change any more, those that still may, the tail. The facade puts back the texts and the
    /// media that it kept to itself, and keeps the stable messages; `isFresh` tells that they begin anew. Returns [`Action::Repair`] and no
    /// text while a repair is due, else [`Action::Send`].
    #[wasm_bindgen(js_name = "nextSend", unchecked_return_type = "contract.Action")]
    pub fn next_send(&self) -> u32 {
        self.with(Run::next_send)
    }

    /// The request but its body. Keys in headers are masked unless they are to be sent.
    #[wasm_bindgen(unchecked_return_type = "contract.Json<contract.DescribedRequest>")]
    pub fn describe(&self, masked: bool) -> String {
        let mut run = self.run.borrow_mut();
        let (plan, chat) = (run.plan().clone(), run.chat());
        let own_key = plan.own_key();
        let shown = |(name, value): &(String, String)| {
            let is_key = name.eq_ignore_ascii_case("authorization");
            (name.clone(), if is_key { "[redacted]".to_owned() } else { redact(value, own_key) })
        };
        let headers: Vec<_> = if masked { plan.headers.iter().map(shown).collect() } else { plan.headers.clone() };
        let (changes, warnings) = chat.notes();
        let described = DescribedRequest {
            method: "POST",
            url: &plan.url,
            headers: HeaderFields(&headers),
            needs_key: plan.needs_key(),
            model: &chat.model().reference,
            changes,
            warnings,
        };
        described.to_json()
    }

    /// What was changed in the request so far, and what is odd about it.
    #[wasm_bindgen(unchecked_return_type = "contract.Json<contract.RequestNotes>")]
    pub fn notes(&self) -> String {
        let mut run = self.run.borrow_mut();
        let chat = run.chat();
        let (changes, warnings) = chat.notes();
        RequestNotes { model: &chat.model().reference, changes, warnings }.to_json()
    }

    /// Adds a warning of the budget.
    pub fn warn(&self, reason: String) {
        self.run.borrow_mut().chat().warn("budget", "budget", reason);
    }

    /// The budget does not allow what is next: ends the run with this error, the fields as JSON; returns the [`Action`].
    #[wasm_bindgen(unchecked_return_type = "contract.Action")]
    pub fn refuse(&self, error: &str) -> u32 {
        self.with(|run| run.refuse(error))
    }

    /// How long the answer on its way is by now.
    #[wasm_bindgen(js_name = "outputBytes")]
    pub fn output_bytes(&self) -> f64 {
        self.run.borrow().output_bytes() as f64
    }

    /// What the transcript engine is asked when the action is [`Action::Repair`].
    /// Bytes: it may be megabytes, and JavaScript hands it on unread.
    #[wasm_bindgen(js_name = "repairRequest")]
    pub fn repair_request(&self) -> Vec<u8> {
        self.run.borrow_mut().chat().repair().unwrap_or_default().as_bytes().to_vec()
    }

    /// What it answered; returns the [`Action`].
    #[wasm_bindgen(unchecked_return_type = "contract.Action")]
    pub fn repaired(&self, answer: &[u8]) -> u32 {
        self.with(|run| run.repaired(core::str::from_utf8(answer).unwrap_or_default()))
    }

    /// What the transcript engine's `readError` is asked when the action is [`Action::ReadError`].
    #[wasm_bindgen(js_name = "unreadError")]
    pub fn unread_error(&self) -> String {
        self.run.borrow().unread_error()
    }

    /// What it answered, or nothing when it cannot be asked; returns the [`Action`].
    #[wasm_bindgen(js_name = "errorRead", unchecked_return_type = "contract.Action")]
    pub fn error_read(&self, error: &str) -> u32 {
        self.with(|run| run.error_read(error))
    }

    /// The tools have run: goes on with the answer and their results, a JSON array of messages.
    #[wasm_bindgen(unchecked_return_type = "contract.Action")]
    pub fn resume(&self, messages: &str, outside: &str, stop: bool) -> u32 {
        let chars = text_chars(&Outside::parse(outside));
        self.with(|run| {
            run.chat().set_text_chars(chars);
            run.resume(messages, stop)
        })
    }

    /// Goes on with another request, described as for the constructor; throws as that does. Returns the [`Action`].
    #[wasm_bindgen(js_name = "goOnWith", unchecked_return_type = "contract.Action")]
    pub fn go_on_with(&self, config: &str, headers: &str, body: String, outside: &str) -> Result<u32, JsValue> {
        let chat = chat_of(config, headers, body, outside).map_err(|error| thrown(&error))?;
        Ok(self.with(|run| run.go_on_with(chat)))
    }

    /// Sends the request with this body: gives or throws what `fetch` does.
    pub fn send(&self, fetch: js_sys::Function, body: &JsValue, signal: AbortSignal, key: &str, now: f64) -> Result<JsValue, JsValue> {
        let key = clean_key(key);
        let (plan, deadline) = {
            let mut run = self.run.borrow_mut();
            // The body's pieces are JavaScript's by now; what they took here is of use to nobody else.
            run.out = Batch::default();
            run.on_send(now, &key);
            (run.plan().clone(), run.deadline())
        };
        let sent = fetch::send(&fetch, &plan, body, &key, &signal);
        // Behind it: a `fetch` of the caller's may have called another session.
        exchange::publish_deadline(deadline);
        sent
    }

    /// The head of an answer; returns the [`Action`].
    #[wasm_bindgen(js_name = "onHead", unchecked_return_type = "contract.Action")]
    pub fn on_head(&self, response: web_sys::Response, now: f64) -> Result<u32, JsValue> {
        let head = fetch::head_of(&response)?;
        Ok(self.with(|run| run.on_head(now, head)))
    }

    /// The first `length` bytes of the input buffer are the next piece of the body; `kept`: none is, and by now so many are kept (see [`Action::Keep`]). No
    /// deadline is told: bytes only ever move it away.
    #[wasm_bindgen(unchecked_return_type = "contract.Action")]
    pub fn push(&self, length: u32, now: f64, kept: u32) -> u32 {
        let mut run = self.run.borrow_mut();
        run.out.clear();
        if kept > 0 {
            run.keep(kept as usize);
        }
        let action = exchange::with_input(length as usize, |bytes| run.on_bytes(now, bytes));
        exchange::publish(&run.out);
        action as u32
    }

    /// The body ended.
    #[wasm_bindgen(unchecked_return_type = "contract.Action")]
    pub fn end(&self) -> u32 {
        self.with(|run| run.on_end())
    }

    /// No answer, or the body broke.
    #[wasm_bindgen(unchecked_return_type = "contract.Action")]
    pub fn fail(&self, message: &str) -> u32 {
        self.with(|run| run.on_failure(message))
    }

    /// A deadline may have passed.
    #[wasm_bindgen(unchecked_return_type = "contract.Action")]
    pub fn tick(&self, now: f64) -> u32 {
        self.with(|run| run.on_timer(now))
    }

    /// The caller gave up.
    pub fn abort(&self) -> u32 {
        self.with(|run| {
            run.on_abort();
            Action::End
        })
    }

    /// What has arrived so far, as JSON.
    #[wasm_bindgen(unchecked_return_type = "contract.Json<contract.Partial>")]
    pub fn partial(&self) -> String {
        self.run.borrow().partial()
    }

    fn with(&self, f: impl FnOnce(&mut Run) -> Action) -> u32 {
        let mut run = self.run.borrow_mut();
        run.out.clear();
        let action = f(&mut run);
        exchange::publish(&run.out);
        exchange::publish_deadline(run.deadline());
        action as u32
    }
}

fn chat_of(config: &str, headers: &str, body: String, outside: &str) -> Result<Chat, Error> {
    let config = ClientConfig::parse(config)?;
    let headers = Reader::document(headers.as_bytes()).map_or(Ok(Vec::new()), read_headers)?;
    let outside = Outside::parse(outside);
    let is_foreign = outside.as_ref().is_some_and(|outside| outside.is_foreign);
    Chat::new(config, Request { text: body, headers, text_chars: text_chars(&outside), is_foreign })
}

fn text_chars(outside: &Option<Outside>) -> u64 {
    outside.as_ref().and_then(|outside| outside.text_chars).unwrap_or(0)
}
