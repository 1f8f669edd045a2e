//! A block without handlers.
//
//~ no method here is marked with `#[tool]`, `#[prompt]` or `#[resource]`

struct Greeter(String);

#[mcp_stack::handlers]
impl Greeter {
    fn greet(&self) -> String {
        self.0.clone()
    }
}

fn main() {}
