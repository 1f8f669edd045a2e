//! The context is borrowed.
//
//~ take the `Context` itself, not a reference: it is cheap to clone

use mcp_stack::Context;

#[mcp_stack::tool]
fn version(cx: &Context) -> String {
    cx.protocol_version().to_string()
}

fn main() {}
