//! Videos: what submits one, and what the answers say about it (media 2.1 to 2.3).

use crate::call::{Call, KeyNeed, url_of};
use crate::config::{ClientConfig, read_headers};
use crate::error::Error;
use crate::http::{HeaderFields, RequestPlan};
use crate::json::{Raw, Reader};
use crate::json_string::RawString;
use crate::media::read_error;
use crate::params::is_hostile_key;
use crate::record::Writes;
use crate::request::resolve;
use crate::text::tail;
use crate::upstream_error::Now;
use crate::value::{Object, Value};

/// The model of a request that names none.
pub const DEFAULT_VIDEO_MODEL: &str = "google/veo-3.1-fast";
/// Seconds, of a model whose own are not known.
const DURATIONS: [f64; 3] = [4.0, 6.0, 8.0];
const SUBMIT_FAILED: &str = "OpenRouter video generation failed";
const POLL_FAILED: &str = "OpenRouter video status request failed";
const MALFORMED: &str = "OpenRouter video generation response malformed";
const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

openrouter_wire::record! {
    /// How a video is submitted.
    pub struct VideoSubmitPlan: writes {
        call: Call,
        /// What the ticket begins with.
        ticket: VideoTicketPlan,
    }
}

openrouter_wire::record! {
    /// What a ticket says of its submit.
    pub struct VideoTicketPlan: writes {
        base_url: String,
        model: String,
        request: Object<'static> as "api.VideoTicket[\"request\"]",
    }
}

openrouter_wire::record! {
    /// How a job is read.
    pub struct VideoReadPlan<'a>: writes {
        base_url: String,
        /// For the base's own origin.
        headers: HeaderFields<'a>,
        key: KeyNeed,
        /// The call of the catalog.
        models: Call,
    }
}

openrouter_wire::record! {
    /// An answer about a job.
    pub struct VideoAnswer<'a>: writes {
        phase: Phase,
        /// As OpenRouter spells it.
        status: &'a str,
        id: Option<&'a str>,
        polling_url: Option<&'a str>,
        generation_id: Option<String>,
        urls: Option<Vec<Value<'a>>> as "string[]",
        signed_urls: Option<Vec<Value<'a>>> as "string[]",
        usage: Option<VideoBill<'a>>,
        /// Of a job that failed.
        error: Option<String>,
    }
}

openrouter_wire::record! {
    /// The bill of a video.
    pub struct VideoBill<'a>: writes {
        /// USD, in the digits in which it came: what is money is not read through a float here.
        cost: Option<Raw<'a>> as "number",
        is_byok: Option<Raw<'a>> as "boolean",
    }
}

openrouter_wire::record! {
    /// What is no answer about a job.
    pub struct VideoProblem<'a>: writes {
        problem: &'a str,
        id: Option<&'a str>,
        polling_url: Option<&'a str>,
    }
}

/// The [`VideoSubmitPlan`] of a request: the public fields, `inputs` as `[{url, role?}]` where `url` may be a placeholder, `defaultModel`, and
/// `durations`, the model's own where the catalog is known.
pub fn plan_submit(config: &ClientConfig, request: &str) -> Result<String, Error> {
    let document = Reader::document(request.as_bytes()).map_err(|_| Error::invalid("request", "must be an object"))?;
    let model = chosen_model(config, document)?;
    let prompt = text(document, "prompt").filter(|prompt| !prompt.trim_ascii().is_empty());
    let mut body = Object::of([("model", Value::text(&model))]);
    let mut noted = Object::default();
    if let Some(prompt) = &prompt {
        body.set("prompt", Value::text(prompt));
        noted.set("prompt", Value::text(prompt));
    }
    if let Some(wanted) = number(document, "durationSeconds") {
        let seconds = Value::whole(snapped(wanted, document.field("durations")) as u64);
        body.set("duration", seconds.clone());
        noted.set("durationSeconds", seconds);
    }
    for (name, key) in [("resolution", "resolution"), ("aspectRatio", "aspect_ratio"), ("size", "size")] {
        let Some(text) = text(document, name) else { continue };
        let text = if name == "resolution" { resolution(&text) } else { text.trim_ascii().to_owned() };
        if !text.is_empty() {
            body.set(key, Value::text(&text));
            noted.set(name, Value::text(&text));
        }
    }
    if let Some(audio) = document.field("generateAudio").filter(|flag| matches!(flag.bytes(), b"true" | b"false")) {
        body.set("generate_audio", Value::bool(audio.bytes() == b"true"));
    }
    let has_inputs = add_inputs(&mut body, document)?;
    if let Some(seed) = document.field("seed") {
        let seed = seed.number().filter(|number| seed.string().is_none() && number.trunc() == *number && number.abs() <= MAX_SAFE_INTEGER);
        let Some(seed) = seed else { return Err(Error::invalid("seed", "OpenRouter video seed must be an integer")) };
        body.set("seed", Value::Json((seed as i64).to_string()));
    }
    if let Some(url) = text(document, "callbackUrl").filter(|url| !url.trim_ascii().is_empty()) {
        let url = url.trim_ascii();
        if !url.get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://")) || tail(url, 8).is_empty() {
            return Err(Error::invalid("callbackUrl", "must be an https URL"));
        }
        body.set("callback_url", Value::text(url));
    }
    let mut extra = document.field("extraBody").map(Value::Raw);
    if let Some(extra) = extra.as_mut().and_then(Value::object_mut) {
        // The caller's last word, as in a chat: `null` takes a field out.
        for (name, value) in extra.fields().filter(|(name, _)| !is_hostile_key(name)) {
            if value.is_null() {
                body.remove(&name);
            } else {
                body.set(&name, value.clone());
            }
        }
    }
    if prompt.is_none() && !has_inputs && extra.is_none() {
        return Err(Error::invalid("prompt", "must say what the video shows: there is no image either"));
    }
    let headers = document.field("headers").map_or(Ok(Vec::new()), read_headers)?;
    let mut call = Call::post(config, "/videos", &headers, Value::Object(body).to_json(), "OpenRouter video generation failed")?;
    call.timeout_ms = number(document, "timeoutMs").unwrap_or(60_000.0);
    Ok(VideoSubmitPlan { call, ticket: VideoTicketPlan { base_url: base_of(config)?, model, request: noted } }.to_json())
}

