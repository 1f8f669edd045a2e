use std::{
    sync::{Arc, Barrier},
    time::Duration,
};

use tokio_test::{assert_pending, assert_ready_eq, task};

use super::super::{CancelReason, CancelToken, Cancellation, OnDisconnect};

fn by_client() -> CancelReason {
    CancelReason::Client(Some("enough".into()))
}

/// Server, session and request.
fn tree() -> (CancelToken, CancelToken, CancelToken) {
    let server = CancelToken::new();
    let session = CancelToken::child_of([&server]);
    let request = CancelToken::child_of([&session]);
    (server, session, request)
}

#[test]
fn cancelling_reaches_all_below_and_none_above() {
    let (server, session, request) = tree();
    let other = CancelToken::child_of([&server]);
    session.cancel(CancelReason::SessionEnded);
    assert_eq!(session.reason(), Some(&CancelReason::SessionEnded));
    assert_eq!(request.reason(), Some(&CancelReason::SessionEnded));
    assert!(!server.is_cancelled() && !other.is_cancelled());
}

#[test]
fn a_child_of_a_cancelled_token_is_cancelled_from_the_start() {
    let server = CancelToken::new();
    server.cancel(CancelReason::ShuttingDown);
    let mut wait = task::spawn(CancelToken::child_of([&server]).cancelled());
    assert_ready_eq!(wait.poll(), CancelReason::ShuttingDown);
}

#[test]
fn the_first_reason_stays() {
    let (server, session, request) = tree();
    server.cancel(CancelReason::ShuttingDown);
    request.cancel(by_client());
    session.cancel(CancelReason::SessionEnded);
    server.cancel(CancelReason::Disconnected);
    for token in [&server, &session, &request] {
        assert_eq!(token.reason(), Some(&CancelReason::ShuttingDown));
    }
}

#[test]
fn a_reason_once_seen_is_not_replaced_by_another_parents() {
    let (first, second) = (CancelToken::new(), CancelToken::new());
    let token = CancelToken::child_of([&first, &second]);
    second.cancel(CancelReason::SessionEnded);
    assert_eq!(token.reason(), Some(&CancelReason::SessionEnded));
    first.cancel(CancelReason::ShuttingDown);
    assert_eq!(token.reason(), Some(&CancelReason::SessionEnded));
}

#[test]
fn who_waits_is_woken_by_the_token_and_by_each_of_its_parents() {
    for place in 0..3 {
        let (server, session, request) = tree();
        let mut wait = task::spawn(request.cancelled());
        assert_pending!(wait.poll());
        assert_pending!(wait.poll());
        [server, session, request][place].cancel(by_client());
        assert!(wait.is_woken());
        assert_ready_eq!(wait.poll(), by_client());
    }
}

#[test]
fn all_who_wait_are_woken() {
    let (server, session, request) = tree();
    let mut waits: Vec<_> = [&server, &session, &request, &request]
        .into_iter()
        .map(|token| task::spawn(token.cancelled()))
        .collect();
    for wait in &mut waits {
        assert_pending!(wait.poll());
    }
    server.cancel(CancelReason::ShuttingDown);
    for wait in &mut waits {
        assert!(wait.is_woken());
        assert_ready_eq!(wait.poll(), CancelReason::ShuttingDown);
    }
}

#[test]
fn who_has_moved_to_another_task_is_woken_there() {
    let token = CancelToken::new();
    let mut wait = token.cancelled();
    let (mut before, mut after) = (task::spawn(()), task::spawn(()));
    for task in [&mut before, &mut after] {
        assert!(task.enter(|cx, _| std::pin::Pin::new(&mut wait).poll(cx)).is_pending());
    }
    token.cancel(by_client());
    assert_eq!((before.is_woken(), after.is_woken()), (false, true));
}

#[test]
fn who_waits_no_longer_leaves_nothing_behind() {
    let (server, session, request) = tree();
    let waiting = || [&server, &session, &request].map(CancelToken::waiting);
    let mut kept = task::spawn(request.cancelled());
    assert_pending!(kept.poll());
    for _ in 0..1000 {
        let mut wait = task::spawn(request.cancelled());
        assert_pending!(wait.poll());
        assert_eq!(waiting(), [2, 2, 2]);
    }
    assert_eq!(waiting(), [1, 1, 1]);
    drop(kept);
    assert_eq!(waiting(), [0, 0, 0]);
}

#[test]
fn a_wait_that_ends_after_the_cancel_takes_nobody_elses_place() {
    let (first, second) = (CancelToken::new(), CancelToken::new());
    let both = CancelToken::child_of([&first, &second]);
    let mut old = task::spawn(both.cancelled());
    assert_pending!(old.poll());
    first.cancel(by_client());
    // On `second` the old wait has still its place, and this one gets another.
    let mut new = task::spawn(second.cancelled());
    assert_pending!(new.poll());
    drop(old);
    assert!(!new.is_woken());
    second.cancel(CancelReason::SessionEnded);
    assert!(new.is_woken());
    assert_ready_eq!(new.poll(), CancelReason::SessionEnded);
}

#[test]
fn no_wake_up_is_lost_between_threads() {
    for _ in 0..500 {
        let (server, _session, request) = tree();
        let start = Arc::new(Barrier::new(3));
        let waits: Vec<_> = (0..2)
            .map(|_| {
                let (request, start) = (request.clone(), Arc::clone(&start));
                std::thread::spawn(move || {
                    start.wait();
                    tokio_test::block_on(request.cancelled())
                })
            })
            .collect();
        start.wait();
        server.cancel(CancelReason::ShuttingDown);
        for wait in waits {
            assert_eq!(wait.join().expect("no panic"), CancelReason::ShuttingDown);
        }
    }
}

#[test]
fn a_guard_lives_until_the_last_clone_is_dropped() {
    let guard = Arc::new(());
    let cancellation = Cancellation::new(CancelToken::new(), OnDisconnect::Detach)
        .with_guard(Arc::clone(&guard) as _);
    let (token, copy) = (cancellation.token().clone(), cancellation.clone());
    drop(cancellation);
    assert_eq!(Arc::strong_count(&guard), 2);
    drop(copy);
    assert_eq!(Arc::strong_count(&guard), 1, "a clone of the token does not prolong the work");
    drop(token);
}

#[test]
fn a_reason_reads_as_a_sentence() {
    let table = [
        (CancelReason::Client(None), "cancelled by the client"),
        (by_client(), "cancelled by the client: enough"),
        (CancelReason::Disconnected, "the client went away"),
        (CancelReason::TimedOut(Duration::from_secs(3)), "timed out after 3s"),
        (CancelReason::SessionEnded, "the session ended"),
        (CancelReason::ShuttingDown, "the server is shutting down"),
    ];
    for (reason, text) in table {
        assert_eq!(reason.to_string(), text);
    }
}
