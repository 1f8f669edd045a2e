use std::{
    future::Future as _,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    vec,
};

use futures_core::Stream;
use mcp_layers_core::{
    Event, EventStream, extensions::SessionHandle, jsonrpc::Message, queue::lost_messages,
};

use super::{
    EventId, EventLog, LogFuture, Page,
    feed::{Feed, Step},
};

/// One client's way through a stream: a place in the log. A client that does not read
/// costs one page at most; the log goes on without it.
pub(super) struct Connection {
    feed: Arc<Feed>,
    log: Arc<dyn EventLog>,
    number: u64,
    /// The id of this place is still to be sent.
    priming: bool,
    /// What has been sent.
    position: u64,
    page: vec::IntoIter<(u64, Message)>,
    through: u64,
    reading: Option<LogFuture<Option<Page>>>,
    /// Log messages that are missing before the page; to be told.
    lost: usize,
    over: bool,
    /// A session with a client on the line is in use.
    session: SessionHandle,
}

impl Connection {
    /// The first one, at the beginning of the stream.
    pub(super) fn first(
        feed: Arc<Feed>,
        log: Arc<dyn EventLog>,
        session: SessionHandle,
        priming: bool,
    ) -> Self {
        let mut connection = Self::resumed(feed, log, session, 0, Page::default());
        connection.priming = priming;
        connection
    }

    /// A later one, after what the client has seen; `page` is what follows.
    pub(super) fn resumed(
        feed: Arc<Feed>,
        log: Arc<dyn EventLog>,
        session: SessionHandle,
        position: u64,
        page: Page,
    ) -> Self {
        let number = feed.connect();
        Self {
            feed,
            log,
            number,
            priming: false,
            position,
            page: page.events.into_iter(),
            through: page.through,
            lost: page.lost,
            reading: None,
            over: false,
            session,
        }
    }

    pub(super) fn into_stream(self) -> EventStream {
        match self.feed.subscription {
            true => EventStream::subscription(self),
            false => EventStream::call(self),
        }
    }

    fn id(&self) -> Option<Box<str>> {
        let id = EventId { stream: self.feed.stream, position: self.position };
        Some(id.to_string().into())
    }

    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        if std::mem::take(&mut self.priming) {
            let mut event = Event::default();
            event.id = self.id();
            return Poll::Ready(Some(event));
        }
        loop {
            match self.feed.step(self.number, self.position, cx) {
                Step::Wait => return Poll::Pending,
                Step::End => return Poll::Ready(None),
                Step::Close(retry) => {
                    self.over = true;
                    let mut event = Event::default();
                    event.retry = Some(retry);
                    return Poll::Ready(Some(event));
                }
                Step::Read => {}
            }
            if self.lost > 0 {
                // Not in the log: it has no place to come back to, and so no id.
                let lost = lost_messages(std::mem::take(&mut self.lost), self.session.log_level());
                return Poll::Ready(Some(lost.into()));
            }
            if let Some((position, message)) = self.page.next() {
                self.position = position;
                let mut event = Event::from(message);
                event.id = self.id();
                return Poll::Ready(Some(event));
            }
            if self.through > self.position {
                self.position = self.through; // What came last was allowed to be lost.
                continue;
            }
            if !ready!(self.poll_page(cx)) {
                return Poll::Ready(None);
            }
        }
    }

    /// False if the log cannot tell on from here.
    fn poll_page(&mut self, cx: &mut Context<'_>) -> Poll<bool> {
        let Feed { session, stream, .. } = *self.feed;
        let reading =
            self.reading.get_or_insert_with(|| self.log.read(session, stream, self.position));
        let page = ready!(Pin::new(reading).poll(cx));
        self.reading = None;
        match page {
            Ok(Some(page)) => {
                self.page = page.events.into_iter();
                self.through = page.through;
                self.lost = page.lost;
                return Poll::Ready(true);
            }
            Ok(None) => {
                tracing::debug!(%session, stream, "a client was too slow for the event log");
            }
            Err(error) => tracing::error!(%session, stream, %error, "a stream breaks off"),
        }
        Poll::Ready(false)
    }
}

impl Stream for Connection {
    type Item = Event;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        if self.over {
            return Poll::Ready(None);
        }
        let event = ready!(self.poll_event(cx));
        if event.is_none() {
            self.over = true;
        }
        Poll::Ready(event)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.feed.disconnect(self.number, self.over);
    }
}
