//! The failover table, row by row.

use openrouter_wasm::failover::{Reason, Reason::*, Signal, classify};

const ALL: [Reason; 13] = [
    Billing,
    RateLimit,
    Overloaded,
    ServerError,
    Auth,
    AuthPermanent,
    Timeout,
    Tls,
    ContextOverflow,
    Format,
    ModelNotFound,
    SessionExpired,
    Unknown,
];

/// A failure with a body, as most are; 0 stands for no status.
fn of(status: u16, message: &str) -> Option<Reason> {
    classify(&Signal { status: (status != 0).then_some(status), message, has_body: true, ..Signal::default() })
}

fn check(table: &[(u16, &str, Option<Reason>)]) {
    for (status, message, expected) in table {
        assert_eq!(of(*status, message), *expected, "{status} {message}");
    }
}

#[test]
fn every_reason_has_its_name_status_and_consequences() {
    let table = [
        (Billing, "billing", Some(402), false, true),
        (RateLimit, "rate_limit", Some(429), true, true),
        (Overloaded, "overloaded", Some(503), true, true),
        (ServerError, "server_error", Some(500), true, true),
        (Auth, "auth", Some(401), false, true),
        (AuthPermanent, "auth_permanent", Some(403), false, true),
        (Timeout, "timeout", Some(408), true, true),
        (Tls, "tls", Some(502), false, false),
        (ContextOverflow, "context_overflow", Some(413), false, false),
        (Format, "format", Some(400), false, true),
        (ModelNotFound, "model_not_found", Some(404), false, true),
        (SessionExpired, "session_expired", Some(410), false, true),
        (Unknown, "unknown", None, false, true),
    ];
    assert_eq!(table.map(|row| row.0), ALL);
    for (reason, name, status, transient, fallback) in table {
        assert_eq!(
            (reason.as_str(), reason.status(), reason.is_transient(), reason.allows_fallback()),
            (name, status, transient, fallback)
        );
    }
}

#[test]
fn cool_downs_grow_and_spare_what_is_not_to_blame() {
    for reason in ALL {
        let waits = [0, 1, 2, 3, 4, u32::MAX].map(|failures| reason.cool_down_ms(failures));
        let expected = match reason {
            Billing | AuthPermanent => [None, Some(600_000), Some(600_000), Some(600_000), Some(600_000), Some(600_000)],
            RateLimit | Overloaded | ServerError | Timeout | Auth => {
                [None, Some(30_000), Some(60_000), Some(300_000), Some(300_000), Some(300_000)]
            }
            _ => [None; 6],
        };
        assert_eq!(waits, expected, "{reason:?}");
    }
}

#[test]
fn the_providers_hook() {
    check(&[
        (401, "Key limit exceeded (total limit). Manage it using https://openrouter.ai/settings/keys", Some(Billing)),
        (403, "Key limit exceeded (monthly limit). Manage it using https://openrouter.ai/settings/keys", Some(Billing)),
        (0, "Key limit exceeded (daily limit)", Some(Billing)),
        (429, "Your key limit has been reached", Some(Billing)),
        (403, "API key budget limit exceeded", Some(Billing)),
        (403, "API key budget limit was hit", Some(Billing)),
        (403, "You have exceeded your key limit", Some(Billing)),
        (429, "API key rate limit exceeded", Some(RateLimit)),
        (0, "Provider returned error", Some(Timeout)),
        (400, "Provider returned error", Some(Timeout)),
        (422, "Provider returned error\n{\"x\":1}", Some(Timeout)),
        (409, "Provider returned error", Some(Timeout)),
        (413, "Provider returned error", Some(ContextOverflow)),
        (401, "Provider returned error", Some(Auth)),
        (402, "Provider returned error", Some(Billing)),
        (403, "Provider returned error", Some(Auth)),
        (404, "Provider returned error", Some(ModelNotFound)),
        (408, "Provider returned error", Some(Timeout)),
        (410, "Provider returned error", Some(Timeout)),
        (429, "Provider returned error\nacme/example-1:free is temporarily rate-limited upstream.", Some(RateLimit)),
        (500, "Provider returned error", Some(ServerError)),
        (502, "Provider returned error\n{\"x\":1}", Some(ServerError)),
        (529, "Provider returned error", Some(Overloaded)),
        // The provider's own words tell more than the wrapper.
        (
            400,
            "Provider returned error\n{\"error\":{\"message\":\"prompt is too long: 210000 tokens > 200000 maximum\"}}",
            Some(ContextOverflow),
        ),
        (400, "Provider returned error\nmessages.1.content.0: Invalid `signature` in `thinking` block", Some(Format)),
        (400, "Provider returned error\nYour credit balance is too low to access the Anthropic API.", Some(Billing)),
    ]);
}

