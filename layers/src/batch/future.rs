use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
    vec,
};

use futures_core::Stream;
use http::{Request, Response};
use mcp_layers_core::{
    Event, EventStream, FromRejection as _, Inbound, Outbound, Rejection,
    jsonrpc::Message,
    queue::{self, Receiver},
};
use pin_project_lite::pin_project;
use tower_service::Service;

use super::{
    layer::Rules,
    run::Run,
    task::{OnTask, spawn},
};

pin_project! {
    /// The future of [`Batch`](super::Batch).
    #[must_use = "futures do nothing unless polled"]
    pub struct ResponseFuture<S, F> {
        #[pin]
        state: State<S, F>,
    }
}

pin_project! {
    #[project = StateProj]
    enum State<S, F> {
        Single { #[pin] future: F },
        Rejected { rejection: Option<Rejection> },
        Batch { gathering: Box<Gathering<S, F>> },
    }
}

/// A batch whose answer is still one JSON array, as far as is known.
struct Gathering<S, F> {
    run: Option<Run<S, F>>,
    responses: Vec<Message>,
    rules: Rules,
    /// What moves the rest of the work onto a task.
    spawn: fn(OnTask<S, F>),
}

impl<S, F> ResponseFuture<S, F> {
    pub(super) fn single(future: F) -> Self {
        Self { state: State::Single { future } }
    }

    pub(super) fn rejected(rejection: Rejection) -> Self {
        Self { state: State::Rejected { rejection: Some(rejection) } }
    }

    pub(super) fn batch<E>(run: Run<S, F>, rules: Rules) -> Self
    where
        S: Service<Request<Inbound>, Response = Response<Outbound>, Error = E, Future = F>,
        S: Clone + Send + 'static,
        F: Future<Output = Result<Response<Outbound>, E>> + Send + 'static,
    {
        let gathering = Gathering { run: Some(run), responses: Vec::new(), rules, spawn };
        Self { state: State::Batch { gathering: Box::new(gathering) } }
    }
}

impl<S, F, E> Future for ResponseFuture<S, F>
where
    S: Service<Request<Inbound>, Response = Response<Outbound>, Error = E, Future = F> + Clone,
    F: Future<Output = Result<Response<Outbound>, E>>,
{
    type Output = Result<Response<Outbound>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            StateProj::Single { future } => future.poll(cx),
            StateProj::Rejected { rejection } => {
                let rejection = rejection.take().expect("polled after completion");
                Poll::Ready(Ok(Outbound::from_rejection(rejection)))
            }
            StateProj::Batch { gathering } => gathering.poll(cx).map(Ok),
        }
    }
}

impl<S, F, E> Gathering<S, F>
where
    S: Service<Request<Inbound>, Response = Response<Outbound>, Error = E, Future = F> + Clone,
    F: Future<Output = Result<Response<Outbound>, E>>,
{
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Response<Outbound>> {
        let run = self.run.as_mut().expect("polled after completion");
        loop {
            match ready!(run.poll_next(cx)) {
                Some(message) if message.is_response() => self.responses.push(message),
                Some(message) => return Poll::Ready(self.upgrade(message)),
                None => return Poll::Ready(self.finish()),
            }
        }
    }
}

impl<S, F> Gathering<S, F> {
    /// RPC-23: from here on every message is an event, and the work goes on where no
    /// client's socket can hold it up.
    fn upgrade(&mut self, message: Message) -> Response<Outbound> {
        let run = self.run.take().expect("it has just been polled");
        let (sender, rest) = queue::channel(self.rules.stream_budget);
        if let Some(level) = run.log_level() {
            sender.set_log_level(level);
        }
        let mut first = std::mem::take(&mut self.responses);
        first.push(message);
        (self.spawn)(OnTask::streaming(run, sender, self.rules.drop_on_disconnect));
        let events = Events { first: first.into_iter(), rest };
        Response::new(Outbound::Stream(EventStream::call(events)))
    }

    fn finish(&mut self) -> Response<Outbound> {
        let run = self.run.take().expect("it has just been polled");
        let responses = std::mem::take(&mut self.responses);
        if !responses.is_empty() {
            return Response::new(Outbound::Batch(responses));
        }
        if run.has_requests() {
            // CANCEL-5: all were taken back.
            return Response::new(Outbound::Stream(EventStream::unanswered()));
        }
        match run.into_refused() {
            Some(rejection) => Outbound::from_rejection(rejection),
            None => Response::new(Outbound::Accepted), // RPC-21
        }
    }
}

impl<S, F> Drop for Gathering<S, F> {
    /// The client is gone before the answer was (CANCEL-4).
    fn drop(&mut self) {
        if let Some(run) = self.run.take()
            && !self.rules.drop_on_disconnect
        {
            (self.spawn)(OnTask::detached(run));
        }
    }
}

/// What was there before the stream, and then what comes.
struct Events {
    first: vec::IntoIter<Message>,
    rest: Receiver,
}

impl Stream for Events {
    type Item = Event;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        match self.first.next() {
            Some(message) => Poll::Ready(Some(message.into())),
            None => Pin::new(&mut self.rest).poll_next(cx),
        }
    }
}

impl<S, F> fmt::Debug for ResponseFuture<S, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
