//! Calls that their clients give up.

use std::{net::SocketAddr, sync::Arc};

use mcp_stack::{
    HttpService, ProtocolVersion, Stack,
    layers::{
        resume::{MemoryEventLog, ResumeLayer},
        session::{MemoryStore, SessionLayer},
    },
};
use tower::Layer;

use crate::{
    alone,
    caller::Caller,
    http1::Connection,
    http2::{Exchange, Multiplexed},
    level::{Level, open_sockets},
    shared::{Serving, alive_tasks, stopped, until},
    stage::{FINISHED, Stage},
};

/// Calls given up in each of three tests: together more than 10,000.
const CALLS: usize = 3_600;

/// Calls open at a time, in so many sessions.
const WAVE: usize = 50;
const SESSIONS: usize = 10;

/// When a call is given up.
#[derive(Debug, Clone, Copy)]
enum Moment {
    /// While the client still sends it.
    Upload,
    /// While its handler runs, and has said nothing.
    Silent,
    /// While its answer streams.
    Streaming,
}

/// How a call is given up.
#[derive(Debug, Clone, Copy)]
enum Way {
    HangUp,
    Reset,
    /// Its stream alone, of many on a connection.
    ResetStream,
}

const MOMENTS: [Moment; 3] = [Moment::Upload, Moment::Silent, Moment::Streaming];
const WAYS: [Way; 3] = [Way::HangUp, Way::Reset, Way::ResetStream];

/// A call that has not been answered.
enum Open {
    Alone(Connection),
    AmongMany(Exchange),
}

/// Clients of one server, and what became of their calls.
struct Load {
    addr: SocketAddr,
    stage: Arc<Stage>,
    version: ProtocolVersion,
    calls: usize,
    performed: usize,
}

impl Load {
    /// Gives up so many calls, in sessions that are ended then.
    async fn run(&mut self, calls: usize) {
        let connection = Multiplexed::to(self.addr).await;
        let mut callers = Vec::new();
        for _ in 0..SESSIONS {
            callers.push(Caller::of(&connection, self.version).await);
        }
        // The server has its end of the connection.
        connection.ask(&callers[0].call(0, "quick")).await;
        let done = self.calls + calls;
        let kinds = MOMENTS.into_iter().flat_map(|moment| WAYS.map(|way| (moment, way)));
        for (moment, way) in kinds.cycle() {
            self.wave(&connection, &callers, moment, way).await;
            if self.calls >= done {
                break;
            }
        }
        for caller in callers.iter().filter(|_| !self.version.is_modern()) {
            connection.ask(&caller.end()).await;
        }
    }

    async fn wave(
        &mut self,
        connection: &Multiplexed,
        callers: &[Caller],
        moment: Moment,
        way: Way,
    ) {
        let sockets = open_sockets();
        let mut open = Vec::new();
        for _ in 0..WAVE {
            self.calls += 1;
            let caller = &callers[self.calls % callers.len()];
            open.push(self.begin(connection, caller, moment, way).await);
        }
        // What comes first on a connection is taken up first.
        connection.ask(&callers[0].call(0, "quick")).await;
        if !matches!(moment, Moment::Upload) {
            self.performed += WAVE;
            self.stage.begun(self.performed).await;
        }
        for call in open {
            call.give_up(way);
        }
        // Whoever hung up is noticed when the socket closes, else behind the next answer.
        until(|| open_sockets() == sockets).await;
        connection.ask(&callers[0].call(0, "quick")).await;
        match moment {
            Moment::Upload => {}
            // CANCEL-1
            _ if self.version.is_modern() => {
                self.stage.ended("the client went away", self.performed).await;
            }
            // CANCEL-4
            _ => {
                self.stage.let_through(WAVE);
                self.stage.ended(FINISHED, self.performed).await;
            }
        }
    }

    async fn begin(
        &self,
        connection: &Multiplexed,
        caller: &Caller,
        moment: Moment,
        way: Way,
    ) -> Open {
        let tool = if let Moment::Streaming = moment { "streaming" } else { "silent" };
        let request = caller.call(self.calls, tool);
        if let Way::ResetStream = way {
            let mut exchange = match moment {
                Moment::Upload => connection.send_half(&request).await,
                _ => connection.send(&request).await,
            };
            if let Moment::Streaming = moment {
                exchange.head().await.read_to("notifications/progress").await;
            }
            return Open::AmongMany(exchange);
        }
        let mut own = Connection::to(self.addr).await;
        match moment {
            Moment::Upload => own.send_half(&request).await,
            Moment::Silent => own.send(&request).await,
            Moment::Streaming => {
                own.send(&request).await;
                own.read_to("notifications/progress").await;
            }
        }
        Open::Alone(own)
    }
}

impl Open {
    fn give_up(self, way: Way) {
        match self {
            Self::AmongMany(exchange) => exchange.give_up(),
            Self::Alone(connection) if matches!(way, Way::Reset) => connection.reset(),
            Self::Alone(connection) => drop(connection),
        }
    }
}

/// Nothing is left of the calls.
async fn leaves_nothing<L>(
    stage: &Arc<Stage>,
    store: &MemoryStore,
    stack: Stack<mcp_stack::McpService, L>,
    version: ProtocolVersion,
) where
    L: Layer<mcp_stack::McpService> + Send + 'static,
    L::Service: HttpService,
{
    let serving = Serving::start(|server| server.serve(stack)).await;
    let listening = open_sockets();
    let (calls, performed) = (0, 0);
    let mut load = Load { addr: serving.addr, stage: Arc::clone(stage), version, calls, performed };
    load.run(WAVE * MOMENTS.len() * WAYS.len()).await;
    // One task accepts connections, another looks for sessions that expire.
    let tasks = if version.is_modern() { 1 } else { 2 };
    until(|| (alive_tasks(), open_sockets()) == (tasks, listening)).await;
    let before = Level::now();
    load.run(CALLS).await;
    before.returns(format_args!("{CALLS} calls given up in {version}")).await;
    assert!(store.is_empty());
    serving.stop.notify_one();
    stopped(serving.serving).await;
}

#[test]
fn calls_that_modern_clients_give_up_leave_nothing() {
    // CANCEL-1
    alone(async {
        let (stage, store) = (Stage::new(), MemoryStore::new());
        let stack = Stack::new(stage.service());
        leaves_nothing(&stage, &store, stack, ProtocolVersion::V2026_07_28).await;
    });
}

#[test]
fn calls_that_legacy_clients_give_up_leave_nothing() {
    // CANCEL-4
    alone(async {
        let (stage, store) = (Stage::new(), Arc::new(MemoryStore::new()));
        let session = SessionLayer::with_store(Arc::<MemoryStore>::clone(&store));
        let stack = Stack::new(stage.service()).with_session(session);
        leaves_nothing(&stage, &store, stack, ProtocolVersion::V2025_11_25).await;
    });
}

#[test]
fn calls_that_could_have_been_resumed_leave_nothing() {
    // CANCEL-4, RESUME-4
    alone(async {
        let (stage, store) = (Stage::new(), Arc::new(MemoryStore::new()));
        let log = Arc::new(MemoryEventLog::new());
        let session = SessionLayer::with_store(Arc::<MemoryStore>::clone(&store));
        let resume = ResumeLayer::with_log(Arc::<MemoryEventLog>::clone(&log));
        let stack = Stack::new(stage.service()).with_session(session).with_resume(resume);
        leaves_nothing(&stage, &store, stack, ProtocolVersion::V2025_11_25).await;
        assert_eq!(log.bytes(), 0);
    });
}
