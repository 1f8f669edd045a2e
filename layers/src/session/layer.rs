use std::sync::Arc;

use mcp_layers_core::shutdown::Shutdown;
use tower_layer::Layer;

use super::{
    MemoryStore, Session, SessionEnd, SessionStore, admission::Rules, end::OnEnd, live::Live,
    node::Node,
};

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
        Self { live: Arc::new(Live::new(store)), rules }
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

    /// Opens no session any more in the first phase of this shutdown, and lets go of
    /// all in the second. Of several the first counts, for all clones of the layer; to
    /// be called before it is used.
    pub fn with_shutdown(self, shutdown: Shutdown) -> Self {
        self.live.shutdown.get_or_init(|| shutdown);
        self
    }

    /// Called once for each session that ends on this node, whether or not a client is
    /// connected: unlike the end of a request or a stream, which may come back. Of
    /// several the first counts, for all clones of the layer; to be called before it is
    /// used.
    ///
    /// It is called where the end is noticed, often while a request is answered: hand
    /// long work to a task.
    ///
    /// ```
    /// use mcp_layers::session::{SessionEndReason, SessionLayer};
    ///
    /// let layer = SessionLayer::new().on_end(|end| match end.reason {
    ///     SessionEndReason::ShuttingDown => println!("{} may go on elsewhere", end.session.id()),
    ///     reason => println!("{} is over: {reason:?}", end.session.id()),
    /// });
    /// # let _ = layer;
    /// ```
    pub fn on_end(self, hook: impl Fn(&SessionEnd) + Send + Sync + 'static) -> Self {
        self.live.on_end.get_or_init(|| OnEnd::new(hook));
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
