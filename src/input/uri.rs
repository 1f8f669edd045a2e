//! What RFC 3986 calls a URI.

use std::net::Ipv6Addr;

use crate::uri::is_scheme;

/// Whether `text` is a URI: a scheme, a colon, a host and port that can be if there are
/// any, and nothing but the characters that URIs are made of, with whole
/// percent-encodings.
pub(super) fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let (authority_fits, path) = match rest.strip_prefix("//") {
        None => (true, rest),
        Some(rest) => {
            let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
            let (authority, path) = rest.split_at(end);
            (is_authority(authority), path)
        }
    };
    is_scheme(scheme) && authority_fits && path.matches('#').count() <= 1 && has(path, b":@/?#")
}

/// A user, a host and a port, of which the host alone may not be missing before a port.
fn is_authority(text: &str) -> bool {
    let (user, rest) = text.split_once('@').unwrap_or(("", text));
    let (host, port) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, port)) => match address.parse::<Ipv6Addr>() {
            Ok(_) => ("-", port),
            Err(_) => return false,
        },
        None => rest.split_at(rest.find(':').unwrap_or(rest.len())),
    };
    let port_fits = match port.strip_prefix(':') {
        None => port.is_empty(),
        Some(digits) => !host.is_empty() && digits.parse::<u16>().is_ok_and(|port| port > 0),
    };
    has(user, b":") && has(host, b"") && port_fits
}

/// Whether there is nothing but unreserved characters, sub-delimiters, percent-encodings
/// and these.
fn has(text: &str, more: &[u8]) -> bool {
    const MARKS: &[u8] = b"-._~!$&'()*+,;=";
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let fits = match byte {
            b'%' => [bytes.next(), bytes.next()]
                .iter()
                .all(|digit| digit.is_some_and(|digit| digit.is_ascii_hexdigit())),
            _ => byte.is_ascii_alphanumeric() || MARKS.contains(&byte) || more.contains(&byte),
        };
        if !fits {
            return false;
        }
    }
    true
}
