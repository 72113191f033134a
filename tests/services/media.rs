//! Images, speech, transcripts and music: what is sent for which options, and what answers without their files mean.

use openrouter_wasm::config::ClientConfig;
use openrouter_wasm::error::Error;
use openrouter_wasm::upstream_error::Now;
use openrouter_wasm::{image, music, speech, transcription};
use serde_json::{Value, json};

const NOW: Now = Now { epoch_ms: || 0.0, parse_date: |_| None };
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB";

fn plan(kind: &str, config: &Value, request: &Value) -> Result<Value, Error> {
    let mut config = ClientConfig::parse(&config.to_string()).unwrap();
    let request = request.to_string();
    let text = match kind {
        "image" => image::plan(&config, &request),
        "music" => music::plan(&config, &request),
        "speech" => speech::plan(&mut config, &request, false),
        "own speech" => speech::plan(&mut config, &request, true),
        _ => transcription::plan(&config, &request),
    }?;
    let mut plan: Value = serde_json::from_str(&text).unwrap();
    plan["body"] = serde_json::from_str(plan["call"]["body"].as_str().unwrap()).unwrap();
    Ok(plan)
}

fn refusal(kind: &str, request: &Value) -> String {
    plan(kind, &json!({}), request).unwrap_err().message.clone()
}

#[test]
fn limits_times_and_attempts_of_every_kind() {
    let audio = json!({"placeholder": "@media-x:0.", "head": "", "bytes": 9, "mediaType": "audio/wav"});
    for (kind, request, label, max_bytes, timeout) in [
        ("image", json!({"prompt": "x"}), "OpenRouter image generation failed", 9_437_184, 180_000),
        ("image", json!({"prompt": "x", "n": 4, "maxBytes": 3}), "OpenRouter image generation failed", 1_048_580, 180_000),
        ("music", json!({"prompt": "x"}), "OpenRouter music generation failed", 16_777_216, 180_000),
        ("speech", json!({"input": "x"}), "OpenRouter TTS API error", 16_777_216, 120_000),
        ("transcription", json!({"audio": audio}), "OpenRouter transcription failed", 16_777_216, 120_000),
    ] {
        let plan = plan(kind, &json!({}), &request).unwrap();
        let call = &plan["call"];
        let told = (call["label"].as_str(), call["maxBytes"].as_u64(), call["timeoutMs"].as_u64(), call["attempts"].as_u64());
        assert_eq!(told, (Some(label), Some(max_bytes), Some(timeout), Some(1)), "{kind}");
        assert_eq!((call["method"].as_str(), call["key"].as_str()), (Some("POST"), Some("required")), "{kind}");
    }
    // A chat answers with all images in one body.
    let chat = plan("image", &json!({"baseURL": "https://p.example/v1"}), &json!({"prompt": "x", "n": 4, "maxBytes": 3})).unwrap();
    assert_eq!((chat["call"]["maxBytes"].as_u64(), chat["requests"].as_u64()), (Some(1_048_592), Some(1)));
    let music = plan("music", &json!({}), &json!({"prompt": "x", "maxBytes": 4})).unwrap();
    assert_eq!(music["maxLineBytes"], 8 + 4 + 65_536);
}

#[test]
fn counts_and_hints_of_images() {
    for (request, requests, body, warnings) in [
        (json!({"prompt": "x", "n": -3}), 1, json!({"model": "google/gemini-3.1-flash-image-preview", "prompt": "x", "n": 1}), 0),
        (json!({"prompt": "x", "n": 2.9, "model": "a/b"}), 2, json!({"model": "a/b", "prompt": "x", "n": 1}), 0),
        (json!({"prompt": "x", "n": 1e300, "model": "a/b"}), 10, json!({"model": "a/b", "prompt": "x", "n": 1}), 0),
        (
            json!({"prompt": "x", "model": "my/google/gemini-x", "aspectRatio": "1:1"}),
            1,
            json!({"model": "my/google/gemini-x", "prompt": "x", "n": 1}),
            1,
        ),
        (
            json!({"prompt": "x", "model": "google/gemini-x", "aspectRatio": " 1:8 ", "resolution": "512", "stream": true}),
            1,
            json!({"model": "google/gemini-x", "prompt": "x", "n": 1, "aspect_ratio": "1:8", "resolution": "512", "stream": true}),
            0,
        ),
    ] {
        let plan = plan("image", &json!({}), &request).unwrap();
        assert_eq!(
            (plan["requests"].as_u64(), &plan["body"], plan["warnings"].as_array().unwrap().len()),
            (Some(requests), &body, warnings)
        );
    }
    for base in ["https://openrouter.ai/api/v1/", "https://openrouter.ai/v1", "https://eu.openrouter.ai/api/v1"] {
        assert_eq!(plan("image", &json!({"baseURL": base}), &json!({"prompt": "x"})).unwrap()["isChat"], false, "{base}");
    }
}

