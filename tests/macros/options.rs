//! What stands in the brackets.

use std::time::Duration;

use mcp_stack::{McpService, ToolAnnotations, resource, tool};
use serde_json::json;
use tower::timeout::TimeoutLayer;

use crate::support::{call, list, listed};

const NAME: &str = "renamed";

/// Not this.
#[tool(
    name = NAME,
    title = format!("{} {}", "By", "expression"),
    description = concat!("This", "."),
    read_only = cfg!(test),
    destructive = false,
    idempotent,
    open_world = !cfg!(test),
)]
fn everything() -> &'static str {
    "called"
}

#[tokio::test]
async fn every_option_of_a_tool_is_in_its_entry() {
    // TOOL-30
    let (service, entry) = listed(everything_tool()).await;
    assert_eq!(
        entry,
        json!({
            "name": "renamed", "title": "By expression", "description": "This.",
            "inputSchema": { "type": "object", "additionalProperties": false },
            "annotations": {
                "readOnlyHint": true, "destructiveHint": false,
                "idempotentHint": true, "openWorldHint": false,
            },
        })
    );
    assert_eq!(call(&service, "renamed", json!({})).await, "called");
}

#[tokio::test]
async fn what_is_built_goes_on_like_any_other() {
    let tool = everything_tool()
        .with_title("Again")
        .with_annotations(ToolAnnotations::new().read_only(false))
        .layer(TimeoutLayer::new(Duration::from_secs(5)));
    let (service, entry) = listed(tool).await;
    assert_eq!(entry["title"], "Again");
    assert_eq!(entry["annotations"], json!({ "readOnlyHint": false }));
    assert_eq!(call(&service, "renamed", json!({})).await, "called");
}

/** Of several lines,
and    blanks. */
#[resource(uri = "test://documented", title = "T")]
fn documented() -> Vec<u8> {
    Vec::new()
}

#[tokio::test]
async fn a_block_comment_is_a_description_too() {
    let service = McpService::new("test", "1").with_resource(documented_resource());
    let service = service.expect("valid");
    let entry = &list(&service, "resources/list", "resources").await[0];
    assert_eq!(entry["description"], "Of several lines,\nand    blanks.");
    assert_eq!(entry["title"], "T");
}

/// A place where this crate has another name.
mod elsewhere {
    pub(super) mod stack {
        pub(crate) use ::mcp_stack::*;
    }
}

#[tool(crate = crate::options::elsewhere::stack)]
async fn by_another_path(value: u8) -> String {
    value.to_string()
}

#[tokio::test]
async fn the_crate_may_have_another_name() {
    let (service, _) = listed(by_another_path_tool()).await;
    assert_eq!(call(&service, "by_another_path", json!({ "value": 7 })).await, "7");
}
