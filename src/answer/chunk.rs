//! One chunk of an answer, read leniently: `chat.completion.chunk`, a whole `chat.completion`, or an error object.
//!
//! Everything is a slice of the event's bytes. Unknown fields are skipped, unknown values pass through, and what providers send
//! beside the schema (a `message` in place of `delta`, the answer nested in `provider`, `choices: null`) is understood.

use crate::json::{Malformed, Raw, Reader};
use crate::usage::counts;

/// The fields of one chunk that anybody reads. A `null` field counts as missing.
#[derive(Debug, Default)]
pub struct Chunk<'a> {
    /// `id`, the generation id.
    pub id: Option<Raw<'a>>,
    /// `model` that answered.
    pub model: Option<Raw<'a>>,
    /// `provider` that answered.
    pub provider: Option<Raw<'a>>,
    /// `error` at the top level.
    pub error: Option<Raw<'a>>,
    /// `usage`, at the top level or in the choice.
    pub usage: Option<Raw<'a>>,
    /// `openrouter_metadata`.
    pub metadata: Option<Raw<'a>>,
    /// The first choice.
    pub choice: Option<Choice<'a>>,
}

/// `choices[0]`.
#[derive(Debug, Default)]
pub struct Choice<'a> {
    /// `delta`, or `message` when the provider sends the answer whole.
    pub delta: Delta<'a>,
    /// `finish_reason`.
    pub finish_reason: Option<Raw<'a>>,
    /// `native_finish_reason`: the provider's own word.
    pub native_finish_reason: Option<Raw<'a>>,
    /// `error` in the choice.
    pub error: Option<Raw<'a>>,
}

/// What this chunk adds to the message.
#[derive(Debug, Default)]
pub struct Delta<'a> {
    /// Whether it came as `message`: the whole answer in one piece.
    pub whole: bool,
    /// `content`: a string, an array of parts or one part.
    pub content: Option<Raw<'a>>,
    /// `refusal`.
    pub refusal: Option<Raw<'a>>,
    /// `reasoning`, OpenRouter's own name.
    pub reasoning: Option<Raw<'a>>,
    /// `reasoning_content`, the name of DeepSeek and others.
    pub reasoning_content: Option<Raw<'a>>,
    /// `reasoning_text`.
    pub reasoning_text: Option<Raw<'a>>,
    /// `reasoning_details`; an empty array is information too.
    pub reasoning_details: Option<Raw<'a>>,
    /// `tool_calls`.
    pub tool_calls: Option<Raw<'a>>,
    /// `function_call`, the form before `tool_calls`.
    pub function_call: Option<Raw<'a>>,
    /// `images`.
    pub images: Option<Raw<'a>>,
    /// `audio`.
    pub audio: Option<Raw<'a>>,
    /// `annotations`.
    pub annotations: Option<Raw<'a>>,
}

impl<'a> Chunk<'a> {
    /// The delta of a chunk that has nothing beside it, and in it nothing but content, reasoning and tool calls.
    pub fn plain_delta(&self) -> Option<&Delta<'a>> {
        let choice = self.choice.as_ref()?;
        let delta = &choice.delta;
        let others = [
            self.error,
            self.usage,
            self.metadata,
            choice.finish_reason,
            choice.native_finish_reason,
            choice.error,
            delta.refusal,
            delta.reasoning_content,
            delta.reasoning_text,
            delta.function_call,
            delta.images,
            delta.audio,
            delta.annotations,
        ];
        (!delta.whole && others.iter().all(Option::is_none)).then_some(delta)
    }
}

/// Reads the data of one event. `Ok(None)`: valid JSON but no object; such events are ignored.
///
/// Every level is looked through once more than a reader of one pass would, which is cheaper: the looking is done by one small
/// function at full optimisation, and most chunks never come here (see [`crate::template`]).
pub fn read_chunk(data: &[u8]) -> Result<Option<Chunk<'_>>, Malformed> {
    Reader::document(data).map(read_document)
}

