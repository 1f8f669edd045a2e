//! How a server stops.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use mcp_stack::{ProtocolVersion, Server, Stack};
use serde_json::json;
use tokio::{net::TcpStream, sync::Notify, task::JoinHandle};

use crate::{
    raw::{Caller, Connection, Stage, alive_tasks, patiently, take, take_many, until},
    support::{LEGACY, MODERN},
};

struct Stoppable {
    addr: SocketAddr,
    stop: Arc<Notify>,
    serving: JoinHandle<std::io::Result<()>>,
}

async fn serve(stage: &Arc<Stage>, grace: Duration) -> Stoppable {
    let stop = Arc::new(Notify::new());
    let told = Arc::clone(&stop);
    let server = Server::bind("127.0.0.1:0").await.expect("loopback has a free port");
    let server = server.with_grace(grace).with_shutdown(async move { told.notified().await });
    let addr = server.local_addr();
    let stack = Stack::new(stage.service());
    Stoppable { addr, stop, serving: tokio::spawn(server.serve(stack)) }
}

const LONG: Duration = Duration::from_secs(3_600);
const SHORT: Duration = Duration::from_millis(30);
const TOOLS: [&str; 2] = ["silent", "streaming"];

async fn returns(serving: JoinHandle<std::io::Result<()>>) {
    patiently(serving).await.expect("no panic").expect("no error");
}

#[tokio::test]
async fn what_is_in_flight_when_the_server_stops_is_answered() {
    // CANCEL-9, SSE-3, SSE-4
    for version in ProtocolVersion::ALL {
        let stage = Stage::new();
        let Stoppable { addr, stop, serving } = serve(&stage, LONG).await;
        let caller = Caller::of(addr, version).await;
        let mut idle = Connection::to(addr).await;
        idle.ask(&caller.request(1, "tools/list", json!({}))).await;
        let mut running = Vec::new();
        for (id, tool) in TOOLS.into_iter().enumerate() {
            running.push(caller.send(&caller.call(id, tool)).await);
        }
        take_many(&stage.started, 2).await;

        stop.notify_one();
        idle.hung_up().await;
        // It listens no more, and waits for those two.
        TcpStream::connect(addr).await.expect_err("nobody listens");
        assert!(!serving.is_finished(), "{version}");
        stage.gate.add_permits(2);
        for connection in &mut running {
            let reply = connection.reply().await;
            assert!(reply.body.contains("done"), "{version}: {reply:?}");
            connection.hung_up().await;
        }
        returns(serving).await;
    }
}

#[tokio::test]
async fn what_never_ends_is_cancelled_when_the_grace_is_over() {
    // SESS-18
    for version in ProtocolVersion::ALL {
        let stage = Stage::new();
        let Stoppable { addr, stop, serving } = serve(&stage, SHORT).await;
        let caller = Caller::of(addr, version).await;
        let mut silent = caller.send(&caller.call(1, "silent")).await;
        let mut streaming = caller.send(&caller.call(2, "streaming")).await;
        take_many(&stage.started, 2).await;
        stop.notify_one();
        take_many(&stage.dropped, 2).await;
        let error = silent.reply().await.json();
        assert_eq!((&error["id"], &error["error"]["code"]), (&json!(1), &json!(503)), "{version}");
        assert_eq!(streaming.head().await.status, 200, "{version}");
        streaming.message().await.expect("progress");
        let error = streaming.message().await.expect("an error");
        assert_eq!((&error["id"], &error["error"]["code"]), (&json!(2), &json!(503)), "{version}");
        assert_eq!(streaming.message().await, None, "{version}");
        returns(serving).await;
    }
}

#[tokio::test]
async fn work_that_nobody_waits_for_does_not_outlive_the_server() {
    // CANCEL-4, SESS-18
    for version in LEGACY {
        let stage = Stage::new();
        let before = alive_tasks();
        let Stoppable { addr, stop, serving } = serve(&stage, LONG).await;
        let caller = Caller::of(addr, version).await;
        for (id, tool) in TOOLS.into_iter().enumerate() {
            let _given_up = caller.send(&caller.call(id, tool)).await;
            take(&stage.started).await;
        }
        stop.notify_one();
        returns(serving).await;
        take_many(&stage.dropped, 2).await;
        until(|| alive_tasks() == before).await;
    }
}

#[tokio::test]
async fn an_idle_server_stops_at_once() {
    // CANCEL-9
    let stage = Stage::new();
    let before = alive_tasks();
    let Stoppable { addr, stop, serving } = serve(&stage, LONG).await;
    let modern = Caller::of(addr, MODERN).await;
    stage.gate.add_permits(1);
    let mut connection = Connection::to(addr).await;
    assert_eq!(connection.ask(&modern.call(1, "silent")).await.status, 200);
    take(&stage.finished).await;
    let legacy = Caller::of(addr, ProtocolVersion::V2025_11_25).await;
    assert!(legacy.session.is_some());
    stop.notify_one();
    returns(serving).await;
    connection.hung_up().await;
    until(|| alive_tasks() == before).await;
}
