use std::{sync::Arc, time::Duration};

use http::uri::PathAndQuery;
use mcp_layers_core::shutdown::Shutdown;
use tower_layer::Layer;

use super::{HttpSse, streams::Streams};

/// Serves the transport of 2024-11-05 in front of a Streamable HTTP endpoint; see the
/// [module](super).
///
/// All services made from one layer, or from clones of it, share its streams.
#[derive(Debug, Clone)]
#[must_use = "a layer does nothing until it wraps a service"]
pub struct HttpSseLayer {
    rules: Rules,
    shutdown: Option<Shutdown>,
    streams: Arc<Streams>,
}

/// What is left to the builder.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    pub(super) stream_path: PathAndQuery,
    pub(super) message_path: PathAndQuery,
    pub(super) endpoint_path: PathAndQuery,
    /// What the client is told instead of the message path.
    pub(super) public_path: Option<Arc<str>>,
    pub(super) max_streams: usize,
    pub(super) max_posts: usize,
    pub(super) stream_budget: usize,
    pub(super) stall: Duration,
    pub(super) heartbeat: Option<Duration>,
}

impl HttpSseLayer {
    /// Streams at `/sse`, messages at `/messages`, and the endpoint behind at `/mcp`;
    /// 1,000 streams with 1 MiB and 128 messages at work each; a heartbeat every 15 s.
    pub fn new() -> Self {
        Self { rules: Rules::default(), shutdown: None, streams: Arc::default() }
    }

    /// Where the client opens its stream by GET; `/sse` unless set.
    ///
    /// If it is the endpoint's own path, a GET with `Mcp-Session-Id`, `Last-Event-ID` or
    /// a modern `MCP-Protocol-Version` is still the endpoint's (LEGACY-SSE-12).
    pub fn with_stream_path(mut self, path: PathAndQuery) -> Self {
        self.rules.stream_path = path;
        self
    }

    /// Where the client POSTs its messages; `/messages` unless set.
    ///
    /// If it is the endpoint's own path, a POST without `sessionId` in its query is still
    /// the endpoint's.
    pub fn with_message_path(mut self, path: PathAndQuery) -> Self {
        self.rules.message_path = path;
        self
    }

    /// The path of the Streamable HTTP endpoint inside, to which everything is addressed
    /// that the layer asks there; `/mcp` unless set.
    pub fn with_endpoint_path(mut self, path: PathAndQuery) -> Self {
        self.rules.endpoint_path = path;
        self
    }

    /// How clients reach the message path, where a router or proxy outside takes a prefix
    /// off: `/app/messages`, or `messages` next to the stream. It should be relative, as
    /// clients refuse other origins (LEGACY-SSE-6). The message path itself unless set.
    pub fn with_public_message_path(mut self, path: impl Into<String>) -> Self {
        let mut path = path.into();
        path.retain(|c| !c.is_control());
        self.rules.public_path = Some(path.into());
        self
    }

    /// How many streams may be open at once; 1,000 unless set. One more is answered 503.
    pub fn with_max_streams(mut self, max: usize) -> Self {
        self.rules.max_streams = max;
        self
    }

    /// How many messages of one stream may be at work at once; 128 unless set. One more
    /// is answered 429.
    pub fn with_max_posts_per_stream(mut self, max: usize) -> Self {
        self.rules.max_posts = max;
        self
    }

    /// How many bytes may wait for a client that reads slowly; 1 MiB unless set. What
    /// does not fit waits where it comes from.
    pub fn with_stream_budget(mut self, bytes: usize) -> Self {
        self.rules.stream_budget = bytes.max(1);
        self
    }

    /// How long a message may wait for room before the stream is given up; 30 s unless
    /// set.
    pub fn with_stall_timeout(mut self, timeout: Duration) -> Self {
        self.rules.stall = timeout;
        self
    }

    /// After how long without an event a stream gets a comment line; 15 s unless set,
    /// never under a second or over a day. `None` turns it off.
    pub fn with_heartbeat(mut self, interval: Option<Duration>) -> Self {
        const RANGE: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(86_400));
        self.rules.heartbeat = interval.map(|interval| interval.clamp(RANGE.0, RANGE.1));
        self
    }

    /// In the first phase of this shutdown opens no stream and ends each that has no
    /// message at work; in the second ends them all. Of several the first counts.
    pub fn with_shutdown(mut self, shutdown: Shutdown) -> Self {
        self.shutdown.get_or_insert(shutdown);
        self
    }

    #[cfg(test)]
    pub(super) fn open_streams(&self) -> usize {
        self.streams.len()
    }
}

impl Default for HttpSseLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            stream_path: PathAndQuery::from_static("/sse"),
            message_path: PathAndQuery::from_static("/messages"),
            endpoint_path: PathAndQuery::from_static("/mcp"),
            public_path: None,
            max_streams: 1_000,
            max_posts: 128,
            stream_budget: 1 << 20,
            stall: Duration::from_secs(30),
            heartbeat: Some(Duration::from_secs(15)),
        }
    }
}

impl<S> Layer<S> for HttpSseLayer {
    type Service = HttpSse<S>;

    fn layer(&self, inner: S) -> HttpSse<S> {
        let rules = Arc::new(self.rules.clone());
        HttpSse::new(inner, rules, self.shutdown.clone(), Arc::clone(&self.streams))
    }
}
