use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use http::{Request, Response};
use mcp_layers_core::{
    Inbound, Outbound, Rejection,
    extensions::{SessionHandle, SessionId},
    protocol::LogLevel,
};

use super::{
    Reservation, SessionRecord, StoreError, StoreFuture,
    node::{Next, Node, refuse},
};

/// A question to the store, with what waits for the answer: one step of a request's
/// way. Whether the store answers at once or later makes no difference here.
pub(super) enum Ask {
    Room(StoreFuture<Reservation>, Waiting<Request<Inbound>>),
    Record(StoreFuture<Option<Arc<SessionRecord>>>, SessionId, Waiting<Entering>),
    StillThere(StoreFuture<bool>, Waiting<Entered>),
    MarkInitialized(StoreFuture<bool>, Waiting<Entered>),
    Delete(StoreFuture<bool>, SessionId),
    Create(StoreFuture<Arc<SessionRecord>>, Waiting<Response<Outbound>>),
    StoreLevel(StoreFuture<bool>, SessionId, LogLevel, Waiting<Response<Outbound>>),
}

/// A request that names a session, and the session's handle if it is at work here.
pub(super) struct Entering {
    pub(super) request: Request<Inbound>,
    pub(super) handle: Option<SessionHandle>,
}

/// A request within a session.
pub(super) struct Entered {
    pub(super) request: Request<Inbound>,
    pub(super) handle: SessionHandle,
    pub(super) record: Arc<SessionRecord>,
}

/// What waits for one answer.
pub(super) struct Waiting<T>(Option<T>);

impl Ask {
    pub(super) fn poll(&mut self, node: &Node, cx: &mut Context<'_>) -> Poll<Next> {
        Poll::Ready(ready!(self.poll_answer(node, cx)).unwrap_or_else(refuse))
    }

    fn poll_answer(&mut self, node: &Node, cx: &mut Context<'_>) -> Poll<Result<Next, Rejection>> {
        Poll::Ready(match self {
            Self::Room(answer, request) => {
                let room = ready!(poll(answer, cx))?;
                Ok(node.open(room, request.take()))
            }
            Self::Record(answer, id, entering) => {
                let record = ready!(poll(answer, cx))?;
                node.enter(*id, record, entering.take())
            }
            Self::StillThere(answer, entered) => {
                let (lives, entered) = (ready!(poll(answer, cx))?, entered.take());
                node.confirm(lives, entered.record.id).and_then(|()| node.admit(entered))
            }
            Self::MarkInitialized(answer, entered) => {
                let (lives, entered) = (ready!(poll(answer, cx))?, entered.take());
                node.confirm(lives, entered.record.id).map(|()| node.call(entered))
            }
            Self::Delete(answer, id) => {
                let deleted = ready!(poll(answer, cx))?;
                node.deleted(*id, deleted)
            }
            Self::Create(answer, response) => {
                let record = ready!(poll(answer, cx))?;
                Ok(node.created(&record, response.take()))
            }
            Self::StoreLevel(answer, id, level, response) => {
                // A session that ended meanwhile needs no level.
                ready!(poll(answer, cx))?;
                node.live.stored_level(*id, *level);
                Ok(Next::Answer(response.take()))
            }
        })
    }
}

impl<T> Waiting<T> {
    fn take(&mut self) -> T {
        self.0.take().expect("each question is answered once")
    }
}

pub(super) fn waiting<T>(what: T) -> Waiting<T> {
    Waiting(Some(what))
}

fn poll<T>(answer: &mut StoreFuture<T>, cx: &mut Context<'_>) -> Poll<Result<T, StoreError>> {
    Pin::new(answer).poll(cx)
}
