//! Clients of 2024-11-05 and 2025-03-26 at a stack that is told to serve them.

use http::uri::PathAndQuery;
use mcp_stack::{
    ProtocolVersion, Stack,
    layers::{batch::BatchLayer, http_sse::HttpSseLayer},
};
use serde_json::{Value, json};

use crate::{
    raw::{Caller, Connection, Request, Stage, take, until},
    support::TestServer,
};

const MODERN: ProtocolVersion = ProtocolVersion::V2026_07_28;

/// Both transports at the one path.
async fn start(stage: &std::sync::Arc<Stage>) -> TestServer {
    let path = PathAndQuery::from_static("/mcp");
    let layer = HttpSseLayer::new().with_stream_path(path.clone()).with_message_path(path);
    let stack = Stack::new(stage.service()).with_bytes_layer(layer).with_batch(BatchLayer::new());
    TestServer::start(stack).await
}

/// A client of the old transport: its stream, and the address for its messages.
struct Client {
    server: std::net::SocketAddr,
    stream: Connection,
    address: String,
}

impl Client {
    async fn open(server: &TestServer) -> Self {
        let mut stream = Connection::to(server.addr()).await;
        stream.send(&Request::new("GET").with("accept", "text/event-stream")).await;
        assert_eq!(stream.head().await.status, 200);
        let first = stream.event().await.expect("the first event").0;
        let [(event, name), (data, address)] = &first[..] else { panic!("{first:?}") };
        assert_eq!((&**event, &**name, &**data), ("event", "endpoint", "data"));
        Self { server: server.addr(), address: address.clone(), stream }
    }

    async fn post(&self, body: &Value) -> u16 {
        let (address, body) = (&self.address, body.to_string());
        let head = format!(
            "POST {address} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n",
            body.len()
        );
        let mut connection = Connection::to(self.server).await;
        connection.write(&[head.as_bytes(), body.as_bytes()].concat()).await;
        connection.reply().await.status
    }

    async fn initialize(&mut self) {
        let params = json!({
            "protocolVersion": "2024-11-05",
            "capabilities": {},
            "clientInfo": { "name": "old", "version": "0.1.0" },
        });
        let message =
            json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params });
        assert_eq!(self.post(&message).await, 202);
        let answer = self.stream.message().await.expect("an answer");
        assert_eq!(answer["result"]["protocolVersion"], "2024-11-05");
        let initialized = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        assert_eq!(self.post(&initialized).await, 202);
    }
}

fn call(id: i64, tool: &str) -> Value {
    let params = json!({ "name": tool, "_meta": { "progressToken": "t" } });
    json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params })
}

#[tokio::test]
async fn both_transports_are_served_at_one_path() {
    // LEGACY-SSE-12, LEGACY-SSE-3, LEGACY-SSE-4, LEGACY-SSE-5
    let stage = Stage::new();
    let server = start(&stage).await;
    let mut old = Client::open(&server).await;
    old.initialize().await;
    assert_eq!(old.post(&call(1, "streaming")).await, 202);
    let progress = old.stream.message().await.expect("progress");
    assert_eq!(progress["method"], "notifications/progress");
    stage.gate.add_permits(1);
    let answer = old.stream.message().await.expect("an answer");
    assert_eq!(
        (&answer["id"], &answer["result"]["content"][0]["text"]),
        (&json!(1), &json!("done"))
    );

    for version in [MODERN, ProtocolVersion::V2025_11_25] {
        let new = Caller::of(server.addr(), version).await;
        stage.gate.add_permits(1);
        let reply = new.ask(&new.call(1, "silent")).await;
        assert_eq!(reply.json()["id"], 1);
    }
}

#[tokio::test]
async fn hanging_up_the_stream_stops_what_runs_in_its_session() {
    // LEGACY-SSE-8
    let stage = Stage::new();
    let server = start(&stage).await;
    for tool in ["silent", "streaming"] {
        let mut old = Client::open(&server).await;
        old.initialize().await;
        assert_eq!(old.post(&call(1, tool)).await, 202);
        take(&stage.started).await;
        drop(old);
        take(&stage.dropped).await;
    }
}

