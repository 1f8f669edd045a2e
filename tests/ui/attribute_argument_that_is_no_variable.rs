//! A template whose URI lacks a variable.
//
//~ `id` is no variable of the URI: write `{id}` where it stands in `users://{group}`

#[mcp_stack::resource(uri = "users://{group}")]
fn user(group: String, id: String) -> String {
    group + &id
}

fn main() {}
