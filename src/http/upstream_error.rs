//! The error object of an answer, read in all its shapes: as an HTTP body, inside a stream, in a choice.

use crate::body_values::first_object;
use crate::decimal::parse_decimal;
use crate::error::{Code, Error};
use crate::failover::{Reason, Signal, classify, is_vague};
use crate::json::{Raw, Reader};
use crate::json_string::write_string;
use crate::redact::{redact, write_redacted};
use crate::text::{between, find, tail};
use crate::told_amounts::{affordable_tokens, duration_ms, wait_ms};
use crate::unread_error::{HeaderHints, Place, code_of};
use crate::value::Value;

/// Reads a date as the platform does; the core has no calendar. Milliseconds since 1970, `None` when it is no date.
pub type ParseDate = fn(&str) -> Option<f64>;

/// What is needed to read a wait.
#[derive(Debug, Clone, Copy)]
pub struct Now {
    /// Milliseconds since 1970; asked for when an answer names a moment and not before.
    pub epoch_ms: fn() -> f64,
    /// The platform's date parser.
    pub parse_date: ParseDate,
}

const MESSAGE_MAX_BYTES: usize = 4096;
const DETAIL_MAX_BYTES: usize = 500;
const UPSTREAM_MAX_BYTES: usize = 8192;

/// Reads what [`crate::unread_error::UnreadError::to_json`] wrote.
pub fn read_unread(unread: &str, now: Now) -> Error {
    let unread = Value::parse(unread).unwrap_or_else(Value::null);
    let text = |name: &str| unread.get_str(name);
    let (place, secret, told) = (text("place"), text("secret").unwrap_or_default(), text("text").unwrap_or_default());
    let is = |other: Place| place.as_deref() == Some(other.as_str());
    if is(Place::Chunk)
        && let Ok(error) = Reader::document(told.as_bytes())
    {
        return read_stream_error(error, &secret, now);
    }
    if is(Place::Event) {
        return read_error_event(told.as_bytes(), &secret, now);
    }
    let status = unread.get("status").and_then(|status| status.as_number()).unwrap_or(0.0) as u16;
    let hints = HeaderHints { retry_after: text("retryAfter"), rate_limit_reset: text("rateLimitReset") };
    read_http_error(status, told.as_bytes(), &secret, now, &hints)
}

/// Reads the `error` object of a chunk or choice. `in_stream` errors have the code `stream-error`; the status is kept.
pub fn read_stream_error(error: Raw<'_>, secret: &str, now: Now) -> Error {
    // What wraps another has its words beside that; an envelope has none.
    let is_wrapper = error.field("error").is_some_and(Raw::is_object);
    let read = ErrorObject::read(if is_wrapper { error } else { error_in(error) }, secret);
    let status = read.status();
    let mut out = read.into_error(Code::StreamError, None, status, secret, now, &HeaderHints::default());
    out.code = if out.code == Code::ContextOverflow { Code::ContextOverflow } else { Code::StreamError };
    out
}

/// Reads the data of an event that is an error's: an error object, bare or in its envelope, or words.
pub fn read_error_event(data: &[u8], secret: &str, now: Now) -> Error {
    let whole = Reader::document(data).ok().filter(|value| value.string().is_some());
    if let Some(object) = whole.or_else(|| first_object(data)) {
        return read_stream_error(error_in(object), secret, now);
    }
    let text = String::from_utf8_lossy(data);
    let message = cut(&redact(text.trim_ascii(), secret), MESSAGE_MAX_BYTES);
    let object = ErrorObject { message, has_body: true, ..ErrorObject::default() };
    object.into_error(Code::StreamError, None, None, secret, now, &HeaderHints::default())
}

