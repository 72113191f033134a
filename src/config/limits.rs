//! The limits of a run: time and memory.

use crate::sse;

/// Time limits in milliseconds; `None` switches one off.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Timeouts {
    /// From the first send to the end, retries included. Time the consumer takes between pulls does not count, here and below.
    pub total_ms: Option<f64>,
    /// Until the first piece of output of an attempt.
    pub first_token_ms: Option<f64>,
    /// Between two pieces of data: the progress clock. Keep-alive comments do not feed it.
    pub progress_ms: Option<f64>,
    /// Between any two bytes: the liveness clock. Keep-alive comments feed it.
    pub idle_ms: Option<f64>,
}

/// Caps on the calls of one message.
#[derive(Debug, Clone, Copy)]
pub struct ToolCallLimits {
    /// Bytes of the arguments of one call.
    pub max_argument_bytes: usize,
    /// Calls in one message.
    pub max_calls: usize,
}

/// Memory limits with their defaults filled in.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Lines and events.
    pub sse: sse::SseLimits,
    /// Tool calls.
    pub tool_calls: ToolCallLimits,
    /// Bytes of a streamed answer, default 64 MiB.
    pub max_body_bytes: usize,
    /// Bytes of an answer in one JSON body, default 16 MiB.
    pub max_json_bytes: usize,
}
