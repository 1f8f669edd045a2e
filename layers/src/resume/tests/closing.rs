//! Connections that are closed on purpose.

use super::*;

/// Opens a call, and returns its control as well.
async fn controlled(
    server: &Server,
    session: &SessionHandle,
) -> (Sender, EventStream, StreamControl) {
    let (tap, stream) = server.call(session).await;
    let seen = server.seen.lock().expect("not poisoned").pop().expect("called");
    (tap, stream, seen.get::<StreamControl>().expect("inserted").clone())
}

const RETRY: Duration = Duration::from_millis(1_500);

#[tokio::test(start_paused = true)]
async fn a_connection_is_closed_behind_what_was_sent_and_the_stream_goes_on() {
    // SSE-17, SSE-18
    let (server, session) = (Server::new(&ResumeLayer::new()), session(1, V2025_11_25));
    let (tap, mut first, control) = controlled(&server, &session).await;
    tap.send(note(1)).expect("open");
    assert!(control.close_connection(RETRY));
    settle().await;
    tap.send(note(2)).expect("open");
    tap.finish(Some(done())).expect("open");
    settle().await;
    let events = rest(&mut first).await;
    assert_eq!(events.len(), 3, "{events:?}");
    assert!(events[0].id.is_some() && events[0].message.is_none());
    assert_eq!(number(&events[1]), Some(1));
    assert!(events[2].message.is_none() && events[2].id.is_none());
    assert_eq!(events[2].retry, Some(RETRY));
    drop(first);
    let last = events[1].id.clone().expect("an id");
    assert_eq!(numbers(&mut server.resume(&session, &last).await).await, [Some(2), None]);
}

#[tokio::test(start_paused = true)]
async fn a_request_to_close_waits_for_the_stream_to_open() {
    // SSE-17
    let service =
        ResumeLayer::new().layer(tower::service_fn(|request: Request<Inbound>| async move {
            let control = request.extensions().get::<StreamControl>().expect("inserted");
            assert!(control.close_connection(RETRY));
            assert!(control.is_close_requested());
            let (sender, receiver) = queue::channel(1024);
            let stream = EventStream::call(receiver);
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_secs(5)).await;
                let _ = sender.finish(Some(done()));
            });
            Ok::<_, Infallible>(Response::new(Outbound::Stream(stream)))
        }));
    let session = session(1, V2025_11_25);
    let response = service.clone().oneshot(call().within(&session)).await.expect("no error");
    let mut first = stream(response);
    let events = rest(&mut first).await;
    assert_eq!(events.len(), 2);
    assert_eq!(events[1].retry, Some(RETRY));
    let last = events[0].id.clone().expect("an id");
    let request = get().within(&session).after(&last);
    let mut second = stream(service.oneshot(request).await.expect("no error"));
    assert_eq!(numbers(&mut second).await, [None]);
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_waits_is_closed_and_so_is_the_one_that_follows() {
    // SSE-17, SSE-18
    let (server, session) = (Server::new(&ResumeLayer::new()), session(1, V2025_11_25));
    let (tap, mut connection, control) = controlled(&server, &session).await;
    let last = id_of_next(&mut connection).await;
    for _ in 0..3 {
        assert!(is_quiet(&mut connection).await);
        assert!(control.close_connection(RETRY));
        let events = rest(&mut connection).await;
        assert_eq!(events.len(), 1);
        assert_eq!(events[0].retry, Some(RETRY));
        drop(connection);
        connection = server.resume(&session, &last).await;
    }
    tap.finish(Some(done())).expect("open");
    assert_eq!(numbers(&mut connection).await, [None]);
}

#[tokio::test(start_paused = true)]
async fn a_standalone_stream_is_closed_in_the_same_way() {
    // SSE-25
    let (server, session) = (Server::new(&ResumeLayer::new()), session(1, V2025_11_25));
    let (tap, mut first) = server.open(get().within(&session)).await;
    let seen = server.seen.lock().expect("not poisoned").pop().expect("called");
    let last = id_of_next(&mut first).await;
    assert!(seen.get::<StreamControl>().expect("inserted").close_connection(RETRY));
    let events = rest(&mut first).await;
    assert_eq!((events.len(), events[0].retry), (1, Some(RETRY)));
    tap.send(note(1)).expect("still open");
    let mut second = server.resume(&session, &last).await;
    assert_eq!(number(&event(&mut second).await), Some(1));
    assert!(is_quiet(&mut second).await);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_is_away_is_not_closed_upon_when_it_comes_back() {
    // SSE-17
    let (server, session) = (Server::new(&ResumeLayer::new()), session(1, V2025_11_25));
    let (_tap, mut first, control) = controlled(&server, &session).await;
    let last = id_of_next(&mut first).await;
    drop(first);
    assert!(control.close_connection(RETRY));
    settle().await;
    let mut second = server.resume(&session, &last).await;
    assert!(is_quiet(&mut second).await);
}

#[tokio::test(start_paused = true)]
async fn older_revisions_have_a_control_that_closes_nothing() {
    // SSE-17
    for version in [V2024_11_05, V2025_03_26, V2025_06_18] {
        let (server, session) = (Server::new(&ResumeLayer::new()), session(1, version));
        let (_tap, stream, control) = controlled(&server, &session).await;
        assert!(!control.close_connection(RETRY), "{version}");
        assert!(!control.disconnected().is_cancelled(), "{version}");
        drop(stream);
        assert!(control.disconnected().is_cancelled(), "{version}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_resumed_is_not_closed() {
    // SSE-17
    let layer = ResumeLayer::new().with_max_streams_per_session(1);
    let (server, session) = (Server::new(&layer), session(1, V2025_11_25));
    let (tap, _first, control) = controlled(&server, &session).await;
    let (_tap, _second, refused) = controlled(&server, &session).await;
    assert!(!refused.close_connection(RETRY));
    assert!(control.close_connection(RETRY));
    tap.finish(None).expect("open");
    settle().await;
    assert!(!control.close_connection(RETRY), "it has ended");
}