/// Reads an answer that failed by its status, or a 200 whose JSON body is an error. `body` may be JSON, HTML or nothing.
pub fn read_http_error(status: u16, body: &[u8], secret: &str, now: Now, hints: &HeaderHints) -> Error {
    let number = u64::from(status);
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let document = first_object(body).filter(|_| !body.trim_ascii_start().starts_with(b"<"));
    let Some(document) = document else {
        let text = String::from_utf8_lossy(body);
        let message = match text.trim_ascii() {
            "" => format!("HTTP {number} with an empty body"),
            text if text.starts_with('<') => format!("HTTP {number} with an HTML page{}", html_title(text)),
            text => format!("HTTP {number}: {}", cut(&redact(text, secret), DETAIL_MAX_BYTES)),
        };
        let is_html = text.trim_ascii().starts_with('<');
        let has_body = !text.trim_ascii().is_empty();
        return ErrorObject { message, is_html, has_body, ..ErrorObject::default() }.into_error(
            code_of(status, None),
            Some(status),
            Some(status),
            secret,
            now,
            hints,
        );
    };
    let read = ErrorObject::read(error_in(document), secret);
    let own = (status != 200).then_some(status);
    let status = own.unwrap_or_else(|| read.status().unwrap_or(200));
    let code = code_of(status, read.error_type.as_deref());
    read.into_error(code, own, Some(status), secret, now, hints)
}

/// The fields of an error object that decide something.
#[derive(Default)]
struct ErrorObject {
    message: String,
    code: Option<String>,
    told_status: Option<u16>,
    error_type: Option<String>,
    /// The words and numbers by which what is wrapped names itself, from the outside in.
    inner: Vec<String>,
    limit_source: Option<String>,
    reason: Option<String>,
    retryable: Option<bool>,
    wait: Vec<Wait>,
    wait_in_words: Option<Wait>,
    upstream: Option<String>,
    has_body: bool,
    is_html: bool,
    says_more: bool,
}

/// A wait as the body spells it, best source first.
enum Wait {
    Seconds(f64),
    HeaderText(String),
    EpochMs(f64),
    Date(String),
}

impl ErrorObject {
    fn read(error: Raw<'_>, secret: &str) -> Self {
        let metadata = error.field("metadata");
        let availability = error.field("availability");
        let own = message_of(error).or_else(|| words_in(Some(error), "message")).unwrap_or_default();
        // A message may be an envelope itself.
        let mut within = Wrapped::default();
        let message = error.field("message").unwrap_or(error);
        if own.starts_with(['{', '[']) && message.string().is_some() {
            within.dig(message, MAX_WRAPPERS);
        }
        let mut message = if within.message.is_empty() { own } else { within.message };
        let mut wrapped = Wrapped::default();
        let raw = metadata.and_then(|metadata| metadata.field("raw")).or_else(|| error.field("raw")).or_else(|| error.field("error"));
        let raw = raw.filter(|raw| !matches!(raw.bytes(), b"null" | b"true" | b"1"));
        raw.into_iter().for_each(|raw| wrapped.dig(raw, MAX_WRAPPERS));
        let says_more = says_more(&wrapped.message);
        let detail = if wrapped.message.is_empty() { raw.map(words).unwrap_or_default() } else { wrapped.message };
        // Masked before it is cut: half a key would not be known for one.
        let masked = |text: &str, max: usize| cut(&redact(text, secret), max);
        if !detail.is_empty() && find(&message, &detail).is_none() {
            let gap = if message.is_empty() { "" } else { "\n" };
            message = [&message, gap, &masked(&detail, DETAIL_MAX_BYTES)].concat();
        }
        wrapped.inner.append(&mut within.inner);
        // Google writes it into what is wrapped.
        let wait_in_words = wait_ms(&message).or_else(|| wait_ms(&words(raw?))).map(|ms| Wait::Seconds(ms / 1000.0));
        let either = |name: &str| words_in(metadata, name).or_else(|| words_in(Some(error), name));
        Self {
            message: masked(&message, MESSAGE_MAX_BYTES),
            code: words_in(Some(error), "code").or_else(|| words_in(Some(error), "http_status")),
            told_status: ["status", "status_code", "statusCode"]
                .iter()
                .find_map(|name| words_in(Some(error), name)?.parse().ok().filter(|status| (400..600).contains(status))),
            says_more,
            error_type: either("error_type").or_else(|| words_in(Some(error), "type")),
            inner: wrapped.inner,
            limit_source: words_in(metadata, "limit_source"),
            reason: either("reason"),
            retryable: availability.and_then(|availability| availability.field("retryable")).map(|flag| flag.bytes() == b"true"),
            wait: waits(error, metadata, availability),
            wait_in_words,
            upstream: error.is_object().then(|| upstream(error, secret)),
            has_body: true,
            is_html: false,
        }
    }

