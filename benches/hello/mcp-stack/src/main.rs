//! The README's server in ten lines.

use mcp_stack::{BoxError, McpService, Server, Stack, Tool};

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Greet {
    name: String,
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let greet = Tool::new("greet", |args: Greet| format!("Hello, {}!", args.name));
    let service = McpService::new("greeter", "1.0.0").with_tool(greet)?;
    Ok(Server::bind("127.0.0.1:8080").await?.serve(Stack::new(service)).await?)
}
