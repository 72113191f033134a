//! The guard: before a send, while an answer comes, after it.

use openrouter_wasm::budget::{Guard, Outgoing};
use openrouter_wasm::cost::{BookedStep, Prompt};
use openrouter_wasm::record::Reads;
use openrouter_wasm::usd::Usd;
use openrouter_wasm::value::Value;

const PRICING: &str = r#"{"prompt":"0.01","completion":"0.1"}"#;

fn guard(text: &str) -> Guard {
    Guard::read(text).unwrap()
}

/// A prompt of so many tokens.
fn outgoing(tokens: u64, pricing: &'static str) -> Outgoing<'static> {
    let prompt = Prompt { chars: tokens * 4, ..Prompt::default() };
    Outgoing { model: "a/b", pricing: Value::parse(pricing).filter(Value::is_object), prompt, epoch_ms: 0.0, fault: None }
}

/// The answer of a model is over, as the run's books have it.
fn settle_as(guard: &mut Guard, model: &str, pricing: &str, usage: Option<&str>, output_bytes: u64) {
    let pricing = if pricing.is_empty() { String::new() } else { format!(r#","pricing":{pricing}"#) };
    let usage = usage.map(|usage| format!(r#","usage":{usage}"#)).unwrap_or_default();
    let step = format!(r#"{{"model":"{model}","atMs":0,"estimate":{{"promptChars":40,"outputBytes":{output_bytes}}}{usage}{pricing}}}"#);
    guard.settle(Some(&BookedStep::parse(&step).unwrap()));
}

fn settle(guard: &mut Guard, usage: Option<&str>, output_bytes: u64) {
    settle_as(guard, "a/b", PRICING, usage, output_bytes);
}

fn usd(text: &str) -> Usd {
    Usd::parse(text).unwrap()
}

#[test]
fn nothing_is_guarded_without_a_limit() {
    for text in ["{}", r#"{"requirePrice":false}"#, r#"{"runUsd":null}"#, "", r#"{"runUsd":-1}"#] {
        assert!(Guard::read(text).is_none(), "{text}");
    }
    for text in [r#"{"runUsd":0}"#, r#"{"clientUsd":1}"#, r#"{"requirePrice":true}"#] {
        assert!(Guard::read(text).is_some(), "{text}");
    }
}

#[test]
fn a_guard_that_is_closed_allows_nothing_that_may_cost_anything() {
    let mut closed = Guard::closed();
    assert!(closed.admit(&outgoing(1, PRICING)).is_err());
    assert!(closed.admit(&outgoing(1, "")).unwrap_err().message.contains("is not known"));
}

#[test]
fn a_prompt_goes_out_when_it_fits_to_the_last_digit() {
    let mut exact = guard(r#"{"runUsd":0.3}"#);
    assert_eq!(exact.admit(&outgoing(30, PRICING)), Ok(None), "as much as there is");
    let error = exact.admit(&outgoing(31, PRICING)).unwrap_err();
    assert_eq!(error.code.as_str(), "budget");
    assert_eq!(
        error.message,
        "the budget of this run is $0.30: $0.00 is spent, and the next prompt, about 31 tokens for a/b, costs about $0.31"
    );
    assert!(!error.is_retryable);
    let mut nothing = guard(r#"{"runUsd":0}"#);
    assert_eq!(nothing.admit(&outgoing(30, r#"{"prompt":"0","completion":"0"}"#)), Ok(None), "what is free fits into nothing");
    assert!(nothing.admit(&outgoing(1, PRICING)).is_err());
    assert!(nothing.admit(&outgoing(1, "")).is_err(), "what may cost anything does not");
}

#[test]
fn an_answer_stops_where_the_estimate_passes_the_limit() {
    let mut guard = guard(r#"{"runUsd":1}"#);
    guard.admit(&outgoing(10, PRICING)).unwrap();
    assert_eq!(guard.held(0), usd("0.1"));
    assert_eq!(guard.check(36), None, "0.1 and nine tokens are one dollar");
    let error = guard.check(37).unwrap();
    assert_eq!(error.message, "the budget of this run is $1.00: $0.00 was spent before this answer, which was stopped at about $1.10");
    let dear_thoughts = r#"{"prompt":"0","completion":"0.1","internal_reasoning":"0.5"}"#;
    guard.admit(&outgoing(10, dear_thoughts)).unwrap();
    assert!(guard.check(8).is_none() && guard.check(9).is_some(), "the dearest kind of token counts");
}

#[test]
fn a_usage_counts_in_place_of_the_estimate_and_without_one_the_estimate_stands() {
    for (usage, expected) in [
        (Some(r#"{"inputTokens":1,"outputTokens":1,"cost":0.25}"#), "0.25"),
        (Some(r#"{"inputTokens":1,"outputTokens":1,"cost":0}"#), "0"),
        (Some(r#"{"inputTokens":1,"outputTokens":1}"#), "0.11"),
        // One half alone, as servers count that have no tokenizer for the other.
        (Some(r#"{"inputTokens":1,"outputTokens":0}"#), "0.21"),
        (Some(r#"{"outputTokens":1}"#), "0.2"),
        (Some(r#"{"cacheReadTokens":1,"outputTokens":1}"#), "0.11"),
        (Some(r#"{"inputTokens":1,"outputTokens":0,"cost":0.25}"#), "0.25"),
        (Some("{}"), "0.3"),
        (None, "0.3"),
    ] {
        let mut guard = guard(r#"{"runUsd":1}"#);
        guard.admit(&outgoing(10, PRICING)).unwrap();
        settle(&mut guard, usage, 8);
        assert_eq!(guard.held(1000), usd(expected), "{usage:?}");
        settle(&mut guard, usage, 8);
        assert_eq!(guard.held(1000), usd(expected), "settled once");
    }
    let mut guard = guard(r#"{"runUsd":1}"#);
    guard.admit(&outgoing(10, PRICING)).unwrap();
    guard.release();
    settle(&mut guard, None, 8);
    assert_eq!(guard.held(8), Usd::default(), "what failed before its first token costs nothing");
    guard.admit(&outgoing(100, PRICING)).unwrap();
    settle(&mut guard, None, 0);
    assert!(guard.admit(&outgoing(1, PRICING)).is_err(), "the next step counts what the first cost");
}

#[test]
fn the_clients_limit_counts_what_its_other_runs_hold() {
    let mut guard = guard(r#"{"runUsd":10,"clientUsd":1}"#);
    guard.set_others(usd("0.8"));
    assert_eq!(guard.admit(&outgoing(20, PRICING)), Ok(None));
    assert_eq!(guard.check(0), None);
    guard.set_others(usd("0.9"));
    assert!(guard.check(0).unwrap().message.starts_with("the budget of the client is $1.00: $0.90 was spent"));
    let error = guard.admit(&outgoing(20, PRICING)).unwrap_err();
    assert!(error.message.starts_with("the budget of the client is $1.00: $0.90 is spent, and the next prompt"), "{}", error.message);
}

#[test]
fn a_model_without_a_price_is_warned_of_once_or_refused() {
    let mut lenient = guard(r#"{"runUsd":1}"#);
    assert!(lenient.admit(&outgoing(9999, "")).unwrap().unwrap().contains("the price of a/b is not known"));
    assert_eq!(lenient.admit(&outgoing(9999, r#"{"prompt":"-1","completion":"-1"}"#)), Ok(None), "said once");
    assert_eq!(lenient.check(1 << 30), None);
    settle_as(&mut lenient, "a/b", "", Some(r#"{"cost":1}"#), 0);
    let error = lenient.admit(&outgoing(1, "")).unwrap_err();
    assert_eq!(error.message, "the budget of this run is $1.00 and is used up: $1.00 is spent, and the price of a/b is not known");
    let mut strict = guard(r#"{"requirePrice":true}"#);
    assert!(strict.admit(&outgoing(1, "")).unwrap_err().message.contains("requirePrice"));
    assert_eq!(strict.admit(&outgoing(1, PRICING)), Ok(None));
    assert_eq!(strict.check(1 << 30), None, "a price is asked for, no limit");
}

#[test]
fn a_forecast_says_what_the_longest_answer_would_cost() {
    let guard = guard(r#"{"runUsd":1}"#);
    assert_eq!(guard.forecast(&outgoing(10, PRICING), Some(9)), None);
    assert_eq!(guard.forecast(&outgoing(10, PRICING), None), None, "no limit was sent");
    let words = guard.forecast(&outgoing(10, PRICING), Some(10)).unwrap();
    assert!(words.contains("$1.10") && words.contains("$1.00 of the budget of this run"), "{words}");
    assert!(guard.forecast(&outgoing(10, ""), Some(9)).unwrap().contains("not known"));
}

#[test]
fn an_answer_of_another_model_costs_what_that_model_charges_also_when_it_is_told_at_the_end() {
    const DEARER: &str = r#"{"prompt":"0.03","completion":"0.1"}"#;
    let usage = Some(r#"{"inputTokens":10,"outputTokens":0}"#);
    let mut guard = guard(r#"{"runUsd":2}"#);
    // (told while it came, model and prices in the books, usage, what all of it has cost then)
    for (told, model, pricing, usage, expected) in [
        (Some(DEARER), "c/d", DEARER, usage, "0.3"),
        (None, "a/b", PRICING, usage, "0.4"),
        (None, "c/d", DEARER, usage, "0.7"),
        (None, "c/d", DEARER, None, "1"),
        (None, "c/d", "", usage, "1.1"),
        (None, "c/d", r#""no prices""#, usage, "1.2"),
        (None, "c/d", DEARER, Some(r#"{"inputTokens":10,"outputTokens":0,"cost":0.05}"#), "1.25"),
    ] {
        guard.admit(&outgoing(10, PRICING)).unwrap();
        if let Some(told) = told {
            guard.reprice(model, told);
        }
        settle_as(&mut guard, model, pricing, usage, 0);
        assert_eq!(guard.held(0), usd(expected), "{model} {pricing} {usage:?}");
    }
    guard.admit(&outgoing(10, PRICING)).unwrap();
    guard.release();
    settle_as(&mut guard, "c/d", DEARER, usage, 0);
    assert_eq!(guard.held(0), usd("1.25"), "what came to nothing has no price");
}

#[test]
fn a_step_that_cannot_be_read_leaves_the_estimate_of_its_prompt() {
    let mut guard = guard(r#"{"runUsd":1}"#);
    guard.admit(&outgoing(10, PRICING)).unwrap();
    guard.settle(None);
    assert_eq!(guard.held(0), usd("0.1"));
}

#[test]
fn what_was_spent_before_counts_for_both_limits() {
    let mut shared = guard(r#"{"runUsd":1,"clientUsd":2,"spentUsd":0.85}"#);
    assert_eq!(shared.admit(&outgoing(10, PRICING)), Ok(None));
    settle(&mut shared, Some(r#"{"inputTokens":10,"outputTokens":0}"#), 0);
    assert_eq!(shared.held(0), usd("0.95"));
    assert_eq!(shared.admit(&outgoing(5, PRICING)), Ok(None), "as much as there is");
    assert!(shared.admit(&outgoing(6, PRICING)).unwrap_err().message.starts_with("the budget of this run is $1.00: $0.95 is spent"));
    let mut client = guard(r#"{"clientUsd":1,"spentUsd":0.5}"#);
    client.set_others(usd("0.45"));
    assert!(client.admit(&outgoing(6, PRICING)).unwrap_err().message.starts_with("the budget of the client is $1.00: $0.95 is spent"));
}

#[test]
fn another_models_answer_is_held_and_settled_by_its_own_prices() {
    const DEARER: &str = r#"{"prompt":"0.02","completion":"0.2"}"#;
    let mut guard = guard(r#"{"runUsd":1}"#);
    guard.reprice("c/d", DEARER);
    assert_eq!(guard.held(8), Usd::default(), "nothing was sent");
    guard.admit(&outgoing(10, PRICING)).unwrap();
    assert_eq!(guard.held(8), usd("0.3"));
    guard.reprice("c/d", "");
    assert_eq!(guard.held(8), usd("0.3"), "a price that is not known changes nothing");
    guard.reprice("c/d", DEARER);
    assert_eq!(guard.held(8), usd("0.6"));
    settle_as(&mut guard, "c/d", DEARER, None, 8);
    assert_eq!(guard.held(0), usd("0.6"));
    guard.reprice("a/b", PRICING);
    assert_eq!(guard.held(0), usd("0.6"), "nothing is on its way");
}
