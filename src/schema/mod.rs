//! JSON Schemas: from types, from authors, and how values are held to them.
//!
//! With the feature `validation` that is by validating (`by_schema`). Without it there
//! are only schemas that say what reading a value into its type checks (`by_type`), and
//! every other is refused at registration, so that arguments fit the published schema in
//! either case (TOOL-25).

#[cfg(feature = "validation")]
mod by_schema;
#[cfg(not(feature = "validation"))]
mod by_type;
#[cfg(feature = "validation")]
mod instance;

#[cfg(feature = "validation")]
pub(crate) use by_schema::Validator;
#[cfg(not(feature = "validation"))]
pub(crate) use by_type::Validator;

use std::collections::BTreeMap;

use mcp_layers_core::jsonrpc::RawJson;
use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::Value;

/// The largest schema accepted, in bytes (SCHEMA-9).
pub(crate) const MAX_SCHEMA_BYTES: usize = 256 * 1024;

/// The schema of a type, in 2020-12.
pub(crate) fn of<T: JsonSchema>() -> RawJson {
    let schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>();
    RawJson::from_value(&schema).expect("a JSON Schema serialises")
}

/// A type's schema as that of a tool's arguments: one that says nothing, as that of
/// [`serde_json::Value`], is of any object (TOOL-9).
pub(crate) fn of_object(schema: RawJson) -> RawJson {
    const SILENT: [&str; 3] = ["$schema", "title", "description"];
    let says_nothing = match schema.to::<Value>() {
        Ok(Value::Bool(anything)) => anything,
        Ok(Value::Object(members)) => members.keys().all(|key| SILENT.contains(&key.as_str())),
        _ => false,
    };
    if !says_nothing {
        return schema;
    }
    RawJson::parse(r#"{"type":"object"}"#).expect("the literal is JSON")
}

/// The schema of a tool that takes nothing (TOOL-10).
pub(crate) fn of_nothing() -> RawJson {
    RawJson::parse(r#"{"type":"object","additionalProperties":false}"#)
        .expect("the literal is JSON")
}

/// The properties a type's schema names, where every value is to arrive as a string.
///
/// # Errors
///
/// Names a property that no string fits.
pub(crate) fn string_properties(schema: &RawJson) -> Result<Vec<Property>, String> {
    let properties = properties(schema);
    match properties.iter().find(|property| !property.admits("string")) {
        Some(Property { name, .. }) => {
            Err(format!("{name:?} arrives as a string, which its type does not take"))
        }
        None => Ok(properties),
    }
}

/// The properties a type's schema names.
pub(crate) fn properties(schema: &RawJson) -> Vec<Property> {
    #[derive(serde::Deserialize)]
    struct Object {
        #[serde(default)]
        properties: BTreeMap<String, Value>,
        #[serde(default)]
        required: Vec<String>,
    }
    let Ok(object) = schema.to::<Object>() else { return Vec::new() };
    let property = |(name, schema): (String, Value)| {
        let text = |key: &str| schema.get(key).and_then(Value::as_str).map(str::to_owned);
        let required = object.required.contains(&name);
        let (title, description) = (text("title"), text("description"));
        Property { name, title, description, required, schema }
    };
    object.properties.into_iter().map(property).collect()
}

/// Whether a type takes members that its schema does not name, as a map does.
pub(crate) fn takes_others(schema: &Value) -> bool {
    schema.get("additionalProperties").is_some_and(|others| *others != Value::Bool(false))
}

/// One property of an object's schema.
#[derive(Debug)]
pub(crate) struct Property {
    pub(crate) name: String,
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) required: bool,
    schema: Value,
}

impl Property {
    /// Whether its schema's own `type` leaves room for values of this one.
    pub(crate) fn admits(&self, json_type: &str) -> bool {
        match self.schema.get("type") {
            None => true,
            Some(Value::Array(types)) => types.iter().any(|name| name == json_type),
            Some(name) => name == json_type,
        }
    }
}
