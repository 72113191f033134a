//! What OpenRouter lists beside the catalog: who serves a model and at what price, the providers, the models that paint or embed.

use crate::call::{Call, KeyNeed};
use crate::catalog_model::write_pricing;
use crate::config::ClientConfig;
use crate::error::{Code, Error};
use crate::json::Raw;
use crate::json_string::{RawString, write_string};
use crate::media::{document, read_error};
use crate::request::resolve;
use crate::upstream_error::Now;
use crate::value::Value;

const TIMEOUT_MS: f64 = 12_000.0;

/// The bytes that a value of each kind begins with.
const NUMBER: &str = "-0123456789";
const FLAG: &str = "tf";
const ARRAY: &str = "[";
const OBJECT: &str = "{";

/// The call of a list: `endpoints` (of the model in `settings`), `providers`, `image models`, `embedding models`.
/// `settings` is `{id?, timeoutMs?, next?}`.
pub fn plan(config: &ClientConfig, kind: &str, settings: &str) -> Result<String, Error> {
    let settings = Value::parse(settings).unwrap_or_else(Value::null);
    let mut call = match kind {
        "endpoints" => {
            let models = config.models.as_deref().and_then(Value::parse);
            let model = resolve(&settings.get_str("id").unwrap_or_default(), models.as_ref(), "id")?;
            Call::get(config, &["/models/", &slug(&model.api_id)?, "/endpoints"].concat(), label(kind))?
        }
        "providers" => Call::get(config, "/providers", label(kind))?,
        "image models" => Call::get(config, "/images/models", label(kind))?,
        _ => Call::get(config, "/embeddings/models", label(kind))?,
    };
    call.key = KeyNeed::Optional;
    call.timeout_ms = settings.get("timeoutMs").and_then(|ms| ms.as_number()).unwrap_or(TIMEOUT_MS);
    Ok(call.to_json())
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

fn label(kind: &str) -> &'static str {
    match kind {
        "endpoints" => "OpenRouter endpoints failed",
        "providers" => "OpenRouter providers failed",
        "image models" => "OpenRouter image models failed",
        _ => "OpenRouter embedding models failed",
    }
}

/// `{rows, warnings, model?}` of an answer; a row that is no object, or has no name, is left out and told.
pub fn read(kind: &str, text: &str, secret: &str, now: Now) -> Result<String, Error> {
    let label = label(kind);
    let answer = document(label, text)?;
    let data = answer.field("data");
    let list = if kind == "endpoints" { data.and_then(|data| data.field("endpoints")) } else { data };
    let Some(list) = list.filter(|list| list.is_array()) else {
        let malformed = || Error::new(Code::BadResponse, [label, ": the answer holds no list"].concat());
        return Err(answer.field("error").and_then(Raw::present).map_or_else(malformed, |error| read_error(label, error, secret, now)));
    };
    let mut out = String::from("{\"rows\":[");
    let mut warnings = Vec::new();
    let mut number = 0;
    list.each_item(|row| {
        let place = crate::change::place("data", number, "");
        number += 1;
        let name = if kind == "providers" {
            "slug"
        } else if kind == "endpoints" {
            "provider_name"
        } else {
            "id"
        };
        if text_of(row, name).is_none() {
            warnings.push([place.as_str(), ".", name, ": must be a name: the row was left out"].concat());
            return;
        }
        out.push_str(if out.ends_with('[') { "{" } else { ",{" });
        match kind {
            "endpoints" => {
                write_endpoint(&mut out, row, &mut |below, reason| warnings.push([place.as_str(), below, ": ", reason].concat()))
            }
            "providers" => write_provider(&mut out, row),
            _ => write_image_model(&mut out, row),
        }
        out.push_str("\"raw\":");
        out.push_str(&row.json());
        out.push('}');
    });
    out.push_str("],\"warnings\":");
    Value::Array(warnings.into_iter().map(Value::Text).collect()).write(&mut out);
    if let Some(model) = data.and_then(|data| text_of(data, "id")) {
        out.push_str(",\"model\":");
        write_string(&mut out, &model);
    }
    out.push('}');
    Ok(out)
}

fn text_of(row: Raw<'_>, name: &str) -> Option<String> {
    row.field(name).and_then(Raw::string).map(RawString::decode).filter(|text| !text.trim_ascii().is_empty())
}

fn name_of(out: &mut String, name: &str) {
    out.push('"');
    out.push_str(name);
    out.push_str("\":");
}

/// Texts under another name, where they are texts.
fn texts(out: &mut String, row: Raw<'_>, names: &[(&str, &str)]) {
    for (from, to) in names {
        if let Some(text) = text_of(row, from) {
            name_of(out, to);
            write_string(out, &text);
            out.push(',');
        }
    }
}

/// Numbers, flags, arrays and objects as they came, under another name.
fn values(out: &mut String, row: Raw<'_>, begins: &str, names: &[(&str, &str)]) {
    for (from, to) in names {
        if let Some(value) = row
            .field(from)
            .and_then(Raw::present)
            .filter(|value| value.bytes().first().is_some_and(|byte| begins.as_bytes().contains(byte)))
        {
            name_of(out, to);
            out.push_str(&value.json());
            out.push(',');
        }
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
    out.push_str("\"pricing\":");
    write_pricing(out, row.field("pricing").and_then(Raw::present), warn);
    out.push_str(",\"uptime\":{");
    let start = out.len();
    values(out, row, NUMBER, &[("uptime_last_5m", "last5m"), ("uptime_last_30m", "last30m"), ("uptime_last_1d", "last1d")]);
    if out.len() > start {
        out.pop();
    }
    out.push_str("},");
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
