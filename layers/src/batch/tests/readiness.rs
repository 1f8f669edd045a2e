use std::task::Poll;

use tower_test::mock;

use super::{super::*, *};
use crate::support::refusal;

static_assertions::assert_impl_all!(BatchLayer: Clone, Send, Sync);
static_assertions::assert_impl_all!(Batch<()>: Clone, Send, Sync);
static_assertions::assert_impl_all!(ResponseFuture<(), ()>: Send);

type Mock = mock::Mock<Request<Inbound>, Response<Outbound>>;

#[tokio::test]
async fn pending_is_forwarded_and_a_rejection_calls_nobody() {
    // RPC-25
    let layer = BatchLayer::new();
    let (mut service, mut handle) =
        mock::spawn_with::<Request<Inbound>, Response<Outbound>, _, _>(|inner: Mock| {
            layer.layer(inner)
        });
    handle.allow(0);
    assert!(service.poll_ready().is_pending());
    handle.allow(1);
    assert!(matches!(service.poll_ready(), Poll::Ready(Ok(()))));
    let refused = service.call(batch([])).await.expect("no error");
    assert_eq!(refusal(&refused), (400, -32600));

    // The inner service is ready still, and the next call is its first.
    let calling = tokio::spawn(service.call(batch([call(1, "a")])));
    let (request, reply) = handle.next_request().await.expect("called");
    reply.send_response(answer(&request));
    let response = calling.await.expect("no panic").expect("no error");
    assert_eq!(responses(&response).len(), 1);
}

#[tokio::test]
async fn each_message_waits_until_the_inner_service_is_ready() {
    // RPC-22
    let layer = BatchLayer::new();
    let (mut service, mut handle) =
        mock::spawn_with::<Request<Inbound>, Response<Outbound>, _, _>(|inner: Mock| {
            layer.layer(inner)
        });
    handle.allow(1);
    assert!(matches!(service.poll_ready(), Poll::Ready(Ok(()))));
    let calling = tokio::spawn(service.call(batch([call(1, "a"), call(2, "b"), call(3, "c")])));
    for id in 1..=3 {
        let (request, reply) = handle.next_request().await.expect("called");
        assert_eq!(request.body().request_id(), Some(&id.into()));
        reply.send_response(answer(&request));
        assert!(no_request_comes(&mut handle).await, "called before it was ready");
        handle.allow(1);
    }
    let response = calling.await.expect("no panic").expect("no error");
    assert_eq!(responses(&response).len(), 3);
}

/// Whether no request has come, after everybody had a turn.
async fn no_request_comes(handle: &mut mock::Handle<Request<Inbound>, Response<Outbound>>) -> bool {
    for _ in 0..4 {
        tokio::task::yield_now().await;
    }
    handle.poll_request().is_pending()
}
