//! Resources: text, bytes, and a template.

use mcp_stack::{CompletionRequest, Resource, ResourceTemplate};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::PIXEL;

/// The resource that a client may watch.
pub(crate) const WATCHED: &str = "test://watched-resource";

const STATIC_TEXT: &str = "This is the content of the static text resource.";

pub(crate) fn all() -> [Resource; 3] {
    [
        Resource::new("test://static-text", "static-text", || STATIC_TEXT)
            .with_description("Text that never changes")
            .with_mime_type("text/plain"),
        Resource::new("test://static-binary", "static-binary", || PIXEL)
            .with_description("Bytes that never change")
            .with_mime_type("image/png"),
        Resource::new(WATCHED, "watched-resource", || "Watched content.")
            .with_description("Text that a client may watch")
            .with_mime_type("text/plain"),
    ]
}

pub(crate) fn template() -> ResourceTemplate {
    ResourceTemplate::new("test://template/{id}/data", "template", |record: Record| {
        let data = format!("Data for ID: {}", record.id);
        json!({ "id": record.id, "templateTest": true, "data": data }).to_string()
    })
    .with_description("The data of any id")
    .with_mime_type("application/json")
    .with_completion("id", |typed: CompletionRequest| {
        let mut ids = vec!["123", "124", "456"];
        ids.retain(|id| id.starts_with(&typed.value));
        ids
    })
}

#[derive(Deserialize, JsonSchema)]
struct Record {
    id: String,
}
