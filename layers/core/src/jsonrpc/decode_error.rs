use std::{borrow::Cow, fmt};

use super::{ErrorObject, RequestId, scan::SyntaxError};

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
    /// It is a message whose `params` are not an object, have too many members,
    /// or name a member twice: `-32602`.
    InvalidParams,
}

impl DecodeError {
    pub(super) fn new(kind: DecodeErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, message: message.into(), id: None }
    }

    pub(super) fn syntax(SyntaxError { expected }: SyntaxError, at: usize) -> Self {
        let message = format!("the body is not JSON: expected {expected} at byte {at}");
        Self::new(DecodeErrorKind::Syntax, message)
    }

    pub(super) fn with_id(mut self, id: Option<RequestId>) -> Self {
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
            DecodeErrorKind::TooDeep | DecodeErrorKind::InvalidRequest => {
                ErrorObject::invalid_request(message)
            }
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for DecodeError {}
