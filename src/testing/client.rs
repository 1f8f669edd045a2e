//! [`TestClient`]: what a test calls.

use std::{fmt, sync::Arc};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use http_body_util::Full;
use mcp_layers::{
    negotiate::NegotiateLayer,
    protocol_version::ProtocolVersionLayer,
    request_metadata::{MirroredParam, RequestMetadataLayer},
};
use mcp_layers_core::{MessageService, jsonrpc::RequestId};
use serde_json::{Map, Value, json};
use tower_layer::Layer as _;
use tower_service::Service;

use super::{
    Call, CallError, CallErrorKind, Notification,
    endpoint::{Endpoint, Erased},
    listener::event_id,
    live::Live,
    settings::Settings,
};
use crate::{BoxError, LogLevel, ProtocolVersion};

/// A client that calls a tower service in place of a server behind a socket.
///
/// A clone is the same client: it shares the session and the notifications, so that
/// several calls can be under way. For another client, make one from a clone of the
/// service. See the [module](super) for examples.
#[derive(Clone)]
#[must_use]
pub struct TestClient {
    pub(super) endpoint: Arc<dyn Endpoint>,
    pub(super) settings: Arc<Settings>,
    pub(super) live: Arc<Live>,
}

impl TestClient {
    /// A client of an HTTP service: [`Stack::build`](crate::Stack::build), inside any
    /// layers and routers. It is called by a clone for each request, once it is ready.
    pub fn new<S, ResBody>(service: S) -> Self
    where
        S: Service<Request<Full<Bytes>>, Response = Response<ResBody>> + Clone + Send + 'static,
        S::Error: Into<BoxError>,
        S::Future: Send,
        ResBody: Body + Send + 'static,
        ResBody::Error: Into<BoxError>,
    {
        let endpoint = Arc::new(Erased::new(service));
        Self { endpoint, settings: Arc::default(), live: Arc::default() }
    }

    /// A client of a [`McpService`](crate::McpService), or of another service of the
    /// message zone, with no more around it than it takes to speak to it: the border,
    /// the version and the metadata of a request. There are no sessions, so nothing
    /// is known of what a legacy client declares.
    pub fn of_messages<S>(service: S) -> Self
    where
        S: MessageService + Clone + Send + 'static,
        S::Error: Into<BoxError> + Send,
        S::Future: Send,
    {
        let service = RequestMetadataLayer::new().layer(service);
        let service = ProtocolVersionLayer::new().layer(service);
        Self::new(NegotiateLayer::new().layer(service))
    }

    /// Says hello: `initialize` and `notifications/initialized` (legacy), or
    /// `server/discover` (modern, where it can be left out).
    ///
    /// # Errors
    ///
    /// [`CallError`].
    pub async fn connect(self) -> Result<Self, CallError> {
        if self.is_modern() {
            self.request("server/discover", json!({})).await?;
        } else {
            self.request("initialize", json!({})).await?;
            self.notify("notifications/initialized", json!({})).await?;
        }
        Ok(self)
    }

    /// What the server said of itself to `initialize` or `server/discover`; `null` if
    /// it was not asked.
    #[must_use]
    pub fn server(&self) -> Value {
        self.live.learnt().server.clone()
    }

    /// The revision spoken: the negotiated one, once there is one.
    #[must_use]
    pub fn protocol_version(&self) -> ProtocolVersion {
        self.live.learnt().negotiated.unwrap_or(self.settings.version)
    }

    /// The session id; `None` before `initialize`, and in the modern era.
    #[must_use]
    pub fn session_id(&self) -> Option<String> {
        let session = self.live.learnt().session.clone()?;
        session.to_str().ok().map(str::to_owned)
    }

    /// Any request. `params` is an object or `null`; what every request must have is
    /// added to it. `initialize` opens another session in place of this client's.
    ///
    /// # Panics
    ///
    /// If `params` is anything else.
    pub fn request(&self, method: &str, params: Value) -> Call {
        Call::new(self.clone(), method, params)
    }

    /// `tools/call`. `arguments` is an object, or `null` to leave it out.
    ///
    /// Where the tool's schema has arguments mirrored in headers (modern), they are
    /// once [`list_tools`](Self::list_tools) has shown it; if the server refuses the
    /// call for their lack before that, the tools are listed and the call is repeated.
    pub fn call_tool(&self, name: &str, arguments: Value) -> Call {
        self.named("tools/call", name, arguments)
    }

    /// `prompts/get`. `arguments` is an object, or `null` to leave it out.
    pub fn get_prompt(&self, name: &str, arguments: Value) -> Call {
        self.named("prompts/get", name, arguments)
    }

    /// `resources/read`.
    pub fn read_resource(&self, uri: &str) -> Call {
        self.request("resources/read", json!({ "uri": uri }))
    }

    /// `completion/complete`, where `reference` is such as
    /// `{"type": "ref/prompt", "name": "greet"}`. For a context see
    /// [`Call::with_param`].
    pub fn complete(&self, reference: Value, argument: &str, value: &str) -> Call {
        let argument = json!({ "name": argument, "value": value });
        self.request("completion/complete", json!({ "ref": reference, "argument": argument }))
    }

    /// `ping` (legacy).
    pub fn ping(&self) -> Call {
        self.request("ping", json!({}))
    }

    /// `resources/subscribe` (legacy).
    pub fn subscribe(&self, uri: &str) -> Call {
        self.request("resources/subscribe", json!({ "uri": uri }))
    }

    /// `resources/unsubscribe` (legacy).
    pub fn unsubscribe(&self, uri: &str) -> Call {
        self.request("resources/unsubscribe", json!({ "uri": uri }))
    }

