use std::{borrow::Cow, fmt, ops::Range};

use bytes::Bytes;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use smallvec::SmallVec;

use super::{
    ErrorObject, Params, RawJson, RequestId,
    members::{Key, Members, Span, Spans, unquote},
};
use crate::{Batch, Inbound, Notification, Reply, Request, protocol::Method};

/// What [`decode`] accepts.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Limits {
    /// How deep objects and arrays may nest; 64 unless set.
    pub depth: usize,
}

impl Limits {
    /// Limits with another nesting depth. Values over 128 have no effect: that
    /// is where `serde_json` stops.
    #[must_use]
    pub const fn with_depth(mut self, depth: usize) -> Self {
        self.depth = depth;
        self
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { depth: 64 }
    }
}

/// The most members that `params` or `_meta` may have.
const MAX_MEMBERS: usize = 64;

/// Reads a POST body: one scan that finds the envelope's members, those of
/// `params` and those of `params._meta`, and leaves their values unread.
///
/// An array is handed on whole as [`Inbound::Batch`].
///
/// ```
/// use mcp_layers_core::{Inbound, jsonrpc::{Limits, decode}};
///
/// let body = r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"add"}}"#;
/// let Inbound::Request(request) = decode(body.into(), Limits::default())? else { panic!() };
/// assert_eq!(request.method.as_str(), "tools/call");
/// assert_eq!(request.params.get("name"), Some("\"add\""));
/// # Ok::<(), mcp_layers_core::jsonrpc::DecodeError>(())
/// ```
///
/// # Errors
///
/// [`DecodeError`], with the request's id where it could be read.
pub fn decode(body: Bytes, limits: Limits) -> Result<Inbound, DecodeError> {
    if nests_deeper_than(&body, limits.depth) {
        return Err(DecodeError::new(
            DecodeErrorKind::TooDeep,
            format!("the JSON nests deeper than {} levels", limits.depth),
        ));
    }
    match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'[') => {
            serde_json::from_slice::<IgnoredAny>(&body)
                .map_err(|error| DecodeError::syntax(&error))?;
            Ok(Inbound::Batch(Batch::new(RawJson::trusted(body))))
        }
        Some(b'{') => {
            let mut json = serde_json::Deserializer::from_slice(&body);
            let envelope = json
                .deserialize_map(EnvelopeVisitor { base: body.as_ptr() as usize })
                .and_then(|envelope| json.end().map(|()| envelope))
                .map_err(|error| DecodeError::syntax(&error))?;
            envelope.classify(&body)
        }
        _ => match serde_json::from_slice::<IgnoredAny>(&body) {
            Err(error) => Err(DecodeError::syntax(&error)),
            Ok(_) => Err(DecodeError::new(
                DecodeErrorKind::InvalidRequest,
                "a JSON-RPC message is an object",
            )),
        },
    }
}

pub(super) fn decode_params(body: &Bytes) -> Result<Params, DecodeError> {
    let seed = ObjectSeed { base: body.as_ptr() as usize, meta: true };
    let mut json = serde_json::Deserializer::from_slice(body);
    seed.deserialize(&mut json)
        .and_then(|shape| json.end().map(|()| shape))
        .map_err(|error| DecodeError::syntax(&error))?
        .into_params(body, None)
}

/// A body that is no JSON-RPC message.
#[derive(Debug, Clone)]
pub struct DecodeError {
    kind: DecodeErrorKind,
    message: Cow<'static, str>,
    id: Option<RequestId>,
}

/// Why a body is no JSON-RPC message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// It is not JSON: `-32700`.
    Syntax,
    /// It nests deeper than the limit: `-32600`.
    TooDeep,
    /// It is JSON, but no JSON-RPC message: `-32600`.
    InvalidRequest,
    /// It is a message whose `params` are not an object, or name a member twice: `-32602`.
    InvalidParams,
}

