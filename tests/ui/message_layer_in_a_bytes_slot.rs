//! A layer of the message zone in a slot outside the border.
//
//~ ValidateOrigin<Session<Negotiate<
//~ cannot be served over HTTP
//~ what works on messages (`McpService`; the layers protocol_version, request_metadata, session
//~ in a `Stack`, into a slot of the message zone

use mcp_stack::{McpService, Server, Stack, layers::session::SessionLayer};

async fn serve(server: Server, service: McpService) {
    let stack = Stack::new(service).with_bytes_layer(SessionLayer::new());
    let _ = server.serve(stack).await;
}

fn main() {}
