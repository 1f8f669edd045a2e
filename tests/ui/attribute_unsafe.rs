//! A function that its caller has to take care of.
//
//~ a handler is called by clients, so it cannot be `unsafe`

#[mcp_stack::tool]
unsafe fn greet() -> String {
    "Hello!".into()
}

fn main() {}
