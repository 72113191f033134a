//! A request on its way: what the rules read and change.

use super::output_limit::Room;
use crate::change::Changes;
use crate::message::Message;
use crate::model_record::ModelRecord;
use crate::model_ref::ModelRef;
use crate::params::Params;
use crate::route::Route;
use crate::value::{Object, Value};

/// One request while the rules run over it.
#[derive(Debug)]
pub struct Draft<'a> {
    /// The model that is asked.
    pub model: ModelRef,
    /// What is known of it.
    pub record: ModelRecord,
    /// What the client says that it charges, as JSON.
    pub pricing: Option<String>,
    /// Where it is asked.
    pub route: Route,
    /// The params of client, model and call.
    pub params: Params<'a>,
    /// The body but its messages.
    pub body: Object<'a>,
    /// What is copied over the body at the end.
    pub extra: Object<'a>,
    /// How the caller wrote the limit of the answer, for errors.
    pub limit_name: String,
    /// The messages.
    pub messages: Vec<Message<'a>>,
    /// What the context leaves for the answer, where the context is known.
    pub room: Option<Room>,
    /// Whether the request says that it wants no routing at all.
    pub is_routing_cleared: bool,
    /// Whether DeepSeek's turns are replayed with their thoughts; the same for turns that are added later.
    pub thinks: bool,
    /// What was changed.
    pub changes: Changes,
    /// What is odd.
    pub warnings: Changes,
}

impl<'a> Draft<'a> {
    /// Whether the body asks the model to think (provider-rules 6.2). The older words for it are part of `reasoning` by now.
    pub fn asks_to_think(&self) -> bool {
        let Some(reasoning) = self.body.get("reasoning") else { return false };
        let is_disabled = reasoning.get("enabled").is_some_and(|flag| flag.as_bool() == Some(false));
        let is_none = reasoning.get("effort").is_some_and(|effort| ["", "off", "none"].iter().any(|word| effort.is(word)));
        !is_disabled && !is_none
    }

    /// The tools in the body, opened.
    pub fn tools_mut(&mut self) -> Option<&mut Vec<Value<'a>>> {
        self.body.get_mut("tools").and_then(Value::array_mut)
    }
}
