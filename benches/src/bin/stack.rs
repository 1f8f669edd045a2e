//! The full default stack of `mcp-stack`, with the tools the workloads call.
//!
//!     cargo run --release --bin stack -- [--threads N] [--with-resume] 127.0.0.1:8080
//!
//! Like the floor it runs on one thread unless told otherwise, and lists exactly the 22
//! tools of `tools.json`. Nothing of the stack is replaced or left out.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use mcp_stack::layers::resume::ResumeLayer;
use mcp_stack::layers::session::{MemoryStore, SessionLayer};
use mcp_stack::{Context, McpService, RawJson, Server, Stack, Tool, ToolResult};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::runtime::Builder;

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

/// A tool as `tools.json` has it.
#[derive(Deserialize)]
struct Listed {
    name: String,
    description: String,
    #[serde(rename = "inputSchema")]
    input_schema: RawJson,
}

fn main() -> Result<()> {
    let mut args = pico_args::Arguments::from_env();
    let threads = args.opt_value_from_str("--threads")?.unwrap_or(1);
    let resume = args.contains("--with-resume");
    let addr: String = args.free_from_str()?;
    let runtime = match threads {
        1 => Builder::new_current_thread().enable_all().build(),
        threads => Builder::new_multi_thread().worker_threads(threads).enable_all().build(),
    };
    runtime?.block_on(serve(&addr, resume))
}

async fn serve(addr: &str, resume: bool) -> Result<()> {
    let listed: Vec<Listed> = serde_json::from_str(include_str!("../../tools.json"))?;
    let service = listed
        .into_iter()
        .map(tool)
        .try_fold(McpService::new("stack", env!("CARGO_PKG_VERSION")), McpService::with_tool)?;
    // The default, but for room: one benchmark opens more sessions than it has.
    let sessions = MemoryStore::new().with_max_sessions(1_000_000);
    let sessions = SessionLayer::with_store(Arc::new(sessions));
    let server = Server::bind(addr).await.context("binding the address")?;
    println!("listening on {}", server.url());
    let stack = Stack::new(service).with_session(sessions);
    match resume {
        true => server.serve(stack.with_resume(ResumeLayer::new())).await?,
        false => server.serve(stack).await?,
    }
    Ok(())
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
