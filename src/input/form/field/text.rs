use mcp_layers_core::protocol::ProtocolVersion;
use serde_json::{Map, Value};

use super::{Field, FieldKind, Format, Sealed, property};

/// Text.
#[derive(Debug, Clone, Default)]
pub struct Text {
    min_length: Option<u32>,
    max_length: Option<u32>,
    format: Option<Format>,
    default: Option<String>,
}

impl Field<Text> {
    /// Text.
    pub fn string(name: impl Into<String>) -> Self {
        Self::of(name, Text::default())
    }

    /// The fewest characters (Unicode scalar values).
    pub fn with_min_length(mut self, characters: u32) -> Self {
        self.kind.min_length = Some(characters);
        self
    }

    /// The most characters (Unicode scalar values).
    pub fn with_max_length(mut self, characters: u32) -> Self {
        self.kind.max_length = Some(characters);
        self
    }

    /// The format.
    pub fn with_format(mut self, format: Format) -> Self {
        self.kind.format = Some(format);
        self
    }

    /// What is filled in at first. Clients of 2025-06-18 do not get it (ELICIT-8).
    pub fn with_default(mut self, default: impl Into<String>) -> Self {
        self.kind.default = Some(default.into());
        self
    }
}

impl Sealed for Text {}

impl FieldKind for Text {
    fn check(&self) -> Result<(), String> {
        match (self.min_length, self.max_length) {
            (Some(min), Some(max)) if min > max => {
                Err(format!("has at least {min} characters, and at most {max}"))
            }
            _ => Ok(()),
        }
    }

    fn initial(&self) -> Option<Value> {
        self.default.clone().map(Value::String)
    }

    fn property(&self, _: ProtocolVersion) -> Result<Map<String, Value>, String> {
        Ok(property(
            "string",
            [
                ("minLength", self.min_length.map(Value::from)),
                ("maxLength", self.max_length.map(Value::from)),
                ("format", self.format.map(|format| format.name().into())),
            ],
        ))
    }

    fn read(&self, value: Value) -> Result<Value, String> {
        let Value::String(text) = &value else { return Err("must be a string".into()) };
        let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        if let Some(min) = self.min_length.filter(|min| length < *min) {
            return Err(format!("must have at least {min} characters"));
        }
        if let Some(max) = self.max_length.filter(|max| length > *max) {
            return Err(format!("must have at most {max} characters"));
        }
        match self.format {
            Some(format) if !format.admits(text) => Err(format!("must be {}", format.article())),
            _ => Ok(value),
        }
    }
}
