use std::{
    net::SocketAddr,
    sync::atomic::{AtomicI64, Ordering},
};

use bytes::Bytes;
use http::{HeaderValue, Request, StatusCode, header, request::Builder};
use mcp_stack::ProtocolVersion;
use serde_json::{Map, Value, json};

use super::{Answer, Exchange, Refusal, TestServer, server::USER, wire};

const CLAIM: &str = "io.modelcontextprotocol/protocolVersion";
const CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";

/// A client of one revision.
#[derive(Debug)]
pub(crate) struct Client {
    addr: SocketAddr,
    version: ProtocolVersion,
    capabilities: Value,
    /// Who it says it is, to a server that believes it.
    user: Option<String>,
    session: Option<HeaderValue>,
    next_id: AtomicI64,
}

/// A request about to be sent.
#[derive(Debug)]
#[must_use]
pub(crate) struct Call<'a> {
    client: &'a Client,
    id: Value,
    method: &'a str,
    params: Map<String, Value>,
}

impl Client {
    /// A client that has said nothing yet.
    pub(crate) fn new(server: &TestServer, version: ProtocolVersion) -> Self {
        Self {
            addr: server.addr(),
            version,
            capabilities: json!({}),
            user: None,
            session: None,
            next_id: AtomicI64::new(1),
        }
    }

    /// Declares these capabilities from now on.
    pub(crate) fn with_capabilities(mut self, capabilities: Value) -> Self {
        self.capabilities = capabilities;
        self
    }

    /// Says who it is from now on; see [`TestServer::of_users`].
    pub(crate) fn with_user(mut self, user: &str) -> Self {
        self.user = Some(user.to_owned());
        self
    }

    /// Opens a session, and gives the result.
    pub(crate) async fn initialize(&mut self) -> Value {
        let params = json!({
            "protocolVersion": self.version.as_str(),
            "capabilities": self.capabilities,
            "clientInfo": { "name": "black-box", "version": "1.0.0" },
        });
        let answer = self.ask("initialize", params).await;
        self.session = answer.headers.get("mcp-session-id").cloned();
        answer.result().clone()
    }

    /// Makes the client ready to ask: one of a legacy revision shakes hands.
    pub(super) async fn connect(mut self) -> Self {
        if !self.version.is_modern() {
            self.initialize().await;
            self.notify("notifications/initialized").await;
        }
        self
    }

    /// Sends a notification, which is taken and not answered.
    pub(crate) async fn notify(&self, method: &str) {
        let body = json!({ "jsonrpc": "2.0", "method": method });
        let response = wire::send(self.addr, self.post(method, &body)).await;
        assert_eq!(response.status(), StatusCode::ACCEPTED, "{method}");
    }

    /// Opens the session's own stream: GET, without an id that a response could have.
    pub(crate) async fn open(&self) -> Exchange {
        let mut request = self.to_endpoint("GET").header(header::ACCEPT, "text/event-stream");
        if self.version >= ProtocolVersion::V2025_06_18 {
            request = request.header("mcp-protocol-version", self.version.as_str());
        }
        if let Some(session) = &self.session {
            request = request.header("mcp-session-id", session);
        }
        let request = request.body(Bytes::new()).expect("a valid request");
        let response = wire::send(self.addr, request).await;
        Exchange::new(response, self.version, "GET".to_owned(), Value::Null)
    }

    /// Ends the session.
    pub(crate) async fn end(&self) {
        let session = self.session.as_ref().expect("a session");
        let request = self.to_endpoint("DELETE").header("mcp-session-id", session);
        let request = request.body(Bytes::new());
        let response = wire::send(self.addr, request.expect("a valid request")).await;
        assert_eq!(response.status(), StatusCode::NO_CONTENT);
    }

    /// A request to be made; `params` is an object.
    pub(crate) fn call<'a>(&'a self, method: &'a str, params: Value) -> Call<'a> {
        let Value::Object(params) = params else { panic!("no object: {params}") };
        let id = self.next_id.fetch_add(1, Ordering::Relaxed).into();
        Call { client: self, id, method, params }
    }

    /// What a request is answered with.
    pub(crate) async fn ask(&self, method: &str, params: Value) -> Answer {
        self.call(method, params).send().await.finish().await
    }

    /// The result of a request that is granted.
    pub(crate) async fn result(&self, method: &str, params: Value) -> Value {
        self.ask(method, params).await.result().clone()
    }

    /// The error of a request that is refused.
    pub(crate) async fn refusal(&self, method: &str, params: Value) -> Refusal {
        self.ask(method, params).await.refusal()
    }

    /// Calls a tool with these arguments, and gives its result.
    pub(crate) async fn tool(&self, name: &str, arguments: Value) -> Value {
        self.result("tools/call", json!({ "name": name, "arguments": arguments })).await
    }

    fn to_endpoint(&self, method: &str) -> Builder {
        let request = Request::builder().method(method).uri("/mcp");
        let request = request.header(header::HOST, self.addr.to_string());
        match &self.user {
            Some(user) => request.header(USER, user),
            None => request,
        }
    }

    fn post(&self, method: &str, body: &Value) -> Request<Bytes> {
        let mut request = self
            .to_endpoint("POST")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/json, text/event-stream");
        // Since 2025-06-18, but what is modern says so from the first request on.
        let negotiated = self.version >= ProtocolVersion::V2025_06_18 && method != "initialize";
        if negotiated || self.version.is_modern() {
            request = request.header("mcp-protocol-version", self.version.as_str());
        }
        if let Some(session) = &self.session {
            request = request.header("mcp-session-id", session);
        }
        if self.version.is_modern() {
            request = request.header("mcp-method", method);
            let name = match method {
                "tools/call" | "prompts/get" => &body["params"]["name"],
                "resources/read" => &body["params"]["uri"],
                _ => &Value::Null,
            };
            if let Some(name) = name.as_str() {
                request = request.header("mcp-name", name);
            }
        }
        request.body(body.to_string().into()).expect("a valid request")
    }
}

impl Call<'_> {
    /// Another id.
    pub(crate) fn with_id(mut self, id: Value) -> Self {
        self.id = id;
        self
    }

    /// A member of `_meta`.
    pub(crate) fn with_meta(mut self, key: &str, value: Value) -> Self {
        self.meta().insert(key.into(), value);
        self
    }

    /// Asks to be told of the progress.
    pub(crate) fn with_progress(self, token: Value) -> Self {
        self.with_meta("progressToken", token)
    }

    /// Sends it, and comes back with the head of the answer.
    pub(crate) async fn send(mut self) -> Exchange {
        let Client { addr, version, capabilities, .. } = self.client;
        if version.is_modern() {
            let meta = self.meta();
            meta.entry(CLAIM).or_insert_with(|| version.as_str().into());
            meta.entry(CAPABILITIES).or_insert_with(|| capabilities.clone());
        }
        let Self { client, id, method, params } = self;
        let body = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        let response = wire::send(*addr, client.post(method, &body)).await;
        Exchange::new(response, *version, method.to_owned(), id)
    }

    fn meta(&mut self) -> &mut Map<String, Value> {
        self.params
            .entry("_meta")
            .or_insert_with(|| json!({}))
            .as_object_mut()
            .expect("`_meta` is an object")
    }
}
