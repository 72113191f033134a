//! A chat request, from what the caller wrote to what is sent: the rules in their order, each in a file of its own (provider-rules 5.10).

pub mod aliases;
pub mod cache_markers;
pub mod conversation;
pub mod deepseek;
pub mod draft;
pub mod extra_body;
pub mod fields;
pub mod lint;
mod open;
pub mod output_limit;
pub mod prefill;
pub mod reasoning;
pub mod response_cache;
pub mod routing;
pub mod session;
pub mod tools;

use std::borrow::Cow;

use crate::change::Changes;
use crate::config::ClientConfig;
use crate::error::Error;
use crate::json::Reader;
use crate::json_string::without_lone_surrogates;
use crate::message::{Message, Role, is_blank_part, is_blank_text};
use crate::model_ref::ModelRef;
use crate::names;
use crate::places::Places;
use crate::policy::Policy;
use crate::record::write_name;
use crate::text::find;
use crate::transcript::Context;
use crate::transcript::clean::is_clean;
use crate::transcript::images::Placeholders;
use crate::transcript::repair::{RepairRequest, Repaired, read_repaired};
use crate::transcript::replay::Target;
use crate::value::{Object, Value};
pub use aliases::resolve;
use conversation::Conversation;
use draft::Draft;
use open::{open_draft, read_added, read_body};
use reasoning::Level;

/// The fields that come first; the rest follows by name. One order for all: OpenRouter's response cache tells bodies apart by it.
const FIRST_FIELDS: [&str; 6] = ["model", "models", "messages", "stream", "tools", "tool_choice"];

/// What is prepared, beside the client's settings.
#[derive(Debug, Clone, Copy)]
pub struct Source<'s> {
    /// The request as JSON: OpenRouter's fields, and ours beside them (`thinking`, `params`, `transcriptPolicy`).
    pub request: &'s str,
    /// The model to ask in place of the request's, when that one failed.
    pub model: Option<&'s str>,
    /// Messages that a tool loop has added: arrays as JSON text, whole characters only.
    pub added: &'s [String],
    /// The repaired messages, where they had to be repaired, and what came with the request for that.
    pub repaired: Option<(&'s str, Turns)>,
    /// The body of another SDK: what it leaves out stays out, `stream` above all.
    pub is_foreign: bool,
}

/// What the caller's own messages were, for where the repaired ones stand in their place.
#[derive(Debug, Clone, Copy)]
pub struct Turns {
    /// How many messages there are.
    count: usize,
    /// The number of the last one that is no instruction.
    last: Option<usize>,
}

/// How far a preparation has come.
#[derive(Debug)]
pub enum Preparation {
    /// To the end.
    Ready(Box<Prepared>),
    /// To the messages, which have to be repaired first: the request for it (see [`crate::transcript::repair`]).
    Repair(String, Turns),
}

