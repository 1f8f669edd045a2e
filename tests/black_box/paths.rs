//! The paths at which a server answers.

use std::net::SocketAddr;

use mcp_stack::{McpService, Server, Stack, layers::http_sse::HttpSseLayer};

use crate::raw::Connection;

/// Serves a stack that takes clients of 2024-11-05, until the test ends.
async fn serve(configured: impl FnOnce(Server) -> Server) -> SocketAddr {
    let server = configured(Server::bind("127.0.0.1:0").await.expect("loopback has a free port"));
    let addr = server.local_addr();
    assert!(server.url().ends_with("/mcp"), "what is added is not the endpoint's");
    let stack = Stack::new(McpService::new("paths", "1.0.0"));
    let layer = HttpSseLayer::new().with_shutdown(stack.shutdown().clone());
    tokio::spawn(server.serve(stack.with_bytes_layer(layer)));
    addr
}

/// The status of the answer, and its first event where that is a stream.
async fn ask(addr: SocketAddr, method: &str, path: &str, headers: &str) -> (u16, String) {
    let mut connection = Connection::to(addr).await;
    let head = format!("{method} {path} HTTP/1.1\r\ncontent-length: 0\r\n{headers}\r\n");
    connection.write(head.as_bytes()).await;
    let status = connection.head().await.status;
    let event = if status == 200 { connection.event().await } else { None };
    (status, event.and_then(|event| event.data()).unwrap_or_default())
}

#[tokio::test]
async fn a_path_that_was_added_is_the_service_s_and_behind_the_same_checks() {
    // LEGACY-SSE-1, LEGACY-SSE-7, ORIGIN-1
    const HERE: &str = "host: localhost\r\n";
    let addr = serve(|server| server.add_path("/sse").add_path("messages")).await;
    let (status, address) = ask(addr, "GET", "/sse", HERE).await;
    assert_eq!(status, 200);
    assert!(address.starts_with("/messages?sessionId="), "{address}");
    // A message for no stream, an endpoint that is asked for the wrong thing, nobody's path.
    for (method, path, status) in
        [("POST", "/messages?sessionId=0", 404), ("PUT", "/mcp", 405), ("GET", "/sse/", 404)]
    {
        assert_eq!(ask(addr, method, path, HERE).await.0, status, "{method} {path}");
    }
    for (method, path) in [("GET", "/sse"), ("POST", "/messages?sessionId=0"), ("POST", "/mcp")] {
        for headers in
            ["host: evil.example\r\n", "host: localhost\r\norigin: https://evil.example\r\n"]
        {
            assert_eq!(ask(addr, method, path, headers).await.0, 403, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn without_it_the_endpoint_is_the_only_path() {
    let addr = serve(|server| server).await;
    for (method, path) in [("GET", "/sse"), ("POST", "/messages"), ("GET", "/")] {
        assert_eq!(ask(addr, method, path, "host: localhost\r\n").await.0, 404, "{method} {path}");
    }
}
