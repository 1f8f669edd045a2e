//! How a server stops: first it drains, then it cancels.

#[cfg(test)]
mod tests;

use std::{
    fmt,
    future::{Future, poll_fn},
    pin::{Pin, pin},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    task::{Context, Poll, Waker},
    time::Duration,
};

use slab::Slab;

use crate::extensions::{CancelReason, CancelToken};

/// The two phases in which a server stops, and a count of the work that is left.
///
/// 1. [`drain`](Self::drain): nothing is broken off. No session is opened any more,
///    streams that would stay open end, and calls run to their end.
/// 2. [`cancel`](Self::cancel): what still runs is cancelled.
///
/// [`run`](Self::run) does both in turn. Clones are the same shutdown. Layers that leave
/// work behind take it by their `with_shutdown`, and the work they [`track`](Self::track)
/// is waited for.
///
/// ```
/// use mcp_layers_core::shutdown::{Shutdown, Work};
///
/// # tokio_test::block_on(async {
/// let shutdown = Shutdown::new();
/// let call = shutdown.track(Work::Call);
/// shutdown.drain();
/// assert!(shutdown.is_draining());
/// assert!(!shutdown.token().is_cancelled());
/// drop(call);
/// shutdown.finished().await;
/// shutdown.cancel();
/// shutdown.ended().await;
/// # });
/// ```
#[derive(Clone, Default)]
pub struct Shutdown(Arc<Inner>);

#[derive(Default)]
struct Inner {
    /// Beside the token, because it is ordered with the counts: whoever ends the last
    /// work sees that there are waiters, or they see that it has ended.
    is_draining: AtomicBool,
    draining: CancelToken,
    cancelled: CancelToken,
    counts: [AtomicUsize; 4],
    waiting: Mutex<Slab<Waker>>,
}

/// What kind of work is tracked; it decides what waits for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Work {
    /// It ends by itself, and is let finish: a call.
    Call,
    /// It ends when the drain begins, as soon as its client's connection takes what is
    /// left to say: a stream that would stay open.
    Stream,
    /// It goes on until it is cancelled: a task that looks after something.
    Background,
}

/// Work that is not done yet; done when this is dropped.
#[must_use = "the work counts as done when this is dropped"]
pub struct WorkGuard {
    shutdown: Shutdown,
    count: usize,
}

/// Where each kind of work is counted: calls that the drain found, and later ones.
const FOUND: usize = 0;
const LATE: usize = 1;
const STREAM: usize = 2;
const BACKGROUND: usize = 3;

impl Shutdown {
    /// When a client that was refused or cut short is told to come back: 5 seconds.
    pub const RETRY_AFTER: Duration = Duration::from_secs(5);

    /// One that has not begun.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Begins the first phase: nothing is broken off, and nothing lasting begins.
    pub fn drain(&self) {
        if !self.0.is_draining.swap(true, SeqCst) {
            self.0.draining.cancel(CancelReason::ShuttingDown);
            self.0.wake();
        }
    }

    /// Begins the second phase, and the first if that has not begun: all work is
    /// cancelled.
    pub fn cancel(&self) {
        self.drain();
        self.0.cancelled.cancel(CancelReason::ShuttingDown);
    }

    /// Whether the first phase has begun: the server is not ready.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.0.is_draining.load(SeqCst)
    }

    /// Fires when the first phase begins. Streams that would stay open end then.
    #[must_use]
    pub fn draining(&self) -> &CancelToken {
        &self.0.draining
    }

    /// Fires when the second phase begins: the root of the cancellation tree.
    #[must_use]
    pub fn token(&self) -> &CancelToken {
        &self.0.cancelled
    }

    /// Counts some work, until the guard is dropped. Neither allocates nor waits.
    pub fn track(&self, work: Work) -> WorkGuard {
        let count = match work {
            Work::Call if self.is_draining() => LATE,
            Work::Call => FOUND,
            Work::Stream => STREAM,
            Work::Background => BACKGROUND,
        };
        self.0.counts[count].fetch_add(1, SeqCst);
        WorkGuard { shutdown: self.clone(), count }
    }

    /// Waits until the server drains and the calls and streams are done that the drain
    /// found. A host can stop listening now: what has begun since needs no further
    /// connection, save a call that asks its client something.
    pub fn drained(&self) -> Settled {
        self.settled(&[FOUND, STREAM])
    }

    /// Waits until the server drains and all calls and streams are done.
    pub fn finished(&self) -> Settled {
        self.settled(&[FOUND, LATE, STREAM])
    }

    /// Waits until the server drains, and all calls and background work are done; the
    /// latter is so only once they were [cancelled](Self::cancel).
    ///
    /// Streams are left out: one whose client reads nothing goes only with its
    /// connection, which is the host's.
    pub fn ended(&self) -> Settled {
        self.settled(&[FOUND, LATE, BACKGROUND])
    }

    /// Runs both phases: drains until all is [finished](Self::finished) or `deadline`
    /// comes, whichever is first, then cancels, and returns when all has
    /// [ended](Self::ended). A handler that blocks its thread holds it up.
    ///
    /// Nothing here runs by itself: the host goes on serving its connections meanwhile.
    ///
    /// ```
    /// use mcp_layers_core::shutdown::Shutdown;
    ///
    /// # tokio_test::block_on(async {
    /// let shutdown = Shutdown::new();
    /// let deadline = std::future::ready(()); // such as `tokio::time::sleep`
    /// shutdown.run(deadline).await;
    /// assert!(shutdown.token().is_cancelled());
    /// # });
    /// ```
    pub async fn run(&self, deadline: impl Future<Output = ()>) {
        self.drain();
        let (mut finished, mut deadline) = (self.finished(), pin!(deadline));
        poll_fn(|cx| match Pin::new(&mut finished).poll(cx) {
            Poll::Ready(()) => Poll::Ready(()),
            Poll::Pending => deadline.as_mut().poll(cx),
        })
        .await;
        self.cancel();
        self.ended().await;
    }

    fn settled(&self, counts: &'static [usize]) -> Settled {
        Settled { shutdown: self.clone(), counts, key: None }
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, Slab<Waker>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake(&self) {
        // Without the lock, for a waker may run anything.
        let waiting: Vec<_> = self.lock().iter().map(|(_, waker)| waker.clone()).collect();
        waiting.into_iter().for_each(Waker::wake);
    }
}

