//! OpenClaw's block form (`toolCall`, `thinking`, `toolResult`, `image`) into the wire form (provider-rules 8).

use std::borrow::Cow;

use crate::change::{Changes, place};
use crate::json::Reader;
use crate::json_string::write_string;
use crate::message::{Message, Meta, Role, StopReason, is_blank, part_text, text_part};
use crate::model_ref::ModelRef;
use crate::places::Names;
use crate::text::{between, find};
use crate::value::{Object, Value};

const RULE: &str = "block-form";
/// A payload that is neither text nor image goes along as JSON, up to this many bytes.
const MAX_PAYLOAD_BYTES: usize = 8000;
/// The ids of turns that another model made: what every API takes.
const MAX_FOREIGN_ID_CHARS: usize = 40;

const CALL_TYPES: [&str; 6] = ["toolCall", "toolUse", "functionCall", "tool_call", "tool_use", "function_call"];
const CALL_IDS: [&str; 6] = ["call_id", "tool_call_id", "toolCallId", "tool_use_id", "toolUseId", "id"];
const RESULT_IDS: [&str; 6] = ["tool_call_id", "toolCallId", "toolUseId", "tool_use_id", "callId", "call_id"];

/// What else the wire form has no parts for; the last four were only shown.
const BLOCK_TYPES: [&str; 6] = ["thinking", "redacted_thinking", "image", "video", "audio", "attachment_error"];
/// What a turn in the block form may hold beside its blocks.
const WIRE_FIELDS: [&str; 10] = [
    "name",
    "reasoning",
    "reasoning_content",
    "reasoning_text",
    "reasoning_details",
    "thinking_blocks",
    "refusal",
    "images",
    "audio",
    "annotations",
];
/// A text that asks for silence; a model's own word to OpenClaw.
const SILENT_REPLY: &str = "NO_REPLY";
/// The models of records that OpenClaw's gateway writes: never said to or by one.
const RECORDS: [&str; 2] = ["delivery-mirror", "gateway-injected"];

/// Goes over the messages in their order.
#[derive(Debug)]
pub struct Conversion<'m> {
    target: &'m ModelRef,
    drops_silent: bool,
    /// Ids that were rewritten with their turn, so that the results follow.
    raw: Names,
    /// Beside each the clean form, while a result of it may come.
    clean: Vec<Option<String>>,
    /// The clean forms that were given, and beside each whose it was last, and the number of the next id that comes to it.
    taken: Names,
    owners: Vec<(usize, u64)>,
}

impl<'m> Conversion<'m> {
    /// For the model that is asked. `drops_silent`: a text that asks for silence goes.
    pub fn new(target: &'m ModelRef, drops_silent: bool) -> Self {
        Self { target, drops_silent, raw: Names::default(), clean: Vec::new(), taken: Names::default(), owners: Vec::new() }
    }

    /// Brings one message into the wire form. Messages that are in it already stay untouched.
    pub fn apply(&mut self, message: &mut Message<'_>, changes: &mut Changes) {
        let role = message.role;
        match role {
            Role::Tool => self.convert_result(message, changes),
            Role::Assistant if is_block_turn(message) => self.convert_turn(message, changes),
            Role::Assistant if !self.clean.is_empty() => {
                let calls = message.calls_mut().map(|calls| calls.as_slice()).unwrap_or_default();
                calls.iter().filter_map(|call| call.get_str("id")).for_each(|id| self.keep_id(&id));
            }
            Role::User => convert_media(message, changes),
            _ => {}
        }
    }

    /// What an id was rewritten as.
    fn find(&self, id: &str) -> Option<&String> {
        self.clean.get(self.raw.place(id)?)?.as_ref()
    }

    fn rename(&mut self, raw: &str, clean: &str) {
        let place = self.raw.place(raw).unwrap_or(self.clean.len());
        if self.raw.add(raw).is_some() {
            self.clean.push(None);
        }
        self.clean[place] = Some(clean.to_owned());
        match self.taken.place(clean) {
            Some(at) => self.owners[at].0 = place,
            None => self.owners.extend(self.taken.add(clean).map(|_| (place, 2))),
        }
    }

    /// The place of a form that another id has: this one has none.
    fn taken(&self, id: &str) -> Option<usize> {
        self.taken.place(id).filter(|at| self.clean[self.owners[*at].0].as_deref() == Some(id))
    }

