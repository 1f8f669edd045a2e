//! Clients of 2024-11-05 beside those of today: their stream is at `/sse` and their
//! messages go to `/messages`, through the same checks and limits as `/mcp`.
//!
//!     cargo run --example http_sse -- 127.0.0.1:8080

use std::time::Duration;

use mcp_stack::layers::rate_limit::{ByClientAddr, Rate, RateLimitLayer};
use mcp_stack::layers::{http_sse::HttpSseLayer, negotiate::NegotiateLayer};
use mcp_stack::{BoxError, Context, Form, InputError, McpService, Server, Stack, Tool};

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Steps {
    steps: u32,
}

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Named {
    name: String,
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let service = McpService::new("http_sse", "1.0.0")
        .with_tool(Tool::new("count", count).with_description("Counts, and says how far it is"))?
        .with_tool(Tool::new("greet", greet).with_description("Asks for a name"))?;
    let addr = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8080".into());
    let server = Server::bind(addr).await?.add_path("/sse").add_path("/messages");
    println!("listening on {}", server.url());

    let stack = Stack::new(service);
    let sse = HttpSseLayer::new().with_shutdown(stack.shutdown().clone());
    let rate = Rate::per_second(50)?.with_burst(200)?;
    let stack = stack
        .with_rate_limit(RateLimitLayer::new(rate, ByClientAddr))
        .with_bytes_layer(sse.with_max_streams(20))
        .with_negotiate(NegotiateLayer::new().with_max_body_bytes(64 * 1024));
    Ok(server.serve(stack).await?)
}

async fn count(to: Steps, cx: Context) -> Result<String, &'static str> {
    if to.steps > 100 {
        return Err("that is too far");
    }
    for step in 1..=to.steps {
        cx.progress(f64::from(step), Some(f64::from(to.steps)), None);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(format!("counted to {}", to.steps))
}

async fn greet(cx: Context) -> Result<String, InputError> {
    let named = cx.elicit("name", Form::<Named>::new("Who are you?")).await?.accepted();
    Ok(named.map_or("Hello, stranger!".into(), |Named { name }| format!("Hello, {name}!")))
}
