//! The client's options, checked once.

use serde::Deserialize;

use crate::clock::Timeouts;
use crate::error::Error;
use crate::{sse, tool_call};

/// OpenRouter's base URL.
pub const DEFAULT_BASE_URL: &str = "https://openrouter.ai/api/v1";
/// The model of a request that names none.
pub const DEFAULT_MODEL: &str = "openrouter/auto";

const DEFAULT_IDLE_TIMEOUT_MS: f64 = 120_000.0;
const DEFAULT_TIMEOUT_MS: f64 = 1_800_000.0;
/// The progress clock is this many times the liveness clock, unless it is set.
const PROGRESS_TO_IDLE: f64 = 4.0;

/// What `new OpenRouter({...})` was given, as JSON; times in milliseconds, 0 or infinity switches a limit off.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ClientConfig {
    /// Where requests go.
    #[serde(rename = "baseURL")]
    pub base_url: Option<String>,
    /// Who is asking.
    pub app: Option<App>,
    /// The origin of the page, sent when no app is named.
    pub origin: Option<String>,
    /// The model of requests that name none.
    pub model: Option<String>,
    /// Extra headers; `null` leaves one out.
    pub headers: Vec<(String, Option<String>)>,
    /// Retries before the first output.
    pub max_retries: Option<f64>,
    /// Total time limit.
    pub timeout_ms: Option<f64>,
    /// Liveness limit.
    pub idle_timeout_ms: Option<f64>,
    /// Progress limit.
    pub progress_timeout_ms: Option<f64>,
    /// First-token limit.
    pub first_token_timeout_ms: Option<f64>,
    /// Refuse tool calls with empty arguments.
    pub strict_tool_calls: bool,
    /// Whether `raw` events are wanted.
    pub raw_events: bool,
    /// Memory limits.
    pub limits: LimitOptions,
}

/// The app that attribution names.
#[derive(Debug, Clone, Deserialize)]
pub struct App {
    /// `HTTP-Referer`: without it nothing is attributed.
    pub url: Option<String>,
    /// `X-OpenRouter-Title` and `X-Title`.
    pub title: Option<String>,
    /// `X-OpenRouter-Categories`; OpenRouter takes two a request.
    #[serde(default)]
    pub categories: Vec<String>,
}

/// Memory limits as given; missing ones have defaults.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LimitOptions {
    /// One SSE line.
    pub max_line_bytes: Option<f64>,
    /// The data of one SSE event.
    pub max_event_bytes: Option<f64>,
    /// A whole streamed answer.
    pub max_body_bytes: Option<f64>,
    /// An answer in one JSON body.
    pub max_json_bytes: Option<f64>,
    /// The arguments of one tool call.
    pub max_tool_argument_bytes: Option<f64>,
    /// The tool calls of one message.
    pub max_tool_calls: Option<f64>,
}

/// Memory limits with their defaults filled in.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Lines and events.
    pub sse: sse::Limits,
    /// Tool calls.
    pub tool_calls: tool_call::Limits,
    /// Bytes of a streamed answer, default 64 MiB.
    pub max_body_bytes: usize,
    /// Bytes of an answer in one JSON body, default 16 MiB.
    pub max_json_bytes: usize,
}

/// What one run needs to know.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Time limits.
    pub timeouts: Timeouts,
    /// Memory limits.
    pub limits: Limits,
    /// Retries before the first output, default 2.
    pub max_retries: u32,
    /// Empty arguments are no call.
    pub strict_tool_calls: bool,
    /// Emit `raw` events.
    pub raw_events: bool,
}