    fn status(&self) -> Option<u16> {
        let of_code = self
            .code
            .as_deref()
            .and_then(|code| code.parse().ok().filter(|status| (100..=999).contains(status)).or_else(|| status_of_word(code)));
        of_code.or(self.told_status)
    }

    /// `http_status` is the answer's own, `status` the one that is reported: words may stand for it.
    fn into_error(self, code: Code, http_status: Option<u16>, status: Option<u16>, secret: &str, now: Now, hints: &HeaderHints) -> Error {
        let reason = self.reason_of(http_status);
        let code = if reason == Some(Reason::ContextOverflow) { Code::ContextOverflow } else { code };
        let message = if self.message.is_empty() {
            format!("the provider reported an error without a message ({})", self.code.as_deref().unwrap_or("no code"))
        } else {
            self.message.clone()
        };
        let is_retryable = code != Code::ContextOverflow && self.is_retryable(status, reason);
        // A wait of nothing is told by nobody who knows one.
        let told = self
            .wait
            .iter()
            .filter_map(|wait| wait.ms(now))
            .chain(hints.ms(now))
            .chain(self.wait_in_words.iter().filter_map(|wait| wait.ms(now)));
        let retry_after_ms = told.reduce(|first, next| if first > 0 { first } else { next.max(first) });
        let mut error = Error::new(code, redact(&message, secret));
        error.status = status;
        error.retry_after_ms = retry_after_ms;
        error.affordable_tokens = affordable_tokens(&self.message).filter(|_| status == Some(402) || reason == Some(Reason::Billing));
        error.is_retryable = is_retryable;
        error.error_type = self.error_type.map(|kind| redact(&kind, secret));
        error.upstream = self.upstream;
        error.reason = reason;
        error.is_of_days = is_of_days(&error);
        error
    }

    fn reason_of(&self, status: Option<u16>) -> Option<Reason> {
        classify(&Signal {
            status,
            message: &self.message,
            code: self.code.as_deref(),
            error_type: self.error_type.as_deref(),
            inner: &self.inner,
            has_body: self.has_body,
            is_html: self.is_html,
            says_more: self.says_more,
            finish_reason_error: false,
        })
    }

    /// OpenRouter's own word first, then the reason (openrouter-api 3.2 to 3.4, provider-rules 10.4).
    fn is_retryable(&self, status: Option<u16>, reason: Option<Reason>) -> bool {
        if let Some(retryable) = self.retryable {
            return retryable;
        }
        let status = status.or_else(|| self.error_type.as_deref().and_then(status_of_word));
        match status {
            // A budget of running requests is free again soon; the other budgets are not.
            Some(402) if reason != Some(Reason::RateLimit) => {
                self.reason.as_deref() == Some("in_flight_budget_exhausted")
                    || self.limit_source.as_deref() == Some("openrouter_in_flight_budget")
                        && self.reason.as_deref() != Some("weight_exceeds_budget")
            }
            // Not built, and gone for good: asking again changes nothing.
            Some(410 | 501 | 505) => false,
            _ => reason.is_some_and(Reason::is_transient),
        }
    }
}

/// Where servers write what went wrong, the most telling first.
const WORDS: [&str; 11] = [
    "message",
    "msg",
    "detail",
    "error_message",
    "error_msg",
    "errorMessage",
    "error_description",
    "Message",
    "status_msg",
    "errors",
    "title",
];

/// The error in the body or chunk that it came in: in `error`, in the first choice, or bare.
fn error_in(document: Raw<'_>) -> Raw<'_> {
    fn field<'a>(object: Raw<'a>, name: &str) -> Option<Raw<'a>> {
        let says = |value: &Raw<'_>| value.is_object() || value.string().is_some_and(|text| !text.to_text().trim_ascii().is_empty());
        object.field(name).map(first_of).filter(says)
    }
    if let Some(error) = field(document, "error") {
        // A short word, and more beside it.
        let is_title = error.string().is_some() && message_of(document).is_some();
        return if is_title { document } else { error };
    }
    let in_choice = document.field("choices").map(first_of).and_then(|choice| field(choice, "error"));
    let found = in_choice.or_else(|| field(document, "errors")).or_else(|| field(document, "base_resp"));
    found.or_else(|| field(document, "detail").filter(|detail| detail.is_object())).unwrap_or(document)
}

