//! One connection per stream, one standalone stream per session.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_stream_that_is_connected_is_taken_over() {
    // RESUME-9
    for request in [call(), get()] {
        let (server, session) = (Server::new(&ResumeLayer::new()), session(1, V2025_11_25));
        let (tap, mut first) = server.open(request.within(&session)).await;
        let last = id_of_next(&mut first).await;
        tap.send(note(1)).expect("open");
        settle().await;
        let mut second = server.resume(&session, &last).await;
        // What the first has not sent, it sends no more.
        assert!(next(&mut first).await.is_none());
        tap.send(note(2)).expect("open");
        drop(first);
        let mut third = server.resume(&session, &last).await;
        assert!(next(&mut second).await.is_none());
        assert_eq!(number(&event(&mut third).await), Some(1));
        assert_eq!(number(&event(&mut third).await), Some(2));
        drop(second);
        tap.send(note(3)).expect("open");
        assert_eq!(number(&event(&mut third).await), Some(3));
    }
}

#[tokio::test(start_paused = true)]
async fn a_waiting_connection_is_woken_when_it_is_taken_over() {
    // RESUME-9
    let (server, session) = (Server::new(&ResumeLayer::new()), session(1, V2025_11_25));
    let (_tap, mut first) = server.call(&session).await;
    let last = id_of_next(&mut first).await;
    let waiting = tokio::spawn(async move { next(&mut first).await.is_none() });
    settle().await;
    let _second = server.resume(&session, &last).await;
    assert!(waiting.await.expect("no panic"));
}

#[tokio::test(start_paused = true)]
async fn a_second_standalone_stream_replaces_the_first() {
    // SSE-27
    for version in LEGACY {
        let (server, session) = (Server::new(&ResumeLayer::new()), session(1, version));
        let (one, mut first) = server.open(get().within(&session)).await;
        one.send(note(1)).expect("open");
        let last = loop {
            let event = event(&mut first).await;
            if event.message.is_some() {
                break event.id.expect("an id");
            }
        };
        let (two, mut second) = server.open(get().within(&session)).await;
        assert!(next(&mut first).await.is_none());
        settle().await;
        assert!(one.is_closed(), "{version}: the first subscription is given up");
        two.send(note(2)).expect("open");
        two.finish(None).expect("open");
        let events = rest(&mut second).await;
        let messages = events.iter().filter(|event| event.message.is_some());
        assert_eq!(messages.map(number).collect::<Vec<_>>(), [Some(2)], "{version}");
        // What is left of the first can still be fetched: nothing, and the end.
        assert!(rest(&mut server.resume(&session, &last).await).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn of_standalone_streams_asked_for_at_once_one_is_left() {
    // SSE-27
    let (server, session) = (Server::new(&ResumeLayer::new()), session(1, V2025_11_25));
    let asked: Vec<_> = (0..60)
        .map(|_| {
            let (server, request) = (server.clone(), get().within(&session));
            tokio::spawn(async move { server.send(request).await })
        })
        .collect();
    let mut answers = Vec::new();
    for answer in asked {
        answers.push(answer.await.expect("no panic"));
    }
    let open = || {
        let taps = server.taps.lock().expect("not poisoned");
        taps.iter().filter(|tap| !tap.is_closed()).count()
    };
    let one_is_left = async {
        while open() > 1 {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(60), one_is_left).await.expect("the others are replaced");
    assert_eq!(open(), 1);
}
