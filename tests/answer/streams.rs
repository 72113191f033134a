//! What providers send beside the textbook: every stream here is read whole, cut at every byte, and byte by byte.

use crate::support::{answer, head, last, run, text_of};
use serde_json::{Value, json};

/// A delta in the shape of a chunk.
fn delta(delta: Value) -> String {
    event(json!({"id": "gen-1", "model": "a/b", "provider": "P", "choices": [{"index": 0, "delta": delta, "finish_reason": null}]}))
}

fn finish(reason: &str, native: &str) -> String {
    event(json!({"choices": [{"index": 0, "delta": {"content": ""}, "finish_reason": reason, "native_finish_reason": native}]}))
}

fn event(value: Value) -> String {
    format!("data: {value}\n\n")
}

const DONE: &str = "data: [DONE]\n\n";

/// Reads a stream in every way there is and returns the events, which must not depend on it.
fn read(name: &str, stream: &str) -> Vec<Value> {
    let options = || json!({"maxRetries": 0});
    let bytes = stream.as_bytes();
    let whole = answer(&mut run(options()), head(200, "text/event-stream"), &[bytes]);
    for cut in 0..=bytes.len() {
        let parts = answer(&mut run(options()), head(200, "text/event-stream"), &[&bytes[..cut], &bytes[cut..]]);
        assert_eq!(parts, whole, "{name}: cut at {cut}");
    }
    let single: Vec<&[u8]> = bytes.chunks(1).collect();
    assert_eq!(answer(&mut run(options()), head(200, "text/event-stream"), &single), whole, "{name}: byte by byte");
    whole
}

