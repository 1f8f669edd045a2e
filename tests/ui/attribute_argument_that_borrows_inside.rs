//! An argument that borrows within its type.
//
//~ take `String` for `&str`

#[mcp_stack::tool]
fn greet(names: Vec<(u8, Option<&'static str>)>) -> String {
    format!("Hello, {names:?}!")
}

fn main() {}
