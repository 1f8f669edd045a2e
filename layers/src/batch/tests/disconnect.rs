use std::{
    pin::Pin,
    sync::atomic::{AtomicUsize, Ordering},
    task::{Context, Poll, Waker},
};

use mcp_layers_core::queue;
use tokio::sync::Semaphore;

use super::*;

type Answering = Pin<Box<dyn Future<Output = Result<Response<Outbound>, Infallible>> + Send>>;

/// A service that finishes when it may, and says how often it did.
fn gated(
    gate: &Arc<Semaphore>,
    done: &Arc<AtomicUsize>,
) -> impl Fn(Request<Inbound>) -> Answering + Clone + Send + use<> {
    let (gate, done) = (Arc::clone(gate), Arc::clone(done));
    move |request| {
        let (gate, done) = (Arc::clone(&gate), Arc::clone(&done));
        Box::pin(async move {
            gate.acquire().await.expect("it stays open").forget();
            done.fetch_add(1, Ordering::Relaxed);
            Ok(answer(&request))
        })
    }
}

/// Waits until the service is held by nobody but the test.
async fn until_idle(gate: &Arc<Semaphore>) {
    while Arc::strong_count(gate) > 2 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_client_that_goes_away_has_cancelled_nothing() {
    // RPC-22: not what is at work, and not what is still to come.
    for (layer, expected) in [(BatchLayer::new(), 3), (BatchLayer::new().drop_on_disconnect(), 0)] {
        let (gate, done) = (Arc::new(Semaphore::new(0)), Arc::<AtomicUsize>::default());
        let inner = gated(&gate, &done);
        let mut service = layer.with_concurrency(2).layer(service_fn(inner));
        let mut future = Box::pin(service.call(batch([call(1, "a"), call(2, "b"), call(3, "c")])));
        assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        drop(future);
        gate.add_permits(3);
        drop(service);
        while Arc::strong_count(&gate) > 1 {
            tokio::task::yield_now().await;
        }
        assert_eq!(done.load(Ordering::Relaxed), expected);
    }
}

#[tokio::test]
async fn a_stream_whose_reader_goes_away_works_on_unless_told_otherwise() {
    // RPC-23
    for (layer, expected) in [(BatchLayer::new(), 1), (BatchLayer::new().drop_on_disconnect(), 0)] {
        let (gate, done) = (Arc::new(Semaphore::new(0)), Arc::<AtomicUsize>::default());
        let gated = gated(&gate, &done);
        let service = layer.layer(service_fn(move |request: Request<Inbound>| {
            let gated = gated.clone();
            async move {
                if request.body().method().expect("a request").as_str() != "stream" {
                    return gated(request).await;
                }
                let (sender, receiver) = queue::channel(1 << 20);
                sender.send(Message::notification("x", &json!({}))).expect("open");
                Ok(Response::new(Outbound::Stream(EventStream::call(receiver))))
            }
        }));
        let Ok(response) = service.oneshot(batch([call(1, "gated"), call(2, "stream")])).await;
        assert!(matches!(response.body(), Outbound::Stream(_)));
        drop(response);
        if expected == 0 {
            while Arc::strong_count(&gate) > 1 {
                tokio::task::yield_now().await;
            }
        }
        gate.add_permits(1);
        until_idle(&gate).await;
        while done.load(Ordering::Relaxed) < expected {
            tokio::task::yield_now().await;
        }
        assert_eq!(done.load(Ordering::Relaxed), expected);
    }
}

#[test]
fn without_a_runtime_a_batch_that_is_dropped_is_dropped() {
    // RPC-22: and nothing panics.
    let (gate, done) = (Arc::new(Semaphore::new(0)), Arc::<AtomicUsize>::default());
    let mut service = BatchLayer::new().layer(service_fn(gated(&gate, &done)));
    let mut future = Box::pin(service.call(batch([call(1, "a")])));
    let polled = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert!(matches!(polled, Poll::Pending));
    drop((future, service));
    assert_eq!(Arc::strong_count(&gate), 1);
}
