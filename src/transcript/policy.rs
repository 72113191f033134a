//! Which repairs a transcript gets: by the model's family, or as the caller says (sanitization 1, provider-rules 0).

use crate::error::Error;
use crate::json::Raw;
use crate::model_ref::ModelRef;
use crate::value::Value;

/// How tool ids are to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToolIds {
    /// Letters and digits, at most 40.
    Strict,
    /// Exactly nine letters and digits: Mistral.
    Strict9,
    /// As they are, each of them once.
    Unique,
}

/// What is done about thought signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signatures {
    /// They stay.
    Keep,
    /// Those that begin with `msg_` go: another API's ids.
    DropMessageIds,
    /// Those that are no base64 go, in both spellings: Gemini.
    Base64Only,
}

/// The repairs of one transcript.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Empty, failed and repeated turns go (sanitization 3).
    pub turns: bool,
    /// Thought signatures (4).
    pub signatures: Signatures,
    /// Images are checked, empty content is named (5).
    pub images: bool,
    /// Calls that no provider would take go (6).
    pub tool_inputs: bool,
    /// Calls and results are brought together (7).
    pub pairing: bool,
    /// An unanswered call gets an error result; without it the call goes.
    pub synthetic_results: bool,
    /// Tool ids (9).
    pub tool_ids: Option<ToolIds>,
    /// Thinking goes but for the latest turn's (8).
    pub drop_thinking: bool,
    /// Reasoning goes but for the current tool turn's (8).
    pub drop_reasoning: bool,
    /// A message that was sent once stays as it was: neither of the two above, whose border moves with every turn.
    pub append_only: bool,
    /// Adjacent assistant turns become one (10).
    pub gemini_turns: bool,
    /// As that, then dangling calls go and adjacent user turns become one (10).
    pub anthropic_turns: bool,
    /// A transcript that begins with the assistant gets a user turn in front (10).
    pub assistant_first: bool,
}

/// Nothing at all.
const OFF: Policy = Policy {
    turns: false,
    signatures: Signatures::Keep,
    images: false,
    tool_inputs: false,
    pairing: false,
    synthetic_results: false,
    tool_ids: None,
    drop_thinking: false,
    drop_reasoning: false,
    append_only: false,
    gemini_turns: false,
    anthropic_turns: false,
    assistant_first: false,
};

impl Policy {
    /// `auto`: what the model's family needs, and for every model images and pairing.
    pub fn auto(model: &ModelRef) -> Self {
        let (signatures, tool_ids) = match () {
            () if model.is_gemini() => (Signatures::Base64Only, Some(ToolIds::Strict)),
            () if model.is_mistral() => (Signatures::DropMessageIds, Some(ToolIds::Strict9)),
            () => (Signatures::DropMessageIds, None),
        };
        Self {
            turns: true,
            signatures,
            images: true,
            tool_inputs: true,
            pairing: true,
            synthetic_results: true,
            tool_ids,
            append_only: model.is_append_only(),
            ..OFF
        }
    }

    /// `classic`: the seeds' table. Gemini gets all of it, any other model the images alone.
    pub fn classic(model: &ModelRef) -> Self {
        if model.is_gemini() { Self::auto(model) } else { Self { images: true, ..OFF } }
    }

    /// `off`.
    pub fn off() -> Self {
        OFF
    }

    /// Reads `transcriptPolicy`: a name, or an object of the seeds' field names over what `auto` would do.
    pub fn read(value: Option<Raw<'_>>, model: &ModelRef) -> Result<Self, Error> {
        match (Self::named(value, model), value) {
            (Some(policy), _) => Ok(policy),
            (None, Some(fields)) if fields.is_object() => Self::auto(model).with_fields(fields),
            (None, _) => Err(Error::invalid("transcriptPolicy", "must be \"auto\", \"classic\", \"off\" or an object")),
        }
    }

    /// The policy of a name, or of none. `None` for fields and whatever else has to be read: [`Policy::read`] is the repairs' own.
    pub fn named(value: Option<Raw<'_>>, model: &ModelRef) -> Option<Self> {
        let Some(value) = value.and_then(Raw::present).map(Value::Raw) else { return Some(Self::auto(model)) };
        match () {
            () if value.is("auto") => Some(Self::auto(model)),
            () if value.is("classic") => Some(Self::classic(model)),
            () if value.is("off") => Some(OFF),
            () => None,
        }
    }

