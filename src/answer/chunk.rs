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
    fields: Fields<'a>,
}

type Fields<'a> = [Option<Raw<'a>>; FIELDS];

/// What a delta is read by, in the order of [`Field`]. The choice may have the fields that it lacks.
const DELTA: &str = "content reasoning reasoning_details tool_calls refusal reasoning_content reasoning_text function_call \
    images audio annotations extra_content provider_specific_fields thought_signature thoughtSignature usage error \
    thinking_blocks thinking";
const FIELDS: usize = 19;

/// A field of a [`Delta`].
#[derive(Debug, Clone, Copy)]
#[repr(usize)]
pub enum Field {
    /// A string, an array of parts or one part.
    Content,
    /// OpenRouter's own name.
    Reasoning,
    /// An empty array is information too.
    ReasoningDetails,
    /// Those before this one are what a plain delta has.
    ToolCalls,
    /// An answer that is none.
    Refusal,
    /// The name of DeepSeek and others.
    ReasoningContent,
    /// Another one.
    ReasoningText,
    /// The form before `tool_calls`.
    FunctionCall,
    /// Images.
    Images,
    /// Sound.
    Audio,
    /// Sources.
    Annotations,
    /// Google's signature of a thought.
    ExtraContent,
    /// In which LiteLLM hands it on.
    ProviderFields,
    /// The signature itself.
    Signature,
    /// By Google's own name.
    GoogleSignature,
    /// For want of a better place.
    Usage,
    /// The same.
    Error,
    /// The name of LiteLLM for Anthropic's.
    ThinkingBlocks,
    /// Ollama's name.
    Thinking,
}

impl<'a> Delta<'a> {
    /// A field; one that is `null` is missing.
    pub fn get(&self, field: Field) -> Option<Raw<'a>> {
        self.fields[field as usize]
    }
}

impl<'a> Chunk<'a> {
    /// The delta of a chunk that has nothing beside it, and in it nothing but content, reasoning and tool calls.
    pub fn plain_delta(&self) -> Option<&Delta<'a>> {
        let choice = self.choice.as_ref()?;
        let delta = &choice.delta;
        let others = [self.error, self.usage, self.metadata, choice.finish_reason, choice.native_finish_reason, choice.error];
        let rare = delta.fields.get(Field::Refusal as usize..).unwrap_or_default();
        (!delta.whole && others.iter().chain(rare).all(Option::is_none)).then_some(delta)
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
    // The answer stands in `provider`, `data`, `result`: whatever somebody wrapped it in.
    let mut nested = None;
    if chunk.choice.is_none() {
        document.each_field(|_, value| nested = nested.or(Some(value).filter(|value| value.field("choices").is_some())));
    }
    Some(nested.map_or(chunk, chunk_of))
}

/// The fields of these names, which stand in a row, where `null` is missing; of several of one name the last, as `JSON.parse` has it. One pass for every reader: a match
/// for each would be three times the code.
#[inline(never)]
pub fn fields_of<'a>(document: Raw<'a>, names: &str, found: &mut [Option<Raw<'a>>]) {
    document.each_field(|key, value| {
        let place = names.as_bytes().split(|byte| *byte == b' ').position(|name| name == key);
        if let Some(field) = place.and_then(|place| found.get_mut(place)) {
            *field = value.present();
        }
    });
}

const CHUNK: &str = "id model provider error usage openrouter_metadata choices object type";

