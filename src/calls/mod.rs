//! What the calls share that ask a model for no text: who answered, and what was used.

pub mod decide;
pub mod describe;
pub mod embeddings;
pub mod endpoints;
pub mod rerank;

use crate::call::Call;
use crate::error::Error;
use crate::json::Raw;
use crate::json_string::RawString;
use crate::media::{KeyOwner, MediaOptions, set_text};
use crate::value::{Object, Value};

openrouter_wire::record! {
    /// What is sent to a model that is asked for no text.
    pub struct ServicePlan: writes {
        call: Call,
        /// The model's id on the wire.
        model: String,
        /// Whose key goes along, of a call that may have one of its own.
        key: Option<KeyOwner>,
    }
}

/// `model`, `id` and `provider` of an answer, as far as it says.
pub fn identity(answer: Raw<'_>) -> [Option<String>; 3] {
    ["model", "id", "provider"].map(|name| answer.field(name).and_then(Raw::string).map(RawString::decode))
}

/// What of a request goes out as it is: `provider`, and who it is for.
pub fn set_routing<'a>(body: &mut Object<'a>, options: &MediaOptions<'a>) -> Result<(), Error> {
    if let Some(provider) = options.object("provider")? {
        body.set("provider", provider);
    }
    for (name, wire) in [("user", "user"), ("sessionId", "session_id")] {
        if let Some(text) = options.text(name)? {
            set_text(body, wire, &text);
        }
    }
    Ok(())
}

/// A whole number from 1, as it was written.
pub fn positive<'a>(options: &MediaOptions<'a>, name: &str) -> Result<Option<Value<'a>>, Error> {
    let problem = "must be a whole number from 1";
    let number = options.number(name, 1.0, 9_007_199_254_740_991.0, problem)?;
    match number {
        Some(number) if number.as_number().is_some_and(|number| number.fract() != 0.0) => Err(Error::invalid(name, problem)),
        number => Ok(number),
    }
}

/// The model's id on the wire: without the one prefix that names the provider (additions 1). Not by the rules of chats, which take a bare
/// name for one of OpenRouter's own models.
pub fn model_id(options: &MediaOptions<'_>) -> Result<String, Error> {
    let model = options.required("model")?;
    let model = model.trim_ascii();
    let id = model.strip_prefix("openrouter/").unwrap_or(model).trim_ascii();
    if id.is_empty() { Err(Error::invalid("model", "must name a model")) } else { Ok(id.to_owned()) }
}
