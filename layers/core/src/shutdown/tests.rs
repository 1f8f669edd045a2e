use std::{
    future::{pending, ready},
    sync::{Arc, Barrier},
};

use tokio_test::{assert_pending, assert_ready, assert_ready_eq, task};

use super::{Settled, Shutdown, Work, WorkGuard, until_cancelled};
use crate::extensions::{CancelReason, CancelToken};

static_assertions::assert_impl_all!(Shutdown: Clone, Send, Sync);
static_assertions::assert_impl_all!(WorkGuard: Send, Sync, Unpin);
static_assertions::assert_impl_all!(Settled: Send, Sync, Unpin);

#[test]
fn draining_breaks_nothing_off() {
    // SESS-18
    let shutdown = Shutdown::new();
    let request = CancelToken::child_of([shutdown.token()]);
    let mut told = task::spawn(shutdown.draining().cancelled());
    assert_pending!(told.poll());
    shutdown.drain();
    assert!(told.is_woken());
    assert_ready_eq!(told.poll(), CancelReason::ShuttingDown);
    assert!(shutdown.is_draining());
    assert!(!request.is_cancelled());
    shutdown.cancel();
    assert_eq!(request.reason(), Some(&CancelReason::ShuttingDown));
}

#[test]
fn to_cancel_is_to_drain_too() {
    let shutdown = Shutdown::new();
    shutdown.clone().cancel();
    assert!(shutdown.is_draining() && shutdown.draining().is_cancelled());
}

#[test]
fn nothing_has_settled_before_the_drain_begins() {
    let shutdown = Shutdown::new();
    let mut waits = [shutdown.drained(), shutdown.finished(), shutdown.ended()].map(task::spawn);
    for wait in &mut waits {
        assert_pending!(wait.poll());
    }
    shutdown.drain();
    for wait in &mut waits {
        assert!(wait.is_woken());
        assert_ready!(wait.poll());
    }
}

#[test]
fn each_wait_counts_the_work_that_is_its_own() {
    // What holds up `drained`, `finished` and `ended`.
    let table = [
        (Work::Call, false, [true, true, true]),
        (Work::Call, true, [false, true, true]),
        (Work::Stream, false, [true, true, false]),
        (Work::Background, false, [false, false, true]),
    ];
    for (work, late, holds_up) in table {
        let shutdown = Shutdown::new();
        let early = (!late).then(|| shutdown.track(work));
        shutdown.drain();
        let guard = early.unwrap_or_else(|| shutdown.track(work));
        let mut waits =
            [shutdown.drained(), shutdown.finished(), shutdown.ended()].map(task::spawn);
        let held_up = waits.each_mut().map(|wait| wait.poll().is_pending());
        assert_eq!(held_up, holds_up, "{work:?}, late: {late}");
        drop(guard);
        for (mut wait, held_up) in waits.into_iter().zip(held_up) {
            assert_eq!(wait.is_woken(), held_up);
            assert_ready!(wait.poll());
        }
    }
}

#[test]
fn the_last_of_several_ends_the_wait() {
    let shutdown = Shutdown::new();
    let (one, two) = (shutdown.track(Work::Call), shutdown.track(Work::Call));
    shutdown.drain();
    let mut wait = task::spawn(shutdown.drained());
    assert_pending!(wait.poll());
    drop(one);
    assert!(!wait.is_woken());
    assert_pending!(wait.poll());
    drop(two);
    assert_ready!(wait.poll());
}

#[test]
fn a_run_cancels_when_all_has_finished() {
    let shutdown = Shutdown::new();
    let call = shutdown.track(Work::Call);
    let mut run = task::spawn(shutdown.run(pending()));
    assert_pending!(run.poll());
    assert!(shutdown.is_draining() && !shutdown.token().is_cancelled());
    drop(call);
    assert_ready!(run.poll());
    assert!(shutdown.token().is_cancelled());
}

#[test]
fn a_run_cancels_at_the_deadline_and_waits_for_what_it_cancelled() {
    // SESS-18
    let shutdown = Shutdown::new();
    let work = [Work::Call, Work::Background].map(|work| shutdown.track(work));
    let stalled = shutdown.track(Work::Stream);
    let mut run = task::spawn(shutdown.run(ready(())));
    assert_pending!(run.poll());
    assert!(shutdown.token().is_cancelled());
    for done in work {
        assert_pending!(run.poll());
        drop(done);
    }
    // Its connection is the host's.
    assert_ready!(run.poll());
    drop(stalled);
}

#[test]
fn who_waits_no_longer_leaves_nothing_behind() {
    let shutdown = Shutdown::new();
    for _ in 0..3 {
        let mut wait = task::spawn(shutdown.ended());
        assert_pending!(wait.poll());
        assert_pending!(wait.poll());
        assert_eq!(shutdown.0.lock().len(), 1);
    }
    assert!(shutdown.0.lock().is_empty());
}

#[test]
fn no_wake_up_is_lost_between_threads() {
    for _ in 0..500 {
        let shutdown = Shutdown::new();
        let start = Arc::new(Barrier::new(3));
        let guard = shutdown.track(Work::Call);
        let worker = {
            let start = Arc::clone(&start);
            std::thread::spawn(move || {
                start.wait();
                drop(guard);
            })
        };
        let waiter = {
            let (start, shutdown) = (Arc::clone(&start), shutdown.clone());
            std::thread::spawn(move || {
                start.wait();
                tokio_test::block_on(shutdown.finished());
            })
        };
        start.wait();
        shutdown.drain();
        worker.join().expect("no panic");
        waiter.join().expect("it is woken");
    }
}

#[test]
fn background_work_runs_to_its_end_or_is_dropped() {
    let shutdown = Shutdown::new();
    let guard = || Some(shutdown.track(Work::Background));
    let mut done = [None, guard()].map(|guard| task::spawn(until_cancelled(guard, ready(1))));
    for work in &mut done {
        assert_ready_eq!(work.poll(), Some(1));
    }
    let mut stopped = task::spawn(until_cancelled(guard(), pending::<()>()));
    let mut free = task::spawn(until_cancelled(None, pending::<()>()));
    assert_pending!(stopped.poll());
    assert_pending!(free.poll());
    shutdown.drain();
    assert_pending!(stopped.poll());
    shutdown.cancel();
    assert!(stopped.is_woken() && !free.is_woken());
    assert_ready_eq!(stopped.poll(), None);
    drop((done, stopped));
    assert_ready!(task::spawn(shutdown.ended()).poll());
}
