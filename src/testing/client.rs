//! [`TestClient`]: what a test calls.

use std::{fmt, sync::Arc};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use http_body_util::Full;
use mcp_layers::{
    negotiate::NegotiateLayer, protocol_version::ProtocolVersionLayer,
    request_metadata::RequestMetadataLayer,
};
use mcp_layers_core::{MessageService, jsonrpc::RequestId};
use serde_json::{Value, json};
use tower_layer::Layer as _;
use tower_service::Service;

use super::{
    Call, CallError, Notification,
    endpoint::{Endpoint, Erased},
    listener::event_id,
    live::Live,
    settings::Settings,
};
use crate::{BoxError, ProtocolVersion};

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
    ///
    /// ```
    /// use mcp_stack::{McpService, Tool, testing::TestClient};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), mcp_stack::BoxError> {
    /// let service = McpService::new("demo", "1.0.0").with_tool(Tool::new("hi", || "hello"))?;
    /// let client = TestClient::of_messages(service);
    /// assert_eq!(client.list_tools().await?[0]["name"], "hi");
    /// # Ok(())
    /// # }
    /// ```
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

    /// Takes up an answer that broke off (legacy): waits, by GET, for the response to
    /// the request `id`, from after this event on.
    ///
    /// ```
    /// # use mcp_stack::{BoxError, testing::TestClient};
    /// # use serde_json::json;
    /// # async fn test(client: TestClient) -> Result<(), BoxError> {
    /// let call = client.call_tool("long", json!({}));
    /// let id = call.id().clone();
    /// if call.await.is_err() {
    ///     let last = client.last_event_id().expect("its events have ids");
    ///     let answer = client.reconnect(&id, &last)?.await?;
    ///     assert_eq!(answer.text(), "done");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`CallError`], of kind [`Malformed`](super::CallErrorKind::Malformed), for an event id
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
}

impl fmt::Debug for TestClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestClient")
            .field("settings", &self.settings)
            .field("live", &self.live)
            .finish_non_exhaustive()
    }
}
