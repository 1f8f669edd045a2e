//! The service of `stack` and `layers`: the tools of `tools.json`, three of which are
//! called.

use std::sync::Arc;

use anyhow::Result;
use mcp_stack::layers::session::{MemoryStore, SessionLayer};
use mcp_stack::{BoxError, Context, McpService, RawJson, Tool, ToolResult};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A tool as `tools.json` has it.
#[derive(Deserialize)]
struct Listed {
    name: String,
    description: String,
    #[serde(rename = "inputSchema")]
    input_schema: RawJson,
}

#[derive(Deserialize, JsonSchema)]
struct Echo {
    text: String,
}

#[derive(Deserialize, JsonSchema)]
struct Add {
    a: i64,
    b: i64,
}

#[derive(Serialize)]
struct Sum {
    sum: i64,
}

#[derive(Deserialize, JsonSchema)]
struct Steps {
    steps: u32,
}

/// The service that lists exactly the tools that every server lists.
///
/// # Errors
///
/// If the list cannot be read.
pub fn service() -> Result<McpService> {
    let listed: Vec<Listed> = serde_json::from_str(include_str!("../tools.json"))?;
    let service = McpService::new("stack", env!("CARGO_PKG_VERSION"));
    Ok(listed.into_iter().map(tool).try_fold(service, McpService::with_tool)?)
}

/// Adds `change`, which changes the list of tools and so tells every open stream.
///
/// # Errors
///
/// If there is such a tool.
pub fn with_change(service: McpService) -> Result<McpService> {
    let registry = service.registry();
    let change = Tool::new("change", move || {
        registry.update(|draft| draft.replace_tool(Tool::new("other", || "other")))?;
        Ok::<_, BoxError>("changed")
    });
    Ok(service.with_tool(change)?)
}

fn tool(listed: Listed) -> Tool {
    let tool = match listed.name.as_str() {
        "echo" => Tool::new("echo", |args: Echo| args.text),
        "add" => Tool::new("add", add),
        "progress" => Tool::new("progress", progress),
        name => Tool::new(name, || "not called by any workload"),
    };
    tool.with_description(listed.description).with_input_schema(listed.input_schema)
}

/// The list in `tools.json` has no output schema: a `ToolResult` brings none.
fn add(args: Add) -> Result<ToolResult, serde_json::Error> {
    ToolResult::structured(&Sum { sum: args.a + args.b })
}

/// Gives way after each report, as work that takes time does.
async fn progress(args: Steps, cx: Context) -> &'static str {
    let total = Some(f64::from(args.steps));
    for step in 1..=args.steps {
        cx.progress(f64::from(step), total, None);
        tokio::task::yield_now().await;
    }
    "done"
}

/// The default sessions, but with room: one benchmark opens more than the default allows.
pub fn sessions() -> SessionLayer {
    SessionLayer::with_store(Arc::new(MemoryStore::new().with_max_sessions(1_000_000)))
}
