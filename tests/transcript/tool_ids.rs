//! Tool ids, through the front door of the rule.

use openrouter_wasm::change::Changes;
use openrouter_wasm::json::Reader;
use openrouter_wasm::message::{MESSAGE_DEPTH, messages_in};
use openrouter_wasm::policy::ToolIds;
use openrouter_wasm::transcript::tool_ids::ToolIdMap;

/// Runs the rule over the messages, in steps of `step`; what comes out, and the paths of what was changed.
fn run(mode: ToolIds, json: &str, step: usize) -> (String, Vec<String>) {
    let mut messages = messages_in(&mut Reader::new(json.as_bytes()), 0, MESSAGE_DEPTH).unwrap().unwrap();
    let (mut map, mut changes) = (ToolIdMap::new(mode), Changes::default());
    messages.chunks_mut(step).for_each(|chunk| map.apply(chunk, &mut changes));
    let mut out = String::from("[");
    for (at, message) in messages.iter().enumerate() {
        out.push_str(if at == 0 { "" } else { "," });
        message.write(&mut out);
    }
    out.push(']');
    assert_eq!(out == json, changes.0.is_empty(), "untouched messages are written as they came: {out}");
    (out, changes.0.into_iter().map(|change| change.path).collect())
}

#[test]
fn why_an_id_became_another_says_what_is_taken() {
    for (mode, words) in [(ToolIds::Strict, "at most 40"), (ToolIds::Strict9, "exactly nine"), (ToolIds::Unique, "each id once")] {
        let json = transcript(if mode == ToolIds::Unique { &["b", "a", "a"] } else { &["a_"] });
        let mut messages = messages_in(&mut Reader::new(json.as_bytes()), 0, MESSAGE_DEPTH).unwrap().unwrap();
        let mut changes = Changes::default();
        ToolIdMap::new(mode).apply(&mut messages, &mut changes);
        assert!(changes.0.len() == 2 && changes.0.iter().all(|change| change.reason.contains(words)), "{changes:?}");
    }
}

