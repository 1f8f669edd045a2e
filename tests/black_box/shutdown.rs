//! How a server stops: it drains, and then it cancels.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use http_body_util::BodyExt as _;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use mcp_stack::{
    ProtocolVersion, Server, Stack, Tool,
    layers::{
        batch::BatchLayer, cancellation::CancellationLayer, resume::ResumeLayer,
        session::SessionLayer,
    },
};
use serde_json::json;
use tokio::net::TcpStream;
use tower::ServiceBuilder;
use tower_http::trace::TraceLayer;

use crate::{
    raw::{Caller, Connection, Stage, alive_tasks, initialize, patiently, take, take_many, until},
    shared::{Serving, stopped},
    support::{LEGACY, MODERN},
};

async fn serve(stage: &Arc<Stage>, grace: Duration) -> Serving {
    serve_with(grace, |server| server.serve(Stack::new(stage.service()))).await
}

async fn serve_with<F>(grace: Duration, serve: impl FnOnce(Server) -> F) -> Serving
where
    F: Future<Output = std::io::Result<()>> + Send + 'static,
{
    Serving::start(|server| serve(server.with_readiness_path("ready").with_grace(grace))).await
}

const LONG: Duration = Duration::from_secs(3_600);
const SHORT: Duration = Duration::from_millis(30);
const TOOLS: [&str; 2] = ["silent", "streaming"];

/// What the readiness probe says.
async fn probe(addr: SocketAddr) -> (u16, String) {
    let mut connection = Connection::to(addr).await;
    connection.write(b"GET /ready HTTP/1.1\r\nhost: balancer\r\n\r\n").await;
    let reply = connection.reply().await;
    (reply.status, reply.header("retry-after").to_owned())
}

/// Waits until the server drains.
async fn drains(addr: SocketAddr) {
    while probe(addr).await.0 == 200 {}
}

#[tokio::test]
async fn what_is_at_work_when_the_server_stops_is_answered() {
    // CANCEL-9, SSE-3, SSE-4, SESS-18
    for version in ProtocolVersion::ALL {
        let stage = Stage::new();
        let Serving { addr, stop, serving } = serve(&stage, LONG).await;
        let caller = Caller::of(addr, version).await;
        let mut idle = Connection::to(addr).await;
        idle.ask(&caller.request(1, "tools/list", json!({}))).await;
        let mut running = Vec::new();
        for (id, tool) in TOOLS.into_iter().enumerate() {
            running.push(caller.send(&caller.call(id, tool)).await);
        }
        take_many(&stage.started, 2).await;
        assert_eq!(probe(addr).await, (200, String::new()));

        stop.notify_one();
        drains(addr).await;
        // It takes connections, as the client may have to answer a question for its call.
        assert_eq!(probe(addr).await, (503, "5".to_owned()));
        let refused = Connection::to(addr).await.ask(&initialize(LEGACY[3])).await;
        assert_eq!((refused.refusal(), refused.header("retry-after")), ((503, 503), "5"));
        for connection in [&mut idle, &mut Connection::to(addr).await] {
            let served = connection.ask(&caller.request(2, "tools/list", json!({}))).await;
            assert_eq!(served.status, 200, "{version}");
        }
        assert!(!serving.is_finished(), "{version}");
        stage.gate.add_permits(2);
        for connection in &mut running {
            let reply = connection.reply().await;
            assert!(reply.body.contains("done"), "{version}: {reply:?}");
            connection.hung_up().await;
        }
        idle.hung_up().await;
        stopped(serving).await;
        TcpStream::connect(addr).await.expect_err("nobody listens");
    }
}

#[tokio::test]
async fn open_streams_do_not_hold_up_a_server_that_stops() {
    // LISTEN-11, LISTEN-14, SSE-18
    let stage = Stage::new();
    let before = alive_tasks();
    for resume in [false, true] {
        let service = stage.service();
        let Serving { addr, stop, serving } = serve_with(LONG, move |server| async move {
            match resume {
                false => server.serve(Stack::new(service)).await,
                true => server.serve(Stack::new(service).with_resume(ResumeLayer::new())).await,
            }
        })
        .await;
        let modern = Caller::of(addr, MODERN).await;
        let filter = json!({ "notifications": { "toolsListChanged": true } });
        let listen = modern.request("mine", "subscriptions/listen", filter);
        let mut listening = modern.stream(&listen).await;
        listening.message().await.expect("the acknowledgement");
        let mut own = Vec::new();
        for version in LEGACY {
            let caller = Caller::of(addr, version).await;
            own.push((version, caller.stream(&caller.get()).await));
        }
        stop.notify_one();
        let last = listening.message().await.expect("the result");
        assert_eq!(
            (&last["id"], &last["result"]["resultType"]),
            (&json!("mine"), &json!("complete"))
        );
        assert_eq!(listening.message().await, None);
        for (version, mut stream) in own {
            let mut retry = None;
            while let Some(event) = stream.event().await {
                assert_eq!((event.message(), retry), (None, None), "{version}");
                retry = event.retry();
            }
            let told = (version == LEGACY[3]).then_some(5_000);
            assert_eq!(retry, told, "{version}");
        }
        stopped(serving).await;
        until(|| alive_tasks() == before).await;
    }
}

