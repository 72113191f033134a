//! Data URLs and base64 in pieces, beside the `base64` crate.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use openrouter_wasm::address::{is_special_host, problem_of};
use openrouter_wasm::image_scan::ImageScan;
use openrouter_wasm::json_string::is_plain_base64;
use openrouter_wasm::media_type::{essence, head_of_base64, image_extension, sniff, split_data_url};
use openrouter_wasm::record::Writes;
use openrouter_wasm::route::{checked_base, origin_of};

use crate::parsed;

pub(crate) fn check(bytes: &[u8]) {
    let mut scan = ImageScan::new();
    scan.push(bytes);
    let facts = scan.finish();
    let mut cut = ImageScan::new();
    crate::pieces(bytes).iter().for_each(|piece| cut.push(piece));
    assert_eq!(cut.finish(), facts, "in pieces");
    parsed(&facts.crossed(false).to_json());
    sniff(bytes);
    // What JavaScript calls white space, where the facade takes it out.
    let plain: Vec<u8> = bytes.iter().copied().filter(|byte| !matches!(byte, b' ' | 0x09..=0x0d)).collect();
    match STANDARD.decode(&plain) {
        Ok(decoded) if !decoded.is_empty() => {
            assert!(facts.is_base64, "base64 takes it");
            assert_eq!(facts.decoded_bytes, decoded.len() as u64);
            let text = std::str::from_utf8(&plain).expect("base64 is ASCII");
            assert_eq!(head_of_base64(text), decoded);
            assert!(is_plain_base64(text.trim_end_matches('=')));
        }
        Ok(_) => assert!(!facts.is_base64, "nothing is no image"),
        Err(error) => assert!(!facts.is_base64, "base64 says: {error}"),
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Some((media_type, data)) = split_data_url(text) {
        assert!(text.ends_with(data) && text[..5].eq_ignore_ascii_case("data:"));
        let head = &text[5..text.len() - data.len()];
        assert!(head.len() >= 8 && head.ends_with(',') && head.to_ascii_lowercase().contains(";base64,"), "{head}");
        assert!(!media_type.contains(';'), "{media_type}");
        image_extension(&media_type);
    }
    assert!(essence(text).is_none_or(|name| !name.is_empty() && name == name.to_ascii_lowercase()));
    assert!(!image_extension(text).is_empty());
    is_special_host(text);
    problem_of("https", text, "openrouter.ai");
    // A base that is taken is taken again, and is its own.
    if let Ok(base) = checked_base(text) {
        assert_eq!(checked_base(&base).as_ref().ok(), Some(&base), "{text:?}");
        assert!(base.to_ascii_lowercase().starts_with(&origin_of(&base)), "{base}");
    }
}
