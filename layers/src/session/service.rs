use std::{
    mem,
    task::{Context, Poll, Waker},
};

use http::{Request, Response};
use mcp_layers_core::{Inbound, MessageService, Outbound, protocol::ProtocolVersion};
use tower_service::Service;

use super::{
    ResponseFuture,
    node::{Next, Node, Then},
};

/// The service of [`SessionLayer`](super::SessionLayer).
#[derive(Debug, Clone)]
pub struct Session<S> {
    inner: S,
    node: Node,
}

impl<S> Session<S> {
    pub(super) fn new(inner: S, node: Node) -> Self {
        Self { inner, node }
    }
}

impl<S> Service<Request<Inbound>> for Session<S>
where
    S: MessageService + Clone,
{
    type Response = Response<Outbound>;
    type Error = S::Error;
    type Future = ResponseFuture<S, S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<Inbound>) -> Self::Future {
        let mut next = if ProtocolVersion::of(request.extensions()).is_modern() {
            Ok(Next::Call(Then::Answer)) // SESS-14
        } else {
            self.node.begin(&request)
        };
        // A store in memory answers at once, and then the inner service is called here
        // and now, neither cloned nor kept waiting.
        let mut cx = Context::from_waker(Waker::noop());
        loop {
            next = match next {
                Err(rejection) => return ResponseFuture::refused(rejection),
                Ok(Next::Ended) => return ResponseFuture::ended(),
                Ok(Next::Call(then)) => {
                    return ResponseFuture::inner(self.inner.call(request), then);
                }
                Ok(Next::Ask(mut ask)) => match ask.poll(&self.node, &mut request, &mut cx) {
                    Poll::Ready(next) => next,
                    Poll::Pending => {
                        let clone = self.inner.clone();
                        let ready = mem::replace(&mut self.inner, clone);
                        return ResponseFuture::asking(ask, request, ready, &self.node);
                    }
                },
            }
        }
    }
}
