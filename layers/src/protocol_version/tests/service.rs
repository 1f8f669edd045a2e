use mcp_layers_core::extensions::Principal;
use static_assertions::assert_impl_all;
use tower_test::mock;

use super::super::ProtocolVersion as Service;
use super::*;
use crate::support::refusal;

assert_impl_all!(ProtocolVersionLayer: Clone, Send, Sync, std::fmt::Debug);
assert_impl_all!(Service<()>: Clone, Send, Sync, std::fmt::Debug);

type Mock = mock::Spawn<Service<mock::Mock<Request<Inbound>, Response<Outbound>>>>;

fn spawn() -> (Mock, mock::Handle<Request<Inbound>, Response<Outbound>>) {
    mock::spawn_layer(ProtocolVersionLayer::new())
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
    let refused = service.call(request("tools/list", claim(MODERN))).await.expect("an answer");
    assert_eq!(refusal(&refused), (400, -32020));
    assert!(handle.poll_request().is_pending());

    assert!(service.poll_ready().is_ready());
    let call = service.call(with_header(request("tools/list", claim(MODERN)), MODERN));
    let (received, answer) = handle.next_request().await.expect("the request is handed on");
    answer.send_response(support::answer(&received));
    assert_eq!(call.await.expect("an answer").status(), 200);
}

#[tokio::test]
async fn an_error_of_the_inner_service_stays_an_error() {
    let (mut service, mut handle) = spawn();
    assert!(service.poll_ready().is_ready());
    let call = service.call(request("tools/list", json!({})));
    let (_, answer) = handle.next_request().await.expect("the request is handed on");
    answer.send_error("broken");
    assert_eq!(call.await.expect_err("the error").to_string(), "broken");
}

#[tokio::test]
async fn other_extensions_and_headers_survive() {
    let mut body = with_header(request("tools/list", json!({"cursor": "c"})), "2025-06-18");
    body.extensions_mut().insert(Principal::new("someone"));
    let (mut service, mut handle) = spawn();
    assert!(service.poll_ready().is_ready());
    let _call = service.call(body);
    let (received, _answer) = handle.next_request().await.expect("the request is handed on");
    assert_eq!(received.extensions().get(), Some(&Principal::new("someone")));
    assert_eq!(received.headers()["mcp-protocol-version"], "2025-06-18");
    let params = received.body().params().expect("it has params");
    assert_eq!(params.string("cursor").as_deref(), Some("c"));
}

#[tokio::test]
async fn what_stood_in_the_extensions_before_does_not_decide() {
    let mut body = request("tools/list", json!({}));
    body.extensions_mut().insert(ProtocolVersion::V2026_07_28);
    assert_eq!(version(&serve_all(body).await), "2025-03-26");
}

#[tokio::test]
async fn a_refusal_repeats_the_id_and_is_left_in_the_extensions() {
    let response = serve_all(request("tools/list", claim(MODERN))).await;
    assert_eq!(support::json(&response)["id"], 1);
    let rejection = response.extensions().get::<mcp_layers_core::Rejection>();
    assert_eq!(rejection.expect("it is refused").id(), Some(&support::id()));
}
