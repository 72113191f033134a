//! What holds of every transcript, tried on thousands that nobody would write.

use crate::support::{Answer, by, calls, result, sanitize, sanitize_text, tool_call, tool_result, turn, user};
use serde_json::{Value, json};

/// Small, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % most
    }

    fn of<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())].clone()
    }

    fn once_in(&mut self, most: usize) -> bool {
        self.below(most) == 0
    }
}

const IDS: [&str; 9] = ["a", "b", "a|x", "call_1", "call_2", "functions.f:0", "___", "123456789", ""];
const TEXTS: [&str; 9] = [
    "hi",
    "",
    " \n",
    "NO_REPLY",
    "[assistant turn failed before producing content]",
    "same",
    "é😀",
    "Image(s) from tool result #1 (f):",
    "[openclaw] missing tool result in session history; inserted synthetic error result for transcript repair.",
];
const PNG: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAACCAYAAAA=";
const MODELS: [&str; 7] = [
    "openai/gpt-5",
    "google/gemini-3-pro",
    "mistralai/mistral-small",
    "anthropic/claude-opus-5",
    "deepseek/deepseek-v4-pro",
    "x-ai/grok-5",
    "openrouter/auto",
];

fn image(dice: &mut Dice) -> Value {
    let url = dice.of(&[
        PNG,
        "https://example.com/a.png",
        "data:image/png;base64,!",
        "data:image/gif;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAACCAYAAAA=",
    ]);
    match dice.below(3) {
        0 => json!({"type": "image", "data": url.rsplit(',').next(), "mimeType": "image/png"}),
        1 => json!({"type": "image", "data": 5}),
        _ => json!({"type": "image_url", "image_url": {"url": url}}),
    }
}

fn content(dice: &mut Dice) -> Value {
    if dice.once_in(3) {
        return json!(dice.of(&TEXTS));
    }
    let parts = (0..dice.below(4)).map(|_| match dice.below(3) {
        0 => image(dice),
        1 => json!({"type": "file", "file": {"file_id": "x"}}),
        _ => json!({"type": "text", "text": dice.of(&TEXTS)}),
    });
    Value::Array(parts.collect())
}

fn details(dice: &mut Dice) -> Value {
    let detail = |dice: &mut Dice| {
        let format = dice.of(&["anthropic-claude-v1", "google-gemini-v1", "openai-responses-v1", "unknown"]);
        match dice.below(3) {
            0 => json!({"type": "reasoning.text", "text": "t", "signature": dice.of(&["c2ln", "!"]), "format": format, "index": 0}),
            1 => json!({"type": "reasoning.encrypted", "data": dice.of(&["AAAA", "{}"]), "id": dice.of(&IDS), "format": format}),
            _ => json!({"type": "reasoning.summary", "summary": "s", "format": format}),
        }
    };
    match dice.below(8) {
        0 => json!("as text"),
        1 => json!([]),
        count => Value::Array((0..count / 3 + 1).map(|_| detail(dice)).collect()),
    }
}

fn wire_turn(dice: &mut Dice) -> Value {
    let mut turn = calls(&(0..dice.below(3)).map(|_| dice.of(&IDS)).collect::<Vec<_>>());
    for call in turn["tool_calls"].as_array_mut().unwrap() {
        match dice.below(12) {
            0 => call["function"]["arguments"] = json!("{\"a\":"),
            1 => call["function"]["arguments"] = json!({"a": 1}),
            2 => call["function"]["name"] = json!(" f "),
            3 => call["function"]["name"] = json!("not a name"),
            4 => call["thought_signature"] = json!(dice.of(&["msg_1", "c2ln", "{\"id\":\"a\",\"data\":\"AAAA\"}"])),
            5 => *call = json!({"id": "a", "function": {"name": "gone", "arguments": ""}}),
            _ => {}
        }
    }
    if dice.once_in(2) {
        turn.as_object_mut().unwrap().remove("tool_calls");
    }
    turn["content"] = if dice.once_in(3) { Value::Null } else { content(dice) };
    // The block form has such parts, and so have transcripts that were made of it.
    if let Some(parts) = turn["content"].as_array_mut().filter(|_| dice.once_in(3)) {
        parts.insert(0, Value::Null);
    }
    for (name, value) in
        [("reasoning", json!("thought")), ("reasoning_content", json!("")), ("reasoning_text", json!("x")), ("refusal", json!("no"))]
    {
        if dice.once_in(6) {
            turn[name] = value;
        }
    }
    if dice.once_in(3) {
        turn["reasoning_details"] = details(dice);
    }
    turn
}

