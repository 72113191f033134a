//! Tools, their schemas, the choice among them, and the note to Fusion.

use crate::support::{ask, refused, with};
use serde_json::{Value, json};

fn tool(name: &str) -> Value {
    json!({"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": {}}}})
}

fn names(body: &Value) -> Vec<String> {
    let name = |tool: &Value| tool["function"]["name"].as_str().or(tool["type"].as_str()).unwrap().to_owned();
    body["tools"].as_array().unwrap().iter().map(name).collect()
}

#[test]
fn tools_stand_in_order_of_their_names() {
    let server = json!({"type": "openrouter:web_search"});
    let sent = ask(&json!({"tools": [tool("b"), server, tool("z"), tool("a"), tool("B")]}));
    assert_eq!(names(&sent.body), ["B", "a", "b", "openrouter:web_search", "z"]);
    assert_eq!(sent.changes, [("tools", "tools".to_owned())]);
    assert_eq!(sent.body["tool_choice"], "auto");
    let sorted = ask(&json!({"tools": [tool("a"), tool("b")]}));
    assert!(sorted.changes.is_empty() && names(&sorted.body) == ["a", "b"]);
    // Those of one name in the order they came.
    let twins: Vec<Value> =
        (0..3).map(|number| json!({"type": "function", "function": {"name": "t", "description": number.to_string(), "parameters": {"type": "object", "properties": {}}}})).collect();
    let sent = ask(&json!({"tools": twins}));
    assert_eq!(sent.body["tools"], json!(twins));
}