fn chunk_of(document: Raw<'_>) -> Chunk<'_> {
    let mut fields = [None; 9];
    fields_of(document, CHUNK, &mut fields);
    let [id, model, provider, error, usage, metadata, choices, object, kind] = fields;
    let mut chunk = Chunk { id, model, provider, error: error.filter(says_something), usage, metadata, choice: None };
    let mut deep_usage = None;
    choices.into_iter().for_each(|choices| {
        choices.each(|choice| {
            if chunk.choice.is_none() && choice.is_object() {
                chunk.choice = choice_of(choice, &mut deep_usage);
            }
        });
    });
    // Some servers write the error bare and say so beside it.
    let says_error = [object, kind].into_iter().flatten().any(|value| value.bytes() == b"\"error\"");
    let is_bare = choices.is_none() && (says_error || (usage.is_none() && has_words(document)));
    // An error that is no object has its words beside it.
    if chunk.error.map_or(is_bare, |error| !error.is_object()) {
        chunk.error = Some(document);
    }
    // `x_groq`, `message`, `response`, `error.metadata`.
    if chunk.choice.as_ref().is_none_or(|choice| choice.finish_reason.is_some()) {
        document.each_field(|_, value| {
            let inner = || value.field("metadata")?.field("usage");
            deep_usage = deep_usage.or_else(|| value.field("usage")).or_else(inner);
        });
    }
    chunk.usage = usage.filter(|usage| counts(*usage)).or(deep_usage).or(usage);
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
        has_words |= value.present().is_some_and(|value| says_something(&value) && !is_object) && is_one_of(WORDS, key);
    });
    has_words
}

/// Whether a word is one of these, in capitals or not.
pub fn is_one_of(words: &str, word: &[u8]) -> bool {
    words.split('|').any(|other| word.eq_ignore_ascii_case(other.as_bytes()))
}

const CHOICE: &str = "delta message index finish_reason native_finish_reason text";

/// `None` for another than the first, as an answer asked for twice is not mixed, and for one with nothing in it.
fn choice_of<'a>(document: Raw<'a>, usage: &mut Option<Raw<'a>>) -> Option<Choice<'a>> {
    let mut fields = [None; 6];
    fields_of(document, CHOICE, &mut fields);
    let [delta, message, index, finish_reason, native_finish_reason, text] = fields;
    let (mut own, mut said) = (Fields::default(), Fields::default());
    fields_of(document, DELTA, &mut own);
    // Of both the delta counts, unless it says nothing.
    let delta = delta.filter(|delta| delta.is_object());
    let message = message.filter(|message| message.is_object());
    delta.into_iter().for_each(|delta| fields_of(delta, DELTA, &mut said));
    let whole = message.is_some() && !said.iter().flatten().any(says_something);
    message.into_iter().filter(|_| whole).for_each(|message| fields_of(message, DELTA, &mut said));
    let has_some = [delta, message, finish_reason, native_finish_reason, text].iter().chain(&own).any(Option::is_some);
    if !has_some || index.and_then(Raw::number).is_some_and(|index| index > 0.0) {
        return None;
    }
    // Legacy completions stream their text there.
    own[Field::Content as usize] = own[Field::Content as usize].or(text);
    let error = |fields: &Fields<'a>| fields[Field::Error as usize].filter(says_something);
    let error = error(&own).or(error(&said));
    said.iter_mut().zip(own).for_each(|(said, own)| *said = said.or(own));
    *usage = usage.or(said[Field::Usage as usize]);
    Some(Choice { delta: Delta { whole, fields: said }, finish_reason, native_finish_reason, error })
}

/// `false`, `0`, `""` and `[]` say nothing, whatever field they stand in, and neither does an object of nothing else.
pub fn says_something(value: &Raw<'_>) -> bool {
    let mut says = !matches!(value.bytes(), b"false" | b"0" | b"\"\"" | b"[]" | b"null");
    if value.is_object() {
        says = false;
        value.each_field(|_, value| says |= says_something(&value));
    }
    says
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
        assert_eq!(text(choice.delta.get(Field::Content)).as_deref(), Some("\"hi\""));
        assert!(choice.finish_reason.is_none() && chunk.usage.is_none());
    }

    #[test]
    fn understands_message_for_delta_usage_in_the_choice_and_an_answer_nested_in_provider() {
        let nested =
            br#"{"id":null,"choices":null,"provider":{"id":"gen-1","choices":[{"message":{"content":"nested"},"usage":{"cost":1}}]}}"#;
        let chunk = read_chunk(nested).unwrap().unwrap();
        assert_eq!(text(chunk.id).as_deref(), Some("\"gen-1\""));
        assert_eq!(text(chunk.choice.unwrap().delta.get(Field::Content)).as_deref(), Some("\"nested\""));
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