#[test]
fn a_402_is_money_or_a_limit_that_passes() {
    check(&[
        (402, "", Some(Billing)),
        (402, "Payment Required", Some(Billing)),
        (402, "Insufficient credits", Some(Billing)),
        (
            402,
            "This request requires more credits, or fewer max_tokens. You requested up to 64000 tokens, but can only afford 2666.",
            Some(Billing),
        ),
        (402, "Request exceeds in-flight budget", Some(Billing)),
        (402, "In-flight budget exhausted", Some(RateLimit)),
        (402, "Usage limit reached, please try again later", Some(RateLimit)),
        (402, "Temporary usage limit, retry in 20 minutes", Some(RateLimit)),
        (402, "Organization spending limit: try again in an hour", Some(RateLimit)),
        (402, "organisation token limit, cooldown of 5 minutes", Some(RateLimit)),
        (402, "Monthly spend limit", Some(RateLimit)),
        (402, "Daily usage limit", Some(RateLimit)),
        (402, "Weekly limit: resets on Monday", Some(RateLimit)),
        (402, "Workspace limit reached", Some(RateLimit)),
        (402, "Organization limit applies to this billing period", Some(RateLimit)),
        (402, "Rate limit exceeded", Some(RateLimit)),
        (402, "Too many requests", Some(RateLimit)),
        (402, "Monthly limit", Some(Billing)),
        (402, "Rate limit exceeded: insufficient credits", Some(Billing)),
        (402, "Insufficient quota, try again after the daily limit resets", Some(Billing)),
        (402, "Insufficient account balance, rate limit", Some(Billing)),
        (402, "Your credit balance is too low; weekly usage limit reached", Some(Billing)),
        (402, "Usage limit reached. Add more credits and try again", Some(Billing)),
        (402, "Top up your account. Daily usage limit reached", Some(Billing)),
        (402, "Monthly usage limit of your plan reached", Some(Billing)),
        (402, "Maximum allowed monthly usage limit", Some(Billing)),
        (402, "The stop upstream was a daily usage limit", Some(RateLimit)),
        (0, "402 Insufficient credits", Some(Billing)),
        (0, "402 Workspace limit exceeded", Some(RateLimit)),
        (0, "Request failed with status code 402", Some(Billing)),
        (0, "Request failed with status code 402: daily usage limit", Some(RateLimit)),
    ]);
}

#[test]
fn a_429_is_a_rate_limit_unless_it_is_clearly_money() {
    check(&[
        (429, "", Some(RateLimit)),
        (429, "Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests per day", Some(RateLimit)),
        (429, "All providers are at capacity", Some(RateLimit)),
        (429, "Rate limit exceeded: insufficient credits", Some(Billing)),
        (429, "You exceeded your current quota, please check your plan and billing details.", Some(Billing)),
        (
            429,
            "You exceeded your current quota, please check your plan and billing details. * Quota exceeded for metric: \
             generate_content_free_tier_requests, limit: 20. Please retry in 34.07s.",
            Some(RateLimit),
        ),
        (429, "Monthly usage limit reached", Some(RateLimit)),
        (429, "Too many tokens, please wait before trying again.", Some(RateLimit)),
        (429, "model not found", Some(RateLimit)),
        (0, "429 Too Many Requests", Some(RateLimit)),
        (0, "429: insufficient_quota", Some(Billing)),
    ]);
}

