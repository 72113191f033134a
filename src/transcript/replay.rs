//! The last step before a transcript is sent: what the wire form itself asks for, under every policy (provider-rules 8).

use crate::block_form::call_as_text;
use crate::change::Changes;
use crate::late_results::LateResults;
use crate::message::{Message, Role, StopReason, call_name, is_blank, is_blank_part, is_blank_text, part_text, text_part};
use crate::model_ref::ModelRef;
use crate::open_calls::{OpenCall, OpenCalls};
use crate::places::Names;
use crate::tool_inputs::has_content;
use crate::value::{Object, Value};

const RULE: &str = "message-conversion";
const FAILED_TURN: &str = "[This turn broke off before it was complete. Ask the user before any of its work is done again.]";
const NO_RESULT: &str = "No result provided";
const NO_OUTPUT: &str = "(no output)";
const SEE_IMAGE: &str = "(see attached image)";
const IMAGE_OMITTED: &str = "(image omitted: model does not support images)";
const VIDEO_OMITTED: &str = "(video omitted: model does not support video)";
const IMAGE: &str = "image_url";
const VIDEO: &str = "video_url";
const RESULT_IMAGES: &str = "Image(s) from tool result #";
const TOOL_IMAGE_OMITTED: &str = "(tool image omitted: model does not support images)";

/// The model that is asked, as far as messages are concerned.
#[derive(Debug, Clone, Copy)]
pub struct Target<'m> {
    /// Which one.
    pub model: &'m ModelRef,
    /// False only when it is known to see no images.
    pub sees_images: bool,
    /// False only when it is known to see no video.
    pub sees_video: bool,
    /// False only when it is known to have no tools.
    pub has_tools: bool,
}

/// Runs the message rules in their order.
pub fn apply(messages: &mut Vec<Message<'_>>, target: &Target<'_>, changes: &mut Changes) {
    for message in messages.iter_mut() {
        match message.role {
            Role::Developer => {
                message.fields.set("role", Value::text("system"));
                message.role = Role::System;
                message.touch();
                changes.add("roles", message.place(".role"), "developer is OpenAI's own word for system");
            }
            Role::User => {
                if !target.sees_images {
                    omit(message, IMAGE, IMAGE_OMITTED, changes);
                }
                if !target.sees_video {
                    omit(message, VIDEO, VIDEO_OMITTED, changes);
                }
            }
            Role::Assistant => {
                move_refusals(message, changes);
                replay_reasoning(message, target.model, changes);
            }
            _ => {}
        }
        if matches!(message.role, Role::System | Role::Assistant) {
            drop_blanks(message, changes);
        }
    }
    messages.retain_mut(|message| {
        let (keep, reason) = match message.role {
            Role::Assistant => (message.has_calls() || has_content(message), "an assistant turn without text and calls was left out"),
            Role::System => (has_content(message) || message.fields.has("configuration_update"), "blank instructions were left out"),
            _ => return true,
        };
        if !keep {
            changes.add(RULE, message.place(""), reason);
        }
        keep
    });
    complete_results(messages, target, changes);
    if !target.has_tools {
        tools_as_text(messages, changes);
    }
}

/// Turns of the block form that ended in an error or an abort: with calls they go, with their results; a text gives way to a notice.
pub fn drop_failed_turns(messages: &mut Vec<Message<'_>>, changes: &mut Changes) {
    let mut dropping = Names::default();
    messages.retain_mut(|message| {
        if message.role == Role::Tool {
            let id = message.fields.str("tool_call_id").unwrap_or_default();
            let goes = dropping.has(&id);
            if goes {
                changes.add(RULE, message.place(""), "the result of a turn that failed was left out with it");
            }
            return !goes;
        }
        if message.role != Role::Assistant {
            return true;
        }
        dropping = Names::default();
        if !matches!(message.meta.stop_reason, StopReason::Error | StopReason::Aborted) {
            return true;
        }
        let place = message.place("");
        if let Some(calls) = message.calls_mut().filter(|calls| !calls.is_empty()) {
            dropping = Names::of(&mut calls.iter().filter_map(|call| call.get_str("id")));
            changes.add(RULE, place, "a turn that failed was left out with its calls and their results");
            return false;
        }
        let has_text = message.content_text().is_some_and(|text| !is_blank(&text));
        if has_text {
            message.fields = Object::of([("role", Value::text("assistant")), ("content", Value::text(FAILED_TURN))]);
            message.touch();
            changes.add(RULE, place, "the text of a turn that failed gave way to a notice");
        } else {
            changes.add(RULE, place, "a turn that failed before it said anything was left out");
        }
        has_text
    });
}

