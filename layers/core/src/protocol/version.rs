use std::fmt;

/// A revision of the protocol. Ordered by age.
///
/// As a request extension it says by which revision this request is served.
/// Inserted by the `protocol_version` layer, and narrowed by `session` to what
/// was negotiated; absent, a reader takes [`LATEST_LEGACY`](Self::LATEST_LEGACY).
///
/// ```
/// use mcp_layers_core::protocol::{Era, ProtocolVersion};
///
/// let version = ProtocolVersion::from_name("2026-07-28").unwrap();
/// assert_eq!(version.era(), Era::Modern);
/// assert!(version > ProtocolVersion::LATEST_LEGACY);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ProtocolVersion {
    /// 2024-11-05, the revision before Streamable HTTP.
    V2024_11_05,
    /// 2025-03-26.
    V2025_03_26,
    /// 2025-06-18.
    V2025_06_18,
    /// 2025-11-25.
    V2025_11_25,
    /// 2026-07-28.
    V2026_07_28,
}

/// The two ways in which the protocol is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Era {
    /// Up to 2025-11-25: handshake, sessions, GET stream.
    Legacy,
    /// From 2026-07-28: stateless, `_meta` on each request.
    Modern,
}

impl ProtocolVersion {
    /// Every revision this library knows, oldest first.
    pub const ALL: [Self; 5] = [
        Self::V2024_11_05,
        Self::V2025_03_26,
        Self::V2025_06_18,
        Self::V2025_11_25,
        Self::V2026_07_28,
    ];

    /// The newest revision that `initialize` can negotiate (VER-17).
    pub const LATEST_LEGACY: Self = Self::V2025_11_25;

    /// The revision a request is served by: the extension of this type, or the newest
    /// legacy one where no layer has inserted it.
    #[must_use]
    pub fn of(extensions: &http::Extensions) -> Self {
        extensions.get().copied().unwrap_or(Self::LATEST_LEGACY)
    }

    /// The revision with exactly this name (VER-19).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|version| version.as_str() == name)
    }

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V2024_11_05 => "2024-11-05",
            Self::V2025_03_26 => "2025-03-26",
            Self::V2025_06_18 => "2025-06-18",
            Self::V2025_11_25 => "2025-11-25",
            Self::V2026_07_28 => "2026-07-28",
        }
    }

    /// The era it belongs to.
    #[must_use]
    pub const fn era(self) -> Era {
        match self {
            Self::V2026_07_28 => Era::Modern,
            _ => Era::Legacy,
        }
    }

    /// Whether it is of the modern era.
    #[must_use]
    pub const fn is_modern(self) -> bool {
        matches!(self.era(), Era::Modern)
    }
}

impl Era {
    /// The era a version's name speaks of, known to this library or not: modern if
    /// it has the shape of a date and sorts after the last legacy revision. Any
    /// other name is legacy, so that it is refused as a version not served and not
    /// as a modern request without its claim (VER-12, VER-19).
    ///
    /// ```
    /// use mcp_layers_core::protocol::Era;
    ///
    /// assert_eq!(Era::of_name("2026-07-28"), Era::Modern);
    /// assert_eq!(Era::of_name("2031-01-01"), Era::Modern);
    /// assert_eq!(Era::of_name("2025-11-25"), Era::Legacy);
    /// assert_eq!(Era::of_name("v999.0.0"), Era::Legacy);
    /// ```
    #[must_use]
    pub fn of_name(name: &str) -> Self {
        if has_date_shape(name) && name > ProtocolVersion::LATEST_LEGACY.as_str() {
            Self::Modern
        } else {
            Self::Legacy
        }
    }
}

/// `dddd-dd-dd`. The digits are not read as a date.
fn has_date_shape(name: &str) -> bool {
    name.len() == 10
        && name.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

impl fmt::Display for ProtocolVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
