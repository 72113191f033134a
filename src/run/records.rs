//! What a run says beside its answers' events: what is sent next, what failed, what becomes of tool calls.

use crate::assemble::Assembler;
use crate::error::Error;
use crate::record::{Verbatim, Writes};

openrouter_wire::record! {
    /// Who is asked next; the pieces of the body follow in the batch.
    pub struct NextSend<'a>: writes {
        /// Its id on the wire.
        model: &'a str,
        /// What the client's `models` say that it charges.
        pricing: Option<Verbatim<'a>> as "api.Pricing",
        /// Tokens that the answer may have.
        output_limit: Option<u64>,
        needs_key: bool,
        /// Whether the body begins anew: what was sent before is no part of it.
        is_fresh: bool,
    }
}

openrouter_wire::record! {
    /// The same model is asked again.
    pub struct Retry<'a>: writes "retry" {
        /// How often it was asked by now.
        attempt: u32,
        delay_ms: u64,
        error: &'a Error,
    }
}

openrouter_wire::record! {
    /// Another model is asked.
    pub struct Fallback<'a>: writes "fallback" {
        from: &'a str,
        to: &'a str,
        error: &'a Error,
    }
}

openrouter_wire::record! {
    /// How long a model rests.
    pub struct CoolDown<'a>: writes "cool-down" {
        model: &'a str,
        /// 0: it is well.
        ms: u64,
    }
}

openrouter_wire::worded! {
    /// What becomes of a call.
    pub enum CallVerdict {
        /// Its tool runs.
        Run = "run",
        /// The caller answers it.
        Leave = "leave",
        /// The error answers it.
        Answer = "answer",
    }
}

openrouter_wire::record! {
    /// A call that an answer ended with.
    pub struct PlannedCall<'a>: writes {
        id: &'a str,
        name: &'a str,
        verdict: CallVerdict,
        /// What the model is told in place of a result.
        error: Option<String>,
    }
}

openrouter_wire::record! {
    /// The calls of an answer, in their order.
    pub struct CallTools<'a>: writes "call-tools" {
        calls: Vec<PlannedCall<'a>>,
    }
}

openrouter_wire::record! {
    /// One send that failed, as an error's `attempts` have it.
    pub struct Attempt<'a>: writes {
        provider: &'static str,
        model: &'a str,
        status: Option<u16>,
        code: &'static str as "api.ErrorCode",
        reason: &'static str as "api.FailoverReason",
        message: &'a str,
    }
}

openrouter_wire::record! {
    /// The end of a run that failed or was given up.
    pub struct RunFailure<'a>: writes {
        verdict: &'static str as "api.Verdict",
        partial: PartialAnswer<'a>,
        /// None: the caller gave up.
        error: Option<&'a Error>,
    }
}

/// What there is of the answer: a [`crate::assemble::Partial`].
pub struct PartialAnswer<'a>(pub &'a Assembler);

impl Writes for PartialAnswer<'_> {
    fn write(&self, out: &mut String) {
        self.0.write_partial(out);
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl openrouter_wire::interface::Typed for PartialAnswer<'_> {
    fn typescript() -> String {
        "Partial".to_owned()
    }
}
