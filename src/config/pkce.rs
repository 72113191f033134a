//! The secrets of one sign-in: RFC 7636 with S256, and a state (provider-rules 2.3).

use sha2::{Digest, Sha256};

/// What a verifier and a state are each made of.
pub const RANDOM_BYTES: usize = 32;

const BASE64_URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

openrouter_wire::record! {
    /// What is kept until the redirect comes back, and what is shown to OpenRouter before.
    pub struct Secrets: writes {
        /// Stays here until the exchange.
        verifier: String,
        /// SHA-256 of the verifier, for the authorize page.
        challenge: String,
        /// Tells this sign-in from any other.
        state: String,
    }
}

impl Secrets {
    /// Every bit of the random bytes is kept: letters drawn one by one with a remainder would prefer some of them.
    pub fn of_random(verifier: &[u8; RANDOM_BYTES], state: &[u8; RANDOM_BYTES]) -> Self {
        let verifier = base64_url(verifier);
        let challenge = base64_url(&Sha256::digest(verifier.as_bytes()));
        Self { verifier, challenge, state: hexadecimal(state) }
    }
}

/// Base64 in the alphabet for URLs, without padding.
fn base64_url(bytes: &[u8]) -> String {
    let mut out = String::new();
    for group in bytes.chunks(3) {
        let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..=group.len() {
            out.push(char::from(BASE64_URL[(bits >> (18 - 6 * place)) as usize & 63]));
        }
    }
    out
}

fn hexadecimal(bytes: &[u8]) -> String {
    let nibbles = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    nibbles.filter_map(|nibble| char::from_digit(u32::from(nibble), 16)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_standard() {
        let verifier = [
            116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212, 37, 77, 105, 214, 191, 240, 91, 88, 5, 88,
            83, 132, 141, 121,
        ];
        let secrets = Secrets::of_random(&verifier, &[0xa5; RANDOM_BYTES]);
        assert_eq!(secrets.verifier, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(secrets.challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        assert_eq!(secrets.state, "a5".repeat(32));
    }

    #[test]
    fn every_length_of_the_last_group() {
        for (bytes, text) in [(&b""[..], ""), (b"f", "Zg"), (b"fo", "Zm8"), (b"foo", "Zm9v"), (b"\xfb\xff\xbf", "-_-_")] {
            assert_eq!(base64_url(bytes), text);
        }
    }
}
