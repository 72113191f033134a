//! What a run costs: by step and in total, split into kinds, with the word for how it is known.

use crate::error::Error;
use crate::pricing::{Moment, Prices};
use crate::usd::Usd;
use crate::value::Value;

/// Characters of plain text in a token, as a rule of thumb.
const BYTES_PER_TOKEN: u64 = 4;
/// Tokens of a picture or sound in a prompt, as a rule of thumb.
const TOKENS_PER_MEDIUM: u64 = 1000;

/// How a cost is known, the surest last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Source {
    /// Nobody can say.
    #[default]
    Unknown,
    /// By the catalog's prices.
    Computed,
    /// Asked of `/generation` afterwards.
    Recovered,
    /// OpenRouter billed it.
    Reported,
}

impl Source {
    fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Computed => "computed",
            Self::Recovered => "recovered",
            Self::Reported => "reported",
        }
    }
}

/// The cost of one step, or of all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// All of it; more than the kinds together where there were fees beside them.
    pub total: Usd,
    /// The prompt but what the cache had to do with.
    pub input: Usd,
    /// The answer, thoughts included.
    pub output: Usd,
    /// Read from the prompt cache.
    pub cache_read: Usd,
    /// Written to it.
    pub cache_write: Usd,
    /// Part of the output.
    pub reasoning: Usd,
    /// How it is known.
    pub source: Source,
}

impl Cost {
    fn prompt(&self) -> Usd {
        self.input.plus(self.cache_read).plus(self.cache_write)
    }

    fn add(&mut self, other: &Self) {
        for (sum, part) in [
            (&mut self.total, other.total),
            (&mut self.input, other.input),
            (&mut self.output, other.output),
            (&mut self.cache_read, other.cache_read),
            (&mut self.cache_write, other.cache_write),
            (&mut self.reasoning, other.reasoning),
        ] {
            *sum = sum.plus(part);
        }
    }

    fn write_amounts(&self, out: &mut String) {
        for (name, amount) in [
            ("{\"total\":", self.total),
            (",\"input\":", self.input),
            (",\"output\":", self.output),
            (",\"cacheRead\":", self.cache_read),
            (",\"cacheWrite\":", self.cache_write),
            (",\"reasoning\":", self.reasoning),
        ] {
            out.push_str(name);
            amount.write(out);
        }
    }
}

/// What was used, as far as the usage tells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Tokens of the prompt that no cache had to do with.
    pub input: u64,
    /// Of them sound.
    pub audio: u64,
    /// Read from the cache.
    pub cache_read: u64,
    /// Written to the cache, whatever for how long.
    pub cache_write: u64,
    /// Of them for an hour.
    pub cache_write_1h: u64,
    /// Tokens of the answer, all kinds.
    pub output: u64,
    /// Of them thoughts.
    pub reasoning: u64,
    /// Of them sound.
    pub audio_output: u64,
    /// Of them pictures.
    pub image_output: u64,
    /// Searches of the web.
    pub searches: u64,
}

impl Counts {
    /// Reads the public usage object, and from its `raw` what that has no name for.
    pub fn read(usage: &Value<'_>) -> Self {
        let number =
            |value: Option<Value<'_>>| value.and_then(|value| value.as_number()).filter(|count| *count > 0.0).unwrap_or(0.0) as u64;
        let own = |name: &str| number(usage.get(name));
        let raw = usage.get("raw");
        let detail = |group: &str, name: &str| number(raw.as_ref().and_then(|raw| raw.get(group)).and_then(|group| group.get(name)));
        let (input, output) = (own("inputTokens"), own("outputTokens"));
        let cache_write = own("cacheWriteTokens");
        Self {
            input,
            audio: detail("prompt_tokens_details", "audio_tokens").min(input),
            cache_read: own("cacheReadTokens"),
            cache_write,
            cache_write_1h: detail("cache_creation", "ephemeral_1h_input_tokens").min(cache_write),
            output,
            reasoning: own("reasoningTokens").min(output),
            audio_output: detail("completion_tokens_details", "audio_tokens").min(output),
            image_output: detail("completion_tokens_details", "image_tokens").min(output),
            searches: detail("server_tool_use_details", "web_search_requests").max(detail("server_tool_use", "web_search_requests")),
        }
    }

    /// Tokens of the whole prompt.
    pub fn prompt(&self) -> u64 {
        self.input + self.cache_read + self.cache_write
    }

    fn is_nothing(&self) -> bool {
        self.prompt() + self.output == 0
    }

    /// What this costs at these prices.
    pub fn at(&self, prices: &Prices) -> Cost {
        let text_out = self.output.saturating_sub(self.audio_output + self.image_output);
        let reasoning = prices.reasoning.times(self.reasoning.min(text_out));
        let written = prices.completion.times(text_out.saturating_sub(self.reasoning));
        let media = prices.audio_output.times(self.audio_output).plus(prices.image_output.times(self.image_output));
        let (input, output) =
            (prices.prompt.times(self.input - self.audio).plus(prices.audio.times(self.audio)), written.plus(reasoning).plus(media));
        let cache_read = prices.cache_read.times(self.cache_read);
        let for_minutes = prices.cache_write.times(self.cache_write - self.cache_write_1h);
        let cache_write = for_minutes.plus(prices.cache_write_1h.times(self.cache_write_1h));
        // An answer out of the response cache is no request that anybody charges for.
        let fees = if self.is_nothing() { Usd::default() } else { prices.request.plus(prices.web_search.times(self.searches)) };
        let total = input.plus(output).plus(cache_read).plus(cache_write).plus(fees);
        Cost { total, input, output, cache_read, cache_write, reasoning, source: Source::Computed }
    }
}

