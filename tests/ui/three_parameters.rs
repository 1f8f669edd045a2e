//! A function of three parameters.
//
//~ this function cannot be a handler
//~ not one of `Fn()`, `Fn(Args)`, `Fn(Context)`, `Fn(Args, Context)`, sync or async

use mcp_stack::{Context, Tool};

fn main() {
    let _ = Tool::new("sum", |a: String, b: String, _: Context| a + &b);
}
