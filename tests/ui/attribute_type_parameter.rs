//! A function of many types.
//
//~ a handler's types are all settled: write the type in place of this parameter

#[mcp_stack::tool]
fn greet<T: std::fmt::Display>(name: T) -> String {
    format!("Hello, {name}!")
}

fn main() {}
