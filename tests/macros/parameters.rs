//! What a parameter can be.

use std::{collections::BTreeMap, future::Future};

use mcp_stack::{Context, ErrorObject, Json, tool};
use serde_json::{Value, json};

use crate::support::{ask, call, listed};

#[tool]
fn only_context(context: Context) -> String {
    context.protocol_version().to_string()
}

#[tool]
async fn context_first(_: mcp_stack::Context, mut value: String) -> String {
    value.push('!');
    value
}

#[tool]
async fn context_between(a: String, _cx: Context, b: Vec<String>) -> String {
    format!("{a} {}", b.join(" "))
}

#[tokio::test]
async fn the_context_stands_anywhere() {
    let (service, entry) = listed(only_context_tool()).await;
    let nothing = json!({ "type": "object", "additionalProperties": false }); // TOOL-10
    assert_eq!(entry["inputSchema"], nothing);
    assert_eq!(call(&service, "only_context", json!({})).await, "2026-07-28");
    let (service, _) = listed(context_first_tool()).await;
    assert_eq!(call(&service, "context_first", json!({ "value": "oh" })).await, "oh!");
    let (service, _) = listed(context_between_tool()).await;
    let arguments = json!({ "a": "a", "b": ["b", "c"] });
    assert_eq!(call(&service, "context_between", arguments).await, "a b c");
}

#[tool]
#[expect(clippy::used_underscore_binding, reason = "a client may well call it so")]
fn r#match(
    r#type: String,
    mut count: u8,
    arguments: u8,
    context: u8,
    this: u8,
    _odd: u8,
) -> String {
    count += arguments + context + this + _odd;
    format!("{type} {count}")
}

#[tokio::test]
async fn any_name_serves() {
    let (service, entry) = listed(match_tool()).await;
    assert_eq!(entry["name"], "match");
    let arguments =
        json!({ "type": "x", "count": 1, "arguments": 2, "context": 3, "this": 4, "_odd": 5 });
    assert_eq!(call(&service, "match", arguments).await, "x 15");
}

/// Has attributes on its parameters, and on itself, which a struct would have.
#[tool]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
fn told(
    #[schemars(extend("x-mcp-header" = "Region"))] the_region: String,
    #[serde(default = "ten")]
    #[schemars(range(min = 1, max = 100))]
    max_items: u8,
    #[serde(deserialize_with = "length")]
    #[schemars(with = "String")]
    length: Length,
) -> String {
    format!("{the_region} {max_items} {}", length.0)
}

struct Length(usize);

fn length<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Length, D::Error> {
    let text: String = serde::Deserialize::deserialize(deserializer)?;
    Ok(Length(text.len()))
}

fn ten() -> u8 {
    10
}

#[tokio::test]
async fn what_serde_and_schemars_are_told_holds() {
    let (service, entry) = listed(told_tool()).await;
    let schema = &entry["inputSchema"];
    assert_eq!(schema["additionalProperties"], false);
    let mut required: Vec<_> = schema["required"].as_array().expect("some").clone();
    required.sort_by_key(Value::to_string);
    assert_eq!(required, ["length", "theRegion"]);
    let properties = &schema["properties"];
    assert_eq!(properties["theRegion"]["x-mcp-header"], "Region");
    assert_eq!(properties["maxItems"]["maximum"], 100);
    assert_eq!(properties["length"]["type"], "string");
    let arguments = json!({ "theRegion": "eu", "length": "four" });
    assert_eq!(call(&service, "told", arguments).await, "eu 10 4");
}

#[tool]
fn returns_a_future(name: String) -> impl Future<Output = Result<String, ErrorObject>> {
    std::future::ready(match name.as_str() {
        "" => Err(ErrorObject::invalid_params("no name")),
        name => Ok(format!("later, {name}")),
    })
}

#[tool]
async fn structured(map: BTreeMap<String, (u8, Option<bool>)>) -> Json<usize> {
    Json(map.len())
}

#[tool]
async fn nothing() {}

#[tokio::test]
async fn what_handlers_return_functions_return() {
    // TOOL-13, TOOL-16
    let (service, _) = listed(returns_a_future_tool()).await;
    assert_eq!(call(&service, "returns_a_future", json!({ "name": "Ada" })).await, "later, Ada");
    let params = json!({ "name": "returns_a_future", "arguments": { "name": "" } });
    assert_eq!(ask(&service, "tools/call", params).await["error"]["code"], -32602);

    let (service, entry) = listed(structured_tool()).await;
    assert_eq!(entry["outputSchema"]["type"], "integer");
    let params = json!({ "name": "structured", "arguments": { "map": { "a": [1, null] } } });
    assert_eq!(ask(&service, "tools/call", params).await["result"]["structuredContent"], 1);

    let (service, _) = listed(nothing_tool()).await;
    let answer = ask(&service, "tools/call", json!({ "name": "nothing" })).await;
    assert_eq!(answer["result"]["content"], json!([]));
}