impl DecodeError {
    fn new(kind: DecodeErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, message: message.into(), id: None }
    }

    fn syntax(error: &serde_json::Error) -> Self {
        Self::new(DecodeErrorKind::Syntax, format!("the body is not JSON: {error}"))
    }

    fn with_id(mut self, id: Option<RequestId>) -> Self {
        self.id = id;
        self
    }

    /// Why.
    #[must_use]
    pub fn kind(&self) -> DecodeErrorKind {
        self.kind
    }

    /// The request's id, if that much could be read.
    #[must_use]
    pub fn id(&self) -> Option<&RequestId> {
        self.id.as_ref()
    }

    /// The JSON-RPC error to answer with.
    #[must_use]
    pub fn to_error_object(&self) -> ErrorObject {
        let message = self.message.clone();
        match self.kind {
            DecodeErrorKind::Syntax => ErrorObject::parse_error(message),
            DecodeErrorKind::InvalidParams => ErrorObject::invalid_params(message),
            _ => ErrorObject::invalid_request(message),
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for DecodeError {}

/// The envelope as found, before it is judged: the scan always goes to the end,
/// so that the id is known wherever it stands.
#[derive(Default)]
struct Envelope<'de> {
    jsonrpc: Option<&'de RawValue>,
    id: Option<&'de RawValue>,
    method: Option<&'de RawValue>,
    params: Option<Shape>,
    result: Option<&'de RawValue>,
    error: Option<&'de RawValue>,
    repeated: Option<&'static str>,
}

impl Envelope<'_> {
    fn classify(self, body: &Bytes) -> Result<Inbound, DecodeError> {
        let invalid = |message| DecodeError::new(DecodeErrorKind::InvalidRequest, message);
        // An id that occurs twice is no id to answer with.
        let id = match self.id {
            Some(raw) if self.repeated != Some("id") => Some(RequestId::parse(raw.get())),
            _ => None,
        };
        let known = id.as_ref().and_then(|id| id.as_ref().ok()).cloned();
        if let Some(key) = self.repeated {
            let message = format!("the member \"{key}\" occurs twice");
            return Err(DecodeError::new(DecodeErrorKind::InvalidRequest, message).with_id(known));
        }
        // RPC-2
        if self.jsonrpc.and_then(|raw| unquote(raw.get())).as_deref() != Some("2.0") {
            return Err(invalid("\"jsonrpc\" must be \"2.0\"").with_id(known));
        }
        // RPC-3
        let id = match id {
            Some(Err(error)) => {
                return Err(DecodeError::new(DecodeErrorKind::InvalidRequest, error.to_string()));
            }
            Some(Ok(id)) => Some(id),
            None => None,
        };
        let slice = |raw: &serde_json::value::RawValue| {
            RawJson::trusted(body.slice_ref(raw.get().as_bytes()))
        };
        match (self.method, id, self.result, self.error) {
            (Some(method), id, None, None) => {
                let Some(method) = unquote(method.get()) else {
                    return Err(invalid("\"method\" must be a string").with_id(id));
                };
                let method = Method::from_name(&method);
                let params = match self.params {
                    None => Params::default(),
                    Some(shape) => shape.into_params(body, id.as_ref())?,
                };
                Ok(match id {
                    Some(id) => Inbound::Request(Request { id, method, params }),
                    None => Inbound::Notification(Notification { method, params }),
                })
            }
            (None, Some(id), Some(result), None) => {
                Ok(Inbound::Reply(Reply { id, outcome: Ok(slice(result)) }))
            }
            (None, Some(id), None, Some(error)) => {
                Ok(Inbound::Reply(Reply { id, outcome: Err(slice(error)) }))
            }
            (_, id, _, _) => Err(invalid(
                "a message has \"method\", or \"id\" with exactly one of \"result\" and \"error\"",
            )
            .with_id(id)),
        }
    }
}

struct EnvelopeVisitor {
    base: usize,
}

impl<'de> Visitor<'de> for EnvelopeVisitor {
    type Value = Envelope<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON-RPC message")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Envelope<'de>, A::Error> {
        let mut envelope = Envelope::default();
        while let Some(key) = map.next_key_seed(KeySeed)? {
            let (name, slot) = match &*key {
                "jsonrpc" => ("jsonrpc", &mut envelope.jsonrpc),
                "id" => ("id", &mut envelope.id),
                "method" => ("method", &mut envelope.method),
                "result" => ("result", &mut envelope.result),
                "error" => ("error", &mut envelope.error),
                "params" => {
                    let seed = ObjectSeed { base: self.base, meta: true };
                    if envelope.params.replace(map.next_value_seed(seed)?).is_some() {
                        envelope.repeated = Some("params");
                    }
                    continue;
                }
                // RPC-18
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            if slot.replace(map.next_value()?).is_some() {
                envelope.repeated = Some(name);
            }
        }
        Ok(envelope)
    }
}

/// What stands where an object should.
enum Shape {
    Object { spans: Spans, meta: Option<Box<Shape>>, fault: Option<String> },
    NotAnObject,
}

