use std::{
    error::Error,
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use mcp_layers_core::{Rejection, extensions::SessionId};

use super::{SessionChange, SessionRecord};

/// Where sessions are kept: in this process ([`MemoryStore`](super::MemoryStore)),
/// or in something that all nodes of a cluster share.
///
/// The store alone decides how long a session lives. It must treat a session as
/// gone from the moment its time is over, whether or not it has been removed, and
/// a record that is gone never comes back.
pub trait SessionStore: fmt::Debug + Send + Sync + 'static {
    /// Sets aside room for one more session.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Full`] at the limit.
    fn reserve(&self) -> StoreFuture<Reservation>;

    /// Keeps a new session, in the room reserved for it.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Unavailable`] also when the id is taken.
    fn create(&self, record: SessionRecord, room: Reservation) -> StoreFuture<Arc<SessionRecord>>;

    /// The session, if it lives. Its idle time starts anew.
    fn load(&self, id: SessionId) -> StoreFuture<Option<Arc<SessionRecord>>>;

    /// Whether the session lives. Its idle time goes on.
    fn exists(&self, id: SessionId) -> StoreFuture<bool>;

    /// Changes a session; false if there is none. Its idle time goes on.
    fn update(&self, id: SessionId, change: SessionChange) -> StoreFuture<bool>;

    /// Ends a session; false if there was none.
    fn delete(&self, id: SessionId) -> StoreFuture<bool>;

    /// After how long without a [`load`](Self::load) a session is gone.
    fn idle_lifetime(&self) -> Duration;
}

/// What a [`SessionStore`] returns: an answer that is there already, or a future.
///
/// The first costs no allocation, and lets the layer go on without a pause.
///
/// ```
/// use mcp_layers::session::StoreFuture;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), mcp_layers::session::StoreError> {
/// assert!(StoreFuture::ready(Ok(true)).await?);
/// assert!(StoreFuture::boxed(async { Ok(true) }).await?);
/// # Ok(())
/// # }
/// ```
#[must_use = "futures do nothing unless polled"]
pub struct StoreFuture<T>(Repr<T>);

enum Repr<T> {
    Ready(Option<Result<T, StoreError>>),
    Boxed(Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send>>),
}

impl<T> StoreFuture<T> {
    /// An answer that is there already.
    pub fn ready(answer: Result<T, StoreError>) -> Self {
        Self(Repr::Ready(Some(answer)))
    }

    /// An answer that has to be fetched.
    pub fn boxed(answer: impl Future<Output = Result<T, StoreError>> + Send + 'static) -> Self {
        Self(Repr::Boxed(Box::pin(answer)))
    }
}

impl<T> Future for StoreFuture<T> {
    type Output = Result<T, StoreError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            Repr::Ready(answer) => Poll::Ready(answer.take().expect("polled after completion")),
            Repr::Boxed(answer) => answer.as_mut().poll(cx),
        }
    }
}

/// The answer is never pinned in place.
impl<T> Unpin for StoreFuture<T> {}

impl<T> fmt::Debug for StoreFuture<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreFuture").finish_non_exhaustive()
    }
}

/// Room for one session; given back when dropped.
#[must_use = "the room is given back when this is dropped"]
pub struct Reservation(Option<Arc<dyn Fn() + Send + Sync>>);

impl Reservation {
    /// Room that `release` gives back. The function is shared by all reservations
    /// and called once for each.
    pub fn new(release: Arc<dyn Fn() + Send + Sync>) -> Self {
        Self(Some(release))
    }

    /// Room in a store that counts nothing.
    pub const fn unbounded() -> Self {
        Self(None)
    }

    /// The room is used up: for a store that does not hold on to this until the
    /// session ends.
    pub fn keep(mut self) {
        self.0 = None;
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        if let Some(release) = self.0.take() {
            release();
        }
    }
}

impl fmt::Debug for Reservation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reservation").finish_non_exhaustive()
    }
}

/// Why a store could not answer. The client is told 503 and no more; the cause
/// goes to the log.
#[derive(Debug)]
pub struct StoreError {
    kind: StoreErrorKind,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// The kinds of [`StoreError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// There are as many sessions as the store may hold.
    Full,
    /// The store failed, or cannot be reached.
    Unavailable,
}

impl StoreError {
    /// There are as many sessions as the store may hold.
    #[must_use]
    pub const fn full() -> Self {
        Self { kind: StoreErrorKind::Full, source: None }
    }

    /// The store failed, for this cause.
    pub fn unavailable(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind: StoreErrorKind::Unavailable, source: Some(cause.into()) }
    }

    /// Which kind.
    #[must_use]
    pub const fn kind(&self) -> StoreErrorKind {
        self.kind
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            StoreErrorKind::Full => "the session store is full",
            StoreErrorKind::Unavailable => "the session store failed",
        })
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|cause| cause as _)
    }
}

impl From<StoreError> for Rejection {
    fn from(error: StoreError) -> Self {
        match error.kind {
            StoreErrorKind::Full => {
                tracing::warn!("a session was refused: {error}");
                Self::unavailable("too many sessions", Duration::from_secs(30))
            }
            StoreErrorKind::Unavailable => {
                let cause = error.source().map(tracing::field::display);
                tracing::error!(cause, "{error}");
                Self::unavailable("sessions are unavailable", Duration::from_secs(5))
            }
        }
    }
}