#[test]
fn refused_keys() {
    check(&[
        (401, "", Some(Auth)),
        (401, "No auth credentials found", Some(Auth)),
        (401, "Missing Authentication header", Some(Auth)),
        (401, "User not found.", Some(Auth)),
        (401, "This API key has been revoked", Some(AuthPermanent)),
        (401, "Your account was deactivated because of insufficient credits", Some(AuthPermanent)),
        (401, "Your API key is deleted", Some(AuthPermanent)),
        (403, "API key disabled", Some(AuthPermanent)),
        (403, "OAuth authentication is currently not allowed for this organization", Some(AuthPermanent)),
        (403, "Insufficient balance", Some(Billing)),
        (403, "Workspace budget exceeded", Some(Billing)),
        (401, "Rate limit exceeded", Some(Auth)),
        (403, "Model not found", Some(Auth)),
        (403, "This feature is disabled", Some(Auth)),
        (403, "openai/gpt-5 requires moderation. Your input was flagged for \"violence\". No credits were charged.", Some(Format)),
        (403, "Input flagged", Some(Format)),
    ]);
}

#[test]
fn the_other_4xx() {
    check(&[
        (404, "", Some(ModelNotFound)),
        (404, "No endpoints found for acme/example-1.", Some(ModelNotFound)),
        (404, "No endpoints found matching your data policy", Some(ModelNotFound)),
        (404, "No endpoints found that support image input", Some(Format)),
        (404, "Session not found", Some(SessionExpired)),
        (404, "Insufficient credits", Some(Billing)),
        (404, "Invalid API key", Some(Auth)),
        (404, "API key was revoked", Some(AuthPermanent)),
        (404, "Rate limit exceeded", Some(ModelNotFound)),
        (404, "request timeout", Some(ModelNotFound)),
        (408, "", Some(Timeout)),
        (408, "Insufficient credits", Some(Timeout)),
        (410, "", Some(Timeout)),
        (410, "Conversation not found", Some(SessionExpired)),
        (410, "Insufficient credits", Some(Billing)),
        (410, "Unauthorized", Some(Auth)),
        (410, "Unknown model", Some(Timeout)),
        (413, "Request Entity Too Large", Some(ContextOverflow)),
        (413, "image is too large: 20 MB", None),
        (413, "Request too large on tokens per minute (TPM): Limit 6000, Requested 900", Some(RateLimit)),
        (413, "no", Some(ContextOverflow)),
        (409, "Conflict", None),
        (412, "Rate limit exceeded", Some(RateLimit)),
        (400, "temperature: must be a number", Some(Format)),
        (422, "Unprocessable entity", Some(Format)),
        (400, "Rate limit exceeded", Some(RateLimit)),
        (400, "Insufficient credits", Some(Billing)),
        (400, "API key not valid. Please pass a valid API key.", Some(Auth)),
        (400, "upstream_error", Some(Format)),
        (422, "{\"type\":\"server_error\"}", Some(Format)),
        (400, "openai/gpt-nonexistent-routed-model is not a valid model ID", Some(ModelNotFound)),
        (400, "Model no-such/embedding-model does not exist", Some(ModelNotFound)),
        (
            400,
            "This endpoint's maximum context length is 200000 tokens. However, you requested about 2500021 tokens",
            Some(ContextOverflow),
        ),
    ]);
}

