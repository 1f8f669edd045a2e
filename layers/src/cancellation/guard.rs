use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use mcp_layers_core::{
    extensions::{CancelReason, CancelToken, SessionId},
    jsonrpc::RequestId,
    shutdown::{Shutdown, Work, WorkGuard},
};
use tokio::{runtime::Handle, task::AbortHandle, time::Instant};

use super::{in_flight::InFlight, layer::Limit, principals::Place};

/// Lives as long as the work on one request: takes it out of the table at the end,
/// and stops the watchdog.
#[derive(Debug)]
pub(super) struct Guard {
    entry: Option<Entry>,
    watchdog: OnceLock<AbortHandle>,
    _place: Option<Place>,
    work: Option<WorkGuard>,
}

struct Entry {
    table: Arc<InFlight>,
    session: SessionId,
    id: RequestId,
}

impl Guard {
    /// For a request outside sessions.
    pub(super) fn new(place: Option<Place>, shutdown: Option<&Shutdown>) -> Self {
        let work = shutdown.map(|shutdown| shutdown.track(Work::Call));
        Self { entry: None, watchdog: OnceLock::new(), _place: place, work }
    }

    /// For a request that has been entered in this table.
    pub(super) fn with_entry(
        mut self,
        table: Arc<InFlight>,
        session: SessionId,
        id: RequestId,
    ) -> Self {
        self.entry = Some(Entry { table, session, id });
        self
    }

    /// Holds work to its deadline that runs where the layer does not see it: on a
    /// task. Nothing happens outside a tokio runtime.
    pub(super) fn watch(&self, token: CancelToken, deadline: Instant, limit: Limit) {
        let Ok(runtime) = Handle::try_current() else { return };
        let work = self.work.as_ref().map(|work| work.shutdown().track(Work::Background));
        let watchdog = runtime.spawn(async move {
            let _work = work;
            tokio::time::sleep_until(deadline).await;
            tracing::debug!(limit = ?limit.0, "a request ran out of time");
            token.cancel(CancelReason::TimedOut(limit.0));
        });
        let watchdog = watchdog.abort_handle();
        if let Err(second) = self.watchdog.set(watchdog) {
            second.abort();
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(watchdog) = self.watchdog.get() {
            watchdog.abort();
        }
        if let Some(Entry { table, session, id }) = &self.entry {
            table.remove(*session, id);
        }
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("session", &self.session)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
