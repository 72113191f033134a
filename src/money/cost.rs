//! What a run costs: by step and in total, split into kinds, with the word for how it is known.

use std::borrow::Cow;

use crate::decimal::{MOST_TOKENS, MOST_USD};
use crate::json::Raw;
use crate::pricing::{Moment, Prices, UNITS, Unit};
use crate::record::{Reads, Writes};
use crate::usd::Usd;
use crate::value::Value;

/// Characters of plain text in a token, as a rule of thumb.
const BYTES_PER_TOKEN: u64 = 4;
/// Tokens of an image or sound in a prompt, as a rule of thumb.
const TOKENS_PER_MEDIUM: u64 = 1000;

openrouter_wire::worded! {
    /// How a cost is known, the surest last.
    pub enum CostSource {
        /// Nobody can say.
        Unknown = "unknown",
        /// By the catalog's prices.
        Computed = "computed",
        /// Asked of `/generation` afterwards.
        Recovered = "recovered",
        /// OpenRouter billed it.
        Reported = "reported",
    }
}

/// The parts of a cost.
#[derive(Debug, Clone, Copy)]
#[repr(usize)]
pub enum Part {
    /// All of it; more than the others together where there were fees beside them.
    Total,
    /// The prompt but what the cache had to do with.
    Input,
    /// The answer, thoughts included.
    Output,
    /// Read from the prompt cache.
    CacheRead,
    /// Written to it.
    CacheWrite,
    /// Part of the output.
    Reasoning,
}

/// The cost of one step, or of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    parts: [Usd; 6],
    /// How it is known.
    pub source: CostSource,
}

impl Cost {
    /// One of its parts.
    pub fn part(&self, part: Part) -> Usd {
        self.parts[part as usize]
    }

    fn prompt(&self) -> Usd {
        self.part(Part::Input).plus(self.part(Part::CacheRead)).plus(self.part(Part::CacheWrite))
    }

    fn record(&self) -> StepCost {
        let [total, input, output, cache_read, cache_write, reasoning] = self.parts;
        StepCost { total, input, output, cache_read, cache_write, reasoning, source: self.source }
    }
}

impl Default for Cost {
    fn default() -> Self {
        Self { parts: Default::default(), source: CostSource::Unknown }
    }
}

openrouter_wire::record! {
    /// What one step cost, in US dollars.
    pub struct StepCost: writes {
        total: Usd,
        input: Usd,
        output: Usd,
        cache_read: Usd,
        cache_write: Usd,
        reasoning: Usd,
        source: CostSource,
    }
}

openrouter_wire::record! {
    /// What a run cost, in US dollars.
    pub struct RunCost: writes {
        total: Usd,
        input: Usd,
        output: Usd,
        cache_read: Usd,
        cache_write: Usd,
        reasoning: Usd,
        steps: Vec<StepCost>,
        /// That of every step, or `mixed`.
        source: &'static str as "CostSource | \"mixed\"",
    }
}

openrouter_wire::record! {
    /// An answer that was or may have been billed, as the books of a run have it.
    pub struct BookedStep<'a>: reads {
        model: Option<Cow<'a, str>>,
        /// When it was sent, milliseconds since 1970 UTC.
        at_ms: Option<f64>,
        pricing: Option<Raw<'a>> as "api.Pricing",
        usage: Option<Raw<'a>> as "api.Usage",
        /// For what the usage leaves unsaid, or where none has come.
        estimate: Option<StepEstimate>,
        /// Whether the usage was asked of `/generation` afterwards.
        is_recovered: bool,
    }
}

openrouter_wire::record! {
    /// What is known of an answer without its usage.
    pub struct StepEstimate: reads {
        /// Characters of the body, media not counted.
        prompt_chars: u64,
        /// Images and sounds.
        media: Option<u64>,
        /// The characters of an earlier prompt of the same conversation, and the tokens that were reported for it.
        known_chars: Option<u64>,
        known_tokens: Option<u64>,
        output_bytes: Option<u64>,
    }
}

openrouter_wire::record! {
    /// What a meter sums.
    pub struct BookedSteps<'a>: reads {
        steps: Vec<Raw<'a>> as "BookedStep[]",
    }
}

/// What was used, by unit, as far as the usage tells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    units: [u64; UNITS],
}

impl Counts {
    /// A request of so many tokens of plain text.
    pub fn of_text(prompt: u64, output: u64) -> Self {
        let mut counts = Self::default();
        counts.units[Unit::Prompt as usize] = prompt;
        counts.units[Unit::Completion as usize] = output;
        counts.units[Unit::Request as usize] = 1;
        counts
    }

