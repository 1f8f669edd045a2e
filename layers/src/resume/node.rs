use std::{
    collections::hash_map::{Entry, RandomState},
    future::Future as _,
    hash::BuildHasher as _,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, Waker},
    time::Duration,
};

use mcp_layers_core::{
    EventStream,
    extensions::{SessionHandle, SessionId, SessionMap, StreamControl, give_back},
    protocol::ProtocolVersion,
    shutdown::{Shutdown, Work, WorkGuard, until_cancelled},
};
use tokio::{runtime::Handle, time::Instant};

use super::{EventLog, Page, connection::Connection, feed::Feed, keeper::keep, pump::Pump};

/// Thirty years: what is longer is as good as for ever, and no sum of times overflows.
const FOREVER: Duration = Duration::from_secs(30 * 365 * 24 * 3_600);

/// How long to wait at least before looking again at streams none of which has ended.
const SHORTEST: Duration = Duration::from_secs(1);

/// The streams that can be resumed on this node.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) log: Arc<dyn EventLog>,
    pub(super) shutdown: OnceLock<Shutdown>,
    max_streams: usize,
    next: AtomicU64,
    /// Of each session that has any, oldest first.
    sessions: Mutex<SessionMap<Vec<Arc<Feed>>>>,
}

impl Node {
    pub(super) fn new(log: Arc<dyn EventLog>, max_streams: usize) -> Self {
        // A log that outlives this process, or serves others too, must not meet a number
        // again. Any start will do that is not the last one.
        let next = AtomicU64::new(RandomState::new().hash_one(0));
        let (shutdown, sessions) = (OnceLock::new(), Mutex::default());
        Self { log, shutdown, max_streams, next, sessions }
    }

    /// Makes a stream resumable, if there is room.
    pub(super) fn adopt(
        self: &Arc<Self>,
        session: SessionHandle,
        control: Option<StreamControl>,
        stream: EventStream,
    ) -> EventStream {
        let entered = Handle::try_current().ok().and_then(|runtime| {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            let feed = Feed::new(&session, number, stream.is_subscription(), control.clone());
            Some((self.enter(&session, feed, &runtime)?, runtime))
        });
        let Some((feed, runtime)) = entered else {
            tracing::debug!(session = %session.id(), "a stream cannot be resumed");
            control.iter().for_each(StreamControl::end);
            return stream;
        };
        let priming = session.protocol_version() >= ProtocolVersion::V2025_11_25; // SSE-15, SSE-16
        let log = Arc::clone(&self.log);
        // Before the pump runs, so that it finds a connection to close.
        let connection = Connection::first(Arc::clone(&feed), log, session, priming);
        let work = self.track(Work::Call);
        let mut pump = Box::pin(Pump::new(stream, Arc::clone(&self.log), feed).run(work));
        // What is there goes into the log here and now: a stream that is complete needs no
        // task, and progress does not give way to newer while one is waited for.
        // A panic ends the stream, as it does on a task.
        let mut cx = Context::from_waker(Waker::noop());
        if let Ok(Poll::Pending) = catch_unwind(AssertUnwindSafe(|| pump.as_mut().poll(&mut cx))) {
            runtime.spawn(pump);
        }
        connection.into_stream()
    }

    /// A new connection to a stream of this session, after `position`; `page` is what the
    /// log has from there. `None` if the stream is of no use any more.
    pub(super) fn resume(
        self: &Arc<Self>,
        session: SessionHandle,
        stream: u64,
        position: u64,
        page: Page,
    ) -> Option<EventStream> {
        let feed = match self.find(session.id(), stream) {
            Some(feed) => feed,
            // Another node has run it, or this one before it was started anew.
            None if page.ended => {
                let feed = Feed::finished(&session, stream, page.tail);
                self.enter(&session, feed, &Handle::try_current().ok()?)?
            }
            None => return None,
        };
        if feed.is_lost() {
            return None;
        }
        let log = Arc::clone(&self.log);
        Some(Connection::resumed(feed, log, session, position, page).into_stream())
    }

