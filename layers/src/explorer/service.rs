use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response};
use mcp_layers_core::headers;
use tower_service::Service;

use super::{ResponseFuture, accept::prefers_html, page};

/// Made by [`ExplorerLayer`](super::ExplorerLayer).
#[derive(Debug, Clone)]
pub struct Explorer<S> {
    inner: S,
}

impl<S> Explorer<S> {
    pub(super) fn new(inner: S) -> Self {
        Self { inner }
    }
}

impl<S, B, ResBody> Service<Request<B>> for Explorer<S>
where
    S: Service<Request<B>, Response = Response<ResBody>>,
    ResBody: From<Bytes>,
{
    type Response = Response<ResBody>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future, ResBody>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let with_body = request.method() == Method::GET;
        let is_read = with_body || request.method() == Method::HEAD;
        if is_read && !is_protocol(request.headers()) && prefers_html(request.headers()) {
            ResponseFuture::page(page::response(with_body))
        } else {
            ResponseFuture::called(self.inner.call(request))
        }
    }
}

/// A browser that opens a page sends none of these, and a client of the protocol is
/// never shown the page, whatever its HTTP library puts into `Accept` (NEG-4, NEG-6).
fn is_protocol(headers: &HeaderMap) -> bool {
    [headers::MCP_PROTOCOL_VERSION, headers::MCP_SESSION_ID, headers::LAST_EVENT_ID]
        .iter()
        .any(|name| headers.contains_key(name))
}
