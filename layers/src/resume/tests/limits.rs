//! What streams may take, and who gives way.

use super::*;

#[tokio::test(start_paused = true)]
async fn beyond_the_streams_of_a_session_answers_are_streamed_but_not_resumable() {
    // RESUME-1, RESUME-11
    let layer = ResumeLayer::new().with_max_streams_per_session(2);
    let (server, session, other) =
        (Server::new(&layer), session(1, V2025_11_25), session(2, V2025_11_25));
    let (_one, _first) = server.call(&session).await;
    let (two, _second) = server.call(&session).await;
    let (three, mut third) = server.call(&session).await;
    three.finish(Some(done())).expect("open");
    let events = rest(&mut third).await;
    assert_eq!(events.len(), 1);
    assert!(events[0].id.is_none() && events[0].message.is_some());
    assert_eq!(layer.streams(), 2);
    let (_of_another, mut stream) = server.call(&other).await;
    assert!(event(&mut stream).await.id.is_some(), "another session has room of its own");
    // The standalone stream always has a place.
    let (_open, mut opened) = server.open(get().within(&session)).await;
    assert!(event(&mut opened).await.id.is_some());
    // One that has ended makes room.
    two.finish(None).expect("open");
    settle().await;
    let (_replacing, mut stream) = server.call(&session).await;
    assert!(event(&mut stream).await.id.is_some());
}

#[tokio::test(start_paused = true)]
async fn the_stream_that_ended_first_makes_room() {
    // RESUME-8
    let log = Arc::new(MemoryEventLog::new());
    let layer = ResumeLayer::with_log(log.clone()).with_max_streams_per_session(3);
    let (server, session) = (Server::new(&layer), session(1, V2025_11_25));
    let mut ids = Vec::new();
    for _ in 0..6 {
        let (tap, mut stream) = server.call(&session).await;
        ids.push(id_of_next(&mut stream).await);
        tap.finish(Some(done())).expect("open");
        rest(&mut stream).await;
    }
    for (at, last) in ids.iter().enumerate() {
        let response = server.send(get().within(&session).after(last)).await;
        match at < 3 {
            true => assert_eq!(refusal(&response), (400, -32600)),
            false => assert_eq!(numbers(&mut stream(response)).await, [None]),
        }
    }
    let one = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}".len();
    assert_eq!(log.bytes(), 3 * (512 + 128 + one), "the others are removed from the log");
}

