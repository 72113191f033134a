//! How long to wait before the next attempt when nobody said.

/// A longer wait is not sat out: the caller is told instead (`retryAfterMs`).
pub const MAX_WAIT_MS: u64 = 60_000;

/// All waits for one model together; then it is another's turn, or the error's (provider-rules 10.4).
pub const MAX_RETRYING_MS: u64 = 90_000;

const BASE_MS: u64 = 1000;
const CEILING_MS: u64 = 30_000;

/// Exponential waits with jitter: `min(30 s, 1 s * 2^(n-1))` times 0.5 to 1.5 (provider-rules 10.4).
#[derive(Debug)]
pub struct Backoff {
    state: u64,
}

impl Backoff {
    /// The randomness comes from outside, once.
    pub fn new(seed: u64) -> Self {
        Self { state: seed | 1 }
    }

    /// The wait after attempt `attempt` (from 1).
    pub fn delay_ms(&mut self, attempt: u32) -> u64 {
        // xorshift64: spreads clients apart, nothing more is asked of it.
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        let base = (BASE_MS << attempt.saturating_sub(1).min(10)).min(CEILING_MS);
        base / 2 + base * (self.state >> 32) / u64::from(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_ceiling_and_differ_between_clients() {
        let mut distinct = std::collections::HashSet::new();
        for seed in [1, 2, 77, 0xdead_beef_cafe, u64::MAX] {
            let mut backoff = Backoff::new(seed);
            for (attempt, base) in [(1, 1000), (2, 2000), (3, 4000), (5, 16_000), (6, 30_000), (60, 30_000)] {
                let delay = backoff.delay_ms(attempt);
                assert!((base / 2..=base + base / 2).contains(&delay), "attempt {attempt}: {delay}");
                distinct.insert(delay);
            }
        }
        assert!(distinct.len() > 20);
    }
}
