//! Why an attempt failed and what follows from it: one pure table over status, message, code and error type (provider-rules 10).
//!
//! A list of wordings is one string: a slice of strings would cost a pointer and a length for each of them. `|` parts the wordings,
//! `*` is a gap within a line, a space is also `_` or `-` (`rate limit`, `rate_limit`), and one in front the begin of the text
//! (not at the begin of a source line, where `\` eats it).

pub use crate::error::Reason;

/// What is known of a failure.
#[derive(Debug, Clone, Copy, Default)]
pub struct Signal<'a> {
    /// The HTTP status, or the numeric code of an error inside a stream. Without it a number that begins the message counts.
    pub status: Option<u16>,
    /// The error's text, the provider's own behind it.
    pub message: &'a str,
    /// The error's `code`, or that of a network failure (`ECONNRESET`).
    pub code: Option<&'a str>,
    /// OpenRouter's `error_type` or the provider's `type`.
    pub error_type: Option<&'a str>,
    /// Types, codes and statuses of what the error wraps.
    pub inner: &'a [String],
    /// Whether the answer had a body: a 400 without one says nothing.
    pub has_body: bool,
    /// Whether the body is an HTML page.
    pub is_html: bool,
    /// Whether what OpenRouter wraps has words of its own that are no excuse.
    pub says_more: bool,
    /// Whether the answer ended with the finish reason `error`.
    pub finish_reason_error: bool,
}

/// Names the reason; `None`: nothing can be said.
pub fn classify(signal: &Signal<'_>) -> Option<Reason> {
    let status = status_of(signal);
    // A page of the network in between is no word of the provider.
    let is_page = signal.is_html && matches!(status, Some(408 | 499 | 500..));
    let text = if is_page { &[] } else { bounded(signal.message) };
    let [code, error_type] = [signal.code, signal.error_type].map(|word| bounded(word.unwrap_or_default()));
    if status.is_none() && (any(code, CERTIFICATE) || any(text, CERTIFICATE)) {
        return Some(Reason::Tls);
    }
    if any(text, KEY_LIMIT) {
        return Some(Reason::Billing);
    }
    // Such a text quotes what the caller wrote, which may read like anything.
    let is_parameter = any(code, " parameter");
    let said = if is_parameter { Some(Reason::Format) } else { by_message(text, signal.finish_reason_error) };
    let (by_code, by_type) = (by_word(code), by_word(error_type));
    if [said, by_code, by_type].contains(&Some(Reason::ContextOverflow)) {
        return Some(Reason::ContextOverflow);
    }
    if matches!(status, None | Some(..500)) && any(error_type, CONTENT) {
        return Some(Reason::Format);
    }
    // "Invalid request" is what many servers call every failure.
    let telling = |reason: Option<Reason>| reason.filter(|reason| *reason != Reason::Format);
    let inner = || signal.inner.iter().map(|word| by_word(bounded(word)));
    let by_inner = inner().flatten().find(|reason| *reason != Reason::Format).or_else(|| inner().flatten().next());
    let by_inner = by_inner.or_else(|| signal.inner.iter().find_map(|word| by_status(inner_status(word)?, text, None, None, true)));
    let detail = said.or(telling(by_type)).or(telling(by_inner));
    // Beside the wrapper of OpenRouter a type is the provider's word.
    let said = said.or(by_type.or(by_inner).filter(|reason| *reason == Reason::Format && any(text, WRAPPER)));
    let wrapper = || by_wrapper(text, status).filter(|_| !signal.says_more);
    let reason = detail.or(said).or_else(wrapper).or(telling(by_code)).or(by_type).or(by_code).or(by_inner);
    // A passing failure by any name; the wrapper's own status is its own invention.
    let reason = if reason == Some(Reason::ServerError) { wrapper().or(reason) } else { reason };
    match status {
        Some(status) => by_status(status, text, said, reason, signal.has_body),
        None => reason,
    }
}

/// Whether a connection failed by the server's certificate; `code` is the platform's. Alone, since a request that never arrived has no words of
/// a provider to be read, and what reads them may lie behind the same connection.
pub fn is_certificate(message: &str, code: Option<&str>) -> bool {
    any(bounded(code.unwrap_or_default()), CERTIFICATE) || any(bounded(message), CERTIFICATE)
}

