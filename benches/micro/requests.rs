//! What is asked, in either zone, and a way to ask it.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use mcp_bench::message;
use mcp_bench::workload::{Era, Workload};
use mcp_stack::ProtocolVersion;
use mcp_stack::core::Inbound;
use mcp_stack::core::jsonrpc::{Limits, decode};
use tower_service::Service;

/// A request as it comes from a socket.
pub(crate) fn bytes(era: Era, workload: Workload) -> Request<Full<Bytes>> {
    with_headers(era, workload, Full::new(message::body(era, workload).into()))
}

/// The same behind the border, its revision known.
pub(crate) fn message(era: Era, workload: Workload) -> Request<Inbound> {
    let body = message::body(era, workload).into();
    let body = decode(body, Limits::default()).expect("a valid message");
    let mut request = with_headers(era, workload, body);
    request.extensions_mut().insert(match era {
        Era::Legacy => ProtocolVersion::V2025_11_25,
        Era::Modern => ProtocolVersion::V2026_07_28,
    });
    request
}

fn with_headers<B>(era: Era, workload: Workload, body: B) -> Request<B> {
    let headers = message::headers(era, workload, None);
    let request = Request::post("/mcp")
        .header("Host", "localhost")
        .header("Content-Type", "application/json")
        .header("Accept", "application/json, text/event-stream");
    headers
        .into_iter()
        .fold(request, |request, (name, value)| request.header(name, value))
        .body(body)
        .expect("a valid request")
}

/// Calls a service that waits for nothing.
pub(crate) fn call<S, B, R>(service: &mut S, request: Request<B>) -> Response<R>
where
    S: Service<Request<B>, Response = Response<R>>,
{
    let mut cx = Context::from_waker(Waker::noop());
    let Poll::Ready(Ok(())) = service.poll_ready(&mut cx) else { panic!("it is always ready") };
    match pin!(service.call(request)).poll(&mut cx) {
        Poll::Ready(Ok(response)) => response,
        _ => panic!("it waits for nothing and has no errors"),
    }
}
