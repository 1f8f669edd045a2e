use std::{
    sync::Arc,
    task::{Context, Poll},
};

use http::{Request, Response};
use mcp_layers_core::{
    Inbound, MessageService, Outbound, Rejection,
    extensions::{self, CancelReason, CancelToken, OnDisconnect, Principal, SessionHandle},
    jsonrpc::RequestId,
    protocol::{Method, ProtocolVersion},
    shutdown::Shutdown,
};
use tower_service::Service;

use super::{
    ResponseFuture, future::Running, guard::Guard, in_flight::InFlight, layer::Rules,
    notice::Notice, principals::Place,
};

/// The service of [`CancellationLayer`](super::CancellationLayer).
#[derive(Debug, Clone)]
pub struct Cancellation<S> {
    inner: S,
    shared: Arc<Shared>,
}

/// What all requests of one service share.
#[derive(Debug)]
struct Shared {
    table: Arc<InFlight>,
    rules: Rules,
}

impl<S> Cancellation<S> {
    pub(super) fn new(inner: S, table: Arc<InFlight>, rules: Rules) -> Self {
        Self { inner, shared: Arc::new(Shared { table, rules }) }
    }
}

impl Shared {
    /// Enters the request, and inserts its [`extensions::Cancellation`].
    fn register(
        &self,
        id: RequestId,
        method: &Method,
        extensions: &mut http::Extensions,
    ) -> Result<Running, Rejection> {
        let modern = ProtocolVersion::of(extensions).is_modern();
        // An initialize is in no session, and so cannot be named (CANCEL-8).
        let session = extensions.get::<SessionHandle>().filter(|_| !modern);
        let max = self.rules.max_in_flight_per_principal;
        let place = match extensions.get::<Principal>() {
            Some(principal) => Some(Place::take(&self.table, principal, max)?),
            None => None,
        };
        let shutdown = self.rules.shutdown.as_ref();
        let ended = session.map(SessionHandle::ended);
        let token = CancelToken::child_of(ended.into_iter().chain(shutdown.map(Shutdown::token)));
        let mut guard = Guard::new(place, shutdown);
        if let Some(session) = session.map(SessionHandle::id) {
            self.table.insert(session, &id, &token, self.rules.max_in_flight)?;
            guard = guard.with_entry(Arc::clone(&self.table), session, id.clone());
        }
        let guard = Arc::new(guard);
        let on_disconnect = if modern || self.rules.drop_on_disconnect {
            OnDisconnect::Drop // CANCEL-1
        } else {
            OnDisconnect::Detach // CANCEL-4
        };
        extensions.insert(
            extensions::Cancellation::new(token.clone(), on_disconnect)
                .with_guard(Arc::<Guard>::clone(&guard)),
        );
        // It lasts as long as its client listens.
        let limit = self.rules.timeout.filter(|_| *method != Method::SubscriptionsListen);
        Ok(Running { id, token, on_disconnect, limit, guard })
    }

    /// Cancels what a `notifications/cancelled` names, if that is at work in the same
    /// session (CANCEL-5, CANCEL-6, CANCEL-10).
    fn cancel(&self, request: &Request<Inbound>) {
        let extensions = request.extensions();
        if ProtocolVersion::of(extensions).is_modern() {
            return; // CANCEL-13
        }
        let Some(session) = extensions.get::<SessionHandle>() else { return };
        let Some(Notice { id, reason }) = request.body().params().and_then(Notice::read) else {
            return;
        };
        if let Some(token) = self.table.get(session.id(), &id) {
            tracing::debug!(session = %session.id(), request = %id, ?reason, "cancelled by the client"); // CANCEL-19
            token.cancel(CancelReason::Client(reason));
        }
    }
}

impl<S> Service<Request<Inbound>> for Cancellation<S>
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
        let (id, method) = match request.body() {
            Inbound::Request(message) => (message.id.clone(), message.method.clone()),
            Inbound::Notification(message) => {
                if message.method == Method::Cancelled {
                    self.shared.cancel(&request);
                }
                return ResponseFuture::untouched(self.inner.call(request));
            }
            _ => return ResponseFuture::untouched(self.inner.call(request)),
        };
        match self.shared.register(id, &method, request.extensions_mut()) {
            Ok(running) => ResponseFuture::running(self.inner.call(request), running),
            Err(rejection) => ResponseFuture::rejected(rejection),
        }
    }
}
