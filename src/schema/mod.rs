//! JSON Schemas: from types, from authors, and compiled to validate with.
//!
//! A schema without `$schema` is read as 2020-12; drafts 4, 6, 7 and 2019-09 are
//! known too (SCHEMA-1…3). References outside the schema are never fetched, and
//! a schema that has one is refused (SCHEMA-5, SCHEMA-8).

#[cfg(feature = "validation")]
mod instance;

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

/// A schema ready to validate with.
#[derive(Debug)]
pub(crate) struct Validator {
    #[cfg(feature = "validation")]
    compiled: jsonschema::Validator<instance::Borrowed>,
}

impl Validator {
    /// Compiles a schema.
    #[cfg(feature = "validation")]
    pub(crate) fn compile(schema: &Value) -> Result<Self, String> {
        jsonschema::options_for()
            .with_draft(draft_of(schema)?)
            .build(schema)
            .map(|compiled| Self { compiled })
            .map_err(|error| error.to_string())
    }

    #[cfg(not(feature = "validation"))]
    pub(crate) fn compile(_: &Value) -> Result<Self, String> {
        Ok(Self {})
    }

    /// Says what does not fit, with the place: at most five faults.
    #[cfg(feature = "validation")]
    pub(crate) fn validate(&self, json: &RawJson) -> Result<(), String> {
        let instance: instance::Instance<'_> = json.to().map_err(|error| error.to_string())?;
        if self.compiled.is_valid(&instance) {
            return Ok(());
        }
        let faults = self.compiled.iter_errors(&instance).take(5).map(|fault| {
            let what = match fault.kind() {
                // As in the schema of a tool that takes nothing. The words for it
                // would be "False schema does not allow value".
                jsonschema::error::ValidationErrorKind::FalseSchema => {
                    "nothing is allowed here".to_owned()
                }
                _ => fault.masked().to_string(),
            };
            match fault.instance_path().as_str() {
                "" => what,
                path => format!("{path}: {what}"),
            }
        });
        Err(faults.collect::<Vec<_>>().join("; "))
    }

    #[cfg(not(feature = "validation"))]
    pub(crate) fn validate(&self, _: &RawJson) -> Result<(), String> {
        Ok(())
    }
}

/// The dialect a schema declares; 2020-12 if it declares none (SCHEMA-1, SCHEMA-2).
#[cfg(feature = "validation")]
fn draft_of(schema: &Value) -> Result<jsonschema::Draft, String> {
    use jsonschema::Draft;
    let Some(uri) = schema.get("$schema") else { return Ok(Draft::Draft202012) };
    match uri.as_str().map(|uri| uri.trim_end_matches('#')) {
        Some("https://json-schema.org/draft/2020-12/schema") => Ok(Draft::Draft202012),
        Some("https://json-schema.org/draft/2019-09/schema") => Ok(Draft::Draft201909),
        Some("http://json-schema.org/draft-07/schema") => Ok(Draft::Draft7),
        Some("http://json-schema.org/draft-06/schema") => Ok(Draft::Draft6),
        Some("http://json-schema.org/draft-04/schema") => Ok(Draft::Draft4),
        _ => Err(format!("the dialect {uri} is not supported; 2020-12, 2019-09, 7, 6 and 4 are")),
    }
}

#[cfg(all(test, feature = "validation"))]
mod tests {
    use super::*;

    #[test]
    fn an_argument_of_a_tool_that_takes_none_is_refused_in_plain_words() {
        // TOOL-10, TOOL-25
        let schema = of_nothing().to().expect("JSON");
        let nothing = Validator::compile(&schema).expect("a schema");
        assert_eq!(nothing.validate(&RawJson::empty_object()), Ok(()));
        let one = RawJson::parse(r#"{"a":1}"#).expect("JSON");
        let fault = nothing.validate(&one).expect_err("one argument too many");
        assert_eq!(fault, "nothing is allowed here");
    }
}
