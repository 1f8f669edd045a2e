use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};

use http::{Request, Response, StatusCode};
use mcp_layers_core::{FromRejection as _, Inbound, Outbound, Rejection};
use pin_project_lite::pin_project;
use tower_service::Service;

use super::{
    ask::{Ask, Save},
    node::{Next, Node, Then},
};

pin_project! {
    /// The future of [`Session`](super::Session).
    #[must_use = "futures do nothing unless polled"]
    pub struct ResponseFuture<S, F> {
        #[pin]
        state: State<S, F>,
    }
}

pin_project! {
    #[project = StateProj]
    enum State<S, F> {
        Inner { #[pin] future: F, then: Option<Then> },
        Asking { waiting: Box<Waiting<S>> },
        Saving { save: Box<Save>, response: Option<Response<Outbound>>, node: Node },
        Answer { response: Option<Response<Outbound>> },
    }
}

/// What waits for the store before the inner service is called.
struct Waiting<S> {
    ask: Ask,
    request: Option<Request<Inbound>>,
    /// Ready to be called.
    service: S,
    node: Node,
}

impl<S, F> ResponseFuture<S, F> {
    pub(super) fn refused(rejection: Rejection) -> Self {
        Self::answer(Outbound::from_rejection(rejection))
    }

    /// The client has ended its session.
    pub(super) fn ended() -> Self {
        Self::answer(ended())
    }

    fn answer(response: Response<Outbound>) -> Self {
        Self { state: State::Answer { response: Some(response) } }
    }

    pub(super) fn inner(future: F, then: Then) -> Self {
        Self { state: State::Inner { future, then: Some(then) } }
    }

    /// `service` is the inner one, ready to be called.
    pub(super) fn asking(ask: Ask, request: Request<Inbound>, service: S, node: &Node) -> Self {
        let waiting = Waiting { ask, request: Some(request), service, node: node.clone() };
        Self { state: State::Asking { waiting: Box::new(waiting) } }
    }
}

impl<S, F, E> Future for ResponseFuture<S, F>
where
    S: Service<Request<Inbound>, Response = Response<Outbound>, Error = E, Future = F>,
    F: Future<Output = Result<Response<Outbound>, E>>,
{
    type Output = Result<Response<Outbound>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.project().state;
        loop {
            let next = match state.as_mut().project() {
                StateProj::Inner { future, then } => {
                    let mut response = ready!(future.poll(cx))?;
                    let then = then.take().expect("polled after completion");
                    match then.finish(&mut response) {
                        Some((save, node)) => {
                            State::Saving { save: Box::new(save), response: Some(response), node }
                        }
                        None => {
                            // Nothing of the request outlives its answer.
                            state.set(State::Answer { response: None });
                            return Poll::Ready(Ok(response));
                        }
                    }
                }
                StateProj::Asking { waiting } => match ready!(waiting.poll(cx)) {
                    Err(rejection) => {
                        State::Answer { response: Some(Outbound::from_rejection(rejection)) }
                    }
                    Ok(Next::Ask(next)) => {
                        waiting.ask = next;
                        continue;
                    }
                    Ok(Next::Ended) => State::Answer { response: Some(ended()) },
                    Ok(Next::Call(then)) => {
                        let request = waiting.request.take().expect("called once");
                        let future = waiting.service.call(request);
                        State::Inner { future, then: Some(then) }
                    }
                },
                StateProj::Saving { save, response, node } => {
                    let saved = response.as_mut().expect("taken below, at the end");
                    ready!(save.poll(node, saved, cx));
                    State::Answer { response: response.take() }
                }
                StateProj::Answer { response } => {
                    return Poll::Ready(Ok(response.take().expect("polled after completion")));
                }
            };
            state.set(next);
        }
    }
}

/// The answer to DELETE.
fn ended() -> Response<Outbound> {
    let mut response = Response::new(Outbound::NoContent);
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

impl<S> Waiting<S> {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<Next, Rejection>> {
        let request = self.request.as_mut().expect("taken when nothing is left to ask");
        self.ask.poll(&self.node, request, cx)
    }
}

impl<S, F> fmt::Debug for ResponseFuture<S, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
