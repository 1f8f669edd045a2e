//! What is axum's own stays as it is beside the endpoint.

use http::Uri;

use crate::{client::body, host::Host};

#[tokio::test]
async fn the_application_s_routes_are_its_own() {
    let host = Host::axum().await;
    for (path, status) in [("/users", 200), ("/tools", 404), ("/mcp", 404)] {
        let mut request = host.request("GET").body(body("")).expect("a valid request");
        *request.uri_mut() = Uri::from_static(path);
        assert_eq!(host.send(request).await.status(), status, "{path}");
    }
}

#[tokio::test]
async fn who_is_not_known_to_the_application_does_not_get_in() {
    let host = Host::axum().await;
    let mut request = host.request("POST").body(body("{}")).expect("a valid request");
    request.headers_mut().remove("authorization");
    assert_eq!(host.send(request).await.status(), 401);
}
