//! Damaged answers: whatever bytes come, there is one verdict, no panic, and the pieces they come in do not matter.

use crate::support::{answer, head, run};
use serde_json::{Value, json};

/// A stream with something of everything in it.
const STREAM: &str = concat!(
    ": OPENROUTER PROCESSING\n\n",
    "data: {\"id\":\"gen-1\",\"model\":\"a/b\",\"provider\":\"P\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}]}\n\n",
    "data: {\"choices\":[{\"delta\":{\"content\":\"\",\"reasoning\":\"why\",\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"why\",\"index\":0}]}}]}\n\n",
    "data: {\"choices\":[{\"delta\":{\"content\":\"h\u{e9} \\ud83d\"}}]}\r\n\r\n",
    "data: {\"choices\":[{\"delta\":{\"content\":\"\\ude00 two\"}}]}\n\n",
    "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":\"\"}}]}}]}\n\n",
    "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\\\"a\\\":[1,\\\"x\"}}]}}]}\n\n",
    "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"\\\\u00e9\\\"]}\"}}]}}]}\n\n",
    "data: {\"choices\":[{\"delta\":{\"images\":[{\"image_url\":{\"url\":\"data:image/png;base64,AA==\"}}],\"audio\":{\"data\":\"YQ\"},\"refusal\":\"no\"}}]}\n\n",
    "data: {\"choices\":[{\"delta\":{\"content\":\"\"},\"finish_reason\":\"tool_calls\",\"native_finish_reason\":\"tool_use\"}],\"usage\":{\"prompt_tokens\":3,\"cost\":1e-5}}\n\n",
    "data: [DONE]\n\n",
);

struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % limit
    }
}

/// Changes, drops, doubles or cuts a few bytes.
fn damaged(random: &mut Random) -> Vec<u8> {
    let mut bytes = STREAM.as_bytes().to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len());
        match random.below(6) {
            0 => bytes[at] = random.below(256) as u8,
            1 => bytes[at] = b"\"\\{}[],:\n\r0-eu "[random.below(15)],
            2 => drop(bytes.remove(at)),
            3 => bytes.insert(at, bytes[at]),
            4 => {
                let to = random.below(bytes.len());
                let piece: Vec<u8> = bytes[at.min(to)..at.max(to)].iter().copied().take(200).collect();
                bytes.splice(at..at, piece);
            }
            _ => bytes.truncate(at.max(1)),
        }
    }
    bytes
}

fn ends(events: &[Value]) -> usize {
    events.iter().filter(|event| event["type"] == "finish" || event["type"] == "failure").count()
}

#[test]
fn a_damaged_answer_has_one_verdict_and_reads_the_same_in_any_pieces() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for number in 0..1500 {
        let bytes = damaged(&mut random);
        for content_type in ["text/event-stream", "application/json", ""] {
            let read = |pieces: &[&[u8]]| answer(&mut run(json!({"maxRetries": 0})), head(200, content_type), pieces);
            let whole = read(&[&bytes]);
            assert_eq!(ends(&whole), 1, "number {number}: {}", String::from_utf8_lossy(&bytes));
            let size = 1 + random.below(9);
            assert_eq!(
                whole,
                read(&bytes.chunks(size).collect::<Vec<_>>()),
                "number {number} by {size}: {}",
                String::from_utf8_lossy(&bytes)
            );
        }
    }
}

#[test]
fn a_damaged_error_body_is_an_error_all_the_same() {
    let body = br#"{"error":{"code":429,"message":"m","metadata":{"raw":"r","headers":{"Retry-After":"5"},"resets_at":"x"},"availability":{"retryable":true,"retry_after":1e2}}}"#;
    let mut random = Random(77);
    for _ in 0..5000 {
        let mut bytes = body.to_vec();
        for _ in 0..=random.below(5) {
            let at = random.below(bytes.len());
            bytes[at] = random.below(256) as u8;
        }
        let events = answer(&mut run(json!({"maxRetries": 0})), head(429, "application/json"), &[&bytes]);
        assert_eq!(events.last().unwrap()["failure"]["error"]["code"], "rate-limit", "{}", String::from_utf8_lossy(&bytes));
    }
}