fn block_turn(dice: &mut Dice) -> Value {
    let blocks: Vec<Value> = (0..dice.below(4))
        .map(|_| match dice.below(8) {
            0 => json!({"type": "thinking", "thinking": dice.of(&TEXTS[..4]), "thinkingSignature": dice.of(&["reasoning_content", "reasoning"])}),
            1 => json!({"type": "redacted_thinking", "data": "x"}),
            2 => json!({"type": "toolCall", "id": dice.of(&IDS), "name": "f", "arguments": {}, "partialJson": "{"}),
            3 => json!({"type": "toolCall", "id": dice.of(&IDS), "name": "f", "arguments": {}, "thoughtSignature":
                dice.of(&["c2ln", "{\"id\":1}", "{\"type\":\"reasoning.encrypted\",\"id\":\"a\",\"data\":\"AAAA\"}"])}),
            4 => image(dice),
            5 => json!({"type": "text", "text": dice.of(&TEXTS)}),
            _ => tool_call(dice.of(&IDS)),
        })
        .collect();
    let blocks = if dice.once_in(8) { json!(dice.of(&TEXTS)) } else { Value::Array(blocks) };
    let mut turn = turn(&blocks, dice.of(&["stop", "toolUse", "length", "error", "aborted"]));
    match dice.below(6) {
        0 => turn["model"] = json!("other/model"),
        1 => turn["usage"] = json!({"input": 0, "output": 0, "totalTokens": 0}),
        2 => turn["model"] = json!("delivery-mirror"),
        _ => {}
    }
    turn
}

/// What other libraries, older APIs and careless hands write: other names, other types, fields that say nothing or belong elsewhere.
fn odd_message(dice: &mut Dice) -> Value {
    let id = dice.of(&IDS[..8]);
    let call = json!({"id": id, "type": "function", "function": {"name": "f", "arguments": "{}"}});
    let mut message = match dice.below(12) {
        0 => json!({"role": "assistant", "content": [null, null], "tool_calls": [call]}),
        1 => json!({"role": "assistant", "content": [], "tool_calls": []}),
        2 => json!({"role": "assistant", "content": {"type": "text", "text": dice.of(&TEXTS)}}),
        3 => json!({"role": "assistant", "content": null, "reasoning_content": dice.of(&TEXTS), "tool_calls": [call]}),
        4 => {
            json!({"role": "assistant", "content": [{"type": "text", "text": dice.of(&TEXTS)}, {"type": "refusal", "refusal": "no"}], "tool_calls": [call, call]})
        }
        5 => json!({"role": "assistant", "content": [{"type": "toolCall", "id": id, "name": "f", "arguments": {}}], "tool_calls": [call]}),
        6 => {
            json!({"role": "assistant", "content": [{"type": "text", "text": "x", "thoughtSignature": "c2ln"}, {"type": "thinking", "thinking": dice.of(&TEXTS)}], "tool_calls": null})
        }
        7 => json!({"role": "user", "content": [{"type": "text", "text": dice.of(&TEXTS)}], "tool_calls": [call]}),
        8 => json!({"role": "tool", "tool_call_id": id, "content": [null, {"type": "text", "text": dice.of(&TEXTS)}]}),
        9 => json!({"role": "toolResult", "toolCallId": id, "toolName": dice.of(&["f", "", " f "]), "content": [], "isError": true}),
        10 => json!({"role": "assistant", "content": dice.of(&TEXTS), "images": [], "audio": {"id": "a"}, "annotations": []}),
        _ => json!({"role": "assistant", "reasoning_content": dice.of(&TEXTS), "reasoning_details": details(dice)}),
    };
    for (name, value) in [
        ("name", json!(null)),
        ("name", json!("")),
        ("refusal", json!("")),
        ("cache_control", json!({"type": "ephemeral"})),
        ("tool_call_id", json!(null)),
        ("model", json!("other/model")),
        ("provider", json!("x")),
        ("function_call", json!(null)),
        ("extra_content", json!({"google": {"thought_signature": "c2ln"}})),
    ] {
        if dice.once_in(10) {
            message[name] = value;
        }
    }
    message
}

