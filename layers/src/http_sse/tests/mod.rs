mod decoder;
mod inside;
mod messages;
mod queue;
mod readiness;
mod refusals;
mod route;
mod streams;

use std::{
    convert::Infallible,
    future::Future,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use mcp_layers_core::extensions::Principal;
use serde_json::{Value, json};
use tower::{ServiceExt, service_fn, util::BoxCloneService};
use tower_layer::Layer;

use super::{HttpSseLayer, RequestBody, ResponseBody};

type ClientBody = Full<Bytes>;
type InnerRequest = Request<RequestBody<ClientBody>>;
type InnerBody = http_body_util::combinators::UnsyncBoxBody<Bytes, Infallible>;
type Server = BoxCloneService<Request<ClientBody>, Response<ResponseBody<InnerBody>>, Infallible>;

/// The layer around an endpoint that `answer` speaks for, once it has read the body.
fn server<F, R>(layer: &HttpSseLayer, answer: F) -> Server
where
    F: Fn(Request<String>) -> R + Clone + Send + 'static,
    R: Future<Output = Response<InnerBody>> + Send + 'static,
{
    let endpoint = service_fn(move |request: InnerRequest| {
        let answer = answer.clone();
        async move {
            let (parts, body) = request.into_parts();
            let Ok(body) = body.collect().await;
            let body = String::from_utf8(body.to_bytes().into()).expect("UTF-8");
            Ok::<_, Infallible>(answer(Request::from_parts(parts, body)).await)
        }
    });
    BoxCloneService::new(layer.layer(endpoint))
}

/// What the endpoint was asked: method, path, and whether by which session.
#[derive(Debug, Clone, Default)]
struct Seen(Arc<Mutex<Vec<Request<String>>>>);

impl Seen {
    fn add(&self, request: Request<String>) {
        self.0.lock().expect("not poisoned").push(request);
    }

    fn count(&self, method: &str) -> usize {
        self.0.lock().expect("not poisoned").iter().filter(|r| r.method() == method).count()
    }

    /// Waits until there are so many of this method, and returns the last.
    async fn wait(&self, method: &str, count: usize) -> Request<String> {
        while self.count(method) < count {
            tokio::task::yield_now().await;
        }
        let seen = self.0.lock().expect("not poisoned");
        seen.iter().rfind(|r| r.method() == method).expect("it was counted").clone()
    }
}

fn full(body: impl Into<Bytes>) -> InnerBody {
    Full::new(body.into()).boxed_unsync()
}

fn respond(status: u16, content_type: &str, body: impl Into<Bytes>) -> Response<InnerBody> {
    let response = Response::builder().status(status).header("content-type", content_type);
    response.body(full(body)).expect("a valid response")
}

fn ok(body: &Value) -> Response<InnerBody> {
    respond(200, "application/json", body.to_string())
}

fn accepted() -> Response<InnerBody> {
    let mut response = Response::new(full(""));
    *response.status_mut() = http::StatusCode::ACCEPTED;
    response
}

/// An empty result for whatever has an id, and a session for `initialize`.
fn plain(request: &Request<String>) -> Response<InnerBody> {
    let Ok(message) = serde_json::from_str::<Value>(request.body()) else {
        return respond(405, "application/json", "{}");
    };
    let Some(id) = message.get("id") else { return accepted() };
    if message["method"] != "initialize" {
        return ok(&json!({ "jsonrpc": "2.0", "id": id, "result": {} }));
    }
    let result = json!({ "protocolVersion": "2024-11-05", "capabilities": {} });
    let mut response = ok(&json!({ "jsonrpc": "2.0", "id": id, "result": result }));
    response.headers_mut().insert("mcp-session-id", "abc".parse().expect("a header value"));
    response
}

fn get(uri: &str) -> Request<ClientBody> {
    let builder = Request::get(uri).header("accept", "text/event-stream");
    builder.body(Full::default()).expect("a valid request")
}

fn post(uri: &str, body: &Value) -> Request<ClientBody> {
    let builder = Request::post(uri).header("content-type", "application/json");
    builder.body(Full::from(body.to_string())).expect("a valid request")
}

fn call(id: i64, method: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": method })
}

fn notification(method: &str) -> Value {
    json!({ "jsonrpc": "2.0", "method": method })
}

async fn send(server: &Server, request: Request<ClientBody>) -> Response<Bytes> {
    let Ok(response) = server.clone().oneshot(request).await;
    let (parts, body) = response.into_parts();
    let Ok(body) = body.collect().await;
    Response::from_parts(parts, body.to_bytes())
}

/// HTTP status and JSON-RPC code.
fn refusal(response: &Response<Bytes>) -> (u16, i64) {
    let body: Value = serde_json::from_slice(response.body()).expect("JSON");
    (response.status().as_u16(), body["error"]["code"].as_i64().expect("a code"))
}

/// A client of the old transport, with its stream open.
struct Client {
    server: Server,
    stream: ResponseBody<InnerBody>,
    address: String,
}

impl Client {
    async fn open(server: &Server) -> Self {
        Self::open_with(server, get("/sse")).await
    }

    async fn open_with(server: &Server, request: Request<ClientBody>) -> Self {
        let Ok(response) = server.clone().oneshot(request).await;
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let mut client =
            Self { server: server.clone(), stream: response.into_body(), address: String::new() };
        let first = client.frame().await.expect("an event");
        let address = first.strip_prefix("event: endpoint\ndata: ").expect("the first event");
        client.address = address.trim_end().to_owned();
        client
    }

    async fn post(&self, body: &Value) -> Response<Bytes> {
        send(&self.server, post(&self.address, body)).await
    }

    /// Opens a session: a POST, and its answer.
    async fn initialize(&mut self) {
        assert_eq!(self.post(&call(0, "initialize")).await.status(), 202);
        assert_eq!(self.next().await.expect("a message")["id"], 0);
    }

    async fn frame(&mut self) -> Option<String> {
        let Ok(frame) = self.stream.frame().await?;
        let data = frame.into_data().expect("data");
        Some(String::from_utf8(data.into()).expect("UTF-8"))
    }

    async fn next(&mut self) -> Option<Value> {
        let frame = self.frame().await?;
        let data = frame.strip_prefix("event: message\ndata: ").expect("a message event");
        let data = data.strip_suffix("\n\n").expect("a whole event");
        assert!(!data.contains('\n'), "one line: {data:?}");
        Some(serde_json::from_str(data).expect("JSON"))
    }

    fn is_waiting(&mut self) -> bool {
        let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
        let frame = std::pin::pin!(self.stream.frame());
        frame.poll(&mut cx).is_pending()
    }
}
