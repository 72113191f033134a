//! What becomes of the tool calls that an answer ends with.

use crate::assemble::CallOutline;
use crate::config::Settings;
use crate::error::{Code, Error};
use crate::json_string::write_string;
use crate::text::joined;

/// What comes next.
#[derive(Debug)]
pub enum Verdict {
    /// The run is over: no calls, or none that is run here.
    Done,
    /// A `call-tools` record: each call with `run`, or with the `error` that answers it.
    Run(String),
    /// No step is left for the answer to the results.
    TooManySteps(Error),
}

/// Decides about the calls of the step with this number, from 0.
pub fn decide(Settings { tool_loop, offered, .. }: &Settings, calls: &[CallOutline], step: u32) -> Verdict {
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
    let mut out = String::from("{\"type\":\"call-tools\",\"calls\":[");
    for (number, call) in calls.iter().enumerate() {
        out.push_str(if number == 0 { "{\"id\":" } else { ",{\"id\":" });
        write_string(&mut out, &call.id);
        out.push_str(",\"name\":");
        write_string(&mut out, &call.name);
        let error = match () {
            () if is_callers(call) => {
                out.push_str(",\"verdict\":\"leave\"}");
                continue;
            }
            () if !has(&tools.executable, &call.name) => {
                ["there is no tool named \"", &call.name, "\"; there are: ", &joined(&offered, ", ")].concat()
            }
            () if !call.is_whole => "the arguments were no JSON object; call the tool again with valid JSON".to_owned(),
            () => {
                out.push_str(",\"verdict\":\"run\"}");
                continue;
            }
        };
        out.push_str(",\"verdict\":\"answer\",\"error\":");
        write_string(&mut out, &error);
        out.push('}');
    }
    out.push_str("]}");
    Verdict::Run(out)
}
