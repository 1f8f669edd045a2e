//! A handler's life, seen from the message zone.

use std::{
    future::{Future, pending},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context as TaskContext, Poll, Waker},
};

use futures_core::Stream;
use http::{Request, Response};
use mcp_layers_core::{
    Event, Inbound, Outbound,
    extensions::{CancelReason, CancelToken, Cancellation, OnDisconnect},
    jsonrpc::{Limits, code, decode},
    protocol::ProtocolVersion,
};
use serde_json::{Value, json};
use tokio::sync::Notify;
use tower_service::Service as _;

use crate::{Context, IntoHandler, LogLevel, McpService, Tool, ToolResult};

/// A service with one tool, called `work`.
fn service<H, Form>(work: H) -> McpService
where
    H: IntoHandler<ToolResult, Form>,
{
    McpService::new("test", "1").with_logging().with_tool(Tool::new("work", work)).expect("valid")
}

fn call(version: ProtocolVersion, cancellation: Option<Cancellation>) -> Request<Inbound> {
    let body = json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": { "name": "work", "_meta": {
            "progressToken": "t",
            "io.modelcontextprotocol/logLevel": "info",
        } },
    });
    let body = decode(body.to_string().into(), Limits::default()).expect("a valid message");
    let mut request = Request::post("/mcp").body(body).expect("a valid request");
    request.extensions_mut().insert(version);
    if let Some(cancellation) = cancellation {
        request.extensions_mut().insert(cancellation);
    }
    request
}

fn modern() -> Request<Inbound> {
    call(ProtocolVersion::V2026_07_28, None)
}

async fn answer(service: &mut McpService, request: Request<Inbound>) -> Response<Outbound> {
    match service.call(request).await {
        Ok(response) => response,
    }
}

fn single(response: Response<Outbound>) -> Value {
    match response.into_body() {
        Outbound::Response(message) => serde_json::from_slice(message.bytes()).expect("JSON"),
        other => panic!("not a single response: {other:?}"),
    }
}

/// All messages of a stream, to its end.
async fn messages(response: Response<Outbound>) -> Vec<Value> {
    let Outbound::Stream(mut stream) = response.into_body() else { panic!("not a stream") };
    let mut messages = Vec::new();
    while let Some(event) = next(&mut stream).await {
        let message = event.message.expect("every event has a message");
        messages.push(serde_json::from_slice(message.bytes()).expect("JSON"));
    }
    messages
}

async fn next(stream: &mut (impl Stream<Item = Event> + Unpin)) -> Option<Event> {
    std::future::poll_fn(|cx| pin!(&mut *stream).poll_next(cx)).await
}

fn poll_once<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    std::pin::Pin::new(future).poll(&mut TaskContext::from_waker(Waker::noop()))
}

