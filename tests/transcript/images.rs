//! Images and empty content of a transcript.

use openrouter_wasm::change::Changes;
use openrouter_wasm::image_scan::ImageFacts;
use openrouter_wasm::json::Reader;
use openrouter_wasm::message::{MESSAGE_DEPTH, Message, messages_in};
use openrouter_wasm::transcript::images::{ImageLimits, Placeholders, apply, blank_parts};

const RULE: &str = "images";
const EMPTY_RULE: &str = "empty-content";
const MIB: u64 = 1024 * 1024;
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAACCAYAAAA=";

type Outcome = (String, Vec<(&'static str, String, String)>);

fn run(json: &str, rule: impl FnOnce(&mut Vec<Message<'_>>, &mut Changes)) -> Outcome {
    let mut messages = messages_in(&mut Reader::new(json.as_bytes()), 0, MESSAGE_DEPTH).unwrap().unwrap();
    let mut changes = Changes::default();
    rule(&mut messages, &mut changes);
    let written: Vec<String> = messages
        .iter()
        .map(|message| {
            let mut out = String::new();
            message.write(&mut out);
            out
        })
        .collect();
    let written = ["[", &written.join(","), "]"].concat();
    assert_eq!(written == json, changes.0.is_empty());
    (
        written,
        changes
            .0
            .into_iter()
            .map(|change| (&*Box::leak(change.rule.into_owned().into_boxed_str()), change.path, change.reason.into_owned()))
            .collect(),
    )
}

fn message(role: &str, parts: &str) -> String {
    format!(r#"[{{"role":"{role}","content":[{parts}]}}]"#)
}

fn image(url: &str) -> String {
    format!(r#"{{"type":"image_url","image_url":{{"url":"{url}","detail":"low"}}}}"#)
}

/// The text or the URL that an image became.
fn becomes(url: &str, limits: &ImageLimits, placeholders: &Placeholders<'_>) -> String {
    let mut outcomes = ["user", "tool", "assistant"].map(|role| {
        let apply = |messages: &mut Vec<Message<'_>>, changes: &mut Changes| apply(messages, limits, placeholders, changes);
        let (written, changes) = run(&message(role, &image(url)), apply);
        let again = run(&written, apply);
        assert_eq!(again, (written.clone(), vec![]), "a second look changes nothing");
        let value: serde_json::Value = serde_json::from_str(&written).unwrap();
        let part = &value[0]["content"][0];
        for (rule, path, _) in changes {
            assert_eq!((rule, path.as_str()), (RULE, "messages[0].content[0]"));
        }
        match part["type"].as_str() {
            Some("text") => part["text"].as_str().unwrap().to_owned(),
            _ => {
                assert_eq!(part["image_url"]["detail"], "low");
                part["image_url"]["url"].as_str().unwrap().to_owned()
            }
        }
    });
    outcomes.sort_unstable();
    assert_eq!(outcomes[0], outcomes[2]);
    core::mem::take(&mut outcomes[0])
}

#[test]
fn every_row_of_the_table() {
    let said = |words: &str| format!("[session:history] omitted {words}");
    let png = format!("data:image/png;base64,{PNG}");
    let jpeg = "data:image/jpeg;base64,/9j/wAARCAAIAAgDASIAAhEBAxEB/9o=";
    let table = [
        (png.clone(), png.clone()),
        (format!("data:image/jpeg;base64,{PNG}"), png.clone()),
        (format!("DATA:Image/PNG;charset=x;BASE64,{PNG}"), format!("DATA:Image/PNG;charset=x;BASE64,{PNG}")),
        (format!("data:application/octet-stream;base64,{PNG}"), png.clone()),
        (format!(r"data:image/png;base64, {}\r\n{}\n", &PNG[..7], &PNG[7..]), png.clone()),
        (jpeg.replace('/', r"\/"), jpeg.to_owned()),
        (jpeg.replace("jpeg;", "jpg;"), jpeg.to_owned()),
        ("https://a.example/x.svg".to_owned(), "https://a.example/x.svg".to_owned()),
        ("HTTP://a.example/x".to_owned(), "HTTP://a.example/x".to_owned()),
        ("file:///etc/x.png".to_owned(), said("image payload: missing data or mimeType")),
        (PNG.to_owned(), said("image payload: missing data or mimeType")),
        (String::new(), said("image payload: missing data or mimeType")),
        ("data:image/png;base64".to_owned(), said("image payload: missing data or mimeType")),
        (format!("data:;base64,{PNG}"), said("image payload: missing data or mimeType")),
        ("data:image/png;base64,".to_owned(), said("empty image payload")),
        (r"data:image/png;base64, \n".to_owned(), said("empty image payload")),
        ("data:image/png;base64,iVBORw0KGgo".to_owned(), said("image payload: invalid base64")),
        ("data:image/png;base64,é".to_owned(), said("image payload: invalid base64")),
        ("data:image/png;base64,iVBORw0KGgo=".to_owned(), said("image payload: unsupported image format")),
        ("data:image/svg+xml;base64,PHN2Zy8+".to_owned(), said("image payload: unsupported image format")),
        ("data:image/svg+xml, ".to_owned(), said("empty image payload")),
        ("data:image/svg+xml,<svg/>".to_owned(), said("image payload: unsupported image format")),
        ("data:image/heic;base64,AAAAGGZ0eXBoZWljAAAAAG1pZjFoZWlj".to_owned(), said("image payload: unsupported image format")),
    ];
    for (url, expected) in table {
        assert_eq!(becomes(&url, &ImageLimits::default(), &Placeholders::default()), expected, "{url}");
    }
}

#[test]
fn limits_are_by_the_size_of_the_file() {
    let sized = |bytes: usize| format!("data:image/png;base64,{}{}", &PNG[..PNG.len() - 4], "AAAA".repeat(bytes / 3 - 9));
    let wrapped = |url: String| {
        let lines = url.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap());
        lines.collect::<Vec<_>>().join(r"\r\n")
    };
    let limits = ImageLimits { max_bytes: 30_000, max_input_bytes: 60_000, ..ImageLimits::default() };
    let said = |url: &str| becomes(url, &limits, &Placeholders::default());
    assert_eq!(said(&sized(30_000)), sized(30_000));
    assert!(said(&sized(30_003)).ends_with("Image could not be reduced below 0.03MB (got 0.03MB)"));
    assert!(said(&sized(60_000)).contains("could not be reduced"));
    assert!(said(&wrapped(sized(60_000))).contains("could not be reduced"), "line breaks do not count");
    assert!(said(&sized(60_003)).ends_with("image exceeds input size limit (0.06MB)"));
    let no_base64 = ["data:image/png;base64,", &"!".repeat(100_000)].concat();
    assert!(said(&no_base64).contains("exceeds"), "so long a text is not even looked at");
}

#[test]
fn images_behind_placeholders_are_judged_by_their_facts() {
    let good =
        ImageFacts { is_base64: true, decoded_bytes: 99, media_type: Some("image/png"), width: 1, height: 1, ..ImageFacts::default() };
    let facts = [
        good,
        ImageFacts { has_white_space: true, ..good },
        ImageFacts { decoded_bytes: 6 * MIB, ..good },
        ImageFacts { is_base64: false, is_blank: true, ..good },
        ImageFacts { width: 9000, height: 9000, ..good },
        ImageFacts { decoded_bytes: 5 * MIB + MIB / 10, ..good },
    ];
    let placeholders = Placeholders { prefix: "~m7:", facts: &facts };
    let said = |url: &str| becomes(url, &ImageLimits::default(), &placeholders);
    for url in ["~m7:0.", "~m7:1.", "~m7:4.", "data:image/png;base64,~m7:0.", "data:image/png;base64,~m7:1."] {
        assert_eq!(said(url), url);
    }
    assert_eq!(said("data:image/gif;base64,~m7:0."), "data:image/png;base64,~m7:0.");
    assert!(said("~m7:2.").ends_with("(got 6.00MB)"));
    assert!(said("~m7:5.").ends_with("(got 5.10MB)"));
    assert!(said("data:image/png;base64,~m7:3.").ends_with("omitted empty image payload"));
    for url in ["~m7:6.", "~m7:.", "~m7:0", "~m7:+0.", "m7:0."] {
        assert!(said(url).ends_with("missing data or mimeType"), "{url}");
    }
    assert!(said("data:image/png;base64,~m7:6.").ends_with("invalid base64"));
}

#[test]
fn other_places_and_other_shapes() {
    let apply = |messages: &mut Vec<Message<'_>>, changes: &mut Changes| {
        apply(messages, &ImageLimits::default(), &Placeholders::default(), changes)
    };
    let bare = format!(r#"{{"type":"image_url","image_url":"data:image/gif;base64,{PNG}"}}"#);
    let (written, _) = run(&message("user", &bare), apply);
    assert_eq!(written, message("user", &bare.replace("gif", "png")));
    let said = r#"{"type":"text","text":"[session:history] omitted image payload: missing data or mimeType"}"#;
    for part in [r#"{"type":"image_url"}"#, r#"{"type":"image_url","image_url":null}"#, r#"{"type":"image_url","image_url":{"url":1}}"#] {
        let text = r#"{"type":"text","text":"t"}"#;
        let (written, changes) = run(&message("tool", &[text, ",", part].concat()), apply);
        assert_eq!(written, message("tool", &[text, ",", said].concat()));
        assert_eq!(changes, [(RULE, "messages[0].content[1]".to_owned(), "omitted image payload: missing data or mimeType".to_owned())]);
    }
    let untouched = [r#"[{"role":"user","content":"data:image/png;base64,!"}]"#.to_owned(), message("system", &image("x"))];
    for json in untouched.iter().chain([&message("user", r#"{"type":"video_url","video_url":{"url":"data:video/mp4;base64,!"}}"#)]) {
        assert_eq!(run(json, apply).0, *json);
    }
}

#[test]
fn content_that_is_empty_says_so_or_goes() {
    let blank = r#"{"type":"text","text":" \n\u00a0"}"#;
    let text = r#"{"type":"text","text":" x"}"#;
    let said = r#"{"type":"text","text":"[empty content omitted]"}"#;
    let with = |more: &str| format!(r#"[{{"role":"assistant","content":[{blank}]{more}}}]"#);
    let calls = r#","tool_calls":[{"id":"a"}]"#;
    let table = [
        (message("user", &[text, ",", blank].concat()), message("user", text)),
        (message("assistant", &[blank, ",", text].concat()), message("assistant", text)),
        (message("user", blank), message("user", said)),
        (message("tool", blank), message("tool", said)),
        (message("tool", ""), message("tool", said)),
        (message("assistant", blank), "[]".to_owned()),
        (message("assistant", ""), "[]".to_owned()),
        (with(r#","tool_calls":[],"refusal":null"#), "[]".to_owned()),
        (with(calls), format!(r#"[{{"role":"assistant","content":null{calls}}}]"#)),
        (with(r#","refusal":"no""#), r#"[{"role":"assistant","content":null,"refusal":"no"}]"#.to_owned()),
        (message("system", blank), message("system", blank)),
        (message("user", text), message("user", text)),
        (message("user", r#"{"type":"text"}"#), message("user", r#"{"type":"text"}"#)),
        (r#"[{"role":"tool","content":""}]"#.to_owned(), r#"[{"role":"tool","content":""}]"#.to_owned()),
        (r#"[{"role":"assistant","content":null}]"#.to_owned(), r#"[{"role":"assistant","content":null}]"#.to_owned()),
    ];
    for (json, expected) in table {
        let (written, changes) = run(&json, blank_parts);
        assert_eq!(written, expected, "{json}");
        assert!(changes.iter().all(|(rule, ..)| *rule == EMPTY_RULE));
        assert_eq!(run(&written, blank_parts), (written.clone(), vec![]));
    }
    let joined = |messages: &mut Vec<Message<'_>>, changes: &mut Changes| {
        messages[0].meta.is_block_form = true;
        blank_parts(messages, changes);
    };
    let expected = r#"[{"role":"tool","content":"[empty content omitted]"}]"#;
    assert_eq!(run(r#"[{"role":"tool","content":" "}]"#, joined).0, expected);
}

#[test]
fn resizing_is_asked_for_beyond_any_limit() {
    let limits = ImageLimits::default();
    let facts = |width, height, decoded_bytes| ImageFacts { width, height, decoded_bytes, ..ImageFacts::default() };
    let asks =
        [(1200, 1200, 5 * MIB), (1201, 1, 1), (1, 1201, 1), (1, 1, 5 * MIB + 1)].map(|(w, h, b)| limits.ask_for_resizing(&facts(w, h, b)));
    assert_eq!(asks, [false, true, true, true]);
}
