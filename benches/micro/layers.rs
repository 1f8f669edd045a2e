//! Each layer over a service that does nothing. A layer that keeps something for a
//! request (a session, a token) keeps it as long as in a server.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::{Context, Poll};

use bytes::Bytes;
use divan::{Bencher, bench};
use http::{HeaderValue, Request, Response};
use http_body_util::Full;
use mcp_bench::message::SESSION_HEADER;
use mcp_bench::workload::{Era, Workload::Echo64};
use mcp_stack::ProtocolVersion;
use mcp_stack::core::jsonrpc::{Limits, Message, RawJson, decode};
use mcp_stack::core::{Inbound, Outbound};
use mcp_stack::layers::batch::BatchLayer;
use mcp_stack::layers::cancellation::CancellationLayer;
use mcp_stack::layers::http_sse::HttpSseLayer;
use mcp_stack::layers::negotiate::NegotiateLayer;
use mcp_stack::layers::protocol_version::ProtocolVersionLayer;
use mcp_stack::layers::rate_limit::{ByPrincipalOrAddr, Rate, RateLimitLayer};
use mcp_stack::layers::request_metadata::RequestMetadataLayer;
use mcp_stack::layers::resume::ResumeLayer;
use mcp_stack::layers::session::SessionLayer;
use mcp_stack::layers::validate_host::ValidateHostLayer;
use mcp_stack::layers::validate_origin::ValidateOriginLayer;
use tower_layer::{Identity, Layer};
use tower_service::Service;

use crate::requests;

/// Answers messages, with an empty result.
#[derive(Clone)]
struct Nothing;

/// Answers bytes, with two.
#[derive(Clone)]
struct NothingOfBytes;

impl Service<Request<Inbound>> for Nothing {
    type Response = Response<Outbound>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Inbound>) -> Self::Future {
        ready(Ok(Response::new(match request.body().request_id() {
            Some(id) => Outbound::Response(Message::result(id, &RawJson::empty_object())),
            None => Outbound::Accepted,
        })))
    }
}

impl<B> Service<Request<B>> for NothingOfBytes {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<B>) -> Self::Future {
        ready(Ok(Response::new(Full::new(Bytes::from_static(b"{}")))))
    }
}

/// A layer of the message zone.
fn over_messages<S>(
    bencher: Bencher<'_, '_>,
    mut service: S,
    request: impl Fn() -> Request<Inbound>,
) where
    S: Service<Request<Inbound>, Response = Response<Outbound>>,
{
    let answer = requests::call(&mut service, request());
    assert!(matches!(answer.body(), Outbound::Response(_)), "{:?}", answer.body());
    bencher
        .with_inputs(request)
        .bench_local_values(|request| requests::call(&mut service, request));
}

/// A layer of the bytes zone, or the border.
fn over_bytes<S, R>(bencher: Bencher<'_, '_>, mut service: S, era: Era)
where
    S: Service<Request<Full<Bytes>>, Response = Response<R>>,
{
    let request = || requests::bytes(era, Echo64);
    assert!(requests::call(&mut service, request()).status().is_success());
    bencher
        .with_inputs(request)
        .bench_local_values(|request| requests::call(&mut service, request));
}

macro_rules! layers {
    ($zone:ident: $($name:ident: $layer:expr;)+) => {$(
        #[bench(args = Era::ALL)]
        fn $name(bencher: Bencher<'_, '_>, era: Era) {
            layers!(@$zone bencher, $layer, era);
        }
    )+};
    (@messages $bencher:ident, $layer:expr, $era:ident) => {
        over_messages($bencher, $layer.layer(Nothing), || requests::message($era, Echo64))
    };
    (@bytes $bencher:ident, $layer:expr, $era:ident) => {
        over_bytes($bencher, $layer.layer(NothingOfBytes), $era)
    };
    (@border $bencher:ident, $layer:expr, $era:ident) => {
        over_bytes($bencher, $layer.layer(Nothing), $era)
    };
}

layers! { messages:
    nothing: Identity::new();
    protocol_version: ProtocolVersionLayer::new();
    request_metadata: RequestMetadataLayer::new();
    resume: ResumeLayer::new();
    batch: BatchLayer::new();
    cancellation: CancellationLayer::new();
}

layers! { bytes:
    nothing_of_bytes: Identity::new();
    validate_host: ValidateHostLayer::new();
    validate_origin: ValidateOriginLayer::new();
    rate_limit: RateLimitLayer::new(Rate::per_second(1_000_000_000).expect("a rate"), ByPrincipalOrAddr);
    http_sse: HttpSseLayer::new();
}

layers! { border:
    negotiate: NegotiateLayer::new();
}

/// A legacy call in a session, a modern one past it.
#[bench(args = Era::ALL)]
fn session(bencher: Bencher<'_, '_>, era: Era) {
    let mut service = SessionLayer::new().layer(Nothing);
    let opened = requests::call(&mut service, initialize());
    let id = opened.headers().get(SESSION_HEADER).expect("a session was opened").clone();
    over_messages(bencher, service, || in_session(era, &id));
}

fn in_session(era: Era, id: &HeaderValue) -> Request<Inbound> {
    let mut request = requests::message(era, Echo64);
    if era == Era::Legacy {
        request.headers_mut().insert(SESSION_HEADER, id.clone());
    }
    request
}

fn initialize() -> Request<Inbound> {
    let body = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{
        "protocolVersion":"2025-11-25","capabilities":{},
        "clientInfo":{"name":"mcp-bench","version":"1.0.0"}}}"#;
    let body = decode(body.into(), Limits::default()).expect("a valid message");
    let mut request = Request::post("/mcp").body(body).expect("a valid request");
    request.extensions_mut().insert(ProtocolVersion::V2025_11_25);
    request
}
