//! The kinds of chunk that answers are made of, known by their shape.

use crate::assemble::Assembler;
use crate::chunk::{Chunk, Field};
use crate::event::Batch;
use crate::json_string::RawString;
use crate::template::Template;

/// What the texts of a shape are.
#[derive(Debug, Clone, Copy, Default)]
enum Kind {
    #[default]
    Text,
    Reasoning,
    /// The plain field first, then the text of the details.
    Details,
    Arguments,
}

/// Of the chunks of an answer whose shape was not known, so many are shown to whoever looks for fields that nobody reads.
const MAX_SAMPLES: u8 = 16;
/// One that is longer has an image or a sound in it.
const MAX_SAMPLE_BYTES: usize = 16 << 10;

/// The shape of the last chunk of an attempt, if the next one may be the same with other texts.
#[derive(Debug, Default)]
pub struct Shapes {
    template: Template,
    kind: Kind,
    samples: u8,
}

impl Shapes {
    /// Applies a chunk of the known shape; `false` for any other.
    #[inline]
    pub fn apply(&self, assembler: &mut Assembler, data: &[u8], out: &mut Batch) -> bool {
        let Some([first, second]) = self.template.texts_of(data) else { return false };
        if matches!(self.kind, Kind::Text) {
            assembler.apply_text(first, out);
            return true;
        }
        self.apply_others(assembler, first, second, out)
    }

    #[inline(never)]
    fn apply_others(&self, assembler: &mut Assembler, first: RawString<'_>, second: RawString<'_>, out: &mut Batch) -> bool {
        match self.kind {
            Kind::Arguments => assembler.apply_arguments(first, out),
            // Without a text in the details the plain field would be shown.
            Kind::Details if second.is_empty() => return false,
            Kind::Details => assembler.apply_details(second, out),
            Kind::Reasoning => assembler.apply_plain_reasoning(first, out),
            Kind::Text => {}
        }
        true
    }

    /// Whether this chunk is a sample of what the answer consists of: one of the first whose shape was new, or one that tells how it ended.
    #[inline(never)]
    pub fn is_sample(&mut self, data: &[u8], chunk: &Chunk<'_>) -> bool {
        let is_first = self.samples < MAX_SAMPLES;
        self.samples += u8::from(is_first);
        let is_end = chunk.usage.is_some() || chunk.choice.as_ref().is_some_and(|choice| choice.finish_reason.is_some());
        (is_first || is_end) && data.len() <= MAX_SAMPLE_BYTES
    }

    /// Remembers the shape of a chunk that has been applied, or none: what the reasoning and the calls repeat is what came last.
    pub fn learn(&mut self, data: &[u8], chunk: &Chunk<'_>, assembler: &Assembler) {
        self.template.forget();
        let Some(delta) = chunk.plain_delta() else { return };
        // Reasoning and calls mostly come beside `"content": ""`.
        let content = delta.get(Field::Content).filter(|content| content.bytes() != b"\"\"");
        // Text often comes beside an empty list of details, which tells nothing when it comes again.
        let details = delta.get(Field::ReasoningDetails).filter(|details| content.is_none() || details.bytes() != b"[]");
        let (kind, first, second) = match (content, delta.get(Field::Reasoning), details, delta.get(Field::ToolCalls)) {
            (Some(content), None, None, None) => (Kind::Text, content.string(), None),
            (None, Some(plain), None, None) => (Kind::Reasoning, plain.string(), None),
            (None, Some(plain), Some(details), None) => match assembler.repeatable_details(details) {
                None => return,
                text => (Kind::Details, plain.string(), text),
            },
            (None, None, None, Some(deltas)) => (Kind::Arguments, assembler.repeatable_arguments(deltas), None),
            _ => return,
        };
        if let Some(first) = first {
            self.kind = kind;
            self.template.learn(data, first, second);
        }
    }
}