#[test]
fn texts_of_every_kind_are_found_wherever_they_stand() {
    let plain = |text: &str| [delta(json!({"role": "assistant", "content": text})), finish("stop", "stop"), DONE.into()].concat();
    let ended = |chunks: Vec<Value>| chunks.into_iter().map(delta).chain([finish("stop", "stop"), DONE.into()]).collect::<String>();
    let table: Vec<(&str, String, &str, &str, &str)> = vec![
        ("plain", plain("hi"), "hi", "", ""),
        ("characters of every length", plain("é漢😀\u{feff}\"\\\n"), "é漢😀\u{feff}\"\\\n", "", ""),
        (
            "a pair of surrogates cut between deltas",
            ["{\"content\":\"a\\ud83d\"}", "{\"content\":\"\\ude00b\"}"]
                .map(|d| format!("data: {{\"choices\":[{{\"delta\":{d}}}]}}\n\n"))
                .concat()
                + DONE,
            "a😀b",
            "",
            "",
        ),
        (
            "a lone surrogate at the end",
            "data: {\"choices\":[{\"delta\":{\"content\":\"a\\ud83d\"}}]}\n\ndata: [DONE]\n\n".into(),
            "a\u{fffd}",
            "",
            "",
        ),
        ("role empty, content null", ended(vec![json!({"role": "", "content": null}), json!({"content": "hi"})]), "hi", "", ""),
        (
            "content as parts",
            ended(vec![
                json!({"content": [{"type": "text", "text": "a"}, {"type": "output_text", "text": "b"}, {"type": "thinking", "thinking": "t"}, {"type": "refusal", "refusal": "r"}, {"type": "new"}, "c"]}),
            ]),
            "abc",
            "t",
            "r",
        ),
        ("content as one part", ended(vec![json!({"content": {"type": "text", "text": "a"}})]), "a", "", ""),
        (
            "message in place of delta",
            event(json!({"choices": [{"message": {"role": "assistant", "content": "whole"}, "finish_reason": "stop"}]})) + DONE,
            "whole",
            "",
            "",
        ),
        ("reasoning", ended(vec![json!({"reasoning": "r"}), json!({"content": "a"})]), "a", "r", ""),
        ("reasoning_content", ended(vec![json!({"reasoning_content": "r"})]), "", "r", ""),
        ("reasoning_text", ended(vec![json!({"reasoning_text": "r"})]), "", "r", ""),
        (
            "details win over the mirrored field",
            ended(vec![json!({"reasoning": "r", "reasoning_details": [{"type": "reasoning.text", "text": "r"}]})]),
            "",
            "r",
            "",
        ),
        ("a summary is reasoning", ended(vec![json!({"reasoning_details": [{"type": "reasoning.summary", "summary": "s"}]})]), "", "s", ""),
        (
            "encrypted details leave the plain field to speak",
            ended(vec![json!({"reasoning": "r", "reasoning_details": [{"type": "reasoning.encrypted", "data": "x"}]})]),
            "",
            "r",
            "",
        ),
        (
            "visible text among the details",
            ended(vec![
                json!({"reasoning_details": [{"type": "response.output_text", "text": "v"}, {"type": "text", "text": "never shown"}]}),
            ]),
            "v",
            "",
            "",
        ),
        ("refusal", ended(vec![json!({"refusal": "no"})]), "", "", "no"),
        (
            "choices empty, missing, null, or strange",
            [
                event(json!({"choices": []})),
                event(json!({"id": "x"})),
                event(json!({"choices": null})),
                event(json!({"choices": [5]})),
                plain("hi"),
            ]
            .concat(),
            "hi",
            "",
            "",
        ),
        ("events that are no objects", ["data: 5\n\n", "data: \"x\"\n\n", "data: null\n\n", &plain("hi")].concat(), "hi", "", ""),
        (
            "comments before, between and inside",
            [": OPENROUTER PROCESSING\n\n", ": \n\n", &delta(json!({"content": "h"})), ":x\n", &delta(json!({"content": "i"})), DONE]
                .concat(),
            "hi",
            "",
            "",
        ),
        ("carriage returns and a byte order mark", format!("\u{feff}{}", plain("hi").replace('\n', "\r\n")), "hi", "", ""),
        ("bare carriage returns", plain("hi").replace('\n', "\r"), "hi", "", ""),
        (
            "JSON over several data lines",
            "data: {\"choices\":[{\"delta\":\ndata: {\"content\":\"hi\"}}]}\n\ndata: [DONE]\n\n".into(),
            "hi",
            "",
            "",
        ),
        ("[DONE] with stray spaces", delta(json!({"content": "hi"})) + "data:  [DONE] \n\n", "hi", "", ""),
        ("[DONE] without a line ending", delta(json!({"content": "hi"})) + "data: [DONE]", "hi", "", ""),
        ("nothing after [DONE] counts", plain("hi") + &delta(json!({"content": "late"})), "hi", "", ""),
        ("a finish reason and no [DONE]", delta(json!({"content": "hi"})) + &finish("stop", "stop"), "hi", "", ""),
        (
            "only the first choice",
            event(json!({"choices": [{"index": 0, "delta": {"content": "a"}}, {"index": 1, "delta": {"content": "b"}}]})) + DONE,
            "a",
            "",
            "",
        ),
        ("legacy completions", event(json!({"choices": [{"text": "old"}]})) + DONE, "old", "", ""),
    ];
    for (name, stream, text, reasoning, refusal) in table {
        let events = read(name, &stream);
        let end = last(&events);
        assert_eq!(end["type"], "finish", "{name}: {end}");
        assert_eq!(end["step"]["verdict"], "complete", "{name}");
        assert_eq!(
            (
                text_of(&events, "text-delta").as_str(),
                text_of(&events, "reasoning-delta").as_str(),
                text_of(&events, "refusal-delta").as_str()
            ),
            (text, reasoning, refusal),
            "{name}"
        );
        assert_eq!(end["step"]["message"]["content"], text, "{name}");
    }
}

