//! The scan for models that work: what is looked at, and who is best (models-scan 3). The probing is JavaScript's, which can wait.

use core::cmp::Ordering;

use crate::catalog::Catalog;
use crate::catalog_filter::{Filter, has};
use crate::catalog_model::{
    context_window, created_ms, id_of, is_free, key, lists, max_tokens, modality, parameter_count, takes, write_count, write_field,
    write_flag, write_pricing,
};
use crate::catalog_rows::{Field, Row};
use crate::error::Error;
use crate::json::Raw;
use crate::json_string::write_string;
use crate::model_size::params_b;
use crate::text::tail;
use crate::value::Value;

/// The probes, in the order of their fields.
pub const PROBES: [&str; 4] = ["tool", "json", "image", "reasoning"];
const TIMEOUT_MS: u64 = 12_000;
const CONCURRENCY: u64 = 3;
const MAX_CANDIDATES: u64 = 6;

/// Checks the options of a scan and fills in what is not said: `{timeoutMs, concurrency, maxCandidates, probes, isAsked}`. `isAsked`: probes
/// were asked for by name, so that a scan without a key cannot leave them out.
pub fn settings(options: &str) -> Result<String, Error> {
    let options = Value::parse(options).unwrap_or_else(Value::null);
    Filter::read(&options, true)?;
    let mut out = String::from("{");
    for (name, default, may_be_part) in
        [("timeoutMs", TIMEOUT_MS, true), ("concurrency", CONCURRENCY, false), ("maxCandidates", MAX_CANDIDATES, false)]
    {
        let number = match options.get(name) {
            None => default,
            Some(value) => match value.as_number() {
                Some(number) if may_be_part && number > 0.0 => (number as u64).max(1),
                Some(number) if number >= 1.0 && number.fract() == 0.0 => number as u64,
                _ if may_be_part => return Err(Error::invalid(name, "must be > 0")),
                _ => return Err(Error::invalid(name, "must be a positive integer")),
            },
        };
        write_count(&mut out, name, number);
    }
    let probe = options.get("probe");
    let wrong = || Error::invalid("probe", "must be true, false or an array of tool, json, image and reasoning");
    let asked: Vec<&str> = match &probe {
        None => vec!["tool", "image"],
        Some(value) => match value.as_bool() {
            Some(true) => vec!["tool", "image"],
            Some(false) => Vec::new(),
            None if value.is_array() => {
                let find = |item: &Value<'_>| PROBES.into_iter().find(|name| item.is(name)).ok_or_else(wrong);
                value.to_items().iter().map(find).collect::<Result<_, _>>()?
            }
            None => return Err(wrong()),
        },
    };
    key(&mut out, "probes");
    out.push('[');
    for name in PROBES.iter().filter(|name| asked.contains(name)) {
        out.push_str(if out.ends_with('[') { "\"" } else { ",\"" });
        out.push_str(name);
        out.push('"');
    }
    out.push(']');
    write_flag(&mut out, "isAsked", probe.is_some() && !asked.is_empty());
    out.push('}');
    Ok(out)
}

/// The rows of the catalog that pass the filters, in its order: `{rows, warnings}`. `claims` of a row is what it says of itself, by probe.
pub fn candidates(bytes: &[u8], options: &str) -> Result<String, Error> {
    let options = Value::parse(options).unwrap_or_else(Value::null);
    let filter = Filter::read(&options, true)?;
    let catalog = Catalog::read(bytes)?;
    let mut out = String::from("{\"rows\":[");
    for (row, _) in catalog.rows(false).filter(|(row, _)| filter.passes(row)) {
        out.push_str(if out.ends_with('[') { "" } else { "," });
        write_row(&mut out, &row);
    }
    out.push_str("],\"warnings\":");
    catalog.warnings.write(&mut out);
    out.push('}');
    Ok(out)
}

