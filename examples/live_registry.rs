//! Tools that come and go while clients listen: `open_shop` adds a tool, `close_shop`
//! removes it again, and clients that listen are told that the list has changed.
//!
//!     cargo run --example live_registry

use mcp_stack::{BoxError, McpService, Registry, Server, Stack, Tool};
use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Deserialize, JsonSchema)]
struct Order {
    /// What to buy.
    item: String,
}

fn service() -> Result<McpService, BoxError> {
    let service = McpService::new("shop", "1.0.0");
    let (opening, closing) = (service.registry(), service.registry());
    let open = Tool::new("open_shop", move || open(&opening));
    let close = Tool::new("close_shop", move || match closing.has_tool("buy") {
        true => closing.update(|draft| Ok(draft.remove_tool("buy"))).map(|_| "closed"),
        false => Ok("not open"),
    });
    Ok(service
        .with_tool(open.with_description("Opens the shop: then there is a tool to buy things"))?
        .with_tool(close.with_description("Closes the shop again"))?)
}

/// A change is seen by the next request; calls that run already go on.
fn open(registry: &Registry) -> Result<&'static str, mcp_stack::RegisterError> {
    let buy =
        Tool::new("buy", |order: Order| format!("One {}, please pay at the desk.", order.item))
            .with_description("Buys one thing");
    // `add_tool` would refuse a second one.
    registry.update(|draft| draft.replace_tool(buy))?;
    Ok("open")
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let addr = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8080".into());
    let server = Server::bind(addr).await?;
    println!("listening on {}", server.url());
    Ok(server.serve(Stack::new(service()?)).await?)
}
