//! A module as the text of a JavaScript file, for the runtimes that cannot import a `.wasm` file.
//!
//! 86 printable characters stand for a byte each, a shift and one of them for the rest: after brotli within half a per cent of the bare file,
//! where base64 is 27 % above it. Which character stands for which byte makes 2.5 % (`engine_alphabet.rs`). Refused: one character for
//! every byte, which is smaller on paper and broken by charsets and SWC; `\xNN`, which minifiers turn back.
//! `pkg-template/engine/wasm/text-bytes.js` reads it.

use anyhow::{Context, Result, bail};

/// Before the characters of the rest, in order. A decoder of brotli tells what comes behind them from everything else: no other character is
/// of their classes (RFC 7932, 7.1).
pub(crate) const SHIFTS: [u8; 2] = *b"%=";
/// Printable ASCII that no quote, template, tag, URL or minifier means anything by, without the shifts.
const REFUSED: &[u8] = b"\"'`\\$<&%=";
/// How many bytes have a character of their own; as many characters are behind each shift.
pub(crate) const SINGLE: usize = 86;

/// The alphabets of the engines, learned by `cargo xtask alphabet`: a line each of its name, its characters and their bytes in hexadecimal.
const LEARNED: &str = include_str!("../engine-alphabets.txt");

/// Which characters stand for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Alphabet {
    /// In the order in which they stand behind a shift for the bytes that have none of their own, the smallest byte first.
    pub(crate) characters: Vec<u8>,
    /// The byte that each of them is by itself, in the same order.
    pub(crate) bytes: Vec<u8>,
}

impl Alphabet {
    /// The one that was learned for an engine.
    pub(crate) fn learned(engine: &str) -> Result<Self> {
        let line = LEARNED.lines().find_map(|line| line.strip_prefix(engine)?.strip_prefix(' '));
        let line = line.with_context(|| format!("no alphabet was learned for the engine {engine}: cargo xtask alphabet"))?;
        let (characters, bytes) = line.split_once(' ').context("an alphabet has two parts")?;
        Self::checked(from_hexadecimal(characters)?, from_hexadecimal(bytes)?)
    }

    /// An alphabet before anything was learned: the most frequent bytes, in their order.
    pub(crate) fn by_frequency(module: &[u8]) -> Result<Self> {
        let mut counts = [0usize; 256];
        module.iter().for_each(|byte| counts[usize::from(*byte)] += 1);
        let mut bytes: Vec<u8> = (0..=255).collect();
        bytes.sort_by_key(|byte| (core::cmp::Reverse(counts[usize::from(*byte)]), *byte));
        bytes.truncate(SINGLE);
        Self::checked(allowed(), bytes)
    }

    /// One of these characters and bytes, if it is one.
    fn checked(characters: Vec<u8>, bytes: Vec<u8>) -> Result<Self> {
        let sorted = |list: &[u8]| {
            let mut list = list.to_vec();
            list.sort_unstable();
            list.dedup();
            list
        };
        if sorted(&characters) != allowed() || sorted(&bytes).len() != SINGLE || bytes.len() != SINGLE {
            bail!("an alphabet has {SINGLE} different characters, of those that nothing changes, and as many different bytes");
        }
        Ok(Self { characters, bytes })
    }

    /// Its line.
    pub(crate) fn line(&self, engine: &str) -> String {
        format!("{engine} {} {}\n", hexadecimal(&self.characters), hexadecimal(&self.bytes))
    }

    /// The characters for each byte: the shift, where it needs one, and one of the alphabet.
    pub(crate) fn codes(&self) -> Vec<(Option<u8>, u8)> {
        let mut rest = 0;
        (0..=255)
            .map(|byte| match self.bytes.iter().position(|held| *held == byte) {
                Some(at) => (None, self.characters[at]),
                None => {
                    rest += 1;
                    (Some(SHIFTS[(rest - 1) / SINGLE]), self.characters[(rest - 1) % SINGLE])
                }
            })
            .collect()
    }
}

/// The characters that an alphabet is made of, in order.
fn allowed() -> Vec<u8> {
    (b' '..=b'~').filter(|byte| !REFUSED.contains(byte)).collect()
}

/// The text: the characters, the byte of each in hexadecimal, the module.
pub(crate) fn encode(module: &[u8], alphabet: &Alphabet) -> Result<String> {
    let codes = alphabet.codes();
    let mut text = alphabet.characters.clone();
    text.extend(hexadecimal(&alphabet.bytes).into_bytes());
    text.reserve(module.len() * 11 / 10);
    for byte in module {
        let (shift, character) = codes[usize::from(*byte)];
        text.extend(shift);
        text.push(character);
    }
    Ok(String::from_utf8(text)?)
}

/// Two digits a byte.
fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes of such digits.
fn from_hexadecimal(text: &str) -> Result<Vec<u8>> {
    let digits = text.as_bytes().chunks(2);
    digits.map(|two| Ok(u8::from_str_radix(core::str::from_utf8(two)?, 16)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_characters_that_nothing_changes_are_used() {
        let module: Vec<u8> = (0..=255).cycle().take(4096).collect();
        let text = encode(&module, &Alphabet::by_frequency(&module).unwrap()).unwrap();
        assert!(text.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "printable");
        assert!(!text.bytes().any(|byte| b"\"'`\\$<&".contains(&byte)), "{text}");
    }

    #[test]
    fn every_byte_has_characters_of_its_own_in_the_alphabets_that_were_learned() {
        for engine in ["chat", "transcript", "services"] {
            let alphabet = Alphabet::learned(engine).unwrap();
            let mut codes = alphabet.codes();
            codes.sort_unstable();
            codes.dedup();
            assert_eq!(codes.len(), 256, "{engine}");
            assert!(LEARNED.contains(&alphabet.line(engine)), "{engine}: its line gives it back");
        }
        assert!(Alphabet::learned("another").is_err());
    }

    #[test]
    fn an_alphabet_that_lacks_or_doubles_something_is_refused() {
        let whole = Alphabet::by_frequency(&[]).unwrap();
        let mut doubled = whole.clone();
        doubled.bytes[1] = doubled.bytes[0];
        assert!(Alphabet::checked(doubled.characters, doubled.bytes).is_err());
        let mut quoted = whole;
        quoted.characters[0] = b'"';
        assert!(Alphabet::checked(quoted.characters, quoted.bytes).is_err());
    }
}
