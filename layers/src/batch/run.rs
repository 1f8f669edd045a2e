use std::{
    collections::VecDeque,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::{Context, Poll},
};

use http::{Request, Response, request::Parts};
use mcp_layers_core::{
    Inbound, Outbound, Rejection, extensions::SessionHandle, jsonrpc::Message, protocol::LogLevel,
    shutdown::WorkGuard,
};
use tower_service::Service;

use super::{
    admission::{Admitted, Waiting},
    element::{Element, Step},
    layer::Rules,
};

/// The messages of one array, at work: in the end one response for each request, and
/// before that whatever else they have to say.
pub(super) struct Run<S, F> {
    /// What each message has of the surrounding request.
    parts: Parts,
    /// Ready to be called, for the first message.
    ready: Option<S>,
    service: S,
    requests: VecDeque<Waiting>,
    one_way: VecDeque<Inbound>,
    answers: VecDeque<Message>,
    at_work: VecDeque<Pin<Box<Element<S, F>>>>,
    concurrency: usize,
    refused: Option<Rejection>,
    has_requests: bool,
    _work: Option<WorkGuard>,
}

impl<S, F> Run<S, F> {
    pub(super) fn new(
        parts: Parts,
        admitted: Admitted,
        ready: S,
        service: S,
        rules: Rules,
        work: Option<WorkGuard>,
    ) -> Self {
        let Admitted { requests, one_way, answers, refused } = admitted;
        Self {
            has_requests: !requests.is_empty(),
            parts,
            ready: Some(ready),
            service,
            requests,
            one_way,
            answers,
            at_work: VecDeque::new(),
            concurrency: rules.concurrency,
            refused,
            _work: work,
        }
    }

    /// Whether the array had a request, which may have been taken back.
    pub(super) fn has_requests(&self) -> bool {
        self.has_requests
    }

    /// Why a notification or reply was refused, if one was.
    pub(super) fn into_refused(self) -> Option<Rejection> {
        self.refused
    }

    /// The least severe log message its session wants.
    pub(super) fn log_level(&self) -> Option<LogLevel> {
        self.parts.extensions.get().and_then(SessionHandle::log_level)
    }
}

impl<S, F, E> Run<S, F>
where
    S: Service<Request<Inbound>, Response = Response<Outbound>, Error = E, Future = F> + Clone,
    F: Future<Output = Result<Response<Outbound>, E>>,
{
    /// The next message for the client; `None` when all is done.
    pub(super) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Message>> {
        if let Some(answer) = self.answers.pop_front() {
            return Poll::Ready(Some(answer));
        }
        loop {
            self.fill();
            if self.at_work.is_empty() {
                return Poll::Ready(None);
            }
            let mut moved = false;
            for _ in 0..self.at_work.len() {
                let mut element = self.at_work.pop_front().expect("one for each turn");
                let step = poll_guarded(&mut element, cx);
                let released = element.as_mut().take_released();
                moved |= !released.is_empty();
                self.one_way.extend(released);
                match step {
                    Poll::Pending => self.at_work.push_back(element),
                    Poll::Ready(Step::Message(message)) => {
                        self.at_work.push_back(element);
                        return Poll::Ready(Some(message));
                    }
                    Poll::Ready(Step::Done(Some(response))) => return Poll::Ready(Some(response)),
                    Poll::Ready(Step::Done(None)) => moved = true,
                    Poll::Ready(Step::Refused(rejection)) => {
                        moved = true;
                        self.refused.get_or_insert(rejection);
                    }
                }
            }
            if !moved {
                return Poll::Pending;
            }
        }
    }

    /// Requests and the rest have each their own places, so that a cancellation never
    /// waits for the request that it cancels.
    fn fill(&mut self) {
        let mut requests = self.at_work.iter().filter(|element| element.is_request()).count();
        let mut one_way = self.at_work.len() - requests;
        while requests < self.concurrency
            && let Some(Waiting { request, then }) = self.requests.pop_front()
        {
            self.start(Inbound::Request(request), then);
            requests += 1;
        }
        while one_way < self.concurrency
            && let Some(message) = self.one_way.pop_front()
        {
            self.start(message, Vec::new());
            one_way += 1;
        }
    }

    fn start(&mut self, message: Inbound, then: Vec<Inbound>) {
        let service = self.ready.take().unwrap_or_else(|| self.service.clone());
        let request = Request::from_parts(self.parts.clone(), message);
        self.at_work.push_back(Box::pin(Element::new(service, request, then)));
    }
}

/// A panic is one message's own: the others lose nothing by it.
fn poll_guarded<S, F, E>(element: &mut Pin<Box<Element<S, F>>>, cx: &mut Context<'_>) -> Poll<Step>
where
    S: Service<Request<Inbound>, Response = Response<Outbound>, Error = E, Future = F>,
    F: Future<Output = Result<Response<Outbound>, E>>,
{
    catch_unwind(AssertUnwindSafe(|| element.as_mut().poll(cx))).unwrap_or_else(|_| {
        tracing::error!("a message of a batch panicked");
        Poll::Ready(Step::Done(element.failed("the request failed")))
    })
}
