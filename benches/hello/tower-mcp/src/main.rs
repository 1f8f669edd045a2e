//! The README's server, by tower-mcp.

use tower_mcp::{BoxError, CallToolResult, HttpTransport, McpRouter, ToolBuilder};

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Greet {
    name: String,
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let greet = ToolBuilder::new("greet").handler(|args: Greet| async move {
        Ok(CallToolResult::text(format!("Hello, {}!", args.name)))
    });
    let router = McpRouter::new().server_info("greeter", "1.0.0").tool(greet.build());
    Ok(HttpTransport::new(router).serve("127.0.0.1:8080").await?)
}
