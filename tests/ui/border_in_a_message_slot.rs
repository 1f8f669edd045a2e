//! The border a second time, inside itself.
//
//~ `Negotiate<McpService>` is not a service of the message zone
//~ layers of the message zone

use mcp_stack::{McpService, Stack, layers::negotiate::NegotiateLayer};

fn main() {
    let service = McpService::new("demo", "1.0.0");
    let _ = Stack::new(service).with_session(NegotiateLayer::new());
}
