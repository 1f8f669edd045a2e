//! The transport of 2024-11-05 before a whole endpoint.

use std::{
    convert::Infallible,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use mcp_layers::{
    batch::BatchLayer,
    cancellation::CancellationLayer,
    http_sse::{HttpSseLayer, ResponseBody},
    negotiate::{self, NegotiateLayer},
    protocol_version::ProtocolVersionLayer,
    session::SessionLayer,
    validate_origin::ValidateOriginLayer,
};
use mcp_layers_core::{
    EventStream, Inbound, Outbound,
    extensions::{Cancellation, SessionHandle},
    jsonrpc::{Message, RawJson, RequestId},
    protocol::{Method, ProtocolVersion},
    queue::{self, Sender},
};
use serde_json::{Value, json};
use tokio::sync::{Notify, oneshot};
use tower::{ServiceBuilder, ServiceExt, service_fn, util::BoxCloneService};

type Body = ResponseBody<negotiate::ResponseBody>;
type Server = BoxCloneService<Request<Full<Bytes>>, Response<Body>, Infallible>;

/// What the handlers have to do with the tests.
#[derive(Clone, Default)]
struct World {
    /// The session of the last request.
    session: Arc<Mutex<Option<SessionHandle>>>,
    version: Arc<Mutex<Option<ProtocolVersion>>>,
    /// The stream for what comes by itself.
    listener: Arc<Mutex<Option<Sender>>>,
    replied: Arc<Notify>,
    /// Sent to when work was cancelled.
    cancelled: Arc<Mutex<Option<oneshot::Sender<()>>>>,
}

impl World {
    fn server(&self) -> Server {
        let world = self.clone();
        let service = ServiceBuilder::new()
            .layer(ValidateOriginLayer::new())
            .layer(HttpSseLayer::new())
            .layer(NegotiateLayer::new().with_max_body_bytes(4096))
            .layer(ProtocolVersionLayer::new())
            .layer(SessionLayer::new())
            .layer(BatchLayer::new())
            .layer(CancellationLayer::new())
            .service(service_fn(move |request: Request<Inbound>| {
                let world = world.clone();
                async move { Ok(Response::new(world.serve(&request).await)) }
            }));
        BoxCloneService::new(service)
    }

    async fn serve(&self, request: &Request<Inbound>) -> Outbound {
        let version = ProtocolVersion::of(request.extensions());
        *self.version.lock().expect("not poisoned") = Some(version);
        if let Some(session) = request.extensions().get::<SessionHandle>() {
            *self.session.lock().expect("not poisoned") = Some(session.clone());
        }
        let request_message = match request.body() {
            Inbound::Request(message) => message,
            Inbound::Reply(_) => {
                self.replied.notify_one();
                return Outbound::Accepted;
            }
            Inbound::Open => {
                let (sender, receiver) = queue::channel(1 << 20);
                *self.listener.lock().expect("not poisoned") = Some(sender);
                return Outbound::Stream(EventStream::subscription(receiver));
            }
            _ => return Outbound::Accepted,
        };
        let id = &request_message.id;
        let done = Message::result(id, &RawJson::empty_object());
        match (&request_message.method, request_message.method.as_str()) {
            (Method::Initialize, _) => {
                let result = json!({ "protocolVersion": version.as_str(), "capabilities": {} });
                let result = RawJson::from_value(&result).expect("JSON");
                Outbound::Response(Message::result(id, &result))
            }
            (_, "wait") => {
                let cancellation = request.extensions().get::<Cancellation>().expect("inserted");
                cancellation.token().cancelled().await;
                let cancelled = self.cancelled.lock().expect("not poisoned").take();
                let _ = cancelled.expect("one is waited for").send(());
                std::future::pending().await
            }
            (_, "ask") => {
                let (sender, receiver) = queue::channel(1 << 20);
                let replied = Arc::clone(&self.replied);
                sender.send(Message::notification("x", &json!({}))).expect("open");
                sender
                    .send(Message::request(&RequestId::from(9), "roots/list", &json!({})))
                    .expect("open");
                tokio::spawn(async move {
                    replied.notified().await;
                    let _ = sender.finish(Some(done));
                });
                Outbound::Stream(EventStream::call(receiver))
            }
            _ => Outbound::Response(done),
        }
    }

    fn session(&self) -> SessionHandle {
        self.session.lock().expect("not poisoned").clone().expect("a session was seen")
    }
}

fn post(uri: &str, body: impl ToString) -> Request<Full<Bytes>> {
    let builder = Request::post(uri).header("content-type", "application/json");
    builder.body(Full::from(body.to_string())).expect("a valid request")
}

fn get(uri: &str) -> Request<Full<Bytes>> {
    let builder = Request::get(uri).header("accept", "text/event-stream");
    builder.body(Full::default()).expect("a valid request")
}

async fn send(server: &Server, request: Request<Full<Bytes>>) -> (StatusCode, Bytes) {
    let Ok(response) = server.clone().oneshot(request).await;
    let status = response.status();
    let Ok(body) = response.into_body().collect().await;
    (status, body.to_bytes())
}

fn call(id: i64, method: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": method })
}

/// A client as they were in 2024.
struct Client {
    server: Server,
    stream: Body,
    address: String,
}

impl Client {
    async fn open(server: &Server) -> Self {
        let Ok(response) = server.clone().oneshot(get("/sse")).await;
        let mut stream = response.into_body();
        let first = next_event(&mut stream).await.expect("the first event");
        let address = first.strip_prefix("event: endpoint\ndata: ").expect("the address");
        let address = address.trim_end().to_owned();
        Self { server: server.clone(), stream, address }
    }

    async fn post(&self, body: impl ToString) -> StatusCode {
        let (status, body) = send(&self.server, post(&self.address, body)).await;
        assert!(status != 202 || body.is_empty());
        status
    }

    async fn next(&mut self) -> Option<Value> {
        let event = next_event(&mut self.stream).await?;
        let data = event.strip_prefix("event: message\ndata: ").expect("a message");
        Some(serde_json::from_str(data).expect("JSON"))
    }

    async fn initialize(&mut self, version: &str) -> Value {
        let mut message = call(0, "initialize");
        message["params"] = json!({ "protocolVersion": version, "capabilities": {} });
        assert_eq!(self.post(&message).await, 202);
        let answer = self.next().await.expect("an answer");
        let initialized = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        assert_eq!(self.post(initialized).await, 202);
        answer["result"]["protocolVersion"].clone()
    }
}

async fn next_event(stream: &mut Body) -> Option<String> {
    let Ok(frame) = stream.frame().await?;
    let data = frame.into_data().expect("data");
    Some(String::from_utf8(data.into()).expect("UTF-8"))
}

#[tokio::test]
async fn a_client_of_2024_11_05_is_served_by_the_same_endpoint() {
    // LEGACY-SSE-1, LEGACY-SSE-2, LEGACY-SSE-3, LEGACY-SSE-4, LEGACY-SSE-5, LEGACY-SSE-9
    let world = World::default();
    let server = world.server();
    let mut client = Client::open(&server).await;
    assert_eq!(client.initialize("2024-11-05").await, "2024-11-05");
    assert_eq!(client.post(call(1, "tools/list")).await, 202);
    let answer = client.next().await.expect("an answer");
    assert_eq!(answer, json!({ "jsonrpc": "2.0", "id": 1, "result": {} }));
    assert_eq!(*world.version.lock().expect("not poisoned"), Some(ProtocolVersion::V2024_11_05));
    assert_eq!(world.session().protocol_version(), ProtocolVersion::V2024_11_05);
    // Beside it the endpoint is what it was.
    let (status, _) = send(&server, post("/mcp", call(1, "ping"))).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn initialize_negotiates_a_legacy_revision() {
    // LEGACY-SSE-9
    let server = World::default().server();
    for (asked, expected) in [
        ("2024-11-05", "2024-11-05"),
        ("2025-03-26", "2025-03-26"),
        ("2025-11-25", "2025-11-25"),
        ("2026-07-28", "2025-11-25"),
        ("1.0", "2025-11-25"),
    ] {
        let mut client = Client::open(&server).await;
        assert_eq!(client.initialize(asked).await, expected);
        assert_eq!(client.post(call(1, "ping")).await, 202);
        assert_eq!(client.next().await.expect("an answer")["result"], json!({}));
    }
}

#[tokio::test]
async fn a_modern_request_is_not_served() {
    // LEGACY-SSE-9
    let server = World::default().server();
    let mut client = Client::open(&server).await;
    client.initialize("2024-11-05").await;
    let mut modern = call(1, "server/discover");
    modern["params"] =
        json!({ "_meta": { "io.modelcontextprotocol/protocolVersion": "2026-07-28" } });
    let mut request = post(&client.address, modern);
    let header = "2026-07-28".parse().expect("a header value");
    request.headers_mut().insert("mcp-protocol-version", header);
    assert_eq!(send(&server, request).await.0, 202);
    assert_eq!(client.next().await.expect("an answer")["error"]["code"], -32020);
}

#[tokio::test]
async fn the_server_asks_and_is_answered_while_a_call_is_at_work() {
    // LEGACY-SSE-3, LEGACY-SSE-4
    let server = World::default().server();
    let mut client = Client::open(&server).await;
    client.initialize("2024-11-05").await;
    assert_eq!(client.post(call(1, "ask")).await, 202);
    assert_eq!(client.next().await.expect("a message")["method"], "x");
    let asked = client.next().await.expect("a message");
    assert_eq!(asked["method"], "roots/list");
    let reply = json!({ "jsonrpc": "2.0", "id": asked["id"], "result": { "roots": [] } });
    assert_eq!(client.post(reply).await, 202);
    assert_eq!(client.next().await.expect("a message")["id"], 1);
}

#[tokio::test]
async fn what_comes_by_itself_is_on_the_stream_too() {
    // LEGACY-SSE-3
    let world = World::default();
    let mut client = Client::open(&world.server()).await;
    client.initialize("2024-11-05").await;
    let sender = loop {
        tokio::task::yield_now().await;
        if let Some(sender) = world.listener.lock().expect("not poisoned").take() {
            break sender;
        }
    };
    sender
        .send(Message::notification("notifications/tools/list_changed", &json!({})))
        .expect("open");
    let message = client.next().await.expect("a message");
    assert_eq!(message["method"], "notifications/tools/list_changed");
    drop(client);
    sender.closed().await;
}

#[tokio::test]
async fn closing_the_stream_ends_the_session_and_all_that_runs_in_it() {
    // LEGACY-SSE-8
    let world = World::default();
    let server = world.server();
    let (sender, cancelled) = oneshot::channel();
    *world.cancelled.lock().expect("not poisoned") = Some(sender);
    let mut client = Client::open(&server).await;
    client.initialize("2024-11-05").await;
    assert_eq!(client.post(call(1, "wait")).await, 202);
    let session = world.session();
    assert!(!session.ended().is_cancelled());
    let address = client.address.clone();
    drop(client);
    session.ended().cancelled().await;
    cancelled.await.expect("the handler hears of it before it is dropped");
    let mut request = post("/mcp", call(1, "ping"));
    request.headers_mut().insert("mcp-session-id", session.id().to_header_value());
    assert_eq!(send(&server, request).await.0, 404);
    assert_eq!(send(&server, post(&address, call(1, "ping"))).await.0, 404);
}

#[tokio::test]
async fn the_endpoint_s_own_limits_hold() {
    // LEGACY-SSE-5: and nothing of it is on the stream.
    let server = World::default().server();
    let mut client = Client::open(&server).await;
    client.initialize("2024-11-05").await;
    let large = json!({ "jsonrpc": "2.0", "id": 1, "method": "x".repeat(5000) });
    assert_eq!(client.post(large).await, 413);
    assert_eq!(client.post("no JSON").await, 400);
    let mut form = post(&client.address, call(1, "ping"));
    form.headers_mut().insert("content-type", "text/plain".parse().expect("a header value"));
    assert_eq!(send(&server, form).await.0, 415);
    assert_eq!(client.post(call(2, "ping")).await, 202);
    assert_eq!(client.next().await.expect("an answer")["id"], 2);
}

#[tokio::test]
async fn what_names_its_request_is_answered_on_the_stream_alone() {
    // LEGACY-SSE-4: before there is a session, and with params that are none.
    let server = World::default().server();
    let mut client = Client::open(&server).await;
    assert_eq!(client.post(call(1, "tools/list")).await, 202);
    assert_eq!(client.next().await.expect("an answer")["error"]["code"], -32600);
    client.initialize("2024-11-05").await;
    let mut wrong = call(2, "ping");
    wrong["params"] = json!([]);
    assert_eq!(client.post(wrong).await, 202);
    let answer = client.next().await.expect("an answer");
    assert_eq!((&answer["id"], &answer["error"]["code"]), (&json!(2), &json!(-32602)));
}

#[tokio::test]
async fn an_array_is_answered_by_an_event_for_each_request() {
    // LEGACY-SSE-3, RPC-22
    let server = World::default().server();
    let mut client = Client::open(&server).await;
    client.initialize("2024-11-05").await;
    assert_eq!(client.post(json!([call(1, "ping"), call(2, "ping")])).await, 202);
    let mut ids = [
        client.next().await.expect("an answer")["id"].as_i64(),
        client.next().await.expect("an answer")["id"].as_i64(),
    ];
    ids.sort_unstable();
    assert_eq!(ids, [Some(1), Some(2)]);
}

#[tokio::test]
async fn a_foreign_origin_is_refused_on_both_endpoints() {
    // LEGACY-SSE-7, ORIGIN-1
    let server = World::default().server();
    let client = Client::open(&server).await;
    for mut request in [get("/sse"), post(&client.address, call(1, "ping"))] {
        let origin = "https://evil.example".parse().expect("a header value");
        request.headers_mut().insert("origin", origin);
        assert_eq!(send(&server, request).await.0, 403);
    }
}

#[tokio::test]
async fn it_is_off_unless_turned_on() {
    // LEGACY-SSE-11, LEGACY-SSE-13
    let service = ServiceBuilder::new()
        .layer(NegotiateLayer::new())
        .layer(ProtocolVersionLayer::new())
        .layer(SessionLayer::new())
        .service(service_fn(|_: Request<Inbound>| async {
            Ok::<_, Infallible>(Response::new(Outbound::Accepted))
        }));
    for path in ["/sse", "/mcp"] {
        let Ok(response) = service.clone().oneshot(get(path)).await;
        assert_eq!(response.status(), 405);
        assert!(response.headers().contains_key("allow"));
    }
}
