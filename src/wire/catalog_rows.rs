//! The rows of a model catalog, found in one walk over its bytes: a megabyte of which most is descriptions that nobody asks for.
//!
//! Refused: `JSON.parse` of the whole catalog and a filter in JavaScript, which makes 20,000 objects to keep twenty rows.

use crate::json::{Malformed, Raw, Reader};

/// The fields that rules ask for, by their numbers in [`Row`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// `id`.
    Id,
    /// `name`.
    Name,
    /// `created`.
    Created,
    /// `created_at`.
    CreatedAt,
    /// `description`.
    Description,
    /// `canonical_slug`.
    CanonicalSlug,
    /// `alias_target`.
    AliasTarget,
    /// `context_length`.
    ContextLength,
    /// `max_completion_tokens`.
    MaxCompletionTokens,
    /// `max_output_tokens`.
    MaxOutputTokens,
    /// `architecture`.
    Architecture,
    /// `modality`.
    Modality,
    /// `top_provider`.
    TopProvider,
    /// `pricing`.
    Pricing,
    /// `supported_parameters`.
    SupportedParameters,
    /// `reasoning`.
    Reasoning,
    /// `expiration_date`.
    ExpirationDate,
    /// `supported_voices`.
    SupportedVoices,
}

const NAMES: [&str; 18] = [
    "id",
    "name",
    "created",
    "created_at",
    "description",
    "canonical_slug",
    "alias_target",
    "context_length",
    "max_completion_tokens",
    "max_output_tokens",
    "architecture",
    "modality",
    "top_provider",
    "pricing",
    "supported_parameters",
    "reasoning",
    "expiration_date",
    "supported_voices",
];

/// One row: its own text, and the fields that rules ask for, as they lie there. `null` is a field that is not set.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// The whole row.
    pub raw: Raw<'a>,
    fields: [Option<Raw<'a>>; NAMES.len()],
}

/// Why a text is no catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// No JSON.
    Malformed(Malformed),
    /// JSON of another kind: no array, no object with an array `data`.
    NotRows,
}

impl From<Malformed> for Fault {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

impl<'a> Row<'a> {
    /// Reads one row, which has to be an object.
    pub fn read(reader: &mut Reader<'a>) -> Result<Self, Malformed> {
        let mut fields = [None; NAMES.len()];
        let raw = reader.object_of(&mut |key, reader| {
            let value = reader.value()?;
            // A table and a loop: eighteen comparisons written out are a kilobyte and no faster.
            if let Some(at) = NAMES.iter().position(|name| name.as_bytes() == key) {
                fields[at] = value.present();
            }
            Ok(())
        })?;
        Ok(Self { raw, fields })
    }

    /// A field, unless it is missing or `null`.
    pub fn get(&self, field: Field) -> Option<Raw<'a>> {
        self.fields[field as usize]
    }

    /// Puts the fields of another row in the place of its own, where the other has them.
    pub fn take(&mut self, other: &Self, fields: &[Field]) {
        for field in fields {
            self.fields[*field as usize] = other.get(*field).or(self.get(*field));
        }
    }
}

/// Walks over pages, one behind the other: each an array of rows, or an object that has them in `data`. `visit` gets every element, which
/// may be no row. Gives `links.next` of the last page.
pub fn each_row<'a>(bytes: &'a [u8], visit: &mut dyn FnMut(Option<Row<'a>>)) -> Result<Option<Raw<'a>>, Fault> {
    let mut reader = Reader::new(bytes);
    let mut next = None;
    let mut has_page = false;
    while let Some(first) = reader.peek() {
        next = None;
        has_page = true;
        match first {
            b'[' => rows(&mut reader, visit)?,
            b'{' => {
                let mut has_rows = false;
                reader.object_of(&mut |key, reader| {
                    if key == b"data" && reader.peek() == Some(b'[') {
                        has_rows = true;
                        return rows(reader, visit);
                    }
                    let value = reader.value()?;
                    if key == b"links" {
                        next = value.field("next");
                    }
                    Ok(())
                })?;
                if !has_rows {
                    return Err(Fault::NotRows);
                }
            }
            _ => {
                reader.value()?;
                return Err(Fault::NotRows);
            }
        }
    }
    if has_page { Ok(next) } else { Err(Malformed { at: bytes.len() }.into()) }
}

fn rows<'a>(reader: &mut Reader<'a>, visit: &mut dyn FnMut(Option<Row<'a>>)) -> Result<(), Malformed> {
    reader.array(|reader| {
        let row = if reader.peek() == Some(b'{') { Some(Row::read(reader)?) } else { reader.value().map(|_| None)? };
        visit(row);
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(Vec<String>, Option<String>), Fault> {
        let mut ids = Vec::new();
        let next = each_row(text.as_bytes(), &mut |row| {
            ids.push(row.map_or("-".to_owned(), |row| row.get(Field::Id).map_or("?".to_owned(), |id| id.text().into_owned())));
        })?;
        Ok((ids, next.map(|next| next.text().into_owned())))
    }

    #[test]
    fn rows_are_found_in_every_envelope() {
        let ids = |list: &[&str]| list.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
        for (text, expected, next) in [
            ("[]", ids(&[]), None),
            (r#"[{"id":"a"},5,{"id":null},{"id":"b","x":{"id":"c"}}]"#, ids(&["\"a\"", "-", "?", "\"b\""]), None),
            (r#"{"data":[{"id":"a"}],"links":{"next":null}}"#, ids(&["\"a\""]), None),
            (r#"{"links":{"next":"/x?offset=1"},"data":[{"id":"a"}]}"#, ids(&["\"a\""]), Some("\"/x?offset=1\"")),
            ("{\"data\":[{\"id\":\"a\"}],\"links\":{\"next\":\"?b\"}}\n{\"data\":[{\"id\":\"b\"}]}", ids(&["\"a\"", "\"b\""]), None),
            (r#"[{"id":"a","id":"b"}]"#, ids(&["\"b\""]), None),
        ] {
            assert_eq!(read(text), Ok((expected, next.map(str::to_owned))), "{text}");
        }
    }

    #[test]
    fn what_is_no_catalog_is_told_apart_from_what_is_no_json() {
        for text in ["{}", r#"{"data":{}}"#, r#"{"error":{"message":"x"}}"#, "5", "\"x\"", r#"{"data":null}"#] {
            assert_eq!(read(text), Err(Fault::NotRows), "{text}");
        }
        for text in ["", " ", "<html>", "[", r#"[{"id":"a"}"#, r#"{"data":[{"id":"a"},]}"#, r#"{"data":[]} x"#] {
            assert!(matches!(read(text), Err(Fault::Malformed(_))), "{text}");
        }
    }
}
