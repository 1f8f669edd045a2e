use std::{borrow::Cow, fmt};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use http::HeaderValue;

const PREFIX: &str = "=?base64?";
const SUFFIX: &str = "?=";

/// Reads the value of an `Mcp-Name` or `Mcp-Param-*` header: the text between
/// `=?base64?` and `?=` decoded, anything else as it stands (META-13). Blanks
/// around the value are not part of it (META-12).
///
/// ```
/// use mcp_layers::request_metadata::decode_mirrored;
///
/// assert_eq!(decode_mirrored(b"=?base64?w6k=?=")?, "é");
/// assert_eq!(decode_mirrored(b" eu-west ")?, "eu-west");
/// // The markers must match exactly, else they are text.
/// assert_eq!(decode_mirrored(b"=?BASE64?w6k=?=")?, "=?BASE64?w6k=?=");
/// # Ok::<(), mcp_layers::request_metadata::InvalidMirroredValue>(())
/// ```
///
/// # Errors
///
/// [`InvalidMirroredValue`] for bytes outside visible ASCII, space and tab
/// (META-16), and for what stands between the markers but is not Base64 with its
/// padding, or not UTF-8 (META-15).
pub fn decode(value: &[u8]) -> Result<Cow<'_, str>, InvalidMirroredValue> {
    let invalid = |kind| InvalidMirroredValue { kind };
    let value = std::str::from_utf8(value.trim_ascii())
        .ok()
        .filter(|text| text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\t')))
        .ok_or(invalid(InvalidMirroredValueKind::NotAscii))?;
    // META-14: either both markers or none.
    let Some(encoded) = value.strip_prefix(PREFIX).and_then(|rest| rest.strip_suffix(SUFFIX))
    else {
        return Ok(Cow::Borrowed(value));
    };
    let decoded = BASE64_STANDARD
        .decode(encoded)
        .map_err(|_| invalid(InvalidMirroredValueKind::NotBase64))?;
    String::from_utf8(decoded)
        .map(Cow::Owned)
        .map_err(|_| invalid(InvalidMirroredValueKind::NotUtf8))
}

/// Writes the value of an `Mcp-Name` or `Mcp-Param-*` header: as it stands where it
/// is read back so, else in the Base64 form (META-13).
///
/// ```
/// use mcp_layers::request_metadata::encode_mirrored;
///
/// assert_eq!(encode_mirrored("eu-west"), "eu-west");
/// assert_eq!(encode_mirrored("é"), "=?base64?w6k=?=");
/// assert_eq!(encode_mirrored(" padded "), "=?base64?IHBhZGRlZCA=?=");
/// ```
#[must_use]
pub fn encode(text: &str) -> HeaderValue {
    let value = match decode(text.as_bytes()) {
        Ok(read) if read == text => HeaderValue::try_from(text),
        _ => HeaderValue::try_from(format!("{PREFIX}{}{SUFFIX}", BASE64_STANDARD.encode(text))),
    };
    value.expect("visible ASCII, space and tab")
}

/// The value of a mirrored header cannot be read; its message says why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidMirroredValue {
    kind: InvalidMirroredValueKind,
}

/// Why the value of a mirrored header cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidMirroredValueKind {
    /// It has bytes outside visible ASCII, space and tab.
    NotAscii,
    /// What stands between the markers is not Base64 with its padding.
    NotBase64,
    /// What stands between the markers decodes to something that is not UTF-8.
    NotUtf8,
}

impl InvalidMirroredValue {
    /// Why.
    #[must_use]
    pub fn kind(&self) -> InvalidMirroredValueKind {
        self.kind
    }
}

impl fmt::Display for InvalidMirroredValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            InvalidMirroredValueKind::NotAscii => "has bytes outside visible ASCII, space and tab",
            InvalidMirroredValueKind::NotBase64 => "is not padded Base64 between its markers",
            InvalidMirroredValueKind::NotUtf8 => "does not decode to UTF-8",
        })
    }
}

impl std::error::Error for InvalidMirroredValue {}
