use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use http::{Request, Response};
use mcp_layers_core::{
    FromRejection as _, Inbound, Outbound, Rejection,
    extensions::{OpensSession, SessionHandle, SessionId},
    protocol::LogLevel,
};

use super::{
    Reservation, SessionRecord, StoreError, StoreFuture,
    node::{Next, Node, Opening},
};

/// A question to the store on the way in, with what waits for the answer besides
/// the request.
pub(super) enum Ask {
    Room(StoreFuture<Reservation>),
    /// The session's handle, if it is at work here.
    Record(StoreFuture<Option<Arc<SessionRecord>>>, SessionId, Option<SessionHandle>),
    StillThere(StoreFuture<bool>, Entered),
    MarkInitialized(StoreFuture<bool>, Entered),
    Delete(StoreFuture<bool>, SessionId),
}

/// A session that a request was let into.
#[derive(Clone)]
pub(super) struct Entered {
    pub(super) handle: SessionHandle,
    pub(super) record: Arc<SessionRecord>,
}

impl Ask {
    pub(super) fn poll(
        &mut self,
        node: &Node,
        request: &mut Request<Inbound>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Next, Rejection>> {
        Poll::Ready(match self {
            Self::Room(answer) => {
                let room = ready!(poll(answer, cx))?;
                let opening = Opening::of(request, room, node);
                request.extensions_mut().insert(OpensSession);
                Ok(Next::Call(opening.into()))
            }
            Self::Record(answer, id, handle) => {
                let record = ready!(poll(answer, cx))?;
                node.enter(*id, record, handle.take(), request)
            }
            Self::StillThere(answer, entered) => {
                let lives = ready!(poll(answer, cx))?;
                node.confirm(lives, entered.record.id)
                    .and_then(|()| node.admit(entered.clone(), request))
            }
            Self::MarkInitialized(answer, entered) => {
                let lives = ready!(poll(answer, cx))?;
                node.confirm(lives, entered.record.id).map(|()| node.call(entered.clone(), request))
            }
            Self::Delete(answer, id) => {
                let deleted = ready!(poll(answer, cx))?;
                node.deleted(*id, deleted)
            }
        })
    }
}

/// A question to the store on the way out.
pub(super) enum Save {
    Create(StoreFuture<Arc<SessionRecord>>),
    Level(StoreFuture<bool>, SessionId, LogLevel),
}

impl Save {
    /// What the response becomes once the store has answered.
    pub(super) fn poll(
        &mut self,
        node: &Node,
        response: &mut Response<Outbound>,
        cx: &mut Context<'_>,
    ) -> Poll<()> {
        let saved = match self {
            Self::Create(answer) => {
                ready!(poll(answer, cx)).map(|record| node.created(&record, response))
            }
            Self::Level(answer, id, level) => {
                // A session that ended meanwhile needs no level.
                ready!(poll(answer, cx)).map(|_| node.live.stored_level(*id, *level))
            }
        };
        if let Err(error) = saved {
            *response = Outbound::from_rejection(error.into());
        }
        Poll::Ready(())
    }
}

fn poll<T>(answer: &mut StoreFuture<T>, cx: &mut Context<'_>) -> Poll<Result<T, StoreError>> {
    Pin::new(answer).poll(cx)
}
