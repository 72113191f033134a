//! Which base URLs are OpenRouter. Two tests that must not be merged (provider-rules 3): the class of the endpoint, by its host, and the
//! verified route, by the whole URL.

use crate::config::DEFAULT_BASE_URL;
use crate::error::Error;
use crate::text::{between, find, split_last, tail, without_last};

/// What kind of endpoint a base URL names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// The host is openrouter.ai or below it, whatever the scheme, port and path.
    OpenRouter,
    /// No base URL.
    Default,
    /// This machine or the local network.
    Local,
    /// Any other host.
    Custom,
    /// No http URL at all.
    Invalid,
}

/// A base URL under both tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// The host's class: attribution, response-cache headers, cache markers.
    pub class: Class,
    /// Exactly OpenRouter's own URL, or none given: provider routing, prefill dropping, DeepSeek's replay.
    pub is_verified: bool,
}

impl Route {
    /// Both tests of one URL.
    pub fn of(base: Option<&str>) -> Self {
        let base = base.unwrap_or("").trim_ascii();
        let exact = without_last(base, b'/');
        let is_verified = exact.is_empty() || exact == DEFAULT_BASE_URL || exact == "https://openrouter.ai/v1";
        Self { class: class_of(base), is_verified }
    }

    /// Whether the endpoint is OpenRouter's by its host, or by default.
    pub fn is_openrouter(self) -> bool {
        matches!(self.class, Class::OpenRouter | Class::Default)
    }
}

/// Whether an address is one of the web: what an answer names to be followed may be nothing else, whatever its scheme does (`javascript:`, `data:`).
pub fn is_web_address(text: &str) -> bool {
    web_rest(text.trim_ascii()).is_some_and(|rest| !host_of(rest).is_empty())
}