/// Says when it is dropped.
struct Dropped(Arc<Notify>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

/// A service whose tool never ends, and what says that its work was dropped.
fn stuck() -> (McpService, Arc<Notify>) {
    let dropped = Arc::new(Notify::new());
    let witness = Arc::clone(&dropped);
    let service = service(move || {
        let witness = Dropped(Arc::clone(&witness));
        async move {
            let _witness = witness;
            pending::<()>().await;
        }
    });
    (service, dropped)
}

#[test]
fn a_silent_handler_needs_no_runtime_and_is_answered_at_once() {
    // No tokio runtime here: a task or timer would panic.
    let mut service = service(|| "done");
    let Poll::Ready(Ok(response)) = poll_once(&mut service.call(modern())) else {
        panic!("a handler that waits for nothing is done when polled");
    };
    assert_eq!(single(response)["result"]["content"][0]["text"], "done");
} // NEG-25

#[test]
fn a_handler_that_emits_and_finishes_at_once_needs_no_task() {
    let mut service = service(async |cx: Context| {
        cx.progress(1.0, None, None);
        "done"
    });
    let Poll::Ready(Ok(response)) = poll_once(&mut service.call(modern())) else {
        panic!("a handler that waits for nothing is done when polled");
    };
    assert!(matches!(response.body(), Outbound::Stream(_)));
}

#[tokio::test]
async fn what_is_emitted_precedes_the_response_on_its_stream() {
    let mut service = service(async |cx: Context| {
        for step in 1..=3 {
            cx.progress(f64::from(step), Some(3.0), Some("walking"));
            tokio::task::yield_now().await;
        }
        cx.log(LogLevel::Info, json!({ "arrived": true }));
        "done"
    });
    let messages = messages(answer(&mut service, modern()).await).await;
    let progress: Vec<_> = messages[..3].iter().map(|m| &m["params"]["progress"]).collect();
    assert_eq!(progress, [1, 2, 3]);
    assert_eq!(messages[0]["params"]["progressToken"], "t");
    assert_eq!(messages[3]["params"]["data"]["arrived"], true);
    assert_eq!(messages[4]["id"], 1);
    assert_eq!(messages.len(), 5);
} // PROG-2, PROG-8, PROG-9, LOG-4, SSE-28

#[tokio::test]
async fn a_message_from_another_task_wakes_the_waiting_call() {
    let mut service = service(async |cx: Context| {
        let (speaker, done) = (cx.clone(), Arc::new(Notify::new()));
        let spoken = Arc::clone(&done);
        tokio::spawn(async move {
            tokio::task::yield_now().await;
            speaker.progress(1.0, None, None);
            spoken.notify_one();
        });
        done.notified().await;
        "done"
    });
    let messages = messages(answer(&mut service, modern()).await).await;
    assert_eq!(messages[0]["method"], "notifications/progress");
    assert_eq!(messages[1]["result"]["content"][0]["text"], "done");
}

#[tokio::test]
async fn progress_that_does_not_increase_is_not_sent() {
    let mut service = service(async |cx: Context| {
        for progress in [1.0, 1.0, 0.5, f64::NAN, 2.0] {
            cx.progress(progress, None, None);
            tokio::task::yield_now().await;
        }
        "done"
    });
    let messages = messages(answer(&mut service, modern()).await).await;
    let sent: Vec<_> = messages.iter().filter_map(|m| m["params"]["progress"].as_f64()).collect();
    assert_eq!(sent, [1.0, 2.0]);
} // PROG-3

#[tokio::test]
async fn nothing_follows_the_response() {
    let kept = Arc::new(std::sync::Mutex::new(None));
    let keep = Arc::clone(&kept);
    let mut service = service(move |cx: Context| {
        *keep.lock().expect("not poisoned") = Some(cx);
        "done"
    });
    let response = answer(&mut service, modern()).await;
    let context = kept.lock().expect("not poisoned").take().expect("the handler ran");
    context.progress(1.0, None, None);
    assert_eq!(single(response)["result"]["content"][0]["text"], "done");
} // PROG-4

#[tokio::test]
async fn a_panic_becomes_an_internal_error_without_its_detail() {
    fn boom() -> &'static str {
        panic!("the secret is 42")
    }
    for mut service in [service(boom), service(async || boom())] {
        let response = single(answer(&mut service, modern()).await);
        assert_eq!(response["error"]["code"], code::INTERNAL_ERROR);
        assert!(!response.to_string().contains("42"));
    }
}

#[tokio::test]
async fn a_panic_after_the_upgrade_ends_the_stream_with_an_internal_error() {
    let mut service = service(async |cx: Context| -> &'static str {
        cx.progress(1.0, None, None);
        tokio::task::yield_now().await;
        panic!("too late for JSON")
    });
    let messages = messages(answer(&mut service, modern()).await).await;
    assert_eq!(messages[1]["error"]["code"], code::INTERNAL_ERROR);
} // NEG-21

#[tokio::test]
async fn a_client_that_cancels_gets_a_stream_without_a_response() {
    let token = CancelToken::new();
    let cancellation = Cancellation::new(token.clone(), OnDisconnect::Detach);
    let (mut service, dropped) = stuck();
    let mut work = service.call(call(ProtocolVersion::V2025_11_25, Some(cancellation)));
    assert!(poll_once(&mut work).is_pending());
    token.cancel(CancelReason::Client(None));
    let Ok(response) = work.await;
    assert_eq!(messages(response).await, Vec::<Value>::new());
    dropped.notified().await;
} // CANCEL-5

#[tokio::test]
async fn work_that_is_stopped_from_outside_is_answered_with_the_reason() {
    let limit = std::time::Duration::from_secs(1);
    for (reason, expected) in [
        (CancelReason::TimedOut(limit), code::TIMEOUT),
        (CancelReason::ShuttingDown, code::UNAVAILABLE),
        (CancelReason::SessionEnded, code::CANCELLED),
    ] {
        let token = CancelToken::new();
        let cancellation = Cancellation::new(token.clone(), OnDisconnect::Drop);
        let mut service = service(async || pending::<()>().await);
        let mut work = service.call(call(ProtocolVersion::V2026_07_28, Some(cancellation)));
        assert!(poll_once(&mut work).is_pending());
        token.cancel(reason);
        let Ok(response) = work.await;
        assert_eq!(single(response)["error"]["code"], expected);
    }
} // ERR-9

