//! An argument that borrows.
//
//~ an argument is owned
//~ take `String` for `&str`, `Vec<T>` for `&[T]`, `T` for `&T`

#[mcp_stack::tool]
fn greet(name: &str) -> String {
    format!("Hello, {name}!")
}

fn main() {}
