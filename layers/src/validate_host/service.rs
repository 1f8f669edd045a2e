use std::task::{Context, Poll};

use http::{Request, Response};
use mcp_layers_core::FromRejection;
use tower_service::Service;

use super::{ResponseFuture, allowed::AllowedHosts};

/// Made by [`ValidateHostLayer`](super::ValidateHostLayer).
#[derive(Debug, Clone)]
pub struct ValidateHost<S> {
    inner: S,
    allowed: AllowedHosts,
}

impl<S> ValidateHost<S> {
    pub(super) fn new(inner: S, allowed: AllowedHosts) -> Self {
        Self { inner, allowed }
    }
}

impl<S, B, ResBody> Service<Request<B>> for ValidateHost<S>
where
    S: Service<Request<B>, Response = Response<ResBody>>,
    ResBody: FromRejection,
{
    type Response = Response<ResBody>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        match self.allowed.judge(request.headers(), request.uri()) {
            Ok(()) => ResponseFuture::called(self.inner.call(request)),
            Err(rejection) => ResponseFuture::rejected(rejection),
        }
    }
}
