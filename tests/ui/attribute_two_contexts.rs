//! The context is taken twice.
//
//~ a call has one `Context`: take it once, and clone it where it is needed twice

use mcp_stack::Context;

#[mcp_stack::tool]
fn version(one: Context, _two: Context) -> String {
    one.protocol_version().to_string()
}

fn main() {}
