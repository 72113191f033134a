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
        // The facade cleans keys too, before it stores them: one table for both.
        let rows: Vec<[String; 2]> = serde_json::from_str(include_str!("../../tests/pasted-keys.json")).expect("rows of two strings");
        for [pasted, key] in &rows {
            assert_eq!(&clean_key(pasted), key, "{pasted:?}");
        }
    }
}
