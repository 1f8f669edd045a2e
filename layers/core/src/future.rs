use std::{
    pin::Pin,
    task::{Context, Poll},
};

use http::Response;
use pin_project_lite::pin_project;

use crate::{FromRejection, Rejection};

pin_project! {
    /// The future of a layer that either calls the inner service or rejects, in
    /// either zone.
    ///
    /// ```
    /// use http::Response;
    /// use mcp_layers_core::{Rejection, ResponseFuture};
    ///
    /// # tokio_test::block_on(async {
    /// type Inner = std::future::Ready<Result<Response<bytes::Bytes>, std::convert::Infallible>>;
    /// let refused: ResponseFuture<Inner> = ResponseFuture::rejected(Rejection::forbidden("no"));
    /// let Ok(response) = refused.await;
    /// assert_eq!(response.status(), 403);
    /// # });
    /// ```
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
    /// The inner service was called.
    pub fn called(future: F) -> Self {
        Self { state: State::Called { future } }
    }

    /// It was not: this is the answer.
    pub fn rejected(rejection: Rejection) -> Self {
        Self { state: State::Rejected { rejection: Some(rejection) } }
    }
}

impl<F, ResBody, E> Future for ResponseFuture<F>
where
    F: Future<Output = Result<Response<ResBody>, E>>,
    ResBody: FromRejection,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            StateProjection::Called { future } => future.poll(cx),
            StateProjection::Rejected { rejection } => {
                let rejection = rejection.take().expect("polled after completion");
                Poll::Ready(Ok(ResBody::from_rejection(rejection)))
            }
        }
    }
}
