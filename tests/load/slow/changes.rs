//! The streams on which changes are announced.

use std::{sync::Arc, time::Duration};

use http::uri::PathAndQuery;
use mcp_stack::{
    HttpService, McpService, ProtocolVersion, Registry, Resource, Stack, Tool,
    layers::{
        http_sse::HttpSseLayer,
        resume::{MemoryEventLog, ResumeLayer},
    },
};
use serde_json::json;
use tokio::time::Instant;
use tower::Layer;

use super::{
    BUDGET, FLOOD, Growth, READ, READ_PER_CONNECTION, SIZE, SLOW, SLOW_PER_CONNECTION, WINDOW,
    connect,
};
use crate::{
    alone,
    caller::Caller,
    http2::{Multiplexed, Streaming},
    shared::Serving,
};

const TOOLS: &str = "notifications/tools/list_changed";
const UPDATED: &str = "notifications/resources/updated";

/// Whose streams they are.
#[derive(Debug, Clone, Copy)]
enum Kind {
    /// A session's own.
    Get,
    /// Those of `subscriptions/listen`.
    Listen,
    /// Those of the oldest transport.
    HttpSse,
}

fn service() -> McpService {
    let service = McpService::new("probe", "1.0.0").with_stream_budget(BUDGET);
    let registry = service.registry();
    // The slow streams alone watch what it announces.
    let flood = Tool::new("flood", move || {
        for number in 0..FLOOD {
            let uri = format!("a://flood/{number}/{}", "x".repeat(SIZE));
            registry.notify_resource_updated(&uri);
        }
        "announced"
    });
    service
        .with_tool(flood)
        .and_then(|service| service.with_resource(Resource::new("a://b", "b", || "x")))
        .expect("fit items")
}

/// Opens a stream, whose beginning is read; one that will be slow watches a resource.
async fn open(kind: Kind, connection: &Multiplexed, slow: bool) -> (Caller, Streaming) {
    let watched = json!({ "uri": "a://flood" });
    match kind {
        Kind::Get => {
            let caller = Caller::of(connection, ProtocolVersion::V2025_11_25).await;
            if slow {
                connection.ask(&caller.request(1, "resources/subscribe", watched)).await;
            }
            let stream = connection.send(&caller.get()).await.head().await;
            (caller, stream)
        }
        Kind::Listen => {
            let caller = Caller::of(connection, ProtocolVersion::V2026_07_28).await;
            let watched = if slow { vec!["a://flood"] } else { vec![] };
            let wish = json!({ "toolsListChanged": true, "resourceSubscriptions": watched });
            let listen = json!({ "notifications": wish });
            let listen = caller.request(1, "subscriptions/listen", listen);
            let mut stream = connection.send(&listen).await.head().await;
            stream.read_to("acknowledged").await;
            (caller, stream)
        }
        Kind::HttpSse => {
            let (caller, mut stream) = Caller::of_http_sse(connection).await;
            if slow {
                connection.ask(&caller.request(1, "resources/subscribe", watched)).await;
                stream.read_to("\n\n").await;
            }
            (caller, stream)
        }
    }
}

/// Changes the list of tools, and waits until all these streams have told of it.
async fn change(registry: &Registry, name: &'static str, streams: &mut [Streaming]) -> Duration {
    let began = Instant::now();
    registry.update(|draft| draft.add_tool(Tool::new(name, || "x"))).expect("a fit tool");
    for stream in streams {
        let text = stream.read_to(TOOLS).await;
        assert!(!text.contains(UPDATED), "that is for the slow ones");
    }
    began.elapsed()
}

