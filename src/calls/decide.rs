//! Decision models ("System One", additions 2): named questions about a state, typed answers, nothing recomputed.

use crate::bill::{ServiceUsage, UsageNames, usage_of};
use crate::call::Call;
use crate::calls::{identity, model_id, set_routing};
use crate::config::ClientConfig;
use crate::error::{Code, Error};
use crate::json::Raw;
use crate::json_string::RawString;
use crate::media::{MediaOptions, SettingsOf, document, read_error, set_text};
use crate::record::Writes;
use crate::upstream_error::Now;
use crate::value::{Object, Value};

const LABEL: &str = "OpenRouter decision failed";
/// Of the request's body, and of the answer.
const MAX_BYTES: usize = 1 << 20;
const MAX_QUESTIONS: usize = 256;
const MAX_CHOICES: usize = 255;
const MAX_LEVELS: usize = 10;
/// Also the longest: OpenClaw's own limit.
const TIMEOUT_MS: f64 = 30_000.0;
const USAGE: UsageNames =
    UsageNames { seconds: "", input_tokens: "input_tokens", output_tokens: "output_tokens", total_tokens: "", search_units: "" };
/// All there is to a request; anything else is refused before it is sent.
const FIELDS: [&str; 10] = ["model", "state", "questions", "provider", "user", "sessionId", "trace", "timeoutMs", "headers", "signal"];

openrouter_wire::record! {
    /// What is sent for decisions.
    pub struct DecisionPlan: writes {
        call: Call,
        /// The model's id on the wire.
        model: String,
        /// What the reader of the answer needs of the questions, by their names.
        shapes: Object<'static>,
        warnings: Vec<Value<'static>> as "string[]",
    }
}

openrouter_wire::record! {
    /// The answers to the questions, and who gave them.
    pub struct DecisionAnswer<'a>: writes {
        /// By the names of the questions.
        answers: Object<'static> as "Record<string, any>",
        model: Option<String>,
        id: Option<String>,
        provider: Option<String>,
        usage: DecisionUsage<'a>,
        warnings: Vec<Value<'static>> as "string[]",
    }
}

openrouter_wire::record! {
    /// What decisions used.
    pub struct DecisionUsage<'a>: writes {
        input_tokens: Value<'static> as "number",
        output_tokens: Value<'static> as "number",
        /// USD, in the digits in which it came; 0 is not the same as none.
        cost: Option<Value<'static>> as "number",
        raw: Raw<'a> as "Record<string, unknown>",
    }
}

/// A [`DecisionPlan`].
pub fn plan(config: &ClientConfig, request: &str) -> Result<String, Error> {
    let options = MediaOptions::read(config, SettingsOf::Decision, request)?;
    let strange = options.own_fields().find(|(name, value)| !FIELDS.contains(&name.as_ref()) && !value.is_null());
    if let Some((name, _)) = strange {
        let hint = match name.as_ref() {
            "assets" => "is dropped by OpenRouter without a word: put {type: \"image_url\"} parts before the state, in an array",
            _ => "is nothing that a decision takes",
        };
        return Err(Error::invalid(&name, hint));
    }
    let model = model_id(&options)?;
    let state = options.own("state").filter(|state| state.is_array() || state.is_object() || state.is_string());
    let state = state.ok_or_else(|| Error::invalid("state", "must be a text, an object or an array"))?;
    let mut body = Object::default();
    set_text(&mut body, "model", &model);
    body.set("state", state.clone());
    let (questions, shapes) = questions(options.own("questions"))?;
    body.set("questions", questions);
    let warnings = configured(config, &model, &mut body)?;
    set_routing(&mut body, &options)?;
    if let Some(trace) = options.object("trace")? {
        body.set("trace", trace);
    }
    let mut call = options.post(config, "/systemone", "application/json", body, LABEL)?;
    let bytes = call.body.as_ref().map_or(0, String::len);
    if bytes > MAX_BYTES {
        let problem = ["has ", &(bytes as u64).to_string(), " bytes, ", &(MAX_BYTES as u64).to_string(), " are allowed"].concat();
        return Err(Error::invalid("request", &problem));
    }
    call.max_bytes = MAX_BYTES as u64;
    let wanted = options.timeout_ms(TIMEOUT_MS)?;
    call.timeout_ms = if wanted > 0.0 { wanted.min(TIMEOUT_MS) } else { TIMEOUT_MS };
    Ok(DecisionPlan { call, model, shapes, warnings }.to_json())
}

