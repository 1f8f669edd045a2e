//! An option that is given twice.
//
//~ `title` is given twice

#[mcp_stack::tool(title = "Greet", title = "Meet")]
fn greet(name: String) -> String {
    format!("Hello, {name}!")
}

fn main() {}
