use std::sync::Arc;

use mcp_layers_core::shutdown::Shutdown;
use tower_layer::Layer;

use super::{EventLog, MemoryEventLog, Resume, node::Node};

/// Lets legacy clients come back to a stream; see the [module](super).
///
/// All services made from one layer, or from clones of it, share its streams.
#[derive(Debug, Clone)]
#[must_use = "a layer does nothing until it wraps a service"]
pub struct ResumeLayer {
    node: Arc<Node>,
}

impl ResumeLayer {
    /// Events in this process's memory: a [`MemoryEventLog`] with its defaults; and up to
    /// 32 streams per session.
    pub fn new() -> Self {
        Self::with_log(Arc::new(MemoryEventLog::new()))
    }

    /// Events in this log.
    pub fn with_log(log: Arc<dyn EventLog>) -> Self {
        Self { node: Arc::new(Node::new(log, 32)) }
    }

    /// How many streams of one session can be resumed at once; 32 unless set. Those that
    /// have ended count until they give way to new ones. Beyond it an answer is streamed
    /// as if this layer were not there: its events have no ids. The standalone stream of
    /// GET always has a place.
    ///
    /// To be called before the layer is used: it starts anew without streams.
    pub fn with_max_streams_per_session(self, max: usize) -> Self {
        let mut node = Node::new(Arc::clone(&self.node.log), max);
        node.shutdown = self.node.shutdown.clone();
        Self { node: Arc::new(node) }
    }

    /// Has this shutdown wait for the streams that are moved into the log, and ends what
    /// looks after them in its second phase. Of several the first counts, for all clones
    /// of the layer; to be called before it is used.
    pub fn with_shutdown(self, shutdown: Shutdown) -> Self {
        self.node.shutdown.get_or_init(|| shutdown);
        self
    }

    #[cfg(test)]
    pub(super) fn streams(&self) -> usize {
        self.node.len()
    }
}

impl Default for ResumeLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl<S> Layer<S> for ResumeLayer {
    type Service = Resume<S>;

    fn layer(&self, inner: S) -> Resume<S> {
        Resume::new(inner, Arc::clone(&self.node))
    }
}
