//! Thought signatures that the model behind the route would refuse go (sanitization 4, provider-rules 0 and 11).

use crate::change::{Changes, place};
use crate::message::{Message, Role, StopReason};
use crate::policy::Signatures;
use crate::value::Value;

const RULE: &str = "thought-signatures";
const NAMES: [&str; 2] = ["thought_signature", "thoughtSignature"];

/// Goes over the assistant turns but the failed ones.
pub fn apply(messages: &mut [Message<'_>], signatures: Signatures, changes: &mut Changes) {
    if signatures == Signatures::Keep {
        return;
    }
    for message in messages {
        if message.role != Role::Assistant || message.meta.stop_reason == StopReason::Error {
            continue;
        }
        let mut gone: Vec<String> = Vec::new();
        for field in ["content", "tool_calls"] {
            let Some(list) = message.fields.get_mut(field).and_then(Value::array_mut) else { continue };
            for (number, item) in list.iter_mut().enumerate() {
                clean_item(item, signatures, field, number, &mut gone);
            }
        }
        if signatures == Signatures::Base64Only {
            clean_details(message, &mut gone);
        }
        if !gone.is_empty() {
            message.touch();
        }
        // The details of a turn that came in the block form were among its blocks.
        let is_block_form = message.meta.is_block_form;
        for below in &gone {
            let below = if is_block_form { "" } else { below };
            changes.add(RULE, message.place(below), "a signature that is none of this model's was left out");
        }
    }
}

fn keeps(value: &Value<'_>, name: &str, signatures: Signatures) -> bool {
    match signatures {
        Signatures::Base64Only => value.str().is_some_and(|text| is_signature(&text)),
        // The other spelling is looked at for Gemini alone.
        _ => name != NAMES[0] || !value.str().is_some_and(|text| text.starts_with("msg_")),
    }
}

/// Base64, or JSON whose own `data` is base64: encrypted reasoning that a client stored as text.
fn is_signature(text: &str) -> bool {
    is_base64(text) || Value::parse(text).and_then(|value| value.get_str("data")).is_some_and(|data| is_base64(&data))
}

fn clean_item(item: &mut Value<'_>, signatures: Signatures, field: &str, number: usize, gone: &mut Vec<String>) {
    // Most items hold none: they are not opened for it.
    let deep = ["extra_content", "google", NAMES[0]];
    let has_own = NAMES.iter().any(|name| item.get(name).is_some_and(|value| !keeps(&value, name, signatures)));
    let nested = item.get(deep[0]).and_then(|extra| extra.get(deep[1])).and_then(|google| google.get(deep[2]));
    let has_nested = nested.is_some_and(|value| !keeps(&value, deep[2], signatures));
    if !has_own && !has_nested {
        return;
    }
    let Some(object) = item.object_mut() else { return };
    let place = place(&[".", field].concat(), number, "");
    for name in NAMES {
        if object.slot(name).is_some_and(|value| !keeps(value, name, signatures)) {
            object.remove(name);
            gone.push([&place, ".", name].concat());
        }
    }
    if has_nested {
        object.remove(deep[0]);
        gone.push([&place, ".", deep[0]].concat());
    }
}

/// `data` of encrypted details and `signature` of text details.
fn clean_details(message: &mut Message<'_>, gone: &mut Vec<String>) {
    let Some(details) = message.fields.get_mut("reasoning_details").and_then(Value::array_mut) else { return };
    let mut number = 0;
    details.retain_mut(|detail| {
        let held = number;
        let at = |below: &str| place(".reasoning_details", held, below);
        number += 1;
        let data = detail.get("data");
        let has_data = data.as_ref().is_some_and(|data| data.str().is_some_and(|data| is_base64(&data)));
        let is_encrypted = data.is_some() || detail.get("type").is_some_and(|kind| kind.is("reasoning.encrypted"));
        if is_encrypted && !has_data {
            gone.push(at(""));
            return false;
        }
        if detail.get("signature").is_some_and(|signature| !signature.str().is_some_and(|signature| is_base64(&signature))) {
            if let Some(object) = detail.object_mut() {
                object.remove("signature");
            }
            gone.push(at(".signature"));
        }
        true
    });
    // An empty list says that there were none, which was not so.
    if number > 0 && details.is_empty() {
        message.fields.remove("reasoning_details");
    }
}

/// Base64 or base64url that decodes and encodes to itself but for its padding; white space does not count.
pub fn is_base64(text: &str) -> bool {
    // Most signatures are whole groups of the standard alphabet: looked at in the crate that is compiled for speed, but for the last group.
    let body = crate::text::between(text, 0, text.len().saturating_sub(1) / 4 * 4);
    let text = if crate::json_string::is_plain_base64(body) { crate::text::tail(text, body.len()) } else { text };
    let (mut length, mut padding, mut last) = (0usize, 0usize, 0u8);
    let (mut is_url, mut is_standard) = (false, false);
    for byte in text.bytes().filter(|byte| !byte.is_ascii_whitespace()) {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            // 62 and 63: neither may stand last where bits are spare.
            b'+' | b'/' => {
                is_standard = true;
                63
            }
            b'-' | b'_' => {
                is_url = true;
                63
            }
            b'=' => {
                padding += 1;
                continue;
            }
            _ => return false,
        };
        if padding > 0 {
            return false;
        }
        length += 1;
        last = digit;
    }
    // The bits of the last digit that stand for no byte must be zero, or encoding again would give another text.
    let spare = match length % 4 {
        0 => 0,
        2 => last & 15,
        3 => last & 3,
        _ => return false,
    };
    length > 0 && spare == 0 && !(is_url && is_standard) && padding <= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_what_decodes_and_encodes_to_itself() {
        let long = "AAAA".repeat(16);
        for text in
            ["c2ln", " c2 ln ", "AQID_-8", "AQID/+8=", "AA==", "AA", "AAA=", "AAAA", "Ag", "Aw", "AQ", "AAc", "AAs=", "AA0", "AA8", &long]
        {
            assert!(is_base64(text), "{text:?}");
        }
        for last in ["Ab", "Ah", "A0", "A+", "A_", "AAb", "AAd=", "AA1", "AA+", "AA/", "AA-"] {
            assert!(!is_base64(last) && !is_base64(&[&long, last].concat()), "{last:?}: a bit that stands for no byte");
        }
        for text in ["", " ", "A", "AB", "AAB", "msg_abc123!", "{\"id\":1}", "A=A=", "====", "AQ_+", "é"] {
            assert!(!is_base64(text), "{text:?}");
        }
    }
}
