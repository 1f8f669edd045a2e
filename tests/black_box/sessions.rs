//! Legacy sessions from handshake to end.

use std::{collections::HashSet, sync::Arc, time::Duration};

use mcp_stack::{
    Context, McpService, ProtocolVersion, Stack, Tool,
    layers::session::{MemoryStore, SessionLayer},
};
use serde_json::json;

use crate::{
    raw::{
        Caller, Connection, Reply, Request, Stage, alive_tasks, initialize, take, take_many, until,
    },
    support::{LEGACY, MODERN, TestServer},
};

const NEWEST: ProtocolVersion = ProtocolVersion::V2025_11_25;

/// A server with this session layer around a stage's tools.
async fn serve(stage: &Arc<Stage>, session: SessionLayer) -> TestServer {
    TestServer::start(Stack::new(stage.service()).with_session(session)).await
}

fn kept_in(store: &Arc<MemoryStore>) -> SessionLayer {
    SessionLayer::with_store(Arc::<MemoryStore>::clone(store))
}

fn list(caller: &Caller) -> Request {
    caller.request(1, "tools/list", json!({}))
}

async fn post(server: &TestServer, request: &Request) -> Reply {
    Connection::to(server.addr()).await.ask(request).await
}

#[tokio::test]
async fn a_session_lives_from_initialize_to_delete() {
    // SESS-1, SESS-2, SESS-9, SESS-15, SESS-16, INIT-2, INIT-9, INIT-11
    let server = TestServer::of(Stage::new().service()).await;
    for version in LEGACY {
        let opened = post(&server, &initialize(version)).await;
        assert_eq!(opened.json()["result"]["protocolVersion"], version.as_str());
        let id = opened.header("mcp-session-id");
        assert!(id.len() >= 22 && id.bytes().all(|byte| (0x21..=0x7E).contains(&byte)), "{id}");

        let caller = Caller { addr: server.addr(), version, session: Some(id.to_owned()) };
        // Nobody waits for `notifications/initialized`, which may never come.
        let early = caller.ask(&list(&caller)).await;
        assert_eq!(early.status, 200, "{version}");
        assert_eq!(early.header("mcp-session-id"), "", "{version}: on one response alone");
        let initialized = caller.notification("notifications/initialized", json!({}));
        assert_eq!(caller.ask(&initialized).await.status, 202, "{version}");
        let shouted = list(&caller).without("mcp-session-id").with("MCP-SESSION-ID", id);
        assert_eq!(caller.ask(&shouted).await.status, 200, "{version}");
        let again = caller.dress(initialize(version));
        assert_eq!(caller.ask(&again).await.refusal(), (400, -32600), "{version}");

        let ended = caller.ask(&caller.end().with("accept", "*/*")).await;
        assert_eq!((ended.status, &*ended.body), (204, ""), "{version}");
    }
}

#[tokio::test]
async fn a_session_that_has_ended_or_never_was_is_404() {
    // SESS-6, SESS-7, SESS-10, SESS-17, D-17, RPC-12, RPC-13
    let server = TestServer::of(Stage::new().service()).await;
    for version in LEGACY {
        let other = Caller::of(server.addr(), version).await;
        let ended = Caller::of(server.addr(), version).await;
        assert_eq!(ended.ask(&ended.end()).await.status, 204);
        let of = |id: &str| Caller { addr: server.addr(), version, session: Some(id.to_owned()) };
        let unknown = ["0123456789abcdef0123456789abcdef", "x", "", "é", "00000000"].map(of);
        for caller in unknown.iter().chain([&ended]) {
            let get = caller.dress(Request::new("GET")).with("accept", "text/event-stream");
            for request in [
                list(caller),
                caller.dress(initialize(version)),
                caller.notification("notifications/initialized", json!({})),
                caller.end(),
                get,
            ] {
                let reply = caller.ask(&request).await;
                assert_eq!(reply.status, 404, "{version} {request:?}");
                if !reply.body.is_empty() {
                    assert_eq!(reply.refusal(), (404, -32001), "{version} {request:?}");
                }
            }
            // The id is told where there is one, and never null.
            assert_eq!(caller.ask(&list(caller)).await.json()["id"], 1, "{version}");
            assert_eq!(caller.ask(&caller.end()).await.json().get("id"), None, "{version}");
        }
        assert_eq!(other.ask(&list(&other)).await.status, 200, "{version}: others live on");
    }
}

