//! An argument of the type that the method belongs to, by no name.
//
//~ write the type's name here instead of `Self`

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Point(i64, i64);

#[mcp_stack::handlers]
impl Point {
    #[tool]
    fn add(&self, other: Option<Self>) -> String {
        other.map_or(self.0, |other| self.0 + other.0).to_string()
    }
}

fn main() {}
