use mcp_stack::ProtocolVersion;
use serde_json::{Value, json};

/// An HTTP/1.1 request to be written as it is.
#[derive(Debug, Clone)]
#[must_use]
pub(crate) struct Request {
    method: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    /// A request that says no more than where it goes.
    pub(crate) fn new(method: &str) -> Self {
        let headers = vec![("host".into(), "localhost".into())];
        Self { method: method.into(), headers, body: Vec::new() }
    }

    /// A POST as most clients make it.
    pub(crate) fn post(body: impl Into<Vec<u8>>) -> Self {
        let post = Self { body: body.into(), ..Self::new("POST") };
        post.with("content-type", "application/json")
            .with("accept", "application/json, text/event-stream")
    }

    /// A request of the modern era, with all it must carry.
    pub(crate) fn modern(id: impl Into<Value>, method: &str, mut params: Value) -> Self {
        let version = ProtocolVersion::V2026_07_28.as_str();
        params["_meta"]["io.modelcontextprotocol/protocolVersion"] = version.into();
        params["_meta"]["io.modelcontextprotocol/clientCapabilities"] = json!({});
        let body = json!({ "jsonrpc": "2.0", "id": id.into(), "method": method, "params": params });
        let request = Self::post(body.to_string())
            .with("mcp-protocol-version", version)
            .with("mcp-method", method);
        match params["name"].as_str().or(params["uri"].as_str()) {
            Some(name) => request.with("mcp-name", name),
            None => request,
        }
    }

    /// With this header line, in the place of those of the same name.
    pub(crate) fn with(self, name: &str, value: &str) -> Self {
        let mut request = self.without(name);
        request.headers.push((name.into(), value.into()));
        request
    }

    /// Without the header lines of this name.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        self
    }

    /// All before the body, whose length is announced.
    pub(crate) fn head(&self) -> Vec<u8> {
        self.head_with(&format!("content-length: {}", self.body.len()))
    }

    /// All before the body, framed by this header line.
    pub(crate) fn head_with(&self, framing: &str) -> Vec<u8> {
        let mut head = format!("{} /mcp HTTP/1.1\r\n{framing}\r\n", self.method);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        head.into_bytes()
    }

    /// All of it.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        [self.head(), self.body.clone()].concat()
    }

    /// For a client that does its own HTTP: headers and body, but no `Host`.
    pub(crate) fn to_http(&self, uri: &str) -> http::Request<http_body_util::Full<bytes::Bytes>> {
        let mut request = http::Request::builder().method(self.method.as_str()).uri(uri);
        for (name, value) in self.headers.iter().filter(|(name, _)| name != "host") {
            request = request.header(name, value);
        }
        request.body(self.body.clone().into()).expect("a valid request")
    }
}
