//! A number is no content.
//
//~ a handler cannot return `i32` where
//~ return text, content, `Json(value)`

#[mcp_stack::tool]
async fn answer() -> i32 {
    42
}

fn main() {}
