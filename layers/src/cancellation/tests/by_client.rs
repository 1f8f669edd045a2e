use std::fmt;

use tracing::{
    Event as Record, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

use super::*;

#[tokio::test]
async fn a_request_the_client_cancels_stops_and_gets_no_response() {
    // CANCEL-5
    let (layer, log, session) = (CancellationLayer::new(), Log::default(), session(1));
    let inner = deaf(&log);
    let mut pending = Pending::new(&layer, &inner, call(7).within(&session));
    let notice = cancelled(json!({ "requestId": 7, "reason": "changed my mind" }));
    let response = send(&layer, &inner, notice.within(&session)).await;
    assert!(matches!(response.body(), Outbound::Accepted));
    let reason = CancelReason::Client(Some("changed my mind".into()));
    assert_eq!(log.token(0).reason(), Some(&reason));
    let response = pending.poll().expect("answered");
    assert_eq!(response.status(), 200);
    assert_eq!(events(response).await, 0);
    assert_eq!((log.dropped(), layer.in_flight()), (1, 0));
}

#[tokio::test]
async fn work_on_a_task_sees_its_token_fire() {
    // CANCEL-5
    let (layer, log, session) = (CancellationLayer::new(), Log::default(), session(1));
    let inner = streaming(&log, &CancelToken::new());
    let response = send(&layer, &inner, call("a").within(&session)).await;
    assert!(matches!(response.body(), Outbound::Stream(_)));
    assert_eq!(layer.in_flight(), 1);
    send(&layer, &prompt(&log), cancelled(json!({ "requestId": "a" })).within(&session)).await;
    settle().await;
    assert_eq!((log.dropped(), layer.in_flight(), tasks()), (1, 0, 0));
}

#[tokio::test]
async fn what_names_no_request_at_work_is_passed_on_without_effect() {
    // CANCEL-6, CANCEL-7, CANCEL-10, CANCEL-20
    let (layer, log) = (CancellationLayer::new(), Log::default());
    let (mine, other) = (session(1), session(2));
    let inner = deaf(&log);
    let _pending = Pending::new(&layer, &inner, call(7).within(&mine));
    for (params, session) in [
        (json!({ "requestId": 8 }), &mine),
        (json!({ "requestId": "7" }), &mine),
        (json!({ "requestId": null }), &mine),
        (json!({ "requestId": 7.5 }), &mine),
        (json!({ "requestId": [7] }), &mine),
        (json!({ "reason": "which one?" }), &mine),
        (json!({}), &mine),
        (json!({ "requestId": 7 }), &other),
    ] {
        let response = send(&layer, &inner, cancelled(params).within(session)).await;
        assert!(matches!(response.body(), Outbound::Accepted));
    }
    let sessionless = send(&layer, &inner, cancelled(json!({ "requestId": 7 }))).await;
    assert!(matches!(sessionless.body(), Outbound::Accepted));
    assert!(!log.token(0).is_cancelled());
}

#[tokio::test]
async fn a_cancellation_that_comes_late_is_harmless() {
    // CANCEL-7, CANCEL-9
    let (layer, log, session) = (CancellationLayer::new(), Log::default(), session(1));
    let inner = prompt(&log);
    let response = send(&layer, &inner, call(7).within(&session)).await;
    assert!(message(&response)["result"].is_object());
    let notice = cancelled(json!({ "requestId": 7 })).within(&session);
    assert!(matches!(send(&layer, &inner, notice).await.body(), Outbound::Accepted));
    assert!(!log.token(0).is_cancelled());
}

#[tokio::test]
async fn a_result_that_is_ready_when_the_cancellation_comes_is_sent() {
    // CANCEL-9
    let (layer, session, done) = (CancellationLayer::new(), session(1), CancelToken::new());
    let ready = done.clone();
    let inner = BoxCloneSyncService::new(tower::service_fn(move |request: Request<Inbound>| {
        let ready = ready.clone();
        async move {
            if request.body().request_id().is_some() {
                ready.cancelled().await;
            }
            Ok(answer(&request))
        }
    }));
    let mut pending = Pending::new(&layer, &inner, call(7).within(&session));
    send(&layer, &inner, cancelled(json!({ "requestId": 7 })).within(&session)).await;
    done.cancel(CancelReason::Disconnected);
    assert!(message(&pending.poll().expect("answered"))["result"].is_object());
}

#[tokio::test]
async fn initialize_cannot_be_cancelled() {
    // CANCEL-8
    let (layer, log) = (CancellationLayer::new(), Log::default());
    let inner = deaf(&log);
    let mut pending = Pending::new(&layer, &inner, request(1, "initialize"));
    let notice = cancelled(json!({ "requestId": 1 }));
    send(&layer, &inner, notice.clone()).await;
    send(&layer, &inner, notice.within(&session(1))).await;
    assert!(!log.token(0).is_cancelled());
    assert!(pending.poll().is_none());
}

#[tokio::test]
async fn a_modern_notification_cancels_nothing() {
    // CANCEL-13
    let (layer, log, session) = (CancellationLayer::new(), Log::default(), session(1));
    let inner = deaf(&log);
    let _legacy = Pending::new(&layer, &inner, call(7).within(&session));
    let _modern = Pending::new(&layer, &inner, call(7).modern());
    let notice = cancelled(json!({ "requestId": 7 })).within(&session).modern();
    assert!(matches!(send(&layer, &inner, notice).await.body(), Outbound::Accepted));
    assert!(!log.token(0).is_cancelled());
    assert!(!log.token(1).is_cancelled());
}

#[tokio::test]
async fn the_reason_is_logged() {
    // CANCEL-19
    let (layer, log, session) = (CancellationLayer::new(), Log::default(), session(1));
    let inner = deaf(&log);
    let _pending = Pending::new(&layer, &inner, call(7).within(&session));
    let lines = Lines::default();
    let guard = tracing::subscriber::set_default(lines.clone());
    let notice = cancelled(json!({ "requestId": 7, "reason": "too\nslow" }));
    send(&layer, &inner, notice.within(&session)).await;
    drop(guard);
    let lines = lines.0.lock().expect("not poisoned").clone();
    // Escaped, so that a client cannot forge a line.
    assert!(lines.iter().any(|line| line.contains(r"too\nslow")), "{lines:?}");
}

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

impl Subscriber for Lines {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Record<'_>) {
        let mut line = Line(String::new());
        event.record(&mut line);
        self.0.lock().expect("not poisoned").push(line.0);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.push_str(&format!("{field}={value:?} "));
    }
}
