//! What the endpoint inside is asked.

use std::time::Duration;

use http_body_util::{Channel, StreamBody};

use super::*;

/// A server of `plain` answers that says what it was asked; GET is answered by `listen`.
fn recording<R>(
    seen: &Seen,
    listen: impl Fn(Request<String>) -> R + Clone + Send + 'static,
) -> Server
where
    R: Future<Output = Response<InnerBody>> + Send + 'static,
{
    let log = seen.clone();
    server(&HttpSseLayer::new(), move |request| {
        log.add(request.clone());
        let listening = (request.method() == "GET").then(|| listen(request.clone()));
        async move {
            match listening {
                Some(answer) => answer.await,
                None => plain(&request),
            }
        }
    })
}

async fn none(_: Request<String>) -> Response<InnerBody> {
    respond(405, "application/json", "{}")
}

fn header<'a>(request: &'a Request<String>, name: &str) -> Option<&'a str> {
    request.headers().get(name).map(|value| value.to_str().expect("ASCII"))
}

#[tokio::test]
async fn a_message_goes_inside_as_a_streamable_post() {
    // LEGACY-SSE-1, LEGACY-SSE-9
    let seen = Seen::default();
    let server = recording(&seen, none);
    let mut client = Client::open(&server).await;
    client.initialize().await;
    let first = seen.wait("POST", 1).await;
    assert_eq!(first.uri(), "/mcp");
    assert_eq!(header(&first, "accept"), Some("application/json, text/event-stream"));
    assert_eq!(header(&first, "content-type"), Some("application/json"));
    assert_eq!(header(&first, "mcp-session-id"), None);
    assert_eq!(header(&first, "mcp-protocol-version"), None);
    assert_eq!(first.body(), &call(0, "initialize").to_string());

    let mut request = post(&client.address, &call(1, "ping"));
    for (name, value) in [
        ("mcp-session-id", "forged"),
        ("mcp-protocol-version", "2026-07-28"),
        ("last-event-id", "7"),
        ("accept", "text/html"),
        ("x-own", "kept"),
    ] {
        request.headers_mut().insert(name, value.parse().expect("a header value"));
    }
    request.extensions_mut().insert(7_u8);
    assert_eq!(send(&server, request).await.status(), 202);
    client.next().await.expect("a message");
    let second = seen.wait("POST", 2).await;
    assert_eq!(header(&second, "mcp-session-id"), Some("abc"));
    assert_eq!(header(&second, "mcp-protocol-version"), Some("2024-11-05"));
    assert_eq!(header(&second, "last-event-id"), None);
    assert_eq!(header(&second, "accept"), Some("application/json, text/event-stream"));
    assert_eq!(header(&second, "x-own"), Some("kept"));
    assert_eq!(second.extensions().get(), Some(&7_u8));
}

#[tokio::test]
async fn what_is_not_for_the_old_transport_goes_through_untouched() {
    // LEGACY-SSE-1
    let seen = Seen::default();
    let server = recording(&seen, none);
    let mut request = post("/mcp?x=1", &call(1, "ping"));
    request.headers_mut().insert("accept", "application/json".parse().expect("a header value"));
    request.extensions_mut().insert(Principal::new("alice"));
    let response = send(&server, request).await;
    assert_eq!(response.status(), 200);
    let body: Value = serde_json::from_slice(response.body()).expect("JSON");
    assert_eq!(body, json!({ "jsonrpc": "2.0", "id": 1, "result": {} }));
    let request = seen.wait("POST", 1).await;
    assert_eq!(request.uri(), "/mcp?x=1");
    assert_eq!(header(&request, "accept"), Some("application/json"));
    assert_eq!(request.body(), &call(1, "ping").to_string());
    assert_eq!(request.extensions().get(), Some(&Principal::new("alice")));
}

