use bytes::Bytes;
use serde::Serialize;

use super::{ErrorObject, RawJson, RequestId, text::Text, write_string};
use crate::protocol::meta;

/// Room for params of which no size is known, in bytes: most are smaller.
const SHORT: usize = 192;

/// A JSON-RPC message on its way to the client, encoded once.
///
/// ```
/// use mcp_layers_core::jsonrpc::{Message, RawJson, RequestId};
///
/// let message = Message::result(&RequestId::from(1), &RawJson::empty_object());
/// assert_eq!(message.bytes(), br#"{"jsonrpc":"2.0","id":1,"result":{}}"#);
/// ```
#[derive(Debug, Clone)]
pub struct Message {
    text: Text,
    kind: MessageKind,
    overflow: Overflow,
    gap: Option<usize>,
}

/// What a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MessageKind {
    /// A response with a result.
    Result,
    /// A response with an error of this code.
    Error(i64),
    /// A request to the client (legacy).
    Request,
    /// A notification.
    Notification,
}

/// What becomes of a message when its stream's budget is full: those that are
/// dropped oldest go first, then the latest of each key, and what may not be lost
/// closes the stream if even that makes no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Overflow {
    /// The message may not be lost: without room the stream is closed.
    #[default]
    Close,
    /// It replaces an earlier one of the same key that still waits, and is lost
    /// only when messages that may not be lost leave no room.
    Latest(u64),
    /// The oldest waiting message of this sort is dropped, and counted.
    DropOldest,
}

impl Message {
    /// A response with a result.
    #[must_use]
    pub fn result(id: &RequestId, result: &RawJson) -> Self {
        Self::result_with(id, result.as_bytes().len(), |out| {
            out.extend_from_slice(result.as_bytes());
        })
    }

