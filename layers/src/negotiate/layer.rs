use std::time::Duration;

use mcp_layers_core::jsonrpc::Limits;
use tower_layer::Layer;

use super::{heartbeat::Heartbeat, service::Negotiate};

/// Puts the border between the two zones around a service of the message zone.
///
/// See the [module](super) for the contract.
#[derive(Debug, Clone, Copy, Default)]
#[must_use = "a layer does nothing until it is applied to a service"]
pub struct NegotiateLayer {
    settings: Settings,
}

impl NegotiateLayer {
    /// The lenient profile: bodies up to 4 MiB, JSON 64 levels deep, a heartbeat
    /// every 15 s, and any `Accept` that leaves something to answer with.
    pub fn new() -> Self {
        Self::default()
    }

    /// The strict profile: the `Accept` of a POST must admit both media types and
    /// that of a GET `text/event-stream`; without one the status is 406 (NEG-15).
    pub fn strict(mut self) -> Self {
        self.settings.strict = true;
        self
    }

    /// The largest body taken, in bytes; 4,194,304 unless set. One over it is
    /// answered 413 (NEG-19).
    pub fn with_max_body_bytes(mut self, limit: usize) -> Self {
        self.settings.max_body_bytes = limit;
        self
    }

    /// How deep objects and arrays of a body may nest; 64 unless set, 127 at most.
    /// What nests deeper is answered 400/-32600.
    pub fn with_max_depth(mut self, depth: usize) -> Self {
        self.settings.limits = self.settings.limits.with_depth(depth);
        self
    }

    /// After how long without an event a stream gets a comment line; 15 s unless
    /// set, never under a second or over a day. `None` turns it off, and with it
    /// the need for tokio's timer (SSE-12, SSE-13).
    pub fn with_heartbeat(mut self, interval: Option<Duration>) -> Self {
        const RANGE: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(86_400));
        self.settings.heartbeat = interval.map(|interval| interval.clamp(RANGE.0, RANGE.1));
        self
    }
}

impl<S> Layer<S> for NegotiateLayer {
    type Service = Negotiate<S>;

    fn layer(&self, inner: S) -> Negotiate<S> {
        Negotiate::new(inner, self.settings)
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Settings {
    pub(super) strict: bool,
    pub(super) max_body_bytes: usize,
    pub(super) limits: Limits,
    heartbeat: Option<Duration>,
}

impl Settings {
    pub(super) fn heartbeat(&self) -> Option<Heartbeat> {
        self.heartbeat.map(Heartbeat::new)
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            strict: false,
            max_body_bytes: 4 * 1024 * 1024,
            limits: Limits::default(),
            heartbeat: Some(Duration::from_secs(15)),
        }
    }
}
