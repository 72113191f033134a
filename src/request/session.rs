//! `sessionId`: requests of one conversation go to one provider, whose prompt cache is warm.

use super::draft::Draft;
use crate::error::Error;

const RULE: &str = "session";

/// Writes `session_id`. The value is the hash that the facade has made: 64 hex digits, never the name itself, which may be a person's.
/// (Here it would be 2 KB of the engine.) A `session_id` that the request brings is kept.
pub fn apply(draft: &mut Draft<'_>) -> Result<(), Error> {
    let Some(hash) = draft.body.remove("sessionId").filter(|hash| !hash.is_null()) else { return Ok(()) };
    let is_hash = |hash: &str| hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !hash.str().is_some_and(|hash| is_hash(&hash)) {
        return Err(Error::invalid("sessionId", "must be a text, which is sent as its hash"));
    }
    let reason = match () {
        () if draft.body.get("session_id").is_some() => "counts for nothing beside session_id",
        () if !draft.route.is_verified => "is OpenRouter's own and was not sent to another base URL",
        () => {
            draft.body.set("session_id", hash);
            return Ok(());
        }
    };
    draft.warnings.add(RULE, "sessionId", reason);
    Ok(())
}
