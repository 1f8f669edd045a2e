mod answers;
mod closing;
mod draining;
mod ending;
mod event_id;
mod failing;
mod keeping;
mod limits;
mod log;
mod model;
mod readiness;
mod resuming;
mod takeover;

use std::{
    convert::Infallible,
    future::poll_fn,
    pin::Pin,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_core::Stream as _;
use http::{Extensions, Request, Response};
use mcp_layers_core::{
    Event, EventStream, Inbound, Outbound,
    extensions::{CancelToken, ClientCapabilities, SessionHandle, SessionId, StreamControl},
    jsonrpc::{Message, Overflow, RawJson},
    protocol::ProtocolVersion::{self, *},
    queue::{self, Sender},
};
use serde_json::{Value, json};
use tokio::time::timeout;
use tower::{ServiceExt, util::BoxCloneSyncService};
use tower_layer::Layer;

use super::{EventId, EventLog, LogError, LogFuture, MemoryEventLog, Page, Resume, ResumeLayer};
use crate::support::{answer, get, id, post, refusal};

const LEGACY: [ProtocolVersion; 3] = [V2025_03_26, V2025_06_18, V2025_11_25];

/// A server of this layer alone. Its inner service answers `tools/call` and GET with a
/// stream, which the test speaks on, and all else with a plain answer.
#[derive(Clone)]
struct Server {
    service: Resume<BoxCloneSyncService<Request<Inbound>, Response<Outbound>, Infallible>>,
    taps: Arc<Mutex<Vec<Sender>>>,
    seen: Arc<Mutex<Vec<Extensions>>>,
}

impl Server {
    fn new(layer: &ResumeLayer) -> Self {
        let (taps, seen) = (Arc::<Mutex<Vec<_>>>::default(), Arc::<Mutex<Vec<_>>>::default());
        let (inner_taps, inner_seen) = (Arc::clone(&taps), Arc::clone(&seen));
        let inner = tower::service_fn(move |request: Request<Inbound>| {
            inner_seen.lock().expect("not poisoned").push(request.extensions().clone());
            let name = request.body().method().map(|method| method.as_str().to_owned());
            let open = matches!(request.body(), Inbound::Open);
            let response = if open || name.as_deref() == Some("tools/call") {
                let (sender, receiver) = queue::channel(1 << 30);
                inner_taps.lock().expect("not poisoned").push(sender);
                Response::new(Outbound::Stream(match open {
                    true => EventStream::subscription(receiver),
                    false => EventStream::call(receiver),
                }))
            } else {
                answer(&request)
            };
            async move { Ok(response) }
        });
        Self { service: layer.layer(BoxCloneSyncService::new(inner)), taps, seen }
    }

    async fn send(&self, request: Request<Inbound>) -> Response<Outbound> {
        self.service.clone().oneshot(request).await.expect("the layer has no error")
    }

    /// Opens a stream, and returns the inner service's end of it and the client's.
    async fn open(&self, request: Request<Inbound>) -> (Sender, EventStream) {
        let stream = stream(self.send(request).await);
        let tap = self.taps.lock().expect("not poisoned").pop().expect("it was called");
        (tap, stream)
    }

    async fn call(&self, session: &SessionHandle) -> (Sender, EventStream) {
        self.open(call().within(session)).await
    }

    async fn resume(&self, session: &SessionHandle, last: &str) -> EventStream {
        stream(self.send(get().within(session).after(last)).await)
    }

    fn calls(&self) -> usize {
        self.seen.lock().expect("not poisoned").len()
    }
}

fn stream(response: Response<Outbound>) -> EventStream {
    match response.into_body() {
        Outbound::Stream(stream) => stream,
        other => panic!("no stream: {other:?}"),
    }
}

fn call() -> Request<Inbound> {
    post(json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call" }))
}

fn ping() -> Request<Inbound> {
    post(json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" }))
}

fn session(bits: u128, version: ProtocolVersion) -> SessionHandle {
    let (id, ended) = (SessionId::from_bits(bits), CancelToken::new());
    SessionHandle::new(id, version, ClientCapabilities::default(), None, ended)
}

trait RequestExt {
    fn within(self, session: &SessionHandle) -> Self;
    fn after(self, last_event_id: &str) -> Self;
}

impl RequestExt for Request<Inbound> {
    fn within(mut self, session: &SessionHandle) -> Self {
        self.extensions_mut().insert(session.protocol_version());
        self.extensions_mut().insert(session.clone());
        self
    }

    fn after(mut self, last_event_id: &str) -> Self {
        let value = last_event_id.parse().expect("a header's value");
        self.headers_mut().append("last-event-id", value);
        self
    }
}

/// A message that may not be lost.
fn note(n: usize) -> Message {
    Message::notification("note", &json!({ "n": n }))
}

/// The answer to the call.
fn done() -> Message {
    Message::result(&id(), &RawJson::empty_object())
}

/// The number of a note; `None` for the answer.
fn number(event: &Event) -> Option<usize> {
    let message = event.message.as_ref().expect("a message");
    let value: Value = serde_json::from_slice(message.bytes()).expect("a message is JSON");
    Some(value["params"]["n"].as_u64()? as usize)
}

/// What comes next. A test that waits in vain fails, and does not hang.
async fn next(stream: &mut EventStream) -> Option<Event> {
    let next = poll_fn(|cx| Pin::new(&mut *stream).poll_next(cx));
    timeout(Duration::from_secs(60), next).await.expect("the stream neither goes on nor ends")
}

/// The next event, which there must be.
async fn event(stream: &mut EventStream) -> Event {
    next(stream).await.expect("the stream goes on")
}

async fn id_of_next(stream: &mut EventStream) -> String {
    event(stream).await.id.expect("it has an id").into()
}

/// All that is left up to the end.
async fn rest(stream: &mut EventStream) -> Vec<Event> {
    let mut events = Vec::new();
    while let Some(event) = next(stream).await {
        events.push(event);
    }
    events
}

async fn numbers(stream: &mut EventStream) -> Vec<Option<usize>> {
    rest(stream).await.iter().map(number).collect()
}

/// Nothing comes, and the stream does not end. Time is paused: it goes on only when no
/// task has anything to do.
async fn is_quiet(stream: &mut EventStream) -> bool {
    timeout(Duration::from_millis(1), next(stream)).await.is_err()
}

/// Lets every task do what it has to do.
async fn settle() {
    let _ = timeout(Duration::from_millis(1), std::future::pending::<()>()).await;
}
