//! Which rows of the catalog are wanted (models-scan 3.3).

use crate::catalog_model::{created_ms, id_of, input, is_free, lists, reasoning};
use crate::catalog_rows::{Field, Row};
use crate::error::Error;
use crate::json::Raw;
use crate::model_size::params_b;
use crate::value::Value;

const MS_PER_DAY: f64 = 86_400_000.0;

/// The conditions, all of which a row has to meet.
#[derive(Debug, Default)]
pub struct Filter {
    is_free: bool,
    provider: Option<String>,
    min_params_b: Option<f64>,
    /// Milliseconds since 1970.
    created_from_ms: Option<f64>,
    capabilities: Vec<String>,
}

impl Filter {
    /// Reads `{free, provider, minParams, maxAgeDays, nowMs, capabilities}`; `free_by_default` where `free` is not said.
    pub fn read(options: &Value<'_>, free_by_default: bool) -> Result<Self, Error> {
        let is_free = match options.get("free") {
            Some(flag) => flag.as_bool().ok_or_else(|| Error::invalid("free", "must be true or false"))?,
            None => free_by_default,
        };
        let number = |name: &str| match options.get(name) {
            None => Ok(None),
            Some(value) => {
                let number = value.as_number().filter(|number| *number >= 0.0);
                number.map(Some).ok_or_else(|| Error::invalid(name, "must be a number >= 0"))
            }
        };
        let (min_params_b, max_age_days) = (number("minParams")?, number("maxAgeDays")?);
        let now_ms = options.get("nowMs").and_then(|now| now.as_number()).unwrap_or(0.0);
        let provider = match options.get("provider") {
            Some(text) => {
                let text = text.str().ok_or_else(|| Error::invalid("provider", "must be a string"))?;
                Some(text.trim_ascii().trim_end_matches('/').to_ascii_lowercase()).filter(|provider| !provider.is_empty())
            }
            None => None,
        };
        let mut capabilities = Vec::new();
        if let Some(list) = options.get("capabilities") {
            let wrong = || Error::invalid("capabilities", "must be an array of strings");
            if !list.is_array() {
                return Err(wrong());
            }
            for item in list.to_items() {
                capabilities.push(item.str().ok_or_else(wrong)?.trim_ascii().to_ascii_lowercase());
            }
        }
        let created_from_ms = max_age_days.map(|days| now_ms - days * MS_PER_DAY);
        Ok(Self { is_free, provider, min_params_b, created_from_ms, capabilities })
    }

    /// Whether a row is wanted. The cheapest questions first: most rows fail one of them.
    pub fn passes(&self, row: &Row<'_>) -> bool {
        (!self.is_free || is_free(row))
            && self.capabilities.iter().all(|name| has(row, name))
            && self.provider.as_ref().is_none_or(|provider| is_of(row, provider))
            && self.created_from_ms.is_none_or(|from| created_ms(row).is_none_or(|created| created as f64 >= from))
            && self.min_params_b.is_none_or(|least| {
                let name = row.get(Field::Name).and_then(Raw::string).map(|name| name.decode()).unwrap_or_default();
                params_b(&id_of(row).unwrap_or_default(), &name).unwrap_or(0.0) >= least
            })
    }
}

/// The first part of the id; what an author's alias stands for is of that author.
fn is_of(row: &Row<'_>, provider: &str) -> bool {
    id_of(row).is_some_and(|id| {
        let first = id.split('/').next().unwrap_or("").to_ascii_lowercase();
        first == provider || first.strip_prefix('~') == Some(provider)
    })
}

/// Whether the catalog says that a model can do this.
pub fn has(row: &Row<'_>, capability: &str) -> bool {
    let lists = |name: &str| lists(row, name) == Some(true);
    match capability {
        "tool" | "tools" => lists("tools"),
        "image" | "images" | "vision" => crate::catalog_model::takes(row, "image"),
        "reasoning" => reasoning(row).is_known(),
        "json" => lists("structured_outputs") || lists("response_format"),
        name => lists(name) || input(row).is_some_and(|kinds| kinds.iter().any(|kind| kind == name)),
    }
}
