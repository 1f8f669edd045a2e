use tower_service::Service;

use super::*;
use crate::support::refusal;

#[tokio::test]
async fn an_id_still_in_flight_in_the_session_gets_400() {
    // RPC-15, CANCEL-10
    let (layer, log) = (CancellationLayer::new(), Log::default());
    let (mine, other) = (session(1), session(2));
    let inner = deaf(&log);
    let _first = Pending::new(&layer, &inner, call(1).within(&mine));
    let _text = Pending::new(&layer, &inner, call("A").within(&mine));
    let escaped = r#"{"jsonrpc":"2.0","id":"\u0041","method":"tools/call"}"#;
    for request in [call(1), call("A"), post(escaped)] {
        let response = send(&layer, &inner, request.within(&mine)).await;
        assert_eq!(refusal(&response), (400, -32600));
    }
    // Another type, another session, no session, another era: another request.
    let _rest = [
        Pending::new(&layer, &inner, call("1").within(&mine)),
        Pending::new(&layer, &inner, call(1).within(&other)),
        Pending::new(&layer, &inner, call(1)),
        Pending::new(&layer, &inner, call(1)),
        Pending::new(&layer, &inner, call(1).within(&mine).modern()),
    ];
    assert_eq!(layer.in_flight(), 4);
}

#[tokio::test]
async fn an_id_is_free_again_once_its_request_is_answered() {
    // RPC-15
    let (layer, log, session) = (CancellationLayer::new(), Log::default(), session(1));
    for _ in 0..3 {
        let response = send(&layer, &prompt(&log), call(1).within(&session)).await;
        assert!(message(&response)["result"].is_object());
        assert_eq!(layer.in_flight(), 0);
    }
}

#[test]
fn an_id_is_free_before_its_answer_goes_out() {
    // RPC-15
    let (layer, log, session) = (CancellationLayer::new(), Log::default(), session(1));
    let mut service = layer.layer(prompt(&log));
    let mut future = Box::pin(service.call(call(1).within(&session)));
    assert_eq!(layer.in_flight(), 1);
    assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready());
    assert_eq!(layer.in_flight(), 0);
}

#[tokio::test]
async fn an_id_is_taken_until_its_stream_has_ended() {
    // RPC-15
    let (layer, log, session, done) =
        (CancellationLayer::new(), Log::default(), session(1), CancelToken::new());
    let inner = streaming(&log, &done);
    let _response = send(&layer, &inner, call(1).within(&session)).await;
    let again = send(&layer, &inner, call(1).within(&session)).await;
    assert_eq!(refusal(&again), (400, -32600));
    done.cancel(CancelReason::Disconnected);
    settle().await;
    assert_eq!((layer.in_flight(), tasks()), (0, 0));
}

#[tokio::test]
async fn a_session_with_too_many_requests_in_flight_gets_429() {
    // RATE-1
    let layer = CancellationLayer::new().with_max_in_flight_per_session(2);
    let (log, mine, other) = (Log::default(), session(1), session(2));
    let inner = deaf(&log);
    let first = Pending::new(&layer, &inner, call(1).within(&mine));
    let _second = Pending::new(&layer, &inner, call(2).within(&mine));
    let response = send(&layer, &inner, call(3).within(&mine)).await;
    assert_eq!(refusal(&response), (429, 429));
    let Outbound::Rejected(rejection) = response.body() else { panic!("refused") };
    assert_eq!(rejection.headers()["retry-after"], "1");
    let _elsewhere = Pending::new(&layer, &inner, call(3).within(&other));
    drop(first);
    let _third = Pending::new(&layer, &inner, call(3).within(&mine));
    assert_eq!(layer.in_flight(), 3);
    let none = CancellationLayer::new().with_max_in_flight_per_session(0);
    assert_eq!(refusal(&send(&none, &inner, call(1).within(&mine)).await), (429, 429));
}

#[tokio::test]
async fn a_principal_with_too_many_requests_in_flight_gets_429() {
    // RATE-1
    let layer = CancellationLayer::new().with_max_in_flight_per_principal(3);
    let (log, one, other) = (Log::default(), session(1), session(2));
    let inner = deaf(&log);
    // In two sessions and in none.
    let first = Pending::new(&layer, &inner, call(1).within(&one).by("alice"));
    let _second = Pending::new(&layer, &inner, call(1).within(&other).by("alice"));
    let _third = Pending::new(&layer, &inner, call(1).modern().by("alice"));
    for request in [call(2).modern(), call(2).within(&one), call(2)] {
        let response = send(&layer, &inner, request.by("alice")).await;
        assert_eq!(refusal(&response), (429, 429));
        let Outbound::Rejected(rejection) = response.body() else { panic!("refused") };
        assert_eq!(rejection.headers()["retry-after"], "1");
    }
    let _bob = Pending::new(&layer, &inner, call(2).modern().by("bob"));
    let _anonymous: Vec<_> =
        (0..8).map(|_| Pending::new(&layer, &inner, call(2).modern())).collect();
    drop(first);
    let _fourth = Pending::new(&layer, &inner, call(2).within(&one).by("alice"));
    assert_eq!(layer.principals_at_work(), 2);
    let none = CancellationLayer::new().with_max_in_flight_per_principal(0);
    assert_eq!(refusal(&send(&none, &inner, call(1).modern().by("alice")).await), (429, 429));
}

#[tokio::test]
async fn a_principal_is_counted_until_the_work_is_done() {
    // RATE-1
    let layer = CancellationLayer::new().with_max_in_flight_per_principal(1);
    let (log, one, done) = (Log::default(), session(1), CancelToken::new());
    let inner = streaming(&log, &done);
    let _response = send(&layer, &inner, call(1).within(&one).by("alice")).await;
    let more = send(&layer, &inner, call(2).modern().by("alice")).await;
    assert_eq!(refusal(&more), (429, 429));
    // One that is refused for another reason has not been counted.
    let other = send(&layer, &inner, call(1).within(&one).by("bob")).await;
    assert_eq!(refusal(&other), (400, -32600));
    done.cancel(CancelReason::Disconnected);
    settle().await;
    assert_eq!((layer.principals_at_work(), layer.in_flight()), (0, 0));
}

#[tokio::test]
async fn requests_leave_the_table_in_any_order() {
    // RPC-15
    let (layer, log, session) = (CancellationLayer::new(), Log::default(), session(1));
    let inner = deaf(&log);
    let mut pending: Vec<_> =
        (0..5).map(|id| Some(Pending::new(&layer, &inner, call(id).within(&session)))).collect();
    for (left, gone) in [2, 0, 4, 1, 3].into_iter().enumerate() {
        pending[gone] = None;
        assert_eq!(layer.in_flight(), 4 - left);
        for (id, other) in pending.iter().enumerate().filter(|(_, other)| other.is_some()) {
            let again = send(&layer, &inner, call(id).within(&session)).await;
            assert_eq!(refusal(&again), (400, -32600), "{id} {}", other.is_some());
        }
    }
}
