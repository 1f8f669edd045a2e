use std::{
    any::Any,
    fmt,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    task::{Context, Poll, Waker},
    time::Duration,
};

use slab::Slab;
use smallvec::SmallVec;

use crate::jsonrpc::{ErrorObject, code};

/// Why work was cancelled.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CancelReason {
    /// The client sent `notifications/cancelled`, with this reason if it gave one.
    Client(Option<Box<str>>),
    /// The client went away.
    Disconnected,
    /// The request ran longer than this.
    TimedOut(Duration),
    /// The session ended.
    SessionEnded,
    /// The server is shutting down.
    ShuttingDown,
}

impl CancelReason {
    /// The error that answers work that was cancelled for this reason; `None` where
    /// nobody is to be answered, because the client has taken the request back
    /// (CANCEL-5) or has gone.
    #[must_use]
    pub fn to_error_object(&self) -> Option<ErrorObject> {
        let code = match self {
            Self::Client(_) | Self::Disconnected => return None,
            Self::TimedOut(_) => code::TIMEOUT,
            Self::ShuttingDown => code::UNAVAILABLE,
            Self::SessionEnded => code::CANCELLED,
        };
        Some(ErrorObject::new(code, self.to_string()))
    }
}

impl fmt::Display for CancelReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(None) => f.write_str("cancelled by the client"),
            Self::Client(Some(reason)) => write!(f, "cancelled by the client: {reason}"),
            Self::Disconnected => f.write_str("the client went away"),
            Self::TimedOut(limit) => write!(f, "timed out after {limit:?}"),
            Self::SessionEnded => f.write_str("the session ended"),
            Self::ShuttingDown => f.write_str("the server is shutting down"),
        }
    }
}

/// One node of the cancellation tree: server → session → request.
///
/// A child is cancelled with its parents. Making one costs an allocation and
/// touches no parent: only somebody who waits on [`cancelled`](Self::cancelled)
/// registers with the chain, and only while waiting.
///
/// ```
/// use mcp_layers_core::extensions::{CancelReason, CancelToken};
///
/// let server = CancelToken::new();
/// let request = CancelToken::child_of([&server]);
/// server.cancel(CancelReason::ShuttingDown);
/// assert_eq!(request.reason(), Some(&CancelReason::ShuttingDown));
/// ```
#[derive(Clone, Default)]
pub struct CancelToken(Arc<Node>);

#[derive(Default)]
struct Node {
    parents: SmallVec<[CancelToken; 2]>,
    reason: OnceLock<CancelReason>,
    waiting: Mutex<Slab<Waker>>,
}

impl CancelToken {
    /// A root: cancelled by [`cancel`](Self::cancel) alone.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A token that is cancelled with any of these.
    pub fn child_of<'a>(parents: impl IntoIterator<Item = &'a Self>) -> Self {
        let parents = parents.into_iter().cloned().collect();
        Self(Arc::new(Node { parents, ..Node::default() }))
    }

    /// Cancels this token and all below it. The first reason stays.
    pub fn cancel(&self, reason: CancelReason) {
        if self.is_cancelled() || self.0.reason.set(reason).is_err() {
            return;
        }
        let waiting = std::mem::take(&mut *self.0.lock());
        for (_, waker) in waiting {
            waker.wake();
        }
    }

    /// Why it was cancelled; `None` if it was not.
    #[must_use]
    pub fn reason(&self) -> Option<&CancelReason> {
        self.0.reason.get().or_else(|| {
            let reason = self.0.parents.iter().find_map(Self::reason)?;
            // Kept, so that the reason does not change when another parent is
            // cancelled too. Whoever waits here waits on that parent as well.
            Some(self.0.reason.get_or_init(|| reason.clone()))
        })
    }

    /// Whether it was cancelled.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.reason().is_some()
    }

    /// Waits until it is cancelled, and says why.
    pub fn cancelled(&self) -> Cancelled {
        Cancelled { token: self.clone(), registered: SmallVec::new(), waker: None }
    }

    /// How many wait on this node.
    #[cfg(test)]
    pub(super) fn waiting(&self) -> usize {
        self.0.lock().len()
    }

    fn register(&self, waker: &Waker, registered: &mut Registered) {
        let key = self.0.lock().insert(waker.clone());
        registered.push((self.clone(), key));
        for parent in &self.0.parents {
            parent.register(waker, registered);
        }
    }
}

