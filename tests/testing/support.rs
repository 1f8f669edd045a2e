//! A server with one of each kind, a client of each era, and servers that play a
//! script.

use std::{
    convert::Infallible,
    future::ready,
    io,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context as TaskContext, Poll},
};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body::{Body, Frame};
use http_body_util::{BodyExt as _, Full};
use mcp_stack::{
    BoxError, CompletionRequest, Context, Json, LogLevel, McpService, Prompt, ProtocolVersion,
    Resource, ResourceTemplate, Stack, Tool, testing::TestClient,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::mpsc;

pub(crate) type TestResult = Result<(), BoxError>;

#[derive(Serialize, Deserialize, JsonSchema, Debug, PartialEq)]
pub(crate) struct Terms {
    pub(crate) a: i64,
    pub(crate) b: i64,
}

#[derive(Deserialize, JsonSchema)]
struct Named {
    name: String,
}

/// Two tools a page, and one of everything else.
pub(crate) fn service() -> McpService {
    let offer = || -> Result<_, BoxError> {
        McpService::new("one-of-each", "1.0.0")
            .with_logging()
            .with_page_size(2)
            .with_tool(Tool::new("add", |terms: Terms| (terms.a + terms.b).to_string()))?
            .with_tool(Tool::new("swap", |terms: Terms| Json(Terms { a: terms.b, b: terms.a })))?
            .with_tool(Tool::new("fail", || Err::<String, _>("out of luck")))?
            .with_tool(Tool::new("walk", |cx: Context| {
                cx.progress(1.0, Some(2.0), None);
                cx.log(LogLevel::Info, "half way");
                "arrived"
            }))?
            .with_tool(Tool::new("wait", async |cx: Context| {
                cx.progress(0.0, None, None);
                std::future::pending::<String>().await
            }))?
            .with_resource(Resource::new("test://motd", "motd", || "be kind"))?
            .with_resource_template(ResourceTemplate::new("test://{name}", "any", |of: Named| {
                of.name
            }))?
            .with_prompt(
                Prompt::new("greet", |of: Named| format!("Greet {}.", of.name)).with_completion(
                    "name",
                    |typed: CompletionRequest| {
                        let mut names = vec!["Ada", "Alan", "Grace"];
                        names.retain(|name| name.starts_with(&typed.value));
                        names
                    },
                ),
            )
            .map_err(Into::into)
    };
    offer().expect("a valid offer")
}

pub(crate) const LEGACY: [ProtocolVersion; 3] =
    [ProtocolVersion::V2025_03_26, ProtocolVersion::V2025_06_18, ProtocolVersion::V2025_11_25];

/// Connected clients of the whole stack: a modern one, and one for each legacy revision.
pub(crate) async fn clients() -> Vec<TestClient> {
    let stack = Stack::new(service()).build();
    let mut clients = vec![TestClient::new(stack.clone())];
    clients.extend(LEGACY.map(|version| TestClient::new(stack.clone()).legacy(version)));
    let mut connected = Vec::new();
    for client in clients {
        connected.push(client.connect().await.expect("the server answers"));
    }
    connected
}

/// A request that a script is to answer.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) http: Method,
    pub(crate) headers: HeaderMap,
    /// `null` if there is none.
    pub(crate) body: Value,
}

impl Seen {
    pub(crate) fn method(&self) -> &str {
        self.body["method"].as_str().unwrap_or_default()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("ASCII"))
    }

    /// The result of this request, as JSON.
    pub(crate) fn result(&self, result: &Value) -> Response<Script> {
        json_body(200, &json!({ "jsonrpc": "2.0", "id": self.body["id"], "result": result }))
    }

    /// A JSON-RPC error for this request.
    pub(crate) fn error(&self, status: u16, code: i64) -> Response<Script> {
        let error = json!({ "code": code, "message": "no" });
        json_body(status, &json!({ "jsonrpc": "2.0", "id": self.body["id"], "error": error }))
    }
}

/// What a script has been asked so far.
pub(crate) type Log = Arc<Mutex<Vec<Seen>>>;

pub(crate) fn seen(log: &Log) -> Vec<Seen> {
    log.lock().expect("no panic").clone()
}

/// A client of a server that answers by this closure.
pub(crate) fn scripted(
    answer: impl Fn(&Seen) -> Response<Script> + Send + Sync + 'static,
) -> (TestClient, Log) {
    let (log, answer) = (Log::default(), Arc::new(answer));
    let kept = log.clone();
    let service = tower::service_fn(move |request: Request<Full<Bytes>>| {
        let (log, answer) = (log.clone(), answer.clone());
        async move {
            let (parts, body) = request.into_parts();
            let body = body.collect().await.expect("a whole body").to_bytes();
            let body = match body.is_empty() {
                true => Value::Null,
                false => serde_json::from_slice(&body).expect("JSON"),
            };
            let seen = Seen { http: parts.method, headers: parts.headers, body };
            log.lock().expect("no panic").push(seen.clone());
            ready(Ok::<_, Infallible>(answer(&seen))).await
        }
    });
    (TestClient::new(service), kept)
}

/// A body whose pieces come when the script sends them.
pub(crate) struct Script(mpsc::UnboundedReceiver<io::Result<Bytes>>);

#[derive(Debug, Clone)]
pub(crate) struct Writer(mpsc::UnboundedSender<io::Result<Bytes>>);

impl Writer {
    pub(crate) fn raw(&self, text: &str) {
        // Fails once the client is gone, which some tests want.
        let _ = self.0.send(Ok(Bytes::copy_from_slice(text.as_bytes())));
    }

    /// The connection is lost.
    pub(crate) fn break_off(&self) {
        let _ = self.0.send(Err(io::ErrorKind::ConnectionReset.into()));
    }

    pub(crate) fn event(&self, message: &Value) {
        self.raw(&format!("data: {message}\n\n"));
    }

    pub(crate) fn result(&self, id: &Value, result: &Value) {
        self.event(&json!({ "jsonrpc": "2.0", "id": id, "result": result }));
    }

    /// Waits until the client no longer reads.
    pub(crate) async fn dropped(&self) {
        self.0.closed().await;
    }
}

/// An event stream that is open while its writer is.
pub(crate) fn stream() -> (Writer, Response<Script>) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let mut response = Response::new(Script(receiver));
    response.headers_mut().insert("content-type", "text/event-stream".parse().expect("a value"));
    (Writer(sender), response)
}

pub(crate) fn empty(status: u16) -> Response<Script> {
    let mut response = Response::new(Script(mpsc::unbounded_channel().1));
    *response.status_mut() = StatusCode::from_u16(status).expect("a status");
    response
}

pub(crate) fn json_body(status: u16, body: &Value) -> Response<Script> {
    let (writer, mut response) = stream();
    writer.raw(&body.to_string());
    *response.status_mut() = StatusCode::from_u16(status).expect("a status");
    response.headers_mut().insert("content-type", "application/json".parse().expect("a value"));
    response
}

impl Body for Script {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut TaskContext<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        self.0.poll_recv(cx).map(|piece| Some(piece?.map(Frame::data)))
    }
}
