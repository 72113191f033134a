//! Scripts for the run machine with tools: what is asked of the driver, step by step.

use crate::support::{Run, chat, events, head, last};
use openrouter_wasm::run::Action;
use openrouter_wasm::transcript::images::Placeholders;
use openrouter_wasm::transcript::repair::Repairs;
use serde_json::{Value, json};

fn run(options: Value) -> Run {
    let tool = |name: &str| json!({"type": "function", "function": {"name": name}});
    let request = json!({
        "model": "anthropic/claude-sonnet-4.5",
        "messages": [{"role": "user", "content": "hi"}],
        "tools": [tool("mine"), tool("here"), tool("there")]
    });
    let mut config = json!({"executableTools": ["here", "there"], "maxRetries": 0});
    config.as_object_mut().unwrap().extend(options.as_object().unwrap().clone());
    Run::new(chat(&config, &request), 0.0, 42)
}

/// An answer of these calls: id, name, arguments.
fn answer(calls: &[(&str, &str, &str)], finish_reason: &str) -> String {
    let calls: Vec<Value> = calls
        .iter()
        .enumerate()
        .map(|(index, (id, name, arguments))| json!({"index": index, "id": id, "function": {"name": name, "arguments": arguments}}))
        .collect();
    let chunk = json!({"choices": [{"delta": {"content": "so", "tool_calls": calls}, "finish_reason": finish_reason}]});
    format!("data: {chunk}\n\ndata: [DONE]\n\n")
}

fn step(run: &mut Run, body: &str) -> (Action, Vec<Value>) {
    run.on_send(0.0, "key");
    run.on_head(0.0, head(200, "text/event-stream"));
    let action = run.on_bytes(0.0, body.as_bytes());
    (action, events(&mut run.out))
}

fn body(run: &mut Run, stable: &mut String) -> Value {
    let conversation = run.chat().conversation();
    stable.push_str(&conversation.take_stable());
    let text = [conversation.head.as_str(), stable, conversation.volatile(), &conversation.tail].concat();
    serde_json::from_str(&text).unwrap()
}

fn verdicts(record: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    record["calls"].as_array().unwrap().iter().map(|call| (text(&call["id"]), text(&call["verdict"]))).collect()
}

