//! One row of the catalog as a model: both generations of its fields, read leniently (models-scan 1 and 2, openrouter-api 5).

use crate::catalog_rows::{Field, Row};
use crate::json::Raw;
use crate::model_record::{Effort, Reasoning};
use crate::model_ref::ModelRef;
use crate::price::{decimal_text, is_zero};
use crate::record::{Verbatim, Writes, write_field, write_name};
use crate::text::{between, find, tail};
use crate::value::Value;

/// What a model has of context while nobody says.
const ASSUMED_CONTEXT: u64 = 200_000;
/// What a model answers at most while nobody says.
const ASSUMED_MAX_TOKENS: u64 = 8192;
const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;
/// Above this a date counts milliseconds.
const MILLISECONDS_FROM: f64 = 1e12;

/// The id, unless it is blank.
pub fn id_of(row: &Row<'_>) -> Option<String> {
    row.get(Field::Id).and_then(Raw::string).map(|id| id.decode()).filter(|id| !id.trim_ascii().is_empty())
}

fn text_of(value: Option<Raw<'_>>) -> Option<String> {
    value.and_then(Raw::string).map(|text| text.decode()).filter(|text| !text.trim_ascii().is_empty())
}

/// A whole positive number, as a number or as a string of one.
fn count(value: Option<Raw<'_>>) -> Option<u64> {
    let number = value.and_then(Raw::number)?;
    ((1.0..=MAX_SAFE_INTEGER).contains(&number) && number.fract() == 0.0).then_some(number as u64)
}

/// What a `~` alias stands for.
pub fn alias_target(row: &Row<'_>) -> Option<String> {
    let target = row.get(Field::AliasTarget)?;
    text_of(Some(target)).or_else(|| text_of(target.field("slug"))).or_else(|| text_of(target.field("id")))
}

/// What an alias has of its target.
const ABILITIES: [Field; 8] = [
    Field::Architecture,
    Field::Modality,
    Field::TopProvider,
    Field::ContextLength,
    Field::MaxCompletionTokens,
    Field::MaxOutputTokens,
    Field::SupportedParameters,
    Field::Reasoning,
];

/// The row; that of an alias with the abilities of what it stands for.
pub fn effective<'a>(row: &Row<'a>, find: impl FnOnce(&str) -> Option<Row<'a>>) -> Row<'a> {
    let Some(target) = alias_target(row).and_then(|slug| find(&slug)) else { return *row };
    let mut whole = *row;
    whole.take(&target, &ABILITIES);
    if row.get(Field::Pricing).is_none() {
        whole.take(&target, &[Field::Pricing]);
    }
    whole
}

/// Milliseconds since 1970.
pub fn created_ms(row: &Row<'_>) -> Option<u64> {
    let number = |value: Option<Raw<'_>>| value.and_then(Raw::number).filter(|number| *number > 0.0 && *number < MAX_SAFE_INTEGER / 1000.0);
    let created = number(row.get(Field::Created)).or(number(row.get(Field::CreatedAt)))?;
    Some(if created > MILLISECONDS_FROM { created } else { created * 1000.0 } as u64)
}

/// Tokens of context, where the row says.
pub fn context_window(row: &Row<'_>) -> Option<u64> {
    count(row.get(Field::TopProvider).and_then(|top| top.field("context_length"))).or_else(|| count(row.get(Field::ContextLength)))
}

/// Tokens of an answer, where the row says.
pub fn max_tokens(row: &Row<'_>) -> Option<u64> {
    let top = count(row.get(Field::TopProvider).and_then(|top| top.field("max_completion_tokens")));
    top.or_else(|| count(row.get(Field::MaxCompletionTokens))).or_else(|| count(row.get(Field::MaxOutputTokens)))
}

fn strings(list: Raw<'_>) -> Option<Vec<String>> {
    if !list.is_array() {
        return None;
    }
    let mut texts = Vec::new();
    list.each_item(|item| texts.extend(item.string().map(|text| text.decode().trim_ascii().to_owned()).filter(|text| !text.is_empty())));
    Some(texts)
}

/// `text+image->text`, wherever the row has it.
pub fn modality(row: &Row<'_>) -> Option<String> {
    text_of(row.get(Field::Architecture).and_then(|architecture| architecture.field("modality")))
        .or_else(|| text_of(row.get(Field::Modality)))
}

