mod by_client;
mod disconnect;
mod in_flight;
mod notice;
mod readiness;
mod timeout;
mod tree;

use std::{
    convert::Infallible,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
};

use futures_core::Stream as _;
use http::{Request, Response};
use mcp_layers_core::{
    EventStream, Inbound, Outbound,
    extensions::{
        self, CancelReason, CancelToken, ClientCapabilities, OnDisconnect, Principal,
        SessionHandle, SessionId,
    },
    protocol::ProtocolVersion,
    queue,
    shutdown::Shutdown,
};
use serde_json::{Value, json};
use tower::{ServiceExt, util::BoxCloneSyncService};
use tower_layer::Layer;

use super::CancellationLayer;
use crate::support::{answer, json as message, post};

type Inner = BoxCloneSyncService<Request<Inbound>, Response<Outbound>, Infallible>;

/// What is known of the requests that reached an inner service.
#[derive(Clone, Default)]
struct Log(Arc<LogState>);

#[derive(Default)]
struct LogState {
    cancellations: Mutex<Vec<(CancelToken, OnDisconnect)>>,
    dropped: AtomicUsize,
}

impl Log {
    fn push(&self, cancellation: &extensions::Cancellation) {
        let entry = (cancellation.token().clone(), cancellation.on_disconnect());
        self.0.cancellations.lock().expect("not poisoned").push(entry);
    }

    fn token(&self, n: usize) -> CancelToken {
        self.0.cancellations.lock().expect("not poisoned")[n].0.clone()
    }

    fn on_disconnect(&self, n: usize) -> OnDisconnect {
        self.0.cancellations.lock().expect("not poisoned")[n].1
    }

    /// How many requests were dropped before their end.
    fn dropped(&self) -> usize {
        self.0.dropped.load(Ordering::Relaxed)
    }
}

/// Counts its own drop.
struct Unfinished(Log);

impl Drop for Unfinished {
    fn drop(&mut self) {
        self.0.0.dropped.fetch_add(1, Ordering::Relaxed);
    }
}

/// An inner service that never answers a request, and looks at no token.
fn deaf(log: &Log) -> Inner {
    let log = log.clone();
    BoxCloneSyncService::new(tower::service_fn(move |request: Request<Inbound>| {
        let log = log.clone();
        async move {
            let Some(cancellation) = request.extensions().get::<extensions::Cancellation>() else {
                return Ok(answer(&request));
            };
            log.push(cancellation);
            let _unfinished = Unfinished(log);
            std::future::pending().await
        }
    }))
}

/// An inner service that answers at once.
fn prompt(log: &Log) -> Inner {
    let log = log.clone();
    BoxCloneSyncService::new(tower::service_fn(move |request: Request<Inbound>| {
        if let Some(cancellation) = request.extensions().get() {
            log.push(cancellation);
        }
        let response = answer(&request);
        async move { Ok(response) }
    }))
}

/// An inner service that moves its work onto a task at once, as the real one does
/// when something is emitted. The work ends when its token fires or `done` does, and
/// says which on the stream.
fn streaming(log: &Log, done: &CancelToken) -> Inner {
    let (log, done) = (log.clone(), done.clone());
    BoxCloneSyncService::new(tower::service_fn(move |mut request: Request<Inbound>| {
        let cancellation: extensions::Cancellation =
            request.extensions_mut().remove().expect("inserted");
        log.push(&cancellation);
        let (sender, receiver) = queue::channel(1024);
        let (log, done) = (log.clone(), done.clone());
        tokio::spawn(async move {
            let unfinished = Unfinished(log);
            let cancelled = async {
                tokio::select! {
                    _ = cancellation.token().cancelled() => true,
                    () = sender.closed() => {
                        cancellation.token().cancel(CancelReason::Disconnected);
                        true
                    }
                    _ = done.cancelled() => false,
                }
            };
            if !cancelled.await {
                std::mem::forget(unfinished);
            }
            drop(cancellation);
        });
        let response = Response::new(Outbound::Stream(EventStream::call(receiver)));
        async move { Ok(response) }
    }))
}

fn call(id: impl Into<Value>) -> Request<Inbound> {
    request(id, "tools/call")
}

fn request(id: impl Into<Value>, method: &str) -> Request<Inbound> {
    post(json!({ "jsonrpc": "2.0", "id": id.into(), "method": method }))
}

fn cancelled(params: Value) -> Request<Inbound> {
    post(json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": params }))
}

fn session(bits: u128) -> SessionHandle {
    SessionHandle::new(
        SessionId::from_bits(bits),
        ProtocolVersion::V2025_06_18,
        ClientCapabilities::default(),
        None,
        CancelToken::new(),
    )
}

trait RequestExt {
    fn within(self, session: &SessionHandle) -> Self;
    fn modern(self) -> Self;
    fn by(self, name: &str) -> Self;
}

impl RequestExt for Request<Inbound> {
    fn within(mut self, session: &SessionHandle) -> Self {
        self.extensions_mut().insert(session.clone());
        self
    }

    fn modern(mut self) -> Self {
        self.extensions_mut().insert(ProtocolVersion::V2026_07_28);
        self
    }

    fn by(mut self, name: &str) -> Self {
        self.extensions_mut().insert(Principal::new(name));
        self
    }
}

/// A response on its way. Dropping it is the client going away.
struct Pending(std::pin::Pin<Box<dyn Future<Output = Response<Outbound>>>>);

impl Pending {
    /// Sends a request, which gets its first poll.
    fn new(layer: &CancellationLayer, inner: &Inner, request: Request<Inbound>) -> Self {
        let service = layer.layer(inner.clone());
        let mut pending = Self(Box::pin(async move {
            service.oneshot(request).await.expect("the layer has no error")
        }));
        assert!(pending.poll().is_none(), "an answer at once");
        pending
    }

    fn poll(&mut self) -> Option<Response<Outbound>> {
        match self.0.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(response) => Some(response),
            Poll::Pending => None,
        }
    }
}

async fn send(
    layer: &CancellationLayer,
    inner: &Inner,
    request: Request<Inbound>,
) -> Response<Outbound> {
    layer.layer(inner.clone()).oneshot(request).await.expect("the layer has no error")
}

fn error_code(response: &Response<Outbound>) -> i64 {
    message(response)["error"]["code"].as_i64().expect("an error")
}

/// How many events a stream has before it ends.
async fn events(response: Response<Outbound>) -> usize {
    let Outbound::Stream(stream) = response.into_body() else { panic!("no stream") };
    let mut stream = std::pin::pin!(stream);
    let mut count = 0;
    while std::future::poll_fn(|cx| stream.as_mut().poll_next(cx)).await.is_some() {
        count += 1;
    }
    count
}

/// Lets the tasks run that can.
async fn settle() {
    for _ in 0..8 {
        tokio::task::yield_now().await;
    }
}

fn tasks() -> usize {
    tokio::runtime::Handle::current().metrics().num_alive_tasks()
}
