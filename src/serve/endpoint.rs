use std::{
    future::Future,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use mcp_layers_core::extensions::ClientAddr;
use tower_service::Service;

use crate::BoxError;

/// A tower service that a [`Server`](super::Server) can run: what
/// [`Stack::build`](crate::Stack::build) gives, inside any HTTP layers.
///
/// Implemented for every such service; it exists so that the compiler can say what
/// is wrong.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be served over HTTP",
    label = "expected a cloneable `Service<http::Request<hyper::body::Incoming>>` that answers with an HTTP body",
    note = "if a layer of the message zone (session, cancellation …) stands outside `NegotiateLayer`, move it inside; in a `ServiceBuilder`, below it"
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

/// One path, one peer: everything between hyper and the stack.
#[derive(Debug, Clone)]
pub(super) struct Endpoint<S> {
    service: S,
    path: Arc<str>,
    peer: Option<ClientAddr>,
}

impl<S> Endpoint<S> {
    pub(super) fn new(service: S, path: Arc<str>) -> Self {
        Self { service, path, peer: None }
    }

    pub(super) fn with_peer(mut self, peer: SocketAddr) -> Self {
        self.peer = Some(ClientAddr::new(peer));
        self
    }
}

impl<S: HttpService> Service<Request<Incoming>> for Endpoint<S> {
    type Response = Response<OrNotFound<S::ResponseBody>>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.service.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<Incoming>) -> Self::Future {
        if request.uri().path() != &*self.path {
            return ResponseFuture { response: None };
        }
        if let Some(peer) = self.peer {
            request.extensions_mut().insert(peer);
        }
        ResponseFuture { response: Some(self.service.call(request)) }
    }
}

pin_project_lite::pin_project! {
    /// The service's answer, or 404.
    pub(super) struct ResponseFuture<F> {
        #[pin]
        response: Option<F>,
    }
}

impl<F, B, E> Future for ResponseFuture<F>
where
    F: Future<Output = Result<Response<B>, E>>,
{
    type Output = Result<Response<OrNotFound<B>>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().response.as_pin_mut() {
            Some(response) => response
                .poll(cx)
                .map_ok(|response| response.map(|body| OrNotFound { body: Some(body) })),
            None => {
                let mut response = Response::new(OrNotFound { body: None });
                *response.status_mut() = StatusCode::NOT_FOUND;
                Poll::Ready(Ok(response))
            }
        }
    }
}

pin_project_lite::pin_project! {
    /// The service's body, or the empty one of a 404.
    pub(super) struct OrNotFound<B> {
        #[pin]
        body: Option<B>,
    }
}

impl<B: Body<Data = Bytes>> Body for OrNotFound<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        self.project().body.as_pin_mut().map_or(Poll::Ready(None), |body| body.poll_frame(cx))
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), Body::size_hint)
    }
}