    /// Reads the public usage object, and from its `raw` what that has no name for. A half that it does not count, prompt or answer, is as the estimate
    /// has it: a server that counts its prompt alone has not answered for nothing.
    pub fn read(usage: &Value<'_>, estimate: &Self) -> Self {
        let own = |name: &str| count(usage, name);
        let raw = usage.get("raw");
        let detail = |group: &str, name: &str| raw.as_ref().and_then(|raw| raw.get(group)).map_or(0, |group| count(&group, name));
        let told = |count: u64, others: u64, unit: Unit| if count + others == 0 { estimate.units[unit as usize] } else { count };
        let cached = own("cacheReadTokens") + own("cacheWriteTokens");
        let mut counts = Self::of_text(told(own("inputTokens"), cached, Unit::Prompt), told(own("outputTokens"), 0, Unit::Completion));
        // Each of them is part of a unit before it.
        for (unit, of, tokens) in [
            (Unit::CacheRead, Unit::CacheRead, own("cacheReadTokens")),
            (Unit::CacheWrite, Unit::CacheWrite, own("cacheWriteTokens")),
            (Unit::CacheWrite1h, Unit::CacheWrite, detail("cache_creation", "ephemeral_1h_input_tokens")),
            (Unit::Audio, Unit::Prompt, detail("prompt_tokens_details", "audio_tokens")),
            (Unit::AudioOutput, Unit::Completion, detail("completion_tokens_details", "audio_tokens")),
            (Unit::ImageOutput, Unit::Completion, detail("completion_tokens_details", "image_tokens")),
            (Unit::Reasoning, Unit::Completion, own("reasoningTokens")),
        ] {
            let tokens = if unit == of { tokens } else { tokens.min(counts.units[of as usize]) };
            counts.units[of as usize] -= if unit == of { 0 } else { tokens };
            counts.units[unit as usize] = tokens;
        }
        let searches = detail("server_tool_use_details", "web_search_requests").max(detail("server_tool_use", "web_search_requests"));
        counts.units[Unit::WebSearch as usize] = searches;
        // An answer out of the response cache is no request that anybody charges for.
        counts.units[Unit::Request as usize] = u64::from(counts.units.iter().sum::<u64>() > 1);
        counts
    }

    /// Tokens of the whole prompt.
    pub fn prompt(&self) -> u64 {
        [Unit::Prompt, Unit::Audio, Unit::CacheRead, Unit::CacheWrite, Unit::CacheWrite1h]
            .iter()
            .map(|unit| self.units[*unit as usize])
            .sum()
    }

    /// What this costs at these prices.
    pub fn at(&self, prices: &Prices) -> Cost {
        let mut cost = Cost { source: CostSource::Computed, ..Cost::default() };
        const PART_OF: [Part; UNITS] = [
            Part::Input,
            Part::Output,
            Part::CacheRead,
            Part::CacheWrite,
            Part::CacheWrite,
            Part::Input,
            Part::Output,
            Part::Output,
            Part::Output,
            Part::Total,
            Part::Total,
        ];
        let amounts = prices.times(&self.units);
        for (amount, part) in amounts.into_iter().zip(PART_OF) {
            let sum = &mut cost.parts[part as usize];
            *sum = sum.plus(amount);
        }
        cost.parts[Part::Total as usize] = amounts.into_iter().fold(Usd::default(), Usd::plus);
        cost.parts[Part::Reasoning as usize] = amounts[Unit::Reasoning as usize];
        cost
    }
}

/// A count in a field; 0 when there is none, or more than anybody believes.
fn count(object: &Value<'_>, name: &str) -> u64 {
    object
        .get(name)
        .and_then(|value| value.as_number())
        .filter(|number| (0.0..=MOST_TOKENS).contains(number))
        .map_or(0, |number| number as u64)
}

/// A prompt that was sent, as far as its length can be told without the model's own tokenizer.
#[derive(Debug, Clone, Copy, Default)]
pub struct Prompt {
    /// Characters of the body, media not counted.
    pub chars: u64,
    /// Images and sounds.
    pub media: u64,
    /// The characters of an earlier prompt of the same conversation, and the tokens that were reported for it.
    pub known: Option<(u64, u64)>,
}

impl Prompt {
    /// A prompt of so many characters and media, beside an earlier one, where its tokens are known.
    pub fn new(chars: u64, media: u64, known_chars: Option<u64>, known_tokens: Option<u64>) -> Self {
        let known = (known_chars.unwrap_or_default(), known_tokens.unwrap_or_default());
        Self { chars, media, known: Some(known).filter(|(_, tokens)| *tokens > 0) }
    }

    /// About how many tokens it has.
    pub fn tokens(&self) -> u64 {
        match self.known {
            Some((chars, tokens)) if chars <= self.chars => tokens + (self.chars - chars).div_ceil(BYTES_PER_TOKEN),
            _ => self.chars.div_ceil(BYTES_PER_TOKEN) + self.media * TOKENS_PER_MEDIUM,
        }
    }
}

/// About how many tokens so many bytes of an answer are.
pub fn output_tokens(bytes: u64) -> u64 {
    bytes.div_ceil(BYTES_PER_TOKEN)
}

