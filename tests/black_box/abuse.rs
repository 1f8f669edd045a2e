//! What clients do that break off, exaggerate or lie.

use std::sync::Arc;

use mcp_stack::{McpService, Prompt, PromptArgument, ProtocolVersion, Tool};
use serde_json::{Value, json};

use crate::{
    raw::{Caller, Connection, Reply, Request, Stage, alive_tasks, take_many, until},
    support::{MODERN, TestServer},
};

const NEWEST: ProtocolVersion = ProtocolVersion::V2025_11_25;

async fn serve() -> TestServer {
    let echo = Tool::new("echo", |arguments: Value| arguments.to_string());
    let schema = mcp_stack::RawJson::parse(r#"{"type":"object"}"#).expect("JSON");
    let prompt = Prompt::new("p", || "p")
        .add_argument(PromptArgument::optional("a"))
        .with_completion("a", || vec![String::new()]);
    let service = McpService::new("probe", "1.0.0")
        .with_tool(echo.with_input_schema(schema))
        .and_then(|service| service.with_prompt(prompt));
    TestServer::of(service.expect("fit items")).await
}

async fn post(server: &TestServer, body: impl Into<Vec<u8>>) -> Reply {
    Connection::to(server.addr()).await.ask(&Request::post(body)).await
}

/// Sends so many calls in waves, and hangs up on each once it has begun.
async fn abort(caller: &Caller, stage: &Arc<Stage>, calls: u32) {
    const WAVE: u32 = 100;
    for wave in 0..calls / WAVE {
        let mut connections = Vec::new();
        for number in 0..WAVE {
            let tool = ["silent", "streaming"][number as usize % 2];
            connections.push(caller.send(&caller.call(wave * WAVE + number, tool)).await);
        }
        take_many(&stage.started, WAVE).await;
        for (number, mut connection) in connections.into_iter().enumerate() {
            if number % 4 == 1 {
                // Some have seen the stream begin.
                assert_eq!(connection.head().await.status, 200);
                connection.message().await.expect("progress");
            }
        }
    }
}

#[tokio::test]
async fn a_thousand_modern_calls_given_up_midway_leave_nothing_behind() {
    // CANCEL-1, CANCEL-2, CANCEL-3
    let stage = Stage::new();
    let server = TestServer::of(stage.service()).await;
    let caller = Caller::of(server.addr(), MODERN).await;
    let before = alive_tasks();
    abort(&caller, &stage, 1_000).await;
    take_many(&stage.dropped, 1_000).await;
    until(|| alive_tasks() == before).await;
    assert_eq!(stage.finished.available_permits(), 0);
}

#[tokio::test]
async fn a_thousand_legacy_calls_given_up_midway_end_and_leave_nothing_behind() {
    // CANCEL-4
    let stage = Stage::new();
    let server = TestServer::of(stage.service()).await;
    let first = Caller::of(server.addr(), NEWEST).await;
    // One that only waits for the sessions' task to be there.
    until(|| alive_tasks() == 2).await;
    for _ in 0..10 {
        // No session has more than 128 requests in flight.
        let caller = Caller::of(server.addr(), NEWEST).await;
        abort(&caller, &stage, 100).await;
    }
    let reply = first.ask(&first.request(1, "ping", json!({}))).await;
    assert_eq!(reply.status, 200);
    assert_eq!(stage.dropped.available_permits(), 0);
    stage.gate.add_permits(1_000);
    take_many(&stage.finished, 1_000).await;
    until(|| alive_tasks() == 2).await;
}

#[tokio::test]
async fn a_session_can_keep_only_so_much_in_flight() {
    // RATE-1, CANCEL-4
    let stage = Stage::new();
    let server = TestServer::of(stage.service()).await;
    let caller = Caller::of(server.addr(), NEWEST).await;
    for wave in 0..2 {
        let mut connections = Vec::new();
        for id in 0..64 {
            connections.push(caller.send(&caller.call(wave * 64 + id, "silent")).await);
        }
        take_many(&stage.started, 64).await;
        // To hang up makes no room: the work goes on.
    }
    let refused = caller.ask(&caller.call(128, "silent")).await;
    assert_eq!(refused.refusal(), (429, 429));
    assert_ne!(refused.header("retry-after"), "");
    let other = Caller::of(server.addr(), NEWEST).await;
    assert_eq!(other.ask(&other.request(1, "ping", json!({}))).await.status, 200);
    stage.gate.add_permits(129);
    take_many(&stage.finished, 128).await;
    assert_eq!(caller.ask(&caller.call(128, "silent")).await.status, 200, "there is room");
}

#[tokio::test]
async fn json_that_nests_too_deep_is_refused_at_once() {
    // NEG-24
    let server = serve().await;
    let levels = 1_000_000;
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
        let bomb = format!("{}1{}", open.repeat(levels), close.repeat(levels));
        assert!(bomb.len() < 7 << 20);
        let bomb = &bomb[..bomb.len().min(4 << 20)];
        assert_eq!(post(&server, bomb).await.refusal(), (400, -32600), "{open}");
        let inner = &bomb[..bomb.len() - 200];
        for body in [
            format!(r#"{{"jsonrpc":"2.0","id":1,"method":"ping","params":{inner}"#),
            format!(r#"{{"jsonrpc":"2.0","id":{inner}"#),
        ] {
            assert_eq!(post(&server, body).await.refusal(), (400, -32600), "{open}");
        }
    }
    // Just deep enough, through to the handler and back, and one too many.
    let caller = Caller::of(server.addr(), MODERN).await;
    for (depth, status) in [(61, 200), (62, 400)] {
        let nested = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let nested: Value = serde_json::from_str(&nested).expect("JSON");
        let params = json!({ "name": "echo", "arguments": { "nested": nested } });
        let reply = caller.ask(&caller.request(7, "tools/call", params)).await;
        assert_eq!(reply.status, status, "{depth}: {reply:?}");
        assert_eq!(reply.json()["id"], 7, "the id is known all the same");
    }
}

#[tokio::test]
async fn members_without_number_are_refused() {
    // RPC-17, RPC-18
    let server = serve().await;
    let members =
        |count: usize| (0..count).map(|number| (number.to_string(), json!(0))).collect::<Value>();
    let caller = Caller::of(server.addr(), MODERN).await;
    // Besides `_meta`, and with the two members it must have.
    for (count, status) in [(64, 200), (65, 400), (100_000, 400)] {
        let reply = caller.ask(&caller.request(1, "tools/list", members(count))).await;
        assert_eq!(reply.status, status, "{count} in params");
        let params = json!({ "_meta": members(count - 2) });
        let reply = caller.ask(&caller.request(1, "tools/list", params)).await;
        assert_eq!(reply.status, status, "{count} in _meta");
        if status == 400 {
            assert_eq!(reply.refusal(), (400, -32602));
        }
    }
    // Not so a tool's own arguments, nor members of the envelope, which are passed over.
    let params = json!({ "name": "echo", "arguments": members(10_000) });
    let reply = caller.ask(&caller.request(1, "tools/call", params)).await;
    assert_eq!(reply.status, 200, "in arguments");
    let session = Caller::of(server.addr(), NEWEST).await;
    let mut envelope = members(10_000);
    envelope["jsonrpc"] = "2.0".into();
    envelope["id"] = 1.into();
    envelope["method"] = "ping".into();
    let reply = session.ask(&session.dress(Request::post(envelope.to_string()))).await;
    assert_eq!((reply.status, &reply.json()["result"]), (200, &json!({})), "in the envelope");
}

#[tokio::test]
async fn an_id_may_be_long_but_not_huge() {
    // RPC-3, RPC-4, RPC-12
    let server = serve().await;
    let caller = Caller::of(server.addr(), MODERN).await;
    let long = "i".repeat(1_022);
    let reply = caller.ask(&caller.request(long.as_str(), "tools/list", json!({}))).await;
    assert_eq!((reply.status, &reply.json()["id"]), (200, &json!(long)));
    for id in ["i".repeat(1_023), "i".repeat(3 << 20)] {
        let reply = caller.ask(&caller.request(id, "tools/list", json!({}))).await;
        assert_eq!(reply.refusal(), (400, -32600));
        assert_eq!(reply.json().get("id"), None);
        assert!(reply.body.len() < 1_000, "it is not repeated");
    }
    // An integer of a thousand digits is one, and comes back digit by digit.
    let digits = "9".repeat(1_000);
    let session = Caller::of(server.addr(), NEWEST).await;
    let body = format!(r#"{{"jsonrpc":"2.0","id":{digits},"method":"ping"}}"#);
    let reply = session.ask(&session.dress(Request::post(body))).await;
    assert_eq!(reply.status, 200);
    assert!(reply.body.contains(&digits));
}

#[tokio::test]
async fn a_message_that_says_two_things_is_refused() {
    // RPC-2, RPC-3, RPC-5, RPC-12, VER-20
    let server = serve().await;
    let table: [(&str, i64); 8] = [
        (r#"{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1,"\u0069d":2,"method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"2.0","jsonrpc":"2.0","id":1,"method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/list"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":{},"params":{}}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":1,"a":2}}"#, -32602),
        (r#"{"jsonrpc":"2.0","id":1,"method":"ping","result":{}}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":""}}"#, -32600),
    ];
    for (body, code) in table {
        assert_eq!(post(&server, body).await.refusal(), (400, code), "{body}");
    }
    // What an intermediary may have read otherwise: two claims, two headers.
    let caller = Caller::of(server.addr(), MODERN).await;
    let twice = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{
        "io.modelcontextprotocol/protocolVersion":"2026-07-28",
        "io.modelcontextprotocol/protocolVersion":"2026-07-28",
        "io.modelcontextprotocol/clientCapabilities":{}}}}"#;
    let twice = caller.dress(Request::post(twice)).with("mcp-method", "tools/list");
    assert_eq!(caller.ask(&twice).await.refusal(), (400, -32602));
    let list = caller.request(1, "tools/list", json!({}));
    let mut head = String::from_utf8(list.to_bytes()).expect("ASCII");
    head = head.replacen("\r\n", "\r\nmcp-protocol-version: 2025-11-25\r\n", 1);
    let mut connection = Connection::to(server.addr()).await;
    connection.write(head.as_bytes()).await;
    assert_eq!(connection.reply().await.status, 400);
}

#[tokio::test]
async fn header_lines_without_number_are_refused() {
    // NEG-20
    let server = serve().await;
    let discover = Request::modern(1, "server/discover", json!({}));
    for (lines, status) in [(50, 200), (500, 431)] {
        let padded = (0..lines).fold(discover.clone(), |all, n| all.with(&format!("x-{n}"), "y"));
        assert_eq!(Connection::to(server.addr()).await.ask(&padded).await.status, status);
    }
}

#[tokio::test]
async fn what_is_not_utf_8_is_no_json() {
    // NEG-24, RPC-1
    let server = serve().await;
    let wrap = |bytes: &[u8]| {
        let mut body = br#"{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":""#.to_vec();
        body.extend_from_slice(bytes);
        body.extend_from_slice(br#""}}"#);
        body
    };
    let broken: [&[u8]; 6] =
        [b"\xFF", b"\xC0\xAF", b"\xED\xA0\x80", b"\xF4\x90\x80\x80", b"\xE2\x82", b"caf\xE9"];
    for bytes in broken {
        assert_eq!(post(&server, wrap(bytes)).await.refusal(), (400, -32700), "{bytes:?}");
    }
    assert_eq!(post(&server, b"\xEF\xBB\xBF{}".to_vec()).await.refusal(), (400, -32700), "a BOM");
    let utf16: Vec<_> = "{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(post(&server, utf16).await.refusal(), (400, -32700));
    // Raw control characters and lone surrogates are no JSON text either.
    assert_eq!(post(&server, wrap(b"\n")).await.refusal(), (400, -32700));
    assert_eq!(post(&server, wrap(b"\0")).await.refusal(), (400, -32700));
}

#[tokio::test]
async fn no_name_a_client_invents_is_repeated_at_length() {
    // NEG-22, TOOL-21, PROMPT-4
    let server = serve().await;
    let caller = Caller::of(server.addr(), MODERN).await;
    let name = "n".repeat(7_000);
    let complete = |prompt: &str, argument: &str| {
        let argument = json!({ "name": argument, "value": "" });
        json!({ "ref": { "type": "ref/prompt", "name": prompt }, "argument": argument })
    };
    for request in [
        caller.request(1, &name, json!({})),
        caller.request(1, "tools/call", json!({ "name": name })),
        caller.request(1, "prompts/get", json!({ "name": name })),
        caller.request(1, "completion/complete", complete(&name, "a")),
        caller.request(1, "completion/complete", complete("p", &name)),
    ] {
        let reply = caller.ask(&request).await;
        assert!(reply.json()["error"]["code"].is_i64(), "{reply:?}");
        assert!(reply.body.len() < 1_000, "{} bytes", reply.body.len());
    }
}
