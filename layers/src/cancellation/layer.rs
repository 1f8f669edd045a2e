use std::{sync::Arc, time::Duration};

use mcp_layers_core::shutdown::Shutdown;
use tower_layer::Layer;

use super::{Cancellation, in_flight::InFlight};

/// Makes requests stop when they should; see the [module](super).
///
/// All services made from one layer, or from clones of it, know each other's
/// requests.
#[derive(Debug, Clone)]
#[must_use = "a layer does nothing until it wraps a service"]
pub struct CancellationLayer {
    table: Arc<InFlight>,
    rules: Rules,
}

/// What is left to the builder.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    pub(super) timeout: Option<Limit>,
    pub(super) shutdown: Option<Shutdown>,
    pub(super) max_in_flight: usize,
    pub(super) max_in_flight_per_principal: usize,
    pub(super) drop_on_disconnect: bool,
}

/// How long a request may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limit(pub(super) Duration);

/// Thirty years: what is longer is as good as for ever, and no sum of times overflows.
const FOREVER: Duration = Duration::from_secs(30 * 365 * 24 * 3_600);

impl CancellationLayer {
    /// A time limit of 5 minutes per request, and up to 128 requests in flight per
    /// session and 1,024 per principal.
    pub fn new() -> Self {
        let rules = Rules {
            timeout: Some(Limit(Duration::from_secs(5 * 60))),
            shutdown: None,
            max_in_flight: 128,
            max_in_flight_per_principal: 1_024,
            drop_on_disconnect: false,
        };
        Self { table: Arc::default(), rules }
    }

    /// How long a request may take, from the first time that it has to wait;
    /// 5 minutes unless set, `None` for no limit. `subscriptions/listen` has none.
    pub fn with_timeout(mut self, timeout: Option<Duration>) -> Self {
        self.rules.timeout = timeout.map(|limit| Limit(limit.min(FOREVER)));
        self
    }

    /// Counts every request as a call of this shutdown, and cancels it in the second
    /// phase. Of several the first counts.
    pub fn with_shutdown(mut self, shutdown: Shutdown) -> Self {
        self.rules.shutdown.get_or_insert(shutdown);
        self
    }

    /// How many requests one session may have in flight; 128 unless set. One more is
    /// answered 429.
    pub fn with_max_in_flight_per_session(mut self, max: usize) -> Self {
        self.rules.max_in_flight = max;
        self
    }

    /// How many requests one authenticated caller may have in flight, in all its
    /// sessions and outside of any; 1,024 unless set. One more is answered 429.
    /// Anonymous callers are not told apart, and not counted.
    pub fn with_max_in_flight_per_principal(mut self, max: usize) -> Self {
        self.rules.max_in_flight_per_principal = max;
        self
    }

    /// Takes a legacy client's going away for a cancellation too. By default such a
    /// request runs to its end (CANCEL-4, D-15).
    pub fn drop_on_disconnect(mut self) -> Self {
        self.rules.drop_on_disconnect = true;
        self
    }

    #[cfg(test)]
    pub(super) fn in_flight(&self) -> usize {
        self.table.len()
    }

    #[cfg(test)]
    pub(super) fn principals_at_work(&self) -> usize {
        self.table.principals.len()
    }
}

impl Default for CancellationLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl<S> Layer<S> for CancellationLayer {
    type Service = Cancellation<S>;

    fn layer(&self, inner: S) -> Cancellation<S> {
        Cancellation::new(inner, Arc::clone(&self.table), self.rules.clone())
    }
}
