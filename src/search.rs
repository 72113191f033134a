//! Web search through Perplexity: which way a query goes, what is refused, what the answer says (models-scan 5).

use std::borrow::Cow;

use crate::call::{Call, KeyNeed};
use crate::config::{ClientConfig, DEFAULT_BASE_URL};
use crate::error::{Code, Error};
use crate::places::Places;
use crate::record::Writes;
use crate::route::is_web_address;
use crate::text::{between, find, tail};
use crate::value::{Object, Value};

const DIRECT_BASE_URL: &str = "https://api.perplexity.ai";
const DIRECT_HOST: &str = "api.perplexity.ai";
const DEFAULT_MODEL: &str = "perplexity/sonar-pro";
const DEFAULT_COUNT: f64 = 5.0;
const LARGEST_COUNT: f64 = 10.0;
const MOST_CONTENT_TOKENS: f64 = 1_000_000.0;
const MOST_DOMAINS: usize = 20;
const TIMEOUT_MS: f64 = 30_000.0;
const BEGIN: &str = "<<<EXTERNAL_UNTRUSTED_CONTENT>>>";
const END: &str = "<<<END_EXTERNAL_UNTRUSTED_CONTENT>>>";
/// In place of a border that the web itself wrote.
const BROKEN_BORDER: &str = "[[border removed]]";

openrouter_wire::numbered! {
    /// The two ways a query can go.
    pub enum SearchTransport {
        /// Perplexity's own list of results.
        SearchApi = 0,
        /// A chat with a model that searches.
        ChatCompletions = 1,
    }
}

openrouter_wire::worded! {
    /// Where the key of a search was found.
    pub enum KeySource {
        /// In the call's or the client's options for searches.
        Option = "option",
        /// `PERPLEXITY_API_KEY`.
        PerplexityEnv = "perplexity-env",
        /// `OPENROUTER_API_KEY`.
        OpenrouterEnv = "openrouter-env",
        /// The client's.
        Client = "client",
    }
}

openrouter_wire::record! {
    /// What is sent for a search.
    pub struct SearchPlan<'a>: writes {
        plan: Call,
        transport: SearchTransport,
        /// So many results are wanted.
        count: u64,
        /// Of a chat.
        model: Option<&'a str>,
    }
}

openrouter_wire::record! {
    /// Why a query is refused: the model that asked can read it.
    pub struct SearchRefusal<'a>: writes {
        error: &'a str,
        message: &'a str,
        docs: Option<&'a str>,
    }
}

openrouter_wire::record! {
    /// What a search found; what the web says is marked as untrusted.
    pub struct SearchAnswer<'a>: writes {
        /// Of a chat.
        content: Option<String>,
        citations: &'a [String],
        results: Vec<SearchHit>,
    }
}

openrouter_wire::record! {
    /// One result.
    pub struct SearchHit: writes {
        title: String,
        url: String,
        description: String,
        published: Option<String>,
        site_name: Option<String>,
    }
}

