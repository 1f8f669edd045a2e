use std::{
    sync::{Arc, Mutex, OnceLock, PoisonError, Weak},
    time::Duration,
};

use mcp_layers_core::{
    extensions::{CancelReason, CancelToken, Principal, SessionHandle, SessionId},
    protocol::LogLevel,
    shutdown::{Shutdown, Work, WorkGuard, until_cancelled},
};
use tokio::{runtime::Handle, task::AbortHandle, time::Instant};

use super::{
    SessionEnd, SessionEndReason, SessionRecord, SessionStore, end::OnEnd, memory::FOREVER,
    shards::Shards,
};

/// The sessions at work on this node: each has one handle here, whose `ended`
/// token all its requests and streams hang on.
///
/// One task looks for sessions whose time is over, so that what they left
/// running is stopped without further traffic (SESS-18). It begins with the first
/// session and ends with this.
#[derive(Debug)]
pub(super) struct Live {
    store: Arc<dyn SessionStore>,
    idle: Duration,
    pub(super) shutdown: OnceLock<Shutdown>,
    pub(super) on_end: OnceLock<OnEnd>,
    sessions: Shards<Entry>,
    sweeper: Mutex<Option<AbortHandle>>,
}

#[derive(Debug)]
struct Entry {
    handle: SessionHandle,
    principal: Option<Principal>,
    /// When the store may have let go of the session, as far as this node knows.
    due: Instant,
    /// The log level the store had when it was last asked.
    stored_level: Option<LogLevel>,
}

impl Live {
    pub(super) fn new(store: Arc<dyn SessionStore>) -> Self {
        let idle = store.idle_lifetime().min(FOREVER);
        let (shutdown, on_end) = (OnceLock::new(), OnceLock::new());
        let (sessions, sweeper) = (Shards::default(), Mutex::default());
        Self { store, idle, shutdown, on_end, sessions, sweeper }
    }

    pub(super) fn store(&self) -> &Arc<dyn SessionStore> {
        &self.store
    }

    /// The handle of a session that is at work here. Its idle time starts anew, as
    /// it does in the store when the record is loaded.
    pub(super) fn find(&self, id: SessionId) -> Option<SessionHandle> {
        let mut shard = self.sessions.lock(id);
        let entry = shard.get_mut(&id)?;
        entry.due = Instant::now() + self.idle;
        Some(entry.handle.clone())
    }

    /// The handle of a session that the store has just said to be alive.
    pub(super) fn attach(self: &Arc<Self>, record: &SessionRecord) -> SessionHandle {
        let due = Instant::now() + self.idle;
        let mut shard = self.sessions.lock(record.id);
        let entry = shard.entry(record.id).or_insert_with(|| {
            let handle = SessionHandle::new(
                record.id,
                record.version,
                record.capabilities.clone(),
                record.client_info.clone(),
                CancelToken::child_of(self.shutdown.get().map(Shutdown::token)),
            );
            if let Some(level) = record.log_level {
                handle.set_log_level(level);
            }
            let principal = record.principal.clone();
            Entry { handle, principal, due, stored_level: record.log_level }
        });
        let handle = entry.handle.clone();
        drop(shard);
        self.watch();
        handle
    }

    /// Ends a session on this node: whatever waits on its token stops.
    pub(super) fn end(&self, id: SessionId, reason: SessionEndReason) {
        let ended = self.sessions.remove(id);
        if let Some(Entry { handle, principal, .. }) = ended {
            tracing::debug!(session = %id, ?reason, "session ended");
            handle.ended().cancel(CancelReason::SessionEnded);
            if let Some(on_end) = self.on_end.get() {
                on_end.call(&SessionEnd { session: handle, principal, reason });
            }
        }
    }

    /// The node stops: it lets go of all sessions.
    fn end_all(&self) {
        let ids: Vec<_> = self
            .sessions
            .iter()
            .flat_map(|shard| shard.keys().copied().collect::<Vec<_>>())
            .collect();
        for id in ids {
            self.end(id, SessionEndReason::ShuttingDown);
        }
    }