/// What stands in a list, or what is none.
fn first_of(value: Raw<'_>) -> Raw<'_> {
    let mut first = None;
    value.each_item(|item| first = first.or(Some(item)));
    first.unwrap_or(value)
}

/// The words of an error, be they in a list or deeper.
pub fn message_of(error: Raw<'_>) -> Option<String> {
    message_in(error, 6)
}

fn message_in(error: Raw<'_>, left: u32) -> Option<String> {
    if let Some(text) = error.string() {
        return Some(text.decode()).filter(|text| !text.trim_ascii().is_empty());
    }
    if left == 0 || !error.is_object() {
        return None;
    }
    WORDS.iter().find_map(|name| message_in(first_of(error.field(name)?), left - 1))
}

/// Whether a provider's own words say what is wrong with the request, as nobody else does: a word or two says nothing, and neither does an
/// apology.
fn says_more(words: &str) -> bool {
    words.split_ascii_whitespace().count() > 2 && !words.trim_ascii_start().starts_with('<') && !is_vague(words)
}

/// Whether a limit is one of a day or longer, as far as its words tell (provider-rules 10.4).
fn is_of_days(error: &Error) -> bool {
    const WORDS: [&str; 7] = ["daily", "weekly", "monthly", "quota", "tomorrow", "per-day", "per day"];
    let message = error.message.to_ascii_lowercase();
    error.reason == Some(Reason::RateLimit) && WORDS.iter().any(|word| find(&message, word).is_some())
}

/// Wrappers of wrappers of wrappers are not looked through for ever: each takes up to five of these, as an object, its error, the metadata, the
/// text in it and what that holds.
const MAX_WRAPPERS: u32 = 24;

/// What stands below all wrappers: a provider's own error comes as JSON in a string in JSON.
#[derive(Default)]
struct Wrapped {
    /// The innermost message.
    message: String,
    inner: Vec<String>,
}

impl Wrapped {
    fn dig(&mut self, value: Raw<'_>, left: u32) {
        if left == 0 {
            return;
        }
        if let Some(text) = value.string() {
            let text = text.decode();
            match first_object(text.as_bytes()) {
                Some(object) => self.dig(object, left - 1),
                None if !text.trim_ascii().is_empty() => self.message = text,
                None => {}
            }
            return;
        }
        if value.is_array() {
            let mut first = None;
            value.each_item(|item| first = first.or(Some(item)));
            return first.into_iter().for_each(|first| self.dig(first, left - 1));
        }
        // A wrapper's own status is its invention.
        let names = if value.field("metadata").is_some() { &["type", "error_type"][..] } else { &["type", "error_type", "code", "status"] };
        for name in names {
            self.inner.extend(words_in(Some(value), name).filter(|word| word != "error"));
        }
        for name in WORDS.iter().rev().chain(&["metadata", "raw", "error"]) {
            let deeper = value.field(name).filter(|deeper| deeper.string().is_some() || deeper.is_object() || deeper.is_array());
            // A short word beside the message.
            let deeper = deeper.filter(|deeper| *name != "error" || deeper.string().is_none() || self.message.is_empty());
            deeper.into_iter().for_each(|deeper| self.dig(deeper, left - 1));
        }
    }
}

/// A string, or anything else as it is written.
fn words(value: Raw<'_>) -> String {
    value.string().map_or_else(|| value.text().into_owned(), |text| text.decode())
}

#[inline(never)]
fn words_in(object: Option<Raw<'_>>, name: &str) -> Option<String> {
    object.and_then(|object| object.field(name)).map(words)
}

/// Every wait in the body, in the order of the contract (openrouter-api 1.2).
fn waits(error: Raw<'_>, metadata: Option<Raw<'_>>, availability: Option<Raw<'_>>) -> Vec<Wait> {
    let mut waits = Vec::new();
    let mut add = |wait: Option<Wait>| waits.extend(wait);
    let named = |group: Option<Raw<'_>>, name: &str| group.and_then(|group| group.field(name)).and_then(Raw::number);
    add(named(availability, "retry_after").map(Wait::Seconds));
    for group in [metadata, Some(error)] {
        for name in ["retry_after_seconds", "retry_after_seconds_raw", "retry_after"] {
            add(named(group, name).map(Wait::Seconds));
        }
        add(named(group, "retry_after_ms").map(|ms| Wait::Seconds(ms / 1000.0)));
    }
    let Some(metadata) = metadata else { return waits };
    let (mut retry_after, mut reset) = (None, None);
    if let Some(headers) = metadata.field("headers") {
        headers.each_field(|key, value| {
            let text = words(value);
            if key.eq_ignore_ascii_case(b"retry-after") {
                retry_after = Some(Wait::HeaderText(text));
            } else if key.eq_ignore_ascii_case(b"x-ratelimit-reset") {
                reset = parse_decimal(text.trim_ascii().as_bytes()).map(Wait::EpochMs);
            }
        });
    }
    add(retry_after);
    add(reset);
    add(metadata.field("resets_at").and_then(|value| match value.string() {
        Some(text) => Some(Wait::Date(text.decode())),
        None => value.number().map(Wait::EpochMs),
    }));
    waits
}

impl Wait {
    fn ms(&self, now: Now) -> Option<u64> {
        let ms = match self {
            Self::Seconds(seconds) => seconds * 1000.0,
            Self::HeaderText(text) => return retry_after_ms(text, now),
            // Seconds since 1970 pass 10^11 in the year 5138.
            Self::EpochMs(value) if *value < 1e11 => value * 1000.0 - (now.epoch_ms)(),
            Self::EpochMs(value) => value - (now.epoch_ms)(),
            Self::Date(text) => (now.parse_date)(text)? - (now.epoch_ms)(),
        };
        ms.is_finite().then_some(ms.max(0.0).ceil() as u64)
    }
}

impl HeaderHints {
    fn ms(&self, now: Now) -> Option<u64> {
        let reset = || {
            self.rate_limit_reset
                .as_deref()
                .and_then(|text| parse_decimal(text.trim_ascii().as_bytes()))
                .and_then(|value| Wait::EpochMs(value).ms(now))
        };
        self.retry_after.as_deref().and_then(|text| retry_after_ms(text, now)).or_else(reset)
    }
}

/// `Retry-After`: seconds, a date, or what is neither by the standard: `5s`, `250ms`.
fn retry_after_ms(text: &str, now: Now) -> Option<u64> {
    match parse_decimal(text.trim_ascii().as_bytes()) {
        Some(seconds) => Wait::Seconds(seconds).ms(now).filter(|_| seconds >= 0.0),
        None => duration_ms(text).map_or_else(|| Wait::Date(text.to_owned()), |ms| Wait::Seconds(ms / 1000.0)).ms(now),
    }
}

/// String codes and error types that stand for a status (openrouter-api 3.3; the mapped ones only).
fn status_of_word(word: &str) -> Option<u16> {
    Some(match word {
        "server_error" | "server" | "upstream_error" | "api_error" => 500,
        "provider_unavailable" => 502,
        "rate_limit_exceeded" | "rate_limit_error" | "rate_limit" => 429,
        "provider_overloaded" | "overloaded_error" | "overloaded" => 529,
        "timeout" | "timeout_error" => 408,
        "authentication" | "authentication_error" => 401,
        "payment_required" | "billing_error" => 402,
        "permission_denied" | "permission_error" | "content_policy_violation" => 403,
        "not_found" | "not_found_error" => 404,
        "invalid_request" | "invalid_request_error" | "invalid_prompt" | "context_length_exceeded" => 400,
        _ => return None,
    })
}

/// The error object as JSON for whoever wants all of it, keys masked; one that is too long is a string of its beginning.
fn upstream(error: Raw<'_>, secret: &str) -> String {
    let mut text = String::new();
    write_redacted(error, secret, &mut text);
    if text.len() <= UPSTREAM_MAX_BYTES {
        return text;
    }
    let mut out = String::new();
    write_string(&mut out, &cut(&text, UPSTREAM_MAX_BYTES));
    out
}

fn html_title(page: &str) -> String {
    let lower = page.to_ascii_lowercase();
    let title = find(&lower, "<title>").and_then(|start| {
        let end = find(tail(&lower, start), "</title>")?;
        page.get(start + 7..start + end)
    });
    title.map_or_else(String::new, |title| format!(": {}", cut(title.trim_ascii(), 120)))
}

/// At most `max` bytes, never half a character.
fn cut(text: &str, max: usize) -> String {
    if text.len() <= max {
        return text.to_owned();
    }
    let end = (0..=max).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    format!("{}…", between(text, 0, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Now =
        Now { epoch_ms: || 1_790_000_000_000.0, parse_date: |text| (text == "2026-09-21T14:13:30Z").then_some(1_790_000_010_000.0) };

    fn http(status: u16, body: &str) -> Error {
        read_http_error(status, body.as_bytes(), "", NOW, &HeaderHints { retry_after: Some("3".into()), rate_limit_reset: None })
    }

    #[test]
    fn the_wait_comes_from_the_body_first_in_the_order_of_the_contract() {
        let table = [
            (r#"{"error":{"code":503,"message":"x","availability":{"retry_after":7},"metadata":{"retry_after_seconds":5}}}"#, 7000),
            (r#"{"error":{"code":429,"message":"x","metadata":{"retry_after_seconds":5,"headers":{"Retry-After":"9"}}}}"#, 5000),
            (
                r#"{"error":{"code":429,"message":"x","metadata":{"headers":{"Retry-After":"9","X-RateLimit-Reset":"1790000001500"}}}}"#,
                9000,
            ),
            (r#"{"error":{"code":429,"message":"x","metadata":{"headers":{"X-RateLimit-Reset":"1790000001500"}}}}"#, 1500),
            (r#"{"error":{"code":429,"message":"x","metadata":{"headers":{"X-RateLimit-Reset":"1790000002"}}}}"#, 2000),
            (r#"{"error":{"code":403,"message":"x","metadata":{"resets_at":"2026-09-21T14:13:30Z"}}}"#, 10_000),
            (r#"{"error":{"code":429,"message":"x","metadata":{"retry_after_seconds_raw":6.4}}}"#, 6400),
            (r#"{"error":{"code":429,"message":"x","metadata":{"retry_after":"7"}}}"#, 7000),
            (r#"{"error":{"code":429,"message":"x","retry_after":7}}"#, 7000),
            (r#"{"error":{"code":429,"message":"x","retry_after_ms":700}}"#, 700),
            (r#"{"error":{"code":429,"message":"x"}}"#, 3000),
            ("", 3000),
        ];
        for (body, expected) in table {
            assert_eq!(http(429, body).retry_after_ms, Some(expected), "{body}");
        }
        // What the words tell comes last, a wait of nothing never.
        let wrapped = r#"{"error":{"code":429,"message":"Provider returned error","metadata":{"raw":"{\"error\":{\"message\":\"Quota\",\"details\":[{\"retryDelay\":\"17s\"}]}}"}}}"#;
        for (header, body, expected) in [
            (Some("2"), r#"{"error":{"message":"Please try again in 5s"}}"#, Some(2000)),
            (Some("0"), r#"{"error":{"message":"Please try again in 5s"}}"#, Some(5000)),
            (None, r#"{"error":{"message":"Please try again in 1m30s"}}"#, Some(90_000)),
            (None, wrapped, Some(17_000)),
            (Some("250ms"), "", Some(250)),
            (Some("5s"), "", Some(5000)),
            (Some("-5"), "", None),
            (Some("soon"), "", None),
        ] {
            let hints = HeaderHints { retry_after: header.map(str::to_owned), rate_limit_reset: None };
            let error = read_http_error(429, body.as_bytes(), "", NOW, &hints);
            assert_eq!(error.retry_after_ms, expected, "{header:?} {body}");
        }
    }

    #[test]
    fn every_status_has_its_code_and_says_whether_to_retry() {
        use Code::*;
        let table = [
            (400, InvalidRequest, false),
            (401, Auth, false),
            (402, PaymentRequired, false),
            (403, Forbidden, false),
            (404, NotFound, false),
            (405, NotFound, false),
            (408, Timeout, true),
            (409, InvalidRequest, false),
            (410, NotFound, false),
            (412, InvalidRequest, false),
            (413, ContextOverflow, false),
            (418, InvalidRequest, false),
            (422, InvalidRequest, false),
            (429, RateLimit, true),
            (500, Server, true),
            (501, Server, false),
            (502, Server, true),
            (503, Overloaded, true),
            (504, Timeout, true),
            (522, Timeout, true),
            (524, Timeout, true),
            (529, Overloaded, true),
            (302, BadResponse, false),
        ];
        for (status, code, retryable) in table {
            for body in ["", "<html><title>Bad</title></html>", "{\"error\":{\"message\":\"m\"}}", "[]", "text"] {
                let error = http(status, body);
                assert_eq!((error.code, error.is_retryable, error.status), (code, retryable, Some(status)), "{status} {body}");
            }
        }
    }

    #[test]
    fn openrouters_own_word_beats_the_status() {
        let table = [
            (402, r#"{"error":{"code":402,"message":"m","metadata":{"reason":"in_flight_budget_exhausted"}}}"#, true),
            (402, r#"{"error":{"code":402,"message":"m","metadata":{"limit_source":"openrouter_in_flight_budget"}}}"#, true),
            (
                402,
                r#"{"error":{"code":402,"message":"m","metadata":{"reason":"weight_exceeds_budget","limit_source":"openrouter_credits"}}}"#,
                false,
            ),
            (503, r#"{"error":{"message":"m","availability":{"retryable":false}}}"#, false),
            (404, r#"{"error":{"message":"m","availability":{"retryable":true}}}"#, true),
            (
                400,
                r#"{"error":{"message":"This endpoint's maximum context length is 10 tokens. However, you requested about 20 tokens","availability":{"retryable":true}}}"#,
                false,
            ),
        ];
        for (status, body, retryable) in table {
            assert_eq!(http(status, body).is_retryable, retryable, "{body}");
        }
    }

    #[test]
    fn messages_name_what_is_known_and_mask_the_key() {
        let table = [
            (502, "", "HTTP 502 with an empty body"),
            (502, "<!DOCTYPE html><html><head><TITLE> 502: Bad gateway </TITLE>", "HTTP 502 with an HTML page: 502: Bad gateway"),
            (500, "oops", "HTTP 500: oops"),
            (400, r#"{"error":"plain"}"#, "plain"),
            (400, r#"{"message":"flat"}"#, "flat"),
            (
                502,
                r#"{"error":{"message":"Provider returned error","metadata":{"raw":"{\"why\":1}"}}}"#,
                "Provider returned error\n{\"why\":1}",
            ),
            (
                502,
                r#"{"error":{"message":"Provider returned error","metadata":{"raw":{"error":{"message":"deep"}}}}}"#,
                "Provider returned error\ndeep",
            ),
            (401, r#"{"error":{"message":"bad key sk-or-v1-0123abc"}}"#, "bad key [redacted]"),
            (500, r#"{"error":{"code":"x"}}"#, "the provider reported an error without a message (x)"),
        ];
        for (status, body, expected) in table {
            assert_eq!(http(status, body).message, expected, "{body}");
        }
    }

    #[test]
    fn a_stream_error_keeps_numeric_and_string_codes() {
        let table = [
            (r#"{"code":502,"message":"m"}"#, Some(502), true),
            (r#"{"code":"502","message":"m"}"#, Some(502), true),
            (r#"{"code":"server_error","message":"m"}"#, Some(500), true),
            (r#"{"code":400,"message":"m"}"#, Some(400), false),
            (r#"{"code":"strange","message":"m"}"#, None, false),
            (r#"{"message":"m","metadata":{"error_type":"provider_overloaded"}}"#, None, true),
        ];
        for (text, status, retryable) in table {
            let error = read_stream_error(Reader::document(text.as_bytes()).unwrap(), "", NOW);
            assert_eq!((error.code, error.status, error.is_retryable), (Code::StreamError, status, retryable), "{text}");
        }
    }
}
