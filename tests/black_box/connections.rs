//! What a connection carries: many requests, several at once, HTTP/2, and requests that
//! are refused before they are whole.

use std::sync::Arc;

use http_body_util::BodyExt as _;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use mcp_stack::{BoxError, Context, McpService, ProtocolVersion, Tool};
use serde_json::{Value, json};
use tokio::{net::TcpStream, sync::Barrier};

use crate::{
    raw::{Caller, Connection, Request, Stage, patiently, take, until},
    support::{MODERN, TestServer},
};

async fn serve() -> TestServer {
    let stage = Stage::new();
    stage.gate.add_permits(1_000_000);
    TestServer::of(stage.service()).await
}

fn call(id: impl Into<Value>, tool: &str) -> Request {
    let params = json!({ "name": tool, "_meta": { "progressToken": "token" } });
    Request::modern(id, "tools/call", params)
}

/// A tool whose calls wait for one another, so that none ends before all have begun.
fn together(count: usize) -> McpService {
    let barrier = Arc::new(Barrier::new(count));
    let tool = Tool::new("together", move |cx: Context| {
        let barrier = Arc::clone(&barrier);
        async move {
            cx.progress(1.0, None, None);
            barrier.wait().await;
            Ok::<_, BoxError>("done")
        }
    });
    McpService::new("probe", "1.0.0").with_tool(tool).expect("a fit tool")
}

#[tokio::test]
async fn one_connection_carries_many_requests() {
    // NEG-8, NEG-12, NEG-21, VER-22
    let server = serve().await;
    let legacy = Caller::of(server.addr(), ProtocolVersion::V2025_11_25).await;
    let mut connection = Connection::to(server.addr()).await;
    for round in 0..50 {
        let reply = connection.ask(&call(round, "silent")).await;
        assert_eq!((reply.status, &reply.json()["id"]), (200, &json!(round)));
        let initialized = legacy.notification("notifications/initialized", json!({}));
        assert_eq!(connection.ask(&initialized).await.status, 202);
        connection.send(&call(round, "streaming")).await;
        assert_eq!(connection.head().await.status, 200);
        connection.message().await.expect("progress");
        assert_eq!(connection.message().await.expect("the response")["id"], round);
        assert_eq!(connection.message().await, None);
        assert_eq!(connection.ask(&Request::post("{")).await.refusal(), (400, -32700));
        let reply = connection.ask(&legacy.request(round, "tools/list", json!({}))).await;
        assert_eq!((reply.status, &reply.json()["id"]), (200, &json!(round)));
        assert_eq!(connection.ask(&Request::new("GET")).await.status, 405);
        let unknown = Request::modern(round, "unheard-of", json!({}));
        assert_eq!(connection.ask(&unknown).await.refusal(), (404, -32601));
    }
}

#[tokio::test]
async fn requests_sent_without_waiting_are_answered_in_turn() {
    // RPC-4, RPC-16
    let server = serve().await;
    let mut connection = Connection::to(server.addr()).await;
    let ids = [json!(1), json!("1"), json!(2), json!(2), json!("last")];
    let pipelined: Vec<_> =
        ids.iter().flat_map(|id| call(id.clone(), "silent").to_bytes()).collect();
    connection.write(&pipelined).await;
    for id in &ids {
        assert_eq!(&connection.reply().await.json()["id"], id);
    }
}

#[tokio::test]
async fn requests_at_once_are_answered_each_on_its_own_stream() {
    // SSE-26, RPC-16
    let server = TestServer::of(together(3)).await;
    for version in ProtocolVersion::ALL {
        let caller = Caller::of(server.addr(), version).await;
        let mut connections = Vec::new();
        for id in ["a", "b", "c"] {
            let params = json!({ "name": "together", "_meta": { "progressToken": id } });
            connections.push((id, caller.send(&caller.request(id, "tools/call", params)).await));
        }
        for (id, connection) in &mut connections {
            assert_eq!(connection.head().await.header("content-type"), "text/event-stream");
            let progress = connection.message().await.expect("progress");
            assert_eq!(progress["params"]["progressToken"], *id, "{version}");
            let response = connection.message().await.expect("the response");
            assert_eq!(response["id"], *id, "{version}");
            assert_eq!(connection.message().await, None, "{version}");
        }
    }
}

#[tokio::test]
async fn the_same_id_on_two_connections_is_two_requests_in_the_modern_era() {
    // RPC-16
    let server = TestServer::of(together(2)).await;
    let caller = Caller::of(server.addr(), MODERN).await;
    let one = caller.send(&caller.call(1, "together")).await;
    let other = caller.send(&caller.call(1, "together")).await;
    for mut connection in [one, other] {
        assert_eq!(connection.head().await.status, 200);
        connection.message().await.expect("progress");
        let response = connection.message().await.expect("the response");
        assert_eq!(response["result"]["content"][0]["text"], "done");
    }
}