fn transcript(dice: &mut Dice) -> Value {
    let messages = (0..dice.below(12)).map(|_| match dice.below(11) {
        9 | 10 => odd_message(dice),
        0 => user(dice.of(&TEXTS)),
        1 => json!({"role": "user", "content": content(dice)}),
        2 => json!({"role": dice.of(&["system", "developer"]), "content": "s"}),
        3 => json!({"role": "tool", "tool_call_id": dice.of(&IDS[..8]), "content": content(dice)}),
        4 => result(dice.of(&IDS[..8]), dice.of(&TEXTS)),
        5 => match dice.below(3) {
            0 => json!({"role": "toolResult", "toolCallId": dice.of(&IDS[..8]), "toolName": "f", "content": content(dice)}),
            1 => json!({"role": "tool", "toolCallId": dice.of(&IDS[..8]), "content": content(dice)}),
            _ => tool_result(dice.of(&IDS[..8]), dice.of(&TEXTS)),
        },
        6 => block_turn(dice),
        _ => wire_turn(dice),
    });
    Value::Array(messages.collect())
}

fn options(dice: &mut Dice) -> Value {
    let policies = [
        json!("auto"),
        json!("auto"),
        json!("classic"),
        json!("off"),
        json!({"sanitizeMode": "images-only", "allowSyntheticToolResults": false}),
        json!({"sanitizeToolCallIds": "strict9", "repairToolUseResultPairing": false, "validateAnthropicTurns": true}),
        json!({"dropThinkingBlocks": true, "validateGeminiTurns": true, "assistantFirstBootstrap": true}),
        json!({"dropReasoningFromHistory": true, "validateAnthropicTurns": true, "assistantFirstBootstrap": true}),
        json!({"sanitizeToolCallIds": "strict", "validateAnthropicTurns": true, "allowSyntheticToolResults": false}),
        json!({"sanitizeToolCallIds": "strict", "repairToolUseResultPairing": false}),
        json!({"sanitizeToolCallIds": "strict9", "repairToolUseResultPairing": false}),
    ];
    let mut options = by(dice.of(&MODELS), &dice.of(&policies));
    if dice.once_in(5) {
        options["input"] = json!(["text"]);
    }
    if dice.once_in(8) {
        options["supportsTools"] = json!(false);
    }
    if dice.once_in(5) {
        options["allowedToolNames"] = json!(["F"]);
    }
    options
}

/// Every call has one result right behind its turn, in the order of the calls; there is no other result.
fn check_pairs(answer: &Answer) {
    let mut open: Vec<&str> = Vec::new();
    for message in &answer.messages {
        if message["role"] == "tool" {
            assert!(!open.is_empty(), "a result of no call: {answer:?}");
            assert_eq!(message["tool_call_id"], open.remove(0), "{answer:?}");
            continue;
        }
        assert!(open.is_empty(), "{open:?} have no result: {answer:?}");
        // Whoever else has such a field calls nothing.
        let calls = message["tool_calls"].as_array().filter(|_| message["role"] == "assistant");
        open = calls.into_iter().flatten().map(|call| call["id"].as_str().unwrap()).collect();
        assert!(!open.contains(&""), "{answer:?}");
    }
    assert!(open.is_empty(), "{open:?} have no result: {answer:?}");
}

