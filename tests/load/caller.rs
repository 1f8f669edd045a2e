use bytes::Bytes;
use http::{Method, Request, header};
use mcp_stack::ProtocolVersion;
use serde_json::{Value, json};

use crate::http2::Multiplexed;

/// A client of one revision that has shaken hands if that revision wants it.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    version: ProtocolVersion,
    session: Option<String>,
}

impl Caller {
    pub(crate) async fn of(connection: &Multiplexed, version: ProtocolVersion) -> Self {
        let mut caller = Self { version, session: None };
        if !version.is_modern() {
            let params = json!({
                "protocolVersion": version.as_str(),
                "capabilities": {},
                "clientInfo": { "name": "load", "version": "1.0.0" },
            });
            let opened = connection.ask(&caller.request(0, "initialize", params)).await;
            let session = opened.headers()["mcp-session-id"].to_str().expect("ASCII");
            caller.session = Some(session.to_owned());
        }
        caller
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
        }
        let body = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        let mut request = self.bare(Method::POST, body.to_string().into());
        let headers = request.headers_mut();
        headers.insert(header::CONTENT_TYPE, "application/json".parse().expect("ASCII"));
        if self.version.is_modern() {
            headers.insert("mcp-method", method.parse().expect("ASCII"));
            if let Some(name) = params["name"].as_str() {
                headers.insert("mcp-name", name.parse().expect("ASCII"));
            }
        }
        request
    }

    /// Ends the session.
    pub(crate) fn end(&self) -> Request<Bytes> {
        self.bare(Method::DELETE, Bytes::new())
    }

    fn bare(&self, method: Method, body: Bytes) -> Request<Bytes> {
        let mut request = Request::builder()
            .method(method)
            .uri("http://localhost/mcp")
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
