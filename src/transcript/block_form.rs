//! OpenClaw's block form (`toolCall`, `thinking`, `toolResult`, `image`) into the wire form (provider-rules 8).

use crate::change::Changes;
use crate::json_string::write_string;
use crate::message::{Message, Meta, Role, StopReason, part_text, text_part};
use crate::model_ref::ModelRef;
use crate::text::{between, tail};
use crate::value::{Object, Value};

const RULE: &str = "block-form";
/// A payload that is neither text nor image goes along as JSON, up to this many bytes.
const MAX_PAYLOAD_BYTES: usize = 8000;
/// The ids of turns that another model made: what every API takes.
const MAX_FOREIGN_ID_CHARS: usize = 40;

const CALL_TYPES: [&str; 6] = ["toolCall", "toolUse", "functionCall", "tool_call", "tool_use", "function_call"];
const RESULT_IDS: [&str; 6] = ["tool_call_id", "toolCallId", "toolUseId", "tool_use_id", "callId", "call_id"];

/// Ids that were rewritten with their turn, so that the results follow.
#[derive(Debug, Default)]
pub struct Renamed(Vec<(String, String)>);

/// Brings one message into the wire form. Messages that are in it already stay untouched.
pub fn convert<'a>(message: &mut Message<'a>, target: &ModelRef, renamed: &mut Renamed, changes: &mut Changes) {
    let role = message.role;
    if role == Role::Tool {
        convert_result(message, renamed, changes);
    } else if role == Role::Assistant && is_block_turn(message) {
        convert_turn(message, target, renamed, changes);
    } else if role == Role::User && has_block_media(message) {
        let parts = message.parts_mut().map(core::mem::take).unwrap_or_default();
        let parts = parts.into_iter().map(media_part).collect();
        message.fields.set("content", Value::Array(parts));
        message.meta.is_block_form = true;
        message.touch();
        changes.add(RULE, message.place(".content"), "media in the block form were written as data URLs");
    }
}

fn kind_of(part: &Value<'_>) -> String {
    part.get_str("type").unwrap_or_default()
}

fn is_call(kind: &str) -> bool {
    CALL_TYPES.contains(&kind)
}

fn is_block_turn(message: &mut Message<'_>) -> bool {
    if message.fields.has("stopReason") || message.fields.get("content").is_some_and(Value::is_object) {
        return true;
    }
    let parts = message.parts_mut();
    parts.is_some_and(|parts| {
        parts.iter().any(|part| {
            let kind = kind_of(part);
            is_call(&kind) || matches!(kind.as_str(), "thinking" | "redacted_thinking")
        })
    })
}

fn has_block_media(message: &mut Message<'_>) -> bool {
    let parts = message.parts_mut();
    parts.is_some_and(|parts| parts.iter().any(|part| matches!(kind_of(part).as_str(), "image" | "video")))
}

/// `{type: "image", data, mimeType}` and Anthropic's `{type: "image", source}` as a part with a data URL. What lacks data stays an
/// image part without a URL, which the image rule names.
fn media_part(part: Value<'_>) -> Value<'_> {
    let (kind, field) = match kind_of(&part).as_str() {
        "image" => ("image_url", "image_url"),
        "video" => ("video_url", "video_url"),
        _ => return part,
    };
    let source = part.get("source").unwrap_or_else(|| part.clone());
    let text = |names: [&str; 2]| names.iter().find_map(|name| source.get_str(name));
    let url = match (text(["data", "data"]), text(["mimeType", "media_type"])) {
        (Some(data), Some(media_type)) => ["data:", &media_type, ";base64,", &data].concat(),
        _ => source.get_str("url").unwrap_or_default(),
    };
    Value::Object(Object::of([("type", Value::text(kind)), (field, Value::Object(Object::of([("url", Value::Text(url))])))]))
}

fn convert_result(message: &mut Message<'_>, renamed: &Renamed, changes: &mut Changes) {
    let name = message.fields.str("toolName").or_else(|| message.fields.str("name")).map(|name| name.trim_ascii().to_owned());
    message.meta.tool_name = name.filter(|name| !name.is_empty());
    let is_block_form = message.fields.get("role").is_some_and(|role| role.is("toolResult"));
    let id = RESULT_IDS.iter().find_map(|name| message.fields.str(name).filter(|id| !id.is_empty()).map(|id| id.into_owned()));
    let wire_id = id.map(|id| renamed.0.iter().rev().find(|(raw, _)| *raw == id).map_or(id, |(_, clean)| clean.clone()));
    if !is_block_form {
        if wire_id.as_deref() != message.fields.str("tool_call_id").as_deref().filter(|id| !id.is_empty())
            && let Some(id) = wire_id
        {
            RESULT_IDS.iter().for_each(|name| drop(message.fields.remove(name)));
            message.fields.set("tool_call_id", Value::Text(id));
            message.touch();
        }
        return;
    }
    let content = result_content(message);
    let mut fields = Object::of([("role", Value::text("tool"))]);
    if let Some(id) = wire_id {
        fields.set("tool_call_id", Value::Text(id));
    }
    fields.set("content", content);
    finish(message, fields, changes, "a tool result in the block form was written in the wire form");
}

/// Text joined; images as parts, to be moved behind the run of results; anything else as JSON.
fn result_content<'a>(message: &mut Message<'a>) -> Value<'a> {
    let Some(parts) = message.parts_mut().map(core::mem::take) else {
        return message.fields.get("content").cloned().unwrap_or_else(|| Value::text(""));
    };
    let mut texts: Vec<String> = Vec::new();
    let mut images = Vec::new();
    for part in parts {
        match kind_of(&part).as_str() {
            "text" => texts.extend(part_text(&part)),
            "image" | "image_url" => images.push(media_part(part)),
            _ => {
                let json = part.to_json();
                let end = (0..=json.len().min(MAX_PAYLOAD_BYTES)).rev().find(|end| json.is_char_boundary(*end)).unwrap_or(0);
                texts.push(between(&json, 0, end).to_owned());
            }
        }
    }
    let text = texts.join("\n");
    if images.is_empty() {
        return Value::Text(text);
    }
    if !text.is_empty() {
        images.insert(0, text_part(&text));
    }
    Value::Array(images)
}

