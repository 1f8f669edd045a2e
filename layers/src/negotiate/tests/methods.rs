use http::{Request, Response};
use mcp_layers_core::{EventStream, FromRejection, Inbound, Outbound, Rejection, queue};

use super::*;

fn stream_to_get(request: Request<Inbound>) -> Response<Outbound> {
    match request.body() {
        Inbound::Open => {
            let (sender, receiver) = queue::channel(1024);
            sender.send(progress(1)).expect("the queue is open");
            Response::new(Outbound::Stream(EventStream::subscription(receiver)))
        }
        Inbound::Terminate => Response::new(Outbound::NoContent),
        _ => plain(request),
    }
}

#[tokio::test]
async fn one_path_serves_post_get_and_delete() {
    // NEG-1, NEG-2
    let service = border(stream_to_get);
    assert_eq!(send(service.clone(), post(CALL)).await.status, 200);
    let get = with_header(bare("GET"), "accept", "text/event-stream");
    assert_eq!(send(service.clone(), get).await.status, 200);
    assert_eq!(send(service, bare("DELETE")).await.status, 204);
}

#[tokio::test]
async fn get_is_answered_with_an_event_stream() {
    // NEG-6
    let answer = send(border(stream_to_get), bare("GET")).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.messages()[0]["method"], "notifications/progress");
}

#[tokio::test]
async fn get_is_405_when_the_service_has_no_stream() {
    // NEG-3, NEG-5, NEG-6
    for outbound in [
        || Outbound::Accepted,
        || Outbound::NoContent,
        || Outbound::Response(result()),
        || Outbound::Response(error(-32600)),
    ] {
        let answer = send(border(answering(outbound)), bare("GET")).await;
        assert_eq!(answer.refusal(), (405, -32600));
        assert_eq!(answer.header("allow"), "POST, DELETE, OPTIONS");
    }
}

#[tokio::test]
async fn get_and_delete_that_the_service_refuses_keep_its_405() {
    // NEG-3, NEG-5
    for method in ["GET", "DELETE"] {
        let inner = |_| Outbound::from_rejection(Rejection::method_not_allowed("POST"));
        let answer = send(border(inner), bare(method)).await;
        assert_eq!(answer.refusal(), (405, -32600));
        assert_eq!(answer.header("allow"), "POST");
    }
}

#[tokio::test]
async fn a_refused_get_is_never_200() {
    // NEG-6
    let rejection = || Rejection::new(StatusCode::OK, ErrorObject::internal("no"));
    let inner = move |_| Outbound::from_rejection(rejection());
    assert_eq!(send(border(inner), bare("GET")).await.status, 400);
}

#[tokio::test]
async fn get_and_delete_of_a_modern_revision_are_405() {
    // NEG-4, NEG-5
    for method in ["GET", "DELETE"] {
        for version in ["2026-07-28", " 2026-07-28 ", "2027-01-01"] {
            let request = with_header(bare(method), "mcp-protocol-version", version);
            let answer = refused(NegotiateLayer::new(), request).await;
            assert_eq!(answer.refusal(), (405, -32600), "{method} {version}");
            assert_eq!(answer.header("allow"), "POST");
        }
        for version in ["2025-11-25", "2025-03-26"] {
            let request = with_header(bare(method), "mcp-protocol-version", version);
            let answer = send(border(stream_to_get), request).await;
            assert!(answer.status.is_success(), "{method} {version}");
        }
    }
}

#[tokio::test]
async fn other_methods_are_405_with_allow() {
    // NEG-5
    for method in ["PUT", "PATCH", "HEAD", "TRACE", "CONNECT", "QUERY"] {
        let answer = refused(NegotiateLayer::new(), bare(method)).await;
        assert_eq!(answer.refusal(), (405, -32600), "{method}");
        assert_eq!(answer.header("allow"), "POST, GET, DELETE, OPTIONS");
    }
}

#[tokio::test]
async fn options_names_the_methods() {
    // NEG-5
    let answer = refused(NegotiateLayer::new(), bare("OPTIONS")).await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (204, 0));
    assert_eq!(answer.header("allow"), "POST, GET, DELETE, OPTIONS");
}

#[tokio::test]
async fn a_get_whose_accept_excludes_event_streams_is_406() {
    // NEG-7
    for accept in ["text/html", "application/json", "*/*, text/event-stream;q=0"] {
        let request = with_header(bare("GET"), "accept", accept);
        let answer = refused(NegotiateLayer::new(), request).await;
        assert_eq!(answer.refusal(), (406, -32600), "{accept}");
    }
    for accept in ["*/*", "application/json, text/event-stream"] {
        let request = with_header(bare("GET"), "accept", accept);
        assert_eq!(send(border(stream_to_get), request).await.status, 200, "{accept}");
    }
}

#[tokio::test]
async fn the_strict_profile_wants_an_accept_on_get() {
    // NEG-7, NEG-15
    let strict = NegotiateLayer::new().strict();
    assert_eq!(refused(strict, bare("GET")).await.refusal(), (406, -32600));
    let get = with_header(bare("GET"), "accept", "text/event-stream");
    assert_eq!(send(strict.layer(Inner(stream_to_get)), get).await.status, 200);
}

#[tokio::test]
async fn bodies_of_get_and_delete_are_not_read() {
    for method in ["GET", "DELETE"] {
        let request = bare(method).map(|_| Untouched);
        assert!(send(border(stream_to_get), request).await.status.is_success());
    }
}
