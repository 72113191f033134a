//! The entries of `reasoning_details`: what must go back to the provider complete, unchanged and in order.

use crate::heard::is_telling;
use crate::json::Raw;
use crate::json_string::{RawString, escaped_len, write_escaped};
use crate::message::MOST_FIELDS;
use crate::places::Places;
use crate::record::write_name;

/// All entries of one message.
#[derive(Debug, Default)]
pub struct ReasoningEntries {
    entries: Vec<Entry>,
    /// The last text or summary of an index.
    by_index: Places,
    seen: bool,
    /// The entry and the field that grew by the last array, where the same array with another text makes the same ones grow.
    repeats: Option<(usize, usize)>,
}

#[derive(Debug)]
struct Entry {
    kind: String,
    index: Option<String>,
    /// The text or summary before this one of the same index.
    before: Option<usize>,
    id: Option<String>,
    /// Every other field in the order it first came, as JSON; `text` and `summary` hold what has been appended so far, decoded.
    fields: Vec<(String, Field)>,
}

#[derive(Debug)]
enum Field {
    Json(String),
    Growing(Growing),
}

/// A text in pieces: one that grew by doubling would be there three times, in memory that never shrinks.
#[derive(Debug, Default)]
struct Growing {
    pieces: Vec<String>,
    surrogate: Option<u16>,
    /// How often something was added.
    count: u32,
}

/// What fits into a page of WebAssembly memory beside what the allocator keeps there.
const PIECE_BYTES: usize = (63 << 10) - 64;

impl Growing {
    /// `false`: it is all of it once more.
    fn add(&mut self, text: RawString<'_>, is_last: bool) -> bool {
        let piece = text.to_text();
        let mut rest = &*piece;
        let begins = |held: &String| rest.strip_prefix(held.as_str()).inspect(|behind| rest = behind).is_some();
        if (is_last || self.count > 1) && is_telling(&piece) && self.pieces.iter().all(begins) && rest.is_empty() {
            return false;
        }
        self.count += 1;
        let bytes = text.bytes().len();
        if self.pieces.last().is_none_or(|piece| piece.len() + bytes > PIECE_BYTES) {
            let room = if self.pieces.is_empty() { 0 } else { PIECE_BYTES };
            self.pieces.push(String::with_capacity(room.max(bytes)));
        }
        if let Some(piece) = self.pieces.last_mut() {
            text.decode_into(piece, &mut self.surrogate);
        }
        true
    }

    fn write(&self, out: &mut String) {
        out.push('"');
        for piece in &self.pieces {
            write_escaped(out, piece);
        }
        out.push_str(if self.surrogate.is_some() { "\u{fffd}\"" } else { "\"" });
    }
}

impl Field {
    /// How long it will be as JSON.
    fn len(&self) -> usize {
        match self {
            Self::Json(text) => text.len(),
            Self::Growing(growing) => growing.pieces.iter().map(|piece| escaped_len(piece)).sum(),
        }
    }
}

/// Entries of one index that an id is looked for in: nobody sends more of them in turn.
const MAX_LOOKED_AT: usize = 16;

impl ReasoningEntries {
    /// Takes one `reasoning_details` array; one that is empty is remembered too (DeepSeek V4 wants it back).
    ///
    /// An entry joins an earlier one of the same type and index unless their ids differ; text and summary are appended, any other
    /// field is replaced by the later value. Encrypted entries never join, but the same one may come again. An entry without an index joins only the one just
    /// before it. An entry without a type (a late signature) joins the last one of its index.
    ///
    /// A text that is all of its entry once more is not added: some end with what they have streamed; `is_last` as in
    /// [`crate::heard::Place::Last`]. Gives which of the first 64 are.
    pub fn add(&mut self, details: Raw<'_>, is_last: bool) -> u64 {
        self.seen |= details.string().is_none();
        self.repeats = None;
        let (mut count, mut told) = (0, 0);
        details.each(|item| {
            told |= u64::from(!self.add_entry(item, is_last)) << (count & 63);
            count += 1;
        });
        if count != 1 {
            self.repeats = None;
        }
        told
    }

