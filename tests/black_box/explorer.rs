//! The page for browsers, in the stack.

use mcp_stack::{McpService, ProtocolVersion, Stack, Tool, layers::explorer::ExplorerLayer};
use serde_json::json;

use crate::{
    raw::{Caller, Connection, Reply, Request},
    support::TestServer,
};

/// What browsers send when they open an address.
const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

fn stack() -> Stack<McpService, mcp_stack::DefaultSlots> {
    let hello = Tool::new("hello", || "hello");
    Stack::new(McpService::new("probe", "1.0.0").with_tool(hello).expect("a fit tool"))
}

async fn explored() -> TestServer {
    TestServer::start(stack().with_bytes_layer(ExplorerLayer::new())).await
}

fn opened(accept: &str) -> Request {
    Request::new("GET").with("accept", accept)
}

async fn ask(server: &TestServer, request: &Request) -> Reply {
    Connection::to(server.addr()).await.ask(request).await
}

#[tokio::test]
async fn a_browser_is_shown_the_page_and_an_error_without_the_layer() {
    // NEG-7
    let page = ask(&explored().await, &opened(BROWSER)).await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(page.body.starts_with("<!doctype html>") && page.body.ends_with("</script>\n"));
    assert_eq!(page.header("content-length"), page.body.len().to_string());
    assert!(page.header("content-security-policy").starts_with("default-src 'none'; "));

    let plain = TestServer::start(stack()).await;
    let without = ask(&plain, &opened("text/html")).await;
    assert_eq!((without.status, without.header("content-type")), (406, "application/json"));
}

#[tokio::test]
async fn head_tells_the_length_of_the_page_and_a_connection_goes_on_after_it() {
    let server = explored().await;
    let mut connection = Connection::to(server.addr()).await;
    let page = connection.ask(&opened(BROWSER)).await;
    let call = Request::modern(1, "tools/call", json!({ "name": "hello" }));
    assert_eq!(connection.ask(&call).await.status, 200);
    connection.send(&Request::new("HEAD").with("accept", BROWSER)).await;
    let head = connection.head().await;
    assert_eq!(head.status, 200);
    assert_eq!(head.header("content-length"), page.header("content-length"));
}

#[tokio::test]
async fn a_client_of_the_protocol_is_answered_as_without_the_layer() {
    // NEG-3, NEG-4, NEG-6, NEG-7
    let (plain, explored) = (TestServer::start(stack()).await, explored().await);
    let modern = ("mcp-protocol-version", "2026-07-28");
    for request in [
        opened("application/json"),
        opened("text/event-stream"),
        opened("application/json, text/event-stream"),
        opened("*/*"),
        Request::new("GET"),
        opened(BROWSER).with(modern.0, modern.1),
        opened(BROWSER).with("mcp-session-id", "unknown"),
        Request::post("{}").with("accept", BROWSER),
        Request::new("DELETE").with("accept", BROWSER),
        Request::new("PUT").with("accept", BROWSER),
    ] {
        let (expected, seen) = (ask(&plain, &request).await, ask(&explored, &request).await);
        assert_eq!((seen.status, seen.body), (expected.status, expected.body), "{request:?}");
        assert_eq!(seen.headers.len(), expected.headers.len(), "{request:?}");
    }
}

#[tokio::test]
async fn a_session_s_stream_is_opened_as_before() {
    // NEG-6
    let server = explored().await;
    let caller = Caller::of(server.addr(), ProtocolVersion::V2025_11_25).await;
    let mut connection = Connection::to(server.addr()).await;
    connection.send(&caller.get()).await;
    let head = connection.head().await;
    assert_eq!((head.status, head.header("content-type")), (200, "text/event-stream"));
}

#[tokio::test]
async fn the_page_is_not_shown_for_a_foreign_host_or_to_a_foreign_origin() {
    // ORIGIN-1, ORIGIN-2
    let server = explored().await;
    let foreign_host = opened(BROWSER).without("host").with("host", "evil.example");
    assert_eq!(ask(&server, &foreign_host).await.status, 403);
    let foreign_origin = opened(BROWSER).with("origin", "https://evil.example");
    assert_eq!(ask(&server, &foreign_origin).await.status, 403);
}
