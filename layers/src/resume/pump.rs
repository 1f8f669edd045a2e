use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use futures_core::Stream as _;
use mcp_layers_core::{EventStream, extensions::Cancelled, jsonrpc::Message, shutdown::WorkGuard};
use tokio::time::{Sleep, sleep};

use super::{EventLog, LogError, LogFuture, feed::Feed};

/// How long the work of a session that has ended may take to say its last word.
pub(super) const GRACE: Duration = Duration::from_secs(1);

/// How many messages are moved before other tasks get their turn.
const BURST: usize = 64;

/// Moves one stream into the log, whether or not a client is there to read it
/// (CANCEL-4).
pub(super) struct Pump {
    source: EventStream,
    log: Arc<dyn EventLog>,
    feed: Finishing,
    opening: LogFuture<()>,
    stopped: Cancelled,
    grace: Option<Pin<Box<Sleep>>>,
    burst: usize,
}

impl Pump {
    pub(super) fn new(source: EventStream, log: Arc<dyn EventLog>, feed: Arc<Feed>) -> Self {
        let opening = log.open(feed.session, feed.stream);
        let stopped = feed.stop.cancelled();
        let feed = Finishing(feed);
        Self { source, log, feed, opening, stopped, grace: None, burst: 0 }
    }

    /// `_work` is done when the stream is in the log.
    pub(super) async fn run(mut self, _work: Option<WorkGuard>) {
        let Feed { session, stream, .. } = *self.feed.0;
        match self.fill().await {
            Ok(()) => self.feed.0.finish(),
            Err(error) => tracing::error!(%session, stream, %error, "a stream breaks off"),
        }
    }

    async fn fill(&mut self) -> Result<(), LogError> {
        let Feed { session, stream, .. } = *self.feed.0;
        (&mut self.opening).await?;
        while let Some(message) = poll_fn(|cx| self.poll_message(cx)).await {
            match self.log.append(session, stream, message).await? {
                Some(position) => self.feed.0.appended(position),
                None => return Err(LogError::new("it has dropped the stream")),
            }
        }
        self.log.end(session, stream).await
    }

    fn poll_message(&mut self, cx: &mut Context<'_>) -> Poll<Option<Message>> {
        while self.burst < BURST {
            let Poll::Ready(event) = Pin::new(&mut self.source).poll_next(cx) else {
                self.burst = 0;
                return self.poll_idle(cx).map(|()| None);
            };
            let Some(event) = event else { return Poll::Ready(None) };
            self.burst += 1;
            if event.message.is_some() {
                return Poll::Ready(event.message);
            }
            // The service ends the stream, and says when to come back.
            if let Some(retry) = event.retry {
                self.feed.0.close_connection(retry);
            }
        }
        self.burst = 0;
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// While nothing comes. Ready when nothing is to be waited for any more.
    fn poll_idle(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let feed = &self.feed.0;
        // Everything sent before the request is in the log by now.
        if let Some(control) = &feed.control {
            while let Poll::Ready(retry) = control.poll_close_requested(cx) {
                feed.close_connection(retry);
            }
        }
        if self.grace.is_none() && Pin::new(&mut self.stopped).poll(cx).is_ready() {
            if feed.subscription {
                return Poll::Ready(());
            }
            self.grace = Some(Box::pin(sleep(GRACE)));
        }
        match &mut self.grace {
            Some(grace) => grace.as_mut().poll(cx),
            None => Poll::Pending,
        }
    }
}

impl Drop for Pump {
    fn drop(&mut self) {
        if let Some(control) = &self.feed.0.control {
            control.end();
        }
    }
}

/// However the pump ends, the stream does not seem to go on.
struct Finishing(Arc<Feed>);

impl Drop for Finishing {
    fn drop(&mut self) {
        self.0.lose();
    }
}
