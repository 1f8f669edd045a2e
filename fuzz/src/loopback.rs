//! Whether a header names this machine, told in the plainest way.

use std::net::Ipv6Addr;

/// `localhost`, `127.0.0.1` or an IPv6 address that is `::1` in brackets, and perhaps
/// a port.
pub fn is_loopback_authority(text: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(text) else { return false };
    let text = text.to_ascii_lowercase();
    let (host, port) = match text.find(']') {
        Some(end) if text.starts_with('[') => text.split_at(end + 1),
        _ => text.split_at(text.find(':').unwrap_or(text.len())),
    };
    let inner = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let is_local = match inner {
        Some(address) => address.parse() == Ok(Ipv6Addr::LOCALHOST),
        None => host == "localhost" || host == "127.0.0.1",
    };
    is_local && is_port(port)
}

/// `http` or `https` on such an authority, and nothing after it.
pub fn is_loopback_origin(text: &[u8]) -> bool {
    let text = text.to_ascii_lowercase();
    let authority = text.strip_prefix(b"http://").or_else(|| text.strip_prefix(b"https://"));
    authority.is_some_and(is_loopback_authority)
}

/// Nothing, or a colon and a port that may be left out.
fn is_port(text: &str) -> bool {
    let Some(digits) = text.strip_prefix(':') else { return text.is_empty() };
    let significant = digits.trim_start_matches('0');
    digits.bytes().all(|byte| byte.is_ascii_digit())
        && significant.len() <= 5
        && (significant.is_empty() || significant.parse::<u32>().is_ok_and(|port| port < 65_536))
}
