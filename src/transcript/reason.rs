//! Why an attempt failed: the words, and what follows from each.

/// Why an attempt failed, in the words of the failover table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Credits, quota or a budget are used up; waiting does not help.
    Billing,
    /// Too many requests or tokens for now.
    RateLimit,
    /// No capacity.
    Overloaded,
    /// The provider broke.
    ServerError,
    /// The key was not accepted.
    Auth,
    /// The key or its account is gone for good.
    AuthPermanent,
    /// No answer in time, or the connection broke.
    Timeout,
    /// The server's certificate was not accepted.
    Tls,
    /// The conversation is longer than the model's context.
    ContextOverflow,
    /// The request itself is refused.
    Format,
    /// No such model, or none that may be used.
    ModelNotFound,
    /// A conversation kept by the server is gone.
    SessionExpired,
    /// Nothing is known of it.
    Unknown,
}

impl Reason {
    /// Each with its public string.
    const NAMES: [(Self, &'static str); 13] = [
        (Self::Billing, "billing"),
        (Self::RateLimit, "rate_limit"),
        (Self::Overloaded, "overloaded"),
        (Self::ServerError, "server_error"),
        (Self::Auth, "auth"),
        (Self::AuthPermanent, "auth_permanent"),
        (Self::Timeout, "timeout"),
        (Self::Tls, "tls"),
        (Self::ContextOverflow, "context_overflow"),
        (Self::Format, "format"),
        (Self::ModelNotFound, "model_not_found"),
        (Self::SessionExpired, "session_expired"),
        (Self::Unknown, "unknown"),
    ];

    /// The public string.
    pub fn as_str(self) -> &'static str {
        Self::NAMES.iter().find(|(reason, _)| *reason == self).map_or("unknown", |(_, name)| name)
    }

    /// The reason of a public string.
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(_, own)| *own == name).map(|(reason, _)| *reason)
    }

    /// The status to report for it; not always the one that came.
    pub fn status(self) -> Option<u16> {
        Some(match self {
            Self::Billing => 402,
            Self::RateLimit => 429,
            Self::Overloaded => 503,
            Self::ServerError => 500,
            Self::Auth => 401,
            Self::AuthPermanent => 403,
            Self::Timeout => 408,
            Self::Tls => 502,
            Self::ContextOverflow => 413,
            Self::Format => 400,
            Self::ModelNotFound => 404,
            Self::SessionExpired => 410,
            Self::Unknown => return None,
        })
    }

    /// Whether the same request may succeed on the same model a little later.
    pub fn is_transient(self) -> bool {
        matches!(self, Self::RateLimit | Self::Overloaded | Self::ServerError | Self::Timeout)
    }

    /// Whether the next model may be tried. An overflow is for compaction; a bad certificate is the same for every model, as they
    /// share one host.
    pub fn allows_fallback(self) -> bool {
        !matches!(self, Self::ContextOverflow | Self::Tls)
    }

    /// How long a key or model rests after this many failures in a row. `None`: it is not to blame, or has not failed.
    pub fn cool_down_ms(self, failures: u32) -> Option<u64> {
        match self {
            Self::Format | Self::ContextOverflow | Self::ModelNotFound | Self::SessionExpired | Self::Tls | Self::Unknown => None,
            _ if failures == 0 => None,
            Self::Billing | Self::AuthPermanent => Some(600_000),
            _ => Some(match failures {
                1 => 30_000,
                2 => 60_000,
                _ => 300_000,
            }),
        }
    }
}
