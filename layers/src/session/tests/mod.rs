mod admission;
mod ending;
mod opening;
mod readiness;
mod store;
mod within;

use std::{
    convert::Infallible,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use http::{Extensions, HeaderValue, Request, Response};
use mcp_layers_core::{
    Inbound, Outbound,
    extensions::{Principal, SessionHandle, SessionId},
    protocol::{LogLevel, Method, ProtocolVersion},
};
use serde_json::json;
use tower::{ServiceExt, util::BoxCloneService};
use tower_layer::Layer;

use super::{
    MemoryStore, Reservation, Session, SessionChange, SessionEnd, SessionEndReason, SessionLayer,
    SessionRecord, SessionStore, StoreError, StoreFuture,
};
use crate::support::{answer, post};

/// A server of this layer alone, and what its inner service saw.
#[derive(Clone)]
struct Server {
    service: Session<BoxCloneService<Request<Inbound>, Response<Outbound>, Infallible>>,
    seen: Arc<Mutex<Vec<Extensions>>>,
}

impl Server {
    /// The inner service sets the log level when asked to, and otherwise says yes.
    fn new(layer: &SessionLayer) -> Self {
        Self::with_answer(layer, |request| {
            if request.body().method() == Some(&Method::LoggingSetLevel) {
                let level = request.body().params().and_then(|params| params.string("level"));
                let level = level.and_then(|level| level.parse::<LogLevel>().ok());
                let session = request.extensions().get::<SessionHandle>();
                session.expect("in a session").set_log_level(level.expect("a level"));
            }
            answer(request)
        })
    }

    fn with_answer(
        layer: &SessionLayer,
        answer: impl Fn(&Request<Inbound>) -> Response<Outbound> + Clone + Send + Sync + 'static,
    ) -> Self {
        let seen = Arc::<Mutex<Vec<Extensions>>>::default();
        let log = Arc::clone(&seen);
        let inner = tower::service_fn(move |request: Request<Inbound>| {
            log.lock().expect("not poisoned").push(request.extensions().clone());
            let response = answer(&request);
            async move {
                tokio::task::yield_now().await;
                Ok(response)
            }
        });
        Self { service: layer.layer(BoxCloneService::new(inner)), seen }
    }

    async fn send(&self, request: Request<Inbound>) -> Response<Outbound> {
        self.service.clone().oneshot(request).await.expect("the layer has no error")
    }

    /// Opens a session, and returns its header.
    async fn open(&self) -> HeaderValue {
        session_of(&self.send(initialize()).await)
    }

    /// What the inner service saw last.
    fn last_seen(&self) -> Extensions {
        self.seen.lock().expect("not poisoned").last().expect("it was called").clone()
    }

    fn calls(&self) -> usize {
        self.seen.lock().expect("not poisoned").len()
    }
}

fn session_of(response: &Response<Outbound>) -> HeaderValue {
    response.headers().get("mcp-session-id").expect("a session was opened").clone()
}

fn initialize() -> Request<Inbound> {
    let mut request = post(json!({
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": {
            "protocolVersion": "2025-06-18",
            "capabilities": { "roots": { "listChanged": true } },
            "clientInfo": { "name": "probe", "version": "1" },
        },
    }));
    request.extensions_mut().insert(ProtocolVersion::V2025_06_18);
    request
}

fn call(method: &str) -> Request<Inbound> {
    post(json!({ "jsonrpc": "2.0", "id": 2, "method": method }))
}

fn notification(method: &str) -> Request<Inbound> {
    post(json!({ "jsonrpc": "2.0", "method": method }))
}

fn set_level(level: &str) -> Request<Inbound> {
    post(json!({
        "jsonrpc": "2.0", "id": 3, "method": "logging/setLevel", "params": { "level": level },
    }))
}

trait RequestExt {
    fn within(self, session: &HeaderValue) -> Self;
    fn by(self, principal: &'static str) -> Self;
    fn under(self, version: ProtocolVersion) -> Self;
}

impl RequestExt for Request<Inbound> {
    fn within(mut self, session: &HeaderValue) -> Self {
        self.headers_mut().insert("mcp-session-id", session.clone());
        self
    }

    fn by(mut self, principal: &'static str) -> Self {
        self.extensions_mut().insert(Principal::new(principal));
        self
    }

    fn under(mut self, version: ProtocolVersion) -> Self {
        self.extensions_mut().insert(version);
        self
    }
}

/// A store that answers after a while, as one over the network does.
#[derive(Debug, Default)]
struct Remote {
    store: MemoryStore,
    /// Each session ends right after it was loaded.
    fickle: bool,
    /// How often it was asked about a session.
    asked: AtomicUsize,
}

impl Remote {
    fn later<T: Send + 'static>(answer: StoreFuture<T>) -> StoreFuture<T> {
        StoreFuture::boxed(async move {
            tokio::task::yield_now().await;
            answer.await
        })
    }
}

impl SessionStore for Remote {
    fn reserve(&self) -> StoreFuture<Reservation> {
        Self::later(self.store.reserve())
    }

    fn create(&self, record: SessionRecord, room: Reservation) -> StoreFuture<Arc<SessionRecord>> {
        Self::later(self.store.create(record, room))
    }

    fn load(&self, id: SessionId) -> StoreFuture<Option<Arc<SessionRecord>>> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let answer = self.store.load(id);
        if self.fickle {
            drop(self.store.delete(id));
        }
        Self::later(answer)
    }

    fn exists(&self, id: SessionId) -> StoreFuture<bool> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        Self::later(self.store.exists(id))
    }

    fn update(&self, id: SessionId, change: SessionChange) -> StoreFuture<bool> {
        Self::later(self.store.update(id, change))
    }

    fn delete(&self, id: SessionId) -> StoreFuture<bool> {
        Self::later(self.store.delete(id))
    }

    fn idle_lifetime(&self) -> Duration {
        self.store.idle_lifetime()
    }
}

/// A layer over each kind of store.
fn both() -> [SessionLayer; 2] {
    [SessionLayer::new(), SessionLayer::with_store(Arc::new(Remote::default()))]
}

/// A store that fails.
#[derive(Debug)]
struct Broken;

fn broken<T>() -> StoreFuture<T> {
    StoreFuture::ready(Err(StoreError::unavailable("connection refused by 10.0.0.7")))
}

impl SessionStore for Broken {
    fn reserve(&self) -> StoreFuture<Reservation> {
        broken()
    }

    fn create(&self, _: SessionRecord, _: Reservation) -> StoreFuture<Arc<SessionRecord>> {
        broken()
    }

    fn load(&self, _: SessionId) -> StoreFuture<Option<Arc<SessionRecord>>> {
        broken()
    }

    fn exists(&self, _: SessionId) -> StoreFuture<bool> {
        broken()
    }

    fn update(&self, _: SessionId, _: SessionChange) -> StoreFuture<bool> {
        broken()
    }

    fn delete(&self, _: SessionId) -> StoreFuture<bool> {
        broken()
    }

    fn idle_lifetime(&self) -> Duration {
        Duration::MAX
    }
}
