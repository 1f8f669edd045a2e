//! A layer that needs bodies of bytes stands inside `NegotiateLayer`.
//
//~ `Negotiate<Cors<McpService>>` cannot be served over HTTP
//~ what works on HTTP bodies (validate_host, validate_origin, tower-http's layers …) goes outside
//~ in a `ServiceBuilder`, above `NegotiateLayer`

use mcp_stack::{McpService, Server, layers::negotiate::NegotiateLayer};
use tower::ServiceBuilder;
use tower_http::cors::CorsLayer;

async fn serve(server: Server, service: McpService) {
    let endpoint = ServiceBuilder::new()
        .layer(NegotiateLayer::new())
        .layer(CorsLayer::permissive())
        .service(service);
    let _ = server.serve_service(endpoint).await;
}

fn main() {}
