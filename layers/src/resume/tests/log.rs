//! The log in memory, and one that answers later.

use super::*;
use crate::resume::contract;

/// A log that answers after a while, as one over the network does.
#[derive(Debug, Default)]
pub(super) struct Remote(MemoryEventLog);

fn later<T: Send + 'static>(answer: LogFuture<T>) -> LogFuture<T> {
    LogFuture::boxed(async move {
        tokio::task::yield_now().await;
        answer.await
    })
}

impl EventLog for Remote {
    fn open(&self, session: SessionId, stream: u64) -> LogFuture<()> {
        later(self.0.open(session, stream))
    }

    fn append(&self, session: SessionId, stream: u64, message: Message) -> LogFuture<Option<u64>> {
        later(self.0.append(session, stream, message))
    }

    fn end(&self, session: SessionId, stream: u64) -> LogFuture<()> {
        later(self.0.end(session, stream))
    }

    fn read(&self, session: SessionId, stream: u64, after: u64) -> LogFuture<Option<Page>> {
        later(self.0.read(session, stream, after))
    }

    fn remove(&self, session: SessionId, stream: u64) -> LogFuture<()> {
        later(self.0.remove(session, stream))
    }

    fn purge(&self, session: SessionId) -> LogFuture<()> {
        later(self.0.purge(session))
    }

    fn retention(&self) -> Duration {
        self.0.retention()
    }
}

#[tokio::test(start_paused = true)]
async fn the_log_in_memory_keeps_the_contract() {
    // RESUME-2, RESUME-5
    contract::check(async || MemoryEventLog::new()).await;
    contract::check(async || Remote::default()).await;
}

const SESSION: SessionId = SessionId::from_bits(1);

fn small() -> MemoryEventLog {
    MemoryEventLog::new().with_max_age(Duration::from_secs(10))
}

async fn open(log: &MemoryEventLog, session: SessionId, stream: u64, sizes: &[usize]) {
    log.open(session, stream).await.expect("it works");
    for size in sizes {
        append(log, session, stream, *size).await;
    }
}

/// A message of exactly this many bytes that may not be lost.
async fn append(log: &MemoryEventLog, session: SessionId, stream: u64, size: usize) {
    let message = Message::notification("x", "");
    let message = Message::notification("x", &"x".repeat(size - message.bytes().len()));
    assert_eq!(message.bytes().len(), size);
    log.append(session, stream, message).await.expect("it works").expect("it is open");
}

/// How many events there are after a position; `None` for a gap.
async fn after(log: &MemoryEventLog, session: SessionId, stream: u64, at: u64) -> Option<usize> {
    Some(log.read(session, stream, at).await.expect("it works")?.events.len())
}

