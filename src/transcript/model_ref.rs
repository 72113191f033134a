//! Model references, `openrouter/<provider>/<model>`: what they name, the id on the wire, and the families that rules ask about
//! (provider-rules 1.1 to 1.4).

use openrouter_wire::record::Writes;

use crate::text::{between, find, split_last, tail};

/// The model of a request that names none.
pub const DEFAULT_MODEL: &str = "openrouter/auto";

/// A reference, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelRef {
    /// The key under which settings of the model are stored: `openrouter/<model>`, the prefix never twice.
    pub reference: String,
    /// The model's id, case as written.
    pub model: String,
    /// The id that is sent: lower case, without the prefix where OpenRouter does not know it.
    pub api_id: String,
    /// The id that families are told by: [`ModelRef::api_id`] without `openrouter/` and `~`.
    pub family: String,
    /// What follows the first `:` of the slug, such as `free` or `free:online`.
    pub variant: Option<String>,
    /// The slug after `@preset/`.
    pub preset: Option<String>,
    /// The auth profile after a last `@`.
    pub profile: Option<String>,
}

const PREFIX: &str = "openrouter/";
const PRESET: &str = "@preset/";

impl ModelRef {
    /// Reads a reference. `None`: it names no model (`""`, `"openrouter/"`, `"/x"`).
    ///
    /// Every id is OpenRouter's: `anthropic/claude-opus-5` is a slug of it and not another provider's model, as it would be to a host
    /// of many providers.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim_ascii();
        if text.eq_ignore_ascii_case("openrouter:auto") {
            return Self::parse("openrouter/auto");
        }
        // Stands for the first configured model of that kind: whoever has a list resolves it.
        if text.eq_ignore_ascii_case("openrouter:free") {
            return None;
        }
        let (slug, preset) = match find(text, PRESET) {
            Some(at) => (between(text, 0, at), Some(tail(text, at + PRESET.len())).filter(|preset| !preset.is_empty())),
            None => (text, None),
        };
        let (slug, profile) = if preset.is_some() { (slug, None) } else { split_profile(slug) };
        let model = match preset {
            // A preset alone brings its own model.
            Some(_) if slug.is_empty() || slug.eq_ignore_ascii_case(PREFIX) => String::new(),
            _ => model_of(slug)?,
        };
        let mut api_id = api_id(&model);
        let mut full = model;
        let variant = api_id.split_once(':').map(|(_, variant)| variant.to_owned());
        if let Some(preset) = preset {
            for id in [&mut full, &mut api_id] {
                id.push_str(PRESET);
                id.push_str(preset);
            }
        }
        let reference = if starts_with_ignore_case(&full, PREFIX) { full.clone() } else { [PREFIX, &full].concat() };
        let family = family_of(&api_id).to_owned();
        Some(Self {
            reference,
            model: full,
            family,
            api_id,
            variant,
            preset: preset.map(str::to_owned),
            profile: profile.map(str::to_owned),
        })
    }

    /// The reference of a model, where `text` is known to name one: else OpenRouter's own router.
    pub fn or_auto(text: &str) -> Self {
        Self::parse(text).unwrap_or_else(|| Self {
            reference: "openrouter/auto".to_owned(),
            model: "openrouter/auto".to_owned(),
            api_id: "openrouter/auto".to_owned(),
            family: "auto".to_owned(),
            variant: None,
            preset: None,
            profile: None,
        })
    }

    /// Whether a key of a settings table means this model: as written, with or without the doubled prefix, or by its API id.
    pub fn matches(&self, key: &str) -> bool {
        Self::parse(key).is_some_and(|other| other.api_id == self.api_id)
    }

    /// The family without variant and preset.
    fn plain_family(&self) -> &str {
        self.family.split([':', '@']).next().unwrap_or("")
    }

    /// Mistral: tool ids have nine characters.
    pub fn is_mistral(&self) -> bool {
        const STARTS: [&str; 9] =
            ["mistralai/", "mistral/", "mistral-", "codestral-", "devstral-", "ministral-", "mixtral-", "pixtral-", "voxtral-"];
        STARTS.iter().any(|start| self.family.starts_with(start))
    }

    /// DeepSeek V4 flash and pro, with or without a date; not `-mini`, not V3.
    pub fn is_deepseek_v4(&self) -> bool {
        let Some(rest) = self.plain_family().strip_prefix("deepseek/deepseek-v4-") else { return false };
        let Some(date) = rest.strip_prefix("flash").or_else(|| rest.strip_prefix("pro")) else { return false };
        let is_date = |digits: &str| (4..=8).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        date.is_empty() || date.strip_prefix('-').is_some_and(is_date)
    }

    /// Anthropic, `~anthropic/...` too.
    pub fn is_anthropic(&self) -> bool {
        self.family.starts_with("anthropic/")
    }

    /// Gemini, wherever the word stands.
    pub fn is_gemini(&self) -> bool {
        find(&self.family, "gemini").is_some()
    }

    /// xAI.
    pub fn is_xai(&self) -> bool {
        self.family.starts_with("x-ai/")
    }

    /// Moonshot's Kimi.
    pub fn is_moonshot(&self) -> bool {
        self.family.starts_with("moonshot/") || self.family.starts_with("moonshotai/")
    }

    /// `openrouter/auto`.
    pub fn is_auto(&self) -> bool {
        self.plain_family() == "auto"
    }

    /// The retired stealth model.
    pub fn is_hunter_alpha(&self) -> bool {
        self.plain_family() == "hunter-alpha" && self.api_id.starts_with(PREFIX)
    }

    /// OpenRouter's panel of models.
    pub fn is_fusion(&self) -> bool {
        self.plain_family() == "fusion" && self.api_id.starts_with(PREFIX)
    }

    /// A model of decisions: it answers questions about a state, and takes no chats.
    pub fn is_decider(&self) -> bool {
        let family = self.plain_family();
        let named = ["typesafe/jev", "cloudflare/clef"].iter().any(|start| family.starts_with(start));
        named || family.split(['/', '-']).any(|word| matches!(word, "decision" | "decisions" | "decider"))
    }

    /// Families whose prompt cache lives for a time that can be chosen; Gemini from 2.5 on.
    pub fn has_cache_ttl(&self) -> bool {
        const STARTS: [&str; 7] = ["anthropic/", "deepseek/", "moonshot/", "moonshotai/", "z-ai/", "zai/", "x-ai/"];
        let version = self.family.strip_prefix("google/gemini-");
        let is_new = |version: &str| version.starts_with(|c: char| ('2'..='9').contains(&c)) && !version.starts_with("2.0");
        STARTS.iter().any(|start| self.family.starts_with(start)) || version.is_some_and(is_new)
    }

    /// Models whose cache ends with the last message: no earlier turn may be written anew.
    pub fn is_append_only(&self) -> bool {
        self.family.starts_with("openai/gpt-5.6") || self.family.starts_with("openai/gpt-6")
    }

    /// The reference as a JSON object: what `parseModelRef` gives.
    pub fn to_json(&self) -> String {
        let Self { reference, model, api_id, family, variant, preset, profile } = self;
        ParsedModelRef { r#ref: reference, provider: "openrouter", model, api_id, family, variant, preset, profile }.to_json()
    }
}

