use std::sync::Arc;

use crate::protocol::{Era, ProtocolVersion};

/// The revisions this endpoint serves, oldest first.
///
/// ```
/// use mcp_layers_core::{extensions::ServedVersions, protocol::{Era, ProtocolVersion}};
///
/// let served = ServedVersions::new([ProtocolVersion::V2026_07_28, ProtocolVersion::V2025_06_18]);
/// assert_eq!(served.newest(Era::Legacy), Some(ProtocolVersion::V2025_06_18));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServedVersions(Arc<[ProtocolVersion]>);

impl ServedVersions {
    /// These revisions, in any order.
    pub fn new(versions: impl IntoIterator<Item = ProtocolVersion>) -> Self {
        let mut versions: Vec<_> = versions.into_iter().collect();
        versions.sort_unstable();
        versions.dedup();
        Self(versions.into())
    }

    /// Whether this one is served.
    #[must_use]
    pub fn contains(&self, version: ProtocolVersion) -> bool {
        self.0.contains(&version)
    }

    /// Those of one era, oldest first.
    #[must_use]
    pub fn of(&self, era: Era) -> &[ProtocolVersion] {
        let modern = self.0.partition_point(|version| !version.is_modern());
        match era {
            Era::Legacy => &self.0[..modern],
            Era::Modern => &self.0[modern..],
        }
    }

    /// The newest of one era.
    #[must_use]
    pub fn newest(&self, era: Era) -> Option<ProtocolVersion> {
        self.of(era).last().copied()
    }
}

impl Default for ServedVersions {
    /// All revisions.
    fn default() -> Self {
        Self::new(ProtocolVersion::ALL)
    }
}
