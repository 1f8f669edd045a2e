//! Requests that the server sends to a session's client, and the client's replies.

use std::{
    collections::HashMap,
    fmt,
    future::Future,
    hash::{BuildHasher as _, RandomState},
    pin::Pin,
    sync::{Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use super::{CancelReason, Cancelled, SessionHandle};
use crate::{
    Reply,
    jsonrpc::{RawJson, RequestId},
};

/// What the requests of one session wait for, on this node.
pub(super) struct Replies {
    /// Part of each id, so that two nodes that serve one session never give out the
    /// same (RPC-14).
    node: u64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    sent: u64,
    waiting: HashMap<RequestId, Waiting>,
}

#[derive(Default)]
struct Waiting {
    outcome: Option<Result<RawJson, RawJson>>,
    waker: Option<Waker>,
}

impl Default for Replies {
    fn default() -> Self {
        Self { node: RandomState::new().hash_one(()), state: Mutex::default() }
    }
}

impl Replies {
    /// An id that was never used in the session, and is waited for from now on.
    fn expect(&self) -> RequestId {
        let mut state = self.lock();
        state.sent += 1;
        let id = RequestId::from(&*format!("{:016x}-{}", self.node, state.sent));
        state.waiting.insert(id.clone(), Waiting::default());
        id
    }

    pub(super) fn deliver(&self, reply: Reply) -> bool {
        let waker = match self.lock().waiting.get_mut(&reply.id) {
            Some(waiting) if waiting.outcome.is_none() => {
                waiting.outcome = Some(reply.outcome);
                waiting.waker.take()
            }
            _ => return false,
        };
        waker.into_iter().for_each(Waker::wake);
        true
    }

    #[cfg(test)]
    pub(super) fn waiting(&self) -> usize {
        self.lock().waiting.len()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits for the client's reply to a request of the server's; see
/// [`SessionHandle::expect_reply`].
///
/// Its output is the reply's `result`, or its `error`; or why there will be none,
/// when the session ends (SESS-18).
#[must_use = "futures do nothing unless polled"]
pub struct PendingReply {
    id: RequestId,
    ended: Cancelled,
    session: SessionHandle,
}

impl PendingReply {
    pub(super) fn new(session: SessionHandle) -> Self {
        let id = session.replies().expect();
        Self { id, ended: session.ended().cancelled(), session }
    }

    /// The id to send the request with.
    #[must_use]
    pub fn id(&self) -> &RequestId {
        &self.id
    }
}

impl Future for PendingReply {
    type Output = Result<Result<RawJson, RawJson>, CancelReason>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let mut state = this.session.replies().lock();
        let waiting = state.waiting.get_mut(&this.id).expect("removed when this is dropped");
        if let Some(outcome) = &waiting.outcome {
            return Poll::Ready(Ok(outcome.clone()));
        }
        let old = waiting.waker.replace(cx.waker().clone());
        drop(state);
        drop(old);
        Pin::new(&mut this.ended).poll(cx).map(Err)
    }
}

impl Drop for PendingReply {
    fn drop(&mut self) {
        let removed = self.session.replies().lock().waiting.remove(&self.id);
        // Without the lock: with the waker may go a task that waits here as well.
        drop(removed);
    }
}

impl fmt::Debug for PendingReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingReply").field("id", &self.id).finish_non_exhaustive()
    }
}
