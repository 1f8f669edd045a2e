use std::{
    fmt,
    hash::Hash,
    net::{IpAddr, Ipv4Addr},
};

use http::{HeaderName, Request};
use mcp_layers_core::{
    extensions::{ClientAddr, Principal, SessionHandle},
    headers,
};

use super::key::Key;

/// The authenticated caller, else the client's address: RATE-2's key.
///
/// Reads [`Principal`], then [`ClientAddr`] as [`ByClientAddr`] does. All callers of
/// whom neither is known share one bucket.
#[derive(Debug, Clone, Copy, Default)]
pub struct ByPrincipalOrAddr;

impl<B> Key<B> for ByPrincipalOrAddr {
    fn key(&self, request: &Request<B>) -> Option<impl Hash> {
        let principal = request.extensions().get::<Principal>();
        Some(principal.map_or_else(|| Caller::At(network(request)), Caller::Known))
    }
}

/// The authenticated caller, [`Principal`]. Anonymous callers are not limited: for
/// them there is [`ByPrincipalOrAddr`].
#[derive(Debug, Clone, Copy, Default)]
pub struct ByPrincipal;

impl<B> Key<B> for ByPrincipal {
    fn key(&self, request: &Request<B>) -> Option<impl Hash> {
        request.extensions().get::<Principal>()
    }
}

/// The client's address, [`ClientAddr`]: IPv4 whole, IPv6 by its first 64 bits, which
/// is what one customer is given. All clients of unknown address share one bucket.
///
/// Behind a proxy all clients have the proxy's address, unless a layer outside puts
/// the forwarded one into the extension.
#[derive(Debug, Clone, Copy, Default)]
pub struct ByClientAddr;

impl<B> Key<B> for ByClientAddr {
    fn key(&self, request: &Request<B>) -> Option<impl Hash> {
        Some(network(request))
    }
}

/// The session, [`SessionHandle`]. Requests without one are not limited.
///
/// Whoever can open sessions gets a bucket with each: limit `initialize` by its caller
/// as well.
#[derive(Debug, Clone, Copy, Default)]
pub struct BySession;

impl<B> Key<B> for BySession {
    fn key(&self, request: &Request<B>) -> Option<impl Hash> {
        request.extensions().get::<SessionHandle>().map(SessionHandle::id)
    }
}

/// A header's first value, where a proxy in front sets that header and lets no client
/// set it. Requests without it share one bucket.
#[derive(Debug, Clone)]
pub struct ByHeader(HeaderName);

impl ByHeader {
    /// Trusts this header.
    ///
    /// If clients can set it, each picks its bucket: it takes a new one for every
    /// request, or empties another's.
    ///
    /// # Errors
    ///
    /// [`MirroredHeader`] for `Mcp-Method`, `Mcp-Name` and `Mcp-Param-…`, which every
    /// client sets (RATE-2). [`ByToolName`](super::ByToolName) and
    /// [`ForMethods`](super::ForMethods) read the same from the message.
    pub fn dangerously_trust(header: HeaderName) -> Result<Self, MirroredHeader> {
        let mirrored = header == headers::MCP_METHOD
            || header == headers::MCP_NAME
            || header.as_str().starts_with(headers::MCP_PARAM_PREFIX);
        if mirrored { Err(MirroredHeader(header)) } else { Ok(Self(header)) }
    }
}

impl<B> Key<B> for ByHeader {
    fn key(&self, request: &Request<B>) -> Option<impl Hash> {
        Some(request.headers().get(&self.0))
    }
}

/// The header repeats what the client wrote in its message, so it says nothing about
/// who the client is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MirroredHeader(HeaderName);

impl fmt::Display for MirroredHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is written by the client and cannot be a rate-limit key", self.0)
    }
}

impl std::error::Error for MirroredHeader {}

#[derive(Hash)]
enum Caller<'a> {
    Known(&'a Principal),
    At(Network),
}

/// Where a client is, as finely as it cannot choose itself.
#[derive(Hash)]
enum Network {
    Unknown,
    V4(Ipv4Addr),
    V6(u64),
}

fn network<B>(request: &Request<B>) -> Network {
    // On a socket of both families IPv4 arrives as ::ffff:a.b.c.d, all in one /64.
    match request.extensions().get::<ClientAddr>().map(|addr| addr.ip().to_canonical()) {
        None => Network::Unknown,
        Some(IpAddr::V4(addr)) => Network::V4(addr),
        Some(IpAddr::V6(addr)) => Network::V6((addr.to_bits() >> 64) as u64),
    }
}