/// A status that stands in what is wrapped.
fn inner_status(word: &str) -> Option<u16> {
    word.parse().ok().filter(|status| (400..600).contains(status))
}

/// The bytes of a message that are looked at.
const MESSAGE_MAX_BYTES: usize = 4096;

/// The bytes a gap may span: enough for a model id and some words, too little to join two sentences by chance.
const GAP_MAX_BYTES: usize = 80;

fn bounded(text: &str) -> &[u8] {
    let bytes = text.as_bytes();
    bytes.get(..MESSAGE_MAX_BYTES).unwrap_or(bytes)
}

/// Whether one of the wordings stands anywhere in the text. Bytes, as the text may be cut in the middle of a character.
pub(crate) fn any(text: &[u8], wordings: &str) -> bool {
    let stands = |wording: &[u8]| {
        wording.strip_prefix(b" ").is_some_and(|word| begins(text, word)) || (0..text.len()).any(|at| begins(behind(text, at), wording))
    };
    wordings.as_bytes().split(|byte| *byte == b'|').any(stands)
}

fn behind(text: &[u8], at: usize) -> &[u8] {
    text.get(at..).unwrap_or_default()
}

fn begins(text: &[u8], wording: &[u8]) -> bool {
    let Some((wanted, rest)) = wording.split_first() else { return true };
    if *wanted == b'*' {
        let line = text.iter().take(GAP_MAX_BYTES).take_while(|byte| **byte != b'\n').count();
        return (0..=line).any(|gap| begins(behind(text, gap), rest));
    }
    let Some((byte, text)) = text.split_first() else { return false };
    let is_same = byte.to_ascii_lowercase() == *wanted || *wanted == b' ' && matches!(byte, b'_' | b'-');
    is_same && begins(text, rest)
}

/// The first row one of whose wordings stands in the text.
fn first(text: &[u8], rows: &[(&str, Reason)]) -> Option<Reason> {
    rows.iter().find(|(wordings, _)| any(text, wordings)).map(|(_, reason)| *reason)
}

/// The status that came, else the number that begins the message or is the code. Only failures count.
fn status_of(signal: &Signal<'_>) -> Option<u16> {
    let is_failure = |status: &u16| (400..600).contains(status);
    let leading = |text: &str| {
        let is_more = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b',' | b'_');
        let number = text.get(..3)?.parse().ok().filter(is_failure)?;
        (!text.as_bytes().get(3).is_some_and(is_more)).then_some(number)
    };
    signal.status.filter(is_failure).or_else(|| leading(signal.message.trim_ascii_start())).or_else(|| leading(signal.code?))
}

/// The number that stands behind `word`: of `limit 6,000, requested 9,000` either.
fn number_after(text: &[u8], word: &str) -> Option<u32> {
    (0..text.len()).map(|at| behind(text, at)).filter(|text| begins(text, word.as_bytes())).find_map(|text| {
        let mut number = None;
        let digits = behind(text, word.len());
        for (at, byte) in digits.iter().enumerate() {
            match byte {
                b'0'..=b'9' => number = Some(number.unwrap_or(0u32).saturating_mul(10).saturating_add(u32::from(byte - b'0'))),
                // Of thousands, as half the world writes them.
                b',' | b'.' | b'\'' | b'_' | b' ' if number.is_some() && is_thousands(behind(digits, at + 1)) => {}
                b' ' | b':' | b'=' if number.is_none() => {}
                _ => break,
            }
        }
        number
    })
}

fn is_thousands(text: &[u8]) -> bool {
    text.iter().take_while(|byte| byte.is_ascii_digit()).count() == 3
}

/// Whether words say that something went wrong and not what.
pub fn is_vague(words: &str) -> bool {
    any(bounded(words), VAGUE)
}

/// A limit of tokens per minute is no overflow, but for a single request that is larger than the limit: no wait will help it.
fn is_overflow(text: &[u8]) -> bool {
    if any(text, PER_MINUTE) {
        let asked = number_after(text, "requested");
        return any(text, TOKENS) && asked > number_after(text, "limit").or(asked);
    }
    // An id or a name may have a few dozen bytes, which no conversation is measured by.
    let is_short = any(text, "string too long") && number_after(text, "maximum length").is_some_and(|length| length < 4096);
    any(text, OVERFLOW) && !any(text, NO_OVERFLOW) && !is_short
}

