//! The status line and the fields that decide how long the body is.

use anyhow::{Context as _, Result, bail, ensure};
use memchr::{memchr, memmem};

/// The parsed head of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The status code.
    pub status: u16,
    /// Whether the body is `text/event-stream`.
    pub is_sse: bool,
    pub(super) framing: Framing,
    /// Bytes of the head, the blank line included.
    pub(super) len: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    Length(usize),
    Chunked,
}

impl Head {
    /// Parses a head once all of it has arrived; `None` asks for more bytes.
    pub(super) fn parse(bytes: &[u8]) -> Result<Option<Self>> {
        let Some(end) = memmem::find(bytes, b"\r\n\r\n") else {
            return Ok(None);
        };
        let mut head = Self {
            status: status(bytes)?,
            is_sse: false,
            framing: Framing::Length(0),
            len: end + 4,
        };
        let mut framed = matches!(head.status, 204 | 304);
        for (name, value) in fields(&bytes[..end]) {
            if name.eq_ignore_ascii_case(b"content-length") {
                head.framing = Framing::Length(parse_length(value)?);
                framed = true;
            } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
                ensure!(value.eq_ignore_ascii_case(b"chunked"), "unknown transfer coding");
                head.framing = Framing::Chunked;
                framed = true;
            } else if name.eq_ignore_ascii_case(b"content-type") {
                head.is_sse = value.starts_with(b"text/event-stream");
            } else if name.eq_ignore_ascii_case(b"connection") {
                ensure!(!value.eq_ignore_ascii_case(b"close"), "the server closes the connection");
            }
        }
        ensure!(framed, "status {} with a body of unknown length", head.status);
        Ok(Some(head))
    }
}

#[cfg(test)]
impl Head {
    pub(crate) fn new(status: u16, is_sse: bool) -> Self {
        Self { status, is_sse, framing: Framing::Length(0), len: 0 }
    }
}

/// The fields of a head, status line left out.
pub(super) fn fields(head: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = head;
    next_line(&mut rest);
    std::iter::from_fn(move || {
        let line = next_line(&mut rest)?;
        let colon = memchr(b':', line)?;
        Some((&line[..colon], line[colon + 1..].trim_ascii()))
    })
}

fn next_line<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    if rest.is_empty() {
        return None;
    }
    let end = memchr(b'\n', rest).unwrap_or(rest.len());
    let line = &rest[..end];
    *rest = &rest[rest.len().min(end + 1)..];
    Some(line)
}

fn status(bytes: &[u8]) -> Result<u16> {
    match bytes {
        [b'H', b'T', b'T', b'P', b'/', b'1', b'.', b'1', b' ', a, b, c, ..]
            if [a, b, c].iter().all(|digit| digit.is_ascii_digit()) =>
        {
            Ok([a, b, c].iter().fold(0, |n, digit| n * 10 + u16::from(*digit - b'0')))
        }
        _ => bail!("not an HTTP/1.1 response"),
    }
}

fn parse_length(value: &[u8]) -> Result<usize> {
    std::str::from_utf8(value)
        .ok()
        .and_then(|text| text.parse().ok())
        .context("a Content-Length that is no number")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_gives_status_length_and_media_type() {
        let bytes =
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\ncontent-length: 12\r\n\r\nrest";
        let head = Head::parse(bytes).expect("valid").expect("complete");
        assert_eq!((head.status, head.is_sse), (200, true));
        assert_eq!(head.framing, Framing::Length(12));
        assert_eq!(&bytes[head.len..], b"rest");
    }

    #[test]
    fn an_unfinished_head_asks_for_more() {
        assert_eq!(Head::parse(b"HTTP/1.1 200 OK\r\nA: b\r\n").expect("no error"), None);
    }

    #[test]
    fn no_content_has_no_body() {
        let head =
            Head::parse(b"HTTP/1.1 204 No Content\r\n\r\n").expect("valid").expect("complete");
        assert_eq!(head.framing, Framing::Length(0));
    }

    #[test]
    fn what_cannot_be_kept_alive_is_refused() {
        for head in [
            &b"HTTP/1.1 200 OK\r\n\r\n"[..],
            b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: one\r\n\r\n",
            b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n",
            b"nonsense\r\n\r\n",
        ] {
            assert!(Head::parse(head).is_err(), "{}", String::from_utf8_lossy(head));
        }
    }
}