    fn with_fields(mut self, object: Raw<'_>) -> Result<Self, Error> {
        let mut result = Ok(());
        object.each_field(|name, raw| {
            let value = Value::Raw(raw);
            if result.is_err() || value.is_null() {
                return;
            }
            let name = String::from_utf8_lossy(name);
            let place = ["transcriptPolicy.", &name].concat();
            let flag = value.as_bool();
            let mut set = |target: &mut bool| match flag {
                Some(flag) => *target = flag,
                None => result = Err(Error::invalid(&place, "must be true or false")),
            };
            match name.as_ref() {
                "sanitizeMode" => match () {
                    () if value.is("full") => (self.images, self.turns) = (true, true),
                    () if value.is("images-only") => (self.images, self.turns) = (true, false),
                    () => result = Err(Error::invalid(&place, "must be \"full\" or \"images-only\"")),
                },
                "sanitizeToolCallIds" | "toolCallIdMode" => match () {
                    () if value.is("strict") => self.tool_ids = Some(ToolIds::Strict),
                    () if value.is("strict9") => self.tool_ids = Some(ToolIds::Strict9),
                    () if flag == Some(true) => self.tool_ids = self.tool_ids.or(Some(ToolIds::Strict)),
                    () if flag == Some(false) => self.tool_ids = None,
                    () => result = Err(Error::invalid(&place, "must be true, false, \"strict\" or \"strict9\"")),
                },
                "sanitizeThoughtSignatures" => match () {
                    // The seeds' older object form: {allowBase64Only, includeCamelCase}.
                    () if value.get("allowBase64Only").is_some_and(|flag| flag.as_bool() == Some(false)) => {
                        self.signatures = Signatures::DropMessageIds;
                    }
                    () if value.is_object() => self.signatures = Signatures::Base64Only,
                    () if flag == Some(true) => self.signatures = Signatures::Base64Only,
                    () if flag == Some(false) => self.signatures = Signatures::Keep,
                    () => result = Err(Error::invalid(&place, "must be true, false or an object")),
                },
                "repairToolUseResultPairing" => {
                    set(&mut self.pairing);
                    self.tool_inputs = self.pairing;
                }
                "allowSyntheticToolResults" => set(&mut self.synthetic_results),
                "dropThinkingBlocks" => set(&mut self.drop_thinking),
                "dropReasoningFromHistory" => set(&mut self.drop_reasoning),
                "appendOnlyRuntimeContext" => set(&mut self.append_only),
                "validateGeminiTurns" => set(&mut self.gemini_turns),
                "validateAnthropicTurns" => set(&mut self.anthropic_turns),
                "assistantFirstBootstrap" => set(&mut self.assistant_first),
                _ => result = Err(Error::invalid(&place, "is no field of a policy")),
            }
        });
        result.map(|()| self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Reader;

    fn policy(text: &str, model: &str) -> Result<Policy, Error> {
        Policy::read(Some(Reader::document(text.as_bytes()).unwrap()), &ModelRef::parse(model).unwrap())
    }

    #[test]
    fn families_get_what_their_row_says() {
        let (gemini, mistral, other) = ("google/gemini-3-pro", "mistralai/mistral-small", "openai/gpt-5");
        let auto = |model| policy("\"auto\"", model).unwrap();
        assert_eq!((auto(gemini).signatures, auto(gemini).tool_ids), (Signatures::Base64Only, Some(ToolIds::Strict)));
        assert_eq!((auto(mistral).signatures, auto(mistral).tool_ids), (Signatures::DropMessageIds, Some(ToolIds::Strict9)));
        assert_eq!((auto(other).tool_ids, auto(other).pairing, auto(other).synthetic_results), (None, true, true));
        let classic = |model| policy("\"classic\"", model).unwrap();
        assert_eq!(classic(gemini), auto(gemini));
        assert_eq!(classic(other), Policy { images: true, ..Policy::off() });
        assert_eq!(classic(mistral), classic(other));
        assert_eq!(policy("\"off\"", gemini).unwrap(), Policy::off());
    }

    #[test]
    fn an_object_changes_what_it_names_and_nothing_else() {
        let read = policy(r#"{"sanitizeToolCallIds":true,"allowSyntheticToolResults":false,"sanitizeMode":"images-only"}"#, "a/b").unwrap();
        let auto = Policy::auto(&ModelRef::parse("a/b").unwrap());
        assert_eq!(read, Policy { tool_ids: Some(ToolIds::Strict), synthetic_results: false, turns: false, ..auto });
        assert_eq!(policy(r#"{"sanitizeToolCallIds":true}"#, "mistral/x").unwrap().tool_ids, Some(ToolIds::Strict9));
        let signatures = |text: &str| policy(text, "google/gemini-3-pro").unwrap().signatures;
        for (text, expected) in [
            (r#"{"sanitizeThoughtSignatures":{"allowBase64Only":true,"includeCamelCase":true}}"#, Signatures::Base64Only),
            (r#"{"sanitizeThoughtSignatures":{"allowBase64Only":false}}"#, Signatures::DropMessageIds),
            (r#"{"sanitizeThoughtSignatures":true}"#, Signatures::Base64Only),
            (r#"{"sanitizeThoughtSignatures":false}"#, Signatures::Keep),
            (r#"{"sanitizeThoughtSignatures":null}"#, Signatures::Base64Only),
        ] {
            assert_eq!(signatures(text), expected, "{text}");
        }
        assert!(!policy(r#"{"repairToolUseResultPairing":false}"#, "a/b").unwrap().tool_inputs);
        for (text, place) in [
            ("5", "transcriptPolicy:"),
            ("\"none\"", "transcriptPolicy:"),
            (r#"{"sanitizeMode":"all"}"#, "transcriptPolicy.sanitizeMode:"),
            (r#"{"pairing":true}"#, "transcriptPolicy.pairing:"),
            (r#"{"sanitizeToolCallIds":5}"#, "transcriptPolicy.sanitizeToolCallIds:"),
            (r#"{"toolCallIdMode":"strict8"}"#, "transcriptPolicy.toolCallIdMode:"),
            (r#"{"sanitizeThoughtSignatures":5}"#, "transcriptPolicy.sanitizeThoughtSignatures:"),
            (r#"{"allowSyntheticToolResults":1}"#, "transcriptPolicy.allowSyntheticToolResults:"),
        ] {
            let error = policy(text, "a/b").unwrap_err();
            assert!(error.message.starts_with(place), "{text}: {}", error.message);
        }
    }
}
