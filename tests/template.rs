//! A chunk of the known shape reads as the full reader reads it, and nothing else is taken for one.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use openrouter_wasm::chunk::read_chunk;
use openrouter_wasm::template::Template;

fn learned(data: &str) -> Template {
    let mut template = Template::default();
    if let Some(text) = read_chunk(data.as_bytes()).unwrap().unwrap().only_text() {
        template.learn(data.as_bytes(), text);
    }
    template
}

#[test]
fn only_what_differs_in_the_text_alone_is_of_the_shape() {
    let shape = r#"{"id":"gen-1","choices":[{"index":0,"delta":{"role":"assistant","content":"TEXT"},"finish_reason":null}]}"#;
    let template = learned(&shape.replace("TEXT", "hello"));
    for text in ["", "x", r#"a\"b\\"#, "é😀", r"\ud83d", r#"\",\"x\":\""#] {
        let data = shape.replace("TEXT", text);
        assert_eq!(
            template.text_of(data.as_bytes()).unwrap().decode(),
            read_chunk(data.as_bytes()).unwrap().unwrap().only_text().unwrap().string().unwrap().decode(),
            "{text}"
        );
    }
    for other in [
        shape.replace("gen-1", "gen-2"),
        shape.replace("null", "\"stop\""),
        shape.replace("\"TEXT\"", "null"),
        shape.replace("TEXT\"", "TEXT\",\"reasoning\":\"r\""),
        shape.replace("TEXT", "\\x"),
        shape.replace("\"TEXT\"", "\"TEXT"),
        shape.replace("]}", "],\"usage\":{}}"),
        shape.replace(']', ""),
        String::new(),
    ] {
        assert!(template.text_of(other.as_bytes()).is_none(), "{other}");
    }
}

#[test]
fn a_chunk_that_says_anything_else_is_not_learned() {
    let table = [
        r#"{"choices":[{"delta":{"content":"a","reasoning":"r"}}]}"#,
        r#"{"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}"#,
        r#"{"choices":[{"delta":{"content":"a"},"native_finish_reason":"stop"}]}"#,
        r#"{"choices":[{"delta":{"content":"a"}}],"usage":{}}"#,
        r#"{"choices":[{"delta":{"content":"a"}}],"error":{}}"#,
        r#"{"choices":[{"delta":{"content":"a"}}],"openrouter_metadata":{}}"#,
        r#"{"choices":[{"delta":{"content":"a"},"error":{}}]}"#,
        r#"{"choices":[{"delta":{"content":"a","tool_calls":[]}}]}"#,
        r#"{"choices":[{"delta":{"content":["a"]}}]}"#,
        r#"{"choices":[{"message":{"content":"a"}}]}"#,
        r#"{"choices":[]}"#,
    ];
    for data in table {
        assert!(learned(data).text_of(data.as_bytes()).is_none(), "{data}");
    }
}
