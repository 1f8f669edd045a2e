//! A value that answers with a number.
//
//~ a handler cannot return `i64` where
//~ return text, content, `Json(value)`

use mcp_stack::{Context, Handle, ToolResult};

struct Answer;

impl Handle<ToolResult> for Answer {
    type Args = ();
    type Output = i64;

    async fn call(&self, (): (), _: Context) -> i64 {
        42
    }
}

fn main() {}