#[test]
fn without_a_body_a_400_says_nothing_and_a_413_says_it_all() {
    let table = [
        (400, "", None),
        (400, "HTTP 400 with an empty body", None),
        (422, "", None),
        (400, "upstream_error", None),
        (400, "Insufficient credits", Some(Billing)),
        (413, "HTTP 413 with an empty body", Some(ContextOverflow)),
        (401, "", Some(Auth)),
        (500, "", Some(ServerError)),
    ];
    for (status, message, expected) in table {
        assert_eq!(classify(&Signal { status: Some(status), message, ..Signal::default() }), expected, "{status} {message}");
    }
}

#[test]
fn the_5xx() {
    let mut table = Vec::new();
    for status in [499, 504, 522, 524] {
        table.extend([
            (status, "", Some(Timeout)),
            (status, "Gateway timeout", Some(Timeout)),
            (status, "The model is overloaded", Some(Overloaded)),
            (status, "{\"type\":\"server_error\"}", Some(ServerError)),
            (status, "Insufficient credits", Some(Timeout)),
        ]);
    }
    for status in [500, 501, 502, 503, 520, 521, 523, 525, 526, 530, 599] {
        table.extend([
            (status, "", Some(ServerError)),
            (status, "Internal Server Error", Some(ServerError)),
            (status, "Provider disconnected mid-stream", Some(ServerError)),
            (status, "The server is under high load", Some(Overloaded)),
            (status, "Rate limit exceeded, model overloaded", Some(Overloaded)),
            (status, "messages: roles must alternate between \"user\" and \"assistant\"", Some(Format)),
            (status, "Input is too long for this model", Some(ContextOverflow)),
            (status, "Insufficient credits", Some(ServerError)),
            (status, "request timeout", Some(ServerError)),
            (status, "certificate has expired", Some(ServerError)),
        ]);
    }
    table.extend([
        (503, "Service Unavailable", Some(Overloaded)),
        (529, "", Some(Overloaded)),
        (529, "Internal Server Error", Some(Overloaded)),
    ]);
    check(&table);
}

#[test]
fn of_a_page_only_the_status_counts() {
    let page = "HTTP 502 with an HTML page: model overloaded, insufficient credits, maximum context length";
    let table = [
        (408, Some(Timeout)),
        (499, Some(Timeout)),
        (500, Some(ServerError)),
        (503, Some(ServerError)),
        (504, Some(Timeout)),
        (524, Some(Timeout)),
        (529, Some(Overloaded)),
        (403, Some(ContextOverflow)),
    ];
    for (status, expected) in table {
        let signal = Signal { status: Some(status), message: page, has_body: true, is_html: true, ..Signal::default() };
        assert_eq!(classify(&signal), expected, "{status}");
    }
    assert_eq!(
        classify(&Signal {
            status: Some(403),
            message: "HTTP 403 with an HTML page: Just a moment...",
            is_html: true,
            ..Signal::default()
        }),
        Some(Auth)
    );
}