#[tokio::test(start_paused = true)]
async fn standalone_streams_by_the_hundred_take_no_room() {
    // SSE-27
    let layer = ResumeLayer::new().with_max_streams_per_session(2);
    let (server, session) = (Server::new(&layer), session(1, V2025_11_25));
    for _ in 0..100 {
        server.open(get().within(&session)).await;
        settle().await;
        assert!(layer.streams() <= 3);
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_read_costs_bounded_memory_and_delays_nobody() {
    // RESUME-4
    const LIMIT: usize = 64 * 1024;
    let log = Arc::new(MemoryEventLog::new().with_max_bytes_per_session(LIMIT));
    let layer = ResumeLayer::with_log(log.clone());
    let (server, lazy, busy) =
        (Server::new(&layer), session(1, V2025_06_18), session(2, V2025_06_18));
    let (flood, mut stalled) = server.call(&lazy).await;
    let (tap, mut stream) = server.call(&busy).await;
    let size = note(0).bytes().len() + 128;
    for n in 0..10_000 {
        flood.send(note(n)).expect("the work never waits for its reader");
        if n % 100 == 0 {
            tap.send(note(n)).expect("open");
            assert_eq!(number(&event(&mut stream).await), Some(n));
            assert!(log.bytes() <= LIMIT + 2 * 512 + 101 * (size + 8), "{}", log.bytes());
        }
    }
    settle().await;
    // Some of what the lazy one has not seen is gone: its connection ends, and passes over
    // nothing.
    assert!(rest(&mut stalled).await.is_empty());
    // The work goes on regardless.
    assert!(!flood.is_closed());
}

#[tokio::test(start_paused = true)]
async fn a_slow_client_loses_progress_but_not_its_answer() {
    // RESUME-4
    let log = Arc::new(MemoryEventLog::new().with_max_events_per_stream(10));
    let server = Server::new(&ResumeLayer::with_log(log));
    let (tap, mut slow) = server.call(&session(1, V2025_06_18)).await;
    for n in 0..1_000 {
        tap.send(note(n).with_overflow(Overflow::Latest(n as u64))).expect("open");
    }
    tap.send(note(1_000)).expect("open");
    tap.finish(Some(done())).expect("open");
    settle().await;
    let numbers = numbers(&mut slow).await;
    assert_eq!(numbers.len(), 10);
    assert_eq!(numbers[7..], [Some(999), Some(1_000), None]);
}

/// How many log messages an event says are missing; `None` for an event of the work's own.
fn missed(event: &Event) -> Option<usize> {
    let message = event.message.as_ref().filter(|_| event.id.is_none())?;
    let notice: Value = serde_json::from_slice(message.bytes()).expect("JSON");
    assert_eq!(notice["params"]["level"], "error");
    notice["params"]["data"].as_str()?.split(' ').next()?.parse().ok()
}

#[tokio::test(start_paused = true)]
async fn a_slow_client_is_told_how_many_log_messages_it_has_missed() {
    // LOG-2, LOG-4
    const SENT: usize = 2_000;
    let log = Arc::new(MemoryEventLog::new().with_max_events_per_stream(100));
    let server = Server::new(&ResumeLayer::with_log(log));
    let session = session(1, V2025_11_25);
    session.set_log_level(mcp_layers_core::protocol::LogLevel::Error);
    let (tap, mut slow) = server.call(&session).await;
    let mut last = id_of_next(&mut slow).await;
    let (mut delivered, mut lost) = (0, 0);
    let mut count = |event: &Event| match missed(event) {
        Some(missed) => lost += missed,
        None => delivered += usize::from(number(event).is_some()),
    };
    for wave in 0..4 {
        for n in 0..SENT / 4 {
            tap.send(note(n).with_overflow(Overflow::DropOldest)).expect("open");
        }
        if wave == 3 {
            tap.finish(Some(done())).expect("open");
        }
        settle().await;
        for _ in 0..30 {
            let event = event(&mut slow).await;
            count(&event);
            last = event.id.map_or(last, String::from);
        }
    }
    // One that has been away is told as well.
    drop(slow);
    let mut again = server.resume(&session, &last).await;
    rest(&mut again).await.iter().for_each(count);
    assert_eq!(delivered + lost, SENT);
    assert!(lost > 0);
}

#[tokio::test(start_paused = true)]
async fn a_stream_goes_on_when_its_last_word_could_be_lost_and_was() {
    // RESUME-4
    let log = Arc::new(MemoryEventLog::new().with_max_bytes_per_session(2 * 512 + 250));
    let (server, session) = (Server::new(&ResumeLayer::with_log(log)), session(1, V2025_06_18));
    let (tap, mut stream) = server.call(&session).await;
    let (other, _stream) = server.call(&session).await;
    tap.send(note(1).with_overflow(Overflow::Latest(0))).expect("open");
    settle().await;
    other.send(note(2)).expect("open");
    settle().await;
    assert!(is_quiet(&mut stream).await);
    tap.finish(Some(done())).expect("open");
    assert_eq!(numbers(&mut stream).await, [None]);
}

#[tokio::test(start_paused = true)]
async fn a_stream_does_not_hold_the_task_of_a_connection_that_is_gone() {
    struct Task;
    impl std::task::Wake for Task {
        fn wake(self: Arc<Self>) {}
    }
    let (server, session) = (Server::new(&ResumeLayer::new()), session(1, V2025_06_18));
    let (_tap, mut stream) = server.call(&session).await;
    let task = Arc::new(Task);
    let waker = Arc::clone(&task).into();
    let mut cx = std::task::Context::from_waker(&waker);
    assert!(Pin::new(&mut stream).poll_next(&mut cx).is_pending());
    drop(waker);
    assert_eq!(Arc::strong_count(&task), 2);
    drop(stream);
    assert_eq!(Arc::strong_count(&task), 1);
}

#[tokio::test]
async fn a_stream_that_never_pauses_lets_others_run() {
    let inner = tower::service_fn(|_: Request<Inbound>| async {
        struct Endless;
        impl futures_core::Stream for Endless {
            type Item = Event;
            fn poll_next(
                self: Pin<&mut Self>,
                _: &mut std::task::Context<'_>,
            ) -> std::task::Poll<Option<Event>> {
                std::task::Poll::Ready(Some(Event::default()))
            }
        }
        Ok::<_, Infallible>(Response::new(Outbound::Stream(EventStream::call(Endless))))
    });
    let request = call().within(&session(1, V2025_11_25));
    let response = ResumeLayer::new().layer(inner).oneshot(request).await.expect("no error");
    let other = tokio::spawn(async { 7 });
    assert_eq!(other.await.expect("no panic"), 7);
    drop(response);
}
