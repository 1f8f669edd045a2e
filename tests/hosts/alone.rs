//! The layers in front of a route that knows nothing of MCP.

use std::net::SocketAddr;

use http::Request;
use tokio::net::{TcpListener, TcpStream};

use crate::{
    client::{self, Answer, body},
    examples,
};

async fn serve() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
    let addr = listener.local_addr().expect("it is bound");
    let app = examples::layers_alone::app().expect("a fit configuration");
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    // It ends with the test's runtime.
    tokio::spawn(async move { axum::serve(listener, app).await });
    addr
}

async fn get(addr: SocketAddr, name: &str, value: &str) -> Answer {
    let mut request = Request::get("/time").header("host", "localhost").body(body(""));
    let headers = request.as_mut().expect("a valid request").headers_mut();
    let name = http::HeaderName::from_bytes(name.as_bytes()).expect("a valid name");
    headers.insert(name, value.parse().expect("a valid value"));
    let socket = Box::pin(TcpStream::connect(addr).await.expect("it listens"));
    client::send(socket, false, request.expect("a valid request")).await
}

#[tokio::test]
async fn the_layers_guard_a_route_of_any_kind() {
    // HOST-1, ORIGIN-2, RATE-1
    let addr = serve().await;
    assert_eq!(get(addr, "host", "evil.example").await.status(), 403);
    assert_eq!(get(addr, "origin", "https://evil.example").await.status(), 403);
    for _ in 0..3 {
        let answer = get(addr, "origin", "https://app.example.com").await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.text().await, "half past nine");
    }
    let limited = get(addr, "host", "127.0.0.1").await;
    assert_eq!(limited.status(), 429);
    assert_eq!(limited.header("retry-after"), "20");
}