    /// All pages of `tools/list`.
    ///
    /// # Errors
    ///
    /// [`CallError`], of kind [`Malformed`](CallErrorKind::Malformed) if a page is no
    /// list or is its own next page.
    pub async fn list_tools(&self) -> Result<Vec<Value>, CallError> {
        let tools = self.list("tools/list", "tools").await?;
        let mirrored = tools.iter().filter_map(|tool| {
            // A schema that breaks the rules has nothing mirrored.
            let params = MirroredParam::from_schema(&tool["inputSchema"]).unwrap_or_default();
            Some((tool["name"].as_str()?.to_owned(), params.into()))
        });
        self.live.learnt().mirrored = mirrored.collect();
        Ok(tools)
    }

    /// All pages of `resources/list`.
    ///
    /// # Errors
    ///
    /// As [`list_tools`](Self::list_tools).
    pub async fn list_resources(&self) -> Result<Vec<Value>, CallError> {
        self.list("resources/list", "resources").await
    }

    /// All pages of `resources/templates/list`.
    ///
    /// # Errors
    ///
    /// As [`list_tools`](Self::list_tools).
    pub async fn list_resource_templates(&self) -> Result<Vec<Value>, CallError> {
        self.list("resources/templates/list", "resourceTemplates").await
    }

    /// All pages of `prompts/list`.
    ///
    /// # Errors
    ///
    /// As [`list_tools`](Self::list_tools).
    pub async fn list_prompts(&self) -> Result<Vec<Value>, CallError> {
        self.list("prompts/list", "prompts").await
    }

    /// Asks for log messages from this level on: by `logging/setLevel` (legacy), or in
    /// each request from now on (modern).
    ///
    /// # Errors
    ///
    /// [`CallError`].
    pub async fn set_log_level(&self, level: LogLevel) -> Result<(), CallError> {
        if self.is_modern() {
            self.live.learnt().log_level = Some(level);
            return Ok(());
        }
        self.request("logging/setLevel", json!({ "level": level.as_str() })).await.map(drop)
    }

    /// Any notification. `params` is an object or `null`.
    ///
    /// # Errors
    ///
    /// [`CallError`], unless the status is 2xx.
    ///
    /// # Panics
    ///
    /// If `params` is anything else.
    pub async fn notify(&self, method: &str, params: Value) -> Result<(), CallError> {
        let params = match params {
            Value::Object(params) => params,
            Value::Null => Map::new(),
            other => panic!("params are an object, and not {other}"),
        };
        self.deliver(self.message(None, method, params)).await
    }

    /// `notifications/cancelled`, for [`Call::id`] (legacy). A modern client cancels by
    /// dropping the call.
    ///
    /// # Errors
    ///
    /// As [`notify`](Self::notify).
    pub async fn cancel(&self, id: &RequestId) -> Result<(), CallError> {
        self.notify("notifications/cancelled", json!({ "requestId": id })).await
    }

    /// DELETE: ends the session (legacy). Its id is still sent afterwards.
    ///
    /// # Errors
    ///
    /// As [`notify`](Self::notify).
    pub async fn terminate(&self) -> Result<(), CallError> {
        self.deliver(self.delete()).await
    }

    /// Takes up an answer that broke off (legacy): waits, by GET, for the response to
    /// the request `id`, from after this event on.
    ///
    /// # Errors
    ///
    /// [`CallError`], of kind [`Malformed`](CallErrorKind::Malformed), for an event id
    /// that no header can carry.
    pub fn reconnect(&self, id: &RequestId, last_event_id: &str) -> Result<Call, CallError> {
        Ok(Call::resumed(self.clone(), id, event_id(last_event_id)?))
    }

    /// The id of the last event that had one, on whichever stream.
    #[must_use]
    pub fn last_event_id(&self) -> Option<String> {
        self.live.learnt().last_event_id.clone()
    }

    /// All notifications that came so far, of calls and of streams.
    #[must_use]
    pub fn notifications(&self) -> Vec<Notification> {
        self.live.inbox.all()
    }

    /// The oldest notification that was not taken yet by this method; waits for one,
    /// for ever if need be. Those of a call come only while the call is polled: see
    /// `tokio::join!`.
    pub async fn next_notification(&self) -> Notification {
        self.live.inbox.next().await.expect("a client's inbox is never closed")
    }

    pub(super) fn is_modern(&self) -> bool {
        self.settings.version.is_modern()
    }

    pub(super) fn settings(&mut self) -> &mut Settings {
        Arc::make_mut(&mut self.settings)
    }

    fn named(&self, method: &str, name: &str, arguments: Value) -> Call {
        let call = self.request(method, json!({ "name": name }));
        match arguments {
            Value::Null => call,
            arguments => call.with_param("arguments", arguments),
        }
    }

    async fn list(&self, method: &str, member: &str) -> Result<Vec<Value>, CallError> {
        let malformed = |detail| Err(CallError::new(CallErrorKind::Malformed, detail));
        let mut items = Vec::new();
        let mut cursor = Value::Null;
        loop {
            let page = match &cursor {
                Value::Null => self.request(method, json!({})),
                cursor => self.request(method, json!({ "cursor": cursor })),
            };
            let page = page.await?;
            let Some(list) = page[member].as_array() else {
                return malformed(format!("{method} has no {member} in {}", page.result()));
            };
            items.extend(list.iter().cloned());
            match &page["nextCursor"] {
                Value::Null => return Ok(items),
                next if *next == cursor => return malformed(format!("{method} goes in a circle")),
                next => cursor = next.clone(),
            }
        }
    }
}

impl fmt::Debug for TestClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestClient")
            .field("settings", &self.settings)
            .field("live", &self.live)
            .finish_non_exhaustive()
    }
}