#[tokio::test]
async fn closing_the_stream_ends_the_session() {
    // LEGACY-SSE-8
    let seen = Seen::default();
    let server = recording(&seen, none);
    let mut opening = get("/sse");
    opening.headers_mut().insert("authorization", "Bearer t".parse().expect("a header value"));
    opening.extensions_mut().insert(7_u8);
    let mut client = Client::open_with(&server, opening).await;
    client.initialize().await;
    drop(client);
    let delete = seen.wait("DELETE", 1).await;
    assert_eq!(delete.uri(), "/mcp");
    assert_eq!(header(&delete, "mcp-session-id"), Some("abc"));
    assert_eq!(header(&delete, "mcp-protocol-version"), Some("2024-11-05"));
    assert_eq!(header(&delete, "authorization"), Some("Bearer t"));
    assert_eq!(delete.extensions().get(), Some(&7_u8));
}

#[tokio::test]
async fn a_session_that_comes_after_its_stream_was_closed_is_ended_too() {
    // LEGACY-SSE-8
    let (seen, go) = (Seen::default(), Arc::new(tokio::sync::Notify::new()));
    let (log, gate) = (seen.clone(), Arc::clone(&go));
    let layer = HttpSseLayer::new();
    let server = server(&layer, move |request| {
        let (log, gate) = (log.clone(), Arc::clone(&gate));
        async move {
            if request.method() == "POST" {
                gate.notified().await;
            }
            log.add(request.clone());
            plain(&request)
        }
    });
    let client = Client::open(&server).await;
    assert_eq!(client.post(&call(0, "initialize")).await.status(), 202);
    drop(client);
    while layer.open_streams() > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(seen.count("DELETE"), 0);
    go.notify_one();
    let delete = seen.wait("DELETE", 1).await;
    assert_eq!(header(&delete, "mcp-session-id"), Some("abc"));
}

#[tokio::test]
async fn a_session_that_is_gone_inside_closes_the_stream() {
    // LEGACY-SSE-8
    let server = server(&HttpSseLayer::new(), |request| async move {
        if request.body().contains("initialize") {
            return plain(&request);
        }
        let error = json!({ "code": -32001, "message": "session not found" });
        let body = json!({ "jsonrpc": "2.0", "id": 1, "error": error });
        respond(404, "application/json", body.to_string())
    });
    let mut client = Client::open(&server).await;
    client.initialize().await;
    assert_eq!(client.post(&call(1, "ping")).await.status(), 202);
    assert_eq!(client.next().await.expect("a message")["error"]["code"], -32001);
    assert_eq!(client.next().await, None);
}

