use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};

use http::{Request, Response};
use mcp_layers_core::{Inbound, Outbound};
use pin_project_lite::pin_project;
use tower_service::Service;

use super::{
    ask::Ask,
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
        Inner { #[pin] future: F, then: Option<Then>, node: Node },
        Store { ask: Box<Ask>, service: Option<S>, node: Node },
        Answer { response: Option<Response<Outbound>> },
    }
}

impl<S, F> ResponseFuture<S, F> {
    pub(super) fn answer(response: Response<Outbound>) -> Self {
        Self { state: State::Answer { response: Some(response) } }
    }

    pub(super) fn inner(future: F, then: Then, node: &Node) -> Self {
        Self { state: State::Inner { future, then: Some(then), node: node.clone() } }
    }

    /// `service` is the inner one, ready to be called.
    pub(super) fn store(ask: Ask, service: S, node: &Node) -> Self {
        let ask = Box::new(ask);
        Self { state: State::Store { ask, service: Some(service), node: node.clone() } }
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
                StateProj::Inner { future, then, node } => {
                    let response = ready!(future.poll(cx))?;
                    let then = then.take().expect("polled after completion");
                    match node.finish(then, response) {
                        Next::Ask(ask) => {
                            let (ask, node) = (Box::new(ask), node.clone());
                            State::Store { ask, service: None, node }
                        }
                        Next::Answer(response) => {
                            // Nothing of the request outlives its answer.
                            state.set(State::Answer { response: None });
                            return Poll::Ready(Ok(response));
                        }
                        Next::Call(..) => unreachable!("the inner service is called once"),
                    }
                }
                StateProj::Store { ask, service, node } => match ready!(ask.poll(node, cx)) {
                    Next::Ask(next) => {
                        **ask = next;
                        continue;
                    }
                    Next::Answer(response) => State::Answer { response: Some(response) },
                    Next::Call(request, then) => {
                        let future = service.as_mut().expect("called once").call(request);
                        State::Inner { future, then: Some(then), node: node.clone() }
                    }
                },
                StateProj::Answer { response } => {
                    return Poll::Ready(Ok(response.take().expect("polled after completion")));
                }
            };
            state.set(next);
        }
    }
}

impl<S, F> fmt::Debug for ResponseFuture<S, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