fn kinds(row: &Row<'_>, list: &str, side: usize) -> Option<Vec<String>> {
    let listed =
        row.get(Field::Architecture).and_then(|architecture| architecture.field(list)).and_then(strings).filter(|kinds| !kinds.is_empty());
    listed.or_else(|| {
        let modality = modality(row)?;
        let arrow = find(&modality, "->")?;
        let part = if side == 0 { between(&modality, 0, arrow) } else { tail(&modality, arrow + 2) };
        let kinds: Vec<String> = part.split('+').map(str::trim_ascii).filter(|kind| !kind.is_empty()).map(str::to_owned).collect();
        (!kinds.is_empty()).then_some(kinds)
    })
}

/// What goes in, where the row says.
pub fn input(row: &Row<'_>) -> Option<Vec<String>> {
    kinds(row, "input_modalities", 0)
}

/// Whether this kind goes in.
pub fn takes(row: &Row<'_>, kind: &str) -> bool {
    input(row).is_some_and(|kinds| kinds.iter().any(|held| held == kind))
}

/// Whether it gives text; a row that does not say counts as one that does.
pub fn gives_text(row: &Row<'_>) -> bool {
    kinds(row, "output_modalities", 1).is_none_or(|kinds| kinds.iter().any(|kind| kind == "text"))
}

/// Whether a parameter is listed; `None`: there is no list.
pub fn lists(row: &Row<'_>, name: &str) -> Option<bool> {
    let list = row.get(Field::SupportedParameters).filter(|list| list.is_array())?;
    let mut is_listed = false;
    list.each_item(|item| {
        is_listed |= item.string().is_some_and(|held| held.is(name) || held.to_text().trim_ascii() == name);
    });
    Some(is_listed)
}

/// How many parameters are listed.
pub fn parameter_count(row: &Row<'_>) -> usize {
    row.get(Field::SupportedParameters).and_then(strings).map_or(0, |list| list.len())
}

/// What is known of its reasoning.
pub fn reasoning(row: &Row<'_>) -> Reasoning {
    let stated = row.get(Field::Reasoning).filter(|value| value.is_object() || !value.is_array()).map(Value::Raw);
    let stated = stated.filter(|value| value.is_object() || value.as_bool().is_some()).and_then(|value| Reasoning::read(&value));
    match stated {
        Some(reasoning) => reasoning,
        None if lists(row, "reasoning") == Some(true) || lists(row, "include_reasoning") == Some(true) => Reasoning::Yes,
        None => Reasoning::No,
    }
}

/// `:free`, or prompt and completion at 0.
pub fn is_free(row: &Row<'_>) -> bool {
    if row.get(Field::Id).and_then(Raw::string).is_some_and(|id| id.bytes().ends_with(b":free")) {
        return true;
    }
    let costs_nothing = |name: &str| {
        let price = row.get(Field::Pricing).and_then(|pricing| pricing.field(name));
        price.and_then(decimal_text).is_some_and(|price| is_zero(&price))
    };
    costs_nothing("prompt") && costs_nothing("completion")
}

openrouter_wire::record! {
    /// A row of the catalog as a model.
    pub struct ListedModel<'a>: writes {
        id: &'a str,
        name: &'a str,
        /// Seconds since 1970.
        created: Option<u64>,
        description: Option<String>,
        canonical_slug: Option<String>,
        alias_target: Option<String>,
        context_window: u64,
        max_tokens: u64,
        /// Those of the two that the row does not say.
        assumed: Option<&'a [&'static str]> as "(\"contextWindow\" | \"maxTokens\")[]",
        input: Vec<String>,
        output: Vec<String>,
        reasoning: bool,
        supports_tools: Option<bool>,
        supported_parameters: Option<Vec<String>>,
        thinking: ThinkingMenu,
        pricing: Verbatim<'a> as "api.Pricing",
        expiration_date: Option<String>,
        supported_voices: Option<Vec<String>>,
        is_free: bool,
        raw: Raw<'a> as "Record<string, unknown>",
    }
}

openrouter_wire::record! {
    /// The menu of levels (provider-rules 6).
    pub struct ThinkingMenu: writes {
        levels: Vec<&'static str>,
        default: Option<&'static str>,
        /// On or off is all there is to say.
        binary: Option<bool>,
        /// Cannot be switched off.
        mandatory: Option<bool>,
    }
}