#[tokio::test]
async fn a_request_that_names_no_session_is_400() {
    // SESS-5, D-18
    let server = TestServer::of(Stage::new().service()).await;
    for version in LEGACY {
        let nobody = Caller { addr: server.addr(), version, session: None };
        assert_eq!(nobody.ask(&list(&nobody)).await.refusal(), (400, -32600), "{version}");
        let notification = nobody.notification("notifications/initialized", json!({}));
        assert_eq!(nobody.ask(&notification).await.status, 400, "{version}");
        assert_eq!(nobody.ask(&nobody.end()).await.status, 400, "{version}");
    }
}

#[tokio::test]
async fn ids_are_never_the_same() {
    // SESS-3, SESS-4
    let server = TestServer::of(Stage::new().service()).await;
    let mut connection = Connection::to(server.addr()).await;
    let (mut whole, mut starts, mut ends) = (HashSet::new(), HashSet::new(), HashSet::new());
    for _ in 0..200 {
        let reply = connection.ask(&initialize(NEWEST)).await;
        let id = reply.header("mcp-session-id").to_owned();
        // Neither counted nor a time: no part of it returns.
        assert!(starts.insert(id[..id.len() / 2].to_owned()), "{id}");
        assert!(ends.insert(id[id.len() / 2..].to_owned()), "{id}");
        assert!(whole.insert(id));
    }
}

#[tokio::test]
async fn an_id_in_flight_is_not_to_be_used_again() {
    // RPC-15
    let stage = Stage::new();
    let server = TestServer::of(stage.service()).await;
    for version in LEGACY {
        let caller = Caller::of(server.addr(), version).await;
        let other = Caller::of(server.addr(), version).await;
        for tool in ["silent", "streaming"] {
            let mut first = caller.send(&caller.call(1, tool)).await;
            take(&stage.started).await;
            let second = caller.ask(&caller.call(1, tool)).await;
            assert_eq!(second.refusal(), (400, -32600), "{version} {tool}");
            // The string is another id, and so is the same id in another session.
            let mut string = caller.send(&caller.call("1", tool)).await;
            let mut foreign = other.send(&other.call(1, tool)).await;
            stage.gate.add_permits(3);
            for connection in [&mut first, &mut string, &mut foreign] {
                let reply = connection.reply().await;
                assert!(reply.body.contains("done"), "{version} {tool}: {reply:?}");
            }
            // Answered, it is free.
            stage.gate.add_permits(1);
            assert_eq!(caller.ask(&caller.call(1, tool)).await.status, 200, "{version} {tool}");
            take_many(&stage.started, 3).await;
        }
    }
}

#[tokio::test]
async fn a_session_belongs_to_its_principal() {
    // SESS-7, SESS-11, SESS-12, SESS-13
    let server = TestServer::of_users(Stage::new().service()).await;
    let by = |request: Request, user: Option<&str>| match user {
        Some(user) => request.with("x-user", user),
        None => request,
    };
    for version in LEGACY {
        for owner in [Some("ada"), None] {
            let opened = post(&server, &by(initialize(version), owner)).await;
            let session = Some(opened.header("mcp-session-id").to_owned());
            let caller = Caller { addr: server.addr(), version, session };
            let mut ended = None;
            for stranger in [Some("ada"), Some("eve"), Some("ADA"), Some(""), None] {
                if stranger == owner {
                    continue;
                }
                let reply = caller.ask(&by(list(&caller), stranger)).await;
                assert_eq!(reply.refusal(), (404, -32001), "{version} {owner:?} {stranger:?}");
                let reply = caller.ask(&by(caller.end(), stranger)).await;
                assert_eq!(reply.status, 404, "{version} {owner:?} {stranger:?}");
                ended = Some(reply);
            }
            // Nor did any of them end it.
            assert_eq!(caller.ask(&by(list(&caller), owner)).await.status, 200, "{version}");
            assert_eq!(caller.ask(&by(caller.end(), owner)).await.status, 204, "{version}");
            // To a stranger it looks as if it had never been.
            let gone = caller.ask(&by(caller.end(), owner)).await;
            assert_eq!(Some(gone.body), ended.map(|reply| reply.body), "{version}");
        }
    }
}

