//! A block that implements a trait.
//
//~ `#[handlers]` goes on an `impl` block without a trait

struct Greeter;

#[mcp_stack::handlers]
impl Iterator for Greeter {
    type Item = ();

    #[tool]
    fn next(&mut self) -> Option<()> {
        None
    }
}

fn main() {}
