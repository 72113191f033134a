//! What a run asks, and of whom: the prepared request, the models to go on with, and their cool-downs.

use crate::change::{Changes, place};
use crate::config::{ClientConfig, Settings};
use crate::error::Error;
use crate::event::{Batch, Kind};
use crate::failover::Reason;
use crate::http::{CallHeaders, RequestPlan};
use crate::json_string::without_lone_surrogates;
use crate::model_ref::ModelRef;
use crate::places::Places;
use crate::record::Writes;
use crate::records::CoolDown;
use crate::request::aliases::Aliases;
use crate::request::conversation::Conversation;
use crate::request::{Preparation, Prepared, Source, Turns, prepare};
use crate::value::Value;

/// A cool-down that ends later than this does not let its model be tried out.
const MAX_PROBE_WAIT_MS: f64 = 120_000.0;
/// How often the first model is tried out while it cools down.
const PROBE_EVERY_MS: f64 = 30_000.0;

/// A request as the facade hands it over.
#[derive(Debug, Default)]
pub struct Request {
    /// JSON text: OpenRouter's fields and ours.
    pub text: String,
    /// Headers of this call.
    pub headers: CallHeaders,
    /// Characters of texts outside, beyond those of their placeholders.
    pub text_chars: u64,
    /// The body of another SDK.
    pub is_foreign: bool,
}

/// One chat.
#[derive(Debug)]
pub struct Chat {
    config: ClientConfig,
    settings: Settings,
    /// Kept whole only while another model may be asked.
    request: Request,
    appended: Vec<String>,
    candidates: Vec<String>,
    /// Nothing before the first preparation is at its end.
    prepared: Option<Box<Prepared>>,
    repair: Option<Repair>,
    plan: RequestPlan,
    has_fallbacks: bool,
    /// Whether the facade has to build the body from its beginning again.
    is_fresh: bool,
}

/// A repair that something waits for.
#[derive(Debug)]
struct Repair {
    request: String,
    purpose: Purpose,
}

#[derive(Debug)]
enum Purpose {
    /// The first preparation.
    Open(Turns),
    /// The preparation for this model.
    Switch(String, Turns),
    /// The messages that are added.
    Append(String),
}

impl Chat {
    /// Checks and prepares everything that can be before a request is sent, or before its messages are repaired.
    pub fn new(config: ClientConfig, request: Request) -> Result<Self, Error> {
        let settings = config.settings()?;
        let mut chat = Self {
            config,
            settings,
            request,
            appended: Vec::new(),
            candidates: Vec::new(),
            prepared: None,
            repair: None,
            plan: RequestPlan::default(),
            has_fallbacks: false,
            is_fresh: true,
        };
        chat.open(None)?;
        Ok(chat)
    }

    /// The repair that has to be done before anything is sent: for [`Chat::repaired`], by whoever has the repairs.
    pub fn repair(&self) -> Option<&str> {
        self.repair.as_ref().map(|repair| repair.request.as_str())
    }

    /// The answer to [`Chat::repair`]: goes on with what waited for it.
    pub fn repaired(&mut self, answer: &str) -> Result<(), Error> {
        match self.repair.take().map(|repair| repair.purpose) {
            Some(Purpose::Open(turns)) => self.open(Some((answer, turns))),
            Some(Purpose::Switch(model, turns)) => self.switch_to(&model, Some((answer, turns))),
            Some(Purpose::Append(messages)) => self.add(messages, Some(answer)),
            None => Ok(()),
        }
    }

    fn open(&mut self, repaired: Option<(&str, Turns)>) -> Result<(), Error> {
        let mut prepared = match self.prepare_for(None, repaired)? {
            Preparation::Ready(prepared) => prepared,
            Preparation::Repair(request, turns) => {
                self.repair = Some(Repair { request, purpose: Purpose::Open(turns) });
                return Ok(());
            }
        };
        self.settings.offered = core::mem::take(&mut prepared.offered).into();
        self.candidates = candidates(&self.config, &prepared.model, prepared.fallback_models.take())?;
        self.has_fallbacks = !self.candidates.is_empty();
        self.adopt(prepared)?;
        if self.has_fallbacks {
            return self.skip_cooling();
        }
        self.request.text = String::new();
        Ok(())
    }

