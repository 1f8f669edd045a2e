use std::{
    cell::RefCell,
    future::Future,
    mem,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker, ready},
};

use bytes::Bytes;
use http::{Extensions, Request, Response, StatusCode};
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use mcp_layers::negotiate;
use mcp_layers_core::extensions::ClientAddr;
use tower_service::Service;

use super::idle::{InUse, Usage};
use crate::{BoxError, Readiness};

/// A tower service that a [`Server`](super::Server) can run: what
/// [`Stack::build`](crate::Stack::build) gives, inside any HTTP layers.
///
/// Implemented for every such service; it exists so that the compiler can say what
/// is wrong.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be served over HTTP",
    label = "expected a cloneable `Service<http::Request<hyper::body::Incoming>>` that answers with an HTTP body",
    note = "what works on messages (`McpService`; the layers protocol_version, request_metadata, session, cancellation; limits by tool or method) goes inside the border: in a `Stack`, into a slot of the message zone; in a `ServiceBuilder`, below `NegotiateLayer`",
    note = "what works on HTTP bodies (validate_host, validate_origin, tower-http's layers …) goes outside: in a `Stack`, into `with_bytes_layer`; in a `ServiceBuilder`, above `NegotiateLayer`",
    note = "where every layer is in its zone, one of the services lacks `Clone` or `Send`, its future `Send`, or its error `Into<BoxError>`"
)]
pub trait HttpService:
    Service<
        Request<Incoming>,
        Response = Response<Self::ResponseBody>,
        Error: Into<BoxError>,
        Future: Send,
    > + Clone
    + Send
    + 'static
{
    /// The body of its responses.
    type ResponseBody: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static;
}

// Else the compiler names what one of the layers lacks, and not the zone.
#[diagnostic::do_not_recommend]
impl<S, B> HttpService for S
where
    S: Service<Request<Incoming>, Response = Response<B>, Error: Into<BoxError>, Future: Send>
        + Clone
        + Send
        + 'static,
    B: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    type ResponseBody = B;
}

/// One connection's paths and peer: everything between hyper and the stack.
#[derive(Debug)]
pub(super) struct Endpoint<S> {
    /// The connection's own, and called from its task alone: nothing is cloned for a
    /// request.
    service: RefCell<S>,
    paths: Arc<[String]>,
    readiness: Option<(Arc<str>, Readiness)>,
    /// What each of its requests carries.
    extensions: Extensions,
    usage: Arc<Usage>,
}

impl<S> Endpoint<S> {
    pub(super) fn new(service: S, paths: Arc<[String]>) -> Self {
        let (service, extensions) = (RefCell::new(service), Extensions::new());
        Self { service, paths, readiness: None, extensions, usage: Arc::default() }
    }

    pub(super) fn with_readiness(mut self, path: Arc<str>, readiness: Readiness) -> Self {
        self.readiness = Some((path, readiness));
        self
    }

    /// The same for one connection.
    pub(super) fn of_connection(&self, peer: SocketAddr) -> Self
    where
        S: Clone,
    {
        let mut extensions = with_room();
        extensions.insert(ClientAddr::new(peer));
        Self {
            service: self.service.clone(),
            paths: Arc::clone(&self.paths),
            readiness: self.readiness.clone(),
            extensions,
            usage: Arc::default(),
        }
    }

    /// How much the connection is used.
    pub(super) fn usage(&self) -> Arc<Usage> {
        Arc::clone(&self.usage)
    }
}

/// An empty map whose clones have room for what the layers insert: it is as large as
/// it once had to be, and its clones are as large. A map that grows with each request
/// is allocated twice.
fn with_room() -> Extensions {
    #[derive(Clone)]
    struct Filler<const N: usize>;

    let mut extensions = Extensions::new();
    extensions.insert(Filler::<0>);
    extensions.insert(Filler::<1>);
    extensions.insert(Filler::<2>);
    extensions.insert(Filler::<3>);
    extensions.clear();
    extensions
}

