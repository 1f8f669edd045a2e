use std::convert::Infallible;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, Version};
use mcp_layers_core::{Rejection, extensions::Principal};
use proptest::prelude::*;
use serde_json::Value;
use static_assertions::assert_impl_all;
use tower::{Layer, ServiceExt, service_fn};
use tower_test::mock;

use super::{InvalidHost, ResponseFuture, ValidateHost, ValidateHostLayer};

assert_impl_all!(ValidateHostLayer: Clone, Send, Sync, std::fmt::Debug);
assert_impl_all!(ValidateHost<()>: Clone, Send, Sync);
assert_impl_all!(ResponseFuture<std::future::Ready<()>>: Send, Sync);
assert_impl_all!(InvalidHost: std::error::Error, Send, Sync);

/// A request on HTTP/1.1 with these `Host` lines.
fn request(hosts: &[&str]) -> Request<()> {
    hosts
        .iter()
        .fold(Request::post("/mcp"), |request, host| request.header("host", *host))
        .body(())
        .expect("a valid request")
}

async fn answer(layer: &ValidateHostLayer, request: Request<()>) -> Response<Bytes> {
    let inner = service_fn(|_| async { Ok::<_, Infallible>(Response::new(Bytes::new())) });
    layer.layer(inner).oneshot(request).await.expect("infallible")
}

async fn status(layer: &ValidateHostLayer, hosts: &[&str]) -> u16 {
    answer(layer, request(hosts)).await.status().as_u16()
}

#[tokio::test]
async fn loopback_passes_by_default_on_any_port() {
    // HOST-2, HOST-4
    let layer = ValidateHostLayer::new();
    for host in [
        "localhost",
        "LocalHost",
        "localhost:3000",
        "localhost:",
        "127.0.0.1",
        "127.0.0.1:65535",
        "[::1]",
        "[::1]:8080",
        "[0:0:0:0:0:0:0:1]:8080",
    ] {
        assert_eq!(status(&layer, &[host]).await, 200, "{host}");
    }
}

#[tokio::test]
async fn a_foreign_host_gets_403() {
    // HOST-1
    let layer = ValidateHostLayer::new();
    for host in [
        "evil.example",
        "evil.example:80",
        "localhost.evil.example",
        "evil-localhost",
        "localhost.",
        "127.0.0.1.nip.io",
        "127.0.0.2",
        "127.1",
        "2130706433",
        "0.0.0.0",
        "[::]",
        "[::ffff:127.0.0.1]",
    ] {
        assert_eq!(status(&layer, &[host]).await, 403, "{host}");
    }
}

#[tokio::test]
async fn a_host_that_is_missing_doubled_or_malformed_gets_400() {
    // HOST-3
    let layer = ValidateHostLayer::new();
    for hosts in [
        &[][..],
        &["localhost", "localhost"],
        &["localhost", "evil.example"],
        &[""],
        &[":3000"],
        &["evil.example@localhost"],
        &["localhost@evil.example"],
        &["localhost, evil.example"],
        &["localhost:3000:80"],
        &["localhost:65536"],
        &["http://localhost"],
        &["localhost/mcp"],
        &["::1"],
        &["[::1"],
        &["[::1%25lo]"],
    ] {
        assert_eq!(status(&layer, hosts).await, 400, "{hosts:?}");
    }
}

#[tokio::test]
async fn the_authority_stands_in_for_a_missing_host() {
    // HOST-3
    let layer = ValidateHostLayer::new();
    for (uri, host, expected) in [
        ("http://localhost:3000/mcp", None, 200),
        ("https://[::1]/mcp", None, 200),
        ("https://evil.example/mcp", None, 403),
        ("http://user@localhost/mcp", None, 400),
        ("http://localhost/mcp", Some("localhost"), 200),
        // Neither hides the other.
        ("http://evil.example/mcp", Some("localhost"), 403),
        ("http://localhost/mcp", Some("evil.example"), 403),
        ("/mcp", None, 400),
    ] {
        let mut request = Request::post(uri).version(Version::HTTP_2);
        if let Some(host) = host {
            request = request.header("host", host);
        }
        let request = request.body(()).expect("a valid request");
        assert_eq!(answer(&layer, request).await.status(), expected, "{uri} {host:?}");
    }
}

