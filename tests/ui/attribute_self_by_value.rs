//! A method that uses its value up.
//
//~ take `&self` or `self: Arc<Self>`: the value serves every call, so none can use it up

struct Greeter(String);

#[mcp_stack::handlers]
impl Greeter {
    #[tool]
    fn greet(self) -> String {
        self.0
    }
}

fn main() {}