/// Runs background work to its end, or until the second phase begins: then it is dropped,
/// and there is no output. Without a guard nothing stops it.
///
/// ```
/// use mcp_layers_core::shutdown::{Shutdown, Work, until_cancelled};
///
/// # tokio_test::block_on(async {
/// let shutdown = Shutdown::new();
/// let work = until_cancelled(Some(shutdown.track(Work::Background)), std::future::pending());
/// shutdown.cancel();
/// let nothing: Option<()> = work.await;
/// assert_eq!(nothing, None);
/// shutdown.ended().await;
/// # });
/// ```
pub async fn until_cancelled<F: Future>(work: Option<WorkGuard>, future: F) -> Option<F::Output> {
    let mut cancelled = work.as_ref().map(|work| work.shutdown.token().cancelled());
    let mut future = pin!(future);
    poll_fn(|cx| match cancelled.as_mut().map(|cancelled| Pin::new(cancelled).poll(cx)) {
        Some(Poll::Ready(_)) => Poll::Ready(None),
        Some(Poll::Pending) | None => future.as_mut().poll(cx).map(Some),
    })
    .await
}

impl WorkGuard {
    /// The shutdown that counts it.
    #[must_use]
    pub fn shutdown(&self) -> &Shutdown {
        &self.shutdown
    }
}

impl Drop for WorkGuard {
    fn drop(&mut self) {
        let inner = &*self.shutdown.0;
        if inner.counts[self.count].fetch_sub(1, SeqCst) == 1 && self.shutdown.is_draining() {
            inner.wake();
        }
    }
}

/// Waits for work to be done; see [`Shutdown::drained`], [`Shutdown::finished`] and
/// [`Shutdown::ended`].
#[must_use = "futures do nothing unless polled"]
pub struct Settled {
    shutdown: Shutdown,
    counts: &'static [usize],
    key: Option<usize>,
}

impl Settled {
    fn is_settled(&self) -> bool {
        let none_left = |count: &usize| self.shutdown.0.counts[*count].load(SeqCst) == 0;
        self.shutdown.is_draining() && self.counts.iter().all(none_left)
    }
}

impl Future for Settled {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.is_settled() {
            return Poll::Ready(());
        }
        let shutdown = self.shutdown.clone();
        let mut waiting = shutdown.0.lock();
        let old = match self.key {
            Some(key) => Some(std::mem::replace(&mut waiting[key], cx.waker().clone())),
            None => {
                self.key = Some(waiting.insert(cx.waker().clone()));
                None
            }
        };
        drop(waiting);
        drop(old);
        // Looked at again: what was done before the waker was there woke nobody.
        if self.is_settled() { Poll::Ready(()) } else { Poll::Pending }
    }
}

impl Drop for Settled {
    fn drop(&mut self) {
        if let Some(key) = self.key {
            let removed = self.shutdown.0.lock().try_remove(key);
            drop(removed);
        }
    }
}

impl fmt::Debug for Shutdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |count: usize| self.0.counts[count].load(SeqCst);
        f.debug_struct("Shutdown")
            .field("draining", &self.is_draining())
            .field("cancelled", &self.token().is_cancelled())
            .field("calls", &(count(FOUND) + count(LATE)))
            .field("streams", &count(STREAM))
            .field("background", &count(BACKGROUND))
            .finish()
    }
}

impl fmt::Debug for WorkGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkGuard").finish_non_exhaustive()
    }
}

impl fmt::Debug for Settled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settled").field("shutdown", &self.shutdown).finish_non_exhaustive()
    }
}
