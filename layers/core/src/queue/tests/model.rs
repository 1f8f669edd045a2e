use std::{pin::Pin, task::Poll};

use futures_core::Stream;
use proptest::prelude::*;
use serde_json::{Value, json};
use tokio_test::task;

use super::{super::channel, drain, numbers};
use crate::jsonrpc::{Message, Overflow};

#[derive(Debug, Clone)]
enum Step {
    Send(usize, Overflow),
    Read,
}

fn any_step() -> impl Strategy<Value = Step> {
    let overflow = prop_oneof![
        1 => Just(Overflow::Close),
        3 => (0..3_u64).prop_map(Overflow::Latest),
        4 => Just(Overflow::DropOldest),
    ];
    prop_oneof![
        3 => (40..200_usize, overflow).prop_map(|(size, overflow)| Step::Send(size, overflow)),
        1 => Just(Step::Read),
    ]
}

/// A message of this size in bytes that is known by its number.
fn sized(n: u64, size: usize, overflow: Overflow) -> Message {
    let empty = Message::notification("m", &json!({ "n": n, "pad": "" }));
    let pad = "x".repeat(size.saturating_sub(empty.bytes().len()));
    Message::notification("m", &json!({ "n": n, "pad": pad })).with_overflow(overflow)
}

proptest! {
    #[test]
    fn the_budget_holds_order_is_kept_and_nothing_is_lost_silently(
        steps in prop::collection::vec(any_step(), 0..60),
        budget in 0..600_usize,
    ) {
        let (sender, mut receiver) = channel(budget);
        let (mut taken, mut read, mut closed) = (Vec::new(), Vec::new(), false);
        let mut reader = task::spawn(());
        for (n, step) in steps.into_iter().enumerate() {
            match step {
                Step::Send(size, overflow) => {
                    let sent = sender.send(sized(n as u64, size, overflow));
                    // Only a message that may not be lost closes the stream.
                    prop_assert!(sent.is_ok() || closed || overflow == Overflow::Close);
                    closed |= sent.is_err();
                    if sent.is_ok() {
                        taken.push((n as u64, overflow));
                    }
                }
                Step::Read => {
                    if let Poll::Ready(Some(event)) = reader.enter(|cx, _| Pin::new(&mut receiver).poll_next(cx)) {
                        let message = event.message.expect("a message");
                        read.push(serde_json::from_slice::<Value>(message.bytes()).expect("JSON"));
                    }
                }
            }
            prop_assert_eq!(sender.is_closed(), closed);
            let state = sender.0.lock();
            let bytes: usize = state.waiting.iter().map(|message| message.bytes().len()).sum();
            prop_assert_eq!(bytes, state.waiting.bytes());
            prop_assert!(bytes <= budget || state.waiting.iter().count() == 1);
            let keys = |key| state.waiting.iter().filter(|m| m.overflow() == Overflow::Latest(key)).count();
            prop_assert!((0..3).all(|key| keys(key) <= 1));
        }
        drop(sender);
        let (rest, ended) = drain(&mut receiver);
        prop_assert!(ended);
        read.extend(rest);
        let numbers = numbers(&read);
        prop_assert!(numbers.is_sorted(), "{numbers:?}");
        // Whatever may not be lost and was taken is delivered; lost logs are counted.
        let of = |sort: Overflow| taken.iter().filter(move |(_, overflow)| *overflow == sort);
        prop_assert!(of(Overflow::Close).all(|(n, _)| numbers.contains(n)));
        let missing = of(Overflow::DropOldest).filter(|(n, _)| !numbers.contains(n)).count();
        let counted: usize = read
            .iter()
            .filter_map(|message| message["params"]["data"].as_str())
            .filter_map(|notice| notice.split(' ').next()?.parse::<usize>().ok())
            .sum();
        prop_assert_eq!(counted, missing);
    }
}
