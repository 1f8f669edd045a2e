//! The argument can be described, but not read.
//
//~ `Terms` cannot be the argument of a handler
//~ derive `serde::Deserialize` and `schemars::JsonSchema` for `Terms`

#[derive(schemars::JsonSchema)]
struct Terms {
    a: i64,
}

#[mcp_stack::tool]
fn double(terms: Terms) -> String {
    format!("{}", 2 * terms.a)
}

fn main() {}
