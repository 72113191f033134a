//! Values changed in place ([`value`]), messages and the repairs of a transcript, one a file, in the order of sanitization 2; each notes what it changes.
#![forbid(unsafe_code)]

use openrouter_wire::{image_scan, json, json_string, text};

pub mod change;
pub mod error;
pub mod message;
pub mod model_ref;
mod object;
pub mod places;
pub mod policy;
mod reason;
pub mod value;
mod written;

pub mod clean;
pub mod repair;
pub mod transcript_text;

pub mod block_form;
pub mod faults;
pub mod field_names;
pub mod fusion;
pub mod images;
mod late_results;
mod open_calls;
pub mod pairing;
pub mod prefill;
pub mod replay;
pub mod thought_signatures;
pub mod tool_ids;
pub mod tool_inputs;
pub mod tool_schema;
pub mod turn_order;
pub mod turns;

use crate::change::{Changes, place};
use crate::error::Error;
use crate::message::{Message, Role};
use crate::policy::Policy;

/// Where the wire form holds a turn's reasoning.
const REASONING_FIELDS: [&str; 5] = ["reasoning", "reasoning_content", "reasoning_text", "reasoning_details", "thinking_blocks"];

/// What the repairs need to know beside the messages.
#[derive(Debug)]
pub struct Context<'c> {
    /// Which repairs.
    pub policy: Policy,
    /// The model that is asked.
    pub target: replay::Target<'c>,
    /// The tools on offer, where calls of others are to go.
    pub allowed_tool_names: Option<&'c [String]>,
    /// Media that are kept outside.
    pub placeholders: images::Placeholders<'c>,
}

/// Runs every repair of the policy, then the message rules. The map of tool ids goes on with messages that are added later.
pub fn sanitize(
    messages: &mut Vec<Message<'_>>,
    context: &Context<'_>,
    tool_ids: &mut Option<tool_ids::ToolIdMap>,
    changes: &mut Changes,
) -> Result<(), Error> {
    let policy = &context.policy;
    let mut conversion = block_form::Conversion::new(context.target.model, policy.turns);
    for message in messages.iter_mut() {
        conversion.apply(message, changes);
        // Before any rule asks what a message holds: one of nothing but such parts is empty.
        replay::drop_nulls(message, changes);
    }
    if policy.turns {
        turns::apply(messages, changes);
    }
    thought_signatures::apply(messages, policy.signatures, changes);
    if policy.images {
        images::apply(messages, &images::ImageLimits::default(), &context.placeholders, changes);
        images::blank_parts(messages, changes);
    }
    if policy.tool_inputs {
        tool_inputs::apply(messages, changes);
    }
    if policy.pairing {
        pairing::apply(messages, policy.synthetic_results, context.allowed_tool_names, changes)?;
    }
    replay::drop_failed_turns(messages, changes);
    if (policy.drop_thinking || policy.drop_reasoning) && !policy.append_only {
        // Not before the calls are settled: which turn is the current tool turn must not be another one the next time.
        turn_order::drop_reasoning(messages, policy, context.target.has_tools, changes);
    }
    // A result could not be told from that of another call.
    if let Some(mode) = policy.tool_ids.or(policy.pairing.then_some(policy::ToolIds::Unique)) {
        tool_ids.get_or_insert_with(|| tool_ids::ToolIdMap::new(mode)).apply(messages, changes);
    }
    turn_order::before_replay(messages, policy, changes);
    check_ids(messages)?;
    replay::apply(messages, &context.target, changes);
    turn_order::after_replay(messages, policy, changes);
    Ok(())
}

/// Where no policy pairs calls and results, nothing can be made up for an id that is not there.
fn check_ids(messages: &mut [Message<'_>]) -> Result<(), Error> {
    for message in messages {
        let is_missing = |id: Option<&str>| id.is_none_or(str::is_empty);
        if message.role == Role::Tool && is_missing(message.fields.str("tool_call_id").as_deref()) {
            return Err(Error::invalid(&message.place(".tool_call_id"), "must be the id of the call that is answered"));
        }
        let without = message.calls_mut().and_then(|calls| calls.iter().position(|call| is_missing(call.get_str("id").as_deref())));
        if let Some(number) = without {
            return Err(Error::invalid(&message.place(&place(".tool_calls", number, ".id")), "must be a string that is not empty"));
        }
    }
    Ok(())
}
