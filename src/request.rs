//! The body of a chat request: what the caller wrote, with what must be there.

use serde_json::{Map, Value};

use crate::config::DEFAULT_MODEL;
use crate::error::Error;

/// A body that is ready to be sent.
#[derive(Debug, PartialEq)]
pub struct ChatBody {
    /// JSON text.
    pub text: String,
    /// Whether it asks for a stream.
    pub streaming: bool,
}

/// Fills in the model and `stream: true`, checks what would be refused anyway, and writes the fields in one fixed order:
/// OpenRouter's response cache tells bodies apart by their property order.
pub fn chat_body(text: &str, default_model: Option<&str>) -> Result<ChatBody, Error> {
    let well_formed = without_lone_surrogates(text);
    let value: Value = serde_json::from_str(&well_formed).map_err(|error| Error::invalid("request", error))?;
    let Value::Object(mut fields) = value else { return Err(Error::invalid("request", "must be an object")) };
    check_messages(&fields)?;
    if !fields.contains_key("models") || fields.contains_key("model") {
        let model = fields.entry("model").or_insert(Value::Null);
        if model.is_null() {
            *model = Value::String(default_model.unwrap_or(DEFAULT_MODEL).to_owned());
        }
        if !model.as_str().is_some_and(|model| !model.trim().is_empty()) {
            return Err(Error::invalid("model", "must be a string that is not empty"));
        }
    }
    let streaming = match fields.entry("stream").or_insert(Value::Bool(true)) {
        Value::Bool(streaming) => *streaming,
        other => {
            if !other.is_null() {
                return Err(Error::invalid("stream", "must be true or false"));
            }
            *other = Value::Bool(true);
            true
        }
    };
    let mut ordered = Map::with_capacity(fields.len());
    for name in ["model", "models", "messages", "stream", "tools", "tool_choice"] {
        if let Some(value) = fields.shift_remove(name) {
            ordered.insert(name.to_owned(), value);
        }
    }
    fields.sort_keys();
    ordered.extend(fields);
    Ok(ChatBody { text: Value::Object(ordered).to_string(), streaming })
}

fn check_messages(fields: &Map<String, Value>) -> Result<(), Error> {
    let Some(Value::Array(messages)) = fields.get("messages") else {
        return Err(Error::invalid("messages", "must be an array of messages"));
    };
    if messages.is_empty() {
        return Err(Error::invalid("messages", "must hold at least one message"));
    }
    for (number, message) in messages.iter().enumerate() {
        let place = format!("messages[{number}]");
        let Value::Object(message) = message else { return Err(Error::invalid(&place, "must be an object")) };
        match message.get("role") {
            Some(Value::String(role)) if matches!(role.as_str(), "system" | "developer" | "user" | "assistant" | "tool") => {}
            Some(Value::String(role)) => return Err(Error::invalid(&format!("{place}.role"), format!("{role:?} is no role of this API"))),
            _ => return Err(Error::invalid(&format!("{place}.role"), "must be a string")),
        }
        match message.get("content") {
            None | Some(Value::Null | Value::String(_) | Value::Array(_)) => {}
            Some(_) => return Err(Error::invalid(&format!("{place}.content"), "must be a string, an array of parts or null")),
        }
        if message.get("role").is_some_and(|role| role == "tool") && !message.get("tool_call_id").is_some_and(Value::is_string) {
            return Err(Error::invalid(&format!("{place}.tool_call_id"), "must be the id of the call that is answered"));
        }
    }
    Ok(())
}

/// `JSON.stringify` writes a lone surrogate as its escape, which no JSON parser outside JavaScript takes: such escapes are removed.
fn without_lone_surrogates(text: &str) -> std::borrow::Cow<'_, str> {
    let bytes = text.as_bytes();
    if memchr::memmem::find(bytes, b"\\ud").is_none() && memchr::memmem::find(bytes, b"\\uD").is_none() {
        return text.into();
    }
    let unit = |at: usize| match bytes.get(at..at + 6) {
        Some([b'\\', b'u', digits @ ..]) if digits.iter().all(u8::is_ascii_hexdigit) => Some(crate::json::hex4(digits)),
        _ => None,
    };
    let mut out = String::with_capacity(text.len());
    let (mut at, mut plain) = (0, 0);
    while let Some(found) = memchr::memchr(b'\\', &bytes[at..]) {
        at += found;
        let length = match unit(at) {
            Some(0xd800..=0xdbff) if matches!(unit(at + 6), Some(0xdc00..=0xdfff)) => 12,
            Some(0xd800..=0xdfff) => {
                out.push_str(&text[plain..at]);
                plain = at + 6;
                6
            }
            _ => 2,
        };
        at = (at + length).min(bytes.len());
    }
    out.push_str(&text[plain..]);
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_in_and_orders_the_fields() {
        let table = [
            (r#"{"messages":[{"role":"user","content":"hi"}]}"#, None, r#"{"model":"openrouter/auto","messages":[{"role":"user","content":"hi"}],"stream":true}"#, true),
            (r#"{"temperature":1,"stream":false,"messages":[{"content":"hi","role":"user"}],"model":"a/b","seed":2}"#, None, r#"{"model":"a/b","messages":[{"content":"hi","role":"user"}],"stream":false,"seed":2,"temperature":1}"#, false),
            (r#"{"messages":[{"role":"user"}],"model":null,"stream":null}"#, Some("m/n"), r#"{"model":"m/n","messages":[{"role":"user"}],"stream":true}"#, true),
            (r#"{"messages":[{"role":"user"}],"models":["a/b"]}"#, None, r#"{"models":["a/b"],"messages":[{"role":"user"}],"stream":true}"#, true),
        ];
        for (text, model, expected, streaming) in table {
            assert_eq!(chat_body(text, model).unwrap(), ChatBody { text: expected.to_owned(), streaming }, "{text}");
        }
    }

    #[test]
    fn a_wrong_request_is_refused_by_place() {
        let table = [
            ("[]", "request: "),
            ("{", "request: "),
            ("{}", "messages: "),
            (r#"{"messages":[]}"#, "messages: "),
            (r#"{"messages":[1]}"#, "messages[0]: "),
            (r#"{"messages":[{"role":"user"},{"role":"robot"}]}"#, "messages[1].role: "),
            (r#"{"messages":[{"content":"x"}]}"#, "messages[0].role: "),
            (r#"{"messages":[{"role":"user","content":5}]}"#, "messages[0].content: "),
            (r#"{"messages":[{"role":"tool","content":"x"}]}"#, "messages[0].tool_call_id: "),
            (r#"{"messages":[{"role":"user"}],"model":5}"#, "model: "),
            (r#"{"messages":[{"role":"user"}],"stream":"yes"}"#, "stream: "),
        ];
        for (text, place) in table {
            let error = chat_body(text, None).unwrap_err();
            assert!(error.message.starts_with(place), "{text}: {}", error.message);
        }
    }

    #[test]
    fn lone_surrogates_are_removed_and_nothing_else() {
        let table = [
            (r#""a\ud83db""#, r#""ab""#),
            (r#""a\ude00b\ud83d""#, r#""ab""#),
            (r#""\ud83d\ude00""#, r#""\ud83d\ude00""#),
            (r#""\ud83d\ud83d\ude00""#, r#""\ud83d\ude00""#),
            (r#""\\ud83d""#, r#""\\ud83d""#),
            (r#""\\\ud83d\\""#, r#""\\\\""#),
            (r#""\u0041\n""#, r#""\u0041\n""#),
        ];
        for (text, expected) in table {
            assert_eq!(without_lone_surrogates(text), expected);
        }
    }
}
