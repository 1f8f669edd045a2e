use std::sync::Arc;

use tower_layer::Layer;

use super::{
    limit::{InvalidName, Limit, Settings, check_name},
    rate::Rate,
    service::RateLimit,
};

/// Refuses callers that ask too often: see the [module](super).
///
/// All services made by a layer and its clones share its buckets.
#[derive(Debug, Clone)]
#[must_use]
pub struct RateLimitLayer<K> {
    key: K,
    limit: Arc<Limit>,
}

impl<K> RateLimitLayer<K> {
    /// Holds each key to this rate.
    pub fn new(rate: Rate, key: K) -> Self {
        let settings = Settings { rate, name: "default".into(), max_keys: 100_000 };
        Self { key, limit: Arc::new(Limit::new(settings)) }
    }

    /// What the limit is called in its error and in `RateLimit`; by default
    /// `default`. Where several limits stand around a service, each wants its own.
    ///
    /// # Errors
    ///
    /// [`InvalidName`] for anything but printable ASCII without `"` and `\`.
    pub fn with_name(self, name: impl Into<Box<str>>) -> Result<Self, InvalidName> {
        let name = name.into();
        check_name(&name)?;
        Ok(self.with(|settings| settings.name = name))
    }

    /// How many buckets are kept, at about 32 bytes each; by default 100,000. 0 counts
    /// as 1. Full, the table forgets those who have used least.
    pub fn with_max_keys(self, max_keys: usize) -> Self {
        self.with(|settings| settings.max_keys = max_keys)
    }

    /// Buckets are given up: layers are set up before they see requests.
    fn with(mut self, set: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = self.limit.settings().clone();
        set(&mut settings);
        self.limit = Arc::new(Limit::new(settings));
        self
    }

    #[cfg(test)]
    pub(super) fn with_clock(mut self, clock: governor::clock::FakeRelativeClock) -> Self {
        self.limit = Arc::new(Limit::with_clock(self.limit.settings().clone(), clock));
        self
    }
}

impl<S, K: Clone> Layer<S> for RateLimitLayer<K> {
    type Service = RateLimit<S, K>;

    fn layer(&self, inner: S) -> Self::Service {
        RateLimit::new(inner, self.key.clone(), Arc::clone(&self.limit))
    }
}
