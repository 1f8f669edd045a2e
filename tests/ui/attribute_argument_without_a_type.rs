//! An argument whose type is left open.
//
//~ name this argument's type: it is read from JSON, and has a schema

#[mcp_stack::tool]
fn greet(name: impl std::fmt::Display) -> String {
    format!("Hello, {name}!")
}

fn main() {}