#[test]
fn an_image_that_goes_along_is_a_mark_of_its_kind() {
    let input = |input: Value| plan("image", &json!({}), &json!({"prompt": "x", "inputs": [input]}));
    for (given, url) in [
        (json!({"placeholder": "@m:0.", "head": PNG}), "data:image/png;base64,@m:0."),
        (json!({"placeholder": "@m:0.", "head": PNG, "mediaType": "Image/WEBP; x=y"}), "data:image/webp;base64,@m:0."),
        (json!({"placeholder": "@m:0.", "head": "/9j/4AAQ", "mediaType": "application/octet-stream"}), "data:image/jpeg;base64,@m:0."),
        (json!({"placeholder": "@m:0.", "head": "AAAA"}), "data:image/png;base64,@m:0."),
        (json!({"url": "HTTPS://a.example/b"}), "HTTPS://a.example/b"),
        (json!({"url": "data:image/svg+xml,<svg/>"}), "data:image/svg+xml,<svg/>"),
    ] {
        assert_eq!(input(given).unwrap()["body"]["input_references"], json!([{"type": "image_url", "image_url": {"url": url}}]));
    }
    for (given, place) in [
        (json!({"placeholder": "@m:0.", "head": "SUQzBAAA"}), "inputs[0].mediaType: must be that of an image, and is audio/mpeg"),
        (
            json!({"placeholder": "@m:0.", "head": "AAAA", "mediaType": "text/plain"}),
            "inputs[0].mediaType: must be that of an image, and is text/plain",
        ),
        (json!({"url": "file:///etc/passwd"}), "inputs[0].url: must be an http, https or data URL of an image"),
    ] {
        assert_eq!(input(given).unwrap_err().message, place);
    }
    let too_many = json!({"prompt": "x", "inputs": vec![json!({}); 17]});
    assert_eq!(refusal("image", &too_many), "inputs: must be at most 16 images");
    let two = json!({"prompt": "x", "inputs": [{}, {}]});
    assert_eq!(refusal("music", &two), "OpenRouter music generation supports at most one reference image.");
}

#[test]
fn answers_with_marks_name_each_image_once() {
    let mark = format!("{PNG}@media-abc:0.");
    let read = |is_chat: bool, answer: &Value| {
        image::read_answer(is_chat, &answer.to_string(), "", NOW).map(|text| serde_json::from_str::<Value>(&text).unwrap())
    };
    let image = json!({"data": mark, "mediaType": "image/png", "extension": "png"});
    assert_eq!(read(false, &json!({"data": [{"b64_json": mark}, {"b64_json": mark}]})).unwrap(), json!({"images": [image]}));
    let loose = json!({"data": mark, "mediaType": "image/png", "extension": "png", "isLoose": true});
    let text = format!("See ![it](data:image/png;base64,{mark}), done.");
    let answer = json!({"choices": [{"message": {"content": text}}], "usage": {"cost": 0.5}});
    let expected = json!({"images": [loose], "text": "See , done.", "usage": {"cost": 0.5, "raw": {"cost": 0.5}}});
    assert_eq!(read(true, &answer).unwrap(), expected);
    for (is_chat, answer) in [(false, json!({"data": [5]})), (true, json!({"choices": [{"message": {"images": [{}]}}]})), (true, json!([]))]
    {
        assert_eq!(read(is_chat, &answer).unwrap_err().message, "OpenRouter image generation response malformed", "{answer}");
    }
}