#[tokio::test]
async fn no_more_sessions_are_opened_than_there_is_room_for() {
    // SESS-8, INIT-12
    let store = Arc::new(MemoryStore::new().with_max_sessions(2));
    let server = serve(&Stage::new(), kept_in(&store)).await;
    // A failed handshake takes no room.
    for _ in 0..3 {
        let body = r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{}}"#;
        let reply = post(&server, &Request::post(body)).await;
        assert_eq!(reply.refusal().1, -32602);
        assert_eq!(reply.header("mcp-session-id"), "");
    }
    let one = Caller::of(server.addr(), NEWEST).await;
    let _other = Caller::of(server.addr(), NEWEST).await;
    for _ in 0..3 {
        let refused = post(&server, &initialize(NEWEST)).await;
        assert_eq!(refused.refusal(), (503, 503));
        assert_ne!(refused.header("retry-after"), "");
        assert_eq!(refused.header("mcp-session-id"), "");
    }
    assert_eq!(store.len(), 2);
    assert_eq!(one.ask(&list(&one)).await.status, 200, "those inside are served");
    let modern = Caller::of(server.addr(), MODERN).await;
    assert_eq!(modern.ask(&list(&modern)).await.status, 200, "and who needs no session");
    assert_eq!(one.ask(&one.end()).await.status, 204);
    Caller::of(server.addr(), NEWEST).await;
}

#[tokio::test]
async fn an_idle_session_expires_and_its_id_is_404() {
    // SESS-6, SESS-7, SESS-8
    let lifetime = Duration::from_millis(400);
    let store = Arc::new(MemoryStore::new().with_idle_lifetime(lifetime));
    let server = serve(&Stage::new(), kept_in(&store)).await;
    for version in LEGACY {
        let caller = Caller::of(server.addr(), version).await;
        // Without further traffic: to ask for it would be to use it.
        until(|| store.is_empty()).await;
        assert_eq!(caller.ask(&list(&caller)).await.refusal(), (404, -32001), "{version}");
        assert_eq!(caller.ask(&caller.end()).await.status, 404, "{version}");
    }
}

#[tokio::test]
async fn a_session_that_grows_too_old_takes_its_calls_along() {
    // SESS-8, SESS-18
    let stage = Stage::new();
    let lifetime = Duration::from_secs(2);
    let store = MemoryStore::new().with_idle_lifetime(lifetime).with_max_lifetime(lifetime);
    let server = serve(&stage, SessionLayer::with_store(Arc::new(store))).await;
    let caller = Caller::of(server.addr(), NEWEST).await;
    let mut connection = caller.send(&caller.call(1, "silent")).await;
    take(&stage.dropped).await;
    assert_eq!(connection.reply().await.json()["error"]["code"], 499);
    assert_eq!(caller.ask(&list(&caller)).await.status, 404);
}

#[tokio::test]
async fn delete_stops_what_runs_in_the_session() {
    // SESS-18
    let stage = Stage::new();
    let server = TestServer::of(stage.service()).await;
    for version in LEGACY {
        let caller = Caller::of(server.addr(), version).await;
        let other = Caller::of(server.addr(), version).await;
        let mut silent = caller.send(&caller.call(1, "silent")).await;
        let mut streaming = caller.send(&caller.call(2, "streaming")).await;
        let gone = caller.send(&caller.call(3, "streaming")).await;
        let mut kept = other.send(&other.call(1, "silent")).await;
        take_many(&stage.started, 4).await;
        drop(gone);
        assert_eq!(caller.ask(&caller.end()).await.status, 204, "{version}");
        take_many(&stage.dropped, 3).await;
        let error = silent.reply().await.json();
        assert_eq!((&error["id"], &error["error"]["code"]), (&json!(1), &json!(499)), "{version}");
        assert_eq!(streaming.head().await.status, 200, "{version}");
        streaming.message().await.expect("progress");
        let error = streaming.message().await.expect("an error");
        assert_eq!((&error["id"], &error["error"]["code"]), (&json!(2), &json!(499)), "{version}");
        assert_eq!(streaming.message().await, None, "{version}: the stream is closed");
        stage.gate.add_permits(1);
        assert!(kept.reply().await.body.contains("done"), "{version}: of another session");
    }
}

