//! What OpenRouter lists beside the catalog: who serves a model and at what price, the providers, the models that paint or embed.

use crate::call::{Call, KeyNeed};
use crate::catalog_model::write_pricing;
use crate::config::ClientConfig;
use crate::error::{Code, Error};
use crate::json::Raw;
use crate::json_string::RawString;
use crate::media::{document, read_error};
use crate::record::{Verbatim, Writes, write_field, write_name};
use crate::request::resolve;
use crate::upstream_error::Now;
use crate::value::Value;

const TIMEOUT_MS: f64 = 12_000.0;

/// The bytes that a value of each kind begins with.
const NUMBER: &str = "-0123456789";
const FLAG: &str = "tf";
const ARRAY: &str = "[";
const OBJECT: &str = "{";

openrouter_wire::numbered! {
    /// Which list it is.
    pub enum List {
        /// Who serves the model.
        Endpoints = 0,
        /// The providers.
        Providers = 1,
        /// The models that give images.
        ImageModels = 2,
        /// The models that give vectors: the rows are the catalog's.
        EmbeddingModels = 3,
    }
}

openrouter_wire::record! {
    /// The rows of a list.
    pub struct ListAnswer<'a>: writes {
        rows: Verbatim<'a> as "(api.ModelEndpoint | api.Provider | api.ImageModel)[]",
        /// Of rows that were left out: the place, a colon, why.
        warnings: Vec<String>,
        /// Whose endpoints they are.
        model: Option<String>,
    }
}

/// The call of a list, of the model in `settings` where it is one's. `settings` is `{id?, timeoutMs?}`.
pub fn plan(config: &ClientConfig, list: List, settings: &str) -> Result<Call, Error> {
    let settings = Value::parse(settings).unwrap_or_else(Value::null);
    let models = config.models.as_deref().and_then(Value::parse);
    let path = match list {
        List::Endpoints => {
            let model = resolve(&settings.get_str("id").unwrap_or_default(), models.as_ref(), "id")?;
            &["/models/", &slug(&model.api_id)?, "/endpoints"].concat()
        }
        List::Providers => "/providers",
        List::ImageModels => "/images/models",
        List::EmbeddingModels => "/embeddings/models",
    };
    let mut call = Call::get(config, path, label(list))?;
    call.key = KeyNeed::Optional;
    call.timeout_ms = settings.get("timeoutMs").and_then(|ms| ms.as_number()).unwrap_or(TIMEOUT_MS);
    Ok(call)
}

/// Author and name, as parts of a path: what would lead elsewhere is no model.
fn slug(id: &str) -> Result<String, Error> {
    let is_plain = |part: &str| {
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:~".contains(&byte);
        !part.is_empty() && part.bytes().all(is_letter) && part.bytes().any(|byte| byte != b'.')
    };
    match id.split_once('/') {
        Some((author, name)) if is_plain(author) && is_plain(name) => Ok(id.to_owned()),
        _ => Err(Error::invalid("id", "must be the slug of one model, author/name")),
    }
}

fn label(list: List) -> &'static str {
    match list {
        List::Endpoints => "OpenRouter endpoints failed",
        List::Providers => "OpenRouter providers failed",
        List::ImageModels => "OpenRouter image models failed",
        List::EmbeddingModels => "OpenRouter embedding models failed",
    }
}