#[test]
fn every_format_of_a_recording() {
    let table = [
        ("audio/wav", "", Some("wav")),
        ("audio/x-wav", "x.mp3", Some("wav")),
        ("AUDIO/MPEG;rate=1", "", Some("mp3")),
        ("audio/mp3", "", Some("mp3")),
        ("audio/flac", "", Some("flac")),
        ("audio/mp4", "", Some("m4a")),
        ("audio/m4a", "", Some("m4a")),
        ("audio/x-m4a", "", Some("m4a")),
        ("audio/ogg", "", Some("ogg")),
        ("audio/oga", "", Some("ogg")),
        ("audio/opus", "", Some("ogg")),
        ("audio/webm", "", Some("webm")),
        ("audio/aac", "", Some("aac")),
        ("video/mp4", "", None),
        ("video/mp4", "a.MP4", Some("m4a")),
        ("", "a.b.mpeg", Some("mp3")),
        ("", "a.oga", Some("ogg")),
        ("", "a.opus", Some("ogg")),
        ("", "a.aac", Some("aac")),
        ("text/plain", "a.webm", Some("webm")),
        ("", "a.mov", None),
        ("", "mp3", None),
        ("", "", None),
    ];
    for (media_type, file, expected) in table {
        assert_eq!(transcription::format_of(media_type, file), expected, "{media_type} {file}");
    }
}

#[test]
fn the_key_of_speech_goes_to_its_own_origin_alone() {
    for (kind, config, key, need) in [
        ("speech", json!({}), "client", "required"),
        ("own speech", json!({}), "own", "required"),
        ("speech", json!({"media": {"speech": {"baseURL": "https://OPENROUTER.ai:443/api/v1/"}}}), "client", "required"),
        ("speech", json!({"media": {"speech": {"baseURL": "https://tts.example/v1"}}}), "none", "never"),
        ("own speech", json!({"media": {"speech": {"baseURL": "https://tts.example/v1"}}}), "own", "optional"),
        (
            "speech",
            json!({"baseURL": "https://p.example/v1", "media": {"speech": {"baseURL": "https://p.example/tts"}}}),
            "client",
            "optional",
        ),
        (
            "speech",
            json!({"baseURL": "https://p.example/v1", "media": {"speech": {"baseURL": "https://p.example:8443/v1"}}}),
            "none",
            "never",
        ),
    ] {
        let plan = plan(kind, &config, &json!({"input": "x"})).unwrap();
        assert_eq!((plan["key"].as_str(), plan["call"]["key"].as_str()), (Some(key), Some(need)), "{config}");
    }
}

#[test]
fn sound_is_told_from_words_by_its_first_bytes() {
    for (format, content_type, head, expected) in [
        ("mp3", "audio/mpeg", &b"ID3\x04"[..], Some("audio/mpeg")),
        ("mp3", "application/octet-stream", b"\xff\xfb", Some("audio/mpeg")),
        ("pcm", "audio/pcm; rate=24000", b"{\0\0\0", Some("audio/pcm")),
        ("pcm", "", b"<\x01", Some("audio/pcm")),
        ("mp3", "audio/mpeg", b"{\"error\":1}", None),
        ("pcm", "audio/pcm", b"\xef\xbb\xbf<html>", None),
        ("mp3", "application/problem+json", b"ID3", None),
        ("mp3", "text/plain", b"ID3", None),
        ("mp3", "audio/mpeg", b"", None),
    ] {
        let read = speech::read_head(format, content_type, head).ok().map(|text| serde_json::from_str::<Value>(&text).unwrap());
        let expected = expected.map(|media_type| json!({"mediaType": media_type, "name": format!("speech.{format}")}));
        assert_eq!(read, expected, "{content_type} {head:?}");
    }
}

#[test]
fn events_of_music_and_keys_in_its_errors() {
    for (event, expected) in [
        (json!({"choices": [{"delta": {"audio": {"data": "AA", "transcript": "la"}}}]}), json!({"data": "AA", "transcript": "la"})),
        (json!({"choices": [], "usage": {"cost": 1}}), json!({"usage": {"cost": 1, "raw": {"cost": 1}}})),
        (json!({"choices": [{"delta": {"audio": null, "content": "x"}}]}), json!({})),
        (json!({"choices": [{"message": {"audio": {"data": "AA"}}}]}), json!({"data": "AA"})),
    ] {
        let read: Value = serde_json::from_str(&music::read_event(&event.to_string(), "", NOW).unwrap()).unwrap();
        assert_eq!(read, expected);
    }
    let error = json!({"error": {"message": "no key sk-or-v1-abcdefgh"}}).to_string();
    assert_eq!(music::read_event(&error, "", NOW).unwrap_err().message, "OpenRouter music generation failed: no key [redacted]");
}
