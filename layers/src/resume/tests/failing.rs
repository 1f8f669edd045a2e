//! Logs that fail.

use super::*;

/// A log that fails from the nth call on.
#[derive(Debug, Default)]
struct Failing {
    log: MemoryEventLog,
    good: std::sync::atomic::AtomicUsize,
    appends_fail: bool,
}

impl Failing {
    fn after(good: usize) -> Self {
        Self { good: good.into(), ..Self::default() }
    }

    fn or_fail<T>(&self, answer: LogFuture<T>) -> LogFuture<T> {
        use std::sync::atomic::Ordering::Relaxed;
        match self.good.fetch_update(Relaxed, Relaxed, |good| good.checked_sub(1)) {
            Ok(_) => answer,
            Err(_) => LogFuture::ready(Err(LogError::new("connection refused by 10.0.0.7"))),
        }
    }
}

impl EventLog for Failing {
    fn open(&self, session: SessionId, stream: u64) -> LogFuture<()> {
        self.or_fail(self.log.open(session, stream))
    }

    fn append(&self, session: SessionId, stream: u64, message: Message) -> LogFuture<Option<u64>> {
        if self.appends_fail {
            return LogFuture::ready(Err(LogError::new("the disk is full")));
        }
        self.or_fail(self.log.append(session, stream, message))
    }

    fn end(&self, session: SessionId, stream: u64) -> LogFuture<()> {
        self.or_fail(self.log.end(session, stream))
    }

    fn read(&self, session: SessionId, stream: u64, after: u64) -> LogFuture<Option<Page>> {
        self.or_fail(self.log.read(session, stream, after))
    }

    fn remove(&self, session: SessionId, stream: u64) -> LogFuture<()> {
        self.or_fail(self.log.remove(session, stream))
    }

    fn purge(&self, session: SessionId) -> LogFuture<()> {
        self.or_fail(self.log.purge(session))
    }

    fn retention(&self) -> Duration {
        self.log.retention()
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_whose_log_fails_ends_and_cannot_be_resumed() {
    // RESUME-8
    for good in 0..4 {
        let layer = ResumeLayer::with_log(Arc::new(Failing::after(good)));
        let (server, session) = (Server::new(&layer), session(1, V2025_11_25));
        let (tap, mut stream) = server.call(&session).await;
        let last = id_of_next(&mut stream).await;
        let _ = tap.send(note(1));
        let _ = tap.send(note(2));
        let _ = tap.send(note(3));
        rest(&mut stream).await;
        assert!(tap.is_closed(), "{good}");
        let refused = server.send(get().within(&session).after(&last)).await;
        assert_eq!(refusal(&refused), (503, 503), "{good}");
        let shown = crate::support::json(&refused).to_string();
        assert!(!shown.contains("10.0.0.7"), "{shown}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_kept_is_not_passed_over_in_silence() {
    // RESUME-4, RESUME-8
    let log = Failing { appends_fail: true, ..Failing::after(usize::MAX) };
    let server = Server::new(&ResumeLayer::with_log(Arc::new(log)));
    let session = session(1, V2025_11_25);
    let (tap, mut stream) = server.call(&session).await;
    let last = id_of_next(&mut stream).await;
    tap.finish(Some(done())).expect("open");
    assert!(rest(&mut stream).await.is_empty());
    let refused = server.send(get().within(&session).after(&last)).await;
    assert_eq!(refusal(&refused), (400, -32600));
}
