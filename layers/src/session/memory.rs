use std::{
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use mcp_layers_core::extensions::{SessionId, give_back};
use tokio::time::Instant;

use super::{
    Reservation, SessionChange, SessionRecord, SessionStore, StoreError, StoreFuture,
    shards::Shards,
};

/// Sessions in this process's memory: gone when it ends, unknown to other nodes.
///
/// ```
/// use std::time::Duration;
/// use mcp_layers::session::MemoryStore;
///
/// let store = MemoryStore::new()
///     .with_max_sessions(1_000)
///     .with_idle_lifetime(Duration::from_secs(600))
///     .with_max_lifetime(Duration::from_secs(3_600));
/// assert!(store.is_empty());
/// ```
#[must_use]
pub struct MemoryStore {
    max_sessions: usize,
    idle_lifetime: Duration,
    max_lifetime: Duration,
    sessions: Shards<Entry>,
    /// How many sessions exist or have room reserved.
    taken: Arc<AtomicUsize>,
    release: Arc<dyn Fn() + Send + Sync>,
    /// When the expired ones were last looked for because there was no room.
    purged: Mutex<Option<Instant>>,
}

struct Entry {
    record: Arc<SessionRecord>,
    _room: Reservation,
    /// When it is gone unless it is used.
    idle_until: Instant,
    /// When it is gone even if it is used.
    until: Instant,
}

/// Thirty years: what is longer is as good as for ever, and no sum of times overflows.
pub(super) const FOREVER: Duration = Duration::from_secs(30 * 365 * 24 * 3_600);

const BETWEEN_PURGES: Duration = Duration::from_secs(1);

impl MemoryStore {
    /// Room for 10,000 sessions, which live 30 minutes after their last use and
    /// 24 hours at most.
    pub fn new() -> Self {
        let taken = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&taken);
        Self {
            max_sessions: 10_000,
            idle_lifetime: Duration::from_secs(30 * 60),
            max_lifetime: Duration::from_secs(24 * 3_600),
            sessions: Shards::default(),
            taken,
            release: Arc::new(move || {
                counted.fetch_sub(1, Ordering::AcqRel);
            }),
            purged: Mutex::default(),
        }
    }

    /// How many sessions may exist at once; 10,000 unless set.
    pub fn with_max_sessions(mut self, max: usize) -> Self {
        self.max_sessions = max;
        self
    }

    /// How long a session lives after its last use; 30 minutes unless set.
    pub fn with_idle_lifetime(mut self, lifetime: Duration) -> Self {
        self.idle_lifetime = lifetime.min(FOREVER);
        self
    }

    /// How long a session lives at most; 24 hours unless set.
    pub fn with_max_lifetime(mut self, lifetime: Duration) -> Self {
        self.max_lifetime = lifetime.min(FOREVER);
        self
    }

    /// How many sessions are held, those included that expired unnoticed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sessions.iter().map(|shard| shard.len()).sum()
    }

    /// Whether no session is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn take_room(&self) -> bool {
        self.taken
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |taken| {
                (taken < self.max_sessions).then_some(taken + 1)
            })
            .is_ok()
    }

    /// Removes what has expired. At most once a second: whoever knocks at a full
    /// server must not make it search all the time.
    fn purge(&self, now: Instant) {
        {
            let mut purged = self.purged.lock().unwrap_or_else(PoisonError::into_inner);
            if purged.is_some_and(|last| now < last + BETWEEN_PURGES) {
                return;
            }
            *purged = Some(now);
        }
        for mut shard in self.sessions.iter() {
            shard.retain(|_, entry| entry.lives(now));
            give_back(&mut shard);
        }
    }

    /// Looks at a session, and removes it if its time is over.
    fn visit<T>(&self, id: SessionId, look: impl FnOnce(&mut Entry, Instant) -> T) -> Option<T> {
        let now = Instant::now();
        let mut shard = self.sessions.lock(id);
        let entry = shard.get_mut(&id)?;
        if entry.lives(now) {
            return Some(look(entry, now));
        }
        shard.remove(&id);
        give_back(&mut shard);
        None
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore")
            .field("max_sessions", &self.max_sessions)
            .field("idle_lifetime", &self.idle_lifetime)
            .field("max_lifetime", &self.max_lifetime)
            .finish_non_exhaustive()
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl SessionStore for MemoryStore {
    fn reserve(&self) -> StoreFuture<Reservation> {
        if !self.take_room() {
            self.purge(Instant::now());
            if !self.take_room() {
                return StoreFuture::ready(Err(StoreError::full()));
            }
        }
        StoreFuture::ready(Ok(Reservation::new(Arc::clone(&self.release))))
    }

    fn create(&self, record: SessionRecord, room: Reservation) -> StoreFuture<Arc<SessionRecord>> {
        let (id, now) = (record.id, Instant::now());
        let until = now + self.max_lifetime;
        let idle_until = now + self.idle_lifetime;
        let record = Arc::new(record);
        let mut shard = self.sessions.lock(id);
        if shard.contains_key(&id) {
            return StoreFuture::ready(Err(StoreError::unavailable("the session id is taken")));
        }
        let entry = Entry { record: Arc::clone(&record), _room: room, idle_until, until };
        shard.insert(id, entry);
        StoreFuture::ready(Ok(record))
    }

    fn load(&self, id: SessionId) -> StoreFuture<Option<Arc<SessionRecord>>> {
        StoreFuture::ready(Ok(self.visit(id, |entry, now| {
            entry.idle_until = now + self.idle_lifetime;
            Arc::clone(&entry.record)
        })))
    }

    fn exists(&self, id: SessionId) -> StoreFuture<bool> {
        StoreFuture::ready(Ok(self.visit(id, |_, _| ()).is_some()))
    }

    fn update(&self, id: SessionId, change: SessionChange) -> StoreFuture<bool> {
        let found = self.visit(id, |entry, _| Arc::make_mut(&mut entry.record).apply(change));
        StoreFuture::ready(Ok(found.is_some()))
    }

    fn delete(&self, id: SessionId) -> StoreFuture<bool> {
        let removed = self.sessions.remove(id);
        StoreFuture::ready(Ok(removed.is_some_and(|entry| entry.lives(Instant::now()))))
    }

    fn idle_lifetime(&self) -> Duration {
        self.idle_lifetime
    }
}

impl Entry {
    fn lives(&self, now: Instant) -> bool {
        now < self.idle_until.min(self.until)
    }
}
