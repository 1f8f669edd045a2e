//! Something that stays on its thread is held while the handler waits.
//
//~ future cannot be sent between threads safely
//~ `Rc<i32>`

use std::rc::Rc;

use mcp_stack::Tool;

fn main() {
    let _ = Tool::new("count", async || {
        let count = Rc::new(1);
        tokio::task::yield_now().await;
        count.to_string()
    });
}
