use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// How severe a log message is: syslog's eight levels, least severe first.
///
/// ```
/// use mcp_layers_core::protocol::LogLevel;
///
/// assert_eq!("warning".parse(), Ok(LogLevel::Warning));
/// assert!(LogLevel::Warning > LogLevel::Info);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "syslog's names are the documentation")]
pub enum LogLevel {
    Debug,
    Info,
    Notice,
    Warning,
    Error,
    Critical,
    Alert,
    Emergency,
}

impl LogLevel {
    /// All levels, least severe first.
    pub const ALL: [Self; 8] = [
        Self::Debug,
        Self::Info,
        Self::Notice,
        Self::Warning,
        Self::Error,
        Self::Critical,
        Self::Alert,
        Self::Emergency,
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Critical => "critical",
            Self::Alert => "alert",
            Self::Emergency => "emergency",
        }
    }
}

impl FromStr for LogLevel {
    type Err = UnknownLogLevel;

    fn from_str(name: &str) -> Result<Self, UnknownLogLevel> {
        Self::ALL.into_iter().find(|level| level.as_str() == name).ok_or(UnknownLogLevel)
    }
}

/// The name is none of the eight levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownLogLevel;

impl fmt::Display for UnknownLogLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a log level is one of")?;
        LogLevel::ALL.iter().try_for_each(|level| write!(f, " {}", level.as_str()))
    }
}

impl std::error::Error for UnknownLogLevel {}
