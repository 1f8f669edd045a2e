//! A method that wants its value for itself.
//
//~ take `&self`: calls run at the same time, so keep what changes in an atomic or a `Mutex`

struct Counter(u64);

#[mcp_stack::handlers]
impl Counter {
    #[tool]
    async fn count(&mut self) -> String {
        self.0 += 1;
        self.0.to_string()
    }
}

fn main() {}
