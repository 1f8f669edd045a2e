//! What becomes of a call whose client goes away, takes it back, does not read, or
//! waits too long.

use std::{future::pending, sync::Arc, time::Duration};

use mcp_stack::{
    Context, LogLevel, McpService, ProtocolVersion, Stack, Tool,
    layers::cancellation::CancellationLayer,
};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::{
    raw::{Caller, Connection, Request, Stage, alive_tasks, take, take_many, until},
    support::{LEGACY, MODERN, TestServer},
};

const TOOLS: [&str; 2] = ["silent", "streaming"];
const LEVEL: &str = "io.modelcontextprotocol/logLevel";

#[tokio::test]
async fn a_legacy_call_whose_client_vanishes_runs_to_its_end() {
    // CANCEL-4, D-15
    let stage = Stage::new();
    let server = TestServer::of(stage.service()).await;
    for version in LEGACY {
        let caller = Caller::of(server.addr(), version).await;
        // One that accepts connections, one that looks for expired sessions.
        let idle = 2;
        until(|| alive_tasks() == idle).await;
        for tool in TOOLS {
            for accept in ["application/json, text/event-stream", "application/json"] {
                let call = caller.call(1, tool).with("accept", accept);
                let connection = caller.send(&call).await;
                take(&stage.started).await;
                drop(connection);
                // The server has noticed: of the connection nothing is left, of the call
                // one task and the watchdog that holds it to its time limit.
                until(|| alive_tasks() == idle + 2).await;
                assert_eq!(stage.dropped.available_permits(), 0, "{version} {tool}");
                stage.gate.add_permits(1);
                take(&stage.finished).await;
                until(|| alive_tasks() == idle).await;
            }
        }
        // Its id is free again, and the session as it was.
        stage.gate.add_permits(1);
        assert_eq!(caller.ask(&caller.call(1, "silent")).await.status, 200, "{version}");
        take(&stage.finished).await;
        take(&stage.started).await;
    }
}

#[tokio::test]
async fn a_legacy_call_may_be_dropped_with_its_client_where_that_is_asked_for() {
    // CANCEL-4, D-15
    let stage = Stage::new();
    let stack = Stack::new(stage.service());
    let server =
        TestServer::start(stack.with_cancellation(CancellationLayer::new().drop_on_disconnect()))
            .await;
    for version in LEGACY {
        let caller = Caller::of(server.addr(), version).await;
        for tool in TOOLS {
            let connection = caller.send(&caller.call(1, tool)).await;
            take(&stage.started).await;
            drop(connection);
            take(&stage.dropped).await;
        }
    }
}

#[tokio::test]
async fn a_modern_call_stops_when_its_client_goes_away() {
    // CANCEL-1, CANCEL-3, D-14
    let stage = Stage::new();
    let server = TestServer::of(stage.service()).await;
    let caller = Caller::of(server.addr(), MODERN).await;
    let idle = alive_tasks();
    for tool in TOOLS {
        for accept in ["application/json, text/event-stream", "application/json"] {
            let call = caller.call(1, tool).with("accept", accept);
            let connection = caller.send(&call).await;
            take(&stage.started).await;
            drop(connection);
            take(&stage.dropped).await;
        }
    }
    // With the stream's head read, and with part of it.
    for messages in 0..=1 {
        let mut connection = caller.send(&caller.call(1, "streaming")).await;
        assert_eq!(connection.head().await.status, 200);
        for _ in 0..messages {
            connection.message().await.expect("progress");
        }
        drop(connection);
        take(&stage.dropped).await;
    }
    until(|| alive_tasks() == idle).await;
    assert_eq!(stage.finished.available_permits(), 0);
}

#[tokio::test]
async fn a_cancelled_call_ends_without_a_response() {
    // CANCEL-5, CANCEL-9, NEG-12
    let stage = Stage::new();
    let server = TestServer::of(stage.service()).await;
    for version in LEGACY {
        let caller = Caller::of(server.addr(), version).await;
        for id in [json!(0), json!(7), json!("7"), json!(u64::MAX)] {
            for (tool, messages) in TOOLS.into_iter().zip([0, 1]) {
                let mut connection = caller.send(&caller.call(id.clone(), tool)).await;
                take(&stage.started).await;
                let cancel = caller.cancel(id.clone());
                assert_eq!(caller.ask(&cancel).await.status, 202, "{version} {tool} {id}");
                take(&stage.dropped).await;
                let head = connection.head().await;
                assert_eq!(head.status, 200, "{version} {tool} {id}");
                assert_eq!(head.header("content-type"), "text/event-stream", "{version} {tool}");
                for _ in 0..messages {
                    connection.message().await.expect("progress");
                }
                assert_eq!(connection.message().await, None, "{version} {tool} {id}");
                // To do it twice, or too late, is harmless, also on that connection.
                assert_eq!(connection.ask(&cancel).await.status, 202, "{version} {tool} {id}");
            }
        }
    }
}

