use std::{
    collections::HashMap,
    fmt,
    hash::{BuildHasherDefault, Hasher},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU8, Ordering},
    },
};

use http::HeaderValue;

use super::{CancelToken, ClientCapabilities, ClientInfo, PendingReply, Watched, replies::Replies};
use crate::{
    Reply,
    protocol::{LogLevel, ProtocolVersion},
};

/// The id of a session: 128 random bits, 32 hexadecimal digits on the wire.
///
/// `Debug` and `Display` show the first eight digits only: whoever knows an id
/// can use the session.
///
/// ```
/// use mcp_layers_core::extensions::SessionId;
///
/// let id = SessionId::parse(b"0123456789abcdef0123456789abcdef")?;
/// assert_eq!(id.to_string(), "01234567…");
/// assert_eq!(id.to_header_value(), "0123456789abcdef0123456789abcdef");
/// # Ok::<(), mcp_layers_core::extensions::InvalidSessionId>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionId(u128);

impl SessionId {
    /// The id of these bits.
    #[must_use]
    pub const fn from_bits(bits: u128) -> Self {
        Self(bits)
    }

    /// The bits.
    #[must_use]
    pub const fn to_bits(self) -> u128 {
        self.0
    }

    /// Reads a header's value.
    ///
    /// # Errors
    ///
    /// [`InvalidSessionId`] for anything but 32 lower-case hexadecimal digits.
    pub fn parse(value: &[u8]) -> Result<Self, InvalidSessionId> {
        let value: &[u8; 32] = value.try_into().map_err(|_| InvalidSessionId)?;
        // All bytes alike and no way out in between: the compiler makes vectors of it.
        let is_digit = |byte: u8| byte.is_ascii_digit() | matches!(byte, b'a'..=b'f');
        if !value.iter().fold(true, |valid, byte| valid & is_digit(*byte)) {
            return Err(InvalidSessionId);
        }
        let digits = value.map(|byte| (byte & 0xf) + if byte > b'9' { 9 } else { 0 });
        let mut bytes = [0; 16];
        for (byte, [high, low]) in bytes.iter_mut().zip(digits.as_chunks::<2>().0) {
            *byte = high << 4 | low;
        }
        Ok(Self(u128::from_be_bytes(bytes)))
    }

    /// The id as a header's value.
    #[must_use]
    pub fn to_header_value(self) -> HeaderValue {
        let mut value =
            HeaderValue::try_from(self.to_wire()).expect("hexadecimal digits are a header value");
        value.set_sensitive(true);
        value
    }

    /// The id as it goes over the wire. A secret: not for logs.
    #[must_use]
    pub fn to_wire(self) -> String {
        format!("{:032x}", self.0)
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}…", self.0 >> 96)
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionId({self})")
    }
}

/// The text is no session id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidSessionId;

impl fmt::Display for InvalidSessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a session id is 32 lower-case hexadecimal digits")
    }
}

impl std::error::Error for InvalidSessionId {}

/// A map by session id, hashed by the id's own bits; see [`SessionIdHasher`].
pub type SessionMap<V> = HashMap<SessionId, V, BuildHasherDefault<SessionIdHasher>>;

/// Gives back the room of what was removed from a map, once that is most of it: a rush of
/// sessions is not paid for ever, and the marks that removal leaves in a table do not make
/// it grow.
///
/// ```
/// use mcp_layers_core::extensions::{SessionId, SessionMap, give_back};
///
/// let mut sessions: SessionMap<()> = (0..1_000).map(|n| (SessionId::from_bits(n), ())).collect();
/// sessions.retain(|id, _| id.to_bits() == 7);
/// give_back(&mut sessions);
/// assert!(sessions.capacity() < 100);
/// ```
pub fn give_back<V>(map: &mut SessionMap<V>) {
    if map.len() < map.capacity() / 8 {
        map.shrink_to(map.len() * 2);
    }
}

/// Takes an id's own bits for its hash.
///
/// For maps of sessions that exist: their ids came from the operating system's
/// generator, so their bits are as even as any hash. An id from the network may be
/// looked up there but never stored: choosing it well then finds a long chain of
/// nobody's making.
#[derive(Debug, Default)]
pub struct SessionIdHasher(u64);