/// A prompt that was sent, as far as its length can be told without the model's own tokenizer.
#[derive(Debug, Clone, Copy, Default)]
pub struct Prompt {
    /// Characters of the body, media not counted.
    pub chars: u64,
    /// Pictures and sounds.
    pub media: u64,
    /// The characters of an earlier prompt of the same conversation, and the tokens that were reported for it.
    pub known: Option<(u64, u64)>,
}

impl Prompt {
    /// Reads `{promptChars, media, knownChars?, knownTokens?}`.
    pub fn read(value: &Value<'_>) -> Self {
        let count = |name: &str| value.get(name).and_then(|value| value.as_number()).map(|number| number.max(0.0) as u64);
        let known = count("knownChars").zip(count("knownTokens"));
        Self { chars: count("promptChars").unwrap_or(0), media: count("media").unwrap_or(0), known }
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
pub fn of_usage(usage: &Value<'_>, model: &str, prices: Option<&Prices>) -> Cost {
    let counts = Counts::read(usage);
    let computed = prices.map(|prices| counts.at(prices));
    let Some(total) = Usd::in_field(usage, "cost") else { return computed.unwrap_or_default() };
    let mut cost = Cost { total, source: Source::Reported, ..Cost::default() };
    let raw = usage.get("raw");
    let details = raw.as_ref().and_then(|raw| raw.get("cost_details"));
    let detail = |name: &str| details.as_ref().and_then(|details| Usd::in_field(details, name));
    let is_byok = raw.as_ref().and_then(|raw| raw.get("is_byok")).and_then(|flag| flag.as_bool()) == Some(true);
    let halves = detail("upstream_inference_prompt_cost").zip(detail("upstream_inference_completions_cost"));
    let halves = halves.filter(|(prompt, output)| !prompt.plus(*output).is_zero());
    let (prompt, output) = match (halves, &computed) {
        (Some((prompt, output)), _) if !is_byok && prompt.plus(output) <= total => (prompt, output),
        (Some((prompt, output)), _) => {
            let prompt = total.share(prompt, prompt.plus(output));
            (prompt, total.minus(prompt))
        }
        (None, Some(computed)) => {
            let share = |part: Usd| total.share(part, computed.total);
            (share(computed.prompt()), share(computed.output))
        }
        (None, None) => return cost,
    };
    let parts = computed.filter(|computed| !computed.prompt().is_zero()).unwrap_or_else(|| counts.at(&Prices::relative(model)));
    cost.cache_read = prompt.share(parts.cache_read, parts.prompt());
    cost.cache_write = prompt.share(parts.cache_write, parts.prompt());
    cost.input = prompt.minus(cost.cache_read).minus(cost.cache_write);
    cost.output = output;
    cost.reasoning = match computed.filter(|computed| !computed.output.is_zero()) {
        Some(computed) => output.share(computed.reasoning, computed.output),
        None => output.share(Usd::whole(counts.reasoning), Usd::whole(counts.output)),
    };
    cost
}

/// The meter of a run: `{steps: [{model, atMs, pricing?, usage? | estimate?, isRecovered?}]}` to the public object. An estimate is
/// `{promptChars, media, knownChars?, knownTokens?, outputBytes}`: a step whose usage has not come, or never will.
pub fn meter(text: &str) -> Result<String, Error> {
    let input = Value::parse(text).ok_or_else(|| Error::invalid("steps", "no JSON"))?;
    let steps: Vec<Cost> = input.get("steps").map(|steps| steps.to_items()).unwrap_or_default().iter().map(of_step).collect();
    let mut total = Cost::default();
    steps.iter().for_each(|step| total.add(step));
    let mut out = String::new();
    total.write_amounts(&mut out);
    out.push_str(",\"steps\":[");
    for (number, step) in steps.iter().enumerate() {
        if number > 0 {
            out.push(',');
        }
        step.write_amounts(&mut out);
        write_source(step.source.as_str(), &mut out);
    }
    out.push(']');
    // Of nothing sent the cost is known: nothing.
    let first = steps.first().map_or(Source::Computed, |step| step.source);
    write_source(if steps.iter().all(|step| step.source == first) { first.as_str() } else { "mixed" }, &mut out);
    Ok(out)
}

fn of_step(step: &Value<'_>) -> Cost {
    let model = step.get_str("model").unwrap_or_default();
    let epoch_ms = step.get("atMs").and_then(|at| at.as_number()).unwrap_or(0.0);
    let pricing = step.get("pricing");
    let prices_for =
        |prompt_tokens: u64| pricing.as_ref().and_then(|pricing| Prices::of(pricing, &model, Moment { prompt_tokens, epoch_ms }));
    if let Some(usage) = step.get("usage") {
        let mut cost = of_usage(&usage, &model, prices_for(Counts::read(&usage).prompt()).as_ref());
        let is_recovered = step.get("isRecovered").and_then(|flag| flag.as_bool()) == Some(true);
        if is_recovered && cost.source == Source::Reported {
            cost.source = Source::Recovered;
        }
        return cost;
    }
    let Some(estimate) = step.get("estimate") else { return Cost::default() };
    let bytes = estimate.get("outputBytes").and_then(|bytes| bytes.as_number()).unwrap_or(0.0) as u64;
    let counts = Counts { input: Prompt::read(&estimate).tokens(), output: output_tokens(bytes), ..Counts::default() };
    prices_for(counts.prompt()).map(|prices| counts.at(&prices)).unwrap_or_default()
}

fn write_source(source: &str, out: &mut String) {
    out.push_str(",\"source\":\"");
    out.push_str(source);
    out.push_str("\"}");
}
