//! The guard of a run's budget and of its client's: asked before every send and at every piece of the answer.

use std::borrow::Cow;

use crate::cost::{self, BookedStep, Part, Prompt, output_tokens};
use crate::error::{Code, Error};
use crate::failover::Reason;
use crate::json::{Raw, Reader};
use crate::pricing::{Moment, Prices};
use crate::record::Reads;
use crate::usd::Usd;
use crate::value::Value;

/// A request that is about to be sent.
#[derive(Debug)]
pub struct Outgoing<'s> {
    /// The model's id on the wire.
    pub model: &'s str,
    /// What the model charges, when somebody knows.
    pub pricing: Option<Value<'s>>,
    /// How long the prompt is.
    pub prompt: Prompt,
    /// Why nobody knows.
    pub fault: Option<String>,
    /// The time, as milliseconds since 1970 UTC.
    pub epoch_ms: f64,
}

openrouter_wire::record! {
    /// What may be spent, in US dollars.
    pub struct BudgetLimits: reads {
        run_usd: Option<Usd>,
        client_usd: Option<Usd>,
        /// Whether models without a known price are refused.
        require_price: bool,
        /// What an earlier run has spent, that this one goes on with.
        spent_usd: Option<Usd>,
    }
}

openrouter_wire::record! {
    /// A request that is about to be sent.
    pub struct GuardedSend<'a>: reads {
        model: Cow<'a, str>,
        pricing: Option<Raw<'a>> as "api.Pricing",
        /// Why no price is known.
        fault: Option<String>,
        /// Milliseconds since 1970 UTC.
        at_ms: f64,
        /// Characters of the body, media not counted.
        prompt_chars: u64,
        /// Images and sounds.
        media: u64,
        /// The characters of an earlier prompt of the same conversation, and the tokens that were reported for it.
        known_chars: Option<u64>,
        known_tokens: Option<u64>,
    }
}

openrouter_wire::record! {
    /// Whether a request may go out: without an error it may.
    pub struct Admission: writes {
        error: Option<Error>,
        warning: Option<String>,
    }
}

/// What may be spent, and what was.
#[derive(Debug, Default)]
pub struct Guard {
    run_limit: Option<Usd>,
    client_limit: Option<Usd>,
    needs_price: bool,
    /// What the client's other runs have spent or hold.
    others: Usd,
    /// What this run's finished steps have cost.
    spent: Usd,
    sent: Option<Sent>,
    warned: Vec<String>,
}

