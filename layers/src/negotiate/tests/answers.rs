use http::HeaderValue;
use mcp_layers_core::FromRejection;

use super::*;

#[tokio::test]
async fn accepted_notifications_and_replies_are_202_of_zero_length() {
    // NEG-8, NEG-9
    for body in [NOTIFICATION, REPLY] {
        let Ok(response) = border(plain).oneshot(post(body)).await;
        assert_eq!(response.status(), 202);
        assert!(response.body().is_end_stream());
        assert_eq!(response.body().size_hint().exact(), Some(0));
        assert!(response.headers().get("content-type").is_none());
    }
}

#[tokio::test]
async fn a_refused_notification_or_reply_is_an_error_without_id() {
    // NEG-10, NEG-11
    for body in [NOTIFICATION, REPLY] {
        for (status, expected) in [(400, 400), (404, 404), (200, 400)] {
            let inner = move |_: Request<Inbound>| {
                let status = StatusCode::from_u16(status).expect("a status");
                let rejection = Rejection::new(status, ErrorObject::invalid_request("no"))
                    .with_id(Some(RequestId::from(5)));
                Outbound::from_rejection(rejection)
            };
            let answer = send(border(inner), post(body)).await;
            assert_eq!(answer.refusal(), (expected, -32600));
            assert!(answer.json().get("id").is_none());
        }
    }
}

#[tokio::test]
async fn a_notification_is_never_answered_with_a_message() {
    // RPC-10, NEG-8, NEG-10
    type Make = fn() -> Outbound;
    let cases: [(Make, u16); 5] = [
        (|| Outbound::Response(result()), 202),
        (|| call_stream([progress(1), result()]), 202),
        (|| Outbound::NoContent, 202),
        (|| Outbound::Response(error(-32601)), 400),
        (|| Outbound::Accepted, 202),
    ];
    for accept in ["*/*", "application/json", "text/event-stream"] {
        for (outbound, status) in cases {
            let request = post_accepting(accept, NOTIFICATION);
            let answer = send(border(answering(outbound)), request).await;
            assert_eq!((answer.status.as_u16(), answer.body.len()), (status, 0), "{accept}");
        }
    }
    let inner = |_| {
        let mut response = Response::new(Outbound::Response(error(-32601)));
        *response.status_mut() = StatusCode::NOT_FOUND;
        response
    };
    assert_eq!(send(border(inner), post(NOTIFICATION)).await.status, 404);
}

#[tokio::test]
async fn a_handler_that_emits_nothing_is_answered_as_json() {
    // NEG-12, NEG-25
    let Ok(response) = border(plain).oneshot(post(CALL)).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(response.headers().len(), 1);
    let answer = r#"{"jsonrpc":"2.0","id":1,"result":{}}"#;
    assert_eq!(response.body().size_hint().exact(), Some(answer.len() as u64));
    assert_eq!(collect(response).await.body, answer);
}

#[tokio::test]
async fn a_stream_is_answered_as_sse() {
    // NEG-12, NEG-25, SSE-3
    let inner = answering(|| call_stream([progress(1), result()]));
    let messages = send(border(inner), post(CALL)).await.messages();
    assert_eq!(messages[0]["method"], "notifications/progress");
    assert_eq!(messages[1], json!({"jsonrpc":"2.0","id":1,"result":{}}));
}

#[tokio::test]
async fn a_client_of_json_alone_gets_one_object() {
    // NEG-16
    let inner = answering(|| call_stream([progress(1), progress(2), result()]));
    for accept in ["application/json", "*/*, text/event-stream;q=0"] {
        let answer = send(border(inner), post_accepting(accept, CALL)).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.json(), json!({"jsonrpc":"2.0","id":1,"result":{}}));
    }
}

#[tokio::test]
async fn a_chatty_stream_lets_others_run_while_it_is_drained() {
    // NEG-16
    let inner = answering(|| call_stream((0..1000).map(progress).chain([result()])));
    let request = post_accepting("application/json", CALL);
    let mut future = std::pin::pin!(border(inner).oneshot(request));
    assert!(poll_once(future.as_mut()).is_pending());
    let Ok(response) = future.await;
    assert_eq!(collect(response).await.json()["result"], json!({}));
}

#[tokio::test]
async fn a_client_of_sse_alone_gets_an_event() {
    // NEG-16, SSE-10, SSE-11
    let Ok(response) = border(plain).oneshot(post_accepting("text/event-stream", CALL)).await;
    assert!(response.body().size_hint().exact().is_some());
    let answer = collect(response).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("x-accel-buffering"), "no");
    assert_eq!(answer.header("cache-control"), "no-cache");
    assert_eq!(answer.messages(), [json!({"jsonrpc":"2.0","id":1,"result":{}})]);
}

#[tokio::test]
async fn an_error_status_is_json_even_for_a_client_of_sse() {
    // NEG-16
    let inner = |_| Outbound::from_rejection(Rejection::session_not_found());
    let answer = send(border(inner), post_accepting("text/event-stream", CALL)).await;
    assert_eq!(answer.refusal(), (404, -32001));
}

#[tokio::test]
async fn json_alone_is_406_when_the_answer_needs_a_stream() {
    // NEG-17
    let asks = || call_stream([progress(1), ask(), result()]);
    let listens = || Outbound::Stream(EventStream::subscription(Iter(std::iter::empty())));
    for outbound in [asks as fn() -> Outbound, listens] {
        let request = post_accepting("application/json", CALL);
        let answer = send(border(answering(outbound)), request).await;
        assert_eq!(answer.refusal(), (406, -32600));
        assert_eq!(answer.json()["id"], 1);
        assert_eq!(answer.rejection.expect("kept").status(), 406);
    }
}