/// The [`VideoReadPlan`] of a client.
pub fn plan_reads(config: &ClientConfig, headers: &str) -> Result<String, Error> {
    let headers = Reader::document(headers.as_bytes()).map_or(Ok(Vec::new()), read_headers)?;
    let plan = RequestPlan::new(config, ("GET", String::new()), (None, "*/*"), &headers, &[])?;
    let key = if plan.needs_key() { KeyNeed::of(config) } else { KeyNeed::Never };
    let mut models = Call::get(config, "/videos/models", "OpenRouter video models")?;
    models.key = if key == KeyNeed::Required { KeyNeed::Optional } else { key };
    Ok(VideoReadPlan { base_url: base_of(config)?, headers: HeaderFields(&plan.headers), key, models }.to_json())
}

fn base_of(config: &ClientConfig) -> Result<String, Error> {
    url_of(config, "")
}

fn text(document: Raw<'_>, name: &str) -> Option<String> {
    document.field(name).and_then(Raw::string).map(RawString::decode)
}

fn number(document: Raw<'_>, name: &str) -> Option<f64> {
    document.field(name).filter(|value| value.string().is_none()).and_then(Raw::number)
}

/// By reference, alias or id, as of every other call.
fn chosen_model(config: &ClientConfig, document: Raw<'_>) -> Result<String, Error> {
    let mut named = ["model", "defaultModel"].into_iter().filter_map(|name| text(document, name));
    let named = named.find(|model| !model.trim_ascii().is_empty());
    let models = config.models.as_deref().and_then(Value::parse);
    resolve(named.as_deref().unwrap_or(DEFAULT_VIDEO_MODEL), models.as_ref(), "model").map(|model| model.api_id)
}

/// Whole seconds, at least one, then the nearest that the model has, ties upward. From the middle: 5.4 is 5, which lies between 4 and 6.
fn snapped(wanted: f64, own: Option<Raw<'_>>) -> f64 {
    let mut choices = Vec::new();
    if let Some(own) = own {
        own.each_item(|item| choices.extend(item.number().filter(|seconds| item.string().is_none() && *seconds >= 1.0)));
    }
    if choices.is_empty() {
        choices.extend(DURATIONS);
    }
    let wanted = (wanted + 0.5).floor().max(1.0);
    let mut best = choices[0];
    for choice in choices {
        let (new, old) = ((choice - wanted).abs(), (best - wanted).abs());
        if new < old || (new == old && choice > best) {
            best = choice;
        }
    }
    best
}

/// `720P` is `720p` to the API, and `4k` is `4K`: its list has the one in lower case and the other in upper case.
fn resolution(text: &str) -> String {
    let mut text = text.trim_ascii().to_ascii_lowercase();
    if text.len() > 1 && text.ends_with('k') && text.bytes().rev().skip(1).all(|byte| byte.is_ascii_digit()) {
        text.make_ascii_uppercase();
    }
    text
}

