use std::sync::LazyLock;

use jsonschema::Validator;
use mcp_stack::{Input, ProtocolVersion, RawJson, core::extensions::ClientCapabilities};
use serde_json::{Value, json};

pub(crate) use mcp_stack::ProtocolVersion as V;

/// The revisions that know elicitation.
pub(crate) const ELICITING: [V; 3] = [V::V2025_06_18, V::V2025_11_25, V::V2026_07_28];
/// The revisions that know modes of it, and tools in sampling.
pub(crate) const NEWER: [V; 2] = [V::V2025_11_25, V::V2026_07_28];

/// What the client declared.
pub(crate) fn declared(capabilities: Value) -> ClientCapabilities {
    ClientCapabilities::new(raw(capabilities))
}

pub(crate) fn raw(value: Value) -> RawJson {
    RawJson::from_value(&value).expect("a JSON tree serialises")
}

/// The params, which fit the schema of the revision.
pub(crate) fn params<I: Input>(input: &I, version: ProtocolVersion) -> Value {
    let params = input.params(version).expect("a question that can be asked");
    let params: Value = params.to().expect("JSON");
    let definition = match input.method() {
        "elicitation/create" => "ElicitRequest",
        "sampling/createMessage" => "CreateMessageRequest",
        "roots/list" => "ListRootsRequest",
        other => panic!("MRTR-5: {other}"),
    };
    let mut request = json!({ "method": input.method(), "params": params });
    if !version.is_modern() {
        request["jsonrpc"] = "2.0".into();
        request["id"] = 1.into();
    }
    let validator = validator(version, definition);
    let faults: Vec<_> = validator.iter_errors(&request).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{version}: {faults:?}\n{request:#}");
    params
}

/// Whether an answer fits a definition of the newest revision.
pub(crate) fn is_valid(definition: &str, value: &Value) -> bool {
    static ALL: LazyLock<[(&str, Validator); 3]> = LazyLock::new(|| {
        ["ElicitResult", "CreateMessageResult", "ListRootsResult"]
            .map(|definition| (definition, validator(V::V2026_07_28, definition)))
    });
    let found = ALL.iter().find(|(name, _)| *name == definition);
    found.expect("it is among them").1.is_valid(value)
}

fn validator(version: ProtocolVersion, definition: &str) -> Validator {
    let text = match version {
        V::V2024_11_05 => include_str!("../schema/2024-11-05.json"),
        V::V2025_03_26 => include_str!("../schema/2025-03-26.json"),
        V::V2025_06_18 => include_str!("../schema/2025-06-18.json"),
        V::V2025_11_25 => include_str!("../schema/2025-11-25.json"),
        _ => include_str!("../schema/2026-07-28.json"),
    };
    // Unions were generated with `integer` in the place of `number` (D-29).
    let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = text.replace(r#""integer", "boolean""#, r#""number", "boolean""#);
    let mut schema: Value = serde_json::from_str(&text).expect("a schema is JSON");
    let key = if schema.get("$defs").is_some() { "$defs" } else { "definitions" };
    schema["$ref"] = format!("#/{key}/{definition}").into();
    jsonschema::options()
        .should_validate_formats(true)
        .with_format("byte", |_: &str| true)
        .build(&schema)
        .expect("a published schema compiles")
}
