//! What the layer relies on, for any [`EventLog`]: a test suite to run on your own.
//!
//! ```
//! use mcp_layers::resume::{MemoryEventLog, contract};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! contract::check(async || MemoryEventLog::new()).await;
//! # }
//! ```

use mcp_layers_core::{
    extensions::SessionId,
    jsonrpc::{ErrorObject, Message, RawJson, RequestId},
};

use super::{EventLog, Page};

const ONE: SessionId = SessionId::from_bits(1);
const TWO: SessionId = SessionId::from_bits(2);

/// Checks a log against all of the contract but time and size: how long it keeps what,
/// and how much, is its own affair. It must have room for 300 small events in one stream.
/// `make` is called several times; what it returns holds nothing of sessions 1 and 2.
///
/// # Panics
///
/// If the log fails, or does not keep the contract.
pub async fn check<L: EventLog>(make: impl AsyncFn() -> L) {
    what_is_appended_is_read_in_order_and_unchanged(&make().await).await;
    a_stream_of_any_length_is_read_page_by_page(&make().await).await;
    only_a_position_that_was_reached_can_be_read_from(&make().await).await;
    streams_and_sessions_are_apart(&make().await).await;
    an_ended_stream_can_be_read_and_takes_no_more(&make().await).await;
    what_is_removed_is_gone(&make().await).await;
    a_session_is_purged_as_a_whole(&make().await).await;
    opening_twice_changes_nothing(&make().await).await;
}

async fn what_is_appended_is_read_in_order_and_unchanged(log: &dyn EventLog) {
    let id = RequestId::from(1);
    let messages = [
        Message::request(&id, "ping", &()),
        note(1),
        Message::result(&id, &RawJson::empty_object()),
        Message::error(Some(&id), &ErrorObject::internal("no \u{1f980}\r\n")),
    ];
    open(log, ONE, 7).await;
    let mut positions = Vec::new();
    for message in &messages {
        positions.push(append(log, ONE, 7, message.clone()).await.expect("the stream is open"));
    }
    assert!(positions[0] > 0, "the first position is greater than 0");
    assert!(positions.is_sorted_by(|one, next| one < next), "positions grow: {positions:?}");
    let page = read(log, ONE, 7, 0).await.expect("the stream is known");
    assert_eq!(page.events.iter().map(|(position, _)| *position).collect::<Vec<_>>(), positions);
    for ((_, read), message) in page.events.iter().zip(&messages) {
        assert_eq!(read.bytes(), message.bytes(), "a message comes back byte for byte");
        assert_eq!(read.kind(), message.kind(), "a message keeps its kind");
    }
    let last = positions[positions.len() - 1];
    assert_eq!((page.through, page.tail, page.ended), (last, last, false));
}

async fn a_stream_of_any_length_is_read_page_by_page(log: &dyn EventLog) {
    open(log, ONE, 7).await;
    let mut positions = Vec::new();
    for n in 0..300 {
        positions.push(append(log, ONE, 7, note(n)).await.expect("the stream is open"));
    }
    for start in [0_usize, 1, 150, 299, 300] {
        let mut after = start.checked_sub(1).map_or(0, |at| positions[at]);
        let mut seen = Vec::new();
        while after < positions[299] {
            let page = read(log, ONE, 7, after).await.expect("nothing is gone");
            assert!(page.through > after, "a page gets on");
            assert!(page.events.iter().all(|(at, _)| (after + 1..=page.through).contains(at)));
            seen.extend(page.events.iter().map(|(position, _)| *position));
            after = page.through;
        }
        assert_eq!(seen, positions[start..], "each event once, none missing");
    }
}

async fn only_a_position_that_was_reached_can_be_read_from(log: &dyn EventLog) {
    assert!(read(log, ONE, 7, 0).await.is_none(), "an unknown stream is not empty");
    open(log, ONE, 7).await;
    let page = read(log, ONE, 7, 0).await.expect("an open stream is known");
    assert!(page.events.is_empty() && page.through == 0 && page.tail == 0 && !page.ended);
    assert!(read(log, ONE, 7, 1).await.is_none(), "it has not come that far");
    let position = append(log, ONE, 7, note(1)).await.expect("the stream is open");
    let page = read(log, ONE, 7, position).await.expect("this is its end for now");
    assert!(page.events.is_empty() && page.through == position && page.tail == position);
    for beyond in [position + 1, u64::MAX] {
        assert!(read(log, ONE, 7, beyond).await.is_none(), "it has not come that far");
    }
}

