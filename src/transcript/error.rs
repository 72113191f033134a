//! Every way a call can fail, as one type with one table of codes.

pub use crate::reason::Reason;
use serde::ser::{Serialize, SerializeMap, Serializer};

/// What kind of failure it was; the strings are public.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// The request is wrong: 400, 409, 412, 413, 422, or refused before it was sent.
    InvalidRequest,
    /// No key, a wrong one or a revoked one: 401.
    Auth,
    /// Credits or a budget are used up: 402.
    PaymentRequired,
    /// Permission, moderation, guardrail or region: 403.
    Forbidden,
    /// No such model, endpoint or resource: 404, 410.
    NotFound,
    /// The conversation is longer than the model's context.
    ContextOverflow,
    /// 429.
    RateLimit,
    /// No capacity: 503, 529.
    Overloaded,
    /// Any other 5xx.
    Server,
    /// The connection could not be made or broke before an answer.
    Network,
    /// One of the client's own time limits passed, or 408, 504, 522, 524.
    Timeout,
    /// An answer that is no chat answer: wrong content type, malformed JSON, a redirect.
    BadResponse,
    /// The answer ended without `[DONE]`, finish reason or error.
    StreamCut,
    /// The provider reported an error inside the stream.
    StreamError,
    /// A limit on what is kept in memory was passed.
    Limit,
    /// The tool loop took more steps than allowed.
    MaxSteps,
    /// The caller's own budget is used up, or would be.
    Budget,
}

impl Code {
    /// The public string.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid-request",
            Self::Auth => "auth",
            Self::PaymentRequired => "payment-required",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not-found",
            Self::ContextOverflow => "context-overflow",
            Self::RateLimit => "rate-limit",
            Self::Overloaded => "overloaded",
            Self::Server => "server",
            Self::Network => "network",
            Self::Timeout => "timeout",
            Self::BadResponse => "bad-response",
            Self::StreamCut => "stream-cut",
            Self::StreamError => "stream-error",
            Self::Limit => "limit",
            Self::MaxSteps => "max-steps",
            Self::Budget => "budget",
        }
    }
}

/// One failure. JavaScript makes an `OpenRouterError` of it.
///
/// A pointer: by value its 88 bytes were moved at every `?`, which was 2.5 KB of the engine.
#[derive(Debug, Clone, PartialEq)]
pub struct Error(Box<Fields>);

/// What is known of a failure.
#[derive(Debug, Clone, PartialEq)]
pub struct Fields {
    /// The kind.
    pub code: Code,
    /// One or two sentences; secrets masked.
    pub message: String,
    /// The HTTP status, or the numeric code of an error inside the stream.
    pub status: Option<u16>,
    /// `X-Generation-Id`, else `X-Request-Id` or `cf-ray`, of the answer.
    pub request_id: Option<String>,
    /// How long to wait before the next try, as far as the answer tells.
    pub retry_after_ms: Option<u64>,
    /// The tokens of an answer that the credits are enough for, of a 402 that says so.
    pub affordable_tokens: Option<u64>,
    /// Whether the same request may succeed later.
    pub is_retryable: bool,
    /// OpenRouter's `error_type`.
    pub error_type: Option<String>,
    /// The upstream `error` object as JSON text, bounded, secrets masked.
    pub upstream: Option<String>,
    /// Why, in the words of the failover table.
    pub reason: Option<Reason>,
    /// Every attempt of the run as a JSON array, the last one this error.
    pub attempts: Option<String>,
}

impl Error {
    /// A failure with nothing known but its kind.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self::of(code, message.into())
    }

    #[cold]
    #[inline(never)]
    fn of(code: Code, message: String) -> Self {
        Self(Box::new(Fields {
            code,
            message,
            status: None,
            request_id: None,
            retry_after_ms: None,
            affordable_tokens: None,
            is_retryable: false,
            error_type: None,
            upstream: None,
            reason: None,
            attempts: None,
        }))
    }

    /// Shorthand for a request that is refused before it is sent; `place` names the field.
    #[cold]
    #[inline(never)]
    pub fn invalid(place: &str, problem: &str) -> Self {
        Self::new(Code::InvalidRequest, [place, ": ", problem].concat())
    }
}

impl core::ops::Deref for Error {
    type Target = Fields;

    fn deref(&self) -> &Fields {
        &self.0
    }
}

impl core::ops::DerefMut for Error {
    fn deref_mut(&mut self) -> &mut Fields {
        &mut self.0
    }
}

/// As a map by hand: for derived structs the serialiser to JavaScript brings a table of their names, 2 KB of hash map.
impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("code", self.code.as_str())?;
        map.serialize_entry("message", &self.message)?;
        map.serialize_entry("isRetryable", &self.is_retryable)?;
        if let Some(status) = self.status {
            map.serialize_entry("status", &status)?;
        }
        if let Some(retry_after_ms) = self.retry_after_ms {
            // A JavaScript number; a wait of 285,000 years fits.
            map.serialize_entry("retryAfterMs", &retry_after_ms)?;
        }
        if let Some(tokens) = self.affordable_tokens {
            map.serialize_entry("affordableTokens", &tokens)?;
        }
        if let Some(reason) = self.reason {
            map.serialize_entry("reason", reason.as_str())?;
        }
        let texts =
            [("requestId", &self.request_id), ("errorType", &self.error_type), ("upstream", &self.upstream), ("attempts", &self.attempts)];
        for (name, value) in texts {
            if let Some(value) = value {
                map.serialize_entry(name, value)?;
            }
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_in_the_packages_own_table_and_types() {
        let files =
            [("errors.js", include_str!("../../pkg-template/errors.js")), ("index.d.ts", include_str!("../../pkg-template/index.d.ts"))];
        let codes = [
            Code::InvalidRequest,
            Code::Auth,
            Code::PaymentRequired,
            Code::Forbidden,
            Code::NotFound,
            Code::ContextOverflow,
            Code::RateLimit,
            Code::Overloaded,
            Code::Server,
            Code::Network,
            Code::Timeout,
            Code::BadResponse,
            Code::StreamCut,
            Code::StreamError,
            Code::Limit,
            Code::MaxSteps,
            Code::Budget,
        ];
        for code in codes {
            let quoted = format!("\"{}\"", code.as_str());
            for (name, text) in files {
                assert!(text.contains(&quoted), "{quoted} is missing in {name}");
            }
        }
    }
}
