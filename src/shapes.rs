//! The two kinds of chunk that answers are made of, known by their shape.

use crate::assemble::Assembler;
use crate::chunk::Chunk;
use crate::error::Error;
use crate::event::Batch;
use crate::template::Template;

/// The shapes of the two kinds of chunk that answers are made of.
#[derive(Debug, Default)]
pub struct Shapes {
    text: Template,
    arguments: Template,
    /// The wire index of the call in the shape of `arguments`.
    index: u32,
}

impl Shapes {
    /// Applies a chunk of a known shape; `None` for any other.
    pub fn apply(&self, assembler: &mut Assembler, data: &[u8], out: &mut Batch) -> Option<Result<(), Error>> {
        if let Some(text) = self.text.text_of(data) {
            assembler.apply_text(text, out);
            return Some(Ok(()));
        }
        let piece = self.arguments.text_of(data)?;
        Some(assembler.apply_arguments(self.index, piece, out))
    }

    /// Remembers the shape of a chunk that is of one of the two kinds.
    pub fn learn(&mut self, data: &[u8], chunk: &Chunk<'_>) {
        if let Some(text) = chunk.only_text() {
            self.text.learn(data, text);
        } else if let Some((index, arguments)) = chunk.only_arguments() {
            self.arguments.learn(data, arguments);
            self.index = index;
        }
    }
}
