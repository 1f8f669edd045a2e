//! How one request is read and answered: methods, media types, sizes, framing.

use std::sync::Arc;

use mcp_stack::{ProtocolVersion, Stack, layers::negotiate::NegotiateLayer};
use serde_json::{Value, json};

use crate::{
    raw::{Caller, Connection, Reply, Request, Stage, initialize},
    support::{LEGACY, MODERN, TestServer},
};

/// A server whose tools are let through at once.
async fn serve() -> TestServer {
    TestServer::of(open_stage().service()).await
}

fn open_stage() -> Arc<Stage> {
    let stage = Stage::new();
    stage.gate.add_permits(1_000_000);
    stage
}

async fn ask(server: &TestServer, request: &Request) -> Reply {
    Connection::to(server.addr()).await.ask(request).await
}

fn discover() -> Request {
    Request::modern(1, "server/discover", json!({}))
}

/// How a reply is framed.
#[derive(Debug, PartialEq, Clone, Copy)]
enum Form {
    Json,
    Events,
    Refused,
}

fn form(reply: &Reply) -> Form {
    match (reply.status, reply.header("content-type")) {
        (200, "application/json") => Form::Json,
        (200, "text/event-stream") => Form::Events,
        (406, _) => Form::Refused,
        _ => panic!("{reply:?}"),
    }
}

