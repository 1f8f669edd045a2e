use std::task::{Context, Poll};

use http::{Request, Response};
use mcp_layers_core::{Inbound, MessageService, Outbound};
use tower_service::Service;

use super::{ResponseFuture, checks::Checks, trace};

/// Made by [`RequestMetadataLayer`](super::RequestMetadataLayer).
#[derive(Debug, Clone)]
pub struct RequestMetadata<S> {
    inner: S,
    checks: Checks,
}

impl<S> RequestMetadata<S> {
    pub(super) fn new(inner: S, checks: Checks) -> Self {
        Self { inner, checks }
    }
}

impl<S> Service<Request<Inbound>> for RequestMetadata<S>
where
    S: MessageService,
{
    type Response = Response<Outbound>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<Inbound>) -> Self::Future {
        match self.checks.read(&request) {
            Ok(Some(declared)) => {
                let extensions = request.extensions_mut();
                extensions.insert(declared.capabilities);
                if let Some(info) = declared.client_info {
                    extensions.insert(info);
                }
            }
            Ok(None) => {}
            Err(rejection) => {
                let id = request.body().request_id().cloned(); // META-17
                return ResponseFuture::rejected(rejection.with_id(id));
            }
        }
        if let Some(trace) = request.body().params().and_then(|params| trace::read(params.meta())) {
            request.extensions_mut().insert(trace);
        }
        ResponseFuture::called(self.inner.call(request))
    }
}
