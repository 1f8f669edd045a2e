#[cfg(feature = "cors")]
mod cors;

use std::convert::Infallible;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use mcp_layers_core::{Rejection, extensions::Principal};
use proptest::prelude::*;
use serde_json::Value;
use static_assertions::assert_impl_all;
use tower::{Layer, ServiceExt, service_fn};
use tower_test::mock;

use super::{
    CORS_ALLOW_HEADERS, CORS_EXPOSE_HEADERS, InvalidOrigin, Origin, ResponseFuture, ValidateOrigin,
    ValidateOriginLayer,
};

assert_impl_all!(ValidateOriginLayer: Clone, Send, Sync, std::fmt::Debug);
assert_impl_all!(ValidateOrigin<()>: Clone, Send, Sync);
assert_impl_all!(ResponseFuture<std::future::Ready<()>>: Send, Sync);
assert_impl_all!(InvalidOrigin: std::error::Error, Send, Sync);

/// A request with these `Origin` lines.
fn request(origins: &[&[u8]]) -> Request<()> {
    origins
        .iter()
        .fold(Request::post("/mcp"), |request, origin| request.header("origin", *origin))
        .body(())
        .expect("a valid request")
}

async fn answer(layer: &ValidateOriginLayer, request: Request<()>) -> Response<Bytes> {
    let inner = service_fn(|_| async { Ok::<_, Infallible>(Response::new(Bytes::new())) });
    layer.layer(inner).oneshot(request).await.expect("infallible")
}

async fn status(layer: &ValidateOriginLayer, origin: &str) -> u16 {
    answer(layer, request(&[origin.as_bytes()])).await.status().as_u16()
}

#[tokio::test]
async fn a_request_without_origin_passes() {
    // ORIGIN-5
    for layer in [
        ValidateOriginLayer::new(),
        ValidateOriginLayer::new().with_origins(["https://app.example.com"]).expect("valid"),
    ] {
        assert_eq!(answer(&layer, request(&[])).await.status(), 200);
    }
}

#[tokio::test]
async fn only_loopback_origins_pass_by_default() {
    // ORIGIN-2, ORIGIN-3, ORIGIN-9
    let layer = ValidateOriginLayer::new();
    for (origin, expected) in [
        ("http://localhost", 200),
        ("https://localhost", 200),
        ("http://LOCALHOST:5173", 200),
        ("HTTP://127.0.0.1:65535", 200),
        ("https://[::1]:8443", 200),
        ("ws://localhost", 403),
        ("chrome-extension://localhost", 403),
        ("http://localhost.", 403),
        ("http://localhost.evil.example", 403),
        ("http://evil-localhost", 403),
        ("http://127.0.0.2", 403),
        ("https://evil.example", 403),
    ] {
        assert_eq!(status(&layer, origin).await, expected, "{origin}");
    }
}

#[tokio::test]
async fn a_doubled_or_malformed_origin_gets_403() {
    // ORIGIN-7
    let layer = ValidateOriginLayer::new();
    let local = b"http://localhost".as_slice();
    assert_eq!(answer(&layer, request(&[local, local])).await.status(), 403);
    assert_eq!(answer(&layer, request(&[b"http://localhost\xff"])).await.status(), 403);
    for origin in [
        "",
        "localhost",
        "//localhost",
        "http:localhost",
        "http:/localhost",
        "http://",
        "http://localhost/",
        "http://localhost/mcp",
        "http://localhost?",
        "http://localhost#",
        "http://user@localhost",
        "http://localhost:x",
        "http://localhost:65536",
        "http://localhost http://localhost",
        "http://localhost, http://localhost",
        "http://http://localhost",
        "http://::1",
        "http://[::1%25lo]",
        "1http://localhost",
        "ht tp://localhost",
    ] {
        assert_eq!(status(&layer, origin).await, 403, "{origin:?}");
    }
}

