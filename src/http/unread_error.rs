//! The error that an answer tells, as it came. To read it takes the words of every provider ([`crate::upstream_error`]), 8 KB that an answer
//! which goes well never needs: the engine of a chat hands it to the one that has them.

use crate::error::{Code, Error, Reason};
use crate::json::Raw;
use crate::record::Writes;

/// The waits an answer's headers tell. Pages cannot read them (CORS), so the body comes first.
#[derive(Debug, Clone, Default)]
pub struct HeaderHints {
    /// `Retry-After`: seconds or a date, or `Retry-After-Ms` with its unit behind it.
    pub retry_after: Option<String>,
    /// `X-RateLimit-Reset`: milliseconds since 1970.
    pub rate_limit_reset: Option<String>,
}

openrouter_wire::worded! {
    /// Where an error stands in its answer.
    pub enum Place {
        /// The body of an answer that failed by its status, or of a 200 that is nothing but an error.
        Body = "body",
        /// The `error` object of a chunk or choice.
        Chunk = "chunk",
        /// The data of an event that is an error's.
        Event = "event",
    }
}

openrouter_wire::record! {
    /// An error that nobody has read, on its way to whoever has the words: it passes through JavaScript unread. The key is in it, to be masked.
    pub struct CrossedUnreadError<'a>: writes {
        status: u64,
        place: Place,
        secret: &'a str,
        /// Invalid UTF-8 is U+FFFD.
        text: &'a str,
        /// The header of that name.
        retry_after: &'a Option<String>,
        /// The header of that name.
        rate_limit_reset: &'a Option<String>,
    }
}

/// An error that nobody has read.
#[derive(Debug, Clone)]
pub struct UnreadError {
    /// Where it stands.
    pub place: Place,
    /// Of the answer.
    pub status: u16,
    /// As it came.
    pub bytes: Vec<u8>,
    /// What the headers tell; of a body alone.
    pub hints: HeaderHints,
}

impl UnreadError {
    /// The `error` object of a chunk or choice.
    pub fn chunk(error: Raw<'_>) -> Self {
        Self { place: Place::Chunk, ..Self::event(error.bytes()) }
    }

    /// The data of an event that is an error's.
    pub fn event(data: &[u8]) -> Self {
        Self { place: Place::Event, status: 200, bytes: data.to_vec(), hints: HeaderHints::default() }
    }

    /// A [`CrossedUnreadError`], for [`crate::upstream_error::read_unread`].
    pub fn to_json(&self, secret: &str) -> String {
        let HeaderHints { retry_after, rate_limit_reset } = &self.hints;
        let text = String::from_utf8_lossy(&self.bytes);
        CrossedUnreadError { status: u64::from(self.status), place: self.place, secret, text: &text, retry_after, rate_limit_reset }
            .to_json()
    }

    /// What the status alone tells, where nobody can read the rest.
    pub fn by_status(&self) -> Error {
        let status = self.status;
        let is_status = self.place == Place::Body && status != 200;
        let message = [
            "the answer is an error whose words cannot be read here: the engine that reads them did not load (HTTP ",
            &u64::from(status).to_string(),
            ")",
        ];
        let mut error = Error::new(if is_status { code_of(status, None) } else { Code::StreamError }, message.concat());
        error.status = is_status.then_some(status);
        error.reason = Some(match error.code {
            Code::RateLimit => Reason::RateLimit,
            Code::Overloaded => Reason::Overloaded,
            Code::Timeout => Reason::Timeout,
            Code::Server => Reason::ServerError,
            Code::Auth | Code::Forbidden => Reason::Auth,
            Code::PaymentRequired => Reason::Billing,
            Code::NotFound => Reason::ModelNotFound,
            _ => Reason::Unknown,
        });
        error.is_retryable = error.reason.is_some_and(Reason::is_transient) && !is_final(status);
        error
    }
}

/// Not built, or gone for good: asking again changes nothing.
pub fn is_final(status: u16) -> bool {
    matches!(status, 410 | 501 | 505)
}

/// The code that a status means; OpenRouter's `error_type` tells some apart.
pub fn code_of(status: u16, error_type: Option<&str>) -> Code {
    match (status, error_type) {
        (429, _) => Code::RateLimit,
        (503 | 529, _) | (500..=599, Some("provider_overloaded")) => Code::Overloaded,
        (400 | 409 | 412 | 413 | 422, _) => Code::InvalidRequest,
        (401, _) => Code::Auth,
        (402, _) => Code::PaymentRequired,
        (403, _) => Code::Forbidden,
        (404 | 405 | 410, _) => Code::NotFound,
        (408 | 504 | 522 | 524, _) => Code::Timeout,
        (500..=599, _) => Code::Server,
        (401..=499, _) => Code::InvalidRequest,
        _ => Code::BadResponse,
    }
}
