//! The log in this process's memory: its limits, and the trait.

mod losses;
mod shelf;
mod track;

use std::{
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use mcp_layers_core::{extensions::SessionId, jsonrpc::Message};

use self::shelf::{Limits, Shelf};
use super::{EventLog, LogFuture, Page};

/// Events in this process's memory: gone when it ends, unknown to other nodes.
///
/// Whatever comes is kept; older things give way to it. Over a limit of bytes, whole
/// streams that have ended go first, the one that ended first before the others; then
/// single events of the stream that has the oldest. Within a stream, progress and log
/// messages go before what may not be lost, and clients are told of log messages that they
/// have missed. The newest event stays even if it is larger
/// than a limit.
///
/// ```
/// use std::time::Duration;
/// use mcp_layers::resume::MemoryEventLog;
///
/// let log = MemoryEventLog::new()
///     .with_max_bytes(16 << 20)
///     .with_max_bytes_per_session(256 << 10)
///     .with_max_events_per_stream(100)
///     .with_max_age(Duration::from_secs(60));
/// assert_eq!(log.bytes(), 0);
/// ```
#[must_use]
pub struct MemoryEventLog {
    limits: Limits,
    /// Held for as long as it takes to move one event or one page, never across a wait.
    shelf: Mutex<Shelf>,
}

/// Thirty years: what is longer is as good as for ever, and no sum of times overflows.
const FOREVER: Duration = Duration::from_secs(30 * 365 * 24 * 3_600);

impl MemoryEventLog {
    /// Room for 64 MiB in all, 4 MiB per session and 1,000 events per stream, for 5
    /// minutes.
    pub fn new() -> Self {
        let limits = Limits {
            bytes: 64 << 20,
            bytes_per_session: 4 << 20,
            events_per_stream: 1_000,
            age: Duration::from_secs(5 * 60),
        };
        Self { limits, shelf: Mutex::default() }
    }

    /// How many bytes all streams may take; 64 MiB unless set. A message counts with 128
    /// bytes besides its own, a stream with 512.
    pub fn with_max_bytes(mut self, max: usize) -> Self {
        self.limits.bytes = max;
        self
    }

    /// How many bytes the streams of one session may take, counted in the same way;
    /// 4 MiB unless set.
    pub fn with_max_bytes_per_session(mut self, max: usize) -> Self {
        self.limits.bytes_per_session = max;
        self
    }

    /// How many events of one stream are kept; 1,000 unless set, at least 1.
    pub fn with_max_events_per_stream(mut self, max: usize) -> Self {
        self.limits.events_per_stream = max;
        self
    }

    /// How long a stream is kept after its end, and of one that goes on an event after it
    /// was appended; 5 minutes unless set.
    pub fn with_max_age(mut self, age: Duration) -> Self {
        self.limits.age = age.min(FOREVER);
        self
    }

    /// How many bytes are taken now, counted as by the limits.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.lock().bytes()
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    /// What the lock must not be held for any longer than to take it out.
    fn take<T>(&self, take: impl FnOnce(&mut Shelf) -> T) -> T {
        take(&mut self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for MemoryEventLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryEventLog").field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl Default for MemoryEventLog {
    fn default() -> Self {
        Self::new()
    }
}

impl EventLog for MemoryEventLog {
    fn open(&self, session: SessionId, stream: u64) -> LogFuture<()> {
        self.lock().open(session, stream);
        LogFuture::ready(Ok(()))
    }

    fn append(&self, session: SessionId, stream: u64, message: Message) -> LogFuture<Option<u64>> {
        let position = self.lock().append(session, stream, message, &self.limits);
        LogFuture::ready(Ok(position))
    }

    fn end(&self, session: SessionId, stream: u64) -> LogFuture<()> {
        self.lock().end(session, stream);
        LogFuture::ready(Ok(()))
    }

    fn read(&self, session: SessionId, stream: u64, after: u64) -> LogFuture<Option<Page>> {
        let page = self.lock().read(session, stream, after, &self.limits);
        LogFuture::ready(Ok(page))
    }

    fn remove(&self, session: SessionId, stream: u64) -> LogFuture<()> {
        drop(self.take(|shelf| shelf.remove(session, stream)));
        LogFuture::ready(Ok(()))
    }

    fn purge(&self, session: SessionId) -> LogFuture<()> {
        drop(self.take(|shelf| shelf.purge(session)));
        LogFuture::ready(Ok(()))
    }

    fn retention(&self) -> Duration {
        self.limits.age
    }
}
