use std::borrow::Cow;

use http::{HeaderMap, HeaderValue};
use mcp_layers_core::headers::MCP_PROTOCOL_VERSION;

/// `MCP-Protocol-Version` without the blanks around it (VER-20).
///
/// Lines that differ are joined, as HTTP reads a repeated field: no version has
/// such a name, so they are refused like any other malformed value. The same goes
/// for bytes that are not text, which become U+FFFD.
pub(super) fn read(headers: &HeaderMap) -> Option<Cow<'_, str>> {
    let mut lines = headers.get_all(MCP_PROTOCOL_VERSION).iter().map(trimmed);
    let first = lines.next()?;
    if lines.all(|line| line == first) {
        return Some(match std::str::from_utf8(first) {
            Ok(name) => Cow::Borrowed(name),
            Err(_) => String::from_utf8_lossy(first),
        });
    }
    let lines = headers.get_all(MCP_PROTOCOL_VERSION).iter().map(trimmed);
    Some(String::from_utf8_lossy(&lines.collect::<Vec<_>>().join(&b", "[..])).into_owned().into())
}

fn trimmed(line: &HeaderValue) -> &[u8] {
    line.as_bytes().trim_ascii()
}