/// Reads a chunk that was found to be JSON.
pub fn read_document(document: Raw<'_>) -> Option<Chunk<'_>> {
    if !document.is_object() {
        return None;
    }
    let chunk = chunk_of(document);
    let nested = chunk.provider.filter(|provider| chunk.choice.is_none() && provider.is_object() && provider.field("choices").is_some());
    Some(nested.map_or(chunk, chunk_of))
}

fn chunk_of(document: Raw<'_>) -> Chunk<'_> {
    let mut chunk = Chunk::default();
    let mut choices = None;
    let mut says_error = false;
    document.each_field(|key, value| {
        let value = value.present();
        match key {
            b"id" => chunk.id = value,
            b"model" => chunk.model = value,
            b"provider" => chunk.provider = value,
            b"error" => chunk.error = value.filter(is_error),
            b"usage" => chunk.usage = value,
            b"openrouter_metadata" => chunk.metadata = value,
            b"choices" => choices = value,
            // Some servers write the error bare and say so beside it.
            b"object" | b"type" => says_error |= value.is_some_and(|value| value.bytes() == b"\"error\""),
            _ => {}
        }
    });
    let mut usage = None;
    choices.into_iter().for_each(|choices| {
        choices.each_item(|choice| {
            if chunk.choice.is_none() && choice.is_object() {
                chunk.choice = choice_of(choice, &mut usage);
            }
        });
    });
    let is_bare = choices.is_none() && (says_error || (chunk.usage.is_none() && has_words(document)));
    // What is no object has its words beside it.
    if chunk.error.map_or(is_bare, |error| !error.is_object()) {
        chunk.error = Some(document);
    }
    let usage = usage.or_else(|| {
        let error = chunk.error?;
        error.field("usage").or_else(|| error.field("metadata")?.field("usage"))
    });
    chunk.usage = chunk.usage.filter(|usage| counts(*usage)).or(usage).or(chunk.usage);
    chunk
}

/// Words that stand in no answer: others do not say that they write an error.
const WORDS: &str = "|message|msg|title|errors|error_message|error_msg|detail|base_resp|";

#[cold]
fn has_words(document: Raw<'_>) -> bool {
    let mut has_words = false;
    document.each_field(|key, value| {
        // Of an object the words or the code of a failure are looked at.
        let value = value.field("status_code").unwrap_or(value);
        let is_object = value.is_object() && key != b"detail";
        has_words |= value.present().is_some_and(|value| is_error(&value) && !is_object) && is_one_of(WORDS, key);
    });
    has_words
}

/// Whether a word is one of these, in capitals or not.
fn is_one_of(words: &str, word: &[u8]) -> bool {
    words.split('|').any(|other| word.eq_ignore_ascii_case(other.as_bytes()))
}

/// `None` for another than the first, as an answer asked for twice is not mixed, and for one with nothing in it.
fn choice_of<'a>(document: Raw<'a>, usage: &mut Option<Raw<'a>>) -> Option<Choice<'a>> {
    let mut choice = Choice::default();
    let (mut is_other, mut has_some, mut has_delta) = (false, false, false);
    let mut text = None;
    document.each_field(|key, value| {
        let value = value.present();
        match key {
            b"delta" | b"message" => {
                // Of both the delta counts.
                if let Some(delta) = value.filter(|delta| delta.is_object() && (key == b"delta" || !has_delta)) {
                    choice.delta = delta_of(delta);
                    choice.delta.whole = key == b"message";
                    has_delta |= key == b"delta";
                    has_some = true;
                }
                return;
            }
            b"index" => {
                is_other = value.and_then(Raw::number).is_some_and(|index| index > 0.0);
                return;
            }
            b"finish_reason" => choice.finish_reason = value,
            b"native_finish_reason" => choice.native_finish_reason = value,
            b"error" => choice.error = value.filter(is_error),
            b"usage" => *usage = usage.or(value),
            // Legacy completions stream their text here.
            b"text" => text = value,
            _ => return,
        }
        has_some |= value.is_some();
    });
    choice.delta.content = choice.delta.content.or(text);
    (has_some && !is_other).then_some(choice)
}

/// `false`, `0`, `""` and `[]` are no errors, whatever field they stand in.
fn is_error(value: &Raw<'_>) -> bool {
    !matches!(value.bytes(), b"false" | b"0" | b"\"\"" | b"[]")
}

fn delta_of(document: Raw<'_>) -> Delta<'_> {
    let mut delta = Delta::default();
    // A table: an arm for each would be three times the code, and most deltas never come here.
    let mut fields: [(&[u8], &mut Option<Raw<'_>>); 11] = [
        (b"content", &mut delta.content),
        (b"refusal", &mut delta.refusal),
        (b"reasoning", &mut delta.reasoning),
        (b"reasoning_content", &mut delta.reasoning_content),
        (b"reasoning_text", &mut delta.reasoning_text),
        (b"reasoning_details", &mut delta.reasoning_details),
        (b"tool_calls", &mut delta.tool_calls),
        (b"function_call", &mut delta.function_call),
        (b"images", &mut delta.images),
        (b"audio", &mut delta.audio),
        (b"annotations", &mut delta.annotations),
    ];
    document.each_field(|key, value| {
        if let Some((_, field)) = fields.iter_mut().find(|(name, _)| *name == key) {
            **field = value.present();
        }
    });
    delta
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(raw: Option<Raw<'_>>) -> Option<String> {
        raw.map(|raw| raw.text().into_owned())
    }

    #[test]
    fn reads_the_fields_of_a_chunk_and_skips_the_rest() {
        let chunk = read_chunk(br#"{"id":"gen-1","new":{"a":[1,{"b":2}]},"choices":[{"index":0,"delta":{"content":"hi","role":""},"finish_reason":null},{"delta":{"content":"no"}}],"usage":null}"#)
            .unwrap()
            .unwrap();
        let choice = chunk.choice.unwrap();
        assert_eq!(text(chunk.id).as_deref(), Some("\"gen-1\""));
        assert_eq!(text(choice.delta.content).as_deref(), Some("\"hi\""));
        assert!(choice.finish_reason.is_none() && chunk.usage.is_none());
    }

    #[test]
    fn understands_message_for_delta_usage_in_the_choice_and_an_answer_nested_in_provider() {
        let nested =
            br#"{"id":null,"choices":null,"provider":{"id":"gen-1","choices":[{"message":{"content":"nested"},"usage":{"cost":1}}]}}"#;
        let chunk = read_chunk(nested).unwrap().unwrap();
        assert_eq!(text(chunk.id).as_deref(), Some("\"gen-1\""));
        assert_eq!(text(chunk.choice.unwrap().delta.content).as_deref(), Some("\"nested\""));
        assert_eq!(text(chunk.usage).as_deref(), Some("{\"cost\":1}"));
    }

    #[test]
    fn what_is_no_object_is_ignored_and_what_is_no_json_is_refused() {
        for data in ["1", "\"text\"", "[1]", "null"] {
            assert!(read_chunk(data.as_bytes()).unwrap().is_none(), "{data}");
        }
        for data in ["{", "{\"a\":}", "{} {}", "nope", "{\"choices\":[{]}"] {
            assert!(read_chunk(data.as_bytes()).is_err(), "{data}");
        }
    }
}