#[tokio::test]
async fn it_listens_once_the_client_has_said_that_it_is_initialized() {
    // LEGACY-SSE-3
    let seen = Seen::default();
    let (mut sender, body) = Channel::<Bytes, Infallible>::new(4);
    let body = Arc::new(Mutex::new(Some(body)));
    let server = recording(&seen, move |_| {
        let body = body.lock().expect("not poisoned").take();
        async move {
            match body {
                Some(body) => Response::builder()
                    .header("content-type", "text/event-stream")
                    .body(body.boxed_unsync())
                    .expect("a valid response"),
                None => respond(405, "application/json", "{}"),
            }
        }
    });
    let mut client = Client::open(&server).await;
    client.initialize().await;
    assert_eq!(seen.count("GET"), 0);
    client.post(&notification("notifications/initialized")).await;
    let listening = seen.wait("GET", 1).await;
    assert_eq!(listening.uri(), "/mcp");
    assert_eq!(header(&listening, "accept"), Some("text/event-stream"));
    assert_eq!(header(&listening, "mcp-session-id"), Some("abc"));
    for event in
        ["data: {\"jsonrpc\":\"2.0\",", "\"method\":\"a\"}\n\n:\n\ndata: {\"method\":\"b\"}\n\n"]
    {
        sender.send_data(event.into()).await.expect("it is read");
    }
    assert_eq!(client.next().await, Some(json!({ "jsonrpc": "2.0", "method": "a" })));
    assert_eq!(client.next().await, Some(json!({ "method": "b" })));
    client.post(&notification("x")).await;
    drop(client);
    seen.wait("DELETE", 1).await;
    while sender.send_data("x".into()).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert_eq!(seen.count("GET"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_ends_too_early_is_taken_up_where_it_ended() {
    // LEGACY-SSE-4
    let seen = Seen::default();
    let log = seen.clone();
    let server = server(&HttpSseLayer::new().with_heartbeat(None), move |request| {
        log.add(request.clone());
        let answer = match (request.method().as_str(), header(&request, "last-event-id")) {
            ("POST", _) if request.body().contains("slow") => {
                "id: 1\nretry: 50\ndata: {\"method\":\"progress\"}\n\n"
            }
            ("GET", Some("1")) => "id: 2\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n\n",
            _ => "",
        };
        let response = match answer {
            "" => plain(&request),
            events => respond(200, "text/event-stream", events),
        };
        async move { response }
    });
    let mut client = Client::open(&server).await;
    client.initialize().await;
    let start = tokio::time::Instant::now();
    client.post(&call(1, "slow")).await;
    assert_eq!(client.next().await.expect("a message")["method"], "progress");
    assert_eq!(client.next().await.expect("a message")["result"], json!({}));
    assert_eq!(start.elapsed(), Duration::from_millis(50));
    assert_eq!(seen.count("GET"), 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_there_is_asked_for_once() {
    // LEGACY-SSE-4
    let seen = Seen::default();
    let log = seen.clone();
    let server = server(&HttpSseLayer::new().with_heartbeat(None), move |request| {
        log.add(request.clone());
        let response = match request.method().as_str() {
            "POST" if request.body().contains("slow") => {
                respond(200, "text/event-stream", "id: 1\ndata: {\"method\":\"a\"}\n\n")
            }
            "GET" => respond(200, "text/event-stream", ":\n\n"),
            _ => plain(&request),
        };
        async move { response }
    });
    let mut client = Client::open(&server).await;
    client.initialize().await;
    client.post(&call(1, "slow")).await;
    assert_eq!(client.next().await.expect("a message")["method"], "a");
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(seen.count("GET"), 1);
}

#[tokio::test]
async fn an_array_of_responses_comes_as_one_event_each() {
    // LEGACY-SSE-3
    let server = server(&HttpSseLayer::new(), |_| async {
        ok(&json!([{ "id": 1, "result": {} }, { "id": 2, "result": {} }]))
    });
    let mut client = Client::open(&server).await;
    client.post(&json!([call(1, "a"), call(2, "b")])).await;
    assert_eq!(client.next().await.expect("a message")["id"], 1);
    assert_eq!(client.next().await.expect("a message")["id"], 2);
}

#[tokio::test]
async fn a_body_in_many_frames_goes_in_and_comes_out_whole() {
    // LEGACY-SSE-4
    let server = server(&HttpSseLayer::new(), |request| async move {
        let frames = plain(&request).into_body().collect().await.expect("infallible").to_bytes();
        let frames: Vec<_> = frames
            .chunks(3)
            .map(|chunk| Ok::<_, Infallible>(http_body::Frame::data(Bytes::copy_from_slice(chunk))))
            .collect();
        Response::builder()
            .header("content-type", "application/json")
            .body(StreamBody::new(ready_stream(frames)).boxed_unsync())
            .expect("a valid response")
    });
    let mut client = Client::open(&server).await;
    client.post(&call(1, "ping")).await;
    assert_eq!(client.next().await.expect("a message")["id"], 1);
}

/// A stream of what is there already.
fn ready_stream<T>(items: Vec<T>) -> impl futures_core::Stream<Item = T> {
    struct Iter<T>(std::vec::IntoIter<T>);
    impl<T> Unpin for Iter<T> {}
    impl<T> futures_core::Stream for Iter<T> {
        type Item = T;
        fn poll_next(
            mut self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<T>> {
            std::task::Poll::Ready(self.0.next())
        }
    }
    Iter(items.into_iter())
}
