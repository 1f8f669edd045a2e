use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use http::Response;
use mcp_layers_core::{
    EventStream, FromRejection, Outbound, Rejection,
    extensions::{CancelReason, CancelToken, OnDisconnect},
    jsonrpc::{Message, RequestId},
};
use pin_project_lite::pin_project;
use tokio::time::Instant;

use super::{guard::Guard, layer::Limit, wait::Wait};

pin_project! {
    /// The future of [`Cancellation`](super::Cancellation).
    #[must_use = "futures do nothing unless polled"]
    pub struct ResponseFuture<F> {
        #[pin]
        state: State<F>,
    }
}

pin_project! {
    #[project = StateProj]
    enum State<F> {
        Untouched { #[pin] inner: F },
        Running { #[pin] work: Work<F> },
        Rejected { rejection: Option<Rejection> },
        Answered,
    }
}

pin_project! {
    /// The inner future, in place, raced against its token and its time limit.
    struct Work<F> {
        #[pin]
        inner: F,
        // Not made for a request that never has to wait; boxed, so that the others do
        // not carry its room around.
        wait: Option<Pin<Box<Wait>>>,
        running: Running,
        answered: bool,
    }

    impl<F> PinnedDrop for Work<F> {
        fn drop(this: Pin<&mut Self>) {
            // The fields go after this: whatever the inner future does on being
            // dropped, it finds the token cancelled or the watchdog on duty.
            let this = this.project();
            if !*this.answered {
                this.running.client_has_gone(this.wait.as_ref().and_then(|wait| wait.deadline()));
            }
        }
    }
}

/// A request at work.
pub(super) struct Running {
    pub(super) id: RequestId,
    pub(super) token: CancelToken,
    pub(super) on_disconnect: OnDisconnect,
    pub(super) limit: Option<Limit>,
    pub(super) guard: Arc<Guard>,
}

impl<F> ResponseFuture<F> {
    pub(super) fn untouched(inner: F) -> Self {
        Self { state: State::Untouched { inner } }
    }

    pub(super) fn rejected(rejection: Rejection) -> Self {
        Self { state: State::Rejected { rejection: Some(rejection) } }
    }

    pub(super) fn running(inner: F, running: Running) -> Self {
        let work = Work { inner, wait: None, running, answered: false };
        Self { state: State::Running { work } }
    }
}

impl<F, E> Future for ResponseFuture<F>
where
    F: Future<Output = Result<Response<Outbound>, E>>,
{
    type Output = Result<Response<Outbound>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.project().state;
        match state.as_mut().project() {
            StateProj::Untouched { inner } => inner.poll(cx),
            StateProj::Rejected { rejection } => {
                let rejection = rejection.take().expect("polled after completion");
                Poll::Ready(Ok(Outbound::from_rejection(rejection)))
            }
            StateProj::Running { work } => {
                let answer = work.poll(cx);
                if answer.is_ready() {
                    // Before the client has the answer, its id is free again.
                    state.set(State::Answered);
                }
                answer
            }
            StateProj::Answered => panic!("polled after completion"),
        }
    }
}

impl<F, E> Future for Work<F>
where
    F: Future<Output = Result<Response<Outbound>, E>>,
{
    type Output = Result<Response<Outbound>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        if let Poll::Ready(answer) = this.inner.as_mut().poll(cx) {
            *this.answered = true;
            if let Ok(response) = &answer
                && matches!(response.body(), Outbound::Stream(_))
            {
                this.running.watch(this.wait.as_ref().and_then(|wait| wait.deadline()));
            }
            return Poll::Ready(answer);
        }
        let Running { id, token, limit, .. } = &*this.running;
        let wait = this.wait.get_or_insert_with(|| Box::pin(Wait::new(token, *limit)));
        let reason = ready!(wait.as_mut().poll(cx));
        if let CancelReason::TimedOut(limit) = reason {
            tracing::debug!(request = %id, ?limit, "a request ran out of time");
            token.cancel(CancelReason::TimedOut(limit));
        }
        // Now that the token has fired the inner service may have an answer of its own.
        *this.answered = true;
        if let Poll::Ready(answer) = this.inner.poll(cx) {
            return Poll::Ready(answer);
        }
        Poll::Ready(Ok(answer_for(id, &reason)))
    }
}

impl Running {
    /// The work goes on behind a stream.
    fn watch(&self, deadline: Option<Instant>) {
        // Whoever works on the request holds the guard as well; if nobody does, the
        // work is done.
        if let Some(limit) = self.limit
            && Arc::strong_count(&self.guard) > 1
        {
            let deadline = deadline.unwrap_or_else(|| Instant::now() + limit.0);
            self.guard.watch(self.token.clone(), deadline, limit);
        }
    }

    /// The layer's future is dropped before there was an answer.
    fn client_has_gone(&self, deadline: Option<Instant>) {
        match self.on_disconnect {
            OnDisconnect::Drop => self.token.cancel(CancelReason::Disconnected),
            OnDisconnect::Detach => self.watch(deadline),
        }
    }
}

/// The answer where the inner service gives none.
fn answer_for(id: &RequestId, reason: &CancelReason) -> Response<Outbound> {
    Response::new(match reason.to_error_object() {
        Some(error) => Outbound::Response(Message::error(Some(id), &error)),
        None => Outbound::Stream(EventStream::unanswered()),
    })
}

impl<F> fmt::Debug for ResponseFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