openrouter_wire::record! {
    /// What the rules for requests go by, as an entry of `models` has it.
    pub struct ModelFacts<'a>: writes {
        reasoning: Verbatim<'a> as "boolean | object",
        supports_tools: Option<bool>,
        input: Option<Vec<String>>,
        supported_parameters: Option<Vec<String>>,
        context_window: Option<u64>,
        max_tokens: Option<u64>,
    }
}

/// The model as JSON. `warn` is told of what cannot be read: the place below the row, and why.
pub fn write_model(out: &mut String, row: &Row<'_>, warn: &mut dyn FnMut(&str, &str)) {
    let id = id_of(row).unwrap_or_default();
    let name = text_of(row.get(Field::Name));
    let (context, most) = (context_window(row), max_tokens(row));
    let assumed: Option<&[&str]> = match (context, most) {
        (None, None) => Some(&["contextWindow", "maxTokens"]),
        (None, _) => Some(&["contextWindow"]),
        (_, None) => Some(&["maxTokens"]),
        _ => None,
    };
    let reasoning = reasoning(row);
    let stated = row.get(Field::Reasoning).and_then(|object| text_of(object.field("default_effort")));
    let mut pricing = String::new();
    write_pricing(&mut pricing, row.get(Field::Pricing), warn);
    let model = ListedModel {
        id: &id,
        name: name.as_deref().unwrap_or(&id),
        created: created_ms(row).map(|ms| ms / 1000),
        description: text_of(row.get(Field::Description)),
        canonical_slug: text_of(row.get(Field::CanonicalSlug)),
        alias_target: alias_target(row),
        context_window: context.unwrap_or(ASSUMED_CONTEXT),
        max_tokens: most.unwrap_or(ASSUMED_MAX_TOKENS),
        assumed,
        input: input(row).unwrap_or_else(|| vec!["text".to_owned()]),
        output: kinds(row, "output_modalities", 1).unwrap_or_else(|| vec!["text".to_owned()]),
        reasoning: reasoning.is_known(),
        supports_tools: lists(row, "tools"),
        supported_parameters: row.get(Field::SupportedParameters).and_then(strings),
        thinking: thinking(&ModelRef::or_auto(&id), &reasoning, stated),
        pricing: Verbatim(&pricing),
        expiration_date: text_of(row.get(Field::ExpirationDate)),
        supported_voices: row.get(Field::SupportedVoices).and_then(strings),
        is_free: is_free(row),
        raw: row.raw,
    };
    model.write(out);
}

/// The [`ModelFacts`] of a row.
pub fn write_facts(out: &mut String, row: &Row<'_>) {
    let known = reasoning(row);
    let stated = match (row.get(Field::Reasoning), &known) {
        (Some(object), Reasoning::Efforts { .. } | Reasoning::Binary { .. }) => object.json(),
        _ => (if known.is_known() { "true" } else { "false" }).into(),
    };
    let facts = ModelFacts {
        reasoning: Verbatim(&stated),
        supports_tools: lists(row, "tools"),
        input: input(row),
        supported_parameters: row.get(Field::SupportedParameters).and_then(strings),
        context_window: context_window(row),
        max_tokens: max_tokens(row),
    };
    facts.write(out);
}

/// The menu of a model; `stated` is the level that its row names.
fn thinking(model: &ModelRef, reasoning: &Reasoning, stated: Option<String>) -> ThinkingMenu {
    use Effort::{High, Low, Medium, Minimal, XHigh};
    let levels: Vec<Effort> = match reasoning {
        _ if model.is_auto() => Vec::new(),
        Reasoning::Efforts { supported, .. } => supported.clone(),
        _ if model.is_deepseek_v4() => vec![Minimal, Low, Medium, High, XHigh],
        Reasoning::Binary { .. } => vec![Low],
        Reasoning::Yes => vec![Minimal, Low, Medium, High],
        Reasoning::No => Vec::new(),
    };
    let is_mandatory = reasoning.is_mandatory();
    // The model's own word, else the middle of the menu.
    let stated = stated.as_deref().and_then(Effort::parse).filter(|level| levels.contains(level));
    let has_menu = matches!(reasoning, Reasoning::Efforts { .. });
    let usual = match reasoning {
        _ if model.is_deepseek_v4() && !has_menu => Some(High),
        Reasoning::Efforts { .. } => [Medium, High, Low].into_iter().find(|level| levels.contains(level)),
        _ => None,
    };
    let default = stated.or(usual).map(Effort::as_str);
    let words = (!is_mandatory).then_some("off").into_iter().chain(levels.iter().map(|level| level.as_str()));
    ThinkingMenu {
        levels: words.collect(),
        default: default.or((has_menu && !is_mandatory).then_some("off")),
        binary: matches!(reasoning, Reasoning::Binary { .. }).then_some(true),
        mandatory: is_mandatory.then_some(true),
    }
}

