//! `sessionId`: requests of one conversation go to one provider, whose prompt cache is warm.

use sha2::{Digest, Sha256};

use super::draft::Draft;
use crate::error::Error;
use crate::value::Value;

const RULE: &str = "session";

/// Writes `session_id`: 64 hex digits of it, never the name itself, which may be a person's. One that the request brings is kept.
pub fn apply(draft: &mut Draft<'_>) -> Result<(), Error> {
    let Some(session) = draft.body.remove("sessionId").filter(|session| !session.is_null()) else { return Ok(()) };
    let Some(session) = session.into_text().filter(|session| !session.trim().is_empty()) else {
        return Err(Error::invalid("sessionId", "must be a string that is not blank"));
    };
    if draft.body.get("session_id").is_some() {
        draft.warnings.add(RULE, "sessionId", "counts for nothing beside session_id");
    } else if !draft.route.is_verified {
        draft.warnings.add(RULE, "sessionId", "is OpenRouter's own and was not sent to another base URL");
    } else {
        let mut id = String::with_capacity(64);
        for byte in Sha256::digest(session.as_bytes()) {
            for digit in [byte >> 4, byte & 15] {
                id.extend(char::from_digit(u32::from(digit), 16));
            }
        }
        draft.body.set("session_id", Value::Text(id));
    }
    Ok(())
}
