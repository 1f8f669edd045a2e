use std::{
    sync::Arc,
    task::{Context, Poll},
};

use http::{Request, Response};
use mcp_layers_core::FromRejection;
use tower_service::Service;

use super::{ResponseFuture, allowed::AllowedOrigins};

/// Made by [`ValidateOriginLayer`](super::ValidateOriginLayer).
#[derive(Debug, Clone)]
pub struct ValidateOrigin<S> {
    inner: S,
    allowed: Arc<AllowedOrigins>,
}

impl<S> ValidateOrigin<S> {
    pub(super) fn new(inner: S, allowed: Arc<AllowedOrigins>) -> Self {
        Self { inner, allowed }
    }
}

impl<S, B, ResBody> Service<Request<B>> for ValidateOrigin<S>
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
        match self.allowed.judge(request.headers()) {
            Ok(()) => ResponseFuture::called(self.inner.call(request)),
            Err(rejection) => ResponseFuture::rejected(rejection),
        }
    }
}