/// A request that is ready to be sent.
#[derive(Debug)]
pub struct Prepared {
    /// The model that is asked.
    pub model: ModelRef,
    /// The models that the request itself names to go on with.
    pub fallback_models: Option<Vec<String>>,
    /// The names of the tools on offer.
    pub offered: Vec<String>,
    /// The ids of the calls in the messages.
    pub taken: Places,
    /// The body, in pieces that grow with the conversation.
    pub conversation: Conversation,
    /// Whether it asks for a stream.
    pub streaming: bool,
    /// What the client's `models` say that the model charges, as JSON.
    pub pricing: Option<String>,
    /// Tokens that the answer may have.
    pub output_limit: Option<u64>,
    /// OpenRouter's response-cache headers.
    pub headers: Vec<(&'static str, String)>,
    /// What was changed.
    pub changes: Changes,
    /// What is odd.
    pub warnings: Changes,
}

/// Runs every rule.
pub fn prepare(config: &ClientConfig, source: &Source<'_>) -> Result<Preparation, Error> {
    let text = without_lone_surrogates(source.request);
    let (body, mut messages) = read_body(&text, source.repaired.is_some())?;
    for added in source.added.iter().filter(|_| source.repaired.is_none()) {
        messages.extend(read_added(added, messages.len())?);
    }
    let models = config.models.as_deref().and_then(Value::parse);
    if models.as_ref().is_some_and(|models| !models.is_object()) {
        return Err(Error::invalid("models", "must be an object: settings by model reference"));
    }
    let mut draft = open_draft(config, source, body, messages, models.as_ref())?;
    refuse_blank_end(&mut draft)?;
    let own_policy = draft.body.remove("transcriptPolicy");
    let texts = |list: Value<'_>| list.to_items().iter().filter_map(|item| item.str().map(|text| text.into_owned())).collect();
    let fallback_models = draft.body.remove("fallbackModels").filter(Value::is_array).map(texts);
    let offered = draft.tools_mut().map(|tools| tools.iter().filter_map(tool_name).collect()).unwrap_or_default();
    let level = take_level(&mut draft)?;
    if matches!(text, Cow::Owned(_)) {
        draft.changes.add("lone-surrogates", "messages", "halves of characters were removed: no JSON outside JavaScript can hold them");
    }

    fields::apply(&mut draft)?;
    tools::apply(&mut draft)?;
    let policy_text = own_policy.map(|policy| policy.to_json()).or_else(|| config.transcript_policy.clone());
    let policy = policy_text.as_deref().map(|text| Reader::document(text.as_bytes()));
    let policy = Policy::named(policy.and_then(Result::ok), &draft.model);
    let turns = match source.repaired {
        Some((repaired, turns)) => {
            let Repaired { messages, tools } = read_repaired(repaired, &mut draft.changes)?;
            draft.messages = messages;
            if let Some(tools) = tools {
                draft.body.set("tools", tools);
            }
            names::in_messages(&mut draft.changes, &mut draft.warnings);
            turns
        }
        None => {
            let trims_prefill = prefill::is_to_be_trimmed(&mut draft);
            let panel = if draft.model.is_fusion() { extra_body::field(&draft, "plugins").cloned() } else { None };
            let schemas = if draft.model.is_moonshot() { draft.body.get("tools").map(Value::to_json) } else { None };
            let schemas = schemas.filter(|schemas| find(schemas, "anyOf").is_some()).map(Value::Json);
            let mut messages = core::mem::take(&mut draft.messages);
            let last = messages.iter().rfind(|message| !is_instruction(message)).and_then(|message| message.source);
            let turns = Turns { count: messages.len(), last };
            let target = target(&draft);
            // A policy of fields is read where it is applied.
            let is_clean = |policy| {
                is_clean(&mut messages, &Context { policy, target, allowed_tool_names: None, placeholders: Placeholders::default() })
            };
            if trims_prefill || panel.is_some() || schemas.is_some() || !policy.is_some_and(is_clean) {
                let policy = policy_text.map(Value::Json);
                let request = RepairRequest { policy, trims_prefill, panel, schemas, ..RepairRequest::of(target) };
                return Ok(Preparation::Repair(request.with(&messages), turns));
            }
            draft.messages = messages;
            turns
        }
    };
    let mut taken = Places::default();
    for call in draft.messages.iter_mut().filter_map(Message::calls_mut).flatten() {
        if let Some(id) = call.get_str("id") {
            taken.set(id.as_bytes(), 0);
        }
    }
    output_limit::apply(&mut draft);
    routing::apply(&mut draft);
    session::apply(&mut draft)?;
    reasoning::apply(&mut draft, level);
    deepseek::apply(&mut draft);
    prefill::apply(&mut draft);
    if draft.messages.is_empty() && !draft.extra.has("messages") {
        let problem = if turns.count == 0 { "must hold at least one message" } else { "holds nothing that can be sent" };
        return Err(Error::invalid("messages", problem));
    }
    refuse_instructions_alone(&draft, turns.last)?;
    cache_markers::apply(&mut draft);
    extra_body::apply(&mut draft);
    lint::apply(&mut draft);
    lint::categories(config, &mut draft);
    if config.is_strict
        && let Some(odd) = draft.warnings.0.iter().find(|warning| matches!(warning.rule.as_ref(), names::RULE | names::VALUES | "params"))
    {
        return Err(Error::invalid(&odd.path, &odd.reason));
    }
    let headers = response_cache::headers(&draft);

    let streaming = streaming(&mut draft.body, source.is_foreign)?;
    let output_limit = draft.body.get("max_completion_tokens").and_then(Value::as_number).map(|limit| limit as u64);
    let conversation = Conversation::new(&mut draft, policy, policy_text, turns.count)?;
    let Draft { model, pricing, changes, warnings, .. } = draft;
    Ok(Preparation::Ready(Box::new(Prepared {
        model,
        fallback_models,
        offered,
        taken,
        conversation,
        streaming,
        pricing,
        output_limit,
        headers,
        changes,
        warnings,
    })))
}

/// Instructions that nobody follows up on would be sent, and paid for, alone.
fn refuse_blank_end(draft: &mut Draft<'_>) -> Result<(), Error> {
    // An object without any content is no message, which is found out later.
    let Some(last) = draft.messages.last_mut().filter(|last| last.role == Role::User && last.fields.has("content")) else { return Ok(()) };
    let is_blank = match last.fields.get("content") {
        Some(content) if content.is_string() => is_blank_text(content),
        _ => last.parts_mut().is_none_or(|parts| parts.iter().all(is_blank_part)),
    };
    if is_blank && !draft.extra.has("messages") {
        return Err(Error::invalid(&last.place(".content"), "the last turn is blank: there is nothing to answer"));
    }
    Ok(())
}

fn is_instruction(message: &Message<'_>) -> bool {
    matches!(message.role, Role::System | Role::Developer)
}

/// As [`refuse_blank_end`], for what the rules have left of the turns: `last` was the last one.
fn refuse_instructions_alone(draft: &Draft<'_>, last: Option<usize>) -> Result<(), Error> {
    let Some(number) = last.filter(|_| draft.messages.iter().all(is_instruction) && !draft.extra.has("messages")) else { return Ok(()) };
    Err(Error::invalid(
        &crate::change::place("messages", number, ""),
        "nothing of the turns can be sent, and the instructions alone ask nothing",
    ))
}

fn tool_name(tool: &Value<'_>) -> Option<String> {
    tool.get("function").and_then(|function| function.get_str("name")).or_else(|| tool.get_str("name"))
}

fn target<'t>(draft: &'t Draft<'_>) -> Target<'t> {
    Target {
        model: &draft.model,
        sees_images: draft.record.sees("image"),
        sees_video: draft.record.sees("video"),
        has_tools: draft.record.supports_tools != Some(false),
    }
}

/// How strongly to think: the request's own word, else the params'.
fn take_level(draft: &mut Draft<'_>) -> Result<Option<Level>, Error> {
    let own = draft.body.get("thinking").filter(|thinking| thinking.is_string() || thinking.as_bool().is_some()).cloned();
    if own.is_some() {
        draft.body.remove("thinking");
        draft.params.drop_strength();
    }
    let word = |value: &Value<'_>| value.str().map_or_else(|| value.to_json(), |text| text.into_owned());
    let Some(asked) = own.as_ref().or(draft.params.get("thinking")).map(word) else { return Ok(None) };
    // `true` is what a menu with one entry stores.
    let asked = if asked == "true" { "on" } else { &asked };
    Level::parse(asked)
        .map(Some)
        .ok_or_else(|| Error::invalid("thinking", "must be off, minimal, low, medium, high, xhigh, max or adaptive"))
}

fn streaming(body: &mut Object<'_>, is_foreign: bool) -> Result<bool, Error> {
    match body.get("stream").map(|stream| stream.as_bool()) {
        Some(Some(flag)) => Ok(flag),
        Some(None) => Err(Error::invalid("stream", "must be true or false")),
        None if is_foreign => Ok(false),
        None => {
            body.set("stream", Value::bool(true));
            Ok(true)
        }
    }
}

/// The body around its messages: what stands before the first one and behind the last, and where in that the limit of the answer stands.
fn frame(body: &mut Object<'_>) -> (String, String, core::ops::Range<usize>) {
    body.set("messages", Value::Array(Vec::new()));
    body.sort_by_rank(|name| FIRST_FIELDS.iter().position(|first| first.as_bytes() == name).unwrap_or(FIRST_FIELDS.len()));
    let (mut head, mut tail) = (String::from("{"), String::new());
    let mut is_behind = false;
    let mut limit_at = 0..0;
    for (name, value) in body.fields() {
        let out = if is_behind { &mut tail } else { &mut head };
        write_name(out, &name);
        if name == "messages" {
            head.push('[');
            tail.push(']');
            is_behind = true;
            continue;
        }
        let start = out.len();
        value.write(out);
        if name == "max_completion_tokens" {
            limit_at = start..out.len();
        }
    }
    tail.push('}');
    (head, tail, limit_at)
}
