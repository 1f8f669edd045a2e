//! What a request at work waits for besides its answer.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};

use mcp_layers_core::extensions::{CancelReason, CancelToken, Cancelled};
use pin_project_lite::pin_project;
use tokio::time::{Instant, Sleep};

use super::layer::Limit;

pin_project! {
    /// Why the request is to stop.
    pub(super) struct Wait {
        cancelled: Cancelled,
        #[pin]
        timeout: Option<Timeout>,
    }
}

pin_project! {
    struct Timeout {
        #[pin]
        sleep: Sleep,
        limit: Limit,
    }
}

impl Wait {
    /// For this token; the time limit begins now.
    pub(super) fn new(token: &CancelToken, limit: Option<Limit>) -> Self {
        let timeout = |limit: Limit| Timeout { sleep: tokio::time::sleep(limit.0), limit };
        Self { cancelled: token.cancelled(), timeout: limit.map(timeout) }
    }

    /// When the time is over.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.timeout.as_ref().map(|timeout| timeout.sleep.deadline())
    }
}

impl Future for Wait {
    type Output = CancelReason;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<CancelReason> {
        let this = self.project();
        if let Poll::Ready(reason) = Pin::new(this.cancelled).poll(cx) {
            return Poll::Ready(reason);
        }
        let Some(timeout) = this.timeout.as_pin_mut() else { return Poll::Pending };
        let timeout = timeout.project();
        ready!(timeout.sleep.poll(cx));
        Poll::Ready(CancelReason::TimedOut(timeout.limit.0))
    }
}
