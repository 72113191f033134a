//! The rows of a model catalog, found in one walk over its bytes: a megabyte of which most is descriptions that nobody asks for.
//!
//! Refused: `JSON.parse` of the whole catalog and a filter in JavaScript, which makes 20,000 objects to keep twenty rows.

use crate::json::{Malformed, Raw, Reader};

macro_rules! fields {
    ($($name:ident),+) => {
        /// One row: its own text, and the fields that rules ask for, as they lie there. `null` is a field that is not set.
        #[derive(Debug, Clone, Copy)]
        pub struct Row<'a> {
            /// The whole row.
            pub raw: Raw<'a>,
            $(#[doc = concat!("`", stringify!($name), "`.")] pub $name: Option<Raw<'a>>,)+
        }

        impl<'a> Row<'a> {
            fn of(raw: Raw<'a>) -> Self {
                Self { raw, $($name: None),+ }
            }

            fn set(&mut self, key: &[u8], value: Raw<'a>) {
                $(if key == stringify!($name).as_bytes() {
                    self.$name = value.present();
                    return;
                })+
            }
        }
    };
}

fields!(
    id,
    name,
    created,
    created_at,
    description,
    canonical_slug,
    alias_target,
    context_length,
    max_completion_tokens,
    max_output_tokens,
    architecture,
    modality,
    top_provider,
    pricing,
    supported_parameters,
    reasoning,
    expiration_date,
    supported_voices
);

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
        let mut row = Self::of(Raw::NULL);
        let raw = reader.object_of(&mut |key, reader| {
            let value = reader.value()?;
            row.set(key, value);
            Ok(())
        })?;
        row.raw = raw;
        Ok(row)
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
                reader.object(|key, reader| {
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
            ids.push(row.map_or("-".to_owned(), |row| row.id.map_or("?".to_owned(), |id| id.text().into_owned())));
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
