use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use http::StatusCode;
use mcp_layers_core::{
    Rejection,
    extensions::{Principal, SessionId, SessionMap, Watched, give_back},
    jsonrpc::{ErrorObject, Message, code},
    queue::Sender,
};

use super::{Change, Filter};

/// The open streams on which changes are announced.
#[derive(Default)]
pub(crate) struct Hub(Mutex<Streams>);

#[derive(Default)]
struct Streams {
    open: BTreeMap<u64, Arc<Listener>>,
    next: u64,
    /// Each session's stream: it has one (SSE-23, SSE-27).
    of_session: SessionMap<u64>,
    of_principal: HashMap<Principal, usize>,
}

/// One stream's working end, and what it is to hear of.
pub(super) struct Listener {
    pub(super) sender: Sender,
    pub(super) interest: Interest,
}

pub(super) enum Interest {
    /// All changes of lists, and of the resources the session watches (legacy).
    Session(SessionId, Arc<Watched>),
    /// What was asked for (modern).
    Asked { filter: Filter, watched: Watched, principal: Option<Principal> },
}

/// How many streams may be open at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) streams: usize,
    pub(crate) per_principal: usize,
    /// Resources watched by one stream or session.
    pub(crate) watched: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { streams: 10_000, per_principal: 100, watched: 1_000 }
    }
}

/// Takes a stream out of its hub when it is dropped.
pub(super) struct Registered {
    hub: Arc<Hub>,
    key: u64,
}

impl Hub {
    /// Tells every stream that wants to hear of it. Nobody is waited for: each stream
    /// has a queue of its own, and all share the message's text.
    pub(crate) fn announce(&self, change: Change<'_>) {
        let wanting: Vec<_> = {
            let streams = self.lock();
            streams.open.values().filter(|open| open.interest.includes(change)).cloned().collect()
        };
        // Without the lock, since a reader that is woken may take itself out.
        let (mut legacy, mut modern) = (None, None);
        for listener in wanting {
            let message: &Message = match &listener.interest {
                Interest::Session(..) => legacy.get_or_insert_with(|| change.message()),
                Interest::Asked { .. } => modern.get_or_insert_with(|| change.shared_message()),
            };
            // A queue that is closed is about to be taken out.
            let _ = listener.sender.send(message.clone());
        }
    }

    /// Enters a stream. A session's older one ends (SSE-27).
    ///
    /// # Errors
    ///
    /// 503 when all streams together are too many, 429 when those of one principal are
    /// (LISTEN-15).
    pub(super) fn enter(
        self: &Arc<Self>,
        listener: &Arc<Listener>,
        limits: Limits,
    ) -> Result<Registered, Rejection> {
        let mut streams = self.lock();
        let replaced = match &listener.interest {
            Interest::Session(session, _) => streams.of_session.get(session).copied(),
            Interest::Asked { .. } => None,
        };
        if replaced.is_none() && streams.open.len() >= limits.streams {
            return Err(Rejection::unavailable(
                "the server has as many open streams as it may",
                Duration::from_secs(5),
            ));
        }
        streams.count_principal(&listener.interest, limits.per_principal)?;
        let key = streams.next;
        streams.next += 1;
        let old = replaced.and_then(|key| streams.open.remove(&key));
        streams.open.insert(key, Arc::clone(listener));
        if let Interest::Session(session, _) = listener.interest {
            streams.of_session.insert(session, key);
        }
        drop(streams);
        if let Some(old) = old {
            let _ = old.sender.finish(None);
        }
        Ok(Registered { hub: Arc::clone(self), key })
    }

    /// How many streams are open.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.lock().open.len()
    }

    fn lock(&self) -> MutexGuard<'_, Streams> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Streams {
    /// Anonymous callers are not told apart, so only all of them together are bounded.
    fn count_principal(&mut self, interest: &Interest, max: usize) -> Result<(), Rejection> {
        let Interest::Asked { principal: Some(principal), .. } = interest else { return Ok(()) };
        let open = self.of_principal.get(principal).copied().unwrap_or(0);
        if open >= max {
            let message = format!("{max} streams are open already, which is the limit");
            let error = ErrorObject::new(code::TOO_MANY_REQUESTS, message);
            return Err(Rejection::new(StatusCode::TOO_MANY_REQUESTS, error));
        }
        self.of_principal.insert(principal.clone(), open + 1);
        Ok(())
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        let mut streams = self.hub.lock();
        let Some(listener) = streams.open.remove(&self.key) else { return };
        match &listener.interest {
            // A newer stream may have taken the place.
            Interest::Session(session, _) => {
                if streams.of_session.get(session) == Some(&self.key) {
                    streams.of_session.remove(session);
                    give_back(&mut streams.of_session);
                }
            }
            Interest::Asked { principal: Some(principal), .. } => {
                if let Some(open) = streams.of_principal.get_mut(principal) {
                    *open -= 1;
                    if *open == 0 {
                        streams.of_principal.remove(principal);
                    }
                }
            }
            Interest::Asked { principal: None, .. } => {}
        }
        drop(streams);
        drop(listener);
    }
}

impl Interest {
    /// LISTEN-5, LISTEN-6, RES-17
    fn includes(&self, change: Change<'_>) -> bool {
        match (self, change) {
            (Self::Session(_, watched), Change::Updated(uri)) => watched.covers(uri),
            (Self::Asked { watched, .. }, Change::Updated(uri)) => watched.covers(uri),
            (Self::Session(..), _) => true,
            (Self::Asked { filter, .. }, Change::Tools) => filter.tools_list_changed,
            (Self::Asked { filter, .. }, Change::Prompts) => filter.prompts_list_changed,
            (Self::Asked { filter, .. }, Change::Resources) => filter.resources_list_changed,
        }
    }
}

impl fmt::Debug for Hub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hub").finish_non_exhaustive()
    }
}