#[tokio::test]
async fn a_stack_inside_other_layers_drains_with_its_server() {
    // SSE-18
    let stack = Stack::new(Stage::new().service());
    let shutdown = stack.shutdown().clone();
    let endpoint = ServiceBuilder::new().layer(TraceLayer::new_for_http()).service(stack.build());
    let Serving { addr, stop, serving } =
        serve_with(LONG, |server| server.with_drain(shutdown).serve_service(endpoint)).await;
    let caller = Caller::of(addr, LEGACY[3]).await;
    let mut own = caller.stream(&caller.get()).await;
    stop.notify_one();
    assert_eq!(own.message().await, None);
    stopped(serving).await;
}

#[tokio::test]
async fn no_stream_is_opened_while_the_server_drains() {
    // LISTEN-11, SSE-18
    let stage = Stage::new();
    let Serving { addr, stop, serving } = serve(&stage, LONG).await;
    let (modern, legacy) = (Caller::of(addr, MODERN).await, Caller::of(addr, LEGACY[3]).await);
    let running = modern.send(&modern.call(1, "silent")).await;
    take(&stage.started).await;
    stop.notify_one();
    drains(addr).await;
    let filter = json!({ "notifications": { "toolsListChanged": true } });
    let listen = modern.request(2, "subscriptions/listen", filter);
    for refused in [modern.ask(&listen).await, legacy.ask(&legacy.get()).await] {
        assert_eq!((refused.refusal(), refused.header("retry-after")), ((503, 503), "5"));
    }
    drop(running);
    stopped(serving).await;
}

#[tokio::test]
async fn a_resumable_call_is_taken_up_again_while_the_server_drains() {
    // RESUME-11, CANCEL-4
    let stage = Stage::new();
    let before = alive_tasks();
    let stack = Stack::new(stage.service()).with_resume(ResumeLayer::new());
    let Serving { addr, stop, serving } = serve_with(LONG, |server| server.serve(stack)).await;
    let caller = Caller::of(addr, LEGACY[3]).await;
    let mut stream = caller.stream(&caller.call(1, "streaming")).await;
    let primed = stream.event().await.expect("an event");
    let seen = primed.id().expect("an id").to_owned();
    drop(stream);
    stop.notify_one();
    drains(addr).await;
    let mut stream = caller.stream(&caller.resume(&seen)).await;
    stream.message().await.expect("progress");
    stage.gate.add_permits(1);
    assert_eq!(stream.message().await.expect("the answer")["id"], 1);
    stopped(serving).await;
    until(|| alive_tasks() == before).await;
}

#[tokio::test]
async fn a_server_that_lingers_is_there_though_nothing_is_at_work() {
    let stage = Stage::new();
    let stack = Stack::new(stage.service());
    let Serving { addr, stop, serving } =
        serve_with(LONG, |server| server.with_linger(LONG).serve(stack)).await;
    stop.notify_one();
    drains(addr).await;
    for _ in 0..16 {
        assert_eq!(probe(addr).await.0, 503);
    }
    assert!(!serving.is_finished());
    serving.abort();
}

#[tokio::test]
async fn the_grace_ends_a_linger() {
    let stage = Stage::new();
    let stack = Stack::new(stage.service());
    let Serving { stop, serving, .. } =
        serve_with(SHORT, |server| server.with_linger(LONG).serve(stack)).await;
    stop.notify_one();
    stopped(serving).await;
}

#[tokio::test]
async fn what_never_ends_is_cancelled_when_the_grace_is_over() {
    // SESS-18
    for version in ProtocolVersion::ALL {
        let stage = Stage::new();
        let Serving { addr, stop, serving } = serve(&stage, SHORT).await;
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
        stopped(serving).await;
    }
}