    pub(super) fn is_draining(&self) -> bool {
        self.shutdown.get().is_some_and(Shutdown::is_draining)
    }

    /// Whether this node has let go of all sessions, and takes up no other.
    pub(super) fn is_over(&self) -> bool {
        self.shutdown.get().is_some_and(|shutdown| shutdown.token().is_cancelled())
    }

    /// Takes over a log level that another node has stored.
    pub(super) fn adopt_level(&self, handle: &SessionHandle, stored: Option<LogLevel>) {
        if handle.log_level() == stored {
            return;
        }
        // A level that was just set here and is not yet stored differs as well, but
        // then the store's has not changed.
        let mut shard = self.sessions.lock(handle.id());
        if let Some(entry) = shard.get_mut(&handle.id())
            && entry.stored_level != stored
        {
            entry.stored_level = stored;
            if let Some(level) = stored {
                handle.set_log_level(level);
            }
        }
    }

    /// The store has been told this log level.
    pub(super) fn stored_level(&self, id: SessionId, level: LogLevel) {
        if let Some(entry) = self.sessions.lock(id).get_mut(&id) {
            entry.stored_level = Some(level);
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.sessions.iter().map(|shard| shard.len()).sum()
    }

    /// Sees to it that the sweeping task runs; outside a tokio runtime there is none.
    fn watch(self: &Arc<Self>) {
        let mut sweeper = self.sweeper.lock().unwrap_or_else(PoisonError::into_inner);
        if sweeper.as_ref().is_none_or(AbortHandle::is_finished)
            && let Ok(runtime) = Handle::try_current()
        {
            let shutdown = self.shutdown.get();
            let work = shutdown.map(|shutdown| shutdown.track(Work::Background));
            let task = runtime.spawn(sweep(Arc::downgrade(self), self.period(), work));
            *sweeper = Some(task.abort_handle());
        }
    }

    /// A session in use is touched when half its idle time is left, so this must be
    /// less than half.
    fn period(&self) -> Duration {
        (self.idle / 4).clamp(Duration::from_millis(1), Duration::from_secs(60))
    }

    async fn sweep(&self) {
        for shard in 0..Shards::<Entry>::COUNT {
            for (id, in_use) in self.due(shard) {
                let lives = if in_use {
                    self.store.load(id).await.map(|record| record.is_some())
                } else {
                    self.store.exists(id).await
                };
                match lives {
                    Ok(false) => self.end(id, SessionEndReason::Expired),
                    Ok(true) => self.put_off(id, in_use),
                    Err(error) => tracing::warn!(%error, "sessions were not looked after"),
                }
            }
        }
    }

    /// The sessions of one shard that the store has to be asked about, and whether
    /// they are in use.
    fn due(&self, shard: usize) -> Vec<(SessionId, bool)> {
        let now = Instant::now();
        let due = |(id, entry): (&SessionId, &Entry)| {
            let in_use = entry.handle.is_in_use();
            let ahead = if in_use { self.idle / 2 } else { Duration::ZERO };
            (entry.due <= now + ahead).then_some((*id, in_use))
        };
        self.sessions.nth(shard).iter().filter_map(due).collect()
    }

    fn put_off(&self, id: SessionId, in_use: bool) {
        // One that is used on another node alone is asked about again soon.
        let time = if in_use { self.idle } else { self.period() };
        if let Some(entry) = self.sessions.lock(id).get_mut(&id) {
            entry.due = entry.due.max(Instant::now() + time);
        }
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        let sweeper = self.sweeper.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(sweeper) = sweeper {
            sweeper.abort();
        }
    }
}

async fn sweep(live: Weak<Live>, period: Duration, work: Option<WorkGuard>) {
    let sweeping = async {
        loop {
            tokio::time::sleep(period).await;
            let Some(live) = live.upgrade() else { return };
            live.sweep().await;
        }
    };
    // It is not done before all is told.
    let _telling = work.as_ref().map(|work| work.shutdown().track(Work::Background));
    let stopped = until_cancelled(work, sweeping).await.is_none();
    if stopped && let Some(live) = live.upgrade() {
        live.end_all();
    }
}