/// Floods those of a thousand streams that are not read, and changes the list of tools for
/// all. Gives what the slow ones then have to read.
async fn hold_up_nobody<L>(
    kind: Kind,
    registry: &Registry,
    stack: Stack<McpService, L>,
) -> Vec<String>
where
    L: Layer<McpService> + Send + 'static,
    L::Service: HttpService,
{
    let serving = Serving::start(|server| server.with_grace(Duration::ZERO).serve(stack)).await;
    let connections = connect(serving.addr).await;
    let (mut slow, mut read) = (Vec::new(), Vec::new());
    for connection in &connections {
        for _ in 0..READ_PER_CONNECTION {
            read.push(open(kind, connection, false).await.1);
        }
        for _ in 0..SLOW_PER_CONNECTION {
            slow.push((connection, open(kind, connection, true).await));
        }
    }
    let modern = Caller::of(&connections[0], ProtocolVersion::V2026_07_28).await;
    are_answered(&slow).await;
    let before = change(registry, "first", &mut read).await;

    let growth = Growth::begins();
    // The handler that announces it all is not kept waiting.
    connections[0].ask(&modern.call(1, "flood")).await;
    let after = change(registry, "second", &mut read).await;
    println!("{kind:?}: told in {before:?}, with slow streams full in {after:?}");
    are_answered(&slow).await;
    growth.check_bounded(&format!("{kind:?}"));

    let mut texts = Vec::new();
    for (_, (_, stream)) in &mut slow {
        stream.read_to(TOOLS).await;
        texts.push(stream.read_to(TOOLS).await);
    }
    texts
}

/// Who does not read one stream is answered on others, over the same connection too.
async fn are_answered(slow: &[(&Multiplexed, (Caller, Streaming))]) {
    for (connection, (caller, _)) in slow {
        connection.ask(&caller.request(9, "tools/list", json!({}))).await;
    }
}

/// A slow stream has what its window let in, what may wait for it, and what was under way
/// between the two; and that is the newest.
fn check_bounded(texts: &[String], may_wait: usize) {
    // Of each, the queue holds less than what the event takes on the wire.
    let most = (WINDOW as usize + may_wait + 2 * FRAME) / SIZE;
    assert!(most < FLOOD / 2, "else it says nothing");
    assert_eq!(texts.len(), SLOW);
    for text in texts {
        let updates = text.matches(UPDATED).count();
        assert!((1..=most).contains(&updates), "{updates} of {FLOOD}, at most {most}");
        assert!(text.contains(&format!("a://flood/{}/", FLOOD - 1)), "the newest is there");
    }
}

/// How much of a body is written at once, on its way or about to be.
const FRAME: usize = 17 << 10;

#[test]
fn a_hundred_slow_sessions_hold_up_nobody() {
    // SSE-19, TOOL-5
    alone(async {
        let service = service();
        let registry = service.registry();
        let texts = hold_up_nobody(Kind::Get, &registry, Stack::new(service)).await;
        check_bounded(&texts, BUDGET);
    });
}

#[test]
fn a_hundred_slow_listen_streams_hold_up_nobody() {
    // LISTEN-7, LISTEN-9
    alone(async {
        let service = service();
        let registry = service.registry();
        let texts = hold_up_nobody(Kind::Listen, &registry, Stack::new(service)).await;
        check_bounded(&texts, BUDGET);
    });
}

#[test]
fn a_hundred_slow_sessions_cost_no_more_than_the_log_allows_them() {
    // SSE-19, RESUME-4
    alone(async {
        let of_session = 32 << 10;
        let log = Arc::new(MemoryEventLog::new().with_max_bytes_per_session(of_session));
        let resume = ResumeLayer::with_log(Arc::<MemoryEventLog>::clone(&log));
        let service = service();
        let registry = service.registry();
        let stack = Stack::new(service).with_resume(resume);
        let texts = hold_up_nobody(Kind::Get, &registry, stack).await;
        // The streams of those who read have two small events each.
        assert!(log.bytes() <= SLOW * of_session + READ * 1_024, "{} bytes", log.bytes());
        check_bounded(&texts, of_session + PAGE);
    });
}

/// What a connection takes from the event log at once.
const PAGE: usize = 64 << 10;

#[test]
fn a_hundred_slow_streams_of_the_oldest_transport_hold_up_nobody() {
    // LEGACY-SSE-3
    alone(async {
        let path = PathAndQuery::from_static("/mcp");
        let http_sse = HttpSseLayer::new()
            .with_stream_path(path.clone())
            .with_message_path(path)
            .with_stream_budget(BUDGET)
            .with_stall_timeout(Duration::from_secs(3_600));
        let service = service();
        let registry = service.registry();
        let stack = Stack::new(service).with_bytes_layer(http_sse);
        let texts = hold_up_nobody(Kind::HttpSse, &registry, stack).await;
        // It takes from the stream inside what it has no room for yet.
        check_bounded(&texts, 2 * BUDGET + FRAME);
    });
}
