//! The error object of an answer, read in all its shapes: as an HTTP body, inside a stream, in a choice.

use crate::body_values::first_object;
use crate::error::{Code, Error};
use crate::failover::{Reason, Signal, classify};
use crate::http::error_words::{MAX_WRAPPERS, Wrapped, error_in, holds_words, message_of, says_more, words, words_in};
use crate::http::other_words::{Plainly, said_plainly};
pub use crate::http::reported_wait::{Now, ParseDate};
use crate::http::reported_wait::{Wait, waits};
use crate::json::{Raw, Reader};
use crate::json_string::write_string;
use crate::record::write_field;
use crate::redact::{redact, write_redacted};
use crate::reported_amounts::{affordable_tokens, wait_ms};
use crate::text::{between, find, tail};
use crate::unread_error::{HeaderHints, Place, code_of, is_final};
use crate::value::Value;

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
        return stream_error(error, &secret, now, Some(said_plainly));
    }
    if is(Place::Event) {
        return error_event(told.as_bytes(), &secret, now, Some(said_plainly));
    }
    let status = unread.get("status").and_then(|status| status.as_number()).unwrap_or(0.0) as u16;
    let hints = HeaderHints { retry_after: text("retryAfter"), rate_limit_reset: text("rateLimitReset") };
    http_error(status, told.as_bytes(), &secret, now, &hints, Some(said_plainly))
}

/// Reads the `error` object of a chunk or choice. `in_stream` errors have the code `stream-error`; the status is kept.
pub fn read_stream_error(error: Raw<'_>, secret: &str, now: Now) -> Error {
    stream_error(error, secret, now, None)
}

fn stream_error(error: Raw<'_>, secret: &str, now: Now, plainly: Option<Plainly>) -> Error {
    // An error that wraps another has its words beside that; an envelope has none.
    let is_wrapper = error.field("error").is_some_and(Raw::is_object);
    let read = ErrorObject::read(if is_wrapper { error } else { error_in(error) }, secret, plainly);
    let status = read.status();
    let mut out = read.into_error(Code::StreamError, None, status, secret, now, &HeaderHints::default());
    out.code = if out.code == Code::ContextOverflow { Code::ContextOverflow } else { Code::StreamError };
    out
}

/// Reads the data of an event that is an error's: an error object, bare or in its envelope, or words.
pub fn read_error_event(data: &[u8], secret: &str, now: Now) -> Error {
    error_event(data, secret, now, None)
}

fn error_event(data: &[u8], secret: &str, now: Now, plainly: Option<Plainly>) -> Error {
    let whole = Reader::document(data).ok().filter(|value| value.string().is_some());
    if let Some(object) = whole.or_else(|| first_object(data)) {
        return stream_error(error_in(object), secret, now, plainly);
    }
    let text = String::from_utf8_lossy(data);
    let message = cut(&redact(text.trim_ascii(), secret), MESSAGE_MAX_BYTES);
    let object = ErrorObject { message, has_body: true, plainly, ..ErrorObject::default() };
    object.into_error(Code::StreamError, None, None, secret, now, &HeaderHints::default())
}

/// Reads an answer that failed by its status, or a 200 whose JSON body is an error. `body` may be JSON, HTML or nothing.
pub fn read_http_error(status: u16, body: &[u8], secret: &str, now: Now, hints: &HeaderHints) -> Error {
    http_error(status, body, secret, now, hints, None)
}

fn http_error(status: u16, body: &[u8], secret: &str, now: Now, hints: &HeaderHints, plainly: Option<Plainly>) -> Error {
    let number = u64::from(status);
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let document = first_object(body).filter(|_| !body.trim_ascii_start().starts_with(b"<"));
    let Some(document) = document else {
        let text = String::from_utf8_lossy(body);
        if let Some(error) = xml_error(&text) {
            // Read as the JSON that says the same.
            return http_error(status, error.as_bytes(), secret, now, hints, plainly);
        }
        let message = match text.trim_ascii() {
            "" => format!("HTTP {number} with an empty body"),
            text if is_xml(text) => format!("HTTP {number} with an XML body"),
            text if text.starts_with('<') => format!("HTTP {number} with an HTML page{}", html_title(text)),
            text => format!("HTTP {number}: {}", cut(&redact(text, secret), DETAIL_MAX_BYTES)),
        };
        let is_html = text.trim_ascii().starts_with('<') && !is_xml(&text);
        let has_body = !text.trim_ascii().is_empty();
        return ErrorObject { message, is_html, has_body, plainly, ..ErrorObject::default() }.into_error(
            code_of(status, None),
            Some(status),
            Some(status),
            secret,
            now,
            hints,
        );
    };
    let read = ErrorObject::read(error_in(document), secret, plainly);
    let own = (status != 200).then_some(status);
    let status = own.unwrap_or_else(|| read.status().unwrap_or(200));
    let code = code_of(status, read.error_type.as_deref());
    read.into_error(code, own, Some(status), secret, now, hints)
}