fn camel(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut is_next_upper = false;
    for c in name.chars() {
        if c == '_' {
            is_next_upper = !out.is_empty();
        } else {
            out.push(if is_next_upper { c.to_ascii_uppercase() } else { c });
            is_next_upper = false;
        }
    }
    out
}

/// Prices by their names in camel case, each as it came. A negative one says that nobody knows it: it is left out, since sums with it go
/// below zero.
pub fn write_pricing(out: &mut String, pricing: Option<Raw<'_>>, warn: &mut dyn FnMut(&str, &str)) {
    out.push('{');
    let mut is_unknown = false;
    if let Some(pricing) = pricing {
        write_prices(out, pricing, ".pricing.", &mut is_unknown, warn);
        if let Some(discount) = pricing.field("discount").and_then(decimal_text) {
            write_name(out, "discount");
            // Text that reads as a number of JSON: a leading zero is all that the other rule lets through.
            let digits = discount.trim_start_matches('0');
            out.push_str(if digits.is_empty() || digits.starts_with('.') { "0" } else { "" });
            out.push_str(digits.trim_end_matches('.'));
        }
        if let Some(overrides) = pricing.field("overrides").filter(|list| list.is_array()) {
            write_name(out, "overrides");
            out.push('[');
            overrides.each_item(|item| {
                if !item.is_object() {
                    warn(".pricing.overrides", "an entry is no object: it was left out");
                } else if !has_readable_conditions(item) {
                    warn(".pricing.overrides", "an entry has a condition that cannot be read: it was left out");
                } else {
                    out.push_str(if out.ends_with('[') { "{" } else { ",{" });
                    write_override(out, item, warn);
                    out.push('}');
                }
            });
            out.push(']');
        }
    }
    if is_unknown || out.ends_with('{') {
        write_field(out, "isUnknown", &true);
    }
    out.push('}');
}

/// An override whose condition is lost would charge its prices at all times.
fn has_readable_conditions(item: Raw<'_>) -> bool {
    let says = |name: &str| item.field(name).and_then(Raw::present);
    ["min_prompt_tokens", "utc_start", "utc_end"].into_iter().all(|name| says(name).is_none_or(|value| value.number().is_some()))
        && says("utc_days").is_none_or(Raw::is_array)
}

fn write_override(out: &mut String, item: Raw<'_>, warn: &mut dyn FnMut(&str, &str)) {
    if let Some(tokens) = item.field("min_prompt_tokens").and_then(Raw::number).filter(|tokens| *tokens >= 0.0) {
        write_field(out, "minPromptTokens", &(tokens as u64));
    }
    for (name, written) in [("utc_start", "utcStart"), ("utc_end", "utcEnd")] {
        let time = item.field(name).map(|time| time.string().map_or_else(|| padded(time), |text| text.decode()));
        write_field(out, written, &time);
    }
    if let Some(days) = item.field("utc_days").filter(|days| days.is_array()) {
        write_field(out, "utcDays", &days);
    }
    let mut is_unknown = false;
    write_prices(out, item, ".pricing.overrides.", &mut is_unknown, warn);
}

/// `930`, a number of an older shape, is `0930`.
fn padded(time: Raw<'_>) -> String {
    let digits = time.text().into_owned();
    ["0".repeat(4usize.saturating_sub(digits.len())), digits].concat()
}

const NO_PRICES: [&[u8]; 6] = [b"discount", b"overrides", b"min_prompt_tokens", b"utc_start", b"utc_end", b"utc_days"];

fn write_prices(out: &mut String, prices: Raw<'_>, place: &str, is_unknown: &mut bool, warn: &mut dyn FnMut(&str, &str)) {
    prices.each_field(|name, value| {
        if value.present().is_none() || NO_PRICES.contains(&name) || name.iter().any(|byte| *byte < b' ' || *byte == b'\\') {
            return;
        }
        let name = String::from_utf8_lossy(name);
        match decimal_text(value) {
            Some(price) if price.starts_with('-') && !is_zero(&price) => *is_unknown = true,
            Some(price) => write_field(out, &camel(&name), price.as_str()),
            None => warn(&[place, &name].concat(), "is no decimal number: the price was left out"),
        }
    });
}
