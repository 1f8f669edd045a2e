use std::net::SocketAddr;

use mcp_stack::ProtocolVersion;
use serde_json::{Value, json};

use super::{Connection, Reply, Request};

/// A client of one revision that has shaken hands if that revision wants it.
#[derive(Debug)]
pub(crate) struct Caller {
    pub(crate) addr: SocketAddr,
    pub(crate) version: ProtocolVersion,
    /// The session's id, in the legacy era.
    pub(crate) session: Option<String>,
}

impl Caller {
    pub(crate) async fn of(addr: SocketAddr, version: ProtocolVersion) -> Self {
        let session = if version.is_modern() {
            None
        } else {
            let reply = Connection::to(addr).await.ask(&initialize(version)).await;
            assert_eq!(reply.status, 200, "{reply:?}");
            Some(reply.header("mcp-session-id").to_owned())
        };
        Self { addr, version, session }
    }

    /// A request with its id.
    pub(crate) fn request(&self, id: impl Into<Value>, method: &str, params: Value) -> Request {
        if self.version.is_modern() {
            return Request::modern(id, method, params);
        }
        let id = id.into();
        self.post(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))
    }

    /// A call of a tool that may report its progress.
    pub(crate) fn call(&self, id: impl Into<Value>, tool: &str) -> Request {
        let params = json!({ "name": tool, "_meta": { "progressToken": "token" } });
        self.request(id, "tools/call", params)
    }

    /// A notification.
    pub(crate) fn notification(&self, method: &str, params: Value) -> Request {
        self.post(&json!({ "jsonrpc": "2.0", "method": method, "params": params }))
    }

    /// Takes back the request with this id.
    pub(crate) fn cancel(&self, id: impl Into<Value>) -> Request {
        self.notification("notifications/cancelled", json!({ "requestId": id.into() }))
    }

    /// Opens the session's own stream.
    pub(crate) fn get(&self) -> Request {
        self.dress(Request::new("GET")).with("accept", "text/event-stream")
    }

    /// Comes back to a stream after the event with this id.
    pub(crate) fn resume(&self, last: &str) -> Request {
        self.get().with("last-event-id", last)
    }

    /// Ends the session.
    pub(crate) fn end(&self) -> Request {
        self.dress(Request::new("DELETE"))
    }

    /// With the headers of this client.
    pub(crate) fn dress(&self, request: Request) -> Request {
        let request = match &self.session {
            Some(session) => request.with("mcp-session-id", session),
            None => request,
        };
        if self.version < ProtocolVersion::V2025_06_18 {
            return request;
        }
        request.with("mcp-protocol-version", self.version.as_str())
    }

    /// Sends a request over a connection of its own, on which the answer is to come.
    pub(crate) async fn send(&self, request: &Request) -> Connection {
        let mut connection = Connection::to(self.addr).await;
        connection.send(request).await;
        connection
    }

    /// As [`send`](Self::send), for an answer that is a stream: its head has been read.
    pub(crate) async fn stream(&self, request: &Request) -> Connection {
        let mut connection = self.send(request).await;
        let head = connection.head().await;
        assert_eq!((head.status, head.header("content-type")), (200, "text/event-stream"));
        connection
    }

    /// The answer to a request over a connection of its own.
    pub(crate) async fn ask(&self, request: &Request) -> Reply {
        self.send(request).await.reply().await
    }

    fn post(&self, body: &Value) -> Request {
        self.dress(Request::post(body.to_string()))
    }
}

/// What opens a session.
pub(crate) fn initialize(version: ProtocolVersion) -> Request {
    let params = json!({
        "protocolVersion": version.as_str(),
        "capabilities": {},
        "clientInfo": { "name": "black-box", "version": "1.0.0" },
    });
    let body = json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params });
    Request::post(body.to_string())
}
