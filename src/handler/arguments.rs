use std::{borrow::Cow, fmt, fmt::Write as _};

use mcp_layers_core::jsonrpc::RawJson;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use serde_path_to_error::{Path, Segment};

/// The arguments of a call.
#[derive(Debug, Clone)]
pub struct Arguments(RawJson);

impl Arguments {
    pub(crate) fn new(json: RawJson) -> Self {
        Self(json)
    }

    /// The members of a tree as arguments.
    pub(crate) fn of(members: &Map<String, Value>) -> Self {
        Self(RawJson::from_value(members).expect("a JSON tree serialises"))
    }

    /// Reads the arguments as a `T`.
    ///
    /// # Errors
    ///
    /// [`InvalidArguments`], which says what does not fit.
    pub fn to<T: DeserializeOwned>(&self) -> Result<T, InvalidArguments> {
        read(&self.0)
    }

    /// The arguments as JSON text.
    #[must_use]
    pub fn as_json(&self) -> &RawJson {
        &self.0
    }
}

/// Reads JSON text; where that fails, once more to learn where.
fn read<T: DeserializeOwned>(text: &RawJson) -> Result<T, InvalidArguments> {
    text.to().map_err(|error| {
        let mut json = serde_json::Deserializer::from_slice(text.as_bytes());
        match serde_path_to_error::deserialize::<_, T>(&mut json) {
            Ok(_) => InvalidArguments::new(error.to_string()),
            Err(error) => InvalidArguments::at(error.path(), error.inner()),
        }
    })
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

    /// Says what does not fit, with its place as a JSON pointer: of more use to a model
    /// than a line and a column.
    fn at(path: &Path, error: &serde_json::Error) -> Self {
        let mut message = String::new();
        for segment in path {
            let _ = match segment {
                Segment::Map { key } => write!(message, "/{key}"),
                Segment::Seq { index } => write!(message, "/{index}"),
                Segment::Enum { .. } | Segment::Unknown => Ok(()),
            };
        }
        if !message.is_empty() {
            message.push_str(": ");
        }
        let error = error.to_string();
        message.push_str(error.split(" at line ").next().unwrap_or(&error));
        Self::new(message)
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
