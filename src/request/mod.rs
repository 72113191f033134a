//! The body of a chat request: what the caller wrote, with what must be there.

pub mod tool_schema;

use crate::config::DEFAULT_MODEL;
use crate::error::Error;
use crate::json::{Raw, Reader};
use crate::json_string::write_string;
use crate::text::{between, tail};

/// A body that is ready to be sent.
#[derive(Debug, PartialEq)]
pub struct ChatBody {
    /// JSON text.
    pub text: String,
    /// Whether it asks for a stream.
    pub streaming: bool,
}

/// The fields that come first; the rest follows by name.
const FIRST_FIELDS: [&str; 6] = ["model", "models", "messages", "stream", "tools", "tool_choice"];

/// Fills in the model and `stream: true`, checks what would be refused anyway, and writes the fields in one fixed order:
/// OpenRouter's response cache tells bodies apart by their property order. Values go out as they came in, byte for byte.
pub fn chat_body(text: &str, default_model: Option<&str>) -> Result<ChatBody, Error> {
    let well_formed = without_lone_surrogates(text);
    let document = Reader::document(well_formed.as_bytes())
        .map_err(|malformed| Error::invalid("request", &format!("no JSON at byte {}", malformed.at as u64)))?;
    if !document.is_object() {
        return Err(Error::invalid("request", "must be an object"));
    }
    let mut quoted_model = String::new();
    let mut fields: Vec<Field<'_>> = Vec::new();
    document.each_field(|name, value| set(&mut fields, name, value.bytes()));
    check_messages(document.field("messages"))?;
    match document.field("model").map(Raw::string) {
        Some(Some(model)) if !model.decode().trim_ascii().is_empty() => {}
        Some(_) => return Err(Error::invalid("model", "must be a string that is not empty")),
        None if document.field("models").is_some() => fields.retain(|(name, _)| *name != b"model"),
        None => {
            write_string(&mut quoted_model, default_model.unwrap_or(DEFAULT_MODEL));
            set(&mut fields, b"model", quoted_model.as_bytes());
        }
    }
    let streaming = match document.field("stream").map(Raw::bytes) {
        Some(b"true") => true,
        Some(b"false") => false,
        Some(_) => return Err(Error::invalid("stream", "must be true or false")),
        None => {
            set(&mut fields, b"stream", b"true");
            true
        }
    };
    Ok(ChatBody { text: write_fields(&fields), streaming })
}

/// Name and value as they stand in the text.
type Field<'a> = (&'a [u8], &'a [u8]);

/// Of a repeated field the last counts, as `JSON.parse` has it.
fn set<'a>(fields: &mut Vec<Field<'a>>, name: &'a [u8], value: &'a [u8]) {
    fields.retain(|(held, _)| *held != name);
    fields.push((name, value));
}

fn write_fields(fields: &[Field<'_>]) -> String {
    let rank = |name: &[u8]| FIRST_FIELDS.iter().position(|first| first.as_bytes() == name).unwrap_or(FIRST_FIELDS.len());
    let mut order: Vec<Field<'_>> = Vec::with_capacity(fields.len());
    for field in fields {
        // By insertion: a dozen fields, and the library's sort is 3 KB.
        let after = order.iter().position(|other| (rank(field.0), field.0) < (rank(other.0), other.0));
        order.insert(after.unwrap_or(order.len()), *field);
    }
    let mut out = String::new();
    for (name, value) in order {
        out.push_str(if out.is_empty() { "{\"" } else { ",\"" });
        out.push_str(&String::from_utf8_lossy(name));
        out.push_str("\":");
        out.push_str(&String::from_utf8_lossy(value));
    }
    out.push('}');
    out
}

fn check_messages(messages: Option<Raw<'_>>) -> Result<(), Error> {
    let Some(messages) = messages.filter(|messages| messages.is_array()) else {
        return Err(Error::invalid("messages", "must be an array of messages"));
    };
    let mut count = 0;
    let mut result = Ok(());
    messages.each_item(|message| {
        if result.is_ok() {
            result = check_message(count, message);
        }
        count += 1;
    });
    if count == 0 {
        return Err(Error::invalid("messages", "must hold at least one message"));
    }
    result
}

fn check_message(number: usize, message: Raw<'_>) -> Result<(), Error> {
    let wrong = |field: &str, problem: &str| Err(Error::invalid(&format!("messages[{}]{field}", number as u64), problem));
    if !message.is_object() {
        return wrong("", "must be an object");
    }
    let Some(role) = message.field("role").and_then(Raw::string).map(|role| role.decode()) else {
        return wrong(".role", "must be a string");
    };
    if !matches!(role.as_str(), "system" | "developer" | "user" | "assistant" | "tool") {
        return wrong(".role", "must be system, developer, user, assistant or tool");
    }
    if message.field("content").is_some_and(|content| content.string().is_none() && !content.is_array()) {
        return wrong(".content", "must be a string, an array of parts or null");
    }
    if role == "tool" && message.field("tool_call_id").and_then(Raw::string).is_none() {
        return wrong(".tool_call_id", "must be the id of the call that is answered");
    }
    Ok(())
}

/// `JSON.stringify` writes a lone surrogate as its escape, which no JSON parser outside JavaScript takes: such escapes are removed.
fn without_lone_surrogates(text: &str) -> std::borrow::Cow<'_, str> {
    let bytes = text.as_bytes();
    let unit = |at: usize| match bytes.get(at..at + 6) {
        Some([b'\\', b'u', digits @ ..]) if digits.iter().all(u8::is_ascii_hexdigit) => Some(crate::json_string::hex4(digits)),
        _ => None,
    };
    let mut out = String::new();
    let (mut at, mut plain) = (0, 0);
    while let Some(found) = memchr::memchr(b'\\', &bytes[at..]) {
        at += found;
        let length = match unit(at) {
            Some(0xd800..=0xdbff) if matches!(unit(at + 6), Some(0xdc00..=0xdfff)) => 12,
            Some(0xd800..=0xdfff) => {
                out.push_str(between(text, plain, at));
                plain = at + 6;
                6
            }
            _ => 2,
        };
        at = (at + length).min(bytes.len());
    }
    if plain == 0 {
        return text.into();
    }
    out.push_str(tail(text, plain));
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_in_and_orders_the_fields() {
        let table = [
            (
                r#"{"messages":[{"role":"user","content":"hi"}]}"#,
                None,
                r#"{"model":"openrouter/auto","messages":[{"role":"user","content":"hi"}],"stream":true}"#,
                true,
            ),
            (
                r#"{"temperature":1,"stream":false,"messages":[{"content":"hi","role":"user"}],"model":"a/b","seed":2}"#,
                None,
                r#"{"model":"a/b","messages":[{"content":"hi","role":"user"}],"stream":false,"seed":2,"temperature":1}"#,
                false,
            ),
            (
                r#"{"messages":[{"role":"user"}],"model":null,"stream":null}"#,
                Some("m/n"),
                r#"{"model":"m/n","messages":[{"role":"user"}],"stream":true}"#,
                true,
            ),
            (
                r#"{"messages":[{"role":"user"}],"models":["a/b"]}"#,
                None,
                r#"{"models":["a/b"],"messages":[{"role":"user"}],"stream":true}"#,
                true,
            ),
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
