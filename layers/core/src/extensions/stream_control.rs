use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
    time::Duration,
};

use super::{CancelReason, CancelToken};

/// The connection behind the stream that answers this request: whether it broke off, and
/// what its handler may do to it. Inserted by the `resume` layer on requests of a session;
/// absent, a connection lasts as long as its stream. Only a client that speaks 2025-11-25
/// expects connections to be closed on purpose: with older ones the control has
/// [ended](Self::end) from the start.
///
/// ```
/// use std::time::Duration;
/// use mcp_layers_core::extensions::StreamControl;
///
/// let control = StreamControl::new();
/// assert!(control.close_connection(Duration::from_secs(2)));
/// assert!(control.is_close_requested());
/// control.end();
/// assert!(!control.close_connection(Duration::ZERO));
/// ```
#[derive(Clone, Default)]
pub struct StreamControl(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    ended: bool,
    requested: Option<Duration>,
    waiting: Option<Waker>,
    disconnected: Option<CancelToken>,
}

impl StreamControl {
    /// A control that nobody has used.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks that the client's present connection be closed once it has what was sent so
    /// far (SSE-17). The client is told to come back after `retry`, in whole
    /// milliseconds (SSE-18); until then the stream goes on without it.
    ///
    /// Asked for before the answer has become a stream, it is done as soon as that
    /// happens: a service that gets `true` here opens the stream. A second request
    /// before the first was met takes its place.
    ///
    /// False if nothing will come of it: the stream has ended, or cannot be resumed.
    pub fn close_connection(&self, retry: Duration) -> bool {
        let mut state = self.lock();
        if state.ended {
            return false;
        }
        state.requested = Some(retry);
        let waiting = state.waiting.take();
        drop(state);
        waiting.into_iter().for_each(Waker::wake);
        true
    }

    /// Whether a request to close waits to be met: the sign for a service that has sent
    /// nothing yet to answer with a stream.
    #[must_use]
    pub fn is_close_requested(&self) -> bool {
        self.lock().requested.is_some()
    }

    /// Takes the request to close, with its `retry`; wakes the task that asked last. For
    /// the one who owns the connection.
    pub fn poll_close_requested(&self, cx: &mut Context<'_>) -> Poll<Duration> {
        let mut state = self.lock();
        if let Some(retry) = state.requested.take() {
            return Poll::Ready(retry);
        }
        if state.waiting.as_ref().is_some_and(|waiting| waiting.will_wake(cx.waker())) {
            return Poll::Pending;
        }
        let old = state.waiting.replace(cx.waker().clone());
        drop(state);
        drop(old);
        Poll::Pending
    }

    /// Fires when the client's connection breaks off. The stream goes on, and the client
    /// may come back to it.
    #[must_use]
    pub fn disconnected(&self) -> CancelToken {
        self.lock().disconnected.get_or_insert_default().clone()
    }

    /// The client's connection has broken off. For the one who owns the connection.
    pub fn disconnect(&self) {
        self.disconnected().cancel(CancelReason::Disconnected);
    }

    /// From now on nothing can be asked for. For the one who owns the connection.
    pub fn end(&self) {
        let mut state = self.lock();
        state.ended = true;
        state.requested = None;
        let waiting = state.waiting.take();
        drop(state);
        drop(waiting);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for StreamControl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamControl")
            .field("close_requested", &self.is_close_requested())
            .finish_non_exhaustive()
    }
}