    fn find(&self, session: SessionId, stream: u64) -> Option<Arc<Feed>> {
        let sessions = self.lock();
        sessions.get(&session)?.iter().find(|feed| feed.stream == stream).cloned()
    }

    /// `None` if the session has as many streams as it may, all of them running.
    fn enter(
        self: &Arc<Self>,
        session: &SessionHandle,
        feed: Feed,
        runtime: &Handle,
    ) -> Option<Arc<Feed>> {
        let feed = Arc::new(feed);
        let (mut replaced, mut dropped) = (Vec::new(), None);
        let mut sessions = self.lock();
        let feeds = match sessions.entry(session.id()) {
            Entry::Occupied(entry) => entry.into_mut(),
            // A session's standalone stream always has a place.
            Entry::Vacant(_) if self.max_streams == 0 && !feed.subscription => return None,
            Entry::Vacant(entry) => {
                let keeping = keep(Arc::clone(self), session.id(), session.ended().clone());
                runtime.spawn(until_cancelled(self.track(Work::Background), keeping));
                entry.insert(Vec::new())
            }
        };
        if let Some(same) = feeds.iter().find(|other| other.stream == feed.stream) {
            return Some(Arc::clone(same)); // Resumed twice at the same time.
        }
        if feed.subscription {
            let before = |other: &&Arc<Feed>| other.subscription && other.is_running();
            replaced.extend(feeds.iter().filter(before).cloned());
        }
        if feeds.len() >= self.max_streams {
            match feeds.iter().position(|other| !other.is_running()) {
                Some(oldest) => dropped = Some(feeds.remove(oldest)),
                None if feed.subscription => {}
                None => return None,
            }
        }
        feeds.push(Arc::clone(&feed));
        drop(sessions);
        replaced.iter().for_each(|before| before.replace());
        if let Some(dropped) = dropped {
            let removal = self.log.remove(dropped.session, dropped.stream);
            let removal = async move {
                if let Err(error) = removal.await {
                    tracing::warn!(%error, "a stream was not removed");
                }
            };
            runtime.spawn(until_cancelled(self.track(Work::Background), removal));
        }
        Some(feed)
    }

    fn track(&self, work: Work) -> Option<WorkGuard> {
        self.shutdown.get().map(|shutdown| shutdown.track(work))
    }

    /// How long a stream is kept after its end.
    pub(super) fn retention(&self) -> Duration {
        self.log.retention().min(FOREVER)
    }

    /// Takes out the streams whose time is over; `None` once the session has no others.
    pub(super) fn expire(&self, session: SessionId) -> Option<Vec<Arc<Feed>>> {
        let (now, retention) = (Instant::now(), self.retention());
        let mut sessions = self.lock();
        let feeds = sessions.get_mut(&session)?;
        let is_due = |feed: &mut Arc<Feed>| {
            feed.is_lost() || feed.finished_at().is_some_and(|at| at + retention <= now)
        };
        let due: Vec<_> = feeds.extract_if(.., is_due).collect();
        if due.is_empty() && feeds.is_empty() {
            sessions.remove(&session);
            give_back(&mut sessions);
            return None;
        }
        Some(due)
    }

    /// When [`expire`](Self::expire) will find something at the earliest. A stream that
    /// ends later is due later.
    pub(super) fn next_due(&self, session: SessionId) -> Instant {
        let retention = self.retention();
        let sessions = self.lock();
        let feeds = sessions.get(&session).into_iter().flatten();
        match feeds.filter_map(|feed| feed.finished_at()).min() {
            Some(first) => first + retention,
            None => Instant::now() + retention.max(SHORTEST),
        }
    }

    /// Forgets a session that has ended.
    pub(super) fn forget(&self, session: SessionId) {
        let mut sessions = self.lock();
        let feeds = sessions.remove(&session);
        give_back(&mut sessions);
        drop(sessions);
        for feed in feeds.into_iter().flatten() {
            feed.close();
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.lock().values().map(Vec::len).sum()
    }

    fn lock(&self) -> MutexGuard<'_, SessionMap<Vec<Arc<Feed>>>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