#[test]
fn messages_in_their_order() {
    check(&[
        (0, "messages.0: image exceeds 5 MB maximum: 6291456 bytes > 5242880 bytes, request_too_large", None),
        (0, "image dimensions exceed max allowed size: 8000 pixels", None),
        (0, "No endpoints found that support image input", Some(Format)),
        (0, "This model does not support the image_url content type", Some(Format)),
        (0, "Invalid transcript: unknown model", Some(Format)),
        (0, "Your session has expired", Some(SessionExpired)),
        (0, "Previous response with id 'resp_1' not found.", Some(SessionExpired)),
        (0, "No endpoints found for acme/example-1", Some(ModelNotFound)),
        (0, "Unknown model: acme/example-1", Some(ModelNotFound)),
        (0, "The model `gpt-9` was not found", Some(ModelNotFound)),
        (0, "models/gemini-9 is not found for API version v1beta", Some(ModelNotFound)),
        (0, "acme/x is not a valid model ID", Some(ModelNotFound)),
        (0, "The model `gpt-9` does not exist or you do not have access to it.", Some(ModelNotFound)),
        (0, "Invalid model name passed", Some(ModelNotFound)),
        (0, "This model is deprecated. Please upgrade to acme/example-2", Some(ModelNotFound)),
        (0, "The stealth model was released. Find it here: https://openrouter.ai/acme/example-2", Some(ModelNotFound)),
        (0, "404 page not found", Some(ModelNotFound)),
        (0, "Error: 404 not found", Some(ModelNotFound)),
        (0, "The model `acme` has been deactivated", Some(ModelNotFound)),
        (0, "model not found, maximum context length", Some(ModelNotFound)),
        // A gap ends with its line and does not span a paragraph.
        (0, "model\nnot found", None),
        (0, &format!("model {} not found", "x".repeat(100)), None),
        (0, "prompt is too long; roles must alternate", Some(ContextOverflow)),
        (0, "messages: roles must alternate; rate limit", Some(Format)),
        (0, "tool_use.input: Field required", Some(Format)),
        (0, "tool call input is missing", Some(Format)),
        (0, "Invalid `signature` in `thinking` block", Some(Format)),
        (0, "Expired signature of a thinking block", Some(Format)),
        (0, "Insufficient credits; rate limit exceeded", Some(Billing)),
        (0, "Weekly limit reached; model overloaded", Some(RateLimit)),
        (0, "rate_limit: overloaded", Some(RateLimit)),
        (0, "Overloaded: internal server error", Some(Overloaded)),
        (0, "We are at capacity", Some(Overloaded)),
        (0, "503 Service Unavailable", Some(Overloaded)),
        (0, "The model is experiencing high demand", Some(Overloaded)),
        (0, "Provider finish_reason: error", Some(ServerError)),
        (0, "{\"type\":\"server_error\",\"message\":\"timed out\"}", Some(ServerError)),
        (0, "upstream_error", Some(ServerError)),
        (0, "server_error: invalid api key", Some(Auth)),
        (0, "This API key was revoked: unauthorized", Some(AuthPermanent)),
        (0, "Unauthorized: timeout", Some(Auth)),
        (0, "An unknown error occurred", Some(Timeout)),
        (0, "Internal Server Error", Some(Timeout)),
        (0, "Bad Gateway", Some(Timeout)),
        (0, "upstream error, tool_use.id", Some(Timeout)),
        (0, "read: connection reset by peer", Some(Timeout)),
        (0, "messages.3.tool_use.id: String should match pattern", Some(Format)),
        (0, "This model does not support assistant message prefill. The conversation must end with a user message.", Some(Format)),
        (0, "TypeError: fetch failed", Some(Timeout)),
        (0, "TypeError: Failed to fetch", Some(Timeout)),
        (0, "NetworkError when attempting to fetch resource.", Some(Timeout)),
        (0, "Load failed", Some(Timeout)),
        (0, "Network connection lost.", Some(Timeout)),
        (0, "socket hang up", Some(Timeout)),
        (0, "connect ECONNREFUSED 127.0.0.1:443", Some(Timeout)),
        (0, "Stream ended without finish_reason", Some(Timeout)),
        (0, "terminated", Some(Timeout)),
        (0, "Connection error.", Some(Timeout)),
        (0, "Pretrained on ImageNet; FileNotFound; please reconnect; super minimal", None),
        (0, "Invalid keyword argument", None),
        (422, "{\"detail\":[{\"type\":\"extra_forbidden\",\"msg\":\"Extra inputs are not permitted\"}]}", Some(Format)),
        (0, "connect ENETUNREACH 10.0.0.1", Some(Timeout)),
        (0, "getaddrinfo ENOTFOUND openrouter.ai", Some(Timeout)),
        (0, "Request was aborted", None),
        (0, "", None),
        (0, "whatever", None),
    ]);
    let finish = |message| classify(&Signal { message, finish_reason_error: true, ..Signal::default() });
    assert_eq!((finish(""), finish("overloaded"), finish("timeout")), (Some(ServerError), Some(Overloaded), Some(ServerError)));
}

