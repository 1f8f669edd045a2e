use std::fmt;

/// A form that cannot be asked; the message names the field and the fix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidForm(String);

impl InvalidForm {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }

    pub(super) fn field(name: &str, fault: impl fmt::Display) -> Self {
        Self(format!("the field {name:?} {fault}"))
    }
}

impl fmt::Display for InvalidForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidForm {}