#[tokio::test]
async fn a_drained_stream_without_a_response_is_an_internal_error() {
    // NEG-12, NEG-21
    let inner = answering(|| call_stream([progress(1)]));
    let answer = send(border(inner), post_accepting("application/json", CALL)).await;
    assert_eq!(answer.refusal(), (200, -32603));
    assert_eq!(answer.json()["id"], 1);
}

#[tokio::test]
async fn errors_of_a_request_travel_with_200() {
    // NEG-21
    for code in [-32601, -32602, -32603, -32002, 429] {
        let inner = answering(move || Outbound::Response(error(code)));
        assert_eq!(send(border(inner), post(CALL)).await.refusal(), (200, code));
    }
    let inner = |_| {
        let mut response = Response::new(Outbound::Response(error(-32601)));
        *response.status_mut() = StatusCode::NOT_FOUND;
        response
    };
    assert_eq!(send(border(inner), post(CALL)).await.refusal(), (404, -32601));
}

#[tokio::test]
async fn errors_after_the_first_event_travel_in_band() {
    // NEG-21
    let inner = answering(|| call_stream([progress(1), error(-32021)]));
    let answer = send(border(inner), post(CALL)).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.messages()[1]["error"]["code"], -32021);
}

#[tokio::test]
async fn the_modern_protocol_errors_have_status_400() {
    // NEG-26
    for code in [-32020, -32021, -32022] {
        for accept in ["*/*", "application/json", "text/event-stream"] {
            let inner = answering(move || Outbound::Response(error(code)));
            let answer = send(border(inner), post_accepting(accept, MODERN_CALL)).await;
            assert_eq!(answer.refusal(), (400, code));
        }
        let inner = answering(move || call_stream([progress(1), error(code)]));
        let answer = send(border(inner), post_accepting("application/json", MODERN_CALL)).await;
        assert_eq!(answer.refusal(), (400, code));
    }
    let inner = |_| Outbound::from_rejection(Rejection::invalid_params("_meta is incomplete"));
    assert_eq!(send(border(inner), post(MODERN_CALL)).await.refusal(), (400, -32602));
}

#[tokio::test]
async fn a_rejection_keeps_its_status_and_headers_and_gets_the_id() {
    // RPC-12
    let inner = |_| {
        let rejection = Rejection::unavailable("full", std::time::Duration::from_secs(3))
            .with_header(http::header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        let mut response = Outbound::from_rejection(rejection);
        response.headers_mut().insert("x-layer", HeaderValue::from_static("kept"));
        response
    };
    let answer = send(border(inner), post(r#"{"jsonrpc":"2.0","id":"r","method":"ping"}"#)).await;
    assert_eq!(answer.refusal(), (503, 503));
    assert_eq!(answer.json()["id"], "r");
    assert_eq!(answer.header("retry-after"), "3");
    assert_eq!(answer.header("www-authenticate"), "Bearer");
    assert_eq!(answer.header("x-layer"), "kept");
    assert_eq!(answer.rejection.expect("kept").id(), Some(&RequestId::from("r")));
}

#[tokio::test]
async fn an_id_the_layer_set_is_not_replaced() {
    // RPC-12
    let inner = |_| {
        let rejection = Rejection::invalid_request("no").with_id(Some(RequestId::from(7)));
        Outbound::from_rejection(rejection)
    };
    assert_eq!(send(border(inner), post("[]")).await.json()["id"], 7);
}

#[tokio::test]
async fn ids_come_back_as_they_were_sent() {
    // RPC-4, RPC-12
    for id in ["1", "0", "-7", "\"1\"", "\"\"", "98765432109876543210", "\"\\u0041\\n\""] {
        let body = format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"ping"}}"#);
        for accept in ["application/json", "text/event-stream"] {
            let answer = send(border(plain), post_accepting(accept, body.clone())).await;
            let text = String::from_utf8(answer.body.to_vec()).expect("UTF-8");
            assert!(text.contains(&format!(r#""id":{id},"#)), "{id}: {text}");
        }
        let inner = |_| Outbound::from_rejection(Rejection::invalid_request("no"));
        let answer = send(border(inner), post(body)).await;
        let text = String::from_utf8(answer.body.to_vec()).expect("UTF-8");
        assert!(text.contains(&format!(r#""id":{id},"#)), "{id}: {text}");
    }
}

#[tokio::test]
async fn every_message_is_utf8_with_the_version_and_one_outcome() {
    // RPC-1, RPC-5, RPC-13
    type Make = fn() -> Outbound;
    let answers: [Make; 5] = [
        || Outbound::Response(result()),
        || Outbound::Response(error(-32603)),
        || Outbound::Rejected(Rejection::invalid_request("ü")),
        || call_stream([result()]),
        || call_stream([]),
    ];
    for accept in ["application/json", "text/event-stream"] {
        for outbound in answers {
            let answer = send(border(answering(outbound)), post_accepting(accept, CALL)).await;
            let messages = match answer.header("content-type") {
                "text/event-stream" => answer.messages(),
                _ => vec![answer.json()],
            };
            for message in messages {
                assert_eq!(message["jsonrpc"], "2.0");
                assert_ne!(message.get("id"), Some(&Value::Null));
                assert!(message.get("result").is_some() ^ message.get("error").is_some());
            }
        }
    }
    let answer = refused(NegotiateLayer::new(), post("nonsense")).await;
    assert_eq!(answer.json()["jsonrpc"], "2.0");
}

#[tokio::test]
async fn delete_is_answered_without_a_body() {
    // NEG-1
    let answer = send(border(answering(|| Outbound::NoContent)), bare("DELETE")).await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (204, 0));
}
