//! What the log in memory keeps under tight limits, against a simple model: the list of
//! all that was ever appended.

use proptest::prelude::*;

use super::*;

const STREAMS: [(u128, u64); 6] = [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3)];
const MAX_BYTES: usize = 8_000;
const MAX_EVENTS: usize = 12;

#[derive(Debug, Clone)]
enum Act {
    Append(usize, usize, Overflow),
    End(usize),
    Remove(usize),
    Purge(u128),
}

fn any_act() -> impl Strategy<Value = Act> {
    let overflow = prop_oneof![
        Just(Overflow::Close),
        Just(Overflow::DropOldest),
        (0..3_u64).prop_map(Overflow::Latest),
    ];
    prop_oneof![
        40 => (0..STREAMS.len(), 0..150_usize, overflow)
            .prop_map(|(stream, size, overflow)| Act::Append(stream, size, overflow)),
        2 => (0..STREAMS.len()).prop_map(Act::End),
        1 => (0..STREAMS.len()).prop_map(Act::Remove),
        1 => (1..3_u128).prop_map(Act::Purge),
    ]
}

/// What was appended to a stream, in order; the log counts positions from 1.
#[derive(Default)]
struct Model {
    messages: Vec<Message>,
    open: bool,
}

async fn play(acts: Vec<Act>) -> Result<(), TestCaseError> {
    let log = MemoryEventLog::new()
        .with_max_bytes(MAX_BYTES)
        .with_max_bytes_per_session(MAX_BYTES * 3 / 4)
        .with_max_events_per_stream(MAX_EVENTS);
    let mut models: Vec<Model> = Vec::new();
    for (session, stream) in STREAMS {
        log.open(SessionId::from_bits(session), stream).await.expect("it works");
        models.push(Model { open: true, ..Model::default() });
    }
    for act in acts {
        match act {
            Act::Append(at, size, overflow) => {
                let (session, stream) = STREAMS[at];
                let message = Message::notification("x", &"x".repeat(size));
                let message = message.with_overflow(overflow);
                let appended = log.append(SessionId::from_bits(session), stream, message.clone());
                let position = appended.await.expect("it works");
                if models[at].open {
                    models[at].messages.push(message);
                    prop_assert_eq!(position, Some(models[at].messages.len() as u64));
                } else {
                    prop_assert_eq!(position, None);
                }
            }
            Act::End(at) => {
                let (session, stream) = STREAMS[at];
                log.end(SessionId::from_bits(session), stream).await.expect("it works");
                models[at].open = false;
            }
            Act::Remove(at) => {
                let (session, stream) = STREAMS[at];
                log.remove(SessionId::from_bits(session), stream).await.expect("it works");
                models[at] = Model::default();
            }
            Act::Purge(session) => {
                log.purge(SessionId::from_bits(session)).await.expect("it works");
                for (at, (other, _)) in STREAMS.iter().enumerate() {
                    if *other == session {
                        models[at] = Model::default();
                    }
                }
            }
        }
        prop_assert!(log.bytes() <= MAX_BYTES, "{}", log.bytes());
    }
    for ((session, stream), model) in STREAMS.into_iter().zip(&models) {
        for after in 0..=model.messages.len() as u64 {
            let page = log.read(SessionId::from_bits(session), stream, after);
            if let Some(page) = page.await.expect("it works") {
                check(&page, model, after)?;
            }
        }
    }
    for session in [1, 2] {
        log.purge(SessionId::from_bits(session)).await.expect("it works");
    }
    prop_assert!(log.bytes() == 0 && log.is_empty());
    Ok(())
}

/// A page has all that followed, but for what may be lost, and says how many log messages
/// that was.
fn check(page: &Page, model: &Model, after: u64) -> Result<(), TestCaseError> {
    prop_assert_eq!(page.through, model.messages.len() as u64);
    prop_assert!(page.events.len() <= MAX_EVENTS);
    let mut events = page.events.iter().peekable();
    let mut lost = 0;
    for (position, message) in (1..).zip(&model.messages).skip(after as usize) {
        match events.next_if(|(kept, _)| *kept == position) {
            Some((_, kept)) => prop_assert_eq!(kept.bytes(), message.bytes()),
            None => {
                prop_assert!(message.overflow() != Overflow::Close, "passed over in silence");
                lost += usize::from(message.overflow() == Overflow::DropOldest);
            }
        }
    }
    prop_assert!(events.next().is_none());
    prop_assert_eq!(page.lost, lost);
    Ok(())
}

proptest! {
    #[test]
    fn under_any_limits_nothing_that_may_not_be_lost_is_passed_over_in_silence(
        acts in prop::collection::vec(any_act(), 1..120),
    ) {
        // RESUME-4, LOG-2
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime");
        runtime.block_on(play(acts))?;
    }
}
