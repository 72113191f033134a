//! The client's options, checked once.

pub mod limits;

pub mod credentials;
pub mod pkce;
pub mod redact;

pub mod model_record;
pub mod names;
pub mod params;
pub mod route;

pub mod openclaw_config;

use std::cell::RefCell;
use std::rc::Rc;

use crate::error::Error;
use crate::json::{Raw, Reader};
use crate::json_string::RawString;
use crate::limits::{Limits, Timeouts, ToolCallLimits};
use crate::places::Places;
use crate::sse;

/// OpenRouter's base URL.
pub const DEFAULT_BASE_URL: &str = "https://openrouter.ai/api/v1";

const DEFAULT_IDLE_TIMEOUT_MS: f64 = 120_000.0;
const DEFAULT_TIMEOUT_MS: f64 = 1_800_000.0;
/// The progress clock is this many times the liveness clock, unless it is set.
const PROGRESS_TO_IDLE: f64 = 4.0;

/// What `new OpenRouter({...})` was given; times in milliseconds, 0 or infinity switches a limit off.
#[derive(Debug, Default)]
pub struct ClientConfig {
    /// Where requests go.
    pub base_url: Option<String>,
    /// Who is asking.
    pub app: Option<App>,
    /// The origin of the page, sent when no app is named.
    pub origin: Option<String>,
    /// The model of requests that name none.
    pub model: Option<String>,
    /// Extra headers; `None` leaves one out.
    pub headers: Vec<(String, Option<String>)>,
    /// Time limits, retries and limits by their public names, as they came.
    numbers: Vec<(String, f64)>,
    /// Refuse tool calls with empty arguments.
    pub strict_tool_calls: bool,
    /// Whether `raw` events are wanted.
    pub raw_events: bool,
    /// Whether comments of the stream are wanted as `processing` events.
    pub processing_events: bool,
    /// Whether a request that the credits are not enough for goes out once more with what they are enough for.
    pub affords_retry: bool,
    /// Whether a request with names that are not known is refused.
    pub is_strict: bool,
    /// Names that the facade knows to be none, one a line: its place, the name, and between blanks those that it could be (`a|b|c d`).
    pub strange_names: Option<String>,
    /// Models to go on with when one fails.
    pub fallback_models: Vec<String>,
    /// `params` of every model, as JSON text.
    pub params: Option<String>,
    /// What is set for and known of single models, by reference, as JSON text.
    pub models: Option<String>,
    /// What the catalog says of the models that are asked, by their ids on the wire, as JSON text: entries as in `models`.
    pub catalog_models: Option<String>,
    /// `transcriptPolicy`, as JSON text.
    pub transcript_policy: Option<String>,
    /// `media`: what is set for images, videos, speech, transcripts and music, as JSON text.
    pub media: Option<String>,
    /// The tools that the facade can run; `None` when it runs none.
    executable_tools: Option<Vec<String>>,
    /// The facade has a word at the end of every answer.
    holds_answers: bool,
    /// The answer's text is to be an object, shown while it grows.
    shows_object: bool,
    cool_downs: Vec<CoolDown>,
}

/// A model that failed a while ago.
#[derive(Debug, Clone, Default)]
struct CoolDown {
    api_id: String,
    /// How long it still rests.
    ms: f64,
    /// How long ago it was tried out.
    since_probe_ms: f64,
    failures: u32,
}

/// Requests that one run may send unless `maxSteps` says otherwise.
const DEFAULT_MAX_STEPS: f64 = 20.0;

