//! The streams that answer calls.

use std::{sync::Arc, time::Duration};

use mcp_stack::{
    Context, HttpService, LogLevel, McpService, ProtocolVersion, Stack, Tool,
    layers::resume::{MemoryEventLog, ResumeLayer},
};
use tokio::sync::Semaphore;
use tower::Layer;

use super::{
    BUDGET, FLOOD, Growth, READ, READ_PER_CONNECTION, SIZE, SLOW, SLOW_PER_CONNECTION, connect,
};
use crate::{
    alone,
    caller::Caller,
    shared::{Serving, patiently},
    stage::Stage,
};

const NEWEST: ProtocolVersion = ProtocolVersion::V2025_11_25;
const MODERN: ProtocolVersion = ProtocolVersion::V2026_07_28;

/// How many calls have logged all that they had to.
type Flooded = Arc<Semaphore>;

fn service(stage: &Arc<Stage>, flooded: &Flooded) -> McpService {
    let flooded = Arc::clone(flooded);
    let flood = Tool::new("flood", move |cx: Context| {
        let flooded = Arc::clone(&flooded);
        async move {
            for number in 0..FLOOD {
                cx.log(LogLevel::Info, format!("{number} {}", "x".repeat(SIZE)));
                tokio::task::yield_now().await;
            }
            flooded.add_permits(1);
            "flooded"
        }
    });
    stage.service().with_logging().with_stream_budget(BUDGET).with_tool(flood).expect("a fit tool")
}

/// Of a thousand calls a hundred say much and are not read.
async fn hold_up_nobody<L>(
    version: ProtocolVersion,
    stage: &Stage,
    flooded: &Flooded,
    stack: Stack<McpService, L>,
) where
    L: Layer<McpService> + Send + 'static,
    L::Service: HttpService,
{
    let serving = Serving::start(|server| server.with_grace(Duration::ZERO).serve(stack)).await;
    let connections = connect(serving.addr).await;
    let mut read = Vec::new();
    for connection in &connections {
        // Each session has nine calls that are read, and one that is not.
        for _ in 0..SLOW_PER_CONNECTION {
            let caller = Caller::of(connection, version).await;
            for id in 0..READ_PER_CONNECTION / SLOW_PER_CONNECTION {
                let call = caller.call(10 + id, "streaming");
                let mut stream = connection.send(&call).await.head().await;
                stream.read_to("notifications/progress").await;
                read.push((connection, caller.clone(), stream));
            }
        }
    }
    stage.begun(READ).await;

    let growth = Growth::begins();
    let mut slow = Vec::new();
    for (connection, caller, _) in read.iter().step_by(READ / SLOW) {
        slow.push(connection.send(&caller.call(1, "flood")).await);
    }
    // The handlers get to their ends, though not one of these streams has been read.
    patiently(flooded.acquire_many(SLOW as u32)).await.expect("never closed").forget();
    for (connection, caller, _) in read.iter().step_by(READ / SLOW) {
        connection.ask(&caller.call(2, "quick")).await;
    }
    stage.let_through(READ);
    for (_, _, stream) in read {
        assert!(stream.rest().await.contains("done"));
    }
    growth.check_bounded(&format!("calls in {version}"));

    for mut call in slow {
        let text = call.head().await.rest().await;
        assert_eq!(logged(&text) + lost(&text), FLOOD, "none is lost unsaid");
        assert!(lost(&text) > FLOOD / 2, "else it says nothing");
        assert!(text.contains("flooded"), "the answer is there");
    }
}

/// How many log messages came of those the handler sent.
fn logged(text: &str) -> usize {
    text.matches("notifications/message").count() - text.matches(LOST).count()
}

/// How many are said to be lost.
fn lost(text: &str) -> usize {
    let said = text.split(LOST).collect::<Vec<_>>();
    let counts = said[..said.len() - 1].iter().map(|before| {
        let digits = before.rsplit('"').next().expect("a piece at least");
        digits.parse::<usize>().expect("a number")
    });
    counts.sum()
}

const LOST: &str = " log messages dropped: ";

#[test]
fn a_hundred_slow_modern_calls_hold_up_nobody() {
    // SSE-3, LOG-2
    alone(async {
        let (stage, flooded) = (Stage::new(), Arc::new(Semaphore::new(0)));
        let stack = Stack::new(service(&stage, &flooded));
        hold_up_nobody(MODERN, &stage, &flooded, stack).await;
    });
}

#[test]
fn a_hundred_slow_legacy_calls_hold_up_nobody() {
    // SSE-4, SSE-19
    alone(async {
        let (stage, flooded) = (Stage::new(), Arc::new(Semaphore::new(0)));
        let stack = Stack::new(service(&stage, &flooded));
        hold_up_nobody(NEWEST, &stage, &flooded, stack).await;
    });
}

#[test]
fn a_hundred_slow_calls_that_can_be_resumed_hold_up_nobody() {
    // SSE-19, RESUME-4
    alone(async {
        let (stage, flooded) = (Stage::new(), Arc::new(Semaphore::new(0)));
        let log = MemoryEventLog::new().with_max_events_per_stream(24);
        let stack = Stack::new(service(&stage, &flooded));
        let stack = stack.with_resume(ResumeLayer::with_log(Arc::new(log)));
        hold_up_nobody(NEWEST, &stage, &flooded, stack).await;
    });
}