    /// A response whose result `write` appends as JSON; `hint` is its likely size
    /// in bytes.
    pub fn result_with(id: &RequestId, hint: usize, write: impl FnOnce(&mut Vec<u8>)) -> Self {
        Self::written(hint + 64, MessageKind::Result, |out| {
            out.extend_from_slice(br#"{"jsonrpc":"2.0","id":"#);
            id.write_json(out);
            out.extend_from_slice(br#","result":"#);
            write(out);
            out.push(b'}');
        })
    }

    /// A response with an error. Without an id the member is left out: `null` is
    /// never sent (RPC-13, D-12).
    #[must_use]
    pub fn error(id: Option<&RequestId>, error: &ErrorObject) -> Self {
        Self::written(SHORT, MessageKind::Error(error.code()), |out| {
            out.extend_from_slice(br#"{"jsonrpc":"2.0","#);
            if let Some(id) = id {
                out.extend_from_slice(br#""id":"#);
                id.write_json(out);
                out.push(b',');
            }
            out.extend_from_slice(br#""error":"#);
            write_json(out, error);
            out.push(b'}');
        })
    }

    /// A notification. `params` must serialise to an object; what does not
    /// serialise at all is sent as `{}`.
    pub fn notification<P: Serialize + ?Sized>(method: &str, params: &P) -> Self {
        Self::notification_with(method, SHORT, |out| write_json(out, params))
    }

    /// A notification whose params `write` appends as JSON, an object; `hint` is their
    /// likely size in bytes.
    ///
    /// ```
    /// use mcp_layers_core::jsonrpc::Message;
    ///
    /// let params = br#"{"level":"info","data":"ready"}"#;
    /// let message = Message::notification_with("notifications/message", params.len(), |out| {
    ///     out.extend_from_slice(params);
    /// });
    /// assert!(message.bytes().ends_with(br#""params":{"level":"info","data":"ready"}}"#));
    /// ```
    pub fn notification_with(method: &str, hint: usize, write: impl FnOnce(&mut Vec<u8>)) -> Self {
        Self::written(hint + method.len() + 48, MessageKind::Notification, |out| {
            out.extend_from_slice(br#"{"jsonrpc":"2.0","method":"#);
            write_string(out, method);
            out.extend_from_slice(br#","params":"#);
            write(out);
            out.push(b'}');
        })
    }

    /// A notification that many streams share. Its text lacks the id of the
    /// subscription, which is each stream's own: [`gap`](Self::gap) says where it
    /// goes, and the event that carries the message has it
    /// ([`Event::subscription`](crate::Event::subscription)).
    ///
    /// `params` must serialise to an object without `_meta`.
    ///
    /// ```
    /// use mcp_layers_core::jsonrpc::Message;
    ///
    /// let method = "notifications/resources/updated";
    /// let message = Message::shared_notification(method, &serde_json::json!({ "uri": "a:b" }));
    /// let (before, after) = message.bytes().split_at(message.gap().expect("it has one"));
    /// assert!(before.ends_with(br#""_meta":{"io.modelcontextprotocol/subscriptionId":"#));
    /// assert_eq!(after, br#"},"uri":"a:b"}}"#);
    /// ```
    pub fn shared_notification<P: Serialize + ?Sized>(method: &str, params: &P) -> Self {
        let mut gap = 0;
        let message = Self::written(method.len() + SHORT, MessageKind::Notification, |out| {
            let start = out.len();
            out.extend_from_slice(br#"{"jsonrpc":"2.0","method":"#);
            write_string(out, method);
            out.extend_from_slice(br#","params":{"_meta":{""#);
            out.extend_from_slice(meta::SUBSCRIPTION_ID.as_bytes());
            out.extend_from_slice(b"\":");
            gap = out.len() - start;
            let mut rest = Vec::new();
            write_json(&mut rest, params);
            out.push(b'}');
            if rest.starts_with(b"{") && rest != b"{}" {
                rest[0] = b',';
                out.extend_from_slice(&rest);
            } else {
                out.push(b'}');
            }
            out.push(b'}');
        });
        Self { gap: Some(gap), ..message }
    }

    /// A request to the client (legacy). `params` must serialise to an object; what
    /// does not serialise at all is sent as `{}`.
    pub fn request<P: Serialize + ?Sized>(id: &RequestId, method: &str, params: &P) -> Self {
        Self::written(method.len() + SHORT, MessageKind::Request, |out| {
            out.extend_from_slice(br#"{"jsonrpc":"2.0","id":"#);
            id.write_json(out);
            out.extend_from_slice(br#","method":"#);
            write_string(out, method);
            out.extend_from_slice(br#","params":"#);
            write_json(out, params);
            out.push(b'}');
        })
    }

    /// A message that was encoded before, such as one that a log gives back: `bytes` and
    /// `kind` are what [`into_bytes`](Self::into_bytes) and [`kind`](Self::kind) gave.
    #[must_use]
    pub fn from_encoded(bytes: Bytes, kind: MessageKind) -> Self {
        Self::new(Text::bare(bytes), kind)
    }

    /// Says what becomes of the message when its stream's budget is full.
    #[must_use]
    pub fn with_overflow(mut self, overflow: Overflow) -> Self {
        self.overflow = overflow;
        self
    }

    /// Where the stream's own piece goes into the text, if it lacks one.
    #[must_use]
    pub fn gap(&self) -> Option<usize> {
        self.gap
    }

    /// The encoded message.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.text.json()
    }

    /// The encoded message.
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        self.text.into_json()
    }

    /// The message as a server-sent event with nothing but data, where it was written so:
    /// `None` for text with a [`gap`](Self::gap) or with line breaks, and for text that
    /// was [encoded before](Self::from_encoded).
    ///
    /// ```
    /// use mcp_layers_core::jsonrpc::{Message, RawJson, RequestId};
    ///
    /// let message = Message::result(&RequestId::from(1), &RawJson::empty_object());
    /// let event = message.event().expect("one line, written here");
    /// assert_eq!(&event[..], b"data: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n\n");
    /// ```
    #[must_use]
    pub fn event(&self) -> Option<&Bytes> {
        if self.gap.is_some() { None } else { self.text.event() }
    }

    /// What it is.
    #[must_use]
    pub fn kind(&self) -> MessageKind {
        self.kind
    }

    /// Whether it is a response.
    #[must_use]
    pub fn is_response(&self) -> bool {
        matches!(self.kind, MessageKind::Result | MessageKind::Error(_))
    }

    /// What becomes of it when its stream's budget is full.
    #[must_use]
    pub fn overflow(&self) -> Overflow {
        self.overflow
    }

    fn written(capacity: usize, kind: MessageKind, write: impl FnOnce(&mut Vec<u8>)) -> Self {
        Self::new(Text::written(capacity, write), kind)
    }

    fn new(text: Text, kind: MessageKind) -> Self {
        Self { text, kind, overflow: Overflow::Close, gap: None }
    }
}

/// A value that does not serialise (a map with keys that are no strings) becomes
/// `{}`, so that the message stays JSON and `params` an object.
fn write_json<T: Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    let start = out.len();
    if serde_json::to_writer(&mut *out, value).is_err() {
        out.truncate(start);
        out.extend_from_slice(b"{}");
    }
}