fn write_row(out: &mut String, row: &Row<'_>) {
    let id = id_of(row).unwrap_or_default();
    let name =
        row.get(Field::Name).and_then(Raw::string).map(|name| name.decode()).filter(|name| !name.is_empty()).unwrap_or_else(|| id.clone());
    out.push('{');
    write_field(out, "model", Some(&id));
    write_field(out, "name", Some(&name));
    write_flag(out, "isFree", is_free(row));
    key(out, "paramsB");
    match params_b(&id, &name) {
        Some(size) => write_size(out, size),
        None => out.push_str("null"),
    }
    key(out, "modality");
    match modality(row) {
        Some(modality) => write_string(out, &modality),
        None => out.push_str("null"),
    }
    for (name, number) in [("createdAt", created_ms(row)), ("contextWindow", context_window(row)), ("maxTokens", max_tokens(row))] {
        match number {
            Some(number) => write_count(out, name, number),
            None => {
                key(out, name);
                out.push_str("null");
            }
        }
    }
    write_count(out, "supportedParametersCount", parameter_count(row) as u64);
    let tools = lists(row, "tools");
    key(out, "supportsTools");
    out.push_str(tools.map_or("null", |flag| if flag { "true" } else { "false" }));
    write_flag(out, "supportsImages", takes(row, "image"));
    key(out, "pricing");
    match row.get(Field::Pricing) {
        Some(pricing) => write_pricing(out, Some(pricing), &mut |_, _| {}),
        None => out.push_str("null"),
    }
    key(out, "claims");
    out.push('{');
    // A model whose parameters nobody lists may call tools; only a list without them says that it does not.
    write_flag(out, "tool", tools != Some(false));
    for (probe, capability) in [("json", "json"), ("image", "image"), ("reasoning", "reasoning")] {
        write_flag(out, probe, has(row, capability));
    }
    out.push_str("}}");
}

/// A size with up to three digits behind the point; the standard library's way to write floats is 10 KB.
fn write_size(out: &mut String, size: f64) {
    let thousandths = (size * 1000.0 + 0.5) as u64;
    out.push_str(&(thousandths / 1000).to_string());
    // Behind a 1, so that the zeros in front stay.
    let rest = (1000 + thousandths % 1000).to_string();
    let digits = tail(&rest, 1).trim_end_matches('0');
    if !digits.is_empty() {
        out.push('.');
        out.push_str(digits);
    }
}

/// What a probe said.
#[derive(Debug, Default)]
struct Outcome {
    is_ok: bool,
    is_skipped: bool,
    latency_ms: Option<f64>,
    error: String,
}

impl Outcome {
    #[inline(never)]
    fn of(row: &Value<'_>, name: &str) -> Self {
        let Some(result) = row.get(name) else { return Self { is_skipped: true, ..Self::default() } };
        let flag = |name: &str| result.get(name).and_then(|flag| flag.as_bool()) == Some(true);
        Self {
            is_ok: flag("ok"),
            is_skipped: flag("skipped"),
            latency_ms: result.get("latencyMs").and_then(|ms| ms.as_number()),
            error: result.get_str("error").unwrap_or_default(),
        }
    }

    /// Of what counts: a failed probe took its time too.
    fn time(&self) -> f64 {
        self.latency_ms.filter(|_| self.is_ok).unwrap_or(f64::INFINITY)
    }
}

struct Ranked {
    number: usize,
    model: String,
    outcomes: [Outcome; 4],
    context: f64,
    params: f64,
    claims_tools: bool,
}

impl Ranked {
    fn tool(&self) -> &Outcome {
        &self.outcomes[0]
    }

    fn image(&self) -> &Outcome {
        &self.outcomes[2]
    }

    /// Behind equal images and latencies: the larger context, the larger model, the name.
    #[inline(never)]
    fn by_size(&self, other: &Self) -> Ordering {
        let larger = |mine: f64, theirs: f64| theirs.total_cmp(&mine);
        larger(self.context, other.context).then(larger(self.params, other.params)).then_with(|| self.model.cmp(&other.model))
    }

    fn by_rank(&self, other: &Self) -> Ordering {
        let seeing = other.image().is_ok.cmp(&self.image().is_ok);
        seeing.then(self.tool().time().total_cmp(&other.tool().time())).then_with(|| self.by_size(other))
    }

    fn by_image(&self, other: &Self) -> Ordering {
        self.image().time().total_cmp(&other.image().time()).then_with(|| self.by_size(other))
    }