#[tokio::test]
async fn where_sessions_are_optional_they_are_still_issued() {
    // SESS-19
    let store = Arc::new(MemoryStore::new());
    let stage = Stage::new();
    let server = serve(&stage, kept_in(&store).optional()).await;
    for version in LEGACY {
        let nobody = Caller { addr: server.addr(), version, session: None };
        assert_eq!(nobody.ask(&list(&nobody)).await.status, 200, "{version}");
        let notification = nobody.notification("notifications/initialized", json!({}));
        assert_eq!(nobody.ask(&notification).await.status, 202, "{version}");
        stage.gate.add_permits(1);
        let called = nobody.ask(&nobody.call(1, "streaming")).await;
        assert!(called.body.contains("done"), "{version}: {called:?}");
        let get = Request::new("GET").with("accept", "text/event-stream");
        assert_eq!(nobody.ask(&get).await.status, 405, "{version}");
        assert!(store.is_empty(), "{version}: who names no session leaves none behind");

        let caller = Caller::of(server.addr(), version).await;
        assert_eq!(caller.ask(&list(&caller)).await.status, 200, "{version}");
        assert_eq!(store.len(), 1, "{version}");
        assert_eq!(caller.ask(&caller.end()).await.status, 204, "{version}");
        assert_eq!(caller.ask(&list(&caller)).await.status, 404, "{version}: it was named");
    }
}

#[tokio::test]
async fn without_the_layer_there_are_no_sessions() {
    // SESS-19
    let server = TestServer::start(Stack::new(Stage::new().service()).without_session()).await;
    for version in LEGACY {
        let reply = post(&server, &initialize(version)).await;
        assert_eq!(reply.json()["result"]["protocolVersion"], version.as_str());
        assert_eq!(reply.header("mcp-session-id"), "", "{version}");
        let nobody = Caller { addr: server.addr(), version, session: None };
        assert_eq!(nobody.ask(&list(&nobody)).await.status, 200, "{version}");
        for method in ["GET", "DELETE"] {
            let request = nobody.dress(Request::new(method));
            assert_eq!(nobody.ask(&request).await.status, 405, "{version} {method}");
        }
    }
}

#[tokio::test]
async fn where_initialized_is_required_little_is_served_before_it() {
    // INIT-9, PING-2
    let store = Arc::new(MemoryStore::new());
    let server = serve(&Stage::new(), kept_in(&store).require_initialized()).await;
    for version in LEGACY {
        let caller = Caller::of(server.addr(), version).await;
        let other = Caller::of(server.addr(), version).await;
        let ping = caller.request(1, "ping", json!({}));
        assert_eq!(caller.ask(&list(&caller)).await.refusal(), (400, -32600), "{version}");
        assert_eq!(caller.ask(&ping).await.status, 200, "{version}");
        let initialized = caller.notification("notifications/initialized", json!({}));
        assert_eq!(caller.ask(&initialized).await.status, 202, "{version}");
        assert_eq!(caller.ask(&list(&caller)).await.status, 200, "{version}");
        assert_eq!(other.ask(&list(&other)).await.status, 400, "{version}: each for itself");
    }
}

/// Says which session and client it serves, and logs at two levels.
fn introspective() -> McpService {
    let tool = Tool::new("who", |cx: Context| {
        cx.log(mcp_stack::LogLevel::Info, "info");
        cx.log(mcp_stack::LogLevel::Error, "error");
        cx.session().map_or("nobody", |session| session.protocol_version().as_str())
    });
    McpService::new("probe", "1.0.0").with_logging().with_tool(tool).expect("a fit tool")
}

