use std::task::Poll;

use tower_test::mock;

use super::*;

static_assertions::assert_impl_all!(ResumeLayer: Clone, Send, Sync);
static_assertions::assert_impl_all!(Resume<()>: Clone, Send, Sync);
static_assertions::assert_impl_all!(MemoryEventLog: Send, Sync);
static_assertions::assert_impl_all!(super::super::ResponseFuture<()>: Send);
static_assertions::assert_obj_safe!(EventLog);

type Mock = mock::Mock<Request<Inbound>, Response<Outbound>>;

#[tokio::test]
async fn pending_is_forwarded_and_a_rejection_calls_nobody() {
    // RESUME-8
    let (mut service, mut handle) =
        mock::spawn_with::<Request<Inbound>, Response<Outbound>, _, _>(|inner: Mock| {
            ResumeLayer::new().layer(inner)
        });
    handle.allow(0);
    assert!(service.poll_ready().is_pending());
    handle.allow(1);
    assert!(matches!(service.poll_ready(), Poll::Ready(Ok(()))));
    let session = session(1, V2025_11_25);
    for last in ["nonsense", "1-1"] {
        let refused = service.call(get().within(&session).after(last)).await.expect("no error");
        assert_eq!(refusal(&refused), (400, -32600));
    }

    // The inner service is ready still, and the next call is its first.
    let answered = tokio::spawn(service.call(ping().within(&session)));
    let (request, reply) = handle.next_request().await.expect("called");
    reply.send_response(answer(&request));
    let response = answered.await.expect("no panic").expect("no error");
    assert!(matches!(response.body(), Outbound::Response(_)));
}

#[tokio::test]
async fn an_error_of_the_inner_service_is_passed_on() {
    let (mut service, mut handle) =
        mock::spawn_with::<Request<Inbound>, Response<Outbound>, _, _>(|inner: Mock| {
            ResumeLayer::new().layer(inner)
        });
    handle.allow(1);
    assert!(matches!(service.poll_ready(), Poll::Ready(Ok(()))));
    let failed = tokio::spawn(service.call(ping().within(&session(1, V2025_11_25))));
    let (_, reply) = handle.next_request().await.expect("called");
    reply.send_error("broken");
    assert!(failed.await.expect("no panic").is_err());
}
