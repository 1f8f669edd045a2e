use mcp_layers_core::{extensions::ServedVersions, protocol};
use tower_layer::Layer;

use super::{service::ProtocolVersion, versions::Versions};

/// Decides by which revision a message is served: see the [module](super).
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct ProtocolVersionLayer {
    versions: Versions,
}

impl ProtocolVersionLayer {
    /// Serves every revision of [`ProtocolVersion::ALL`], both eras at once (VER-3).
    ///
    /// [`ProtocolVersion::ALL`]: protocol::ProtocolVersion::ALL
    pub fn new() -> Self {
        Self::default()
    }

    /// Serves these revisions only, in any order; by default all.
    ///
    /// An empty list serves none: every message is refused.
    pub fn with_versions(
        mut self,
        versions: impl IntoIterator<Item = protocol::ProtocolVersion>,
    ) -> Self {
        self.versions.served = ServedVersions::new(versions);
        self
    }

    /// Takes a legacy message whose `MCP-Protocol-Version` is malformed or names a
    /// revision that is not served as one without the header. By default it is
    /// refused with 400, as 2025-06-18 and 2025-11-25 ask (VER-12).
    ///
    /// Modern messages are checked all the same.
    pub fn accept_any_legacy_header(mut self) -> Self {
        self.versions.any_legacy_header = true;
        self
    }
}

impl<S> Layer<S> for ProtocolVersionLayer {
    type Service = ProtocolVersion<S>;

    fn layer(&self, inner: S) -> Self::Service {
        ProtocolVersion::new(inner, self.versions)
    }
}