/// Plans a search. `options`: `{query, keySource, keyKind, baseURL, model, count, country, language, freshness, domainFilter, dateAfter,
/// dateBefore, maxTokens, maxTokensPerPage, timeoutMs}`; `keySource` is a [`KeySource`] or missing.
///
/// Gives a [`SearchPlan`], or a [`SearchRefusal`].
pub fn plan_search(config: &str, options: &str) -> Result<String, Error> {
    let mut config = ClientConfig::parse(config)?;
    let options = Value::parse(options).unwrap_or(Value::null());
    let query = options.get_str("query").unwrap_or_default();
    if query.trim_ascii().is_empty() {
        return Err(Error::invalid("query", "must be a text that is not empty"));
    }
    let Some(source) = options.get_str("keySource").and_then(|source| KeySource::named(&source)) else {
        return Ok(refusal(
            "missing_perplexity_api_key",
            "web search needs a key: set apiKey, PERPLEXITY_API_KEY or OPENROUTER_API_KEY.",
            Some("https://openrouter.ai/docs"),
        ));
    };
    let configured = options.get_str("baseURL").filter(|base| !base.trim_ascii().is_empty());
    let base = match (&configured, source, options.get_str("keyKind").as_deref()) {
        (Some(base), _, _) => base.trim_ascii().trim_end_matches('/').to_owned(),
        (None, KeySource::OpenrouterEnv, _) | (None, KeySource::Option, Some("openrouter")) => DEFAULT_BASE_URL.to_owned(),
        (None, KeySource::Client, _) => config.base_url.as_deref().unwrap_or(DEFAULT_BASE_URL).trim_end_matches('/').to_owned(),
        (None, KeySource::PerplexityEnv | KeySource::Option, _) => DIRECT_BASE_URL.to_owned(),
    };
    let own_base = config.base_url.as_deref().unwrap_or(DEFAULT_BASE_URL).trim_end_matches('/').to_owned();
    if source == KeySource::Client && base.trim_end_matches('/') != own_base {
        // The client's key belongs to the client's base; whoever runs this one would get it for nothing.
        return Ok(refusal("missing_perplexity_api_key", "the client's key is not sent to another baseURL: set apiKey for it.", None));
    }
    let configured_model = options.get_str("model").filter(|model| !model.trim_ascii().is_empty());
    let is_direct = host_of(&base).eq_ignore_ascii_case(DIRECT_HOST);
    let transport = if is_direct && configured.is_none() && configured_model.is_none() {
        SearchTransport::SearchApi
    } else {
        SearchTransport::ChatCompletions
    };
    if let Some(refused) = refuse(&options, transport) {
        return Ok(refused);
    }
    // Another host is another party: the client's own headers, which may hold a key, and its name are not for it.
    if own_base != base {
        config.headers.clear();
        if is_direct {
            config.app = None;
            config.origin = None;
        }
    }
    config.base_url = Some(base);
    let count = options.get("count").and_then(|count| count.as_number()).unwrap_or(DEFAULT_COUNT).floor().clamp(1.0, LARGEST_COUNT);
    let model = configured_model.unwrap_or_else(|| DEFAULT_MODEL.to_owned());
    let model = if is_direct { model.strip_prefix("perplexity/").unwrap_or(&model) } else { &model };
    let mut body = Object::default();
    let (path, label) = match transport {
        SearchTransport::SearchApi => {
            body.set("query", Value::text(&query));
            body.set("max_results", Value::whole(count as u64));
            search_filters(&options, &mut body);
            ("/search", "Perplexity Search API error")
        }
        SearchTransport::ChatCompletions => {
            body.set("model", Value::text(model));
            let message = Object::of([("role", Value::text("user")), ("content", Value::text(&query))]);
            body.set("messages", Value::Array(vec![Value::Object(message)]));
            ("/chat/completions", "Perplexity API error")
        }
    };
    if let Some(freshness) = word(&options, "freshness") {
        body.set("search_recency_filter", Value::text(&freshness));
    }
    let mut call = Call::post(&config, path, &Vec::new(), Value::Object(body).to_json(), label)?;
    call.key = KeyNeed::Required;
    call.timeout_ms = options.get("timeoutMs").and_then(|time| time.as_number()).unwrap_or(TIMEOUT_MS);
    let model = (transport == SearchTransport::ChatCompletions).then_some(model);
    Ok(SearchPlan { plan: call, transport, count: count as u64, model }.to_json())
}

/// What the search API takes beside the query; the values have passed [`refuse`].
fn search_filters(options: &Value<'_>, body: &mut Object<'_>) {
    if let Some(country) = word(options, "country") {
        body.set("country", Value::text(&country.to_ascii_uppercase()));
    }
    let domains = domains_of(options);
    if !domains.is_empty() {
        body.set("search_domain_filter", Value::Array(domains.iter().map(|domain| Value::text(domain)).collect()));
    }
    if let Some(language) = word(options, "language") {
        body.set("search_language_filter", Value::Array(vec![Value::text(&language)]));
    }
    for (name, field) in [("dateAfter", "search_after_date_filter"), ("dateBefore", "search_before_date_filter")] {
        if let Some((year, month, day)) = word(options, name).as_deref().and_then(date_of) {
            let date = [month, day, year].map(|number| number.to_string()).join("/");
            body.set(field, Value::text(&date));
        }
    }
    for (name, field) in [("maxTokens", "max_tokens"), ("maxTokensPerPage", "max_tokens_per_page")] {
        if let Some(number) = options.get(name).and_then(|number| number.as_number()) {
            body.set(field, Value::whole(number as u64));
        }
    }
}