    fn prepare_for(&self, model: Option<&str>, repaired: Option<(&str, Turns)>) -> Result<Preparation, Error> {
        let Request { text, is_foreign, .. } = &self.request;
        prepare(&self.config, &Source { request: text, model, added: &self.appended, repaired, is_foreign: *is_foreign })
    }

    fn adopt(&mut self, mut prepared: Box<Prepared>) -> Result<(), Error> {
        self.settings.taken.replace(core::mem::take(&mut prepared.taken));
        prepared.conversation.add_chars(self.request.text_chars);
        self.plan = RequestPlan::chat(&self.config, &self.request.headers, &prepared.headers, prepared.streaming)?;
        self.prepared = Some(prepared);
        self.is_fresh = true;
        Ok(())
    }

    #[expect(clippy::expect_used, reason = "a chat whose first preparation waits for a repair is asked for that repair alone")]
    fn prepared(&self) -> &Prepared {
        self.prepared.as_deref().expect("the transcript is repaired")
    }

    #[expect(clippy::expect_used, reason = "as above")]
    fn prepared_mut(&mut self) -> &mut Prepared {
        self.prepared.as_deref_mut().expect("the transcript is repaired")
    }

    /// The options of the run.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The model that is asked.
    pub fn model(&self) -> &ModelRef {
        &self.prepared().model
    }

    /// The model that is asked next: the one that a repair is done for, else the one that is prepared.
    pub fn next_reference(&self) -> String {
        match &self.repair {
            Some(Repair { purpose: Purpose::Switch(model, _), .. }) => model.clone(),
            _ => self.model().reference.clone(),
        }
    }

    /// What the client's `models` say that the model charges, as JSON.
    pub fn pricing(&self) -> Option<&str> {
        self.prepared().pricing.as_deref()
    }

    /// Tokens that the answer may have.
    pub fn output_limit(&self) -> Option<u64> {
        self.prepared().output_limit
    }

    /// Adds a warning that comes up while the run goes on.
    pub fn warn(&mut self, rule: &'static str, path: &str, reason: String) {
        self.prepared_mut().warnings.add(rule, path, reason);
    }

    /// URL and headers.
    pub fn plan(&self) -> &RequestPlan {
        &self.plan
    }

    /// The body.
    pub fn conversation(&mut self) -> &mut Conversation {
        &mut self.prepared_mut().conversation
    }

    /// What was changed, and what is odd.
    pub fn notes(&self) -> (&Changes, &Changes) {
        (&self.prepared().changes, &self.prepared().warnings)
    }

    /// Whether the body begins anew since the last call: another model is asked.
    pub fn take_fresh(&mut self) -> bool {
        core::mem::replace(&mut self.is_fresh, false)
    }

    /// Whether another model may be asked.
    pub fn has_next(&self) -> bool {
        !self.candidates.is_empty()
    }

    /// Goes on to the next model; `None` when none is left. The whole request is prepared again: other rules may hold for it.
    pub fn next_model(&mut self) -> Option<(String, Result<(), Error>)> {
        if self.candidates.is_empty() {
            return None;
        }
        let model = self.candidates.remove(0);
        let result = self.switch_to(&model, None);
        Some((model, result))
    }

    /// Prepares the whole conversation for another model, with what was added to it; until it is repaired the model counts as the one that
    /// is asked, but is not.
    fn switch_to(&mut self, model: &str, repaired: Option<(&str, Turns)>) -> Result<(), Error> {
        match self.prepare_for(Some(model), repaired)? {
            Preparation::Ready(prepared) => self.adopt(prepared),
            Preparation::Repair(request, turns) => {
                self.repair = Some(Repair { request, purpose: Purpose::Switch(model.to_owned(), turns) });
                Ok(())
            }
        }
    }

    /// How many characters of texts lie outside by now.
    pub fn set_text_chars(&mut self, chars: u64) {
        let more = chars.saturating_sub(self.request.text_chars);
        self.prepared_mut().conversation.add_chars(more);
        self.request.text_chars = chars;
    }

    /// Lets the answer have so many tokens at most; `false` when it may have no more already.
    pub fn limit_output(&mut self, tokens: u64) -> bool {
        self.prepared_mut().conversation.limit_output(tokens)
    }

