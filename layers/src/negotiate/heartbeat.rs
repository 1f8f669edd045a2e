//! Keeps an idle stream alive.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use tokio::time::{Instant, Sleep, sleep};

/// A comment line whenever nothing was sent for the interval (SSE-12, SSE-13).
pub(super) struct Heartbeat {
    interval: Duration,
    /// Made when the stream first has nothing to send.
    timer: Option<Pin<Box<Sleep>>>,
    /// Whether the timer runs from the last thing sent.
    armed: bool,
}

impl Heartbeat {
    /// A comment, and the blank line that ends it: no event, not even an empty one.
    pub(super) const COMMENT: Bytes = Bytes::from_static(b":\n\n");

    pub(super) fn new(interval: Duration) -> Self {
        Self { interval, timer: None, armed: false }
    }

    /// Something was sent.
    pub(super) fn postpone(&mut self) {
        self.armed = false;
    }

    /// Ready when a comment is due.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let timer = match &mut self.timer {
            Some(timer) => {
                if !self.armed {
                    timer.as_mut().reset(Instant::now() + self.interval);
                }
                timer
            }
            none => none.insert(Box::pin(sleep(self.interval))),
        };
        self.armed = true;
        ready!(timer.as_mut().poll(cx));
        self.armed = false;
        Poll::Ready(())
    }
}
