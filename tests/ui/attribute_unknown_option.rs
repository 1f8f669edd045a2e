//! An option there is not.
//
//~ `#[tool]` has no option `colour`; it has `name`, `title`, `description`, `read_only`, `destructive`, `idempotent`, `open_world`, `crate`

#[mcp_stack::tool(colour = "red")]
fn greet(name: String) -> String {
    format!("Hello, {name}!")
}

fn main() {}
