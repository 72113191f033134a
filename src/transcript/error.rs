//! Every way a call can fail, as one type with one table of codes.

pub use crate::reason::Reason;
use crate::value::Value;
use openrouter_wire::record::Writes;

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
    /// Each with its public string.
    const NAMES: [(Self, &'static str); 17] = [
        (Self::InvalidRequest, "invalid-request"),
        (Self::Auth, "auth"),
        (Self::PaymentRequired, "payment-required"),
        (Self::Forbidden, "forbidden"),
        (Self::NotFound, "not-found"),
        (Self::ContextOverflow, "context-overflow"),
        (Self::RateLimit, "rate-limit"),
        (Self::Overloaded, "overloaded"),
        (Self::Server, "server"),
        (Self::Network, "network"),
        (Self::Timeout, "timeout"),
        (Self::BadResponse, "bad-response"),
        (Self::StreamCut, "stream-cut"),
        (Self::StreamError, "stream-error"),
        (Self::Limit, "limit"),
        (Self::MaxSteps, "max-steps"),
        (Self::Budget, "budget"),
    ];

    /// The public string.
    pub fn as_str(self) -> &'static str {
        Self::NAMES.iter().find(|(code, _)| *code == self).map_or("bad-response", |(_, name)| name)
    }

    /// The code of a public string.
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(_, own)| *own == name).map(|(code, _)| *code)
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
    /// Whether it is a limit of a day or longer, as far as its words tell (provider-rules 10.4). JavaScript makes nothing of it.
    pub is_of_days: bool,
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
            is_of_days: false,
            attempts: None,
        }))
    }

    /// Reads what an error is written as ([`Error`] as JSON); `None` when that is no error.
    pub fn read(text: &str) -> Option<Self> {
        let fields = Value::parse(text)?;
        let number = |name: &str| fields.get(name).and_then(|number| number.as_number());
        let text = |name: &str| fields.get_str(name);
        let mut error = Self::new(Code::named(&text("code")?)?, text("message")?);
        error.status = number("status").map(|status| status as u16);
        error.request_id = text("requestId");
        error.retry_after_ms = number("retryAfterMs").map(|ms| ms as u64);
        error.affordable_tokens = number("affordableTokens").map(|tokens| tokens as u64);
        error.is_retryable = fields.get("isRetryable").and_then(|flag| flag.as_bool()) == Some(true);
        error.error_type = text("errorType");
        error.upstream = text("upstream");
        error.reason = text("reason").as_deref().and_then(Reason::named);
        error.is_of_days = fields.get("isOfDays").is_some();
        error.attempts = text("attempts");
        Some(error)
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

openrouter_wire::record! {
    /// An error on its way to JavaScript, which makes an `OpenRouterError` of it.
    pub struct CrossedError<'a>: writes {
        code: &'a str as "api.ErrorCode",
        message: &'a str,
        is_retryable: bool,
        /// A limit of a day or longer.
        is_of_days: Option<bool>,
        status: Option<u64>,
        retry_after_ms: Option<u64>,
        affordable_tokens: Option<u64>,
        request_id: &'a Option<String>,
        error_type: &'a Option<String>,
        /// JSON text, or the beginning of it.
        upstream: &'a Option<String>,
        /// Every attempt of the run, as the JSON text of an array.
        attempts: &'a Option<String>,
        reason: Option<&'static str>,
    }
}

impl Error {
    /// Writes the fields as JSON.
    pub fn write(&self, out: &mut String) {
        let Fields { message, request_id, error_type, upstream, attempts, .. } = &*self.0;
        let crossed = CrossedError {
            code: self.code.as_str(),
            message,
            is_retryable: self.is_retryable,
            is_of_days: self.is_of_days.then_some(true),
            status: self.status.map(u64::from),
            retry_after_ms: self.retry_after_ms,
            affordable_tokens: self.affordable_tokens,
            request_id,
            error_type,
            upstream,
            attempts,
            reason: self.reason.map(Reason::as_str),
        };
        crossed.write(out);
    }

    /// The fields as JSON.
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_in_the_packages_own_table_and_types() {
        let files = [
            ("errors.js", include_str!("../../pkg-template/errors.js")),
            ("types/errors.d.ts", include_str!("../../pkg-template/types/errors.d.ts")),
        ];
        for (code, name) in Code::NAMES {
            assert_eq!((code.as_str(), Code::named(name)), (name, Some(code)));
            let quoted = format!("\"{}\"", code.as_str());
            for (name, text) in files {
                assert!(text.contains(&quoted), "{quoted} is missing in {name}");
            }
        }
    }

    #[test]
    fn an_error_is_read_as_it_was_written() {
        let mut error = Error::new(Code::RateLimit, "slow \"down\"");
        assert_eq!(Error::read(&error.to_json()), Some(error.clone()));
        error.status = Some(429);
        error.request_id = Some("gen-1".into());
        error.retry_after_ms = Some(86_400_000);
        error.affordable_tokens = Some(12);
        error.is_retryable = true;
        error.is_of_days = true;
        error.error_type = Some("rate_limit_exceeded".into());
        error.upstream = Some("{\"code\":429}".into());
        error.reason = Some(Reason::RateLimit);
        error.attempts = Some("[{}]".into());
        assert_eq!(Error::read(&error.to_json()), Some(error));
        for text in ["", "null", "{}", r#"{"code":"no-code","message":"x"}"#, r#"{"code":"auth"}"#] {
            assert_eq!(Error::read(text), None, "{text}");
        }
    }
}
