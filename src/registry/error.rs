use std::fmt;

/// An item that cannot be registered; the message names it and says why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterError {
    kind: RegisterErrorKind,
    message: String,
}

/// Why an item cannot be registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RegisterErrorKind {
    /// The name, URI or template is taken.
    Duplicate,
    /// The name, URI or template is malformed.
    InvalidName,
    /// A JSON Schema is not one, or not of an object.
    InvalidSchema,
    /// Another part is malformed: an icon, an argument.
    InvalidPart,
}

impl RegisterError {
    pub(crate) fn new(
        kind: RegisterErrorKind,
        sort: &str,
        key: &str,
        fault: impl fmt::Display,
    ) -> Self {
        Self { kind, message: format!("{sort} {key:?}: {fault}") }
    }

    pub(crate) fn duplicate(sort: &str, key: &str) -> Self {
        Self::new(
            RegisterErrorKind::Duplicate,
            sort,
            key,
            "is registered already; replace it to change it",
        )
    }

    /// Why.
    #[must_use]
    pub fn kind(&self) -> RegisterErrorKind {
        self.kind
    }
}

impl fmt::Display for RegisterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for RegisterError {}
