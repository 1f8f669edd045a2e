//! What is held across an await cannot change threads.
//
//~ future cannot be sent between threads safely

use std::rc::Rc;

#[mcp_stack::tool]
async fn answer() -> String {
    let answer = Rc::new(42);
    std::future::ready(()).await;
    answer.to_string()
}

fn main() {}