/// For how many waiters a token keeps room.
const ROOM: usize = 64;

impl Node {
    fn remove(&self, key: usize) -> Option<Waker> {
        let mut waiting = self.lock();
        let removed = waiting.try_remove(key);
        // A rush of requests is not paid for ever by the token they all hang on. Looked at
        // each time that half of those who wait have gone, and not for each of them.
        let (len, room) = (waiting.len(), waiting.capacity());
        if room > ROOM && len <= room / 4 && (len == 0 || len.is_power_of_two()) {
            waiting.shrink_to_fit();
        }
        removed
    }

    fn lock(&self) -> MutexGuard<'_, Slab<Waker>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for CancelToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CancelToken").field(&self.reason()).finish()
    }
}

type Registered = SmallVec<[(CancelToken, usize); 3]>;

/// Waits for a [`CancelToken`]; see [`CancelToken::cancelled`].
#[must_use = "futures do nothing unless polled"]
pub struct Cancelled {
    token: CancelToken,
    registered: Registered,
    /// The waker that is registered.
    waker: Option<Waker>,
}

impl Future for Cancelled {
    type Output = CancelReason;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<CancelReason> {
        let this = &mut *self;
        if let Some(reason) = this.token.reason() {
            return Poll::Ready(reason.clone());
        }
        if this.waker.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
            return Poll::Pending;
        }
        this.unregister();
        this.token.register(cx.waker(), &mut this.registered);
        this.waker = Some(cx.waker().clone());
        // Looked at again after registering: a cancel in between is seen by one or
        // the other.
        match this.token.reason() {
            Some(reason) => Poll::Ready(reason.clone()),
            None => Poll::Pending,
        }
    }
}

impl Cancelled {
    fn unregister(&mut self) {
        for (token, key) in self.registered.drain(..) {
            // A cancelled node has given up its whole slab. The key may then be
            // another's, but on such a node nobody waits for a wake-up any more.
            let removed = token.0.remove(key);
            // Outside the lock: a waker's drop may drop a task, and that one of these.
            drop(removed);
        }
    }
}

impl Drop for Cancelled {
    fn drop(&mut self) {
        self.unregister();
    }
}

impl fmt::Debug for Cancelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cancelled").field("token", &self.token).finish_non_exhaustive()
    }
}

/// What becomes of a request whose client goes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnDisconnect {
    /// It is dropped: in the modern era that is what leaving means (CANCEL-1).
    #[default]
    Drop,
    /// It runs on: in the legacy era leaving is no cancellation (CANCEL-4).
    Detach,
}

/// How the request at hand can be cancelled. Inserted by the `cancellation`
/// layer; whoever runs the request takes it out of the extensions and keeps it
/// until the work is done.
#[derive(Clone)]
pub struct Cancellation {
    token: CancelToken,
    on_disconnect: OnDisconnect,
    guard: Option<Arc<dyn Any + Send + Sync>>,
}

impl Cancellation {
    /// A cancellation that fires with this token.
    #[must_use]
    pub fn new(token: CancelToken, on_disconnect: OnDisconnect) -> Self {
        Self { token, on_disconnect, guard: None }
    }

    /// Keeps `guard` until the work is done, that is until the last clone of this
    /// is dropped.
    #[must_use]
    pub fn with_guard(mut self, guard: Arc<dyn Any + Send + Sync>) -> Self {
        self.guard = Some(guard);
        self
    }

    /// The token. A clone of it does not prolong the work.
    #[must_use]
    pub fn token(&self) -> &CancelToken {
        &self.token
    }

    /// What becomes of the request if its client goes away.
    #[must_use]
    pub fn on_disconnect(&self) -> OnDisconnect {
        self.on_disconnect
    }
}

impl fmt::Debug for Cancellation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cancellation")
            .field("token", &self.token)
            .field("on_disconnect", &self.on_disconnect)
            .finish_non_exhaustive()
    }
}
