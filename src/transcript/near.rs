//! Which of some names was meant by one that is none of them.

/// The name that was meant, as far as that can be told. `names` stand between blanks.
pub fn near<'n>(name: &str, names: &'n str) -> Option<&'n str> {
    let meant = letters(name);
    // Short names are near to too many.
    let most = (meant.len() / 3).min(2);
    let by_typing = names.split(' ').map(|held| (distance(&meant, &letters(held)), held)).min_by_key(|(distance, _)| *distance);
    if let Some((_, held)) = by_typing.filter(|(distance, _)| *distance <= most && !meant.is_empty()) {
        return Some(held);
    }
    let is_part = |held: &&str| {
        let held = letters(held);
        let (short, long) = if held.len() < meant.len() { (&held, &meant) } else { (&meant, &held) };
        short.len() >= 3 && (long.starts_with(short) || long.ends_with(short))
    };
    names.split(' ').filter(is_part).min_by_key(|held| held.len().abs_diff(name.len()))
}

/// Letters and digits: the rest of a name is a matter of style.
pub fn letters(name: &str) -> Vec<u8> {
    name.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase()).collect()
}

/// How many letters differ, two that changed places counting as one.
fn distance(left: &[u8], right: &[u8]) -> usize {
    let mut rows = [Vec::new(), (0..=right.len()).collect::<Vec<usize>>()];
    for (at, byte) in left.iter().enumerate() {
        let mut row = vec![at + 1];
        for (below, other) in right.iter().enumerate() {
            let changed = rows[1][below] + usize::from(byte != other);
            let mut least = changed.min(rows[1][below + 1] + 1).min(row[below] + 1);
            if at > 0 && below > 0 && left[at - 1] == *other && right[below - 1] == *byte {
                least = least.min(rows[0][below - 1] + 1);
            }
            row.push(least);
        }
        rows.rotate_left(1);
        rows[1] = row;
    }
    rows[1].last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_the_book() {
        for (left, right, expected) in
            [("", "", 0), ("a", "", 1), ("", "ab", 2), ("abc", "abc", 0), ("abc", "acb", 1), ("ca", "abc", 3), ("kitten", "sitting", 3)]
        {
            assert_eq!(distance(left.as_bytes(), right.as_bytes()), expected, "{left} {right}");
        }
    }
}