/// The reason the text tells, the most telling wordings first.
fn by_message(text: &[u8], finish_reason_error: bool) -> Option<Reason> {
    if any(text, IMAGE_SIZE) {
        return None;
    }
    let is_server = || any(text, "server_error|upstream_error") && !any(text, AUTH_PERMANENT) && !any(text, AUTH);
    first(text, MODEL_ROWS)
        .or_else(|| is_overflow(text).then_some(Reason::ContextOverflow))
        .or_else(|| any(text, REPLAY).then_some(Reason::Format))
        .or_else(|| any(text, RAW_402).then(|| by_payment_text(text)))
        .or_else(|| first(text, LIMIT_ROWS))
        .or_else(|| (finish_reason_error || any(text, "finish_reason: error") || is_server()).then_some(Reason::ServerError))
        .or_else(|| first(text, LAST_ROWS))
}

/// The reason a code or an error type tells: the words of messages, then those that only there mean something.
fn by_word(word: &[u8]) -> Option<Reason> {
    by_message(word, false).or_else(|| first(word, WORD_ROWS))
}

/// OpenRouter's wrapper around a provider's failure that gives no detail: a hiccup, unless the status says what it was.
fn by_wrapper(text: &[u8], status: Option<u16>) -> Option<Reason> {
    let is_open = !matches!(status, Some(401..=404 | 408 | 410 | 429 | 500..));
    (is_open && any(text, WRAPPER)).then_some(Reason::Timeout)
}

/// A 402 is a matter of money unless it speaks of a limit that time lifts.
fn by_payment_text(text: &[u8]) -> Reason {
    let is_money = any(text, NO_MONEY) || any(text, "maximum allowed*limit") || any(text, PLAN) && any(text, "limit");
    let is_temporary = || any(text, RATE_LIMIT) || TEMPORARY.iter().any(|(one, other)| any(text, one) && any(text, other));
    if !is_money && is_temporary() { Reason::RateLimit } else { Reason::Billing }
}

/// What the status makes of it. `said` is the message's reason, `reason` what all fields together say.
fn by_status(status: u16, text: &[u8], said: Option<Reason>, reason: Option<Reason>, has_body: bool) -> Option<Reason> {
    use Reason::*;
    Some(match status {
        402 => by_payment_text(text),
        429 if reason == Some(Billing) => Billing,
        429 => RateLimit,
        401 | 403 => first(text, KEY_ROWS).unwrap_or(Auth),
        404 => said.filter(|said| matches!(said, SessionExpired | Billing | Auth | AuthPermanent | Format)).unwrap_or(ModelNotFound),
        408 => Timeout,
        410 => said.filter(|said| matches!(said, SessionExpired | Billing | Auth | AuthPermanent)).unwrap_or(Timeout),
        // Too many bytes are too much text, unless an image has them.
        413 if reason != Some(RateLimit) && !any(text, IMAGE_SIZE) && !any(text, PER_MINUTE) => ContextOverflow,
        400 | 422 => return reason.filter(|reason| *reason != ServerError).or(has_body.then_some(Format)),
        529 => Overloaded,
        499 | 500.. if reason == Some(Overloaded) || any(text, OVERLOADED) => Overloaded,
        499 | 504 | 522 | 524 if reason == Some(ServerError) => ServerError,
        499 | 504 | 522 | 524 => Timeout,
        500.. if said == Some(Format) => Format,
        500.. => ServerError,
        _ => return reason,
    })
}

const KEY_LIMIT: &str = "key limit*exceeded|key limit*reached|key limit* hit|key budget limit*exceeded|key budget limit*reached|\
    key budget limit* hit|exceeded*key limit|reached*key limit| hit*key limit|exceeded*key budget limit";

/// Codes of Node and of Chromium, and what the platforms write.
const CERTIFICATE: &str = " cert |err tls cert|unable to verify|unable to get issuer|self signed cert|altname|certificate has expired|\
    certificate is not yet valid|issuer certificate|certificate verify failed|invalid peer certificate|not match certificate|\
    certificate*not trusted|invalid certificate";

/// Too large an image would pass for an overflow, which compaction does not mend.
const IMAGE_SIZE: &str = "image dimension|image size|image*exceeds*mb|image*exceeds*bytes|image*exceeds*pixel|image*too large|\
    image*too small";