impl Hasher for SessionIdHasher {
    fn write_u128(&mut self, bits: u128) {
        self.0 = bits as u64;
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// The session a legacy request belongs to, on this node.
#[derive(Clone)]
pub struct SessionHandle(Arc<Session>);

struct Session {
    id: SessionId,
    version: ProtocolVersion,
    capabilities: ClientCapabilities,
    client_info: Option<ClientInfo>,
    ended: CancelToken,
    /// 0 is unset; otherwise one more than the level's place in `LogLevel::ALL`.
    log_level: AtomicU8,
    /// Made when they are first used, which in most sessions is never.
    replies: OnceLock<Box<Replies>>,
    watched: OnceLock<Arc<Watched>>,
}

impl SessionHandle {
    /// A handle. `ended` fires when the session does.
    #[must_use]
    pub fn new(
        id: SessionId,
        version: ProtocolVersion,
        capabilities: ClientCapabilities,
        client_info: Option<ClientInfo>,
        ended: CancelToken,
    ) -> Self {
        Self(Arc::new(Session {
            id,
            version,
            capabilities,
            client_info,
            ended,
            log_level: AtomicU8::new(0),
            replies: OnceLock::new(),
            watched: OnceLock::new(),
        }))
    }

    /// The id.
    #[must_use]
    pub fn id(&self) -> SessionId {
        self.0.id
    }

    /// The revision negotiated at `initialize`.
    #[must_use]
    pub fn protocol_version(&self) -> ProtocolVersion {
        self.0.version
    }

    /// What the client declared at `initialize`.
    #[must_use]
    pub fn client_capabilities(&self) -> &ClientCapabilities {
        &self.0.capabilities
    }

    /// Who the client said it is.
    #[must_use]
    pub fn client_info(&self) -> Option<&ClientInfo> {
        self.0.client_info.as_ref()
    }

    /// Fires when the session ends: by DELETE, expiry, or shutdown.
    #[must_use]
    pub fn ended(&self) -> &CancelToken {
        &self.0.ended
    }

    /// The least severe log message this session wants; `None` until
    /// `logging/setLevel` was called.
    #[must_use]
    pub fn log_level(&self) -> Option<LogLevel> {
        let stored = self.0.log_level.load(Ordering::Relaxed);
        LogLevel::ALL.get(usize::from(stored.checked_sub(1)?)).copied()
    }

    /// Whether somebody besides the caller holds this handle: a request at work, an
    /// open stream. Such a session is not idle.
    #[must_use]
    pub fn is_in_use(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }

    /// Sets the least severe log message this session wants.
    pub fn set_log_level(&self, level: LogLevel) {
        self.0.log_level.store(level as u8 + 1, Ordering::Relaxed);
    }

    /// Begins a request to the client: an id that was never used in this session
    /// (RPC-14), and the reply to come. Sending it is the caller's.
    pub fn expect_reply(&self) -> PendingReply {
        PendingReply::new(self.clone())
    }

    /// Hands a reply to whoever waits for it in this session (SESS-21); `false` if
    /// nobody does (SESS-20).
    pub fn deliver(&self, reply: Reply) -> bool {
        self.0.replies.get().is_some_and(|replies| replies.deliver(reply))
    }

    /// The resources whose changes the client wants to hear of. A clone of it does
    /// not keep the session in use.
    #[must_use]
    pub fn watched(&self) -> &Arc<Watched> {
        self.0.watched.get_or_init(Arc::default)
    }

    pub(super) fn replies(&self) -> &Replies {
        self.0.replies.get_or_init(Box::default)
    }
}

/// On `initialize`: if it succeeds a session is opened, in which the server can send
/// messages of its own. Inserted by the `session` layer; absent: there will be none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpensSession;

impl fmt::Debug for SessionHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionHandle")
            .field("id", &self.id())
            .field("protocol_version", &self.protocol_version())
            .finish_non_exhaustive()
    }
}