#[tokio::test(start_paused = true)]
async fn what_is_kept_is_counted_and_given_back() {
    let log = small();
    open(&log, SESSION, 1, &[100, 200]).await;
    assert_eq!(log.bytes(), 512 + 100 + 128 + 200 + 128);
    open(&log, SESSION, 2, &[]).await;
    assert_eq!(log.bytes(), 2 * 512 + 100 + 128 + 200 + 128);
    log.remove(SESSION, 1).await.expect("it works");
    assert_eq!(log.bytes(), 512);
    log.purge(SESSION).await.expect("it works");
    assert!(log.bytes() == 0 && log.is_empty());
    open(&log, SESSION, 1, &[100]).await;
    log.end(SESSION, 1).await.expect("it works");
    log.remove(SESSION, 1).await.expect("it works");
    assert!(log.bytes() == 0 && log.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_stream_keeps_its_newest_events() {
    // RESUME-4
    let log = small().with_max_events_per_stream(3);
    open(&log, SESSION, 1, &[100; 5]).await;
    assert_eq!(after(&log, SESSION, 1, 1).await, None, "the second is gone");
    assert_eq!(after(&log, SESSION, 1, 2).await, Some(3));
    assert_eq!(after(&log, SESSION, 1, 5).await, Some(0));
}

#[tokio::test(start_paused = true)]
async fn progress_and_log_messages_give_way_before_what_may_not_be_lost() {
    // RESUME-4
    let log = small().with_max_events_per_stream(3);
    log.open(SESSION, 1).await.expect("it works");
    for (n, overflow) in [
        Overflow::Close,
        Overflow::DropOldest,
        Overflow::Latest(0),
        Overflow::Latest(0),
        Overflow::Close,
        Overflow::DropOldest,
    ]
    .into_iter()
    .enumerate()
    {
        let message = note(n).with_overflow(overflow);
        log.append(SESSION, 1, message).await.expect("it works").expect("open");
    }
    let page = log.read(SESSION, 1, 0).await.expect("it works").expect("no gap");
    let kept: Vec<_> = page.events.iter().map(|(position, _)| *position).collect();
    assert_eq!(kept, [1, 5, 6]);
    assert_eq!(after(&log, SESSION, 1, 3).await, Some(2), "what was lost can be resumed after");
}

#[tokio::test(start_paused = true)]
async fn in_a_session_ended_streams_give_way_first_and_then_the_oldest_events() {
    // RESUME-4
    let event = 128 + 300;
    let log = small().with_max_bytes_per_session(3 * 512 + 4 * event);
    open(&log, SESSION, 1, &[300, 300]).await;
    open(&log, SESSION, 2, &[300]).await;
    open(&log, SESSION, 3, &[300]).await;
    log.end(SESSION, 3).await.expect("it works");
    let other = SessionId::from_bits(2);
    open(&log, other, 1, &[300; 4]).await;
    append(&log, SESSION, 2, 300).await;
    assert_eq!(after(&log, SESSION, 3, 0).await, None);
    assert_eq!(after(&log, SESSION, 1, 0).await, Some(2));
    append(&log, SESSION, 2, 300).await;
    append(&log, SESSION, 2, 300).await;
    assert_eq!(after(&log, SESSION, 1, 0).await, None, "its first was the oldest");
    assert_eq!(after(&log, SESSION, 1, 1).await, Some(1));
    assert_eq!(after(&log, SESSION, 2, 0).await, Some(4));
    assert_eq!(after(&log, other, 1, 0).await, Some(4), "another session is not touched");
}

#[tokio::test(start_paused = true)]
async fn in_all_the_oldest_give_way_whoever_they_belong_to() {
    // RESUME-4
    let event = 128 + 300;
    let log = small().with_max_bytes(3 * 512 + 3 * event);
    let [one, two, three] = [1, 2, 3].map(SessionId::from_bits);
    open(&log, one, 1, &[300]).await;
    open(&log, two, 1, &[300]).await;
    open(&log, three, 1, &[300]).await;
    log.end(two, 1).await.expect("it works");
    append(&log, three, 1, 300).await;
    assert_eq!(after(&log, two, 1, 0).await, None);
    append(&log, three, 1, 300).await;
    append(&log, three, 1, 300).await;
    assert_eq!(after(&log, one, 1, 0).await, None);
    assert_eq!(after(&log, one, 1, 1).await, Some(0), "the stream itself goes on");
    assert!(log.bytes() <= 3 * 512 + 3 * event);
}

#[tokio::test(start_paused = true)]
async fn the_newest_event_stays_however_large_it_is() {
    // RESUME-4
    for log in [small().with_max_bytes(1_200), small().with_max_bytes_per_session(1_200)] {
        open(&log, SESSION, 1, &[100, 100]).await;
        append(&log, SESSION, 1, 100_000).await;
        assert_eq!(after(&log, SESSION, 1, 2).await, Some(1));
        append(&log, SESSION, 1, 100).await;
        assert_eq!(after(&log, SESSION, 1, 3).await, Some(1));
        assert!(log.bytes() <= 1_200);
    }
}

#[tokio::test(start_paused = true)]
async fn time_takes_ended_streams_and_old_events() {
    // RESUME-8
    let log = small();
    open(&log, SESSION, 1, &[100, 100]).await;
    open(&log, SESSION, 2, &[100]).await;
    log.end(SESSION, 2).await.expect("it works");
    tokio::time::advance(Duration::from_secs(9)).await;
    assert_eq!(after(&log, SESSION, 2, 0).await, Some(1));
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(after(&log, SESSION, 2, 0).await, None);
    append(&log, SESSION, 1, 100).await;
    assert_eq!(after(&log, SESSION, 1, 1).await, None);
    assert_eq!(after(&log, SESSION, 1, 2).await, Some(1));
}

#[tokio::test(start_paused = true)]
async fn a_page_is_bounded_in_bytes() {
    let log = MemoryEventLog::new();
    open(&log, SESSION, 1, &[40_000; 10]).await;
    assert_eq!(after(&log, SESSION, 1, 0).await, Some(2));
    open(&log, SESSION, 2, &[1_000_000; 2]).await;
    assert_eq!(after(&log, SESSION, 2, 0).await, Some(1));
}

#[tokio::test(start_paused = true)]
async fn a_log_that_answers_later_changes_nothing() {
    // RESUME-4, RESUME-6
    let layer = ResumeLayer::with_log(Arc::new(Remote::default()));
    let (server, session) = (Server::new(&layer), session(1, V2025_11_25));
    let (tap, mut first) = server.call(&session).await;
    let last = id_of_next(&mut first).await;
    for n in 0..100 {
        tap.send(note(n)).expect("open");
    }
    for n in 0..10 {
        assert_eq!(number(&event(&mut first).await), Some(n));
    }
    let mut second = server.resume(&session, &last).await;
    assert!(next(&mut first).await.is_none());
    tap.finish(Some(done())).expect("open");
    let expected: Vec<_> = (0..100).map(Some).chain([None]).collect();
    assert_eq!(numbers(&mut second).await, expected);
}