const VAGUE: &str = "went wrong|error occurred|try again|try later|retry|request failed|failed to process|upstream|unexpected|unknown|\
    internal|unavailable|connection|provider returned|provider error|server error|generic error";

const WRAPPER: &str = "provider returned error|provider returned an error";

const MODEL_ROWS: &[(&str, Reason)] = &[
    (
        "support image|image input is not support|images are not support|not support*image|not support*vision|unsupported image|\
        invalid transcript|transcript is invalid|transcript validation",
        Reason::Format,
    ),
    (
        "session expired|session has expired|session not found|session was not found|expired session|invalid session|\
        session*does not exist|conversation not found|conversation*expired|previous response*not found",
        Reason::SessionExpired,
    ),
    (
        "no endpoints found for|unknown model|model*not found|model*not exist|not a valid model|invalid model|no such model|\
        deprecated*upgrade to|stealth model*find it here|error: 404*not found|http 404*not found|status 404*not found|\
        model*deactivated|model*decommissioned|model*no longer available",
        Reason::ModelNotFound,
    ),
];

/// The error types of OpenRouter that mean a length are among them.
const OVERFLOW: &str = "maximum context|maximum prompt length|prompt is too long|prompt too long|context length exceeded|\
    context window exceed|context window*exceeds|context window is full|context size*exceeded|context overflow|\
    request too large|payload too large|exceed*context window|exceed*context length|exceed*context size|exceed*context limit|\
    exceed*available context|max tokens*exceed*context|greater than the context|larger than the context|longer than the*context|\
    too long for*context|input is too long|input too long|input*too long for|input token*exceed|input length*exceed|\
    model token limit|too many tokens|too many input tokens|reduce the length of the|\
    max tokens exceeded|token limit exceeded|string too long|context limit exceeded|range of input length should be";

const PER_MINUTE: &str = "(tpm)| tpm|(tpd)| per min|tokens per day";

const TOKENS: &str = "token|tpm|tpd";

const NO_OVERFLOW: &str = "please wait|reasoning is mandatory|reasoning is required|mandatory reasoning|reasoning*cannot be disabled|\
    .id': string too long|name': string too long|'user': string too long|.id: string too long|.name: string too long";

const REPLAY: &str = "roles must alternate|must alternate between|tool_use.input|tool*input*missing|tool*missing*input|\
    invalid*signature*thinking|expired*signature*thinking|thinking*signature*invalid|thinking*signature*expired|\
    thought signature|reasoning details must be preserved";

const RAW_402: &str = "http 402|status 402|code 402|code: 402|code\":402";

/// Wordings that mean money and nothing else. Not "add credits": that is the advice of OpenRouter's daily limit of free models.
const NO_MONEY: &str = "insufficient credit|insufficient quota|insufficient*balance|insufficient fund|credit balance|\
    add more credits|requires more credits|only afford|not enough credit|out of credits|never purchased credits| top up|\
    negative balance|balance is too low";

const PLAN: &str = "your plan|current plan|subscription plan|paid plan|upgrade plan|plan upgrade";

/// Pairs of which both must be there.
const TEMPORARY: &[(&str, &str)] = &[
    ("try again|retry|temporar|cooldown|cool down|cooling down", "usage limit|rate limit|organization*limit|organisation*limit"),
    ("daily|weekly|monthly", "usage*limit|spend limit|spending limit"),
    ("daily|weekly|monthly|hourly|5 hour|per day|per week|per month", "limit*reset|reset*limit"),
    (
        "organization|organisation|workspace",
        "limit*exceeded|limit*reached|limit*exhausted|exceeded*limit|reached*limit|limit*billing period",
    ),
];

const BILLING: &str = "payment required|billing error|billing hard limit|billing details|billing not active|\
    exceeded your current quota|credits*exhausted|exhausted*credits|used all*credits|credit limit|spending cap|budget*exceeded|\
    budget*reached|budget*used up|account*good standing|in arrears|payment method";

const RATE_LIMIT: &str = "rate limit|ratelimit|too many requests|resource exhausted|resourceexhausted|resource has been exhausted|\
    throttl|quota exceeded|exceeded*quota|requests per| per min|tokens per day|(tpm)| tpm|concurren*limit|too many concurrent|\
    request limit|slow down|cooling down|model cooldown|too many tokens*wait|in flight budget exhausted|\
    http 429|status 429|code 429|code: 429|code\":429";

