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
    /// `extra_content`: Google's signature of a thought.
    pub extra_content: Option<Raw<'a>>,
    /// `provider_specific_fields`, in which LiteLLM hands it on.
    pub provider_fields: Option<Raw<'a>>,
    /// `usage`, for want of a better place.
    usage: Option<Raw<'a>>,
    /// `error`, the same.
    error: Option<Raw<'a>>,
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
            delta.extra_content,
            delta.provider_fields,
            delta.usage,
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
    let mut chunk = Chunk { id, model, provider, error: error.filter(is_error), usage, metadata, choice: None };
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
    // What is no object has its words beside it.
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
        has_words |= value.present().is_some_and(|value| is_error(&value) && !is_object) && is_one_of(WORDS, key);
    });
    has_words
}

/// Whether a word is one of these, in capitals or not.
fn is_one_of(words: &str, word: &[u8]) -> bool {
    words.split('|').any(|other| word.eq_ignore_ascii_case(other.as_bytes()))
}

const CHOICE: &str = "delta message index finish_reason native_finish_reason error usage text";

/// `None` for another than the first, as an answer asked for twice is not mixed, and for one with nothing in it.
fn choice_of<'a>(document: Raw<'a>, usage: &mut Option<Raw<'a>>) -> Option<Choice<'a>> {
    let mut fields = [None; 8];
    fields_of(document, CHOICE, &mut fields);
    let [delta, message, index, finish_reason, native_finish_reason, error, own_usage, text] = fields;
    // Of both the delta counts.
    let delta = delta.filter(|delta| delta.is_object());
    let whole = message.filter(|message| delta.is_none() && message.is_object());
    let said = delta.or(whole);
    let has_some = [said, finish_reason, native_finish_reason, error, own_usage, text].iter().any(Option::is_some);
    if !has_some || index.and_then(Raw::number).is_some_and(|index| index > 0.0) {
        return None;
    }
    let mut delta = said.map(delta_of).unwrap_or_default();
    delta.whole = whole.is_some();
    // Legacy completions stream their text there.
    delta.content = delta.content.or(text);
    let error = error.filter(is_error).or(delta.error.filter(is_error));
    *usage = usage.or(own_usage).or(delta.usage);
    Some(Choice { delta, finish_reason, native_finish_reason, error })
}

/// `false`, `0`, `""` and `[]` are no errors, whatever field they stand in, and neither is an object of nothing else.
fn is_error(value: &Raw<'_>) -> bool {
    let mut says = !matches!(value.bytes(), b"false" | b"0" | b"\"\"" | b"[]" | b"null");
    if value.is_object() {
        says = false;
        value.each_field(|_, value| says |= is_error(&value));
    }
    says
}

const DELTA: &str = "content refusal reasoning reasoning_content reasoning_text reasoning_details tool_calls function_call \
    images audio annotations extra_content provider_specific_fields usage error";

fn delta_of(document: Raw<'_>) -> Delta<'_> {
    let mut fields = [None; 15];
    fields_of(document, DELTA, &mut fields);
    let [content, refusal, reasoning, reasoning_content, reasoning_text, reasoning_details, tool_calls, ..] = fields;
    let [.., function_call, images, audio, annotations, extra_content, provider_fields, usage, error] = fields;
    Delta {
        whole: false,
        content,
        refusal,
        reasoning,
        reasoning_content,
        reasoning_text,
        reasoning_details,
        tool_calls,
        function_call,
        images,
        audio,
        annotations,
        extra_content,
        provider_fields,
        usage,
        error,
    }
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