fn convert_turn<'a>(message: &mut Message<'a>, target: &ModelRef, renamed: &mut Renamed, changes: &mut Changes) {
    let mut meta = read_meta(&message.fields, target);
    meta.is_block_form = true;
    let mut turn = Turn { is_foreign: meta.is_foreign, ..Turn::default() };
    let content = message.fields.remove("content");
    match content {
        Some(mut content) if content.is_array() => {
            let parts = content.array_mut().map(core::mem::take).unwrap_or_default();
            for (number, part) in parts.into_iter().enumerate() {
                turn.add(part, &message.place(&crate::change::place(".content", number, "")), renamed, changes);
            }
        }
        Some(content) if content.is_object() => turn.add(content, &message.place(".content"), renamed, changes),
        Some(content) => turn.texts.extend(content.str().map(|text| text.into_owned())),
        None => {}
    }
    let mut fields = Object::of([("role", Value::text("assistant"))]);
    let text = turn.texts.join("\n");
    fields.set("content", if turn.texts.is_empty() { Value::null() } else { Value::Text(text) });
    for (field, texts) in turn.reasoning {
        fields.set(field, Value::Text(texts.join("\n")));
    }
    if !turn.details.is_empty() {
        fields.set("reasoning_details", Value::Array(turn.details));
    }
    let wire_calls = message.fields.get_mut("tool_calls").and_then(Value::array_mut).map(core::mem::take).unwrap_or_default();
    turn.calls.extend(wire_calls);
    if !turn.calls.is_empty() {
        fields.set("tool_calls", Value::Array(turn.calls));
    }
    message.meta = meta;
    finish(message, fields, changes, "a turn in the block form was written in the wire form");
}

fn finish<'a>(message: &mut Message<'a>, fields: Object<'a>, changes: &mut Changes, reason: &str) {
    changes.add(RULE, message.place(""), reason);
    message.fields = fields;
    message.meta.is_block_form = true;
    message.touch();
}

fn read_meta(fields: &Object<'_>, target: &ModelRef) -> Meta {
    let stop_reason = match fields.str("stopReason").as_deref() {
        Some("stop") => StopReason::Stop,
        Some("length") => StopReason::Length,
        Some("toolUse") => StopReason::ToolUse,
        Some("error") => StopReason::Error,
        Some("aborted") => StopReason::Aborted,
        _ => StopReason::Unknown,
    };
    let other_model = fields.str("model").is_some_and(|model| !target.matches(&model));
    let other_host = fields.str("provider").is_some_and(|provider| provider != "openrouter");
    let other_api = fields.str("api").is_some_and(|api| api != "openai-completions");
    let usage = fields.get("usage");
    let count = |names: &[&str]| names.iter().find_map(|name| usage.and_then(|usage| usage.get(name)).and_then(|value| value.as_number()));
    let has_zero_usage = usage.is_some()
        && [&["input", "inputTokens"][..], &["output", "outputTokens"], &["totalTokens", "total"]]
            .iter()
            .all(|names| count(names).unwrap_or(0.0) == 0.0);
    // What the gateway wrote for its own records was never said to or by a model.
    let is_record = matches!(fields.str("model").as_deref(), Some("delivery-mirror" | "gateway-injected"));
    Meta { stop_reason, has_zero_usage, is_record, is_foreign: !is_record && (other_model || other_host || other_api), ..Meta::default() }
}

