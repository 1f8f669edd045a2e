use std::time::Duration;

use tokio_test::{assert_pending, assert_ready_eq, task};

use super::super::{CancelReason, StreamControl};

#[test]
fn a_request_to_close_waits_until_it_is_taken() {
    // SSE-17
    let control = StreamControl::new();
    let clone = control.clone();
    assert!(clone.close_connection(Duration::from_secs(1)));
    assert!(clone.close_connection(Duration::from_secs(2)));
    assert!(control.is_close_requested());
    let mut owner = task::spawn(());
    let two_seconds = Duration::from_secs(2);
    assert_ready_eq!(owner.enter(|cx, _| control.poll_close_requested(cx)), two_seconds);
    assert!(!control.is_close_requested());
    assert_pending!(owner.enter(|cx, _| control.poll_close_requested(cx)));
    assert!(!owner.is_woken());
    clone.close_connection(Duration::ZERO);
    assert!(owner.is_woken());
    assert_ready_eq!(owner.enter(|cx, _| control.poll_close_requested(cx)), Duration::ZERO);
}

#[test]
fn after_the_end_nothing_can_be_asked_for() {
    // SSE-17
    let control = StreamControl::new();
    assert!(control.close_connection(Duration::ZERO));
    control.end();
    assert!(!control.is_close_requested());
    assert!(!control.close_connection(Duration::ZERO));
    let mut owner = task::spawn(());
    assert_pending!(owner.enter(|cx, _| control.poll_close_requested(cx)));
}

#[test]
fn who_asks_is_told_of_a_connection_that_broke_off() {
    // CANCEL-4
    let control = StreamControl::new();
    let before = control.disconnected();
    assert!(!before.is_cancelled());
    control.disconnect();
    for token in [before, control.clone().disconnected()] {
        assert_eq!(token.reason(), Some(&CancelReason::Disconnected));
    }
    assert!(control.close_connection(Duration::ZERO), "the stream goes on");
}