    /// The text in `details`, the array that was added last, if [`ReasoningEntries::go_on`] can take the place of adding it again with another.
    pub fn repeatable<'a>(&self, details: Raw<'a>) -> Option<RawString<'a>> {
        let (entry, field) = self.repeats?;
        let (name, _) = &self.entries[entry].fields[field];
        let mut text = None;
        details.each_item(|item| text = item.field(name).and_then(Raw::string));
        text
    }

    /// Adds the last array once more, with this text. `false`: see [`ReasoningEntries::add`].
    pub fn go_on(&mut self, text: RawString<'_>, is_last: bool) -> bool {
        match self.repeats.and_then(|(entry, field)| self.entries[entry].fields.get_mut(field)) {
            Some((_, Field::Growing(growing))) => growing.add(text, is_last),
            _ => true,
        }
    }

    /// Whether `reasoning_details` came at all, be it empty.
    pub fn seen(&self) -> bool {
        self.seen
    }

    /// Appends the merged array as JSON.
    pub fn write(&self, out: &mut String) {
        // At once, and what is written behind them: see [`Growing`].
        let fields = self.entries.iter().flat_map(|entry| &entry.fields);
        let bytes: usize = fields.map(|(key, field)| key.len() + field.len() + 8).sum();
        out.reserve_exact(bytes + bytes / 16 + 1024);
        out.push('[');
        for (number, entry) in self.entries.iter().enumerate() {
            out.push_str(if number > 0 { ",{" } else { "{" });
            for (key, field) in &entry.fields {
                write_name(out, key);
                match field {
                    Field::Json(json) => out.push_str(json),
                    Field::Growing(growing) => growing.write(out),
                }
            }
            out.push('}');
        }
        out.push(']');
    }

    /// `false`: see [`ReasoningEntries::add`].
    fn add_entry(&mut self, item: Raw<'_>, is_last: bool) -> bool {
        if !item.is_object() {
            return true;
        }
        let kind = item.field("type").and_then(Raw::string).map(|kind| kind.decode()).unwrap_or_default();
        let index = item.field("index").map(|index| index.text().into_owned());
        let id = item.field("id").map(|id| id.text().into_owned());
        // Encrypted data that only the provider reads is known by itself.
        let data = item.field("data").filter(|_| !grows(&kind)).map(Raw::bytes);
        let place = match data {
            Some(data) => self.by_index.get(data).filter(|place| self.entries[*place].kind == kind),
            None => self.place_for(&kind, index.as_deref(), id.as_deref()),
        };
        // The one that is shown as reasoning: text of a text, summary of a summary, and nothing that grows beside it.
        let shown = match kind.as_str() {
            "reasoning.text" => "text",
            "reasoning.summary" => "summary",
            _ => "",
        };
        let entry = match place {
            Some(place) => &mut self.entries[place],
            None => {
                let last = self.entries.len();
                let key = data.or(index.as_deref().filter(|_| grows(&kind)).map(str::as_bytes));
                let before = key.and_then(|key| self.by_index.set(key, last));
                self.entries.push(Entry { kind, index, before, id: None, fields: Vec::new() });
                &mut self.entries[last]
            }
        };
        entry.id = entry.id.take().or(id);
        let mut is_new = true;
        item.each_field(|key, value| is_new &= entry.set(key, value, is_last));
        let mut growing = entry.fields.iter().enumerate().filter(|(_, (_, field))| matches!(field, Field::Growing(_)));
        if let (Some((field, (name, _))), None) = (growing.next(), growing.next())
            && name == shown
        {
            self.repeats = Some((place.unwrap_or(self.entries.len() - 1), field));
        }
        is_new
    }

    fn place_for(&self, kind: &str, index: Option<&str>, id: Option<&str>) -> Option<usize> {
        let joins = |entry: &Entry| {
            let same_kind = entry.kind == kind || kind.is_empty();
            let ids_agree = entry.id.is_none() || id.is_none() || entry.id.as_deref() == id;
            same_kind && ids_agree && entry.index.as_deref() == index && grows(&entry.kind)
        };
        match index {
            Some(index) => {
                let last = self.by_index.get(index.as_bytes());
                let mut chain = core::iter::successors(last, |place| self.entries[*place].before).take(MAX_LOOKED_AT);
                chain.find(|place| joins(&self.entries[*place]))
            }
            None => self.entries.last().filter(|entry| joins(entry)).map(|_| self.entries.len() - 1),
        }
    }
}

/// Whether later entries of the kind go on with an earlier one.
fn grows(kind: &str) -> bool {
    matches!(kind, "reasoning.text" | "reasoning.summary")
}

impl Entry {
    /// `false`: see [`ReasoningEntries::add`].
    fn set(&mut self, key: &[u8], value: Raw<'_>, is_last: bool) -> bool {
        // Written between quotes again as it came, escapes and all; a control character has no place there.
        let Some(key) = core::str::from_utf8(key).ok().filter(|key| !key.bytes().any(|byte| byte < 0x20)) else { return true };
        let is_full = self.fields.len() > MOST_FIELDS;
        let held = self.fields.iter_mut().find(|(name, _)| name == key);
        let growing = matches!(key, "text" | "summary");
        match (held, value.string().filter(|_| growing)) {
            (Some((_, Field::Growing(growing))), Some(piece)) => return growing.add(piece, is_last),
            (Some((_, field)), Some(piece)) => *field = grown(piece),
            (None, Some(piece)) => self.fields.push((key.to_owned(), grown(piece))),
            // "Not set" never takes away what was set.
            (Some(_), None) if value.present().is_none() => {}
            (Some((_, field)), None) => *field = Field::Json(value.json().into_owned()),
            (None, _) if is_full => {}
            (None, None) => self.fields.push((key.to_owned(), Field::Json(value.json().into_owned()))),
        }
        true
    }
}