/// A turn for every id, then the results in the same order.
fn transcript(ids: &[&str]) -> String {
    let turns = ids.iter().map(|id| {
        format!(r#"{{"role":"assistant","content":null,"tool_calls":[{{"id":"{id}","type":"function","function":{{"name":"f","arguments":"{{}}"}}}}]}}"#)
    });
    let results = ids.iter().map(|id| format!(r#"{{"role":"tool","tool_call_id":"{id}","content":"r"}}"#));
    format!("[{}]", turns.chain(results).collect::<Vec<_>>().join(","))
}

fn given(json: &str) -> (Vec<String>, Vec<String>) {
    let value: serde_json::Value = serde_json::from_str(json).unwrap();
    let list = value.as_array().unwrap();
    let calls = list.iter().flat_map(|message| message["tool_calls"].as_array().into_iter().flatten());
    let results = list.iter().filter(|message| message["role"] == "tool");
    (
        calls.map(|call| call["id"].as_str().unwrap_or("?").to_owned()).collect(),
        results.map(|result| result["tool_call_id"].as_str().unwrap_or("?").to_owned()).collect(),
    )
}

#[test]
fn every_row_of_the_table() {
    let (a60, a59b) = (["call_", &"a".repeat(60)].concat(), ["call_", &"a".repeat(59), "b"].concat());
    let (a40, a32hash) = (["call", &"a".repeat(36)].concat(), ["call", &"a".repeat(28), "34bd1346"].concat());
    let rows: [(&[&str], &[&str], &[&str]); 13] = [
        (&["call1"], &["call1"], &["78d66c1f7"]),
        (&["call|item:123"], &["callitem123"], &["callitem1"]),
        (&["call_a|b", "call_a:b"], &["callab", "callab164e5cbf"], &["a4b42f05f", "1f565f6b4"]),
        (&[&a60, &a59b], &[&a40, &a32hash], &["callaaaaa", "7d12818d6"]),
        (&["functions.read:0", "functions.read:1"], &["functions.read:0", "functions.read:1"], &["functions", "4209b873f"]),
        (&["___"], &["sanitizedtoolid"], &["44d8b78be"]),
        (&["x", "x"], &["x", "x2"], &["2d711642b", "844ecc081"]),
        (&["é1"], &["1"], &["6b86b273f"]),
        (&["functions.read:", "functions.:1"], &["functionsread", "functions1"], &["functions", "d749908f8"]),
        (&["functions.read:0", "functions.read:0"], &["functions.read:0", "functionsread02"], &["functions", "48530e21d"]),
        (
            &["functions.read", "functions.read:2", "functions.read"],
            &["functionsread", "functions.read:2", "functionsread2de8b08eb"],
            &["functions", "30c3de976", "930548132"],
        ),
        (&["123456789", "abcABC123"], &["123456789", "abcABC123"], &["123456789", "abcABC123"]),
        (&["x2", "x", "x"], &["x2", "x", "x21c022105"], &["844ecc081", "2d711642b", "b529ba6d1"]),
    ];
    for (raw, strict, strict9) in rows {
        for (mode, expected) in [(ToolIds::Strict, strict), (ToolIds::Strict9, strict9)] {
            let (once, paths) = run(mode, &transcript(raw), 100);
            let (calls, results) = given(&once);
            assert_eq!(calls, expected, "{raw:?} {mode:?}");
            assert_eq!(results, calls, "{raw:?} {mode:?}");
            assert_eq!(paths.is_empty(), raw == expected, "{raw:?}");
            assert_eq!(run(mode, &once, 100), (once.clone(), vec![]), "{raw:?} {mode:?}: a second repair has nothing to do");
            assert_eq!(run(mode, &transcript(raw), 1).0, once, "in steps");
        }
    }
}
#[test]
fn an_id_that_comes_again_becomes_another_and_everything_else_stays() {
    for (raw, unique) in [
        (&["call_0", "call_0", "call_0"][..], &["call_0", "call_0_2", "call_0_3"][..]),
        (&["f:0", "g:0", "f:0"], &["f:0", "g:0", "f:0_2"]),
        (&["x", "x_2", "x", "x"], &["x", "x_2", "86db5189b", "x_3"]),
        (&["é|_", "fc_1|call.2"], &["é|_", "fc_1|call.2"]),
    ] {
        let once = run(ToolIds::Unique, &transcript(raw), 100).0;
        let (calls, results) = given(&once);
        assert_eq!((&calls[..], &results), (&unique.iter().map(ToString::to_string).collect::<Vec<_>>()[..], &calls), "{raw:?}");
        assert_eq!(run(ToolIds::Unique, &once, 100), (once.clone(), vec![]), "{raw:?}: a second repair has nothing to do");
        assert_eq!(run(ToolIds::Unique, &transcript(raw), 1).0, once);
    }
}

#[test]
fn missing_empty_and_unanswered_ids() {
    let call = |id: &str| format!(r#"{{{id}"type":"function","function":{{"name":"f","arguments":"{{}}"}}}}"#);
    let turn = |calls: &[String]| format!(r#"{{"role":"assistant","tool_calls":[{}]}}"#, calls.join(","));
    let result = |ids: &str| format!(r#"{{"role":"tool",{ids}"content":"r"}}"#);
    let json = format!(
        "[{}]",
        [
            turn(&[call(""), call(r#""id":null,"#), call(r#""id":7,"#), call(r#""id":"","#), "3".to_owned()]),
            result(""),
            result(r#""tool_call_id":null,"#),
            result(r#""tool_call_id":"","#),
            result(""),
            result(""),
            result(r#""tool_call_id":"gone","#),
            result(r#""tool_call_id":"gone","#),
            turn(&[call(r#""id":"gone","#)]),
            result(r#""call_id":"gone","toolCallId":"other","callId":"","#),
        ]
        .join(",")
    );
    let (once, paths) = run(ToolIds::Strict, &json, 100);
    let (calls, results) = given(&once);
    assert_eq!(calls, ["defaulttoolid", "defaulttoolid2", "defaulttoolid3", "", "?", "gone"]);
    assert_eq!(
        results,
        ["defaulttoolid", "defaulttoolid2", "", "defaulttoolid3", "defaulttoolidtoolresult1", "gonetoolresult1", "gonetoolresult2", "gone"]
    );
    assert!(
        once.ends_with(r#"{"role":"tool","call_id":"gone","toolCallId":"gone","callId":"","content":"r","tool_call_id":"gone"}]"#),
        "{once}"
    );
    assert_eq!(paths[..2], ["messages[0].tool_calls[0].id", "messages[0].tool_calls[1].id"]);
    assert_eq!(paths.last().unwrap(), "messages[9].tool_call_id");
    for mode in [ToolIds::Strict, ToolIds::Strict9] {
        let once = run(mode, &json, 100).0;
        assert_eq!(run(mode, &once, 100), (once.clone(), vec![]));
        assert_eq!(run(mode, &json, 1).0, once);
    }
}

#[test]
fn a_result_takes_the_oldest_call_that_waits() {
    let ids = ["a_", "a_", "a_"];
    let (once, _) = run(ToolIds::Strict, &transcript(&ids), 4);
    assert_eq!(given(&once).1, ["a", "a2", "a3"]);
}

#[test]
fn ids_inside_of_reasoning_follow() {
    let call = |id: &str, more: &str| format!(r#"{{"id":"{id}","type":"function"{more}}}"#);
    let detail = |id: &str| format!(r#"{{"type":"reasoning.encrypted","data":"QUJD","id":"{id}"}}"#);
    let turn = |calls: &[String], details: &[String]| {
        format!(r#"[{{"role":"assistant","tool_calls":[{}],"reasoning_details":[{}]}}]"#, calls.join(","), details.join(","))
    };
    let signature = |id: &str| format!(r#","thought_signature":"{{\"id\":\"{id}\",\"data\":\"QUJD\"}}","thoughtSignature":"c2ln""#);
    let json = turn(
        &[call("x", ""), call("x", ""), call("t_1", &signature("t_1")), call("t_2", &signature("t_1"))],
        &[detail("x"), detail("x"), detail("x"), detail("t_1"), detail("t_1"), detail("other"), "1".to_owned()],
    );
    let expected = turn(
        &[call("x", ""), call("x2", ""), call("t1", &signature("t1")), call("t2", &signature("t_1"))],
        &[detail("x"), detail("x2"), detail("x2"), detail("t1"), detail("t1"), detail("other"), "1".to_owned()],
    );
    let (once, paths) = run(ToolIds::Strict, &json, 1);
    assert_eq!(once, expected);
    assert_eq!(paths, ["messages[0].tool_calls[1].id", "messages[0].tool_calls[2].id", "messages[0].tool_calls[3].id"]);
}

#[test]
fn taken_forms_get_numbers() {
    let hashed = "callab164e5cbf";
    let ids = ["callab", hashed, &[hashed, "x2"].concat(), "call_a:b"];
    let (once, _) = run(ToolIds::Strict, &transcript(&ids), 1);
    assert_eq!(given(&once).0.last().unwrap(), "callab164e5cbfx3");
    assert_eq!(run(ToolIds::Strict, &once, 1).1, [""; 0]);
    // No form is longer than forty.
    let (base, hashed) = ("a".repeat(40), ["a".repeat(32), "30540b59".to_owned()].concat());
    let (once, _) = run(ToolIds::Strict, &transcript(&[&base, &hashed, &[&base, "_"].concat()]), 1);
    assert_eq!(given(&once).0.last().unwrap(), &[&hashed[..38], "x2"].concat());
    // An id that this rule would make of a result without a call is in its form already; others are not, however short.
    let orphans = r#"[{"role":"tool","tool_call_id":"atoolresult1","content":"r"},{"role":"tool","tool_call_id":"b_","content":"r"},{"role":"tool","tool_call_id":"c_toolresult1","content":"r"}]"#;
    assert_eq!(given(&run(ToolIds::Strict, orphans, 1).0).1, ["atoolresult1", "btoolresult1", "ctoolresult1toolresult1"]);
}

#[test]
fn thousands_of_ids_stay_apart() {
    let ids: Vec<String> = (0..5000).map(|number| format!("call_{}-{number}", "p".repeat(number % 50))).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    for mode in [ToolIds::Strict, ToolIds::Strict9, ToolIds::Unique] {
        let (mut calls, results) = given(&run(mode, &transcript(&ids), 7).0);
        assert_eq!(calls, results);
        calls.sort_unstable();
        calls.dedup();
        assert_eq!(calls.len(), ids.len());
    }
}

/// Any order of few ids, most of which collide: what the caller sends, and what a second repair or a loop would make of it.
#[test]
fn repairs_of_anything_are_final() {
    let words = [
        "a",
        "b_",
        "a:2",
        "functions.a:0",
        "a2",
        "_",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa_1",
        "toolresult1",
        "a:tool_result:1",
        "",
    ];
    let mut state = 7u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) as usize % below
    };
    for _ in 0..2000 {
        let messages: Vec<String> = (0..1 + next(12))
            .map(|_| {
                let id = words[next(words.len())];
                match next(3) {
                    0 => format!(r#"{{"role":"tool","tool_call_id":"{id}","content":"r"}}"#),
                    _ => format!(
                        r#"{{"role":"assistant","tool_calls":[{{"id":"{id}","type":"function"}},{{"id":"{}"}}]}}"#,
                        words[next(words.len())]
                    ),
                }
            })
            .collect();
        let json = format!("[{}]", messages.join(","));
        for mode in [ToolIds::Strict, ToolIds::Strict9, ToolIds::Unique] {
            let (once, _) = run(mode, &json, 100);
            assert_eq!(run(mode, &once, 100).0, once, "{json}");
            assert_eq!(run(mode, &json, 2).0, once, "{json}");
            let mut calls = given(&once).0;
            calls.retain(|id| !id.is_empty());
            calls.sort_unstable();
            assert!(calls.windows(2).all(|pair| pair[0] != pair[1]), "{once}");
            let is_in_form = |id: &String| match mode {
                ToolIds::Strict => id.len() <= 40 && id.bytes().all(|byte| byte.is_ascii_alphanumeric()) || id.starts_with("functions."),
                ToolIds::Strict9 => id.len() == 9 && id.bytes().all(|byte| byte.is_ascii_alphanumeric()),
                ToolIds::Unique => true,
            };
            assert!(calls.iter().all(is_in_form), "{once}");
        }
    }
}
