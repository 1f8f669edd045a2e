//! What a load balancer asks.

use std::{
    convert::Infallible,
    future::{Ready, ready},
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use mcp_layers::negotiate::ResponseBody;
use mcp_layers_core::{headers, shutdown::Shutdown};
use tower_service::Service;

/// A readiness probe: 200 while the server takes new clients, 503 with `Retry-After` from
/// the moment it drains.
///
/// A tower service for any route of a host's and any request;
/// [`Server::with_readiness_path`](crate::Server::with_readiness_path) mounts it where
/// there is none. It says nothing else of the server and needs no authentication.
///
/// ```
/// use mcp_stack::{McpService, Readiness, Stack};
/// use tower::ServiceExt;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let stack = Stack::new(McpService::new("demo", "1.0.0"));
/// let probe = Readiness::new(stack.shutdown().clone());
/// let Ok(response) = probe.clone().oneshot(http::Request::new(())).await;
/// assert_eq!(response.status(), 200);
/// stack.shutdown().drain();
/// let Ok(response) = probe.oneshot(http::Request::new(())).await;
/// assert_eq!(response.status(), 503);
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Readiness(Shutdown);

impl Readiness {
    /// The readiness of what stops with this shutdown.
    pub fn new(shutdown: Shutdown) -> Self {
        Self(shutdown)
    }

    /// The answer of this moment.
    pub(crate) fn answer(&self) -> Response<ResponseBody> {
        let (status, text) = match self.0.is_draining() {
            false => (StatusCode::OK, "ready\n"),
            true => (StatusCode::SERVICE_UNAVAILABLE, "shutting down\n"),
        };
        let mut response = Response::new(ResponseBody::from(Bytes::from_static(text.as_bytes())));
        *response.status_mut() = status;
        let fields = response.headers_mut();
        fields.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"));
        fields.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if !status.is_success() {
            fields.insert(header::RETRY_AFTER, headers::delay_seconds(Shutdown::RETRY_AFTER));
        }
        response
    }
}

impl<B> Service<Request<B>> for Readiness {
    type Response = Response<ResponseBody>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<B>) -> Self::Future {
        ready(Ok(self.answer()))
    }
}
