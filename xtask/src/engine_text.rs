//! A module as the text of a JavaScript file, for the runtimes that cannot import a `.wasm` file.
//!
//! 83 printable characters stand for the most frequent bytes, a shift and one of them for the rest: within 2 % of the bare file after brotli,
//! where base64 is 27 % above it. Refused: one character a byte, which is smaller on paper and broken by charsets and SWC; `\xNN`, which
//! minifiers turn back. `pkg-template/engine/wasm/text-bytes.js` reads it.

use anyhow::{Result, bail};

/// Before the characters of the rest; in order.
const SHIFTS: [u8; 3] = *b"|}~";
/// Printable ASCII that no quote, template, tag, URL or minifier means anything by, without the shifts and the space.
const REFUSED: &[u8] = b"\"'`\\$<&{|}~ ";
/// How many bytes have a character of their own.
const FREQUENT: usize = 83;

/// The text: the alphabet, a space, the byte of each of its characters in hexadecimal, a space, the module.
pub(crate) fn encode(module: &[u8]) -> Result<String> {
    let allowed: Vec<u8> = (b'!'..=b'~').filter(|byte| !REFUSED.contains(byte)).take(FREQUENT).collect();
    if allowed.len() != FREQUENT {
        bail!("the alphabet has {} characters", allowed.len());
    }
    let mut counts = [0usize; 256];
    module.iter().for_each(|byte| counts[usize::from(*byte)] += 1);
    let mut by_count: Vec<u8> = (0..=255).collect();
    by_count.sort_by_key(|byte| (core::cmp::Reverse(counts[usize::from(*byte)]), *byte));
    let frequent = &by_count[..FREQUENT];
    // A frequent byte that is such a character keeps it: names and texts stay what a compressor knows.
    let mut character_of = [None; 256];
    let mut byte_of = [None; 256];
    for byte in frequent.iter().filter(|byte| allowed.contains(byte)) {
        character_of[usize::from(*byte)] = Some(*byte);
        byte_of[usize::from(*byte)] = Some(*byte);
    }
    let mut free = allowed.iter().filter(|character| byte_of[usize::from(**character)].is_none()).collect::<Vec<_>>().into_iter();
    for byte in frequent.iter().filter(|byte| !allowed.contains(byte)) {
        if let Some(character) = free.next() {
            character_of[usize::from(*byte)] = Some(*character);
        }
    }
    let mut byte_by_character = [0u8; FREQUENT];
    for byte in frequent {
        let Some(at) = character_of[usize::from(*byte)].and_then(|character| allowed.iter().position(|held| *held == character)) else {
            bail!("byte {byte} has no character");
        };
        byte_by_character[at] = *byte;
    }
    let rest: Vec<u8> = (0..=255).filter(|byte| character_of[usize::from(*byte)].is_none()).collect();
    if rest.len() > SHIFTS.len() * FREQUENT {
        bail!("{} bytes are left for {} shifts", rest.len(), SHIFTS.len());
    }
    let mut text = Vec::with_capacity(module.len() * 11 / 10);
    text.extend(&allowed);
    text.push(b' ');
    text.extend(byte_by_character.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()));
    text.push(b' ');
    for byte in module {
        match character_of[usize::from(*byte)] {
            Some(character) => text.push(character),
            None => {
                let number = rest.iter().position(|held| held == byte).unwrap_or_default();
                text.extend([SHIFTS[number / FREQUENT], allowed[number % FREQUENT]]);
            }
        }
    }
    Ok(String::from_utf8(text)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_characters_that_nothing_changes_are_used() {
        let module: Vec<u8> = (0..=255).cycle().take(4096).collect();
        let text = encode(&module).unwrap();
        assert!(text.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "printable");
        assert!(!text.bytes().any(|byte| b"\"'`\\$<&{".contains(&byte)), "{text}");
        assert!(!text.contains("//") || !text.contains("http"), "no URL");
    }
}
