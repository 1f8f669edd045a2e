use std::convert::Infallible;

use bytes::Bytes;
use http::{Method, Request, Response};
use mcp_layers_core::extensions::Principal;
use static_assertions::assert_impl_all;
use tower::{Layer, ServiceExt, service_fn};
use tower_test::mock;

use super::{
    super::{Explorer, ExplorerLayer, ResponseFuture},
    BROWSER, answer, is_page, request,
};

assert_impl_all!(ExplorerLayer: Clone, Send, Sync, std::fmt::Debug);
assert_impl_all!(Explorer<()>: Clone, Send, Sync, std::fmt::Debug);
assert_impl_all!(ResponseFuture<std::future::Ready<()>, Bytes>: Send, Sync, std::fmt::Debug);

#[tokio::test]
async fn only_get_and_head_are_answered_with_the_page() {
    for (method, expected) in [
        (Method::GET, true),
        (Method::HEAD, true),
        (Method::POST, false),
        (Method::DELETE, false),
        (Method::OPTIONS, false),
        (Method::PUT, false),
    ] {
        assert_eq!(is_page(request(method.clone(), &[BROWSER])).await, expected, "{method}");
    }
}

#[tokio::test]
async fn a_client_of_the_protocol_is_never_shown_the_page_whatever_it_accepts() {
    // NEG-4, NEG-6
    for (name, value) in [
        ("mcp-protocol-version", "2026-07-28"),
        ("mcp-session-id", "0123456789abcdef0123456789abcdef"),
        ("last-event-id", "1"),
    ] {
        let mut request = request(Method::GET, &["text/html, */*; q=.2"]);
        request.headers_mut().insert(name, value.parse().expect("ASCII"));
        assert!(!is_page(request).await, "{name}");
    }
}

#[tokio::test]
async fn head_is_answered_like_get_without_the_body() {
    let page = answer(request(Method::GET, &[BROWSER])).await;
    let head = answer(request(Method::HEAD, &[BROWSER])).await;
    assert_eq!(head.status(), page.status());
    assert_eq!(head.headers(), page.headers());
    assert_eq!(head.headers()["content-length"], page.body().len().to_string());
    assert!(head.body().is_empty() && !page.body().is_empty());
}

#[tokio::test]
async fn body_extensions_and_answer_of_what_goes_in_survive() {
    /// Neither `Clone`, `Default` nor a body: it can only be handed on.
    struct Untouched(u32);
    let inner = service_fn(|request: Request<Untouched>| async move {
        assert_eq!(request.body().0, 7);
        assert_eq!(request.headers()["accept"], "text/event-stream");
        assert!(request.extensions().get::<Principal>().is_some());
        let answer = Response::builder().status(405).header("allow", "POST").extension(7_u32);
        Ok::<_, Infallible>(answer.body(Bytes::new()).expect("a valid response"))
    });
    let mut request = request(Method::GET, &["text/event-stream"]).map(|()| Untouched(7));
    request.extensions_mut().insert(Principal::new("alice"));
    let answer = ExplorerLayer::new().layer(inner).oneshot(request).await.expect("infallible");
    assert_eq!(answer.status(), 405);
    assert_eq!(answer.headers().len(), 1);
    assert_eq!(answer.extensions().get(), Some(&7_u32));
}

#[tokio::test]
async fn readiness_is_forwarded_and_the_page_never_calls_the_inner_service() {
    let (mut service, mut handle) =
        mock::spawn_layer::<Request<()>, Response<Bytes>, _>(ExplorerLayer::new());
    handle.allow(0);
    assert!(service.poll_ready().is_pending());
    handle.allow(2);
    assert!(service.poll_ready().is_ready());

    let page = service.call(request(Method::GET, &[BROWSER])).await.expect("an answer");
    assert_eq!(page.status(), 200);
    assert!(service.poll_ready().is_ready());

    let answer = service.call(request(Method::POST, &["application/json"]));
    let (seen, respond) = handle.next_request().await.expect("the second request");
    assert_eq!(seen.method(), Method::POST);
    respond.send_response(Response::new(Bytes::from_static(b"ok")));
    assert_eq!(answer.await.expect("an answer").body(), "ok");
}
