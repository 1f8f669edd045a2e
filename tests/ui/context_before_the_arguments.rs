//! The context comes first.
//
//~ this function cannot be a handler
//~ arguments come before the `Context`

use mcp_stack::{Context, Tool};
use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Deserialize, JsonSchema)]
struct Terms {
    a: i64,
}

fn main() {
    let _ = Tool::new("double", |_: Context, terms: Terms| format!("{}", 2 * terms.a));
}
