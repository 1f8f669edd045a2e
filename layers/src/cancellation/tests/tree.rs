use std::pin::Pin;

use super::*;

#[tokio::test]
async fn a_session_that_ends_takes_its_requests_along() {
    // SESS-18
    let (layer, log) = (CancellationLayer::new(), Log::default());
    let (ending, staying) = (session(1), session(2));
    let inner = deaf(&log);
    let mut ends = Pending::new(&layer, &inner, call(1).within(&ending));
    let mut stays = Pending::new(&layer, &inner, call(1).within(&staying));
    ending.ended().cancel(CancelReason::SessionEnded);
    assert_eq!(error_code(&ends.poll().expect("answered")), 499);
    assert!(stays.poll().is_none());
    assert_eq!((log.dropped(), layer.in_flight()), (1, 1));
}

#[tokio::test]
async fn a_server_that_shuts_down_takes_all_requests_along() {
    // SESS-18
    let shutdown = Shutdown::new();
    let layer = CancellationLayer::new().with_shutdown(shutdown.clone());
    let log = Log::default();
    let inner = deaf(&log);
    let mut pending = [call(1), call(1).within(&session(1)), call(1).modern()]
        .map(|request| Pending::new(&layer, &inner, request));
    shutdown.drain();
    for request in &mut pending {
        assert!(request.poll().is_none());
    }
    shutdown.cancel();
    for request in &mut pending {
        assert_eq!(error_code(&request.poll().expect("answered")), 503);
    }
    assert_eq!(log.dropped(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_drain_waits_for_the_requests_at_work() {
    // SESS-18
    let shutdown = Shutdown::new();
    let layer = CancellationLayer::new().with_shutdown(shutdown.clone());
    let (log, done) = (Log::default(), CancelToken::new());
    let in_place = Pending::new(&layer, &deaf(&log), call(1).modern());
    let _on_a_task = send(&layer, &streaming(&log, &done), call(1)).await;
    shutdown.drain();
    let mut finished = shutdown.finished();
    let mut poll = || Pin::new(&mut finished).poll(&mut Context::from_waker(Waker::noop()));
    assert!(poll().is_pending());
    drop(in_place);
    assert!(poll().is_pending());
    done.cancel(CancelReason::Disconnected);
    finished.await;
    // The watchdog of the second was background work.
    shutdown.cancel();
    shutdown.ended().await;
    assert_eq!(tasks(), 0);
}

#[tokio::test]
async fn the_first_shutdown_given_to_a_layer_is_its_own() {
    let (first, second) = (Shutdown::new(), Shutdown::new());
    let layer = CancellationLayer::new().with_shutdown(first.clone()).with_shutdown(second.clone());
    let log = Log::default();
    let mut pending = Pending::new(&layer, &deaf(&log), call(1));
    second.cancel();
    assert!(pending.poll().is_none());
    first.cancel();
    assert_eq!(error_code(&pending.poll().expect("answered")), 503);
}

#[tokio::test]
async fn a_waiting_request_is_woken_by_its_token() {
    // CANCEL-3
    let (layer, log, session) = (CancellationLayer::new(), Log::default(), session(1));
    let inner = deaf(&log);
    let waiting = tokio::spawn({
        let (layer, inner, session) = (layer.clone(), inner.clone(), session.clone());
        async move { send(&layer, &inner, call(1).within(&session)).await }
    });
    settle().await;
    log.token(0).cancel(CancelReason::Client(None));
    assert_eq!(events(waiting.await.expect("no panic")).await, 0);
}

#[tokio::test]
async fn the_stream_of_a_session_that_ends_is_cancelled() {
    // SESS-18
    let (layer, log, session) = (CancellationLayer::new(), Log::default(), session(1));
    let response =
        send(&layer, &streaming(&log, &CancelToken::new()), call(1).within(&session)).await;
    session.ended().cancel(CancelReason::SessionEnded);
    settle().await;
    assert_eq!((log.dropped(), layer.in_flight(), tasks()), (1, 0, 0));
    drop(response);
}
