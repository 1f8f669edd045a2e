use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http::{HeaderMap, Request, Response, request::Parts};
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

/// The future of [`Negotiate`](super::Negotiate): reads the body, calls the
/// inner service, and encodes what it answers.
///
/// All of it is in one box: the layers and the server outside move it along by
/// value, and what is in it is large.
#[must_use = "futures do nothing unless polled"]
pub struct ResponseFuture<S, F, B>(Pin<Box<State<S, F, B>>>);

pin_project! {
    #[project = StateProj]
    enum State<S, F, B> {
        Answered { response: Option<Response<ResponseBody>> },
        Reading { #[pin] body: ReadBody<B>, post: Post<S> },
        Calling { #[pin] future: F, exchange: Option<Exchange> },
        Draining { drain: Drain, exchange: Exchange },
    }
}

/// What waits for the body.
struct Post<S> {
    service: S,
    /// Its body stands in for the message, until that is read.
    request: Option<Request<Inbound>>,
    accept: Accept,
    settings: Settings,
}

impl<S, F, B> ResponseFuture<S, F, B> {
    pub(super) fn answered(response: Response<ResponseBody>) -> Self {
        Self(Box::pin(State::Answered { response: Some(response) }))
    }

    pub(super) fn calling(future: F, exchange: Exchange) -> Self {
        Self(Box::pin(State::Calling { future, exchange: Some(exchange) }))
    }

    pub(super) fn read(
        service: S,
        parts: Parts,
        body: B,
        accept: Accept,
        settings: Settings,
    ) -> Self {
        let body = ReadBody::new(body, settings.max_body_bytes);
        let request = Some(Request::from_parts(parts, Inbound::Open));
        let post = Post { service, request, accept, settings };
        Self(Box::pin(State::Reading { body, post }))
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
        let mut state = self.get_mut().0.as_mut();
        loop {
            match state.as_mut().project() {
                StateProj::Answered { response } => {
                    let response = response.take().expect("polled after completion");
                    return Poll::Ready(Ok(response));
                }
                StateProj::Reading { body, post } => {
                    let bytes = ready!(body.poll(cx));
                    let mut request = post.request.take().expect("polled after completion");
                    match bytes.and_then(|bytes| post.decode(bytes, request.headers())) {
                        Ok(inbound) => *request.body_mut() = inbound,
                        Err(rejection) => return Poll::Ready(Ok(rejection.into_response())),
                    }
                    let exchange = Exchange::posted(post.accept, request.body(), post.settings);
                    let future = post.service.call(request);
                    state.set(State::Calling { future, exchange: Some(exchange) });
                }
                StateProj::Calling { future, exchange } => {
                    let response = ready!(future.poll(cx))?;
                    let exchange = exchange.take().expect("polled after completion");
                    match answer(response, &exchange) {
                        Answer::Done(response) => return Poll::Ready(Ok(response)),
                        Answer::Drain(drain) => state.set(State::Draining { drain, exchange }),
                    }
                }
                StateProj::Draining { drain, exchange } => {
                    return drain.poll(cx, exchange).map(Ok);
                }
            }
        }
    }
}

impl<S> Post<S> {
    fn decode(&self, body: Bytes, headers: &HeaderMap) -> Result<Inbound, Rejection> {
        // NEG-24
        let inbound = decode(body, self.settings.limits).map_err(|error| {
            Rejection::new(http::StatusCode::BAD_REQUEST, error.to_error_object())
                .with_id(error.id().cloned())
        })?;
        if matches!(inbound, Inbound::Reply(_)) && names_modern(headers) {
            return Err(Rejection::invalid_request("modern clients send no responses")); // NEG-13
        }
        Ok(inbound)
    }
}

impl<S, F, B> fmt::Debug for ResponseFuture<S, F, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
