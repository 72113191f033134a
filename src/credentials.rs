//! What is done with a key before it is sent.

/// A pasted key without what pasting adds: line breaks and other control characters, characters outside Latin-1, surrounding
/// white space (provider-rules 2.1). Nothing is left of a key that was none.
pub fn clean_key(key: &str) -> String {
    let kept: String = key.chars().filter(|c| (*c as u32) <= 0xff && !c.is_control()).collect();
    kept.trim_ascii().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_key_is_cleaned() {
        for (pasted, key) in [
            ("sk-or-v1-a\n", "sk-or-v1-a"),
            (" sk-\r\nor\u{2028}\u{2029} ", "sk-or"),
            ("\u{feff}k\u{0}\u{7f}", "k"),
            ("漢", ""),
            ("\n\t ", ""),
            ("ké", "ké"),
        ] {
            assert_eq!(clean_key(pasted), key, "{pasted:?}");
        }
    }
}
