//! The catalogue that `tools/list` serialises: 22 tools, read once from `tools.json`.

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

#[derive(Deserialize, Serialize)]
pub(crate) struct Tool {
    name: String,
    description: String,
    /// Kept as text, as a server keeps what it was given at registration.
    #[serde(rename = "inputSchema")]
    input_schema: Box<RawValue>,
}

pub(crate) fn catalogue() -> Result<Vec<Tool>> {
    serde_json::from_str(include_str!("../../../tools.json")).context("tools.json")
}
