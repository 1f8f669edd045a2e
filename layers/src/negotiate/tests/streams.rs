use std::time::Duration;

use mcp_layers_core::queue::{self, Sender};
use tokio::time::{Instant, advance, pause};

use super::*;

/// A service whose answer is the stream of a queue, and the queue's other end.
async fn open(layer: NegotiateLayer, request: Request<Full<Bytes>>) -> (ResponseBody, Sender) {
    let (sender, receiver) = queue::channel(1024 * 1024);
    let receiver = std::sync::Arc::new(std::sync::Mutex::new(Some(receiver)));
    let inner = Inner(move |_: Request<Inbound>| {
        let receiver = receiver.lock().expect("unpoisoned").take().expect("called once");
        Response::new(Outbound::Stream(EventStream::call(receiver)))
    });
    let Ok(response) = layer.layer(inner).oneshot(request).await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    (response.into_body(), sender)
}

async fn next(body: &mut ResponseBody) -> Option<Bytes> {
    let Ok(frame) = body.frame().await?;
    Some(frame.into_data().expect("data"))
}

fn is_pending(body: &mut ResponseBody) -> bool {
    poll_once(std::pin::pin!(body.frame())).is_pending()
}

#[tokio::test]
async fn streams_are_not_buffered_or_cached() {
    // SSE-10, SSE-11
    for body in [CALL, MODERN_CALL] {
        let inner = answering(|| call_stream([result()]));
        let answer = send(border(inner), post(body)).await;
        assert_eq!(answer.header("x-accel-buffering"), "no");
        assert_eq!(answer.header("cache-control"), "no-cache");
    }
}

#[tokio::test]
async fn the_stream_carries_the_response_and_closes_right_after() {
    // SSE-3, SSE-4
    let (mut body, sender) = open(NegotiateLayer::new(), post(CALL)).await;
    sender.send(progress(1)).expect("open");
    next(&mut body).await.expect("progress");
    assert!(!body.is_end_stream());
    sender.finish(Some(result())).expect("open");
    let last = next(&mut body).await.expect("the response");
    assert!(decoder::decode(&last)[0].data.contains("result"));
    assert!(body.is_end_stream());
    assert_eq!(next(&mut body).await, None);
}

#[tokio::test]
async fn requests_and_notifications_may_precede_a_legacy_response() {
    // SSE-6, SSE-7
    let inner = answering(|| call_stream([progress(1), ask(), progress(2), result()]));
    let messages = send(border(inner), post(CALL)).await.messages();
    let methods: Vec<_> = messages.iter().map(|m| m["method"].as_str()).collect();
    assert_eq!(
        methods,
        [Some("notifications/progress"), Some("roots/list"), Some("notifications/progress"), None]
    );
}

#[tokio::test]
async fn a_modern_stream_holds_no_requests() {
    // SSE-8, SSE-9
    let inner = answering(|| call_stream([progress(1), ask(), result()]));
    let messages = send(border(inner), post(MODERN_CALL)).await.messages();
    assert_eq!(messages.len(), 2);
    assert!(messages.iter().all(|m| m.get("method").is_none() || m.get("id").is_none()));
    let answer = send(border(inner), post_accepting("application/json", MODERN_CALL)).await;
    assert_eq!(answer.json()["result"], json!({}));
}

#[tokio::test]
async fn what_is_ready_goes_into_one_frame() {
    // SSE-1
    let (mut body, sender) = open(NegotiateLayer::new(), post(CALL)).await;
    for n in 0..3 {
        sender.send(progress(n)).expect("open");
    }
    assert_eq!(decoder::decode(&next(&mut body).await.expect("a frame")).len(), 3);
    assert!(is_pending(&mut body));
}

#[tokio::test]
async fn a_frame_is_bounded() {
    // SSE-1
    let (mut body, sender) = open(NegotiateLayer::new(), post(CALL)).await;
    let large = Message::notification("x", &json!({ "data": "x".repeat(6 * 1024) }));
    for _ in 0..8 {
        sender.send(large.clone()).expect("open");
    }
    sender.finish(None).expect("open");
    let mut counts = Vec::new();
    while let Some(frame) = next(&mut body).await {
        counts.push(decoder::decode(&frame).len());
    }
    assert_eq!(counts, [3, 3, 2]);
}