#[tokio::test]
async fn a_modern_client_that_goes_away_before_the_answer_stops_the_handler() {
    let (mut service, dropped) = stuck();
    let mut work = service.call(modern());
    assert!(poll_once(&mut work).is_pending());
    drop(work);
    dropped.notified().await;
} // CANCEL-1, CANCEL-3

#[tokio::test]
async fn a_modern_client_that_closes_its_stream_stops_the_handler() {
    let dropped = Arc::new(Notify::new());
    let witness = Arc::clone(&dropped);
    let mut service = service(move |cx: Context| {
        let witness = Dropped(Arc::clone(&witness));
        async move {
            let _witness = witness;
            cx.progress(1.0, None, None);
            pending::<()>().await;
        }
    });
    drop(answer(&mut service, modern()).await);
    dropped.notified().await;
} // CANCEL-1, CANCEL-3, LISTEN-10

#[tokio::test]
async fn a_legacy_call_whose_client_vanished_runs_to_its_end() {
    let (started, finished) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let ends = Arc::new(AtomicUsize::new(0));
    let (gate, done, count) = (Arc::clone(&started), Arc::clone(&finished), Arc::clone(&ends));
    let mut service = service(move |cx: Context| {
        let (gate, done, count) = (Arc::clone(&gate), Arc::clone(&done), Arc::clone(&count));
        async move {
            gate.notified().await;
            cx.progress(1.0, None, None); // nobody reads it
            count.fetch_add(1, Ordering::SeqCst);
            done.notify_one();
        }
    });
    let cancellation = Cancellation::new(CancelToken::new(), OnDisconnect::Detach);
    let mut work = service.call(call(ProtocolVersion::V2025_11_25, Some(cancellation)));
    assert!(poll_once(&mut work).is_pending());
    drop(work);
    assert_eq!(ends.load(Ordering::SeqCst), 0);
    started.notify_one();
    finished.notified().await;
    assert_eq!(ends.load(Ordering::SeqCst), 1);
} // CANCEL-4

#[tokio::test]
async fn detached_work_still_heeds_its_token() {
    let (mut service, dropped) = stuck();
    let token = CancelToken::new();
    let cancellation = Cancellation::new(token.clone(), OnDisconnect::Detach);
    let mut work = service.call(call(ProtocolVersion::V2025_11_25, Some(cancellation)));
    assert!(poll_once(&mut work).is_pending());
    drop(work);
    token.cancel(CancelReason::SessionEnded);
    dropped.notified().await;
} // SESS-18

#[tokio::test]
async fn the_request_is_in_flight_until_the_work_is_done_and_no_longer() {
    let guard = Arc::new(());
    let kept = Arc::new(std::sync::Mutex::new(None));
    let keep = Arc::clone(&kept);
    let mut service = service(move |cx: Context| {
        *keep.lock().expect("not poisoned") = Some(cx);
        "done"
    });
    let in_flight = Arc::<()>::clone(&guard);
    let cancellation =
        Cancellation::new(CancelToken::new(), OnDisconnect::Detach).with_guard(in_flight);
    let work = service.call(call(ProtocolVersion::V2025_11_25, Some(cancellation)));
    assert_eq!(Arc::strong_count(&guard), 2);
    let Ok(_) = work.await;
    // The handler's context lives on, the request does not.
    assert!(kept.lock().expect("not poisoned").is_some());
    assert_eq!(Arc::strong_count(&guard), 1);
}

#[tokio::test]
async fn a_reader_that_lags_gets_the_response_and_is_told_how_many_logs_it_missed() {
    let mut service = service(async |cx: Context| {
        for number in 0..1000 {
            cx.log(LogLevel::Info, number);
        }
        "done"
    })
    .with_stream_budget(4096);
    let messages = messages(answer(&mut service, modern()).await).await;
    let told = messages
        .iter()
        .filter(|m| m["params"]["level"] == "warning")
        .find_map(|m| m["params"]["data"].as_str()?.split(' ').next()?.parse::<usize>().ok())
        .expect("a message says how many were dropped");
    let delivered = messages.iter().filter(|m| m["params"]["data"].is_number()).count();
    assert_eq!(told + delivered, 1000);
    assert_eq!(messages.last().expect("the response")["id"], 1);
}