#[tokio::test]
async fn the_media_type_follows_accept_as_clients_write_it() {
    // NEG-12, NEG-14, NEG-15, NEG-16, NEG-17, NEG-25
    use Form::{Events, Json, Refused};
    let server = serve().await;
    // What a silent and a streaming call are answered with.
    let table = [
        (None, Json, Events),
        (Some("application/json, text/event-stream"), Json, Events),
        (Some("text/event-stream, application/json"), Json, Events),
        (Some("application/json,text/event-stream;q=0.9"), Json, Events),
        (Some("Application/JSON, TEXT/Event-Stream"), Json, Events),
        (Some("application/json; charset=utf-8, text/event-stream"), Json, Events),
        (Some("*/*"), Json, Events),
        (Some("application/*, text/*"), Json, Events),
        (Some("application/json, */*;q=0.1"), Json, Events),
        (Some("application/json"), Json, Json),
        (Some("application/*"), Json, Json),
        (Some("application/json, text/event-stream;q=0"), Json, Json),
        (Some("text/event-stream"), Events, Events),
        (Some("text/*;q=0.5"), Events, Events),
        (Some("*/*, application/json;q=0"), Events, Events),
        (Some("text/html"), Refused, Refused),
        (Some("application/json;q=0, text/event-stream;q=0.0"), Refused, Refused),
    ];
    for version in ProtocolVersion::ALL {
        let caller = Caller::of(server.addr(), version).await;
        for (accept, silent, streaming) in table {
            for (tool, expected) in [("silent", silent), ("streaming", streaming)] {
                let call = caller.call(1, tool);
                let reply = caller
                    .ask(&match accept {
                        Some(accept) => call.with("accept", accept),
                        None => call.without("accept"),
                    })
                    .await;
                assert_eq!(form(&reply), expected, "{version} {tool} {accept:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_client_of_json_alone_gets_one_object_without_the_notifications() {
    // NEG-16, NEG-12
    let server = serve().await;
    for version in ProtocolVersion::ALL {
        let caller = Caller::of(server.addr(), version).await;
        let call = caller.call("a", "streaming").with("accept", "application/json");
        let reply = caller.ask(&call).await;
        let response = reply.json();
        assert_eq!(response["id"], "a", "{version}");
        assert_eq!(response["result"]["content"][0]["text"], "done", "{version}");
    }
}

#[tokio::test]
async fn a_client_of_events_alone_gets_a_single_response_as_one_event() {
    // NEG-16, SSE-1, SSE-4
    let server = serve().await;
    for version in ProtocolVersion::ALL {
        let caller = Caller::of(server.addr(), version).await;
        let call = caller.call("a", "silent").with("accept", "text/event-stream");
        let mut connection = caller.send(&call).await;
        assert_eq!(form(&connection.head().await), Form::Events, "{version}");
        let response = connection.message().await.expect("the response");
        assert_eq!(response["id"], "a", "{version}");
        assert_eq!(connection.message().await, None, "{version}");
    }
}

#[tokio::test]
async fn events_are_plain_and_the_stream_ends_with_the_response() {
    // SSE-1, SSE-2, SSE-3, SSE-4, SSE-8, SSE-9, SSE-10, SSE-11, SSE-14
    let server = serve().await;
    for version in ProtocolVersion::ALL {
        let caller = Caller::of(server.addr(), version).await;
        let mut connection = caller.send(&caller.call(7, "streaming")).await;
        let head = connection.head().await;
        assert_eq!(form(&head), Form::Events, "{version}");
        assert_eq!(head.header("x-accel-buffering"), "no", "{version}");
        assert_eq!(head.header("cache-control"), "no-cache", "{version}");
        let mut messages = Vec::new();
        while let Some(event) = connection.event().await {
            let names: Vec<_> = event.0.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(names, ["data"], "{version}: no id, no retry, no type, one line");
            messages.push(event.message().expect("data"));
        }
        assert_eq!(messages.len(), 2, "{version}: {messages:?}");
        assert_eq!(messages[0]["method"], "notifications/progress", "{version}");
        assert_eq!(messages[0].get("id"), None, "{version}");
        assert_eq!(messages[1]["id"], 7, "{version}");
        // The stream has ended, the connection has not.
        let reply = connection.ask(&caller.call(8, "silent")).await;
        assert_eq!(reply.json()["id"], 8, "{version}");
    }
}

#[tokio::test]
async fn a_post_is_application_json() {
    // NEG-18
    let server = serve().await;
    for media_type in ["application/json", "application/json; charset=utf-8", "Application/JSON"] {
        let reply = ask(&server, &discover().with("content-type", media_type)).await;
        assert_eq!(reply.status, 200, "{media_type}");
    }
    let refused = [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/jsonp",
        "application/json-rpc",
        "json",
    ];
    for media_type in refused {
        let reply = ask(&server, &discover().with("content-type", media_type)).await;
        assert_eq!(reply.refusal(), (415, -32600), "{media_type}");
    }
    let reply = ask(&server, &discover().without("content-type")).await;
    assert_eq!(reply.refusal(), (415, -32600));
    assert_eq!(reply.json().get("id"), None, "RPC-13");
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_before_it_is_there() {
    // NEG-19
    const LIMIT: usize = 1_000;
    let stack = Stack::new(open_stage().service());
    let negotiate = NegotiateLayer::new().with_max_body_bytes(LIMIT);
    let server = TestServer::start(stack.with_negotiate(negotiate)).await;
    let fill = |size: usize| discover_of(size);

    assert_eq!(ask(&server, &fill(LIMIT)).await.status, 200, "as long as it may be");

    let mut connection = Connection::to(server.addr()).await;
    connection.write(&fill(LIMIT + 1).head()).await;
    let reply = connection.reply().await;
    assert_eq!(reply.refusal(), (413, -32600), "by Content-Length alone");

    let mut connection = Connection::to(server.addr()).await;
    connection.write(&fill(0).head_with("transfer-encoding: chunked")).await;
    for _ in 0..=LIMIT / 500 {
        connection.write(format!("1f4\r\n{}\r\n", " ".repeat(500)).as_bytes()).await;
    }
    let reply = connection.reply().await;
    assert_eq!(reply.refusal(), (413, -32600), "in chunks, of which the last is not sent");
}

/// `server/discover` in a body of this many bytes, if it takes that many.
fn discover_of(size: usize) -> Request {
    let bytes = discover().to_bytes();
    let at = bytes.windows(4).position(|window| window == b"\r\n\r\n").expect("an empty line");
    let mut body = bytes[at + 4..].to_vec();
    body.resize(size.max(body.len()), b' ');
    Request::post(body)
        .with("mcp-protocol-version", MODERN.as_str())
        .with("mcp-method", "server/discover")
}

#[tokio::test]
async fn a_body_in_chunks_is_read_like_any_other() {
    // NEG-19, RPC-4
    let server = serve().await;
    let whole = discover().to_bytes();
    let at = whole.windows(4).position(|window| window == b"\r\n\r\n").expect("an empty line");
    let mut connection = Connection::to(server.addr()).await;
    connection.write(&discover().head_with("transfer-encoding: chunked")).await;
    for piece in whole[at + 4..].chunks(7) {
        connection.write(format!("{:x}\r\n", piece.len()).as_bytes()).await;
        connection.write(piece).await;
        connection.write(b"\r\n").await;
    }
    connection.write(b"0\r\n\r\n").await;
    assert_eq!(connection.reply().await.json()["id"], 1);
}

#[tokio::test]
async fn other_methods_are_405_with_allow() {
    // NEG-1, NEG-4, NEG-5, NEG-6, D-18, LEGACY-SSE-13
    let server = serve().await;
    let streams = |method| Request::new(method).with("accept", "text/event-stream");
    for method in ["PUT", "PATCH", "HEAD", "TRACE", "PROPFIND", "get"] {
        let reply = ask_head(&server, &Request::new(method)).await;
        assert_eq!(reply.status, 405, "{method}");
        assert!(reply.header("allow").contains("POST"), "{method}: {reply:?}");
    }
    // A client of 2024-11-05 that looks for its endpoint, and one that polls.
    for request in [streams("GET"), Request::new("GET"), Request::new("GET").with("accept", "*/*")]
    {
        let reply = ask(&server, &request).await;
        assert_eq!(reply.refusal(), (405, -32600), "{request:?}");
        assert_ne!(reply.header("allow"), "", "{request:?}");
    }
    for method in ["GET", "DELETE"] {
        let modern = streams(method).with("mcp-protocol-version", MODERN.as_str());
        let reply = ask(&server, &modern.with("mcp-session-id", "x")).await;
        assert_eq!(reply.status, 405, "{method}");
        assert_eq!(reply.header("allow"), "POST", "{method}");
    }
}

/// The head of the answer, which is all there is to HEAD.
async fn ask_head(server: &TestServer, request: &Request) -> Reply {
    let mut connection = Connection::to(server.addr()).await;
    connection.send(request).await;
    connection.head().await
}

#[tokio::test]
async fn a_get_that_excludes_events_is_406() {
    // NEG-7
    let server = serve().await;
    for version in LEGACY {
        let caller = Caller::of(server.addr(), version).await;
        for accept in ["text/html", "application/json", "text/event-stream;q=0", "image/*"] {
            let get = caller.dress(Request::new("GET")).with("accept", accept);
            assert_eq!(caller.ask(&get).await.refusal(), (406, -32600), "{version} {accept}");
        }
    }
}

#[tokio::test]
async fn a_get_within_a_session_is_a_stream_or_405_and_never_hangs() {
    // NEG-6
    let server = serve().await;
    for version in LEGACY {
        let caller = Caller::of(server.addr(), version).await;
        // As the Python client sends it, before `notifications/initialized`.
        let get = caller
            .dress(Request::new("GET"))
            .with("accept", "application/json, text/event-stream")
            .with("content-type", "application/json");
        let head = caller.send(&get).await.head().await;
        match (head.status, head.header("content-type")) {
            (200, "text/event-stream") => {}
            (405, _) => assert_ne!(head.header("allow"), "", "{version}"),
            _ => panic!("{version}: {head:?}"),
        }
    }
}

#[tokio::test]
async fn another_path_is_404() {
    // NEG-1, NEG-2
    let server = serve().await;
    for path in ["/", "/mcp/", "/mcpx", "/sse", "/.well-known/oauth-protected-resource"] {
        let mut connection = Connection::to(server.addr()).await;
        let request = String::from_utf8(discover().to_bytes()).expect("ASCII");
        connection.write(request.replacen("/mcp", path, 1).as_bytes()).await;
        assert_eq!(connection.reply().await.status, 404, "{path}");
    }
    let mut connection = Connection::to(server.addr()).await;
    let request = String::from_utf8(discover().to_bytes()).expect("ASCII");
    connection.write(request.replacen("/mcp", "/mcp?key=value", 1).as_bytes()).await;
    assert_eq!(connection.reply().await.status, 200, "a query changes nothing");
}

#[tokio::test]
async fn what_is_not_json_or_no_message_is_400() {
    // NEG-24, RPC-2, RPC-3, RPC-12, RPC-13, RPC-17
    let server = serve().await;
    let table: [(&str, i64, Value); 14] = [
        ("", -32700, Value::Null),
        ("{", -32700, Value::Null),
        ("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"", -32700, Value::Null),
        ("{'jsonrpc':'2.0'}", -32700, Value::Null),
        (r#"{"jsonrpc":"2.0","id":1,"method":"ping"} x"#, -32700, Value::Null),
        (r#"{"jsonrpc":"2.0","id":01,"method":"ping"}"#, -32700, Value::Null),
        ("null", -32600, Value::Null),
        ("\"ping\"", -32600, Value::Null),
        ("{}", -32600, Value::Null),
        (r#"{"id":1,"method":"ping"}"#, -32600, json!(1)),
        (r#"{"jsonrpc":"1.0","id":"x","method":"ping"}"#, -32600, json!("x")),
        (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, -32600, Value::Null),
        (r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, -32600, Value::Null),
        (r#"{"jsonrpc":"2.0","id":7,"method":"ping","params":[1]}"#, -32602, json!(7)),
    ];
    let mut connection = Connection::to(server.addr()).await;
    for (body, code, id) in table {
        let reply = connection.ask(&Request::post(body)).await;
        assert_eq!(reply.refusal(), (400, code), "{body}");
        assert_eq!(reply.json().get("id"), (!id.is_null()).then_some(&id), "{body}");
    }
}

#[tokio::test]
async fn notifications_are_202_without_a_body() {
    // NEG-8, NEG-9, RPC-10, SESS-20, CANCEL-13, VER-21, D-27
    let server = serve().await;
    for version in ProtocolVersion::ALL {
        let caller = Caller::of(server.addr(), version).await;
        let mut bodies = vec![
            // As the TypeScript client closes a stream: without `Mcp-Method`.
            caller.notification("notifications/cancelled", json!({ "requestId": 5 })),
            caller.notification("notifications/cancelled", json!({})),
            caller.notification("notifications/unheard-of", json!({ "x": 1 })),
            caller.notification("tools/call", json!({ "name": 3 })),
        ];
        if !version.is_modern() {
            let replies = [r#""result":{}"#, r#""error":{"code":1,"message":"no"}"#];
            bodies.extend(replies.map(|reply| {
                caller.dress(Request::post(format!(r#"{{"jsonrpc":"2.0","id":9,{reply}}}"#)))
            }));
        }
        for request in bodies {
            let reply = caller.ask(&request).await;
            assert_eq!((reply.status, &*reply.body), (202, ""), "{version}: {request:?}");
        }
    }
    let modern = Caller::of(server.addr(), MODERN).await;
    let reply = modern.dress(Request::post(r#"{"jsonrpc":"2.0","id":9,"result":{}}"#));
    assert_eq!(modern.ask(&reply).await.refusal(), (400, -32600), "NEG-13");
}

#[tokio::test]
async fn clients_are_served_as_they_are() {
    // NEG-21, INIT-3, INIT-4, META-11, VER-17, VER-20, RPC-4, ORIGIN-5
    let server = serve().await;
    // rmcp asks for the modern revision by `initialize`.
    let reply = ask(&server, &initialize(MODERN)).await;
    assert_eq!(reply.json()["result"]["protocolVersion"], "2025-11-25");
    // Node sends `Sec-Fetch-Mode` without `Origin`; header names come in any case.
    let modern = discover().with("sec-fetch-mode", "cors").with("user-agent", "node");
    let text = String::from_utf8(modern.to_bytes()).expect("ASCII");
    let text = text.replace("mcp-method: server/discover", "MCP-METHOD:   server/discover  ");
    let text = text.replace("mcp-protocol-version:", "Mcp-Protocol-VERSION:");
    let mut connection = Connection::to(server.addr()).await;
    connection.write(text.as_bytes()).await;
    assert_eq!(connection.reply().await.status, 200);

    for version in ProtocolVersion::ALL {
        let caller = Caller::of(server.addr(), version).await;
        // A token on every request, 0 among them; ids 0, "" and large; no arguments.
        for id in [json!(0), json!(""), json!("0"), json!(-1), json!(u64::MAX)] {
            let params = json!({ "name": "silent", "_meta": { "progressToken": 0 } });
            let reply = caller.ask(&caller.request(id.clone(), "tools/call", params)).await;
            assert_eq!(reply.json()["id"], id, "{version}");
            assert_eq!(form(&reply), Form::Json, "{version}: no progress, so no stream");
        }
        // Legacy errors of JSON-RPC come with 200, lest a client drop the connection.
        let reply = caller.ask(&caller.request(1, "tools/unheard-of", json!({}))).await;
        let expected = if version.is_modern() { (404, -32601) } else { (200, -32601) };
        assert_eq!(reply.refusal(), expected, "{version}");
    }
}

#[tokio::test]
async fn discovery_names_no_tasks_of_the_old_form() {
    // DISC-7
    let server = serve().await;
    let capabilities = &ask(&server, &discover()).await.json()["result"]["capabilities"];
    assert!(capabilities["tools"].is_object(), "{capabilities}");
    assert_eq!(capabilities.get("tasks"), None);
}
