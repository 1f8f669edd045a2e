use std::task::{Context, Waker};

use mcp_layers_core::{
    Event,
    jsonrpc::{RawJson, RequestId},
    queue::{self, Sender},
    shutdown::Shutdown,
};

use super::*;

fn progress(n: i64) -> Message {
    Message::notification("notifications/progress", &json!({ "progress": n }))
}

fn ask() -> Message {
    Message::request(&RequestId::from(9), "roots/list", &json!({}))
}

fn result(id: i64) -> Message {
    Message::result(&RequestId::from(id), &RawJson::empty_object())
}

fn stream(messages: Vec<Message>) -> Response<Outbound> {
    let (sender, receiver) = queue::channel(1 << 20);
    for message in messages {
        sender.send(message).expect("there is room");
    }
    drop(sender);
    Response::new(Outbound::Stream(EventStream::call(receiver)))
}

fn into_events(response: Response<Outbound>) -> EventStream {
    match response.into_body() {
        Outbound::Stream(events) => events,
        other => panic!("no stream: {other:?}"),
    }
}

async fn all(response: Response<Outbound>) -> Vec<Value> {
    let mut events = into_events(response);
    let mut found = Vec::new();
    while let Some(message) = next(&mut events).await {
        found.push(message);
    }
    found
}

#[tokio::test]
async fn progress_makes_a_stream_of_one_response_per_request() {
    // RPC-23, RPC-27
    let messages = [call(1, "plain"), call(2, "stream"), notification("x"), call(3, "later")];
    let (response, _) = send(BatchLayer::new(), batch(messages), |request| async move {
        match request.body().method().map(|method| method.as_str().to_owned()).as_deref() {
            Some("stream") => {
                tokio::task::yield_now().await;
                Ok(stream(vec![progress(1), ask(), result(2)]))
            }
            Some("later") => {
                for _ in 0..10 {
                    tokio::task::yield_now().await;
                }
                Ok(answer(&request))
            }
            _ => Ok(answer(&request)),
        }
    })
    .await;
    let found = all(response).await;
    let of_2: Vec<_> = found.iter().filter(|message| message["id"] != 1).collect();
    assert_eq!(of_2[0]["method"], "notifications/progress");
    assert_eq!(of_2[1]["method"], "roots/list");
    let mut answered: Vec<_> =
        found.iter().filter(|m| m.get("result").is_some()).map(|m| m["id"].as_i64()).collect();
    assert_eq!(answered.pop(), Some(Some(3)), "the stream stays open until the last response");
    answered.sort_unstable();
    assert_eq!(answered, [Some(1), Some(2)]);
    assert_eq!(found.len(), 5);
}

#[tokio::test]
async fn a_stream_of_nothing_but_the_response_needs_none() {
    // RPC-22
    let (response, _) =
        send(BatchLayer::new(), batch([call(1, "a")]), |_| async { Ok(stream(vec![result(1)])) })
            .await;
    assert_eq!(responses(&response).len(), 1);
}

#[tokio::test]
async fn a_request_that_was_taken_back_gets_no_response() {
    // RPC-22: the others do.
    let inner = |request: Request<Inbound>| async move {
        Ok(match request.body().request_id() {
            Some(id) if *id == RequestId::from(1) => {
                Response::new(Outbound::Stream(EventStream::unanswered()))
            }
            _ => answer(&request),
        })
    };
    let (response, _) = send(BatchLayer::new(), batch([call(1, "a"), call(2, "b")]), inner).await;
    assert_eq!(responses(&response)[0]["id"], 2);
    let (response, _) = send(BatchLayer::new(), batch([call(1, "a")]), inner).await;
    assert_eq!(all(response).await, [json!(null); 0]);
}

