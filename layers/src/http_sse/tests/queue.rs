use std::{
    future::poll_fn,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use bytes::Bytes;

use super::super::queue::Queue;

async fn push(queue: &Queue, event: &'static str) {
    let room = queue.room(event.len()).await.expect("it is open");
    queue.push(Bytes::from_static(event.as_bytes()), room);
}

async fn next(queue: &Queue) -> Option<Bytes> {
    poll_fn(|cx| queue.poll_next(cx)).await
}

fn is_pending(future: impl Future) -> bool {
    let future = std::pin::pin!(future);
    future.poll(&mut Context::from_waker(Waker::noop())).is_pending()
}

#[tokio::test]
async fn events_come_in_order_and_the_reader_is_woken() {
    // LEGACY-SSE-3
    let queue = Arc::new(Queue::new(16));
    let reader = tokio::spawn({
        let queue = Arc::clone(&queue);
        async move { [next(&queue).await, next(&queue).await, next(&queue).await] }
    });
    tokio::task::yield_now().await;
    push(&queue, "a").await;
    push(&queue, "b").await;
    tokio::task::yield_now().await;
    queue.finish();
    let read = reader.await.expect("no panic");
    assert_eq!(read, [Some(Bytes::from("a")), Some(Bytes::from("b")), None]);
}

#[tokio::test]
async fn what_does_not_fit_waits_and_what_never_fits_goes_alone() {
    // LEGACY-SSE-3
    let queue = Queue::new(4);
    push(&queue, "abc").await;
    assert!(is_pending(queue.room(2)));
    assert!(!is_pending(queue.room(1)));
    assert!(is_pending(queue.room(1_000)));
    next(&queue).await;
    push(&queue, "a thousand").await;
    assert!(is_pending(queue.room(1)));
    assert_eq!(next(&queue).await.expect("an event"), "a thousand");
    push(&queue, "abcd").await;
}

#[tokio::test]
async fn a_finished_queue_takes_nothing_and_gives_what_it_has() {
    // LEGACY-SSE-8
    let queue = Queue::new(4);
    push(&queue, "a").await;
    let late = queue.room(1).await.expect("it is open");
    queue.finish();
    assert!(queue.room(1).await.is_none());
    queue.push("late".into(), late);
    assert_eq!(next(&queue).await.expect("an event"), "a");
    assert_eq!(next(&queue).await, None);

    let queue = Queue::new(4);
    push(&queue, "a").await;
    queue.clear();
    let polled = queue.poll_next(&mut Context::from_waker(Waker::noop()));
    assert!(matches!(polled, Poll::Ready(None)));
}