const OVERLOADED: &str = "overload|at capacity|over capacity|out of capacity|no capacity|not enough capacity|insufficient capacity|\
    capacity exhausted|service unavailable|temporarily unavailable|high demand|high load|heavy load|server is busy|server busy|\
    model is busy|no instances available";

const LIMIT_ROWS: &[(&str, Reason)] = &[
    (NO_MONEY, Reason::Billing),
    // Google's free tier speaks of billing where only the minute is used up.
    ("quota exceeded for metric|please retry in", Reason::RateLimit),
    (BILLING, Reason::Billing),
    ("usage limit|daily*limit|weekly*limit|monthly*limit|hourly*limit|5 hour limit", Reason::RateLimit),
    (RATE_LIMIT, Reason::RateLimit),
    (OVERLOADED, Reason::Overloaded),
];

/// A word like "disabled" alone would also be a feature or a model.
const AUTH_PERMANENT: &str = "key*revoked|key*deactivated|key*deleted|key*disabled|revoked*key|deactivated*key|disabled api key|\
    deleted api key|account*deactivated|account*deleted|account*disabled|account*suspended|account*terminated|token*revoked|\
    organization*deactivated|organization*disabled|not allowed for this organi";

const AUTH: &str = "invalid*api key|incorrect api key|api key*invalid|api key*missing|api key*expired|api key*not valid|\
    api key*not found|api key*required|no api key|missing api key|invalid*credential|auth credentials|missing authentication|\
    authentication*fail|authentication*required|authentication error|unauthorized|unauthenticated|not authorized|\
    not authenticated|invalid access token|invalid bearer|invalid authentication|token*expired|permission denied|permission error|\
    insufficient permission|access denied|is forbidden|403 forbidden|user not found";

/// What a 401 or 403 may mean beside a key that is not accepted; refused content is not the key's fault.
const KEY_ROWS: &[(&str, Reason)] = &[
    (AUTH_PERMANENT, Reason::AuthPermanent),
    (NO_MONEY, Reason::Billing),
    (BILLING, Reason::Billing),
    ("input flagged|input was flagged|requires moderation|content policy", Reason::Format),
];

const LAST_ROWS: &[(&str, Reason)] = &[
    (AUTH_PERMANENT, Reason::AuthPermanent),
    (AUTH, Reason::Auth),
    (
        "unknown error occurred|internal server error|internal error|bad gateway|upstream error|upstream connect error|\
        gateway error|backend error|server error|connection reset|unexpected error",
        Reason::Timeout,
    ),
    (
        "tool_use.id|tool use id|tool use*without*tool_result|tool call id|must be followed by tool|preceding message with|\
        message prefill|must end with a user message|last message must|should match pattern|invalid request format|\
        invalid schema|invalid tool|unsupported parameter|unrecognized request argument|unknown parameter|\
        missing required parameter|extra inputs are not permitted|blocks*cannot be modified",
        Reason::Format,
    ),
    (
        "timeout|timed out|time out|timedout|deadline exceeded|fetch failed|failed to fetch|load failed|network error|networkerror|\
        network request failed|network connection|network changed|connection error|connection refused|connection closed|\
        connection lost|connection aborted|socket hang up|socket closed|other side closed|premature close|econnre|econnab| enotfound|\
        eai again| ehost| enet| epipe|und err |err network|err connection|err name not|err internet|getaddrinfo|stream ended|\
        unexpected end of stream|unexpected eof|terminated",
        Reason::Timeout,
    ),
];

/// Error types that blame what the request holds.
const CONTENT: &str = "content policy|refusal|image";

/// Error types that would say too little as words of a message. OpenRouter's `unmapped` says nothing.
const WORD_ROWS: &[(&str, Reason)] = &[
    (CONTENT, Reason::Format),
    (
        " invalid | unprocessable| precondition| unsupported| missing| value error| type error| literal error| extra forbidden",
        Reason::Format,
    ),
    (" not found", Reason::ModelNotFound),
    (" authentication| permission| forbidden", Reason::Auth),
    (" server| api error| internal| provider unavailable", Reason::ServerError),
];
