use std::task::Poll;

use tower_test::mock;

use super::{super::*, *};

static_assertions::assert_impl_all!(HttpSseLayer: Clone, Send, Sync);
static_assertions::assert_impl_all!(HttpSse<()>: Clone, Send, Sync);
static_assertions::assert_impl_all!(ResponseFuture<(), (), ()>: Send);
static_assertions::assert_impl_all!(RequestBody<()>: Send, Sync);
static_assertions::assert_impl_all!(ResponseBody<()>: Send);

type Mock = mock::Mock<InnerRequest, Response<InnerBody>>;

#[tokio::test]
async fn pending_is_forwarded_and_a_rejection_calls_nobody() {
    // LEGACY-SSE-5
    let layer = HttpSseLayer::new();
    let (mut service, mut handle) = mock::spawn_with(|inner: Mock| layer.layer(inner));
    handle.allow(0);
    assert!(service.poll_ready::<Request<ClientBody>>().is_pending());
    handle.allow(1);
    assert!(matches!(service.poll_ready::<Request<ClientBody>>(), Poll::Ready(Ok(()))));
    let refused = service.call(post("/messages", &call(1, "ping"))).await.expect("no error");
    assert_eq!(refused.status(), 400);

    // The inner service is ready still, and the next call is its first.
    let calling = tokio::spawn(service.call(post("/mcp", &call(1, "ping"))));
    let (request, reply) = handle.next_request().await.expect("called");
    assert_eq!(request.uri(), "/mcp");
    reply.send_response(ok(&json!({})));
    assert_eq!(calling.await.expect("no panic").expect("no error").status(), 200);
}

#[tokio::test]
async fn a_message_goes_to_the_instance_that_is_ready() {
    // LEGACY-SSE-5
    let layer = HttpSseLayer::new();
    let (mut service, mut handle) = mock::spawn_with(|inner: Mock| layer.layer(inner));
    handle.allow(1);
    assert!(service.poll_ready::<Request<ClientBody>>().is_ready());
    let stream = service.call(get("/sse")).await.expect("no error");
    let mut body = stream.into_body();
    let first = body.frame().await.expect("an event").expect("no error");
    let first = String::from_utf8(first.into_data().expect("data").into()).expect("UTF-8");
    let address = first.trim_end().rsplit(' ').next().expect("an address").to_owned();

    let posting = tokio::spawn(service.call(post(&address, &call(1, "ping"))));
    let (_, reply) = handle.next_request().await.expect("called");
    reply.send_error("broken");
    assert!(posting.await.expect("no panic").is_err(), "the service's error is the POST's");
}
