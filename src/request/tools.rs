//! Tools: in one order, in the schema that the model takes, or not at all (provider-rules 5.2, 5.5, 5.9).

use super::draft::Draft;
use crate::change::place;
use crate::error::Error;
use crate::value::{Object, Value};

const RULE: &str = "tools";

/// Checks, sorts and fits the tools; sees to `tool_choice`.
pub fn apply(draft: &mut Draft<'_>) -> Result<(), Error> {
    if draft.body.get("tools").is_some_and(|tools| !tools.is_array()) {
        return Err(Error::invalid("tools", "must be an array"));
    }
    if draft.record.supports_tools == Some(false) && draft.body.remove("tools").is_some() {
        draft.body.remove("tool_choice");
        draft.changes.add(
            RULE,
            "tools",
            "the model takes no tools: they and the choice among them were left out, earlier calls go as text",
        );
    }
    let mut tools = draft.tools_mut().map(core::mem::take).unwrap_or_default();
    if tools.is_empty() {
        if draft.body.remove("tools").is_some() {
            draft.changes.add(RULE, "tools", "an empty list of tools was left out");
        }
        if draft.body.remove("tool_choice").is_some() {
            draft.changes.add(RULE, "tool_choice", "there is no tool to choose");
        }
        return Ok(());
    }
    for (number, tool) in tools.iter_mut().enumerate() {
        fit(draft, tool, number)?;
    }
    if sort(&mut tools) {
        draft.changes.add(RULE, "tools", "were put in order of their names: prompt caches begin with them");
    }
    choose(draft, &tools);
    draft.body.set("tools", Value::Array(tools));
    Ok(())
}

/// By these a schema says what it takes; some providers refuse one that has none of them.
const TELLS_TYPE: [&str; 8] = ["type", "$ref", "anyOf", "oneOf", "allOf", "not", "enum", "const"];

fn fit(draft: &mut Draft<'_>, tool: &mut Value<'_>, number: usize) -> Result<(), Error> {
    let at = |below: &str| place("tools", number, below);
    let Some(kind) = tool.get_str("type") else { return Err(Error::invalid(&at(".type"), "must be a string")) };
    if kind != "function" {
        return Ok(());
    }
    let Some(function) = tool.object_mut().and_then(|tool| tool.get_mut("function")).and_then(Value::object_mut) else {
        return Err(Error::invalid(&at(".function"), "must be an object"));
    };
    if function.str("name").is_none_or(|name| name.is_empty()) {
        return Err(Error::invalid(&at(".function.name"), "must be a string that is not empty"));
    }
    // A present null means "not set", and the schema knows none here.
    function.retain(|_, value| !value.is_null());
    let parameters = function.get("parameters");
    if parameters.is_some_and(|parameters| !parameters.is_object()) {
        return Err(Error::invalid(&at(".function.parameters"), "must be an object: a JSON schema"));
    }
    // Some providers refuse a schema without a list of properties, be it an empty one, and others a function without a schema. Its contents stay
    // the caller's.
    let is_object = |kind: &Value<'_>| kind.is("object") || kind.is_array() && kind.to_items().iter().any(|kind| kind.is("object"));
    let is_listless = |schema: &Value<'_>| schema.get("type").is_some_and(|kind| is_object(&kind)) && schema.get("properties").is_none();
    let is_empty = parameters.is_none_or(|parameters| parameters.clone().object_mut().is_none_or(|object| object.is_empty()));
    let is_typeless = parameters.is_none_or(|schema| !TELLS_TYPE.iter().any(|name| schema.get(name).is_some()));
    if is_typeless || parameters.is_some_and(is_listless) {
        let mut schema = function.remove("parameters").unwrap_or(Value::Json("{}".to_owned()));
        if let Some(schema) = schema.object_mut() {
            if is_typeless {
                schema.put_first("type", Value::text("object"));
            }
            if schema.get("properties").is_none() {
                schema.set("properties", Value::Object(Object::default()));
            }
            // Who asks for a strict schema is refused one that says nothing of this.
            if is_empty && function.get("strict").is_some_and(|strict| strict.as_bool() == Some(true)) {
                schema.set("additionalProperties", Value::bool(false));
            }
        }
        function.set("parameters", schema);
        draft.changes.add("tool-schema", at(".function.parameters"), "the schema says that it takes an object, and of which properties");
    }
    Ok(())
}

fn name_of(tool: &Value<'_>) -> String {
    let function = tool.get("function").and_then(|function| function.get_str("name"));
    function.or_else(|| tool.get_str("name")).or_else(|| tool.get_str("type")).unwrap_or_default()
}

/// By name, those of one name in the order they came. Whether any moved.
fn sort(tools: &mut Vec<Value<'_>>) -> bool {
    let mut is_moved = false;
    let mut order: Vec<(String, Value<'_>)> = Vec::with_capacity(tools.len());
    for tool in tools.drain(..) {
        let name = name_of(&tool);
        let at = order.partition_point(|(held, _)| *held <= name);
        is_moved |= at < order.len();
        order.insert(at, (name, tool));
    }
    tools.extend(order.into_iter().map(|(_, tool)| tool));
    is_moved
}

/// `auto` unless the caller chose; a choice of a tool that is not there goes.
fn choose(draft: &mut Draft<'_>, tools: &[Value<'_>]) {
    let Some(choice) = draft.body.get("tool_choice") else {
        // Where the model does not list the field it would be the first thing a provider refuses.
        if draft.record.supported_parameters.as_ref().is_none_or(|listed| listed.iter().any(|name| name == "tool_choice")) {
            draft.body.set("tool_choice", Value::text("auto"));
        }
        return;
    };
    // A function is chosen by its name, a tool that OpenRouter runs by its type.
    let named = choice.get("function").and_then(|function| function.get_str("name"));
    let kind = choice.get_str("type").filter(|kind| kind != "function");
    let is_there = |tool: &Value<'_>| kind.as_ref().is_some_and(|kind| tool.get("type").is_some_and(|held| held.is(kind)));
    let is_missing = match &named {
        Some(name) => !tools.iter().any(|tool| name_of(tool) == *name),
        None => kind.is_some() && !tools.iter().any(is_there),
    };
    if is_missing {
        draft.body.set("tool_choice", Value::text("auto"));
        draft.changes.add(RULE, "tool_choice", "names a tool that is not there");
    }
}

/// A wire tool of the short form `{name, description, parameters, strict}` with what stands beside them; the Responses API has a type in it.
pub fn wire_tool<'a>(mut tool: Value<'a>) -> Value<'a> {
    let is_short = |object: &Object<'_>| {
        object.get("type").is_none_or(|kind| kind.is("function") && !object.has("function"))
            && object.get("name").is_some_and(Value::is_string)
    };
    let Some(object) = tool.object_mut().filter(|object| is_short(object)) else { return tool };
    object.remove("type");
    let mut function = Object::default();
    for name in ["name", "description", "parameters", "strict"] {
        if let Some(value) = object.remove(name).filter(|value| !value.is_null()) {
            function.set(name, value);
        }
    }
    let mut wire = Object::of([("type", Value::text("function")), ("function", Value::Object(function))]);
    // A cache marker, and what is told of: it stands beside the function.
    for (name, value) in object.fields().filter(|(_, value)| !value.is_null()) {
        wire.set(&name, value.clone());
    }
    Value::Object(wire)
}