#[derive(Default)]
struct Turn<'a> {
    is_foreign: bool,
    texts: Vec<String>,
    reasoning: Vec<(&'static str, Vec<String>)>,
    details: Vec<Value<'a>>,
    calls: Vec<Value<'a>>,
}

impl<'a> Turn<'a> {
    fn add(&mut self, part: Value<'a>, place: &str, renamed: &mut Renamed, changes: &mut Changes) {
        let kind = kind_of(&part);
        match kind.as_str() {
            "text" => self.texts.extend(part_text(&part)),
            "thinking" => {
                let thinking = part.get_str("thinking").or_else(|| part.get_str("text")).unwrap_or_default();
                if crate::message::is_blank(&thinking) {
                } else if self.is_foreign {
                    self.texts.push(thinking);
                } else {
                    let signature = ["thinkingSignature", "signature", "thoughtSignature"].iter().find_map(|name| part.get_str(name));
                    self.reason(
                        if signature.as_deref() == Some("reasoning_content") { "reasoning_content" } else { "reasoning" },
                        thinking,
                    );
                }
            }
            kind if is_call(kind) => self.call(part, place, renamed, changes),
            "redacted_thinking" => changes.add(RULE, place, "redacted thinking has no place in the wire form"),
            _ => changes.add(RULE, place, "a block that is only for display was left out"),
        }
    }

    fn reason(&mut self, field: &'static str, text: String) {
        match self.reasoning.iter_mut().find(|(held, _)| *held == field) {
            Some((_, texts)) => texts.push(text),
            None => self.reasoning.push((field, vec![text])),
        }
    }

    fn call(&mut self, part: Value<'a>, place: &str, renamed: &mut Renamed, changes: &mut Changes) {
        if part.get("partialJson").is_some_and(|partial| partial.is_string()) {
            changes.add("tool-inputs", place, "a call whose arguments never arrived whole was left out");
            return;
        }
        let mut call = Object::default();
        let raw_id = ["id", "toolCallId", "tool_call_id", "toolUseId", "tool_use_id", "call_id"].iter().find_map(|name| part.get_str(name));
        if let Some(raw_id) = raw_id {
            let id = if self.is_foreign { foreign_id(&raw_id) } else { raw_id.clone() };
            call.set("id", Value::text(&id));
            if id != raw_id {
                changes.add(RULE, place, "the id of another model's call was brought into a form that every provider takes");
                renamed.0.push((raw_id, id));
            }
        }
        call.set("type", Value::text("function"));
        let mut function = Object::default();
        if let Some(name) = part.get("name") {
            function.set("name", name);
        }
        let arguments = ["arguments", "input", "args"].iter().find_map(|name| part.get(name));
        if let Some(arguments) = arguments {
            let text = arguments.str().map_or_else(|| arguments.to_json(), |text| text.into_owned());
            function.set("arguments", Value::Text(text));
        }
        call.set("function", Value::Object(function));
        self.calls.push(Value::Object(call));
        let signature = part.get_str("thoughtSignature").or_else(|| part.get_str("thought_signature"));
        if let Some(signature) = signature {
            let detail = Value::parse(&signature).filter(Value::is_object).map(Value::into_owned);
            match detail.filter(|_| !self.is_foreign) {
                Some(detail) => self.details.push(detail),
                None => changes.add("thought-signatures", place, "a signature that the wire form has no place for was left out"),
            }
        }
    }
}

/// Cut at `|`, other characters as `_`, at most 40 (provider-rules 8.6).
fn foreign_id(id: &str) -> String {
    let id = between(id, 0, id.bytes().position(|byte| byte == b'|').unwrap_or(id.len()));
    id.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c } else { '_' }).take(MAX_FOREIGN_ID_CHARS).collect()
}

/// A turn as text, for models that know no tools: `name(arguments)`.
pub fn call_as_text(call: &Value<'_>) -> String {
    let name = crate::message::call_name(call).unwrap_or_default();
    let arguments = call.get("function").and_then(|function| function.get_str("arguments")).unwrap_or_default();
    let mut out = String::from("[called the tool ");
    write_string(&mut out, &name);
    out.push_str(" with ");
    out.push_str(tail(&arguments, 0));
    out.push(']');
    out
}
