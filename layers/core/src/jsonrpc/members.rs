use std::{borrow::Cow, ops::Range};

use bytes::Bytes;
use serde::{
    Deserialize,
    de::{DeserializeOwned, value::MapDeserializer},
};
use serde_json::value::RawValue;
use smallvec::SmallVec;

use super::RawJson;

/// The members of one JSON object, as slices of the request's own body.
///
/// Reading the body finds where each member's value begins and ends; nothing is
/// copied and no value is read until it is asked for.
#[derive(Debug, Clone, Default)]
pub struct Members {
    body: Bytes,
    spans: Spans,
}

pub(super) type Spans = SmallVec<[Span; 4]>;

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
    pub(super) fn new(body: Bytes, spans: Spans) -> Self {
        Self { body, spans }
    }

    /// The members in the order they were sent.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Member<'_>> {
        self.spans.iter().map(|span| Member {
            key: text(span.key.as_bytes(&self.body)),
            value: text(&self.body[span.value.clone()]),
        })
    }

    /// The JSON text of one member's value.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.span(key).map(|span| text(&self.body[span.value.clone()]))
    }

    /// One member's value, sharing the request's body.
    #[must_use]
    pub fn raw(&self, key: &str) -> Option<RawJson> {
        self.span(key).map(|span| RawJson::trusted(self.body.slice(span.value.clone())))
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
    pub fn to<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        let entries = self
            .iter()
            .map(|member| Ok((member.key, serde_json::from_str::<&RawValue>(member.value)?)))
            .collect::<Result<Vec<_>, serde_json::Error>>()?;
        T::deserialize(MapDeserializer::new(entries.into_iter()))
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
        self.spans.iter().find(|span| span.key.as_bytes(&self.body) == key.as_bytes())
    }
}

/// The `params` of a request or notification; empty when they were absent.
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
pub struct Params {
    members: Members,
    meta: Option<Members>,
}

impl Params {
    pub(super) fn new(members: Members, meta: Option<Members>) -> Self {
        Self { members, meta }
    }

    /// Reads params from their JSON text.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] for malformed JSON, for anything but an object, and for a
    /// member that occurs twice.
    pub fn parse(json: impl Into<Bytes>) -> Result<Self, super::DecodeError> {
        super::decode::decode_params(&json.into())
    }

    /// The members of `_meta`; empty when there is none, or when it is no object.
    #[must_use]
    pub fn meta(&self) -> &Members {
        static NONE: Members = Members { body: Bytes::new(), spans: SmallVec::new_const() };
        self.meta.as_ref().unwrap_or(&NONE)
    }

    /// Whether `_meta` is there and an object.
    #[must_use]
    pub fn has_meta(&self) -> bool {
        self.meta.is_some()
    }
}

impl std::ops::Deref for Params {
    type Target = Members;

    fn deref(&self) -> &Members {
        &self.members
    }
}

impl Key {
    pub(super) fn as_bytes<'a>(&'a self, body: &'a [u8]) -> &'a [u8] {
        match self {
            Self::Slice(range) => &body[range.clone()],
            Self::Owned(key) => key.as_bytes(),
        }
    }
}

/// The string a JSON text spells; `None` when it is no string.
pub(super) fn unquote(json: &str) -> Option<Cow<'_, str>> {
    let inner = json.strip_prefix('"')?.strip_suffix('"')?;
    if memchr::memchr(b'\\', inner.as_bytes()).is_none() {
        return Some(Cow::Borrowed(inner));
    }
    serde_json::from_str(json).ok().map(Cow::Owned)
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("the body was checked to be UTF-8 when it was read")
}
