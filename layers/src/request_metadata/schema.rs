use std::{fmt, mem};

use http::HeaderName;
use mcp_layers_core::headers::MCP_PARAM_PREFIX;
use serde_json::{Map, Value};

use super::mirrored::{MirroredKind, MirroredParam};

/// The keyword of an input schema that has a property mirrored.
const KEYWORD: &str = "x-mcp-header";

/// Keywords whose members are named by the author and hold a schema each.
const NAMED: [&str; 6] =
    ["properties", "patternProperties", "dependentSchemas", "dependencies", "$defs", "definitions"];

/// Keywords whose value is data and holds no schema.
const DATA: [&str; 4] = ["const", "default", "enum", "examples"];

impl MirroredParam {
    /// Finds the properties of a tool's input schema that have `x-mcp-header`, in
    /// the order of the schema.
    ///
    /// Headers are seen and logged by every proxy on the way: never annotate a
    /// secret or personal data (META-30).
    ///
    /// ```
    /// use mcp_layers::request_metadata::MirroredParam;
    /// use serde_json::json;
    ///
    /// let params = MirroredParam::from_schema(&json!({
    ///     "type": "object",
    ///     "properties": { "region": { "type": "string", "x-mcp-header": "Region" } },
    /// }))?;
    /// assert_eq!(params[0].header(), "mcp-param-region");
    /// # Ok::<(), mcp_layers::request_metadata::InvalidMirroredParam>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidMirroredParam`], which names the place in the schema, for an
    /// annotation
    /// - that is no non-empty HTTP token (META-25),
    /// - that another property has too, up to letter case (META-26),
    /// - on a property whose `type` is not `string`, `integer` or `boolean`
    ///   (META-27),
    /// - that is not reached from the root through `properties` alone (META-28).
    pub fn from_schema(schema: &Value) -> Result<Vec<Self>, InvalidMirroredParam> {
        let mut walk = Walk { found: Vec::new(), path: Vec::new() };
        if let Value::Object(root) = schema {
            if root.contains_key(KEYWORD) {
                return Err(walk.invalid(InvalidMirroredParamKind::Unreachable));
            }
            walk.members(root)?;
        }
        Ok(walk.found)
    }
}

/// A walk along `properties`, which looks into everything else only to refuse
/// annotations there.
struct Walk<'s> {
    found: Vec<MirroredParam>,
    path: Vec<&'s str>,
}

impl<'s> Walk<'s> {
    fn members(&mut self, schema: &'s Map<String, Value>) -> Result<(), InvalidMirroredParam> {
        for (keyword, value) in schema {
            match (keyword.as_str(), value) {
                ("properties", Value::Object(properties)) => {
                    for (name, schema) in properties {
                        self.path.push(name);
                        self.property(schema)?;
                        self.path.pop();
                    }
                }
                (keyword, value) if is_annotated(keyword, value) => {
                    self.path.push(keyword);
                    return Err(self.invalid(InvalidMirroredParamKind::Unreachable)); // META-28
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn property(&mut self, schema: &'s Value) -> Result<(), InvalidMirroredParam> {
        let Value::Object(schema) = schema else { return Ok(()) };
        if let Some(annotation) = schema.get(KEYWORD) {
            let param = self.param(annotation, schema.get("type"))?;
            self.found.push(param);
        }
        self.members(schema)
    }

    fn param(
        &mut self,
        annotation: &Value,
        kind: Option<&Value>,
    ) -> Result<MirroredParam, InvalidMirroredParam> {
        let header = annotation
            .as_str()
            .filter(|suffix| !suffix.is_empty())
            .and_then(|suffix| HeaderName::try_from(format!("{MCP_PARAM_PREFIX}{suffix}")).ok())
            .ok_or_else(|| self.invalid(InvalidMirroredParamKind::NotAToken))?; // META-25
        if self.found.iter().any(|other| other.header == header) {
            return Err(self.invalid(InvalidMirroredParamKind::Repeated)); // META-26
        }
        let kind = match kind.and_then(Value::as_str) {
            Some("string") => MirroredKind::String,
            Some("integer") => MirroredKind::Integer,
            Some("boolean") => MirroredKind::Boolean,
            _ => return Err(self.invalid(InvalidMirroredParamKind::Type)), // META-27
        };
        let path = self.path.iter().map(|name| Box::from(*name)).collect();
        Ok(MirroredParam { header, path, kind })
    }

    fn invalid(&mut self, kind: InvalidMirroredParamKind) -> InvalidMirroredParam {
        InvalidMirroredParam { kind, place: mem::take(&mut self.path).join(".").into() }
    }
}

/// Whether there is an annotation anywhere in what a keyword holds.
fn is_annotated(keyword: &str, value: &Value) -> bool {
    match value {
        _ if DATA.contains(&keyword) => false,
        Value::Object(named) if NAMED.contains(&keyword) => {
            named.values().any(|schema| is_annotated("", schema))
        }
        Value::Object(schema) => {
            schema.contains_key(KEYWORD)
                || schema.iter().any(|(keyword, value)| is_annotated(keyword, value))
        }
        Value::Array(schemas) => schemas.iter().any(|schema| is_annotated("", schema)),
        _ => false,
    }
}

/// An `x-mcp-header` that cannot be served; its message says where and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidMirroredParam {
    kind: InvalidMirroredParamKind,
    place: Box<str>,
}

/// Why an `x-mcp-header` cannot be served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidMirroredParamKind {
    /// It is no non-empty HTTP token.
    NotAToken,
    /// Another property has the same, up to letter case.
    Repeated,
    /// The property's `type` is not `string`, `integer` or `boolean`.
    Type,
    /// It is not reached from the root through `properties` alone.
    Unreachable,
}

impl InvalidMirroredParam {
    /// Why.
    #[must_use]
    pub fn kind(&self) -> InvalidMirroredParamKind {
        self.kind
    }

    /// The names of the properties that lead to it, joined by dots; for an
    /// annotation that is not reached through properties, the keyword it is under
    /// comes last. Empty for the root.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }
}

impl fmt::Display for InvalidMirroredParam {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{KEYWORD}` at \"{}\" of the input schema ", self.place)?;
        f.write_str(match self.kind {
            InvalidMirroredParamKind::NotAToken => {
                "must be a non-empty HTTP token: letters, digits, and !#$%&'*+-.^_`|~"
            }
            InvalidMirroredParamKind::Repeated => {
                "is used twice: header names are compared without regard to case"
            }
            InvalidMirroredParamKind::Type => {
                "needs a property whose `type` is \"string\", \"integer\" or \"boolean\", \
                 and not a list of types: make the property optional, not nullable"
            }
            InvalidMirroredParamKind::Unreachable => {
                "must be on a property reached from the root through `properties` alone"
            }
        })
    }
}

impl std::error::Error for InvalidMirroredParam {}
