//! gRPC beside the endpoint.

use http::Request;

use crate::{client::body, host::Host};

#[tokio::test]
async fn a_grpc_call_on_the_same_port_is_answered() {
    let host = Host::tonic_http2().await;
    // An empty message: not compressed, of no length.
    let request = Request::post("/grpc.health.v1.Health/Check")
        .header("host", "localhost")
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .body(body(&[0; 5][..]))
        .expect("a valid request");
    let answer = host.send(request).await;
    assert_eq!((answer.status(), answer.header("content-type")), (200, "application/grpc"));
    // Field 1 is 1: SERVING.
    assert_eq!(answer.text().await.as_bytes(), [0, 0, 0, 0, 2, 8, 1]);
}
