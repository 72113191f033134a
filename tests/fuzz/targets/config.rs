//! Options, requests and OpenClaw's file: what is taken becomes JSON, what is not is refused in words.

use openrouter_wasm::chat::{Chat, Request};
use openrouter_wasm::config::ClientConfig;
use openrouter_wasm::describe::Medium;
use openrouter_wasm::endpoints::List;
use openrouter_wasm::error::Error;
use openrouter_wasm::openclaw_config::client_options;
use openrouter_wasm::transcript::images::Placeholders;
use openrouter_wasm::transcript::repair::Repairs;
use openrouter_wasm::{decide, describe, embeddings, endpoints, image, music, rerank, speech, transcription, video};

use crate::{choice_and_text, is_json, parsed};

/// Every JSON that a call is made of.
fn is_said(result: Result<String, Error>) {
    match result {
        Ok(text) => drop(parsed(&text)),
        Err(error) => is_worded(&error),
    }
}

fn is_worded(error: &Error) {
    assert!(!error.message.trim().is_empty(), "an error without words");
}

fn chat(config: ClientConfig, request: &str) -> Result<(), Error> {
    let mut chat = Chat::new(config, Request { text: request.to_owned(), ..Request::default() })?;
    if let Some(request) = chat.repair() {
        let repaired = Repairs::default().repair(request, Placeholders::default());
        chat.repaired(&repaired)?;
        assert!(chat.repair().is_none(), "what is repaired is not repaired again");
    }
    parsed(&chat.conversation().text());
    Ok(())
}

pub(crate) fn check(bytes: &[u8]) {
    let Some((choice, text)) = choice_and_text(bytes) else { return };
    if choice % 4 == 0 {
        // The file's text, and what it becomes is taken.
        let Ok(options) = client_options(text).map_err(|error| is_worded(&error)) else { return };
        let mut options = parsed(&options);
        // The facade keeps these to itself.
        for name in ["warnings", "media", "search"] {
            options.as_object_mut().map(|options| options.remove(name));
        }
        if let Err(error) = ClientConfig::parse(&options.to_string()) {
            is_worded(&error);
        }
        return;
    }
    // Options on the first line, the request behind it. Both come out of `JSON.stringify`.
    let (options, request) = text.split_once('\n').unwrap_or(("{}", text));
    if !is_json(options) || !is_json(request) {
        return;
    }
    let config = || ClientConfig::parse(options);
    let Ok(mut one) = config().map_err(|error| is_worded(&error)) else { return };
    match choice % 4 {
        1 | 2 => {
            if let Err(error) = chat(one, request) {
                is_worded(&error);
            }
        }
        _ => {
            is_said(image::plan(&one, request));
            is_said(music::plan(&one, request));
            is_said(transcription::plan(&one, request));
            is_said(rerank::plan(&one, request));
            is_said(decide::plan(&one, request));
            is_said(video::plan_submit(&one, request));
            is_said(video::plan_reads(&one, request));
            for medium in [Medium::Video, Medium::Image, Medium::Audio] {
                is_said(describe::plan(&one, medium, request));
            }
            for list in [List::Endpoints, List::Providers, List::ImageModels] {
                if let Err(error) = endpoints::plan(&one, list, request) {
                    is_worded(&error);
                }
            }
            is_said(speech::plan(&mut one, request, false));
            if let Ok(mut one) = config() {
                is_said(embeddings::plan(&mut one, request, true));
            }
        }
    }
}
