//! Answers of the calls that are no chat: JSON comes out, or an error in words, and no key in either.

use openrouter_wasm::call::read_call_error;
use openrouter_wasm::describe::Medium;
use openrouter_wasm::error::Error;
use openrouter_wasm::http::Head;
use openrouter_wasm::search::SearchTransport;
use openrouter_wasm::video::{self, JobAnswer};
use openrouter_wasm::{account, cost, decide, describe, embeddings, image, music, rerank, search, speech, transcription};

use crate::support::NOW;
use crate::{choice_and_text, parsed};

/// Every byte of it is at home in a JSON string, so that no escape can hide it.
const SECRET: &str = "sk-or-v1-0123456789abcdef";

fn given(result: Result<String, Error>) {
    match result {
        Ok(text) => drop(parsed(&text)),
        Err(error) => is_worded(&error),
    }
}

fn is_worded(error: &Error) {
    assert!(!error.message.trim().is_empty(), "an error without words");
    let shown = error.to_json();
    let shown = serde_json::from_str::<serde_json::Value>(&shown).unwrap_or_else(|problem| panic!("{problem}: {shown}"));
    holds_no_key(&shown);
}

fn holds_no_key(value: &serde_json::Value) {
    match value {
        serde_json::Value::String(text) => assert!(!text.contains(SECRET), "the key is told: {text}"),
        serde_json::Value::Array(items) => items.iter().for_each(holds_no_key),
        serde_json::Value::Object(fields) => fields.iter().for_each(|(name, value)| {
            assert!(!name.contains(SECRET), "the key is told: {name}");
            holds_no_key(value);
        }),
        _ => {}
    }
}

pub(crate) fn check(bytes: &[u8]) {
    let Some((choice, text)) = choice_and_text(bytes) else { return };
    match choice % 8 {
        0 => {
            given(image::read_answer(false, text, SECRET, NOW));
            given(image::read_answer(true, text, SECRET, NOW));
        }
        1 => given(image::read_event(text, SECRET, NOW)),
        2 => {
            given(music::read_event(text, SECRET, NOW));
            given(transcription::read_answer(text, SECRET, NOW));
        }
        3 => {
            for kind in [JobAnswer::Submit, JobAnswer::Poll] {
                let read = video::read_answer(kind, text, SECRET, NOW);
                let Ok(answer) = read.as_deref().map(parsed) else {
                    given(read);
                    continue;
                };
                assert!(answer["problem"].is_string() || answer["phase"].is_string() || answer.is_null(), "{answer}");
            }
        }
        4 => {
            for medium in [Medium::Video, Medium::Image, Medium::Audio] {
                given(describe::read_answer(medium, text, SECRET, NOW));
            }
            given(decide::read_answer(text, r#"{"a":{"kind":"boolean"}}"#, SECRET, NOW));
        }
        5 => {
            given(embeddings::read_answer(text, SECRET, NOW));
            given(rerank::read_answer(text, 3, SECRET, NOW));
            given(account::generation(text));
            given(account::usage(Some(text), None, "[]"));
            given(account::usage(None, Some(text), "[]"));
            // Its input is this package's own.
            if serde_json::from_str::<serde_json::Value>(text).is_ok_and(|value| value.is_object()) {
                parsed(&cost::meter(text));
            }
        }
        6 => {
            for transport in [SearchTransport::SearchApi, SearchTransport::ChatCompletions] {
                given(search::read_search(transport, 5, text));
            }
            given(speech::read_head("mp3", text, text.as_bytes()));
        }
        _ => {
            for status in [400, 401, 402, 403, 404, 408, 413, 429, 500, 529] {
                is_worded(&read_call_error("a call", status, text.as_bytes(), SECRET, NOW, &Head::default().hints));
            }
        }
    }
}
