use std::{
    mem,
    task::{Context, Poll},
};

use http::{Request, Response};
use mcp_layers_core::{
    Inbound, MessageService, Outbound,
    protocol::ProtocolVersion,
    shutdown::{Shutdown, Work},
};
use tower_service::Service;

use super::{ResponseFuture, admission::admit, layer::Rules, run::Run};

/// The service of [`BatchLayer`](super::BatchLayer).
#[derive(Debug, Clone)]
pub struct Batch<S> {
    inner: S,
    rules: Rules,
    shutdown: Option<Shutdown>,
}

impl<S> Batch<S> {
    pub(super) fn new(inner: S, rules: Rules, shutdown: Option<Shutdown>) -> Self {
        Self { inner, rules, shutdown }
    }
}

impl<S> Service<Request<Inbound>> for Batch<S>
where
    S: MessageService + Clone + Send + 'static,
    S::Future: Send + 'static,
{
    type Response = Response<Outbound>;
    type Error = S::Error;
    type Future = ResponseFuture<S, S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Inbound>) -> Self::Future {
        let Inbound::Batch(batch) = request.body() else {
            return ResponseFuture::single(self.inner.call(request));
        };
        let version = ProtocolVersion::of(request.extensions());
        match admit(batch, version, self.rules.max_length) {
            Err(rejection) => ResponseFuture::rejected(rejection),
            Ok(admitted) => {
                let (parts, _) = request.into_parts();
                // The instance that is ready takes the first message, a clone each other.
                let next = self.inner.clone();
                let ready = mem::replace(&mut self.inner, next);
                let work = self.shutdown.as_ref().map(|shutdown| shutdown.track(Work::Call));
                let run = Run::new(parts, admitted, ready, self.inner.clone(), self.rules, work);
                ResponseFuture::batch(run, self.rules)
            }
        }
    }
}
