use std::{
    mem,
    task::{Context, Poll},
};

use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body::Body;
use mcp_layers_core::{Inbound, MessageService};
use tower_service::Service;

use super::{
    admit::{ALLOWED, Admitted, admit},
    body::ResponseBody,
    exchange::Exchange,
    future::ResponseFuture,
    layer::Settings,
};

/// The border: bytes outside, messages inside. Made by
/// [`NegotiateLayer`](super::NegotiateLayer).
#[derive(Debug, Clone)]
pub struct Negotiate<S> {
    inner: S,
    settings: Settings,
}

impl<S> Negotiate<S> {
    pub(super) fn new(inner: S, settings: Settings) -> Self {
        Self { inner, settings }
    }
}

impl<S, B> Service<Request<B>> for Negotiate<S>
where
    S: MessageService + Clone,
    B: Body,
{
    type Response = Response<ResponseBody>;
    type Error = S::Error;
    type Future = ResponseFuture<S, S::Future, B>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (parts, body) = request.into_parts();
        let admitted = match admit(&parts, body.size_hint().lower(), &self.settings) {
            Ok(admitted) => admitted,
            Err(rejection) => return ResponseFuture::answered(rejection.into_response()),
        };
        let inbound = match admitted {
            Admitted::Post(accept) => {
                // The body is awaited first, so the future takes the instance that is ready.
                let next = self.inner.clone();
                let ready = mem::replace(&mut self.inner, next);
                return ResponseFuture::read(ready, parts, body, accept, self.settings);
            }
            Admitted::Options => return ResponseFuture::answered(options()),
            Admitted::Open => Inbound::Open,
            Admitted::Terminate => Inbound::Terminate,
        };
        let exchange = Exchange::bodiless(&inbound, self.settings);
        let future = self.inner.call(Request::from_parts(parts, inbound));
        ResponseFuture::calling(future, exchange)
    }
}

fn options() -> Response<ResponseBody> {
    let mut response = Response::new(ResponseBody::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(ALLOWED));
    response
}
