use std::{borrow::Cow, fmt};

/// The text is no URI template, or none that can be matched; the message says why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidUriTemplate(Cow<'static, str>);

impl InvalidUriTemplate {
    pub(super) fn new(fault: impl Into<Cow<'static, str>>) -> Self {
        Self(fault.into())
    }
}

impl fmt::Display for InvalidUriTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the URI template {}", self.0)
    }
}

impl std::error::Error for InvalidUriTemplate {}

/// A URI that cannot be built from a template; the message says why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpandError {
    kind: ExpandErrorKind,
    message: String,
}

/// Why a URI cannot be built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExpandErrorKind {
    /// No template has this name.
    UnknownTemplate,
    /// The template has no such variable.
    UnknownVariable,
    /// The first characters are wanted of what is a list or an associative array.
    PrefixOfMany,
    /// The template would not match the URI: a value is missing or empty, or one
    /// that the template refuses.
    Unreadable,
}

impl ExpandError {
    pub(crate) fn new(kind: ExpandErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// Why.
    #[must_use]
    pub fn kind(&self) -> ExpandErrorKind {
        self.kind
    }
}

impl fmt::Display for ExpandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ExpandError {}
