use tower_layer::Layer;

use super::{
    allowed::{AllowedHosts, InvalidHost},
    service::ValidateHost,
};

/// Answers only for the hosts it is meant to serve: see the [module](super).
#[derive(Debug, Clone)]
#[must_use]
pub struct ValidateHostLayer {
    allowed: AllowedHosts,
}

impl ValidateHostLayer {
    /// Allows loopback alone: `localhost`, `127.0.0.1` and `[::1]`, on any port
    /// (HOST-2).
    pub fn new() -> Self {
        Self { allowed: AllowedHosts::loopback() }
    }

    /// Allows every request, also one that names no host, or two.
    ///
    /// For a server that nothing but a gateway can reach, and whose gateway checks.
    /// Elsewhere any page on the web can reach it by DNS rebinding.
    pub fn dangerously_allow_any() -> Self {
        Self { allowed: AllowedHosts::any() }
    }

    /// Allows one more host: `mcp.example.com` on any port, `mcp.example.com:8443` on
    /// that one only. An entry with port 80 or 443 also allows a request without a
    /// port (HOST-4).
    ///
    /// # Errors
    ///
    /// [`InvalidHost`] names an entry that is no host, such as a URL.
    pub fn add_host(mut self, host: impl AsRef<str>) -> Result<Self, InvalidHost> {
        self.allowed.add(host.as_ref())?;
        Ok(self)
    }

    /// Allows these hosts instead of loopback and of all added before.
    ///
    /// # Errors
    ///
    /// As [`add_host`](Self::add_host).
    pub fn with_hosts<H: AsRef<str>>(
        self,
        hosts: impl IntoIterator<Item = H>,
    ) -> Result<Self, InvalidHost> {
        let none = Self { allowed: AllowedHosts::default() };
        hosts.into_iter().try_fold(none, Self::add_host)
    }
}

impl Default for ValidateHostLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl<S> Layer<S> for ValidateHostLayer {
    type Service = ValidateHost<S>;

    fn layer(&self, inner: S) -> Self::Service {
        ValidateHost::new(inner, self.allowed.clone())
    }
}