#[test]
fn overflows_and_what_only_looks_like_one() {
    for message in [
        "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.",
        "prompt is too long: 210000 tokens > 200000 maximum",
        "context length exceeded",
        "Error code: context_length_exceeded",
        "request_too_large",
        "Your input exceeds the model's maximum context",
        "Your input exceeds the context window of this model.",
        "model_context_window_exceeded",
        "invalid params, context window exceeds limit",
        "`max_tokens` (64000) and the prompt exceed the context limit",
        "Input is too long for requested model.",
        "too many tokens",
        "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
        "This model's maximum prompt length is 131072 but the request contains 537812 tokens.",
        "the request exceeds the available context size, try increasing it",
        "Your request exceeded model token limit: 262144",
        "Please reduce the length of the messages or completion.",
        "Request too large for gpt-4o on tokens per min (TPM): Limit 30,000, Requested 35,000.",
    ] {
        for status in [0, 400, 413, 429, 500] {
            assert_eq!(of(status, message), Some(ContextOverflow), "{status} {message}");
        }
    }
    check(&[
        (429, "Request too large on tokens per min (TPM): Limit 30000, Used 29000, Requested 5000.", Some(RateLimit)),
        (429, "Request too large on tokens per min (TPM): Limit 30000", Some(RateLimit)),
        (429, "Request too large on tokens per min (TPM): Requested 30000", Some(RateLimit)),
        (0, "too many tokens per minute", Some(RateLimit)),
        (429, "Requests per minute (RPM): Limit 0, Requested 1", Some(RateLimit)),
        // A comma parts thousands where three digits stand behind it.
        (429, "Request too large on tokens per min (TPM): Limit 30,000, Requested 900", Some(RateLimit)),
        (429, "Request too large on tokens per min (TPM): Limit 30000, 20 used, Requested 35000", Some(ContextOverflow)),
        (429, "Request too large on tokens per min (TPM): Limit 30000 1 key, Requested 35000", Some(ContextOverflow)),
        (400, "Reasoning is mandatory for this endpoint; max_tokens would exceed the context", Some(Format)),
        (400, "maximum context length: TPM: limit 99999999999999999999999, requested 1", Some(RateLimit)),
    ]);
}

