//! An attribute on what cannot be called.
//
//~ `#[tool]` goes on a function

#[mcp_stack::tool]
pub struct Greet;

fn main() {}
