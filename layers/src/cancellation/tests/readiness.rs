use tower_test::mock;

use super::*;
use crate::support::{delete, get, refusal};

static_assertions::assert_impl_all!(CancellationLayer: Clone, Send, Sync);
static_assertions::assert_impl_all!(super::super::Cancellation<()>: Clone, Send, Sync);
static_assertions::assert_impl_all!(super::super::ResponseFuture<()>: Send);

type Mock = mock::Mock<Request<Inbound>, Response<Outbound>>;

#[tokio::test]
async fn pending_is_forwarded_and_a_rejection_calls_nobody() {
    // RPC-15
    let session = session(1);
    let layer = CancellationLayer::new();
    let (mut service, mut handle) =
        mock::spawn_with::<Request<Inbound>, Response<Outbound>, _, _>(|inner: Mock| {
            layer.layer(inner)
        });
    handle.allow(0);
    assert!(service.poll_ready().is_pending());
    handle.allow(2);
    assert!(service.poll_ready().is_ready());
    let first = tokio::spawn(service.call(call(1).within(&session)));
    let (request, reply) = handle.next_request().await.expect("called");
    assert!(service.poll_ready().is_ready());
    let refused = service.call(call(1).within(&session)).await.expect("no error");
    assert_eq!(refusal(&refused), (400, -32600));

    // The inner service is ready still, and the next call is its second.
    let second = tokio::spawn(service.call(call(2).within(&session)));
    let (other, other_reply) = handle.next_request().await.expect("called");
    assert_eq!(other.body().request_id(), Some(&2.into()));
    reply.send_response(answer(&request));
    other_reply.send_response(answer(&other));
    for call in [first, second] {
        let response = call.await.expect("no panic").expect("no error");
        assert!(message(&response)["result"].is_object());
    }
}

#[tokio::test]
async fn an_error_of_the_inner_service_is_its_own() {
    // CANCEL-9
    let layer = CancellationLayer::new();
    let inner = tower::service_fn(|_: Request<Inbound>| async {
        tokio::task::yield_now().await;
        Err::<Response<Outbound>, _>("broken")
    });
    assert_eq!(layer.layer(inner).oneshot(call(1)).await.map(drop), Err("broken"));
    assert_eq!(layer.in_flight(), 0);
}

#[tokio::test]
async fn everything_else_goes_through_as_it_is() {
    // CANCEL-7
    #[derive(Clone)]
    struct Marker;
    let layer = CancellationLayer::new();
    let inner =
        BoxCloneSyncService::new(tower::service_fn(|request: Request<Inbound>| async move {
            let extensions = request.extensions();
            assert!(extensions.get::<Marker>().is_some());
            let is_request = matches!(request.body(), Inbound::Request(_));
            assert_eq!(extensions.get::<extensions::Cancellation>().is_some(), is_request);
            Ok(answer(&request))
        }));
    for mut request in [
        call(1),
        post(json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })),
        post(json!({ "jsonrpc": "2.0", "id": 9, "result": {} })),
        post(json!([])),
        get(),
        delete(),
        cancelled(json!({ "requestId": 1 })),
    ] {
        request.extensions_mut().insert(Marker);
        send(&layer, &inner, request.within(&session(1))).await;
    }
}
