mod model;

use std::{
    future::poll_fn,
    pin::Pin,
    sync::{Arc, Mutex},
    task::Poll,
};

use futures_core::Stream;
use serde_json::{Value, json};
use tokio_test::{assert_pending, assert_ready, assert_ready_eq, task};

use super::{Closed, Receiver, Sender, channel};
use crate::jsonrpc::{Message, Overflow, RawJson, RequestId};

static_assertions::assert_impl_all!(Sender: Send, Sync);
static_assertions::assert_impl_all!(Receiver: Send, Sync, Unpin);

fn log(n: u64) -> Message {
    Message::notification("log", &json!({ "n": n })).with_overflow(Overflow::DropOldest)
}

fn progress(token: u64, n: u64) -> Message {
    Message::notification("progress", &json!({ "n": n })).with_overflow(Overflow::Latest(token))
}

fn response(n: i64) -> Message {
    Message::result(&RequestId::from(n), &RawJson::empty_object())
}

/// What can be read now: the messages, and whether the stream has ended.
fn drain(receiver: &mut Receiver) -> (Vec<Value>, bool) {
    let mut found = Vec::new();
    let mut next = task::spawn(());
    loop {
        match next.enter(|cx, _| Pin::new(&mut *receiver).poll_next(cx)) {
            Poll::Ready(Some(event)) => {
                let message = event.message.expect("the queue sends messages");
                found.push(serde_json::from_slice(message.bytes()).expect("JSON"));
            }
            Poll::Ready(None) => return (found, true),
            Poll::Pending => return (found, false),
        }
    }
}

fn numbers(messages: &[Value]) -> Vec<u64> {
    messages.iter().filter_map(|message| message["params"]["n"].as_u64()).collect()
}

#[test]
fn messages_come_out_in_the_order_they_went_in() {
    let (sender, mut receiver) = channel(10_000);
    for n in 0..5 {
        sender.send(log(n)).expect("open");
    }
    let (messages, ended) = drain(&mut receiver);
    assert_eq!((numbers(&messages), ended), (vec![0, 1, 2, 3, 4], false));
}

#[test]
fn a_message_larger_than_the_budget_is_taken_when_nothing_waits() {
    let (sender, mut receiver) = channel(0);
    sender.send(response(1)).expect("taken when empty");
    assert_eq!(sender.send(response(2)), Err(Closed));
    assert_eq!(drain(&mut receiver).0.len(), 1);
}

#[test]
fn logs_drop_the_oldest_and_say_how_many() {
    let size = log(0).bytes().len();
    let (sender, mut receiver) = channel(size * 2);
    for n in 0..5 {
        sender.send(log(n)).expect("open");
    }
    let (messages, _) = drain(&mut receiver);
    assert_eq!(
        messages[0]["params"]["data"],
        "3 log messages dropped: the client reads too slowly"
    );
    assert_eq!(numbers(&messages), [3, 4]);
    sender.send(log(5)).expect("open");
    assert_eq!(numbers(&drain(&mut receiver).0), [5], "counted once");
}

#[test]
fn a_log_that_finds_no_room_is_itself_dropped_and_counted() {
    let (sender, mut receiver) = channel(response(1).bytes().len());
    sender.send(response(1)).expect("open");
    sender.send(log(1)).expect("the stream stays open");
    let (messages, ended) = drain(&mut receiver);
    assert_eq!(messages[0]["params"]["level"], "warning");
    assert_eq!((messages.len(), &messages[1]["id"], ended), (2, &json!(1), false));
}

#[test]
fn progress_keeps_the_latest_of_each_token() {
    let (sender, mut receiver) = channel(10_000);
    for (token, n) in [(1, 1), (2, 2), (1, 3), (1, 4)] {
        sender.send(progress(token, n)).expect("open");
    }
    assert_eq!(numbers(&drain(&mut receiver).0), [2, 4]);
}

#[test]
fn progress_never_closes_a_stream() {
    let (sender, mut receiver) = channel(response(1).bytes().len());
    sender.send(response(1)).expect("open");
    sender.send(progress(1, 1)).expect("the stream stays open");
    assert!(!sender.is_closed());
    assert_eq!(drain(&mut receiver).0.len(), 1);
}

#[test]
fn a_response_makes_room_for_itself() {
    let (sender, mut receiver) = channel(log(0).bytes().len() + progress(1, 1).bytes().len());
    sender.send(progress(1, 1)).expect("open");
    sender.send(log(0)).expect("open");
    sender.finish(Some(response(7))).expect("room was made");
    let (messages, ended) = drain(&mut receiver);
    assert_eq!(messages.last().map(|message| &message["id"]), Some(&json!(7)));
    assert_eq!(
        (numbers(&messages), ended),
        (vec![1], true),
        "the log gave way before the progress"
    );
}