#[test]
fn every_ending_has_one_verdict() {
    let hi = || delta(json!({"content": "hi"}));
    let usage = json!({"prompt_tokens": 1, "completion_tokens": 2, "cost": 0.5});
    let error = json!({"code": 502, "message": "down", "metadata": {"error_type": "provider_unavailable"}});
    let table: Vec<(&str, String, &str, &str, &str)> = vec![
        ("complete", hi() + &finish("stop", "end_turn") + DONE, "complete", "stop", ""),
        ("complete without a reason", hi() + DONE, "complete", "stop", ""),
        (
            "finish twice, usage with the second",
            hi() + &finish("stop", "stop")
                + &event(json!({"choices": [{"delta": {"content": ""}, "finish_reason": "stop"}], "usage": usage}))
                + DONE,
            "complete",
            "stop",
            "",
        ),
        (
            "usage after the finish, choices empty",
            hi() + &finish("stop", "stop") + &event(json!({"choices": [], "usage": usage})) + DONE,
            "complete",
            "stop",
            "",
        ),
        (
            "an empty finish reason in the middle is none",
            event(json!({"choices": [{"delta": {"content": "h"}, "finish_reason": ""}]})) + &hi() + &finish("stop", "stop") + DONE,
            "complete",
            "stop",
            "",
        ),
        ("an unknown reason passes through", hi() + &finish("other", "OTHER") + DONE, "complete", "other", ""),
        ("end", hi() + &finish("end", "end") + DONE, "complete", "stop", ""),
        ("length", hi() + &finish("length", "max_tokens") + DONE, "length", "length", ""),
        ("length, told by the provider alone", hi() + &finish("stop", "MAX_TOKENS") + DONE, "length", "length", ""),
        ("content filter", hi() + &finish("content_filter", "SAFETY") + DONE, "content-filter", "content-filter", ""),
        ("tool calls without a call", hi() + &finish("tool_calls", "tool_calls") + DONE, "complete", "stop", ""),
        ("cut", hi(), "cut", "", "stream-cut"),
        ("cut in the middle of an event", hi() + "data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}", "cut", "", "stream-cut"),
        ("empty", String::new(), "cut", "", "stream-cut"),
        ("only comments", ": OPENROUTER PROCESSING\n\n".into(), "cut", "", "stream-cut"),
        (
            "error at the top",
            hi() + &event(json!({"error": error, "choices": [{"delta": {"content": ""}, "finish_reason": "error"}]})),
            "error",
            "",
            "stream-error",
        ),
        ("error in a choice", hi() + &event(json!({"choices": [{"delta": {}, "error": error}]})), "error", "", "stream-error"),
        ("error with choices null", hi() + &event(json!({"choices": null, "error": error})), "error", "", "stream-error"),
        (
            "error as a string code",
            hi() + &event(json!({"error": {"code": "server_error", "message": "down"}})),
            "error",
            "",
            "stream-error",
        ),
        ("error as a plain string", hi() + &event(json!({"error": "down"})), "error", "", "stream-error"),
        (
            "error after a length finish, usage beside it",
            hi() + &finish("length", "length") + &event(json!({"error": error, "choices": [], "usage": usage})) + DONE,
            "error",
            "",
            "stream-error",
        ),
        ("error by finish reason alone", hi() + &finish("error", "error") + DONE, "error", "", "stream-error"),
        ("no JSON", hi() + "data: {nope\n\n", "error", "", "bad-response"),
    ];
    for (name, stream, verdict, reason, code) in table {
        let events = read(name, &stream);
        let end = last(&events);
        let state = if code.is_empty() {
            assert_eq!((&end["step"]["verdict"], &end["step"]["reason"]), (&verdict.into(), &reason.into()), "{name}");
            &end["step"]
        } else {
            assert_eq!((&end["failure"]["verdict"], &end["failure"]["error"]["code"]), (&verdict.into(), &code.into()), "{name}: {end}");
            &end["failure"]["partial"]
        };
        assert!(
            state["message"]["content"].as_str().unwrap().starts_with('h') || !stream.contains("hi"),
            "{name}: the partial text is there"
        );
        if stream.contains("\"cost\":0.5") {
            assert_eq!(state["usage"]["cost"], 0.5, "{name}: usage is there");
        }
        if !stream.is_empty() && stream.contains("gen-1") {
            assert_eq!(state["id"], "gen-1", "{name}: the generation id is there");
        }
    }
}

