//! A resource that is nowhere.
//
//~ a resource needs a URI: `#[resource(uri = "scheme://path")]`

#[mcp_stack::resource]
fn readme() -> &'static str {
    "# Read me"
}

fn main() {}
