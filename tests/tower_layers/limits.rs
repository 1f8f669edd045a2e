//! Concurrency limit, load shed, compression and catch-panic.

use std::{convert::Infallible, pin::pin, time::Duration};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use mcp_stack::{
    BoxError,
    core::{FromRejection, Rejection},
};
use tower::{ServiceBuilder, load_shed::error::Overloaded, util::MapRequestLayer};
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer};

use crate::support::{Strings, is_pending, modern, next, rest, send};

#[tokio::test]
async fn a_concurrency_limit_counts_a_call_until_its_head() {
    let strings = Strings::new();
    let service = ServiceBuilder::new().concurrency_limit(1).service(strings.stack().build());

    let mut silent = pin!(send(&service, modern("quietly")));
    assert!(is_pending(silent.as_mut()), "it is at work");
    let mut waiting = pin!(send(&service, modern("request_id")));
    assert!(is_pending(waiting.as_mut()), "it has no place");
    strings.gate.add_permits(1);
    assert_eq!(silent.await.expect("infallible").status(), 200);
    assert_eq!(waiting.await.expect("infallible").status(), 200);

    let stream = send(&service, modern("telling")).await.expect("infallible");
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let beside = send(&service, modern("request_id")).await.expect("infallible");
    assert_eq!(beside.status(), 200, "an open stream takes no place");
}

/// What is shed, answered as the stack itself refuses.
fn shed<B: FromRejection>(answer: Result<Response<B>, BoxError>) -> Result<Response<B>, BoxError> {
    answer.or_else(|error| match error.is::<Overloaded>() {
        true => Ok(B::from_rejection(Rejection::unavailable("too busy", Duration::from_secs(1)))),
        false => Err(error),
    })
}

#[tokio::test]
async fn what_load_shed_turns_away_can_be_answered_503() {
    let strings = Strings::new();
    let service = ServiceBuilder::new()
        .map_result(shed)
        .load_shed()
        .concurrency_limit(1)
        .service(strings.stack().build());
    let mut silent = pin!(send(&service, modern("quietly")));
    assert!(is_pending(silent.as_mut()), "it is at work");
    let refused = send(&service, modern("quietly")).await.expect("an answer");
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.headers()["retry-after"], "1");
    strings.gate.add_permits(1);
    assert_eq!(silent.await.expect("an answer").status(), 200);
}

fn zipped(mut request: Request<Full<Bytes>>) -> Request<Full<Bytes>> {
    request.headers_mut().insert("accept-encoding", "gzip".parse().expect("a valid value"));
    request
}

#[tokio::test]
async fn json_is_compressed_and_events_come_one_by_one() {
    let strings = Strings::new();
    let compression = CompressionLayer::new();
    let service = ServiceBuilder::new().layer(compression).service(strings.stack().build());

    let json = send(&service, zipped(modern("request_id"))).await.expect("infallible");
    assert_eq!(json.headers()["content-encoding"], "gzip");
    let bytes = http_body_util::BodyExt::collect(json.into_body()).await.expect("no error");
    assert!(bytes.to_bytes().starts_with(&[0x1f, 0x8b]), "it begins as gzip does");

    let stream = send(&service, zipped(modern("telling"))).await.expect("infallible");
    assert_eq!(stream.headers().get("content-encoding"), None);
    let mut body = stream.into_body();
    // The call has not finished: nothing waits for more to compress.
    assert!(next(&mut body).await.contains("notifications/progress"));
    strings.gate.add_permits(1);
    assert!(rest(body).await.contains("\"done\""));
}

#[tokio::test]
async fn a_handler_s_panic_is_answered_and_a_layer_s_is_caught() {
    let strings = Strings::new();
    let outside = CatchPanicLayer::new;
    let service = ServiceBuilder::new().layer(outside()).service(strings.stack().build());
    let answer = send(&service, modern("panics")).await.expect("infallible");
    assert!(rest(answer.into_body()).await.contains("-32603"), "by the service itself");

    let broken = |request: Request<Full<Bytes>>| {
        assert!(request.headers().contains_key("x-unheard-of"), "a layer of one's own");
        request
    };
    let broken = MapRequestLayer::new(broken);
    let stack = strings.stack().build();
    let service = ServiceBuilder::new().layer(outside()).layer(broken).service(stack);
    let answer: Result<_, Infallible> = send(&service, modern("request_id")).await;
    let answer = answer.expect("infallible");
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(answer.headers()["content-type"], "text/plain; charset=utf-8");
}