/// Images into their places; whether there are any.
fn add_inputs(body: &mut Object<'_>, document: Raw<'_>) -> Result<bool, Error> {
    let (mut frames, mut references) = (Vec::new(), Vec::new());
    let mut taken = [false; 2];
    let (mut number, mut without_role) = (0u32, 0);
    let mut result = Ok(());
    if let Some(inputs) = document.field("inputs") {
        inputs.each_item(|input| {
            let place = || ["inputs[", &number.to_string(), "]"].concat();
            let role = text(input, "role").unwrap_or_default();
            let slot = match role.as_str() {
                "first_frame" => Some(0),
                "last_frame" => Some(1),
                "reference_image" => None,
                "" => {
                    without_role += 1;
                    Some(without_role - 1).filter(|slot| *slot < 2)
                }
                _ => {
                    let problem = "must be first_frame, last_frame or reference_image";
                    result = Err(Error::invalid(&[&place(), ".role"].concat(), problem));
                    return;
                }
            };
            let Some(url) = text(input, "url").filter(|url| !url.is_empty()) else {
                let problem = "OpenRouter video generation requires image references to include a URL or buffer.";
                result = Err(Error::invalid(&place(), problem));
                return;
            };
            let mut part =
                Object::of([("type", Value::text("image_url")), ("image_url", Value::Object(Object::of([("url", Value::text(&url))])))]);
            match slot.filter(|slot| !taken[*slot]) {
                Some(slot) => {
                    taken[slot] = true;
                    part.set("frame_type", Value::text(if slot == 0 { "first_frame" } else { "last_frame" }));
                    frames.push(Value::Object(part));
                }
                None => references.push(Value::Object(part)),
            }
            number += 1;
        });
    }
    result?;
    for (name, parts) in [("frame_images", frames), ("input_references", references)] {
        if !parts.is_empty() {
            body.set(name, Value::Array(parts));
        }
    }
    Ok(number > 0)
}

/// Phase, OpenRouter's word, and every word that is read as it.
const STATUSES: [(Phase, &str, &str); 9] = [
    (Phase::Completed, "completed", "completed complete succeeded success done finished"),
    (Phase::Failed, "failed", "failed failure error errored rejected"),
    (Phase::Failed, "cancelled", "cancelled canceled aborted"),
    (Phase::Failed, "expired", "expired"),
    (Phase::Active, "queued", "queued"),
    (Phase::Active, "pending", "pending"),
    (Phase::Active, "in_progress", "in_progress inprogress"),
    (Phase::Active, "processing", "processing"),
    (Phase::Active, "running", "running"),
];

openrouter_wire::worded! {
    /// Where a job stands.
    pub enum Phase {
        /// It goes on, as far as anybody knows.
        Active = "active",
        /// The video is there.
        Completed = "completed",
        /// There will be none.
        Failed = "failed",
    }
}

impl Phase {
    /// With the status as OpenRouter spells it; providers' own words for it come through. `None` for a status that nobody knows.
    fn of(status: &str) -> Option<(Self, &'static str)> {
        let status = status.trim_ascii().to_ascii_lowercase().replace([' ', '-'], "_");
        for (phase, spelled, words) in STATUSES {
            if words.split(' ').any(|word| word == status) {
                return Some((phase, spelled));
            }
        }
        None
    }
}

/// Which answer is read: a submission's is strict, since nothing hangs on it yet but the job's id, which an error hands out; a poll outlives
/// statuses that OpenRouter has invented since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobAnswer {
    /// Of `POST /videos`.
    Submit,
    /// Of the polling URL.
    Poll,
}

/// Reads an answer: a [`VideoAnswer`], or a [`VideoProblem`] for one that is none. An error that is no job's is one: it has the status that stands
/// in it.
pub fn read_answer(kind: JobAnswer, body: &str, secret: &str, now: Now) -> Result<String, Error> {
    let body = body.trim_start_matches('\u{feff}');
    let (label, failed) = match kind {
        JobAnswer::Submit => ("OpenRouter video generation", SUBMIT_FAILED),
        JobAnswer::Poll => ("OpenRouter video status", POLL_FAILED),
    };
    let Ok(document) = Reader::document(body.as_bytes()) else {
        return Ok(problem(&[label, ": malformed JSON response"].concat(), &cut_id(body), None));
    };
    let outer = document;
    let document = inner(document);
    let id = text(document, "id").filter(|id| !id.trim_ascii().is_empty());
    let is_job = id.is_some() || document.field("status").is_some_and(|status| status.string().is_some());
    if let Some(error) = outer.field("error").or_else(|| document.field("error"))
        && !is_job
        && words_of(error).is_some()
    {
        return Err(read_error(failed, error, secret, now));
    }
    Ok(read_job(kind, document, id))
}

