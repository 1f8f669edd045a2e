//! What one plain call allocates in the default stack, the HTTP server left out.
//!
//! A number here is raised only with a reason in the commit: what a request allocates is
//! the part of its price that a glance at a change does not show.

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use allocation_counter::measure;
use bytes::Bytes;
use http::{Request, Response, header::CONTENT_TYPE, header::HOST, request::Builder};
use http_body::Body;
use http_body_util::Full;
use mcp_stack::{McpService, Stack, Tool};
use schemars::JsonSchema;
use serde::Deserialize;
use tower::Service;

#[derive(Deserialize, JsonSchema)]
struct Echo {
    text: String,
}

type Answer = Result<Response<Bytes>, &'static str>;

/// The default stack around a tool that answers with its argument.
fn endpoint() -> impl FnMut(Request<Full<Bytes>>) -> Answer {
    let echo = Tool::new("echo", |args: Echo| args.text);
    let service = McpService::new("demo", "1.0.0").with_tool(echo).expect("a tool");
    let mut stack = Stack::new(service).build();
    move |request| {
        let mut cx = Context::from_waker(Waker::noop());
        if Service::<Request<Full<Bytes>>>::poll_ready(&mut stack, &mut cx).is_pending() {
            return Err("the stack is not ready");
        }
        let Poll::Ready(Ok(response)) = pin!(stack.call(request)).poll(&mut cx) else {
            return Err("the call had to wait");
        };
        let (parts, body) = response.into_parts();
        let Poll::Ready(Some(Ok(frame))) = pin!(body).poll_frame(&mut cx) else {
            return Err("the answer has no body");
        };
        Ok(Response::from_parts(parts, frame.into_data().map_err(|_| "no data")?))
    }
}

fn post(version: &str) -> Builder {
    Request::post("/mcp")
        .header(HOST, "127.0.0.1:8080")
        .header(CONTENT_TYPE, "application/json")
        .header("accept", "application/json, text/event-stream")
        .header("mcp-protocol-version", version)
}

fn body(text: impl Into<Bytes>) -> Full<Bytes> {
    Full::new(text.into())
}

/// How often a call allocates once those before it have made what is made once.
fn allocations(
    mut call: impl FnMut(Request<Full<Bytes>>) -> Answer,
    request: impl Fn() -> Request<Full<Bytes>>,
) -> u64 {
    let mut count = 0;
    for _ in 0..3 {
        let request = request();
        let counted = measure(|| {
            let answer = call(request).expect("an answer");
            assert!(answer.body().ends_with(b"}"), "{answer:?}");
        });
        count = counted.count_total;
    }
    count
}

#[test]
fn a_legacy_call_allocates_no_more_than_it_did() {
    let mut call = endpoint();
    let initialize = post("2025-11-25")
        .body(body(
            r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}"#,
        ))
        .expect("a request");
    let opened = call(initialize).expect("an answer");
    let session = opened.headers()["mcp-session-id"].clone();
    let echo = || {
        let text = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"text":"hello"}}}"#;
        post("2025-11-25")
            .header("mcp-session-id", session.clone())
            .body(body(text))
            .expect("a request")
    };
    assert_eq!(allocations(call, echo), 16);
}

#[test]
fn a_modern_call_allocates_no_more_than_it_did() {
    let echo = || {
        let text = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"text":"hello"},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},"io.modelcontextprotocol/clientInfo":{"name":"test","version":"1"}}}}"#;
        post("2026-07-28")
            .header("mcp-method", "tools/call")
            .header("mcp-name", "echo")
            .body(body(text))
            .expect("a request")
    };
    assert_eq!(allocations(endpoint(), echo), 18);
}
