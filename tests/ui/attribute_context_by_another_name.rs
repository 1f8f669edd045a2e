//! The context is hidden behind an alias.
//
//~ `mcp_stack::Context` cannot be the argument of a handler
//~ if it is meant to be the `Context` of the call: that is recognised by its name

use mcp_stack::Context as Cx;

#[mcp_stack::tool]
fn double(cx: Cx) -> String {
    cx.protocol_version().to_string()
}

fn main() {}
