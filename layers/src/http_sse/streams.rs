use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use mcp_layers_core::{
    Rejection,
    extensions::{Principal, SessionId, SessionMap, give_back},
};

use super::stream::Stream;

/// The streams that are open.
#[derive(Debug, Default)]
pub(super) struct Streams(Mutex<SessionMap<Arc<Stream>>>);

impl Streams {
    /// Enters a stream, which `open` makes once there is room for it.
    pub(super) fn open(
        &self,
        max: usize,
        open: impl FnOnce(SessionId) -> Stream,
    ) -> Result<Arc<Stream>, Rejection> {
        let mut streams = self.lock();
        if streams.len() >= max {
            return Err(Rejection::unavailable(
                "too many streams are open",
                Duration::from_secs(5),
            ));
        }
        let id = new_id()?;
        let stream = Arc::new(open(id));
        streams.insert(id, Arc::clone(&stream));
        Ok(stream)
    }

    /// The stream of this name, for the caller who opened it: to another it looks like
    /// one that is not there (LEGACY-SSE-5, LEGACY-SSE-6).
    pub(super) fn find(
        &self,
        id: &str,
        principal: Option<&Principal>,
    ) -> Result<Arc<Stream>, Rejection> {
        let id = SessionId::parse(id.as_bytes()).ok();
        id.and_then(|id| self.lock().get(&id).cloned())
            .filter(|stream| stream.principal() == principal && !stream.is_closed())
            .ok_or_else(Rejection::session_not_found)
    }

    pub(super) fn remove(&self, id: SessionId) {
        let mut streams = self.lock();
        let removed = streams.remove(&id);
        give_back(&mut streams);
        drop(streams);
        drop(removed);
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, SessionMap<Arc<Stream>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// LEGACY-SSE-6
fn new_id() -> Result<SessionId, Rejection> {
    let mut bits = [0; 16];
    getrandom::fill(&mut bits).map_err(|error| {
        tracing::error!(%error, "no stream id: the system's random numbers failed");
        Rejection::unavailable("streams are unavailable", Duration::from_secs(5))
    })?;
    Ok(SessionId::from_bits(u128::from_ne_bytes(bits)))
}
