//! A page in a browser, in front of the axum example.

use crate::{client::body, host::Host};

const PAGE: &str = "https://app.example.com";

/// What a page's client sends of its own.
const HEADERS: [&str; 9] = [
    "content-type",
    "accept",
    "authorization",
    "mcp-protocol-version",
    "mcp-session-id",
    "last-event-id",
    "mcp-method",
    "mcp-name",
    "mcp-param-region",
];

fn listed(value: &str) -> Vec<String> {
    value.split(',').map(|name| name.trim().to_ascii_lowercase()).collect()
}

#[tokio::test]
async fn a_preflight_is_answered_before_authentication() {
    // ORIGIN-11
    let host = Host::axum().await;
    for method in ["POST", "GET", "DELETE"] {
        let mut request = host
            .request("OPTIONS")
            .header("origin", PAGE)
            .header("access-control-request-method", method)
            .header("access-control-request-headers", HEADERS.join(","))
            .body(body(""))
            .expect("a valid request");
        request.headers_mut().remove("authorization");
        let answer = host.send(request).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.header("access-control-allow-origin"), PAGE);
        let methods = listed(answer.header("access-control-allow-methods"));
        assert!(methods.contains(&method.to_ascii_lowercase()), "{methods:?}");
        let allowed = listed(answer.header("access-control-allow-headers"));
        assert_eq!(allowed, HEADERS);
    }
}

#[tokio::test]
async fn a_page_reads_its_session_and_why_it_was_refused() {
    // ORIGIN-11
    let host = Host::axum().await;
    for (authorization, status) in [("Bearer sesame", 400), ("Bearer wrong", 401)] {
        let mut request = host.request("POST").header("origin", PAGE).body(body("{"));
        let request_headers = request.as_mut().expect("a valid request").headers_mut();
        request_headers.insert("authorization", authorization.parse().expect("a valid value"));
        let answer = host.send(request.expect("a valid request")).await;
        assert_eq!(answer.status(), status);
        assert_eq!(answer.header("access-control-allow-origin"), PAGE);
        let exposed = listed(answer.header("access-control-expose-headers"));
        assert_eq!(exposed, ["mcp-session-id", "www-authenticate", "retry-after"]);
    }
}

#[tokio::test]
async fn another_page_is_allowed_nothing() {
    // ORIGIN-2, ORIGIN-11
    let host = Host::axum().await;
    for method in ["OPTIONS", "POST"] {
        let request = host
            .request(method)
            .header("origin", "https://evil.example")
            .header("access-control-request-method", "POST");
        let answer = host.send(request.body(body("{}")).expect("a valid request")).await;
        assert_eq!(answer.header("access-control-allow-origin"), "", "{method}");
        assert!(method == "OPTIONS" || answer.status() == 403, "{answer:?}");
    }
}
