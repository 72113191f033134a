//! The catalog: the rows of `GET /models` and those that ship with the package, found by every name that a model has (models-scan 1).

use crate::body_values::without_blanks;
use crate::call::{Call, KeyNeed};
use crate::catalog_filter::Filter;
use crate::catalog_model::{effective, id_of, write_facts, write_model};
use crate::catalog_rows::{Fault, Field, Row, each_row};
use crate::change::{Changes, place};
use crate::config::ClientConfig;
use crate::error::{Code, Error};
use crate::json::Raw;
use crate::places::Places;
use crate::record::{Verbatim, Writes};
use crate::request::resolve;
use crate::text::{between, find};
use crate::value::Value;

const RULE: &str = "catalog";
const LABEL: &str = "OpenRouter /models failed";
/// Of one fetch, its pages together. OpenClaw gives a list 5 s and a capability cache 10; its scanner's 12 suit both.
const TIMEOUT_MS: f64 = 12_000.0;
/// A router's price depends on where it goes, so that OpenClaw's zeros for `openrouter/auto` would be a lie.
const BUNDLED: &[u8] = br#"[
{"id":"moonshotai/kimi-k2.5","name":"MoonshotAI: Kimi K2.5","context_length":262144,"max_completion_tokens":262144,"architecture":{"input_modalities":["text","image"],"output_modalities":["text"]},"pricing":{"prompt":"0.00000044","completion":"0.000002","input_cache_read":"0.00000022"},"reasoning":true,"bundled":true},
{"id":"moonshotai/kimi-k2.6","name":"MoonshotAI: Kimi K2.6","context_length":262144,"max_completion_tokens":262144,"architecture":{"input_modalities":["text","image"],"output_modalities":["text"]},"pricing":{"prompt":"0.0000008","completion":"0.0000035","input_cache_read":"0.0000002"},"reasoning":true,"bundled":true},
{"id":"openrouter/auto","name":"OpenRouter: Auto","context_length":200000,"max_completion_tokens":8192,"architecture":{"input_modalities":["text","image"],"output_modalities":["text"]},"pricing":{"prompt":"-1","completion":"-1"},"reasoning":false,"bundled":true}
]"#;
/// The names of a row, the first before the other.
const NAMES: [Field; 2] = [Field::Id, Field::CanonicalSlug];
/// Variants that choose a provider or a plugin; any other (`:free`, `:batch`) is a row of its own.
const DYNAMIC_VARIANTS: [&str; 4] = ["nitro", "floor", "online", "exacto"];

/// What is sent for a page: `links.next` of the one before goes on as its query alone, so that no answer sends the key elsewhere.
/// `settings` is `{all?, query?, next?, timeoutMs?}`; the query is one that the platform has escaped.
pub fn plan(config: &ClientConfig, settings: &str) -> Result<Call, Error> {
    let settings = Value::parse(settings).unwrap_or_else(Value::null);
    let query = match settings.get_str("next") {
        Some(next) => match next.split_once('?') {
            Some((_, query)) => ["?", query].concat(),
            None => return Err(bad_response("links.next of the answer has no query")),
        },
        None => {
            let kinds = settings.get("all").and_then(|flag| flag.as_bool()) == Some(true);
            let parts = [settings.get_str("query"), kinds.then(|| "output_modalities=all".to_owned())];
            let query = parts.into_iter().flatten().collect::<Vec<_>>().join("&");
            if query.is_empty() { query } else { ["?", &query].concat() }
        }
    };
    let mut call = Call::get(config, &["/models", &query].concat(), LABEL)?;
    call.key = KeyNeed::Optional;
    call.timeout_ms = settings.get("timeoutMs").and_then(|ms| ms.as_number()).unwrap_or(TIMEOUT_MS);
    call.max_bytes = config.max_json_bytes()?.unwrap_or(call.max_bytes);
    Ok(call)
}

/// Checks a page and gives the address of the next, JSON text.
pub fn next_page(page: &[u8]) -> Result<Option<String>, Error> {
    let next = walk(page, &mut |_| {})?;
    Ok(next.and_then(Raw::string).map(|next| next.decode()).filter(|next| !next.trim_ascii().is_empty()))
}