/// The app that attribution names.
#[derive(Debug, Clone, Default)]
pub struct App {
    /// `HTTP-Referer`: without it nothing is attributed.
    pub url: Option<String>,
    /// `X-OpenRouter-Title` and `X-Title`.
    pub title: Option<String>,
    /// `X-OpenRouter-Categories`; OpenRouter takes two a request.
    pub categories: Vec<String>,
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
    /// Emit `processing` events.
    pub processing_events: bool,
    /// One retry with what a 402 says that the credits are enough for.
    pub affords_retry: bool,
    /// The tools that are run here.
    pub tool_loop: Option<ToolLoop>,
    /// The facade decides after every whole answer whether the run goes on.
    pub holds_answers: bool,
    /// The answer's text is shown as the object that it is or holds.
    pub shows_object: bool,
    /// Names of every tool on offer, once the request is prepared.
    pub offered: Rc<Vec<String>>,
    /// The ids of tool calls that are in the transcript, and of those that the run was given.
    pub taken: Rc<RefCell<Places>>,
    /// The number of the first request: what a run that goes on had sent before.
    pub first_step: u32,
}

/// The tools of a run that runs them itself.
#[derive(Debug, Clone)]
pub struct ToolLoop {
    /// Names of the tools that can be run here.
    pub executable: Vec<String>,
    /// Requests that one run may send.
    pub max_steps: u32,
}

