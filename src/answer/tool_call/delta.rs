//! One delta of a tool call, as it is read.

use std::borrow::Cow;

use crate::chunk::fields_of;
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
    /// What a message has more of it than the one before.
    Rest(String),
}

impl Arguments<'_> {
    pub(super) fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Piece(piece) => piece.to_text(),
            Self::Whole(object) => object.text(),
            Self::Rest(text) => text.into(),
        }
    }
}

/// What a delta and the function in it are read by: some leave the inner object out, as it was before there were several calls. Parts of a content
/// have names of their own.
const FIELDS: &str = "index id name function functionCall arguments input parameters args extra_content \
    thought_signature thoughtSignature provider_specific_fields";

impl<'a> Delta<'a> {
    pub(super) fn read(delta: Raw<'a>) -> Self {
        let (mut own, mut inner) = ([None; 13], [None; 13]);
        fields_of(delta, FIELDS, &mut own);
        let [index, id, name, function, function_call, arguments, _, _, _, extra, ..] = own;
        let is_flat = [name, arguments].into_iter().flatten().any(|value| value.string().is_some());
        let function = function.or(function_call).or(is_flat.then_some(delta)).filter(|function| function.is_object());
        function.inspect(|function| fields_of(*function, FIELDS, &mut inner));
        let [_, inner_id, name, _, _, arguments, input, parameters, args, ..] = inner;
        let arguments = arguments.or(input).or(parameters).or(args);
        Self {
            index: index.and_then(Raw::number).filter(|index| *index >= 0.0 && index.fract() == 0.0).map(|index| index as u32),
            id: text_of(id.or(inner_id)),
            has_function: function.is_some(),
            name: text_of(name).trim_ascii().to_owned(),
            arguments: arguments.map(|value| value.string().map_or(Arguments::Whole(value), Arguments::Piece)),
            extra: extra.filter(|extra| extra.is_object()),
            signature: signature_of(&inner).or_else(|| signature_of(&own)),
        }
    }
}

fn signature_of<'a>(fields: &[Option<Raw<'a>>; 13]) -> Option<Raw<'a>> {
    let [.., snake, camel, fields] = *fields;
    let signature = snake.or(camel).or_else(|| fields?.field("thought_signature"));
    signature.filter(is_signature)
}

/// Whether there is one.
pub fn is_signature(signature: &Raw<'_>) -> bool {
    signature.string().is_some_and(|text| !text.is_empty())
}

/// A bare signature in the form in which it goes back.
pub fn wrapped_signature(signature: Raw<'_>) -> String {
    ["{\"google\":{\"thought_signature\":", &signature.json(), "}}"].concat()
}

fn text_of(value: Option<Raw<'_>>) -> String {
    value.and_then(Raw::string).map(RawString::decode).unwrap_or_default()
}