#[tokio::test]
async fn what_is_set_in_a_session_holds_in_it_alone() {
    // LOG-6, INIT-10, VER-11, VER-15, VER-22, D-21
    let server = TestServer::of(introspective()).await;
    let mut callers = Vec::new();
    for version in LEGACY {
        callers.push(Caller::of(server.addr(), version).await);
    }
    // All over one connection: what holds goes by the session and not by that.
    let mut connection = Connection::to(server.addr()).await;
    for (caller, level) in callers.iter().zip(["debug", "error", "emergency", "info"]) {
        let set = caller.request(1, "logging/setLevel", json!({ "level": level }));
        assert_eq!(connection.ask(&set).await.status, 200);
    }
    for (caller, logs) in callers.iter().zip([2, 1, 0, 2]) {
        // A header that names another revision, or none, changes nothing.
        for header in [Some("2025-06-18"), Some("2025-11-25"), None] {
            let call = caller.call(2, "who").without("mcp-protocol-version");
            let call = match header {
                Some(header) => call.with("mcp-protocol-version", header),
                None => call,
            };
            let reply = connection.ask(&call).await;
            let version = caller.version;
            let sent = reply.body.matches("notifications/message").count();
            assert_eq!(sent, logs, "{version} {header:?}");
            assert!(reply.body.contains(version.as_str()), "{version} {header:?}: {reply:?}");
        }
    }
}

#[tokio::test]
async fn what_is_not_a_handshake_leaves_no_session_behind() {
    // SESS-1, SESS-5, SESS-14, INIT-12
    let store = Arc::new(MemoryStore::new());
    let stage = Stage::new();
    stage.gate.add_permits(100);
    let server = serve(&stage, kept_in(&store)).await;
    for version in LEGACY {
        let nobody = Caller { addr: server.addr(), version, session: None };
        for method in ["tools/list", "ping", "unheard-of", "server/discover"] {
            let reply = nobody.ask(&nobody.request(1, method, json!({}))).await;
            assert!(!reply.headers.contains_key("mcp-session-id"), "{version} {method}");
        }
        nobody.ask(&nobody.notification("notifications/initialized", json!({}))).await;
        for method in ["GET", "DELETE", "OPTIONS", "PUT"] {
            nobody.ask(&nobody.dress(Request::new(method))).await;
        }
    }
    let refused = [
        r#"{"jsonrpc":"2.0","id":0,"method":"initialize"}"#,
        r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":1}}"#,
        r#"{"jsonrpc":"2.0","method":"initialize","params":{}}"#,
        r#"{"jsonrpc":"2.0","id":0,"method":"initialize""#,
    ];
    for body in refused {
        let reply = post(&server, &Request::post(body)).await;
        assert!(!reply.headers.contains_key("mcp-session-id"), "{body}");
    }
    let modern = Caller::of(server.addr(), MODERN).await;
    for request in [modern.call(1, "silent"), modern.call(1, "streaming")] {
        // SESS-14: whatever session it names.
        let reply = modern.ask(&request.with("mcp-session-id", "of-old")).await;
        assert_eq!(reply.status, 200);
        assert!(!reply.headers.contains_key("mcp-session-id"));
    }
    assert_eq!(store.len(), 0);
}

#[tokio::test]
async fn a_thousand_sessions_come_and_go_without_a_trace() {
    // SESS-18
    let store = Arc::new(MemoryStore::new());
    let stage = Stage::new();
    let server = serve(&stage, kept_in(&store)).await;
    // The first session brings the one task that looks for expired ones.
    let first = Caller::of(server.addr(), NEWEST).await;
    first.ask(&first.end()).await;
    until(|| alive_tasks() == 2).await; // With the one that accepts connections.

    let mut connection = Connection::to(server.addr()).await;
    let mut open = Vec::new();
    for number in 0..1_000 {
        let version = LEGACY[number % LEGACY.len()];
        let opened = connection.ask(&initialize(version)).await;
        let session = Some(opened.header("mcp-session-id").to_owned());
        let caller = Caller { addr: server.addr(), version, session };
        if number % 10 == 0 {
            // Some leave work behind that nobody waits for any more.
            let _given_up = caller.send(&caller.call(1, "streaming")).await;
            take(&stage.started).await;
        }
        open.push(caller);
    }
    assert_eq!(store.len(), 1_000);
    for caller in &open {
        assert_eq!(connection.ask(&caller.end()).await.status, 204);
    }
    assert_eq!(store.len(), 0);
    drop(connection);
    until(|| alive_tasks() == 2).await;
    assert_eq!(stage.dropped.available_permits(), 100);
}