impl ClientConfig {
    /// Reads the options from JSON: `{baseURL, app, origin, model, headers, strictToolCalls, rawEvents, limits, ...Ms, maxRetries}`.
    ///
    /// By hand and not by serde: the derived reader of these twenty fields is 12 KB of the package, this one 2.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let document = Reader::document(text.as_bytes())
            .map_err(|malformed| Error::invalid("options", &["no JSON at byte ", &(malformed.at as u64).to_string()].concat()))?;
        let options = Fields::of(Some(document));
        let app = Fields::of(options.get("app").filter(|app| app.is_object()));
        let mut config = Self {
            strict_tool_calls: options.flag("strictToolCalls"),
            raw_events: options.flag("rawEvents"),
            processing_events: options.flag("processingEvents"),
            affords_retry: options.flag("affordRetry"),
            holds_answers: options.flag("holdAnswers"),
            shows_object: options.flag("showObject"),
            is_strict: options.flag("strict"),
            strange_names: options.get("strangeNames").and_then(Raw::string).map(RawString::decode),
            headers: options.get("headers").map_or(Ok(Vec::new()), read_headers)?,
            fallback_models: options.texts("fallbackModels"),
            executable_tools: options.get("executableTools").map(|_| options.texts("executableTools")),
            app: options.get("app").filter(|app| app.is_object()).map(|_| App { categories: app.texts("categories"), ..App::default() }),
            ..Self::default()
        };
        for (name, target) in [
            ("params", &mut config.params),
            ("models", &mut config.models),
            ("media", &mut config.media),
            ("catalogModels", &mut config.catalog_models),
            ("transcriptPolicy", &mut config.transcript_policy),
        ] {
            *target = options.get(name).map(|value| value.text().into_owned());
        }
        for (name, target) in [("baseURL", &mut config.base_url), ("origin", &mut config.origin), ("model", &mut config.model)] {
            *target = options.text(name, name)?;
        }
        if let Some(named) = &mut config.app {
            named.url = app.text("url", "app.url")?;
            named.title = app.text("title", "app.title")?;
        }
        if let Some(list) = options.get("coolDowns") {
            list.each_item(|item| config.cool_downs.push(CoolDown::read(item)));
        }
        for (key, value) in &options.0 {
            config.add_number("", key, *value);
        }
        for (key, value) in Fields::of(options.get("limits")).0 {
            config.add_number("limits.", key, value);
        }
        Ok(config)
    }

    /// A name that nobody asks for is no option.
    fn add_number(&mut self, group: &str, key: &[u8], value: Raw<'_>) {
        // Any other value becomes a number that every check refuses.
        let number = if value.string().is_some() { f64::NAN } else { value.number().unwrap_or(f64::NAN) };
        self.numbers.push(([group, &String::from_utf8_lossy(key)].concat(), number));
    }

    fn number(&self, name: &str) -> Option<f64> {
        self.numbers.iter().rev().find(|(held, _)| held == name).map(|(_, value)| *value)
    }

    /// `limits.maxJsonBytes`, for calls that are no run: [`ClientConfig::settings`] checks them all.
    pub fn max_json_bytes(&self) -> Result<Option<u64>, Error> {
        match self.number("limits.maxJsonBytes") {
            Some(bytes) if (1.0..=f64::from(u32::MAX)).contains(&bytes) => Ok(Some(bytes as u64)),
            Some(_) => Err(Error::invalid("limits.maxJsonBytes", "must be a number from 1 to 4294967295")),
            None => Ok(None),
        }
    }

    /// The idle limit alone, for calls that are no runs; 0: none.
    pub fn idle_timeout_ms(&self) -> f64 {
        self.number("idleTimeoutMs").filter(|ms| *ms >= 0.0).unwrap_or(DEFAULT_IDLE_TIMEOUT_MS)
    }

    /// Checks the numbers and fills in defaults.
    pub fn settings(&self) -> Result<Settings, Error> {
        const MIB: usize = 1 << 20;
        let time = |name: &str, default: f64| match self.number(name) {
            Some(value) if value.is_nan() || value < 0.0 => Err(Error::invalid(name, "must be a number of milliseconds, 0 for no limit")),
            value => Ok(Some(value.unwrap_or(default)).filter(|value| *value > 0.0 && value.is_finite())),
        };
        let size = |name: &str, default: usize| match self.number(name) {
            None => Ok(default),
            Some(value) if value >= 1.0 && value <= f64::from(u32::MAX) => Ok(value as usize),
            Some(_) => Err(Error::invalid(name, "must be a number from 1 to 4294967295")),
        };
        let idle_ms = time("idleTimeoutMs", DEFAULT_IDLE_TIMEOUT_MS)?;
        let progress_ms = time("progressTimeoutMs", idle_ms.unwrap_or(DEFAULT_IDLE_TIMEOUT_MS) * PROGRESS_TO_IDLE)?;
        let first_token_ms = time("firstTokenTimeoutMs", progress_ms.unwrap_or(f64::INFINITY))?;
        let max_steps = self.number("maxSteps").unwrap_or(DEFAULT_MAX_STEPS);
        if !(1.0..=10_000.0).contains(&max_steps) {
            return Err(Error::invalid("maxSteps", "must be a number from 1 to 10000"));
        }
        let max_retries = self.number("maxRetries").unwrap_or(2.0);
        if !(0.0..=20.0).contains(&max_retries) {
            return Err(Error::invalid("maxRetries", "must be a number from 0 to 20"));
        }
        Ok(Settings {
            timeouts: Timeouts { total_ms: time("timeoutMs", DEFAULT_TIMEOUT_MS)?, first_token_ms, progress_ms, idle_ms },
            limits: Limits {
                sse: sse::SseLimits {
                    max_line_bytes: size("limits.maxLineBytes", 16 * MIB)?,
                    max_event_bytes: size("limits.maxEventBytes", 16 * MIB)?,
                },
                tool_calls: ToolCallLimits {
                    max_argument_bytes: size("limits.maxToolArgumentBytes", 256_000)?,
                    max_calls: size("limits.maxToolCalls", 128)?,
                },
                max_body_bytes: size("limits.maxBodyBytes", 64 * MIB)?,
                max_json_bytes: size("limits.maxJsonBytes", 16 * MIB)?,
            },
            max_retries: max_retries as u32,
            strict_tool_calls: self.strict_tool_calls,
            raw_events: self.raw_events,
            processing_events: self.processing_events,
            affords_retry: self.affords_retry,
            tool_loop: self.executable_tools.clone().map(|executable| ToolLoop { executable, max_steps: max_steps as u32 }),
            holds_answers: self.holds_answers,
            shows_object: self.shows_object,
            offered: Rc::default(),
            taken: Rc::default(),
            first_step: self.number("firstStep").unwrap_or(0.0) as u32,
        })
    }

    /// The models that rest: API id, how long yet, how long ago they were tried out.
    pub fn cool_downs(&self) -> Vec<(String, f64, f64)> {
        let resting = self.cool_downs.iter().filter(|cool_down| cool_down.ms > 0.0);
        resting.map(|cool_down| (cool_down.api_id.clone(), cool_down.ms, cool_down.since_probe_ms)).collect()
    }

    /// How often a model failed in a row before this run.
    pub fn failures_of(&self, api_id: &str) -> u32 {
        self.cool_downs.iter().find(|cool_down| cool_down.api_id == api_id).map_or(0, |cool_down| cool_down.failures)
    }
}

