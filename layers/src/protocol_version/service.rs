use std::task::{Context, Poll};

use http::{Request, Response};
use mcp_layers_core::{Inbound, MessageService, Outbound, protocol::Method};
use tower_service::Service;

use super::{ResponseFuture, versions::Versions};

/// Made by [`ProtocolVersionLayer`](super::ProtocolVersionLayer).
#[derive(Debug, Clone)]
pub struct ProtocolVersion<S> {
    inner: S,
    versions: Versions,
}

impl<S> ProtocolVersion<S> {
    pub(super) fn new(inner: S, versions: Versions) -> Self {
        Self { inner, versions }
    }
}

impl<S> Service<Request<Inbound>> for ProtocolVersion<S>
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
        match self.versions.judge(request.headers(), request.body()) {
            Ok(version) => {
                let asks_for_versions = matches!(
                    request.body().method(),
                    Some(Method::Initialize | Method::ServerDiscover)
                );
                let extensions = request.extensions_mut();
                extensions.insert(version);
                if asks_for_versions {
                    extensions.insert(self.versions.served);
                }
                ResponseFuture::called(self.inner.call(request))
            }
            Err(rejection) => {
                let id = request.body().request_id().cloned();
                ResponseFuture::rejected(rejection.with_id(id))
            }
        }
    }
}
