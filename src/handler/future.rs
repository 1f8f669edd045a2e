use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use super::BoxError;

/// A handler's work: done at once, or boxed.
#[must_use = "futures do nothing unless polled"]
pub struct HandlerFuture<T>(State<T>);

enum State<T> {
    Ready(Option<Result<T, BoxError>>),
    Boxed(Pin<Box<dyn Future<Output = Result<T, BoxError>> + Send>>),
}

impl<T> HandlerFuture<T> {
    /// Work that is done.
    pub fn ready(result: Result<T, BoxError>) -> Self {
        Self(State::Ready(Some(result)))
    }

    /// Work yet to do.
    pub fn boxed(work: impl Future<Output = Result<T, BoxError>> + Send + 'static) -> Self {
        Self(State::Boxed(Box::pin(work)))
    }
}

/// What is boxed is pinned already, and what is ready needs no pinning.
impl<T> Unpin for HandlerFuture<T> {}

impl<T> Future for HandlerFuture<T> {
    type Output = Result<T, BoxError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            State::Ready(result) => Poll::Ready(result.take().expect("polled after completion")),
            State::Boxed(work) => work.as_mut().poll(cx),
        }
    }
}

impl<T> fmt::Debug for HandlerFuture<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            State::Ready(_) => "HandlerFuture::Ready",
            State::Boxed(_) => "HandlerFuture::Boxed",
        })
    }
}
