//! `Timeout` of tower and of tower-http, and the time-outs of bodies.

use std::{sync::Arc, time::Duration};

use http::StatusCode;
use mcp_stack::layers::session::SessionLayer;
use serde_json::json;
use tokio::time::{advance, timeout};
use tower::{ServiceBuilder, timeout as tower_timeout};
use tower_http::timeout::{ResponseBodyDeadlineLayer, ResponseBodyTimeoutLayer, TimeoutLayer};

use crate::support::{Strings, legacy, modern, next, rest, send, take};

const LIMIT: Duration = Duration::from_secs(20);
const STATUS: StatusCode = StatusCode::GATEWAY_TIMEOUT;

#[tokio::test(start_paused = true)]
async fn tower_s_timeout_is_an_error_and_no_answer() {
    let strings = Strings::new();
    let timeout = tower_timeout::TimeoutLayer::new(LIMIT);
    let service = ServiceBuilder::new().layer(timeout).service(strings.stack().build());
    let error = send(&service, modern("quietly")).await.expect_err("it takes too long");
    assert!(error.is::<tower_timeout::error::Elapsed>(), "{error}");
}

#[tokio::test(start_paused = true)]
async fn tower_http_s_timeout_answers_with_its_status_and_ends_a_modern_call() {
    let strings = Strings::new();
    let timeout = TimeoutLayer::with_status_code(STATUS, LIMIT);
    let service = ServiceBuilder::new().layer(timeout).service(strings.stack().build());
    let answer = send(&service, modern("quietly")).await.expect("infallible");
    assert_eq!(answer.status(), STATUS);
    assert_eq!(rest(answer.into_body()).await, "");
    take(&strings.over).await;
}

#[tokio::test(start_paused = true)]
async fn a_legacy_call_outlives_a_timeout_outside_the_stack() {
    let strings = Strings::new();
    let limit = TimeoutLayer::with_status_code(STATUS, LIMIT);
    let stack = strings.stack().with_session(SessionLayer::new().optional());
    let service = ServiceBuilder::new().layer(limit).service(stack.build());
    let call = legacy(None, "tools/call", json!({ "name": "quietly" }));
    let answer = send(&service, call).await.expect("infallible");
    assert_eq!(answer.status(), STATUS);
    timeout(LIMIT, take(&strings.over)).await.expect_err("it is at work still");
    strings.gate.add_permits(1);
    take(&strings.over).await;
}

#[tokio::test(start_paused = true)]
async fn a_timeout_ends_with_the_head_and_cuts_no_stream() {
    let strings = Strings::new();
    let timeout = TimeoutLayer::with_status_code(STATUS, LIMIT);
    let service = ServiceBuilder::new().layer(timeout).service(strings.stack().build());
    let answer = send(&service, modern("telling")).await.expect("infallible");
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    let mut body = answer.into_body();
    assert!(next(&mut body).await.contains("notifications/progress"));
    advance(3 * LIMIT).await;
    strings.gate.add_permits(1);
    assert!(rest(body).await.contains("\"done\""));
}

/// Lets the call finish after a while.
fn finish_after(strings: &Arc<Strings>, a_while: Duration) {
    let strings = Arc::clone(strings);
    tokio::spawn(async move {
        tokio::time::sleep(a_while).await;
        strings.gate.add_permits(1);
    });
}

#[tokio::test(start_paused = true)]
async fn a_stream_s_heartbeat_keeps_a_body_timeout_from_firing() {
    let strings = Strings::new();
    let timeout = ResponseBodyTimeoutLayer::new(LIMIT);
    let service = ServiceBuilder::new().layer(timeout).service(strings.stack().build());
    let answer = send(&service, modern("telling")).await.expect("infallible");
    finish_after(&strings, 4 * LIMIT);
    assert!(rest(answer.into_body()).await.contains("\"done\""));
}

#[tokio::test(start_paused = true)]
async fn a_body_deadline_cuts_a_stream_and_so_ends_a_modern_call() {
    let strings = Strings::new();
    let deadline = ResponseBodyDeadlineLayer::new(LIMIT);
    let service = ServiceBuilder::new().layer(deadline).service(strings.stack().build());
    let answer = send(&service, modern("telling")).await.expect("infallible");
    let all = http_body_util::BodyExt::collect(answer.into_body()).await;
    assert!(all.is_err(), "{all:?}");
    take(&strings.over).await;
}