    /// Adds an answer and the results of its calls.
    pub fn append(&mut self, messages: &str) -> Result<(), Error> {
        let whole = without_lone_surrogates(messages);
        if matches!(whole, std::borrow::Cow::Owned(_)) {
            let reason = "halves of characters were removed: no JSON outside JavaScript can hold them";
            self.prepared_mut().changes.add("lone-surrogates", "messages", reason);
        }
        self.add(whole.into_owned(), None)
    }

    fn add(&mut self, messages: String, repaired: Option<&str>) -> Result<(), Error> {
        let mut changes = Changes::default();
        let request = self.prepared_mut().conversation.append(&messages, repaired, &mut changes)?;
        self.prepared_mut().changes.0.append(&mut changes.0);
        if let Some(request) = request {
            self.repair = Some(Repair { request, purpose: Purpose::Append(messages) });
        } else if self.has_fallbacks {
            self.appended.push(messages);
        }
        Ok(())
    }

    /// A model that cools down gives way to the first that does not; the first one is tried out now and then. When all of them cool down
    /// the first is asked all the same: an answer is worth more than the rest.
    fn skip_cooling(&mut self) -> Result<(), Error> {
        let cooling: Vec<(String, f64, f64)> = self.config.cool_downs();
        // The facade tells of a thousand at most.
        let of = |model: &ModelRef| cooling.iter().find(|(id, ..)| *id == model.api_id);
        let Some((_, ms, since_probe_ms)) = of(self.model()) else { return Ok(()) };
        if *ms <= MAX_PROBE_WAIT_MS && *since_probe_ms >= PROBE_EVERY_MS {
            return Ok(());
        }
        let rested = self.candidates.iter().position(|model| ModelRef::parse(model).is_some_and(|model| of(&model).is_none()));
        let Some(at) = rested else { return Ok(()) };
        let model = self.candidates.remove(at);
        self.candidates.drain(..at);
        self.switch_to(&model, None)
    }

    /// Tells the facade how long the model rests.
    pub fn note_failure(&self, reason: Reason, out: &mut Batch) {
        if !self.has_fallbacks {
            return;
        }
        let failures = self.config.failures_of(&self.model().api_id) + 1;
        if let Some(ms) = reason.cool_down_ms(failures) {
            self.note_cool_down(ms, out);
        }
    }

    /// Tells the facade that the model is well.
    pub fn note_success(&self, out: &mut Batch) {
        if self.has_fallbacks {
            self.note_cool_down(0, out);
        }
    }

    fn note_cool_down(&self, ms: u64, out: &mut Batch) {
        out.push(Kind::Json, 0, |text| CoolDown { model: &self.model().api_id, ms }.write(text));
    }
}

/// The models after the requested one (provider-rules 1.6): the list, from behind the requested one when it is in it, then the client's own
/// model unless the call brought a list of its own. Each once.
fn candidates(config: &ClientConfig, model: &ModelRef, own: Option<Vec<String>>) -> Result<Vec<String>, Error> {
    let has_own = own.is_some();
    let mut names = own.unwrap_or_else(|| config.fallback_models.clone());
    let listed = names.len();
    if !has_own && !config.fallback_models.is_empty() {
        names.extend(config.model.clone());
    }
    let models = config.models.as_deref().and_then(Value::parse);
    let aliases = Aliases::of(models.as_ref());
    let mut list: Vec<ModelRef> = Vec::new();
    let mut seen = Places::default();
    for (number, name) in names.iter().enumerate() {
        let place = if number < listed { place("fallbackModels", number, "") } else { "model".to_owned() };
        let candidate = aliases.resolve(name, &place)?;
        let held = seen.get(candidate.api_id.as_bytes()).and_then(|at| list.get(at));
        if held.is_none_or(|held| held.api_id != candidate.api_id) {
            seen.set(candidate.api_id.as_bytes(), list.len());
            list.push(candidate);
        }
    }
    if let Some(at) = list.iter().position(|candidate| candidate.api_id == model.api_id) {
        // The client's own model stands last: asked first, it has the whole list behind it.
        let is_own = at >= listed.min(list.len().saturating_sub(1)) && !has_own && at + 1 == list.len();
        if is_own { list.truncate(at) } else { drop(list.drain(..=at)) }
    }
    Ok(list.into_iter().map(|candidate| candidate.reference).collect())
}
