use mcp_layers_core::{
    extensions::{ClientCapabilities, ClientInfo, Principal, SessionId},
    protocol::{LogLevel, ProtocolVersion},
};

/// What a session is, apart from any process: the part that a store keeps.
///
/// ```
/// use mcp_layers::session::{SessionChange, SessionRecord};
/// use mcp_layers_core::{extensions::SessionId, protocol::{LogLevel, ProtocolVersion}};
///
/// let mut record = SessionRecord::new(SessionId::from_bits(7), ProtocolVersion::V2025_06_18);
/// record.apply(SessionChange::LogLevel(LogLevel::Warning));
/// assert_eq!(record.log_level, Some(LogLevel::Warning));
/// assert!(!record.initialized);
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SessionRecord {
    /// The id.
    pub id: SessionId,
    /// The revision negotiated at `initialize`.
    pub version: ProtocolVersion,
    /// Who opened the session; `None` for an anonymous caller. Only the same
    /// caller may use it (SESS-12).
    pub principal: Option<Principal>,
    /// What the client declared at `initialize` (INIT-10).
    pub capabilities: ClientCapabilities,
    /// Who the client said it is.
    pub client_info: Option<ClientInfo>,
    /// Whether `notifications/initialized` has come.
    pub initialized: bool,
    /// The least severe log message wanted; `None` until `logging/setLevel`.
    pub log_level: Option<LogLevel>,
}

/// One change of a [`SessionRecord`] after it was created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SessionChange {
    /// `notifications/initialized` has come.
    Initialized,
    /// `logging/setLevel` was called.
    LogLevel(LogLevel),
}

impl SessionRecord {
    /// A new session of an anonymous client that declared nothing.
    #[must_use]
    pub fn new(id: SessionId, version: ProtocolVersion) -> Self {
        Self {
            id,
            version,
            principal: None,
            capabilities: ClientCapabilities::default(),
            client_info: None,
            initialized: false,
            log_level: None,
        }
    }

    /// Makes the change.
    pub fn apply(&mut self, change: SessionChange) {
        match change {
            SessionChange::Initialized => self.initialized = true,
            SessionChange::LogLevel(level) => self.log_level = Some(level),
        }
    }
}