#[tokio::test]
async fn an_entry_ignores_case_and_any_port_it_does_not_name() {
    // HOST-4
    let layer = ValidateHostLayer::new()
        .add_host("MCP.Example.com")
        .and_then(|layer| layer.add_host("one.example.com:8443"))
        .and_then(|layer| layer.add_host("tls.example.com:443"))
        .and_then(|layer| layer.add_host("[2001:DB8::1]"))
        .expect("valid hosts");
    for (host, expected) in [
        ("mcp.example.COM", 200),
        ("mcp.example.com:1", 200),
        ("one.example.com:8443", 200),
        ("one.example.com:8444", 403),
        ("one.example.com", 403),
        // Clients leave out a default port.
        ("tls.example.com", 200),
        ("tls.example.com:80", 403),
        ("[2001:db8:0::1]:9000", 200),
        ("x.mcp.example.com", 403),
        ("mcp.example.com.evil.example", 403),
        ("mcp.example.com.", 403),
        ("localhost", 200),
    ] {
        assert_eq!(status(&layer, &[host]).await, expected, "{host}");
    }
}

#[tokio::test]
async fn a_given_list_replaces_loopback() {
    // HOST-1
    let layer = ValidateHostLayer::new()
        .add_host("old.example")
        .and_then(|layer| layer.with_hosts(["a.example", "b.example"]))
        .expect("valid hosts");
    assert_eq!(status(&layer, &["a.example"]).await, 200);
    assert_eq!(status(&layer, &["b.example"]).await, 200);
    assert_eq!(status(&layer, &["old.example"]).await, 403);
    assert_eq!(status(&layer, &["localhost"]).await, 403);
}

#[tokio::test]
async fn allowing_any_host_checks_nothing() {
    let layer = ValidateHostLayer::dangerously_allow_any();
    for hosts in [&[][..], &["evil.example"], &["a", "b"], &["@"]] {
        assert_eq!(status(&layer, hosts).await, 200, "{hosts:?}");
    }
}

#[test]
fn an_entry_that_is_no_host_is_named() {
    for entry in ["", "https://mcp.example.com", "mcp.example.com/mcp", "*.example.com", "a:b"] {
        let error = ValidateHostLayer::new().add_host(entry).expect_err(entry);
        assert!(error.to_string().contains(&format!("{entry:?}")), "{error}");
    }
}

#[tokio::test]
async fn every_method_is_checked() {
    // HOST-1
    let layer = ValidateHostLayer::new();
    for method in [Method::GET, Method::POST, Method::DELETE, Method::OPTIONS, Method::HEAD] {
        let mut request = request(&["evil.example"]);
        *request.method_mut() = method;
        assert_eq!(answer(&layer, request).await.status(), 403);
    }
}

#[tokio::test]
async fn the_refusal_is_an_error_without_id_and_leaves_a_trace() {
    // HOST-1
    let response = answer(&ValidateHostLayer::new(), request(&["evil.example"])).await;
    let rejection = response.extensions().get::<Rejection>().expect("the rejection is left");
    assert_eq!(rejection.status(), StatusCode::FORBIDDEN);
    let body: Value = serde_json::from_slice(response.body()).expect("JSON");
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
    let mut request = request(&["localhost"]).map(|()| Untouched(7));
    request.extensions_mut().insert(Principal::new("alice"));
    let response = ValidateHostLayer::new().layer(inner).oneshot(request).await;
    assert_eq!(response.expect("infallible").status(), 200);
}

#[tokio::test]
async fn readiness_is_forwarded_and_a_refusal_never_calls_the_inner_service() {
    // HOST-1
    let (mut service, mut handle) =
        mock::spawn_layer::<Request<()>, Response<Bytes>, _>(ValidateHostLayer::new());
    handle.allow(0);
    assert!(service.poll_ready().is_pending());
    handle.allow(2);
    assert!(service.poll_ready().is_ready());

    let refused = service.call(request(&["evil.example"])).await.expect("an answer");
    assert_eq!(refused.status(), 403);
    assert!(service.poll_ready().is_ready());

    let answer = service.call(request(&["localhost"]));
    let (seen, respond) = handle.next_request().await.expect("the second request");
    assert_eq!(seen.headers()["host"], "localhost");
    respond.send_response(Response::new(Bytes::from_static(b"ok")));
    assert_eq!(answer.await.expect("an answer").body(), "ok");
}

proptest! {
    #[test]
    fn only_loopback_ever_passes_by_default(host in "[ -~]{0,24}|(localhost|127\\.0\\.0\\.1|\\[::1\\])[ -~]{0,6}") {
        // HOST-1, HOST-2
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let passed = runtime.block_on(status(&ValidateHostLayer::new(), &[host.as_str()])) == 200;
        let lower = host.to_ascii_lowercase();
        let rest = ["localhost", "127.0.0.1", "[::1]"].iter().find_map(|name| lower.strip_prefix(name));
        let loopback = rest.is_some_and(|rest| match rest.strip_prefix(':') {
            Some(port) => port.is_empty()
                || (port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok()),
            None => rest.is_empty(),
        });
        prop_assert_eq!(passed, loopback, "{}", host);
    }
}
