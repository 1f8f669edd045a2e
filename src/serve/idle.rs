//! Ends connections whose clients ask for nothing.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::time::{Instant, Sleep, sleep};

/// The requests of one connection, counted.
#[derive(Debug, Default)]
pub(super) struct Usage {
    begun: AtomicUsize,
    ended: AtomicUsize,
}

impl Usage {
    /// A request's head was read. The request lasts until what is returned is dropped.
    pub(super) fn begin(self: &Arc<Self>) -> InUse {
        // Only the connection's task begins requests.
        self.begun.store(self.begun.load(Relaxed) + 1, Relaxed);
        InUse(Arc::clone(self))
    }
}

/// A request that has not been answered to the end.
#[derive(Debug)]
pub(super) struct InUse(Arc<Usage>);

impl Drop for InUse {
    fn drop(&mut self) {
        self.0.ended.fetch_add(1, Relaxed);
    }
}

pin_project_lite::pin_project! {
    /// Waits until no request was at work for `limit`; at the latest for twice that time.
    /// It must be polled by one task only.
    ///
    /// hyper has a limit for the time that a request's head takes, but starts a timer for
    /// each head.
    pub(super) struct Idle {
        usage: Arc<Usage>,
        limit: Duration,
        // How many requests had begun when it was looked at last.
        before: usize,
        // Whether the timer knows whom to wake: the connection's task, for good.
        armed: bool,
        #[pin]
        look: Sleep,
    }
}

impl Idle {
    pub(super) fn of(usage: Arc<Usage>, limit: Duration) -> Self {
        Self { usage, limit, before: 0, armed: false, look: sleep(limit) }
    }
}

impl Future for Idle {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        if *this.armed && !this.look.is_elapsed() {
            return Poll::Pending;
        }
        loop {
            *this.armed = true;
            ready!(this.look.as_mut().poll(cx));
            // In this order: a request that begins in between then counts as one at work.
            let ended = this.usage.ended.load(Relaxed);
            let begun = this.usage.begun.load(Relaxed);
            if begun == ended && begun == *this.before {
                return Poll::Ready(());
            }
            *this.before = begun;
            this.look.as_mut().reset(Instant::now() + *this.limit);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(75);

    /// How long a connection lasts on which `client` makes requests.
    async fn lifetime<F: Future<Output = ()>>(client: impl FnOnce(Arc<Usage>) -> F) -> Duration {
        let (usage, start) = (Arc::<Usage>::default(), Instant::now());
        tokio::select! {
            () = Idle::of(Arc::clone(&usage), LIMIT) => {}
            () = client(usage) => {}
        }
        start.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_asks_for_nothing_is_given_up() {
        assert_eq!(lifetime(|_| pending()).await, LIMIT);
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_has_asked_may_be_silent_for_the_limit_and_no_longer_than_twice_that() {
        let lasted = lifetime(|usage| async move {
            sleep(LIMIT / 2).await;
            drop(usage.begin());
            pending::<()>().await;
        });
        assert_eq!(lasted.await, 2 * LIMIT);
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_waits_for_an_answer_is_not_silent() {
        let lasted = lifetime(|usage| async move {
            let _request = usage.begin();
            sleep(10 * LIMIT).await;
        });
        assert_eq!(lasted.await, 10 * LIMIT);
    }
}
