use std::sync::Arc;

use tower_layer::Layer;

use super::{
    allowed::AllowedOrigins,
    origin::{InvalidOrigin, Origin},
    service::ValidateOrigin,
};

/// Refuses requests that a foreign web page makes: see the [module](super).
#[derive(Debug, Clone)]
#[must_use]
pub struct ValidateOriginLayer {
    pub(super) allowed: Arc<AllowedOrigins>,
}

impl ValidateOriginLayer {
    /// Allows requests without `Origin`, and pages on loopback: `http` or `https` on
    /// `localhost`, `127.0.0.1` or `[::1]`, on any port (ORIGIN-9).
    pub fn new() -> Self {
        Self { allowed: Arc::new(AllowedOrigins::loopback()) }
    }

    /// Allows every origin, also a malformed one.
    ///
    /// For a server that asks every caller for a token, or that offers nothing worth
    /// protecting. Elsewhere any page its user visits can call its tools.
    pub fn dangerously_allow_any() -> Self {
        Self { allowed: Arc::new(AllowedOrigins::any()) }
    }

    /// Allows one more origin, such as `https://app.example.com`, or the opaque
    /// origin, `null`, which sandboxed frames and local files send (ORIGIN-6).
    ///
    /// # Errors
    ///
    /// [`InvalidOrigin`] names an entry that is no origin, such as a URL with a path.
    pub fn add_origin(mut self, origin: impl AsRef<str>) -> Result<Self, InvalidOrigin> {
        Arc::make_mut(&mut self.allowed).add(origin.as_ref())?;
        Ok(self)
    }

    /// Allows these origins instead of loopback and of all added before. A predicate
    /// stays.
    ///
    /// # Errors
    ///
    /// As [`add_origin`](Self::add_origin).
    pub fn with_origins<O: AsRef<str>>(
        self,
        origins: impl IntoIterator<Item = O>,
    ) -> Result<Self, InvalidOrigin> {
        let none = Self { allowed: Arc::new(self.allowed.without_list()) };
        origins.into_iter().try_fold(none, Self::add_origin)
    }

    /// Allows, besides the list, the origins for which `predicate` is true. It runs on
    /// every request of an origin that is not listed, and never sees `null`.
    pub fn with_predicate(
        mut self,
        predicate: impl Fn(&Origin<'_>) -> bool + Send + Sync + 'static,
    ) -> Self {
        Arc::make_mut(&mut self.allowed).or(Arc::new(predicate));
        self
    }
}

impl Default for ValidateOriginLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl<S> Layer<S> for ValidateOriginLayer {
    type Service = ValidateOrigin<S>;

    fn layer(&self, inner: S) -> Self::Service {
        ValidateOrigin::new(inner, Arc::clone(&self.allowed))
    }
}
