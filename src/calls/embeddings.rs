//! Embeddings (additions 1). The inputs and the vectors stay with the facade: a placeholder stands for the inputs of a batch.

use crate::bill::{ServiceUsage, UsageNames, usage_of};
use crate::call::KeyNeed;
use crate::calls::{ServicePlan, identity, model_id, positive, set_routing};
use crate::config::{ClientConfig, DEFAULT_BASE_URL, read_headers};
use crate::error::{Code, Error};
use crate::json::{Raw, Reader};
use crate::media::{KeyOwner, MIB, MediaOptions, SettingsOf, document, read_error, set_text};
use crate::record::Writes;
use crate::route::{Route, checked_base, origin_of};
use crate::upstream_error::Now;
use crate::value::{Object, Value};

const LABEL: &str = "OpenRouter embeddings failed";
/// Of one batch.
const TIMEOUT_MS: f64 = 600_000.0;
/// A batch of vectors written as decimals.
const MAX_BYTES: u64 = 64 * MIB;
const USAGE: UsageNames =
    UsageNames { seconds: "", input_tokens: "prompt_tokens", output_tokens: "", total_tokens: "total_tokens", search_units: "" };

/// A [`ServicePlan`]. The settings are those of `media.embedding`; `input` of the request is the placeholder.
pub fn plan(config: &mut ClientConfig, request: &str, has_own_key: bool) -> Result<String, Error> {
    let client_base = config.base_url.clone();
    let settings = MediaOptions::read(config, SettingsOf::Embedding, request)?;
    let own_base = settings.setting("baseURL");
    let own_headers = settings.setting_value("headers").map(Value::to_json);
    let mut query = String::new();
    let mut is_own = true;
    if let Some(base) = own_base {
        // A query goes behind `/embeddings`; a fragment goes nowhere.
        let base = base.trim_ascii().split('#').next().unwrap_or_default().to_owned();
        let (path, rest) = base.split_once('?').map_or((base.as_str(), None), |(path, rest)| (path, Some(rest)));
        query = rest.filter(|rest| !rest.is_empty()).map(|rest| ["?", rest].concat()).unwrap_or_default();
        let path = checked_base(path).map_err(|error| at_setting(&error, "media.embedding.baseURL"))?;
        is_own = query.is_empty() && destination(Some(&path)) == destination(client_base.as_deref());
        if !is_own {
            // Headers of the client may be its key: they are for its own destination alone.
            config.headers.clear();
        }
        config.base_url = Some(path);
    }
    if let Some(headers) = own_headers {
        let headers = Reader::document(headers.as_bytes()).map_or(Ok(Vec::new()), read_headers)?;
        config.headers.extend(headers);
    }
    let config = &*config;
    let options = MediaOptions::read(config, SettingsOf::Embedding, request)?;
    let model = model_id(&options)?;
    let mut body = Object::default();
    set_text(&mut body, "model", &model);
    set_text(
        &mut body,
        "input",
        &options.own("input").and_then(|placeholder| placeholder.str().map(|placeholder| placeholder.into_owned())).unwrap_or_default(),
    );
    if let Some(dimensions) = positive(&options, "dimensions")? {
        body.set("dimensions", dimensions);
    }
    if let Some(input_type) = input_type(&options)? {
        set_text(&mut body, "input_type", input_type.trim_ascii());
    }
    let format = options.text("encodingFormat")?.unwrap_or_else(|| "base64".to_owned());
    if format != "base64" && format != "float" {
        return Err(Error::invalid("encodingFormat", "must be \"base64\" or \"float\""));
    }
    set_text(&mut body, "encoding_format", &format);
    set_routing(&mut body, &options)?;
    let mut call = options.post(config, &["/embeddings", &query].concat(), "application/json", body, LABEL)?;
    call.timeout_ms = options.timeout_ms(TIMEOUT_MS)?;
    call.max_bytes = MAX_BYTES;
    call.attempts = 3;
    let key = match (has_own_key, is_own) {
        (true, _) => KeyOwner::Own,
        (false, true) => KeyOwner::Client,
        (false, false) => KeyOwner::None,
    };
    if key == KeyOwner::None {
        call.key = KeyNeed::Never;
    } else if key == KeyOwner::Own && Route::of(config.base_url.as_deref()).is_openrouter() {
        call.key = KeyNeed::Required;
    }
    Ok(ServicePlan { call, model, key: Some(key) }.to_json())
}

/// By what the inputs are for: the purpose's own type, else the general one.
fn input_type(options: &MediaOptions<'_>) -> Result<Option<String>, Error> {
    let by_purpose = match options.text("purpose")?.as_deref() {
        None => None,
        Some("query") => options.text("queryInputType")?,
        Some("document") => options.text("documentInputType")?,
        Some(_) => return Err(Error::invalid("purpose", "must be \"query\" or \"document\"")),
    };
    Ok(by_purpose.or(options.text("inputType")?))
}

/// Origin in lower case with its own port left out, and the path without slashes at its end.
fn destination(base: Option<&str>) -> (String, String) {
    let base = checked_base(base.unwrap_or(DEFAULT_BASE_URL)).unwrap_or_default();
    let path = base.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map_or("", |(_, path)| path);
    (origin_of(&base), path.to_owned())
}

fn at_setting(error: &Error, place: &str) -> Error {
    Error::invalid(place, error.message.strip_prefix("baseURL: ").unwrap_or(&error.message))
}

openrouter_wire::record! {
    /// An answer of embeddings beside its vectors.
    pub struct EmbeddingsAnswer<'a>: writes {
        model: Option<String>,
        id: Option<String>,
        provider: Option<String>,
        usage: Option<ServiceUsage<'a>>,
    }
}

/// The [`EmbeddingsAnswer`] of an answer without its `data`; what it says where it has none is an error.
pub fn read_answer(text: &str, secret: &str, now: Now) -> Result<String, Error> {
    let answer = document(LABEL, text)?;
    if let Some(error) = answer.field("error").and_then(Raw::present) {
        return Err(read_error(LABEL, error, secret, now));
    }
    if !answer.is_object() {
        return Err(Error::new(Code::BadResponse, [LABEL, ": the answer is no object"].concat()));
    }
    let [model, id, provider] = identity(answer);
    Ok(EmbeddingsAnswer { model, id, provider, usage: usage_of(answer.field("usage"), &USAGE) }.to_json())
}