/// The checks, in the order of the contract; the first that fails is told.
fn refuse(options: &Value<'_>, transport: SearchTransport) -> Option<String> {
    let no = |error: &str, message: &str| Some(refusal(error, message, None));
    let freshness = word(options, "freshness");
    if freshness.as_deref().is_some_and(|word| !["day", "week", "month", "year"].contains(&word)) {
        return no("invalid_freshness", "freshness must be day, week, month or year.");
    }
    for (name, snake) in [("maxTokens", "max_tokens"), ("maxTokensPerPage", "max_tokens_per_page")] {
        let Some(value) = options.get(name) else { continue };
        let most = if name == "maxTokens" { MOST_CONTENT_TOKENS } else { f64::INFINITY };
        if !value.as_number().is_some_and(|number| number >= 1.0 && number <= most && number.fract() == 0.0) {
            let message = if name == "maxTokens" {
                "maxTokens must be a whole number from 1 to 1000000."
            } else {
                "maxTokensPerPage must be a whole number from 1."
            };
            return no(&["invalid_", snake].concat(), message);
        }
    }
    let (after, before) = (word(options, "dateAfter"), word(options, "dateBefore"));
    let domains = domains_of(options);
    if transport == SearchTransport::ChatCompletions {
        let unsupported: [(&str, bool, &str); 5] = [
            ("unsupported_country", word(options, "country").is_some(), "country"),
            ("unsupported_language", word(options, "language").is_some(), "language"),
            ("unsupported_date_filter", after.is_some() || before.is_some(), "dateAfter and dateBefore"),
            ("unsupported_domain_filter", !domains.is_empty(), "domainFilter"),
            (
                "unsupported_content_budget",
                options.get("maxTokens").or_else(|| options.get("maxTokensPerPage")).is_some(),
                "maxTokens and maxTokensPerPage",
            ),
        ];
        if let Some((error, _, name)) = unsupported.into_iter().find(|(_, is_asked, _)| *is_asked) {
            let message = [name, " can be used with Perplexity's own search API alone: a pplx- key, no baseURL, no model."].concat();
            return no(error, &message);
        }
    }
    if word(options, "language").is_some_and(|word| word.len() != 2 || !word.bytes().all(|byte| byte.is_ascii_alphabetic())) {
        return no("invalid_language", "language must be a code of two letters, such as en.");
    }
    if freshness.is_some() && (after.is_some() || before.is_some()) {
        return no("conflicting_time_filters", "freshness and dateAfter or dateBefore cannot be used together.");
    }
    let mut dates = [None, None];
    for (slot, (name, text)) in dates.iter_mut().zip([("dateAfter", &after), ("dateBefore", &before)]) {
        let Some(text) = text else { continue };
        *slot = date_of(text);
        if slot.is_none() {
            return no("invalid_date", &[name, " must be a date, YYYY-MM-DD."].concat());
        }
    }
    if let [Some(after), Some(before)] = dates
        && after > before
    {
        return no("invalid_date_range", "dateAfter must not be later than dateBefore.");
    }
    let denied = domains.iter().filter(|domain| domain.starts_with('-')).count();
    if domains.len() > MOST_DOMAINS || (denied > 0 && denied < domains.len()) {
        return no("invalid_domain_filter", "domainFilter takes at most 20 domains, all allowed or all denied (-example.com).");
    }
    None
}

/// Reads what came back, as a [`SearchAnswer`].
pub fn read_search(transport: SearchTransport, count: u32, answer: &str) -> Result<String, Error> {
    let malformed = || Error::new(Code::BadResponse, "Perplexity search: the answer is not what was asked for");
    let answer = Value::parse(answer).filter(Value::is_object).ok_or_else(malformed)?;
    if transport == SearchTransport::SearchApi {
        let rows = answer.get("results").filter(Value::is_array).ok_or_else(malformed)?;
        let hits = rows.to_items().into_iter().filter_map(|row| hit(&row)).take(count as usize);
        return Ok(SearchAnswer { content: None, citations: &[], results: hits.collect() }.to_json());
    }
    let message = answer.get("choices").and_then(|choices| choices.to_items().into_iter().next()).and_then(|choice| choice.get("message"));
    let content = message.as_ref().and_then(|message| message.get_str("content")).unwrap_or_default();
    if content.trim_ascii().is_empty() {
        return Err(Error::new(
            Code::BadResponse,
            "Perplexity search returned no final answer. Retry the query or choose another search provider.",
        ));
    }
    let citations = citations_of(&answer, message.as_ref());
    // The sources too: whoever chose them may have written something into their paths.
    let mut told = content;
    for (at, url) in citations.iter().enumerate() {
        told.push_str(if at == 0 { "\n\nSources:\n[" } else { "\n[" });
        told.push_str(&(at as u64 + 1).to_string());
        told.push_str("] ");
        told.push_str(url);
    }
    Ok(SearchAnswer { content: Some(untrusted(&told)), citations: &citations, results: Vec::new() }.to_json())
}

