use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use futures_core::Stream;

use crate::{Rejection, jsonrpc::Message, queue};

/// The body of a response in the message zone: what the client is to get.
///
/// Only the border knows whether it becomes `application/json` or
/// `text/event-stream`. The HTTP status and headers are those of the surrounding
/// `http::Response`, except where a variant fixes the status.
#[derive(Debug)]
#[non_exhaustive]
pub enum Outbound {
    /// One response.
    Response(Message),
    /// The responses to an array of messages (2025-03-26): as JSON one array, as
    /// events one each.
    Batch(Vec<Message>),
    /// Messages that end in a response, or a stream that stays open.
    Stream(EventStream),
    /// A notification or reply was taken: 202, no body.
    Accepted,
    /// Done, and nothing to say: 204, no body.
    NoContent,
    /// Refused: the rejection's own status and headers.
    Rejected(Rejection),
}

/// A stream of events on its way to one client.
pub struct EventStream {
    events: Pin<Box<dyn Stream<Item = Event> + Send>>,
    subscription: bool,
}

impl EventStream {
    /// The stream that answers one request and ends with its response.
    pub fn call(events: impl Stream<Item = Event> + Send + 'static) -> Self {
        Self { events: Box::pin(events), subscription: false }
    }

    /// The stream that answers a request whose client has taken it back: it ends
    /// without a response (CANCEL-5, NEG-12).
    #[must_use]
    pub fn unanswered() -> Self {
        Self::call(queue::channel(0).1)
    }

    /// A stream that stays open for whatever comes: it cannot be answered as one
    /// JSON object.
    pub fn subscription(events: impl Stream<Item = Event> + Send + 'static) -> Self {
        Self { events: Box::pin(events), subscription: true }
    }

    /// Keeps `guard` until the stream is dropped.
    #[must_use]
    pub fn with_guard(self, guard: impl Send + 'static) -> Self {
        let Self { events, subscription } = self;
        Self { events: Box::pin(Guarded { events, _guard: guard }), subscription }
    }

    /// Whether the stream stays open without a response in sight.
    #[must_use]
    pub fn is_subscription(&self) -> bool {
        self.subscription
    }
}

impl Stream for EventStream {
    type Item = Event;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        self.events.as_mut().poll_next(cx)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.events.size_hint()
    }
}

/// A stream, and what lives as long.
struct Guarded<G> {
    events: Pin<Box<dyn Stream<Item = Event> + Send>>,
    _guard: G,
}

/// The stream is pinned by its box, and the guard is never pinned.
impl<G> Unpin for Guarded<G> {}

impl<G> Stream for Guarded<G> {
    type Item = Event;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        self.events.as_mut().poll_next(cx)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.events.size_hint()
    }
}

impl fmt::Debug for EventStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventStream")
            .field("subscription", &self.subscription)
            .finish_non_exhaustive()
    }
}

/// One server-sent event: a message, and the fields that resumption needs.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Event {
    /// The message; an event without one has empty data.
    pub message: Option<Message>,
    /// The event's `id` field: visible ASCII without line breaks.
    pub id: Option<Box<str>>,
    /// The event's `retry` field, sent in whole milliseconds.
    pub retry: Option<Duration>,
    /// The id of the subscription, as JSON, for the gap of a message that many
    /// streams share; see [`Message::shared_notification`].
    pub subscription: Option<Bytes>,
}

impl From<Message> for Event {
    fn from(message: Message) -> Self {
        Self { message: Some(message), ..Self::default() }
    }
}
