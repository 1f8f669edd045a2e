use std::{
    pin::Pin,
    task::{Context, Poll},
};

use http::Response;
use mcp_layers_core::{FromRejection, Outbound, Rejection};
use pin_project_lite::pin_project;

pin_project! {
    /// The future of [`ProtocolVersion`](super::ProtocolVersion).
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct ResponseFuture<F> {
        #[pin]
        state: State<F>,
    }
}

pin_project! {
    #[project = StateProjection]
    #[derive(Debug)]
    enum State<F> {
        Called { #[pin] future: F },
        Rejected { rejection: Option<Rejection> },
    }
}

impl<F> ResponseFuture<F> {
    pub(super) fn called(future: F) -> Self {
        Self { state: State::Called { future } }
    }

    pub(super) fn rejected(rejection: Rejection) -> Self {
        Self { state: State::Rejected { rejection: Some(rejection) } }
    }
}

impl<F, E> Future for ResponseFuture<F>
where
    F: Future<Output = Result<Response<Outbound>, E>>,
{
    type Output = Result<Response<Outbound>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            StateProjection::Called { future } => future.poll(cx),
            StateProjection::Rejected { rejection } => {
                let rejection = rejection.take().expect("polled after completion");
                Poll::Ready(Ok(Outbound::from_rejection(rejection)))
            }
        }
    }
}