    /// The clean form of an id, told apart from that of another id that looks the same by now.
    fn clean_id(&mut self, raw: &str) -> String {
        if let Some(held) = self.find(raw) {
            return held.clone();
        }
        let clean = foreign_id(raw);
        let Some(at) = self.taken(&clean) else { return clean };
        loop {
            let end = ["_", &self.owners[at].1.to_string()].concat();
            let id = [between(&clean, 0, clean.len().min(MAX_FOREIGN_ID_CHARS - end.len())), &end].concat();
            if self.taken(&id).is_none() {
                return id;
            }
            self.owners[at].1 += 1;
        }
    }

    /// From here on results of this id belong to a call that has it.
    fn keep_id(&mut self, id: &str) {
        if let Some(place) = self.raw.place(id) {
            self.clean[place] = None;
        }
    }
}

fn kind_of(part: &Value<'_>) -> String {
    part.get_str("type").unwrap_or_default()
}

fn is_kind(part: &Value<'_>, kinds: &[&str]) -> bool {
    part.get("type").is_some_and(|kind| kinds.iter().any(|name| kind.is(name)))
}

fn is_block_turn(message: &mut Message<'_>) -> bool {
    let is_record = message.fields.str("model").is_some_and(|model| RECORDS.contains(&model.as_ref()));
    if is_record
        || ["stopReason", "api"].iter().any(|name| message.fields.has(name))
        || message.fields.get("content").is_some_and(Value::is_object)
    {
        return true;
    }
    let is_block = |part: &Value<'_>| is_kind(part, &BLOCK_TYPES) || is_kind(part, &CALL_TYPES);
    message.parts_mut().is_some_and(|parts| parts.iter().any(is_block))
}

/// Media in the content of a user, or of a result in the wire form.
fn convert_media(message: &mut Message<'_>, changes: &mut Changes) {
    // When it was said is the host's to know.
    if message.fields.remove("timestamp").is_some() {
        message.touch();
        changes.add(RULE, message.place(".timestamp"), "is no field of the wire form");
    }
    let parts = message.parts_mut();
    let Some(parts) = parts.filter(|parts| parts.iter().any(|part| is_kind(part, &["image", "video"]))) else { return };
    *parts = core::mem::take(parts).into_iter().map(media_part).collect();
    message.touch();
    changes.add(RULE, message.place(".content"), "media in the block form were written as data URLs");
}

/// `{type: "image", data, mimeType}` and Anthropic's `{type: "image", source}` as a part with a data URL. A part without data stays an
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