/// The [`ListAnswer`] of an answer; a row that is no object, or has no name, is left out and told.
pub fn read(list: List, text: &str, secret: &str, now: Now) -> Result<String, Error> {
    let label = label(list);
    let answer = document(label, text)?;
    let data = answer.field("data");
    let found = if list == List::Endpoints { data.and_then(|data| data.field("endpoints")) } else { data };
    let Some(found) = found.filter(|found| found.is_array()) else {
        let malformed = || Error::new(Code::BadResponse, [label, ": the answer holds no list"].concat());
        return Err(answer.field("error").and_then(Raw::present).map_or_else(malformed, |error| read_error(label, error, secret, now)));
    };
    let mut rows = String::from("[");
    let mut warnings = Vec::new();
    let mut number = 0;
    found.each_item(|row| {
        let place = crate::change::place("data", number, "");
        number += 1;
        let name = match list {
            List::Endpoints => "provider_name",
            List::Providers => "slug",
            List::ImageModels | List::EmbeddingModels => "id",
        };
        if text_of(row, name).is_none() {
            warnings.push([place.as_str(), ".", name, ": must be a name: the row was left out"].concat());
            return;
        }
        rows.push_str(if rows.ends_with('[') { "{" } else { ",{" });
        match list {
            List::Endpoints => {
                write_endpoint(&mut rows, row, &mut |below, reason| warnings.push([place.as_str(), below, ": ", reason].concat()))
            }
            List::Providers => write_provider(&mut rows, row),
            List::ImageModels | List::EmbeddingModels => write_image_model(&mut rows, row),
        }
        write_field(&mut rows, "raw", &row);
        rows.push('}');
    });
    rows.push(']');
    Ok(ListAnswer { rows: Verbatim(&rows), warnings, model: data.and_then(|data| text_of(data, "id")) }.to_json())
}

fn text_of(row: Raw<'_>, name: &str) -> Option<String> {
    row.field(name).and_then(Raw::string).map(RawString::decode).filter(|text| !text.trim_ascii().is_empty())
}

/// Texts under another name, where they are texts.
fn texts(out: &mut String, row: Raw<'_>, names: &[(&str, &str)]) {
    for (from, to) in names {
        write_field(out, to, &text_of(row, from));
    }
}

/// Numbers, flags, arrays and objects as they came, under another name.
fn values(out: &mut String, row: Raw<'_>, begins: &str, names: &[(&str, &str)]) {
    for (from, to) in names {
        let fits = |value: &Raw<'_>| value.bytes().first().is_some_and(|byte| begins.as_bytes().contains(byte));
        write_field(out, to, &row.field(from).and_then(Raw::present).filter(fits));
    }
}

fn write_endpoint(out: &mut String, row: Raw<'_>, warn: &mut dyn FnMut(&str, &str)) {
    texts(
        out,
        row,
        &[
            ("provider_name", "provider"),
            ("tag", "tag"),
            ("name", "name"),
            ("model_id", "modelId"),
            ("quantization", "quantization"),
            ("service_tier", "serviceTier"),
        ],
    );
    values(
        out,
        row,
        NUMBER,
        &[
            ("context_length", "contextWindow"),
            ("max_completion_tokens", "maxTokens"),
            ("max_prompt_tokens", "maxPromptTokens"),
            ("status", "status"),
        ],
    );
    write_name(out, "pricing");
    write_pricing(out, row.field("pricing").and_then(Raw::present), warn);
    write_name(out, "uptime");
    out.push('{');
    values(out, row, NUMBER, &[("uptime_last_5m", "last5m"), ("uptime_last_30m", "last30m"), ("uptime_last_1d", "last1d")]);
    out.push('}');
    values(out, row, OBJECT, &[("latency_last_30m", "latencyMs"), ("throughput_last_30m", "tokensPerSecond")]);
    values(out, row, ARRAY, &[("supported_parameters", "supportedParameters")]);
    values(out, row, FLAG, &[("supports_implicit_caching", "supportsImplicitCaching")]);
}

fn write_provider(out: &mut String, row: Raw<'_>) {
    texts(
        out,
        row,
        &[
            ("slug", "slug"),
            ("name", "name"),
            ("privacy_policy_url", "privacyPolicyUrl"),
            ("terms_of_service_url", "termsOfServiceUrl"),
            ("status_page_url", "statusPageUrl"),
            ("headquarters", "headquarters"),
        ],
    );
    values(out, row, ARRAY, &[("datacenters", "datacenters")]);
}

fn write_image_model(out: &mut String, row: Raw<'_>) {
    texts(out, row, &[("id", "id"), ("name", "name"), ("description", "description")]);
    values(out, row, NUMBER, &[("created", "created")]);
    if let Some(architecture) = row.field("architecture") {
        values(out, architecture, ARRAY, &[("input_modalities", "input"), ("output_modalities", "output")]);
    }
    values(out, row, OBJECT, &[("supported_parameters", "parameters")]);
    values(out, row, FLAG, &[("supports_streaming", "supportsStreaming")]);
}