#[test]
fn a_truncated_call_is_told_and_never_runs() {
    let call = |id: &str, index: u32, arguments: &str| {
        delta(
            json!({"tool_calls": [{"index": index, "id": id, "type": "function", "function": {"name": "write", "arguments": arguments}}]}),
        )
    };
    let table = [
        ("native length, tool_calls", call("a", 0, "{\"path\":\"/tm") + &finish("tool_calls", "max_output_tokens"), vec![true], "length"),
        (
            "native length, arguments that look whole",
            call("a", 0, "{\"path\":\"/tmp\"}") + &finish("tool_calls", "length"),
            vec![true],
            "length",
        ),
        (
            "length, an earlier call without arguments",
            call("a", 0, "") + &call("b", 1, "{}") + &finish("length", "length"),
            vec![true, true],
            "length",
        ),
        ("length, no arguments yet", call("a", 0, "") + &finish("length", "length"), vec![true], "length"),
        (
            "length cuts the last call only",
            call("a", 0, "{}") + &call("b", 1, "{\"x\":[1") + &finish("tool_calls", "max_tokens"),
            vec![false, true],
            "length",
        ),
        (
            "length cuts the text behind a whole call",
            call("a", 0, "{}") + &delta(json!({"content": "and"})) + &finish("length", "length"),
            vec![false],
            "length",
        ),
        ("cut arguments, no word of a limit", call("a", 0, "{\"path\":\"/tm") + &finish("tool_calls", "tool_calls"), vec![true], "length"),
        (
            "malformed arguments are no length limit",
            call("a", 0, "{'path':1}") + &finish("tool_calls", "tool_calls"),
            vec![true],
            "tool-calls",
        ),
        ("whole", call("a", 0, "{\"path\":\"/tmp\"}") + &finish("tool_calls", "tool_calls"), vec![false], "tool-calls"),
        (
            "whole, finished as stop, with text",
            delta(json!({"content": "t"})) + &call("a", 0, "{}") + &finish("stop", "stop"),
            vec![false],
            "tool-calls",
        ),
    ];
    for (name, stream, truncated, reason) in table {
        let events = read(name, &(stream + DONE));
        let calls: Vec<&Value> = events.iter().filter(|event| event["type"] == "tool-call").collect();
        let told: Vec<bool> = calls.iter().map(|call| call["truncated"] == true).collect();
        assert_eq!(told, truncated, "{name}");
        for call in &calls {
            assert_eq!(call["truncated"] == true, call["input"].is_null(), "{name}: no input where it must not run");
        }
        let end = last(&events);
        assert_eq!(end["step"]["reason"], reason, "{name}");
        let kept = end["step"]["message"]["tool_calls"].as_array().map_or(0, Vec::len);
        assert_eq!(kept, truncated.iter().filter(|truncated| !**truncated).count(), "{name}: the transcript has whole calls only");
    }
}

#[test]
fn a_stream_that_is_cut_or_fails_hands_out_no_call_at_all() {
    let call = delta(json!({"tool_calls": [{"index": 0, "id": "a", "function": {"name": "pay", "arguments": "{\"sum\":1}"}}]}));
    for (name, stream) in [("cut", call.clone()), ("error", call + &event(json!({"error": {"code": 500, "message": "x"}})))] {
        let events = read(name, &stream);
        assert!(!events.iter().any(|event| event["type"] == "tool-call"), "{name}");
        let partial = &last(&events)["failure"]["partial"];
        assert!(partial["message"]["tool_calls"].is_null(), "{name}");
        assert_eq!(partial["toolCalls"][0], json!({"id": "a", "name": "pay", "arguments": "{\"sum\":1}", "truncated": true}), "{name}");
    }
}

