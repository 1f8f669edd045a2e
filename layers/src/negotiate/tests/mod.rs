mod accept;
mod answers;
mod batches;
mod decoder;
mod methods;
mod order;
mod post;
mod readiness;
mod size;
mod sse;
mod streams;

use std::{
    convert::Infallible,
    future::{Future, Ready, ready},
    pin::Pin,
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use futures_core::Stream;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body::{Body, Frame};
use http_body_util::{BodyExt, Full};
use mcp_layers_core::{
    Event, EventStream, Inbound, Outbound, Rejection,
    jsonrpc::{ErrorObject, Message, RawJson, RequestId},
};
use serde_json::{Value, json};
use tower::{Layer, ServiceExt};
use tower_service::Service;

use super::{Negotiate, NegotiateLayer, ResponseBody};

const CALL: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add"}}"#;
const MODERN_CALL: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}"#;
const NOTIFICATION: &str = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
const REPLY: &str = r#"{"jsonrpc":"2.0","id":5,"result":{}}"#;

/// An inner service that answers at once.
#[derive(Clone)]
struct Inner<F>(F);

impl<F: FnMut(Request<Inbound>) -> Response<Outbound>> Service<Request<Inbound>> for Inner<F> {
    type Response = Response<Outbound>;
    type Error = Infallible;
    type Future = Ready<Result<Response<Outbound>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Inbound>) -> Self::Future {
        ready(Ok(self.0(request)))
    }
}

/// What came out.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    rejection: Option<Rejection>,
    body: Bytes,
}

impl Answer {
    fn json(&self) -> Value {
        assert_eq!(self.headers["content-type"], "application/json");
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("visible ASCII"))
    }

    /// HTTP status and JSON-RPC error code.
    fn refusal(&self) -> (u16, i64) {
        let code = self.json()["error"]["code"].as_i64().expect("an error has a code");
        (self.status.as_u16(), code)
    }

    fn events(&self) -> Vec<decoder::Decoded> {
        assert_eq!(self.header("content-type"), "text/event-stream");
        decoder::decode(&self.body)
    }

    fn messages(&self) -> Vec<Value> {
        let parse = |event: &decoder::Decoded| {
            serde_json::from_str(&event.data).expect("an event's data is JSON")
        };
        self.events().iter().map(parse).collect()
    }
}

/// A POST as most clients send it.
fn post(body: impl Into<Bytes>) -> Request<Full<Bytes>> {
    post_accepting("application/json, text/event-stream", body)
}

fn post_accepting(accept: &str, body: impl Into<Bytes>) -> Request<Full<Bytes>> {
    Request::post("/mcp")
        .header("content-type", "application/json")
        .header("accept", accept)
        .body(Full::new(body.into()))
        .expect("a valid request")
}

fn bare(method: &str) -> Request<Full<Bytes>> {
    Request::builder().method(method).uri("/mcp").body(Full::default()).expect("a valid request")
}

fn with_header<B>(mut request: Request<B>, name: &'static str, value: &str) -> Request<B> {
    request.headers_mut().insert(name, value.parse().expect("a valid header value"));
    request
}

fn without_header<B>(mut request: Request<B>, name: &str) -> Request<B> {
    request.headers_mut().remove(name);
    request
}

/// The border around `inner`, with every default.
fn border<F>(inner: F) -> Negotiate<Inner<F>>
where
    F: FnMut(Request<Inbound>) -> Response<Outbound>,
{
    NegotiateLayer::new().layer(Inner(inner))
}

/// Sends one request and collects the answer.
async fn send<B, S>(service: S, request: Request<B>) -> Answer
where
    S: Service<Request<B>, Response = Response<ResponseBody>, Error = Infallible>,
{
    let Ok(response) = service.oneshot(request).await;
    collect(response).await
}

async fn collect(response: Response<ResponseBody>) -> Answer {
    let (parts, body) = response.into_parts();
    let Ok(collected) = body.collect().await;
    Answer {
        status: parts.status,
        headers: parts.headers,
        rejection: parts.extensions.get().cloned(),
        body: collected.to_bytes(),
    }
}

/// What the border refuses by itself: the inner service must not be called.
async fn refused<B: Body>(layer: NegotiateLayer, request: Request<B>) -> Answer {
    let inner = Inner(|request: Request<Inbound>| panic!("called with {:?}", request.body()));
    send(layer.layer(inner), request).await
}

/// An empty result for a request, 202 for the rest.
fn plain(request: Request<Inbound>) -> Response<Outbound> {
    crate::support::answer(&request)
}

fn answering(
    outbound: impl Fn() -> Outbound + Copy,
) -> impl FnMut(Request<Inbound>) -> Response<Outbound> + Copy {
    move |_| Response::new(outbound())
}

fn result() -> Message {
    Message::result(&RequestId::from(1), &RawJson::empty_object())
}

fn error(code: i64) -> Message {
    Message::error(Some(&RequestId::from(1)), &ErrorObject::new(code, "no"))
}

fn progress(n: i64) -> Message {
    Message::notification("notifications/progress", &json!({ "progress": n }))
}

fn ask() -> Message {
    Message::request(&RequestId::from(9), "roots/list", &json!({}))
}

/// A stream of these, all ready at once.
fn call_stream(messages: impl IntoIterator<Item = Message>) -> Outbound {
    let messages: Vec<_> = messages.into_iter().map(Event::from).collect();
    Outbound::Stream(EventStream::call(Iter(messages.into_iter())))
}

struct Iter<I>(I);

impl<I: Iterator<Item = Event> + Unpin> Stream for Iter<I> {
    type Item = Event;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Event>> {
        Poll::Ready(self.0.next())
    }
}

/// A body nobody may read.
struct Untouched;

impl Body for Untouched {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        panic!("the body was read")
    }
}

/// Polls once, outside any runtime.
fn poll_once<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}