#[tokio::test]
async fn an_array_of_2025_03_26_is_answered_by_an_array_or_by_events() {
    // RPC-22, RPC-23
    let stage = Stage::new();
    let server = start(&stage).await;
    let caller = Caller::of(server.addr(), ProtocolVersion::V2025_03_26).await;
    stage.gate.add_permits(4);
    let batch = json!([call(1, "silent"), call(2, "silent")]).to_string();
    let reply = caller.ask(&caller.dress(Request::post(batch))).await;
    assert_eq!(reply.json().as_array().map(Vec::len), Some(2));

    let batch = json!([call(1, "silent"), call(2, "streaming")]).to_string();
    let mut connection = caller.send(&caller.dress(Request::post(batch))).await;
    assert_eq!(connection.head().await.header("content-type"), "text/event-stream");
    let mut answered = Vec::new();
    while let Some(message) = connection.message().await {
        answered.extend(message["id"].as_i64());
    }
    answered.sort_unstable();
    assert_eq!(answered, [1, 2]);
}

#[tokio::test]
async fn ten_thousand_pings_in_one_array_are_refused_in_every_revision() {
    // RPC-24, RPC-25, RPC-26
    let stage = Stage::new();
    let pings = (0..10_000).map(|id| json!({ "jsonrpc": "2.0", "id": id, "method": "ping" }));
    let pings = Value::from_iter(pings).to_string();
    for server in [start(&stage).await, TestServer::start(Stack::new(stage.service())).await] {
        for version in ProtocolVersion::ALL {
            let caller = Caller::of(server.addr(), version).await;
            let refused = caller.ask(&caller.dress(Request::post(&*pings))).await;
            assert_eq!(refused.refusal(), (400, -32600), "{version}");
            // Whoever sent it is served as before.
            stage.gate.add_permits(1);
            assert_eq!(caller.ask(&caller.call(1, "silent")).await.json()["id"], 1);
        }
    }
}

#[tokio::test]
async fn an_array_of_a_later_revision_is_refused_however_short() {
    // RPC-24, RPC-26
    let stage = Stage::new();
    let server = start(&stage).await;
    let ping = json!([{ "jsonrpc": "2.0", "id": 1, "method": "ping" }]).to_string();
    for version in ProtocolVersion::ALL {
        let caller = Caller::of(server.addr(), version).await;
        let reply = caller.ask(&caller.dress(Request::post(&*ping))).await;
        match version > ProtocolVersion::V2025_03_26 {
            true => assert_eq!(reply.refusal(), (400, -32600), "{version}"),
            false => assert_eq!(reply.json()[0]["id"], 1, "{version}"),
        }
    }
}

#[tokio::test]
async fn a_batch_whose_client_hangs_up_runs_to_its_end() {
    // RPC-22: going away cancels nothing in these revisions.
    let stage = Stage::new();
    let server = start(&stage).await;
    let caller = Caller::of(server.addr(), ProtocolVersion::V2025_03_26).await;
    let calls: Vec<_> = (0..10).map(|id| call(id, "silent")).collect();
    let request = caller.dress(Request::post(Value::from(calls).to_string()));
    let connection = caller.send(&request).await;
    take(&stage.started).await;
    drop(connection);
    stage.gate.add_permits(10);
    for _ in 0..10 {
        take(&stage.finished).await;
    }
}

#[tokio::test]
async fn a_server_that_stops_ends_each_stream_when_its_calls_are_answered() {
    // LEGACY-SSE-8, SESS-18
    let stage = Stage::new();
    let server = start(&stage).await;
    let (mut busy, mut idle) = (Client::open(&server).await, Client::open(&server).await);
    busy.initialize().await;
    idle.initialize().await;
    assert_eq!(busy.post(&call(1, "streaming")).await, 202);
    busy.stream.message().await.expect("progress");
    server.stop();
    assert_eq!(idle.stream.message().await, None);
    stage.gate.add_permits(1);
    let answer = busy.stream.message().await.expect("an answer");
    assert_eq!(answer["result"]["content"][0]["text"], "done");
    assert_eq!(busy.stream.message().await, None);
    until(|| server.has_stopped()).await;
}