impl Shape {
    fn into_params(self, body: &Bytes, id: Option<&RequestId>) -> Result<Params, DecodeError> {
        let invalid = |message: String| {
            DecodeError::new(DecodeErrorKind::InvalidParams, message).with_id(id.cloned())
        };
        let Self::Object { spans, meta, fault } = self else {
            return Err(invalid("\"params\" must be an object".into())); // RPC-17
        };
        if let Some(fault) = fault {
            return Err(invalid(format!("\"params\" {fault}")));
        }
        let meta = match meta.map(|shape| *shape) {
            Some(Self::Object { fault: Some(fault), .. }) => {
                return Err(invalid(format!("\"_meta\" {fault}")));
            }
            Some(Self::Object { spans, .. }) => Some(Members::new(body.clone(), spans)),
            Some(Self::NotAnObject) | None => None,
        };
        Ok(Params::new(Members::new(body.clone(), spans), meta))
    }
}

/// Finds the members of an object, and of the `_meta` in it if asked to.
struct ObjectSeed {
    base: usize,
    meta: bool,
}

impl<'de> DeserializeSeed<'de> for ObjectSeed {
    type Value = Shape;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Shape, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ObjectSeed {
    type Value = Shape;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Shape, A::Error> {
        let mut found = SmallVec::<[(Cow<'de, str>, &'de RawValue); 4]>::new();
        let mut meta = None;
        let mut fault = None;
        while let Some(key) = map.next_key_seed(KeySeed)? {
            let is_meta = self.meta && key == "_meta";
            if found.len() == MAX_MEMBERS || (is_meta && meta.is_some()) {
                map.next_value::<IgnoredAny>()?;
                fault.get_or_insert_with(|| match is_meta {
                    true => "has two members \"_meta\"".into(),
                    false => format!("has more than {MAX_MEMBERS} members"),
                });
                continue;
            }
            if is_meta {
                let seed = ObjectSeed { base: self.base, meta: false };
                meta = Some(Box::new(map.next_value_seed(seed)?));
                continue;
            }
            if found.iter().any(|(other, _)| *other == key) {
                fault.get_or_insert_with(|| format!("has two members {key:?}"));
            }
            found.push((key, map.next_value()?));
        }
        let spans = found.into_iter().map(|(key, value)| Span {
            key: match key {
                Cow::Borrowed(key) => Key::Slice(locate(key, self.base)),
                Cow::Owned(key) => Key::Owned(key.into()),
            },
            value: locate(value.get(), self.base),
        });
        Ok(Shape::Object { spans: spans.collect(), meta, fault })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Shape, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Shape::NotAnObject)
    }

    fn visit_str<E>(self, _: &str) -> Result<Shape, E> {
        Ok(Shape::NotAnObject)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Shape, E> {
        Ok(Shape::NotAnObject)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Shape, E> {
        Ok(Shape::NotAnObject)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Shape, E> {
        Ok(Shape::NotAnObject)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Shape, E> {
        Ok(Shape::NotAnObject)
    }

    fn visit_unit<E>(self) -> Result<Shape, E> {
        Ok(Shape::NotAnObject)
    }
}

/// Reads a key without copying it, unless it has escapes.
struct KeySeed;

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for KeySeed {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(key))
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(key.to_owned()))
    }
}

/// Where a slice of the body stands in it.
fn locate(slice: &str, base: usize) -> Range<usize> {
    let start = slice.as_ptr() as usize - base;
    start..start + slice.len()
}

/// Counts opening brackets first, in one vectorised pass: only a body with more
/// of them than `limit` can be too deep, and only that one is walked.
fn nests_deeper_than(json: &[u8], limit: usize) -> bool {
    let opening = |byte: &&u8| matches!(byte, b'{' | b'[');
    if json.iter().filter(opening).count() <= limit {
        return false;
    }
    let mut depth = 0_usize;
    let mut rest = json;
    while let [byte, tail @ ..] = rest {
        rest = tail;
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => rest = after_string(rest),
            _ => {}
        }
        if depth > limit {
            return true;
        }
    }
    false
}

/// What follows the string whose opening quote has just been passed.
fn after_string(mut json: &[u8]) -> &[u8] {
    while let Some(at) = memchr::memchr2(b'"', b'\\', json) {
        if json[at] == b'"' {
            return &json[at + 1..];
        }
        json = json.get(at + 2..).unwrap_or_default();
    }
    &[]
}