/// Texts with nothing to read, in instructions and beside calls: most providers pass over them, Anthropic, Bedrock and Moonshot refuse the
/// request.
fn drop_blanks(message: &mut Message<'_>, changes: &mut Changes) {
    let is_beside_calls = message.has_calls();
    if message.role == Role::Assistant && !is_beside_calls {
        return;
    }
    if let Some(parts) = message.parts_mut().filter(|parts| parts.is_empty() || parts.iter().any(is_blank_part)) {
        parts.retain(|part| !is_blank_part(part));
        if parts.is_empty() && is_beside_calls {
            message.fields.set("content", Value::null());
        }
    } else if is_beside_calls && message.fields.get("content").is_some_and(is_blank_text) {
        message.fields.set("content", Value::null());
    } else {
        return;
    }
    message.touch();
    changes.add(RULE, message.place(".content"), "a text without anything to read was left out");
}

/// Fields and parts that are `null`, as SDKs of other languages and the block form have them.
pub fn drop_nulls(message: &mut Message<'_>, changes: &mut Changes) {
    let fields = message.fields.fields().filter(|(name, value)| value.is_null() && name != "content");
    let nulls: Vec<String> = fields.map(|(name, _)| name.into_owned()).collect();
    if !nulls.is_empty() {
        nulls.iter().for_each(|name| drop(message.fields.remove(name)));
        message.touch();
        changes.add(RULE, message.place(""), "fields that are null were left out");
    }
    let Some(parts) = message.parts_mut().filter(|parts| parts.iter().any(Value::is_null)) else { return };
    parts.retain(|part| !part.is_null());
    message.touch();
    changes.add(RULE, message.place(".content"), "parts that are null were left out");
}

/// OpenAI's own history has refusals as parts; OpenRouter's schema knows the field alone.
fn move_refusals(message: &mut Message<'_>, changes: &mut Changes) {
    let is_refusal = |part: &Value<'_>| part.get("type").is_some_and(|kind| kind.is("refusal"));
    let Some(parts) = message.parts_mut().filter(|parts| parts.iter().any(is_refusal)) else { return };
    let texts: Vec<String> = parts.iter().filter(|part| is_refusal(part)).filter_map(|part| part.get_str("refusal")).collect();
    parts.retain(|part| !is_refusal(part));
    if parts.is_empty() {
        message.fields.set("content", Value::null());
    }
    if message.fields.get("refusal").is_none() {
        message.fields.set("refusal", Value::Text(texts.join("\n")));
    }
    message.touch();
    changes.add(RULE, message.place(".content"), "a refusal stands in its own field");
}

fn is_image(part: &Value<'_>) -> bool {
    part.get("type").is_some_and(|kind| kind.is(IMAGE))
}

/// Every run of such parts becomes one text.
fn omit(message: &mut Message<'_>, kind: &str, text: &str, changes: &mut Changes) {
    let is_one = |part: &Value<'_>| part.get("type").is_some_and(|held| held.is(kind));
    let Some(parts) = message.parts_mut().filter(|parts| parts.iter().any(is_one)) else { return };
    let mut kept: Vec<Value<'_>> = Vec::with_capacity(parts.len());
    let mut in_run = false;
    for part in core::mem::take(parts) {
        let omitted = is_one(&part);
        if !omitted {
            kept.push(part);
        } else if !in_run {
            kept.push(text_part(text));
        }
        in_run = omitted;
    }
    *parts = kept;
    message.touch();
    changes.add(RULE, message.place(".content"), "the model does not see such media: they were named instead");
}

/// Reasoning goes back in the fields that the model takes.
fn replay_reasoning(message: &mut Message<'_>, model: &ModelRef, changes: &mut Changes) {
    const PLAIN: [&str; 3] = ["reasoning", "reasoning_content", "reasoning_text"];
    let note = |message: &mut Message<'_>, name: &str, changes: &mut Changes, reason: &'static str| {
        message.touch();
        // Fields of the block form are blocks in what the caller wrote.
        let below = if message.meta.is_block_form { String::new() } else { [".", name].concat() };
        changes.add(RULE, message.place(&below), reason);
    };
    for name in ["reasoning_details", "reasoning_text"] {
        if message.fields.get(name).is_some_and(Value::is_string)
            && let Some(text) = message.fields.remove(name)
        {
            add_reasoning(message, text);
            note(message, name, changes, "a text of reasoning goes back as reasoning");
        }
    }
    if let Some(text) = foreign_reasoning(message, model) {
        message.fields.remove("reasoning_details");
        add_reasoning(message, Value::Text(text));
        let reason = "another model's reasoning was kept as text: its signatures mean nothing to this one";
        note(message, "reasoning_details", changes, reason);
    }
    if family_format(model).is_some_and(|family| family != "anthropic") && message.fields.remove("thinking_blocks").is_some() {
        note(message, "thinking_blocks", changes, "blocks that Anthropic's models signed mean nothing to this one");
    }
    let takes_none = model.is_anthropic() || model.is_xai();
    for name in PLAIN {
        // An empty string says nothing, but DeepSeek's own rule wants it; an empty list of details is kept: it tells that there were none.
        let is_empty = message.fields.get(name).is_some_and(|value| value.is("")) && !model.is_deepseek_v4();
        if (is_empty || takes_none) && message.fields.remove(name).is_some() {
            let reason =
                if is_empty { "empty reasoning was left out" } else { "this model takes no plain reasoning back, only signed details" };
            note(message, name, changes, reason);
        }
    }
}

