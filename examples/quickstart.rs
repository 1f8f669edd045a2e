//! A server with one tool. Run it, then follow the README with `curl`.

use mcp_stack::{BoxError, McpService, Server, Stack, Tool};
use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Deserialize, JsonSchema)]
struct Terms {
    a: i64,
    b: i64,
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let add = Tool::new("add", |terms: Terms| format!("{}", terms.a + terms.b))
        .with_description("Adds two integers");
    let service = McpService::new("quickstart", "1.0.0").with_tool(add)?;

    let addr = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8080".into());
    let server = Server::bind(addr).await?;
    println!("listening on {}", server.url());
    Ok(server.serve(Stack::new(service)).await?)
}