/// Of the params that are configured for the model only the routing goes along; any other is refused, since it would be lost (additions 2).
/// Those for every model are about chats, and are told.
fn configured<'a>(config: &'a ClientConfig, model: &str, body: &mut Object<'a>) -> Result<Vec<Value<'static>>, Error> {
    let mut warnings = Vec::new();
    let mut take = |params: Option<Value<'a>>, place: &str, is_own: bool| -> Result<(), Error> {
        let Some(mut params) = params else { return Ok(()) };
        for (name, value) in params.object_mut().map(core::mem::take).unwrap_or_default().fields().filter(|(_, value)| !value.is_null()) {
            if name == "provider" && value.is_object() {
                body.set("provider", value.clone());
            } else if is_own {
                return Err(Error::invalid(
                    &[place, ".", &name].concat(),
                    "cannot be sent to a decision model, which takes provider alone",
                ));
            } else {
                warnings.push(Value::Text([place, ".", &name, ": not sent, a decision model takes provider alone"].concat()));
            }
        }
        Ok(())
    };
    take(config.params.as_deref().and_then(Value::parse), "params", false)?;
    let mut table = config.models.as_deref().and_then(Value::parse).unwrap_or_else(Value::null);
    for (name, entry) in table.object_mut().map(core::mem::take).unwrap_or_default().fields() {
        if name.strip_prefix("openrouter/").unwrap_or(&name) == model {
            take(entry.get("params"), &["models[\"", &name, "\"].params"].concat(), true)?;
        }
    }
    Ok(warnings)
}

/// The questions as they go out, and of each its kind and what its answer is checked by.
fn questions<'a>(given: Option<&Value<'a>>) -> Result<(Value<'a>, Object<'static>), Error> {
    let mut given = given.filter(|given| given.is_object()).cloned();
    let Some(fields) = given.as_mut().and_then(Value::object_mut).map(core::mem::take) else {
        return Err(Error::invalid("questions", "must be an object of questions by name"));
    };
    if fields.is_empty() || fields.len() > MAX_QUESTIONS {
        return Err(Error::invalid("questions", "must hold 1 to 256 questions"));
    }
    let (mut out, mut shapes) = (Object::default(), Object::default());
    for (name, question) in fields.fields() {
        let place = |field: &str| ["questions.", &name, field].concat();
        let kind = question.get_str("type").unwrap_or_default();
        let wire = match kind.as_str() {
            "boolean" | "noul" => "noul",
            "choice" | "score" | "box" => kind.as_str(),
            _ => return Err(Error::invalid(&place(".type"), "must be boolean, choice, score or box")),
        };
        let instructions = question.get("instructions").filter(|value| match value.str() {
            Some(text) => !text.trim_ascii().is_empty(),
            None => value.is_object() || value.is_array(),
        });
        let Some(instructions) = instructions else {
            return Err(Error::invalid(&place(".instructions"), "must be a text that is not blank, an object or an array"));
        };
        let criteria = question.get("criteria");
        let mut sent = Object::of([("type", Value::text(wire)), ("instructions", instructions)]);
        shapes.set(&name, criteria_of(wire, criteria.as_ref(), &place(".criteria"))?);
        if let Some(criteria) = criteria.filter(|_| wire != "box") {
            sent.set("criteria", criteria);
        }
        out.set(&name, Value::Object(sent));
    }
    Ok((Value::Object(out), shapes))
}

