//! What a request for images may ask of its model: by the model's own row, and where that is not known by the one family that is.

use crate::error::Error;
use crate::media::{MediaOptions, set_text};
use crate::value::{Object, Value};

/// The options that are words, by their public names and those on the wire.
const WORDS: [(&str, &str); 6] = [
    ("aspectRatio", "aspect_ratio"),
    ("resolution", "resolution"),
    ("size", "size"),
    ("quality", "quality"),
    ("outputFormat", "output_format"),
    ("background", "background"),
];
/// Those that are whole numbers, and what OpenRouter takes of them.
const NUMBERS: [(&str, &str, f64, f64); 2] =
    [("outputCompression", "output_compression", 0.0, 100.0), ("seed", "seed", -9_007_199_254_740_991.0, 9_007_199_254_740_991.0)];
/// Where no row is known they are sent to Gemini alone: other models refuse what they do not know (media 1).
const HINTS: [&str; 2] = ["aspectRatio", "resolution"];
/// Images that go along, where no row says how many.
pub const MAX_INPUTS: usize = 16;
/// More than these OpenClaw never sends: beyond them the row decides.
const USUAL_INPUTS: usize = 5;

/// The parameters of one request.
pub struct Parameters<'a> {
    model: &'a str,
    /// `supported_parameters` of the model's row in `/images/models`.
    row: Option<Value<'a>>,
    warnings: Vec<Value<'static>>,
    /// Whether the row would say more.
    wants_row: bool,
}

impl<'a> Parameters<'a> {
    /// `parameters` of the options is what the row says, where it is known.
    pub fn new(options: &MediaOptions<'a>, model: &'a str) -> Self {
        Self { model, row: options.own("parameters").filter(|row| row.is_object()).cloned(), warnings: Vec::new(), wants_row: false }
    }

    /// Sets what OpenRouter's own route takes.
    pub fn set_all(&mut self, body: &mut Object<'_>, options: &MediaOptions<'_>) -> Result<(), Error> {
        for (name, wire) in WORDS {
            if let Some(word) = options.text(name)? {
                let word = word.trim_ascii().to_owned();
                if self.admits(name, wire, &Value::text(&word))? {
                    set_text(body, wire, &word);
                }
            }
        }
        for (name, wire, from, to) in NUMBERS {
            let problem = if name == "seed" { "must be a whole number" } else { "must be a whole number from 0 to 100" };
            if let Some(number) = options.number(name, from, to, problem)? {
                if number.as_number().is_some_and(|number| number.fract() != 0.0) {
                    return Err(Error::invalid(name, problem));
                }
                let number = number.into_owned();
                if self.admits(name, wire, &number)? {
                    body.set(wire, number);
                }
            }
        }
        Ok(())
    }

    /// The two that the older way through chats takes; `None` where the model does not.
    pub fn hint(&mut self, options: &MediaOptions<'_>, name: &str) -> Result<Option<String>, Error> {
        let Some(hint) = options.text(name)? else { return Ok(None) };
        let is_taken = self.model.starts_with("google/gemini-");
        if !is_taken {
            self.warn(name, "not sent, it is for google/gemini- models alone");
        }
        Ok(is_taken.then(|| hint.trim_ascii().to_owned()))
    }

    /// A parameter that has no place there is told.
    pub fn warn_of_others(&mut self, options: &MediaOptions<'_>) {
        let names = WORDS.iter().map(|(name, _)| *name).chain(NUMBERS.iter().map(|(name, ..)| *name));
        for name in names.filter(|name| !HINTS.contains(name) && options.own(name).is_some()) {
            self.warn(name, "not sent, it is for OpenRouter's own base URL alone");
        }
    }

    /// How many images may go along.
    pub fn check_inputs(&mut self, count: usize) -> Result<(), Error> {
        self.wants_row |= count > USUAL_INPUTS && self.row.is_none();
        let most = self.row.as_ref().map(|row| match row.get("input_references") {
            Some(rule) => rule.get("max").and_then(|max| max.as_number()).map_or(MAX_INPUTS, |max| max as usize),
            None if count > 0 => 0,
            None => MAX_INPUTS,
        });
        match most {
            Some(most) if count > most => {
                let most = (most as u64).to_string();
                Err(Error::invalid("inputs", &["must be at most ", &most, " images for ", self.model].concat()))
            }
            _ => Ok(()),
        }
    }

    fn warn(&mut self, name: &str, words: &str) {
        self.warnings.push(Value::Text([name, ": ", words].concat()));
    }

    /// What is odd.
    pub fn warn_too(&mut self, warning: &str) {
        self.warnings.push(Value::text(warning));
    }

    /// Whether a row would have said more, and what is to be told.
    pub fn finish(self) -> (bool, Vec<Value<'static>>) {
        (self.wants_row, self.warnings)
    }

    /// Whether it goes out; a value that the row rules out is an error.
    fn admits(&mut self, name: &str, wire: &str, value: &Value<'_>) -> Result<bool, Error> {
        let Some(row) = &self.row else {
            let is_hint = HINTS.contains(&name);
            let is_taken = !is_hint || self.model.starts_with("google/gemini-");
            self.wants_row |= !is_hint || !is_taken;
            if !is_taken {
                self.warn(name, "not sent, it is for google/gemini- models alone");
            }
            return Ok(is_taken);
        };
        // The size is OpenRouter's own short form of a resolution.
        let rule = row.get(wire).or_else(|| row.get("resolution").filter(|_| wire == "size").map(|_| Value::null()));
        let Some(rule) = rule else {
            let words = ["not sent, ", self.model, " does not take it"].concat();
            self.warn(name, &words);
            return Ok(false);
        };
        if let Some(values) = rule.get("values").filter(|values| values.is_array()) {
            let values = values.to_items();
            let is_listed = value.str().is_some_and(|word| values.iter().any(|listed| listed.is(&word)));
            if !is_listed {
                let listed: Vec<String> = values.iter().filter_map(|listed| listed.str().map(|word| word.into_owned())).collect();
                return Err(Error::invalid(name, &["must be one of ", &listed.join(", "), " for ", self.model].concat()));
            }
        }
        let [min, max] = ["min", "max"].map(|side| rule.get(side).and_then(|side| side.as_number()));
        if let (Some(min), Some(max), Some(number)) = (min, max, value.as_number())
            && !(min..=max).contains(&number)
        {
            return Err(Error::invalid(name, &["is out of the range of ", self.model].concat()));
        }
        Ok(true)
    }
}
