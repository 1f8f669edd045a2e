//! A method whose `impl` block is not marked.
//
//~ put `#[mcp_stack::handlers]` on that

use mcp_stack::tool;

struct Greeter;

impl Greeter {
    #[tool]
    fn greet(&self) -> String {
        "Hello!".into()
    }
}

fn main() {}
