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
    /// When something was last sent, if the timer runs from an earlier time.
    sent: Option<Instant>,
}

impl Heartbeat {
    /// A comment, and the blank line that ends it: no event, not even an empty one.
    pub(super) const COMMENT: Bytes = Bytes::from_static(b":\n\n");

    pub(super) fn new(interval: Duration) -> Self {
        Self { interval, timer: None, sent: None }
    }

    /// Something was sent. The timer is left to run out: to set it anew for each event
    /// costs more than the event.
    pub(super) fn postpone(&mut self) {
        if self.timer.is_some() {
            self.sent = Some(Instant::now());
        }
    }

    /// Ready when a comment is due.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let interval = self.interval;
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep(interval)));
        loop {
            ready!(timer.as_mut().poll(cx));
            let now = Instant::now();
            match self.sent.take().map(|sent| sent + interval).filter(|due| *due > now) {
                Some(due) => timer.as_mut().reset(due),
                None => {
                    timer.as_mut().reset(now + interval);
                    return Poll::Ready(());
                }
            }
        }
    }
}
