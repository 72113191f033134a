//! What is known of a model: from the bundled rows and from the client's `models[ref]` (provider-rules 1.5 and 6).

use crate::error::Error;
use crate::model_ref::ModelRef;
use crate::value::Value;

/// How strongly a model may be asked to think, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effort {
    /// Not at all.
    None,
    /// `minimal`.
    Minimal,
    /// `low`.
    Low,
    /// `medium`.
    Medium,
    /// `high`.
    High,
    /// `xhigh`.
    XHigh,
    /// `max`.
    Max,
}

impl Effort {
    /// All, weakest first.
    pub const ALL: [Self; 7] = [Self::None, Self::Minimal, Self::Low, Self::Medium, Self::High, Self::XHigh, Self::Max];

    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Minimal => "minimal",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::XHigh => "xhigh",
            Self::Max => "max",
        }
    }

    /// Reads the word on the wire.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|effort| effort.as_str() == word)
    }
}

/// What is known of a model's reasoning.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Reasoning {
    /// Nothing, or that it has none.
    #[default]
    No,
    /// It reasons; its efforts are not known.
    Yes,
    /// It reasons with these efforts (`none` is not among them).
    Efforts {
        /// Weakest first.
        supported: Vec<Effort>,
        /// It cannot be switched off.
        is_mandatory: bool,
    },
    /// On or off and nothing between.
    Binary {
        /// It cannot be switched off.
        is_mandatory: bool,
    },
}

impl Reasoning {
    /// Whether it is known by which words it is asked.
    fn has_efforts(&self) -> bool {
        matches!(self, Self::Efforts { .. } | Self::Binary { .. })
    }

    /// Whether it reasons at all.
    pub fn is_known(&self) -> bool {
        *self != Self::No
    }

    /// Whether it cannot be switched off.
    pub fn is_mandatory(&self) -> bool {
        matches!(self, Self::Efforts { is_mandatory: true, .. } | Self::Binary { is_mandatory: true })
    }

    /// A boolean, or the catalog's object; an object with an effort nobody knows says nothing.
    pub fn read(value: &Value<'_>) -> Option<Self> {
        if let Some(flag) = value.as_bool() {
            return Some(if flag { Self::Yes } else { Self::No });
        }
        let is_mandatory = value.get("mandatory").and_then(|flag| flag.as_bool()) == Some(true);
        let efforts = value.get("supported_efforts").or_else(|| value.get("supportedEfforts"));
        let Some(list) = efforts else {
            return Some(Self::Efforts { supported: Effort::ALL.into_iter().skip(1).collect(), is_mandatory });
        };
        if !list.is_array() {
            return None;
        }
        let mut supported = Vec::new();
        for item in list.to_items() {
            supported.push(item.str().as_deref().and_then(Effort::parse)?);
        }
        if supported.is_empty() {
            return Some(Self::Binary { is_mandatory });
        }
        supported.retain(|effort| *effort != Effort::None);
        let ordered = Effort::ALL.into_iter().filter(|effort| supported.contains(effort)).collect();
        Some(Self::Efforts { supported: ordered, is_mandatory })
    }
}

/// What is known of one model. A field that nobody stated is `None`, and no rule acts on it.
///
/// Refused: OpenClaw's figures for unknown models (200,000 tokens of context, 8192 of output). They would cut the answers of every model
/// that is not in a list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ModelRecord {
    /// Reasoning.
    pub reasoning: Reasoning,
    /// Whether its efforts come from the catalog, and not from who runs the client.
    pub has_catalog_efforts: bool,
    /// Whether it takes tools.
    pub supports_tools: Option<bool>,
    /// What it takes: `text`, `image`, `video`, ...
    pub input: Option<Vec<String>>,
    /// Tokens of prompt and answer together.
    pub context_window: Option<u64>,
    /// Tokens of an answer.
    pub max_tokens: Option<u64>,
    /// Whether they are sent as the limit of a request that has none.
    pub sends_max_tokens: bool,
    /// The parameters it knows, as the catalog lists them.
    pub supported_parameters: Option<Vec<String>>,
}

