//! A request as it is shown, and what a request is described with.

use crate::change::Changes;
use crate::http::HeaderFields;

openrouter_wire::record! {
    /// A request but its body.
    pub struct DescribedRequest<'a>: writes {
        method: &'a str as "\"POST\"",
        url: &'a str,
        headers: HeaderFields<'a>,
        /// Whether a key has to be added.
        needs_key: bool,
        /// The reference of the model that is asked.
        model: &'a str,
        changes: &'a Changes,
        warnings: &'a Changes,
    }
}

openrouter_wire::record! {
    /// What was changed in a request so far, and what is odd about it.
    pub struct RequestNotes<'a>: writes {
        /// The reference of the model that is asked.
        model: &'a str,
        changes: &'a Changes,
        warnings: &'a Changes,
    }
}

openrouter_wire::record! {
    /// What of a request the facade keeps to itself.
    pub struct Outside: reads {
        /// How much longer the texts are that it keeps than what stands in their place.
        text_chars: Option<u64>,
        /// Whether another program sends the request.
        is_foreign: bool,
    }
}
