use std::fmt;

use crate::protocol::{Era, ProtocolVersion};

/// The revisions this endpoint serves, oldest first.
///
/// ```
/// use mcp_layers_core::{extensions::ServedVersions, protocol::{Era, ProtocolVersion}};
///
/// let served = ServedVersions::new([ProtocolVersion::V2026_07_28, ProtocolVersion::V2025_06_18]);
/// assert_eq!(served.newest(Era::Legacy), Some(ProtocolVersion::V2025_06_18));
/// assert_eq!(served.to_string(), "served are 2026-07-28, and by `initialize` 2025-06-18");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServedVersions {
    /// As many as there are, legacy ones first; what follows means nothing.
    versions: [ProtocolVersion; ProtocolVersion::ALL.len()],
    legacy: usize,
    len: usize,
}

impl ServedVersions {
    /// These revisions, in any order.
    pub fn new(versions: impl IntoIterator<Item = ProtocolVersion>) -> Self {
        let wanted: Vec<_> = versions.into_iter().collect();
        let mut served = Self { versions: ProtocolVersion::ALL, legacy: 0, len: 0 };
        for version in ProtocolVersion::ALL.into_iter().filter(|it| wanted.contains(it)) {
            served.versions[served.len] = version;
            served.len += 1;
            served.legacy += usize::from(!version.is_modern());
        }
        served
    }

    /// Whether this one is served.
    #[must_use]
    pub fn contains(&self, version: ProtocolVersion) -> bool {
        self.versions[..self.len].contains(&version)
    }

    /// Those of one era, oldest first.
    #[must_use]
    pub fn of(&self, era: Era) -> &[ProtocolVersion] {
        match era {
            Era::Legacy => &self.versions[..self.legacy],
            Era::Modern => &self.versions[self.legacy..self.len],
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

/// As error messages say it.
impl fmt::Display for ServedVersions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = |era| {
            let names: Vec<_> = self.of(era).iter().map(|version| version.as_str()).collect();
            names.join(", ")
        };
        let (modern, legacy) = (names(Era::Modern), names(Era::Legacy));
        match (modern.is_empty(), legacy.is_empty()) {
            (false, false) => write!(f, "served are {modern}, and by `initialize` {legacy}"),
            (false, true) => write!(f, "served are {modern}"),
            (true, false) => write!(f, "served are, by `initialize`, {legacy}"),
            (true, true) => f.write_str("none is served"),
        }
    }
}