/// What follows `http://` or `https://`.
fn web_rest(text: &str) -> Option<&str> {
    let (scheme, rest) = scheme_and_rest(text)?;
    (scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http")).then_some(rest)
}

fn class_of(base: &str) -> Class {
    if base.is_empty() {
        return Class::Default;
    }
    let rest = match scheme_and_rest(base) {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http") => rest,
        Some(_) => return Class::Invalid,
        // Without a scheme: a host, unless it is some other kind of URL such as `javascript:`.
        None if base.split('/').next().is_some_and(|head| head.contains(':') && !has_port(head)) => return Class::Invalid,
        None => base,
    };
    let host = host_of(rest).to_ascii_lowercase();
    match host.as_str() {
        "" => Class::Invalid,
        "openrouter.ai" => Class::OpenRouter,
        host if host.ends_with(".openrouter.ai") => Class::OpenRouter,
        host if is_loopback(host) || host.ends_with(".local") || host.ends_with(".internal") => Class::Local,
        _ => Class::Custom,
    }
}

fn has_port(authority: &str) -> bool {
    split_last(authority, b':').is_some_and(|(_, port)| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The base to send to: checked, without trailing slashes, the legacy base rewritten. Plain http is refused except to this machine: the
/// key would travel in the clear.
pub fn checked_base(base: &str) -> Result<String, Error> {
    let base = without_last(base.trim_ascii(), b'/');
    // The legacy base of OpenRouter's first days.
    let base = if base == "https://openrouter.ai/v1" { DEFAULT_BASE_URL } else { base };
    let Some((scheme, rest)) = scheme_and_rest(base) else {
        return Err(Error::invalid("baseURL", "must be an absolute https URL"));
    };
    if rest.contains(['?', '#', ' ', '\\']) || rest.chars().any(char::is_control) {
        return Err(Error::invalid("baseURL", "must have no query, fragment, backslash or white space"));
    }
    if authority_of(rest).contains('@') {
        return Err(Error::invalid("baseURL", "must not hold a user name or password"));
    }
    match (scheme.to_ascii_lowercase().as_str(), host_of(rest)) {
        (_, "") => Err(Error::invalid("baseURL", "names no host")),
        ("https", _) => Ok(base.to_owned()),
        ("http", host) if is_loopback(host) => Ok(base.to_owned()),
        ("http", _) => Err(Error::invalid(
            "baseURL",
            "plain http would send the key in the clear; only this machine (localhost, 127.0.0.1, [::1]) may be reached by it",
        )),
        _ => Err(Error::invalid("baseURL", "must be an https URL")),
    }
}

/// The two sides of `://`.
pub fn scheme_and_rest(url: &str) -> Option<(&str, &str)> {
    let at = find(url, "://")?;
    let scheme = between(url, 0, at);
    // Behind a slash, `://` is part of a path.
    (!scheme.contains('/')).then(|| (scheme, tail(url, at + 3)))
}

/// Scheme, host and port of an absolute URL, in lower case; the port of the scheme itself is left out.
pub fn origin_of(url: &str) -> String {
    let Some((scheme, rest)) = scheme_and_rest(url) else { return String::new() };
    let scheme = scheme.to_ascii_lowercase();
    let host = authority_of(rest).to_ascii_lowercase();
    let own_port = if scheme == "https" { ":443" } else { ":80" };
    [&scheme, "://", host.strip_suffix(own_port).unwrap_or(&host)].concat()
}

/// What names the server, of what follows the scheme.
pub fn authority_of(rest: &str) -> &str {
    rest.split(['/', '?', '#', '\\']).next().unwrap_or("")
}

fn host_of(rest: &str) -> &str {
    let authority = authority_of(rest);
    let host = split_last(authority, b'@').map_or(authority, |(_, host)| host);
    match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or(""),
        None => host.split(':').next().unwrap_or(""),
    }
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.to_ascii_lowercase().ends_with(".localhost") || host == "::1" || is_loopback_v4(host)
}

/// `127.a.b.c`, spelled out; other spellings of it are left to the platform, which then wants https.
fn is_loopback_v4(host: &str) -> bool {
    let mut parts = host.split('.');
    parts.next() == Some("127") && parts.clone().count() == 3 && parts.all(|part| part.parse::<u8>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_class_is_told_by_the_host_alone() {
        let table: [(Class, &[&str]); 5] = [
            (
                Class::OpenRouter,
                &[
                    "https://openrouter.ai/api/v1",
                    "http://openrouter.ai",
                    "https://eu.openrouter.ai:444/x",
                    "https://user:pw@openrouter.ai/",
                    "openrouter.ai/api/v1",
                    "HTTPS://OpenRouter.AI/API/v1",
                    "openrouter.ai:443/x",
                ],
            ),
            (Class::Default, &["", "  "]),
            (
                Class::Custom,
                &[
                    "https://openrouter.ai./api",
                    "https://evilopenrouter.ai",
                    "https://openrouter.ai.evil.com",
                    "https://proxy.example/openrouter.ai",
                    "https://openrouter.ai@evil.com",
                    "proxy.example/https://openrouter.ai",
                ],
            ),
            (Class::Local, &["http://localhost:8080", "http://127.0.0.1", "http://box.local/v1", "https://gateway.internal"]),
            (Class::Invalid, &["javascript:alert(1)", "ftp://openrouter.ai", "https://", "data:text/plain,x"]),
        ];
        for (class, bases) in table {
            bases.iter().for_each(|base| assert_eq!(Route::of(Some(base)).class, class, "{base}"));
        }
        assert_eq!(Route::of(None), Route { class: Class::Default, is_verified: true });
    }

    #[test]
    fn the_verified_route_is_the_whole_url() {
        for base in ["https://openrouter.ai/api/v1", " https://openrouter.ai/api/v1/// ", "https://openrouter.ai/v1/", ""] {
            assert!(Route::of(Some(base)).is_verified, "{base}");
        }
        for base in [
            "https://eu.openrouter.ai/api/v1",
            "http://openrouter.ai/api/v1",
            "https://openrouter.ai/api",
            "https://openrouter.ai/api/v1?x",
            "openrouter.ai/api/v1",
        ] {
            assert!(!Route::of(Some(base)).is_verified, "{base}");
        }
    }

    #[test]
    fn base_urls_that_would_leak_the_key_or_mean_nothing_are_refused() {
        let ok = [
            ("https://openrouter.ai/api/v1", "https://openrouter.ai/api/v1"),
            (" https://openrouter.ai/v1/ ", "https://openrouter.ai/api/v1"),
            ("https://proxy.example/x/", "https://proxy.example/x"),
            ("HTTPS://OpenRouter.ai/api/v1", "HTTPS://OpenRouter.ai/api/v1"),
            ("http://127.0.0.1:8787/api/v1", "http://127.0.0.1:8787/api/v1"),
            ("http://localhost:1", "http://localhost:1"),
            ("http://[::1]:1", "http://[::1]:1"),
        ];
        for (base, url) in ok {
            assert_eq!(checked_base(base).unwrap(), url);
        }
        for base in [
            "http://openrouter.ai/api/v1",
            "HTTP://openrouter.ai/api/v1",
            "http://192.168.0.1",
            "http://localhost.evil.com",
            "http://127.0.0.1.evil.com",
            "ftp://x",
            "openrouter.ai",
            "",
            "https://",
            "https://u:p@x",
            "https://x?y",
            "https://x#y",
            "javascript://x",
        ] {
            assert!(checked_base(base).is_err(), "{base}");
        }
    }
}