impl ModelRecord {
    /// What is bundled.
    fn bundled(model: &ModelRef) -> Self {
        let kimi = |id: &str| model.family.split(':').next() == Some(id);
        if kimi("moonshotai/kimi-k2.6") || kimi("moonshotai/kimi-k2.5") {
            return Self {
                reasoning: Reasoning::Yes,
                input: Some(vec!["text".to_owned(), "image".to_owned()]),
                context_window: Some(262_144),
                max_tokens: Some(262_144),
                sends_max_tokens: true,
                ..Self::default()
            };
        }
        Self::default()
    }

    /// The record of a model: what the entry of `models` states wins over the catalog's, and that over what is bundled. `place` names the
    /// entry in errors. On OpenRouter's own route (`is_verified`) an entry that says no more than that the model reasons borrows the
    /// catalog's efforts; a list of its own is never replaced.
    pub fn of(
        model: &ModelRef,
        facts: Option<&Value<'_>>,
        entry: Option<&Value<'_>>,
        place: &str,
        is_verified: bool,
    ) -> Result<Self, Error> {
        let bundled = Self::bundled(model);
        let Some(facts) = facts else { return bundled.with(entry, place) };
        let sends_max_tokens = bundled.sends_max_tokens;
        let known = bundled.with(Some(facts), "catalogModels")?;
        let has_own = entry.is_some_and(|entry| entry.get("maxTokens").or_else(|| entry.get("max_tokens")).is_some());
        let own = entry.and_then(|entry| entry.get("reasoning"));
        let borrows = own.is_none_or(|own| own.as_bool() == Some(true) && is_verified);
        let efforts = known.reasoning.clone();
        let mut record = known.with(entry, place)?;
        if borrows && efforts.has_efforts() {
            (record.reasoning, record.has_catalog_efforts) = (efforts, true);
        }
        Ok(Self { sends_max_tokens: sends_max_tokens || has_own, ..record })
    }

    /// The record with what an entry states.
    fn with(self, entry: Option<&Value<'_>>, place: &str) -> Result<Self, Error> {
        let mut record = self;
        let Some(entry) = entry else { return Ok(record) };
        let wrong = |field: &str, problem: &str| Err(Error::invalid(&[place, ".", field].concat(), problem));
        if let Some(flag) = either(entry, "supportsTools", "supports_tools") {
            let Some(flag) = flag.as_bool() else { return wrong("supportsTools", "must be true or false") };
            record.supports_tools = Some(flag);
        }
        for (name, snake, target) in [
            ("input", "input_modalities", &mut record.input),
            ("supportedParameters", "supported_parameters", &mut record.supported_parameters),
        ] {
            if let Some(list) = either(entry, name, snake) {
                if !list.is_array() {
                    return wrong(name, "must be an array of strings");
                }
                *target = Some(list.to_items().iter().filter_map(|item| item.str().map(|text| text.into_owned())).collect());
            }
        }
        let mut stated = None;
        if let Some(reasoning) = entry.get("reasoning") {
            if reasoning.as_bool().is_none() && !reasoning.is_object() {
                return wrong("reasoning", "must be true, false or the catalog's object");
            }
            stated = Reasoning::read(&reasoning);
        }
        // The list tells that it reasons, where nothing better does.
        let lists = |name: &str| record.supported_parameters.as_ref().is_some_and(|list| list.iter().any(|held| held == name));
        match stated {
            Some(reasoning) => record.reasoning = reasoning,
            None if !record.reasoning.is_known() && (lists("reasoning") || lists("include_reasoning")) => record.reasoning = Reasoning::Yes,
            None => {}
        }
        for (name, snake, target) in
            [("contextWindow", "context_window", &mut record.context_window), ("maxTokens", "max_tokens", &mut record.max_tokens)]
        {
            if let Some(number) = either(entry, name, snake) {
                match number.as_number() {
                    Some(number) if number >= 1.0 => *target = Some(number as u64),
                    _ => return wrong(name, "must be a number of tokens"),
                }
                record.sends_max_tokens |= name == "maxTokens";
            }
        }
        Ok(record)
    }

