//! `_meta` members that authors add.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

/// The members of a `_meta` object.
///
/// A key is a name, or a prefix and a name, the prefix in reverse DNS order:
/// `com.example/build`. What the protocol keeps for itself is refused: prefixes
/// that have `modelcontextprotocol` or `mcp` for their second label, or before
/// another one (META-35…37).
///
/// ```
/// use mcp_stack::{Meta, ToolResult};
///
/// let meta = Meta::new().with("com.example/build", "1.4.0")?;
/// let result = ToolResult::default().with_meta(meta);
/// assert!(Meta::new().with("io.modelcontextprotocol/anything", 1).is_err());
/// # let _ = result;
/// # Ok::<(), mcp_stack::InvalidMeta>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Meta(Map<String, Value>);

impl Meta {
    /// No members yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a member, or replaces it.
    ///
    /// # Errors
    ///
    /// [`InvalidMeta`] for a malformed or reserved key, and for a value that does not
    /// serialise.
    pub fn with<T: Serialize>(
        mut self,
        key: impl Into<String>,
        value: T,
    ) -> Result<Self, InvalidMeta> {
        let key = key.into();
        let fail = |fault: &str| InvalidMeta(format!("the _meta key {key:?} {fault}"));
        if !is_key(&key) {
            return Err(fail("is not a name, or a prefix of labels and a name")); // META-35
        }
        if is_reserved(&key) {
            return Err(fail("has a prefix that the protocol keeps for itself")); // META-36
        }
        let value = serde_json::to_value(value).map_err(|error| fail(&error.to_string()))?;
        self.0.insert(key, value);
        Ok(self)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0.iter()
    }
}

/// A `_meta` member that cannot be sent; the message names its key and says why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidMeta(String);

impl fmt::Display for InvalidMeta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidMeta {}

/// Labels begin with a letter and end with a letter or digit, `-` inside; a name
/// begins and ends with a letter or digit, `-`, `_` and `.` inside.
pub(crate) fn is_key(key: &str) -> bool {
    let is = |text: &str, first: fn(&u8) -> bool, inside: &[u8]| {
        let bytes = text.as_bytes();
        bytes.first().is_some_and(first)
            && bytes.last().is_some_and(u8::is_ascii_alphanumeric)
            && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || inside.contains(byte))
    };
    let is_label = |label: &str| is(label, u8::is_ascii_alphabetic, b"-");
    let is_name = |name: &str| is(name, u8::is_ascii_alphanumeric, b"-_.");
    match key.split_once('/') {
        None => is_name(key),
        Some((prefix, name)) => {
            prefix.split('.').all(is_label) && (name.is_empty() || is_name(name))
        }
    }
}

fn is_reserved(key: &str) -> bool {
    let Some((prefix, _)) = key.split_once('/') else { return false };
    let labels: Vec<_> = prefix.split('.').collect();
    let kept = |label: &&str| ["modelcontextprotocol", "mcp"].contains(label);
    // 2025-11-25 names the second label, 2025-06-18 any that another one follows.
    labels.get(1).is_some_and(kept) || labels[..labels.len() - 1].iter().any(kept)
}

#[cfg(test)]
mod tests {
    use super::Meta;

    #[test]
    fn keys_follow_the_grammar() {
        for key in ["a", "a.b-c_d", "1", "com.example/build", "com.example/", "x/1"] {
            assert!(Meta::new().with(key, 1).is_ok(), "{key}");
        }
        for key in ["", "/a", "-a", "a-", "a b", "1x.y/a", "com..example/a", "a/b/c", "é"] {
            assert!(Meta::new().with(key, 1).is_err(), "{key}");
        }
    } // META-35, META-37

    #[test]
    fn what_the_protocol_keeps_for_itself_is_refused() {
        for key in ["io.modelcontextprotocol/x", "dev.mcp/x", "mcp.dev/x", "com.mcp.tools/x"] {
            assert!(Meta::new().with(key, 1).is_err(), "{key}");
        }
        for key in ["com.example.mcp/x", "mcp/x", "com.example/mcp", "mcpx.dev/x"] {
            assert!(Meta::new().with(key, 1).is_ok(), "{key}");
        }
    } // META-36
}