/// Unless there is some already.
fn add_reasoning<'a>(message: &mut Message<'a>, text: Value<'a>) {
    if message.fields.get("reasoning").is_none_or(|held| held.is("")) && !text.is("") {
        message.fields.set("reasoning", text);
    }
}

/// The text of details that another family of models made, or that Anthropic would refuse for want of a signature; `None` when the
/// details may go back whole, as the contract wants them (openrouter-api 2.2).
fn foreign_reasoning(message: &mut Message<'_>, model: &ModelRef) -> Option<String> {
    let family = family_format(model);
    let details = message.fields.get_mut("reasoning_details").and_then(Value::array_mut)?;
    let (mut is_foreign, mut is_signed) = (false, details.is_empty());
    for detail in details.iter() {
        let format = detail.get_text("format").unwrap_or_default();
        let is_known = crate::text::find(&format, "-v1").is_some();
        is_foreign |= is_known && family.is_some_and(|family| crate::text::find(&format, family).is_none());
        is_signed |= detail.get("signature").is_some() || detail.get("data").is_some();
    }
    if !is_foreign && (is_signed || !model.is_anthropic()) {
        return None;
    }
    let texts = details.iter().filter_map(|detail| detail.get_text("text").or_else(|| detail.get_text("summary")));
    Some(texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n"))
}

/// The word in `format` by which a family knows its own details; `None` where it cannot be told, as behind a router.
fn family_format(model: &ModelRef) -> Option<&'static str> {
    const FAMILIES: [(&str, &str); 5] =
        [("anthropic/", "anthropic"), ("google/", "google"), ("openai/", "openai"), ("x-ai/", "xai"), ("meta-llama/", "meta")];
    let family = FAMILIES.iter().find(|(start, _)| model.family.starts_with(start)).map(|(_, word)| *word);
    // Any other author's model would get a signature that it cannot read.
    family.or_else(|| (model.family.contains('/') && !model.api_id.starts_with('@')).then_some("unknown"))
}

/// Every call gets a result; images of results follow their run in one user message.
fn complete_results<'a>(messages: &mut Vec<Message<'a>>, target: &Target<'_>, changes: &mut Changes) {
    let mut out: Vec<Message<'a>> = Vec::with_capacity(messages.len());
    let mut run = Run::default();
    let mut rest = core::mem::take(messages).into_iter();
    while let Some(mut message) = rest.next() {
        if message.role == Role::Tool {
            run.add(message, target, &mut out, changes);
            continue;
        }
        run.end(Some(&message), rest.as_slice(), &mut out, changes);
        if let Some(calls) = message.calls_mut() {
            let mut has_late = run.late.as_mut().and_then(|late| late.turns.pop()).unwrap_or_default().into_iter();
            let of = |call: &Value<'a>| OpenCall {
                id: call.get_text("id").unwrap_or_default(),
                name: call_name(call),
                has_late: has_late.next(),
            };
            run.open = OpenCalls::of(calls.iter().map(of));
            run.source = message.source;
        }
        out.push(message);
    }
    run.end(None, &[], &mut out, changes);
    *messages = out;
}

/// A run of tool results behind one turn.
#[derive(Default)]
struct Run<'a> {
    open: OpenCalls<'a>,
    source: Option<usize>,
    count: u64,
    images: Vec<Value<'a>>,
    /// From the first call on that has no result in its run: most transcripts have none.
    late: Option<LateResults>,
}

