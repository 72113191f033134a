//! The budget of a run, asked by the facade before every send, at every piece of an answer and after it.

use core::cell::RefCell;

use openrouter_wasm::budget::{Admission, Guard, GuardedSend, Outgoing, over};
use openrouter_wasm::cost::BookedStep;
use openrouter_wasm::record::{Reads, Writes};
use openrouter_wasm::usd::Usd;
use wasm_bindgen::prelude::*;

/// The guard of one run: see [`Guard`]. It stands here and not in the engine of a chat, which without a budget has no use for it.
#[wasm_bindgen]
#[derive(Debug)]
pub struct BudgetGuard {
    guard: RefCell<Guard>,
}

#[wasm_bindgen]
impl BudgetGuard {
    /// Of a [`BudgetLimits`](openrouter_wasm::budget::BudgetLimits). Limits that cannot be read allow nothing.
    #[wasm_bindgen(constructor)]
    pub fn new(budget: &str) -> Self {
        let guard = Guard::read(budget).unwrap_or_else(Guard::closed);
        Self { guard: RefCell::new(guard) }
    }

    /// Whether a [`GuardedSend`] may go out. A send that cannot be read may not.
    #[wasm_bindgen(unchecked_return_type = "contract.Json<contract.Admission>")]
    pub fn admit(&self, send: &str) -> String {
        let answer = read(send, |send| self.guard.borrow_mut().admit(send));
        let answer = answer.unwrap_or_else(|| Err(over("the guard of the budget cannot read what it is asked".to_owned())));
        let admission = match answer {
            Ok(warning) => Admission { error: None, warning },
            Err(error) => Admission { error: Some(error), warning: None },
        };
        admission.to_json()
    }

    /// What is odd about a request that has not gone out yet; see [`Guard::forecast`].
    pub fn forecast(&self, send: &str, most_tokens: Option<f64>) -> Option<String> {
        read(send, |send| self.guard.borrow().forecast(send, most_tokens.map(|tokens| tokens as u64))).flatten()
    }

    /// The error of an answer that is so long by now and has come to more than there is.
    #[wasm_bindgen(unchecked_return_type = "contract.Json<contract.CrossedError> | undefined")]
    pub fn check(&self, output_bytes: f64) -> Option<String> {
        self.guard.borrow().check(output_bytes as u64).map(|error| error.to_json())
    }

    /// The answer is over: the [`BookedStep`] that it is; see [`Guard::settle`].
    pub fn settle(&self, step: &str) {
        self.guard.borrow_mut().settle(BookedStep::parse(step).as_ref());
    }

    /// The attempt came to nothing that is billed.
    pub fn release(&self) {
        self.guard.borrow_mut().release();
    }

    /// The amount that is held for the answer, or its cost, goes by the prices of this model.
    pub fn reprice(&self, model: &str, pricing: &str) {
        self.guard.borrow_mut().reprice(model, pricing);
    }

    /// What the client's other runs have spent or hold, in 10^-12 USD.
    #[wasm_bindgen(js_name = "setOthers")]
    pub fn set_others(&self, pico: f64) {
        self.guard.borrow_mut().set_others(Usd::from_pico(pico));
    }

    /// What this run has spent and holds for an answer that is so long by now, in 10^-12 USD.
    pub fn held(&self, output_bytes: f64) -> f64 {
        self.guard.borrow().held(output_bytes as u64).to_pico()
    }
}

fn read<T>(send: &str, ask: impl FnOnce(&Outgoing<'_>) -> T) -> Option<T> {
    let send = GuardedSend::parse(send)?;
    Some(ask(&Outgoing::of(&send)))
}
