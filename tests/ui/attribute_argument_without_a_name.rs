//! An argument that is taken apart.
//
//~ give this parameter a name, which is the argument's, and take it apart in the body

#[mcp_stack::tool]
fn add((a, b): (i64, i64)) -> String {
    (a + b).to_string()
}

fn main() {}
