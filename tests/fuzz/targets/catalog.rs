//! Lists of models: what is taken is JSON, every id in it was in what came, and every row that came is listed or told of.

use std::collections::BTreeSet;

use openrouter_wasm::endpoints::List;
use openrouter_wasm::error::Error;
use openrouter_wasm::{catalog, endpoints, scan, video_models};
use serde_json::Value;

use crate::support::NOW;
use crate::{DEEP, choice_and_text, depth, is_json, parsed};

const FILTERS: [&str; 5] = [
    "{}",
    r#"{"all":true}"#,
    r#"{"all":true,"isFiltered":true}"#,
    r#"{"free":true}"#,
    r#"{"all":true,"isFiltered":true,"capabilities":["tools"],"minContext":1000,"provider":"a"}"#,
];

fn given(result: Result<String, Error>) -> Option<Value> {
    match result {
        Ok(text) => Some(parsed(&text)),
        Err(error) => {
            assert!(!error.message.trim().is_empty(), "an error without words");
            None
        }
    }
}

pub(crate) fn check(bytes: &[u8]) {
    let Some((choice, text)) = choice_and_text(bytes) else { return };
    let bytes = text.as_bytes();
    if let Ok(Some(next)) = catalog::next_page(bytes) {
        assert!(!next.trim().is_empty());
    }
    let listed = given(catalog::list(bytes, FILTERS[choice % FILTERS.len()]));
    let plain = given(catalog::plain_list(bytes));
    given(scan::candidates(bytes, "{}"));
    given(video_models::video_models(bytes));
    for list in [List::Endpoints, List::Providers, List::ImageModels] {
        given(endpoints::read(list, text, "sk-or-v1-secret", NOW));
    }
    assert_eq!(listed.is_some(), plain.is_some(), "two lists, two answers");
    let Some(plain) = plain else { return };
    if !is_json(text) || depth(bytes) >= DEEP {
        return;
    }
    let Ok(sent) = serde_json::from_str::<Value>(text.trim_start_matches('\u{feff}')) else { return };
    let ids =
        |list: &Value| list.as_array().into_iter().flatten().filter_map(|row| row["apiId"].as_str()).map(str::to_owned).collect::<Vec<_>>();
    let models = ids(&plain["models"]);
    let unique: BTreeSet<_> = models.iter().collect();
    assert_eq!(unique.len(), models.len(), "an id twice");
    if text.contains('\\') {
        return;
    }
    let rows = sent.as_array().or_else(|| sent["data"].as_array());
    if let Some(rows) = rows {
        let told = plain["warnings"].as_array().map_or(usize::MAX, Vec::len);
        assert!(models.len() <= rows.len(), "more than came");
        assert!(told == usize::MAX || models.len() + told >= rows.len(), "a row was lost in silence: {plain}");
    }
    for id in models.iter().take(3) {
        let found = catalog::get(bytes, id, None);
        if let Ok(Some(found)) = found {
            parsed(&found);
        }
    }
}
