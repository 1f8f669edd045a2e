//! A title that is not given.
//
//~ `title` needs a value: `title = …`

#[mcp_stack::tool(title)]
fn greet(name: String) -> String {
    format!("Hello, {name}!")
}

fn main() {}
