use std::{
    sync::Arc,
    task::{Context, Poll},
};

use http::{Request, Response};
use mcp_layers_core::FromRejection;
use tower_service::Service;

use super::{ResponseFuture, key::Key, limit::Limit};

/// Made by [`RateLimitLayer`](super::RateLimitLayer).
#[derive(Debug, Clone)]
pub struct RateLimit<S, K> {
    inner: S,
    key: K,
    limit: Arc<Limit>,
}

impl<S, K> RateLimit<S, K> {
    pub(super) fn new(inner: S, key: K, limit: Arc<Limit>) -> Self {
        Self { inner, key, limit }
    }
}

impl<S, K, B, ResBody> Service<Request<B>> for RateLimit<S, K>
where
    S: Service<Request<B>, Response = Response<ResBody>>,
    K: Key<B>,
    ResBody: FromRejection,
{
    type Response = Response<ResBody>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let admitted = match self.key.key(&request) {
            Some(key) => self.limit.admit(&key),
            None => Ok(()),
        };
        match admitted {
            Ok(()) => ResponseFuture::called(self.inner.call(request)),
            Err(rejection) => ResponseFuture::rejected(rejection),
        }
    }
}
