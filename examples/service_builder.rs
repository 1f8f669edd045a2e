//! The default stack, written out: what `Stack::new(service)` stands for. Every
//! layer is there to see, to configure, to replace or to leave out.
//!
//!     cargo run --example service_builder -- 127.0.0.1:8080

use std::sync::Arc;

use mcp_stack::{
    BoxError, McpService, Server, Tool,
    layers::{
        cancellation::CancellationLayer, negotiate::NegotiateLayer,
        protocol_version::ProtocolVersionLayer, request_metadata::RequestMetadataLayer,
        session::SessionLayer, validate_host::ValidateHostLayer,
        validate_origin::ValidateOriginLayer,
    },
};
use tower::ServiceBuilder;

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let addr = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8080".into());
    let server = Server::bind(addr).await?;
    let shutdown = server.shutdown().clone();

    let service = McpService::new("service_builder", "1.0.0")
        .with_tool(Tool::new("hello", || "hello").with_description("Says hello"))?
        .with_shutdown(shutdown.clone());
    // Which arguments are repeated in headers: the registry knows.
    let mirrored = Arc::new(service.registry());

    let endpoint = ServiceBuilder::new()
        // The bytes zone: HTTP bodies. Here, in any order, goes whatever HTTP layer
        // you have: rate limits, authentication, tower-http's.
        .layer(ValidateHostLayer::new())
        .layer(ValidateOriginLayer::new())
        // The border.
        .layer(NegotiateLayer::new())
        // The message zone: JSON-RPC messages. A layer above the border does not
        // compile here, nor one of these above it.
        .layer(ProtocolVersionLayer::new())
        .layer(RequestMetadataLayer::new().with_mirrored_params(mirrored))
        .layer(SessionLayer::new().with_shutdown(shutdown.clone()))
        .layer(CancellationLayer::new().with_shutdown(shutdown))
        .service(service);

    println!("listening on {}", server.url());
    Ok(server.serve_service(endpoint).await?)
}