/// Top-level citations, else the annotations of the message; addresses of the web alone, each once.
fn citations_of(answer: &Value<'_>, message: Option<&Value<'_>>) -> Vec<String> {
    let (mut urls, mut seen) = (Vec::new(), Places::default());
    for citation in answer.get("citations").map(|list| list.to_items()).unwrap_or_default() {
        add_url(&mut urls, &mut seen, citation.str().map(Cow::into_owned));
    }
    if urls.is_empty() {
        for annotation in message.and_then(|message| message.get("annotations")).map(|list| list.to_items()).unwrap_or_default() {
            if annotation.get("type").is_some_and(|kind| kind.is("url_citation")) {
                let nested = annotation.get("url_citation").and_then(|citation| citation.get_str("url"));
                add_url(&mut urls, &mut seen, nested.or_else(|| annotation.get_str("url")));
            }
        }
    }
    urls
}

fn add_url(urls: &mut Vec<String>, seen: &mut Places, url: Option<String>) {
    let Some(url) = url.as_deref().and_then(web_address) else { return };
    if seen.set(url.as_bytes(), urls.len()).is_none() {
        urls.push(url);
    }
}

/// An `http` or `https` address, with what no address holds percent-encoded: it stands where text would be read as more than an address.
fn web_address(text: &str) -> Option<String> {
    let text = text.trim_ascii();
    if !is_web_address(text) {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || c.is_whitespace() || "<>\"`\\{}|^".contains(c) {
            let mut bytes = [0; 4];
            for byte in c.encode_utf8(&mut bytes).bytes() {
                out.push('%');
                for digit in [byte >> 4, byte & 15] {
                    out.push(char::from(b"0123456789ABCDEF"[usize::from(digit)]));
                }
            }
        } else {
            out.push(c);
        }
    }
    Some(out)
}

/// One result; without an address of the web it is none.
fn hit(row: &Value<'_>) -> Option<SearchHit> {
    let url = row.get_str("url").and_then(|url| web_address(&url))?;
    let snippet = row.get_str("snippet").or_else(|| row.get_str("description")).unwrap_or_default();
    Some(SearchHit {
        title: without_borders(&row.get_str("title").unwrap_or_default()),
        site_name: Some(host_of(&url).to_owned()).filter(|site| !site.is_empty()),
        url,
        description: if snippet.is_empty() { snippet } else { untrusted(&snippet) },
        published: row.get_str("date").filter(|date| !date.is_empty()),
    })
}

/// Text from the web between borders that it cannot fake.
fn untrusted(text: &str) -> String {
    [BEGIN, "\nSource: web search\n---\n", &without_borders(text), "\n", END].concat()
}

fn without_borders(text: &str) -> String {
    let (bytes, mut out, mut from, mut at) = (text.as_bytes(), String::new(), 0, 0);
    // Every border begins with a bracket, and what stands in a border's place makes no new one.
    while let Some(found) = memchr::memchr(b'<', bytes.get(at..).unwrap_or_default()) {
        at += found;
        let begins = |border: &str| bytes.get(at..at + border.len()).is_some_and(|text| text.eq_ignore_ascii_case(border.as_bytes()));
        match [BEGIN, END].iter().find(|border| begins(border)) {
            Some(border) => {
                out.push_str(between(text, from, at));
                out.push_str(BROKEN_BORDER);
                at += border.len();
                from = at;
            }
            None => at += 1,
        }
    }
    out.push_str(tail(text, from));
    out
}

fn refusal(error: &str, message: &str, docs: Option<&str>) -> String {
    SearchRefusal { error, message, docs }.to_json()
}

/// A trimmed text in lower case; blank is missing.
fn word(options: &Value<'_>, name: &str) -> Option<String> {
    options.get_str(name).map(|text| text.trim_ascii().to_ascii_lowercase()).filter(|text| !text.is_empty())
}

fn domains_of(options: &Value<'_>) -> Vec<String> {
    let items = options.get("domainFilter").map(|list| list.to_items()).unwrap_or_default();
    items.iter().filter_map(|item| item.str().map(|text| text.trim_ascii().to_owned())).filter(|text| !text.is_empty()).collect()
}

/// `YYYY-MM-DD`, if the calendar has that day.
fn date_of(text: &str) -> Option<(u32, u32, u32)> {
    let [year, month, day] = <[&str; 3]>::try_from(text.split('-').collect::<Vec<_>>()).ok()?;
    let number = |text: &str, digits: usize| {
        (text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse::<u32>().ok()).flatten()
    };
    let (year, month, day) = (number(year, 4)?, number(month, 2)?, number(day, 2)?);
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(is_leap),
        _ => return None,
    };
    (1..=days).contains(&day).then_some((year, month, day))
}

/// The host of a URL, without user, port and path.
fn host_of(url: &str) -> &str {
    let rest = find(url, "://").map_or(url, |at| tail(url, at + 3));
    let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
    let host = authority.rsplit('@').next().unwrap_or("");
    host.split(':').next().unwrap_or("")
}