    fn write_reasons(&self, out: &mut String) {
        const OK: [&str; 4] = ["calls tools", "answers in a schema", "sees pictures", "reasons"];
        const FAILED: [&str; 4] = ["did not call a tool", "did not answer in a schema", "did not see the picture", "did not reason"];
        out.push('[');
        let mut add = |reason: &[&str]| {
            out.push_str(if out.ends_with('[') { "" } else { "," });
            write_string(out, &reason.concat());
        };
        // As they are compared: pictures, tools, the rest, sizes.
        for at in [2, 0, 1, 3] {
            let outcome = &self.outcomes[at];
            if outcome.is_ok {
                add(&[OK[at], ": ", &(outcome.latency_ms.unwrap_or(0.0) as u64).to_string(), " ms"]);
            } else if !outcome.is_skipped {
                add(&[FAILED[at], ": ", &outcome.error]);
            } else if at == 0 && self.claims_tools {
                add(&["says that it calls tools; not tried"]);
            }
        }
        if self.context > 0.0 {
            add(&[&(self.context as u64).to_string(), " tokens of context"]);
        }
        if self.params > 0.0 {
            let mut size = String::new();
            write_size(&mut size, self.params);
            add(&[&size, " billion parameters"]);
        }
        out.push(']');
    }
}

/// Insertion sort: a few hundred rows, and the library's is 3 KB.
#[inline(never)]
fn sorted(rows: &[Ranked], seeing: bool, compare: fn(&Ranked, &Ranked) -> Ordering) -> Vec<&Ranked> {
    let mut order: Vec<&Ranked> = Vec::new();
    for row in rows.iter().filter(|row| !seeing || row.image().is_ok) {
        let at = order.partition_point(|held| compare(held, row) != Ordering::Greater);
        order.insert(at, row);
    }
    order
}

/// Ranks what was probed: `{order, reasons, selected, selectedImages, counts}`; `order` numbers the rows as they came, `reasons` follows it.
pub fn rank(rows: &str, options: &str) -> Result<String, Error> {
    let most =
        Value::parse(options).and_then(|options| options.get("maxCandidates")?.as_number()).map_or(MAX_CANDIDATES as usize, |n| n as usize);
    let rows = Value::parse(rows).map(|rows| rows.to_items()).unwrap_or_default();
    let ranked: Vec<Ranked> = rows
        .iter()
        .enumerate()
        .map(|(number, row)| Ranked {
            number,
            model: row.get_str("model").unwrap_or_default(),
            outcomes: PROBES.map(|name| Outcome::of(row, name)),
            context: row.get("contextWindow").and_then(|context| context.as_number()).unwrap_or(0.0),
            params: row.get("paramsB").and_then(|params| params.as_number()).unwrap_or(0.0),
            claims_tools: row.get("supportsTools").and_then(|flag| flag.as_bool()) == Some(true),
        })
        .collect();
    let order = sorted(&ranked, false, Ranked::by_rank);
    let seeing = sorted(&ranked, true, Ranked::by_image);
    let mut out = String::from("{\"order\":[");
    for row in &order {
        out.push_str(if out.ends_with('[') { "" } else { "," });
        out.push_str(&(row.number as u64).to_string());
    }
    out.push_str("],\"reasons\":[");
    for row in &order {
        out.push_str(if out.ends_with('[') { "" } else { "," });
        row.write_reasons(&mut out);
    }
    out.push(']');
    for (name, list, needs_tool) in [("selected", &order, true), ("selectedImages", &seeing, false)] {
        key(&mut out, name);
        out.push('[');
        for row in list.iter().filter(|row| !needs_tool || row.tool().is_ok).take(most) {
            out.push_str(if out.ends_with('[') { "" } else { "," });
            write_string(&mut out, &row.model);
        }
        out.push(']');
    }
    key(&mut out, "counts");
    out.push('{');
    let mut counts = [0u64; 5];
    for row in &ranked {
        let (tool, image) = (row.tool().is_ok, row.image().is_ok);
        let is_tested = row.outcomes.iter().any(|outcome| !outcome.is_skipped);
        for (count, holds) in counts.iter_mut().zip([is_tested, tool, image, tool && image, !tool && image]) {
            *count += u64::from(holds);
        }
    }
    for (name, number) in ["tested", "toolOk", "imageOk", "toolAndImageOk", "imageOnly"].into_iter().zip(counts) {
        write_count(&mut out, name, number);
    }
    out.push_str("}}");
    Ok(out)
}
