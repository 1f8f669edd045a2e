//! A number is no content.
//
//~ this function cannot be a handler
//~ the return type must be text, content, `Json(value)`, or a `Result` of one of these

use mcp_stack::Tool;

fn main() {
    let _ = Tool::new("answer", || 42);
}
