//! The scan for models that work: what is looked at, and who is best (models-scan 3). The probing is JavaScript's, which can wait.

use core::cmp::Ordering;

use crate::catalog::Catalog;
use crate::catalog_filter::{Filter, has};
use crate::catalog_model::{
    context_window, created_ms, id_of, is_free, lists, max_tokens, modality, parameter_count, takes, write_pricing,
};
use crate::catalog_rows::{Field, Row};
use crate::change::Changes;
use crate::error::Error;
use crate::json::Raw;
use crate::model_size::params_b;
use crate::record::Writes;
use crate::text::tail;
use crate::value::Value;

/// The probes, in the order of their fields.
pub const PROBES: [&str; 4] = ["tool", "json", "image", "reasoning"];
const TIMEOUT_MS: u64 = 12_000;
const CONCURRENCY: u64 = 3;
const MAX_CANDIDATES: u64 = 6;

openrouter_wire::record! {
    /// The options of a scan, checked.
    pub struct ScanSettings: writes {
        timeout_ms: u64,
        concurrency: u64,
        max_candidates: u64,
        probes: Vec<&'static str> as "api.Probe[]",
        /// Whether probes were asked for by name, so that a scan without a key cannot leave them out.
        is_asked: bool,
    }
}

openrouter_wire::record! {
    /// What a scan looks at.
    pub struct ScanCandidates<'a>: writes {
        rows: &'a [ScanCandidate],
        warnings: Changes,
    }
}

openrouter_wire::record! {
    /// A model that a scan looks at.
    pub struct ScanCandidate: writes {
        model: String,
        name: String,
        is_free: bool,
        /// Billions, from the name.
        params_b: OrNull<Size> as "number | null",
        modality: OrNull<String> as "string | null",
        /// Milliseconds since 1970.
        created_at: OrNull<u64> as "number | null",
        context_window: OrNull<u64> as "number | null",
        max_tokens: OrNull<u64> as "number | null",
        supported_parameters_count: u64,
        supports_tools: OrNull<bool> as "boolean | null",
        supports_images: bool,
        pricing: OrNull<Json> as "api.Pricing | null",
        /// What it says of itself, by probe.
        claims: ScanClaims,
    }
}

openrouter_wire::record! {
    /// What a model says that it can, by probe.
    pub struct ScanClaims: writes {
        /// A model whose parameters nobody lists may call tools; only a list without them says that it does not.
        tool: bool,
        json: bool,
        image: bool,
        reasoning: bool,
    }
}

openrouter_wire::record! {
    /// What was probed, ranked.
    pub struct ScanRanking<'a>: writes {
        /// The numbers of the rows as they came, best first.
        order: Vec<u64>,
        /// Of each, in this order.
        reasons: Vec<Vec<String>>,
        selected: Vec<&'a str>,
        selected_images: Vec<&'a str>,
        counts: ScanCounts,
    }
}

openrouter_wire::record! {
    /// How many were tried, and what they could.
    pub struct ScanCounts: writes {
        tested: u64,
        tool_ok: u64,
        image_ok: u64,
        tool_and_image_ok: u64,
        image_only: u64,
    }
}

/// A field that is there even when nothing is known of it.
pub struct OrNull<T>(Option<T>);