openrouter_wire::record! {
    /// A model reference, read.
    pub struct ParsedModelRef<'a>: writes {
        r#ref: &'a str,
        provider: &'a str as "\"openrouter\"",
        model: &'a str,
        api_id: &'a str,
        family: &'a str,
        variant: &'a Option<String>,
        preset: &'a Option<String>,
        profile: &'a Option<String>,
    }
}

/// The model's id: behind the provider if that is `openrouter`, self prefix dropped, prefixed when bare.
fn model_of(slug: &str) -> Option<String> {
    let mut model = slug;
    if let Some((provider, rest)) = slug.split_once('/') {
        if provider.trim_ascii().is_empty() || rest.trim_ascii().is_empty() {
            return None;
        }
        if provider.trim_ascii().eq_ignore_ascii_case("openrouter") {
            model = rest.trim_ascii();
        }
    }
    if starts_with_ignore_case(model, PREFIX) {
        model = tail(model, PREFIX.len());
    }
    if model.is_empty() {
        return None;
    }
    Some(if model.contains('/') { model.to_owned() } else { [PREFIX, model].concat() })
}

/// The id on the wire.
fn api_id(model: &str) -> String {
    let id = model.trim_ascii().to_ascii_lowercase();
    let Some(rest) = id.strip_prefix(PREFIX) else { return id };
    if matches!(rest.split(':').next(), Some("deepseek-v4-flash" | "deepseek-v4-pro")) {
        return ["deepseek/", rest].concat();
    }
    if rest.contains('/') { rest.to_owned() } else { id }
}