/// The fields of an error object that decide something.
#[derive(Default)]
struct ErrorObject {
    plainly: Option<Plainly>,
    message: String,
    code: Option<String>,
    reported_status: Option<u16>,
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

impl ErrorObject {
    fn read(error: Raw<'_>, secret: &str, plainly: Option<Plainly>) -> Self {
        let metadata = error.field("metadata");
        let availability = error.field("availability");
        let own = message_of(error).or_else(|| words_in(Some(error), "message")).unwrap_or_default();
        // A message may be an envelope itself.
        let mut within = Wrapped::default();
        let message = error.field("message").unwrap_or(error);
        if own.starts_with(['{', '[']) {
            within.dig(message, MAX_WRAPPERS);
        }
        let mut message = if within.message.is_empty() { own } else { within.message };
        let mut wrapped = Wrapped::default();
        let raw = metadata.and_then(|metadata| metadata.field("raw")).or_else(|| error.field("raw")).or_else(|| error.field("error"));
        let raw = raw.filter(holds_words);
        raw.into_iter().for_each(|raw| wrapped.dig(raw, MAX_WRAPPERS));
        let says_more = says_more(&wrapped.message, plainly);
        let detail = if wrapped.message.is_empty() { raw.map(words).unwrap_or_default() } else { wrapped.message };
        // Masked before it is cut: half a key would not be known for one.
        let masked = |text: &str, max: usize| cut(&redact(text, secret), max);
        if message.is_empty() {
            message = detail;
        } else if !detail.trim_ascii().is_empty() && find(&message, &detail).is_none() {
            message = [&message, "\n", &masked(&detail, DETAIL_MAX_BYTES)].concat();
        }
        wrapped.inner.append(&mut within.inner);
        // Google writes it into what is wrapped.
        let wait_in_words = wait_ms(&message).or_else(|| wait_ms(&words(raw?))).map(|ms| Wait::Seconds(ms / 1000.0));
        let either = |name: &str| words_in(metadata, name).or_else(|| words_in(Some(error), name));
        Self {
            plainly,
            message: masked(&message, MESSAGE_MAX_BYTES),
            code: words_in(Some(error), "code").or_else(|| words_in(Some(error), "http_status")),
            reported_status: ["status", "status_code", "statusCode"]
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
        of_code.or(self.reported_status)
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
        let plain = |text: &str| self.plainly.map_or_else(|| text.to_owned(), |plainly| plainly(text));
        classify(&Signal {
            status,
            message: &plain(&self.message),
            code: self.code.as_deref().map(plain).as_deref(),
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
            Some(status) if is_final(status) => false,
            _ => reason.is_some_and(Reason::is_transient),
        }
    }
}

/// Whether a limit is one of a day or longer, as far as its words tell (provider-rules 10.4).
fn is_of_days(error: &Error) -> bool {
    const WORDS: [&str; 7] = ["daily", "weekly", "monthly", "quota", "tomorrow", "per-day", "per day"];
    let message = error.message.to_ascii_lowercase();
    error.reason == Some(Reason::RateLimit) && WORDS.iter().any(|word| find(&message, word).is_some())
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

/// Where XML has its words, the most telling first: storage and AWS, SOAP, others; then a code.
const XML_WORDS: [&str; 6] = ["message>", "faultstring>", "description>", "detail>", "code>", "faultcode>"];

/// Whether this is XML and no page.
fn is_xml(text: &str) -> bool {
    let lower = text.trim_ascii().to_ascii_lowercase();
    let has = |word: &str| find(&lower, word).is_some();
    lower.starts_with('<') && !has("<html") && !has("<body") && (lower.starts_with("<?xml") || XML_WORDS.iter().any(|word| has(word)))
}

/// The error that XML tells, as JSON; nothing where it has no words.
fn xml_error(text: &str) -> Option<String> {
    if !is_xml(text) {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let [words, code] = [&XML_WORDS[..4], &XML_WORDS[4..]].map(|names| names.iter().find_map(|name| element(text, &lower, name)));
    let mut out = "{\"error\":{".to_owned();
    write_field(&mut out, "message", &words?);
    write_field(&mut out, "code", &code);
    out.push_str("}}");
    Some(out)
}

/// The text of the first element whose tag ends like this and that has no element in it.
fn element(text: &str, lower: &str, name: &str) -> Option<String> {
    let mut at = 0;
    loop {
        at += find(tail(lower, at), name)? + name.len();
        let inner = tail(text, at);
        let (start, end) = match inner.starts_with("<![CDATA[") {
            true => (9, find(inner, "]]>")?),
            false => (0, find(inner, "<")?),
        };
        let held = between(inner, start, end).trim_ascii();
        if !held.is_empty() && (start > 0 || tail(inner, end).starts_with("</")) {
            return Some(unescaped(held));
        }
    }
}

fn unescaped(text: &str) -> String {
    const ESCAPED: [(&str, &str); 5] = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    let (mut out, mut rest) = (String::new(), text);
    while let Some(at) = find(rest, "&") {
        out.push_str(between(rest, 0, at));
        rest = tail(rest, at);
        let (escaped, char) = ESCAPED.iter().find(|(escaped, _)| rest.starts_with(escaped)).unwrap_or(&("&", "&"));
        out.push_str(char);
        rest = tail(rest, escaped.len());
    }
    out.push_str(rest);
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