/// Text stays text, an image a part, to be moved behind the run of results; anything else becomes JSON.
fn result_part(part: Value<'_>) -> Value<'_> {
    match kind_of(&part).as_str() {
        "text" => part,
        "image" | "image_url" => media_part(part),
        _ => {
            let json = part.to_json();
            let end = (0..=json.len().min(MAX_PAYLOAD_BYTES)).rev().find(|end| json.is_char_boundary(*end)).unwrap_or(0);
            text_part(between(&json, 0, end))
        }
    }
}

impl Conversion<'_> {
    fn convert_result(&self, message: &mut Message<'_>, changes: &mut Changes) {
        let name = message.fields.str("toolName").or_else(|| message.fields.str("name")).map(|name| name.trim().to_owned());
        message.meta.tool_name = name.filter(|name| !name.is_empty());
        let id = RESULT_IDS.iter().find_map(|name| message.fields.text(name).filter(|id| !id.is_empty()));
        let wire_id = id.map(|id| match self.find(&id) {
            Some(clean) => Cow::Owned(clean.clone()),
            None => id,
        });
        if message.fields.get("role").is_some_and(|role| role.is("toolResult")) {
            if let Some(parts) = message.parts_mut() {
                *parts = core::mem::take(parts).into_iter().map(result_part).collect();
            }
            let content = message.fields.remove("content").filter(|content| !content.is_null());
            let mut fields = Object::of([("role", Value::text("tool"))]);
            if let Some(id) = wire_id {
                fields.set("tool_call_id", Value::Text(id.into_owned()));
            }
            fields.set("content", content.unwrap_or_else(|| Value::text("")));
            finish(message, fields, changes, "a tool result in the block form was written in the wire form");
            return;
        }
        convert_media(message, changes);
        let Some(id) = wire_id else { return };
        if message.fields.str("tool_call_id").as_deref() != Some(id.as_ref()) {
            RESULT_IDS.iter().for_each(|name| drop(message.fields.remove(name)));
            message.fields.set("tool_call_id", Value::Text(id.into_owned()));
            message.touch();
            changes.add(RULE, message.place(""), "the id of a result was written where the wire form has it");
        }
    }

    fn convert_turn(&mut self, message: &mut Message<'_>, changes: &mut Changes) {
        message.meta = read_meta(&message.fields, self.target);
        let is_responses = message.fields.str("api").is_some_and(|api| find(&api, "responses").is_some());
        let mut turn = Turn { is_foreign: message.meta.is_foreign, is_responses, ..Turn::default() };
        let mut content = message.fields.remove("content");
        if let Some(parts) = content.as_mut().and_then(Value::array_mut).map(core::mem::take) {
            for (number, part) in parts.into_iter().enumerate() {
                turn.add(self, part, place(".content", number, ""), message, changes);
            }
        } else if let Some(content) = content {
            match content.str().map(|text| text.into_owned()) {
                Some(text) => turn.add_text(self, text, ".content", message, changes),
                None if content.is_object() => turn.add(self, content, ".content".to_owned(), message, changes),
                None => {}
            }
        }
        let mut fields = Object::of([("role", Value::text("assistant"))]);
        fields.set("content", if turn.texts.is_empty() { Value::null() } else { Value::Text(turn.texts.join("\n")) });
        for name in WIRE_FIELDS {
            if let Some(value) = message.fields.remove(name).filter(|value| !value.is_null()) {
                fields.set(name, value);
            }
        }
        for (field, texts) in turn.reasoning {
            if fields.get(field).is_none() {
                fields.set(field, Value::Text(texts.join("\n")));
            }
        }
        if !turn.details.is_empty() && fields.get("reasoning_details").is_none() {
            fields.set("reasoning_details", Value::Array(turn.details));
        }
        for (number, call) in message.calls_mut().map(core::mem::take).unwrap_or_default().into_iter().enumerate() {
            call.get_str("id").iter().for_each(|id| self.keep_id(id));
            turn.calls.push(call);
            message.meta.call_places.push(place(".tool_calls", number, ""));
        }
        if !turn.calls.is_empty() {
            fields.set("tool_calls", Value::Array(turn.calls));
        }
        finish(message, fields, changes, "a turn in the block form was written in the wire form");
    }
}

fn finish<'a>(message: &mut Message<'a>, fields: Object<'a>, changes: &mut Changes, reason: &'static str) {
    changes.add(RULE, message.place(""), reason);
    message.fields = fields;
    message.mix_lists();
    message.meta.is_block_form = true;
    message.touch();
}

