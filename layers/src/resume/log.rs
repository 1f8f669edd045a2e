use std::{
    error::Error,
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use mcp_layers_core::{extensions::SessionId, jsonrpc::Message};

/// Where the events of streams are kept until nobody can ask for them any more: in this
/// process ([`MemoryEventLog`](super::MemoryEventLog)), or in something that survives it.
///
/// The layer gives each stream a number, which is never used twice in a session. It
/// appends an event before it is sent, and never sends what the log does not give back.
/// The log decides what it has room for: what is old may be dropped at any time, as long
/// as [`read`](Self::read) never passes over it in silence.
///
/// Any implementation can be held to `resume::contract` in its own tests, with the feature
/// `testing` of this crate.
pub trait EventLog: fmt::Debug + Send + Sync + 'static {
    /// Begins a stream without events. A number that is taken already is left as it is.
    fn open(&self, session: SessionId, stream: u64) -> LogFuture<()>;

    /// Keeps a message as the stream's next event. Its position is greater than that of
    /// any before it, and greater than 0. `None` if there is no such stream, or it has
    /// ended.
    fn append(&self, session: SessionId, stream: u64, message: Message) -> LogFuture<Option<u64>>;

    /// Marks the stream as ended: nothing follows.
    fn end(&self, session: SessionId, stream: u64) -> LogFuture<()>;

    /// The events after a position, as many as make a page; after 0 come all.
    ///
    /// `None` if the stream cannot be told on from there without a gap: it is unknown,
    /// it never had this position, or an event after it is gone. An event may be left
    /// out all the same if its message may be lost
    /// ([`Message::overflow`](mcp_layers_core::jsonrpc::Message::overflow)).
    fn read(&self, session: SessionId, stream: u64, after: u64) -> LogFuture<Option<Page>>;

    /// Drops a stream.
    fn remove(&self, session: SessionId, stream: u64) -> LogFuture<()>;

    /// Drops all streams of a session that has ended.
    fn purge(&self, session: SessionId) -> LogFuture<()>;

    /// How long a stream is kept after its end. The layer then removes it; a log must
    /// treat it as gone from that moment, removed or not.
    fn retention(&self) -> Duration;
}

/// A piece of a stream, as [`EventLog::read`] gives it.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Page {
    /// Positions and messages, in order; bounded in number and bytes.
    pub events: Vec<(u64, Message)>,
    /// How far this goes: the next page is read after this position.
    pub through: u64,
    /// The position of the last event that the stream has had.
    pub tail: u64,
    /// Whether the stream has ended.
    pub ended: bool,
    /// How many log messages are missing up to `through`: the client is told.
    pub lost: usize,
}

impl Page {
    /// A page of these events, which are all there are up to `through`.
    #[must_use]
    pub fn new(events: Vec<(u64, Message)>, through: u64, tail: u64, ended: bool) -> Self {
        Self { events, through, tail, ended, lost: 0 }
    }

    /// Says how many messages of [`Overflow::DropOldest`] were dropped between the
    /// position after which it was read and `through`; none unless set.
    ///
    /// [`Overflow::DropOldest`]: mcp_layers_core::jsonrpc::Overflow::DropOldest
    #[must_use]
    pub fn with_lost(mut self, lost: usize) -> Self {
        self.lost = lost;
        self
    }
}

/// What an [`EventLog`] returns: an answer that is there already, or a future.
///
/// The first costs no allocation, and lets a stream go on without a pause.
///
/// ```
/// use mcp_layers::resume::LogFuture;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), mcp_layers::resume::LogError> {
/// assert_eq!(LogFuture::ready(Ok(1)).await?, 1);
/// assert_eq!(LogFuture::boxed(async { Ok(1) }).await?, 1);
/// # Ok(())
/// # }
/// ```
#[must_use = "futures do nothing unless polled"]
pub struct LogFuture<T>(Repr<T>);

enum Repr<T> {
    Ready(Option<Result<T, LogError>>),
    Boxed(Pin<Box<dyn Future<Output = Result<T, LogError>> + Send>>),
}

impl<T> LogFuture<T> {
    /// An answer that is there already.
    pub fn ready(answer: Result<T, LogError>) -> Self {
        Self(Repr::Ready(Some(answer)))
    }

    /// An answer that has to be fetched.
    pub fn boxed(answer: impl Future<Output = Result<T, LogError>> + Send + 'static) -> Self {
        Self(Repr::Boxed(Box::pin(answer)))
    }
}

impl<T> Future for LogFuture<T> {
    type Output = Result<T, LogError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            Repr::Ready(answer) => Poll::Ready(answer.take().expect("polled after completion")),
            Repr::Boxed(answer) => answer.as_mut().poll(cx),
        }
    }
}

/// The answer is never pinned in place.
impl<T> Unpin for LogFuture<T> {}

impl<T> fmt::Debug for LogFuture<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogFuture").finish_non_exhaustive()
    }
}

/// The log failed, or cannot be reached. The cause goes to the server's own log.
#[derive(Debug)]
pub struct LogError(Box<dyn Error + Send + Sync>);

impl LogError {
    /// It failed for this cause.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

impl fmt::Display for LogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the event log failed: {}", self.0)
    }
}

impl Error for LogError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.0)
    }
}
