use schemars::JsonSchema;
use serde::de::DeserializeOwned;

/// A type that a parameter under `#[tool]` and its like can have. The attributes name
/// each field's type by way of this trait, so that a type that cannot be one is
/// reported once and in words that help.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the argument of a handler",
    label = "cannot be read from JSON, or has no schema",
    note = "derive `serde::Deserialize` and `schemars::JsonSchema` for `{Self}`, without borrowed fields",
    note = "if it is meant to be the `Context` of the call: that is recognised by its name"
)]
pub trait Parameter {
    /// The type.
    type Itself;
}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned + JsonSchema> Parameter for T {
    type Itself = T;
}
