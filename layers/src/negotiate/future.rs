use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http::{Request, Response, request::Parts};
use http_body::Body;
use mcp_layers_core::{Inbound, Outbound, Rejection, jsonrpc::decode};
use pin_project_lite::pin_project;
use tower_service::Service;

use super::{
    accept::Accept,
    admit::names_modern,
    body::ResponseBody,
    body_in::ReadBody,
    drain::Drain,
    exchange::Exchange,
    layer::Settings,
    response::{Answer, answer},
};

pin_project! {
    /// The future of [`Negotiate`](super::Negotiate): reads the body, calls the
    /// inner service, and encodes what it answers.
    #[must_use = "futures do nothing unless polled"]
    pub struct ResponseFuture<S, F, B> {
        #[pin]
        state: State<S, F, B>,
    }
}

pin_project! {
    #[project = StateProj]
    enum State<S, F, B> {
        Answered { response: Option<Response<ResponseBody>> },
        Reading { #[pin] body: ReadBody<B>, post: Option<Post<S>> },
        Calling { #[pin] future: F, exchange: Option<Exchange> },
        Draining { drain: Drain, exchange: Exchange },
    }
}

/// What waits for the body.
struct Post<S> {
    service: S,
    parts: Parts,
    accept: Accept,
    settings: Settings,
}

impl<S, F, B> ResponseFuture<S, F, B> {
    pub(super) fn answered(response: Response<ResponseBody>) -> Self {
        Self { state: State::Answered { response: Some(response) } }
    }

    pub(super) fn calling(future: F, exchange: Exchange) -> Self {
        Self { state: State::Calling { future, exchange: Some(exchange) } }
    }

    pub(super) fn read(
        service: S,
        parts: Parts,
        body: B,
        accept: Accept,
        settings: Settings,
    ) -> Self {
        let body = ReadBody::new(body, settings.max_body_bytes);
        let post = Some(Post { service, parts, accept, settings });
        Self { state: State::Reading { body, post } }
    }
}

impl<S, F, E, B> Future for ResponseFuture<S, F, B>
where
    S: Service<Request<Inbound>, Response = Response<Outbound>, Error = E, Future = F>,
    F: Future<Output = Result<Response<Outbound>, E>>,
    B: Body,
{
    type Output = Result<Response<ResponseBody>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.project().state;
        loop {
            let next = match state.as_mut().project() {
                StateProj::Answered { response } => {
                    let response = response.take().expect("polled after completion");
                    return Poll::Ready(Ok(response));
                }
                StateProj::Reading { body, post } => {
                    let bytes = ready!(body.poll(cx));
                    let post = post.take().expect("polled after completion");
                    match bytes.and_then(|bytes| post.decode(bytes)) {
                        Ok(inbound) => post.call(inbound),
                        Err(rejection) => return Poll::Ready(Ok(rejection.into_response())),
                    }
                }
                StateProj::Calling { future, exchange } => {
                    let response = ready!(future.poll(cx))?;
                    let exchange = exchange.take().expect("polled after completion");
                    match answer(response, &exchange) {
                        Answer::Done(response) => return Poll::Ready(Ok(response)),
                        Answer::Drain(drain) => State::Draining { drain, exchange },
                    }
                }
                StateProj::Draining { drain, exchange } => {
                    return drain.poll(cx, exchange).map(Ok);
                }
            };
            state.set(next);
        }
    }
}

impl<S> Post<S> {
    fn decode(&self, body: Bytes) -> Result<Inbound, Rejection> {
        // NEG-24
        let inbound = decode(body, self.settings.limits).map_err(|error| {
            Rejection::new(http::StatusCode::BAD_REQUEST, error.to_error_object())
                .with_id(error.id().cloned())
        })?;
        if matches!(inbound, Inbound::Reply(_)) && names_modern(&self.parts.headers) {
            return Err(Rejection::invalid_request("modern clients send no responses")); // NEG-13
        }
        Ok(inbound)
    }

    fn call<B>(mut self, inbound: Inbound) -> State<S, S::Future, B>
    where
        S: Service<Request<Inbound>>,
    {
        let exchange = Some(Exchange::posted(self.accept, &inbound, self.settings));
        let future = self.service.call(Request::from_parts(self.parts, inbound));
        State::Calling { future, exchange }
    }
}

impl<S, F, B> fmt::Debug for ResponseFuture<S, F, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
