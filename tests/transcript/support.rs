//! Transcripts through the front door, and what must hold of every answer.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use openrouter_wasm::json::Reader;
use openrouter_wasm::message::{MESSAGE_DEPTH, messages_in};
use openrouter_wasm::model_ref::ModelRef;
use openrouter_wasm::policy::Policy;
use openrouter_wasm::transcript::images::Placeholders;
use openrouter_wasm::transcript::replay::Target;
use openrouter_wasm::transcript::transcript_text::sanitize_transcript;
use openrouter_wasm::transcript::{Context, clean};
use serde_json::{Value, json};

/// What came of a transcript.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    /// Messages, or the numbers of those that stayed.
    pub(crate) answer: Vec<Value>,
    /// The messages themselves.
    pub(crate) messages: Vec<Value>,
    /// Rule and path of every change.
    pub(crate) changes: Vec<(String, String)>,
}

impl Answer {
    pub(crate) fn is_untouched(&self) -> bool {
        self.changes.is_empty() && self.answer.iter().enumerate().all(|(at, message)| message == at)
    }

    pub(crate) fn has(&self, rule: &str, path: &str) -> bool {
        self.changes.iter().any(|(held_rule, held_path)| held_rule == rule && held_path == path)
    }
}

/// Sanitizes text, and checks what holds of any answer; the error's message when it is refused.
pub(crate) fn sanitize_text(messages: &str, options: &Value) -> Result<Answer, String> {
    let placeholders = Placeholders { prefix: "", facts: &[] };
    let answer = sanitize_transcript(messages, &options.to_string(), placeholders).map_err(|error| error.message.clone())?;
    let answer: Value = serde_json::from_str(&answer).unwrap_or_else(|error| panic!("{error}: {answer}"));
    let sent: Vec<Value> = match serde_json::from_str(messages) {
        Ok(sent) => sent,
        // With half a character in it only the engine reads it.
        Err(_) => serde_json::from_str(&openrouter_wasm::json_string::without_lone_surrogates(messages)).unwrap(),
    };
    let list = answer["messages"].as_array().unwrap().clone();
    let list: Vec<Value> = list.into_iter().map(|item| patched(item, &sent)).collect();
    let message = |item: &Value| item.as_u64().map_or_else(|| item.clone(), |number| sent[number as usize].clone());
    let changes = spelled_out(&answer["changes"]);
    let text = |change: &Value, name: &str| change[name].as_str().filter(|text| !text.is_empty()).unwrap().to_owned();
    let result = Answer {
        messages: list.iter().map(message).collect(),
        answer: list,
        changes: changes
            .iter()
            .map(|change| {
                text(change, "reason");
                (text(change, "rule"), text(change, "path"))
            })
            .collect(),
    };
    check_changes(&sent, &result);
    // Halves of characters are taken out, and told, in front of both.
    let is_cut = matches!(openrouter_wasm::json_string::without_lone_surrogates(messages), std::borrow::Cow::Owned(_));
    let is_as_it_came = result.is_untouched() || is_cut && result.changes.iter().all(|(rule, _)| rule == "lone-surrogates");
    assert!(!is_clean(messages, options) || is_as_it_came, "said to be clean: {messages} {options} {result:?}");
    Ok(result)
}

/// Whether the chat engine would send the transcript without loading the repairs.
pub(crate) fn is_clean(messages: &str, options: &Value) -> bool {
    let text = openrouter_wasm::json_string::without_lone_surrogates(messages);
    let mut read = messages_in(&mut Reader::new(text.as_bytes()), 0, MESSAGE_DEPTH).unwrap().unwrap();
    let model = ModelRef::or_auto(options["model"].as_str().unwrap_or("openrouter/auto"));
    let policy = options.get("policy").map(Value::to_string);
    let policy = Policy::read(policy.as_deref().map(|policy| Reader::document(policy.as_bytes()).unwrap()), &model).unwrap();
    let texts = |name: &str| {
        let list = options[name].as_array()?;
        Some(list.iter().map(|text| text.as_str().unwrap().to_owned()).collect::<Vec<_>>())
    };
    let (allowed, input) = (texts("allowedToolNames"), texts("input"));
    let sees = |kind: &str| input.as_ref().is_none_or(|input| input.iter().any(|held| held == kind));
    let target =
        Target { model: &model, sees_images: sees("image"), sees_video: sees("video"), has_tools: options["supportsTools"] != false };
    let placeholders = Placeholders { prefix: "", facts: &[] };
    clean::is_clean(&mut read, &Context { policy, target, allowed_tool_names: allowed.as_deref(), placeholders })
}

pub(crate) fn sanitize(messages: &Value, options: &Value) -> Answer {
    sanitize_text(&messages.to_string(), options).unwrap_or_else(|error| panic!("{error}: {messages}"))
}

pub(crate) fn error_of(messages: &Value, options: &Value) -> String {
    sanitize_text(&messages.to_string(), options).unwrap_err()
}