/// Calls of an answer, what the driver is asked to do, and what was decided about each.
type Row<'r> = (&'r [(&'r str, &'r str, &'r str)], Action, &'r [&'r str]);

#[test]
fn calls_are_run_answered_or_left_as_their_tools_say() {
    let table: [Row<'_>; 6] = [
        (&[("1", "here", "{}"), ("2", "there", "{\"a\":1}")], Action::Tools, &["run", "run"]),
        (&[("1", "here", ""), ("2", "nobody", "{}")], Action::Tools, &["run", "answer"]),
        (&[("1", "here", "[1]")], Action::Tools, &["answer"]),
        (&[("1", "mine", "{}"), ("2", "here", "{}")], Action::Tools, &["leave", "run"]),
        (&[("1", "mine", "{}")], Action::End, &[]),
        (&[], Action::End, &[]),
    ];
    for (calls, expected, decided) in table {
        let mut run = run(json!({}));
        let (action, all) = step(&mut run, &answer(calls, if calls.is_empty() { "stop" } else { "tool_calls" }));
        assert_eq!(action, expected, "{calls:?}");
        if expected == Action::Tools {
            let got: Vec<String> = verdicts(last(&all)).into_iter().map(|(_, verdict)| verdict).collect();
            assert_eq!(got, decided, "{calls:?}");
        }
    }
}

#[test]
fn a_call_cut_by_a_limit_ends_the_run_and_never_runs() {
    let mut run = run(json!({}));
    let (action, all) = step(&mut run, &answer(&[("1", "here", "{\"a\":")], "length"));
    assert_eq!((action, &last(&all)["step"]["reason"]), (Action::End, &json!("length")));
}

#[test]
fn the_next_step_sends_what_was_there_and_what_was_added() {
    let mut run = run(json!({}));
    let mut stable = String::new();
    let before = body(&mut run, &mut stable);
    assert_eq!(before["messages"].as_array().unwrap().len(), 1);
    let (action, _) = step(&mut run, &answer(&[("call_1", "here", "{}")], "tool_calls"));
    assert_eq!(action, Action::Tools);
    assert_eq!(run.deadline(), 1_800_000.0, "while tools run only the whole run's time counts");
    let call = json!({"id": "call_1", "type": "function", "function": {"name": "here", "arguments": "{}"}});
    let added = json!([
        {"role": "assistant", "content": "so", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": "fine"}
    ]);
    assert_eq!(run.resume(&added.to_string(), false), Action::Send);
    let after = body(&mut run, &mut stable);
    let marker = json!({"type": "ephemeral"});
    assert_eq!(
        after["messages"],
        json!([
            {"role": "user", "content": "hi"},
            added[0],
            {"role": "tool", "tool_call_id": "call_1", "content": [{"type": "text", "text": "fine", "cache_control": marker}]}
        ]),
        "the cache marker has moved on"
    );
    let (action, all) = step(&mut run, &answer(&[], "stop"));
    assert_eq!((action, &last(&all)["step"]["message"]["content"]), (Action::End, &json!("so")));
}

#[test]
fn the_last_step_that_asks_for_tools_fails_with_its_answer() {
    let mut run = run(json!({"maxSteps": 1}));
    let (action, all) = step(&mut run, &answer(&[("1", "here", "{}")], "tool_calls"));
    assert_eq!(action, Action::End);
    let kinds: Vec<&str> = all.iter().filter_map(|event| event["type"].as_str()).collect();
    assert_eq!(kinds[kinds.len() - 2..], ["finish", "failure"], "the answer first, then why it is not gone on with");
    assert_eq!(last(&all)["failure"]["error"]["code"], "max-steps");
}

#[test]
fn a_stop_ends_the_run_and_results_that_fit_no_message_are_refused() {
    let mut stopped = run(json!({}));
    step(&mut stopped, &answer(&[("1", "here", "{}")], "tool_calls"));
    assert_eq!(stopped.resume("[]", true), Action::End);
    assert_eq!(stopped.on_timer(1e12), Action::End, "a run that is over stays so");
    let mut wrong = run(json!({}));
    step(&mut wrong, &answer(&[("1", "here", "{}")], "tool_calls"));
    assert_eq!(wrong.resume(r#"[{"role":"robot"}]"#, false), Action::End);
    let all = events(&mut wrong.out);
    assert_eq!(last(&all)["failure"]["error"]["code"], "invalid-request");
}

#[test]
fn a_later_step_falls_back_with_the_whole_conversation() {
    let mut run = run(json!({"fallbackModels": ["mistralai/mistral-small"]}));
    step(&mut run, &answer(&[("call_long_id", "here", "{}")], "tool_calls"));
    let call = json!({"id": "call_long_id", "type": "function", "function": {"name": "here", "arguments": "{}"}});
    let added = json!([
        {"role": "assistant", "content": null, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_long_id", "content": "fine"}
    ]);
    assert_eq!(run.resume(&added.to_string(), false), Action::Send);
    run.on_send(0.0, "key");
    run.on_head(0.0, head(503, "application/json"));
    assert_eq!(run.on_end(), Action::Repair, "the second model has tool ids of its own form");
    let request = run.chat().repair().unwrap().to_owned();
    let repaired = Repairs::default().repair(&request, Placeholders::default());
    assert_eq!(run.repaired(&repaired), Action::Send);
    assert!(run.chat().take_fresh(), "the body begins anew");
    let sent = body(&mut run, &mut String::new());
    assert_eq!((&sent["model"], sent["messages"].as_array().unwrap().len()), (&json!("mistralai/mistral-small"), 3));
    assert_eq!(
        (&sent["messages"][1]["tool_calls"][0]["id"], &sent["messages"][2]["tool_call_id"]),
        (&json!("calllongi"), &json!("calllongi"))
    );
}

#[test]
fn a_run_whose_answers_are_held_is_over_when_the_driver_says_so_and_may_go_on_with_another_request() {
    let mut run = run(json!({"holdAnswers": true, "firstStep": 3, "maxSteps": 5}));
    let (action, all) = step(&mut run, &answer(&[], "stop"));
    assert_eq!((action, verdicts(last(&all)).len()), (Action::Tools, 0), "the driver is asked after an answer without calls");
    let other = json!({"model": "openai/gpt-5", "messages": [{"role": "user", "content": "again"}]});
    assert_eq!(run.go_on_with(chat(&json!({}), &other)), Action::Send);
    let body = body(&mut run, &mut String::new());
    assert_eq!((&body["model"], &body["messages"][0]["content"]), (&json!("openai/gpt-5"), &json!("again")));
    assert_eq!(step(&mut run, &answer(&[("1", "mine", "{}")], "tool_calls")).0, Action::Tools, "held still, though nothing can be run");
    assert_eq!(run.resume("[]", true), Action::End);
    // The steps before count.
    let mut late = self::run(json!({"firstStep": 4, "maxSteps": 5}));
    let (action, all) = step(&mut late, &answer(&[("1", "here", "{}")], "tool_calls"));
    assert_eq!((action, &last(&all)["failure"]["error"]["code"]), (Action::End, &json!("max-steps")));
}