#[test]
fn media_annotations_and_legacy_calls_come_out() {
    let image = |url: &str| json!({"images": [{"type": "image_url", "index": 0, "image_url": {"url": url}}]});
    let citation = json!({"annotations": [{"type": "url_citation", "url_citation": {"url": "https://x", "title": "X"}}, {"type": "file", "file": {"hash": "h", "content": []}}]});
    let stream = [
        delta(image("data:image/png;base64,AA==")),
        delta(json!({"audio": {"id": "au", "data": "YW", "transcript": "a"}})),
        delta(json!({"audio": {"data": "Jj"}})),
        delta(citation.clone()),
        delta(citation),
        // The last chunk repeats what came before.
        delta(image("data:image/png;base64,AA==")),
        delta(image("https://x/i.png")),
        delta(json!({"function_call": {"name": "f", "arguments": "{\"a\":"}})),
        delta(json!({"function_call": {"arguments": "1}"}})),
        finish("function_call", "function_call"),
        DONE.into(),
    ];
    let events = read("media", &stream.concat());
    let count = |kind: &str| events.iter().filter(|event| event["type"] == kind).count();
    assert_eq!((count("image"), count("audio-delta"), count("citation"), count("tool-call")), (2, 2, 1, 1));
    let end = &last(&events)["step"];
    assert_eq!(end["reason"], "tool-calls");
    assert_eq!(end["message"]["annotations"].as_array().unwrap().len(), 2);
    assert_eq!(end["message"]["tool_calls"][0]["function"], json!({"name": "f", "arguments": "{\"a\":1}"}));
}

#[test]
fn an_empty_reasoning_details_array_is_kept_in_the_message() {
    let events = read("empty details", &(delta(json!({"content": "a", "reasoning_details": []})) + DONE));
    assert_eq!(last(&events)["step"]["message"]["reasoning_details"], json!([]));
    let events = read("no details", &(delta(json!({"content": "a"})) + DONE));
    assert!(last(&events)["step"]["message"]["reasoning_details"].is_null());
}

#[test]
fn control_characters_inside_strings_stay_in_texts_and_break_nothing_that_is_handed_on() {
    let stream = "data: {\"choices\":[{\"delta\":{\"content\":\"a\tb\u{1}\",\"images\":[{\"image_url\":{\"url\":\"https://x/\u{1}\"}}],\
        \"annotations\":[{\"type\":\"file\u{2}\"}],\"reasoning_details\":[{\"type\":\"reasoning.encrypted\",\"data\":\"\u{3}\",\"ke\u{4}y\":1}]}}],\
        \"usage\":{\"prompt_tokens\":1,\"note\":\"\u{5}\"}}\n\ndata: [DONE]\n\n";
    let events = read("control characters", stream);
    let step = &last(&events)["step"];
    assert_eq!(step["message"]["content"], "a\tb\u{1}");
    assert_eq!(step["message"]["annotations"], json!([{"type": "file "}]));
    assert_eq!(step["message"]["reasoning_details"], json!([{"type": "reasoning.encrypted", "data": " "}]));
    assert_eq!(step["usage"]["raw"]["note"], " ");
}

#[test]
fn what_is_no_error_and_what_only_repeats_is_told_apart() {
    let table = [
        ("an error that is none", event(json!({"error": "", "choices": [{"delta": {"content": "hi"}, "error": false}]})) + DONE, "hi"),
        ("delta beside message", event(json!({"choices": [{"delta": {"content": "hi"}, "message": {"content": "no"}}]})) + DONE, "hi"),
        (
            "message beside delta, the other way round",
            event(json!({"choices": [{"message": {"content": "no"}, "delta": {"content": "hi"}}]})) + DONE,
            "hi",
        ),
        (
            "a whole message behind its deltas",
            delta(json!({"content": "hi"})) + &event(json!({"choices": [{"message": {"content": "hi"}, "finish_reason": "stop"}]})) + DONE,
            "hi",
        ),
    ];
    for (name, stream, text) in table {
        let events = read(name, &stream);
        assert_eq!(last(&events)["step"]["message"]["content"], text, "{name}");
    }
}
