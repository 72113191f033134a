//! What becomes of the tool calls that an answer ends with.

use crate::assemble::CallOutline;
use crate::config::Settings;
use crate::error::{Code, Error};
use crate::records::{CallTools, CallVerdict, PlannedCall};
use crate::text::joined;

/// What comes next.
pub enum Verdict<'a> {
    /// The run is over: no calls, or none that is run here.
    Done,
    /// What becomes of each call.
    Run(CallTools<'a>),
    /// No step is left for the answer to the results.
    TooManySteps(Error),
}

/// Decides about the calls of the step with this number, from 0.
pub fn decide<'a>(Settings { tool_loop, offered, .. }: &Settings, calls: &'a [CallOutline], step: u32) -> Verdict<'a> {
    let Some(tools) = tool_loop.as_ref().filter(|tools| !tools.executable.is_empty() && !calls.is_empty()) else { return Verdict::Done };
    let has = |names: &[String], name: &str| names.iter().any(|held| held == name);
    // A call of a tool that the caller runs is the caller's to answer; without any other there is nothing to do here.
    let is_callers = |call: &CallOutline| has(offered, &call.name) && !has(&tools.executable, &call.name);
    if calls.iter().all(is_callers) {
        return Verdict::Done;
    }
    if step + 1 >= tools.max_steps {
        let message = ["the model asked for tools in the last of ", &u64::from(tools.max_steps).to_string(), " steps (maxSteps)"].concat();
        return Verdict::TooManySteps(Error::new(Code::MaxSteps, message));
    }
    let plan = |call: &'a CallOutline| {
        let CallOutline { id, name, is_whole } = call;
        let (verdict, error) = match () {
            () if is_callers(call) => (CallVerdict::Leave, None),
            () if !has(&tools.executable, name) => {
                (CallVerdict::Answer, Some(["there is no tool named \"", name, "\"; there are: ", &joined(offered, ", ")].concat()))
            }
            () if !is_whole => {
                (CallVerdict::Answer, Some("the arguments were no JSON object; call the tool again with valid JSON".to_owned()))
            }
            () => (CallVerdict::Run, None),
        };
        PlannedCall { id, name, verdict, error }
    };
    Verdict::Run(CallTools { calls: calls.iter().map(plan).collect() })
}