#[tokio::test]
async fn a_client_cancels_its_own_requests_alone() {
    // CANCEL-6, CANCEL-7, CANCEL-10, CANCEL-13, CANCEL-20
    let stage = Stage::new();
    let server = TestServer::of(stage.service()).await;
    for version in ProtocolVersion::ALL {
        let caller = Caller::of(server.addr(), version).await;
        let other = Caller::of(server.addr(), version).await;
        let mut running = Vec::new();
        for (id, tool) in [json!(1), json!("a")].into_iter().zip(TOOLS) {
            running.push((id.clone(), caller.send(&caller.call(id, tool)).await));
            take(&stage.started).await;
        }
        let mut notices = vec![
            other.cancel(1),
            other.cancel("a"),
            caller.cancel("1"),
            caller.cancel(2),
            caller.cancel(1.5),
            caller.cancel(Value::Null),
            caller.notification("notifications/cancelled", json!({ "reason": "none" })),
            caller.notification("notifications/cancelled", json!({ "requestId": [1] })),
        ];
        if version.is_modern() {
            notices.push(caller.cancel(1)); // Only hanging up cancels.
        }
        for notice in notices {
            assert_eq!(other.ask(&notice).await.status, 202, "{version} {notice:?}");
        }
        stage.gate.add_permits(2);
        for (id, mut connection) in running {
            let reply = connection.reply().await;
            assert!(reply.body.contains("done"), "{version} {id}: {reply:?}");
        }
    }
    assert_eq!(stage.dropped.available_permits(), 0);
}

#[tokio::test]
async fn a_call_that_takes_too_long_is_answered_so() {
    // CANCEL-3, ERR-9
    let stage = Stage::new();
    let timeout = CancellationLayer::new().with_timeout(Some(Duration::from_millis(30)));
    let server = TestServer::start(Stack::new(stage.service()).with_cancellation(timeout)).await;
    for version in ProtocolVersion::ALL {
        let caller = Caller::of(server.addr(), version).await;
        let reply = caller.ask(&caller.call(1, "silent")).await;
        assert_eq!((reply.status, &reply.json()["error"]["code"]), (200, &json!(504)), "{version}");
        let mut connection = caller.send(&caller.call(1, "streaming")).await;
        assert_eq!(connection.head().await.status, 200, "{version}");
        connection.message().await.expect("progress");
        let last = connection.message().await.expect("an error");
        assert_eq!((&last["id"], &last["error"]["code"]), (&json!(1), &json!(504)), "{version}");
        assert_eq!(connection.message().await, None, "{version}");
        take_many(&stage.dropped, 2).await;
    }
}

/// How many log messages are more than sockets and streams hold.
const FLOOD: usize = 6_000;

/// Logs so much, a kilobyte each.
async fn flood(cx: &Context) {
    let padding = "x".repeat(1_000);
    for number in 0..FLOOD {
        cx.log(LogLevel::Info, format!("{number} {padding}"));
        if number % 100 == 0 {
            tokio::task::yield_now().await;
        }
    }
}

fn loudly(caller: &Caller, tool: &str) -> Request {
    let params = json!({ "name": tool, "_meta": { LEVEL: "info" } });
    caller.request(1, "tools/call", params)
}

/// Reads a stream to its end: the messages delivered, those said to be dropped, and
/// the last.
async fn count(connection: &mut Connection) -> (usize, usize, Value) {
    assert_eq!(connection.head().await.status, 200);
    let (mut delivered, mut dropped, mut last) = (0, 0, Value::Null);
    while let Some(message) = connection.message().await {
        let data = message["params"]["data"].as_str().unwrap_or_default();
        match data.split_once(" log messages dropped") {
            Some((lost, _)) => dropped += lost.parse::<usize>().expect("a number"),
            None if message["method"] == "notifications/message" => delivered += 1,
            None => {}
        }
        last = message;
    }
    (delivered, dropped, last)
}

