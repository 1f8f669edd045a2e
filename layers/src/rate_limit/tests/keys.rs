//! Which requests share a bucket, and which are not limited.

use bytes::Bytes;
use http::{HeaderName, Request, Response};
use mcp_layers_core::{Inbound, Outbound, headers, protocol::Method};
use serde_json::json;
use static_assertions::{assert_impl_all, assert_not_impl_any};
use tower::util::BoxService;
use tower_service::Service;

use super::{
    super::{
        ByClientAddr, ByHeader, ByPrincipal, ByPrincipalOrAddr, BySession, ByToolName, ForMethods,
        Key, RateLimit, RateLimitLayer,
    },
    addr, answer, nobody, one_in_ten_seconds, passes, principal, session, with,
};
use crate::support;

/// Whether the second of two requests passes where each key may make one.
async fn apart<K: Key<()> + Clone>(key: K, first: Request<()>, second: Request<()>) -> bool {
    let (layer, _) = one_in_ten_seconds(key);
    assert!(passes(&layer, first).await);
    passes(&layer, second).await
}

async fn accepts<K: Key<Inbound> + Clone>(
    layer: &RateLimitLayer<K>,
    request: Request<Inbound>,
) -> bool {
    let response: Response<Outbound> = answer(layer, request).await;
    response.status() == 200
}

fn call(tool: &str) -> Request<Inbound> {
    request("tools/call", json!({"name": tool}))
}

fn request(method: &str, params: serde_json::Value) -> Request<Inbound> {
    support::post(json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}))
}

#[tokio::test]
async fn the_principal_is_the_key_where_there_is_one_else_the_address() {
    // RATE-2
    let who = |name| with(nobody(), principal(name));
    let at = |ip| with(nobody(), addr(ip));
    let key = ByPrincipalOrAddr;
    assert!(apart(key, who("alice"), who("bob")).await);
    assert!(!apart(key, who("alice"), who("alice")).await);
    assert!(apart(key, at("192.0.2.1"), at("192.0.2.2")).await);
    assert!(!apart(key, at("192.0.2.1"), at("192.0.2.1")).await);

    // Another address is no new bucket for a principal, and no one else's at that address.
    let moved = |name, ip| with(who(name), addr(ip));
    assert!(!apart(key, moved("alice", "192.0.2.1"), moved("alice", "192.0.2.2")).await);
    assert!(apart(key, moved("alice", "192.0.2.1"), moved("bob", "192.0.2.1")).await);
    assert!(apart(key, moved("alice", "192.0.2.1"), at("192.0.2.1")).await);
}

#[tokio::test]
async fn callers_of_whom_nothing_is_known_share_one_bucket() {
    // RATE-2
    assert!(!apart(ByPrincipalOrAddr, nobody(), nobody()).await);
    assert!(!apart(ByClientAddr, nobody(), nobody()).await);
    assert!(apart(ByClientAddr, nobody(), with(nobody(), addr("0.0.0.0"))).await);
}

#[tokio::test]
async fn mirrored_headers_make_no_difference_to_the_key() {
    // RATE-2
    let mut second = nobody();
    second.headers_mut().insert(headers::MCP_NAME, "other".parse().expect("a value"));
    second.headers_mut().insert(headers::MCP_METHOD, "other".parse().expect("a value"));
    assert!(!apart(ByPrincipalOrAddr, nobody(), second).await);
}

#[test]
fn a_mirrored_header_is_refused_as_a_key() {
    // RATE-2
    for name in ["Mcp-Method", "mcp-name", "Mcp-Param-Region"] {
        let header: HeaderName = name.parse().expect("a header name");
        let error = ByHeader::dangerously_trust(header).expect_err(name);
        assert!(error.to_string().contains(&name.to_ascii_lowercase()), "{error}");
    }
}

#[tokio::test]
async fn addresses_are_told_apart_as_finely_as_clients_cannot_choose() {
    // RATE-2
    for (first, second, expected) in [
        ("192.0.2.1", "192.0.2.2", true),
        ("2001:db8::1", "2001:db8::2", false),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", true),
        ("::ffff:192.0.2.1", "192.0.2.1", false),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", true),
    ] {
        let (one, two) = (with(nobody(), addr(first)), with(nobody(), addr(second)));
        assert_eq!(apart(ByClientAddr, one, two).await, expected, "{first} {second}");
    }
}

