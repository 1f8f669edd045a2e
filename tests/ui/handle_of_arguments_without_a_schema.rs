//! The arguments of a value that handles can be read, but not described.
//
//~ `Terms` cannot be the arguments of a handler
//~ derive `serde::Deserialize` and `schemars::JsonSchema` for `Terms`

use mcp_stack::{Context, Handle, ToolResult};

#[derive(serde::Deserialize)]
struct Terms {
    a: i64,
}

struct Double;

impl Handle<ToolResult> for Double {
    type Args = Terms;
    type Output = String;

    async fn call(&self, terms: Terms, _: Context) -> String {
        (2 * terms.a).to_string()
    }
}

fn main() {}
