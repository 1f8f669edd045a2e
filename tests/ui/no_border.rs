//! There is no border between HTTP and the service.
//
//~ `McpService` cannot be served over HTTP
//~ what works on messages (`McpService`; 
//~ goes inside the border: in a `Stack`

use mcp_stack::{McpService, Server};

async fn serve(server: Server, service: McpService) {
    let _ = server.serve_service(service).await;
}

fn main() {}
