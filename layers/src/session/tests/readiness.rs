use std::task::Poll;

use tower_test::mock;

use super::*;
use crate::support::refusal;

static_assertions::assert_impl_all!(SessionLayer: Clone, Send, Sync);
static_assertions::assert_impl_all!(Session<()>: Clone, Send, Sync);
static_assertions::assert_impl_all!(MemoryStore: Send, Sync);
static_assertions::assert_impl_all!(super::super::ResponseFuture<(), ()>: Send);

type Mock = mock::Mock<Request<Inbound>, Response<Outbound>>;

#[tokio::test]
async fn pending_is_forwarded_and_a_rejection_calls_nobody() {
    // SESS-5
    for layer in both() {
        let (mut service, mut handle) =
            mock::spawn_with::<Request<Inbound>, Response<Outbound>, _, _>(|inner: Mock| {
                layer.layer(inner)
            });
        handle.allow(0);
        assert!(service.poll_ready().is_pending());
        handle.allow(1);
        assert!(matches!(service.poll_ready(), Poll::Ready(Ok(()))));
        let refused = service.call(call("tools/list")).await.expect("no error");
        assert_eq!(refusal(&refused), (400, -32600));

        // The inner service is ready still, and the next call is its first.
        let opening = tokio::spawn(service.call(initialize()));
        let (request, reply) = handle.next_request().await.expect("called");
        reply.send_response(answer(&request));
        let response = opening.await.expect("no panic").expect("no error");
        session_of(&response);
    }
}
