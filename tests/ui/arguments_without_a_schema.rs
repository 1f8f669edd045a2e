//! The arguments can be read, but not described.
//
//~ this function cannot be a handler
//~ `Args` must be owned and implement `serde::Deserialize` and `schemars::JsonSchema`

use mcp_stack::Tool;
use serde::Deserialize;

#[derive(Deserialize)]
struct Terms {
    a: i64,
}

fn main() {
    let _ = Tool::new("double", |terms: Terms| format!("{}", 2 * terms.a));
}
