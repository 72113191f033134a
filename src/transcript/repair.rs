//! A repair on its way from one engine to another: what is asked, done and given back.
//!
//! The chat engine asks ([`RepairRequest`]) and reads ([`read_repaired`]); the transcript engine does ([`Repairs`]).

use std::borrow::Cow;

use openrouter_wire::record::{Reads, Writes, write_field, write_name};

use crate::Context;
use crate::change::{Changes, CrossedChanges};
use crate::error::{Code, Error};
use crate::fusion;
use crate::images::Placeholders;
use crate::message::{MESSAGE_DEPTH, Message, read_with_messages};
use crate::model_ref::ModelRef;
use crate::policy::Policy;
use crate::prefill::trim_end;
use crate::replay::Target;
use crate::tool_ids::ToolIdMap;
use crate::tool_schema;
use crate::value::{Object, Value};
use crate::{faults, field_names};

openrouter_wire::record! {
    /// What is asked beside the messages: who gets them, and what is to be done. It crosses in front of them, as the first of two fields.
    pub struct RepairRequest<'a>: both {
        /// Its reference.
        model: Cow<'a, str>,
        sees_images: bool,
        sees_video: bool,
        has_tools: bool,
        /// `transcriptPolicy`, where the caller has one.
        policy: Option<Value<'a>>,
        /// Whether blanks behind a prefilled answer are to go.
        trims_prefill: bool,
        /// The request's plugins, where the model is `openrouter/fusion`: its panel.
        panel: Option<Value<'a>>,
        /// The request's tools, where the model is one of Moonshot's and their schemas have branches.
        schemas: Option<Value<'a>>,
        /// The number of the first message; 0 for a transcript from its beginning.
        first: u32,
    }
}

openrouter_wire::record! {
    /// What is given back beside the messages.
    pub struct RepairAnswer<'a>: both {
        /// Where each message stands among those that were sent along, from 1 on; 0 for one that was made.
        sources: Vec<u32>,
        changes: CrossedChanges<'a>,
        /// The tools, where they were sent along.
        tools: Option<Value<'a>>,
    }
}

/// The field of a [`RepairRequest`] and of its answer; [`MESSAGES`] stand behind it, so that one walk opens them by what is said here.
const REPAIR: &str = "repair";
const MESSAGES: &str = "messages";
/// What stands in place of both where a transcript cannot be repaired.
const ERROR: &str = "error";

impl<'a> RepairRequest<'a> {
    /// One that asks for what every transcript of the target needs.
    pub fn of(target: Target<'a>) -> Self {
        Self {
            model: Cow::Borrowed(&target.model.reference),
            sees_images: target.sees_images,
            sees_video: target.sees_video,
            has_tools: target.has_tools,
            policy: None,
            trims_prefill: false,
            panel: None,
            schemas: None,
            first: 0,
        }
    }

    /// The whole request.
    pub fn with(&self, messages: &[Message<'_>]) -> String {
        beside_messages(self, messages)
    }
}

fn beside_messages(record: &dyn Writes, messages: &[Message<'_>]) -> String {
    let mut out = String::from("{");
    write_name(&mut out, REPAIR);
    record.write(&mut out);
    write_field(&mut out, MESSAGES, messages);
    out.push('}');
    out
}

/// The repairs of one run: the tool ids of earlier messages hold for those that are added.
#[derive(Debug, Default)]
pub struct Repairs {
    tool_ids: Option<ToolIdMap>,
}

impl Repairs {
    /// Does what a [`RepairRequest`] asks. The answer is a [`RepairAnswer`] and the messages, or why the transcript cannot be repaired.
    pub fn repair(&mut self, request: &str, placeholders: Placeholders<'_>) -> String {
        self.try_repair(request, placeholders).unwrap_or_else(|error| {
            let mut out = String::from("{");
            write_field(&mut out, ERROR, &*error.message);
            out.push('}');
            out
        })
    }

    fn try_repair(&mut self, request: &str, placeholders: Placeholders<'_>) -> Result<String, Error> {
        let first_of = |fields: &Object<'_>| asked(fields).map_or(0, |asked| asked.first as usize);
        let (fields, messages) = read_with_messages(request, Some(first_of), MESSAGE_DEPTH).map_err(|_| malformed())?;
        let asked = asked(&fields).ok_or_else(malformed)?;
        let model = ModelRef::or_auto(&asked.model);
        let policy = Policy::read(asked.policy.as_ref().and_then(Value::raw), &model)?;
        let is_whole = asked.first == 0;
        if is_whole {
            self.tool_ids = None;
        }
        // A turn in front of all others is for the beginning alone.
        let policy = Policy { assistant_first: policy.assistant_first && is_whole, ..policy };
        let RepairRequest { sees_images, sees_video, has_tools, .. } = asked;
        let target = Target { model: &model, sees_images, sees_video, has_tools };
        let mut messages = messages.ok_or_else(malformed)??;
        let mut changes = Changes::default();
        // Those that are added are no caller's.
        if is_whole {
            field_names::report(&mut messages, &mut changes);
        }
        faults::check(&mut messages)?;
        crate::sanitize(
            &mut messages,
            &Context { policy, target, allowed_tool_names: None, placeholders },
            &mut self.tool_ids,
            &mut changes,
        )?;
        if asked.trims_prefill {
            trim_end(&mut messages, &mut changes);
        }
        if let Some(plugins) = &asked.panel {
            fusion::apply(plugins, &mut messages, &mut changes);
        }
        let tools = asked.schemas.map(|schemas| tool_schema::fit(schemas, &mut changes));
        let sources = messages.iter().map(|message| message.source.map_or(0, |source| source as u32 + 1)).collect();
        Ok(beside_messages(&RepairAnswer { sources, changes: changes.crossed(), tools }, &messages))
    }
}

fn asked<'a>(fields: &Object<'a>) -> Option<RepairRequest<'a>> {
    RepairRequest::read(fields.get(REPAIR)?.raw()?)
}

fn malformed() -> Error {
    Error::invalid(MESSAGES, "no JSON")
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
    let (fields, messages) = read_with_messages(text, Some(|_| 0), 0).map_err(|_| malformed())?;
    if let Some(message) = fields.str(ERROR) {
        return Err(Error::new(Code::InvalidRequest, message));
    }
    let answer = fields.get(REPAIR).and_then(Value::raw).and_then(RepairAnswer::read).ok_or_else(malformed)?;
    let mut messages = messages.ok_or_else(malformed)??;
    for (message, source) in messages.iter_mut().zip(answer.sources) {
        message.source = (source as usize).checked_sub(1);
    }
    changes.add_crossed(answer.changes);
    Ok(Repaired { messages, tools: answer.tools })
}
