use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

/// The address at the other end of the connection, as the host saw it.
///
/// Behind a proxy that is the proxy, unless a layer of the host's has put the
/// forwarded address here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientAddr(SocketAddr);

impl ClientAddr {
    /// Wraps a peer address.
    #[must_use]
    pub const fn new(addr: SocketAddr) -> Self {
        Self(addr)
    }

    /// Address and port.
    #[must_use]
    pub const fn socket_addr(self) -> SocketAddr {
        self.0
    }

    /// The address.
    #[must_use]
    pub const fn ip(self) -> IpAddr {
        self.0.ip()
    }
}

/// Who the caller was authenticated to be. Inserted by an authentication layer;
/// sessions, limits and state are bound to it.
///
/// The name is whatever identifies the caller for good, such as issuer and
/// subject of a token. `Debug` does not print it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Principal(Arc<str>);

impl Principal {
    /// The caller of this name.
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        Self(name.into())
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Principal(…)")
    }
}
