use mcp_layers_core::shutdown::Shutdown;
use tower_layer::Layer;

use super::Batch;

/// Takes arrays of messages apart; see the [module](super).
#[derive(Debug, Clone, Default)]
#[must_use = "a layer does nothing until it wraps a service"]
pub struct BatchLayer {
    rules: Rules,
    shutdown: Option<Shutdown>,
}

/// What is left to the builder.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    pub(super) max_length: usize,
    pub(super) concurrency: usize,
    pub(super) stream_budget: usize,
    pub(super) drop_on_disconnect: bool,
}

impl BatchLayer {
    /// Arrays of up to 100 messages, 8 requests of each at work at once, and 4 MiB for
    /// a client that reads its stream too slowly.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many messages an array may have; 100 unless set, at least 1. One more is
    /// answered 400/-32600 (RPC-25).
    pub fn with_max_length(mut self, messages: usize) -> Self {
        self.rules.max_length = messages.max(1);
        self
    }

    /// How many requests of one array are at work at once; 8 unless set, at least 1.
    /// Beside them go as many notifications and replies, which never wait for a request.
    pub fn with_concurrency(mut self, requests: usize) -> Self {
        self.rules.concurrency = requests.max(1);
        self
    }

    /// How many bytes may wait for a client that reads a batch's stream too slowly;
    /// 4 MiB unless set. Beyond it progress and log messages give way, and a stream
    /// that cannot hold a response is closed.
    pub fn with_stream_budget(mut self, bytes: usize) -> Self {
        self.rules.stream_budget = bytes;
        self
    }

    /// Drops what is left of a batch when its client goes away. By default it is worked
    /// to its end, since going away cancels nothing (CANCEL-4).
    pub fn drop_on_disconnect(mut self) -> Self {
        self.rules.drop_on_disconnect = true;
        self
    }

    /// Counts each array as a call of this shutdown, until all its messages are worked
    /// off. Of several the first counts.
    pub fn with_shutdown(mut self, shutdown: Shutdown) -> Self {
        self.shutdown.get_or_insert(shutdown);
        self
    }
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            max_length: 100,
            concurrency: 8,
            stream_budget: 4 * 1024 * 1024,
            drop_on_disconnect: false,
        }
    }
}

impl<S> Layer<S> for BatchLayer {
    type Service = Batch<S>;

    fn layer(&self, inner: S) -> Batch<S> {
        Batch::new(inner, self.rules, self.shutdown.clone())
    }
}
