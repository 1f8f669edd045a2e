use bytes::Bytes;
use http::{Method, Request, header};
use mcp_stack::ProtocolVersion;
use serde_json::{Value, json};

use crate::http2::{Multiplexed, Streaming};

/// A client of one revision that has shaken hands if that revision wants it.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    version: ProtocolVersion,
    session: Option<String>,
    uri: String,
}

const ENDPOINT: &str = "http://localhost/mcp";

impl Caller {
    pub(crate) async fn of(connection: &Multiplexed, version: ProtocolVersion) -> Self {
        let mut caller = Self { version, session: None, uri: ENDPOINT.to_owned() };
        if !version.is_modern() {
            let opened = connection.ask(&caller.initialize()).await;
            let session = opened.headers()["mcp-session-id"].to_str().expect("ASCII");
            caller.session = Some(session.to_owned());
        }
        caller
    }

    /// A client of the oldest transport, and its stream, on which it has been answered.
    pub(crate) async fn of_http_sse(connection: &Multiplexed) -> (Self, Streaming) {
        let version = ProtocolVersion::V2024_11_05;
        let mut caller = Self { version, session: None, uri: ENDPOINT.to_owned() };
        let get = caller.bare(Method::GET, Bytes::new());
        let mut stream = connection.send(&get).await.head().await;
        let endpoint = stream.read_to("\n\n").await;
        let query = endpoint.trim_end().split_once('?').expect("an address").1;
        caller.uri = format!("{ENDPOINT}?{query}");
        connection.ask(&caller.initialize()).await;
        stream.read_to("\n\n").await;
        connection.ask(&caller.notification("notifications/initialized")).await;
        (caller, stream)
    }

    fn initialize(&self) -> Request<Bytes> {
        let params = json!({
            "protocolVersion": self.version.as_str(),
            "capabilities": {},
            "clientInfo": { "name": "load", "version": "1.0.0" },
        });
        self.request(0, "initialize", params)
    }

    fn notification(&self, method: &str) -> Request<Bytes> {
        self.post(method, &json!({ "jsonrpc": "2.0", "method": method }))
    }

    /// A call of a tool that may report its progress.
    pub(crate) fn call(&self, id: usize, tool: &str) -> Request<Bytes> {
        let params = json!({ "name": tool, "_meta": { "progressToken": id } });
        self.request(id, "tools/call", params)
    }

    pub(crate) fn request(&self, id: usize, method: &str, mut params: Value) -> Request<Bytes> {
        if self.version.is_modern() {
            let meta = &mut params["_meta"];
            meta["io.modelcontextprotocol/protocolVersion"] = self.version.as_str().into();
            meta["io.modelcontextprotocol/clientCapabilities"] = json!({});
            meta["io.modelcontextprotocol/logLevel"] = "info".into();
        }
        self.post(
            method,
            &json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }),
        )
    }

    fn post(&self, method: &str, body: &Value) -> Request<Bytes> {
        let mut request = self.bare(Method::POST, body.to_string().into());
        let headers = request.headers_mut();
        headers.insert(header::CONTENT_TYPE, "application/json".parse().expect("ASCII"));
        if self.version.is_modern() {
            headers.insert("mcp-method", method.parse().expect("ASCII"));
            if let Some(name) = body["params"]["name"].as_str() {
                headers.insert("mcp-name", name.parse().expect("ASCII"));
            }
        }
        request
    }

    /// Opens the session's stream of what the server says unasked.
    pub(crate) fn get(&self) -> Request<Bytes> {
        self.bare(Method::GET, Bytes::new())
    }

    /// Ends the session.
    pub(crate) fn end(&self) -> Request<Bytes> {
        self.bare(Method::DELETE, Bytes::new())
    }

    fn bare(&self, method: Method, body: Bytes) -> Request<Bytes> {
        let mut request = Request::builder()
            .method(method)
            .uri(&self.uri)
            .header(header::ACCEPT, "application/json, text/event-stream");
        if let Some(session) = &self.session {
            request = request.header("mcp-session-id", session);
        }
        if self.version.is_modern() || self.session.is_some() {
            request = request.header("mcp-protocol-version", self.version.as_str());
        }
        request.body(body).expect("a valid request")
    }
}