async fn streams_and_sessions_are_apart(log: &dyn EventLog) {
    let streams = [(ONE, 7), (ONE, 8), (TWO, 7), (TWO, u64::MAX)];
    for (session, stream) in streams {
        open(log, session, stream).await;
    }
    for n in 0..10 {
        for (at, (session, stream)) in streams.into_iter().enumerate() {
            append(log, session, stream, note(10 * n + at)).await.expect("the stream is open");
        }
    }
    for (at, (session, stream)) in streams.into_iter().enumerate() {
        let page = read(log, session, stream, 0).await.expect("the stream is known");
        let read: Vec<_> = page.events.iter().map(|(_, message)| message.bytes()).collect();
        let expected: Vec<_> = (0..10).map(|n| note(10 * n + at).into_bytes()).collect();
        assert!(read.into_iter().eq(&expected), "a stream holds its own events alone");
    }
    assert!(read(log, TWO, 8, 0).await.is_none(), "a stream belongs to one session");
    assert!(append(log, TWO, 8, note(0)).await.is_none(), "a stream belongs to one session");
}

async fn an_ended_stream_can_be_read_and_takes_no_more(log: &dyn EventLog) {
    open(log, ONE, 7).await;
    let position = append(log, ONE, 7, note(1)).await.expect("the stream is open");
    log.end(ONE, 7).await.expect("the log works");
    log.end(ONE, 7).await.expect("to end twice is no error");
    assert!(append(log, ONE, 7, note(2)).await.is_none(), "it has ended");
    for after in [0, position] {
        let page = read(log, ONE, 7, after).await.expect("it is kept");
        assert!(page.ended && page.tail == position, "its end is marked");
        assert_eq!(page.events.len(), usize::from(after == 0));
    }
    log.end(ONE, 8).await.expect("what is unknown cannot be ended, and that is no error");
    assert!(read(log, ONE, 8, 0).await.is_none());
}

async fn what_is_removed_is_gone(log: &dyn EventLog) {
    for stream in [7, 8] {
        open(log, ONE, stream).await;
        append(log, ONE, stream, note(1)).await.expect("the stream is open");
    }
    for _ in 0..2 {
        log.remove(ONE, 7).await.expect("the log works");
        assert!(read(log, ONE, 7, 0).await.is_none(), "it is gone");
        assert!(append(log, ONE, 7, note(2)).await.is_none(), "it does not come back");
    }
    assert!(read(log, ONE, 8, 0).await.is_some(), "the other is still there");
}

async fn a_session_is_purged_as_a_whole(log: &dyn EventLog) {
    for (session, stream) in [(ONE, 7), (ONE, 8), (TWO, 7)] {
        open(log, session, stream).await;
        append(log, session, stream, note(1)).await.expect("the stream is open");
    }
    log.end(ONE, 8).await.expect("the log works");
    for _ in 0..2 {
        log.purge(ONE).await.expect("the log works");
        for stream in [7, 8] {
            assert!(read(log, ONE, stream, 0).await.is_none(), "it is gone");
            assert!(append(log, ONE, stream, note(2)).await.is_none(), "it does not come back");
        }
    }
    assert!(read(log, TWO, 7, 0).await.is_some(), "the other session is still there");
}

async fn opening_twice_changes_nothing(log: &dyn EventLog) {
    open(log, ONE, 7).await;
    let position = append(log, ONE, 7, note(1)).await.expect("the stream is open");
    open(log, ONE, 7).await;
    let page = read(log, ONE, 7, 0).await.expect("the stream is known");
    assert_eq!((page.events.len(), page.tail), (1, position));
}

fn note(n: usize) -> Message {
    Message::notification("note", &[n])
}

async fn open(log: &dyn EventLog, session: SessionId, stream: u64) {
    log.open(session, stream).await.expect("the log works");
}

async fn append(
    log: &dyn EventLog,
    session: SessionId,
    stream: u64,
    message: Message,
) -> Option<u64> {
    log.append(session, stream, message).await.expect("the log works")
}

async fn read(log: &dyn EventLog, session: SessionId, stream: u64, after: u64) -> Option<Page> {
    log.read(session, stream, after).await.expect("the log works")
}