#[tokio::test]
async fn null_is_refused_unless_it_is_named() {
    // ORIGIN-6
    let asked = ValidateOriginLayer::new().with_predicate(|_| true);
    for layer in [ValidateOriginLayer::new(), asked.clone()] {
        assert_eq!(status(&layer, "null").await, 403);
    }
    let named = ValidateOriginLayer::new().add_origin("null").expect("valid");
    assert_eq!(status(&named, "null").await, 200);
    assert_eq!(status(&named, "NULL").await, 403);
    assert_eq!(status(&named, "https://evil.example").await, 403);
}

#[tokio::test]
async fn scheme_host_and_port_are_compared_whole() {
    // ORIGIN-8
    let layer = ValidateOriginLayer::new()
        .add_origin("https://App.Example.com")
        .and_then(|layer| layer.add_origin("http://plain.example:8080"))
        .and_then(|layer| layer.add_origin("vscode-webview://0a1b"))
        .and_then(|layer| layer.add_origin("https://[2001:DB8::1]:9000"))
        .expect("valid origins");
    for (origin, expected) in [
        ("https://app.example.com", 200),
        ("https://app.example.com:443", 200),
        ("HTTPS://APP.EXAMPLE.COM", 200),
        ("https://app.example.com:8443", 403),
        ("http://app.example.com", 403),
        ("http://app.example.com:443", 403),
        ("https://app.example.com.evil.example", 403),
        ("https://x.app.example.com", 403),
        ("https://app.example.co", 403),
        ("https://app.example.com@evil.example", 403),
        ("http://plain.example:8080", 200),
        ("http://plain.example", 403),
        ("vscode-webview://0a1b", 200),
        ("vscode-webview://0a1b2", 403),
        ("https://[2001:db8:0:0::1]:9000", 200),
        ("http://localhost:3000", 200),
    ] {
        assert_eq!(status(&layer, origin).await, expected, "{origin}");
    }
}

#[tokio::test]
async fn a_given_list_replaces_loopback_and_keeps_the_predicate() {
    // ORIGIN-9
    let layer = ValidateOriginLayer::new()
        .add_origin("https://old.example")
        .map(|layer| layer.with_predicate(|origin| origin.host().ends_with(".preview.example")))
        .and_then(|layer| layer.with_origins(["https://new.example"]))
        .expect("valid origins");
    assert_eq!(status(&layer, "https://new.example").await, 200);
    assert_eq!(status(&layer, "https://pr-1.PREVIEW.example").await, 200);
    assert_eq!(status(&layer, "https://old.example").await, 403);
    assert_eq!(status(&layer, "http://localhost").await, 403);
}

#[tokio::test]
async fn allowing_any_origin_checks_nothing() {
    let layer = ValidateOriginLayer::dangerously_allow_any();
    for origin in ["https://evil.example", "null", "?"] {
        assert_eq!(status(&layer, origin).await, 200, "{origin}");
    }
}

#[test]
fn an_entry_that_is_no_origin_is_named() {
    for entry in ["", "app.example.com", "https://app.example.com/", "https://*.example.com"] {
        let error = ValidateOriginLayer::new().add_origin(entry).expect_err(entry);
        assert!(error.to_string().contains(&format!("{entry:?}")), "{error}");
    }
}

#[tokio::test]
async fn every_method_is_checked_and_the_body_is_never_read() {
    // ORIGIN-1
    /// A layer that is generic over its body has no means to read it.
    struct Unread;
    async fn never(_: Request<Unread>) -> Result<Response<Bytes>, Infallible> {
        panic!("the inner service was called")
    }
    let service = ValidateOriginLayer::new().layer(service_fn(never));
    for method in [Method::GET, Method::POST, Method::DELETE, Method::OPTIONS, Method::HEAD] {
        let request = Request::builder()
            .method(method)
            .header("origin", "https://evil.example")
            .header("last-event-id", "1")
            .body(Unread)
            .expect("a valid request");
        assert_eq!(service.clone().oneshot(request).await.expect("infallible").status(), 403);
    }
}

