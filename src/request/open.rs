//! A request as the caller wrote it, opened: its messages, its model, what is set for that model, and the body's own fields.

use crate::change::Changes;
use crate::config::ClientConfig;
use crate::error::Error;
use crate::json::Reader;
use crate::message::{MOST_FIELDS, Message, messages_in, read_with_messages};
use crate::model_record::ModelRecord;
use crate::model_ref::{DEFAULT_MODEL, ModelRef};
use crate::names;
use crate::params::Params;
use crate::request::aliases::Aliases;
use crate::request::draft::Draft;
use crate::request::{Source, extra_body, tools};
use crate::route::Route;
use crate::value::{Object, Value};

/// The spellings of the answer's limit, the one that wins first.
const LIMIT_NAMES: [&str; 4] = ["max_completion_tokens", "maxCompletionTokens", "max_tokens", "maxTokens"];

/// Checks and opens the request in one pass: what `document` and `object_mut` would go over twice may be megabytes long. Where the repaired messages
/// stand in place of the request's own, these are not opened again.
pub(super) fn read_body(text: &str, is_repaired: bool) -> Result<(Object<'_>, Vec<Message<'_>>), Error> {
    let mut reader = Reader::new(text.as_bytes());
    if reader.peek().is_some_and(|first| first != b'{') {
        return Err(Error::invalid("request", "must be an object"));
    }
    let malformed = |at: usize| Error::invalid("request", &["no JSON at byte ", &(at as u64).to_string()].concat());
    let first: fn(&Object<'_>) -> usize = |_| 0;
    let (mut body, messages) = read_with_messages(text, (!is_repaired).then_some(first), 0).map_err(|fault| malformed(fault.at))?;
    if body.len() > MOST_FIELDS {
        return Err(Error::invalid("request", "has more than 1000 fields"));
    }
    if is_repaired {
        body.remove("messages");
        return Ok((body, Vec::new()));
    }
    let messages = messages.unwrap_or_else(|| Err(Error::invalid("messages", "must be an array of messages")))?;
    Ok((body, messages))
}

/// Messages that were added, numbered from `first` on.
pub(super) fn read_added(text: &str, first: usize) -> Result<Vec<Message<'_>>, Error> {
    let mut reader = Reader::new(text.as_bytes());
    let read = messages_in(&mut reader, first, 0).and_then(|read| reader.finish().map(|()| read));
    read.map_err(|_| Error::invalid("messages", "no JSON"))?
}

/// What the caller wrote, told apart: model, messages, params, and the body's own fields.
pub(super) fn open_draft<'a>(
    config: &ClientConfig,
    source: &Source<'_>,
    mut body: Object<'a>,
    messages: Vec<Message<'a>>,
    models: Option<&Value<'a>>,
) -> Result<Draft<'a>, Error> {
    let model = choose_model(config, source, &mut body, models)?;
    let entry = models.and_then(|models| entry_of(models, &model));
    let (place, entry) = match entry {
        Some((key, entry)) => (["models[\"", &key, "\"]"].concat(), Some(entry)),
        None => (String::new(), None),
    };
    let facts = config.catalog_models.as_deref().and_then(Value::parse).and_then(|facts| facts.get(&model.api_id));
    let route = Route::of(config.base_url.as_deref());
    let record = ModelRecord::of(&model, facts.as_ref(), entry.as_ref(), &place, route.is_verified)?;
    let mut warnings = Changes::default();
    if let Some(strange) = &config.strange_names {
        names::reported_by_facade(strange, &mut warnings);
    }
    if let Some(entry) = &entry {
        names::model_settings(entry, &place, &mut warnings);
    }
    let limit_name = LIMIT_NAMES.iter().find(|name| body.get(name).is_some()).map(|name| (*name).to_owned());
    // Before the nulls go.
    let is_routing_cleared = body.slot("provider").is_some_and(Value::is_null);
    names::apply(&mut body, &mut warnings);
    let mut params = Params::default();
    if let Some(layer) = config.params.as_deref().and_then(Value::parse) {
        params.add_layer(&layer.into_owned(), "params", &mut warnings)?;
    }
    if let Some(layer) = entry.as_ref().and_then(|entry| entry.get("params")) {
        params.add_layer(&layer, &[&place, ".params"].concat(), &mut warnings)?;
    }
    if let Some(layer) = body.remove("params").filter(|layer| !layer.is_null()) {
        params.add_layer(&layer, "params", &mut warnings)?;
    }
    if let Some(tools) = body.get_mut("tools").and_then(Value::array_mut) {
        *tools = core::mem::take(tools).into_iter().map(tools::wire_tool).collect();
    }
    let pricing = entry.as_ref().and_then(|entry| entry.get("pricing")).map(|pricing| pricing.to_json());
    let extra = extra_body::take(&mut body, &params)?;
    let limit_name = limit_name.or_else(|| params.limit_place().map(str::to_owned)).unwrap_or_else(|| LIMIT_NAMES[0].to_owned());
    Ok(Draft {
        model,
        record,
        pricing,
        route,
        params,
        body,
        extra,
        limit_name,
        messages,
        room: None,
        is_routing_cleared,
        thinks: true,
        changes: Changes::default(),
        warnings,
    })
}

/// The model by reference, alias or default, written into the body as its API id.
fn choose_model(config: &ClientConfig, source: &Source<'_>, body: &mut Object<'_>, models: Option<&Value<'_>>) -> Result<ModelRef, Error> {
    let own = match body.remove("model").filter(|model| !model.is_null()) {
        Some(model) => Some(model.str().map(|model| model.into_owned()).ok_or_else(|| Error::invalid("model", "must be a string"))?),
        None => None,
    };
    let aliases = Aliases::of(models);
    let mut listed = None;
    if let Some(list) = body.get_mut("models") {
        let Some(items) = list.array_mut() else { return Err(Error::invalid("models", "must be an array of models")) };
        for (number, item) in items.iter_mut().enumerate() {
            let place = crate::change::place("models", number, "");
            let id = item.str().map(|id| id.into_owned()).ok_or_else(|| Error::invalid(&place, "must be a string"))?;
            let model = aliases.resolve(&id, &place)?;
            *item = Value::text(&model.api_id);
            listed = listed.or(Some(model));
        }
        if listed.is_none() {
            body.remove("models");
        }
    }
    let wanted = source.model.map(str::to_owned).or(own);
    if wanted.is_none() {
        // The list names the models, first to last; OpenRouter takes them as they come.
        if let Some(first) = listed {
            return Ok(first);
        }
        // A preset brings a model along, which one named here would replace.
        let preset = body.str("preset").and_then(|preset| ModelRef::parse(&["@preset/", &preset].concat()));
        if let Some(preset) = preset {
            return Ok(preset);
        }
    }
    let wanted = wanted.or_else(|| config.model.clone());
    let model = aliases.resolve(wanted.as_deref().unwrap_or(DEFAULT_MODEL), "model")?;
    body.set("model", Value::text(&model.api_id));
    Ok(model)
}

/// The entry of a model in the table; the last one that means it.
fn entry_of<'a>(models: &Value<'a>, model: &ModelRef) -> Option<(String, Value<'a>)> {
    let mut table = models.clone();
    let table = table.object_mut()?;
    let found = table.fields().filter(|(key, entry)| entry.is_object() && model.matches(key)).last();
    found.map(|(key, entry)| (key.into_owned(), entry.clone()))
}