#[tokio::test]
async fn foreign_pages_are_refused_before_the_body_is_read() {
    // ORIGIN-1, ORIGIN-2, ORIGIN-3, ORIGIN-6, ORIGIN-7, ORIGIN-9, HOST-1, HOST-2, ERR-8
    let server = serve().await;
    let refused = [
        ("origin", "https://evil.example"),
        ("origin", "http://localhost.evil.example"),
        ("origin", "null"),
        ("origin", "localhost"),
        ("host", "evil.example"),
        ("host", "localhost.evil.example:80"),
    ];
    for (name, value) in refused {
        let mut connection = Connection::to(server.addr()).await;
        // The body is announced, and never sent.
        connection.write(&call(1, "silent").with(name, value).head()).await;
        let reply = connection.reply().await;
        assert_eq!(reply.refusal().0, 403, "{name}: {value}");
        assert_eq!(reply.json().get("id"), None, "{name}: {value}");
        // Whatever the method.
        for method in ["GET", "DELETE", "PUT", "OPTIONS"] {
            let mut connection = Connection::to(server.addr()).await;
            let reply = connection.ask(&Request::new(method).with(name, value)).await;
            assert_eq!(reply.status, 403, "{method} {name}: {value}");
        }
    }
    let served = [
        ("origin", "http://localhost:5173"),
        ("origin", "https://[::1]"),
        ("host", "127.0.0.1:1"),
        ("host", "LOCALHOST"),
        ("host", "[::1]:65535"),
    ];
    for (name, value) in served {
        let mut connection = Connection::to(server.addr()).await;
        let reply = connection.ask(&call(1, "silent").with(name, value)).await;
        assert_eq!(reply.status, 200, "{name}: {value}");
    }
}

#[tokio::test]
async fn a_request_without_host_is_400() {
    // HOST-3
    let server = serve().await;
    let mut connection = Connection::to(server.addr()).await;
    connection.write(&call(1, "silent").without("host").head()).await;
    assert_eq!(connection.reply().await.refusal(), (400, -32600));
}

#[tokio::test]
async fn a_request_that_breaks_off_harms_nobody() {
    // NEG-24
    let stage = Stage::new();
    let server = TestServer::of(stage.service()).await;
    for cut in [1, 20, 100, 1] {
        let mut connection = Connection::to(server.addr()).await;
        let bytes = call(1, "silent").to_bytes();
        connection.write(&bytes[..bytes.len() - cut]).await;
        drop(connection);
    }
    stage.gate.add_permits(1);
    let mut connection = Connection::to(server.addr()).await;
    assert_eq!(connection.ask(&call(1, "silent")).await.status, 200);
    assert_eq!(stage.started.available_permits(), 1, "none but the whole one has begun");
}

type Requests = http2::SendRequest<http_body_util::Full<bytes::Bytes>>;

/// A connection over HTTP/2, its version known beforehand.
async fn connect_http2(server: &TestServer) -> Requests {
    let socket = TcpStream::connect(server.addr()).await.expect("the server listens");
    let (requests, connection) =
        http2::handshake(TokioExecutor::new(), TokioIo::new(socket)).await.expect("HTTP/2");
    tokio::spawn(connection);
    requests
}

#[tokio::test]
async fn http_2_is_served_by_its_authority() {
    // HOST-1, HOST-2, HOST-3
    let server = serve().await;
    let mut requests = connect_http2(&server).await;
    for (authority, status) in
        [("localhost:3000", 200), ("127.0.0.1", 200), ("[::1]:80", 200), ("evil.example", 403)]
    {
        let request = call(1, "silent").to_http(&format!("http://{authority}/mcp"));
        assert!(!request.headers().contains_key("host"), "only the authority is there");
        let response = patiently(requests.send_request(request)).await.expect("a response");
        assert_eq!(response.version(), http::Version::HTTP_2);
        assert_eq!(response.status(), status, "{authority}");
    }
}

#[tokio::test]
async fn requests_at_once_over_one_http_2_connection_are_independent() {
    // SSE-26
    let server = TestServer::of(together(3)).await;
    let mut requests = connect_http2(&server).await;
    let exchanges = ["a", "b", "c"].map(|id| {
        let request = call(id, "together").to_http("http://localhost/mcp");
        let response = requests.send_request(request);
        async move {
            let body = response.await.expect("a response").into_body().collect().await;
            let body = body.expect("the stream ends").to_bytes();
            String::from_utf8(body.to_vec()).expect("UTF-8")
        }
    });
    let [a, b, c] = exchanges;
    let (a, b, c) = patiently(async { tokio::join!(a, b, c) }).await;
    for (id, text) in [("a", a), ("b", b), ("c", c)] {
        assert_eq!(text.matches("data: ").count(), 2, "{id}: {text}");
        assert!(text.contains(&format!(r#""id":"{id}""#)), "{id}: {text}");
    }
}

#[tokio::test]
async fn an_http_2_stream_that_is_reset_cancels_its_request_alone() {
    // CANCEL-1, CANCEL-3
    let stage = Stage::new();
    let server = TestServer::of(stage.service()).await;
    let mut requests = connect_http2(&server).await;
    let kept = requests.send_request(call(1, "silent").to_http("http://localhost/mcp"));
    let kept = tokio::spawn(kept);
    take(&stage.started).await;
    for tool in ["silent", "streaming"] {
        let given_up = requests.send_request(call(2, tool).to_http("http://localhost/mcp"));
        let given_up = tokio::spawn(async move {
            let response = given_up.await.expect("a response");
            response.into_body().collect().await.expect("never ends");
        });
        take(&stage.started).await;
        given_up.abort();
        take(&stage.dropped).await;
    }
    stage.gate.add_permits(1);
    let response = patiently(kept).await.expect("no panic").expect("a response");
    assert_eq!(response.status(), 200);
    until(|| stage.finished.available_permits() == 1).await;
}