    /// False only when its inputs are known and this kind is not among them.
    pub fn sees(&self, kind: &str) -> bool {
        self.input.as_ref().is_none_or(|input| input.iter().any(|held| held == kind))
    }
}

#[inline(never)]
fn either<'a>(entry: &'a Value<'_>, name: &str, snake: &str) -> Option<Value<'a>> {
    entry.get(name).or_else(|| entry.get(snake))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(entry: &str) -> ModelRecord {
        let model = ModelRef::parse("a/b").unwrap();
        ModelRecord::of(&model, None, Value::parse(entry).as_ref(), "models[\"a/b\"]", true).unwrap()
    }

    #[test]
    fn the_catalogs_reasoning_object_is_read_as_it_is_meant() {
        use Effort::*;
        let efforts = |supported: &[Effort], is_mandatory| Reasoning::Efforts { supported: supported.to_vec(), is_mandatory };
        let table = [
            ("true", Reasoning::Yes),
            ("false", Reasoning::No),
            (r#"{"supported_efforts":null}"#, efforts(&[Minimal, Low, Medium, High, XHigh, Max], false)),
            (r#"{"supported_efforts":["high","none","low"]}"#, efforts(&[Low, High], false)),
            (r#"{"supported_efforts":["low","high"],"mandatory":true}"#, efforts(&[Low, High], true)),
            (r#"{"supported_efforts":[]}"#, Reasoning::Binary { is_mandatory: false }),
            (r#"{"supported_efforts":[],"mandatory":true}"#, Reasoning::Binary { is_mandatory: true }),
            (r#"{"supported_efforts":["huge"]}"#, Reasoning::No),
            (r#"{"supported_efforts":"high"}"#, Reasoning::No),
            ("{}", efforts(&[Minimal, Low, Medium, High, XHigh, Max], false)),
        ];
        for (text, expected) in table {
            assert_eq!(record(&["{\"reasoning\":", text, "}"].concat()).reasoning, expected, "{text}");
        }
        for (entry, expected) in [
            (r#"{"supportedParameters":["tools","reasoning"]}"#, Reasoning::Yes),
            (r#"{"supported_parameters":["include_reasoning"]}"#, Reasoning::Yes),
            (r#"{"supportedParameters":["tools"]}"#, Reasoning::No),
            (r#"{"supportedParameters":["reasoning"],"reasoning":false}"#, Reasoning::No),
            (r#"{"supportedParameters":["reasoning"],"reasoning":{"supported_efforts":["huge"]}}"#, Reasoning::Yes),
            (r#"{"supportedParameters":["reasoning"],"reasoning":{"supported_efforts":[]}}"#, Reasoning::Binary { is_mandatory: false }),
        ] {
            assert_eq!(record(entry).reasoning, expected, "{entry}");
        }
    }

    #[test]
    fn what_is_wrong_is_named_by_its_place() {
        let model = ModelRef::parse("a/b").unwrap();
        for (entry, place) in [
            (r#"{"reasoning":"yes"}"#, "models[\"a/b\"].reasoning:"),
            (r#"{"maxTokens":"many"}"#, "models[\"a/b\"].maxTokens:"),
            (r#"{"input":"text"}"#, "models[\"a/b\"].input:"),
            (r#"{"supportsTools":1}"#, "models[\"a/b\"].supportsTools:"),
        ] {
            let error = ModelRecord::of(&model, None, Value::parse(entry).as_ref(), "models[\"a/b\"]", true).unwrap_err();
            assert!(error.message.starts_with(place), "{}", error.message);
        }
        let kimi = ModelRecord::of(&ModelRef::parse("moonshotai/kimi-k2.6:free").unwrap(), None, None, "", true).unwrap();
        assert_eq!((kimi.max_tokens, kimi.reasoning.is_known()), (Some(262_144), true));
        assert!(record(r#"{"input":["text"]}"#).input.is_some() && !record(r#"{"input":["text"]}"#).sees("image"));
    }
}
