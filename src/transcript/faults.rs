//! Messages and parts that are none, refused by their place; and the spelling of OpenRouter's SDK (`toolCalls`, `imageUrl`) as the wire's.
//!
//! Not where a message is read: what is found here is found in no transcript that needs no repair (see [`crate::clean`]).

use crate::change::place;
use crate::error::Error;
use crate::field_names;
use crate::message::{Message, Role};
use crate::value::{Object, Value};

/// Looks through all of them.
pub fn check(messages: &mut [Message<'_>]) -> Result<(), Error> {
    messages.iter_mut().try_for_each(check_one)
}

fn check_one(message: &mut Message<'_>) -> Result<(), Error> {
    let wrong = |message: &Message<'_>, below: &str, problem: &str| Err(Error::invalid(&message.place(below), problem));
    let is_result_block = message.fields.get("role").is_some_and(|role| role.is("toolResult"));
    if !is_result_block && field_names::rename_all(message) {
        message.touch();
        if message.fields.get("tool_calls").is_some_and(|calls| !calls.is_array()) {
            return wrong(message, ".toolCalls", "must be an array");
        }
    }
    if !message.fields.has("content") {
        let parts = message.fields.get("parts").filter(|parts| parts.is_array());
        if let Some(parts) = parts {
            // Gemini's have no types.
            let is_ui = parts.to_items().iter().all(|part| part.get("type").is_some());
            return wrong(message, ".parts", if is_ui { FROM_UI_MESSAGES } else { OF_GEMINI });
        }
        if matches!(message.role, Role::User | Role::System | Role::Developer) {
            return wrong(message, ".content", "must be a string or an array of parts");
        }
    }
    let mut parts = message.parts_mut().into_iter().flatten().enumerate();
    let fault = parts.find_map(|(number, part)| {
        part.object_mut();
        fault_of_part(part, is_result_block).map(|fault| (number, fault))
    });
    match fault {
        Some((number, (below, problem))) => wrong(message, &place(".content", number, below), problem),
        None => Ok(()),
    }
}

const FROM_UI_MESSAGES: &str = "a UI message of the AI SDK: fromUIMessages of openrouter-wasm/ai-sdk makes messages of them";
const OF_GEMINI: &str = "is Gemini's form; a message has content: a string, or an array of parts with a type";
const FROM_MODEL_MESSAGES: &str = "is a part of the AI SDK's messages: fromModelMessages of openrouter-wasm/ai-sdk makes messages of them";
/// Parts of the wire form, and blocks of OpenClaw's (see [`crate::block_form`]).
const PART_TYPES: &str = "text image_url input_audio video_url file input_video refusal image video audio thinking redacted_thinking \
    attachment_error toolCall toolUse functionCall tool_call tool_use function_call";

/// Names in a medium that is no image.
const MEDIA_NAMES: [&str; 7] = ["data", "format", "url", "processing", "filename", "file_data", "file_id"];

/// Where below a part, and what should be there.
type Fault = (&'static str, &'static str);

/// What is said of a part that is none.
#[cold]
fn strange_part(part: &Object<'_>, kind: &str) -> Fault {
    // Of the AI SDK; what begins so stands in its UI messages.
    const AI_SDK: [&str; 7] = ["tool-", "data-", "source-", "reasoning", "step-start", "dynamic-tool", "custom"];
    if AI_SDK.iter().any(|start| kind.starts_with(start)) || part.has("mediaType") {
        return (".type", FROM_MODEL_MESSAGES);
    }
    (".type", "must be text, image_url, input_audio, video_url or file")
}

/// What of a wire part has the wrong type, and what it should be. In a result of the block form anything may stand.
fn fault_of_part(part: &Value<'_>, is_free: bool) -> Option<Fault> {
    let Value::Object(part) = part else { return None };
    let kind = part.get("type")?.str()?;
    if !is_free {
        let is_of_ai_sdk = match kind.as_ref() {
            "image" => part.has("image"),
            "file" => !part.has("file") && (part.has("mediaType") || part.has("data")),
            _ => false,
        };
        if is_of_ai_sdk {
            return Some((".type", FROM_MODEL_MESSAGES));
        }
        if !PART_TYPES.split(' ').any(|held| held == kind) {
            return Some(strange_part(part, &kind));
        }
    }
    fault_of_field(part, &kind, is_free)
}

fn fault_of_field(part: &Object<'_>, kind: &str, is_free: bool) -> Option<Fault> {
    let (name, below, is_text) = match kind {
        "text" => ("text", ".text", true),
        "input_audio" => ("input_audio", ".input_audio", false),
        "file" => ("file", ".file", false),
        "video_url" => ("video_url", ".video_url", false),
        "image_url" => {
            // The older form of a bare string is an object by now (see `field_names`).
            let is_right = part.get("image_url").is_none_or(|image| image.is_object());
            return (!is_right).then_some((".image_url", "must be an object with a url"));
        }
        _ => return None,
    };
    let value = part.get(name);
    // A name that is none is told with the one that was meant: that says more.
    let is_known = |media: &Value<'_>| {
        media.clone().object_mut().is_some_and(|media| media.fields().all(|(name, _)| MEDIA_NAMES.contains(&name.as_ref())))
    };
    if let Some(media) = value.as_ref().filter(|media| !is_free && is_known(media)) {
        let has = |name: &str| media.get(name).is_some_and(|text| text.is_string());
        match kind {
            "input_audio" if !has("data") => return Some((".input_audio.data", "must be a string of base64")),
            "input_audio" if !has("format") => {
                return Some((".input_audio.format", "must say what the sound is: wav, mp3, flac, m4a, ogg, aac, pcm16"));
            }
            "video_url" if !has("url") => return Some((".video_url.url", "must be a string")),
            "file" if !has("file_data") && !has("file_id") => return Some((".file", "must have file_data or file_id")),
            _ => {}
        }
    }
    let is_right = match value {
        Some(value) if is_text => value.is_string(),
        Some(value) => value.is_object(),
        // A text that is missing says nothing, and the rules leave it out.
        None => is_free || is_text,
    };
    (!is_right).then_some((below, if is_text { "must be a string" } else { "must be an object" }))
}
