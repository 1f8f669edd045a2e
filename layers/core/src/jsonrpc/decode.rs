use bytes::Bytes;
use bytestring::ByteString;

use super::{
    DecodeError, DecodeErrorKind, Params, RawJson,
    envelope::{Envelope, ParamsFound},
    scan::{DEEPEST, Scanner},
};
use crate::{Batch, Inbound};

/// What [`decode`] accepts.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Limits {
    /// How deep objects and arrays may nest; 64 unless set. Above 127 it counts
    /// as 127: that is as deep as `serde_json` reads.
    pub depth: usize,
}

impl Limits {
    /// Limits with another nesting [`depth`](Self::depth).
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

/// Reads a POST body: one scan that checks it, finds the members of the
/// envelope, of `params` and of `params._meta`, and leaves their values unread.
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
    let limit = limits.depth.min(DEEPEST);
    read(utf8(body)?, limit)
}

fn read(body: ByteString, limit: usize) -> Result<Inbound, DecodeError> {
    let mut scanner = Scanner::new(&body, limit);
    let too_deep = || {
        let message = format!("the JSON nests deeper than {limit} levels");
        DecodeError::new(DecodeErrorKind::TooDeep, message)
    };
    if scanner.next_token() == Some(b'{') {
        let envelope = Envelope::read(&mut scanner).and_then(|envelope| {
            scanner.end()?;
            Ok(envelope)
        });
        return match envelope {
            Ok(envelope) if scanner.too_deep() => Err(too_deep().with_id(envelope.known_id(&body))),
            Ok(envelope) => envelope.classify(body),
            Err(_) if scanner.too_deep() => Err(too_deep()),
            Err(error) => Err(DecodeError::syntax(error, scanner.position())),
        };
    }
    let is_array = scanner.next_token() == Some(b'[');
    let value = scanner.value().and_then(|value| {
        scanner.end()?;
        Ok(value)
    });
    match value {
        _ if scanner.too_deep() => Err(too_deep()),
        Err(error) => Err(DecodeError::syntax(error, scanner.position())),
        Ok(array) if is_array => {
            Ok(Inbound::Batch(Batch::new(RawJson::trusted(body.slice_ref(&body[array])))))
        }
        Ok(_) => Err(not_an_object()),
    }
}

/// Reads one element of an array that [`decode`] has found deep enough and well formed.
pub(crate) fn decode_element(element: RawJson) -> Result<Inbound, DecodeError> {
    match read(element.into_text(), DEEPEST)? {
        Inbound::Batch(_) => Err(not_an_object()),
        message => Ok(message),
    }
}

fn not_an_object() -> DecodeError {
    DecodeError::new(DecodeErrorKind::InvalidRequest, "a JSON-RPC message is an object")
}

impl Params {
    /// Reads params from their JSON text.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] for malformed JSON, for anything but an object, for a member
    /// that occurs twice, and for more than 64 members.
    pub fn parse(json: impl Into<Bytes>) -> Result<Self, DecodeError> {
        let json = utf8(json.into())?;
        let mut scanner = Scanner::new(&json, DEEPEST);
        let params = ParamsFound::read(&mut scanner).and_then(|params| {
            scanner.end()?;
            Ok(params)
        });
        match params {
            _ if scanner.too_deep() => {
                let message = format!("the JSON nests deeper than {DEEPEST} levels");
                Err(DecodeError::new(DecodeErrorKind::TooDeep, message))
            }
            Err(error) => Err(DecodeError::syntax(error, scanner.position())),
            Ok(params) => params.into_params(json),
        }
    }
}

/// The body as text: checked as a whole, which is faster than part by part.
fn utf8(body: Bytes) -> Result<ByteString, DecodeError> {
    ByteString::try_from(body).map_err(|error| {
        let message = format!("the body is not UTF-8 from byte {}", error.valid_up_to());
        DecodeError::new(DecodeErrorKind::Syntax, message)
    })
}