#[test]
fn a_stream_that_cannot_hold_a_response_is_closed_after_what_it_holds() {
    let (sender, mut receiver) = channel(response(1).bytes().len());
    let mut closed = task::spawn(sender.closed());
    assert_pending!(closed.poll());
    sender.send(response(1)).expect("open");
    assert_eq!(sender.send(response(2)), Err(Closed));
    assert!(closed.is_woken() && sender.is_closed());
    assert_ready!(closed.poll());
    let (messages, ended) = drain(&mut receiver);
    assert_eq!((messages.len(), &messages[0]["id"], ended), (1, &json!(1), true));
    assert_eq!(sender.send(log(1)), Err(Closed));
}

#[test]
fn nothing_is_sent_after_the_last_message() {
    let (sender, mut receiver) = channel(10_000);
    sender.finish(Some(response(1))).expect("open");
    assert_eq!(sender.send(log(1)), Err(Closed));
    assert_eq!(sender.finish(Some(response(2))), Err(Closed));
    assert!(!sender.is_closed(), "the reader is still there");
    let (messages, ended) = drain(&mut receiver);
    assert_eq!((messages.len(), ended), (1, true));
    assert!(drain(&mut receiver).1, "an ended stream stays ended");
}

#[test]
fn a_dropped_sender_ends_the_stream_after_what_waits() {
    let (sender, mut receiver) = channel(10_000);
    sender.send(log(1)).expect("open");
    drop(sender);
    assert_eq!(
        drain(&mut receiver),
        (vec![json!({"jsonrpc": "2.0", "method": "log", "params": {"n": 1}})], true)
    );
}

#[test]
fn a_dropped_reader_closes_the_queue_and_wakes_who_waits_for_that() {
    let (sender, receiver) = channel(10_000);
    let mut closed = task::spawn(sender.closed());
    assert_pending!(closed.poll());
    sender.send(response(1)).expect("open");
    assert!(!closed.is_woken());
    drop(receiver);
    assert!(closed.is_woken());
    assert_ready!(closed.poll());
    assert_eq!(sender.send(response(2)), Err(Closed));
}

#[test]
fn the_reader_is_woken_by_a_message_and_by_the_end() {
    let (sender, mut receiver) = channel(10_000);
    let mut reader = task::spawn(());
    let mut poll = |reader: &mut task::Spawn<()>| {
        reader.enter(|cx, _| Pin::new(&mut receiver).poll_next(cx)).map(|event| event.is_some())
    };
    assert_pending!(poll(&mut reader));
    sender.send(log(1)).expect("open");
    assert!(reader.is_woken());
    assert_ready_eq!(poll(&mut reader), true);
    assert_pending!(poll(&mut reader));
    assert_pending!(poll(&mut reader));
    sender.finish(None).expect("open");
    assert!(reader.is_woken());
    assert_ready_eq!(poll(&mut reader), false);
}

#[test]
fn the_task_that_polled_last_is_the_one_woken() {
    let (sender, receiver) = channel(10_000);
    let receiver = Mutex::new(receiver);
    let poll = |task: &mut task::Spawn<()>| {
        let mut receiver = receiver.lock().expect("not poisoned");
        task.enter(|cx, _| Pin::new(&mut *receiver).poll_next(cx).is_pending())
    };
    let (mut before, mut after) = (task::spawn(()), task::spawn(()));
    assert!(poll(&mut before));
    assert!(poll(&mut after));
    sender.send(log(1)).expect("open");
    assert_eq!((before.is_woken(), after.is_woken()), (false, true));
}

#[test]
fn no_message_and_no_wake_up_is_lost_between_threads() {
    for _ in 0..200 {
        let (sender, mut receiver) = channel(usize::MAX);
        let sender = Arc::new(sender);
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let sender = Arc::clone(&sender);
                std::thread::spawn(move || (0..50).for_each(|n| sender.send(log(n)).expect("open")))
            })
            .collect();
        let reader = std::thread::spawn(move || {
            tokio_test::block_on(async {
                let mut count = 0;
                while poll_fn(|cx| Pin::new(&mut receiver).poll_next(cx)).await.is_some() {
                    count += 1;
                }
                count
            })
        });
        for thread in threads {
            thread.join().expect("no panic");
        }
        sender.finish(Some(response(1))).expect("open");
        assert_eq!(reader.join().expect("no panic"), 101);
    }
}