/// `"noul"`, `"box"`, the names of a choice as an array, the number of levels of a score.
fn criteria_of(wire: &str, criteria: Option<&Value<'_>>, place: &str) -> Result<Value<'static>, Error> {
    let is_said = |value: &Value<'_>| value.is_string() || value.is_object() || value.is_array();
    match wire {
        "noul" => match criteria {
            Some(criteria) if !["true", "false"].iter().all(|name| criteria.get(name).is_some_and(|value| is_said(&value))) => {
                Err(Error::invalid(place, "must have both true and false, or be left out"))
            }
            _ => Ok(Value::text("noul")),
        },
        "choice" => {
            let mut criteria = criteria.filter(|criteria| criteria.is_object()).cloned();
            let fields = criteria.as_mut().and_then(Value::object_mut).map(core::mem::take).unwrap_or_default();
            if fields.is_empty() || fields.len() > MAX_CHOICES {
                return Err(Error::invalid(place, "must be an object of 1 to 255 choices"));
            }
            if fields.fields().any(|(_, value)| !value.is_null() && !is_said(value)) {
                return Err(Error::invalid(place, "must hold texts, objects, arrays or null"));
            }
            let names = fields.fields().map(|(name, _)| Value::Json(["\"", &name, "\""].concat())).collect();
            Ok(Value::Array(names))
        }
        "score" => {
            let levels = criteria.filter(|criteria| criteria.is_array()).map(Value::to_items).unwrap_or_default();
            if levels.is_empty() || levels.len() > MAX_LEVELS {
                return Err(Error::invalid(place, "must be an array of 1 to 10 levels"));
            }
            match levels.iter().position(|level| !is_said(level)) {
                Some(number) => {
                    Err(Error::invalid(&[place, "[", &(number as u64).to_string(), "]"].concat(), "must be a text, an object or an array"))
                }
                None => Ok(Value::whole(levels.len() as u64)),
            }
        }
        _ if criteria.is_some() => Err(Error::invalid(place, "is nothing that a box takes")),
        _ => Ok(Value::text("box")),
    }
}

/// The [`DecisionAnswer`] of an answer to questions of these shapes.
pub fn read_answer(text: &str, shapes: &str, secret: &str, now: Now) -> Result<String, Error> {
    let answer = document(LABEL, text)?;
    let Some(answers) = answer.field("answers").filter(|answers| answers.is_object()) else {
        let missing = || malformed("answers");
        return Err(answer.field("error").and_then(Raw::present).map_or_else(missing, |error| read_error(LABEL, error, secret, now)));
    };
    let mut shapes = Value::parse(shapes).unwrap_or_else(Value::null);
    let shapes = shapes.object_mut().map(core::mem::take).unwrap_or_default();
    let mut read = Object::default();
    for (name, shape) in shapes.fields() {
        // The name as it is written in JSON: what has an escape in it is found by its bytes.
        let mut found = None;
        answers.each_field(|key, value| found = if key == name.as_bytes() { Some(value) } else { found });
        let place = ["answers.", &name].concat();
        let one = found.and_then(|found| one_answer(found, shape)).ok_or_else(|| malformed(&place))?;
        read.set(&name, Value::Object(one));
    }
    let mut warnings = Vec::new();
    answers.each_field(|key, _| {
        let name = String::from_utf8_lossy(key);
        if !shapes.has(&name) {
            warnings.push(Value::Json(["\"answers.", &name, ": answers no question\""].concat()));
        }
    });
    let [model, id, provider] = identity(answer);
    let usage = checked_usage(answer.field("usage"))?;
    Ok(DecisionAnswer { answers: read, model, id, provider, usage, warnings }.to_json())
}

fn malformed(place: &str) -> Error {
    Error::new(Code::BadResponse, [LABEL, ": malformed answer at ", place].concat())
}

/// Whole numbers from 0.
fn checked_usage(usage: Option<Raw<'_>>) -> Result<DecisionUsage<'_>, Error> {
    let counts = |name: &str| number(usage?.field(name)?).filter(|count| *count >= 0.0 && count.fract() == 0.0);
    let cost = usage.and_then(|usage| usage.field("cost")).and_then(Raw::present);
    let is_cost = cost.is_none_or(|cost| number(cost).is_some_and(|cost| cost >= 0.0));
    let fits = is_cost && counts("input_tokens").is_some() && counts("output_tokens").is_some();
    match usage_of(usage.filter(|_| fits), &USAGE) {
        Some(ServiceUsage { input_tokens: Some(input_tokens), output_tokens: Some(output_tokens), cost, raw, .. }) => {
            Ok(DecisionUsage { input_tokens, output_tokens, cost, raw })
        }
        _ => Err(malformed("usage")),
    }
}

/// A number that is written as one.
fn number(raw: Raw<'_>) -> Option<f64> {
    if raw.string().is_some() { None } else { raw.number().filter(|number| number.is_finite()) }
}

fn share(raw: Raw<'_>) -> Option<f64> {
    number(raw).filter(|share| (0.0..=1.0).contains(share))
}

fn json(raw: Raw<'_>) -> Value<'static> {
    Value::Json(raw.json().into_owned())
}

/// One answer in public form; `None` where it is not what the question asked for.
fn one_answer(answer: Raw<'_>, shape: &Value<'_>) -> Option<Object<'static>> {
    let mut out = Object::default();
    let kind = match shape {
        shape if shape.is_array() => "choice",
        shape if shape.as_number().is_some() => "score",
        shape if shape.is("noul") => "noul",
        _ => "box",
    };
    if !answer.is_object() || answer.field("type").and_then(Raw::string).is_some_and(|stated| !stated.is(kind)) {
        return None;
    }
    match kind {
        "noul" => {
            let probability = answer.field("noul")?;
            share(probability)?;
            out.set("probability", json(probability));
            return Some(out);
        }
        "choice" => {
            let choice = answer.field("choice")?;
            let chosen = choice.string().map(RawString::decode)?;
            if !shape.to_items().iter().any(|name| name.is(&chosen)) {
                return None;
            }
            out.set("choice", json(choice));
            if let Some(probabilities) = answer.field("probabilities").and_then(Raw::present) {
                let names = shape.to_items();
                is_distribution(probabilities, |key| names.iter().any(|name| name.is(&RawString::of(key).decode())))?;
                out.set("probabilities", json(probabilities));
            }
        }
        "score" => {
            let score = answer.field("score")?;
            number(score)?;
            out.set("score", json(score));
            if let Some(probabilities) = answer.field("probabilities").and_then(Raw::present) {
                let levels = shape.as_number()? as usize;
                let is_level = |key: &[u8]| (0..levels).any(|level| (level as u64).to_string().as_bytes() == key);
                // Exactly the levels, no more and no fewer.
                (is_distribution(probabilities, is_level)? == levels).then_some(())?;
                out.set("probabilities", json(probabilities));
            }
            if let Some(legend) = answer.field("legend").and_then(Raw::present) {
                legend.is_object().then(|| out.set("legend", json(legend)))?;
            }
        }
        _ => {
            let sides = answer.field("box").filter(|sides| sides.is_object())?;
            ["top", "bottom", "left", "right"].iter().all(|side| sides.field(side).and_then(number).is_some()).then_some(())?;
            out.set("box", json(sides));
        }
    }
    if let Some(confidence) = answer.field("confidence").and_then(Raw::present) {
        share(confidence)?;
        out.set("confidence", json(confidence));
    }
    Some(out)
}

/// How many shares there are, all of them under names that are known; `None` for anything else, and for a distribution of nothing.
fn is_distribution(raw: Raw<'_>, is_name: impl Fn(&[u8]) -> bool) -> Option<usize> {
    if !raw.is_object() {
        return None;
    }
    let (mut count, mut sum, mut is_good) = (0, 0.0, true);
    raw.each_field(|key, value| match share(value) {
        Some(share) if is_name(key) => {
            count += 1;
            sum += share;
        }
        _ => is_good = false,
    });
    (is_good && sum > 0.0).then_some(count)
}
