//! A layer that needs bodies of bytes stands where bodies are messages.
//
//~ `Cors<McpService>` is not a service of the message zone
//~ expected `Service<http::Request<Inbound>, Response = http::Response<Outbound>>`
//~ go outside `NegotiateLayer`: in a `Stack`, into `with_bytes_layer`; in a `ServiceBuilder`, above it

use mcp_stack::{McpService, Stack};
use tower_http::cors::CorsLayer;

fn main() {
    let service = McpService::new("demo", "1.0.0");
    let _ = Stack::new(service).with_message_layer(CorsLayer::permissive());
}
