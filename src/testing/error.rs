//! Why a call has no result.

use std::fmt;

use http::{HeaderMap, StatusCode};
use serde_json::Value;

use super::Notification;
use crate::{BoxError, ErrorObject};

/// A call that has no result; its message says why.
#[derive(Debug)]
pub struct CallError(Box<Inner>);

/// Why a call has no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallErrorKind {
    /// The server answered with a JSON-RPC error.
    Refused,
    /// The server answered with an HTTP status alone, or one that does not fit.
    Status,
    /// The answer ended before the response. It may be possible to
    /// [`reconnect`](super::TestClient::reconnect).
    Cut,
    /// What came is no message that the protocol allows there.
    Malformed,
    /// The service failed, and answered nothing.
    Service,
    /// The server asked for input more often than
    /// [`with_max_rounds`](super::TestClient::with_max_rounds) allows.
    Rounds,
}

#[derive(Debug)]
struct Inner {
    kind: CallErrorKind,
    detail: String,
    status: Option<StatusCode>,
    headers: HeaderMap,
    error: Option<ErrorObject>,
    notifications: Vec<Notification>,
    source: Option<BoxError>,
}

impl CallError {
    pub(super) fn new(kind: CallErrorKind, detail: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            detail: detail.into(),
            status: None,
            headers: HeaderMap::new(),
            error: None,
            notifications: Vec::new(),
            source: None,
        }))
    }

    /// Of the `error` member of a response.
    pub(super) fn refused(error: &Value) -> Self {
        let (Some(code), Some(message)) = (error["code"].as_i64(), error["message"].as_str())
        else {
            return Self::new(CallErrorKind::Malformed, format!("this is no error: {error}"));
        };
        let mut object = ErrorObject::new(code, message.to_owned());
        if let Some(data) = error.get("data") {
            object = object.with_data(data);
        }
        let mut refused = Self::new(CallErrorKind::Refused, object.to_string());
        refused.0.error = Some(object);
        refused
    }

    pub(super) fn with_source(mut self, source: BoxError) -> Self {
        self.0.source = Some(source);
        self
    }

    pub(super) fn with_head(mut self, status: StatusCode, headers: &HeaderMap) -> Self {
        self.0.status = Some(status);
        self.0.headers = headers.clone();
        self
    }

    pub(super) fn with_notifications(mut self, notifications: Vec<Notification>) -> Self {
        self.0.notifications = notifications;
        self
    }

    /// Why.
    #[must_use]
    pub fn kind(&self) -> CallErrorKind {
        self.0.kind
    }

    /// The JSON-RPC error, of [`Refused`](CallErrorKind::Refused).
    #[must_use]
    pub fn error(&self) -> Option<&ErrorObject> {
        self.0.error.as_ref()
    }

    /// The code of the JSON-RPC error.
    #[must_use]
    pub fn code(&self) -> Option<i64> {
        self.error().map(ErrorObject::code)
    }

    /// The HTTP status, if there was an answer.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// The HTTP headers of the answer; empty if there was none.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// What came before the error, in order.
    #[must_use]
    pub fn notifications(&self) -> &[Notification] {
        &self.0.notifications
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.detail)?;
        match self.0.status {
            Some(status) => write!(f, ", with status {status}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for CallError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
