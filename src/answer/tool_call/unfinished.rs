//! The calls of a message that did not come whole.

use super::Call;
use crate::record::Writes;

/// [`UnfinishedCall`]s.
pub struct UnfinishedCalls<'a>(pub(super) &'a [Call]);

impl Writes for UnfinishedCalls<'_> {
    fn write(&self, out: &mut String) {
        for (place, call) in self.0.iter().enumerate() {
            out.push(if place == 0 { '[' } else { ',' });
            let id = if call.id.is_empty() { &call.wire_id } else { &call.id };
            UnfinishedCall { id, name: &call.name, arguments: &call.arguments, truncated: true }.write(out);
        }
        out.push(']');
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl openrouter_wire::interface::Typed for UnfinishedCalls<'_> {
    fn typescript() -> String {
        "UnfinishedCall[]".to_owned()
    }
}

openrouter_wire::record! {
    /// A call of a message that has not ended.
    pub struct UnfinishedCall<'a>: writes {
        id: &'a str,
        name: &'a str,
        /// So far.
        arguments: &'a str,
        truncated: bool as "true",
    }
}