fn read_meta(fields: &Object<'_>, target: &ModelRef) -> Meta {
    let stop_reason = match fields.str("stopReason").as_deref() {
        Some("stop") => StopReason::Stop,
        Some("length") => StopReason::Length,
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
        && [&["input", "inputTokens"][..], &["output", "outputTokens"], &["cacheRead"], &["cacheWrite"], &["totalTokens", "total"]]
            .iter()
            .all(|names| count(names).unwrap_or(0.0) == 0.0);
    let is_record = fields.str("model").is_some_and(|model| RECORDS.contains(&model.as_ref()));
    Meta { stop_reason, has_zero_usage, is_record, is_foreign: !is_record && (other_model || other_host || other_api), ..Meta::default() }
}

#[derive(Default)]
struct Turn<'a> {
    is_foreign: bool,
    /// It came over OpenAI's Responses API.
    is_responses: bool,
    texts: Vec<String>,
    reasoning: Vec<(&'static str, Vec<String>)>,
    details: Vec<Value<'a>>,
    calls: Vec<Value<'a>>,
}

impl<'a> Turn<'a> {
    /// `below`: where the part stands in the message.
    fn add(&mut self, conversion: &mut Conversion<'_>, part: Value<'a>, below: String, message: &mut Message<'a>, changes: &mut Changes) {
        match kind_of(&part).as_str() {
            "text" => self.add_text(conversion, part_text(&part).unwrap_or_default(), &below, message, changes),
            "thinking" => {
                let thinking = part.get_str("thinking").or_else(|| part.get_str("text")).unwrap_or_default();
                let signature = ["thinkingSignature", "signature", "thoughtSignature"].iter().find_map(|name| part.get(name));
                let own = part.get_str("signature").filter(|signature| !self.is_foreign && !signature.is_empty());
                if let Some(own) = own {
                    self.sign([("type", "reasoning.text"), ("text", &thinking), ("signature", &own)]);
                }
                match () {
                    () if is_blank(&thinking) => {}
                    () if self.is_foreign => self.texts.push(thinking),
                    () if signature.is_some_and(|signature| signature.is("reasoning_content")) => {
                        self.reason("reasoning_content", thinking)
                    }
                    () => self.reason("reasoning", thinking),
                }
            }
            kind if CALL_TYPES.contains(&kind) => self.add_call(conversion, &part, below, message, changes),
            "redacted_thinking" if !self.is_foreign && part.get_str("data").is_some_and(|data| !data.is_empty()) => {
                self.sign([("type", "reasoning.encrypted"), ("data", &part.get_str("data").unwrap_or_default())]);
            }
            _ => changes.add(RULE, message.place(&below), "a block that has no place in the wire form was left out"),
        }
    }

    /// A block of Anthropic's as the detail that goes back.
    fn sign<const N: usize>(&mut self, fields: [(&'static str, &str); N]) {
        let mut detail = Object::of(fields.map(|(name, value)| (name, Value::text(value))));
        detail.set("format", Value::text("anthropic-claude-v1"));
        self.details.push(Value::Object(detail));
    }

    /// Nothing is said by a blank one.
    fn add_text(&mut self, conversion: &Conversion<'_>, text: String, below: &str, message: &mut Message<'_>, changes: &mut Changes) {
        if conversion.drops_silent && text.trim() == SILENT_REPLY {
            message.meta.is_silent = true;
            changes.add("turns", message.place(below), "the word for silence was left out");
        } else if !is_blank(&text) {
            self.texts.push(text);
        }
    }

    fn reason(&mut self, field: &'static str, text: String) {
        match self.reasoning.iter_mut().find(|(held, _)| *held == field) {
            Some((_, texts)) => texts.push(text),
            None => self.reasoning.push((field, vec![text])),
        }
    }

    fn add_call(
        &mut self,
        conversion: &mut Conversion<'_>,
        part: &Value<'a>,
        below: String,
        message: &mut Message<'_>,
        changes: &mut Changes,
    ) {
        let partial = part.get("partialJson").and_then(|partial| partial.str().map(|text| text.into_owned()));
        // The Responses API's own parser leaves the text behind when it is done.
        if partial.is_some_and(|text| !(self.is_responses && Reader::document(text.as_bytes()).is_ok())) {
            changes.add("tool-inputs", message.place(&below), "a call whose arguments never arrived whole was left out");
            return;
        }
        let mut call = Object::default();
        let raw_id = CALL_IDS.iter().find_map(|name| part.get_str(name).filter(|id| !id.is_empty()));
        if let Some(raw_id) = raw_id {
            let id = if self.is_foreign { conversion.clean_id(&raw_id) } else { raw_id.clone() };
            call.set("id", Value::text(&id));
            if id == raw_id {
                conversion.keep_id(&id);
            } else {
                changes.add(
                    RULE,
                    message.place(&below),
                    "the id of another model's call was brought into a form that every provider takes",
                );
                conversion.rename(&raw_id, &id);
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
            // Without a type it is no detail of reasoning that anybody knows.
            let detail = Value::parse(&signature).filter(|detail| detail.get_str("type").is_some()).map(Value::into_owned);
            match detail.filter(|_| !self.is_foreign) {
                Some(detail) => self.details.push(detail),
                None => {
                    changes.add(
                        "thought-signatures",
                        message.place(&below),
                        "a signature that the wire form has no place for was left out",
                    );
                }
            }
        }
        message.meta.call_places.push(below);
    }
}

/// Cut at `|`, other characters as `_`, at most 40 (provider-rules 8.6). A text that begins with `|` would leave no id at all.
fn foreign_id(id: &str) -> String {
    let id = between(id, 0, id.bytes().position(|byte| byte == b'|').filter(|at| *at > 0).unwrap_or(id.len()));
    id.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c } else { '_' }).take(MAX_FOREIGN_ID_CHARS).collect()
}

/// A turn as text, for models that know no tools: `name(arguments)`.
pub fn call_as_text(call: &Value<'_>) -> String {
    let name = crate::message::call_name(call).unwrap_or_default();
    let arguments = call.get("function").and_then(|function| function.get_str("arguments")).unwrap_or_default();
    let mut out = String::from("[called the tool ");
    write_string(&mut out, &name);
    out.push_str(" with ");
    out.push_str(&arguments);
    out.push(']');
    out
}
