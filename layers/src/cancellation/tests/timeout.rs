use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::*;

const LIMIT: Duration = Duration::from_secs(300);

#[tokio::test(start_paused = true)]
async fn a_request_that_takes_too_long_is_answered_for_it() {
    // ERR-9
    for request in [call(7), call(7).within(&session(1)), call(7).modern()] {
        let (layer, log, start) = (CancellationLayer::new(), Log::default(), Instant::now());
        let response = send(&layer, &deaf(&log), request).await;
        assert_eq!(start.elapsed().as_secs(), LIMIT.as_secs());
        assert_eq!(response.status(), 200);
        assert_eq!(message(&response)["id"], 7);
        assert_eq!(error_code(&response), 504);
        assert_eq!(log.token(0).reason(), Some(&CancelReason::TimedOut(LIMIT)));
        assert_eq!((log.dropped(), layer.in_flight()), (1, 0));
    }
}

#[tokio::test(start_paused = true)]
async fn the_limit_can_be_set_or_left_out() {
    // CANCEL-3
    let (log, start) = (Log::default(), Instant::now());
    let layer = CancellationLayer::new().with_timeout(Some(Duration::from_secs(2)));
    assert_eq!(error_code(&send(&layer, &deaf(&log), call(1)).await), 504);
    assert_eq!(start.elapsed().as_secs(), 2);
    for limit in [None, Some(Duration::MAX)] {
        let layer = CancellationLayer::new().with_timeout(limit);
        let mut pending = Pending::new(&layer, &deaf(&log), call(1));
        sleep(Duration::from_secs(1_000_000)).await;
        assert!(pending.poll().is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn a_subscription_has_no_limit() {
    // LISTEN-10
    let (layer, log) = (CancellationLayer::new(), Log::default());
    let listen = || request(1, "subscriptions/listen").modern();
    let mut in_place = Pending::new(&layer, &deaf(&log), listen());
    let stream = send(&layer, &streaming(&log, &CancelToken::new()), listen()).await;
    sleep(LIMIT * 100).await;
    assert!(in_place.poll().is_none());
    assert!(!log.token(1).is_cancelled());
    drop(stream);
}

#[tokio::test(start_paused = true)]
async fn the_inner_service_may_answer_a_time_out_itself() {
    // ERR-9
    let layer = CancellationLayer::new();
    let inner =
        BoxCloneSyncService::new(tower::service_fn(|request: Request<Inbound>| async move {
            let cancellation: &extensions::Cancellation =
                request.extensions().get().expect("inserted");
            let reason = cancellation.token().cancelled().await;
            assert_eq!(reason, CancelReason::TimedOut(LIMIT));
            Ok(answer(&request))
        }));
    let response = send(&layer, &inner, call(1)).await;
    assert!(message(&response)["result"].is_object());
}

#[tokio::test(start_paused = true)]
async fn the_deadline_holds_after_the_upgrade_to_a_stream() {
    // CANCEL-3
    let (layer, log, session) = (CancellationLayer::new(), Log::default(), session(1));
    let inner = streaming(&log, &CancelToken::new());
    let response = send(&layer, &inner, call(1).within(&session)).await;
    sleep(LIMIT - Duration::from_secs(1)).await;
    assert!(!log.token(0).is_cancelled());
    sleep(Duration::from_secs(2)).await;
    assert_eq!(log.token(0).reason(), Some(&CancelReason::TimedOut(LIMIT)));
    assert_eq!((log.dropped(), layer.in_flight(), tasks()), (1, 0, 0));
    drop(response);
}

#[tokio::test(start_paused = true)]
async fn the_time_before_the_upgrade_counts() {
    // CANCEL-3
    let (layer, log) = (CancellationLayer::new(), Log::default());
    let task = streaming(&log, &CancelToken::new());
    let inner = BoxCloneSyncService::new(tower::service_fn(move |request: Request<Inbound>| {
        let task = task.clone();
        async move {
            sleep(LIMIT - Duration::from_secs(10)).await;
            task.oneshot(request).await
        }
    }));
    let _response = send(&layer, &inner, call(1)).await;
    sleep(Duration::from_secs(9)).await;
    assert!(!log.token(0).is_cancelled());
    sleep(Duration::from_secs(2)).await;
    assert!(log.token(0).is_cancelled());
}

#[tokio::test(start_paused = true)]
async fn the_watchdog_ends_with_the_work() {
    // CANCEL-3
    let (layer, log, done) = (CancellationLayer::new(), Log::default(), CancelToken::new());
    let _response = send(&layer, &streaming(&log, &done), call(1)).await;
    settle().await;
    assert_eq!(tasks(), 2);
    done.cancel(CancelReason::Disconnected);
    settle().await;
    assert_eq!(tasks(), 0);
}

#[tokio::test]
async fn a_stream_whose_work_is_done_needs_no_watchdog() {
    // CANCEL-9
    let inner = BoxCloneSyncService::new(tower::service_fn(|_: Request<Inbound>| async {
        let (_, receiver) = queue::channel(0);
        Ok(Response::new(Outbound::Stream(EventStream::call(receiver))))
    }));
    let _response = send(&CancellationLayer::new(), &inner, call(1)).await;
    assert_eq!(tasks(), 0);
}

#[test]
fn an_answer_at_once_needs_no_timer() {
    // CANCEL-9
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let response = runtime.block_on(async {
        send(&CancellationLayer::new(), &prompt(&Log::default()), call(1)).await
    });
    assert!(message(&response)["result"].is_object());
}