#[test]
fn codes_and_error_types() {
    let codes = [
        ("RATE_LIMIT_EXCEEDED", Some(RateLimit)),
        ("TOO_MANY_REQUESTS", Some(RateLimit)),
        ("RESOURCE_EXHAUSTED", Some(RateLimit)),
        ("ThrottlingException", Some(RateLimit)),
        ("OVERLOADED_ERROR", Some(Overloaded)),
        ("UNKNOWN_PARAMETER", Some(Format)),
        ("ECONNRESET", Some(Timeout)),
        ("ETIMEDOUT", Some(Timeout)),
        ("ENOTFOUND", Some(Timeout)),
        ("EAI_AGAIN", Some(Timeout)),
        ("ECONNREFUSED", Some(Timeout)),
        ("UND_ERR_SOCKET", Some(Timeout)),
        ("UND_ERR_CONNECT_TIMEOUT", Some(Timeout)),
        ("CERT_HAS_EXPIRED", Some(Tls)),
        ("UNABLE_TO_VERIFY_LEAF_SIGNATURE", Some(Tls)),
        ("UNABLE_TO_GET_ISSUER_CERT_LOCALLY", Some(Tls)),
        ("DEPTH_ZERO_SELF_SIGNED_CERT", Some(Tls)),
        ("SELF_SIGNED_CERT_IN_CHAIN", Some(Tls)),
        ("ERR_TLS_CERT_ALTNAME_INVALID", Some(Tls)),
        ("429", Some(RateLimit)),
        ("502", Some(ServerError)),
        ("12", None),
        ("strange", None),
    ];
    for (code, expected) in codes {
        assert_eq!(classify(&Signal { code: Some(code), ..Signal::default() }), expected, "{code}");
    }
    let types = [
        ("context_length_exceeded", Some(ContextOverflow)),
        ("max_tokens_exceeded", Some(ContextOverflow)),
        ("token_limit_exceeded", Some(ContextOverflow)),
        ("string_too_long", Some(ContextOverflow)),
        ("authentication", Some(Auth)),
        ("permission_denied", Some(Auth)),
        ("payment_required", Some(Billing)),
        ("rate_limit_exceeded", Some(RateLimit)),
        ("provider_overloaded", Some(Overloaded)),
        ("provider_unavailable", Some(ServerError)),
        ("invalid_request", Some(Format)),
        ("invalid_prompt", Some(Format)),
        ("not_found", Some(ModelNotFound)),
        ("precondition_failed", Some(Format)),
        ("payload_too_large", Some(ContextOverflow)),
        ("unprocessable", Some(Format)),
        ("content_policy_violation", Some(Format)),
        ("refusal", Some(Format)),
        ("invalid_image", Some(Format)),
        ("image_too_large", Some(Format)),
        ("image_too_small", Some(Format)),
        ("unsupported_image_format", Some(Format)),
        ("image_not_found", Some(Format)),
        ("image_download_failed", Some(Format)),
        ("server", Some(ServerError)),
        ("timeout", Some(Timeout)),
        ("unmapped", None),
        // Anthropic's and OpenAI's.
        ("invalid_request_error", Some(Format)),
        ("authentication_error", Some(Auth)),
        ("permission_error", Some(Auth)),
        ("billing_error", Some(Billing)),
        ("not_found_error", Some(ModelNotFound)),
        ("rate_limit_error", Some(RateLimit)),
        ("overloaded_error", Some(Overloaded)),
        ("timeout_error", Some(Timeout)),
        ("api_error", Some(ServerError)),
        ("server_error", Some(ServerError)),
        ("upstream_error", Some(ServerError)),
        ("insufficient_quota", Some(Billing)),
        ("invalid_api_key", Some(Auth)),
        ("a_type_of_2027", None),
    ];
    for (kind, expected) in types {
        assert_eq!(classify(&Signal { error_type: Some(kind), ..Signal::default() }), expected, "{kind}");
    }
}

#[test]
fn fields_against_each_other() {
    let table = [
        // (status, message, code, type)
        (Some(403), "x", None, Some("content_policy_violation"), Some(Format)),
        (Some(404), "x", None, Some("image_not_found"), Some(Format)),
        (Some(502), "x", None, Some("image_download_failed"), Some(ServerError)),
        (Some(400), "x", None, Some("context_length_exceeded"), Some(ContextOverflow)),
        (Some(400), "Unknown parameter: 'timeout'", Some("unknown_parameter"), None, Some(Format)),
        (Some(400), "Insufficient credits", None, Some("invalid_request_error"), Some(Billing)),
        (Some(400), "Provider returned error", None, Some("invalid_request"), Some(Format)),
        (Some(400), "Provider returned error", None, Some("server_error"), Some(Timeout)),
        (Some(400), "x", Some("rate_limit_exceeded"), Some("invalid_request_error"), Some(RateLimit)),
        (Some(400), "x", None, Some("server_error"), Some(Format)),
        (Some(503), "x", None, Some("provider_overloaded"), Some(Overloaded)),
        (Some(429), "x", Some("insufficient_quota"), None, Some(Billing)),
        (Some(429), "x", None, Some("overloaded_error"), Some(RateLimit)),
        (None, "429 x", None, Some("server_error"), Some(RateLimit)),
        (Some(500), "429 x", None, None, Some(ServerError)),
        (Some(200), "429 x", None, None, Some(RateLimit)),
        (Some(302), "x", None, None, None),
        (None, "fetch failed", Some("CERT_HAS_EXPIRED"), None, Some(Tls)),
        (None, "TypeError: fetch failed: certificate has expired", None, None, Some(Tls)),
        (None, "Hostname/IP does not match certificate's altnames", None, None, Some(Tls)),
        (None, "net::ERR_CERT_DATE_INVALID", None, None, Some(Tls)),
        (None, "Provider disconnected unexpectedly", Some("server_error"), None, Some(ServerError)),
        (None, "Invalid credentials", Some("server_error"), Some("authentication"), Some(Auth)),
    ];
    for (status, message, code, error_type, expected) in table {
        let signal = Signal { status, message, code, error_type, has_body: true, ..Signal::default() };
        assert_eq!(classify(&signal), expected, "{signal:?}");
    }
}

