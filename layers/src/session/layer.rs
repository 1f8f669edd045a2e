use std::sync::Arc;

use mcp_layers_core::extensions::CancelToken;
use tower_layer::Layer;

use super::{MemoryStore, Session, SessionStore, admission::Rules, live::Live, node::Node};

/// Gives legacy clients a session; see the [module](super).
///
/// All services made from one layer, or from clones of it, share its sessions.
#[derive(Debug, Clone)]
#[must_use = "a layer does nothing until it wraps a service"]
pub struct SessionLayer {
    live: Arc<Live>,
    rules: Rules,
}

impl SessionLayer {
    /// Sessions in this process's memory: a [`MemoryStore`] with its defaults.
    pub fn new() -> Self {
        Self::with_store(Arc::new(MemoryStore::new()))
    }

    /// Sessions in this store.
    pub fn with_store(store: Arc<dyn SessionStore>) -> Self {
        let rules = Rules { optional: false, require_initialized: false, delete: true };
        Self { live: Arc::new(Live::new(store, None)), rules }
    }

    /// Serves legacy requests that name no session too (SESS-19). Sessions are still
    /// issued, and a session that is named must exist.
    pub fn optional(mut self) -> Self {
        self.rules.optional = true;
        self
    }

    /// Before `notifications/initialized`, refuses requests other than `ping` and
    /// `logging/setLevel`. Some clients never send it, which is why this is off
    /// unless asked for (INIT-9).
    pub fn require_initialized(mut self) -> Self {
        self.rules.require_initialized = true;
        self
    }

    /// Answers DELETE with 405: sessions end by expiry alone (SESS-9).
    pub fn without_delete(mut self) -> Self {
        self.rules.delete = false;
        self
    }

    /// Ends the work of all sessions when this token fires. To be called before the
    /// layer is used: it starts anew with an empty table of sessions at work.
    pub fn with_shutdown(mut self, shutdown: CancelToken) -> Self {
        let store = Arc::clone(self.live.store());
        self.live = Arc::new(Live::new(store, Some(shutdown)));
        self
    }

    #[cfg(test)]
    pub(super) fn at_work(&self) -> usize {
        self.live.len()
    }
}

impl Default for SessionLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl<S> Layer<S> for SessionLayer {
    type Service = Session<S>;

    fn layer(&self, inner: S) -> Session<S> {
        let node = Node { live: Arc::clone(&self.live), rules: self.rules };
        Session::new(inner, node)
    }
}
