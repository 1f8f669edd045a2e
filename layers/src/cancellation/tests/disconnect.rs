use std::time::Duration;

use super::*;
use crate::support::refusal;

#[tokio::test]
async fn what_leaving_means_is_decided_by_the_era() {
    // CANCEL-1, CANCEL-4, D-15
    let log = Log::default();
    let inner = prompt(&log);
    let layers = [CancellationLayer::new(), CancellationLayer::new().drop_on_disconnect()];
    for layer in layers {
        send(&layer, &inner, call(1)).await;
        send(&layer, &inner, call(1).within(&session(1))).await;
        send(&layer, &inner, call(1).modern()).await;
    }
    let decided: Vec<_> = (0..6).map(|n| log.on_disconnect(n)).collect();
    let (drop, detach) = (OnDisconnect::Drop, OnDisconnect::Detach);
    assert_eq!(decided, [detach, detach, drop, drop, drop, drop]);
}

#[tokio::test]
async fn a_modern_client_that_goes_away_cancels_its_request() {
    // CANCEL-1, CANCEL-2, CANCEL-3, LISTEN-10, D-14
    let (layer, log) = (CancellationLayer::new(), Log::default());
    let inner = deaf(&log);
    for (n, method) in ["tools/call", "subscriptions/listen"].into_iter().enumerate() {
        drop(Pending::new(&layer, &inner, request(1, method).modern()));
        assert_eq!(log.token(n).reason(), Some(&CancelReason::Disconnected));
        assert_eq!(log.dropped(), n + 1);
    }
}

#[tokio::test]
async fn a_modern_client_that_closes_its_stream_ends_the_work() {
    // CANCEL-1, CANCEL-3, LISTEN-10
    let (layer, log) = (CancellationLayer::new(), Log::default());
    let inner = streaming(&log, &CancelToken::new());
    for (n, method) in ["tools/call", "subscriptions/listen"].into_iter().enumerate() {
        let response = send(&layer, &inner, request(1, method).modern()).await;
        settle().await;
        assert!(!log.token(n).is_cancelled());
        drop(response);
        settle().await;
        assert_eq!(log.token(n).reason(), Some(&CancelReason::Disconnected));
        assert_eq!((log.dropped(), tasks()), (n + 1, 0));
    }
}

#[tokio::test]
async fn a_legacy_client_that_goes_away_cancels_nothing() {
    // CANCEL-4
    let (layer, log, session, done) =
        (CancellationLayer::new(), Log::default(), session(1), CancelToken::new());
    let inner = detaching(&log, &done);
    drop(Pending::new(&layer, &inner, call(7).within(&session)));
    settle().await;
    assert!(!log.token(0).is_cancelled());
    // The request is at work still: its id is taken, and it can be cancelled.
    let again = send(&layer, &inner, call(7).within(&session)).await;
    assert_eq!(refusal(&again), (400, -32600));
    done.cancel(CancelReason::Disconnected);
    settle().await;
    assert_eq!((log.dropped(), layer.in_flight(), tasks()), (0, 0, 0));
}

#[tokio::test]
async fn a_detached_request_can_still_be_cancelled() {
    // CANCEL-4, CANCEL-5
    let (layer, log, session) = (CancellationLayer::new(), Log::default(), session(1));
    let inner = detaching(&log, &CancelToken::new());
    drop(Pending::new(&layer, &inner, call(7).within(&session)));
    settle().await;
    let notice = cancelled(json!({ "requestId": 7 })).within(&session);
    send(&layer, &prompt(&log), notice).await;
    settle().await;
    assert_eq!((log.dropped(), layer.in_flight(), tasks()), (1, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_detached_request_keeps_its_deadline() {
    // CANCEL-4, D-15
    let (layer, log) = (CancellationLayer::new(), Log::default());
    let inner = detaching(&log, &CancelToken::new());
    let pending = Pending::new(&layer, &inner, call(7));
    tokio::time::sleep(Duration::from_secs(200)).await;
    drop(pending);
    tokio::time::sleep(Duration::from_secs(99)).await;
    assert!(!log.token(0).is_cancelled());
    tokio::time::sleep(Duration::from_secs(2)).await;
    let limit = Duration::from_secs(300);
    assert_eq!(log.token(0).reason(), Some(&CancelReason::TimedOut(limit)));
    assert_eq!((log.dropped(), tasks()), (1, 0));
}

#[tokio::test]
async fn a_request_that_is_cancelled_is_not_detached() {
    // CANCEL-5
    let (layer, log, session) = (CancellationLayer::new(), Log::default(), session(1));
    let inner = detaching(&log, &CancelToken::new());
    let mut pending = Pending::new(&layer, &inner, call(7).within(&session));
    send(&layer, &prompt(&log), cancelled(json!({ "requestId": 7 })).within(&session)).await;
    assert_eq!(events(pending.poll().expect("answered")).await, 0);
    settle().await;
    assert_eq!((log.dropped(), layer.in_flight(), tasks()), (1, 0, 0));
}

/// An inner service that works in place until `done`, and moves its work onto a task
/// when it is dropped, as the real one does in the legacy era.
fn detaching(log: &Log, done: &CancelToken) -> Inner {
    let (log, done) = (log.clone(), done.clone());
    BoxCloneSyncService::new(tower::service_fn(move |mut request: Request<Inbound>| {
        let cancellation: extensions::Cancellation =
            request.extensions_mut().remove().expect("inserted");
        log.push(&cancellation);
        let detach = Detach(Some((cancellation, done.clone(), Unfinished(log.clone()))));
        async move {
            let _detach = detach;
            std::future::pending().await
        }
    }))
}

struct Detach(Option<(extensions::Cancellation, CancelToken, Unfinished)>);

impl Drop for Detach {
    fn drop(&mut self) {
        let (cancellation, done, unfinished) = self.0.take().expect("dropped once");
        if cancellation.on_disconnect() == OnDisconnect::Drop || cancellation.token().is_cancelled()
        {
            return;
        }
        tokio::spawn(async move {
            tokio::select! {
                _ = cancellation.token().cancelled() => drop(unfinished),
                _ = done.cancelled() => std::mem::forget(unfinished),
            }
        });
    }
}
