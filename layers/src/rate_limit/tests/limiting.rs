//! What a caller over the limit is told, in both zones.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use mcp_layers_core::{Inbound, Outbound, Rejection, jsonrpc::code};
use serde_json::{Value, json};
use tower::{Layer, ServiceExt, service_fn};
use tower_test::mock;

use super::{
    super::{ByPrincipalOrAddr, Rate, RateLimitLayer},
    answer, nobody, one_in_ten_seconds, passes, principal, with,
};
use crate::support;

#[tokio::test]
async fn a_request_over_the_limit_gets_429_and_is_told_when_to_retry() {
    // RATE-1
    let (layer, clock) = one_in_ten_seconds(ByPrincipalOrAddr);
    assert!(passes(&layer, nobody()).await);
    for (elapsed, left) in [(0, "10"), (1, "10"), (4_000, "6"), (5_998, "1"), (0, "1")] {
        clock.advance(Duration::from_millis(elapsed));
        let response: Response<Bytes> = answer(&layer, nobody()).await;
        assert_eq!(response.status(), 429);
        assert_eq!(response.headers()["retry-after"], left);
        assert_eq!(response.headers()["ratelimit-policy"], "\"default\";q=1;w=10");
        assert_eq!(response.headers()["ratelimit"], format!("\"default\";r=0;t={left}"));
    }
    clock.advance(Duration::from_millis(1));
    assert!(passes(&layer, nobody()).await);
    assert!(!passes(&layer, nobody()).await);
}

#[tokio::test]
async fn the_error_code_lies_outside_the_reserved_range_in_the_bytes_zone() {
    // RATE-1
    let (layer, _) = one_in_ten_seconds(ByPrincipalOrAddr);
    assert!(passes(&layer, nobody()).await);
    let response: Response<Bytes> = answer(&layer, nobody()).await;
    let body: Value = serde_json::from_slice(response.body()).expect("JSON");
    let code = body["error"]["code"].as_i64().expect("a code");
    assert_eq!(code, 429);
    assert!(!(-32768..=-32000).contains(&code));
    assert!(body.get("id").is_none());
    assert!(response.extensions().get::<Rejection>().is_some());
}

#[tokio::test]
async fn a_json_rpc_request_is_refused_in_the_message_zone() {
    // RATE-1
    let (layer, _) = one_in_ten_seconds(ByPrincipalOrAddr);
    let request = || support::post(json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}));
    let first: Response<Outbound> = answer(&layer, request()).await;
    assert!(matches!(first.body(), Outbound::Accepted));
    let second: Response<Outbound> = answer(&layer, request()).await;
    assert_eq!(support::refusal(&second), (429, code::TOO_MANY_REQUESTS));
    let Outbound::Rejected(rejection) = second.body() else { unreachable!("it is refused") };
    assert_eq!(rejection.headers()["retry-after"], "10");
    assert!(rejection.headers().contains_key("ratelimit"));
}

#[tokio::test]
async fn a_limit_is_told_by_its_name() {
    let rate = Rate::per_second(2).and_then(|rate| rate.with_burst(3)).expect("a rate");
    let layer = RateLimitLayer::new(rate, ByPrincipalOrAddr)
        .with_name("tool calls")
        .expect("a name")
        .with_clock(Default::default());
    for _ in 0..3 {
        assert!(passes(&layer, nobody()).await);
    }
    let response: Response<Bytes> = answer(&layer, nobody()).await;
    assert_eq!(response.headers()["ratelimit-policy"], "\"tool calls\";q=4;w=2");
    assert_eq!(response.headers()["ratelimit"], "\"tool calls\";r=0;t=1");
    let body: Value = serde_json::from_slice(response.body()).expect("JSON");
    let message = body["error"]["message"].as_str().expect("a message");
    assert!(message.contains("\"tool calls\" is 4 in 2 s; retry in 1 s"), "{message}");
}

#[test]
fn a_name_that_no_field_can_carry_is_refused() {
    let rate = Rate::per_second(1).expect("a rate");
    for name in ["", "a\"b", "a\\b", "a\nb", "é"] {
        let error = RateLimitLayer::new(rate, ByPrincipalOrAddr).with_name(name).expect_err(name);
        assert!(error.to_string().contains(&format!("{name:?}")), "{error}");
    }
}

#[tokio::test]
async fn clones_and_services_of_one_layer_share_its_buckets() {
    let (layer, _) = one_in_ten_seconds(ByPrincipalOrAddr);
    assert!(passes(&layer.clone(), nobody()).await);
    assert!(!passes(&layer, nobody()).await);
    let (other, _) = one_in_ten_seconds(ByPrincipalOrAddr);
    assert!(passes(&other, nobody()).await);
}

#[tokio::test]
async fn body_and_extensions_survive() {
    /// Neither `Clone`, `Default` nor a body: it can only be handed on.
    struct Untouched(u32);
    let (layer, _) = one_in_ten_seconds(ByPrincipalOrAddr);
    let inner = service_fn(|request: Request<Untouched>| async move {
        assert_eq!(request.body().0, 7);
        assert_eq!(request.extensions().get(), Some(&7_u8));
        Ok::<_, std::convert::Infallible>(Response::new(Bytes::new()))
    });
    let request = with(with(nobody(), principal("alice")), 7_u8).map(|()| Untouched(7));
    let response = layer.layer(inner).oneshot(request).await;
    assert_eq!(response.expect("infallible").status(), 200);
}

#[tokio::test]
async fn readiness_is_forwarded_and_a_refusal_never_calls_the_inner_service() {
    // RATE-1
    let (layer, clock) = one_in_ten_seconds(ByPrincipalOrAddr);
    let (mut service, mut handle) =
        mock::spawn_layer::<Request<Inbound>, Response<Outbound>, _>(layer);
    handle.allow(0);
    assert!(service.poll_ready().is_pending());
    handle.allow(3);

    for elapsed in [0, 10] {
        clock.advance(Duration::from_secs(elapsed));
        assert!(service.poll_ready().is_ready());
        let passed = service.call(support::get());
        let (seen, respond) = handle.next_request().await.expect("a request that passed");
        assert!(matches!(seen.body(), Inbound::Open));
        respond.send_response(Response::new(Outbound::NoContent));
        assert!(matches!(passed.await.expect("an answer").body(), Outbound::NoContent));

        assert!(service.poll_ready().is_ready());
        let refused = service.call(support::delete()).await.expect("an answer");
        assert_eq!(refused.status(), 429);
    }
}
