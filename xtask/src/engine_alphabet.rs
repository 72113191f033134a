//! Learns which character stands for which byte in the text of an engine: `cargo xtask alphabet`.
//!
//! Brotli codes a literal by what stands before it, but not by the two characters themselves: by their classes, of which there are 15 for the
//! last one (a digit, an upper-case vowel, a comma ...) and 4 for the one before (RFC 7932, 7.1). The classes were made for English. An
//! alphabet that gives bytes of one kind - opcodes that read a local, small numbers, the ends of large ones - characters of one class brings
//! the bytes of WebAssembly under them. The search is for the alphabet under which the literals cost the fewest bits: by exchanging two
//! characters at a time, also for the worse while it is hot. Everything is reckoned from the module, nothing is drawn: the same
//! module gives the same alphabet.

use std::collections::HashMap;

use anyhow::Result;

use crate::engine_text::{Alphabet, SHIFTS, SINGLE};

/// Exchanges that are tried.
pub(crate) const TRIES: u32 = 200_000;
/// Bits: an exchange that is worse by so much is taken once in e times, at first.
const HOT: f64 = 400.0;
/// At last.
const COLD: f64 = 0.8;
/// A piece that was there before, so long or longer, is no literal: brotli copies it.
const COPIED: usize = 5;
/// Earlier places that are looked at.
const PLACES: usize = 64;
/// Classes of two characters.
const CONTEXTS: usize = 64;

/// A character as the module needs it, whichever it will be: for a byte by itself, behind a shift, or a shift.
type Token = u16;

/// The first of those that stand behind a shift.
const BEHIND: Token = SINGLE as Token;
/// The first shift.
const SHIFT: Token = 2 * SINGLE as Token;

/// The alphabet for a module, after so many exchanges were tried.
pub(crate) fn learn(module: &[u8], tries: u32) -> Result<Alphabet> {
    let begin = Alphabet::by_frequency(module)?;
    let tokens = tokens_of(module, &begin);
    let mut search = Search::new(&begin, literals(&tokens));
    let mut draw = Draw(0x9E37_79B9_7F4A_7C15);
    for tried in 0..tries {
        let heat = HOT * (COLD / HOT).powf(f64::from(tried) / f64::from(tries));
        // Characters that stand by themselves are most of the text.
        let among = if draw.below(4) > 0 { 0 } else { SINGLE };
        let (one, other) = (among + draw.below(SINGLE), among + draw.below(SINGLE));
        if one != other {
            search.exchange(one, other, heat, &mut draw);
        }
    }
    let single = &search.best[..SINGLE];
    let characters = search.best[SINGLE..2 * SINGLE].to_vec();
    let bytes =
        characters.iter().filter_map(|character| single.iter().position(|held| held == character)).map(|at| begin.bytes[at]).collect();
    Ok(Alphabet { characters, bytes })
}

/// The module as tokens: the same whatever the characters are.
fn tokens_of(module: &[u8], alphabet: &Alphabet) -> Vec<Token> {
    let at = |character: u8| alphabet.characters.iter().position(|held| *held == character).unwrap_or_default() as Token;
    let codes = alphabet.codes();
    let mut tokens = Vec::with_capacity(module.len() * 11 / 10);
    for byte in module {
        match codes[usize::from(*byte)] {
            (None, character) => tokens.push(at(character)),
            (Some(shift), character) => {
                let number = SHIFTS.iter().position(|held| *held == shift).unwrap_or_default();
                tokens.extend([SHIFT + number as Token, BEHIND + at(character)]);
            }
        }
    }
    tokens
}

/// A token that is coded by itself behind two others, and how often.
struct Literal {
    /// The first of the two.
    before_last: Token,
    /// The second.
    last: Token,
    /// Itself.
    token: Token,
    /// How often.
    count: f64,
}