#[tokio::test]
async fn an_idle_stream_gets_comments() {
    // SSE-12, SSE-13
    pause();
    for request in [post(CALL), post(MODERN_CALL), bare("GET")] {
        let (mut body, sender) = open(NegotiateLayer::new(), request).await;
        let start = Instant::now();
        for beat in 1..=3 {
            assert_eq!(next(&mut body).await.expect("a comment"), ":\n\n");
            assert_eq!(start.elapsed().as_secs(), beat * 15);
        }
        assert_eq!(decoder::decode_all(b":\n\n"), (vec![], None, 1));
        drop(sender);
        assert_eq!(next(&mut body).await, None);
    }
}

#[tokio::test]
async fn a_heartbeat_waits_from_the_last_event() {
    // SSE-12
    pause();
    let layer = NegotiateLayer::new().with_heartbeat(Some(Duration::from_secs(10)));
    let (mut body, sender) = open(layer, post(CALL)).await;
    assert!(is_pending(&mut body));
    advance(Duration::from_secs(9)).await;
    sender.send(progress(1)).expect("open");
    assert_ne!(next(&mut body).await.expect("an event"), ":\n\n");
    let start = Instant::now();
    assert_eq!(next(&mut body).await.expect("a comment"), ":\n\n");
    assert_eq!(start.elapsed().as_secs(), 10);
}

#[tokio::test]
async fn a_heartbeat_can_be_off_and_is_never_a_flood() {
    // SSE-12
    pause();
    let (mut body, sender) = open(NegotiateLayer::new().with_heartbeat(None), post(CALL)).await;
    assert!(is_pending(&mut body));
    advance(Duration::from_secs(1_000_000)).await;
    assert!(is_pending(&mut body));
    drop(sender);
    let layer = NegotiateLayer::new().with_heartbeat(Some(Duration::ZERO));
    let (mut body, _sender) = open(layer, post(CALL)).await;
    let start = Instant::now();
    next(&mut body).await.expect("a comment");
    assert_eq!(start.elapsed().as_secs(), 1);
    let layer = NegotiateLayer::new().with_heartbeat(Some(Duration::MAX));
    let (mut body, sender) = open(layer, post(CALL)).await;
    assert!(is_pending(&mut body));
    sender.send(progress(1)).expect("open");
    next(&mut body).await.expect("an event");
    assert!(is_pending(&mut body));
}

#[test]
fn a_stream_that_never_waits_needs_no_timer() {
    // SSE-12
    let inner = answering(|| call_stream([progress(1), result()]));
    let future = std::pin::pin!(send(border(inner), post(CALL)));
    let Poll::Ready(answer) = poll_once(future) else { panic!("pending") };
    assert_eq!(answer.messages().len(), 2);
}

#[tokio::test]
async fn dropping_the_body_drops_the_stream() {
    // SSE-3
    let (body, sender) = open(NegotiateLayer::new(), post(CALL)).await;
    drop(body);
    assert!(sender.is_closed());
}

#[tokio::test]
async fn concurrent_requests_are_answered_each_on_its_own_stream() {
    // SSE-26, RPC-16: the ids may even be the same.
    let (inner, mut handle) = tower_test::mock::pair::<_, Response<Outbound>>();
    let service = NegotiateLayer::new().layer(inner);
    let ask = async |id: i64, tag: &str| {
        let params = json!({ "tag": { "t": tag } });
        let body = json!({ "jsonrpc": "2.0", "id": id, "method": "x", "params": params });
        let response = service.clone().oneshot(post(body.to_string())).await;
        collect(response.expect("answered")).await
    };
    let serve = async {
        let mut waiting = Vec::new();
        while waiting.len() < 3 {
            waiting.push(handle.next_request().await.expect("a request"));
        }
        for (request, respond) in waiting.into_iter().rev() {
            respond.send_response(tagged(&request));
        }
    };
    let (a, b, c, ()) = tokio::join!(ask(1, "a"), ask(1, "b"), ask(2, "c"), serve);
    for (answer, id, tag) in [(a, 1, "a"), (b, 1, "b"), (c, 2, "c")] {
        let messages = answer.messages();
        assert_eq!(messages.len(), 2);
        assert_eq!(messages[1], json!({"jsonrpc":"2.0","id":id,"result":{"t":tag}}));
    }
}

/// A stream whose response is the request's own tag.
fn tagged(request: &Request<Inbound>) -> Response<Outbound> {
    let body = request.body();
    let id = body.request_id().expect("a request");
    let tag = body.params().and_then(|params| params.raw("tag")).expect("a tag");
    Response::new(call_stream([progress(1), Message::result(id, &tag)]))
}
