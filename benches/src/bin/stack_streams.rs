//! The default stack with one tool, `change`, that changes the list of tools; for
//! `streams`.
//!
//!     cargo run --release --bin stack_streams -- 127.0.0.1:8080

use anyhow::{Context as _, Result};
use mcp_stack::{BoxError, McpService, Server, Stack, Tool};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let addr: String = pico_args::Arguments::from_env().free_from_str()?;
    let service = McpService::new("streams", env!("CARGO_PKG_VERSION"));
    let registry = service.registry();
    let change = Tool::new("change", move || {
        registry.update(|draft| draft.replace_tool(Tool::new("other", || "other")))?;
        Ok::<_, BoxError>("changed")
    });
    let service = service.with_tool(change)?;
    let server = Server::bind(&*addr).await.context("binding the address")?;
    println!("listening on {}", server.url());
    Ok(server.serve(Stack::new(service)).await?)
}
