use http::uri::PathAndQuery;

use super::{
    super::{
        layer::Rules,
        route::{Route, readdress},
    },
    *,
};

fn parts(method: &str, uri: &str, headers: &[(&str, &str)]) -> http::request::Parts {
    let mut builder = Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(()).expect("a valid request").into_parts().0
}

fn shared() -> Rules {
    let mcp = PathAndQuery::from_static("/mcp");
    Rules { stream_path: mcp.clone(), message_path: mcp, ..Rules::default() }
}

#[test]
fn the_two_paths_are_apart_from_the_endpoint_s() {
    // LEGACY-SSE-1
    for (method, uri, expected) in [
        ("GET", "/sse", Route::Open),
        ("GET", "/sse?x=1", Route::Open),
        ("POST", "/messages?sessionId=a", Route::Message(Some("a"))),
        ("POST", "/messages?x=1&sessionId=a&y", Route::Message(Some("a"))),
        ("POST", "/messages?sessionid=a", Route::Message(None)),
        ("POST", "/messages", Route::Message(None)),
        ("POST", "/sse", Route::Inner),
        ("GET", "/messages?sessionId=a", Route::Inner),
        ("DELETE", "/sse", Route::Inner),
        ("OPTIONS", "/messages", Route::Inner),
        ("GET", "/mcp", Route::Inner),
        ("POST", "/mcp", Route::Inner),
        ("GET", "/sse/", Route::Inner),
    ] {
        let parts = parts(method, uri, &[]);
        assert_eq!(Route::of(&parts, &Rules::default()), expected, "{method} {uri}");
    }
}

#[test]
fn one_path_can_serve_both_transports() {
    // LEGACY-SSE-12
    let rules = shared();
    let of = |method, uri, headers: &[(&str, &str)]| {
        let parts = parts(method, uri, headers);
        match Route::of(&parts, &rules) {
            Route::Open => "open",
            Route::Message(Some(_)) => "message",
            Route::Message(None) => "nameless",
            Route::Inner => "inner",
        }
    };
    assert_eq!(of("GET", "/mcp", &[]), "open");
    assert_eq!(of("GET", "/mcp", &[("mcp-protocol-version", "2024-11-05")]), "open");
    assert_eq!(of("GET", "/mcp", &[("mcp-session-id", "a")]), "inner");
    assert_eq!(of("GET", "/mcp", &[("last-event-id", "1")]), "inner");
    assert_eq!(of("GET", "/mcp", &[("mcp-protocol-version", "2026-07-28")]), "inner");
    assert_eq!(of("POST", "/mcp", &[]), "inner");
    assert_eq!(of("POST", "/mcp?sessionId=a", &[]), "message");
    assert_eq!(of("DELETE", "/mcp", &[]), "inner");
}

#[test]
fn a_browser_that_looks_at_the_path_opens_no_stream() {
    // LEGACY-SSE-13: it is answered at once, as by the endpoint.
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    for (accept, expected) in [
        (browser, Route::Inner),
        ("application/json", Route::Inner),
        ("*/*", Route::Open),
        ("Text/Event-Stream", Route::Open),
    ] {
        let parts = parts("GET", "/sse", &[("accept", accept)]);
        assert_eq!(Route::of(&parts, &Rules::default()), expected, "{accept}");
    }
}

#[test]
fn a_request_is_readdressed_by_path_alone() {
    // LEGACY-SSE-1
    let mcp = PathAndQuery::from_static("/mcp");
    for (from, to) in [
        ("/messages?sessionId=a", "/mcp"),
        ("http://a.example:81/messages?sessionId=a", "http://a.example:81/mcp"),
    ] {
        assert_eq!(readdress(from.parse().expect("a URI"), &mcp), to);
    }
}