/// A limit, what is spent of it, and whose it is.
pub(crate) type Limit = (Usd, Usd, &'static str);

/// The request that is on its way.
#[derive(Debug)]
struct Sent {
    model: String,
    pricing: Option<String>,
    epoch_ms: f64,
    tokens: u64,
    prompt: Usd,
    /// Of a token of the answer.
    output: Usd,
}

impl Guard {
    /// Of a [`BudgetLimits`]; `None` when nothing is to be guarded.
    pub fn read(text: &str) -> Option<Self> {
        let BudgetLimits { run_usd: run_limit, client_usd: client_limit, require_price: needs_price, spent_usd } =
            BudgetLimits::parse(text)?;
        let guards = run_limit.is_some() || client_limit.is_some() || needs_price;
        guards.then(|| Self { run_limit, client_limit, needs_price, spent: spent_usd.unwrap_or_default(), ..Self::default() })
    }

    /// A guard that allows nothing that may cost anything.
    pub fn closed() -> Self {
        Self { run_limit: Some(Usd::default()), ..Self::default() }
    }

    /// What the client's other runs have spent or hold.
    pub fn set_others(&mut self, others: Usd) {
        self.others = others;
    }

    /// What this run has spent, and holds for the answer on its way.
    pub fn held(&self, output_bytes: u64) -> Usd {
        self.spent.plus(self.under_way(output_bytes))
    }

    fn under_way(&self, output_bytes: u64) -> Usd {
        self.sent.as_ref().map_or(Usd::default(), |sent| sent.estimate(output_bytes))
    }

    /// Whether the request may go out; its prompt is held from then on. An allowed request may come with a warning.
    pub fn admit(&mut self, send: &Outgoing<'_>) -> Result<Option<String>, Error> {
        self.sent = None;
        let tokens = send.prompt.tokens();
        let prices = send.prices(tokens);
        if prices.is_none() && self.needs_price {
            return Err(over([&send.unknown(), ", and budget.requirePrice refuses such models"].concat()));
        }
        let prompt = prices.map_or(Usd::default(), |prices| prices.text(tokens, 0));
        let over = self.limits().find(|(limit, spent, _)| spent.plus(prompt) > *limit || (prices.is_none() && spent >= limit));
        if let Some(at) = over {
            let next = match prices {
                Some(_) => {
                    [" is spent, and the next prompt, about ", &tokens.to_string(), " tokens for ", send.model, ", costs about "].concat()
                }
                None => [" is spent, and ", &send.unknown()].concat(),
            };
            return Err(over_limit(at, &next, prices.map(|_| prompt)));
        }
        let output = prices.map_or(Usd::default(), |prices| prices.output());
        let pricing = send.pricing.as_ref().map(Value::to_json);
        self.sent = Some(Sent { model: send.model.to_owned(), pricing, epoch_ms: send.epoch_ms, tokens, prompt, output });
        let is_new = prices.is_none() && !self.warned.iter().any(|model| model == send.model);
        Ok(is_new.then(|| {
            self.warned.push(send.model.to_owned());
            [&send.unknown(), ": only what OpenRouter reports counts, after each answer"].concat()
        }))
    }

    /// What is odd about a request whose answer may have so many tokens: it may cost more than there is.
    pub fn forecast(&self, send: &Outgoing<'_>, most_tokens: Option<u64>) -> Option<String> {
        let tokens = send.prompt.tokens();
        let Some(prices) = send.prices(tokens) else { return Some(send.unknown()) };
        let whole = prices.text(tokens, most_tokens?);
        let (limit, spent, whose) = self.limits().find(|(limit, spent, _)| spent.plus(whole) > *limit)?;
        let left = if limit > spent { limit.minus(spent) } else { Usd::default() };
        let words = ["an answer as long as its limit allows would cost about ", &whole.shown(), "; ", &left.shown(), " of the budget of "];
        Some([words.concat().as_str(), whose, " is left, and the answer would be stopped there"].concat())
    }

    /// Another model answers than the one that was asked: what is held goes by its prices.
    pub fn reprice(&mut self, model: &str, pricing: &str) {
        if let Some(sent) = &mut self.sent {
            sent.reprice(model, pricing);
        }
    }

    /// Whether the answer, so long by now, has come to more than there is.
    pub fn check(&self, output_bytes: u64) -> Option<Error> {
        let under_way = self.under_way(output_bytes);
        let at = self.limits().find(|(limit, spent, _)| spent.plus(under_way) > *limit)?;
        Some(over_limit(at, " was spent before this answer, which was stopped at about ", Some(under_way)))
    }

    /// The answer is over: the step that it is in the books of the run counts in place of what was held for it. Without a usage the estimate
    /// stands; where nobody knows the prices of the model that answered, those that were held go on. A step that cannot be read leaves the
    /// estimate of the prompt alone.
    pub fn settle(&mut self, step: Option<&BookedStep<'_>>) {
        let Some(mut sent) = self.sent.take() else { return };
        if let Some(BookedStep { model: Some(model), pricing: Some(pricing), .. }) = step
            && *model != sent.model
        {
            sent.reprice(model, &pricing.json());
        }
        let cost = match step {
            Some(step) if step.usage.is_some() => {
                let pricing = sent.pricing.as_deref().and_then(|pricing| Reader::document(pricing.as_bytes()).ok());
                cost::of_step(step, pricing).part(Part::Total)
            }
            step => sent.estimate(step.map_or(0, cost::output_bytes)),
        };
        self.spent = self.spent.plus(cost);
    }

    /// The attempt came to nothing that anybody bills: refused, or over before its first token.
    pub fn release(&mut self) {
        self.sent = None;
    }

    /// Those that there are.
    fn limits(&self) -> impl Iterator<Item = Limit> {
        let run = self.run_limit.map(|limit| (limit, self.spent, "this run"));
        let client = self.client_limit.map(|limit| (limit, self.spent.plus(self.others), "the client"));
        run.into_iter().chain(client)
    }
}

impl Sent {
    fn estimate(&self, output_bytes: u64) -> Usd {
        self.prompt.plus(self.output.times(output_tokens(output_bytes)))
    }

    fn reprice(&mut self, model: &str, pricing: &str) {
        let moment = Moment { prompt_tokens: self.tokens, epoch_ms: self.epoch_ms };
        let Some(prices) = Value::parse(pricing).and_then(|pricing| Prices::of(&pricing, model, moment)) else { return };
        self.prompt = prices.text(self.tokens, 0);
        self.output = prices.output();
        self.model = model.to_owned();
        self.pricing = Some(pricing.to_owned());
    }
}

impl<'s> Outgoing<'s> {
    /// Of a [`GuardedSend`].
    pub fn of(send: &'s GuardedSend<'_>) -> Self {
        let prompt = Prompt::new(send.prompt_chars, send.media, send.known_chars, send.known_tokens);
        Self { model: &send.model, pricing: send.pricing.map(Value::Raw), fault: send.fault.clone(), prompt, epoch_ms: send.at_ms }
    }

    fn unknown(&self) -> String {
        let (open, fault, close) = self.fault.as_deref().map_or(("", "", ""), |fault| (" (", fault, ")"));
        ["the price of ", self.model, " is not known", open, fault, close].concat()
    }

    fn prices(&self, prompt_tokens: u64) -> Option<Prices> {
        let moment = Moment { prompt_tokens, epoch_ms: self.epoch_ms };
        self.pricing.as_ref().and_then(|pricing| Prices::of(pricing, self.model, moment))
    }
}

/// No other model is asked for it: the caller said where to stop.
pub fn over(message: String) -> Error {
    let mut error = Error::new(Code::Budget, message);
    error.reason = Some(Reason::Billing);
    error
}

#[inline(never)]
pub(crate) fn over_limit((limit, spent, whose): Limit, words: &str, amount: Option<Usd>) -> Error {
    let amount = amount.map(Usd::shown).unwrap_or_default();
    let state = if spent >= limit { " and is used up: " } else { ": " };
    over(["the budget of ", whose, " is ", &limit.shown(), state, &spent.shown(), words, &amount].concat())
}
