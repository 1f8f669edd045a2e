use std::sync::Arc;

use static_assertions::assert_impl_all;
use tower_test::mock::{self, Mock};

use super::{super::ResponseFuture, *};

assert_impl_all!(NegotiateLayer: Clone, Send, Sync);
assert_impl_all!(Negotiate<Inner<fn(Request<Inbound>) -> Response<Outbound>>>: Clone, Send, Sync);
assert_impl_all!(ResponseFuture<(), (), Full<Bytes>>: Send);
assert_impl_all!(ResponseBody: Send, Unpin, Default, From<Bytes>);

type Inside = Mock<Request<Inbound>, Response<Outbound>>;
type Handle = mock::Handle<Request<Inbound>, Response<Outbound>>;

fn spawn() -> (mock::Spawn<Negotiate<Inside>>, Handle) {
    let (inner, handle) = mock::pair();
    (mock::Spawn::new(NegotiateLayer::new().layer(inner)), handle)
}

#[tokio::test]
async fn a_service_that_is_not_ready_makes_the_border_wait() {
    let (mut service, mut handle) = spawn();
    handle.allow(0);
    assert!(service.poll_ready::<Request<Full<Bytes>>>().is_pending());
    handle.allow(1);
    assert!(service.poll_ready::<Request<Full<Bytes>>>().is_ready());
}

#[tokio::test]
async fn a_refusal_never_calls_the_inner_service_and_the_next_call_works() {
    let (mut service, mut handle) = spawn();
    for request in [
        bare("PUT"),
        with_header(post(CALL), "content-type", "text/plain"),
        post_accepting("text/html", CALL),
        post("nonsense"),
        bare("OPTIONS"),
    ] {
        assert!(service.poll_ready::<Request<Full<Bytes>>>().is_ready());
        let response = service.call(request).await.expect("answered");
        assert_ne!(response.status(), 200);
    }
    assert!(service.poll_ready::<Request<Full<Bytes>>>().is_ready());
    let answer = service.call(post(CALL));
    let serve = async {
        let (request, respond) = handle.next_request().await.expect("a request");
        assert!(matches!(request.body(), Inbound::Request(_)));
        respond.send_response(plain(request));
    };
    let (answer, ()) = tokio::join!(answer, serve);
    assert_eq!(answer.expect("answered").status(), 200);
}

#[tokio::test]
async fn the_instance_that_was_ready_is_the_one_called() {
    let (mut service, mut handle) = spawn();
    handle.allow(1);
    assert!(service.poll_ready::<Request<Full<Bytes>>>().is_ready());
    let answer = service.call(post(CALL));
    // The readiness went with the call: the service left behind has none.
    handle.allow(0);
    assert!(service.poll_ready::<Request<Full<Bytes>>>().is_pending());
    let serve = async {
        let (request, respond) = handle.next_request().await.expect("a request");
        respond.send_response(plain(request));
    };
    let (answer, ()) = tokio::join!(answer, serve);
    assert_eq!(answer.expect("answered").status(), 200);
}

#[tokio::test]
async fn an_error_of_the_inner_service_is_passed_on() {
    let (mut service, mut handle) = spawn();
    assert!(service.poll_ready::<Request<Full<Bytes>>>().is_ready());
    let answer = service.call(post(CALL));
    let serve = async {
        let (_, respond) = handle.next_request().await.expect("a request");
        respond.send_error("broken");
    };
    let (answer, ()) = tokio::join!(answer, serve);
    assert_eq!(answer.expect_err("an error").to_string(), "broken");
}

#[test]
fn dropping_the_future_drops_the_call() {
    let running = Arc::new(());
    let held = Arc::clone(&running);
    let inner = tower::service_fn(move |_: Request<Inbound>| {
        let held = Arc::clone(&held);
        async move {
            let _held = held;
            std::future::pending::<Result<Response<Outbound>, Infallible>>().await
        }
    });
    let mut answer = Box::pin(NegotiateLayer::new().layer(inner).call(post(CALL)));
    assert!(poll_once(answer.as_mut()).is_pending());
    assert_eq!(Arc::strong_count(&running), 2);
    drop(answer);
    assert_eq!(Arc::strong_count(&running), 1);
}

#[tokio::test]
async fn layers_of_the_bytes_zone_can_refuse_with_this_body() {
    let response: Response<ResponseBody> = Rejection::forbidden("no").into_response();
    assert_eq!(collect(response).await.refusal(), (403, 403));
}