impl<'a> Run<'a> {
    fn add(&mut self, mut result: Message<'a>, target: &Target<'_>, out: &mut Vec<Message<'a>>, changes: &mut Changes) {
        self.count += 1;
        let id = result.fields.text("tool_call_id").unwrap_or_default();
        let name = self.open.take(&id).and_then(|call| call.name);
        if !target.sees_images {
            omit(&mut result, IMAGE, TOOL_IMAGE_OMITTED, changes);
        }
        let images: Vec<Value<'a>> = result.parts_mut().map_or_else(Vec::new, |parts| {
            let (images, rest) = core::mem::take(parts).into_iter().partition(is_image);
            *parts = rest;
            images
        });
        let is_text = |part: &Value<'_>| part.get("type").is_some_and(|kind| kind.is("text"));
        // A text that is missing is none, in the block form too, where nobody has looked.
        let is_nothing = |part: &Value<'_>| is_blank_part(part) || (is_text(part) && part_text(part).is_none());
        let is_empty = match result.parts_mut() {
            Some(parts) => parts.iter().all(is_nothing),
            None => result.fields.get("content").is_none_or(is_blank_text),
        };
        if is_empty {
            result.fields.set("content", Value::text(if images.is_empty() { NO_OUTPUT } else { SEE_IMAGE }));
            result.touch();
            if images.is_empty() {
                changes.add(RULE, result.place(".content"), "a result without output says so");
            }
        } else {
            let is_block_form = result.meta.is_block_form;
            let parts = result.parts_mut().filter(|parts| is_block_form && parts.iter().all(is_text));
            let text = parts.map(|parts| parts.iter().filter_map(part_text).collect::<Vec<_>>().join("\n"));
            if let Some(text) = text {
                result.fields.set("content", Value::Text(text));
            }
        }
        if !images.is_empty() {
            result.touch();
        }
        if !images.is_empty() {
            let name = result.meta.tool_name.as_deref().or(name.as_deref()).unwrap_or("unknown");
            let intro = [RESULT_IMAGES, &self.count.to_string(), " (", name, "):"].concat();
            self.images.push(text_part(&intro));
            self.images.extend(images);
            changes.add(RULE, result.place(".content"), "images of a tool result follow in a user message");
        }
        out.push(result);
    }

    /// `next` and `rest`: what follows, where a result may stand that no rule was asked to move.
    fn end(&mut self, next: Option<&Message<'a>>, rest: &[Message<'a>], out: &mut Vec<Message<'a>>, changes: &mut Changes) {
        for OpenCall { id, has_late, .. } in core::mem::take(&mut self.open).left() {
            let late = self.late.get_or_insert_with(|| LateResults::of(next.into_iter().chain(rest)));
            if has_late.unwrap_or_else(|| late.take(&id)) {
                continue;
            }
            let mut result = Message::made(
                Role::Tool,
                Object::of([
                    ("role", Value::text("tool")),
                    ("tool_call_id", Value::Text(id.into_owned())),
                    ("content", Value::text(NO_RESULT)),
                ]),
            );
            result.source = self.source;
            changes.add(RULE, result.place(".tool_calls"), "a call without a result was answered");
            out.push(result);
        }
        if !self.images.is_empty() {
            let content = Value::Array(core::mem::take(&mut self.images));
            out.push(Message::made(Role::User, Object::of([("role", Value::text("user")), ("content", content)])));
        }
        self.count = 0;
    }
}

/// Whether a message is none of the user's own: it holds the images of the results in front of it.
pub fn holds_result_images(message: &mut Message<'_>) -> bool {
    let first = message.parts_mut().and_then(|parts| part_text(parts.first()?));
    first.is_some_and(|text| text.starts_with(RESULT_IMAGES))
}

/// For a model without tools: calls and results as plain turns.
fn tools_as_text(messages: &mut [Message<'_>], changes: &mut Changes) {
    for message in messages {
        if message.has_calls() {
            let mut texts: Vec<String> =
                message.content_text().filter(|text| !is_blank(text)).map(|text| text.into_owned()).into_iter().collect();
            texts.extend(message.parts_mut().into_iter().flat_map(|parts| parts.iter().filter_map(part_text)));
            texts.extend(message.calls_mut().into_iter().flat_map(|calls| calls.iter().map(call_as_text)));
            message.fields.remove("tool_calls");
            message.fields.set("content", Value::Text(texts.join("\n")));
        } else if message.role == Role::Tool {
            let mut text = String::from("[result of the tool call]\n");
            match message.content_text() {
                Some(content) => text.push_str(&content),
                None => message.parts_mut().into_iter().flatten().filter_map(|part| part_text(part)).for_each(|part| text.push_str(&part)),
            }
            message.role = Role::User;
            message.fields = Object::of([("role", Value::text("user")), ("content", Value::Text(text))]);
        } else {
            continue;
        }
        message.touch();
        changes.add(RULE, message.place(""), "the model has no tools: the call or result was written as text");
    }
}