#[tokio::test]
async fn large_responses_before_the_stream_are_not_lost() {
    // RPC-23
    let layer = BatchLayer::new().with_stream_budget(64);
    let messages = [call(1, "a"), call(2, "b"), call(3, "stream")];
    let (response, _) = send(layer, batch(messages), |request| async move {
        let id = request.body().request_id().expect("a request").clone();
        if id == RequestId::from(3) {
            tokio::task::yield_now().await;
            return Ok(stream(vec![progress(1), result(3)]));
        }
        let large = RawJson::from_value(&json!({ "x": "x".repeat(4096) })).expect("JSON");
        Ok(Response::new(Outbound::Response(Message::result(&id, &large))))
    })
    .await;
    let found = all(response).await;
    assert_eq!(found.iter().filter(|message| message.get("result").is_some()).count(), 3);
}

/// A service each of whose answers is the stream of a queue, whose end it hands out.
fn streaming(
    senders: &Arc<Mutex<Vec<Sender>>>,
) -> impl Service<
    Request<Inbound>,
    Response = Response<Outbound>,
    Error = Infallible,
    Future = impl Future<Output = Result<Response<Outbound>, Infallible>> + Send + use<>,
> + Clone
+ Send
+ use<> {
    let senders = Arc::clone(senders);
    service_fn(move |_: Request<Inbound>| {
        let (sender, receiver) = queue::channel(1 << 20);
        senders.lock().expect("not poisoned").push(sender);
        let response = Response::new(Outbound::Stream(EventStream::call(receiver)));
        async move { Ok(response) }
    })
}

#[tokio::test]
async fn a_slow_reader_holds_up_no_work() {
    // RPC-23: nobody reads the stream, and both requests come to their end.
    let senders = Arc::<Mutex<Vec<Sender>>>::default();
    let service = BatchLayer::new().with_concurrency(1).layer(streaming(&senders));
    let send = tokio::spawn(service.oneshot(batch([call(1, "a"), call(2, "b")])));
    let first = loop {
        tokio::task::yield_now().await;
        if let Some(sender) = senders.lock().expect("not poisoned").pop() {
            break sender;
        }
    };
    first.send(progress(1)).expect("open");
    let response = send.await.expect("no panic").expect("no error");
    first.finish(Some(result(1))).expect("open");
    let second = loop {
        tokio::task::yield_now().await;
        if let Some(sender) = senders.lock().expect("not poisoned").pop() {
            break sender;
        }
    };
    second.finish(Some(result(2))).expect("open");
    let found = all(response).await;
    assert_eq!(found.len(), 3);
}

#[tokio::test]
async fn a_drain_waits_for_the_whole_array() {
    // RPC-23
    let (senders, shutdown) = (Arc::<Mutex<Vec<Sender>>>::default(), Shutdown::new());
    let layer = BatchLayer::new().with_concurrency(1).with_shutdown(shutdown.clone());
    let service = layer.layer(streaming(&senders));
    let send = tokio::spawn(service.oneshot(batch([call(1, "a"), call(2, "b")])));
    let mut finished = shutdown.finished();
    for id in [1, 2] {
        let sender = loop {
            tokio::task::yield_now().await;
            if let Some(sender) = senders.lock().expect("not poisoned").pop() {
                break sender;
            }
        };
        shutdown.drain();
        let mut cx = Context::from_waker(Waker::noop());
        assert!(std::pin::Pin::new(&mut finished).poll(&mut cx).is_pending());
        sender.send(progress(id)).expect("open");
        sender.finish(Some(result(id))).expect("open");
    }
    finished.await;
    send.await.expect("no panic").expect("no error");
}

#[tokio::test]
async fn events_without_a_message_are_passed_over() {
    // RPC-23
    struct Two(u8);
    impl Stream for Two {
        type Item = Event;
        fn poll_next(
            mut self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Event>> {
            self.0 += 1;
            std::task::Poll::Ready(match self.0 {
                1 => Some(Event::default()),
                2 => Some(result(1).into()),
                _ => None,
            })
        }
    }
    let (response, _) = send(BatchLayer::new(), batch([call(1, "a")]), |_| async {
        Ok(Response::new(Outbound::Stream(EventStream::call(Two(0)))))
    })
    .await;
    assert_eq!(responses(&response).len(), 1);
}