fn read_job(kind: JobAnswer, document: Raw<'_>, id: Option<String>) -> String {
    let polling_url = text(document, "polling_url").filter(|url| !url.trim_ascii().is_empty());
    match read_state(kind, document) {
        Some((phase, status)) if kind == JobAnswer::Poll || (id.is_some() && polling_url.is_some()) => {
            let own = || document.field("error").and_then(words_of).or_else(|| document.field("message").and_then(words_of));
            let error = || own().unwrap_or_else(|| ["OpenRouter video generation ", &status].concat());
            VideoAnswer {
                phase,
                status: &status,
                id: id.as_deref(),
                polling_url: polling_url.as_deref(),
                generation_id: text(document, "generation_id"),
                urls: urls(document, "unsigned_urls").flatten(),
                signed_urls: urls(document, "urls").flatten(),
                usage: document.field("usage").map(bill_of),
                error: (phase == Phase::Failed).then(error),
            }
            .to_json()
        }
        Some(_) => problem("OpenRouter video generation response missing job details", &id, polling_url.as_deref()),
        None => problem(MALFORMED, &id, polling_url.as_deref()),
    }
}

/// What an error says, in whatever it is wrapped; one without words is shown as it came.
fn words_of(error: Raw<'_>) -> Option<String> {
    if let Some(text) = error.string() {
        return Some(text.decode()).filter(|text| !text.trim_ascii().is_empty());
    }
    let mut words = None;
    for name in ["message", "error", "detail", "reason"] {
        words = words.or_else(|| error.field(name).and_then(words_of));
    }
    error.each_item(|item| words = words.take().or_else(|| words_of(item)));
    words.or_else(|| {
        error.present().filter(|error| !matches!(error.bytes(), b"{}" | b"[]" | b"true" | b"false")).map(|error| error.json().into_owned())
    })
}

/// Of an answer in an envelope what is in it.
fn inner(document: Raw<'_>) -> Raw<'_> {
    let is_bare = document.field("status").is_some() || document.field("id").is_some();
    document.field("data").filter(|data| data.is_object() && !is_bare).unwrap_or(document)
}

/// Phase and status; `None` for what is malformed.
fn read_state(kind: JobAnswer, document: Raw<'_>) -> Option<(Phase, String)> {
    let usage_fits = document.field("usage").is_none_or(Raw::is_object);
    if !document.is_object() || !usage_fits || urls(document, "unsigned_urls").is_none() {
        return None;
    }
    match (document.field("status"), kind) {
        (None, JobAnswer::Submit) => Some((Phase::Active, "pending".to_owned())),
        (None, JobAnswer::Poll) => None,
        (Some(status), _) => {
            let status = status.string()?.decode();
            match Phase::of(&status) {
                Some((phase, spelled)) => Some((phase, spelled.to_owned())),
                None if kind == JobAnswer::Poll && !status.trim_ascii().is_empty() => Some((Phase::Active, status)),
                None => None,
            }
        }
    }
}

/// A list of URLs: outer `None` when it is there and none, inner `None` when it is missing.
fn urls<'a>(document: Raw<'a>, name: &str) -> Option<Option<Vec<Value<'a>>>> {
    let Some(list) = document.field(name) else { return Some(None) };
    let mut urls = list.is_array().then(Vec::new)?;
    let mut fits = true;
    list.each_item(|item| match item.string() {
        Some(url) if !url.to_text().trim_ascii().is_empty() => urls.push(Value::Raw(item)),
        _ => fits = false,
    });
    fits.then_some(Some(urls))
}

fn bill_of(usage: Raw<'_>) -> VideoBill<'_> {
    VideoBill {
        cost: usage.field("cost").filter(|cost| cost.string().is_none() && cost.number().is_some()),
        is_byok: usage.field("is_byok").filter(|flag| matches!(flag.bytes(), b"true" | b"false")),
    }
}

fn problem(message: &str, id: &Option<String>, polling_url: Option<&str>) -> String {
    VideoProblem { problem: message, id: id.as_deref(), polling_url }.to_json()
}

/// The id in the beginning of an answer that was cut: the job is paid for all the same.
fn cut_id(body: &str) -> Option<String> {
    let mut object = Reader::new(body.as_bytes());
    let mut id = None;
    // Fails where the text ends; what came before has been seen.
    let _ = object.object(|key, reader| {
        let value = reader.value()?;
        if key == b"id" {
            id = value.string().map(RawString::decode).filter(|id| !id.trim_ascii().is_empty());
        }
        Ok(())
    });
    id
}
