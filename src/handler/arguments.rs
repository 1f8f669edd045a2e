use std::{borrow::Cow, fmt};

use mcp_layers_core::jsonrpc::RawJson;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The arguments of a call: JSON text, or the tree that was built to validate it.
#[derive(Debug, Clone)]
pub struct Arguments(Repr);

#[derive(Debug, Clone)]
enum Repr {
    Text(RawJson),
    Tree(Value),
}

impl Arguments {
    pub(crate) fn text(text: RawJson) -> Self {
        Self(Repr::Text(text))
    }

    pub(crate) fn tree(tree: Value) -> Self {
        Self(Repr::Tree(tree))
    }

    /// Reads the arguments as a `T`.
    ///
    /// # Errors
    ///
    /// [`InvalidArguments`], which says what does not fit.
    pub fn to<T: DeserializeOwned>(&self) -> Result<T, InvalidArguments> {
        match &self.0 {
            Repr::Text(text) => text.to(),
            Repr::Tree(tree) => T::deserialize(tree),
        }
        .map_err(|error| InvalidArguments::new(error.to_string()))
    }

    /// Reads the arguments as a `T`, without copying strings that were copied once.
    ///
    /// # Errors
    ///
    /// As [`to`](Self::to).
    pub fn into<T: DeserializeOwned>(self) -> Result<T, InvalidArguments> {
        match self.0 {
            Repr::Text(text) => text.to(),
            Repr::Tree(tree) => serde_json::from_value(tree),
        }
        .map_err(|error| InvalidArguments::new(error.to_string()))
    }

    /// The arguments as JSON text.
    #[must_use]
    pub fn to_json(&self) -> RawJson {
        match &self.0 {
            Repr::Text(text) => text.clone(),
            Repr::Tree(tree) => RawJson::from_value(tree).expect("a JSON tree serialises"),
        }
    }
}

/// The arguments do not fit. From 2025-11-25 on a tool's caller gets it as a tool
/// error that the model can read; before, and for prompts, as `-32602`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidArguments(Cow<'static, str>);

impl InvalidArguments {
    /// Says what does not fit; cut after 1,024 bytes, since such messages tend to
    /// repeat what was sent.
    pub fn new(message: impl Into<Cow<'static, str>>) -> Self {
        const MAX_LEN: usize = 1024;
        let message = message.into();
        if message.len() <= MAX_LEN {
            return Self(message);
        }
        let cut = message.floor_char_boundary(MAX_LEN);
        Self(format!("{}…", &message[..cut]).into())
    }
}

impl fmt::Display for InvalidArguments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invalid arguments: {}", self.0)
    }
}

impl std::error::Error for InvalidArguments {}

#[cfg(test)]
mod tests {
    use super::InvalidArguments;

    #[test]
    fn a_message_that_repeats_much_of_what_was_sent_is_cut() {
        let message = InvalidArguments::new("é".repeat(5000)).to_string();
        assert!(message.len() < 1100 && message.ends_with("é…"), "{}", message.len());
    }
}
