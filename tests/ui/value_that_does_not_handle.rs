//! A value without `Handle` is no handler.
//
//~ this function cannot be a handler
//~ a handler with state of its own may be a value that implements `mcp_stack::Handle`

use mcp_stack::Tool;

struct Greeter;

fn main() {
    let _ = Tool::new("greet", Greeter);
}