impl ClientConfig {
    /// Checks the numbers and fills in defaults.
    pub fn settings(&self) -> Result<Settings, Error> {
        const MIB: usize = 1 << 20;
        let time = |name: &str, value: Option<f64>, default: f64| match value {
            Some(value) if value.is_nan() || value < 0.0 => Err(Error::invalid(name, "must be a number of milliseconds, 0 for no limit")),
            value => Ok(Some(value.unwrap_or(default)).filter(|value| *value > 0.0 && value.is_finite())),
        };
        let size = |name: &str, value: Option<f64>, default: usize| match value {
            None => Ok(default),
            Some(value) if value >= 1.0 && value <= f64::from(u32::MAX) => Ok(value as usize),
            Some(_) => Err(Error::invalid(&format!("limits.{name}"), "must be a number from 1 to 4294967295")),
        };
        let idle_ms = time("idleTimeoutMs", self.idle_timeout_ms, DEFAULT_IDLE_TIMEOUT_MS)?;
        let progress = idle_ms.unwrap_or(DEFAULT_IDLE_TIMEOUT_MS) * PROGRESS_TO_IDLE;
        let progress_ms = time("progressTimeoutMs", self.progress_timeout_ms, progress)?;
        let first_token_ms = time("firstTokenTimeoutMs", self.first_token_timeout_ms, progress_ms.unwrap_or(f64::INFINITY))?;
        let max_retries = self.max_retries.unwrap_or(2.0);
        if !(0.0..=20.0).contains(&max_retries) {
            return Err(Error::invalid("maxRetries", "must be a number from 0 to 20"));
        }
        Ok(Settings {
            timeouts: Timeouts { total_ms: time("timeoutMs", self.timeout_ms, DEFAULT_TIMEOUT_MS)?, first_token_ms, progress_ms, idle_ms },
            limits: Limits {
                sse: sse::Limits {
                    max_line_bytes: size("maxLineBytes", self.limits.max_line_bytes, 16 * MIB)?,
                    max_event_bytes: size("maxEventBytes", self.limits.max_event_bytes, 16 * MIB)?,
                },
                tool_calls: tool_call::Limits {
                    max_argument_bytes: size("maxToolArgumentBytes", self.limits.max_tool_argument_bytes, 256_000)?,
                    max_calls: size("maxToolCalls", self.limits.max_tool_calls, 128)?,
                },
                max_body_bytes: size("maxBodyBytes", self.limits.max_body_bytes, 64 * MIB)?,
                max_json_bytes: size("maxJsonBytes", self.limits.max_json_bytes, 16 * MIB)?,
            },
            max_retries: max_retries as u32,
            strict_tool_calls: self.strict_tool_calls,
            raw_events: self.raw_events,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(json: &str) -> Result<Settings, Error> {
        serde_json::from_str::<ClientConfig>(json).unwrap().settings()
    }

    #[test]
    fn defaults_and_what_follows_from_the_idle_limit() {
        let table = [
            ("{}", [Some(1_800_000.0), Some(480_000.0), Some(480_000.0), Some(120_000.0)]),
            (r#"{"idleTimeoutMs":100}"#, [Some(1_800_000.0), Some(400.0), Some(400.0), Some(100.0)]),
            (r#"{"idleTimeoutMs":0,"timeoutMs":0}"#, [None, Some(480_000.0), Some(480_000.0), None]),
            (r#"{"progressTimeoutMs":0}"#, [Some(1_800_000.0), None, None, Some(120_000.0)]),
            (r#"{"firstTokenTimeoutMs":5}"#, [Some(1_800_000.0), Some(5.0), Some(480_000.0), Some(120_000.0)]),
        ];
        for (json, [total_ms, first_token_ms, progress_ms, idle_ms]) in table {
            assert_eq!(settings(json).unwrap().timeouts, Timeouts { total_ms, first_token_ms, progress_ms, idle_ms }, "{json}");
        }
    }

    #[test]
    fn a_bad_number_is_refused_by_name() {
        for (json, place) in [
            (r#"{"timeoutMs":-1}"#, "timeoutMs"),
            (r#"{"maxRetries":99}"#, "maxRetries"),
            (r#"{"limits":{"maxLineBytes":0}}"#, "limits.maxLineBytes"),
        ] {
            let error = settings(json).unwrap_err();
            assert!(error.message.starts_with(place), "{}", error.message);
        }
    }
}