#[test]
fn the_short_form_is_written_out_and_strict_stays() {
    let marked = ask(&json!({"tools": [{"name": "f", "cache_control": {"type": "ephemeral"}, "defer_loading": true, "odd": null}]}));
    let expected = json!({"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}, "cache_control": {"type": "ephemeral"}, "defer_loading": true});
    assert_eq!(marked.body["tools"], json!([expected]));
    let short = json!({"name": "f", "description": "d", "parameters": {"type": "object", "properties": {"x": {"type": "string"}}}});
    let sent = ask(&json!({"tools": [short]}));
    assert_eq!(sent.body["tools"], json!([{"type": "function", "function": short}]));
    assert!(sent.changes.is_empty());
    let parameters = json!({"type": "object", "properties": {}});
    let strict = json!([{"type": "function", "function": {"name": "f", "strict": true, "parameters": parameters}}, {"name": "g", "strict": false, "parameters": parameters}, {"type": "function", "function": {"name": "h", "strict": null, "parameters": parameters}}]);
    let sent = ask(&json!({"tools": strict}));
    let strict: Vec<&Value> = sent.body["tools"].as_array().unwrap().iter().map(|tool| &tool["function"]["strict"]).collect();
    assert_eq!(strict, [&json!(true), &json!(false), &Value::Null]);
    assert!(sent.changes.is_empty() && !sent.text.contains("null"));
    // What else a tool says stays, in its place.
    let full = json!([{"type": "function", "function": {"name": "f", "x": 1, "parameters": parameters}, "defer_loading": true}]);
    assert_eq!(ask(&json!({"tools": full})).body["tools"], full);
    for (tools, place) in [
        (json!({}), "tools:"),
        (json!([5]), "tools[0].type:"),
        (json!([{"function": {"name": "f"}}]), "tools[0].type:"),
        (json!([tool("a"), {"type": "function"}]), "tools[1].function:"),
        (json!([tool("")]), "tools[0].function.name:"),
        (json!([{"type": "function", "function": {"name": "f", "parameters": "x"}}]), "tools[0].function.parameters:"),
    ] {
        let message = refused(&json!({}), &json!({"tools": tools}));
        assert!(message.starts_with(place), "{tools}: {message}");
    }
}

#[test]
fn parameters_of_an_object_list_its_properties_and_what_is_inside_stays() {
    let none = json!({"type": "object", "properties": {}});
    for (parameters, expected) in [
        (Value::Null, none.clone()),
        (json!({}), none.clone()),
        (json!({"type": "object"}), none.clone()),
        (json!({"type": ["object"]}), json!({"type": ["object"], "properties": {}})),
        (json!({"type": ["object", "null"]}), json!({"type": ["object", "null"], "properties": {}})),
        (json!({"type": "object", "properties": null}), none.clone()),
        (json!({"properties": {"a": {"type": "string"}}}), json!({"type": "object", "properties": {"a": {"type": "string"}}})),
        (json!({"required": ["a"], "properties": {"a": {}}}), json!({"type": "object", "required": ["a"], "properties": {"a": {}}})),
        (
            json!({"$schema": "https://json-schema.org/draft/2020-12/schema"}),
            json!({"type": "object", "$schema": "https://json-schema.org/draft/2020-12/schema", "properties": {}}),
        ),
        (json!({"description": "nothing"}), json!({"type": "object", "description": "nothing", "properties": {}})),
    ] {
        for tool in [
            json!({"type": "function", "function": {"name": "f", "parameters": parameters}}),
            json!({"name": "f", "parameters": parameters}),
        ] {
            let sent = ask(&json!({"tools": [tool]}));
            assert_eq!(sent.body["tools"][0]["function"]["parameters"], expected, "{tool}");
            assert!(sent.has_change("tool-schema", "tools[0].function.parameters"), "{tool}");
        }
    }
    // Left out they say the same, which some providers refuse to hear.
    for tool in [json!({"type": "function", "function": {"name": "f"}}), json!({"name": "f"})] {
        let sent = ask(&json!({"tools": [tool]}));
        assert_eq!(sent.body["tools"][0]["function"], json!({"name": "f", "parameters": none}), "{tool}");
        assert!(sent.has_change("tool-schema", "tools[0].function.parameters"), "{tool}");
    }
    // A strict schema says that there is nothing else.
    let strict = json!({"type": "object", "properties": {}, "additionalProperties": false});
    for tool in [json!({"name": "f", "strict": true}), json!({"name": "f", "strict": true, "parameters": {}})] {
        assert_eq!(ask(&json!({"tools": [tool]})).body["tools"][0]["function"]["parameters"], strict, "{tool}");
    }
    // What is no function has none.
    let server = json!([{"type": "openrouter:web_search"}, {"type": "openrouter:datetime", "parameters": {}}]);
    assert_eq!(ask(&json!({"tools": server})).body["tools"].as_array().unwrap().len(), 2);
    assert!(!ask(&json!({"tools": server})).text.contains("properties"));
    // What is inside is the caller's, and so is a schema that takes no objects.
    for parameters in [
        json!({"type": "object", "properties": {"a": {"type": "object"}, "b": {"type": "array", "items": {"type": ["null", "object"]}}}}),
        json!({"type": "object", "properties": {}, "$defs": {"d": {"type": "object"}}}),
        json!({"type": "object", "properties": {"a": {"default": {"type": "object"}, "enum": [{"type": "object"}], "type": "string"}}}),
        json!({"type": "object", "properties": {"type": {"const": "object"}}}),
        json!({"anyOf": [{"type": "string"}]}),
        json!({"$ref": "#/$defs/a", "$defs": {"a": {"type": "object", "properties": {}}}}),
        json!({"allOf": [{"type": "object"}], "properties": {"a": {}}}),
    ] {
        let sent = ask(&json!({"tools": [{"name": "f", "parameters": parameters}]}));
        assert_eq!(sent.body["tools"][0]["function"]["parameters"], parameters);
        assert!(sent.changes.is_empty(), "{parameters}");
    }
}

#[test]
fn the_choice_agrees_with_the_tools() {
    let choice = |name: &str| json!({"type": "function", "function": {"name": name}});
    let table = [
        (json!([tool("a")]), Value::Null, json!("auto"), false),
        (json!([tool("a")]), json!("none"), json!("none"), false),
        (json!([tool("a")]), json!("required"), json!("required"), false),
        (json!([tool("a")]), choice("a"), choice("a"), false),
        (json!([tool("a")]), choice("b"), json!("auto"), true),
        (
            json!([{"type": "openrouter:web_search"}]),
            json!({"type": "openrouter:web_search"}),
            json!({"type": "openrouter:web_search"}),
            false,
        ),
        (json!([]), json!("auto"), Value::Null, true),
        (Value::Null, json!("auto"), Value::Null, true),
        (Value::Null, Value::Null, Value::Null, false),
    ];
    for (tools, asked, expected, is_noted) in table {
        let sent = ask(&json!({"tools": tools, "tool_choice": asked}));
        let row = format!("{tools} {asked}");
        assert_eq!((&sent.body["tool_choice"], sent.has_change("tools", "tool_choice")), (&expected, is_noted), "{row}");
        assert_eq!(sent.body.get("tools").is_some(), tools.as_array().is_some_and(|tools| !tools.is_empty()), "{row}");
        assert_eq!(sent.has_change("tools", "tools"), tools == json!([]), "{row}");
    }
    // A choice for every request says nothing to one without tools.
    let config = json!({"params": {"toolChoice": "required", "parallelToolCalls": false}});
    let sent = with(&config, &json!({}));
    assert!(sent.body.get("tool_choice").is_none() && sent.body.get("parallel_tool_calls").is_none() && sent.changes.is_empty());
    let sent = with(&config, &json!({"tools": [tool("a")]}));
    assert_eq!((&sent.body["tool_choice"], &sent.body["parallel_tool_calls"]), (&json!("required"), &json!(false)));
}

#[test]
fn parallel_tool_calls_come_after_extra_body() {
    let tools = json!([tool("a")]);
    let table = [
        (json!({"tools": tools, "parallel_tool_calls": false}), Some(false), false),
        (json!({"tools": tools, "parallel_tool_calls": false, "params": {"parallelToolCalls": true}}), Some(false), false),
        (json!({"tools": tools, "parallel_tool_calls": false, "extraBody": {"parallel_tool_calls": true}}), Some(false), false),
        (json!({"tools": tools, "params": {"parallelToolCalls": false}, "extraBody": {"parallel_tool_calls": true}}), Some(false), false),
        (json!({"tools": tools, "extraBody": {"parallel_tool_calls": true}}), Some(true), false),
        (json!({"extraBody": {"tools": tools}, "params": {"parallelToolCalls": true}}), Some(true), false),
        (json!({"parallel_tool_calls": false}), None, true),
        (json!({"extraBody": {"parallel_tool_calls": true}}), Some(true), false),
    ];
    for (request, expected, is_noted) in table {
        let sent = ask(&request);
        assert_eq!(sent.body.get("parallel_tool_calls").and_then(Value::as_bool), expected, "{request}");
        assert_eq!(sent.has_change("tools", "parallel_tool_calls"), is_noted, "{request}");
    }
}

#[test]
fn a_model_without_tools_gets_none_and_reads_earlier_calls_as_text() {
    let call = json!([{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{\"x\":1}"}}]);
    let messages = json!([
        {"role": "user", "content": "q"},
        {"role": "assistant", "content": null, "tool_calls": call},
        {"role": "tool", "tool_call_id": "1", "content": "r"},
    ]);
    let request =
        json!({"model": "a/b", "messages": messages, "tools": [tool("f")], "tool_choice": "required", "parallel_tool_calls": true});
    for (flag, has_tools) in [(json!(false), false), (json!(true), true), (Value::Null, true)] {
        let sent = with(&json!({"models": {"a/b": {"supportsTools": flag}}}), &request);
        for name in ["tools", "tool_choice", "parallel_tool_calls"] {
            assert_eq!(sent.body.get(name).is_some(), has_tools, "{name} {flag}");
        }
        assert_eq!(sent.has_change("tools", "tools"), !has_tools);
        let roles: Vec<&str> = sent.body["messages"].as_array().unwrap().iter().map(|message| message["role"].as_str().unwrap()).collect();
        assert_eq!(roles, ["user", "assistant", if has_tools { "tool" } else { "user" }]);
        assert_eq!(sent.body["messages"][1].get("tool_calls").is_some(), has_tools);
    }
}

#[test]
fn moonshot_gets_types_in_the_branches() {
    let schema =
        json!({"type": "object", "properties": {"x": {"type": "string", "description": "d", "anyOf": [{"const": "a"}, {"enum": ["b"]}]}}});
    let moved = json!({"type": "object", "properties": {"x": {"description": "d", "anyOf": [{"const": "a", "type": "string"}, {"enum": ["b"], "type": "string"}]}}});
    let tools = json!([tool("a"), {"type": "function", "function": {"name": "f", "parameters": schema}}]);
    for (model, is_moved) in [
        ("moonshotai/kimi-k2.6", true),
        ("openrouter/moonshot/kimi", true),
        ("~moonshotai/kimi-latest", true),
        ("MoonshotAI/kimi-k2.5:free", true),
        ("a/moonshotai", false),
        ("openai/gpt-5", false),
    ] {
        let sent = ask(&json!({"model": model, "tools": tools}));
        assert_eq!(&sent.body["tools"][1]["function"]["parameters"], if is_moved { &moved } else { &schema }, "{model}");
        let noted: Vec<&str> = sent.changes.iter().map(|(_, path)| path.as_str()).collect();
        assert_eq!(noted, if is_moved { vec!["tools[1].function.parameters"] } else { vec![] }, "{model}");
        let again = ask(&json!({"model": model, "tools": sent.body["tools"]}));
        assert!(again.changes.is_empty(), "{model}: a second time nothing moves");
    }
}

#[test]
fn fusion_is_told_of_its_panel() {
    const HEADING: &str = "## OpenRouter Fusion Configuration\n";
    let panel = |more: Value| {
        let mut plugin = json!({"id": "fusion"});
        plugin.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!([{"id": "web"}, plugin])
    };
    let note = |model: &str, plugins: Value| {
        let sent = ask(&json!({"model": model, "extraBody": {"plugins": plugins, "secret": "s3cret"}}));
        assert_eq!(sent.body["plugins"], plugins);
        let first = &sent.body["messages"][0];
        assert_eq!(first["role"] == "system", sent.has_change("fusion", "messages"));
        let text = (first["role"] == "system").then(|| first["content"].as_str().unwrap().to_owned());
        assert!(text.as_ref().is_none_or(|text| text.starts_with(HEADING) && !text.contains("s3cret")));
        text.map(|text| text.lines().skip(2).map(str::to_owned).collect::<Vec<_>>())
    };
    let full = json!({"analysis_models": ["a/b", "c/d"], "model": "e/f"});
    let some = |lines: &[&str]| Some(lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>());
    let fusion = "openrouter/fusion";
    assert_eq!(note(fusion, panel(full.clone())), some(&["Analysis models: a/b, c/d.", "Final Fusion model: e/f."]));
    assert_eq!(note(fusion, panel(json!({"analysis_models": ["a/b"]}))), some(&["Analysis models: a/b."]));
    assert_eq!(note(fusion, panel(json!({"model": "e/f", "enabled": true}))), some(&["Final Fusion model: e/f."]));
    for plugins in [
        panel(json!({})),
        panel(json!({"enabled": false, "model": "e/f"})),
        panel(json!({"analysis_models": [], "model": " \u{1}"})),
        json!([{"id": "web", "model": "x"}]),
    ] {
        assert_eq!(note(fusion, plugins.clone()), None, "{plugins}");
    }
    assert_eq!(note("a/fusion", panel(full.clone())), None);
    assert_eq!(note("openrouter/auto", panel(full.clone())), None);
    // Ids are cleaned for display.
    let long = ["x".repeat(255), "😀".to_owned()].concat();
    let odd = json!({"analysis_models": [" a\n \u{9f}\u{2028}b ", 5, long], "model": "\u{7f}e"});
    assert_eq!(note(fusion, panel(odd)), some(&[&format!("Analysis models: a b, {}.", "x".repeat(255)), "Final Fusion model: e."]));

    // Behind what the caller's own instructions say; from wherever the panel comes.
    let system = |content: Value| json!([{"role": "system", "content": content}, {"role": "user", "content": "hi"}]);
    for place in ["plugins", "extra_body", "params"] {
        let plugins = panel(full.clone());
        let mut request = json!({"model": fusion, "messages": system(json!("be good"))});
        match place {
            "plugins" => request["plugins"] = plugins,
            "extra_body" => request["extra_body"] = json!({"plugins": plugins}),
            _ => request["params"] = json!({"extraBody": {"plugins": plugins}}),
        }
        let text = ask(&request).body["messages"][0]["content"].as_str().unwrap().to_owned();
        assert!(text.starts_with(&["be good\n\n", HEADING].concat()) && text.ends_with("e/f."), "{place}: {text}");
    }
    let request = json!({"model": fusion, "messages": system(json!([{"type": "text", "text": "be good"}])), "plugins": panel(full)});
    let sent = ask(&request);
    assert_eq!(sent.body["messages"][0]["content"].as_array().unwrap().len(), 2);
    assert!(sent.body["messages"][0]["content"][1]["text"].as_str().unwrap().starts_with(HEADING));
}
