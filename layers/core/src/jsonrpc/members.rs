use std::{borrow::Cow, ops::Range};

use bytestring::ByteString;
use serde::{
    Deserialize,
    de::{
        DeserializeSeed, MapAccess,
        value::{BorrowedStrDeserializer, MapAccessDeserializer},
    },
};
use smallvec::SmallVec;

use super::{RawJson, bytes::plain_len};

/// The members of one JSON object, as slices of the request's own body.
///
/// Reading the body finds where each member's value begins and ends; nothing is
/// copied and no value is read until it is asked for.
#[derive(Debug, Clone, Default)]
pub struct Members {
    pub(super) body: ByteString,
    pub(super) spans: SmallVec<[Span; 6]>,
}

/// Where one member stands in the body.
#[derive(Debug, Clone)]
pub(super) struct Span {
    pub(super) key: Key,
    pub(super) value: Range<usize>,
}

#[derive(Debug, Clone)]
pub(super) enum Key {
    Slice(Range<usize>),
    /// The key was written with escapes.
    Owned(Box<str>),
}

/// One member of an object: its key and the JSON text of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member<'a> {
    /// The member's name, unescaped.
    pub key: &'a str,
    /// The value's JSON text.
    pub value: &'a str,
}

impl Members {
    /// The members in the order they were sent.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Member<'_>> {
        self.spans.iter().map(|span| Member {
            key: span.key.as_str(&self.body),
            value: &self.body[span.value.clone()],
        })
    }

    /// The JSON text of one member's value.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.span(key).map(|span| &self.body[span.value.clone()])
    }

    /// One member's value, sharing the request's body.
    #[must_use]
    pub fn raw(&self, key: &str) -> Option<RawJson> {
        self.get(key).map(|value| RawJson::trusted(self.body.slice_ref(value)))
    }

    /// One member read as a string; `None` when it is absent or no string.
    #[must_use]
    pub fn string(&self, key: &str) -> Option<Cow<'_, str>> {
        unquote(self.get(key)?)
    }

    /// One member read as a `T`; `Ok(None)` when it is absent.
    ///
    /// # Errors
    ///
    /// When the member does not fit `T`.
    pub fn parse<'a, T: Deserialize<'a>>(
        &'a self,
        key: &str,
    ) -> Result<Option<T>, serde_json::Error> {
        self.get(key).map(serde_json::from_str).transpose()
    }

    /// The whole object read as a `T`.
    ///
    /// # Errors
    ///
    /// When the object does not fit `T`.
    pub fn to<'a, T: Deserialize<'a>>(&'a self) -> Result<T, serde_json::Error> {
        let reader = Reader { body: &self.body, spans: self.spans.iter(), value: "" };
        T::deserialize(MapAccessDeserializer::new(reader))
    }

    /// Whether there is such a member.
    #[must_use]
    pub fn contains(&self, key: &str) -> bool {
        self.span(key).is_some()
    }

    /// How many members there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    fn span(&self, key: &str) -> Option<&Span> {
        self.spans.iter().find(|span| span.key.is(key, &self.body))
    }
}

/// Reads each member's value straight from the body.
struct Reader<'a> {
    body: &'a str,
    spans: std::slice::Iter<'a, Span>,
    value: &'a str,
}

impl<'a> MapAccess<'a> for Reader<'a> {
    type Error = serde_json::Error;

    fn next_key_seed<K: DeserializeSeed<'a>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, serde_json::Error> {
        let Some(span) = self.spans.next() else {
            return Ok(None);
        };
        self.value = &self.body[span.value.clone()];
        seed.deserialize(BorrowedStrDeserializer::new(span.key.as_str(self.body))).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'a>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, serde_json::Error> {
        seed.deserialize(&mut serde_json::Deserializer::from_str(self.value))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.spans.len())
    }
}

/// The `params` of a request or notification; empty when they were absent.
///
/// As [`Members`] they have all but `_meta`, which is read by [`meta`](Self::meta).
///
/// ```
/// use mcp_layers_core::jsonrpc::Params;
///
/// let params = Params::parse(r#"{"name":"add","_meta":{"progressToken":7}}"#)?;
/// assert_eq!(params.string("name").as_deref(), Some("add"));
/// assert_eq!(params.meta().get("progressToken"), Some("7"));
/// # Ok::<(), mcp_layers_core::jsonrpc::DecodeError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Params(Option<Box<ParamsParts>>);

/// Boxed, so that a request stays small on its way through the layers.
#[derive(Debug, Clone, Default)]
pub(super) struct ParamsParts {
    pub(super) members: Members,
    pub(super) meta: Option<Members>,
}

static NO_MEMBERS: Members = Members { body: ByteString::new(), spans: SmallVec::new_const() };

impl Params {
    pub(super) fn new(parts: Box<ParamsParts>) -> Self {
        Self(Some(parts))
    }

    /// The members of `_meta`; empty when there is none, or when it is no object.
    #[must_use]
    pub fn meta(&self) -> &Members {
        self.0.as_ref().and_then(|parts| parts.meta.as_ref()).unwrap_or(&NO_MEMBERS)
    }

    /// Whether `_meta` is there and an object.
    #[must_use]
    pub fn has_meta(&self) -> bool {
        self.0.as_ref().is_some_and(|parts| parts.meta.is_some())
    }
}

impl std::ops::Deref for Params {
    type Target = Members;

    fn deref(&self) -> &Members {
        self.0.as_ref().map_or(&NO_MEMBERS, |parts| &parts.members)
    }
}

impl Key {
    /// Lengths are compared first, before the key is looked at.
    pub(super) fn is(&self, key: &str, body: &str) -> bool {
        match self {
            Self::Slice(range) => {
                range.len() == key.len() && body.as_bytes()[range.clone()] == *key.as_bytes()
            }
            Self::Owned(owned) => **owned == *key,
        }
    }

    pub(super) fn as_str<'a>(&'a self, body: &'a str) -> &'a str {
        match self {
            Self::Slice(range) => &body[range.clone()],
            Self::Owned(key) => key,
        }
    }
}

/// The string a JSON text spells; `None` when it is no string.
pub(super) fn unquote(json: &str) -> Option<Cow<'_, str>> {
    let inner = json.strip_prefix('"')?.strip_suffix('"')?;
    if plain_len(inner.as_bytes()) == inner.len() {
        return Some(Cow::Borrowed(inner));
    }
    serde_json::from_str(json).ok().map(Cow::Owned)
}
