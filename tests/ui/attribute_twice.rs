//! A method that is to be two things.
//
//~ a function becomes one item: call it from another function for a second

struct Greeter;

#[mcp_stack::handlers]
impl Greeter {
    #[tool]
    #[mcp_stack::prompt]
    fn greet(&self) -> String {
        "Hello!".into()
    }
}

fn main() {}