/// Nothing happens in silence, and every path leads somewhere.
fn check_changes(sent: &[Value], answer: &Answer) {
    let stayed: Vec<u64> = answer.answer.iter().filter_map(Value::as_u64).collect();
    let names = |number: usize| {
        let name = format!("messages[{number}]");
        answer.changes.iter().any(|(_, path)| path.strip_prefix(&name).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '['])))
    };
    for number in 0..sent.len() {
        assert!(stayed.contains(&(number as u64)) || names(number), "no change names message {number} of {sent:?}: {answer:?}");
    }
    // Of two that changed places, one is named.
    for (at, first) in stayed.iter().enumerate() {
        let overtaken = stayed[at..].iter().any(|later| later < first);
        assert!(!overtaken || names(*first as usize), "message {first} moved in silence: {sent:?} {answer:?}");
    }
    for (rule, path) in &answer.changes {
        let place = path.strip_prefix("messages").unwrap_or_else(|| panic!("{path}"));
        let mut held = Value::Array(sent.to_vec());
        for step in place.replace('[', ".[").split('.').filter(|step| !step.is_empty()) {
            held = match step.strip_prefix('[').and_then(|step| step.strip_suffix(']')) {
                Some(number) => {
                    let number: usize = number.parse().unwrap();
                    held.get(number).unwrap_or_else(|| panic!("{rule}: there is no {path} in {sent:?}")).clone()
                }
                // A field may be what is missing; then nothing may be below it.
                None => held.get(step).cloned().unwrap_or(Value::Null),
            };
        }
    }
}

/// For this model, by this policy.
pub(crate) fn by(model: &str, policy: &Value) -> Value {
    json!({"model": model, "policy": policy})
}

pub(crate) fn auto(model: &str) -> Value {
    by(model, &json!("auto"))
}

pub(crate) fn user(text: &str) -> Value {
    json!({"role": "user", "content": text})
}

pub(crate) fn call(id: &str, name: &str) -> Value {
    json!({"id": id, "type": "function", "function": {"name": name, "arguments": "{}"}})
}

/// A turn in the wire form with calls of these ids, all of the tool `f`.
pub(crate) fn calls(ids: &[&str]) -> Value {
    json!({"role": "assistant", "content": null, "tool_calls": ids.iter().map(|id| call(id, "f")).collect::<Vec<_>>()})
}

pub(crate) fn result(id: &str, text: &str) -> Value {
    json!({"role": "tool", "tool_call_id": id, "content": text})
}

/// A turn in the block form as OpenClaw stores it, made by the model that is asked.
pub(crate) fn turn(blocks: &Value, stop_reason: &str) -> Value {
    json!({"role": "assistant", "content": blocks, "stopReason": stop_reason, "provider": "openrouter", "api": "openai-completions",
        "model": MODEL, "usage": {"input": 3, "output": 4, "totalTokens": 7}})
}

pub(crate) fn tool_call(id: &str) -> Value {
    json!({"type": "toolCall", "id": id, "name": "f", "arguments": {"a": 1}})
}

pub(crate) fn tool_result(id: &str, text: &str) -> Value {
    json!({"role": "toolResult", "toolCallId": id, "toolName": "f", "content": [{"type": "text", "text": text}], "isError": false})
}

/// A model of no special family.
pub(crate) const MODEL: &str = "openai/gpt-5";
pub(crate) const MISSING: &str = openrouter_wasm::transcript::pairing::MISSING_RESULT;

/// A message as a line: who speaks, with the calls made or answered, and the text.
pub(crate) fn line(message: &Value) -> String {
    let ids: Vec<&str> = message["tool_calls"].as_array().into_iter().flatten().map(|call| call["id"].as_str().unwrap_or("?")).collect();
    let text = match &message["content"] {
        Value::String(text) if text == MISSING => "(missing)".to_owned(),
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        parts => parts.to_string(),
    };
    match message["role"].as_str().unwrap() {
        "tool" => format!("{} = {text}", message["tool_call_id"].as_str().unwrap_or("?")),
        role if ids.is_empty() => format!("{role}: {text}"),
        role => format!("{role}: {text} -> {}", ids.join(" ")).replace(":  ", ": "),
    }
}

pub(crate) fn lines(answer: &Answer) -> Vec<String> {
    answer.messages.iter().map(line).collect()
}

/// Changes as they cross, as the facade hands them out.
fn spelled_out(changes: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    for run in changes["runs"].as_array().unwrap() {
        let kind = &changes["kinds"][run["kind"].as_u64().unwrap() as usize];
        let spell = |path: &Value| json!({"rule": kind["rule"], "path": path, "reason": kind["reason"]});
        all.extend(run["places"].as_array().unwrap().iter().map(spell));
    }
    all
}

/// A message that crossed as what sets it apart from the one that was sent.
fn patched(item: Value, sent: &[Value]) -> Value {
    let Some(patch) = item.as_array() else { return item };
    let mut message = sent[patch[0].as_u64().unwrap() as usize].clone();
    apply(&mut message, &patch[1], &patch[2]);
    for (name, edits) in patch.get(3).and_then(Value::as_object).into_iter().flatten() {
        let items = message[name].as_array_mut().unwrap();
        assert_eq!(items.len(), edits.as_array().unwrap().len());
        for (item, edit) in items.iter_mut().zip(edits.as_array().unwrap()).filter(|(_, edit)| *edit != 0) {
            apply(item, &edit[0], &edit[1]);
        }
    }
    message
}

fn apply(value: &mut Value, changed: &Value, gone: &Value) {
    let fields = value.as_object_mut().unwrap();
    fields.extend(changed.as_object().unwrap().clone());
    gone.as_array().unwrap().iter().for_each(|name| drop(fields.remove(name.as_str().unwrap())));
}
