//! A repair on its way from one engine to another: what is asked, done and given back.
//!
//! The chat engine asks ([`RepairRequest`]) and reads ([`read_repaired`]); the transcript engine does ([`Repairs`]).

use crate::change::Changes;
use crate::error::{Code, Error};
use crate::field_names;
use crate::fusion;
use crate::images::Placeholders;
use crate::message::{MESSAGE_DEPTH, Message, read_with_messages};
use crate::model_ref::{DEFAULT_MODEL, ModelRef};
use crate::policy::Policy;
use crate::prefill::trim_end;
use crate::replay::Target;
use crate::tool_ids::ToolIdMap;
use crate::tool_schema;
use crate::value::{Object, Value};
use crate::{Context, json_string};

/// What is asked: `{"model", "policy", "seesImages", "seesVideo", "hasTools", "trimsPrefill", "panel", "schemas", "first", "messages"}`.
#[derive(Debug, Clone, Copy)]
pub struct RepairRequest<'a> {
    /// Who is asked, and what it takes.
    pub target: Target<'a>,
    /// `transcriptPolicy` as JSON, where the caller has one.
    pub policy: Option<&'a str>,
    /// Whether blanks behind a prefilled answer are to go.
    pub trims_prefill: bool,
    /// The request's plugins as JSON, where the model is `openrouter/fusion`: its panel.
    pub panel: Option<&'a str>,
    /// The request's tools as JSON, where the model is one of Moonshot's and their schemas have branches.
    pub schemas: Option<&'a str>,
    /// The number of the first message; 0 for a transcript from its beginning.
    pub first: usize,
}

impl RepairRequest<'_> {
    /// The request as JSON.
    pub fn write(&self, messages: &[Message<'_>]) -> String {
        let mut out = String::from("{\"model\":");
        json_string::write_string(&mut out, &self.target.model.reference);
        for (name, flag) in [
            ("seesImages", self.target.sees_images),
            ("seesVideo", self.target.sees_video),
            ("hasTools", self.target.has_tools),
            ("trimsPrefill", self.trims_prefill),
        ] {
            out.push_str(",\"");
            out.push_str(name);
            out.push_str(if flag { "\":true" } else { "\":false" });
        }
        out.push_str(",\"policy\":");
        out.push_str(self.policy.unwrap_or("null"));
        out.push_str(",\"panel\":");
        out.push_str(self.panel.unwrap_or("null"));
        out.push_str(",\"schemas\":");
        out.push_str(self.schemas.unwrap_or("null"));
        out.push_str(",\"first\":");
        out.push_str(&(self.first as u64).to_string());
        out.push_str(",\"messages\":[");
        for (at, message) in messages.iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            message.write(&mut out);
        }
        out.push_str("]}");
        out
    }
}

/// The repairs of one run: the tool ids of earlier messages hold for those that are added.
#[derive(Debug, Default)]
pub struct Repairs {
    tool_ids: Option<ToolIdMap>,
}

impl Repairs {
    /// Does what a [`RepairRequest`] asks. The answer is `{"sources": [number or null, ...], "messages": [...], "changes": {...}, "tools": [...]?}`, or
    /// `{"error": "..."}` for a transcript that cannot be repaired.
    pub fn repair(&mut self, request: &str, placeholders: Placeholders<'_>) -> String {
        self.try_repair(request, placeholders).unwrap_or_else(|error| {
            let mut out = String::from("{\"error\":");
            json_string::write_string(&mut out, &error.message);
            out.push('}');
            out
        })
    }

    fn try_repair(&mut self, request: &str, placeholders: Placeholders<'_>) -> Result<String, Error> {
        let (fields, messages) = read_with_messages(request, Some(first_of), MESSAGE_DEPTH).map_err(|_| malformed())?;
        let first = first_of(&fields);
        let model = fields.str("model").map_or_else(|| ModelRef::or_auto(DEFAULT_MODEL), |model| ModelRef::or_auto(&model));
        let policy = Policy::read(fields.get("policy").and_then(Value::raw), &model)?;
        if first == 0 {
            self.tool_ids = None;
        }
        // A turn in front of all others is for the beginning alone.
        let policy = Policy { assistant_first: policy.assistant_first && first == 0, ..policy };
        let is = |name: &str| fields.get(name).is_none_or(|flag| flag.as_bool() != Some(false));
        let target = Target { model: &model, sees_images: is("seesImages"), sees_video: is("seesVideo"), has_tools: is("hasTools") };
        let mut messages = messages.ok_or_else(malformed)??;
        let mut changes = Changes::default();
        // Those that are added are no caller's.
        if first == 0 {
            field_names::report(&mut messages, &mut changes);
        }
        crate::sanitize(
            &mut messages,
            &Context { policy, target, allowed_tool_names: None, placeholders },
            &mut self.tool_ids,
            &mut changes,
        )?;
        if fields.get("trimsPrefill").is_some_and(|flag| flag.as_bool() == Some(true)) {
            trim_end(&mut messages, &mut changes);
        }
        if let Some(plugins) = fields.get("panel") {
            fusion::apply(plugins, &mut messages, &mut changes);
        }
        let mut out = String::with_capacity(request.len() + 64);
        out.push('{');
        if let Some(tools) = fields.get("schemas") {
            out.push_str("\"tools\":");
            out.push_str(&tool_schema::fit(tools.clone(), &mut changes).to_json());
            out.push(',');
        }
        out.push_str("\"sources\":[");
        for (at, message) in messages.iter().enumerate() {
            out.push_str(if at == 0 { "" } else { "," });
            match message.source {
                Some(number) => out.push_str(&(number as u64).to_string()),
                None => out.push_str("null"),
            }
        }
        out.push_str("],\"messages\":[");
        for (at, message) in messages.iter().enumerate() {
            out.push_str(if at == 0 { "" } else { "," });
            message.write(&mut out);
        }
        out.push_str("],\"changes\":");
        changes.write(&mut out);
        out.push('}');
        Ok(out)
    }
}

/// The number of the first message.
fn first_of(fields: &Object<'_>) -> usize {
    fields.get("first").and_then(Value::as_number).unwrap_or(0.0) as usize
}

fn malformed() -> Error {
    Error::invalid("messages", "no JSON")
}

/// What [`Repairs::repair`] gave.
#[derive(Debug)]
pub struct Repaired<'a> {
    /// The messages as they are to be sent.
    pub messages: Vec<Message<'a>>,
    /// The request's tools, where they were asked for.
    pub tools: Option<Value<'a>>,
}

/// Reads it; what was changed is added to `changes`.
pub fn read_repaired<'a>(text: &'a str, changes: &mut Changes) -> Result<Repaired<'a>, Error> {
    let (mut fields, messages) = read_with_messages(text, Some(|_| 0), 0).map_err(|_| malformed())?;
    if let Some(message) = fields.str("error") {
        return Err(Error::new(Code::InvalidRequest, message));
    }
    let mut messages = messages.ok_or_else(malformed)??;
    for (message, source) in messages.iter_mut().zip(fields.get("sources").map(Value::to_items).unwrap_or_default()) {
        message.source = source.as_number().map(|number| number as usize);
    }
    if let Some(written) = fields.get("changes").and_then(Value::raw) {
        changes.add_written(written);
    }
    Ok(Repaired { messages, tools: fields.remove("tools") })
}
