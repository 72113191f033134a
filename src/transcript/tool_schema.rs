//! Moonshot's tool schemas (provider-rules 5.9): it refuses a `type` beside an `anyOf`, so the type moves into the branches.

use crate::change::{Changes, place as place_of};
use crate::value::{Object, Value};

const TYPES: [&str; 7] = ["string", "number", "integer", "boolean", "object", "array", "null"];

/// Tools with the types of their schemas moved; numbered as they go out.
pub fn fit<'a>(mut tools: Value<'a>, changes: &mut Changes) -> Value<'a> {
    for (number, tool) in tools.array_mut().into_iter().flatten().enumerate() {
        let function = tool.object_mut().and_then(|tool| tool.get_mut("function")).and_then(Value::object_mut);
        let moved = function.and_then(|function| Some((function.get("parameters").and_then(move_types)?, function)));
        if let Some((parameters, function)) = moved {
            function.set("parameters", parameters);
            let place = place_of("tools", number, ".function.parameters");
            changes.add("tool-schema", place, "types were moved into the branches of anyOf, as Moonshot wants them");
        }
    }
    tools
}

/// The schema with its types moved; `None` when there is nothing to move.
pub fn move_types(schema: &Value<'_>) -> Option<Value<'static>> {
    let mut copy = schema.clone();
    walk(&mut copy).then(|| copy.into_owned())
}

/// Where schemas stand within one. Everything else is data, which may look like a schema (`default`, `examples`) and is none.
enum Place {
    /// One schema, or a list of them.
    Schemas,
    /// Schemas by names that are the caller's own.
    Named,
    Nowhere,
}

const SCHEMAS: &str = "items|prefixItems|additionalItems|unevaluatedItems|contains|additionalProperties|unevaluatedProperties|propertyNames|\
    contentSchema|anyOf|oneOf|allOf|not|if|then|else";
const NAMED: &str = "properties|patternProperties|$defs|definitions|dependencies|dependentSchemas";

fn place(name: &str) -> Place {
    let is_one_of = |words: &str| words.split('|').any(|word| word == name);
    if is_one_of(SCHEMAS) {
        Place::Schemas
    } else if is_one_of(NAMED) {
        Place::Named
    } else {
        Place::Nowhere
    }
}

/// Whether anything was moved, here or below. Everything is as deep as the JSON it was read from, which the reader limits.
fn walk(schema: &mut Value<'_>) -> bool {
    if let Some(list) = schema.array_mut() {
        return list.iter_mut().fold(false, |moved, schema| walk(schema) | moved);
    }
    let Some(schema) = schema.object_mut() else { return false };
    let mut moved = move_type(schema);
    for (name, below) in schema.fields_mut() {
        match place(&name) {
            Place::Schemas => moved |= walk(below),
            Place::Named => {
                let named = below.object_mut().into_iter().flat_map(Object::fields_mut);
                // A list here is one of names: the older form of `dependencies`.
                moved |= named.fold(false, |moved, (_, schema)| (schema.is_object() && walk(schema)) | moved);
            }
            Place::Nowhere => {}
        }
    }
    moved
}

fn move_type(schema: &mut Object<'_>) -> bool {
    let Some(held) = schema.get("type") else { return false };
    let Some(kind) = TYPES.into_iter().find(|kind| held.is(kind)) else { return false };
    let Some(branches) = schema.get_mut("anyOf").and_then(Value::array_mut) else { return false };
    if branches.is_empty() || !branches.iter_mut().all(|branch| branch.object_mut().is_some_and(|branch| takes(branch, kind))) {
        return false;
    }
    for branch in branches.iter_mut().filter_map(Value::object_mut) {
        if !branch.has("type") {
            branch.set("type", Value::text(kind));
        }
    }
    schema.remove("type");
    true
}

/// Whether a branch shows that what it takes is of the type. One that shows nothing would take anything once the type is in it
/// alone, as far as a provider can tell.
fn takes(branch: &mut Object<'_>, kind: &str) -> bool {
    if ["$ref", "anyOf", "oneOf"].iter().any(|name| branch.has(name)) {
        return false;
    }
    if let Some(held) = branch.slot("type") {
        return held.is(kind) || (kind == "number" && held.is("integer"));
    }
    let constant = branch.slot("const").map(|value| is_of(value, kind));
    let list = branch.get_mut("enum").map(|list| match list.array_mut() {
        Some(values) => !values.is_empty() && values.iter().all(|value| is_of(value, kind)),
        None => false,
    });
    (constant.is_some() || list.is_some()) && constant != Some(false) && list != Some(false)
}

fn is_of(value: &Value<'_>, kind: &str) -> bool {
    match kind {
        "string" => value.is_string(),
        "number" => value.as_number().is_some(),
        "integer" => value.as_number().is_some_and(|number| number.trunc() == number),
        "boolean" => value.as_bool().is_some(),
        "object" => value.is_object(),
        "array" => value.is_array(),
        _ => value.is_null(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(schema: &str) -> Option<String> {
        let value = Value::parse(schema).unwrap();
        let out = move_types(&value).map(|out| out.to_json());
        assert_eq!(value.to_json(), schema, "the input stays as it is");
        if let Some(out) = &out {
            assert_eq!(move_types(&Value::parse(out).unwrap()).map(|again| again.to_json()), None, "a second run moves nothing");
        }
        out
    }

    #[test]
    fn the_type_goes_into_every_branch() {
        let table = [
            (
                r#"{"type":"string","description":"d","anyOf":[{"const":"a"},{"enum":["b","c"]},{"type":"string","minLength":1}]}"#,
                r#"{"description":"d","anyOf":[{"const":"a","type":"string"},{"enum":["b","c"],"type":"string"},{"type":"string","minLength":1}]}"#,
            ),
            (
                r#"{"type":"number","anyOf":[{"type":"integer"},{"const":1.5},{"type":"number"}]}"#,
                r#"{"anyOf":[{"type":"integer"},{"const":1.5,"type":"number"},{"type":"number"}]}"#,
            ),
            (r#"{"type":"integer","anyOf":[{"enum":[1,2.0]}]}"#, r#"{"anyOf":[{"enum":[1,2.0],"type":"integer"}]}"#),
            (r#"{"type":"null","anyOf":[{"const":null}]}"#, r#"{"anyOf":[{"const":null,"type":"null"}]}"#),
            (r#"{"type":"boolean","anyOf":[{"const":false}]}"#, r#"{"anyOf":[{"const":false,"type":"boolean"}]}"#),
            (r#"{"type":"array","anyOf":[{"const":[]}]}"#, r#"{"anyOf":[{"const":[],"type":"array"}]}"#),
            (
                r#"{"type":"object","anyOf":[{"type":"object","required":["a"]},{"const":{}}],"properties":{"a":{}}}"#,
                r#"{"anyOf":[{"type":"object","required":["a"]},{"const":{},"type":"object"}],"properties":{"a":{}}}"#,
            ),
        ];
        for (schema, expected) in table {
            assert_eq!(moved(schema).as_deref(), Some(expected), "{schema}");
        }
    }

    #[test]
    fn what_shows_no_type_is_left_alone() {
        let table = [
            r#"{"type":"string","anyOf":[{"const":"a"},{"const":1}]}"#,
            r#"{"type":"string","anyOf":[{"const":"a"},{"type":"number"}]}"#,
            r#"{"type":"integer","anyOf":[{"type":"number"}]}"#,
            r#"{"type":"integer","anyOf":[{"const":1.5}]}"#,
            r#"{"type":"string","anyOf":[{"type":["string","null"]}]}"#,
            r#"{"type":"string","anyOf":[{"type":null,"const":"a"}]}"#,
            r#"{"type":"string","anyOf":[{"const":"a","enum":[1]}]}"#,
            r#"{"type":"string","anyOf":[{"enum":[]}]}"#,
            r#"{"type":"string","anyOf":[{"enum":["a",1]}]}"#,
            r#"{"type":"string","anyOf":[{"type":"integer"}]}"#,
            r#"{"type":"number","anyOf":[{"type":"string"}]}"#,
            r#"{"type":"string","anyOf":[{"enum":"a"}]}"#,
            r#"{"type":"string","anyOf":[{"minLength":1}]}"#,
            r#"{"type":"object","anyOf":[{"required":["a"]},{"required":["b"]}]}"#,
            r#"{"type":"string","anyOf":[{"const":"a"},true]}"#,
            r##"{"type":"string","anyOf":[{"$ref":"#/$defs/a","type":"string"}]}"##,
            r#"{"type":"string","anyOf":[{"type":"string","anyOf":[{"minLength":1}]}]}"#,
            r#"{"type":"string","anyOf":[{"type":"string","oneOf":[{"const":"a"}]}]}"#,
            r#"{"type":"string","oneOf":[{"const":"a"}]}"#,
            r#"{"type":"string","anyOf":[]}"#,
            r#"{"type":"string","anyOf":{"const":"a"}}"#,
            r#"{"type":["string"],"anyOf":[{"const":"a"}]}"#,
            r#"{"type":"text","anyOf":[{"const":"a"}]}"#,
            r#"{"anyOf":[{"type":"string"}]}"#,
            r#"{"type":"object","properties":{"type":{"const":"string"},"anyOf":{"enum":["a"]}}}"#,
            "true",
            "null",
            "[]",
            "1",
        ];
        for schema in table {
            assert_eq!(moved(schema), None, "{schema}");
        }
    }

    #[test]
    fn schemas_are_found_wherever_they_stand() {
        let (from, to) = (r#"{"type":"string","anyOf":[{"const":"a"}]}"#, r#"{"anyOf":[{"const":"a","type":"string"}]}"#);
        for around in [
            r#"{"allOf":[@,@]}"#,
            r#"{"allOf":[@,@,{}]}"#,
            r#"{"properties":{"x":@,"y":@}}"#,
            r#"{"properties":{"x":@}}"#,
            r#"{"patternProperties":{"^x":@}}"#,
            r#"{"$defs":{"default":@}}"#,
            r#"{"definitions":{"x":@,"y":@}}"#,
            r#"{"dependencies":{"a":["b"],"x":@}}"#,
            r#"{"dependentSchemas":{"x":@}}"#,
            r#"{"items":@}"#,
            r#"{"items":[true,@]}"#,
            r#"{"prefixItems":[@]}"#,
            r#"{"additionalProperties":@}"#,
            r#"{"contains":@,"not":@,"propertyNames":@}"#,
            r#"{"if":@,"then":@,"else":@}"#,
            r#"{"oneOf":[{"allOf":[@]}]}"#,
            r#"{"type":"string","anyOf":[{"type":"number"},@]}"#,
        ] {
            assert_eq!(moved(&around.replace('@', from)), Some(around.replace('@', to)), "{around}");
        }
        for data in ["default", "examples", "const", "enum", "title", "x-more"] {
            assert_eq!(moved(&format!(r#"{{"{data}":{from}}}"#)), None, "{data}");
            assert_eq!(moved(&format!(r#"{{"{data}":[{from}]}}"#)), None, "{data}");
        }
    }

    #[test]
    fn as_deep_as_json_may_be() {
        let schema = [&r#"{"items":"#.repeat(126), r#"{"type":"null","anyOf":[]}"#, &"}".repeat(126)].concat();
        assert_eq!(moved(&schema), None);
        let schema = [&r#"{"items":"#.repeat(125), r#"{"type":"null","anyOf":[{"const":null}]}"#, &"}".repeat(125)].concat();
        assert!(moved(&schema).is_some());
    }
}
