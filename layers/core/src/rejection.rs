#[cfg(test)]
mod tests;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};

use crate::{
    Outbound,
    clipped::Clipped,
    extensions::ServedVersions,
    headers,
    jsonrpc::{ErrorObject, Message, RequestId, code},
    protocol::Era,
    shutdown::Shutdown,
};

/// How a layer refuses: by answering, never through `Service::Error`.
///
/// It holds the HTTP status, the JSON-RPC error, the request's id where that is
/// known, and headers. [`FromRejection`] turns it into a response of either zone
/// and leaves a copy in the response's extensions, so that tracing can tell why
/// a request was refused and needs to know no layer.
///
/// A layer of the message zone need not set the id: the border fills it in.
///
/// ```
/// use http::{Response, StatusCode};
/// use mcp_layers_core::{FromRejection, Rejection, jsonrpc::ErrorObject};
///
/// let rejection = Rejection::new(StatusCode::FORBIDDEN, ErrorObject::new(403, "origin not allowed"));
/// let response: Response<bytes::Bytes> = FromRejection::from_rejection(rejection);
/// assert_eq!(response.status(), 403);
/// assert!(response.extensions().get::<Rejection>().is_some());
/// ```
#[derive(Debug, Clone)]
pub struct Rejection(Box<Inner>);

#[derive(Debug, Clone)]
struct Inner {
    status: StatusCode,
    error: ErrorObject,
    id: Option<RequestId>,
    headers: HeaderMap,
}

impl Rejection {
    /// A refusal with this status and error.
    #[must_use]
    pub fn new(status: StatusCode, error: ErrorObject) -> Self {
        Self(Box::new(Inner { status, error, id: None, headers: HeaderMap::new() }))
    }

    /// 400 with `-32600`.
    pub fn invalid_request(message: impl Into<std::borrow::Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, ErrorObject::invalid_request(message))
    }

    /// 400 with `-32602`.
    pub fn invalid_params(message: impl Into<std::borrow::Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, ErrorObject::invalid_params(message))
    }

    /// 400 with `-32020`: a header contradicts the body.
    pub fn header_mismatch(message: impl Into<std::borrow::Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, ErrorObject::new(code::HEADER_MISMATCH, message))
    }

    /// 403.
    pub fn forbidden(message: impl Into<std::borrow::Cow<'static, str>>) -> Self {
        Self::new(StatusCode::FORBIDDEN, ErrorObject::new(code::FORBIDDEN, message))
    }

    /// 404 with `-32601`: the method does not exist (modern).
    #[must_use]
    pub fn method_not_found(method: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, ErrorObject::method_not_found(method))
    }

    /// 404 with `-32001`: the session does not exist, or not for this caller.
    #[must_use]
    pub fn session_not_found() -> Self {
        let error = ErrorObject::new(code::SESSION_NOT_FOUND, "session not found");
        Self::new(StatusCode::NOT_FOUND, error)
    }

    /// 405 with `Allow`, which lists `allowed` (`"POST"`).
    #[must_use]
    pub fn method_not_allowed(allowed: &'static str) -> Self {
        let error = ErrorObject::invalid_request(format!("this endpoint allows {allowed}"));
        Self::new(StatusCode::METHOD_NOT_ALLOWED, error)
            .with_header(header::ALLOW, HeaderValue::from_static(allowed))
    }

    /// 400 with `-32022`, `data.supported` and `data.requested` (VER-7).
    ///
    /// `supported` is what a request may claim: the modern revisions, or the legacy
    /// ones where no other is served. The message names them all (D-7).
    #[must_use]
    pub fn unsupported_version(requested: &str, served: &ServedVersions) -> Self {
        #[derive(serde::Serialize)]
        struct Data<'a> {
            supported: Vec<&'static str>,
            requested: &'a str,
        }
        let (modern, legacy) = (served.of(Era::Modern), served.of(Era::Legacy));
        let supported = if modern.is_empty() { legacy } else { modern };
        let supported = supported.iter().map(|version| version.as_str()).collect();
        let message = format!("protocol version {} is not served; {served}", Clipped(requested));
        let error = ErrorObject::new(code::UNSUPPORTED_PROTOCOL_VERSION, message)
            .with_data(&Data { supported, requested });
        Self::new(StatusCode::BAD_REQUEST, error)
    }

    /// 503 with `Retry-After`, rounded up to whole seconds.
    pub fn unavailable(
        message: impl Into<std::borrow::Cow<'static, str>>,
        retry_after: std::time::Duration,
    ) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, ErrorObject::new(code::UNAVAILABLE, message))
            .with_header(header::RETRY_AFTER, headers::delay_seconds(retry_after))
    }

    /// 503 with `Retry-After`: the server drains, and nothing lasting begins any more.
    #[must_use]
    pub fn shutting_down() -> Self {
        Self::unavailable("the server is shutting down", Shutdown::RETRY_AFTER)
    }

    /// Names the request that is refused.
    #[must_use]
    pub fn with_id(mut self, id: Option<RequestId>) -> Self {
        self.0.id = id;
        self
    }

    /// Adds a header to the response.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.append(name, value);
        self
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The JSON-RPC error.
    #[must_use]
    pub fn error(&self) -> &ErrorObject {
        &self.0.error
    }

    /// The id of the request refused, if known.
    #[must_use]
    pub fn id(&self) -> Option<&RequestId> {
        self.0.id.as_ref()
    }

    /// The headers to add.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// The JSON-RPC error response.
    #[must_use]
    pub fn to_message(&self) -> Message {
        Message::error(self.id(), self.error())
    }

    /// The response of the bytes zone, with any body that can be made from bytes.
    pub fn into_response<B: From<Bytes>>(self) -> Response<B> {
        let mut response = Response::new(B::from(self.to_message().into_bytes()));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.extend(self.headers().clone());
        headers.insert(header::CONTENT_TYPE, headers::APPLICATION_JSON);
        response.extensions_mut().insert(self);
        response
    }
}

/// Bodies that can carry a [`Rejection`]: [`Outbound`], and every body of the
/// bytes zone that can be made from [`Bytes`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot carry a rejection",
    label = "neither `Outbound` nor a body that implements `From<Bytes>`",
    note = "in the bytes zone, put `tower_http::map_response_body::MapResponseBodyLayer` just inside this layer and map to a body such as `axum::body::Body` or `http_body_util::Full<Bytes>`"
)]
pub trait FromRejection: Sized {
    /// The response that refuses.
    fn from_rejection(rejection: Rejection) -> Response<Self>;
}

impl<B: From<Bytes>> FromRejection for B {
    fn from_rejection(rejection: Rejection) -> Response<Self> {
        rejection.into_response()
    }
}

impl FromRejection for Outbound {
    fn from_rejection(rejection: Rejection) -> Response<Self> {
        let mut response = Response::new(Self::Rejected(rejection.clone()));
        *response.status_mut() = rejection.status();
        response.extensions_mut().insert(rejection);
        response
    }
}
