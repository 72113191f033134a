//! What is made of an error that an answer tells: its message, code, wait, reason, and what is known of all that is wrapped.

use openrouter_wasm::error::{Code, Error, Reason};
use openrouter_wasm::json::Reader;
use openrouter_wasm::json_string::write_string;
use openrouter_wasm::unread_error::HeaderHints;
use openrouter_wasm::upstream_error::{Now, read_error_event, read_http_error, read_stream_error};

/// Of a message, of what stands beside one, of the whole error.
const MESSAGE_MAX_BYTES: usize = 4096;
const DETAIL_MAX_BYTES: usize = 500;
const UPSTREAM_MAX_BYTES: usize = 8192;

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
        (r#"{"error":{"code":429,"message":"x","metadata":{"headers":{"Retry-After":"9","X-RateLimit-Reset":"1790000001500"}}}}"#, 9000),
        (r#"{"error":{"code":429,"message":"x","metadata":{"headers":{"X-RateLimit-Reset":"1790000001500"}}}}"#, 1500),
        (r#"{"error":{"code":429,"message":"x","metadata":{"headers":{"X-RateLimit-Reset":"1790000002"}}}}"#, 2000),
        (r#"{"error":{"code":403,"message":"x","metadata":{"resets_at":"2026-09-21T14:13:30Z"}}}"#, 10_000),
        (r#"{"error":{"code":429,"message":"x"}}"#, 3000),
        (r#"{"error":{"code":429,"message":"x","metadata":{"retry_after_seconds":0}}}"#, 3000),
        // The last moment that is read as milliseconds: long gone, and in seconds the year 5138.
        (r#"{"error":{"code":429,"message":"x","metadata":{"resets_at":100000000000}}}"#, 3000),
        (r#"{"error":{"code":429,"message":"x","metadata":{"retry_after_seconds_raw":6.4}}}"#, 6400),
        (r#"{"error":{"code":429,"message":"x","metadata":{"retry_after":"7"}}}"#, 7000),
        (r#"{"error":{"code":429,"message":"x","retry_after":7}}"#, 7000),
        (r#"{"error":{"code":429,"message":"x","retry_after_ms":700}}"#, 700),
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
        (402, r#"{"error":{"code":402,"message":"rate limit exceeded, try again","metadata":{}}}"#, true),
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
        (500, r#"{"error":false,"message":"flat"}"#, "flat"),
        (500, r#"{"error":" ","detail":"flat"}"#, "flat"),
        (500, r#"{"error":{"message":"a","error":17}}"#, "a"),
        (500, r#"{"error":{"message":{"text":"a","message":"{\"error\":{\"message\":\"deep\"}}"}}}"#, "deep"),
        (500, r#"{"error":{"message":"Bad","metadata":{"raw":{"message":"deep","raw":" "}}}}"#, "Bad\ndeep"),
        (500, r#"{"error":{"message":"Bad","metadata":{"raw":{"message":"deep","error":"Bad Request"}}}}"#, "Bad\ndeep"),
        (500, r#"{"error":{"message":"Bad","metadata":{"raw":{"message":"outer","error":{"message":"deep"}}}}}"#, "Bad\ndeep"),
    ];
    for (status, body, expected) in table {
        assert_eq!(http(status, body).message, expected, "{body}");
    }
}

#[test]
fn long_words_that_are_all_of_the_error_are_cut_later_than_what_stands_beside_others() {
    let long = "a word and ".repeat(600);
    let alone = &http(500, &format!("{{\"error\":\"{long}\"}}")).message;
    assert_eq!((alone.len(), alone.ends_with('…')), (MESSAGE_MAX_BYTES + '…'.len_utf8(), true));
    let beside = &http(500, &format!("{{\"error\":{{\"message\":\"Bad\",\"metadata\":{{\"raw\":\"{long}\"}}}}}}")).message;
    assert_eq!(beside.len(), "Bad\n".len() + DETAIL_MAX_BYTES + '…'.len_utf8());
}

#[test]
fn wrappers_are_looked_through_and_not_for_ever() {
    let cut = |text: &str| text.get(..DETAIL_MAX_BYTES).map_or_else(|| text.to_owned(), |start| format!("{start}…"));
    let wrapped = |name: &str, depth: usize| {
        let open = format!("{{\"{name}\":").repeat(depth);
        format!("{open}\"boom\"{}", "}".repeat(depth))
    };
    for name in ["message", "detail", "error", "raw"] {
        let beside = |depth| format!("{{\"error\":{{\"message\":\"Bad\",\"metadata\":{{\"raw\":{}}}}}}}", wrapped(name, depth));
        assert_eq!(http(500, &beside(5)).message, "Bad\nboom", "{name}");
        assert_eq!(http(500, &beside(60)).message, format!("Bad\n{}", cut(&wrapped(name, 60))), "{name}");
        let listed = format!("{}\"boom\"{}", "[".repeat(60), "]".repeat(60));
        let beside = format!("{{\"error\":{{\"message\":\"Bad\",\"metadata\":{{\"raw\":{listed}}}}}}}");
        assert_eq!(http(500, &beside).message, format!("Bad\n{listed}"));
    }
    let in_words = |depth| format!("{{\"error\":{}}}", wrapped("message", depth));
    assert_eq!(http(500, &in_words(6)).message, "boom");
    assert_eq!(http(500, &in_words(60)).message, wrapped("message", 59));
    let mut told = "boom".to_owned();
    for _ in 0..14 {
        let mut quoted = String::new();
        write_string(&mut quoted, &format!("{{\"message\":{}}}", if told == "boom" { "\"boom\"" } else { &told }));
        told = quoted;
    }
    let message = &http(500, &format!("{{\"error\":{{\"message\":\"Bad\",\"metadata\":{{\"raw\":{told}}}}}}}")).message;
    assert!(message.starts_with("Bad\n{") && message.len() > 100, "{message}");
}

#[test]
fn the_whole_error_is_kept_as_json_and_one_that_is_too_long_as_a_string_of_its_beginning() {
    let error = r#"{"message":"m","metadata":{"key":"sk-or-v1-0123abc"}}"#;
    let read = |error: &str| http(500, &format!("{{\"error\":{error}}}")).upstream.clone().unwrap();
    assert_eq!(read(error), r#"{"message":"m","metadata":{"key":"[redacted]"}}"#);
    for (bytes, is_whole) in [(UPSTREAM_MAX_BYTES, true), (UPSTREAM_MAX_BYTES + 1, false)] {
        let error = format!("{{\"message\":\"{}\"}}", "m".repeat(bytes - 14));
        let upstream = read(&error);
        assert_eq!((upstream == error, upstream.starts_with("\"{\\\"message")), (is_whole, !is_whole), "{}", upstream.len());
        assert!(upstream.len() < UPSTREAM_MAX_BYTES + 20, "{}", upstream.len());
    }
}

#[test]
fn what_the_credits_are_enough_for_is_told_where_money_is_the_matter() {
    let words = r#"{"error":{"message":"you can only afford 2666 tokens"}}"#;
    let waits = r#"{"error":{"message":"in flight budget exhausted, you can afford 2666 tokens, try again"}}"#;
    let speaks = r#"{"error":{"message":"you can afford 2666 tokens"}}"#;
    for (status, body, tokens) in [(402, words, Some(2666)), (400, words, Some(2666)), (402, waits, Some(2666)), (500, speaks, None)] {
        assert_eq!(http(status, body).affordable_tokens, tokens, "{status} {body}");
    }
}

#[test]
fn a_limit_of_days_is_told_from_one_that_passes() {
    for (status, words, is_of_days) in [
        (429, "daily limit reached", true),
        (429, "free-models-per-day", true),
        (429, "Weekly limit: see you tomorrow", true),
        (429, "slow down", false),
        (402, "monthly spending cap: insufficient credits", false),
    ] {
        let error = http(status, &format!("{{\"error\":{{\"message\":\"{words}\"}}}}"));
        assert_eq!(error.is_of_days, is_of_days, "{words}: {:?}", error.reason);
    }
}

#[test]
fn a_400_without_a_body_and_a_page_of_the_network_say_nothing_of_the_request() {
    let overloaded = "<title>at capacity</title>";
    for (status, body, reason) in [
        (400, "odd words", Some(Reason::Format)),
        (400, "", None),
        (400, " \n", None),
        (500, overloaded, Some(Reason::ServerError)),
        (500, "at capacity", Some(Reason::Overloaded)),
    ] {
        assert_eq!(http(status, body).reason, reason, "{status} {body:?}");
    }
    assert_eq!(read_error_event(b"400 odd words", "", NOW).reason, Some(Reason::Format));
    assert_eq!(read_error_event(b"odd words", "", NOW).message, "odd words");
}

#[test]
fn a_code_in_words_stands_for_its_status() {
    let table: [(u16, &[&str]); 10] = [
        (500, &["server_error", "server", "upstream_error", "api_error"]),
        (502, &["provider_unavailable"]),
        (429, &["rate_limit_exceeded", "rate_limit_error", "rate_limit"]),
        (529, &["provider_overloaded", "overloaded_error", "overloaded"]),
        (408, &["timeout", "timeout_error"]),
        (401, &["authentication", "authentication_error"]),
        (402, &["payment_required", "billing_error"]),
        (403, &["permission_denied", "permission_error", "content_policy_violation"]),
        (404, &["not_found", "not_found_error"]),
        (400, &["invalid_request", "invalid_request_error", "invalid_prompt", "context_length_exceeded"]),
    ];
    for (status, words) in table {
        for word in words {
            let text = format!("{{\"code\":\"{word}\",\"message\":\"m\"}}");
            assert_eq!(read_stream_error(Reader::document(text.as_bytes()).unwrap(), "", NOW).status, Some(status), "{word}");
        }
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

#[test]
fn xml_is_read_for_what_it_says_and_called_what_it_is() {
    let read = |status: u16, body: &str| read_http_error(status, body.as_bytes(), "", NOW, &HeaderHints::default());
    for (status, body, message, code, retryable) in [
        (
            403,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message><RequestId>x</RequestId></Error>",
            "Access Denied",
            Code::Forbidden,
            false,
        ),
        (
            503,
            "<Error><Code>SlowDown</Code><Message>Please reduce your &quot;request&quot; rate.</Message></Error>",
            "Please reduce your \"request\" rate.",
            Code::Overloaded,
            true,
        ),
        (
            429,
            "<ErrorResponse xmlns=\"http://x\"><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>",
            "Rate exceeded",
            Code::RateLimit,
            true,
        ),
        (
            500,
            "<soap:Envelope><soap:Body><soap:Fault><faultcode>soap:Server</faultcode><faultstring>It broke &amp; fell</faultstring></soap:Fault></soap:Body></soap:Envelope>",
            "It broke & fell",
            Code::Server,
            true,
        ),
        (
            400,
            "\u{feff}<?xml version=\"1.0\"?><error><message><![CDATA[input is <too> long]]></message></error>",
            "input is <too> long",
            Code::InvalidRequest,
            false,
        ),
        (400, "<Error><Message>see <b>there</b></Message><Detail>words</Detail></Error>", "words", Code::InvalidRequest, false),
        (401, "<UnknownOperationException xml:lang='en'/><message>no such key</message>", "no such key", Code::Auth, false),
        (502, "<?xml version=\"1.0\"?><status/>", "HTTP 502 with an XML body", Code::Server, true),
        (
            502,
            "<?xml version=\"1.0\"?><!DOCTYPE html><html><title>Bad</title><message>x</message></html>",
            "HTTP 502 with an HTML page: Bad",
            Code::Server,
            true,
        ),
        (502, "<p>message</p>", "HTTP 502 with an HTML page", Code::Server, true),
    ] {
        let error = read(status, body);
        assert_eq!(
            (error.message.as_str(), error.code, error.is_retryable, error.status),
            (message, code, retryable, Some(status)),
            "{body}"
        );
    }
    // However it is cut, and however deep, it is read in the time that it takes.
    let whole = "<?xml version=\"1.0\"?><a:Error x='>'><Code>A</Code><Message>é<b/>x</Message></a:Error>";
    for end in (0..whole.len()).filter(|end| whole.is_char_boundary(*end)) {
        assert!(!read(500, &whole[..end]).message.is_empty());
    }
    assert!(read(500, &"<a".repeat(30_000)).message.contains("HTML"));
    assert!(read(500, &format!("<?xml{}", "<message>".repeat(6_000))).message.contains("XML"));
}
