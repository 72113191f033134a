//! What the search begins with: small examples of each kind, and the recordings where they are. They lie beside the project or they do not.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// Longer ones are the same kinds again, and each of the search's steps would cost as much as a hundred of a small one.
const MOST_BYTES: usize = 6000;

const STREAM: &str = concat!(
    ": OPENROUTER PROCESSING\n\n",
    "data: {\"id\":\"gen-1\",\"model\":\"a/b\",\"provider\":\"P\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}]}\n\n",
    "data: {\"choices\":[{\"delta\":{\"content\":\"\",\"reasoning\":\"why\",\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"why\",\"index\":0}]}}]}\n\n",
    "data: {\"choices\":[{\"delta\":{\"content\":\"h\u{e9} \\ud83d\"}}]}\r\n\r\n",
    "data: {\"choices\":[{\"delta\":{\"content\":\"\\ude00 <think>two</think>\"}}]}\n\n",
    "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":[1,\\\"x\"}}]}}]}\n\n",
    "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"\\\\u00e9\\\"]}\"}}]}}]}\n\n",
    "data: {\"choices\":[{\"delta\":{\"images\":[{\"image_url\":{\"url\":\"data:image/png;base64,AA==\"}}],\"audio\":{\"data\":\"YQ\"},\"refusal\":\"no\"}}]}\n\n",
    "data: {\"choices\":[{\"delta\":{\"content\":\"\"},\"finish_reason\":\"tool_calls\",\"native_finish_reason\":\"tool_use\"}],\"usage\":{\"prompt_tokens\":3,\"cost\":1e-5}}\n\n",
    "data: [DONE]\n\n",
);

const SSE: &[&str] = &[
    "data: a\n\ndata:b\r\n\r\nevent: error\rdata: c\r\r: comment\nid: 1\nretry: 5\ndata\ndata: d\n\n",
    "data: a\n\n\u{feff}data: b\n\u{feff}\n\u{feff}\u{feff}: c\r\n",
    "\u{feff}data: {\"t\":\"é😀\"}\n\n\n\nevent: x\nevent: error\n\ndata: [DONE]",
    STREAM,
];
const JSON: &[&str] = &[
    r#"{"a":[1,-2.5e+3,true,false,null,"x\n\u00e9\ud83d\ude00"],"b":{"c":{}},"a":12345678901234567890}"#,
    "[0, 0.1, 1e308, -0, [], {}, \"\\\"\\\\\\/\\b\\f\\r\\t\"] ",
    "\"\u{7f}\u{2028} text\"",
];
const ARGUMENTS: &[&str] = &[
    "{\"path\":\"/tmp/é😀\\n\\u00e9\\ud83d\\ude00\\\"\\\\\\/\",\"n\":[-1.5e+3,0,{}],\"big\":9007199254740993}",
    " { \"k\\u0041\" : true , \"a\" : [ null , false ] } ",
    "{\"a\":\"\\ud83d\"}",
];
const CHUNKS: &[&str] = &[
    "{\"choices\":[{\"delta\":{\"content\":\"one\"}}]}\n{\"choices\":[{\"delta\":{\"content\":\" two \\u00e9\\ud83d\\ude00\"}}]}\n{\"choices\":[{\"delta\":{\"reasoning\":\"why\",\"content\":\"\"}}]}",
    "{\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n{\"choices\":[{\"delta\":{\"content\":\"b\"}}]}\n{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":{\"cost\":0.5,\"completion_tokens\":2}}",
    "{\"id\":\"g\",\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}}]}\n{\"error\":{\"code\":502,\"message\":\"m\"}}",
    "{\"choices\":[{\"delta\":{\"content\":\"<think>a</think>b\"}}]}\n{\"choices\":[{\"index\":1,\"delta\":{\"content\":\"other\"}}]}",
];
const BODIES: &[&str] = &[
    r#"{"id":"g","model":"a/b","choices":[{"message":{"content":"hi","reasoning":"r","tool_calls":[{"id":"c","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":1,"cost":0.1}}"#,
    r#"{"error":{"code":429,"message":"m","metadata":{"raw":"{\"error\":{\"message\":\"quota\"}}","provider_name":"P","headers":{"Retry-After":"5"}},"availability":{"retryable":true,"retry_after":1e2}}}"#,
    r#"{"error":{"code":402,"message":"This request requires more credits, or fewer max_tokens. You requested up to 9 tokens, but can only afford 5."}}"#,
    "<html>bad gateway</html>",
];
const TRANSCRIPTS: &[&str] = &[
    r#"[{"role":"system","content":"s"},{"role":"user","content":"hi"},{"role":"assistant","content":null,"tool_calls":[{"id":"a|x","type":"function","function":{"name":"f","arguments":"{}"}}],"reasoning_details":[{"type":"reasoning.text","text":"t","signature":"c2ln","format":"anthropic-claude-v1","index":0}]},{"role":"tool","tool_call_id":"a|x","content":"1"}]"#,
    r#"[{"role":"user","content":[{"type":"text","text":" "},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAACCAYAAAA="}}]},{"role":"assistant","content":[{"type":"thinking","thinking":"t","thinkingSignature":"reasoning"},{"type":"toolCall","id":"a","name":"f","arguments":{},"thoughtSignature":"c2ln"}],"stopReason":"toolUse","model":"a/b"},{"role":"toolResult","toolCallId":"a","toolName":"f","content":[{"type":"text","text":"r"}]}]"#,
    r#"[{"role":"assistant","content":[null],"tool_calls":[{"id":"","function":{"name":" f ","arguments":"{\"a\":"}}],"refusal":"no"},{"role":"developer","content":"d"},{"role":"user","content":"[assistant turn failed before producing content]"},{"role":"user","content":"b"}]"#,
];
const FILES: &[&str] = &[
    r#"{"env":{"OPENROUTER_API_KEY":"sk-or-1"},"agents":{"defaults":{"model":{"primary":"openrouter/auto","fallbacks":["a/b"]},"models":{"openrouter/a/b":{"alias":"x","params":{"temperature":0.5}}},"imageGenerationModel":{"primary":"openrouter/g/i","timeoutMs":5}}},"models":{"providers":{"openrouter":{"baseUrl":"https://openrouter.ai/api/v1","apiKey":"${KEY}","headers":{"X":"y"},"models":[{"id":"a/b","reasoning":true,"input":["text"],"contextWindow":9,"cost":{"input":1}}]}}}}"#,
];
const REQUESTS: &[&str] = &[
    "{\"model\":\"a/b\",\"params\":{\"temperature\":0.5},\"models\":{\"a/b\":{\"params\":{\"maxTokens\":5},\"alias\":\"x\",\"pricing\":{\"prompt\":\"0.1\"}}},\"limits\":{\"maxBodyBytes\":9},\"maxRetries\":1}\n{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"model\":\"anthropic/claude-sonnet-4.5\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{\"type\":\"object\"}}}],\"toolChoice\":\"auto\",\"thinking\":\"high\",\"budget\":0.1,\"provider\":{\"order\":[\"p\"]},\"extraBody\":{\"a\":1}}",
    "{\"baseURL\":\"https://eu.openrouter.ai/api/v1\",\"headers\":{\"X\":null}}\n{\"model\":\"g/i\",\"prompt\":\"x\",\"input\":\"y\",\"size\":\"1024x1024\",\"inputs\":[\"https://e.example/a.png\"],\"documents\":[\"a\"],\"query\":\"q\",\"seconds\":5,\"frames\":{\"first\":\"https://e.example/a.png\"},\"timeoutMs\":5}",
];
const CATALOGS: &[&str] = &[
    r#"{"data":[{"id":"a/b","canonical_slug":"a/b-1","name":"A: B 7B (free)","created":1700000000,"context_length":32000,"architecture":{"input_modalities":["text","image"],"output_modalities":["text"],"modality":"text->text"},"pricing":{"prompt":"0.000001","completion":"0","overrides":[{"min_prompt_tokens":9,"prompt":"1"}]},"supported_parameters":["tools"],"top_provider":{"context_length":5,"max_completion_tokens":7}},{"id":"~x/y","canonical_slug":"a/b"},5,{"id":" "},{"id":"a/b"}],"links":{"next":"https://e.example/m?cursor=1"}}"#,
    r#"[{"id":"v/m","supported_resolutions":["720p"],"supported_durations":[5],"pricing_skus":{"a":"1"}}]"#,
    r#"{"data":{"id":"a/b","endpoints":[{"name":"P","provider_name":"P","context_length":1,"pricing":{"prompt":"1"},"status":0,"uptime_last_30m":99.5}]}}"#,
];
const MEDIA: &[&str] = &[
    r#"{"data":[{"b64_json":"iVBORw0KGgo=","media_type":"image/png"}],"usage":{"cost":0.1}}"#,
    r#"{"choices":[{"message":{"content":"{\"a\":true}","images":[{"image_url":{"url":"data:image/png;base64,AAAA"}}],"annotations":[{"url_citation":{"url":"https://e.example","title":"T"}}]}}],"usage":{"prompt_tokens":1}}"#,
    r#"{"type":"image_generation.completed","b64_json":"AAAA","partial_image_index":1,"choices":[{"delta":{"audio":{"data":"AAAA","transcript":"t"}}}]}"#,
    r#"{"id":"v1","polling_url":"https://openrouter.ai/api/v1/videos/v1","status":"completed","unsigned_urls":["https://e.example/a"],"usage":{"cost":0.25,"is_byok":false},"text":"heard","results":[{"index":0,"relevance_score":0.5,"document":{"text":"d"}}]}"#,
    r#"{"data":{"id":"g","total_cost":0.1,"tokens_prompt":3,"total_credits":5,"total_usage":1,"limit":null,"label":"sk-or-v1-0123456789abcdef"},"object":"list","model":"e"}"#,
    r#"{"error":{"code":401,"message":"No auth: sk-or-v1-0123456789abcdef","metadata":{"raw":"sk-or-v1-\u0030123456789abcdef"}}}"#,
];
const DATA_URLS: &[&str] = &[
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAACCAYAAAA=",
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAACCAYAAAA=",
    "/9j///hAAMA///AABEIAAgACQMA",
    "UklGRgAAAABXRUJQVlA4IAAAAAAAAACdASoBAAEA",
    "AAAAHGZ0eXBtaWYxAAAAAGF2aWY=",
    "DATA:;base64,",
    "https://openrouter.ai/api/v1/",
    "http://[::1]:8080",
];

/// The seeds of a target, by name; without the recordings only its own.
pub(crate) fn of(target: &str, with_recordings: bool) -> Vec<(String, Vec<u8>)> {
    let recorded = |end: &str| if with_recordings { recorded(end) } else { Vec::new() };
    let messages_of = || recorded(".request.json").iter().filter_map(|bytes| messages_of(bytes)).collect::<Vec<_>>();
    let arguments_of = || recorded(".expected.json").iter().flat_map(|bytes| arguments_of(bytes)).collect::<Vec<_>>();
    let rows = |file: &str| if with_recordings { rows(file) } else { Vec::new() };
    let plain = |texts: &[&str]| texts.iter().map(|text| text.as_bytes().to_vec()).collect::<Vec<_>>();
    // In front of each, what chooses.
    let chosen = |choices: std::ops::Range<u8>, texts: Vec<Vec<u8>>| {
        let all = texts.iter().enumerate().flat_map(|(number, text)| {
            let some: Vec<u8> =
                if number < 8 { choices.clone().collect() } else { vec![choices.start + number as u8 % choices.len() as u8] };
            some.into_iter().map(|choice| [&[choice][..], text].concat())
        });
        all.collect::<Vec<_>>()
    };
    let all: Vec<Vec<u8>> = match target {
        "sse" => [plain(SSE), recorded(".sse")].concat(),
        "json" => [plain(JSON), plain(BODIES), recorded(".request.json"), recorded(".expected.json")].concat(),
        "partial-json" => [plain(ARGUMENTS), arguments_of()].concat(),
        "chunk" => [plain(CHUNKS), recorded(".sse").iter().map(|stream| lines_of(stream)).collect()].concat(),
        "answer" => chosen(0..8, [plain(&[STREAM]), plain(BODIES), recorded(".sse"), recorded(".json")].concat()),
        "transcript" => chosen(0..14, [plain(TRANSCRIPTS), messages_of()].concat()),
        "config" => {
            let requests = recorded(".request.json").into_iter().map(|request| [b"{}\n".to_vec(), request].concat()).collect();
            [chosen(0..1, plain(FILES)), chosen(1..4, [plain(REQUESTS), requests].concat())].concat()
        }
        "catalog" => chosen(
            0..5,
            [
                plain(CATALOGS),
                rows("models-2026-08-22.json"),
                rows("models-2025-05-28-old-shape.json"),
                rows("video-models-2026-08-22.json"),
            ]
            .concat(),
        ),
        "media" => chosen(0..8, [plain(MEDIA), plain(BODIES)].concat()),
        "data-url" => plain(DATA_URLS),
        _ => Vec::new(),
    };
    all.into_iter().enumerate().map(|(number, bytes)| (format!("seed-{number:04}"), bytes)).collect()
}

fn shared(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(folder)
}

/// The recordings whose names end so.
fn recorded(end: &str) -> Vec<Vec<u8>> {
    let Ok(entries) = std::fs::read_dir(shared("recordings")) else { return Vec::new() };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let names = paths.iter().filter(|path| {
        let name = path.to_string_lossy();
        // The plain ending would take the two others too.
        name.ends_with(end)
            && (end != ".json" || !(name.ends_with(".request.json") || name.ends_with(".expected.json") || name.ends_with("index.json")))
    });
    names.map(|path| std::fs::read(path).unwrap()).filter(|bytes| bytes.len() <= MOST_BYTES).collect()
}

/// The data of a stream, a line each.
fn lines_of(stream: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(stream);
    text.lines().filter_map(|line| line.strip_prefix("data: ")).filter(|data| *data != "[DONE]").collect::<Vec<_>>().join("\n").into_bytes()
}

fn messages_of(request: &[u8]) -> Option<Vec<u8>> {
    let body: Value = serde_json::from_slice(request).ok()?;
    body["messages"].is_array().then(|| body["messages"].to_string().into_bytes())
}

fn arguments_of(expected: &[u8]) -> Vec<Vec<u8>> {
    let expected: Value = serde_json::from_slice(expected).unwrap_or_default();
    let calls = expected["tool_calls"].as_array().into_iter().flatten();
    calls.filter_map(|call| Some(call["arguments"].as_str()?.as_bytes().to_vec())).collect()
}

/// A few rows of a real catalog, two in each.
fn rows(file: &str) -> Vec<Vec<u8>> {
    let Ok(text) = std::fs::read(shared("data").join(file)) else { return Vec::new() };
    let catalog: Value = serde_json::from_slice(&text).unwrap();
    let rows = catalog["data"].as_array().cloned().unwrap_or_default();
    rows.chunks(2)
        .step_by(8)
        .map(|rows| serde_json::json!({ "data": rows }).to_string().into_bytes())
        .filter(|text| text.len() <= MOST_BYTES)
        .collect()
}
