//! A layer of the message zone stands outside `NegotiateLayer`.
//
//~ `Session<Negotiate<McpService>>` cannot be served over HTTP
//~ what works on messages (`McpService`; the layers protocol_version, request_metadata, session
//~ in a `ServiceBuilder`, below `NegotiateLayer`

use mcp_stack::{
    McpService, Server,
    layers::{negotiate::NegotiateLayer, session::SessionLayer},
};
use tower::ServiceBuilder;

async fn serve(server: Server, service: McpService) {
    let endpoint = ServiceBuilder::new()
        .layer(SessionLayer::new())
        .layer(NegotiateLayer::new())
        .service(service);
    let _ = server.serve_service(endpoint).await;
}

fn main() {}
