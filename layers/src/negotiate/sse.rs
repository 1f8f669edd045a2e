//! Server-sent events: the encoder.

use std::fmt::Write as _;

use bytes::{BufMut, Bytes, BytesMut};
use mcp_layers_core::{Event, jsonrpc::Message};

/// Room for the field names and the line ends of an event.
const FIELDS: usize = 32;

/// Appends one event.
///
/// - `id` and `retry` (whole milliseconds) come first. An id that holds CR, LF or
///   NUL cannot be written and is left out.
/// - The message is one `data` line (SSE-1). Line breaks can stand in JSON between
///   tokens only, where a blank means the same: each becomes one.
/// - A message that many streams share is completed with the stream's subscription.
/// - Without a message an id gets an empty `data` line, so that the client takes
///   note of it; `retry` needs none.
/// - There is never an `event` line (SSE-2).
///
/// ```
/// use bytes::BytesMut;
/// use mcp_layers::negotiate::sse;
/// use mcp_layers_core::{Event, jsonrpc::{Message, RawJson, RequestId}};
///
/// let mut event = Event::from(Message::result(&RequestId::from(1), &RawJson::empty_object()));
/// event.id = Some("7".into());
///
/// let mut out = BytesMut::new();
/// sse::encode(&event, &mut out);
/// assert_eq!(&out[..], b"id: 7\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n\n");
/// ```
pub fn encode(event: &Event, out: &mut BytesMut) {
    let id = event.id.as_deref().filter(|id| !id.contains(['\r', '\n', '\0']));
    let data = event.message.as_ref().map(Message::bytes);
    let own = event.subscription.as_ref().map_or(0, Bytes::len);
    out.reserve(FIELDS + id.map_or(0, str::len) + data.map_or(0, <[u8]>::len) + own);
    if let Some(id) = id {
        out.put_slice(b"id: ");
        out.put_slice(id.as_bytes());
        out.put_u8(b'\n');
    }
    if let Some(retry) = event.retry {
        writeln!(out, "retry: {}", retry.as_millis()).expect("a BytesMut grows as needed");
    }
    match data {
        Some(data) => {
            out.put_slice(b"data: ");
            let start = out.len();
            match (message_gap(event), &event.subscription) {
                (Some(at), Some(subscription)) => {
                    out.put_slice(&data[..at]);
                    out.put_slice(subscription);
                    out.put_slice(&data[at..]);
                }
                _ => out.put_slice(data),
            }
            blank_line_breaks(&mut out[start..]);
            out.put_slice(b"\n\n");
        }
        None if id.is_some() => out.put_slice(b"data: \n\n"),
        None if event.retry.is_some() => out.put_u8(b'\n'),
        None => {}
    }
}

/// An event that is a message of one line and nothing more: as it was written, or put
/// together in one piece of its size.
pub(super) fn message_alone(event: &Event) -> Option<Bytes> {
    let message = event.message.as_ref().filter(|_| event.id.is_none() && event.retry.is_none())?;
    match (message.gap(), &event.subscription) {
        (Some(at), Some(subscription)) => {
            let (before, after) = message.bytes().split_at(at);
            let event = [b"data: ", before, subscription, after, b"\n\n"].concat();
            let is_one_line = memchr::memchr2(b'\r', b'\n', message.bytes()).is_none();
            is_one_line.then(|| event.into())
        }
        _ => message.event().cloned(),
    }
}

fn message_gap(event: &Event) -> Option<usize> {
    event.message.as_ref().and_then(Message::gap)
}

fn blank_line_breaks(mut text: &mut [u8]) {
    while let Some(at) = memchr::memchr2(b'\r', b'\n', text) {
        text[at] = b' ';
        text = &mut text[at + 1..];
    }
}
