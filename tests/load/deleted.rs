//! Sessions that are ended with calls in flight.

use std::{net::SocketAddr, sync::Arc};

use mcp_stack::{
    HttpService, McpService, ProtocolVersion, Stack,
    layers::{
        resume::{MemoryEventLog, ResumeLayer},
        session::{MemoryStore, SessionLayer},
    },
};
use tower::Layer;

use crate::{
    alone,
    caller::Caller,
    http2::{Exchange, Multiplexed, Streaming},
    level::{Level, open_sockets},
    shared::{Serving, alive_tasks, stopped, until},
    stage::Stage,
};

const SESSIONS: usize = 1_000;

/// So many share a connection: with three streams each, less than a server allows.
const PER_CONNECTION: usize = 50;

/// A session with one of each at work.
struct AtWork {
    caller: Caller,
    silent: Exchange,
    /// One that is given up.
    abandoned: Exchange,
    streaming: Streaming,
    listening: Streaming,
}

impl AtWork {
    async fn open(connection: &Multiplexed) -> Self {
        let caller = Caller::of(connection, ProtocolVersion::V2025_11_25).await;
        let silent = connection.send(&caller.call(1, "silent")).await;
        let mut streaming = connection.send(&caller.call(2, "streaming")).await.head().await;
        streaming.read_to("notifications/progress").await;
        let listening = connection.send(&caller.get()).await.head().await;
        let abandoned = connection.send(&caller.call(4, "silent")).await;
        Self { caller, silent, abandoned, streaming, listening }
    }

    /// SESS-18
    async fn end(self, connection: Multiplexed) {
        self.abandoned.give_up();
        connection.ask(&self.caller.end()).await;
        let answer = self.silent.whole().await.into_body();
        assert!(answer.contains(r#""code":499"#), "{answer}");
        let rest = self.streaming.rest().await;
        assert!(rest.contains(r#""code":499"#), "{rest}");
        let rest = self.listening.rest().await;
        assert!(!rest.contains("jsonrpc"), "{rest}");
    }
}

/// Ends so many sessions, each with three calls in flight and a stream.
async fn end(addr: SocketAddr, stage: &Stage, sessions: usize) {
    let before = stage.calls_begun();
    let mut at_work = Vec::new();
    for _ in 0..sessions / PER_CONNECTION {
        let connection = Multiplexed::to(addr).await;
        for _ in 0..PER_CONNECTION {
            at_work.push((connection.clone(), AtWork::open(&connection).await));
        }
    }
    stage.begun(before + 3 * sessions).await;
    for (connection, session) in at_work {
        session.end(connection).await;
    }
    stage.ended("the session ended", before + 3 * sessions).await;
}

async fn leaves_nothing<L>(stage: &Arc<Stage>, store: &MemoryStore, stack: Stack<McpService, L>)
where
    L: Layer<McpService> + Send + 'static,
    L::Service: HttpService,
{
    let serving = Serving::start(|server| server.serve(stack)).await;
    let listening = open_sockets();
    end(serving.addr, stage, PER_CONNECTION).await;
    // One task accepts connections, another looks for sessions that expire.
    until(|| (alive_tasks(), open_sockets()) == (2, listening)).await;
    let before = Level::now();
    end(serving.addr, stage, SESSIONS).await;
    before.returns(format_args!("{SESSIONS} sessions ended")).await;
    assert!(store.is_empty());
    serving.stop.notify_one();
    stopped(serving.serving).await;
}

#[test]
fn sessions_that_are_deleted_with_calls_in_flight_leave_nothing() {
    // SESS-18
    alone(async {
        let (stage, store) = (Stage::new(), Arc::new(MemoryStore::new()));
        let session = SessionLayer::with_store(Arc::<MemoryStore>::clone(&store));
        leaves_nothing(&stage, &store, Stack::new(stage.service()).with_session(session)).await;
    });
}

#[test]
fn sessions_whose_streams_could_have_been_resumed_leave_nothing() {
    // SESS-18, RESUME-4
    alone(async {
        let (stage, store) = (Stage::new(), Arc::new(MemoryStore::new()));
        let log = Arc::new(MemoryEventLog::new());
        let session = SessionLayer::with_store(Arc::<MemoryStore>::clone(&store));
        let resume = ResumeLayer::with_log(Arc::<MemoryEventLog>::clone(&log));
        let stack = Stack::new(stage.service()).with_session(session).with_resume(resume);
        leaves_nothing(&stage, &store, stack).await;
        assert_eq!(log.bytes(), 0);
    });
}
