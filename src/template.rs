//! The shape that the chunks of one answer share.
//!
//! An answer of a thousand deltas is a thousand times the same 300 bytes around a word: id, model, provider, `finish_reason: null`.
//! Once a chunk has been read and was nothing but a text delta, the next one is compared with it, and where everything before and
//! behind the text is the same to the byte, its text is all there is to read. That costs a seventh of reading it.

use crate::chunk::Chunk;
use crate::json::{RawString, Reader};

/// Longer chunks are not worth keeping a copy of.
const MAX_BYTES: usize = 4096;

/// The last text delta, as bytes around a hole.
#[derive(Debug, Default)]
pub struct Template {
    /// Up to and with the quote that opens the text.
    before: Vec<u8>,
    /// From the quote that closes it.
    behind: Vec<u8>,
}

impl Template {
    /// The text of a chunk of the known shape.
    #[inline]
    pub fn text_of<'a>(&self, data: &'a [u8]) -> Option<RawString<'a>> {
        let open = self.before.len();
        if open == 0 || !same(data.get(..open)?, &self.before) {
            return None;
        }
        let text = Reader::starting_at(data, open - 1).string().ok()?;
        same(&data[open + text.len()..], &self.behind).then(|| RawString::of(text))
    }

    /// Remembers the shape of a chunk that was a text delta and nothing else; forgets nothing because of another one.
    pub fn learn(&mut self, data: &[u8], chunk: &Chunk<'_>) {
        let Some(text) = chunk.only_text().filter(|_| data.len() <= MAX_BYTES) else { return };
        // Where the text lies within the data it is a slice of.
        let open = text.bytes().as_ptr() as usize - data.as_ptr() as usize + 1;
        let close = open + text.bytes().len() - 2;
        self.before.clear();
        self.before.extend_from_slice(&data[..open]);
        self.behind.clear();
        self.behind.extend_from_slice(&data[close..]);
    }
}

/// Eight bytes at a time: the compiler's own comparison on wasm32 takes one.
fn same(left: &[u8], right: &[u8]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let (left, left_rest) = left.as_chunks::<8>();
    let (right, right_rest) = right.as_chunks::<8>();
    left_rest == right_rest && left.iter().zip(right).all(|(left, right)| u64::from_ne_bytes(*left) == u64::from_ne_bytes(*right))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chunk::read_chunk;

    fn learned(data: &str) -> Template {
        let mut template = Template::default();
        template.learn(data.as_bytes(), &read_chunk(data.as_bytes()).unwrap().unwrap());
        template
    }

    #[test]
    fn only_what_differs_in_the_text_alone_is_of_the_shape() {
        let shape = r#"{"id":"gen-1","choices":[{"index":0,"delta":{"role":"assistant","content":"TEXT"},"finish_reason":null}]}"#;
        let template = learned(&shape.replace("TEXT", "hello"));
        for text in ["", "x", r#"a\"b\\"#, "é😀", r"\ud83d", r#"\",\"x\":\""#] {
            let data = shape.replace("TEXT", text);
            assert_eq!(
                template.text_of(data.as_bytes()).unwrap().decode(),
                read_chunk(data.as_bytes()).unwrap().unwrap().only_text().unwrap().string().unwrap().decode(),
                "{text}"
            );
        }
        for other in [
            shape.replace("gen-1", "gen-2"),
            shape.replace("null", "\"stop\""),
            shape.replace("\"TEXT\"", "null"),
            shape.replace("TEXT\"", "TEXT\",\"reasoning\":\"r\""),
            shape.replace("TEXT", "\\x"),
            shape.replace("\"TEXT\"", "\"TEXT"),
            shape.replace("]}", "],\"usage\":{}}"),
            shape.replace(']', ""),
            String::new(),
        ] {
            assert!(template.text_of(other.as_bytes()).is_none(), "{other}");
        }
    }

    #[test]
    fn a_chunk_that_says_anything_else_is_not_learned() {
        let table = [
            r#"{"choices":[{"delta":{"content":"a","reasoning":"r"}}]}"#,
            r#"{"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}"#,
            r#"{"choices":[{"delta":{"content":"a"},"native_finish_reason":"stop"}]}"#,
            r#"{"choices":[{"delta":{"content":"a"}}],"usage":{}}"#,
            r#"{"choices":[{"delta":{"content":"a"}}],"error":{}}"#,
            r#"{"choices":[{"delta":{"content":"a"}}],"openrouter_metadata":{}}"#,
            r#"{"choices":[{"delta":{"content":"a"},"error":{}}]}"#,
            r#"{"choices":[{"delta":{"content":"a","tool_calls":[]}}]}"#,
            r#"{"choices":[{"delta":{"content":["a"]}}]}"#,
            r#"{"choices":[{"message":{"content":"a"}}]}"#,
            r#"{"choices":[]}"#,
        ];
        for data in table {
            assert!(learned(data).text_of(data.as_bytes()).is_none(), "{data}");
        }
    }
}
