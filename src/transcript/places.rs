//! Where things are in their list, by their names: thousands of them may come, and none is searched for from the front.

/// A map from names to places, by a hash alone: whoever asks looks whether what is there has the name. The library's is 5 KB of code.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// Hash, and place plus one; a power of two of them, half of them free.
    slots: Vec<(u64, u32)>,
    count: usize,
}

impl Places {
    /// Where the thing of this name is.
    pub fn get(&self, name: &[u8]) -> Option<usize> {
        let hash = hash_of(name);
        let (held, place) = *self.slots.get(self.slot(hash)?)?;
        (held == hash).then(|| (place as usize).checked_sub(1)).flatten()
    }

    /// How many names there are.
    #[expect(clippy::len_without_is_empty, reason = "nobody asks")]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Says where it is; gives where it was.
    pub fn set(&mut self, name: &[u8], place: usize) -> Option<usize> {
        if self.count * 2 >= self.slots.len() {
            let grown = vec![(0, 0); (self.slots.len() * 2).max(8)];
            for (hash, place) in core::mem::replace(&mut self.slots, grown) {
                if place > 0 {
                    self.put(hash, place);
                }
            }
        }
        let was = self.put(hash_of(name), place as u32 + 1);
        self.count += usize::from(was.is_none());
        was
    }

    fn put(&mut self, hash: u64, place: u32) -> Option<usize> {
        let at = self.slot(hash)?;
        let (_, was) = core::mem::replace(&mut self.slots[at], (hash, place));
        (was as usize).checked_sub(1)
    }

    /// Where this hash stands, or would.
    fn slot(&self, hash: u64) -> Option<usize> {
        let mask = self.slots.len().checked_sub(1)?;
        let start = (hash ^ hash >> 32) as usize;
        (0..=mask).map(|step| (start + step) & mask).find(|at| self.slots[*at].1 == 0 || self.slots[*at].0 == hash)
    }
}

/// Names, each of which is found at once.
#[derive(Debug, Clone, Default)]
pub struct Names {
    list: Vec<String>,
    places: Places,
}

impl Names {
    /// Where a name stands, in the order in which they came.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.places.get(name.as_bytes()).filter(|place| self.list.get(*place).is_some_and(|held| held == name))
    }

    /// Whether the name is there.
    pub fn has(&self, name: &str) -> bool {
        self.place(name).is_some()
    }

    /// All of these.
    pub fn of(names: &mut dyn Iterator<Item = String>) -> Self {
        let mut all = Self::default();
        for name in names {
            all.add(&name);
        }
        all
    }

    /// Adds a name; `None` when it is there already, else where it stands.
    pub fn add(&mut self, name: &str) -> Option<usize> {
        if self.has(name) {
            return None;
        }
        let place = self.list.len();
        self.places.set(name.as_bytes(), place);
        self.list.push(name.to_owned());
        Some(place)
    }
}

/// To tell names apart, not against anybody's ill will. Eight bytes at a time, and the upper half folded in each time: a product's lower bits are
/// those of its factors' alone.
pub fn hash_of(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks();
    let words = words.iter().map(|word| u64::from_le_bytes(*word)).chain(rest.iter().map(|byte| u64::from(*byte)));
    words.fold(0xcbf2_9ce4_8422_2325u64, |sum, word| {
        let sum = (sum ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        sum ^ (sum >> 32)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_the_place_that_was_said_last() {
        let mut places = Places::default();
        assert_eq!(places.get(b"0"), None);
        for place in 0..5000usize {
            assert_eq!(places.set(place.to_string().as_bytes(), place), None);
        }
        assert_eq!(places.set(b"77", 9), Some(77));
        for place in 0..5000usize {
            assert_eq!(places.get(place.to_string().as_bytes()), Some(if place == 77 { 9 } else { place }));
        }
        assert_eq!(places.get(b"5000"), None);
    }
}