#[tokio::test]
async fn the_refusal_is_an_error_without_id_and_leaves_a_trace() {
    // ORIGIN-4
    let response = answer(&ValidateOriginLayer::new(), request(&[b"https://evil.example"])).await;
    let rejection = response.extensions().get::<Rejection>().expect("the rejection is left");
    assert_eq!(rejection.status(), StatusCode::FORBIDDEN);
    let body: Value = serde_json::from_slice(response.body()).expect("JSON");
    assert_eq!(body["jsonrpc"], "2.0");
    assert_eq!(body["error"]["code"], 403);
    assert!(body.get("id").is_none());
}

#[tokio::test]
async fn body_and_extensions_survive() {
    /// Neither `Clone`, `Default` nor a body: it can only be handed on.
    struct Untouched(u32);
    let inner = service_fn(|request: Request<Untouched>| async move {
        assert_eq!(request.body().0, 7);
        assert!(request.extensions().get::<Principal>().is_some());
        Ok::<_, Infallible>(Response::new(Bytes::new()))
    });
    let mut request = request(&[b"http://localhost"]).map(|()| Untouched(7));
    request.extensions_mut().insert(Principal::new("alice"));
    let response = ValidateOriginLayer::new().layer(inner).oneshot(request).await;
    assert_eq!(response.expect("infallible").status(), 200);
}

#[tokio::test]
async fn readiness_is_forwarded_and_a_refusal_never_calls_the_inner_service() {
    // ORIGIN-2
    let (mut service, mut handle) =
        mock::spawn_layer::<Request<()>, Response<Bytes>, _>(ValidateOriginLayer::new());
    handle.allow(0);
    assert!(service.poll_ready().is_pending());
    handle.allow(2);
    assert!(service.poll_ready().is_ready());

    let refused = service.call(request(&[b"https://evil.example"])).await.expect("an answer");
    assert_eq!(refused.status(), 403);
    assert!(service.poll_ready().is_ready());

    let answer = service.call(request(&[b"http://localhost"]));
    let (seen, respond) = handle.next_request().await.expect("the second request");
    assert_eq!(seen.headers()["origin"], "http://localhost");
    respond.send_response(Response::new(Bytes::from_static(b"ok")));
    assert_eq!(answer.await.expect("an answer").body(), "ok");
}

#[test]
fn the_headers_that_cors_must_allow_and_expose_are_listed() {
    // ORIGIN-11
    assert_eq!(
        CORS_ALLOW_HEADERS.map(|name| name.to_string()),
        [
            "content-type",
            "accept",
            "authorization",
            "mcp-protocol-version",
            "mcp-session-id",
            "last-event-id",
            "mcp-method",
            "mcp-name",
        ]
    );
    assert_eq!(
        CORS_EXPOSE_HEADERS.map(|name| name.to_string()),
        ["mcp-session-id", "www-authenticate", "retry-after"]
    );
}

proptest! {
    #[test]
    fn an_origin_survives_being_written(
        text in "(https?|wss?|x-y)://([A-Za-z0-9.-]{1,12}|\\[::[0-9a-f]{1,4}\\])(:[0-9]{0,5})?"
    ) {
        // ORIGIN-8
        if let Ok(origin) = Origin::parse(text.as_bytes()) {
            let written = origin.to_string();
            prop_assert_eq!(Origin::parse(written.as_bytes()), Ok(origin.clone()));
            let upper = text.to_ascii_uppercase();
            prop_assert_eq!(Origin::parse(upper.as_bytes()), Ok(origin.into_owned()));
        }
    }

    #[test]
    fn any_bytes_are_safe(bytes in proptest::collection::vec(any::<u8>(), 0..32)) {
        // ORIGIN-7
        let _ = Origin::parse(&bytes);
    }
}
