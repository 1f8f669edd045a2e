use mcp_layers_core::protocol::ProtocolVersion;
use serde_json::{Map, Value};

use super::{Field, FieldKind, Sealed, property};

/// Yes or no.
#[derive(Debug, Clone, Default)]
pub struct Boolean {
    default: Option<bool>,
}

impl Field<Boolean> {
    /// Yes or no.
    pub fn boolean(name: impl Into<String>) -> Self {
        Self::of(name, Boolean::default())
    }

    /// What is chosen at first.
    pub fn with_default(mut self, default: bool) -> Self {
        self.kind.default = Some(default);
        self
    }
}

impl Sealed for Boolean {}

impl FieldKind for Boolean {
    fn check(&self) -> Result<(), String> {
        Ok(())
    }

    fn initial(&self) -> Option<Value> {
        self.default.map(Value::Bool)
    }

    fn property(&self, _: ProtocolVersion) -> Result<Map<String, Value>, String> {
        Ok(property("boolean", []))
    }

    fn read(&self, value: Value) -> Result<Value, String> {
        match value {
            Value::Bool(_) => Ok(value),
            _ => Err("must be true or false".into()),
        }
    }
}
