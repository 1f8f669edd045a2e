use std::task::{Context, Poll};

use futures_core::Stream;
use mcp_layers_core::shutdown::Shutdown;

use super::*;

fn tasks() -> usize {
    tokio::runtime::Handle::current().metrics().num_alive_tasks()
}

#[tokio::test(start_paused = true)]
async fn a_drain_waits_for_a_call_whose_client_may_come_back() {
    // CANCEL-4, RESUME-11
    let (log, shutdown) = (Arc::new(MemoryEventLog::new()), Shutdown::new());
    let layer = ResumeLayer::with_log(Arc::<MemoryEventLog>::clone(&log));
    let layer = layer.with_shutdown(shutdown.clone()).with_max_streams_per_session(4);
    let server = Server::new(&layer);
    let session = session(1, ProtocolVersion::V2025_11_25);
    let (tap, mut stream) = server.call(&session).await;
    let seen = id_of_next(&mut stream).await;
    drop(stream);
    shutdown.drain();
    let mut finished = shutdown.finished();
    assert!(timeout(Duration::from_secs(60), &mut finished).await.is_err());
    tap.send(note(1)).expect("it runs on");
    let mut stream = server.resume(&session, &seen).await;
    assert_eq!(number(&event(&mut stream).await), Some(1));
    tap.finish(Some(done())).expect("it runs on");
    finished.await;
    assert_eq!(numbers(&mut stream).await, [None]);

    // What looks after the streams ends, and they stay for a node that shares the log.
    assert_eq!(tasks(), 1);
    shutdown.cancel();
    shutdown.ended().await;
    settle().await;
    assert_eq!(tasks(), 0);
    let other = Server::new(&ResumeLayer::with_log(log));
    assert_eq!(numbers(&mut other.resume(&session, &seen).await).await, [Some(1), None]);
}

#[tokio::test(start_paused = true)]
async fn a_standalone_stream_ends_with_the_retry_that_the_service_gives() {
    // SSE-18
    /// A message, then when to come back, then the end.
    struct Closing(Vec<Event>);
    impl Stream for Closing {
        type Item = Event;
        fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Event>> {
            Poll::Ready(self.0.pop())
        }
    }
    let inner = tower::service_fn(|_: Request<Inbound>| async {
        let mut retry = Event::default();
        retry.retry = Some(Duration::from_secs(5));
        let events = Closing(vec![retry, note(1).into()]);
        Ok::<_, Infallible>(Response::new(Outbound::Stream(EventStream::subscription(events))))
    });
    let service = ResumeLayer::new().layer(inner);
    let session = session(1, ProtocolVersion::V2025_11_25);
    let Ok(response) = service.oneshot(get().within(&session)).await;
    let events = rest(&mut stream(response)).await;
    let [priming, message, retry] = &events[..] else { panic!("{events:?}") };
    assert!(priming.id.is_some() && priming.message.is_none());
    assert_eq!(number(message), Some(1));
    assert_eq!((retry.retry, retry.message.is_none()), (Some(Duration::from_secs(5)), true));
}
