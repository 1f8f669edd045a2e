use mcp_layers_core::{Rejection, extensions::Principal};
use static_assertions::assert_impl_all;
use tower_test::mock;

use super::super::RequestMetadata;
use super::*;

assert_impl_all!(RequestMetadataLayer: Clone, Send, Sync, std::fmt::Debug);
assert_impl_all!(RequestMetadata<()>: Clone, Send, Sync, std::fmt::Debug);

type Mock = mock::Spawn<RequestMetadata<mock::Mock<Request<Inbound>, Response<Outbound>>>>;

fn spawn() -> (Mock, mock::Handle<Request<Inbound>, Response<Outbound>>) {
    mock::spawn_layer(RequestMetadataLayer::new())
}

#[tokio::test]
async fn a_pending_inner_service_is_pending() {
    let (mut service, mut handle) = spawn();
    handle.allow(0);
    assert!(service.poll_ready().is_pending());
    handle.allow(1);
    assert!(service.poll_ready().is_ready());
}

#[tokio::test]
async fn a_refusal_never_calls_the_inner_service_and_the_next_request_goes_through() {
    let (mut service, mut handle) = spawn();
    assert!(service.poll_ready().is_ready());
    let refused = service.call(bare("tools/list", json!({}))).await.expect("an answer");
    assert_eq!(outcome(&refused), MISMATCH);
    assert!(refused.extensions().get::<Rejection>().is_some());
    assert!(handle.poll_request().is_pending());

    assert!(service.poll_ready().is_ready());
    let call = service.call(modern("tools/list", json!({})));
    let (received, answer) = handle.next_request().await.expect("the request is handed on");
    answer.send_response(support::answer(&received));
    assert_eq!(outcome(&call.await.expect("an answer")), Ok(()));
}

#[tokio::test]
async fn an_error_of_the_inner_service_stays_an_error() {
    let (mut service, mut handle) = spawn();
    assert!(service.poll_ready().is_ready());
    let call = service.call(modern("tools/list", json!({})));
    let (_, answer) = handle.next_request().await.expect("the request is handed on");
    answer.send_error("broken");
    assert_eq!(call.await.expect_err("the error").to_string(), "broken");
}

#[tokio::test]
async fn other_extensions_headers_and_params_survive() {
    let mut body = modern("tools/list", json!({"cursor": "c"}));
    body.extensions_mut().insert(Principal::new("someone"));
    let (mut service, mut handle) = spawn();
    assert!(service.poll_ready().is_ready());
    let _call = service.call(body);
    let (received, _answer) = handle.next_request().await.expect("the request is handed on");
    assert_eq!(received.extensions().get(), Some(&Principal::new("someone")));
    assert_eq!(received.extensions().get(), Some(&ProtocolVersion::V2026_07_28));
    assert_eq!(received.headers()["mcp-method"], "tools/list");
    let params = received.body().params().expect("it has params");
    assert_eq!(params.string("cursor").as_deref(), Some("c"));
}