/// Whether the policy pairs calls and results for every model.
fn repairs_calls(options: &Value) -> bool {
    let policy = &options["policy"];
    policy == "auto" || policy.is_object() && policy["repairToolUseResultPairing"].is_null()
}

/// Of the problems of [`odd_message`]s that are no transcripts.
const ODD: [&str; 1] = ["must be an object with a type"];

#[test]
fn any_transcript_is_repaired_once_and_for_all() {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let (mut repaired, mut refused) = (0, 0);
    for round in 0..6000 {
        let (messages, options) = (transcript(&mut dice), options(&mut dice));
        let once = match sanitize_text(&messages.to_string(), &options) {
            Ok(answer) => answer,
            // Where no policy repairs calls, an id that is not there is refused by its place.
            Err(error) if error.contains("id: must be") && !repairs_calls(&options) => continue,
            // So is what no wire has a form for.
            Err(error) if error.starts_with("messages[") && ODD.iter().any(|odd| error.contains(odd)) => {
                refused += 1;
                continue;
            }
            Err(error) => panic!("{error}: {messages}"),
        };
        let twice = sanitize(&Value::Array(once.messages.clone()), &options);
        assert!(twice.is_untouched(), "round {round}, {options}\nsent   {messages}\nonce   {:?}\ntwice  {twice:?}", once.messages);
        if repairs_calls(&options) {
            check_pairs(&once);
        }
        repaired += usize::from(!once.changes.is_empty());
    }
    assert!(repaired > 4000, "{repaired}: the dice throw nothing that is worth a repair");
    assert!(refused < 600, "{refused}: the dice throw too much that is no transcript");
}

#[test]
fn what_needs_no_repair_comes_back_by_its_number() {
    let messages = json!([
        {"role": "system", "content": "be brief"},
        user("hi"),
        {"role": "assistant", "content": null, "tool_calls": [crate::support::call("callA1234", "f"), crate::support::call("callB1234", "g")],
            "reasoning_details": [{"type": "reasoning.encrypted", "data": "AAAA", "id": "callA1234", "format": "unknown"}]},
        result("callA1234", "1"),
        result("callB1234", "2"),
        {"role": "assistant", "content": [{"type": "text", "text": "done"}]},
        {"role": "user", "content": [{"type": "text", "text": "and this?"}, {"type": "image_url", "image_url": {"url": PNG}}]},
    ]);
    for model in MODELS {
        for policy in ["auto", "classic", "off"] {
            let answer = sanitize(&messages, &by(model, &json!(policy)));
            assert!(answer.is_untouched(), "{model} {policy}: {answer:?}");
        }
    }
}

#[test]
fn an_error_is_one_of_the_few_that_name_their_place() {
    let mut dice = Dice(77);
    for _ in 0..2000 {
        let mut messages = transcript(&mut dice);
        let Some(message) = messages.as_array_mut().unwrap().last_mut() else { continue };
        let (name, junk) = (
            dice.of(&[
                "role",
                "content",
                "tool_calls",
                "reasoning_details",
                "tool_call_id",
                "toolCallId",
                "usage",
                "stopReason",
                "image_url",
            ]),
            dice.of(&[
                json!(5),
                json!(null),
                json!({}),
                json!([]),
                json!([null]),
                json!([5]),
                json!([{"type": 5}]),
                json!("tool"),
                json!(true),
            ]),
        );
        message[name] = junk;
        if let Err(error) = sanitize_text(&messages.to_string(), &options(&mut dice)) {
            assert!(error.starts_with("messages["), "{error}: {messages}");
        }
    }
}