impl<S: HttpService> hyper::service::Service<Request<Incoming>> for Endpoint<S> {
    type Response = Response<EndpointBody<S::ResponseBody>>;
    type Error = BoxError;
    type Future = ResponseFuture<S>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        let in_use = Some(self.usage.begin());
        if !self.paths.iter().any(|path| path == request.uri().path()) {
            let answer = match &self.readiness {
                Some((path, readiness)) if request.uri().path() == &**path => readiness.answer(),
                _ => not_found(),
            };
            return ResponseFuture { state: State::Answered { answer: Some(answer) }, in_use };
        }
        request.extensions_mut().extend(self.extensions.clone());
        let mut service = self.service.borrow_mut();
        // A service that is ready, as a stack always is, is called here and now.
        let mut cx = Context::from_waker(Waker::noop());
        let state = match service.poll_ready(&mut cx) {
            Poll::Ready(Ok(())) => State::Called { response: service.call(request) },
            Poll::Ready(Err(error)) => State::Failed { error: Some(error.into()) },
            Poll::Pending => {
                let next = service.clone();
                let waiting = mem::replace(&mut *service, next);
                State::Waiting { call: Some(Box::new((waiting, request))) }
            }
        };
        ResponseFuture { state, in_use }
    }
}

pin_project_lite::pin_project! {
    /// The service's answer, or the endpoint's own.
    pub(super) struct ResponseFuture<S: HttpService> {
        #[pin]
        state: State<S>,
        in_use: Option<InUse>,
    }
}

pin_project_lite::pin_project! {
    #[project = StateProj]
    enum State<S: HttpService> {
        Waiting { call: Option<Box<(S, Request<Incoming>)>> },
        Called { #[pin] response: S::Future },
        Failed { error: Option<BoxError> },
        Answered { answer: Option<Response<negotiate::ResponseBody>> },
    }
}

impl<S: HttpService> Future for ResponseFuture<S> {
    type Output = Result<Response<EndpointBody<S::ResponseBody>>, BoxError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let mut state = this.state;
        loop {
            let response = match state.as_mut().project() {
                StateProj::Called { response } => {
                    let response = ready!(response.poll(cx)).map_err(Into::into)?;
                    return Poll::Ready(Ok(response.map(|body| EndpointBody {
                        content: Content::Service { body },
                        in_use: this.in_use.take(),
                    })));
                }
                StateProj::Waiting { call } => {
                    let (service, _) = &mut **call.as_mut().expect("taken below, once");
                    ready!(service.poll_ready(cx)).map_err(Into::into)?;
                    let (mut service, request) = *call.take().expect("looked at above");
                    service.call(request)
                }
                StateProj::Failed { error } => {
                    return Poll::Ready(Err(error.take().expect("polled after completion")));
                }
                StateProj::Answered { answer } => {
                    let answer = answer.take().expect("polled after completion");
                    return Poll::Ready(Ok(answer.map(|body| EndpointBody {
                        content: Content::Own { body },
                        in_use: this.in_use.take(),
                    })));
                }
            };
            state.set(State::Called { response });
        }
    }
}

fn not_found() -> Response<negotiate::ResponseBody> {
    let mut response = Response::new(negotiate::ResponseBody::empty());
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

pin_project_lite::pin_project! {
    /// A response's body. Its request is at work until this is dropped.
    pub(super) struct EndpointBody<B> {
        #[pin]
        content: Content<B>,
        in_use: Option<InUse>,
    }
}

pin_project_lite::pin_project! {
    /// The service's body, or one of the endpoint's own.
    #[project = ContentProj]
    enum Content<B> {
        Service { #[pin] body: B },
        Own { body: negotiate::ResponseBody },
    }
}

impl<B: Body<Data = Bytes>> Body for EndpointBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        match self.project().content.project() {
            ContentProj::Service { body } => body.poll_frame(cx),
            ContentProj::Own { body } => Pin::new(body)
                .poll_frame(cx)
                .map(|frame| frame.map(|frame| frame.map_err(|never| match never {}))),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.content {
            Content::Service { body } => body.is_end_stream(),
            Content::Own { body } => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::Service { body } => body.size_hint(),
            Content::Own { body } => body.size_hint(),
        }
    }
}
