//! GET with `Last-Event-ID`.

use super::*;

#[tokio::test(start_paused = true)]
async fn what_followed_is_replayed_and_then_the_stream_goes_on_to_its_end() {
    // RESUME-4, RESUME-6, RESUME-7, CANCEL-4
    for version in LEGACY {
        let (server, session) = (Server::new(&ResumeLayer::new()), session(1, version));
        let (tap, mut first) = server.call(&session).await;
        for n in 0..4 {
            tap.send(note(n)).expect("open");
        }
        let mut last = String::new();
        while last.is_empty() || !last.ends_with("-2") {
            last = id_of_next(&mut first).await;
        }
        drop(first);
        settle().await;
        assert!(!tap.is_closed(), "{version}: the work has a reader still");
        tap.send(note(4)).expect("open");
        let mut second = server.resume(&session, &last).await;
        for n in 2..5 {
            assert_eq!(number(&event(&mut second).await), Some(n), "{version}");
        }
        assert!(is_quiet(&mut second).await);
        tap.send(note(5)).expect("open");
        tap.finish(Some(done())).expect("open");
        assert_eq!(numbers(&mut second).await, [Some(5), None], "{version}");
        assert_eq!(server.calls(), 1, "the inner service was not asked");
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_has_seen_the_priming_event_alone_misses_nothing() {
    // SSE-15, RESUME-4
    let (server, session) = (Server::new(&ResumeLayer::new()), session(1, V2025_11_25));
    let (tap, mut first) = server.call(&session).await;
    let last = id_of_next(&mut first).await;
    drop(first);
    tap.send(note(1)).expect("open");
    tap.finish(Some(done())).expect("open");
    settle().await;
    assert_eq!(numbers(&mut server.resume(&session, &last).await).await, [Some(1), None]);
}

#[tokio::test(start_paused = true)]
async fn a_finished_stream_can_be_resumed_from_any_event_and_ends_again() {
    // RESUME-4, RESUME-6
    let (server, session) = (Server::new(&ResumeLayer::new()), session(1, V2025_11_25));
    let (tap, mut first) = server.call(&session).await;
    for n in 1..200 {
        tap.send(note(n)).expect("open");
    }
    tap.finish(Some(done())).expect("open");
    let ids: Vec<_> = rest(&mut first).await.into_iter().filter_map(|event| event.id).collect();
    assert_eq!(ids.len(), 201);
    for (at, id) in ids.iter().enumerate() {
        let mut again = server.resume(&session, id).await;
        let expected: Vec<_> = ids[at + 1..].iter().map(|id| Some(id.clone())).collect();
        let events = rest(&mut again).await;
        assert_eq!(events.into_iter().map(|event| event.id).collect::<Vec<_>>(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_get_stream_runs_on_without_its_client() {
    // RESUME-4, RESUME-6
    let (server, session) = (Server::new(&ResumeLayer::new()), session(1, V2025_06_18));
    let (tap, mut first) = server.open(get().within(&session)).await;
    tap.send(note(1)).expect("open");
    let last = id_of_next(&mut first).await;
    drop(first);
    for n in 2..4 {
        tap.send(note(n)).expect("open");
    }
    let mut second = server.resume(&session, &last).await;
    assert!(second.is_subscription());
    for n in 2..4 {
        assert_eq!(number(&event(&mut second).await), Some(n));
    }
    assert!(is_quiet(&mut second).await);
    assert_eq!(server.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn no_message_of_another_stream_is_replayed() {
    // RESUME-5
    let (server, session) = (Server::new(&ResumeLayer::new()), session(1, V2025_11_25));
    let (one, mut first) = server.call(&session).await;
    let (two, _second) = server.call(&session).await;
    let last = id_of_next(&mut first).await;
    for n in 0..5 {
        one.send(note(n)).expect("open");
        two.send(note(100 + n)).expect("open");
    }
    one.finish(None).expect("open");
    let expected: Vec<_> = (0..5).map(Some).collect();
    assert_eq!(numbers(&mut server.resume(&session, &last).await).await, expected);
}

#[tokio::test(start_paused = true)]
async fn an_id_that_is_of_no_use_gets_one_and_the_same_answer() {
    // RESUME-8
    let server = Server::new(&ResumeLayer::new());
    let (mine, other) = (session(1, V2025_11_25), session(2, V2025_11_25));
    let (tap, mut stream) = server.call(&mine).await;
    tap.send(note(1)).expect("open");
    let priming = id_of_next(&mut stream).await;
    let seen = id_of_next(&mut stream).await;
    let future = seen.replace("-1", "-2");
    let elsewhere = format!("{:x}-0", seen.parse::<EventId>().expect("ours").stream ^ 1);
    let mut answers = std::collections::HashSet::new();
    for (session, last) in [
        (&mine, ""),
        (&mine, "1"),
        (&mine, "-"),
        (&mine, "nonsense"),
        (&mine, "0-0"),
        (&mine, "ffffffffffffffffff-0"),
        (&mine, &*future),
        (&mine, &*elsewhere),
        (&other, &*seen),
        (&other, &*priming),
    ] {
        let response = server.send(get().within(session).after(last)).await;
        assert_eq!(refusal(&response), (400, -32600), "{last:?}");
        answers.insert(crate::support::json(&response).to_string());
    }
    let twice = get().within(&mine).after(&seen).after(&seen);
    let response = server.send(twice).await;
    assert_eq!(refusal(&response), (400, -32600));
    answers.insert(crate::support::json(&response).to_string());
    assert_eq!(answers.len(), 1);
    assert_eq!(server.calls(), 1);
    // The connection that was there is not disturbed.
    tap.send(note(2)).expect("open");
    assert_eq!(number(&event(&mut stream).await), Some(2));
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_only_the_log_knows_is_replayed_once_it_has_ended() {
    // RESUME-4
    let log = Arc::new(MemoryEventLog::new());
    let session = session(1, V2025_11_25);
    let before = Server::new(&ResumeLayer::with_log(log.clone()));
    let (tap, mut stream) = before.call(&session).await;
    let last = id_of_next(&mut stream).await;
    tap.send(note(1)).expect("open");
    settle().await;
    let after = Server::new(&ResumeLayer::with_log(log));
    let request = || get().within(&session).after(&last);
    assert_eq!(refusal(&after.send(request()).await), (400, -32600));
    tap.finish(Some(done())).expect("open");
    settle().await;
    assert_eq!(numbers(&mut after.resume(&session, &last).await).await, [Some(1), None]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn with_sender_and_clients_on_threads_of_their_own_nothing_is_lost_or_doubled() {
    // RESUME-4, RESUME-5, RESUME-9
    const MESSAGES: usize = 3_000;
    let log = MemoryEventLog::new().with_max_events_per_stream(MESSAGES + 1);
    let server = Server::new(&ResumeLayer::with_log(Arc::new(log)));
    let session = session(1, V2025_11_25);
    let mut clients = Vec::new();
    for seed in 1..=4 {
        let (tap, mut connection) = server.call(&session).await;
        tokio::spawn(async move {
            for n in 0..MESSAGES {
                tap.send(note(n)).expect("the work always has a reader");
                if n % 50 == 0 {
                    tokio::task::yield_now().await;
                }
            }
            tap.finish(Some(done())).expect("open");
        });
        let (server, session) = (server.clone(), session.clone());
        clients.push(tokio::spawn(async move {
            let mut last = id_of_next(&mut connection).await;
            let (mut at, mut step) = (0, seed);
            loop {
                let event = event(&mut connection).await;
                match number(&event) {
                    Some(n) => assert_eq!(n, at, "in order, none missing, none twice"),
                    None => break assert_eq!(at, MESSAGES),
                }
                at += 1;
                last = event.id.unwrap_or_else(|| panic!("an id after {last}")).into();
                step = (step * 31 + 7) % 101;
                if step < 9 {
                    let mut old = connection;
                    connection = server.resume(&session, &last).await;
                    assert!(next(&mut old).await.is_none(), "one connection at a time");
                }
            }
            assert!(next(&mut connection).await.is_none());
        }));
    }
    for client in clients {
        client.await.expect("no panic");
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_of_the_log_alone_has_one_connection_too() {
    // RESUME-9
    let log = Arc::new(MemoryEventLog::new());
    let session = session(1, V2025_11_25);
    let before = Server::new(&ResumeLayer::with_log(log.clone()));
    let (tap, mut stream) = before.call(&session).await;
    let last = id_of_next(&mut stream).await;
    tap.finish(Some(done())).expect("open");
    settle().await;
    let layer = ResumeLayer::with_log(log);
    let after = Server::new(&layer);
    let mut first = after.resume(&session, &last).await;
    let mut second = after.resume(&session, &last).await;
    assert!(next(&mut first).await.is_none());
    assert_eq!(numbers(&mut second).await, [None]);
    assert_eq!(layer.streams(), 1);
}
