use std::{borrow::Cow, fmt};

use mcp_layers_core::Authority;

/// A web origin: scheme, host and port, with the scheme's default port filled in.
///
/// Two origins are equal when all three are, and never by prefix (ORIGIN-8).
/// Scheme and host are in lower case. Never the opaque origin, `null`.
///
/// ```
/// use mcp_layers::validate_origin::Origin;
///
/// let origin = Origin::parse(b"https://App.example.com")?;
/// assert_eq!(origin, Origin::parse(b"https://app.example.com:443")?);
/// assert_eq!((origin.scheme(), origin.host()), ("https", "app.example.com"));
/// assert!(Origin::parse(b"https://app.example.com/").is_err());
/// # Ok::<(), mcp_layers::validate_origin::InvalidOrigin>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin<'a> {
    scheme: Cow<'a, str>,
    authority: Authority<'a>,
}

impl<'a> Origin<'a> {
    /// Reads `scheme://host` or `scheme://host:port`. What is in lower case is
    /// borrowed.
    ///
    /// # Errors
    ///
    /// [`InvalidOrigin`] for anything else: `null`, a path, even `/` alone, a user
    /// name, a list of origins.
    pub fn parse(text: &'a [u8]) -> Result<Self, InvalidOrigin> {
        Self::read(text).ok_or_else(|| InvalidOrigin(String::from_utf8_lossy(text).into()))
    }

    pub(super) fn read(text: &'a [u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?;
        let (scheme, authority) = text.split_once("://")?;
        let scheme = read_scheme(scheme)?;
        let authority = Authority::parse(authority.as_bytes()).ok()?;
        let authority = authority.or_port(default_port(&scheme));
        Some(Self { scheme, authority })
    }

    /// The scheme, in lower case, such as `https`.
    #[must_use]
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// The host, in lower case; IPv6 in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        self.authority.host()
    }

    /// The port, or else the scheme's default: 80 for `http` and `ws`, 443 for
    /// `https` and `wss`. `None` for other schemes without a port.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        self.authority.port()
    }

    /// Whether it is `http` or `https` on `localhost`, `127.0.0.1` or `[::1]`, on any
    /// port.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        matches!(self.scheme(), "http" | "https") && self.authority.is_loopback()
    }

    /// A copy that borrows nothing.
    #[must_use]
    pub fn into_owned(self) -> Origin<'static> {
        Origin {
            scheme: Cow::Owned(self.scheme.into_owned()),
            authority: self.authority.into_owned(),
        }
    }
}

impl fmt::Display for Origin<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme(), self.host())?;
        match self.port() {
            Some(port) if self.port() != default_port(&self.scheme) => write!(f, ":{port}"),
            _ => Ok(()),
        }
    }
}

/// The text is no origin. Its message names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidOrigin(Box<str>);

impl fmt::Display for InvalidOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is no origin: write a scheme, a host and a port if it is not the scheme's own, \
             without a slash at the end, as in \"https://app.example.com\"",
            self.0
        )
    }
}

impl std::error::Error for InvalidOrigin {}

fn read_scheme(scheme: &str) -> Option<Cow<'_, str>> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    let valid = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(allowed);
    if !valid {
        return None;
    }
    Some(if scheme.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(scheme.to_ascii_lowercase())
    } else {
        Cow::Borrowed(scheme)
    })
}

fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" | "ws" => Some(80),
        "https" | "wss" => Some(443),
        _ => None,
    }
}
