//! A hint on a prompt.
//
//~ `#[prompt]` has no option `read_only`; it has `name`, `title`, `description`, `crate`

#[mcp_stack::prompt(read_only)]
fn greet(name: String) -> String {
    format!("Greet {name}.")
}

fn main() {}
