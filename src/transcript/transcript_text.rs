//! A transcript's repairs by themselves, without a request around them.

use crate::change::Changes;
use crate::error::Error;
use crate::faults;
use crate::images::Placeholders;
use crate::json::{Raw, Reader};
use crate::json_string::without_lone_surrogates;
use crate::message::{MESSAGE_DEPTH, Message, messages_in};
use crate::model_ref::{DEFAULT_MODEL, ModelRef};
use crate::policy::Policy;
use crate::replay::Target;
use crate::value::Value;
use openrouter_wire::record::Writes;

/// Repairs a transcript for a model. `options` is `{model?, policy?, allowedToolNames?, input?, supportsTools?}`. The answer is
/// a [`SanitizedTranscript`]; a message that stayed as it was is its number in what came in, one that was changed
/// what sets it apart (see [`Message::write_patch`]), so that a transcript of which
/// little is changed is not written and read again.
pub fn sanitize_transcript(text_of_caller: &str, options: &str, placeholders: Placeholders<'_>) -> Result<String, Error> {
    let text = without_lone_surrogates(text_of_caller);
    let mut reader = Reader::new(text.as_bytes());
    let read = messages_in(&mut reader, 0, MESSAGE_DEPTH).and_then(|read| reader.finish().map(|()| read));
    let mut messages = read.map_err(|_| Error::invalid("messages", "no JSON"))??;
    let mut changes = Changes::default();
    if matches!(text, std::borrow::Cow::Owned(_))
        && let Ok(document) = Reader::document(text.as_bytes())
    {
        note_surrogates(text_of_caller, document, &mut messages, &mut changes);
    }
    let options = Value::parse(options).ok_or_else(|| Error::invalid("options", "no JSON"))?;
    let model = match options.get("model") {
        None => ModelRef::or_auto(DEFAULT_MODEL),
        Some(model) => model
            .str()
            .and_then(|model| ModelRef::parse(&model))
            .ok_or_else(|| Error::invalid("model", "must name a model, such as openrouter/auto or anthropic/claude-sonnet-4.5"))?,
    };
    let policy_text = options.get("policy").map(|policy| policy.to_json());
    let policy = Policy::read(policy_text.as_deref().and_then(|text| Reader::document(text.as_bytes()).ok()), &model)?;
    let texts = |name: &str| {
        let list = options.get(name).filter(Value::is_array);
        list.map(|list| list.to_items().iter().filter_map(|item| item.str().map(|text| text.into_owned())).collect::<Vec<_>>())
    };
    let allowed = texts("allowedToolNames");
    let input = texts("input");
    let sees = |kind: &str| input.as_ref().is_none_or(|input| input.iter().any(|held| held == kind));
    let has_tools = options.get("supportsTools").is_none_or(|flag| flag.as_bool() != Some(false));
    let target = Target { model: &model, sees_images: sees("image"), sees_video: sees("video"), has_tools };
    let context = crate::Context { policy, target, allowed_tool_names: allowed.as_deref(), placeholders };
    let stayed: Vec<bool> = messages.iter().map(Message::is_untouched).collect();
    faults::check(&mut messages)?;
    // A request takes both spellings and says nothing of it; whoever compares a transcript with what was given is told.
    for (message, stayed) in messages.iter().zip(stayed) {
        if stayed && !message.is_untouched() {
            changes.add("spelling", message.place(""), "names and addresses are spelled as the wire spells them");
        }
    }
    crate::sanitize(&mut messages, &context, &mut None, &mut changes)?;
    let is_whole = matches!(text, std::borrow::Cow::Borrowed(_));
    Ok(SanitizedTranscript { messages: Sanitized { messages: &messages, is_whole }, changes }.to_json())
}

openrouter_wire::record! {
    /// A transcript, repaired.
    pub struct SanitizedTranscript<'a>: writes {
        messages: Sanitized<'a>,
        changes: Changes,
    }
}

/// Messages by what sets them apart from those that came in.
pub struct Sanitized<'a> {
    messages: &'a [Message<'a>],
    /// With halves of characters in it the caller's own text is not what was read.
    is_whole: bool,
}

impl Writes for Sanitized<'_> {
    fn write(&self, out: &mut String) {
        out.push('[');
        for (at, message) in self.messages.iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            match message.source.filter(|_| message.is_untouched()) {
                Some(number) => out.push_str(&(number as u64).to_string()),
                None if self.is_whole && message.write_patch(out).is_some() => {}
                None => message.write(out),
            }
        }
        out.push(']');
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl openrouter_wire::interface::Typed for Sanitized<'_> {
    fn typescript() -> String {
        "any[]".to_owned()
    }
}

/// Names the messages that a half of a character was taken out of: the caller's own are not what is sent.
fn note_surrogates(before: &str, after: Raw<'_>, messages: &mut [Message<'_>], changes: &mut Changes) {
    // The reader of this crate lets such escapes pass, so both texts fall into the same messages.
    let Ok(before) = Reader::document(before.as_bytes()) else { return };
    let mut cleaned: Vec<&[u8]> = Vec::with_capacity(messages.len());
    after.each_item(|message| cleaned.push(message.bytes()));
    let mut number = 0;
    before.each_item(|message| {
        if cleaned.get(number).is_some_and(|cleaned| *cleaned != message.bytes())
            && let Some(message) = messages.get_mut(number)
        {
            message.touch();
            changes.add(
                "lone-surrogates",
                message.place(""),
                "halves of characters were removed: no JSON outside JavaScript can hold them",
            );
        }
        number += 1;
    });
}