/// The fields of an object that are there.
struct Fields<'a>(Vec<(&'a [u8], Raw<'a>)>);

impl<'a> Fields<'a> {
    fn of(object: Option<Raw<'a>>) -> Self {
        let mut fields = Vec::new();
        if let Some(object) = object {
            object.each_field(|key, value| fields.extend(value.present().map(|value| (key, value))));
        }
        Self(fields)
    }

    #[inline(never)]
    fn get(&self, name: &str) -> Option<Raw<'a>> {
        self.0.iter().rev().find(|(key, _)| *key == name.as_bytes()).map(|(_, value)| *value)
    }

    #[inline(never)]
    fn flag(&self, name: &str) -> bool {
        self.get(name).is_some_and(|flag| flag.bytes() == b"true")
    }

    #[inline(never)]
    fn text(&self, name: &str, place: &str) -> Result<Option<String>, Error> {
        match self.get(name).map(Raw::string) {
            Some(None) => Err(Error::invalid(place, "must be a string")),
            text => Ok(text.flatten().map(RawString::decode)),
        }
    }

    #[inline(never)]
    fn texts(&self, name: &str) -> Vec<String> {
        let mut texts = Vec::new();
        if let Some(list) = self.get(name) {
            list.each_item(|item| texts.extend(item.string().map(RawString::decode)));
        }
        texts
    }
}

impl CoolDown {
    fn read(item: Raw<'_>) -> Self {
        let number = |name: &str| item.field(name).and_then(Raw::number).unwrap_or(0.0);
        Self {
            api_id: item.field("model").and_then(Raw::string).map(RawString::decode).unwrap_or_default(),
            ms: number("ms"),
            since_probe_ms: number("sinceProbeMs"),
            failures: number("failures") as u32,
        }
    }
}

/// Headers as `{name: value}` or `[[name, value], ...]`; a value of `null` takes a header away.
pub fn read_headers(value: Raw<'_>) -> Result<Vec<(String, Option<String>)>, Error> {
    let mut headers = Vec::new();
    let mut wrong = None;
    let mut add = |name: String, value: Option<Raw<'_>>| match value.map(|value| (value.string(), value.present())) {
        Some((Some(text), _)) => headers.push((name, Some(text.decode()))),
        Some((None, None)) => headers.push((name, None)),
        _ => wrong = Some(name),
    };
    value.each_item(|pair| {
        let mut items = Vec::new();
        pair.each_item(|item| items.push(item));
        add(items.first().and_then(|name| name.string()).map(RawString::decode).unwrap_or_default(), items.get(1).copied());
    });
    value.each_field(|key, value| add(String::from_utf8_lossy(key).into_owned(), Some(value)));
    match wrong {
        Some(name) => Err(Error::invalid("headers", &["the value of ", &name, " must be a string or null"].concat())),
        None => Ok(headers),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(json: &str) -> Result<Settings, Error> {
        ClientConfig::parse(json)?.settings()
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
            (r#"{"timeoutMs":"soon"}"#, "timeoutMs"),
            (r#"{"model":5}"#, "model"),
            (r#"{"app":{"title":5}}"#, "app.title"),
            (r#"{"headers":{"X-A":5}}"#, "headers"),
            ("{", "options"),
        ] {
            let error = settings(json).unwrap_err();
            assert!(error.message.starts_with(place), "{}", error.message);
        }
    }
}
