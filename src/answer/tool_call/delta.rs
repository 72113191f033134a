//! One delta of a tool call, as it is read.

use crate::json::Raw;
use crate::json_string::RawString;

/// One delta of a call, read in one pass.
#[derive(Default)]
pub(super) struct Delta<'a> {
    pub(super) index: Option<u32>,
    pub(super) id: String,
    pub(super) has_function: bool,
    pub(super) name: String,
    pub(super) arguments: Option<Arguments<'a>>,
    pub(super) extra: Option<Raw<'a>>,
    pub(super) signature: Option<Raw<'a>>,
}

/// Arguments as they stand in a delta.
pub(super) enum Arguments<'a> {
    /// A piece of JSON text.
    Piece(RawString<'a>),
    /// The object itself, as some providers send it.
    Whole(Raw<'a>),
}

impl<'a> Delta<'a> {
    pub(super) fn function(&mut self, function: Raw<'a>) {
        function.each_field(|key, value| match key {
            b"name" => self.name = text_of(value),
            b"thought_signature" | b"thoughtSignature" => self.signature = Some(value).filter(|value| value.string().is_some()),
            b"arguments" => self.arguments = value.present().map(|value| value.string().map_or(Arguments::Whole(value), Arguments::Piece)),
            _ => {}
        });
        self.has_function = function.is_object();
    }
}

pub(super) fn text_of(value: Raw<'_>) -> String {
    value.string().map(|text| text.decode()).unwrap_or_default()
}