/// Those that no copy covers, counted by what stands before them.
fn literals(tokens: &[Token]) -> Vec<Literal> {
    let mut places: HashMap<&[Token], Vec<usize>> = HashMap::new();
    let mut counts: HashMap<[Token; 3], u32> = HashMap::new();
    let mut at = 0;
    while at < tokens.len() {
        let earlier = tokens.get(at..at + COPIED).and_then(|piece| places.get(piece)).map_or(&[][..], Vec::as_slice);
        let length = |place: &usize| tokens[*place..].iter().zip(&tokens[at..]).take_while(|(held, token)| held == token).count();
        let copied = earlier.iter().rev().take(PLACES).map(length).max().unwrap_or_default();
        if copied == 0 && at >= 2 {
            *counts.entry([tokens[at - 2], tokens[at - 1], tokens[at]]).or_default() += 1;
        }
        let end = at + copied.max(1);
        for place in at..end {
            if let Some(piece) = tokens.get(place..place + COPIED) {
                places.entry(piece).or_default().push(place);
            }
        }
        at = end;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_unstable();
    counts.into_iter().map(|([before_last, last, token], count)| Literal { before_last, last, token, count: f64::from(count) }).collect()
}

/// The alphabet as it stands, and what the literals cost under it.
struct Search {
    /// All of them.
    literals: Vec<Literal>,
    /// The literals that a token is part of.
    of_token: Vec<Vec<u32>>,
    /// The character of each token.
    characters: Vec<u8>,
    /// How often each character stands in each context.
    counts: Vec<f64>,
    /// How often anything does.
    sums: [f64; CONTEXTS],
    /// In bits.
    cost: f64,
    /// The characters under which it was lowest.
    best: Vec<u8>,
    /// The cost with them, in bits.
    best_cost: f64,
}

impl Search {
    /// A search from this alphabet on.
    fn new(begin: &Alphabet, literals: Vec<Literal>) -> Self {
        let characters: Vec<u8> = [&begin.characters[..], &begin.characters, &SHIFTS].concat();
        let mut of_token = vec![Vec::new(); characters.len()];
        for (at, Literal { before_last, last, token, .. }) in literals.iter().enumerate() {
            let mut parts = [*before_last, *last, *token].to_vec();
            parts.sort_unstable();
            parts.dedup();
            parts.iter().for_each(|part| of_token[usize::from(*part)].push(at as u32));
        }
        let (counts, sums) = (vec![0.0; CONTEXTS * 128], [0.0; CONTEXTS]);
        let mut search = Self { literals, of_token, best: characters.clone(), characters, counts, sums, cost: 0.0, best_cost: 0.0 };
        search.cost = (0..search.literals.len()).map(|at| search.add(at, 1.0)).sum();
        search.best_cost = search.cost;
        search
    }

    /// Counts a literal in, or out: by how much that changes the cost.
    fn add(&mut self, at: usize, sign: f64) -> f64 {
        let Literal { before_last, last, token, count } = self.literals[at];
        let character = |token: Token| self.characters[usize::from(token)];
        let context = class_of_last(character(last)) | class_of_before_last(character(before_last));
        let cell = context * 128 + usize::from(character(token));
        let mut change = 0.0;
        for (held, share) in [(&mut self.sums[context], 1.0), (&mut self.counts[cell], -1.0)] {
            change += share * (bits(*held + sign * count) - bits(*held));
            *held += sign * count;
        }
        change
    }

    /// Exchanges the characters of two tokens, and takes that back when it is too much for the worse.
    fn exchange(&mut self, one: usize, other: usize, heat: f64, draw: &mut Draw) {
        let mut touched = [&self.of_token[one][..], &self.of_token[other]].concat();
        touched.sort_unstable();
        touched.dedup();
        let turn = |search: &mut Self| {
            let out: f64 = touched.iter().map(|at| search.add(*at as usize, -1.0)).sum();
            search.characters.swap(one, other);
            out + touched.iter().map(|at| search.add(*at as usize, 1.0)).sum::<f64>()
        };
        let change = turn(self);
        if change > 0.0 && draw.share() >= (-change / heat).exp() {
            turn(self);
            return;
        }
        self.cost += change;
        if self.cost < self.best_cost {
            self.best_cost = self.cost;
            self.best.clone_from(&self.characters);
        }
    }
}

/// `n log n`: the bits of a code are those of its sum less those of its parts.
fn bits(count: f64) -> f64 {
    if count > 0.5 { count * count.log2() } else { 0.0 }
}

/// RFC 7932, 7.1, the first table, for ASCII that is printed.
fn class_of_last(character: u8) -> usize {
    match character {
        b' ' => 8,
        b'"' | b'\'' => 16,
        b'%' => 20,
        b'(' | b'<' | b'[' | b'{' => 24,
        b')' | b'>' | b']' | b'}' => 28,
        b',' | b':' | b';' => 32,
        b'.' => 36,
        b'=' => 40,
        b'0'..=b'9' => 44,
        b'A' | b'E' | b'I' | b'O' | b'U' => 48,
        b'A'..=b'Z' => 52,
        b'a' | b'e' | b'i' | b'o' | b'u' => 56,
        b'a'..=b'z' => 60,
        _ => 12,
    }
}

/// The second one.
fn class_of_before_last(character: u8) -> usize {
    match character {
        b' ' => 0,
        b'0'..=b'9' | b'A'..=b'Z' => 2,
        b'a'..=b'z' => 3,
        _ => 1,
    }
}

/// Numbers for the search, always the same (xorshift).
struct Draw(u64);

impl Draw {
    /// The next number, of 53 bits.
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 >> 11
    }

    /// One from 0 to below `end`.
    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// One from 0 to below 1.
    fn share(&mut self) -> f64 {
        self.next() as f64 / (1u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine_text::encode;

    /// The cost of a module's literals, in bits.
    fn cost(module: &[u8], alphabet: &Alphabet) -> f64 {
        Search::new(alphabet, literals(&tokens_of(module, alphabet))).cost
    }

    #[test]
    fn what_was_learned_holds_every_byte_and_costs_less() {
        // Pairs: the first byte tells the second.
        let module: Vec<u8> = (0u32..4000).flat_map(|at| [(at * at % 64) as u8, (at * at % 64 / 8 + at % 3 * 40 + 64) as u8]).collect();
        let learned = learn(&module, 20_000).unwrap();
        assert!(encode(&module, &learned).is_ok());
        let mut codes = learned.codes();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), 256);
        let (before, after) = (cost(&module, &Alphabet::by_frequency(&module).unwrap()), cost(&module, &learned));
        assert!(after < before * 0.97, "{before} bits before, {after} after");
    }
}
