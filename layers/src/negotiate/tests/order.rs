use super::*;

#[tokio::test]
async fn the_first_failing_check_answers() {
    // ERR-8: method, content type, media types accepted, size, JSON, envelope, then the service.
    let layer = NegotiateLayer::new().with_max_body_bytes(100);
    let long = format!("{{{}", " ".repeat(100));
    let everything_wrong = |method: &str| {
        Request::builder()
            .method(method)
            .header("content-type", "text/plain")
            .header("accept", "text/html")
            .header("mcp-protocol-version", "2026-07-28")
            .body(Full::new(Bytes::from(long.clone())))
            .expect("a valid request")
    };
    let json = |request| with_header(request, "content-type", "application/json");
    let both = |request| with_header(json(request), "accept", "*/*");
    let short =
        |body: &'static str| both(everything_wrong("POST")).map(|_| Full::new(Bytes::from(body)));
    for (request, expected) in [
        (everything_wrong("PUT"), (405, -32600)),
        (everything_wrong("GET"), (405, -32600)),
        (everything_wrong("POST"), (415, -32600)),
        (json(everything_wrong("POST")), (406, -32600)),
        (both(everything_wrong("POST")), (413, -32600)),
        (short("{\"id\":null,"), (400, -32700)),
        (short("{\"id\":null}"), (400, -32600)),
        (short(REPLY), (400, -32600)),
    ] {
        assert_eq!(refused(layer, request).await.refusal(), expected);
    }
    let inner = |_| Response::new(Outbound::Rejected(Rejection::session_not_found()));
    let answer = send(layer.layer(Inner(inner)), short(CALL)).await;
    assert_eq!(answer.refusal(), (404, -32001));
}