#[test]
fn a_number_that_begins_the_message_is_a_status_only_when_it_stands_alone() {
    check(&[
        (0, "  429", Some(RateLimit)),
        (0, "503: x", Some(ServerError)),
        (0, "504", Some(Timeout)),
        (0, "4290 x", None),
        (0, "429ms passed", None),
        (0, "500.5 x", None),
        (0, "200 x", None),
        (0, "999 x", None),
        (0, "42", None),
    ]);
}

#[test]
fn every_status_is_classified_by_itself() {
    let silent = |status| matches!(status, 405..=407 | 409 | 411 | 412 | 414..=421 | 423..=428 | 430..=498);
    for status in 400..600 {
        let expected = match status {
            400 | 422 => Some(Format),
            401 | 403 => Some(Auth),
            402 => Some(Billing),
            404 => Some(ModelNotFound),
            408 | 410 | 499 | 504 | 522 | 524 => Some(Timeout),
            413 => Some(ContextOverflow),
            429 => Some(RateLimit),
            529 => Some(Overloaded),
            500.. => Some(ServerError),
            _ => None,
        };
        assert_eq!(of(status, "x"), expected, "{status}");
        assert_eq!(expected.is_none(), silent(status), "{status}");
        // Words that say something are heard where the status says nothing.
        if silent(status) {
            assert_eq!(of(status, "rate limit exceeded"), Some(RateLimit), "{status}");
        }
    }
}

#[test]
fn any_text_is_safe_and_only_its_beginning_is_read() {
    let long = format!("{} rate limit exceeded", "ä".repeat(5000));
    check(&[(0, &long, None), (0, "RATE LIMIT ÄÖÜ", Some(RateLimit)), (0, "模型 overloaded ✓", Some(Overloaded))]);
    for message in ["*", "|", "||", "model*", "\0", "\u{feff}", "limit requested tpm", "limit: , requested: ,", "\n\n\n"] {
        assert_eq!(of(0, message).filter(|reason| *reason != RateLimit), None, "{message:?}");
    }
    // Made to keep the gaps busy.
    let busy = "invalid signature session model image exceed max_tokens ".repeat(500);
    let start = std::time::Instant::now();
    of(0, &busy);
    assert!(start.elapsed().as_millis() < 2000, "{:?}", start.elapsed());
}

/// What is wrapped is told by every word of it, in whatever order they stand: that the request is invalid is what many servers call every failure.
#[test]
fn the_telling_word_inside_a_wrapper_counts_wherever_it_stands() {
    let table: [(&[&str], Reason); 6] = [
        (&["invalid_request_error"], Format),
        (&["invalid_request_error", "rate_limit_exceeded"], RateLimit),
        (&["rate_limit_exceeded", "invalid_request_error"], RateLimit),
        (&["nothing known", "invalid_request_error", "insufficient_quota"], Billing),
        (&["nothing known", "invalid_request_error", "also unknown"], Format),
        (&["invalid_request_error", "context_length_exceeded"], ContextOverflow),
    ];
    for (words, expected) in table {
        let inner: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let signal = Signal { message: "Provider returned error", inner: &inner, has_body: true, ..Signal::default() };
        assert_eq!(classify(&signal), Some(expected), "{words:?}");
    }
}
