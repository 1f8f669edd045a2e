//! Sessions that end, and what is left behind.

use mcp_layers_core::extensions::CancelReason;

use super::*;

fn end(session: &SessionHandle) {
    session.ended().cancel(CancelReason::SessionEnded);
}

#[tokio::test(start_paused = true)]
async fn when_its_session_ends_a_stream_ends_and_its_events_are_gone() {
    // SESS-18
    let log = Arc::new(MemoryEventLog::new());
    let layer = ResumeLayer::with_log(log.clone());
    let (server, one, two) =
        (Server::new(&layer), session(1, V2025_11_25), session(2, V2025_11_25));
    let (call, mut called) = server.call(&one).await;
    let (open, mut opened) = server.open(get().within(&one)).await;
    let (finished, _unread) = server.call(&one).await;
    finished.finish(Some(done())).expect("open");
    let (kept, mut of_another) = server.call(&two).await;
    event(&mut of_another).await;
    settle().await;
    end(&one);
    rest(&mut called).await;
    rest(&mut opened).await;
    settle().await;
    assert!(call.is_closed() && open.is_closed());
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(layer.streams(), 1);
    assert_eq!(log.bytes(), 512, "of the other session alone");
    kept.send(note(1)).expect("open");
    assert_eq!(number(&event(&mut of_another).await), Some(1));
}

#[tokio::test(start_paused = true)]
async fn the_last_word_of_a_session_s_work_is_delivered() {
    // SESS-18
    let (server, session) = (Server::new(&ResumeLayer::new()), session(1, V2025_06_18));
    let (tap, mut stream) = server.call(&session).await;
    tap.send(note(1)).expect("open");
    end(&session);
    settle().await;
    tap.finish(Some(done())).expect("the work has a moment to end");
    assert_eq!(numbers(&mut stream).await, [Some(1), None]);
}

#[tokio::test(start_paused = true)]
async fn no_task_outlives_a_session() {
    // SESS-18
    let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let before = tasks();
    let (server, session) = (Server::new(&ResumeLayer::new()), session(1, V2025_11_25));
    let _call = server.call(&session).await;
    let _open = server.open(get().within(&session)).await;
    settle().await;
    assert!(tasks() > before);
    end(&session);
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(tasks(), before);
}

#[tokio::test(start_paused = true)]
async fn a_stream_without_a_client_leaves_its_session_idle() {
    // SESS-8
    let (server, session) = (Server::new(&ResumeLayer::new()), session(1, V2025_11_25));
    let (_tap, mut first) = server.call(&session).await;
    let last = id_of_next(&mut first).await;
    server.seen.lock().expect("not poisoned").clear();
    assert!(session.is_in_use(), "a client is on the line");
    drop(first);
    settle().await;
    assert!(!session.is_in_use());
    let second = server.resume(&session, &last).await;
    assert!(session.is_in_use());
    drop(second);
    assert!(!session.is_in_use());
}

#[tokio::test(start_paused = true)]
async fn a_finished_stream_is_kept_for_its_time_and_then_nothing_is_left() {
    // RESUME-4, RESUME-8
    let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let before = tasks();
    let log = Arc::new(MemoryEventLog::new().with_max_age(Duration::from_secs(60)));
    let layer = ResumeLayer::with_log(log.clone());
    let (server, session) = (Server::new(&layer), session(1, V2025_11_25));
    let (tap, mut stream) = server.call(&session).await;
    // It runs for longer than streams are kept.
    tokio::time::sleep(Duration::from_secs(200)).await;
    tap.finish(Some(done())).expect("open");
    let last = id_of_next(&mut stream).await;
    rest(&mut stream).await;
    drop(stream);
    tokio::time::sleep(Duration::from_secs(59)).await;
    assert_eq!(rest(&mut server.resume(&session, &last).await).await.len(), 1);
    tokio::time::sleep(Duration::from_secs(2)).await;
    let refused = server.send(get().within(&session).after(&last)).await;
    assert_eq!(refusal(&refused), (400, -32600));
    assert_eq!((log.bytes(), layer.streams(), tasks()), (0, 0, before));
}

#[tokio::test(start_paused = true)]
async fn a_log_that_keeps_nothing_or_everything_does_no_harm() {
    for age in [Duration::ZERO, Duration::MAX] {
        let log = Arc::new(MemoryEventLog::new().with_max_age(age));
        let layer = ResumeLayer::with_log(log.clone());
        let (server, session) = (Server::new(&layer), session(1, V2025_06_18));
        let (tap, mut stream) = server.call(&session).await;
        for n in 0..3 {
            tap.send(note(n)).expect("open");
            assert_eq!(number(&event(&mut stream).await), Some(n));
        }
        tap.finish(None).expect("open");
        assert!(rest(&mut stream).await.is_empty());
        tokio::time::sleep(Duration::from_secs(5)).await;
        assert_eq!(layer.streams(), usize::from(!age.is_zero()));
    }
}

#[tokio::test]
async fn a_stream_that_panics_ends() {
    struct Panicking;
    impl futures_core::Stream for Panicking {
        type Item = Event;
        fn poll_next(
            self: Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Event>> {
            panic!("on purpose");
        }
    }
    let inner = tower::service_fn(|_: Request<Inbound>| async {
        Ok::<_, Infallible>(Response::new(Outbound::Stream(EventStream::call(Panicking))))
    });
    let request = call().within(&session(1, V2025_06_18));
    let response = ResumeLayer::new().layer(inner).oneshot(request).await.expect("no error");
    assert!(rest(&mut stream(response)).await.is_empty());
}
