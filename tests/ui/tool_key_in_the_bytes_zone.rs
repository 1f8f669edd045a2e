//! A limit for each tool, where no tool is known yet.
//
//~ RateLimit<Negotiate<
//~ cannot be served over HTTP
//~ limits by tool or method) goes inside the border: in a `Stack`, into a slot of the message zone

use mcp_stack::{
    McpService, Server, Stack,
    layers::rate_limit::{ByToolName, Rate, RateLimitLayer},
};

async fn serve(server: Server, service: McpService, rate: Rate) {
    let stack = Stack::new(service).with_rate_limit(RateLimitLayer::new(rate, ByToolName));
    let _ = server.serve(stack).await;
}

fn main() {}