/// The cost of a usage: as billed, else by the prices, else unknown. A bill is split by what it says of itself, else as the prices would
/// have it. With a key of the caller's own (BYOK) the bill is OpenRouter's fee, and only how it is split is taken from the provider's part.
fn of_usage(usage: &Value<'_>, counts: &Counts, model: &str, prices: Option<&Prices>) -> Cost {
    let computed = prices.map(|prices| counts.at(prices));
    let most = Usd::whole(MOST_USD as u64);
    let Some(total) = Usd::in_field(usage, "cost").filter(|total| *total <= most) else { return computed.unwrap_or_default() };
    let mut cost = Cost { source: CostSource::Reported, ..Cost::default() };
    cost.parts[Part::Total as usize] = total;
    let raw = usage.get("raw");
    let details = raw.as_ref().and_then(|raw| raw.get("cost_details"));
    let [prompt, output] = ["upstream_inference_prompt_cost", "upstream_inference_completions_cost"]
        .map(|name| details.as_ref().and_then(|details| Usd::in_field(details, name)).unwrap_or_default());
    let is_byok = raw.as_ref().and_then(|raw| raw.get("is_byok")).and_then(|flag| flag.as_bool()) == Some(true);
    let both = prompt.plus(output);
    let (prompt, output) = match &computed {
        _ if !both.is_zero() && !is_byok && both <= total => (prompt, output),
        _ if !both.is_zero() => (total.share(prompt, both), total.share(output, both)),
        Some(computed) => {
            let whole = computed.part(Part::Total);
            (total.share(computed.prompt(), whole), total.share(computed.part(Part::Output), whole))
        }
        None => return cost,
    };
    let parts = computed.filter(|computed| !computed.prompt().is_zero()).unwrap_or_else(|| counts.at(&Prices::relative(model)));
    for part in [Part::CacheRead, Part::CacheWrite] {
        cost.parts[part as usize] = prompt.share(parts.part(part), parts.prompt());
    }
    cost.parts[Part::Input as usize] = prompt.minus(cost.prompt());
    cost.parts[Part::Output as usize] = output;
    let thoughts = computed.filter(|computed| !computed.part(Part::Output).is_zero());
    let (part, whole) = match thoughts {
        Some(computed) => (computed.part(Part::Reasoning), computed.part(Part::Output)),
        None => (Usd::whole(count(usage, "reasoningTokens")), Usd::whole(count(usage, "outputTokens"))),
    };
    cost.parts[Part::Reasoning as usize] = output.share(part, whole).min(output);
    cost
}

/// The [`RunCost`] of [`BookedSteps`]; of a step that cannot be read nothing is known.
pub fn meter(text: &str) -> String {
    let books = BookedSteps::parse(text);
    let (mut total, mut steps, mut source) = (Cost::default(), Vec::new(), None);
    for step in books.map(|books| books.steps).unwrap_or_default() {
        let cost = BookedStep::read(step).map(|step| of_step(&step, step.pricing)).unwrap_or_default();
        steps.push(cost.record());
        total.parts.iter_mut().zip(cost.parts).for_each(|(sum, part)| *sum = sum.plus(part));
        let word = cost.source.as_str();
        source = Some(if source.is_none_or(|held| held == word) { word } else { "mixed" });
    }
    let StepCost { total, input, output, cache_read, cache_write, reasoning, .. } = total.record();
    // Of nothing sent the cost is known: nothing.
    let source = source.unwrap_or("computed");
    RunCost { total, input, output, cache_read, cache_write, reasoning, steps, source }.to_json()
}

/// What one step of them costs at these prices.
pub fn of_step(step: &BookedStep<'_>, pricing: Option<Raw<'_>>) -> Cost {
    let usage = step.usage.map(Value::Raw);
    let model = step.model.as_deref().unwrap_or_default();
    let estimate = step.estimate.as_ref().map(|estimate| {
        let StepEstimate { prompt_chars, media, known_chars, known_tokens, output_bytes } = *estimate;
        let prompt = Prompt::new(prompt_chars, media.unwrap_or_default(), known_chars, known_tokens).tokens();
        Counts::of_text(prompt, output_tokens(output_bytes.unwrap_or_default()))
    });
    let counts = match (&usage, estimate) {
        (Some(usage), estimate) => Counts::read(usage, &estimate.unwrap_or_default()),
        (None, Some(estimate)) => estimate,
        (None, None) => return Cost::default(),
    };
    let moment = Moment { prompt_tokens: counts.prompt(), epoch_ms: step.at_ms.unwrap_or_default() };
    let prices = pricing.and_then(|pricing| Prices::of(&Value::Raw(pricing), model, moment));
    let Some(usage) = usage else { return prices.map(|prices| counts.at(&prices)).unwrap_or_default() };
    let mut cost = of_usage(&usage, &counts, model, prices.as_ref());
    if cost.source == CostSource::Reported && step.is_recovered {
        cost.source = CostSource::Recovered;
    }
    cost
}

/// How long the answer of a step without a usage was.
pub fn output_bytes(step: &BookedStep<'_>) -> u64 {
    step.estimate.as_ref().and_then(|estimate| estimate.output_bytes).unwrap_or_default()
}
