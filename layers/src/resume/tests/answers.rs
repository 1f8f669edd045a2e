//! What a stream looks like, and what is left alone.

use super::*;

#[tokio::test(start_paused = true)]
async fn each_message_has_an_id_of_its_stream_that_is_unique_in_the_session() {
    // RESUME-1, RESUME-2, RESUME-3
    for version in LEGACY {
        let (server, session) = (Server::new(&ResumeLayer::new()), session(1, version));
        let mut ids = std::collections::HashSet::new();
        let mut streams = std::collections::HashSet::new();
        for request in [call(), call(), get()] {
            let (tap, mut stream) = server.open(request.within(&session)).await;
            for n in 0..3 {
                tap.send(note(n)).expect("open");
            }
            tap.finish(None).expect("open");
            let events = rest(&mut stream).await;
            let parsed: Vec<EventId> = events
                .iter()
                .map(|event| event.id.as_deref().expect("an id").parse().expect("ours"))
                .collect();
            assert!(parsed.iter().all(|id| id.stream == parsed[0].stream));
            assert!(streams.insert(parsed[0].stream));
            assert!(parsed.iter().all(|id| ids.insert(*id)), "{version}");
            assert!(events.iter().all(|event| event.retry.is_none()));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_priming_event_opens_a_stream_of_2025_11_25() {
    // SSE-15
    let (server, session) = (Server::new(&ResumeLayer::new()), session(1, V2025_11_25));
    for request in [call(), get()] {
        let (_tap, mut stream) = server.open(request.within(&session)).await;
        let priming = event(&mut stream).await;
        assert!(priming.message.is_none() && priming.retry.is_none());
        let id: EventId = priming.id.expect("an id").parse().expect("ours");
        assert_eq!(id.position, 0);
        assert!(is_quiet(&mut stream).await);
    }
}

#[tokio::test(start_paused = true)]
async fn no_event_without_a_message_is_sent_under_older_revisions() {
    // SSE-16
    for version in [V2024_11_05, V2025_03_26, V2025_06_18] {
        let (server, session) = (Server::new(&ResumeLayer::new()), session(1, version));
        for request in [call(), get()] {
            let (tap, mut stream) = server.open(request.within(&session)).await;
            assert!(is_quiet(&mut stream).await, "{version}");
            tap.send(note(1)).expect("open");
            tap.finish(None).expect("open");
            assert_eq!(numbers(&mut stream).await, [Some(1)], "{version}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_modern_request_is_left_alone() {
    // SSE-14, RESUME-10
    let server = Server::new(&ResumeLayer::new());
    for mut request in [call().after("1-1"), call().within(&session(1, V2025_11_25))] {
        request.extensions_mut().insert(V2026_07_28);
        let (tap, mut stream) = server.open(request).await;
        let _ = tap.finish(Some(note(1)));
        let events = rest(&mut stream).await;
        assert_eq!(events.len(), 1);
        assert!(events[0].id.is_none() && events[0].retry.is_none());
        let seen = server.seen.lock().expect("not poisoned").pop().expect("called");
        assert!(seen.get::<StreamControl>().is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_session_nothing_is_resumable() {
    // RESUME-11
    let server = Server::new(&ResumeLayer::new());
    for mut request in [call(), get(), get().after("1-1"), get().after("nonsense")] {
        request.extensions_mut().insert(V2025_11_25);
        let (tap, mut stream) = server.open(request).await;
        let _ = tap.finish(Some(note(1)));
        let events = rest(&mut stream).await;
        assert_eq!(events.len(), 1);
        assert!(events[0].id.is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn a_plain_answer_starts_nothing() {
    // RESUME-1
    let layer = ResumeLayer::new();
    let (server, session) = (Server::new(&layer), session(1, V2025_11_25));
    let before = tokio::runtime::Handle::current().metrics().num_alive_tasks();
    for request in
        [ping(), post(json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }))]
    {
        server.send(request.within(&session)).await;
    }
    let after = tokio::runtime::Handle::current().metrics().num_alive_tasks();
    assert_eq!((after, layer.streams()), (before, 0));
}

#[tokio::test(start_paused = true)]
async fn last_event_id_on_a_post_is_ignored() {
    // RESUME-7
    let (server, session) = (Server::new(&ResumeLayer::new()), session(1, V2025_11_25));
    let request = ping().within(&session).after("nonsense");
    assert!(matches!(server.send(request).await.body(), Outbound::Response(_)));
    assert_eq!(server.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn extensions_of_request_and_response_survive() {
    #[derive(Debug, Clone, PartialEq)]
    struct Mark(u8);
    let inner = tower::service_fn(|request: Request<Inbound>| async move {
        let mut response = Response::new(Outbound::Stream(EventStream::unanswered()));
        let mark = request.extensions().get::<Mark>().expect("it came through").clone();
        response.extensions_mut().insert(mark);
        response.headers_mut().insert("x-mark", "1".parse().expect("a value"));
        Ok::<_, Infallible>(response)
    });
    let mut request = call().within(&session(1, V2025_11_25));
    request.extensions_mut().insert(Mark(7));
    let response = ResumeLayer::new().layer(inner).oneshot(request).await.expect("no error");
    assert_eq!(response.extensions().get(), Some(&Mark(7)));
    assert_eq!(response.headers()["x-mark"], "1");
}

#[tokio::test(start_paused = true)]
async fn each_message_goes_to_its_own_stream_alone() {
    // SSE-23
    let (server, session) = (Server::new(&ResumeLayer::new()), session(1, V2025_06_18));
    let mut streams = Vec::new();
    for _ in 0..3 {
        streams.push(server.call(&session).await);
    }
    streams.push(server.open(get().within(&session)).await);
    for n in 0..10 {
        for (at, (tap, _)) in streams.iter().enumerate() {
            tap.send(note(n * 10 + at)).expect("open");
        }
    }
    for (at, (tap, stream)) in streams.iter_mut().enumerate() {
        tap.finish(None).expect("open");
        let expected: Vec<_> = (0..10).map(|n| Some(n * 10 + at)).collect();
        assert_eq!(numbers(stream).await, expected);
    }
}

#[test]
fn outside_a_runtime_streams_go_through_as_they_are() {
    // RESUME-11
    let inner = tower::service_fn(|_: Request<Inbound>| {
        let (sender, receiver) = queue::channel(1024);
        sender.finish(Some(note(1))).expect("open");
        let stream = Outbound::Stream(EventStream::call(receiver));
        std::future::ready(Ok::<_, Infallible>(Response::new(stream)))
    });
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    let mut service = ResumeLayer::new().layer(inner);
    let mut answer = tower::Service::call(&mut service, call().within(&session(1, V2025_11_25)));
    let std::task::Poll::Ready(Ok(response)) = Pin::new(&mut answer).poll(&mut cx) else {
        panic!("the answer is there");
    };
    let mut stream = stream(response);
    let std::task::Poll::Ready(Some(event)) = Pin::new(&mut stream).poll_next(&mut cx) else {
        panic!("the event is there");
    };
    assert!(event.id.is_none() && event.message.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_is_complete_needs_no_task() {
    // RESUME-1
    let session = session(1, V2025_06_18);
    let service = ResumeLayer::new().layer(tower::service_fn(async |_: Request<Inbound>| {
        let (sender, receiver) = queue::channel(1024);
        sender.send(note(1)).expect("open");
        sender.finish(Some(done())).expect("open");
        Ok::<_, Infallible>(Response::new(Outbound::Stream(EventStream::call(receiver))))
    }));
    let answer = service.oneshot(call().within(&session)).await.expect("it has no error");
    // The one that looks after the session's streams.
    let tasks = tokio::runtime::Handle::current().metrics().num_alive_tasks();
    assert_eq!(tasks, 1);
    let events = rest(&mut stream(answer)).await;
    assert_eq!(events.iter().map(number).collect::<Vec<_>>(), [Some(1), None]);
    assert!(events.iter().all(|event| event.id.is_some()));
}
