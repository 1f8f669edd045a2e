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
    let shutdown = CancelToken::new();
    let layer = CancellationLayer::new().with_shutdown(shutdown.clone());
    let log = Log::default();
    let inner = deaf(&log);
    let mut pending = [call(1), call(1).within(&session(1)), call(1).modern()]
        .map(|request| Pending::new(&layer, &inner, request));
    shutdown.cancel(CancelReason::ShuttingDown);
    for request in &mut pending {
        assert_eq!(error_code(&request.poll().expect("answered")), 503);
    }
    assert_eq!(log.dropped(), 3);
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
