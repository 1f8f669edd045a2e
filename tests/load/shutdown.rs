//! A server that stops in the middle of its load.

use std::{sync::Arc, time::Duration};

use mcp_stack::{HttpService, McpService, ProtocolVersion, Stack, layers::resume::ResumeLayer};
use serde_json::json;
use tokio::task::JoinSet;
use tower::Layer;

use crate::{
    alone,
    caller::Caller,
    http1::Connection,
    http2::{Exchange, Multiplexed, Streaming},
    level::{Level, open_sockets},
    shared::{Serving, alive_tasks, stopped, until},
    stage::Stage,
};

const NEWEST: ProtocolVersion = ProtocolVersion::V2025_11_25;
const MODERN: ProtocolVersion = ProtocolVersion::V2026_07_28;

/// Connections, and on each so many clients of either era with two calls and a stream.
const CONNECTIONS: usize = 5;
const CLIENTS: usize = 15;

/// What hangs on a connection when the server stops.
#[derive(Default)]
struct InFlight {
    silent: Vec<Exchange>,
    streaming: Vec<Streaming>,
    listening: Vec<Streaming>,
    uploads: Vec<Connection>,
}

impl InFlight {
    async fn add(&mut self, connection: &Multiplexed, version: ProtocolVersion) {
        let caller = Caller::of(connection, version).await;
        self.silent.push(connection.send(&caller.call(1, "silent")).await);
        let mut stream = connection.send(&caller.call(2, "streaming")).await.head().await;
        stream.read_to("notifications/progress").await;
        self.streaming.push(stream);
        let wish = json!({ "notifications": { "toolsListChanged": true } });
        let listen = match version.is_modern() {
            true => caller.request(3, "subscriptions/listen", wish),
            false => caller.get(),
        };
        self.listening.push(connection.send(&listen).await.head().await);
    }

    /// SESS-18, LISTEN-11
    async fn end(self) {
        for call in self.silent {
            let answer = call.whole().await.into_body();
            assert!(answer.contains(r#""code":503"#), "{answer}");
        }
        for stream in self.streaming {
            let rest = stream.rest().await;
            assert!(rest.contains(r#""code":503"#), "{rest}");
        }
        for stream in self.listening {
            stream.rest().await;
        }
        drop(self.uploads);
    }
}

/// Asks and asks, until the server takes no more. What it answers it answers whole.
async fn keep_asking(connection: Multiplexed, caller: Caller) -> usize {
    let mut answered = 0;
    while let Some(answer) = connection.ask_while_it_lasts(&caller.call(answered, "quick")).await {
        assert!(answer.ends_with('}'), "{answer}");
        answered += 1;
    }
    answered
}

/// Stops a server that is at work, and waits until all is as before.
async fn stop<L>(stage: &Arc<Stage>, stack: Stack<McpService, L>)
where
    L: Layer<McpService> + Send + 'static,
    L::Service: HttpService,
{
    let before = stage.calls_begun();
    let serving =
        Serving::start(|server| server.with_grace(Duration::from_millis(200)).serve(stack)).await;
    let (mut in_flight, mut asking) = (InFlight::default(), JoinSet::new());
    for _ in 0..CONNECTIONS {
        let connection = Multiplexed::to(serving.addr).await;
        for version in [NEWEST, MODERN] {
            for _ in 0..CLIENTS {
                in_flight.add(&connection, version).await;
            }
            let busy = Multiplexed::to(serving.addr).await;
            let caller = Caller::of(&busy, version).await;
            asking.spawn(keep_asking(busy, caller.clone()));
            let mut upload = Connection::to(serving.addr).await;
            upload.send_half(&caller.call(1, "silent")).await;
            in_flight.uploads.push(upload);
        }
    }
    let calls = before + 2 * 2 * CLIENTS * CONNECTIONS;
    stage.begun(calls).await;
    serving.stop.notify_one();
    stopped(serving.serving).await;
    stage.ended("the server is shutting down", calls).await;
    in_flight.end().await;
    let answered: usize = asking.join_all().await.into_iter().sum();
    assert!(answered > 0, "there was load");
}

/// Nothing is left of a server but what the test itself holds.
async fn leaves_nothing<L>(stage: &Arc<Stage>, stack: impl Fn() -> Stack<McpService, L>)
where
    L: Layer<McpService> + Send + 'static,
    L::Service: HttpService,
{
    let sockets = open_sockets();
    stop(stage, stack()).await;
    until(|| (alive_tasks(), open_sockets()) == (0, sockets)).await;
    let before = Level::now();
    stop(stage, stack()).await;
    before.returns("a server stopped under load").await;
}

#[test]
fn a_server_that_stops_under_load_leaves_nothing() {
    // CANCEL-9, SESS-18
    alone(async {
        let stage = Stage::new();
        leaves_nothing(&stage, || Stack::new(stage.service())).await;
        assert_eq!(Arc::strong_count(&stage), 1, "handlers and sessions are gone");
    });
}

#[test]
fn a_server_whose_streams_could_have_been_resumed_leaves_nothing() {
    // CANCEL-9, SESS-18
    alone(async {
        let stage = Stage::new();
        // What a log has of a server that stopped stays in it, for the next: here it goes
        // with the server.
        let stack = || Stack::new(stage.service()).with_resume(ResumeLayer::new());
        leaves_nothing(&stage, stack).await;
        assert_eq!(Arc::strong_count(&stage), 1, "handlers and sessions are gone");
    });
}
