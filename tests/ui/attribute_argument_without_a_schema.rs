//! The argument can be read, but not described.
//
//~ `Terms` cannot be the argument of a handler
//~ cannot be read from JSON, or has no schema
//~ derive `serde::Deserialize` and `schemars::JsonSchema` for `Terms`

#[derive(serde::Deserialize)]
struct Terms {
    a: i64,
}

#[mcp_stack::tool]
fn double(terms: Terms) -> String {
    format!("{}", 2 * terms.a)
}

fn main() {}