fn grown(piece: RawString<'_>) -> Field {
    let mut growing = Growing::default();
    growing.add(piece, false);
    Field::Growing(growing)
}

/// The texts of details that are shown as reasoning, one behind the other.
pub fn text_of_details(details: Raw<'_>) -> String {
    let (mut all, mut pending) = (String::new(), None);
    details.each(|item| {
        if let Some((text, true)) = detail_text(item) {
            text.decode_into(&mut all, &mut pending);
        }
    });
    all
}

/// The text of one of the details, and whether it is reasoning: some routes put visible text among them (provider-rules 9.2).
pub fn detail_text(item: Raw<'_>) -> Option<(RawString<'_>, bool)> {
    let kind = item.field("type").and_then(Raw::string)?.decode();
    let (name, is_reasoning) = match kind.as_str() {
        "reasoning.text" => ("text", true),
        "reasoning.summary" => ("summary", true),
        "response.output_text" | "response.text" => ("text", false),
        _ => return None,
    };
    item.field(name).and_then(Raw::string).map(|text| (text, is_reasoning))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Reader;
    use serde_json::{Value, json};

    fn merge(deltas: &[Value]) -> Value {
        let mut reasoning_entries = ReasoningEntries::default();
        for delta in deltas {
            reasoning_entries.add(Reader::document(delta.to_string().as_bytes()).unwrap(), false);
        }
        let mut out = String::new();
        reasoning_entries.write(&mut out);
        serde_json::from_str(&out).unwrap()
    }

    #[test]
    fn merges_by_type_and_index() {
        let table = [
            (
                "text grows, a late signature belongs to its block",
                vec![
                    json!([{"type":"reasoning.text","text":"a","index":0,"format":null}]),
                    json!([{"type":"reasoning.text","text":"b","index":0,"signature":null,"format":"anthropic-claude-v1"}]),
                    json!([{"type":"reasoning.text","text":"other","index":1}]),
                    json!([{"type":"reasoning.text","signature":"sig","index":0}]),
                ],
                json!([{"type":"reasoning.text","text":"ab","index":0,"signature":"sig","format":"anthropic-claude-v1"},{"type":"reasoning.text","text":"other","index":1}]),
            ),
            (
                "a signature without a type finds its index",
                vec![json!([{"type":"reasoning.text","text":"a","index":3}]), json!([{"signature":"s","index":3}])],
                json!([{"type":"reasoning.text","text":"a","index":3,"signature":"s"}]),
            ),
            (
                "encrypted entries never merge",
                vec![
                    json!([{"type":"reasoning.encrypted","data":"x","index":0}]),
                    json!([{"type":"reasoning.encrypted","data":"y","index":0}]),
                ],
                json!([{"type":"reasoning.encrypted","data":"x","index":0},{"type":"reasoning.encrypted","data":"y","index":0}]),
            ),
            (
                "ids that differ keep entries apart, a missing one joins",
                vec![
                    json!([{"type":"reasoning.summary","summary":"a","id":"1","index":0}, {"type":"reasoning.summary","summary":"b","id":"2","index":0}]),
                    json!([{"type":"reasoning.summary","summary":"c","index":0}]),
                ],
                json!([{"type":"reasoning.summary","summary":"a","id":"1","index":0},{"type":"reasoning.summary","summary":"bc","id":"2","index":0}]),
            ),
            (
                "without an index only neighbours join",
                vec![
                    json!([{"type":"reasoning.text","text":"a"}]),
                    json!([{"type":"reasoning.text","text":"b"}]),
                    json!([{"type":"reasoning.encrypted","data":"x"}]),
                    json!([{"type":"reasoning.text","text":"c"}]),
                ],
                json!([{"type":"reasoning.text","text":"ab"},{"type":"reasoning.encrypted","data":"x"},{"type":"reasoning.text","text":"c"}]),
            ),
            (
                "unknown types and fields are kept as they are",
                vec![
                    json!([{"type":"reasoning.server_tool_call","tool_name":"search","arguments":"{}","result":{"a":[1]}},{"type":"reasoning.of_2027","x":1}]),
                ],
                json!([{"type":"reasoning.server_tool_call","tool_name":"search","arguments":"{}","result":{"a":[1]}},{"type":"reasoning.of_2027","x":1}]),
            ),
            ("an empty array stays one", vec![json!([])], json!([])),
        ];
        for (name, deltas, expected) in table {
            assert_eq!(merge(&deltas), expected, "{name}");
        }
    }

    #[test]
    fn an_empty_array_is_remembered_and_its_absence_too() {
        let mut reasoning_entries = ReasoningEntries::default();
        assert!(!reasoning_entries.seen());
        reasoning_entries.add(Reader::document(b"[]").unwrap(), false);
        assert!(reasoning_entries.seen());
    }
}
