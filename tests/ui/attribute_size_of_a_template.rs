//! A template with the size of one resource.
//
//~ a template has no size: leave `size` out

#[mcp_stack::resource(uri = "users://{id}", size = 4)]
fn user(id: String) -> String {
    id
}

fn main() {}
