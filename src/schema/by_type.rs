//! The schemas of types, by reading values into those types.
//!
//! `serde` checks what a type is made of: JSON types, required members, enums, the range
//! of an integer type. It does not check what attributes add to a type's schema: limits
//! on numbers and lengths, patterns. A schema with one of those is refused here.

use mcp_layers_core::jsonrpc::RawJson;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{Arguments, InvalidArguments};

/// How values are held to a schema.
#[derive(Debug)]
pub(crate) struct Validator {
    /// The schema is that of a tool that takes nothing, which therefore reads nothing.
    of_nothing: bool,
}

/// No member.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

impl Validator {
    /// Refuses a schema that says more than reading a value checks.
    pub(crate) fn compile(schema: &Value) -> Result<Self, String> {
        if let Some(place) = unchecked(schema) {
            return Err(format!(
                "has {place}, which is checked with the feature \"validation\" of mcp-stack only"
            ));
        }
        Ok(Self {
            of_nothing: super::of_nothing().to().is_ok_and(|nothing: Value| *schema == nothing),
        })
    }

    /// The arguments, for the handler to read.
    pub(crate) fn accept(&self, arguments: RawJson) -> Result<Arguments, InvalidArguments> {
        if self.of_nothing && arguments.to::<Nothing>().is_err() {
            return Err(InvalidArguments::new("nothing is allowed here")); // TOOL-10
        }
        Ok(Arguments::new(arguments))
    }

    /// What a type writes is what its schema says.
    pub(crate) fn check(&self, _: &RawJson) -> Result<(), String> {
        Ok(())
    }
}

/// Where a schema says what reading a value does not check, as a JSON pointer.
fn unchecked(schema: &Value) -> Option<String> {
    let members = schema.as_object()?;
    members.iter().find_map(|(keyword, value)| {
        let inside = match (keyword.as_str(), value) {
            ("properties" | "patternProperties" | "$defs", Value::Object(schemas)) => schemas
                .iter()
                .find_map(|(name, schema)| Some(format!("/{name}{}", unchecked(schema)?))),
            ("allOf" | "anyOf" | "oneOf" | "prefixItems", Value::Array(schemas)) => schemas
                .iter()
                .enumerate()
                .find_map(|(index, schema)| Some(format!("/{index}{}", unchecked(schema)?))),
            (
                "additionalProperties" | "items" | "propertyNames" | "unevaluatedProperties",
                schema,
            ) => unchecked(schema),
            _ => is_limit(keyword, value, members).then(String::new),
        };
        inside.map(|inside| format!("/{keyword}{inside}"))
    })
}

/// Whether a keyword limits values beyond their type.
fn is_limit(keyword: &str, value: &Value, members: &Map<String, Value>) -> bool {
    match keyword {
        "minimum" | "maximum" => !is_of_the_type(keyword, value, members),
        "minItems" | "maxItems" => {
            // Of a tuple.
            let items = members.get("prefixItems").and_then(Value::as_array).map(Vec::len);
            items.is_none() || value.as_u64() != items.map(|len| len as u64)
        }
        "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" | "minLength" | "maxLength"
        | "pattern" | "contains" | "minProperties" | "maxProperties" => true,
        _ => false,
    }
}

/// Whether a limit is that of the Rust type which `format` names.
fn is_of_the_type(keyword: &str, value: &Value, members: &Map<String, Value>) -> bool {
    let format = members.get("format").and_then(Value::as_str).unwrap_or_default();
    let own: i64 = match (format, keyword) {
        ("uint" | "uint8" | "uint16" | "uint32" | "uint64" | "uint128", "minimum") => 0,
        ("uint8", "maximum") => u8::MAX.into(),
        ("uint16", "maximum") => u16::MAX.into(),
        ("int8", "minimum") => i8::MIN.into(),
        ("int8", "maximum") => i8::MAX.into(),
        ("int16", "minimum") => i16::MIN.into(),
        ("int16", "maximum") => i16::MAX.into(),
        _ => return false,
    };
    value.as_i64() == Some(own)
}

#[cfg(test)]
#[expect(dead_code, reason = "types are here for their schemas")]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use schemars::JsonSchema;
    use serde_json::json;

    use super::*;
    use crate::schema::{of, of_nothing};

    fn compile<T: JsonSchema>() -> Result<Validator, String> {
        Validator::compile(&of::<T>().to().expect("a JSON Schema is JSON"))
    }

    #[test]
    fn what_a_type_is_made_of_needs_no_validation() {
        // TOOL-25
        #[derive(JsonSchema)]
        #[serde(tag = "sort")]
        enum Shape {
            Named { pattern: String, inside: Option<Box<Shape>> },
            Sized { bytes: u8, words: i16, all: u64, share: f32, pair: (f64, f64) },
        }
        #[derive(JsonSchema)]
        #[serde(deny_unknown_fields)]
        struct Everything {
            minimum: usize,
            email: Option<std::net::IpAddr>,
            shapes: Vec<Shape>,
            counts: BTreeMap<String, u16>,
            set: BTreeSet<i8>,
            whatever: Value,
        }
        compile::<Everything>().expect("reading it checks all that its schema says");
    }

    #[test]
    fn a_schema_that_says_more_than_its_type_is_refused_without_validation() {
        // TOOL-25
        #[derive(JsonSchema)]
        struct Deep {
            #[schemars(inner(length(max = 3)))]
            names: Vec<String>,
        }
        macro_rules! refused {
            ($($place:literal: { $($field:tt)+ })+) => {$({
                #[derive(JsonSchema)]
                struct Limited { $($field)+ }
                let fault = compile::<Limited>().expect_err($place);
                assert!(fault.contains($place) && fault.contains("\"validation\""), "{fault}");
            })+};
        }
        refused! {
            "/properties/a/minimum": { #[schemars(range(min = 1))] a: u32 }
            "/properties/a/maximum": { #[schemars(range(max = 100))] a: u8 }
            "/properties/a/minimum": { #[schemars(range(min = 0))] a: i64 }
            "/properties/a/minLength": { #[schemars(length(min = 1))] a: String }
            "/properties/a/maxItems": { #[schemars(length(max = 9))] a: Vec<bool> }
            "/properties/a/pattern": { #[schemars(regex(pattern = "^x"))] a: String }
            "/properties/a/pattern": { #[schemars(contains(pattern = "x"))] a: Option<String> }
            "/properties/a/exclusiveMinimum": { #[schemars(extend("exclusiveMinimum" = 0))] a: f64 }
            "/$defs/Deep/properties/names/items/maxLength": { a: Vec<Deep> }
        }
    }

    #[test]
    fn a_tool_that_takes_nothing_gets_nothing() {
        // TOOL-10, TOOL-25
        let schema: Value = of_nothing().to().expect("JSON");
        let nothing = Validator::compile(&schema).expect("a schema");
        let accept = |value: Value| nothing.accept(RawJson::from_value(&value).expect("JSON"));
        assert_eq!(accept(json!({})).expect("nothing").as_json().as_str(), "{}");
        let fault = accept(json!({ "a": 1 })).expect_err("one argument too many");
        assert_eq!(fault.to_string(), "invalid arguments: nothing is allowed here");
    }
}
