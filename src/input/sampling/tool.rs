use mcp_layers_core::jsonrpc::RawJson;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::schema;

/// A tool that the model may ask for. The handler that sampled runs it.
///
/// ```
/// use mcp_stack::SamplingTool;
/// use schemars::JsonSchema;
///
/// #[derive(serde::Deserialize, JsonSchema)]
/// struct Place { city: String }
///
/// let tool = SamplingTool::of::<Place>("get_weather").with_description("Tells the weather");
/// # let _ = tool;
/// ```
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
pub struct SamplingTool {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    input_schema: RawJson,
}

impl SamplingTool {
    /// A tool whose input has this schema, of `"type": "object"`.
    pub fn new(name: impl Into<String>, input_schema: RawJson) -> Self {
        Self { name: name.into(), description: None, input_schema: input_schema.compact() }
    }

    /// A tool whose input is a `T`.
    pub fn of<T: JsonSchema>(name: impl Into<String>) -> Self {
        Self::new(name, schema::of_object(schema::of::<T>()))
    }

    /// What the tool does, for the model.
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    pub(super) fn check(&self) -> Result<(), String> {
        let schema = self.input_schema.to::<Value>().unwrap_or_default();
        match schema.get("type").is_some_and(|kind| kind == "object") {
            true => Ok(()),
            false => Err(format!("the schema of the tool {:?} must be of an object", self.name)),
        }
    }
}

/// Whether the model uses tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "mode", rename_all = "lowercase")]
pub enum ToolChoice {
    /// As it likes.
    Auto,
    /// At least one.
    Required,
    /// None.
    None,
}
