use std::{borrow::Cow, fmt, net::Ipv6Addr};

/// A host and an optional port, as in `Host`, `:authority` and `Origin`.
///
/// Parsing brings the host into one form, so that equal hosts are equal text: in
/// lower case, IPv6 in brackets and in its shortest spelling. What is already so
/// is borrowed, and nothing is allocated. There is no default port, and a host
/// with a trailing dot is another host.
///
/// ```
/// use mcp_layers_core::Authority;
///
/// let authority = Authority::parse(b"MCP.example.com:8443")?;
/// assert_eq!(authority.host(), "mcp.example.com");
/// assert_eq!(authority.port(), Some(8443));
/// assert!(Authority::parse(b"[::1]")?.is_loopback());
/// assert!(Authority::parse(b"user@mcp.example.com").is_err());
/// # Ok::<(), mcp_layers_core::InvalidAuthority>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Authority<'a> {
    host: Cow<'a, str>,
    port: Option<u16>,
}

impl<'a> Authority<'a> {
    /// Reads `host`, `host:port`, `[ipv6]` or `[ipv6]:port`. An empty port is none.
    ///
    /// # Errors
    ///
    /// [`InvalidAuthority`] for an empty host, a user name, an IPv6 zone, a port over
    /// 65,535, and a host with anything but ASCII letters, digits, `-`, `.` and `_`.
    pub fn parse(text: &'a [u8]) -> Result<Self, InvalidAuthority> {
        let (host, port) = if text.starts_with(b"[") {
            let end = text.iter().position(|byte| *byte == b']').ok_or(InvalidAuthority)? + 1;
            let (address, port) = text.split_at(end);
            (ipv6(address)?, port)
        } else {
            registered_name(text)?
        };
        Ok(Self { host, port: port_number(port)? })
    }

    /// The host, in lower case; IPv6 in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, if it was written.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// The same with this port, if none was written.
    #[must_use]
    pub fn or_port(mut self, default: Option<u16>) -> Self {
        self.port = self.port.or(default);
        self
    }

    /// Whether the host is `localhost`, `127.0.0.1` or `[::1]`.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        matches!(self.host(), "localhost" | "127.0.0.1" | "[::1]")
    }

    /// A copy that borrows nothing.
    #[must_use]
    pub fn into_owned(self) -> Authority<'static> {
        Authority { host: Cow::Owned(self.host.into_owned()), port: self.port }
    }
}

impl fmt::Display for Authority<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.host)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

/// The text is no host with an optional port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidAuthority;

impl fmt::Display for InvalidAuthority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a host with an optional port")
    }
}

impl std::error::Error for InvalidAuthority {}

fn ipv6(bracketed: &[u8]) -> Result<Cow<'_, str>, InvalidAuthority> {
    if bracketed == b"[::1]" {
        return Ok(Cow::Borrowed("[::1]"));
    }
    let address = &bracketed[1..bracketed.len() - 1];
    let address: Ipv6Addr = std::str::from_utf8(address)
        .ok()
        .and_then(|address| address.parse().ok())
        .ok_or(InvalidAuthority)?;
    Ok(Cow::Owned(format!("[{address}]")))
}

/// The name at the start, and what follows it.
fn registered_name(text: &[u8]) -> Result<(Cow<'_, str>, &[u8]), InvalidAuthority> {
    let mut upper_case = false;
    let mut is_name = |byte: &u8| {
        upper_case |= byte.is_ascii_uppercase();
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_')
    };
    let len = text.iter().take_while(|byte| is_name(byte)).count();
    let (name, rest) = text.split_at(len);
    match (std::str::from_utf8(name), upper_case) {
        (Ok("") | Err(_), _) => Err(InvalidAuthority),
        (Ok(name), true) => Ok((Cow::Owned(name.to_ascii_lowercase()), rest)),
        (Ok(name), false) => Ok((Cow::Borrowed(name), rest)),
    }
}

/// What follows the host: nothing, `:`, or `:` and digits.
fn port_number(text: &[u8]) -> Result<Option<u16>, InvalidAuthority> {
    match text {
        [] | [b':'] => Ok(None),
        [b':', digits @ ..] => digits
            .iter()
            .try_fold(0_u16, |port, byte| {
                let digit = byte.is_ascii_digit().then(|| u16::from(byte - b'0'))?;
                port.checked_mul(10)?.checked_add(digit)
            })
            .map(Some)
            .ok_or(InvalidAuthority),
        _ => Err(InvalidAuthority),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Authority, InvalidAuthority};

    #[test]
    fn a_host_and_an_optional_port_are_read() {
        for (text, host, port) in [
            ("localhost", "localhost", None),
            ("LocalHost:80", "localhost", Some(80)),
            ("127.0.0.1:", "127.0.0.1", None),
            ("[::1]:8080", "[::1]", Some(8080)),
            ("[0:0:0:0:0:0:0:1]", "[::1]", None),
            ("[2001:DB8::A]", "[2001:db8::a]", None),
            ("a_b.example.", "a_b.example.", None),
            ("example.com:00080", "example.com", Some(80)),
        ] {
            let authority = Authority::parse(text.as_bytes()).expect(text);
            assert_eq!((authority.host(), authority.port()), (host, port), "{text}");
        }
    }

    #[test]
    fn a_default_port_fills_in_only_where_none_was_written() {
        let port = |text: &str| {
            Authority::parse(text.as_bytes()).expect("valid").or_port(Some(443)).port()
        };
        assert_eq!(port("example.com"), Some(443));
        assert_eq!(port("example.com:80"), Some(80));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            ":80",
            "user@localhost",
            "user:pw@localhost",
            "localhost/",
            "localhost:80/x",
            " localhost",
            "localhost ",
            "localhost:8o",
            "localhost:+80",
            "localhost:-1",
            "localhost:65536",
            "localhost:80:80",
            "::1",
            "[::1",
            "[::1]x",
            "[]",
            "[::1%25lo]",
            "[fe80::1%eth0]",
            "[127.0.0.1]",
            "local%68ost",
            "a,b",
            "a b",
            "exämple",
            "a\0",
        ] {
            assert_eq!(Authority::parse(text.as_bytes()), Err(InvalidAuthority), "{text:?}");
        }
        assert_eq!(Authority::parse(b"\xff"), Err(InvalidAuthority));
    }

    proptest! {
        #[test]
        fn what_is_read_is_in_its_only_form(text in "\\PC{0,24}|[a-zA-Z0-9.:@\\[\\]-]{0,24}") {
            if let Ok(authority) = Authority::parse(text.as_bytes()) {
                let written = authority.to_string();
                prop_assert_eq!(Authority::parse(written.as_bytes()), Ok(authority.clone()));
                prop_assert_eq!(authority.clone().into_owned(), authority);
            }
        }

        #[test]
        fn case_makes_no_difference(text in "[a-zA-Z0-9.-]{1,24}(:[0-9]{1,4})?") {
            let upper = text.to_ascii_uppercase();
            prop_assert_eq!(
                Authority::parse(text.as_bytes()).expect("valid"),
                Authority::parse(upper.as_bytes()).expect("valid")
            );
        }

        #[test]
        fn any_bytes_are_safe(bytes in proptest::collection::vec(any::<u8>(), 0..32)) {
            let _ = Authority::parse(&bytes);
        }
    }
}