fn walk<'a>(bytes: &'a [u8], visit: &mut dyn FnMut(Option<Row<'a>>)) -> Result<Option<Raw<'a>>, Error> {
    let bytes = without_blanks(bytes);
    each_row(bytes, visit).map_err(|fault| match fault {
        Fault::NotRows => bad_response("the server answered with JSON that holds no list of models"),
        Fault::Malformed(_) if bytes.trim_ascii().is_empty() => bad_response("the server answered with an empty body"),
        Fault::Malformed(_) if bytes.trim_ascii().starts_with(b"<") => bad_response("the server answered with an HTML page"),
        Fault::Malformed(malformed) => {
            bad_response(&["the server answered with malformed JSON: byte ", &(malformed.at as u64).to_string(), " does not fit"].concat())
        }
    })
}

fn bad_response(problem: &str) -> Error {
    Error::new(Code::BadResponse, [LABEL, ": ", problem].concat())
}

/// The rows of a catalog, sorted out.
#[derive(Debug, Default)]
pub struct Catalog<'a> {
    /// Every row that has an id, and its number.
    rows: Vec<(Row<'a>, usize)>,
    /// Where the row of an id is, or else the first of a dated name; empty before [`Catalog::index`].
    by_name: Places,
    /// Those that were lost, and prices that cannot be read.
    pub warnings: Changes,
}

impl<'a> Catalog<'a> {
    /// Reads pages, one behind the other.
    pub fn read(bytes: &'a [u8]) -> Result<Self, Error> {
        let mut catalog = Self::default();
        let mut number = 0;
        walk(bytes, &mut |row| {
            match row {
                Some(row) if id_of(&row).is_some() => catalog.rows.push((row, number)),
                Some(_) => catalog.warnings.add(RULE, place("data", number, ".id"), "must be a name: the row was left out"),
                None => catalog.warnings.add(RULE, place("data", number, ""), "must be an object: the row was left out"),
            }
            number += 1;
        })?;
        Ok(catalog)
    }

    /// Puts the rows in order of their ids, once each: the first of two, and what is bundled where it is missing.
    fn settle(&mut self, with_bundled: bool) {
        // Without a usable row the server has no catalog, and what is bundled is not its.
        if with_bundled && !self.rows.is_empty() {
            // The constant is a catalog: a test reads it.
            let _ = each_row(BUNDLED, &mut |row| self.rows.extend(row.map(|row| (row, usize::MAX))));
        }
        let rows = core::mem::take(&mut self.rows);
        // By their places in the list: a row is too long to be moved up for each that comes later.
        let mut sorted: Vec<u32> = Vec::with_capacity(rows.len());
        for (place_in_list, (row, number)) in rows.iter().enumerate() {
            let id = id_of(row);
            match sorted.binary_search_by(|held| id_of(&rows[*held as usize].0).cmp(&id)) {
                Ok(_) if *number == usize::MAX => {}
                Ok(_) => self.warnings.add(RULE, place("data", *number, ".id"), "is there twice: the row was left out"),
                Err(at) => sorted.insert(at, place_in_list as u32),
            }
        }
        self.rows = sorted.into_iter().map(|at| rows[at as usize]).collect();
        self.index();
    }

    /// Notes where every name is.
    pub(crate) fn index(&mut self) {
        for field in NAMES {
            for (at, (row, _)) in self.rows.iter().enumerate() {
                if let Some(name) = row.get(field).and_then(Raw::string).map(|name| name.decode())
                    && self.by_name.get(name.as_bytes()).is_none()
                {
                    self.by_name.set(name.as_bytes(), at);
                }
            }
        }
    }

    /// The row of an id or of a dated name.
    fn row(&self, name: &str) -> Option<(Row<'a>, usize)> {
        let found = self.rows.get(self.by_name.get(name.as_bytes())?)?;
        let is_of = |field| found.0.get(field).and_then(Raw::string).is_some_and(|text| text.is(name));
        NAMES.into_iter().any(is_of).then_some(*found)
    }

    /// The row with what its `~` alias stands for in it.
    pub fn whole(&self, row: &Row<'a>) -> Row<'a> {
        effective(row, |slug| self.row(slug).map(|(row, _)| row))
    }

    /// The row behind an id on the wire, as OpenRouter would find it; a bare name finds the one model of that name.
    fn find(&self, api_id: &str) -> Option<(Row<'a>, usize)> {
        let mut name = find(api_id, "@preset/").map_or(api_id, |at| between(api_id, 0, at));
        loop {
            if let Some(found) = self.row(name) {
                return Some(found);
            }
            match name.rsplit_once(':') {
                Some((base, variant)) if DYNAMIC_VARIANTS.contains(&variant) => name = base,
                _ => break,
            }
        }
        let bare = name.strip_prefix("openrouter/")?;
        let mut named =
            self.rows.iter().filter(|(row, _)| id_of(row).is_some_and(|id| id.split_once('/').is_some_and(|(_, tail)| tail == bare)));
        let first = named.next()?;
        named.next().is_none().then_some(*first)
    }

    /// Every row, unless it has no text to give.
    pub fn rows(&self, all: bool) -> impl Iterator<Item = (Row<'a>, usize)> {
        self.rows
            .iter()
            .map(|(row, number)| (self.whole(row), *number))
            .filter(move |(row, _)| all || crate::catalog_model::gives_text(row))
    }
}

openrouter_wire::record! {
    /// Models of the catalog.
    pub struct CatalogList<'a>: writes {
        models: Verbatim<'a> as "ListedModel[]",
        warnings: Changes,
    }
}

openrouter_wire::record! {
    /// The model that a name means.
    pub struct CatalogModel<'a>: writes {
        /// The id on the wire, variant and all.
        api_id: &'a str,
        model: Verbatim<'a> as "ListedModel",
        facts: Verbatim<'a> as "ModelFacts",
    }
}

