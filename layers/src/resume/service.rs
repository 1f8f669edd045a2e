use std::{
    sync::Arc,
    task::{Context, Poll},
};

use http::{HeaderMap, Request, Response};
use mcp_layers_core::{
    Inbound, MessageService, Outbound, Rejection,
    extensions::{SessionHandle, StreamControl},
    headers::LAST_EVENT_ID,
    protocol::ProtocolVersion,
};
use tower_service::Service;

use super::{
    EventId, ResponseFuture,
    future::{Exchange, unknown_event},
    node::Node,
};

/// The service of [`ResumeLayer`](super::ResumeLayer).
#[derive(Debug, Clone)]
pub struct Resume<S> {
    inner: S,
    node: Arc<Node>,
}

impl<S> Resume<S> {
    pub(super) fn new(inner: S, node: Arc<Node>) -> Self {
        Self { inner, node }
    }
}

impl<S> Service<Request<Inbound>> for Resume<S>
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
        let Some(session) = session(&request) else {
            return ResponseFuture::untouched(self.inner.call(request));
        };
        if let Inbound::Open = request.body() {
            match last_event_id(request.headers()) {
                Ok(None) => {}
                Ok(Some(id)) => return ResponseFuture::resuming(&self.node, session, id),
                Err(rejection) => return ResponseFuture::rejected(rejection),
            }
        }
        let control = StreamControl::new();
        if session.protocol_version() < ProtocolVersion::V2025_11_25 {
            control.end();
        }
        request.extensions_mut().insert(control.clone());
        let exchange = Exchange { node: Arc::clone(&self.node), session, control: Some(control) };
        ResponseFuture::watched(self.inner.call(request), exchange)
    }
}

/// The session of a legacy request that may be answered with a stream (SSE-14,
/// RESUME-10).
fn session(request: &Request<Inbound>) -> Option<SessionHandle> {
    let extensions = request.extensions();
    let streams = matches!(request.body(), Inbound::Request(_) | Inbound::Batch(_) | Inbound::Open);
    if !streams || ProtocolVersion::of(extensions).is_modern() {
        return None;
    }
    extensions.get().cloned()
}

/// The event after which a GET asks to go on.
fn last_event_id(headers: &HeaderMap) -> Result<Option<EventId>, Rejection> {
    let mut lines = headers.get_all(LAST_EVENT_ID).iter();
    match (lines.next(), lines.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => match EventId::parse(value.as_bytes()) {
            Ok(id) => Ok(Some(id)),
            Err(_) => Err(unknown_event()),
        },
        (Some(_), Some(_)) => Err(unknown_event()),
    }
}