impl<T: Writes> Writes for OrNull<T> {
    fn write(&self, out: &mut String) {
        self.0.write(out);
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl<T> openrouter_wire::interface::Typed for OrNull<T> {
    fn typescript() -> String {
        "unknown".to_owned()
    }
}

/// JSON text.
pub struct Json(String);

impl Writes for Json {
    fn write(&self, out: &mut String) {
        out.push_str(&self.0);
    }
}

/// A size with up to three digits behind the point; the standard library's way to write floats is 10 KB.
pub struct Size(f64);

impl Writes for Size {
    fn write(&self, out: &mut String) {
        write_size(out, self.0);
    }
}

/// Checks the options of a scan and fills in what is not said: a [`ScanSettings`].
pub fn settings(options: &str) -> Result<String, Error> {
    let options = Value::parse(options).unwrap_or_else(Value::null);
    Filter::read(&options, true)?;
    let whole = |name: &str, default: u64| match options.get(name) {
        None => Ok(default),
        Some(value) => match value.as_number() {
            Some(number) if number >= 1.0 && number.fract() == 0.0 => Ok(number as u64),
            _ => Err(Error::invalid(name, "must be a positive integer")),
        },
    };
    let timeout_ms = match options.get("timeoutMs") {
        None => TIMEOUT_MS,
        Some(value) => match value.as_number() {
            Some(number) if number > 0.0 => (number as u64).max(1),
            _ => return Err(Error::invalid("timeoutMs", "must be > 0")),
        },
    };
    let (concurrency, max_candidates) = (whole("concurrency", CONCURRENCY)?, whole("maxCandidates", MAX_CANDIDATES)?);
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
    let is_asked = probe.is_some() && !asked.is_empty();
    let probes = PROBES.into_iter().filter(|name| asked.contains(name)).collect();
    Ok(ScanSettings { timeout_ms, concurrency, max_candidates, probes, is_asked }.to_json())
}

/// The [`ScanCandidates`] of the catalog that pass the filters, in its order.
pub fn candidates(bytes: &[u8], options: &str) -> Result<String, Error> {
    let options = Value::parse(options).unwrap_or_else(Value::null);
    let filter = Filter::read(&options, true)?;
    let mut catalog = Catalog::read(bytes)?;
    catalog.index();
    let warnings = core::mem::take(&mut catalog.warnings);
    let rows: Vec<_> = catalog.rows(false).filter(|(row, _)| filter.passes(row)).map(|(row, _)| candidate(&row)).collect();
    Ok(ScanCandidates { rows: &rows, warnings }.to_json())
}

fn candidate(row: &Row<'_>) -> ScanCandidate {
    let id = id_of(row).unwrap_or_default();
    let name =
        row.get(Field::Name).and_then(Raw::string).map(|name| name.decode()).filter(|name| !name.is_empty()).unwrap_or_else(|| id.clone());
    let tools = lists(row, "tools");
    let pricing = row.get(Field::Pricing).map(|pricing| {
        let mut written = String::new();
        write_pricing(&mut written, Some(pricing), &mut |_, _| {});
        Json(written)
    });
    ScanCandidate {
        params_b: OrNull(params_b(&id, &name).map(Size)),
        model: id,
        name,
        is_free: is_free(row),
        modality: OrNull(modality(row)),
        created_at: OrNull(created_ms(row)),
        context_window: OrNull(context_window(row)),
        max_tokens: OrNull(max_tokens(row)),
        supported_parameters_count: parameter_count(row) as u64,
        supports_tools: OrNull(tools),
        supports_images: takes(row, "image"),
        pricing: OrNull(pricing),
        claims: ScanClaims {
            tool: tools != Some(false),
            json: has(row, "json"),
            image: has(row, "image"),
            reasoning: has(row, "reasoning"),
        },
    }
}

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

    fn reasons(&self) -> Vec<String> {
        const OK: [&str; 4] = ["calls tools", "answers in a schema", "sees images", "reasons"];
        const FAILED: [&str; 4] = ["did not call a tool", "did not answer in a schema", "did not see the image", "did not reason"];
        let mut reasons = Vec::new();
        let mut add = |reason: &[&str]| reasons.push(reason.concat());
        // As they are compared: images, tools, the rest, sizes.
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
        reasons
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

/// Ranks what was probed: a [`ScanRanking`].
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
    let mut counts = ScanCounts { tested: 0, tool_ok: 0, image_ok: 0, tool_and_image_ok: 0, image_only: 0 };
    for row in &ranked {
        let (tool, image) = (row.tool().is_ok, row.image().is_ok);
        counts.tested += u64::from(row.outcomes.iter().any(|outcome| !outcome.is_skipped));
        counts.tool_ok += u64::from(tool);
        counts.image_ok += u64::from(image);
        counts.tool_and_image_ok += u64::from(tool && image);
        counts.image_only += u64::from(!tool && image);
    }
    let ranking = ScanRanking {
        order: order.iter().map(|row| row.number as u64).collect(),
        reasons: order.iter().map(|row| row.reasons()).collect(),
        selected: order.iter().filter(|row| row.tool().is_ok).take(most).map(|row| row.model.as_str()).collect(),
        selected_images: seeing.iter().take(most).map(|row| row.model.as_str()).collect(),
        counts,
    };
    Ok(ranking.to_json())
}
