//! The names that the client's table gives to models. A list of models asks it for every item, so the table is read through once.

use crate::error::Error;
use crate::model_ref::ModelRef;
use crate::places::Places;
use crate::value::{Object, Value};

/// The aliases of a table of models.
pub struct Aliases<'a> {
    table: Object<'a>,
    /// Each alias in lower case, and the key it stands for.
    named: Vec<(String, String)>,
    /// Of two models with one alias the later has it.
    places: Places,
}

impl<'a> Aliases<'a> {
    /// Those of the client's `models`.
    pub fn of(models: Option<&Value<'a>>) -> Self {
        let table = models.cloned().and_then(|mut table| table.object_mut().map(core::mem::take)).unwrap_or_default();
        let (mut named, mut places) = (Vec::new(), Places::default());
        for (key, entry) in table.fields() {
            if let Some(alias) = entry.get_str("alias") {
                let alias = alias.trim_ascii().to_ascii_lowercase();
                places.set(alias.as_bytes(), named.len());
                named.push((alias, key.into_owned()));
            }
        }
        Self { table, named, places }
    }

    /// Aliases of the table, `openrouter:free`, then references.
    pub fn resolve(&self, text: &str, place: &str) -> Result<ModelRef, Error> {
        let wanted = text.trim_ascii();
        let lower = wanted.to_ascii_lowercase();
        let named = self.places.get(lower.as_bytes()).and_then(|at| self.named.get(at)).filter(|(alias, _)| *alias == lower);
        if let Some(model) = named.and_then(|(_, key)| ModelRef::parse(key)) {
            return Ok(model);
        }
        if lower == "openrouter:free" {
            let free = self.table.fields().filter_map(|(key, _)| ModelRef::parse(&key)).find(|model| model.api_id.ends_with(":free"));
            return free.ok_or_else(|| {
                Error::invalid(place, "openrouter:free needs a model ending in :free among the models; openrouter/free needs none")
            });
        }
        ModelRef::parse(wanted)
            .ok_or_else(|| Error::invalid(place, "must name a model, such as openrouter/auto or anthropic/claude-sonnet-4.5"))
    }
}

/// One name alone.
pub fn resolve(text: &str, models: Option<&Value<'_>>, place: &str) -> Result<ModelRef, Error> {
    Aliases::of(models).resolve(text, place)
}
