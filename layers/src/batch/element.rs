use std::{
    future::Future,
    mem,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_core::Stream;
use http::{Request, Response};
use mcp_layers_core::{
    EventStream, Inbound, Outbound, Rejection,
    jsonrpc::{ErrorObject, Message, RequestId},
};
use pin_project_lite::pin_project;
use tower_service::Service;

pin_project! {
    /// One message of an array on its way through the inner service.
    pub(super) struct Element<S, F> {
        // `None` for a notification or reply.
        id: Option<RequestId>,
        then: Vec<Inbound>,
        #[pin]
        state: State<S, F>,
    }
}

pin_project! {
    #[project = StateProj]
    enum State<S, F> {
        Waiting { service: S, request: Option<Request<Inbound>> },
        Calling { #[pin] future: F },
        Streaming { events: EventStream },
    }
}

/// What a message has come to.
pub(super) enum Step {
    /// It has something to say, and goes on.
    Message(Message),
    /// It is done; a request has its response, unless it was taken back.
    Done(Option<Message>),
    /// It is done: a notification or reply that was refused.
    Refused(Rejection),
}

impl<S, F> Element<S, F> {
    pub(super) fn new(service: S, request: Request<Inbound>, then: Vec<Inbound>) -> Self {
        let id = request.body().request_id().cloned();
        Self { id, then, state: State::Waiting { service, request: Some(request) } }
    }

    pub(super) fn is_request(&self) -> bool {
        self.id.is_some()
    }

    /// What was to wait until the inner service has the request: all of it, once.
    pub(super) fn take_released(self: Pin<&mut Self>) -> Vec<Inbound> {
        let this = self.project();
        match this.state.project() {
            StateProj::Waiting { .. } => Vec::new(),
            _ => mem::take(this.then),
        }
    }

    /// The response where the inner service gives none.
    pub(super) fn failed(&self, message: &'static str) -> Option<Message> {
        let id = self.id.as_ref()?;
        Some(Message::error(Some(id), &ErrorObject::internal(message)))
    }
}

impl<S, F, E> Element<S, F>
where
    S: Service<Request<Inbound>, Response = Response<Outbound>, Error = E, Future = F>,
    F: Future<Output = Result<Response<Outbound>, E>>,
{
    pub(super) fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Step> {
        loop {
            let mut this = self.as_mut().project();
            let next = match this.state.as_mut().project() {
                StateProj::Waiting { service, request } => match ready!(service.poll_ready(cx)) {
                    Ok(()) => {
                        let request = request.take().expect("called once");
                        State::Calling { future: service.call(request) }
                    }
                    Err(_) => return Poll::Ready(self.failure()),
                },
                StateProj::Calling { future } => match ready!(future.poll(cx)) {
                    Ok(response) => match (response.into_body(), &this.id) {
                        (Outbound::Rejected(rejection), None) => {
                            return Poll::Ready(Step::Refused(rejection));
                        }
                        (_, None) => return Poll::Ready(Step::Done(None)),
                        (Outbound::Rejected(rejection), Some(id)) => {
                            let message = rejection.with_id(Some(id.clone())).to_message();
                            return Poll::Ready(Step::Done(Some(message)));
                        }
                        (Outbound::Response(message), Some(_)) => {
                            return Poll::Ready(Step::Done(Some(message)));
                        }
                        (Outbound::Stream(events), Some(_)) => State::Streaming { events },
                        _ => return Poll::Ready(self.failure()),
                    },
                    Err(_) => return Poll::Ready(self.failure()),
                },
                StateProj::Streaming { events } => {
                    let message = match ready!(Pin::new(events).poll_next(cx)) {
                        None => return Poll::Ready(Step::Done(None)),
                        Some(event) => event.message,
                    };
                    match message {
                        None => continue,
                        Some(message) if message.is_response() => {
                            return Poll::Ready(Step::Done(Some(message)));
                        }
                        Some(message) => return Poll::Ready(Step::Message(message)),
                    }
                }
            };
            this.state.set(next);
        }
    }

    /// An error of the service itself is one message's, so that the others keep theirs.
    fn failure(&self) -> Step {
        tracing::error!(id = ?self.id, "a message of a batch was not answered by its service");
        Step::Done(self.failed("the request failed"))
    }
}
