//! A stack to put layers around, and a client without a socket.

use std::{
    sync::Arc,
    task::{Context as Poller, Poll},
};

use bytes::Bytes;
use http::Request;
use http_body::Body;
use http_body_util::{BodyExt, Full};
use mcp_stack::{Context, McpService, Stack, Tool};
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tower::{Service, ServiceExt as _, util::Oneshot};
use tower_http::request_id::RequestId;

/// The far end of the tools' strings.
pub(crate) struct Strings {
    /// A permit lets one call finish.
    pub(crate) gate: Semaphore,
    /// A permit for each that is over, answered or given up.
    pub(crate) over: Semaphore,
}

impl Strings {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { gate: Semaphore::new(0), over: Semaphore::new(0) })
    }

    pub(crate) fn stack(self: &Arc<Self>) -> Stack<McpService, mcp_stack::DefaultSlots> {
        let (quiet, telling) = (Arc::clone(self), Arc::clone(self));
        let quietly = move || {
            let strings = Arc::clone(&quiet);
            async move { strings.wait().await }
        };
        let telling = move |cx: Context| {
            let strings = Arc::clone(&telling);
            async move {
                cx.progress(1.0, Some(2.0), None);
                strings.wait().await
            }
        };
        let request_id = |cx: Context| {
            let id = cx.extensions().get().map(|id: &RequestId| id.header_value().clone());
            id.map_or("none".to_owned(), |id| id.to_str().expect("ASCII").to_owned())
        };
        let panics = || -> &str { panic!("a tool was told to panic") };
        let service = [
            Tool::new("quietly", quietly),
            Tool::new("telling", telling),
            Tool::new("request_id", request_id),
            Tool::new("panics", panics),
        ]
        .into_iter()
        .try_fold(McpService::new("tower_layers", "1.0.0"), McpService::with_tool);
        Stack::new(service.expect("fit tools"))
    }

    async fn wait(&self) -> &'static str {
        let _over = OnDrop(&self.over);
        take(&self.gate).await;
        "done"
    }
}

struct OnDrop<'a>(&'a Semaphore);

impl Drop for OnDrop<'_> {
    fn drop(&mut self) {
        self.0.add_permits(1);
    }
}

/// Waits for a permit, and uses it up.
pub(crate) async fn take(permits: &Semaphore) {
    permits.acquire().await.expect("never closed").forget();
}

/// A call by a client of the stateless revision.
pub(crate) fn modern(tool: &str) -> Request<Full<Bytes>> {
    let params = json!({
        "name": tool,
        "_meta": {
            "progressToken": 1,
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": {},
        },
    });
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
    post()
        .header("mcp-protocol-version", "2026-07-28")
        .header("mcp-method", "tools/call")
        .header("mcp-name", tool)
        .body(message.to_string().into())
        .expect("a valid request")
}

/// A message of a client with sessions; without one, for a server that takes that.
pub(crate) fn legacy(session: Option<&str>, method: &str, params: Value) -> Request<Full<Bytes>> {
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    let request = post().header("mcp-protocol-version", "2025-11-25");
    let request = match session {
        Some(session) => request.header("mcp-session-id", session),
        None => request,
    };
    request.body(message.to_string().into()).expect("a valid request")
}

pub(crate) fn initialize() -> Request<Full<Bytes>> {
    let client = json!({ "name": "test", "version": "1.0.0" });
    let params =
        json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client });
    legacy(None, "initialize", params)
}

fn post() -> http::request::Builder {
    Request::post("/mcp")
        .header("host", "localhost")
        .header("accept", "application/json, text/event-stream")
        .header("content-type", "application/json")
}

/// The answer of the service, once it is ready.
pub(crate) fn send<S>(
    service: &S,
    request: Request<Full<Bytes>>,
) -> Oneshot<S, Request<Full<Bytes>>>
where
    S: Service<Request<Full<Bytes>>> + Clone,
{
    service.clone().oneshot(request)
}

/// The next data of a body, as text.
pub(crate) async fn next<B>(body: &mut B) -> String
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: std::fmt::Debug,
{
    let frame = body.frame().await.expect("more").expect("no error");
    let data = frame.into_data().expect("data");
    String::from_utf8(data.to_vec()).expect("UTF-8")
}

/// All that is left of a body, as text.
pub(crate) async fn rest<B>(body: B) -> String
where
    B: Body<Data = Bytes>,
    B::Error: std::fmt::Debug,
{
    let bytes = body.collect().await.expect("no error").to_bytes();
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// Whether nothing comes of the future until something else happens.
pub(crate) fn is_pending<F: Future>(future: std::pin::Pin<&mut F>) -> bool {
    let mut cx = Poller::from_waker(std::task::Waker::noop());
    matches!(future.poll(&mut cx), Poll::Pending)
}
