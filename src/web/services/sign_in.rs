//! The secrets of a sign-in, drawn from the platform's source of randomness.

use wasm_bindgen::prelude::*;

use openrouter_wasm::pkce::{RANDOM_BYTES, Secrets};
use openrouter_wasm::record::Writes;

/// The [`Secrets`]. Throws the platform's words when it has no randomness to give.
#[wasm_bindgen(js_name = "signInSecrets", unchecked_return_type = "contract.Json<contract.Secrets>")]
pub fn sign_in_secrets() -> Result<String, JsValue> {
    let mut random = [[0; RANDOM_BYTES]; 2];
    for bytes in &mut random {
        // Unlike the jitter of a wait, a verifier that can be guessed is worse than none.
        getrandom::fill(bytes).map_err(|_| js_sys::Error::new("the platform gives no randomness"))?;
    }
    let [verifier, state] = &random;
    Ok(Secrets::of_random(verifier, state).to_json())
}
