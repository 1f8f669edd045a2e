//! Writes HTTP requests as the protocol's clients must.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, header};
use http_body_util::Full;
use mcp_layers::request_metadata::encode_mirrored;
use mcp_layers_core::{
    headers::{
        APPLICATION_JSON, LAST_EVENT_ID, MCP_METHOD, MCP_NAME, MCP_PROTOCOL_VERSION,
        MCP_SESSION_ID, TEXT_EVENT_STREAM,
    },
    jsonrpc::RequestId,
    protocol::meta,
};
use serde_json::{Map, Value, json};

use super::TestClient;
use crate::ProtocolVersion;

const INITIALIZE: &str = "initialize";
const BOTH: HeaderValue = HeaderValue::from_static("application/json, text/event-stream");

impl TestClient {
    /// A POST of a request, or of a notification if there is no id.
    pub(super) fn message(
        &self,
        id: Option<&RequestId>,
        method: &str,
        mut params: Map<String, Value>,
    ) -> Request<Full<Bytes>> {
        match self.is_modern() {
            true => self.claim(&mut params),
            false if method == INITIALIZE => self.introduce(&mut params),
            false => {}
        }
        let mut message = json!({ "jsonrpc": "2.0", "method": method });
        if let Some(id) = id {
            message["id"] = json!(id);
        }
        let mut request = self.post(&message);
        if self.is_modern() {
            self.mirror(request.headers_mut(), method, &params);
        } else if method == INITIALIZE {
            // It opens a session, and negotiates the version.
            request.headers_mut().remove(MCP_SESSION_ID);
            request.headers_mut().remove(MCP_PROTOCOL_VERSION);
        }
        if !params.is_empty() {
            message["params"] = params.into();
        }
        *request.body_mut() = body(&message);
        request
    }

    /// A POST of any message.
    pub(super) fn post(&self, message: &Value) -> Request<Full<Bytes>> {
        let mut request = self.bare(Method::POST, BOTH);
        request.headers_mut().insert(header::CONTENT_TYPE, APPLICATION_JSON);
        *request.body_mut() = body(message);
        request
    }

    pub(super) fn get(&self, last_event_id: Option<HeaderValue>) -> Request<Full<Bytes>> {
        let mut request = self.bare(Method::GET, TEXT_EVENT_STREAM);
        if let Some(id) = last_event_id {
            request.headers_mut().insert(LAST_EVENT_ID, id);
        }
        request
    }

    pub(super) fn delete(&self) -> Request<Full<Bytes>> {
        self.bare(Method::DELETE, BOTH)
    }

    fn bare(&self, method: Method, accept: HeaderValue) -> Request<Full<Bytes>> {
        let mut request = Request::new(Full::default());
        *request.method_mut() = method;
        *request.uri_mut() = self.settings.uri.clone();
        *request.extensions_mut() = self.settings.extensions.clone();
        let headers = request.headers_mut();
        headers.insert(header::HOST, HeaderValue::from_static("localhost"));
        headers.insert(header::ACCEPT, accept);
        let version = self.protocol_version();
        if version >= ProtocolVersion::V2025_06_18 {
            headers.insert(MCP_PROTOCOL_VERSION, HeaderValue::from_static(version.as_str()));
        }
        if let Some(session) = &self.live.learnt().session {
            headers.insert(MCP_SESSION_ID, session.clone());
        }
        for (name, value) in &self.settings.headers {
            headers.insert(name, value.clone());
        }
        request
    }

    /// The params of `initialize`, but for those given by hand.
    fn introduce(&self, params: &mut Map<String, Value>) {
        let mut add = |name: &str, value: Value| {
            params.entry(name).or_insert(value);
        };
        add("protocolVersion", self.settings.version.as_str().into());
        add("capabilities", self.capabilities().into());
        add("clientInfo", client_info());
    }

    /// What a modern message says about itself, but for what was given by hand.
    fn claim(&self, params: &mut Map<String, Value>) {
        let declared = params.entry("_meta").or_insert_with(|| json!({}));
        let Value::Object(declared) = declared else { return };
        let mut add = |key: &str, value: Value| {
            declared.entry(key).or_insert(value);
        };
        add(meta::PROTOCOL_VERSION, self.settings.version.as_str().into());
        add(meta::CLIENT_CAPABILITIES, self.capabilities().into());
        add(meta::CLIENT_INFO, client_info());
        if let Some(level) = self.live.learnt().log_level {
            add(meta::LOG_LEVEL, level.as_str().into());
        }
    }

    fn mirror(&self, headers: &mut HeaderMap, method: &str, params: &Map<String, Value>) {
        if let Ok(method) = HeaderValue::try_from(method) {
            headers.insert(MCP_METHOD, method);
        }
        let source = match method {
            "tools/call" | "prompts/get" => "name",
            "resources/read" => "uri",
            "tasks/get" | "tasks/update" | "tasks/cancel" => "taskId",
            _ => return,
        };
        let Some(name) = params.get(source).and_then(Value::as_str) else { return };
        headers.insert(MCP_NAME, encode_mirrored(name));
        if method != "tools/call" {
            return;
        }
        let mirrored = self.live.learnt().mirrored.get(name).cloned();
        for param in mirrored.iter().flat_map(|params| params.iter()) {
            let argument = param
                .path()
                .iter()
                .try_fold(params.get("arguments"), |at, name| Some(at?.get(&**name)));
            let text = match argument.flatten() {
                Some(Value::String(text)) => text.clone(),
                None | Some(Value::Null) => continue,
                Some(other) => other.to_string(),
            };
            headers.insert(param.header(), encode_mirrored(&text));
        }
    }
}

fn client_info() -> Value {
    json!({ "name": "mcp-stack-testing", "version": env!("CARGO_PKG_VERSION") })
}

fn body(message: &Value) -> Full<Bytes> {
    Full::from(message.to_string())
}