#[tokio::test]
async fn work_that_nobody_waits_for_may_finish_and_does_not_outlive_the_server() {
    // CANCEL-4, SESS-18
    for (grace, finishes) in [(LONG, true), (SHORT, false)] {
        for version in LEGACY {
            let stage = Stage::new();
            let before = alive_tasks();
            let Serving { addr, stop, serving } = serve(&stage, grace).await;
            let caller = Caller::of(addr, version).await;
            for (id, tool) in TOOLS.into_iter().enumerate() {
                let _given_up = caller.send(&caller.call(id, tool)).await;
                take(&stage.started).await;
            }
            stop.notify_one();
            if finishes {
                drains(addr).await;
                stage.gate.add_permits(2);
            }
            stopped(serving).await;
            take_many(if finishes { &stage.finished } else { &stage.dropped }, 2).await;
            until(|| alive_tasks() == before).await;
        }
    }
}

#[tokio::test]
async fn layers_put_into_a_stack_stop_with_it() {
    // SESS-18
    for version in [LEGACY[1], MODERN] {
        let stage = Stage::new();
        let before = alive_tasks();
        let stack = Stack::new(stage.service())
            .with_session(SessionLayer::new().optional())
            .with_resume(ResumeLayer::new())
            .with_batch(BatchLayer::new())
            .with_cancellation(CancellationLayer::new().with_timeout(None));
        let Serving { addr, stop, serving } = serve_with(SHORT, |server| server.serve(stack)).await;
        let caller = Caller::of(addr, version).await;
        let mut silent = caller.send(&caller.call(1, "silent")).await;
        let _streaming = caller.send(&caller.call(2, "streaming")).await;
        take_many(&stage.started, 2).await;
        stop.notify_one();
        assert_eq!(silent.reply().await.json()["error"]["code"], 503, "{version}");
        stopped(serving).await;
        take_many(&stage.dropped, 2).await;
        until(|| alive_tasks() == before).await;
    }
}

#[tokio::test]
async fn each_stack_of_a_service_stops_alone() {
    let service = Stage::new().service();
    let (one, other) = (Stack::new(service.clone()), Stack::new(service));
    one.shutdown().cancel();
    assert!(!other.shutdown().is_draining());
}

/// Says more than any buffer holds.
fn chatter() -> Tool {
    Tool::new("chatter", || "x".repeat(32 << 20))
}

#[tokio::test]
async fn a_client_that_reads_nothing_does_not_outlive_the_server() {
    // SESS-18
    let before = alive_tasks();
    for over_http2 in [false, true] {
        let stage = Stage::new();
        let stack = Stack::new(stage.service().with_tool(chatter()).expect("a fit tool"));
        let Serving { addr, stop, serving } = serve_with(SHORT, |server| server.serve(stack)).await;
        let caller = Caller::of(addr, MODERN).await;
        let call = caller.call(1, "chatter");
        let mut unread = None;
        let mut exchange = None;
        if over_http2 {
            let socket = TokioIo::new(TcpStream::connect(addr).await.expect("it listens"));
            let handshake = http2::Builder::new(TokioExecutor::new())
                .initial_stream_window_size(1 << 16)
                .handshake(socket);
            let (mut requests, connection) = patiently(handshake).await.expect("a handshake");
            let connection = tokio::spawn(connection);
            let request = call.to_http("http://localhost/mcp");
            let response = patiently(requests.send_request(request)).await.expect("a response");
            exchange = Some((response, connection));
        } else {
            let mut connection = caller.send(&call).await;
            assert_eq!(connection.head().await.status, 200);
            unread = Some(connection);
        }
        stop.notify_one();
        stopped(serving).await;
        drop(unread);
        if let Some((response, connection)) = exchange {
            assert!(response.into_body().collect().await.is_err(), "it breaks off");
            let _ = patiently(connection).await;
        }
        until(|| alive_tasks() == before).await;
    }
}

#[tokio::test]
async fn there_is_no_probe_unless_its_path_is_set() {
    let server = crate::support::TestServer::of(Stage::new().service()).await;
    assert_eq!(probe(server.addr()).await.0, 404);
}

#[tokio::test]
async fn an_idle_server_stops_at_once() {
    // CANCEL-9
    let stage = Stage::new();
    let before = alive_tasks();
    let Serving { addr, stop, serving } = serve(&stage, LONG).await;
    let modern = Caller::of(addr, MODERN).await;
    stage.gate.add_permits(1);
    let mut connection = Connection::to(addr).await;
    assert_eq!(connection.ask(&modern.call(1, "silent")).await.status, 200);
    take(&stage.finished).await;
    let legacy = Caller::of(addr, ProtocolVersion::V2025_11_25).await;
    assert!(legacy.session.is_some());
    stop.notify_one();
    stopped(serving).await;
    connection.hung_up().await;
    until(|| alive_tasks() == before).await;
}