/// The [`CatalogList`] of what passes. `query` is `{all?, isFiltered?}` and the fields of a [`Filter`].
pub fn list(bytes: &[u8], query: &str) -> Result<String, Error> {
    let query = Value::parse(query).unwrap_or_else(Value::null);
    let all = query.get("all").and_then(|flag| flag.as_bool()) == Some(true);
    let filter = Filter::read(&query, false)?;
    let mut catalog = Catalog::read(bytes)?;
    // The rows that ship with the package were not among those that OpenRouter has sorted out.
    catalog.settle(query.get("isFiltered").and_then(|flag| flag.as_bool()) != Some(true));
    Ok(written(&mut catalog, all, &filter))
}

/// The same of a list of its own, with every row in it and none of those that ship with the package.
pub fn plain_list(bytes: &[u8]) -> Result<String, Error> {
    let mut catalog = Catalog::read(bytes)?;
    catalog.settle(false);
    Ok(written(&mut catalog, true, &Filter::default()))
}

fn written(catalog: &mut Catalog<'_>, all: bool, filter: &Filter) -> String {
    let mut warnings = core::mem::take(&mut catalog.warnings);
    let mut models = String::from("[");
    for (row, number) in catalog.rows(all) {
        if filter.passes(&row) {
            models.push_str(if models.len() > 1 { "," } else { "" });
            write_model(&mut models, &row, &mut |below, reason| warnings.add(RULE, place("data", number, below), reason.to_owned()));
        }
    }
    models.push(']');
    CatalogList { models: Verbatim(&models), warnings }.to_json()
}

/// The [`CatalogModel`] that a name means: a reference, a slug, a bare name, an alias of the client's, a variant.
pub fn get(bytes: &[u8], name: &str, models: Option<&str>) -> Result<Option<String>, Error> {
    let models = models.and_then(Value::parse);
    let wanted = resolve(name, models.as_ref(), "id")?;
    let mut catalog = Catalog::read(bytes)?;
    catalog.settle(true);
    let Some((row, _)) = catalog.find(&wanted.api_id) else { return Ok(None) };
    let row = catalog.whole(&row);
    let (mut model, mut facts) = (String::new(), String::new());
    write_model(&mut model, &row, &mut |_, _| {});
    write_facts(&mut facts, &row);
    Ok(Some(CatalogModel { api_id: &wanted.api_id, model: Verbatim(&model), facts: Verbatim(&facts) }.to_json()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_bundled_can_be_read() {
        let mut count = 0;
        each_row(BUNDLED, &mut |row| count += usize::from(row.is_some_and(|row| id_of(&row).is_some()))).unwrap();
        assert_eq!(count, 3);
    }
}
