//! An answer that belongs to the value.
//
//~ a handler's answer is owned: return `String` for `&str`, `T` for `&T`

struct Greeter(String);

#[mcp_stack::handlers]
impl Greeter {
    #[tool]
    fn greet(&self) -> Result<&str, String> {
        Ok(&self.0)
    }
}

fn main() {}
