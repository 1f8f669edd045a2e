use std::{borrow::Cow, fmt};

use serde::Serialize;

use super::RawJson;
use crate::clipped::Clipped;

/// JSON-RPC error codes: JSON-RPC's own, the protocol's, and this library's.
///
/// The library's own lie outside the reserved range −32768…−32000, as the
/// protocol asks (ERR-9, D-32), and take the number of the HTTP status that
/// means the same.
pub mod code {
    /// The body is not JSON.
    pub const PARSE_ERROR: i64 = -32700;
    /// The JSON is not a JSON-RPC message.
    pub const INVALID_REQUEST: i64 = -32600;
    /// The method does not exist, or its feature is off.
    pub const METHOD_NOT_FOUND: i64 = -32601;
    /// The params do not fit the method.
    pub const INVALID_PARAMS: i64 = -32602;
    /// The server failed.
    pub const INTERNAL_ERROR: i64 = -32603;
    /// Session not found; legacy only, by the practice of the official SDKs (D-17).
    pub const SESSION_NOT_FOUND: i64 = -32001;
    /// Resource not found; legacy only.
    pub const RESOURCE_NOT_FOUND: i64 = -32002;
    /// A header contradicts the body; modern only.
    pub const HEADER_MISMATCH: i64 = -32020;
    /// The request did not declare a client capability it needs; modern only.
    pub const MISSING_CLIENT_CAPABILITY: i64 = -32021;
    /// The protocol version is not served.
    pub const UNSUPPORTED_PROTOCOL_VERSION: i64 = -32022;
    /// This library: the caller may not do this.
    pub const FORBIDDEN: i64 = 403;
    /// This library: a rate limit or cap of the caller's own is exhausted.
    pub const TOO_MANY_REQUESTS: i64 = 429;
    /// This library: the request was cancelled.
    pub const CANCELLED: i64 = 499;
    /// This library: the server is at a cap, or shutting down.
    pub const UNAVAILABLE: i64 = 503;
    /// This library: the request ran out of time.
    pub const TIMEOUT: i64 = 504;
}

/// The `error` member of a JSON-RPC response.
///
/// ```
/// use mcp_layers_core::jsonrpc::ErrorObject;
///
/// let error = ErrorObject::invalid_params("unknown tool \"nope\"");
/// assert_eq!(error.code(), -32602);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ErrorObject {
    code: i64,
    message: Cow<'static, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Box<RawJson>>,
}

impl ErrorObject {
    /// An error with a code of the caller's choosing; see [`code`].
    pub fn new(code: i64, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code, message: message.into(), data: None }
    }

    /// `-32700`.
    pub fn parse_error(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(code::PARSE_ERROR, message)
    }

    /// `-32600`.
    pub fn invalid_request(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(code::INVALID_REQUEST, message)
    }

    /// `-32601`, naming the method, up to 64 characters of it.
    #[must_use]
    pub fn method_not_found(method: &str) -> Self {
        Self::new(code::METHOD_NOT_FOUND, format!("method not found: {}", Clipped(method)))
    }

    /// `-32602`.
    pub fn invalid_params(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(code::INVALID_PARAMS, message)
    }

    /// `-32602`, naming what there is not, up to 64 characters of its name.
    #[must_use]
    pub fn unknown(what: &str, name: &str) -> Self {
        Self::invalid_params(format!("unknown {what} {}", Clipped(name)))
    }

    /// `-32603`. The message reaches the client: keep causes in the log.
    pub fn internal(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(code::INTERNAL_ERROR, message)
    }

    /// Adds the `data` member. A value that does not serialise is left out.
    #[must_use]
    pub fn with_data<T: Serialize + ?Sized>(mut self, data: &T) -> Self {
        self.data = RawJson::from_value(data).ok().map(Box::new);
        self
    }

    /// The code.
    #[must_use]
    pub fn code(&self) -> i64 {
        self.code
    }

    /// The message.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The `data` member.
    #[must_use]
    pub fn data(&self) -> Option<&RawJson> {
        self.data.as_deref()
    }
}

impl fmt::Display for ErrorObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.code)
    }
}

impl std::error::Error for ErrorObject {}
