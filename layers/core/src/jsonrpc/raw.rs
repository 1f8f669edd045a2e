use std::fmt;

use bytes::Bytes;
use bytestring::ByteString;
use serde::{Deserialize, Serialize, Serializer, de, ser};
use serde_json::value::RawValue;

use super::{
    bytes::{is_blank, plain_len},
    scan::{DEEPEST, Scanner},
};

/// One JSON value as text: known to be well formed, not yet read.
///
/// Cheap to clone. A value taken from a request shares the request's own
/// [`Bytes`], and so keeps that body alive; [`detach`](Self::detach) copies.
///
/// ```
/// use mcp_layers_core::jsonrpc::RawJson;
///
/// let json = RawJson::parse(r#"{ "a": 1 }"#)?;
/// assert_eq!(json.to::<serde_json::Value>()?["a"], 1);
/// assert_eq!(json.compact().as_str(), r#"{"a":1}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct RawJson(ByteString);

impl RawJson {
    /// Checks that `text` is one JSON value.
    ///
    /// # Errors
    ///
    /// `serde_json`'s syntax error.
    pub fn parse(text: impl Into<Bytes>) -> Result<Self, serde_json::Error> {
        let text =
            ByteString::try_from(text.into()).map_err(<serde_json::Error as de::Error>::custom)?;
        let raw: &RawValue = serde_json::from_str(&text)?;
        Ok(Self(text.slice_ref(raw.get())))
    }

    /// Serialises a value.
    ///
    /// # Errors
    ///
    /// What the value's `Serialize` reports, e.g. a map with keys that are no
    /// strings.
    pub fn from_value<T: Serialize + ?Sized>(value: &T) -> Result<Self, serde_json::Error> {
        serde_json::to_string(value).map(|json| Self(json.into()))
    }

    /// The empty object, `{}`.
    #[must_use]
    pub const fn empty_object() -> Self {
        Self(ByteString::from_static("{}"))
    }

    /// For text that a JSON parser has already accepted.
    pub(crate) fn trusted(text: ByteString) -> Self {
        Self(text)
    }

    /// Reads the value as a `T`, which may borrow from it.
    ///
    /// # Errors
    ///
    /// When the value does not fit `T`.
    pub fn to<'a, T: Deserialize<'a>>(&'a self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.as_str())
    }

    /// The JSON text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The JSON text's bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// Whether the value is an object.
    #[must_use]
    pub fn is_object(&self) -> bool {
        self.0.starts_with('{')
    }

    /// Whether the value is `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        &*self.0 == "null"
    }

    /// A copy that shares nothing with the body it came from, for what outlives
    /// its request.
    #[must_use]
    pub fn detach(&self) -> Self {
        Self(String::from(&*self.0).into())
    }

    /// The same value, members in the same order, without blanks and line breaks
    /// between tokens. Shares the text if it has none.
    #[must_use]
    pub fn compact(&self) -> Self {
        let json = self.as_bytes();
        let (mut out, mut copied, mut at) = (String::new(), 0, 0);
        while let Some(&byte) = json.get(at) {
            if is_blank(byte) {
                out.push_str(&self.0[copied..at]);
                copied = at + 1;
            }
            at = if byte == b'"' { string_end(json, at) } else { at + 1 };
        }
        if copied == 0 {
            return self.clone();
        }
        out.push_str(&self.0[copied..]);
        Self(out.into())
    }

    /// The value that stands in this part of the text.
    pub(super) fn slice(&self, value: std::ops::Range<usize>) -> Self {
        Self(self.0.slice_ref(&self.0[value]))
    }

    pub(super) fn into_text(self) -> ByteString {
        self.0
    }

    /// One member of an object; the first of that name. `None` for any other value.
    pub(crate) fn member(&self, name: &str) -> Option<Self> {
        let mut found = None;
        Scanner::new(self.as_str(), DEEPEST)
            .object(|scanner, key| {
                let wanted = found.is_none() && scanner.unescape(&key)? == name;
                let value = scanner.value()?;
                if wanted {
                    found = Some(value);
                }
                Ok(())
            })
            .ok()?;
        found.map(|value| self.slice(value))
    }
}

impl fmt::Debug for RawJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawJson({})", self.as_str())
    }
}

impl Serialize for RawJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serde_json::from_str::<&RawValue>(&self.0)
            .map_err(ser::Error::custom)?
            .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for RawJson {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let text: Box<str> = raw.into();
        Ok(Self(text.into_string().into()))
    }
}

/// What follows the string that opens at `start`.
fn string_end(json: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < json.len() {
        at += plain_len(&json[at..]);
        match json.get(at) {
            Some(b'"') => return at + 1,
            _ => at += 2,
        }
    }
    json.len()
}