#[tokio::test]
async fn anonymous_callers_and_requests_without_session_are_not_what_those_keys_limit() {
    let who = |name| with(nobody(), principal(name));
    assert!(apart(ByPrincipal, nobody(), nobody()).await);
    assert!(apart(ByPrincipal, who("alice"), who("bob")).await);
    assert!(!apart(ByPrincipal, who("alice"), who("alice")).await);

    let of = |id| with(nobody(), session(id));
    assert!(apart(BySession, nobody(), nobody()).await);
    assert!(apart(BySession, of(1), of(2)).await);
    assert!(!apart(BySession, of(1), of(1)).await);
}

#[tokio::test]
async fn a_trusted_header_is_a_key_and_leaving_it_out_does_not_help() {
    let key = ByHeader::dangerously_trust(HeaderName::from_static("x-client")).expect("a header");
    let of = |value: &str| {
        let mut request = nobody();
        request.headers_mut().insert("x-client", value.parse().expect("a value"));
        request
    };
    assert!(apart(key.clone(), of("a"), of("b")).await);
    assert!(!apart(key.clone(), of("a"), of("a")).await);
    assert!(!apart(key, nobody(), nobody()).await);
}

#[tokio::test]
async fn functions_and_pairs_are_keys() {
    let by_path = |request: &Request<()>| Some(request.uri().path().to_owned());
    let to = |path: &str| Request::post(path).body(()).expect("a valid request");
    assert!(apart(by_path, to("/a"), to("/b")).await);
    assert!(!apart(by_path, to("/a"), to("/a")).await);

    let pair = (ByPrincipal, by_path);
    let who = |name, path| with(to(path), principal(name));
    assert!(apart(pair, who("alice", "/a"), who("alice", "/b")).await);
    assert!(apart(pair, who("alice", "/a"), who("bob", "/a")).await);
    assert!(!apart(pair, who("alice", "/a"), who("alice", "/a")).await);
    // One half is not about this request, so the pair is not.
    assert!(apart(pair, to("/a"), to("/a")).await);
}

#[tokio::test]
async fn tool_calls_can_be_limited_by_tool_and_by_caller() {
    // TOOL-28
    let (layer, _) = one_in_ten_seconds((ByPrincipalOrAddr, ByToolName));
    let alice = |request| with(request, principal("alice"));
    assert!(accepts(&layer, alice(call("search"))).await);
    assert!(!accepts(&layer, alice(call("search"))).await);
    // Spelt otherwise, it is the same tool.
    let escaped =
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"se\u0061rch"}}"#;
    assert!(!accepts(&layer, alice(support::post(escaped))).await);
    assert!(accepts(&layer, alice(call("add"))).await);
    assert!(accepts(&layer, with(call("search"), principal("bob"))).await);
}

#[tokio::test]
async fn only_tool_calls_have_a_tool_name() {
    // TOOL-28
    let (layer, _) = one_in_ten_seconds(ByToolName);
    for _ in 0..3 {
        assert!(accepts(&layer, request("tools/list", json!({}))).await);
        assert!(accepts(&layer, request("prompts/get", json!({"name": "search"}))).await);
        assert!(accepts(&layer, support::get()).await);
    }
    assert!(accepts(&layer, request("tools/call", json!({}))).await);
    assert!(!accepts(&layer, request("tools/call", json!({"name": 1}))).await);
}

#[tokio::test]
async fn completions_can_be_limited_and_nothing_else_with_them() {
    // COMP-8
    let key = ForMethods::new([Method::CompletionComplete], ByPrincipalOrAddr);
    let (layer, _) = one_in_ten_seconds(key);
    let complete = || request("completion/complete", json!({}));
    assert!(accepts(&layer, complete()).await);
    assert!(!accepts(&layer, complete()).await);
    assert!(accepts(&layer, with(complete(), principal("alice"))).await);
    assert!(accepts(&layer, call("search")).await);
    assert!(accepts(&layer, support::delete()).await);
}

type Inner<B, R> = BoxService<Request<B>, Response<R>, std::convert::Infallible>;

// Keys that read the message work in the message zone alone; the others in both.
assert_impl_all!(RateLimit<Inner<Inbound, Outbound>, ByToolName>: Service<Request<Inbound>>);
assert_impl_all!(RateLimit<Inner<Inbound, Outbound>, ByClientAddr>: Service<Request<Inbound>>);
assert_impl_all!(RateLimit<Inner<Bytes, Bytes>, ByClientAddr>: Service<Request<Bytes>>);
assert_not_impl_any!(RateLimit<Inner<Bytes, Bytes>, ByToolName>: Service<Request<Bytes>>);
