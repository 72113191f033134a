//! Parameters of a model, billions, as its id and name tell (models-scan 3.2).

/// The largest of the words `<number>b`, one letter before it allowed (`a22b`), that stand by themselves.
pub fn params_b(id: &str, name: &str) -> Option<f64> {
    let mut text = [id, " ", name].concat();
    text.make_ascii_lowercase();
    let bytes = text.as_bytes();
    let mut largest: Option<f64> = None;
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_alphanumeric() {
            at += 1;
            continue;
        }
        // A word; a point between digits belongs to it.
        let start = at;
        while at < bytes.len() && (bytes[at].is_ascii_alphanumeric() || is_point(bytes, at)) {
            at += 1;
        }
        if let Some(size) = size_of(&bytes[start..at]) {
            largest = Some(largest.map_or(size, |held: f64| held.max(size)));
        }
    }
    largest
}

fn is_point(bytes: &[u8], at: usize) -> bool {
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    bytes[at] == b'.' && at > 0 && is_digit(at - 1) && is_digit(at + 1)
}

fn size_of(word: &[u8]) -> Option<f64> {
    let number = word.strip_suffix(b"b")?;
    let number = match number.first() {
        Some(first) if first.is_ascii_lowercase() => &number[1..],
        _ => number,
    };
    let is_number = number.first().is_some_and(u8::is_ascii_digit) && number.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
    // `v1.2.3b` is a version: no number has two points.
    let points = number.iter().filter(|byte| **byte == b'.').count();
    if !is_number || points > 1 {
        return None;
    }
    crate::decimal::parse_decimal(number).filter(|size| *size > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_from_names() {
        for (id, name, expected) in [
            ("meta-llama/llama-3.3-70b-instruct", "", Some(70.0)),
            ("qwen/qwen3-235b-a22b", "", Some(235.0)),
            ("openai/gpt-oss-120b-a12b:free", "", Some(120.0)),
            ("google/gemma-3n-e4b-it", "", Some(4.0)),
            ("microsoft/phi-3.5b", "", Some(3.5)),
            ("a/x-0.5b", "", Some(0.5)),
            ("a/x", "Llama 405B", Some(405.0)),
            ("a/x-7b", "X 13B (70b)", Some(70.0)),
            ("mistralai/mixtral-8x7b", "", None),
            ("a/b7", "", None),
            ("openai/gpt-5", "", None),
            ("a/ab7b", "", None),
            ("a/7bx", "", None),
            ("a/0b", "", None),
            ("a/x-1.5b.", "", Some(1.5)),
            ("a/x-v1.2.3b", "", None),
            ("", "", None),
            ("a/é7b", "", Some(7.0)),
            ("a/b", "B b .b 1b", Some(1.0)),
        ] {
            assert_eq!(params_b(id, name), expected, "{id} {name}");
        }
    }
}
