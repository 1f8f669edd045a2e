use schemars::JsonSchema;
use serde::de::DeserializeOwned;

/// A type that a parameter under `#[tool]` and its like can have.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the argument of a handler",
    label = "cannot be read from JSON, or has no schema",
    note = "derive `serde::Deserialize` and `schemars::JsonSchema` for `{Self}`, without borrowed fields",
    note = "if it is meant to be the `Context` of the call: that is recognised by its name"
)]
pub trait Parameter {}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned + JsonSchema> Parameter for T {}

/// Demands of `T` what a parameter needs; the number means nothing.
#[must_use]
pub const fn checked<T: Parameter>() -> usize {
    0
}

/// A field's type, written as `<[(); checked::<T>()] as As<T>>::Type`.
///
/// That is `T`. Where `T` is no [`Parameter`] the length of the array is an error, and so
/// is the field's type, of which the compiler then says no more: one error in words
/// that help, and none about the code that the derives write.
pub trait As<T> {
    /// `T`.
    type Type;
}

impl<T, const N: usize> As<T> for [(); N] {
    type Type = T;
}
