use std::time::Duration;

use super::seal::Sealer;
use crate::McpService;

/// How a service asks its clients.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(super) sealer: Sealer,
    pub(super) timeout: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self { sealer: Sealer::default(), timeout: Duration::from_secs(4 * 60) }
    }
}

/// Asking the client, with the feature `asking`.
impl McpService {
    /// How long a legacy client may take to answer what a handler asks it; 4 minutes
    /// unless set. The limit on the whole request, 5 minutes by default, is
    /// [`cancellation`](crate::layers::cancellation)'s.
    pub fn with_ask_timeout(mut self, timeout: Duration) -> Self {
        self.offer().asking.timeout = timeout;
        self
    }

    /// The keys that seal what modern clients carry from one round of a handler to the
    /// next: the first seals, all open, so that keys can be rotated. Nodes that serve
    /// one endpoint need the same. Without any, a random one is made that lives as long
    /// as the process.
    ///
    /// They are secrets, of 32 bytes from a cryptographic random source.
    pub fn with_state_keys(mut self, keys: impl IntoIterator<Item = [u8; 32]>) -> Self {
        let asking = &mut self.offer().asking;
        asking.sealer = asking.sealer.clone().with_keys(keys);
        self
    }

    /// How long a modern client may take for one round, in whole seconds; 15 minutes
    /// unless set. What it brings back later is refused (MRTR-14).
    pub fn with_state_lifetime(mut self, lifetime: Duration) -> Self {
        let asking = &mut self.offer().asking;
        asking.sealer = asking.sealer.clone().with_lifetime(lifetime);
        self
    }
}
