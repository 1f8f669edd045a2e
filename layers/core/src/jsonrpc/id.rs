use std::{
    borrow::Cow,
    fmt,
    hash::{Hash, Hasher},
    sync::Arc,
};

use serde::{Serialize, Serializer, ser::Error as _};
use serde_json::value::RawValue;

/// A JSON-RPC request id: an integer of any size, or a string. Never `null`.
///
/// The JSON text is kept, so that a response repeats the id exactly as it came
/// (RPC-4). Two ids are equal when type and value are: `"A"` equals
/// `"\u0041"`, and `1` is not `"1"`.
///
/// ```
/// use mcp_layers_core::jsonrpc::RequestId;
///
/// let big = RequestId::parse("98765432109876543210")?;
/// assert_eq!(big.as_json(), "98765432109876543210");
/// assert!(RequestId::parse("1.5").is_err());
/// assert!(RequestId::parse("null").is_err());
/// assert_ne!(RequestId::parse("1")?, RequestId::parse("\"1\"")?);
/// # Ok::<(), mcp_layers_core::jsonrpc::InvalidRequestId>(())
/// ```
#[derive(Clone)]
pub struct RequestId(Repr);

#[derive(Clone)]
enum Repr {
    /// An integer whose JSON text is what `i64` prints.
    Int(i64),
    /// The JSON text of any other integer.
    BigInt(Arc<str>),
    /// The JSON text of a string, quotes included.
    Text(Arc<str>),
}

impl RequestId {
    /// The longest id accepted, in bytes of JSON text.
    pub const MAX_LEN: usize = 1024;

    /// Reads an id from its JSON text.
    ///
    /// # Errors
    ///
    /// [`InvalidRequestId`] for anything but an integer or a string of at most
    /// [`MAX_LEN`](Self::MAX_LEN) bytes: `null`, a fraction, an exponent, a
    /// boolean, an array, an object (RPC-3).
    pub fn parse(json: &str) -> Result<Self, InvalidRequestId> {
        let bytes = json.as_bytes();
        if bytes.len() > Self::MAX_LEN {
            return Err(InvalidRequestId("is longer than 1,024 bytes"));
        }
        match bytes.first() {
            Some(b'"')
                if json.ends_with('"') && serde_json::from_str::<Cow<'_, str>>(json).is_ok() =>
            {
                Ok(Self(Repr::Text(json.into())))
            }
            Some(b'-' | b'0'..=b'9') if is_integer(bytes) => Ok(Self(match json.parse::<i64>() {
                Ok(n) if json != "-0" => Repr::Int(n),
                _ => Repr::BigInt(json.into()),
            })),
            _ => Err(InvalidRequestId("must be a string or an integer")),
        }
    }

    /// The id as it stands in a JSON message.
    #[must_use]
    pub fn as_json(&self) -> Cow<'_, str> {
        match &self.0 {
            Repr::Int(n) => Cow::Owned(n.to_string()),
            Repr::BigInt(json) | Repr::Text(json) => Cow::Borrowed(json),
        }
    }

    /// Appends the id as it stands in a JSON message.
    pub fn write_json(&self, out: &mut Vec<u8>) {
        match &self.0 {
            Repr::Int(n) => serde_json::to_writer(out, n).expect("an integer serialises"),
            Repr::BigInt(json) | Repr::Text(json) => out.extend_from_slice(json.as_bytes()),
        }
    }

    fn value(&self) -> Value<'_> {
        match &self.0 {
            Repr::Int(n) => Value::Int(*n),
            Repr::BigInt(json) if &**json == "-0" => Value::Int(0),
            Repr::BigInt(json) => Value::BigInt(json),
            Repr::Text(json) if json.contains('\\') => Value::Text(Cow::Owned(
                serde_json::from_str(json).expect("checked to be a JSON string when parsed"),
            )),
            Repr::Text(json) => Value::Text(Cow::Borrowed(&json[1..json.len() - 1])),
        }
    }
}

/// What two ids are compared by.
#[derive(PartialEq, Eq, Hash)]
enum Value<'a> {
    Int(i64),
    BigInt(&'a str),
    Text(Cow<'a, str>),
}

impl From<i64> for RequestId {
    fn from(id: i64) -> Self {
        Self(Repr::Int(id))
    }
}

impl From<&str> for RequestId {
    fn from(id: &str) -> Self {
        let json = serde_json::to_string(id).expect("a string serialises");
        Self(Repr::Text(json.into()))
    }
}

impl PartialEq for RequestId {
    fn eq(&self, other: &Self) -> bool {
        self.value() == other.value()
    }
}

impl Eq for RequestId {}

impl Hash for RequestId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value().hash(state);
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RequestId({})", self.as_json())
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.as_json())
    }
}

impl Serialize for RequestId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Repr::Int(n) => serializer.serialize_i64(*n),
            Repr::BigInt(json) | Repr::Text(json) => RawValue::from_string(String::from(&**json))
                .map_err(S::Error::custom)?
                .serialize(serializer),
        }
    }
}

/// The text is no request id; its message says why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidRequestId(&'static str);

impl fmt::Display for InvalidRequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the request id {}", self.0)
    }
}

impl std::error::Error for InvalidRequestId {}

/// `-?(0|[1-9][0-9]*)`, JSON's integers without fraction and exponent.
fn is_integer(bytes: &[u8]) -> bool {
    let digits = bytes.strip_prefix(b"-").unwrap_or(bytes);
    match digits {
        [b'0'] => true,
        [b'1'..=b'9', rest @ ..] => rest.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}
