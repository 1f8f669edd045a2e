//! A connection that closes, told from a session that is over.

use std::sync::{Arc, Mutex};

use mcp_stack::{
    Context, McpService, Stack, Tool,
    core::extensions::CancelReason,
    layers::{
        resume::ResumeLayer,
        session::{SessionEndReason, SessionLayer},
    },
};
use tokio::sync::Semaphore;

use crate::{
    raw::{Caller, take},
    support::{LEGACY, MODERN, TestServer},
};

/// What becomes known of a call, from work that it has spawned.
struct Seen {
    started: Semaphore,
    disconnected: Semaphore,
    cancelled: Semaphore,
    reasons: Mutex<Vec<CancelReason>>,
}

impl Seen {
    fn new() -> Arc<Self> {
        let (none, reasons) = (|| Semaphore::new(0), Mutex::default());
        Arc::new(Self { started: none(), disconnected: none(), cancelled: none(), reasons })
    }
}

/// Two tools that never answer, one of which speaks.
fn service(seen: &Arc<Seen>) -> McpService {
    let tool = |name: &str, speaks: bool| {
        let seen = Arc::clone(seen);
        Tool::new(name, move |cx: Context| {
            let seen = Arc::clone(&seen);
            async move {
                if speaks {
                    cx.progress(1.0, None, None);
                }
                tokio::spawn(watch(cx, Arc::clone(&seen)));
                seen.started.add_permits(1);
                std::future::pending::<String>().await
            }
        })
    };
    McpService::new("watched", "1.0.0")
        .with_tool(tool("silent", false))
        .and_then(|service| service.with_tool(tool("streaming", true)))
        .expect("fit tools")
}

async fn watch(cx: Context, seen: Arc<Seen>) {
    assert!(!cx.is_disconnected());
    let told = Arc::clone(&seen);
    let disconnected = cx.disconnected();
    tokio::spawn(async move {
        assert_eq!(disconnected.await, CancelReason::Disconnected);
        told.disconnected.add_permits(1);
    });
    let reason = cx.cancelled().await;
    seen.reasons.lock().expect("no panic").push(reason);
    seen.cancelled.add_permits(1);
}

#[tokio::test]
async fn in_a_session_a_closed_connection_ends_neither_the_call_nor_the_session() {
    // CANCEL-4, SESS-18
    for resume in [false, true] {
        let (seen, ends) = (Seen::new(), Arc::new(Mutex::new(Vec::new())));
        let told = Arc::clone(&ends);
        let sessions = SessionLayer::new().on_end(move |end| {
            told.lock().expect("no panic").push(end.reason);
        });
        let stack = Stack::new(service(&seen)).with_session(sessions);
        let server = match resume {
            false => TestServer::start(stack).await,
            true => TestServer::start(stack.with_resume(ResumeLayer::new())).await,
        };
        for version in LEGACY {
            let caller = Caller::of(server.addr(), version).await;
            for (id, tool) in ["silent", "streaming"].into_iter().enumerate() {
                let connection = caller.send(&caller.call(id, tool)).await;
                take(&seen.started).await;
                drop(connection);
                take(&seen.disconnected).await;
            }
            assert_eq!(seen.cancelled.available_permits(), 0, "{version}");
            assert_eq!(*ends.lock().expect("no panic"), [], "{version}");

            assert_eq!(caller.ask(&caller.end()).await.status, 204);
            for _ in 0..2 {
                take(&seen.cancelled).await;
            }
            let reasons = std::mem::take(&mut *seen.reasons.lock().expect("no panic"));
            assert_eq!(reasons, [CancelReason::SessionEnded, CancelReason::SessionEnded]);
            let ended = std::mem::take(&mut *ends.lock().expect("no panic"));
            assert_eq!(ended, [SessionEndReason::Deleted], "{version}");
        }
    }
}

#[tokio::test]
async fn without_a_session_a_closed_connection_is_the_end_of_the_call() {
    // CANCEL-1
    let seen = Seen::new();
    let server = TestServer::of(service(&seen)).await;
    let caller = Caller::of(server.addr(), MODERN).await;
    for (id, tool) in ["silent", "streaming"].into_iter().enumerate() {
        let connection = caller.send(&caller.call(id, tool)).await;
        take(&seen.started).await;
        drop(connection);
        take(&seen.disconnected).await;
        take(&seen.cancelled).await;
    }
    let reasons = seen.reasons.lock().expect("no panic").clone();
    assert_eq!(reasons, [CancelReason::Disconnected, CancelReason::Disconnected]);
}

#[tokio::test]
async fn a_call_that_ends_otherwise_was_not_disconnected() {
    // CANCEL-5
    let seen = Seen::new();
    let server = TestServer::of(service(&seen)).await;
    let caller = Caller::of(server.addr(), LEGACY[3]).await;
    for (id, tool) in ["silent", "streaming"].into_iter().enumerate() {
        let _connection = caller.send(&caller.call(id, tool)).await;
        take(&seen.started).await;
        assert_eq!(caller.ask(&caller.cancel(id)).await.status, 202);
        take(&seen.cancelled).await;
    }
    assert_eq!(seen.disconnected.available_permits(), 0);
}