fn family_of(api_id: &str) -> &str {
    let family = api_id.strip_prefix(PREFIX).unwrap_or(api_id);
    family.strip_prefix('~').unwrap_or(family)
}

/// A last `@profile`, unless what follows is a date or a quantisation tag.
fn split_profile(slug: &str) -> (&str, Option<&str>) {
    let Some((before, after)) = split_last(slug, b'@') else { return (slug, None) };
    let digits = after.bytes().take_while(u8::is_ascii_digit).count();
    let is_date = digits == 8 && after.len() == 8;
    let lower = after.to_ascii_lowercase();
    let is_quantisation = (digits > 0 && tail(&lower, digits) == "bit")
        || lower.strip_prefix('q').is_some_and(|rest| rest.bytes().next().is_some_and(|byte| byte.is_ascii_digit()));
    if after.is_empty() || after.contains('/') || is_date || is_quantisation {
        return (slug, None);
    }
    (before, Some(after))
}

fn starts_with_ignore_case(text: &str, start: &str) -> bool {
    text.as_bytes().get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_name_a_model_and_its_id_on_the_wire() {
        let table = [
            ("openrouter/auto", "openrouter/auto", "openrouter/auto"),
            ("openrouter/openrouter/auto", "openrouter/auto", "openrouter/auto"),
            ("openrouter/free", "openrouter/free", "openrouter/free"),
            ("OpenRouter/Anthropic/Claude-Sonnet-4.5", "Anthropic/Claude-Sonnet-4.5", "anthropic/claude-sonnet-4.5"),
            ("openrouter/google/gemini-3-pro", "google/gemini-3-pro", "google/gemini-3-pro"),
            ("openrouter/moonshotai/kimi-k2.6:free", "moonshotai/kimi-k2.6:free", "moonshotai/kimi-k2.6:free"),
            ("openrouter/deepseek-v4-pro", "openrouter/deepseek-v4-pro", "deepseek/deepseek-v4-pro"),
            ("openrouter/deepseek-v4-flash:free", "openrouter/deepseek-v4-flash:free", "deepseek/deepseek-v4-flash:free"),
            ("openrouter/~anthropic/claude-opus-latest", "~anthropic/claude-opus-latest", "~anthropic/claude-opus-latest"),
            ("openrouter/openrouter/fusion", "openrouter/fusion", "openrouter/fusion"),
            ("openrouter/openrouter/moonshotai/kimi-k2.6", "moonshotai/kimi-k2.6", "moonshotai/kimi-k2.6"),
            ("auto", "openrouter/auto", "openrouter/auto"),
            ("OpenRouter/OpenRouter/auto", "openrouter/auto", "openrouter/auto"),
            ("openrouter/openai/gpt-5@latest:free@q8", "openai/gpt-5@latest:free@q8", "openai/gpt-5@latest:free@q8"),
            ("gpt-5", "openrouter/gpt-5", "openrouter/gpt-5"),
            (" openrouter / auto ", "openrouter/auto", "openrouter/auto"),
            ("openrouter:auto", "openrouter/auto", "openrouter/auto"),
            ("anthropic/claude-haiku-4.5", "anthropic/claude-haiku-4.5", "anthropic/claude-haiku-4.5"),
            ("@preset/mine", "@preset/mine", "@preset/mine"),
            ("openrouter/@preset/mine", "@preset/mine", "@preset/mine"),
            ("openai/gpt-5@preset/mine", "openai/gpt-5@preset/mine", "openai/gpt-5@preset/mine"),
            ("openrouter/openai/gpt-5@work", "openai/gpt-5", "openai/gpt-5"),
            ("openrouter/openai/gpt-5@20250101", "openai/gpt-5@20250101", "openai/gpt-5@20250101"),
            ("openrouter/a/b@q4_0", "a/b@q4_0", "a/b@q4_0"),
            ("openrouter/a/b@8bit", "a/b@8bit", "a/b@8bit"),
            ("openrouter/a/b@8x", "a/b", "a/b"),
            ("openrouter/a/b@bit", "a/b", "a/b"),
            ("openrouter/a/b@quick", "a/b", "a/b"),
            ("openrouter/a/b@20250101x", "a/b", "a/b"),
            ("openrouter/a/b@personal", "a/b", "a/b"),
            ("openrouter/a/b@", "a/b@", "a/b@"),
        ];
        for (text, model, api_id) in table {
            let read = ModelRef::parse(text).unwrap();
            assert_eq!((read.model.as_str(), read.api_id.as_str()), (model, api_id), "{text}");
            let again = ModelRef::parse(&read.reference).unwrap();
            assert_eq!((again.api_id, again.reference), (read.api_id, read.reference), "{text}: the reference names the same model");
        }
        for text in ["", "  ", "openrouter:free", "openrouter/", "/x", "/", "openrouter/openrouter/", " / ", "@work", "openrouter/@work"] {
            assert_eq!(ModelRef::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn variants_presets_profiles_and_references() {
        let read = ModelRef::parse("openrouter/moonshotai/kimi-k2.6:free:online@preset/p").unwrap();
        assert_eq!((read.variant.as_deref(), read.preset.as_deref(), read.profile), (Some("free:online"), Some("p"), None));
        assert_eq!(ModelRef::parse("openai/gpt-5@work").unwrap().profile.as_deref(), Some("work"));
        for (text, reference, family) in [
            ("auto", "openrouter/auto", "auto"),
            ("openrouter/openrouter/auto", "openrouter/auto", "auto"),
            ("google/gemini-3-pro", "openrouter/google/gemini-3-pro", "google/gemini-3-pro"),
            ("~Anthropic/claude-opus-latest", "openrouter/~Anthropic/claude-opus-latest", "anthropic/claude-opus-latest"),
        ] {
            let read = ModelRef::parse(text).unwrap();
            assert_eq!((read.reference.as_str(), read.family.as_str()), (reference, family), "{text}");
        }
        let json = ModelRef::parse("openrouter/a/b:free").unwrap().to_json();
        assert_eq!(
            json,
            r#"{"ref":"openrouter/a/b:free","provider":"openrouter","model":"a/b:free","apiId":"a/b:free","family":"a/b:free","variant":"free"}"#
        );
    }

    #[test]
    fn families_are_told_by_the_id() {
        type Test = fn(&ModelRef) -> bool;
        let table: [(Test, &[&str], &[&str]); 8] = [
            (
                ModelRef::is_mistral,
                &["mistralai/mistral-small", "openrouter/codestral-2508", "~mistralai/x", "Mistral/y"],
                &["a/mistral", "mistrals/x"],
            ),
            (
                ModelRef::is_deepseek_v4,
                &[
                    "deepseek/deepseek-v4-pro",
                    "deepseek/deepseek-v4-flash-0731:free",
                    "openrouter/deepseek-v4-pro",
                    "deepseek/deepseek-v4-pro-20260101",
                    "deepseek/deepseek-v4-pro@preset/mine",
                    "deepseek/deepseek-v4-flash:free@preset/mine",
                ],
                &[
                    "deepseek/deepseek-v4-mini",
                    "deepseek/deepseek-v3.2",
                    "deepseek/deepseek-v4-pro-123",
                    "deepseek/deepseek-v4-pro-max",
                    "x/deepseek-v4-pro",
                ],
            ),
            (
                ModelRef::is_anthropic,
                &["anthropic/claude", "~anthropic/claude-opus-latest"],
                &["openrouter/anthropic", "x/anthropic/claude"],
            ),
            (ModelRef::is_gemini, &["google/gemini-3-pro", "x/My-Gemini"], &["google/gemma-3"]),
            (ModelRef::is_xai, &["x-ai/grok-4"], &["xai/grok"]),
            (ModelRef::is_moonshot, &["moonshotai/kimi-k2.6", "moonshot/k", "~moonshotai/kimi-latest"], &["x/moonshotai"]),
            (ModelRef::is_auto, &["auto", "openrouter/auto", "openrouter:auto"], &["openrouter/auto-beta", "a/auto"]),
            (
                ModelRef::is_hunter_alpha,
                &["openrouter/hunter-alpha", "openrouter/hunter-alpha:free"],
                &["openrouter/healer-alpha", "a/hunter-alpha"],
            ),
        ];
        for (number, (test, yes, no)) in table.iter().enumerate() {
            yes.iter().for_each(|id| assert!(test(&ModelRef::parse(id).unwrap()), "{number}: {id}"));
            no.iter().for_each(|id| assert!(!test(&ModelRef::parse(id).unwrap()), "{number}: {id}"));
        }
    }
}