#[tokio::test]
async fn the_time_limit_holds_though_nobody_reads() {
    // CANCEL-3, ERR-9
    let stage = Stage::new();
    let watched = Arc::clone(&stage);
    let tool = Tool::new("flood", move |cx: Context| {
        let performance = watched.enter();
        async move {
            let _performance = performance;
            flood(&cx).await;
            pending::<()>().await;
        }
    });
    let service = McpService::new("probe", "1.0.0").with_logging().with_stream_budget(32 * 1024);
    let service = service.with_tool(tool).expect("a fit tool");
    let timeout = CancellationLayer::new().with_timeout(Some(Duration::from_millis(200)));
    let server = TestServer::start(Stack::new(service).with_cancellation(timeout)).await;
    for version in [ProtocolVersion::V2025_11_25, MODERN] {
        let caller = Caller::of(server.addr(), version).await;
        let mut connection = caller.send(&loudly(&caller, "flood")).await;
        take(&stage.dropped).await;
        // Whoever reads after all learns of it.
        let (_, _, last) = count(&mut connection).await;
        assert_eq!(last["error"]["code"], 504, "{version}");
    }
}

#[tokio::test]
async fn who_does_not_read_holds_up_nobody_and_is_told_what_was_lost() {
    // LOG-2, SSE-3, SSE-4, SSE-28
    let (flooded, go_on) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let finished = Arc::new(Semaphore::new(0));
    let ends = [Arc::clone(&flooded), Arc::clone(&go_on), Arc::clone(&finished)];
    let tool = Tool::new("flood", move |cx: Context| {
        let [flooded, go_on, finished] = ends.clone();
        async move {
            flood(&cx).await;
            flooded.add_permits(1);
            take(&go_on).await;
            flood(&cx).await;
            finished.add_permits(1);
            "done"
        }
    });
    let service = McpService::new("probe", "1.0.0").with_logging().with_stream_budget(64 * 1024);
    let quick = Tool::new("quick", || "quick");
    let service = service.with_tool(tool).and_then(|service| service.with_tool(quick));
    let server = TestServer::of(service.expect("fit tools")).await;
    for version in [ProtocolVersion::V2025_11_25, MODERN] {
        let caller = Caller::of(server.addr(), version).await;
        let mut connection = caller.send(&loudly(&caller, "flood")).await;
        take(&flooded).await;
        // Its socket is full and its handler at work: others do not notice.
        for id in 10..20 {
            let reply = caller.ask(&caller.call(id, "quick")).await;
            assert_eq!(reply.json()["id"], id, "{version}");
        }
        go_on.add_permits(1);
        take(&finished).await;
        let (delivered, dropped, last) = count(&mut connection).await;
        assert!(dropped > 0, "{version}: more was sent than sockets hold");
        assert_eq!(delivered + dropped, 2 * FLOOD, "{version}: none is lost unsaid");
        assert_eq!(last["result"]["content"][0]["text"], "done", "{version}");
    }
}

#[tokio::test]
async fn a_panic_is_an_internal_error_and_the_server_lives_on() {
    // NEG-21, ERR-1
    let at_once = Tool::new("immediate", || -> &'static str { panic!("the secret is 42") });
    let later = Tool::new("later", async || -> &'static str {
        tokio::task::yield_now().await;
        panic!("the secret is 42")
    });
    let streaming = Tool::new("streaming", async |cx: Context| -> &'static str {
        cx.progress(1.0, None, None);
        tokio::task::yield_now().await;
        panic!("the secret is 42")
    });
    let service = [at_once, later, streaming, Tool::new("quick", || "quick")]
        .into_iter()
        .try_fold(McpService::new("probe", "1.0.0"), McpService::with_tool)
        .expect("fit tools");
    let server = TestServer::of(service).await;
    for version in ProtocolVersion::ALL {
        let caller = Caller::of(server.addr(), version).await;
        let mut connection = Connection::to(server.addr()).await;
        for tool in ["immediate", "later", "streaming"] {
            let reply = connection.ask(&caller.call(1, tool)).await;
            assert_eq!(reply.status, 200, "{version} {tool}");
            assert!(reply.body.contains("-32603"), "{version} {tool}: {reply:?}");
            assert!(!reply.body.contains("42"), "{version} {tool}: {reply:?}");
            // On the same connection, with the same id.
            let reply = connection.ask(&caller.call(1, "quick")).await;
            assert_eq!(reply.json()["id"], 1, "{version} {tool}");
        }
    }
}
