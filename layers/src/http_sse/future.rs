use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use http::Response;
use mcp_layers_core::Rejection;
use pin_project_lite::pin_project;
use tokio::sync::oneshot;

use super::{ResponseBody, conversation::Answer};

pin_project! {
    /// The future of [`HttpSse`](super::HttpSse).
    #[must_use = "futures do nothing unless polled"]
    pub struct ResponseFuture<F, R, E> {
        #[pin]
        state: State<F, R, E>,
    }
}

pin_project! {
    #[project = StateProj]
    enum State<F, R, E> {
        Inner { #[pin] future: F },
        Answered { response: Option<Response<ResponseBody<R>>> },
        Posted { #[pin] answer: oneshot::Receiver<Answer<R, E>> },
    }
}

impl<F, R, E> ResponseFuture<F, R, E> {
    pub(super) fn inner(future: F) -> Self {
        Self { state: State::Inner { future } }
    }

    pub(super) fn answered(response: Response<ResponseBody<R>>) -> Self {
        Self { state: State::Answered { response: Some(response) } }
    }

    pub(super) fn posted(answer: oneshot::Receiver<Answer<R, E>>) -> Self {
        Self { state: State::Posted { answer } }
    }
}

impl<F, R, E> Future for ResponseFuture<F, R, E>
where
    F: Future<Output = Result<Response<R>, E>>,
{
    type Output = Result<Response<ResponseBody<R>>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(match self.project().state.project() {
            StateProj::Inner { future } => {
                ready!(future.poll(cx)).map(|response| response.map(ResponseBody::inner))
            }
            StateProj::Answered { response } => {
                Ok(response.take().expect("polled after completion"))
            }
            // Without an answer its task has ended: it panicked, or the runtime is going.
            StateProj::Posted { answer } => ready!(answer.poll(cx)).unwrap_or_else(|_| {
                let retry_after = Duration::from_secs(5);
                Ok(Rejection::unavailable("the message was not taken", retry_after).into_response())
            }),
        })
    }
}

impl<F, R, E> fmt::Debug for ResponseFuture<F, R, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
